//! The settings of Kafka, a row each.

use crate::sim::configuration::Configuration;
use crate::sim::settings::field::{Rows, Unset, fields};
use crate::sim::settings::value::{Slot, named};
use crate::sim::settings::{BrokerSettings, ProducerSettings, kafka};

const PRODUCER_CONFIG: &str = "Kafka ProducerConfig.java";
const REPLICATION: &str = "Kafka docs/design.html, 4.7 Replication";
const ELIGIBLE: &str = "kafka.apache.org, operations/eligible-leader-replicas";
const CONSUMER_CONFIG: &str = "Kafka ConsumerConfig.java";
const MAX: u32 = 2_147_483_647;

pub const ROWS: Rows = Rows {
    product: "kafka",
    producer: fields! {
        "producer.kafka.acks", "all", PRODUCER_CONFIG,
            "Acks required before a send completes: none, leader only, or all in-sync replicas.",
            |s| Some(Slot::One(&mut producer(s)?.acks)),
            aliases = &["request.required.acks"];
        "producer.kafka.enable.idempotence", "unset", PRODUCER_CONFIG,
            "The leader tracks sequence numbers per producer and drops duplicates. On by default, \
             unless acks, retries or max.in.flight conflict with it.",
            |s| Some(Slot::One(&mut producer(s)?.enable_idempotence)),
            unset = Some(Unset {
                means: |s| match &s.producer {
                    ProducerSettings::Kafka(producer) if !producer.idempotent() => {
                        "false, as acks or retries conflict"
                    }
                    _ => "true",
                },
                former: "default",
                by_hand: true,
            });
        "producer.kafka.transactional.id", "none", PRODUCER_CONFIG,
            "Enables transactions; a new process with the same ID fences the older one.",
            |s| Some(Slot::Name(&mut producer(s)?.transactional_id));
        "producer.kafka.retries", "2147483647", PRODUCER_CONFIG,
            "Maximum retries; usually bounded by delivery.timeout.ms.",
            |s| Some(Slot::Number(&mut producer(s)?.retries, 0, MAX)),
            aliases = &["message.send.max.retries"];
        "producer.kafka.max.in.flight.requests.per.connection", "5", PRODUCER_CONFIG,
            "Maximum number of unacknowledged requests. With more than 1, retries can reorder \
             messages unless idempotence is on.",
            |s| Some(Slot::Small(&mut producer(s)?.max_in_flight, 1, 10)),
            aliases = &["max.in.flight"];
        "producer.kafka.delivery.timeout.ms", "120000", PRODUCER_CONFIG,
            "Milliseconds after which a send fails, however many retries are left.",
            |s| Some(Slot::Number(&mut producer(s)?.delivery_timeout_ms, 0, MAX)),
            aliases = &["message.timeout.ms"];
        "producer.kafka.request.timeout.ms", "30000", PRODUCER_CONFIG,
            "Response timeout of a single request, in milliseconds.",
            |s| Some(Slot::Number(&mut producer(s)?.request_timeout_ms, 1, MAX));
        "producer.kafka.retry.backoff.ms", "100", PRODUCER_CONFIG,
            "Delay before the first retry, in milliseconds; doubles with each retry.",
            |s| Some(Slot::Number(&mut producer(s)?.retry_backoff_ms, 0, MAX));
        "producer.kafka.retry.backoff.max.ms", "1000", PRODUCER_CONFIG,
            "Maximum delay between retries, in milliseconds.",
            |s| Some(Slot::Number(&mut producer(s)?.retry_backoff_max_ms, 0, MAX));
        "producer.kafka.new_producer", "false", "Kafka ProducerAppendInfo.java",
            "The producer has never written to the partition. The leader takes its first batch \
             whatever its sequence number, so m2 may be stored although m1 was rejected.",
            |s| Some(Slot::One(&mut producer(s)?.new_producer)),
            circumstance = true;
        "producer.kafka.other_sends", "0", "",
            "Messages sent by a second producer, with the same settings, before this one starts.",
            |s| Some(Slot::Small(&mut producer(s)?.other_sends, 0, 4)),
            circumstance = true;
    },
    broker: fields! {
        "broker.kafka.version", "4.1", "Kafka upgrade notes",
            "The version of Kafka, 4.1 or later. 4.0: new clusters have no eligible leader replicas. \
             3.9: more than 5 requests in flight switch idempotence off instead of being refused.",
            |s| Some(Slot::One(&mut broker(s)?.version)),
            circumstance = true;
        "broker.kafka.replication.factor", "1", "Kafka default.replication.factor",
            "Number of replicas of the partition, each on its own broker.",
            |s| Some(Slot::Small(&mut broker(s)?.replication_factor, 1, 3)),
            aliases = &["default.replication.factor"];
        "broker.kafka.min.insync.replicas", "1", REPLICATION,
            "Minimum ISR size for acks=all writes; below it, writes fail.",
            |s| Some(Slot::Small(&mut broker(s)?.min_insync_replicas, 1, 3));
        "broker.kafka.unclean.leader.election.enable", "false", REPLICATION,
            "Lets a lagging replica become leader when no in-sync one is left: available again, but \
             behind.",
            |s| Some(Slot::One(&mut broker(s)?.unclean_leader_election));
        "broker.kafka.eligible.leader.replicas.version", "unset", ELIGIBLE,
            "1: a replica that left the in-sync set when it was as small as min.insync.replicas \
             may still lead (clusters made by Kafka 4.1 and later). 0: it may not.",
            |s| Some(Slot::Maybe(&mut broker(s)?.eligible_leader_replicas, 0, 1)),
            unset = Some(Unset {
                means: |s| match &s.broker {
                    BrokerSettings::Kafka(own) if own.has_eligible_leaders() => "1",
                    _ => "0, as before 4.1",
                },
                former: "default",
                by_hand: true,
            }),
            since = "4.0";
        "broker.kafka.retention.ms", "604800000", "Kafka TopicConfig.java",
            "Milliseconds after which records are deleted, whether or not anybody has read them; \
             never if not set (-1).",
            |s| Some(Slot::MaybeNumber(&mut broker(s)?.retention_ms, 1, u32::MAX)),
            unset = Some(Unset { means: |_| "no limit (-1)", former: "none", by_hand: true }),
            aliases = &["log.retention.ms"];
        "broker.kafka.in_sync_at_start", "unset", "",
            "Number of in-sync replicas at the start; all if not set.",
            |s| Some(Slot::Maybe(&mut broker(s)?.in_sync_at_start, 1, 3)),
            unset = Some(Unset { means: |_| "all", former: "none", by_hand: true }),
            circumstance = true;
    },
    consumer: fields! {
        "consumer.kafka.enable.auto.commit", "true", CONSUMER_CONFIG,
            "poll() commits the offsets of earlier polls.",
            |s| Some(Slot::One(&mut consumer(s)?.enable_auto_commit)),
            aliases = &["auto.commit.enable"];
        "consumer.kafka.isolation.level", "read_uncommitted", CONSUMER_CONFIG,
            "read_committed hides records of aborted transactions, and stops before an open one.",
            |s| Some(Slot::One(&mut consumer(s)?.isolation_level));
        "consumer.kafka.auto.offset.reset", "latest", CONSUMER_CONFIG,
            "Where to start if the group has no committed offset.",
            |s| Some(Slot::One(&mut consumer(s)?.auto_offset_reset));
        "consumer.kafka.new_group", "false", "", "The group has never committed an offset.",
            |s| Some(Slot::One(&mut consumer(s)?.new_group)),
            circumstance = true;
        "consumer.kafka.output isolation.level", "read_committed", CONSUMER_CONFIG,
            "isolation.level of the readers of the output topic.",
            |s| Some(Slot::One(&mut consumer(s)?.output_isolation_level));
        "consumer.kafka.max.poll.interval.ms", "300000", CONSUMER_CONFIG,
            "Maximum time between two polls, in milliseconds: all records of a poll have to be \
             handled within it.",
            |s| Some(Slot::Number(&mut consumer(s)?.max_poll_interval_ms, 1, MAX));
        "consumer.kafka.max.poll.records", "500", CONSUMER_CONFIG,
            "Maximum number of records per poll.",
            |s| Some(Slot::Number(&mut consumer(s)?.max_poll_records, 1, MAX));
        "consumer.kafka.seek_after_error", "true",
            "Spring Kafka, DefaultErrorHandler.setSeekAfterError",
            "Between two attempts of the handler, seek back and poll the record again; after the \
             last one, the rest of its poll. Otherwise they stay in hand.",
            |s| match s.consumer.may_seek_after_error() {
                true => Some(Slot::One(&mut consumer(s)?.seek_after_error)),
                false => None,
            };
    },
};

fn producer(config: &mut Configuration) -> Option<&mut kafka::Producer> {
    match &mut config.producer {
        ProducerSettings::Kafka(own) => Some(own),
        _ => None,
    }
}

fn broker(config: &mut Configuration) -> Option<&mut kafka::Broker> {
    match &mut config.broker {
        BrokerSettings::Kafka(own) => Some(own),
        _ => None,
    }
}

fn consumer(config: &mut Configuration) -> Option<&mut kafka::Consumer> {
    broker(config)?;
    Some(config.consumer.kafka.get_or_insert_default())
}

named! {
    kafka::Version {
        "3.9" = kafka::Version::V3_9, "4.0" = kafka::Version::V4_0, "4.1" = kafka::Version::V4_1;
        also "4.2" = kafka::Version::V4_1, "4.3" = kafka::Version::V4_1
    }
    kafka::Acks {
        "0" = kafka::Acks::None, "1" = kafka::Acks::Leader, "all" = kafka::Acks::All;
        also "-1" = kafka::Acks::All
    }
    kafka::Isolation {
        "read_uncommitted" = kafka::Isolation::ReadUncommitted,
        "read_committed" = kafka::Isolation::ReadCommitted,
    }
    kafka::Reset {
        "latest" = kafka::Reset::Latest, "earliest" = kafka::Reset::Earliest;
        also "largest" = kafka::Reset::Latest, "end" = kafka::Reset::Latest,
            "smallest" = kafka::Reset::Earliest, "beginning" = kafka::Reset::Earliest
    }
}
