//! The proxy between each client and the broker. It names each packet, tells the director of it,
//! and holds it until the director says what becomes of it; everything behind it on the same
//! connection waits too, as on TCP.

pub mod calls;
mod subjects;
mod tags;
mod units;

use crate::director::PATIENCE;
use crate::packets::Name;
use crate::wire::Protocol;
use ackward::evidence::Seen;
use ackward::sim::Participant;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::io;
use std::rc::Rc;
use tags::Deliveries;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::timeout;
use units::{Names, Reader, Unit};

/// What the proxy tells the director.
#[derive(Clone, Debug)]
pub enum Wire {
    /// A packet has left its sender, and is held.
    Sent(Seen),
    /// A connection of this client is closed on both sides.
    Closed(Participant),
}

/// What becomes of a held packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on to its receiver.
    Pass,
    /// It is swallowed, and the connection is cut on both sides: on TCP nothing is lost alone.
    Swallow,
}

struct Held {
    names: Vec<Name>,
    connection: u32,
    /// The verdict goes in; that it was carried out comes back.
    verdict: oneshot::Sender<(Verdict, oneshot::Sender<()>)>,
}

/// How long a connection lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Life {
    Open,
    /// The client may learn that the broker has closed it. Until then that is under way, as
    /// everything else that the proxy holds.
    MayEnd,
    Ended,
}

/// The state of all connections of a run.
#[derive(Default)]
struct Shared {
    held: Vec<Held>,
    deliveries: Deliveries,
    handles: calls::Handles,
    /// Clients that the broker cannot be reached from.
    cut: HashSet<Participant>,
    open: HashMap<u32, (Participant, watch::Sender<Life>)>,
    connections: u32,
    broker: u16,
    /// Clients to which the link from the broker is slow: what it sends is not even seen yet.
    slow: HashSet<Participant>,
    faster: Rc<Notify>,
}

/// The proxy of a run; all of it runs on one thread.
#[derive(Clone)]
pub struct Proxy {
    shared: Rc<RefCell<Shared>>,
    protocol: Protocol,
    out: UnboundedSender<Wire>,
}

impl Proxy {
    pub fn new(broker: u16, protocol: Protocol, out: UnboundedSender<Wire>) -> Proxy {
        let shared = Shared { broker, ..Shared::default() };
        Proxy { shared: Rc::new(RefCell::new(shared)), protocol, out }
    }

    /// Leads new connections to another node, which listens on this port.
    pub fn lead_to(&self, broker: u16) {
        self.shared.borrow_mut().broker = broker;
    }

    /// Listens for a client, and returns the port.
    ///
    /// # Errors
    /// Of the operating system.
    pub async fn listen(&self, client: Participant) -> io::Result<u16> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let proxy = self.clone();
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::task::spawn_local(proxy.clone().connect(client, stream));
            }
        });
        Ok(port)
    }

    /// Counts the deliveries of a message from one again.
    pub fn count_anew(&self, m: u8) {
        self.shared.borrow_mut().deliveries.retain(|(of, _), _| *of != m);
    }

    /// Returns true if the packet is held.
    pub fn holds(&self, name: Name) -> bool {
        self.shared.borrow().held.iter().any(|held| held.names.contains(&name))
    }

    /// Returns the packets that are held together with this one, in order: one response has several
    /// messages.
    pub fn held_with(&self, name: Name) -> Vec<Name> {
        let shared = self.shared.borrow();
        let held = shared.held.iter().find(|held| held.names.contains(&name));
        held.map(|held| held.names.clone()).unwrap_or_default()
    }

    /// Returns the packets that are held.
    pub fn held(&self) -> Vec<Name> {
        self.shared.borrow().held.iter().flat_map(|held| held.names.clone()).collect()
    }

    /// Returns true if any packet is held.
    pub fn holds_any(&self) -> bool {
        !self.shared.borrow().held.is_empty()
    }

    /// Decides what becomes of a held packet, and returns when that is done. Returns false if no
    /// such packet is held.
    pub async fn decide(&self, name: Name, verdict: Verdict) -> bool {
        let held = {
            let mut shared = self.shared.borrow_mut();
            let place = shared.held.iter().position(|held| held.names.contains(&name));
            place.map(|place| shared.held.remove(place))
        };
        let Some(held) = held else { return false };
        let (done, was_done) = oneshot::channel();
        let sent = held.verdict.send((verdict, done)).is_ok();
        // Whatever is before it on its connection has to be decided first.
        sent && matches!(timeout(PATIENCE, was_done).await, Ok(Ok(())))
    }

    /// Cuts the connections of a client; no other can be made before [`Proxy::heal`].
    pub fn cut(&self, client: Participant) {
        self.shared.borrow_mut().cut.insert(client);
        self.close(client);
    }

    /// Lets a client connect again.
    pub fn heal(&self, client: Participant) {
        self.shared.borrow_mut().cut.remove(&client);
    }

    /// Makes the link from the broker to a client slow, until [`Proxy::speed_up`].
    pub fn slow_down(&self, client: Participant) {
        self.shared.borrow_mut().slow.insert(client);
    }

    /// Lets what the broker has sent to a client be seen.
    pub fn speed_up(&self, client: Participant) {
        let mut shared = self.shared.borrow_mut();
        if shared.slow.remove(&client) {
            shared.faster.notify_waiters();
        }
    }

    /// Closes the connections of a client.
    pub fn close(&self, client: Participant) {
        let shared = self.shared.borrow();
        for (_, life) in shared.open.values().filter(|(of, _)| *of == client) {
            let _ = life.send(Life::Ended);
        }
    }

    /// Lets a client learn that the broker has closed its connections.
    pub fn let_end(&self, client: Participant) {
        let shared = self.shared.borrow();
        for (_, life) in shared.open.values().filter(|(of, _)| *of == client) {
            life.send_if_modified(|life| {
                std::mem::replace(life, Life::MayEnd.max(*life)) < Life::MayEnd
            });
        }
    }

    /// Returns true if the client has a connection.
    pub fn is_open(&self, client: Participant) -> bool {
        self.shared
            .borrow()
            .open
            .values()
            .any(|(of, life)| *of == client && *life.borrow() != Life::Ended)
    }

    async fn connect(self, client: Participant, near: TcpStream) {
        if self.shared.borrow().cut.contains(&client) {
            return;
        }
        let port = self.shared.borrow().broker;
        let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
        let (life, lives) = watch::channel(Life::Open);
        let id = {
            let mut shared = self.shared.borrow_mut();
            shared.connections += 1;
            let id = shared.connections;
            shared.open.insert(id, (client, life));
            id
        };
        let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
        let handles = self.shared.borrow().handles.clone();
        let names = Rc::new(RefCell::new(Names::new(handles)));
        let flow = |from_client: bool| Flow {
            proxy: self.clone(),
            names: names.clone(),
            client,
            id,
            from_client,
            life: lives.clone(),
        };
        let (up, down) = (flow(true), flow(false));
        tokio::join!(up.run(near_in, far_out), down.run(far_in, near_out));
        let mut shared = self.shared.borrow_mut();
        shared.open.remove(&id);
        shared.held.retain(|held| held.connection != id);
        // Where each call has a connection of its own, its end says nothing.
        if self.protocol != Protocol::Http {
            let _ = self.out.send(Wire::Closed(client));
        }
    }
}

/// One direction of a connection.
struct Flow {
    proxy: Proxy,
    names: Rc<RefCell<Names>>,
    client: Participant,
    id: u32,
    from_client: bool,
    life: watch::Receiver<Life>,
}

type Queued = (Unit, Option<oneshot::Receiver<(Verdict, oneshot::Sender<()>)>>);

impl Flow {
    async fn run(self, from: OwnedReadHalf, to: OwnedWriteHalf) {
        let (queue, queued) = unbounded_channel();
        tokio::join!(self.read(from, queue), self.write(to, queued));
    }

    async fn read(&self, mut from: OwnedReadHalf, queue: UnboundedSender<Queued>) {
        let mut reader = Reader::new(self.proxy.protocol, self.from_client);
        let mut buffer = vec![0; 16 * 1024];
        let mut life = self.life.clone();
        loop {
            let read = tokio::select! {
                read = from.read(&mut buffer) => read,
                _ = life.wait_for(|life| *life == Life::Ended) => return,
            };
            self.wait_for_link().await;
            let Ok(1..) = read else { return };
            reader.push(&buffer[..read.unwrap_or_default()]);
            while let Some(unit) = self.next_unit(&mut reader) {
                let held = (!unit.packets.is_empty()).then(|| self.hold(&unit));
                if queue.send((unit, held)).is_err() {
                    return;
                }
            }
        }
    }

    async fn wait_for_link(&self) {
        loop {
            let faster = {
                let shared = self.proxy.shared.borrow();
                match !self.from_client && shared.slow.contains(&self.client) {
                    true => shared.faster.clone(),
                    false => return,
                }
            };
            let mut life = self.life.clone();
            tokio::select! {
                () = faster.notified() => {}
                _ = life.wait_for(|life| *life == Life::Ended) => return,
            }
        }
    }

    async fn write(&self, mut to: OwnedWriteHalf, mut queued: UnboundedReceiver<Queued>) {
        let mut life = self.life.clone();
        let end = || {
            let shared = self.proxy.shared.borrow();
            shared.open.get(&self.id).map(|(_, life)| life.send(Life::Ended))
        };
        loop {
            let next = tokio::select! {
                next = queued.recv() => next,
                _ = life.wait_for(|life| *life == Life::Ended) => return,
            };
            // The other side has closed the connection, and all that it sent before has passed.
            let Some((unit, held)) = next else {
                let least = if self.from_client { Life::Open } else { Life::MayEnd };
                let _ = life.wait_for(|life| *life >= least).await;
                let _ = to.shutdown().await;
                end();
                return;
            };
            let Some(held) = held else {
                let _ = to.write_all(&unit.bytes).await;
                continue;
            };
            let verdict = tokio::select! {
                verdict = held => verdict,
                _ = life.wait_for(|life| *life == Life::Ended) => return,
            };
            match verdict {
                Ok((Verdict::Pass, done)) => {
                    let _ = to.write_all(&unit.bytes).await;
                    self.wait_for_answer().await;
                    let _ = done.send(());
                }
                Ok((Verdict::Swallow, done)) => {
                    end();
                    let _ = done.send(());
                    return;
                }
                Err(_) => return,
            }
        }
    }

    /// Waits until the broker has answered a call: then it has carried it out.
    async fn wait_for_answer(&self) {
        if self.proxy.protocol != Protocol::Http || !self.from_client {
            return;
        }
        let answered = self.names.borrow().calls.answered.clone();
        let mut life = self.life.clone();
        tokio::select! {
            () = answered.notified() => {}
            _ = life.wait_for(|life| *life == Life::Ended) => {}
        }
    }

    fn next_unit(&self, reader: &mut Reader) -> Option<Unit> {
        let deliveries = &mut self.proxy.shared.borrow_mut().deliveries;
        reader.next_unit(self.from_client, &mut self.names.borrow_mut(), deliveries)
    }

    fn hold(&self, unit: &Unit) -> oneshot::Receiver<(Verdict, oneshot::Sender<()>)> {
        let name = |&(kind, (m, n))| Name { client: self.client, kind, m, n };
        let names: Vec<Name> = unit.packets.iter().map(name).collect();
        let (verdict, decided) = oneshot::channel();
        let held = Held { names: names.clone(), connection: self.id, verdict };
        self.proxy.shared.borrow_mut().held.push(held);
        for Name { client, kind, m, n } in names {
            let (from, to) = match self.from_client {
                true => (client, Participant::Broker),
                false => (Participant::Broker, client),
            };
            let seen = Seen::Sent { packet: kind.key().to_owned(), from, to, m, n };
            let _ = self.proxy.out.send(Wire::Sent(seen));
        }
        decided
    }
}
