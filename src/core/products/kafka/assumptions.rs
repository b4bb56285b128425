//! What a verdict on Kafka assumes beside the settings.

use super::{broker, producer, version};
use crate::products::{Assumptions, Scope};
use crate::sim::clients::Side;
use crate::sim::settings::kafka::{self, Version};
use crate::sim::{Class, Op};

/// Assumptions about Kafka.
///
/// Sources: `KafkaConsumer.java` (commits inside poll), librdkafka's CONFIGURATION.md
/// (`enable.auto.offset.store`) and its issues 1122 and 2609, KIP-890, the upgrade notes of 3.2.
pub(super) const ASSUMPTIONS: Assumptions = Assumptions {
    version: |s| match (version(s.setup.configuration()), uses_java(s)) {
        (Version::V3_9, true) => "Apache Kafka 3.9 with the Java client 3.9",
        (Version::V4_0, true) => "Apache Kafka 4.0 with the Java client 4.0",
        (Version::V4_1, true) => "Apache Kafka 4.3 with the Java client 4.x",
        (Version::V3_9, false) => "Apache Kafka 3.9",
        (Version::V4_0, false) => "Apache Kafka 4.0",
        (Version::V4_1, false) => "Apache Kafka 4.3",
    },
    versions: &[
        (
            |s| {
                producer(s.setup.configuration())
                    .is_some_and(|p| p.enable_idempotence.is_none() && p.idempotent())
            },
            "Idempotence is on by default from client 3.0.1, 3.1.1 and 3.2.0 on; in librdkafka it \
             is off unless it is set.",
        ),
        (
            |s| has_transactions(s) && version(s.setup.configuration()) >= Version::V4_0,
            "Before 4.0 (KIP-890) a delayed write could land in the next transaction.",
        ),
    ],
    rows: &[
        (
            |s| has_transactions(s) && version(s.setup.configuration()) < Version::V4_0,
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
                let config = s.setup.configuration();
                config.messages > 1
                    && !has_transactions(s)
                    && producer(config).is_some_and(|p| p.idempotent() && !p.new_producer)
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

/// Returns true if both sides use Kafka's own client, or a framework that does.
fn uses_java(scope: &Scope) -> bool {
    let config = scope.setup.configuration();
    let is_java = |side: Side| {
        let layer = config.client(side).and_then(|client| client.layer(side));
        layer.is_none_or(|layer| layer.stands_on("kafka-java"))
    };
    !scope.other_clients && is_java(Side::Producer) && is_java(Side::Consumer)
}

/// Returns true if records are taken to be kept for long enough, although they are not kept forever.
fn assumes_retention(scope: &Scope) -> bool {
    let limited = |own: &kafka::Broker| own.retention_ms.is_some();
    broker(scope.setup.configuration()).is_some_and(limited) && !scope.tries(Class::Expiry)
}

/// Returns true if the model knows what becomes of a partition that is added.
fn grows(scope: &Scope) -> bool {
    scope.setup.log().is_some_and(|config| config.extensible)
}

fn has_transactions(scope: &Scope) -> bool {
    let sends = producer(scope.setup.configuration()).is_some_and(|p| p.transactional_id.is_some());
    sends || scope.has(Op::Produce)
}

fn auto_commits(scope: &Scope) -> bool {
    let own = scope.setup.configuration().consumer.kafka.as_ref();
    own.is_none_or(|own| own.enable_auto_commit) && !scope.has(Op::StoreOffset)
}
