//! The table of all settings.

use super::Field;
use super::value::{Named, Pick, Slot};
use crate::sim::Scenario;
use crate::sim::settings::generic::{Acknowledge, Backoff, GenericBroker, Retry};
use crate::sim::settings::{
    BrokerSettings, Database, OnError, OnRestart, ProducerSettings, kafka, rabbitmq, sqs,
};

mod consumer;
mod general;
mod products;

/// All settings, in reading order.
pub(super) const ALL: &[&[Field]] = &[
    general::RUN,
    general::PRODUCER,
    products::KAFKA_PRODUCER,
    products::RABBITMQ_PRODUCER,
    products::SQS_PRODUCER,
    general::RESTART,
    general::BROKER,
    products::KAFKA_BROKER,
    products::RABBITMQ_BROKER,
    products::SQS_BROKER,
    consumer::ANY,
    consumer::KAFKA,
    consumer::RABBITMQ,
    consumer::SQS,
    general::STORE,
];

macro_rules! named {
    ($($type:ty {
        $($name:literal = $value:expr),* $(; also $($alias:literal = $meant:expr),*)? $(,)?
    })*) => {
        $(impl Named for $type {
            const ALL: &'static [(&'static str, Self)] = &[$(($name, $value)),*];
            const ALIASES: &'static [(&'static str, Self)] = &[$($(($alias, $meant)),*)?];
        })*
    };
}

named! {
    bool { "true" = true, "false" = false }
    // Unset: the product's default, which depends on other settings.
    Option<bool> { "unset" = None, "true" = Some(true), "false" = Some(false) }
    Option<Database> {
        "none" = None,
        "outbox" = Some(Database::Outbox),
        "save-then-send" = Some(Database::SaveThenSend),
        "send-then-save" = Some(Database::SendThenSave),
    }
    OnRestart { "forget" = OnRestart::Forget, "resend" = OnRestart::Resend }
    OnError {
        "requeue" = OnError::Requeue,
        "reject" = OnError::Reject,
        "swallow" = OnError::Swallow,
        "leave" = OnError::Leave,
    }
    Acknowledge {
        "before-persist" = Acknowledge::BeforePersist,
        "after-sync" = Acknowledge::AfterSync,
        "after-replication-2" = Acknowledge::AfterReplication(2),
        "after-replication-3" = Acknowledge::AfterReplication(3),
    }
    kafka::Acks {
        "0" = kafka::Acks::None, "1" = kafka::Acks::Leader, "all" = kafka::Acks::All;
        also "-1" = kafka::Acks::All
    }
    kafka::Isolation {
        "read_uncommitted" = kafka::Isolation::ReadUncommitted,
        "read_committed" = kafka::Isolation::ReadCommitted,
    }
    kafka::Reset { "latest" = kafka::Reset::Latest, "earliest" = kafka::Reset::Earliest }
    rabbitmq::QueueType {
        "classic" = rabbitmq::QueueType::Classic,
        "quorum" = rabbitmq::QueueType::Quorum,
    }
    rabbitmq::RequeueWith {
        "nack" = rabbitmq::RequeueWith::Nack,
        "reject" = rabbitmq::RequeueWith::Reject,
    }
    rabbitmq::DeadLetterStrategy {
        "at-most-once" = rabbitmq::DeadLetterStrategy::AtMostOnce,
        "at-least-once" = rabbitmq::DeadLetterStrategy::AtLeastOnce,
    }
    rabbitmq::Overflow {
        "drop-head" = rabbitmq::Overflow::DropHead,
        "reject-publish" = rabbitmq::Overflow::RejectPublish,
    }
    sqs::DeduplicationId {
        "per-message" = sqs::DeduplicationId::PerMessage,
        "per-attempt" = sqs::DeduplicationId::PerAttempt,
        "none" = sqs::DeduplicationId::None,
    }
}

/// The producers of the generic broker.
impl Pick for ProducerSettings {
    fn names(&self) -> Vec<&'static str> {
        vec!["fire-and-forget", "retry"]
    }

    fn now(&self) -> &'static str {
        if *self == ProducerSettings::FireAndForget { "fire-and-forget" } else { "retry" }
    }

    fn pick(&mut self, name: &str) -> Option<()> {
        match (name, &*self) {
            ("fire-and-forget", _) => *self = ProducerSettings::FireAndForget,
            ("retry", ProducerSettings::FireAndForget) => {
                *self = ProducerSettings::Retry(Retry {
                    timeout_ms: 5000,
                    attempts: 3,
                    backoff: Backoff::Fixed { delay_ms: 100 },
                    on_restart: OnRestart::Forget,
                    in_flight: 1,
                });
            }
            ("retry", _) => {}
            _ => return None,
        }
        Some(())
    }
}

impl Pick for Backoff {
    fn names(&self) -> Vec<&'static str> {
        vec!["fixed", "exponential"]
    }

    fn now(&self) -> &'static str {
        if matches!(self, Backoff::Fixed { .. }) { "fixed" } else { "exponential" }
    }

    fn pick(&mut self, name: &str) -> Option<()> {
        match (name, &*self) {
            ("fixed", Backoff::Exponential { first_ms, .. }) => {
                *self = Backoff::Fixed { delay_ms: *first_ms };
            }
            ("exponential", Backoff::Fixed { delay_ms }) => {
                let (first_ms, max_ms) = (*delay_ms, delay_ms.saturating_mul(10));
                *self = Backoff::Exponential { first_ms, max_ms };
            }
            ("fixed" | "exponential", _) => {}
            _ => return None,
        }
        Some(())
    }
}

macro_rules! settings_of {
    ($($(#[$doc:meta])* $name:ident: $place:ident $kind:ident => $type:ty;)*) => {
        $($(#[$doc])*
        pub(super) fn $name(scenario: &mut Scenario) -> Option<&mut $type> {
            match &mut scenario.$place {
                settings_of!(@ $place $kind, own) => Some(own),
                _ => None,
            }
        })*
    };
    (@ producer $kind:ident, $own:ident) => { ProducerSettings::$kind($own) };
    (@ broker $kind:ident, $own:ident) => { BrokerSettings::$kind($own) };
}

settings_of! {
    retry: producer Retry => Retry;
    kafka_producer: producer Kafka => kafka::Producer;
    rabbitmq_producer: producer Rabbitmq => rabbitmq::Producer;
    sqs_producer: producer Sqs => sqs::Producer;
    generic: broker Generic => GenericBroker;
    kafka_broker: broker Kafka => kafka::Broker;
    rabbitmq_broker: broker Rabbitmq => rabbitmq::Broker;
    sqs_broker: broker Sqs => sqs::Broker;
}

/// Defines the fields of one part: path, default, source, meaning, and a reference to the value.
macro_rules! fields {
    ($($path:literal, $default:literal, $source:expr, $label:literal, $slot:expr;)*) => {
        &[$(Field {
            path: $path,
            default: $default,
            source: $source,
            label: $label,
            slot: $slot,
        }),*]
    };
}
use fields;
