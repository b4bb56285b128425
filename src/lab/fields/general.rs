//! Settings that every configuration has, and those of the generic broker and producer.

use super::{Backoff, BrokerSettings, Field, ProducerSettings, Slot, fields, generic, retry};

pub(super) const RUN: &[Field] = fields! {
    "messages", "1", "", "Number of messages that the application sends.",
        |s| Some(Slot::Small(&mut s.messages, 1, 4));
    "database", "none", "",
        "The producer's own database. outbox: the order and an outbox row are written in one \
         transaction, and a relay sends the rows. The other two write to database and broker in turn.",
        |s| Some(Slot::One(&mut s.database));
};

pub(super) const STORE: &[Field] = fields! {
    "store.amount", "100", "", "Amount charged per message, in dollars.",
        |s| Some(Slot::Number(&mut s.store.amount, 1, 1_000_000));
};

pub(super) const PRODUCER: &[Field] = fields! {
    "producer", "retry", "",
        "fire-and-forget: send once, do not wait for an ack. retry: wait for the ack, and resend if \
         none arrives.",
        |s| {
            let any = matches!(s.broker, BrokerSettings::Generic(_));
            any.then_some(Slot::One(&mut s.producer))
        };
    "producer.retry.attempts", "3", "", "Maximum number of send attempts.",
        |s| Some(Slot::Small(&mut retry(s)?.attempts, 1, 5));
    "producer.retry.in_flight", "1", "",
        "Maximum number of unacknowledged sends. 1 waits for each ack before the next send.",
        |s| Some(Slot::Small(&mut retry(s)?.in_flight, 1, 4));
    "producer.retry.timeout_ms", "5000", "",
        "Ack timeout before the next attempt, in milliseconds.",
        |s| Some(Slot::Number(&mut retry(s)?.timeout_ms, 1, 3_600_000));
    "producer.retry.backoff", "fixed", "",
        "Delay before the next attempt: fixed, or exponential.",
        |s| Some(Slot::One(&mut retry(s)?.backoff));
    "producer.retry.backoff.delay_ms", "100", "",
        "Delay before the second attempt, in milliseconds.",
        |s| match &mut retry(s)?.backoff {
            Backoff::Fixed { delay_ms: ms } | Backoff::Exponential { first_ms: ms, .. } => {
                Some(Slot::Number(ms, 0, 3_600_000))
            }
        };
    "producer.retry.backoff.max_ms", "1000", "", "Maximum delay, in milliseconds.",
        |s| match &mut retry(s)?.backoff {
            Backoff::Fixed { .. } => None,
            Backoff::Exponential { max_ms, .. } => Some(Slot::Number(max_ms, 0, 3_600_000)),
        };
};

pub(super) const RESTART: &[Field] = fields! {
    "producer.on_restart", "forget", "",
        "After a restart: drop messages whose result was not reported, or resend them from a \
         durable log.",
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
        "When the broker acks: from memory, after its own fsync, or once this many nodes have the \
         message.",
        |s| Some(Slot::One(&mut generic(s)?.acknowledge));
    "broker.generic.replicas", "1", "", "Number of replicas.",
        |s| Some(Slot::Small(&mut generic(s)?.replicas, 1, 3));
    "broker.generic.redelivery", "true", "",
        "Redeliver unacknowledged messages. Without it a message is removed as soon as it is sent \
         to the consumer.",
        |s| Some(Slot::One(&mut generic(s)?.redelivery));
    "broker.generic.max_deliveries", "unset", "", "Maximum number of deliveries per message.",
        |s| Some(Slot::Maybe(&mut generic(s)?.max_deliveries, 1, 7));
    "broker.generic.dead_letter_queue", "false", "",
        "Dead-letter a message after its last delivery instead of discarding it.",
        |s| Some(Slot::One(&mut generic(s)?.dead_letter_queue));
};
