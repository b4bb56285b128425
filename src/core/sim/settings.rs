//! Settings of producers, brokers and consumers, by product and under the product's own names.
//!
//! Defaults are those of the products' current versions; each one cites its source.

pub mod generic;
pub mod kafka;
pub mod rabbitmq;
pub mod sqs;

use super::client::{Receiving, Sending};
use super::program::Op;
use generic::{GenericBroker, Retry};
use serde::{Deserialize, Serialize};

/// Settings of the producer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProducerSettings {
    /// Send once, without waiting for an acknowledgment.
    FireAndForget,
    /// Wait for the acknowledgment, and retry when none arrives.
    Retry(Retry),
    Kafka(kafka::Producer),
    Rabbitmq(rabbitmq::Producer),
    Sqs(sqs::Producer),
}

impl ProducerSettings {
    /// Returns how the producer sends.
    pub(super) fn sending(&self) -> Sending {
        match self {
            ProducerSettings::FireAndForget => Sending::once("broker.send(m)", OnRestart::Forget),
            ProducerSettings::Retry(retry) => retry.sending(),
            ProducerSettings::Kafka(kafka) => kafka.sending(),
            ProducerSettings::Rabbitmq(rabbitmq) => rabbitmq.sending(),
            ProducerSettings::Sqs(sqs) => sqs.sending(),
        }
    }
}

/// Settings of the broker, by product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrokerSettings {
    Generic(GenericBroker),
    Kafka(kafka::Broker),
    Rabbitmq(rabbitmq::Broker),
    Sqs(sqs::Broker),
}

impl BrokerSettings {
    /// Returns the name of the product's settings: "kafka".
    pub fn key(&self) -> &'static str {
        match self {
            BrokerSettings::Generic(_) => "generic",
            BrokerSettings::Kafka(_) => "kafka",
            BrokerSettings::Rabbitmq(_) => "rabbitmq",
            BrokerSettings::Sqs(_) => "sqs",
        }
    }

    /// Returns how these consumers receive and settle.
    pub(super) fn receiving(&self, consumer: &ConsumerSettings) -> Receiving {
        match self {
            BrokerSettings::Generic(_) => generic::RECEIVING,
            BrokerSettings::Kafka(_) => kafka::RECEIVING,
            BrokerSettings::Rabbitmq(_) => rabbitmq::receiving(consumer),
            BrokerSettings::Sqs(_) => sqs::RECEIVING,
        }
    }
}

/// The behavior of a restarted producer towards unfinished work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnRestart {
    /// The producer keeps its work in memory only, and loses it.
    #[default]
    Forget,
    /// The producer persists its work, and resends every message whose outcome it had not reported.
    Resend,
}

/// Settings of the consumer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsumerSettings {
    /// The instructions, in order; the first is `receive`.
    pub program: Vec<Op>,
    /// The reaction of the consumer to a failure of its handler.
    #[serde(default)]
    pub on_error: OnError,
    /// The number of consumers, 1 or 2.
    #[serde(default = "one")]
    pub count: u8,
    /// The consumers start only when nothing else can happen.
    #[serde(default)]
    pub starts_late: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kafka: Option<kafka::Consumer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rabbitmq: Option<rabbitmq::Consumer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqs: Option<sqs::Consumer>,
}

impl ConsumerSettings {
    /// Removes a product's settings if they equal its defaults, which means the same as none.
    pub fn tidy(&mut self) {
        self.kafka = self.kafka.take().filter(|own| *own != Default::default());
        self.rabbitmq = self.rabbitmq.take().filter(|own| *own != Default::default());
        self.sqs = self.sqs.take().filter(|own| *own != Default::default());
    }
}

/// The reaction of the consumer to a failure of its handler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// Get the message again: `nack(requeue = true)`, `seek`, `ChangeMessageVisibility` to 0.
    #[default]
    Requeue,
    /// `nack(requeue = false)`: dead-letter the message, or discard it.
    Reject,
    /// Catch the error, log it, and go on as if nothing had happened.
    Swallow,
    /// Leave the message unacknowledged until the broker's own timeout.
    Leave,
}

/// The way in which the producer combines its own database with sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Database {
    /// Commit the order and an outbox row in one transaction; a relay sends the rows of the outbox.
    Outbox,
    /// Commit the order, then send: a dual write that no transaction covers.
    SaveThenSend,
    /// Send, then commit the order.
    SendThenSave,
}

fn one() -> u8 {
    1
}

fn is_one(n: &u8) -> bool {
    *n == 1
}

fn is_true(set: &bool) -> bool {
    *set
}

fn is_false(set: &bool) -> bool {
    !set
}

fn yes() -> bool {
    true
}
