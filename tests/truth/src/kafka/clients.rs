//! What stands for a scenario's settings on Apache Kafka. Durations are scaled down, and their order
//! is kept.

use crate::servers::kafka::{LAG_MS, Plan, SESSION_MS};
use ackward::sim::settings::kafka::{Acks, Broker, Isolation, Producer, Reset};
use ackward::sim::settings::{BrokerSettings, ProducerSettings};
use ackward::sim::{
    CompiledScenario, EventKind, FaultKind, Op, PacketKind, Scenario, Trace, Window,
};
use serde_json::{Map, Value};

/// The timeout of one request of a producer. In a cluster, a broker that is dead is missed before.
const REQUEST_MS: u32 = 1500;
const CLUSTER_REQUEST_MS: u32 = 6000;
/// The session timeout of a group member.
const GROUP_SESSION_MS: u32 = 2000;
/// The longest time between two polls of one of several members.
const POLL_INTERVAL_MS: u32 = 6000;
/// How long a client takes what it knows of a topic that grows to be true.
const METADATA_MS: u32 = 500;
/// Handlers that take a time of their own take this part of it here, and so does the time between two
/// polls.
const SCALE: u32 = 10;
/// The timeout of a transaction.
const TRANSACTION_MS: u32 = 4000;

/// Settings of a client, by name.
pub type Settings = Vec<(String, String)>;

/// The names of what a run uses.
#[derive(Clone, Debug)]
pub struct Names {
    pub topic: String,
    pub output: String,
    pub dead_letters: String,
    pub group: String,
}

impl Names {
    pub fn of(run: &str) -> Names {
        let name = |what: &str| format!("{what}-{run}");
        Names {
            topic: name("orders"),
            output: name("results"),
            dead_letters: name("dead-letters"),
            group: name("billing"),
        }
    }
}

/// Returns the settings of producer and broker, if Kafka can play them.
pub fn of(scenario: &Scenario) -> Option<(&Producer, &Broker)> {
    match (&scenario.configuration.producer, &scenario.configuration.broker) {
        (ProducerSettings::Kafka(producer), BrokerSettings::Kafka(broker)) => {
            Some((producer, broker))
        }
        _ => None,
    }
}

/// Returns the cluster that a scenario needs; most share one of a single node.
pub fn plan(scenario: &Scenario, broker: &Broker) -> Plan {
    let power = |kind: &FaultKind| matches!(kind, FaultKind::PowerLoss(_));
    Plan {
        // Where the new partition is to be read first, it has a leader of its own.
        brokers: broker.replication_factor.max(1 + u8::from(finds_both(scenario))),
        powered: scenario.faults.iter().any(|fault| power(&fault.kind)),
        lag: broker.in_sync_at_start.is_some(),
    }
}

fn isolation(level: Isolation) -> &'static str {
    match level {
        Isolation::ReadCommitted => "read_committed",
        Isolation::ReadUncommitted => "read_uncommitted",
    }
}

/// Returns the isolation level at which the output topic is read.
pub fn output_isolation(scenario: &Scenario) -> &'static str {
    let own = scenario.configuration.consumer.kafka.clone().unwrap_or_default();
    isolation(own.output_isolation_level)
}

/// Returns true if the producer has sent a record before the run, and it matters: the leader takes
/// the first record that it sees of a producer whatever its sequence number.
pub fn warms_up(scenario: &Scenario) -> bool {
    let refused = scenario.faults.iter().any(|fault| fault.kind == FaultKind::Refuse);
    let known = |own: &Producer| own.idempotent() && !own.new_producer;
    refused && of(scenario).is_some_and(|(producer, _)| known(producer))
}

/// Returns true if a partition is added to the topic. Both clients look for it often, and all
/// messages have the same key, which belongs to the second partition of two.
pub fn grows(scenario: &Scenario) -> bool {
    scenario.faults.iter().any(|fault| fault.kind == FaultKind::AddPartition)
}

/// Returns true if the consumer may find records in both partitions when it starts.
fn finds_both(scenario: &Scenario) -> bool {
    grows(scenario) && scenario.configuration.consumer.starts_late
}

/// Returns true if the consumer finds records in both partitions, and the run has it read the new one
/// first. A client that has an offset for one, and has yet to look one up for the other, does so only
/// if the leader of the first is slow.
pub fn reads_new_first(setup: &CompiledScenario, trace: &Trace) -> bool {
    let delivery = |step| {
        trace.events_of(step).iter().find_map(|event| match event.what {
            EventKind::Arrived { kind: PacketKind::Delivery, msg, .. } => Some(msg),
            _ => None,
        })
    };
    let first = (1..=trace.steps.len()).find_map(delivery);
    finds_both(&setup.scenario) && first.is_some_and(|msg| msg > 0)
}

/// Returns the settings of the topic.
pub fn topic(broker: &Broker) -> Settings {
    vec![
        ("min.insync.replicas".into(), broker.min_insync_replicas.to_string()),
        ("unclean.leader.election.enable".into(), broker.unclean_leader_election.to_string()),
    ]
}

/// Returns the settings of a producer that differ from the client's defaults.
pub fn producer(scenario: &Scenario, own: &Producer, broker: &Broker) -> Settings {
    let mut all: Settings = Vec::new();
    let mut add = |name: &str, value: String| all.push((name.to_owned(), value));
    let acks = match own.acks {
        Acks::None => "0",
        Acks::Leader => "1",
        Acks::All => "all",
    };
    add("acks", acks.into());
    if let Some(idempotent) = own.enable_idempotence {
        add("enable.idempotence", idempotent.to_string());
    }
    add("max.in.flight.requests.per.connection", own.max_in_flight.to_string());
    // As many requests fit into the delivery timeout as with the scenario's own figures.
    let request = if broker.replication_factor > 1 { CLUSTER_REQUEST_MS } else { REQUEST_MS };
    add("request.timeout.ms", request.to_string());
    add("delivery.timeout.ms", (request * u32::from(own.attempts())).to_string());
    add("retry.backoff.ms", own.retry_backoff_ms.to_string());
    add("retry.backoff.max.ms", own.retry_backoff_max_ms.to_string());
    if own.retries < 2_147_483_647 {
        add("retries", own.retries.to_string());
    }
    if grows(scenario) {
        add("metadata.max.age.ms", METADATA_MS.to_string());
    }
    // Each record is a batch of its own.
    add("batch.size", "0".into());
    add("linger.ms", "0".into());
    if own.transactional_id.is_some() {
        add("transaction.timeout.ms", TRANSACTION_MS.to_string());
    }
    all
}

/// Returns the settings of a consumer that differ from the client's defaults.
pub fn consumer(scenario: &Scenario) -> Settings {
    let config = &scenario.configuration;
    let own = config.consumer.kafka.clone().unwrap_or_default();
    let mut all: Settings = Vec::new();
    let mut add = |name: &str, value: String| all.push((name.to_owned(), value));
    add("enable.auto.commit", own.enable_auto_commit.to_string());
    if own.enable_auto_commit {
        add("auto.commit.interval.ms", "100".into());
    }
    add("isolation.level", isolation(own.isolation_level).into());
    let reset = match own.auto_offset_reset {
        Reset::Latest => "latest",
        Reset::Earliest => "earliest",
    };
    add("auto.offset.reset", reset.into());
    // A batch is what one poll returns.
    let batch = config.broker.batching(&config.consumer).map_or(1, |batching| batching.size);
    let most = if full_poll(scenario).is_some() { own.max_poll_records } else { batch };
    add("max.poll.records", most.to_string());
    add("session.timeout.ms", GROUP_SESSION_MS.to_string());
    add("heartbeat.interval.ms", "300".into());
    add("fetch.max.wait.ms", "100".into());
    if grows(scenario) {
        add("metadata.max.age.ms", METADATA_MS.to_string());
    }
    match full_poll(scenario) {
        Some(_) => add("max.poll.interval.ms", (own.max_poll_interval_ms / SCALE).to_string()),
        None if config.consumer.count > 1 => {
            add("max.poll.interval.ms", POLL_INTERVAL_MS.to_string());
        }
        None => {}
    }
    if config.consumer.program.contains(&Op::Produce) {
        add("transaction.timeout.ms", TRANSACTION_MS.to_string());
    }
    all
}

/// A poll that is full: the message comes after so many other records, each of which takes so many
/// milliseconds to handle. The message itself takes `slow` if its handler is slow.
#[derive(Clone, Copy, Debug)]
pub struct FullPoll {
    pub others: u32,
    pub each: u32,
    pub slow: u32,
}

/// Returns the poll that returns the message, if the scenario says how long handlers take.
pub fn full_poll(scenario: &Scenario) -> Option<FullPoll> {
    let consumer = &scenario.configuration.consumer;
    let slow = consumer.slow_handler_ms? / SCALE;
    let own = consumer.kafka.clone().unwrap_or_default();
    let each = consumer.handler_ms / SCALE;
    Some(FullPoll { others: own.max_poll_records - 1, each, slow })
}

/// Describes the settings for the head of a recording.
pub fn describe(scenario: &Scenario) -> Map<String, Value> {
    let Some((own, broker)) = of(scenario) else { return Map::new() };
    let plan = plan(scenario, broker);
    let mut all = Map::new();
    let object = |settings: Settings| {
        Value::Object(settings.into_iter().map(|(name, value)| (name, value.into())).collect())
    };
    all.insert("replication.factor".into(), broker.replication_factor.into());
    all.insert("topic".into(), object(topic(broker)));
    all.insert("producer".into(), object(producer(scenario, own, broker)));
    all.insert("consumer".into(), object(consumer(scenario)));
    if scenario.faults.iter().any(|fault| fault.kind == FaultKind::Refuse) {
        all.insert("refusal".into(), "CORRUPT_MESSAGE, after a byte was changed in flight".into());
    }
    if warms_up(scenario) {
        all.insert("warm_up".into(), "the producer has sent a record before".into());
    }
    if grows(scenario) {
        all.insert("key".into(), "that of all messages belongs to partition 1 of two".into());
    }
    if scenario.faults.iter().any(|fault| fault.kind == FaultKind::Expire(Window::Retention)) {
        let how = "retention.ms=1 from the fault on, until the record is deleted";
        all.insert("retention".into(), how.into());
        let slow = "from the broker to the producer, until the record is deleted";
        all.insert("slow_link".into(), slow.into());
    }
    if let Some(FullPoll { others, each, slow }) = full_poll(scenario) {
        all.insert("other_records".into(), others.into());
        all.insert("handler_ms".into(), each.into());
        all.insert("slow_handler_ms".into(), slow.into());
    }
    if plan.brokers > 1 {
        all.insert("broker.session.timeout.ms".into(), SESSION_MS.into());
    }
    if plan.lag {
        all.insert("replica.lag.time.max.ms".into(), LAG_MS.into());
    }
    if plan.powered {
        let disk = "ext4 in a loop device, shut down without flushing its log";
        all.insert("disks".into(), disk.into());
    }
    // What happens between the client library and the application is not on the wire.
    all.insert("delivery".into(), "seen when poll returns the record".into());
    all.insert("retry".into(), "seen when the client sends the next request".into());
    all
}
