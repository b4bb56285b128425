//! Apache Kafka in KRaft mode, from the jars that `./dev truth kafka` installs.
//!
//! A cluster of several brokers has one more process, the controller. It is a broker too, and keeps
//! the internal topics: the model's coordinators never fail.

use super::disk::Disk;
use super::{Failure, Server, free_port, listens, wait_until};
use crate::kafka::gate::Gate;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const START: Duration = Duration::from_secs(120);

/// The node that is the controller, and keeps the internal topics.
const CONTROLLER: u8 = 9;

/// Scaled down: a follower that has not fetched for so long leaves the in-sync replicas.
pub const LAG_MS: u32 = 2000;
/// Scaled down: a broker that the controller has not heard of for so long is dead.
pub const SESSION_MS: u32 = 3000;

/// The jars, and the compiled actor.
#[derive(Clone, Debug)]
pub struct Jars {
    pub folder: PathBuf,
    pub version: String,
}

impl Jars {
    /// Finds the jars in this folder.
    ///
    /// # Errors
    /// If Kafka is not among them.
    pub fn of(folder: &Path) -> Result<Jars, Failure> {
        let files = fs::read_dir(folder.join("lib")).into_iter().flatten().flatten();
        let names = files.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let version = names.into_iter().find_map(|name| {
            let name = name.strip_prefix("kafka-clients-")?.strip_suffix(".jar")?.to_owned();
            Some(name)
        });
        let version = version.ok_or(format!("{} has no kafka-clients", folder.display()))?;
        Ok(Jars { folder: folder.to_owned(), version })
    }

    /// Returns the command that runs one of their classes.
    pub fn java(&self, heap: &str) -> Command {
        let mut command = Command::new("java");
        let (lib, classes) = (self.folder.join("lib/*"), self.folder.join("classes"));
        let path = format!("{}:{}", classes.display(), lib.display());
        // On a busy machine the start matters more than the speed.
        command.args([heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]);
        command.args(["-cp", &path]);
        command
    }
}

/// What a cluster shall have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub brokers: u8,
    /// The disks of the brokers can lose power.
    pub powered: bool,
    /// Followers that do not fetch leave the in-sync replicas soon.
    pub lag: bool,
}

/// A broker process, and what stands before it.
#[derive(Debug)]
pub struct Node {
    jars: Jars,
    pub id: u8,
    home: PathBuf,
    log: PathBuf,
    /// The listener for producers, which the proxy is in front of.
    pub client: u16,
    /// The listener for everybody else of the application.
    pub direct: u16,
    /// The gate that the other brokers reach it through.
    pub gate: Option<Gate>,
    pub disk: Option<Disk>,
    server: Option<Server>,
}

/// A cluster; its processes end when it is dropped.
#[derive(Debug)]
pub struct Cluster {
    /// The brokers that may have replicas of the topic; the first is its leader at the start.
    pub nodes: Vec<Node>,
    controller: Option<Node>,
    /// The gate between the first broker and the controller.
    control: Option<Gate>,
}

impl Cluster {
    /// Formats the nodes' storage and starts them; producers reach the brokers at these ports.
    ///
    /// # Errors
    /// If they cannot be started, or do not listen in time.
    pub async fn start(
        jars: &Jars,
        folder: &Path,
        plan: Plan,
        proxies: &[u16],
    ) -> Result<Cluster, Failure> {
        let mut nodes = Vec::new();
        let quorum = free_port()?;
        let control = match plan.brokers > 1 {
            true => Some(gate(quorum, Some(1)).await?),
            false => None,
        };
        let quorum = Quorum { port: quorum, gate: control.as_ref().map(|gate| gate.port) };
        for (id, &proxy) in (1..=plan.brokers).zip(proxies) {
            nodes.push(Node::prepare(jars, folder, id, plan, proxy, quorum).await?);
        }
        let controller = match plan.brokers > 1 {
            true => Some(Node::prepare(jars, folder, CONTROLLER, plan, 0, quorum).await?),
            false => None,
        };
        let mut cluster = Cluster { nodes, controller, control };
        let mut formats = Vec::new();
        for node in cluster.controller.iter().chain(&cluster.nodes) {
            formats.push(node.format()?);
        }
        for mut format in formats {
            let done = format.wait().map_err(|e| format!("StorageTool: {e}"))?;
            if !done.success() {
                return Err("StorageTool has failed".into());
            }
        }
        for node in cluster.controller.iter_mut().chain(&mut cluster.nodes) {
            node.launch()?;
        }
        for node in cluster.controller.iter_mut().chain(&mut cluster.nodes) {
            node.await_start().await?;
        }
        Ok(cluster)
    }

    /// Returns the address that consumers and administrators start from.
    pub fn bootstrap(&self) -> String {
        let node = self.controller.as_ref().unwrap_or(&self.nodes[0]);
        format!("127.0.0.1:{}", node.direct)
    }

    /// Cuts the first broker off from the controller and from the brokers that fetch from it, or
    /// connects it again. Clients reach it all the same.
    pub fn isolate(&self, isolated: bool) {
        let first = self.nodes.first().and_then(|node| node.gate.as_ref());
        first.into_iter().chain(&self.control).for_each(|gate| gate.set(!isolated));
    }

    /// Returns the node that keeps the internal topics.
    pub fn coordinator(&self) -> u8 {
        self.controller.as_ref().unwrap_or(&self.nodes[0]).id
    }
}

/// Where the controller listens, and the gate that it tells brokers to reach it through.
#[derive(Clone, Copy, Debug)]
struct Quorum {
    port: u16,
    gate: Option<u16>,
}

async fn gate(port: u16, minds: Option<u8>) -> Result<Gate, Failure> {
    Gate::open(port, minds).await.map_err(|e| format!("a gate cannot listen: {e}"))
}

impl Node {
    async fn prepare(
        jars: &Jars,
        folder: &Path,
        id: u8,
        plan: Plan,
        proxy: u16,
        quorum: Quorum,
    ) -> Result<Node, Failure> {
        let home = folder.join(format!("kafka{id}"));
        let data = home.join("data");
        fs::create_dir_all(&data).map_err(|e| format!("{}: {e}", data.display()))?;
        let disk = match plan.powered && id != CONTROLLER {
            true => Some(Disk::mount(&folder.join(format!("kafka{id}.img")), &data)?),
            false => None,
        };
        let (client, direct, replication) = (free_port()?, free_port()?, free_port()?);
        let gate = match plan.brokers > 1 {
            true => Some(gate(replication, None).await?),
            false => None,
        };
        let log = folder.join(format!("kafka{id}.log"));
        let jars = jars.clone();
        let node = Node { jars, id, home, log, client, direct, gate, disk, server: None };
        let advertised = if proxy == 0 { client } else { proxy };
        let settings = node.settings(plan, quorum, replication, advertised);
        let file = node.home.join("server.properties");
        fs::write(&file, settings).map_err(|e| format!("{}: {e}", file.display()))?;
        Ok(node)
    }

    fn settings(&self, plan: Plan, quorum: Quorum, replication: u16, proxy: u16) -> String {
        let alone = plan.brokers == 1;
        let is_controller = alone || self.id == CONTROLLER;
        let voter = if alone { self.id } else { CONTROLLER };
        let reached = quorum.gate.filter(|_| !is_controller).unwrap_or(quorum.port);
        let gate = self.gate.as_ref().map_or(replication, |gate| gate.port);
        let at = |name: &str, port: u16| format!("{name}://127.0.0.1:{port}");
        let own = [("CLIENT", self.client), ("DIRECT", self.direct), ("REPLICATION", replication)];
        let mut listeners: Vec<String> = own.iter().map(|&(name, port)| at(name, port)).collect();
        if is_controller {
            listeners.push(at("CONTROLLER", quorum.port));
        }
        let told = [("CLIENT", proxy), ("DIRECT", self.direct), ("REPLICATION", gate)];
        let controls = quorum.gate.filter(|_| is_controller).map(|port| ("CONTROLLER", port));
        let told = told.into_iter().chain(controls);
        let advertised: Vec<String> = told.map(|(name, port)| at(name, port)).collect();
        let roles = if is_controller { "broker,controller" } else { "broker" };
        let names = ["CLIENT", "DIRECT", "REPLICATION", "CONTROLLER"];
        let protocols: Vec<String> = names.iter().map(|name| format!("{name}:PLAINTEXT")).collect();
        let lag = if plan.lag { LAG_MS } else { 30_000 };
        format!(
            "process.roles={roles}\nnode.id={}\ncontroller.quorum.voters={voter}@127.0.0.1:{reached}\n\
             listeners={}\nadvertised.listeners={}\nlistener.security.protocol.map={}\n\
             inter.broker.listener.name=REPLICATION\ncontroller.listener.names=CONTROLLER\n\
             log.dirs={}\nauto.create.topics.enable=false\n\
             offsets.topic.replication.factor=1\noffsets.topic.num.partitions=1\n\
             transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\n\
             transaction.state.log.num.partitions=1\n\
             transaction.abort.timed.out.transaction.cleanup.interval.ms=500\n\
             group.initial.rebalance.delay.ms=0\ngroup.min.session.timeout.ms=1000\n\
             broker.session.timeout.ms={SESSION_MS}\nbroker.heartbeat.interval.ms=500\n\
             replica.lag.time.max.ms={lag}\nlog.cleaner.enable=false\nnum.partitions=1\n\
             log.retention.check.interval.ms=500\nlog.initial.task.delay.ms=500\n\
             num.network.threads=1\nnum.io.threads=2\n",
            self.id,
            listeners.join(","),
            advertised.join(","),
            protocols.join(","),
            self.home.join("data/log").display(),
        )
    }

    fn format(&self) -> Result<std::process::Child, Failure> {
        let file = self.home.join("server.properties");
        let log =
            fs::File::create(&self.log).map_err(|e| format!("{}: {e}", self.log.display()))?;
        let err = log.try_clone().map_err(|e| e.to_string())?;
        let mut command = self.jars.java("-Xmx128m");
        command.args(["kafka.tools.StorageTool", "format", "-t", "YWNrd2FyZC10cnV0aC0xMQ"]);
        command.arg("-c").arg(file).stdout(log).stderr(err);
        command.spawn().map_err(|e| format!("StorageTool: {e}"))
    }

    fn launch(&mut self) -> Result<(), Failure> {
        let mut command = self.jars.java("-Xmx256m");
        command.arg("kafka.Kafka").arg(self.home.join("server.properties"));
        self.server = Some(Server::start("Kafka", &mut command, &self.log)?);
        Ok(())
    }

    async fn await_start(&mut self) -> Result<(), Failure> {
        let (port, log) = (self.direct, self.log.display());
        let server = self.server.as_mut().ok_or("the node was not started")?;
        wait_until("Kafka", START, || server.has_ended() || listens(port)).await?;
        match listens(port) {
            true => Ok(()),
            false => {
                let text = fs::read_to_string(&self.log).unwrap_or_default();
                let tail: Vec<&str> = text.lines().rev().take(15).collect();
                Err(format!("Kafka ended at once; see {log}: {tail:#?}"))
            }
        }
    }

    /// Starts the node on the data that it has, and waits until it listens.
    ///
    /// # Errors
    /// If it does not listen in time.
    pub async fn restart(&mut self) -> Result<(), Failure> {
        self.launch()?;
        self.await_start().await
    }

    /// Stops the node in an orderly way, as for an upgrade: it hands its leadership over first.
    ///
    /// # Errors
    /// If it does not end in time.
    pub async fn stop(&mut self) -> Result<(), Failure> {
        let server = self.server.as_mut().ok_or("the node is down")?;
        server.signal(libc::SIGTERM);
        wait_until("an orderly shutdown", START, || server.has_ended()).await?;
        self.server.take();
        Ok(())
    }

    /// Kills the node as `kill -9` does.
    pub fn kill(&mut self) {
        self.server.take();
    }

    /// Stops all threads of the node, which then reads nothing.
    pub fn freeze(&self) {
        self.server.iter().for_each(|server| server.signal(libc::SIGSTOP));
    }

    /// Lets the threads of the node go on.
    pub fn thaw(&self) {
        self.server.iter().for_each(|server| server.signal(libc::SIGCONT));
    }

    /// Kills the node, and removes its disk.
    ///
    /// # Errors
    /// Of the operating system.
    pub fn destroy(&mut self) -> Result<(), Failure> {
        self.kill();
        fs::remove_dir_all(self.home.join("data")).map_err(|e| format!("its data: {e}"))
    }
}
