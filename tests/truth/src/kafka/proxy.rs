//! The proxy between producers and each broker. It names each Produce request and its response, tells
//! the director of it, and holds it until the director says what becomes of it; everything behind it
//! on the same connection waits too, as on TCP.

use crate::director::PATIENCE;
use crate::packets::Name;
use crate::wire::kafka::{Frame, Reader};
use ackward::evidence::Seen;
use ackward::sim::{PacketKind, Participant};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::rc::Rc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

/// What becomes of a held packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on to its receiver.
    Pass,
    /// It is lost, and with it everything behind it on its connection, in both directions: as if the
    /// network were gone, until the client gives the connection up.
    Lose,
    /// It goes on with one byte changed, so that the broker refuses it by its checksum.
    Spoil,
}

struct Held {
    name: Name,
    verdict: oneshot::Sender<(Verdict, oneshot::Sender<()>)>,
}

#[derive(Default)]
struct Shared {
    held: Vec<Held>,
    /// Attempts so far of each call of `send`.
    attempts: HashMap<String, u8>,
    out: Option<UnboundedSender<Seen>>,
    /// The port of each broker.
    brokers: Vec<u16>,
    /// The link from the brokers to the producers is slow: what they send is not even seen yet.
    slow: watch::Sender<bool>,
}

/// The error of a request that has waited for its replicas as long as the client does: the client's
/// own clock says the same, so it is no answer.
const REQUEST_TIMED_OUT: i16 = 7;

/// The proxies of a cluster; all of them run on one thread.
#[derive(Clone, Default)]
pub struct Proxy {
    shared: Rc<RefCell<Shared>>,
}

impl Proxy {
    /// Listens in front of so many brokers, and returns the ports.
    ///
    /// # Errors
    /// Of the operating system.
    pub async fn listen(&self, brokers: u8) -> io::Result<Vec<u16>> {
        let mut ports = Vec::new();
        for broker in 0..usize::from(brokers) {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            ports.push(listener.local_addr()?.port());
            let proxy = self.clone();
            tokio::task::spawn_local(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::task::spawn_local(proxy.clone().connect(broker, stream));
                }
            });
        }
        Ok(ports)
    }

    /// Leads to brokers at these ports.
    pub fn lead_to(&self, brokers: Vec<u16>) {
        self.shared.borrow_mut().brokers = brokers;
    }

    /// Tells a new run of the packets from now on; those of the run before are forgotten.
    pub fn tell(&self, out: UnboundedSender<Seen>) {
        let mut shared = self.shared.borrow_mut();
        shared.out = Some(out);
        shared.held.clear();
        shared.attempts.clear();
    }

    /// Makes the link from the brokers to the producers slow, or quick again.
    pub fn slow_down(&self, slow: bool) {
        self.shared.borrow().slow.send_replace(slow);
    }

    /// Returns true if the packet is held.
    pub fn holds(&self, name: Name) -> bool {
        let mut shared = self.shared.borrow_mut();
        // A connection that is closed holds nothing any more.
        shared.held.retain(|held| !held.verdict.is_closed());
        shared.held.iter().any(|held| held.name == name)
    }

    /// Decides what becomes of a held packet, and returns when that is done. Returns false if no
    /// such packet is held.
    pub async fn decide(&self, name: Name, verdict: Verdict) -> bool {
        let held = {
            let mut shared = self.shared.borrow_mut();
            shared.held.retain(|held| !held.verdict.is_closed());
            let place = shared.held.iter().position(|held| held.name == name);
            place.map(|place| shared.held.remove(place))
        };
        let Some(held) = held else { return false };
        let (done, was_done) = oneshot::channel();
        let sent = held.verdict.send((verdict, done)).is_ok();
        sent && matches!(timeout(PATIENCE, was_done).await, Ok(Ok(())))
    }

    async fn connect(self, broker: usize, near: TcpStream) {
        let Some(&port) = self.shared.borrow().brokers.get(broker) else { return };
        let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
        let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
        let link = Rc::new(RefCell::new(Link::default()));
        let up = Flow { proxy: self.clone(), link: link.clone(), from_client: true };
        let down = Flow { proxy: self, link, from_client: false };
        // The client's end is the end of both; the broker's end reaches the client behind all that
        // the broker has sent before.
        let (up_queue, up_queued) = unbounded_channel();
        let (down_queue, down_queued) = unbounded_channel();
        tokio::select! {
            () = up.read(near_in, up_queue) => {}
            _ = async {
                tokio::join!(up.write(far_out, up_queued), down.read(far_in, down_queue))
            } => {}
            () = down.write(near_out, down_queued) => {}
        }
    }
}

/// The state of a connection.
#[derive(Default)]
struct Link {
    /// Name and version of each Produce request without a response yet, by correlation ID.
    asked: HashMap<i32, (Name, i16)>,
    /// Nothing arrives any more.
    is_dead: bool,
}

/// One direction of a connection.
struct Flow {
    proxy: Proxy,
    link: Rc<RefCell<Link>>,
    from_client: bool,
}

type Queued = (Frame, Option<oneshot::Receiver<(Verdict, oneshot::Sender<()>)>>);

impl Flow {
    async fn read(&self, mut from: OwnedReadHalf, queue: UnboundedSender<Queued>) {
        let mut reader = Reader::default();
        let mut buffer = vec![0; 64 * 1024];
        let mut slow = self.proxy.shared.borrow().slow.subscribe();
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            if !self.from_client && slow.wait_for(|slow| !slow).await.is_err() {
                return;
            }
            reader.push(&buffer[..read]);
            while let Some(frame) = reader.next_frame() {
                if self.link.borrow().is_dead {
                    continue;
                }
                let held = self.name(&frame).map(|name| self.hold(name));
                if queue.send((frame, held)).is_err() {
                    return;
                }
            }
        }
    }

    async fn write(&self, mut to: OwnedWriteHalf, mut queued: UnboundedReceiver<Queued>) {
        while let Some((frame, held)) = queued.recv().await {
            let verdict = match held {
                None => None,
                Some(held) => match held.await {
                    Ok(verdict) => Some(verdict),
                    Err(_) => return self.starve().await,
                },
            };
            if self.link.borrow().is_dead {
                return self.starve().await;
            }
            match verdict {
                Some((Verdict::Lose, done)) => {
                    self.link.borrow_mut().is_dead = true;
                    let _ = done.send(());
                    return self.starve().await;
                }
                verdict => {
                    let mut frame = frame;
                    if matches!(verdict, Some((Verdict::Spoil, _))) {
                        frame.spoil();
                    }
                    if to.write_all(&frame.bytes).await.is_err() {
                        return;
                    }
                    verdict.map(|(_, done)| done.send(()));
                }
            }
        }
        // The other side has closed the connection.
        let _ = to.shutdown().await;
    }

    /// Passes nothing on, until the client gives the connection up.
    async fn starve(&self) {
        self.link.borrow_mut().is_dead = true;
        std::future::pending::<()>().await;
    }

    fn hold(&self, name: Name) -> oneshot::Receiver<(Verdict, oneshot::Sender<()>)> {
        let (verdict, decided) = oneshot::channel();
        let mut shared = self.proxy.shared.borrow_mut();
        shared.held.push(Held { name, verdict });
        let (from, to) = match self.from_client {
            true => (name.client, Participant::Broker),
            false => (Participant::Broker, name.client),
        };
        let packet = name.kind.key().to_owned();
        let seen = Seen::Sent { packet, from, to, m: name.m, n: name.n };
        shared.out.iter().for_each(|out| drop(out.send(seen.clone())));
        decided
    }

    /// Returns the packet that a frame is, in the model's words.
    fn name(&self, frame: &Frame) -> Option<Name> {
        let mut link = self.link.borrow_mut();
        if !self.from_client {
            let (asked, version) = link.asked.remove(&frame.response_id()?)?;
            let kind = match frame.produce_error(version)? {
                0 => PacketKind::Ack,
                REQUEST_TIMED_OUT => return None,
                _ => PacketKind::Refusal,
            };
            return Some(Name { kind, ..asked });
        }
        let record = frame.produced()?;
        let client = Participant::from_key(record.copy.split('-').next()?)?;
        let mut shared = self.proxy.shared.borrow_mut();
        let n = shared.attempts.entry(record.copy).or_default();
        *n += 1;
        let name = Name { client, kind: PacketKind::Send, m: record.m, n: *n };
        link.asked.insert(frame.request_id()?, (name, frame.version()?));
        Some(name)
    }
}
