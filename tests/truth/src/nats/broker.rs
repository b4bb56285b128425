//! NATS as the broker of a run: its stream, its consumer, and servers of its own, which are up within
//! a tenth of a second.

use super::client::Client;
use super::gate::Gate;
use super::settings::{self, scaled};
use crate::broker::Broker;
use crate::director::PATIENCE;
use crate::protocol::Place;
use crate::servers::nats::{NOWHERE, Node, Routes, version};
use crate::servers::{Failure, free_port, wait_until};
use ackward::sim::settings::nats::{self, Consumer, Retention};
use ackward::sim::{ActorStep, Choice, CompiledScenario, Fault, Op, Participant};
use ackward::sim::{Trace, Window, World};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

const STREAM: &str = "SHOP";
const CONSUMER: &str = "billing";
const SUBJECT: &str = "orders";

/// The program that all servers run.
pub struct Program {
    path: PathBuf,
    pub version: String,
}

impl Program {
    /// Finds the server below the root folder.
    ///
    /// # Errors
    /// If it is not there.
    pub fn of(root: &Path) -> Result<Program, Failure> {
        let path = root.join("bin/nats-server");
        let version = version(&path).ok_or(format!("{} does not run", path.display()))?;
        Ok(Program { path, version })
    }

    /// Starts the servers of a run, and declares what it needs.
    ///
    /// # Errors
    /// If NATS cannot play the broker of this scenario, or of the servers.
    pub async fn broker_for(
        &self,
        setup: &CompiledScenario,
        run: &str,
        folder: &Path,
    ) -> Result<Nats, Failure> {
        let (broker, consumer) =
            settings::of(&setup.scenario).ok_or("NATS cannot play this broker")?;
        let how = (settings::syncs_always(broker), settings::is_powered(&setup.scenario));
        let folder = folder.join(format!("nats-{run}"));
        let (mut nodes, gate) = self.servers(&folder, broker.replicas.into(), how).await?;
        for node in &mut nodes {
            node.start().await?;
        }
        let place = Place::Nats {
            subject: SUBJECT.into(),
            stream: settings::for_actors(&setup.scenario, STREAM, CONSUMER),
        };
        let admin = connect(nodes[0].port).await?;
        let mut nats = Nats {
            port: nodes[0].port,
            nodes,
            gate,
            place,
            broker: broker.clone(),
            consumer,
            subscribes_first: setup.consumers() > 1 || !broker.stream,
            admin,
            folder,
        };
        nats.declare().await?;
        Ok(nats)
    }

    /// Prepares one server, or a cluster of three. The last one is reached through a gate, and looks
    /// for no other.
    async fn servers(
        &self,
        folder: &Path,
        count: usize,
        how: (bool, bool),
    ) -> Result<(Vec<Node>, Option<Gate>), Failure> {
        if count == 1 {
            return Ok((vec![Node::prepare(&self.path, folder, 1, how, None)?], None));
        }
        let listen = [free_port()?, free_port()?, free_port()?];
        let gate = Gate::open(listen[2]).await.map_err(|e| format!("a gate cannot listen: {e}"))?;
        // A server of a cluster has to look for somebody.
        let others = [vec![gate.port], vec![listen[0], gate.port], vec![NOWHERE]];
        let mut nodes = Vec::new();
        for (i, others) in others.into_iter().enumerate() {
            let reached = (i == 2).then_some(gate.port);
            let routes = Routes { listen: listen[i], reached, others };
            nodes.push(Node::prepare(&self.path, folder, i + 1, how, Some(&routes))?);
        }
        Ok((nodes, Some(gate)))
    }
}

/// Connects as the director.
async fn connect(port: u16) -> Result<Client, Failure> {
    let name = format!("director-{port}");
    Client::connect(port, &name, |_| ()).await.map_err(|e| format!("NATS: {e}"))
}

/// NATS in one run.
pub struct Nats {
    /// The servers, in the order of the model: the leader, and what follows it.
    nodes: Vec<Node>,
    /// The gate in front of the last of them, in a cluster.
    gate: Option<Gate>,
    /// The port that clients reach.
    port: u16,
    place: Place,
    broker: nats::Broker,
    consumer: Consumer,
    subscribes_first: bool,
    admin: Client,
    folder: PathBuf,
}

impl Nats {
    /// Creates the stream and the consumer.
    async fn declare(&mut self) -> Result<(), Failure> {
        if !self.broker.stream {
            return Ok(());
        }
        let stream = settings::stream(&self.broker, STREAM, SUBJECT);
        self.insist(&format!("STREAM.CREATE.{STREAM}"), &stream).await?;
        if self.consumer.durable {
            let config = settings::consumer(&self.consumer, CONSUMER);
            let create = json!({ "stream_name": STREAM, "config": config });
            self.insist(&format!("CONSUMER.CREATE.{STREAM}.{CONSUMER}"), &create).await?;
        }
        if self.nodes.len() > 1 {
            self.put_leader_first().await?;
        }
        Ok(())
    }

    /// Asks until it is done: servers that have just started may have no leader yet.
    async fn insist(&self, what: &str, body: &Value) -> Result<Value, Failure> {
        let start = std::time::Instant::now();
        loop {
            // Without a leader nobody answers at all.
            let asked = tokio::time::timeout(Duration::from_secs(1), self.admin.ask(what, body));
            match asked.await {
                Ok(Ok(answer)) => return Ok(answer),
                other if start.elapsed() > PATIENCE => {
                    return Err(format!("NATS: {what}: {other:?}"));
                }
                // They tell nobody when they have elected one.
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    async fn stream(&self) -> Result<Value, Failure> {
        self.insist(&format!("STREAM.INFO.{STREAM}"), &Value::Null).await
    }

    async fn consumer(&self) -> Result<Value, Failure> {
        self.admin.ask(&format!("CONSUMER.INFO.{STREAM}.{CONSUMER}"), &Value::Null).await
    }

    /// Waits until all servers have the stream and the consumer, and puts the leader of the stream
    /// first; the one behind the gate does not lead.
    async fn put_leader_first(&mut self) -> Result<(), Failure> {
        let start = std::time::Instant::now();
        loop {
            let (stream, consumer) = (self.stream().await?, self.consumer().await);
            let current = |info: &Value| {
                let replicas = info["cluster"]["replicas"].as_array().cloned().unwrap_or_default();
                replicas.len() == 2 && replicas.iter().all(|replica| replica["current"] == true)
            };
            let leader = stream["cluster"]["leader"].as_str().unwrap_or_default().to_owned();
            let place = self.nodes.iter().position(|node| node.name == leader);
            match place {
                Some(2) => {
                    let down = format!("STREAM.LEADER.STEPDOWN.{STREAM}");
                    let _ = self.admin.ask(&down, &Value::Null).await;
                }
                Some(place) if current(&stream) && consumer.is_ok_and(|c| current(&c)) => {
                    self.nodes.swap(0, place);
                    self.port = self.nodes[0].port;
                    self.admin = connect(self.port).await?;
                    return Ok(());
                }
                _ if start.elapsed() > PATIENCE => return Err(format!("NATS: {stream}")),
                _ => {}
            }
            // They tell nobody when they have what the leader has.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until what consumers have acknowledged is written down; that is a moment later.
    async fn await_written(&self) -> Result<(), Failure> {
        if self.broker.retention != Retention::Limits {
            let start = std::time::Instant::now();
            while self.stream().await?["state"]["messages"] != 0 && start.elapsed() < PATIENCE {
                // The server removes what is acknowledged after it has confirmed that.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        let Ok(info) = self.consumer().await else { return Ok(()) };
        let floor = info["ack_floor"]["stream_seq"].as_u64();
        let written = || self.nodes[0].written_floor(STREAM, CONSUMER) == floor;
        wait_until("the state of the consumer in its file", PATIENCE, written).await
    }
}

#[async_trait(?Send)]
impl Broker for Nats {
    fn port(&self) -> u16 {
        self.port
    }

    fn place(&self) -> Place {
        self.place.clone()
    }

    /// The server delivers to those in turn that have asked for messages.
    fn subscribes_first(&self) -> bool {
        self.subscribes_first
    }

    fn slow_handler(&self) -> Option<Duration> {
        Some(Duration::from_millis(settings::slow_handler_ms(&self.consumer).into()))
    }

    async fn get_ready(&mut self, trace: &Trace) -> Result<(), Failure> {
        for disk in self.nodes.iter().filter_map(|node| node.disk.as_ref()) {
            // The stream was created long before, as far as the run is concerned.
            disk.sync()?;
        }
        // A server that the model leaves behind gets nothing; the other one confirms in its place.
        let gone = Fault::PermanentLoss(Participant::Broker);
        let is_gone = |choice: &Choice| matches!(choice, Choice::Strike(f, _) if *f == gone);
        let choices = trace.steps.iter().map(|step| step.choice);
        let mut before = choices.take_while(|choice| !is_gone(choice));
        if !before.any(|choice| choice == Choice::Run(ActorStep::Fetch(2))) {
            self.gate.iter().for_each(|gate| gate.set(false));
        }
        Ok(())
    }

    async fn left(&mut self) -> Result<u32, Failure> {
        if !self.broker.stream {
            return Ok(0);
        }
        // It may be that nobody has created it.
        let info = match self.consumer().await {
            Ok(info) => info,
            Err(problem) if problem.contains("consumer not found") => return Ok(0),
            Err(problem) => return Err(problem),
        };
        let count = |key: &str| info[key].as_u64().unwrap_or_default() as u32;
        Ok(count("num_pending") + count("num_ack_pending"))
    }

    async fn dead(&mut self) -> Result<u32, Failure> {
        Ok(0)
    }

    async fn take_dead(&mut self) -> Result<HashMap<u8, u8>, Failure> {
        Ok(HashMap::new())
    }

    async fn redrive(&mut self) -> Result<(), Failure> {
        Err("NATS has no queue for dead letters".into())
    }

    /// Nothing shows that the server has forgotten an ID but the time: the window counts from the
    /// first copy, which is older than this call.
    async fn expire(&mut self, window: Window, _: u8) -> Result<(), Failure> {
        if window != Window::Dedup {
            return Err(format!("the harness lets no {} expire", window.key()));
        }
        let ms = scaled(self.broker.duplicate_window);
        tokio::time::sleep(Duration::from_millis(ms.into())).await;
        Ok(())
    }

    async fn sync(&mut self, before: &World, copy: u8) -> Result<(), Failure> {
        let entries = before.broker.nats().map_or(&[][..], |stream| stream.entries());
        let Some(entry) = entries.get(usize::from(copy)) else { return Ok(()) };
        let text = format!("\"m\":{}", entry.msg + 1);
        let node = &self.nodes[0];
        let Some(disk) = &node.disk else { return Ok(()) };
        wait_until("a message in its file", PATIENCE, || node.has_written(STREAM, &text)).await?;
        disk.sync()
    }

    /// Syncs what the server itself would sync two minutes later.
    async fn run_line(&mut self, setup: &CompiledScenario, before: &World) -> Result<(), Failure> {
        let entries = before.broker.nats().map_or(&[][..], |stream| stream.entries());
        let own = |op: Option<Op>| !matches!(op, None | Some(Op::Replicate));
        let place = entries.iter().position(|entry| own(setup.broker.op(entry.pc)));
        let syncs = |place: &usize| setup.broker.op(entries[*place].pc) == Some(Op::Persist);
        match place.filter(syncs) {
            Some(place) if !settings::syncs_always(&self.broker) => {
                self.sync(before, place as u8).await
            }
            _ => Ok(()),
        }
    }

    /// The other follower has it before the publisher hears of it.
    async fn fetch(&mut self, before: &World, node: usize) -> Result<(), Failure> {
        if node != 2 {
            return Ok(());
        }
        self.gate.iter().for_each(|gate| gate.set(true));
        let entries = before.broker.nats().map_or(&[][..], |stream| stream.entries());
        let lacks = entries.iter().find(|entry| entry.holders() & (1 << node) == 0);
        let Some(text) = lacks.map(|entry| format!("\"m\":{}", entry.msg + 1)) else {
            return Ok(());
        };
        let node = &self.nodes[node];
        wait_until("a copy at a follower", PATIENCE, || node.has_written(STREAM, &text)).await
    }

    fn freeze(&mut self) {
        self.nodes[0].freeze();
    }

    async fn crash(&mut self, forgets: bool) -> Result<(), Failure> {
        if self.broker.stream && !forgets {
            self.await_written().await?;
        }
        self.nodes[0].kill();
        Ok(())
    }

    fn lose_power(&mut self, node: usize) -> Result<(), Failure> {
        self.nodes.get_mut(node).ok_or("there is no such server")?.lose_power()
    }

    async fn destroy(&mut self) -> Result<(), Failure> {
        self.nodes[0].destroy()?;
        self.gate.iter().for_each(|gate| gate.set(true));
        self.port = self.nodes.last().ok_or("there is no other server")?.port;
        self.admin = connect(self.port).await?;
        Ok(())
    }

    async fn restart(&mut self, node: usize) -> Result<(), Failure> {
        let server = self.nodes.get_mut(node).ok_or("there is no such server")?;
        if let Some(disk) = &server.disk {
            disk.return_power()?;
        }
        server.start().await?;
        self.admin = connect(self.port).await?;
        if self.broker.stream {
            // In a cluster this takes an election.
            self.stream().await?;
        }
        Ok(())
    }

    async fn clean_up(&mut self) -> Result<(), Failure> {
        self.nodes.clear();
        let removed = std::fs::remove_dir_all(&self.folder);
        removed.map_err(|e| format!("{}: {e}", self.folder.display()))
    }
}
