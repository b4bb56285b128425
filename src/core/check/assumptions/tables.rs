//! Tables of assumptions: one for each product, and one for all products.

use super::{Product, Row, Scope};
use crate::sim::settings::{
    BrokerSettings, Database, OnError, OnRestart, ProducerSettings, kafka, rabbitmq, sqs,
};
use crate::sim::{Class, Op, Participant};

fn always(_: &Scope) -> bool {
    true
}

// Kafka.

fn kafka_producer<'a>(scope: &'a Scope) -> Option<&'a kafka::Producer> {
    match &scope.setup.scenario.producer {
        ProducerSettings::Kafka(producer) => Some(producer),
        _ => None,
    }
}

fn has_transactions(scope: &Scope) -> bool {
    let sends = kafka_producer(scope).is_some_and(|p| p.transactional_id.is_some());
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
pub(super) const KAFKA: Product = Product {
    version: "Apache Kafka 4.3 with the Java client 4.x",
    versions: &[
        (
            |s| kafka_producer(s).is_some_and(|p| p.enable_idempotence.is_none() && p.idempotent()),
            "Idempotence is on by default from client 3.0.1, 3.1.1 and 3.2.0 on; in librdkafka it \
             is off unless it is set.",
        ),
        (
            has_transactions,
            "Before 4.0 (KIP-890) a delayed write could land in the next transaction.",
        ),
    ],
    rows: &[
        (
            always,
            "One partition and one consumer group. No one resets offsets, adds partitions or \
             deletes records, and retention keeps records until they are processed.",
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
            |s| s.has(Op::Ack) && !auto_commits(s),
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
            |s| s.tries_delays(),
            "A slow handler or a pause exceeds every timeout; everything else stays within \
             max.poll.interval.ms.",
        ),
        (|s| !s.tries_delays(), "Every handler finishes within max.poll.interval.ms."),
    ],
};

// RabbitMQ.

fn rabbitmq_broker<'a>(scope: &'a Scope) -> Option<&'a rabbitmq::Broker> {
    match &scope.setup.scenario.broker {
        BrokerSettings::Rabbitmq(broker) => Some(broker),
        _ => None,
    }
}

fn quorum(scope: &Scope) -> bool {
    rabbitmq_broker(scope).is_some_and(|b| b.queue_type == rabbitmq::QueueType::Quorum)
}

fn auto_acks(scope: &Scope) -> bool {
    scope.setup.scenario.consumer.rabbitmq.as_ref().is_some_and(|own| own.auto_ack)
}

fn requeues_by_nack(scope: &Scope) -> bool {
    let consumer = &scope.setup.scenario.consumer;
    let own = consumer.rabbitmq.clone().unwrap_or_default();
    consumer.on_error == OnError::Requeue && own.requeue_with == rabbitmq::RequeueWith::Nack
}

/// Assumptions about RabbitMQ.
///
/// Sources: rabbitmq.com/docs/consumers (`consumer_timeout`), docs/quorum-queues (delivery limit,
/// dead lettering), the release notes of 4.3, rabbitmq-server#16983.
pub(super) const RABBITMQ: Product = Product {
    version: "RabbitMQ 4.3",
    versions: &[
        (
            |s| !quorum(s) && !auto_acks(s),
            "Up to 4.2 consumer_timeout also applies to classic queues: a message held by a slow \
             handler is then redelivered.",
        ),
        (
            |s| quorum(s) && requeues_by_nack(s),
            "Up to 4.2 basic.nack counts towards x-delivery-limit.",
        ),
        (
            |s| quorum(s) && rabbitmq_broker(s).is_some_and(|b| b.delivery_limit.is_none()),
            "Before 4.0 a quorum queue has no x-delivery-limit unless it is set; from 4.0 on it is \
             20.",
        ),
    ],
    rows: &[
        (
            always,
            "One queue without priorities on one virtual host; exchanges, bindings and policies do \
             not change, and no one purges it.",
        ),
        (
            always,
            "Nothing limits the queue: no x-max-length, no message TTL, no memory or disk alarm.",
        ),
        (
            |s| s.sends_one_by_one(),
            "The publisher waits for each confirm before it publishes the next message \
             (outstanding_confirms=1).",
        ),
        (|s| !s.setup.waits(), "The publisher uses one channel, on which messages stay in order."),
        (
            |s| quorum(s) && s.tries_delays(),
            "A slow handler or a pause exceeds consumer_timeout; everything else stays within it.",
        ),
        (|s| quorum(s) && !s.tries_delays(), "Every handler finishes within consumer_timeout."),
        (
            |s| !quorum(s) && s.tries_delays(),
            "A slow handler keeps its connection: heartbeats continue.",
        ),
        (
            |s| s.setup.scenario.consumer.count > 1,
            "Both consumers read from the queue: x-single-active-consumer is not set.",
        ),
        (
            |s| rabbitmq_broker(s).is_some_and(|b| b.dead_letter_exchange.is_some()),
            "The dead-letter queue is of the same type and on the same nodes, and it is monitored.",
        ),
    ],
};

// SQS.

fn sqs_broker<'a>(scope: &'a Scope) -> Option<&'a sqs::Broker> {
    match &scope.setup.scenario.broker {
        BrokerSettings::Sqs(broker) => Some(broker),
        _ => None,
    }
}

fn fifo(scope: &Scope) -> bool {
    sqs_broker(scope).is_some_and(|broker| broker.fifo)
}

/// Assumptions about SQS.
///
/// Sources: the SQS developer guide (standard queues, FIFO queues, high throughput, visibility
/// timeout, dead-letter queues); the API pages of SendMessage and ReceiveMessage.
pub(super) const SQS: Product = Product {
    version: "Amazon SQS (API of 2012-11-05) with an AWS SDK in its standard retry mode",
    versions: &[],
    rows: &[
        (
            |s| s.tries(Class::Expiry),
            "One queue in one region. No one purges it, changes its attributes or redrives dead \
             letters.",
        ),
        (
            |s| !s.tries(Class::Expiry),
            "One queue in one region. No one purges it, changes its attributes or redrives dead \
             letters, and messages are processed before MessageRetentionPeriod expires.",
        ),
        (
            |s| fifo(s) && !s.tries(Class::Expiry),
            "DeduplicationScope is queue, and all attempts for a message are made within five \
             minutes of the first.",
        ),
        (
            |s| fifo(s) && s.tries(Class::Expiry),
            "DeduplicationScope is queue: IDs are compared across all groups.",
        ),
        (|s| !fifo(s), "A standard queue by itself duplicates a message at most once."),
        (
            |s| s.sends_one_by_one(),
            "The producer has one SendMessage call in flight at a time (concurrent_sends=1).",
        ),
        (
            |s| s.tries_delays(),
            "A slow handler or a pause exceeds VisibilityTimeout unless it is extended; everything \
             else stays within it.",
        ),
        (|s| !s.tries_delays(), "Every handler finishes within VisibilityTimeout."),
        (
            |s| sqs_broker(s).is_some_and(|b| b.max_receive_count.is_some()),
            "The dead-letter queue keeps its messages, and it is monitored.",
        ),
    ],
};

// The generic queue.

pub(super) const GENERIC: Product = Product {
    version: "a queue of no particular product",
    versions: &[],
    rows: &[
        (always, "One FIFO queue that is never purged and never full."),
        (
            |s| s.sends_one_by_one(),
            "The producer waits for each acknowledgment before it sends the next message \
             (in_flight=1).",
        ),
        (|s| !s.setup.waits(), "Messages stay in order on their way to the broker."),
        (
            |s| s.tries(Class::Crash) || s.tries(Class::Power),
            "The broker immediately persists that a message was acknowledged.",
        ),
        (
            |s| s.tries_delays(),
            "A slow handler or a pause exceeds the broker's timeout; everything else stays within \
             it.",
        ),
        (|s| !s.tries_delays(), "Every handler finishes within the broker's timeout."),
    ],
};

// All products.

fn outbox(scope: &Scope) -> bool {
    scope.setup.scenario.database == Some(Database::Outbox)
}

fn resends(scope: &Scope) -> bool {
    scope.setup.on_restart == OnRestart::Resend && scope.setup.scenario.database.is_none()
}

/// Lines that identify messages by their ids.
const BY_ID: &[Op] =
    &[Op::CheckMemory, Op::CheckRedis, Op::Claim, Op::Inbox, Op::Insert, Op::Upsert];

/// Returns true if the consumer relies on a store that keeps ids for a limited time, and the
/// checked fault classes do not include their expiry.
fn keeps_ids(scope: &Scope, store: Op) -> bool {
    let lines: &[Op] = match store {
        Op::Inbox => &[Op::Inbox],
        _ => &[Op::CheckRedis, Op::MarkRedis, Op::Claim],
    };
    scope.has_any(lines) && !scope.tries(Class::Expiry)
}

pub(super) const ANY: &[Row] = &[
    (
        outbox,
        "An order's ID is unique, and stays the same when the application sends the order again; \
         one relay runs at a time and sees rows in commit order.",
    ),
    (
        |s| s.has_any(BY_ID) && !keeps_ids(s, Op::Inbox) && !keeps_ids(s, Op::Claim),
        "Every copy of a message carries the same ID, which no other message has.",
    ),
    (
        |s| keeps_ids(s, Op::Inbox),
        "Every copy of a message carries the same ID, which no other message has, and the inbox \
         keeps it for as long as the message can be redelivered.",
    ),
    (
        |s| keeps_ids(s, Op::Claim),
        "Every copy of a message carries the same ID, which no other message has, and Redis keeps \
         it for as long as the message can be redelivered: clocks do not jump, and no lagging \
         replica takes over.",
    ),
    (
        |s| s.takes_part(Participant::Redis) && s.tries(Class::Expiry),
        "No lagging Redis replica takes over.",
    ),
    (
        |s| s.has(Op::Set),
        "The value that is set depends only on the message, and nothing else writes it.",
    ),
    (
        |s| s.has_any(&[Op::Begin, Op::Insert, Op::Upsert]) || s.takes_part(Participant::Orders),
        "The database is durable and its transactions are serializable; a failover loses nothing.",
    ),
    (
        |s| s.has_any(&[Op::Work, Op::Set, Op::Call]) && !s.has(Op::Begin),
        "The work is atomic: done entirely or not at all.",
    ),
    (
        resends,
        "A restarted producer finds its unconfirmed messages in a durable log, with the same IDs.",
    ),
    (
        |s| s.spares_senders && !s.tries(Class::Replaced),
        "A permanently lost producer is replaced, only one instance of it runs at a time, and its \
         own database is available.",
    ),
    (
        |s| s.spares_senders && s.tries(Class::Replaced),
        "A permanently lost producer is replaced, and its own database is available.",
    ),
];
