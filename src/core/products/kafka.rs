//! Apache Kafka: a topic of one partition, read by a consumer group.

mod hints;

use super::{
    Add, Advice, Assumptions, Changes, Fetch, Product, Protection, Scope, Settlement, Summary,
    Terms, Timing, generic, longer_timeout,
};
use crate::sim::settings::kafka::Version;
use crate::sim::settings::{BatchAck, BrokerSettings, ProducerSettings, kafka};
use crate::sim::{Class, Op, Scenario};

pub(super) const PRODUCT: Product = Product {
    key: "kafka",
    name: "Kafka",
    terms: TERMS,
    summary: Summary {
        producer: |s| producer(s).map(summary).unwrap_or_default(),
        broker: |s| broker(s).map(broker_summary).unwrap_or_default(),
        positions,
        receiving: |_| Vec::new(),
    },
    changes: Changes {
        producer: |_, add| change_producer(add),
        broker: change_broker,
        consumer: change_consumer,
        programs: &[(
            "offset in the same database transaction",
            &[Op::Receive, Op::Begin, Op::Work, Op::StoreOffset, Op::Commit],
        )],
    },
    assumptions: ASSUMPTIONS,
    hints: hints::HINTS,
    one_at_a_time: None,
    protection: Protection {
        copies: |s| broker(s).map_or(1, |b| b.replication_factor),
        acknowledged_copies: |s| match producer(s).map(|p| p.acks) {
            Some(kafka::Acks::None) => 0,
            Some(kafka::Acks::All) => broker(s).map_or(1, |b| b.min_insync_replicas),
            _ => 1,
        },
        clean_elections: |s| broker(s).is_none_or(|b| !b.unclean_leader_election),
    },
    timing: Timing {
        settles_by_request: |_| true,
        // A separate transaction for each message leaves nothing to batch.
        batches: |setup| setup.log().is_some_and(|partition| !partition.transactional),
        // One partition is read by one consumer at a time.
        one_reader: |_| true,
        fetch: |_| Fetch::Prefetched,
        operations: &[
            "linger.ms",
            "kafka-commit",
            "flush",
            "auto.commit.interval.ms",
            "session.timeout.ms",
            "max.poll.interval.ms",
            "replica.lag.time.max.ms",
            "metadata.max.age.ms",
            "transaction.timeout.ms",
        ],
        retention_s: |s| Some(broker(s)?.retention_ms?.div_ceil(1000)),
        ..generic::TIMING
    },
    advice: Advice {
        sending: |s| {
            producer(s)?.transactional_id.as_ref().map(|_| {
                "Keep transactional.id the same across restarts and unique to each producer. All \
                 consumers must set isolation.level=read_committed."
            })
        },
        consuming: Some(
            "Set auto.offset.reset=earliest: without a committed offset, the default (latest) \
             skips existing records.",
        ),
        order_by_key: "Use the ordering key as the record key: all records of a key go to one \
                       partition.",
        total_order: "Use a topic with one partition.",
        poison: |_| {
            Some(
                "Plan for poison messages: Kafka has no built-in dead-letter queue, and one \
                 blocks its partition.",
            )
        },
    },
    outlast: |scenario, add| {
        let Some(ms) = longer_timeout(scenario) else { return };
        add(&format!("max.poll.interval.ms={ms}"), &|s| {
            s.consumer.kafka.get_or_insert_default().max_poll_interval_ms = ms;
        });
        add("max.poll.records=1", &|s| {
            s.consumer.kafka.get_or_insert_default().max_poll_records = 1;
        });
    },
    // A consumer that commits explicitly does not auto-commit inside poll.
    explicit_ack: &[("enable.auto.commit", "false")],
    stored_twice: |setup| match setup.log() {
        Some(partition) if partition.idempotent => {
            "a new producer process gets a new producer ID, and its sequence numbers start at 0"
        }
        _ => "without enable.idempotence the leader keeps no sequence numbers",
    },
    ..generic::PRODUCT
};

const TERMS: Terms = Terms {
    store: |_| "partition log",
    settlement: Settlement {
        noun: "commit",
        arrow: "commit offset ({m})",
        lost: "commit of ",
        subject: "the offset commit for",
        fault: "commit of",
        in_flight: "offset commit for",
        sends: "{from} commits the offset past {m}.",
        next: "about to commit its offset",
        order: ["commit before work", "work, then commit"],
        // The summary has said who commits.
        never: "",
        missing: "the offset was not committed, and nothing else remembers the work",
    },
    delivers: [
        "{to} polls, and {from} sends {m}.",
        "{to} polls, and gets {m} again: delivery {n}.",
    ],
    stores: ["{at} appends it to the log.", "{at} appends it to the log: record {n} of {m}."],
    stored: "appended",
    replica: |_| "replica",
    syncs_itself: |_| false,
    vanishes: "{m} is missing from the log of {at}.",
    vanished: "{m} missing",
    all_vanished: "log lost",
    deduplicates: "duplicate sequence number: {at} appends nothing and returns the original offset.",
    commits_position: |setup| match setup.log() {
        Some(partition) if partition.auto_commit => {
            "{at} polls again, which auto-commits the offset past {m}."
        }
        _ => (generic::TERMS.commits_position)(setup),
    },
    busy: "NOT_LEADER_OR_FOLLOWER",
    error: "TimeoutException",
    windows: [generic::TERMS.windows[0], "the retention time of the topic (retention.ms)"],
    ..generic::TERMS
};

/// Returns true if records are taken to be kept for long enough, although they are not kept forever.
fn assumes_retention(scope: &Scope) -> bool {
    let limited = |own: &kafka::Broker| own.retention_ms.is_some();
    broker(&scope.setup.scenario).is_some_and(limited) && !scope.tries(Class::Expiry)
}

/// Returns true if the model knows what becomes of a partition that is added.
fn grows(scope: &Scope) -> bool {
    scope.setup.log().is_some_and(|config| config.extensible)
}

fn producer(scenario: &Scenario) -> Option<&kafka::Producer> {
    match &scenario.producer {
        ProducerSettings::Kafka(producer) => Some(producer),
        _ => None,
    }
}

fn broker(scenario: &Scenario) -> Option<&kafka::Broker> {
    match &scenario.broker {
        BrokerSettings::Kafka(broker) => Some(broker),
        _ => None,
    }
}

fn summary(producer: &kafka::Producer) -> String {
    let acks = match producer.acks {
        kafka::Acks::None => "acks=0",
        kafka::Acks::Leader => "acks=1",
        kafka::Acks::All => "acks=all",
    };
    let mut parts = vec![acks.to_owned()];
    if producer.acks != kafka::Acks::None && producer.transactional_id.is_none() {
        parts.push(format!("enable.idempotence={}", producer.idempotent()));
    }
    if producer.retries == 0 {
        parts.push("retries=0".into());
    }
    if producer.max_in_flight != 5 {
        parts.push(format!("max.in.flight={}", producer.max_in_flight));
    }
    if producer.delivery_timeout_ms != 120_000 {
        parts.push(format!("delivery.timeout.ms={}", producer.delivery_timeout_ms));
    }
    match &producer.transactional_id {
        Some(_) if producer.other_sends > 0 => parts.push("separate transactional.id".into()),
        Some(id) => parts.push(format!("transactional.id={id}")),
        None => {}
    }
    parts.join(", ")
}

fn broker_summary(broker: &kafka::Broker) -> String {
    let mut what = format!(
        "replication.factor={}, min.insync.replicas={}",
        broker.replication_factor, broker.min_insync_replicas
    );
    if broker.unclean_leader_election {
        what += ", unclean.leader.election";
    }
    if let Some(in_sync) = broker.in_sync_at_start {
        what += &format!(", {in_sync} in sync");
    }
    what
}

fn positions(scenario: &Scenario) -> Vec<String> {
    let program = &scenario.consumer.program;
    let mut parts = Vec::new();
    if program.contains(&Op::StoreOffset) {
        return parts;
    }
    let own = scenario.consumer.kafka.clone().unwrap_or_default();
    if !program.contains(&Op::SendOffsets) {
        parts.push(format!("enable.auto.commit={}", own.enable_auto_commit));
    }
    if own.isolation_level == kafka::Isolation::ReadCommitted {
        parts.push("read_committed".into());
    }
    parts
}

fn change_producer(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut kafka::Producer)| {
        add(label, &|s| {
            if let ProducerSettings::Kafka(producer) = &mut s.producer {
                change(producer);
            }
        });
    };
    change("acks=1", &|p| p.acks = kafka::Acks::Leader);
    change("acks=all", &|p| p.acks = kafka::Acks::All);
    change("enable.idempotence=true", &|p| p.enable_idempotence = Some(true));
    change("max.in.flight.requests.per.connection=1", &|p| p.max_in_flight = 1);
    change("retries=2147483647", &|p| p.retries = 2_147_483_647);
    change("retries=0", &|p| p.retries = 0);
    change("transactional.id", &|p| p.transactional_id = Some("orders".into()));
}

fn change_broker(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut kafka::Broker)| {
        add(label, &|s| {
            if let BrokerSettings::Kafka(broker) = &mut s.broker {
                change(broker);
            }
        });
    };
    change("min.insync.replicas=2", &|b| b.min_insync_replicas = 2);
    change("replication.factor=3", &|b| b.replication_factor = 3);
    change("unclean.leader.election.enable=false", &|b| b.unclean_leader_election = false);
}

fn change_consumer(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut kafka::Consumer)| {
        add(label, &|s| change(s.consumer.kafka.get_or_insert_default()));
    };
    let committed = kafka::Isolation::ReadCommitted;
    change("isolation.level=read_committed", &|own| own.isolation_level = committed);
    change("read the output with read_committed", &|own| own.output_isolation_level = committed);
    change("auto.offset.reset=earliest", &|own| own.auto_offset_reset = kafka::Reset::Earliest);
    let acks = [
        ("ack-mode=RECORD", BatchAck::Each),
        ("BatchListenerFailedException", BatchAck::UpToFirstFailure),
    ];
    generic::batch_acks(add, &acks);
}

fn version(scenario: &Scenario) -> Version {
    broker(scenario).map(|b| b.version).unwrap_or_default()
}

fn has_transactions(scope: &Scope) -> bool {
    let sends = producer(&scope.setup.scenario).is_some_and(|p| p.transactional_id.is_some());
    sends || scope.has(Op::Produce)
}

fn auto_commits(scope: &Scope) -> bool {
    let own = scope.setup.scenario.consumer.kafka.as_ref();
    own.is_none_or(|own| own.enable_auto_commit) && !scope.has(Op::StoreOffset)
}

/// Assumptions about Kafka.
///
/// Sources: `KafkaConsumer.java` (commits inside poll), librdkafka's CONFIGURATION.md
/// (`enable.auto.offset.store`) and its issues 1122 and 2609, KIP-890, the upgrade notes of 3.2.
const ASSUMPTIONS: Assumptions = Assumptions {
    version: |s| match version(s) {
        Version::V3_9 => "Apache Kafka 3.9 with the Java client 3.9",
        Version::V4_0 => "Apache Kafka 4.0 with the Java client 4.0",
        Version::V4_1 => "Apache Kafka 4.3 with the Java client 4.x",
    },
    versions: &[
        (
            |s| {
                producer(&s.setup.scenario)
                    .is_some_and(|p| p.enable_idempotence.is_none() && p.idempotent())
            },
            "Idempotence is on by default from client 3.0.1, 3.1.1 and 3.2.0 on; in librdkafka it \
             is off unless it is set.",
        ),
        (
            |s| has_transactions(s) && version(&s.setup.scenario) >= Version::V4_0,
            "Before 4.0 (KIP-890) a delayed write could land in the next transaction.",
        ),
    ],
    rows: &[
        (
            |s| has_transactions(s) && version(&s.setup.scenario) < Version::V4_0,
            "No delayed write lands in the next transaction, as it can before 4.0 (KIP-890).",
        ),
        (
            |s| s.tries(Class::Operator) && grows(s) && !assumes_retention(s),
            "One partition, at most one more that is added, and one consumer group. The new one has its \
             leader and its replicas on the same brokers. No one deletes records.",
        ),
        (
            |s| s.tries(Class::Operator) && grows(s) && assumes_retention(s),
            "One partition, at most one more that is added, and one consumer group. The new one has its \
             leader and its replicas on the same brokers. No one deletes records, and they are \
             processed before retention.ms is over.",
        ),
        (
            |s| s.tries(Class::Operator) && !grows(s) && !assumes_retention(s),
            "One partition and one consumer group. No one adds partitions or deletes records.",
        ),
        (
            |s| s.tries(Class::Operator) && !grows(s) && assumes_retention(s),
            "One partition and one consumer group. No one adds partitions or deletes records, and \
             records are processed before retention.ms is over.",
        ),
        (
            |s| !s.tries(Class::Operator) && !assumes_retention(s),
            "One partition and one consumer group. No one resets offsets, adds partitions or \
             deletes records.",
        ),
        (
            |s| !s.tries(Class::Operator) && assumes_retention(s),
            "One partition and one consumer group. No one resets offsets, adds partitions or \
             deletes records, and records are processed before retention.ms is over.",
        ),
        (
            |s| {
                let scenario = &s.setup.scenario;
                scenario.messages > 1
                    && !has_transactions(s)
                    && producer(scenario).is_some_and(|p| p.idempotent() && !p.new_producer)
            },
            "The idempotent producer has written to the partition before: from a new one \
             (new_producer=true) the leader accepts a first batch with any sequence number, so m2 \
             may be stored although m1 was rejected.",
        ),
        (
            |s| !has_transactions(s),
            "The controllers and the group coordinator are available and keep their state.",
        ),
        (
            has_transactions,
            "The controllers, the group coordinator and the transaction coordinator are available \
             and keep their state.",
        ),
        (
            |s| auto_commits(s) && !s.has(Op::HandOff),
            "Offsets are committed as the Java client does, inside poll() and once the handler is \
             done. librdkafka by default stores an offset before the handler runs.",
        ),
        (
            |s| auto_commits(s) && s.has(Op::HandOff),
            "Offsets are committed inside poll(), whether or not the worker thread is done.",
        ),
        (
            |s| s.has(Op::Ack) && !auto_commits(s) && s.setup.batching.is_some(),
            "Each commit is synchronous, once for what a poll has returned: commitSync() returns \
             before the next poll, which returns all that is there, up to max.poll.records.",
        ),
        (
            |s| s.has(Op::Ack) && !auto_commits(s) && s.setup.batching.is_none(),
            "Each commit is synchronous, record by record: commitSync() returns before the next \
             line runs.",
        ),
        (
            |s| s.has(Op::StoreOffset),
            "At its start the consumer reads its offset from the database and seeks there.",
        ),
        (
            has_transactions,
            "Each instance has a transactional.id that no other has, and keeps it after a restart; \
             its replacement has the same one.",
        ),
        (
            |s| s.delays_without_end(),
            "A slow handler or a pause exceeds every timeout; everything else stays within \
             max.poll.interval.ms.",
        ),
        (|s| !s.tries_delays(), "Every handler finishes within max.poll.interval.ms."),
    ],
};
