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
            "Idempotence is on by default from client 3.0.1, 3.1.1 and 3.2.0 on; in librdkafka it is \
             off unless it is set.",
        ),
        (
            has_transactions,
            "Before 4.0 (KIP-890) a write that came late could land in the next transaction.",
        ),
    ],
    rows: &[
        (
            always,
            "One partition and one consumer group. Nobody resets offsets, adds partitions or \
             deletes records, and retention keeps them until they are handled.",
        ),
        (
            |s| !has_transactions(s),
            "The controllers and the coordinator of the group answer and keep their state.",
        ),
        (
            has_transactions,
            "The controllers and the coordinators of group and transactions answer and keep their \
             state.",
        ),
        (
            |s| auto_commits(s) && !s.has(Op::HandOff),
            "Offsets are committed as the Java client does, inside poll() and once the handler is \
             done. librdkafka by default stores an offset before the handler runs.",
        ),
        (
            |s| auto_commits(s) && s.has(Op::HandOff),
            "Offsets are committed inside poll(), whatever the worker thread has done.",
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
             the one that takes its place has the same.",
        ),
        (
            |s| s.tries_delays(),
            "What is slow or paused outlasts every timeout; all else is in time for \
             max.poll.interval.ms.",
        ),
        (|s| !s.tries_delays(), "Every handler is done within max.poll.interval.ms."),
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
            "Up to 4.2 consumer_timeout also strikes classic queues: what a slow handler has is \
             then delivered again.",
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
            "One queue without priorities on one virtual host; exchanges, bindings and policies stay \
             as they are, and nobody purges it.",
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
            "What is slow or paused outlasts consumer_timeout; all else is in time for it.",
        ),
        (|s| quorum(s) && !s.tries_delays(), "Every handler is done within consumer_timeout."),
        (
            |s| !quorum(s) && s.tries_delays(),
            "A slow handler keeps its connection: heartbeats go on.",
        ),
        (
            |s| s.setup.scenario.consumer.count > 1,
            "Both consumers take from the queue: x-single-active-consumer is not set.",
        ),
        (
            |s| rabbitmq_broker(s).is_some_and(|b| b.dead_letter_exchange.is_some()),
            "The dead-letter queue is of the same type and on the same nodes, and somebody looks after \
             it.",
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
            "One queue in one region. Nobody purges it, changes its attributes or redrives dead \
             letters.",
        ),
        (
            |s| !s.tries(Class::Expiry),
            "One queue in one region. Nobody purges it, changes its attributes or redrives dead \
             letters, and messages are handled before MessageRetentionPeriod ends.",
        ),
        (
            |s| fifo(s) && !s.tries(Class::Expiry),
            "DeduplicationScope is queue, and every attempt at a message comes within five minutes \
             of the first.",
        ),
        (
            |s| fifo(s) && s.tries(Class::Expiry),
            "DeduplicationScope is queue: ids are compared over all groups.",
        ),
        (|s| !fifo(s), "Of itself, a standard queue delivers each message at most once more."),
        (
            |s| s.sends_one_by_one(),
            "The producer has one SendMessage call under way at a time (concurrent_sends=1).",
        ),
        (
            |s| s.tries_delays(),
            "What is slow or paused outlasts VisibilityTimeout unless that is extended; all else is \
             in time for it.",
        ),
        (|s| !s.tries_delays(), "Every handler is done within VisibilityTimeout."),
        (
            |s| sqs_broker(s).is_some_and(|b| b.max_receive_count.is_some()),
            "The dead-letter queue keeps what it is given, and somebody looks after it.",
        ),
    ],
};

// The generic queue.

pub(super) const GENERIC: Product = Product {
    version: "a queue of no particular product",
    versions: &[],
    rows: &[
        (always, "One queue, first in, first out; nobody purges it, and it is never full."),
        (
            |s| s.sends_one_by_one(),
            "The producer waits for each acknowledgment before it sends the next message \
             (in_flight=1).",
        ),
        (|s| !s.setup.waits(), "On the way to the broker messages stay in order."),
        (
            |s| s.tries(Class::Crash) || s.tries(Class::Power),
            "The broker writes at once that a message was acknowledged.",
        ),
        (
            |s| s.tries_delays(),
            "What is slow or paused outlasts the broker's timeout; all else is in time for it.",
        ),
        (|s| !s.tries_delays(), "Every handler is done within the broker's timeout."),
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
        "An order's id is unique, and the same when the application sends the order again; one \
         relay runs at a time and sees rows in the order of their commits.",
    ),
    (
        |s| s.has_any(BY_ID) && !keeps_ids(s, Op::Inbox) && !keeps_ids(s, Op::Claim),
        "Every copy of a message carries the same id, and no other message has it.",
    ),
    (
        |s| keeps_ids(s, Op::Inbox),
        "Every copy of a message carries the same id, no other message has it, and the inbox keeps \
         it for longer than the message can come again.",
    ),
    (
        |s| keeps_ids(s, Op::Claim),
        "Every copy of a message carries the same id, no other message has it, and Redis keeps it \
         for longer than the message can come again: clocks do not jump, and no replica that lags \
         takes over.",
    ),
    (
        |s| s.takes_part(Participant::Redis) && s.tries(Class::Expiry),
        "No replica of Redis that lags takes over.",
    ),
    (
        |s| s.has(Op::Set),
        "The value that is set comes from the message alone, and nothing else writes it.",
    ),
    (
        |s| s.has_any(&[Op::Begin, Op::Insert, Op::Upsert]) || s.takes_part(Participant::Orders),
        "The database is durable and its transactions are serializable; a failover loses nothing.",
    ),
    (
        |s| s.has_any(&[Op::Work, Op::Set, Op::Call]) && !s.has(Op::Begin),
        "The work is done entirely or not at all.",
    ),
    (resends, "A restarted producer finds what it had to send, under the same ids."),
    (
        |s| s.spares_senders && !s.tries(Class::Replaced),
        "A producer that is lost for good is replaced, one instance of it runs at a time, and its \
         own database answers.",
    ),
    (
        |s| s.spares_senders && s.tries(Class::Replaced),
        "A producer that is lost for good is replaced, and its own database answers.",
    ),
];
