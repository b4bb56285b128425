//! Apache Kafka: a topic of one partition, read by a consumer group.

mod assumptions;
mod hints;

use super::{
    Add, Advice, Changes, Fetch, Product, Protection, Settlement, Summary, Terms, Timing, generic,
    longer_timeout,
};
use crate::sim::settings::kafka::Version;
use crate::sim::settings::{BatchAck, BrokerSettings, ProducerSettings, kafka};
use crate::sim::{Configuration, Op};
use assumptions::ASSUMPTIONS;

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
    outlast: |config, add| {
        let Some(ms) = longer_timeout(config) else { return };
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

fn producer(config: &Configuration) -> Option<&kafka::Producer> {
    match &config.producer {
        ProducerSettings::Kafka(producer) => Some(producer),
        _ => None,
    }
}

fn broker(config: &Configuration) -> Option<&kafka::Broker> {
    match &config.broker {
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

fn positions(config: &Configuration) -> Vec<String> {
    let program = &config.consumer.program;
    let mut parts = Vec::new();
    if program.contains(&Op::StoreOffset) {
        return parts;
    }
    let own = config.consumer.kafka.clone().unwrap_or_default();
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

fn version(config: &Configuration) -> Version {
    broker(config).map(|b| b.version).unwrap_or_default()
}
