//! The director of runs on Kafka. As with RabbitMQ it takes a run of the model, choice by choice, and
//! makes it happen; but Kafka's client tries again by itself, so the director only waits for that.

use super::actors::{Place, Process, Report, Who};
use super::clients::{self, Names};
use super::proxy::Proxy;
use super::record::Stage;
use crate::director::PATIENCE;
use crate::mail::Mail;
use crate::servers::Failure;
use crate::servers::kafka::Cluster;
use crate::stores::Stores;
use ackward::evidence::{FinalState, Seen};
use ackward::sim::settings::OnError;
use ackward::sim::{CompiledScenario, Op, Participant, Trace};
use serde_json::Value;
use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::OpenOptions;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The longest time that a process may take to start; Java is slow at that on a busy machine.
const START: Duration = Duration::from_secs(120);

/// A record that a consumer has in hand: its place, and the number of its delivery.
pub(super) type Hand = (Place, u8);

/// A run in progress.
pub struct Director<'a> {
    pub(super) stage: &'a mut Stage,
    pub(super) setup: CompiledScenario,
    pub(super) names: Names,
    /// The nodes of the run, if it needs others than the one that all share.
    pub(super) own: Option<Cluster>,
    pub(super) proxy: Proxy,
    pub(super) stores: Stores,
    database: String,
    pub(super) wires: UnboundedReceiver<Seen>,
    pub(super) notes: UnboundedReceiver<(Who, Report)>,
    notes_in: UnboundedSender<(Who, Report)>,
    pub(super) actors: HashMap<Who, Process>,
    epochs: HashMap<Who, u8>,
    /// What was observed, and which of it the model's run has shown already.
    pub seen: Vec<Seen>,
    pub(super) matched: Vec<bool>,
    /// How much had been observed before the step that is under way.
    pub before_step: usize,
    pub(super) done: HashMap<Who, Result<Value, String>>,
    pub(super) ready: HashSet<Who>,
    pub(super) ended: HashSet<Who>,
    pub(super) received: VecDeque<(Participant, u8)>,
    pub(super) answered: VecDeque<(Participant, u8, bool)>,
    /// The number of partitions that a consumer has.
    pub(super) assigned: HashMap<Participant, usize>,
    pub(super) caught_up: HashSet<Participant>,
    /// Consumers that poll until they receive something.
    pub(super) polling: HashSet<Participant>,
    /// What each consumer has received of each message.
    pub(super) hands: HashMap<(Participant, u8), Hand>,
    pub(super) deliveries: HashMap<Place, u8>,
    /// The newest attempt at each message, and whether it was answered.
    pub(super) attempts: HashMap<(Participant, u8), (u8, bool)>,
    /// Messages that were sent before the model's run sends them.
    pub(super) early: HashSet<(Participant, u8)>,
    /// The leader of the first partition is stopped until the consumer has received something.
    slow_leader: bool,
    /// When a process was paused last.
    pub(super) slow_since: Instant,
    /// The offset of the first record of the run.
    pub(super) base: u64,
    pub(super) applied: [u8; 5],
}

impl<'a> Director<'a> {
    /// Prepares the topic, the group, the stores and the proxies of a run.
    ///
    /// # Errors
    /// If Kafka cannot play the broker of this scenario, or of the servers.
    pub async fn new(stage: &'a mut Stage, setup: CompiledScenario) -> Result<Self, Failure> {
        stage.runs += 1;
        let database = format!("run{}", stage.runs);
        let names = Names::of(&database);
        let (_, broker) = clients::of(&setup.scenario).ok_or("Kafka cannot play this broker")?;
        let (own, proxy) = stage.cluster_for(clients::plan(&setup.scenario, broker)).await?;
        let accounts = stage.postgres.prepare(&database, setup.configuration().messages).await?;
        let offsets = "CREATE TABLE offsets (next int NOT NULL); INSERT INTO offsets VALUES (0)";
        accounts.batch_execute(offsets).await.map_err(|e| format!("PostgreSQL: {e}"))?;
        let stores = Stores::new(accounts, Mail::default(), setup.configuration().store.amount);
        let (wire, wires) = unbounded_channel();
        proxy.tell(wire);
        let (notes_in, notes) = unbounded_channel();
        let mut director = Director {
            stage,
            setup,
            names,
            own,
            proxy,
            stores,
            database,
            wires,
            notes,
            notes_in,
            actors: HashMap::new(),
            epochs: HashMap::new(),
            seen: Vec::new(),
            matched: Vec::new(),
            before_step: 0,
            done: HashMap::new(),
            ready: HashSet::new(),
            ended: HashSet::new(),
            received: VecDeque::new(),
            answered: VecDeque::new(),
            assigned: HashMap::new(),
            caught_up: HashSet::new(),
            polling: HashSet::new(),
            hands: HashMap::new(),
            deliveries: HashMap::new(),
            attempts: HashMap::new(),
            early: HashSet::new(),
            slow_leader: false,
            slow_since: Instant::now(),
            base: 0,
            applied: [0; 5],
        };
        director.prepare().await?;
        Ok(director)
    }

    pub(super) fn cluster(&mut self) -> &mut Cluster {
        self.own.as_mut().unwrap_or(&mut self.stage.one)
    }

    /// Creates the topics, and sets where the group starts.
    async fn prepare(&mut self) -> Result<(), Failure> {
        let (_, broker) = clients::of(&self.setup.scenario).ok_or("Kafka cannot play this")?;
        let (replicas, in_sync) = (broker.replication_factor, broker.in_sync_at_start);
        let settings: String =
            clients::topic(broker).iter().map(|(name, value)| format!(" {name}={value}")).collect();
        let nodes: Vec<String> = (1..=replicas).map(|id| id.to_string()).collect();
        self.start_admin().await?;
        let Names { topic, output, group, .. } = self.names.clone();
        let coordinator = self.cluster().coordinator();
        if self.own.is_some() {
            // Where they are is otherwise the cluster's choice.
            for name in ["__consumer_offsets", "__transaction_state"] {
                self.ask(&format!("create {name} {coordinator} cleanup.policy=compact")).await?;
            }
        }
        if in_sync.is_some() {
            // A follower that has all there is stays in sync; one that has never fetched does not.
            self.set_gates(false);
        }
        self.ask(&format!("create {topic} {}{settings}", nodes.join(","))).await?;
        self.ask(&format!("create {output} {coordinator}")).await?;
        if self.publishes_dead_letters() {
            let dead_letters = self.names.dead_letters.clone();
            self.ask(&format!("create {dead_letters} {coordinator}")).await?;
        }
        let least = usize::from(in_sync.unwrap_or(replicas));
        self.await_replicas(|_, in_sync| in_sync.len() >= least).await?;
        if replicas > 1 {
            // While the brokers start, another one may have taken over.
            self.ask(&format!("lead {topic} {}", nodes.join(","))).await?;
        }
        self.await_replicas(|leader, in_sync| leader == 1 && in_sync.len() >= least).await?;
        let own = self.setup.configuration().consumer.kafka.clone().unwrap_or_default();
        self.base = u64::from(self.warms_up());
        if !own.new_group {
            self.ask(&format!("start-at {topic} {group} {}", self.base)).await?;
        }
        // The topic was created long before, as far as the run is concerned.
        for disk in self.cluster().nodes.iter().filter_map(|node| node.disk.as_ref()) {
            disk.sync()?;
        }
        if let Some(count) = in_sync {
            self.await_replicas(|_, in_sync| in_sync.len() == usize::from(count)).await?;
        }
        Ok(())
    }

    /// Makes a run of the model happen, and returns its ending.
    ///
    /// # Errors
    /// What did not happen although the model's run has it; what was seen until then is in
    /// [`Director::seen`].
    pub async fn play(&mut self, trace: &Trace) -> Result<FinalState, Failure> {
        let late = self.setup.configuration().consumer.starts_late;
        self.slow_leader = self.own.is_some() && clients::reads_new_first(&self.setup, trace);
        for party in self.setup.parties.clone() {
            let waits = self.setup.successor && party == Participant::Producer2;
            let starts = (party.sender().is_some() && !waits) || party.consumer().is_some();
            if starts && !(late && party.consumer().is_some()) {
                self.start(party).await?;
            }
        }
        self.rest().await?;
        for step in 1..=trace.steps.len() {
            self.before_step = self.seen.len();
            let key = &trace.steps[step - 1].key;
            let done = self.perform(trace, step).await;
            done.map_err(|problem| format!("step {step}, {key}: {problem}"))?;
        }
        self.close(trace).await
    }

    /// Lets the first consumer, which has the partition, poll no more until the model's does. A second
    /// one goes on: so it hears when it gets the partition.
    pub(super) async fn rest(&mut self) -> Result<(), Failure> {
        let party = Participant::Consumer;
        if self.polling.remove(&party) {
            self.command(Some(party), "rest").await?;
        }
        Ok(())
    }

    /// Returns true if consumers publish what they give up on.
    pub(super) fn publishes_dead_letters(&self) -> bool {
        self.setup.configuration().consumer.on_error == OnError::DeadLetter
    }

    fn warms_up(&self) -> bool {
        clients::warms_up(&self.setup.scenario)
    }

    fn log(&self) -> Result<std::fs::File, Failure> {
        let path = self.stage.folder.0.join("actors.log");
        let log = OpenOptions::new().create(true).append(true).open(path);
        log.map_err(|e| format!("the actors' log: {e}"))
    }

    async fn start_admin(&mut self) -> Result<(), Failure> {
        let bootstrap = self.cluster().bootstrap();
        let settings = [
            ("bootstrap.servers".to_owned(), bootstrap),
            // Who asks for the leader shall hear what is so now.
            ("metadata.max.age.ms".to_owned(), "200".to_owned()),
        ];
        self.start_process(None, "admin", &settings).await
    }

    /// Starts the process of a participant. A consumer has joined its group when this returns.
    pub(super) async fn start(&mut self, party: Participant) -> Result<(), Failure> {
        let (own, broker) = clients::of(&self.setup.scenario).ok_or("Kafka cannot play this")?;
        let Names { topic, output, group, dead_letters } = self.names.clone();
        let epoch = self.epochs.entry(Some(party)).or_default();
        *epoch += 1;
        let name = format!("{}-{epoch}", party.key());
        let mut settings = vec![("topic".to_owned(), topic), ("client.id".into(), name.clone())];
        let mut add = |name: &str, value: String| settings.push((name.to_owned(), value));
        if party.sender().is_some() {
            add("name", name);
            if clients::grows(&self.setup.scenario) {
                add("key", "of the second partition of two".into());
            }
            if let Some(id) = &own.transactional_id {
                // Another instance has the same ID, another producer has not.
                let other = party == Participant::Producer2 && !self.setup.successor;
                add("transactional.id", format!("{id}-{}{}", self.database, u8::from(other)));
            }
            settings.extend(clients::producer(&self.setup.scenario, own, broker));
            let ports = self.stage.proxy_ports(self.own.is_some());
            let all: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
            settings.push(("bootstrap.servers".into(), all.join(",")));
            self.start_process(Some(party), "producer", &settings).await?;
            if self.warms_up() {
                self.command(Some(party), "warm-up").await?;
            }
            return Ok(());
        }
        let port = self.stage.postgres.port;
        let database = &self.database;
        add("database", format!("jdbc:postgresql://127.0.0.1:{port}/{database}?user=postgres"));
        add("group.id", group);
        add("output", output);
        if self.publishes_dead_letters() {
            add("dead.letters", dead_letters);
        }
        let program = &self.setup.configuration().consumer.program;
        if program.contains(&Op::StoreOffset) {
            add("offset.in.database", "true".into());
        }
        if program.contains(&Op::Produce) {
            add("transactional.id", format!("{}-{database}", party.key()));
        }
        if let Some(poll) = clients::full_poll(&self.setup.scenario) {
            add("handler.ms", poll.each.to_string());
        }
        settings.extend(clients::consumer(&self.setup.scenario));
        settings.push(("bootstrap.servers".into(), self.cluster().bootstrap()));
        self.start_process(Some(party), "consumer", &settings).await?;
        self.assigned.remove(&party);
        if self.slow_leader {
            self.cluster().nodes[0].freeze();
        }
        self.poll(party).await?;
        self.until("the assignment", |d| d.assigned.contains_key(&party)).await
    }

    async fn start_process(
        &mut self,
        who: Who,
        role: &str,
        settings: &[(String, String)],
    ) -> Result<(), Failure> {
        let log = self.log()?;
        let jars = &self.stage.jars;
        let process = Process::start(jars, who, role, settings, log, self.notes_in.clone())?;
        self.actors.insert(who, process);
        self.ready.remove(&who);
        self.ended.remove(&who);
        self.until_within("a process that is up", START, |d| d.ready.contains(&who)).await
    }

    /// Lets a consumer poll until it receives something, unless it does.
    pub(super) async fn poll(&mut self, party: Participant) -> Result<(), Failure> {
        if self.polling.insert(party) {
            self.command(Some(party), "poll").await?;
        }
        Ok(())
    }

    /// Asks the administrator.
    pub(super) async fn ask(&mut self, command: &str) -> Result<Value, Failure> {
        self.command(None, command).await
    }

    /// Lets a process carry out a command, and returns its answer.
    pub(super) async fn command(&mut self, who: Who, command: &str) -> Result<Value, Failure> {
        self.done.remove(&who);
        let name = who.map_or("the administrator", Participant::key);
        let actor = self.actors.get_mut(&who).ok_or(format!("{name} is down"))?;
        actor.tell(command).await?;
        self.until(command, |d| d.done.contains_key(&who)).await?;
        let done = self.done.remove(&who).unwrap_or(Ok(Value::Null));
        done.map_err(|problem| format!("{name}: {command}: {problem}"))
    }

    /// Waits until leader and in-sync replicas of the topic are like this.
    pub(super) async fn await_replicas(
        &mut self,
        is: impl Fn(i64, &[Value]) -> bool,
    ) -> Result<(), Failure> {
        let (start, topic) = (tokio::time::Instant::now(), self.names.topic.clone());
        loop {
            // A topic that was created a moment ago, not every broker knows.
            let now = self.ask(&format!("replicas {topic}")).await.unwrap_or_default();
            let in_sync = now["in_sync"].as_array().cloned().unwrap_or_default();
            if is(now["leader"].as_i64().unwrap_or(-1), &in_sync) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err(format!("the replicas are still {now}"));
            }
            // The administrator has to ask again.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Opens or closes the gates between the brokers that have the topic.
    pub(super) fn set_gates(&mut self, open: bool) {
        for node in &self.cluster().nodes {
            node.gate.iter().for_each(|gate| gate.set(open));
        }
    }
}
