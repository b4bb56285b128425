//! RabbitMQ as the broker of a run: its queue, and the nodes that have it.

use crate::admin::{Admin, Names};
use crate::broker::Broker;
use crate::director::PATIENCE;
use crate::protocol::Place;
use crate::servers::rabbitmq::{Cast, DISCONNECTED_MS, version};
use crate::servers::{Failure, listens, wait_until};
use crate::topology::{Consuming, Publishing, Queue, scaled};
use ackward::sim::settings::BrokerSettings;
use ackward::sim::settings::rabbitmq::Version;
use ackward::sim::{CompiledScenario, FaultKind, FaultSpec, Op, Participant, Phase, Scenario};
use ackward::sim::{Trace, Window, World};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The nodes that all runs share, and what others are made from.
pub struct Nodes {
    /// The root folder of RabbitMQ, and its version.
    root: PathBuf,
    pub version: String,
    /// One node, which most runs share.
    one: Cast,
    /// Quorum queues are used as soon as they are declared.
    pub young_queues: bool,
}

impl Nodes {
    /// Starts the node that most runs share.
    ///
    /// # Errors
    /// If it cannot be started.
    pub async fn start(root: &Path, folder: &Path) -> Result<Nodes, Failure> {
        Ok(Nodes {
            root: root.to_owned(),
            version: version(root).ok_or("RabbitMQ is not installed in the root folder")?,
            one: Cast::start(root, folder, 1, false).await?,
            young_queues: false,
        })
    }

    /// Declares what a run needs, on nodes of its own if it needs others than the one that all share.
    ///
    /// # Errors
    /// If RabbitMQ cannot play the broker of this scenario, or of the servers.
    pub async fn broker_for(
        &mut self,
        setup: &CompiledScenario,
        run: &str,
        folder: &Path,
    ) -> Result<Rabbitmq<'_>, Failure> {
        let queue = Queue::of(&setup.scenario).ok_or("RabbitMQ cannot play this broker")?;
        let faults = &setup.scenario.faults;
        let powered = faults.iter().any(|fault| matches!(fault.kind, FaultKind::PowerLoss(_)));
        let crash = |spec: &FaultSpec| spec.kind == FaultKind::Crash(Participant::Broker);
        // A queue on two nodes has no majority without either of them.
        let nodes = if queue.nodes > 1 { 3 } else { 1 };
        let mut own = match nodes > 1 || powered {
            true => Some(Cast::start(&self.root, folder, nodes, powered).await?),
            false => None,
        };
        let port = own.as_mut().unwrap_or(&mut self.one).nodes[0].port;
        let names = Names::of(run);
        let admin = Admin::connect(port).await?;
        admin.declare(&names, &queue).await?;
        Ok(Rabbitmq {
            shared: &mut self.one,
            own,
            ages: queue.quorum && !self.young_queues && faults.iter().any(crash),
            slow_handler_ms: setup.configuration().consumer.slow_handler_ms,
            port,
            queue,
            names,
            admin,
        })
    }
}

/// Returns true if RabbitMQ plays the broker of this scenario, in the version that is recorded.
pub fn plays(scenario: &Scenario) -> bool {
    let this_version = match &scenario.configuration.broker {
        BrokerSettings::Rabbitmq(own) => own.version == Version::default(),
        _ => true,
    };
    // The relay of the harness is the only one.
    let one_relay = scenario.configuration.outbox.relays == 1;
    this_version && one_relay && Queue::of(scenario).is_some()
}

/// Describes what stands for a scenario's settings, for the head of a recording.
pub fn describe(scenario: &Scenario) -> Map<String, Value> {
    let (publishing, consuming) = (Publishing::of(scenario), Consuming::of(scenario));
    let Some(queue) = Queue::of(scenario) else { return Map::new() };
    let mut setup = queue.describe(&publishing, &consuming);
    if setup.get("nodes").is_some_and(|nodes| *nodes != 1) {
        setup.insert("consumer_disconnected_timeout".into(), DISCONNECTED_MS.into());
    }
    if scenario.faults.iter().any(|fault| matches!(fault.kind, FaultKind::Redrive)) {
        let how = "basic.get, publish to the queue, ack once that is confirmed";
        setup.insert("redrive".into(), how.into());
    }
    if queue.single_active {
        let how = "one consumer after the other, before the first message";
        setup.insert("subscribed".into(), how.into());
    }
    if let Some(ms) = scenario.configuration.consumer.slow_handler_ms {
        setup.insert("slow_handler_ms".into(), scaled(ms).into());
    }
    setup
}

/// RabbitMQ in one run.
pub struct Rabbitmq<'a> {
    shared: &'a mut Cast,
    /// The nodes of this run, if it needs others.
    own: Option<Cast>,
    /// The queue has to be old before it is used.
    ages: bool,
    slow_handler_ms: Option<u32>,
    /// The port that clients reach.
    port: u16,
    queue: Queue,
    names: Names,
    admin: Admin,
}

impl Rabbitmq<'_> {
    fn cast(&mut self) -> &mut Cast {
        self.own.as_mut().unwrap_or(self.shared)
    }

    /// Waits until a message is ready in the queue of dead letters.
    async fn await_dead_letter(&mut self) -> Result<(), Failure> {
        let start = std::time::Instant::now();
        while self.admin.ready(&self.names.dlq).await? == 0 {
            if start.elapsed() > PATIENCE {
                return Err(format!("nothing comes into {}", self.names.dlq));
            }
            // The broker tells nobody that a dead letter has arrived.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

#[async_trait(?Send)]
impl Broker for Rabbitmq<'_> {
    fn port(&self) -> u16 {
        self.port
    }

    fn place(&self) -> Place {
        Place::Rabbitmq {
            exchange: self.names.exchange.clone(),
            queue: self.names.queue.clone(),
            dead_letters: self.names.dlx.clone(),
        }
    }

    fn subscribes_first(&self) -> bool {
        self.queue.single_active
    }

    fn slow_handler(&self) -> Option<Duration> {
        self.slow_handler_ms.map(|ms| Duration::from_millis(scaled(ms).into()))
    }

    async fn get_ready(&mut self, _: &Trace) -> Result<(), Failure> {
        if let Some(disk) = &self.cast().disk {
            // The queue was declared long before, as far as the run is concerned.
            disk.sync()?;
        }
        if self.ages {
            let queue = self.names.queue.clone();
            let node = &self.cast().nodes[0];
            wait_until("a queue that is old enough", PATIENCE, || node.knows(&queue)).await?;
        }
        Ok(())
    }

    async fn left(&mut self) -> Result<u32, Failure> {
        self.admin.ready(&self.names.queue).await
    }

    async fn dead(&mut self) -> Result<u32, Failure> {
        match self.queue.has_dead_letters() {
            true => self.admin.ready(&self.names.dlq).await,
            false => Ok(0),
        }
    }

    async fn take_dead(&mut self) -> Result<HashMap<u8, u8>, Failure> {
        match self.queue.has_dead_letters() {
            true => self.admin.take_all(&self.names.dlq).await,
            false => Ok(HashMap::new()),
        }
    }

    async fn redrive(&mut self) -> Result<(), Failure> {
        self.await_dead_letter().await?;
        let port = self.cast().nodes[0].port;
        Admin::redrive(port, &self.names).await
    }

    async fn expire(&mut self, window: Window, _: u8) -> Result<(), Failure> {
        Err(format!("RabbitMQ has no {}", window.key()))
    }

    /// Syncs the disk once the message is written.
    async fn sync(&mut self, before: &World, copy: u8) -> Result<(), Failure> {
        let entries = before.broker.rabbitmq().map_or(&[][..], |queue| queue.entries());
        let Some(entry) = entries.get(usize::from(copy)) else { return Ok(()) };
        let (text, queue) = (format!("\"m\":{}", entry.msg + 1), self.names.queue.clone());
        let cast = self.cast();
        let Some(disk) = &cast.disk else { return Ok(()) };
        let written = || cast.nodes[0].has_written(&queue, &text);
        wait_until("a message that is written", PATIENCE, written).await?;
        disk.sync()
    }

    /// Waits until a dead letter is written, if that is what the broker does now: no publisher waits
    /// for a confirm.
    async fn run_line(&mut self, setup: &CompiledScenario, before: &World) -> Result<(), Failure> {
        let entries = before.broker.rabbitmq().map_or(&[][..], |queue| queue.entries());
        let mut busy = entries.iter().filter(|entry| !setup.broker.ended(entry.pc));
        let Some(entry) = busy.next().filter(|entry| entry.phase == Phase::Dead) else {
            return Ok(());
        };
        if self.queue.quorum || setup.broker.op(entry.pc) != Some(Op::Write) {
            return Ok(());
        }
        let (text, dlq) = (format!("\"m\":{}", entry.msg + 1), self.names.dlq.clone());
        let node = &self.cast().nodes[0];
        let written = || node.has_written(&dlq, &text);
        wait_until("a dead letter that is written", PATIENCE, written).await
    }

    async fn fetch(&mut self, _: &World, _: usize) -> Result<(), Failure> {
        Err("RabbitMQ has no such step".into())
    }

    fn freeze(&mut self) {
        self.cast().nodes[0].freeze();
    }

    async fn crash(&mut self, _: bool) -> Result<(), Failure> {
        self.cast().nodes[0].kill();
        Ok(())
    }

    fn lose_power(&mut self, node: usize) -> Result<(), Failure> {
        let cast = self.cast();
        let disk = cast.disk.as_ref().filter(|_| node == 0);
        cast.nodes[0].freeze();
        disk.ok_or("the node has no disk that can lose power")?.lose_power()?;
        cast.nodes[0].kill();
        Ok(())
    }

    async fn destroy(&mut self) -> Result<(), Failure> {
        let cast = self.cast();
        cast.nodes[0].destroy()?;
        self.port = cast.nodes.get(1).ok_or("there is no other node")?.port;
        self.admin = Admin::connect(self.port).await?;
        Ok(())
    }

    async fn restart(&mut self, _: usize) -> Result<(), Failure> {
        let cast = self.cast();
        if let Some(disk) = &cast.disk {
            disk.return_power()?;
        }
        cast.nodes[0].restart().await?;
        self.admin = Admin::connect(self.cast().nodes[0].port).await?;
        Ok(())
    }

    async fn clean_up(&mut self) -> Result<(), Failure> {
        if self.own.take().is_some() {
            return Ok(());
        }
        let node = &mut self.shared.nodes[0];
        if !listens(node.port) {
            node.restart().await?;
            self.admin = Admin::connect(node.port).await?;
        }
        self.admin.delete(&self.names).await
    }
}
