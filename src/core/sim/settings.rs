//! The settings of producers, brokers and consumers, product by product, under their own names.
//!
//! Defaults are the products' own in their current versions; each says where that is written.

pub mod generic;
pub mod kafka;
pub mod rabbitmq;
pub mod sqs;

use super::program::Op;
use generic::{GenericBroker, Retry};
use serde::{Deserialize, Serialize};

/// How the application sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProducerSettings {
    /// Send once and wait for nothing.
    FireAndForget,
    /// Wait for the acknowledgement, and send again when none comes.
    Retry(Retry),
    Kafka(kafka::Producer),
    Rabbitmq(rabbitmq::Producer),
    Sqs(sqs::Producer),
}

/// The broker, by product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrokerSettings {
    Generic(GenericBroker),
    Kafka(kafka::Broker),
    Rabbitmq(rabbitmq::Broker),
    Sqs(sqs::Broker),
}

impl BrokerSettings {
    /// The name under which its settings stand: "kafka".
    pub fn key(&self) -> &'static str {
        match self {
            BrokerSettings::Generic(_) => "generic",
            BrokerSettings::Kafka(_) => "kafka",
            BrokerSettings::Rabbitmq(_) => "rabbitmq",
            BrokerSettings::Sqs(_) => "sqs",
        }
    }
}

/// What a restarted producer does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnRestart {
    /// It kept its work in memory only, and knows nothing of it any more.
    #[default]
    Forget,
    /// It has its work written down, and sends again whatever it had not reported.
    Resend,
}

/// How the application handles messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsumerSettings {
    /// The lines, in order; the first is `receive`.
    pub program: Vec<Op>,
    /// What a failing handler leads to.
    #[serde(default)]
    pub on_error: OnError,
    /// How many consumers there are, 1 or 2.
    #[serde(default = "one")]
    pub count: u8,
    /// They start only when all else has come to rest.
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
    /// Forgets settings of a product that say nothing but its defaults: they are the same as none.
    pub fn tidy(&mut self) {
        self.kafka = self.kafka.take().filter(|own| *own != Default::default());
        self.rabbitmq = self.rabbitmq.take().filter(|own| *own != Default::default());
        self.sqs = self.sqs.take().filter(|own| *own != Default::default());
    }
}

/// What the consumer does when its handler failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// Have it again: `nack(requeue = true)`, `seek`, `ChangeMessageVisibility` to 0.
    #[default]
    Requeue,
    /// `nack(requeue = false)`: dead-letter it, or throw it away.
    Reject,
    /// Catch the error, log it, and go on as if nothing had happened.
    Swallow,
    /// Leave it unacknowledged until the broker's own timeout.
    Leave,
}

/// What the producer's own database has to do with the sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Database {
    /// The order and an outbox row in one transaction; a relay sends what is in the outbox.
    Outbox,
    /// Commit the order, then send: two writes that no transaction holds together.
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
