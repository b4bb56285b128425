//! Cost of a guarantee: latency, throughput, round trips, fsyncs, storage and additional
//! components. Measured in virtual time without faults, under the same parameters for all
//! configurations.

use super::chaos::{Chaos, Plan, PlanError};
use super::engine::Picker;
use super::fault_rates::FaultRates;
use super::latency_model::{LatencyModel, Operation};
use super::pending::syncs;
use super::stats::Latency;
use crate::products::{self, Fetch, Timing};
use crate::sim::{
    ActorStep, Choice, CompiledScenario, Configuration, Op, PacketKind, Participant, Recorder,
    Window, World,
};
use serde::{Deserialize, Serialize};

/// The workload: message size and latencies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Message size in bytes, 1 to [`Load::BATCH_BYTES`].
    pub message_bytes: u32,
    /// Mean durations of the operations.
    pub pace: LatencyModel,
}

impl Default for Load {
    fn default() -> Self {
        Load { message_bytes: 1000, pace: LatencyModel::default() }
    }
}

impl Load {
    /// Kafka's `batch.size`: the number of bytes sent together under load.
    pub const BATCH_BYTES: u32 = 16_384;

    fn batch(&self) -> f64 {
        f64::from((Load::BATCH_BYTES / self.message_bytes.clamp(1, Load::BATCH_BYTES)).max(1))
    }
}

/// A pipeline stage: a participant that handles every message.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// The participant.
    pub party: Participant,
    /// Time that one message or batch occupies the stage, in microseconds.
    pub busy_us: f64,
    /// Number of messages in process concurrently.
    pub at_a_time: f64,
    /// Maximum throughput, in messages per second.
    pub per_second: f64,
}

/// Additional storage for each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Additional replicas of the message, on other nodes of the broker.
    Copies(u8),
    /// A row in the outbox until the message is sent.
    OutboxRow,
    /// The message id in the inbox table.
    InboxId,
    /// The message id in Redis.
    RedisId,
    /// The message id in the consumer's memory.
    MemoryId,
    /// A separate row for the effect.
    Row,
    /// The message id at the broker, for the deduplication interval.
    BrokerId,
    /// Transaction markers.
    Marker,
}

impl Keep {
    /// Returns the window after which the entry expires, if it does.
    pub fn forgotten(self) -> Option<Window> {
        match self {
            Keep::InboxId => Some(Window::Inbox),
            Keep::RedisId => Some(Window::Ttl),
            Keep::BrokerId => Some(Window::Dedup),
            _ => None,
        }
    }
}

/// The cost of sending and handling a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// End-to-end latency, from the application's call to the effect.
    pub effect: Latency,
    /// Publish latency, from the call to the report to the caller; empty if there is no report.
    pub told: Latency,
    /// Stages of the pipeline, each with its own maximum throughput.
    pub stages: Vec<Stage>,
    /// Round trips that a sender waits for, per message.
    pub sender_waits: u32,
    /// Round trips that the consumer waits for, per message.
    pub consumer_waits: u32,
    /// Fsyncs at brokers and databases, per message; several messages may share one.
    pub syncs: u32,
    /// Additional storage for each message.
    pub keeps: Vec<Keep>,
    /// Additional components besides producer, broker and consumer.
    pub parts: Vec<Participant>,
    /// Number of lines in the programs of senders and consumer.
    pub lines: usize,
}

impl Cost {
    /// Returns the bottleneck: the stage with the lowest throughput.
    pub fn narrowest(&self) -> Option<&Stage> {
        self.stages.iter().min_by(|a, b| a.per_second.total_cmp(&b.per_second))
    }

    /// Returns the throughput in messages per second, with every participant fully utilized.
    pub fn per_second(&self) -> f64 {
        self.narrowest().map_or(0.0, |stage| stage.per_second)
    }

    /// Returns the maximum throughput of one producer, in messages per second.
    pub fn sent_per_second(&self) -> f64 {
        self.least(|party| party.sender().is_some())
    }

    /// Returns the maximum throughput of all consumers, in messages per second.
    pub fn handled_per_second(&self) -> f64 {
        self.least(|party| party.consumer().is_some())
    }

    fn least(&self, of: impl Fn(Participant) -> bool) -> f64 {
        let own = self.stages.iter().filter(|stage| of(stage.party));
        own.map(|stage| stage.per_second).min_by(f64::total_cmp).unwrap_or(0.0)
    }
}

/// Number of messages timed.
const RUNS: u64 = 10_000;

/// Measures the cost of a configuration.
///
/// # Errors
/// Returns the first problem with the configuration or the latencies.
pub fn cost(config: &Configuration, load: &Load) -> Result<Cost, PlanError> {
    let pace = load.pace.clone();
    let plan = Plan { seed: 1, runs: RUNS, messages: 1, rates: FaultRates::default(), pace };
    let stats = Chaos::new(config, &plan)?.run(0..RUNS);
    let setup = CompiledScenario::bare(&config.with_messages(1))?;
    let walk = Walk::of(&setup, &load.pace);
    let programs = setup.senders.iter().chain([&setup.consumer]);
    Ok(Cost {
        effect: stats.effect,
        told: stats.told,
        stages: walk.stages(load),
        sender_waits: walk.count(|step| step.sender_waits),
        consumer_waits: walk.count(|step| step.consumer_waits),
        syncs: walk.count(|step| step.syncs),
        keeps: keeps(&setup),
        parts: parts(&setup),
        lines: programs.map(|program| program.lines.len()).sum(),
    })
}

/// The run of one message, with every delay at its mean.
struct Walk<'a> {
    setup: &'a CompiledScenario,
    steps: Vec<Walked>,
}

/// One step of the run.
struct Walked {
    /// Completion time, in nanoseconds.
    at: u64,
    choice: Choice,
    /// The participant whose program continues with this step.
    by: Option<Participant>,
    /// True if the step delivers the message to a consumer.
    delivers: bool,
    sender_waits: bool,
    consumer_waits: bool,
    syncs: bool,
}

impl<'a> Walk<'a> {
    fn of(setup: &'a CompiledScenario, pace: &LatencyModel) -> Walk<'a> {
        let mut schedule = Vec::new();
        Picker::steady(setup, pace).run(0, 0, Some(&mut schedule));
        let mut world = World::new(setup);
        let mut steps = Vec::new();
        for (at, choice) in schedule {
            steps.push(walked(setup, &world, at, choice));
            world.step(setup, choice, &mut Recorder::silent());
        }
        Walk { setup, steps }
    }

    fn count(&self, what: impl Fn(&Walked) -> bool) -> u32 {
        self.steps.iter().filter(|step| what(step)).count() as u32
    }

    fn stages(&self, load: &Load) -> Vec<Stage> {
        let senders = (0..self.setup.senders.len()).filter_map(|s| self.sender(s, load));
        let mut stages: Vec<Stage> = senders.collect();
        stages.extend(self.consumer(load));
        stages
    }

    /// Returns the stage of a sender. It keeps up to `in_flight` requests outstanding, each until
    /// it is acknowledged, and spends one line of its program on each message.
    fn sender(&self, s: usize, load: &Load) -> Option<Stage> {
        let party = self.setup.sender(s);
        let own = |step: &&Walked| step.by == Some(party);
        let last = self.steps.iter().rfind(own)?.at;
        // The relay starts when there is a row in the outbox.
        let first = match party {
            Participant::Relay | Participant::Relay2 => {
                self.steps.iter().find(|step| step.by == Some(Participant::Producer))?.at
            }
            _ => 0,
        };
        let batches = (self.timing().batches)(self.setup);
        // Under load a batch fills before its linger time has passed.
        let lingers = if batches { load.pace.of(Operation::Linger) } else { 0 };
        let busy_us = ((last - first) as f64 / 1e3 - lingers as f64).max(1e-3);
        let batch = if batches { load.batch() } else { 1.0 };
        let at_a_time = f64::from(self.setup.in_flight) * batch;
        let line = load.pace.of(Operation::Line).max(1) as f64;
        let per_second = (at_a_time / busy_us).min(1.0 / line) * 1e6;
        Some(Stage { party, busy_us, at_a_time, per_second })
    }

    /// Returns the stage of the consumer. It handles one message after another; prefetching costs
    /// no time.
    fn consumer(&self, load: &Load) -> Option<Stage> {
        let from = self.steps.iter().find(|step| step.delivers)?.at;
        let own = |step: &&Walked| {
            let commits = matches!(step.choice, Choice::Run(ActorStep::AutoCommit(_)));
            step.by.is_some_and(|party| party.consumer().is_some()) && !commits
        };
        let to = self.steps.iter().rfind(own)?.at;
        let busy_us = (to - from) as f64 / 1e3 + self.fetching(load);
        let alone = (self.timing().one_reader)(self.setup);
        let at_a_time = if alone { 1.0 } else { self.setup.consumers() as f64 };
        let per_second = at_a_time / busy_us.max(1e-3) * 1e6;
        Some(Stage { party: Participant::Consumer, busy_us, at_a_time, per_second })
    }

    /// Returns the time that an idle consumer waits for the next message, in microseconds.
    fn fetching(&self, load: &Load) -> f64 {
        let of = |act: Operation| load.pace.of(act) as f64;
        match (self.timing().fetch)(self.setup) {
            Fetch::Prefetched => 0.0,
            // A separate request for each batch.
            Fetch::Request(batch) => {
                (2.0 * of(Operation::Api) + of(Operation::HandOver)) / f64::from(batch.max(1))
            }
            Fetch::AfterAck => 2.0 * of(Operation::Network) + of(Operation::HandOver),
        }
    }

    fn timing(&self) -> &'static Timing {
        &products::of(self.setup.configuration()).timing
    }
}

fn walked(setup: &CompiledScenario, world: &World, at: u64, choice: Choice) -> Walked {
    let mut step = Walked {
        at,
        choice,
        by: None,
        delivers: false,
        sender_waits: false,
        consumer_waits: false,
        syncs: syncs(setup, world, choice),
    };
    match choice {
        Choice::Deliver(i) => {
            let packet = &world.net.packets()[i as usize];
            step.delivers = packet.kind == PacketKind::Delivery;
            // A broker may also answer a producer that does not wait.
            step.sender_waits = packet.kind.is_for_producer() && setup.waits();
            step.by = packet.to.sender().map(|_| packet.to);
        }
        Choice::Run(ActorStep::Sender(s, m)) => {
            let op = setup.senders[s as usize].op(world.senders[s as usize].tasks[m as usize].pc);
            step.by = Some(setup.sender(s.into()));
            step.sender_waits =
                op.is_some_and(|op| op.store().is_some() || op == Op::CommitTransaction);
        }
        Choice::Run(ActorStep::Consumer(c)) => {
            step.by = Some(Participant::CONSUMERS[c as usize]);
            let op = setup.consumer.op(world.consumers[c as usize].pc);
            step.consumer_waits = op.is_some_and(|op| waits(setup, op));
        }
        Choice::Run(ActorStep::Worker(c, _)) => {
            step.by = Some(Participant::CONSUMERS[c as usize]);
            step.consumer_waits = setup.worker.is_some_and(|op| waits(setup, op));
        }
        _ => {}
    }
    step
}

/// Returns true if the consumer waits for an answer to the line. `BEGIN` is sent together with the
/// next statement.
fn waits(setup: &CompiledScenario, op: Op) -> bool {
    match op {
        Op::Begin => false,
        Op::Ack => (products::of(setup.configuration()).timing.settles_by_request)(setup),
        Op::SendOffsets | Op::CommitTransaction => true,
        op => op.store().is_some(),
    }
}

fn keeps(setup: &CompiledScenario) -> Vec<Keep> {
    let mut keeps = Vec::new();
    if setup.replicas > 1 {
        keeps.push(Keep::Copies(setup.replicas - 1));
    }
    if setup.parties.contains(&Participant::Relay) {
        keeps.push(Keep::OutboxRow);
    }
    let lines = &setup.configuration().consumer.program;
    let has = |ops: &[Op]| ops.iter().any(|op| lines.contains(op));
    let kept = [
        (has(&[Op::Inbox]), Keep::InboxId),
        (has(&[Op::MarkRedis, Op::Claim, Op::ClaimInProgress]), Keep::RedisId),
        (has(&[Op::MarkMemory]), Keep::MemoryId),
        (has(&[Op::Insert, Op::Upsert, Op::Set]), Keep::Row),
        (setup.machine.has_window(Window::Dedup), Keep::BrokerId),
        (has(&[Op::CommitTransaction]) || setup.machine.has_transactions(), Keep::Marker),
    ];
    keeps.extend(kept.into_iter().filter(|(is, _)| *is).map(|(_, keep)| keep));
    keeps
}

fn parts(setup: &CompiledScenario) -> Vec<Participant> {
    let usual = |party: &&Participant| {
        use Participant::*;
        matches!(party, Producer | Broker | Consumer | Consumer2 | Accounts | Mail)
    };
    let managed = products::of(setup.configuration()).timing.hosted;
    let here = setup.parties.iter().filter(|party| !usual(party));
    here.copied().filter(|party| !managed || party.node().is_none()).collect()
}
