//! Settings that every configuration has, and those of the generic broker and producer.

use super::{Backoff, BrokerSettings, Field, ProducerSettings, Slot, fields, generic, retry};

pub(super) const RUN: &[Field] = fields! {
    "messages", "1", "", "How many messages the application sends.",
        |s| Some(Slot::Small(&mut s.messages, 1, 4));
    "database", "none", "",
        "The producer's own database. outbox: the order and an outbox row in one transaction, and a \
         relay that sends what is in the outbox. The other two write to both, one after the other.",
        |s| Some(Slot::One(&mut s.database));
};

pub(super) const STORE: &[Field] = fields! {
    "store.amount", "100", "", "What each message adds to the balance, in dollars.",
        |s| Some(Slot::Number(&mut s.store.amount, 1, 1_000_000));
};

pub(super) const PRODUCER: &[Field] = fields! {
    "producer", "retry", "",
        "fire-and-forget: send once and wait for nothing. retry: wait for the acknowledgement, and \
         send again when none comes.",
        |s| {
            let any = matches!(s.broker, BrokerSettings::Generic(_));
            any.then_some(Slot::One(&mut s.producer))
        };
    "producer.retry.attempts", "3", "", "How often to send a message in all.",
        |s| Some(Slot::Small(&mut retry(s)?.attempts, 1, 5));
    "producer.retry.in_flight", "1", "",
        "How many sends may be unanswered at a time. 1 waits for each answer before the next send.",
        |s| Some(Slot::Small(&mut retry(s)?.in_flight, 1, 4));
    "producer.retry.timeout_ms", "5000", "",
        "How long to wait for an acknowledgement before the next attempt, in milliseconds.",
        |s| Some(Slot::Number(&mut retry(s)?.timeout_ms, 1, 3_600_000));
    "producer.retry.backoff", "fixed", "",
        "The wait before the next attempt: always the same, or doubling.",
        |s| Some(Slot::One(&mut retry(s)?.backoff));
    "producer.retry.backoff.delay_ms", "100", "",
        "The wait before the second attempt, in milliseconds.",
        |s| match &mut retry(s)?.backoff {
            Backoff::Fixed { delay_ms: ms } | Backoff::Exponential { first_ms: ms, .. } => {
                Some(Slot::Number(ms, 0, 3_600_000))
            }
        };
    "producer.retry.backoff.max_ms", "1000", "", "The longest wait, in milliseconds.",
        |s| match &mut retry(s)?.backoff {
            Backoff::Fixed { .. } => None,
            Backoff::Exponential { max_ms, .. } => Some(Slot::Number(max_ms, 0, 3_600_000)),
        };
};

pub(super) const RESTART: &[Field] = fields! {
    "producer.on_restart", "forget", "",
        "What a restarted producer does with messages whose fate it did not report: forget them, or \
         resend them because they are written down.",
        |s| match &mut s.producer {
            ProducerSettings::FireAndForget => None,
            ProducerSettings::Retry(own) => Some(Slot::One(&mut own.on_restart)),
            ProducerSettings::Kafka(own) => Some(Slot::One(&mut own.on_restart)),
            ProducerSettings::Rabbitmq(own) => Some(Slot::One(&mut own.on_restart)),
            ProducerSettings::Sqs(own) => Some(Slot::One(&mut own.on_restart)),
        };
};

pub(super) const BROKER: &[Field] = fields! {
    "broker.generic.acknowledge", "after-sync", "",
        "When the broker answers: from memory, once its copy is synced to disk, or once so many \
         nodes have it.",
        |s| Some(Slot::One(&mut generic(s)?.acknowledge));
    "broker.generic.replicas", "1", "", "How many nodes keep a copy in the end.",
        |s| Some(Slot::Small(&mut generic(s)?.replicas, 1, 3));
    "broker.generic.redelivery", "true", "",
        "Deliver again what the consumer did not acknowledge. Without it a message is forgotten as \
         soon as it is sent to the consumer.",
        |s| Some(Slot::One(&mut generic(s)?.redelivery));
    "broker.generic.max_deliveries", "unset", "", "How often a message is delivered at most.",
        |s| Some(Slot::Maybe(&mut generic(s)?.max_deliveries, 1, 7));
    "broker.generic.dead_letter_queue", "false", "",
        "Park a message after its last delivery instead of throwing it away.",
        |s| Some(Slot::One(&mut generic(s)?.dead_letter_queue));
};
