//! RabbitMQ, AMQP 0-9-1, series 4.3.
//!
//! Sources: rabbitmq.com/docs/confirms, /docs/publishers, /docs/queues, /docs/quorum-queues,
//! /docs/dlx; rabbitmq-server `rabbit_quorum_queue.erl`, `rabbit_msg_store.erl`.

use super::{OnRestart, one, yes};
use serde::{Deserialize, Serialize};

/// How the application publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Producer {
    /// Publisher confirms. Off by default: nothing is ever heard of a publish (docs/confirms).
    #[serde(rename = "confirm.select", default)]
    pub confirm_select: bool,
    /// Have unroutable messages returned. Off by default: they are dropped, and confirmed
    /// (docs/publishers).
    #[serde(default)]
    pub mandatory: bool,
    /// 1: transient, the default of the protocol; 2: persistent (docs/queues).
    #[serde(default = "one")]
    pub delivery_mode: u8,
    /// How often the application publishes a message that was not confirmed, 1 to 5. No client
    /// does so by itself (docs/reliability).
    #[serde(default = "one")]
    pub publish_attempts: u8,
    #[serde(default)]
    pub on_restart: OnRestart,
}

/// The queue and its binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    #[serde(rename = "x-queue-type", default)]
    pub queue_type: QueueType,
    /// The queue survives a restart of the broker; always so for quorum queues (docs/queues).
    #[serde(default = "yes")]
    pub durable: bool,
    /// A queue is bound to the exchange for this routing key.
    #[serde(default = "yes")]
    pub bound: bool,
    /// Nodes of a quorum queue, 1 or 3.
    #[serde(default = "one")]
    pub nodes: u8,
    /// How many failed deliveries a quorum queue takes, 0 to 20; 20 by default. Classic queues have none
    /// (docs/quorum-queues).
    #[serde(rename = "x-delivery-limit", default, skip_serializing_if = "Option::is_none")]
    pub delivery_limit: Option<u8>,
    /// Where rejected and expired messages go; without one they are thrown away (docs/dlx).
    #[serde(rename = "x-dead-letter-exchange", default, skip_serializing_if = "Option::is_none")]
    pub dead_letter_exchange: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueType {
    #[default]
    Classic,
    Quorum,
}

impl Broker {
    /// The number of failed deliveries after which a message is dead-lettered or dropped.
    pub fn limit(&self) -> Option<u8> {
        match self.queue_type {
            QueueType::Classic => None,
            QueueType::Quorum => Some(self.delivery_limit.unwrap_or(20)),
        }
    }
}

/// How the application consumes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// Done as soon as it is written to the connection (docs/confirms).
    #[serde(default)]
    pub auto_ack: bool,
    /// Unacknowledged deliveries at a time; 0, the default, is no limit (docs/confirms).
    #[serde(default)]
    pub prefetch_count: u8,
    /// How a failed message is put back. From 4.3 on `basic.nack` does not count towards
    /// `x-delivery-limit`, `basic.reject` does (docs/quorum-queues).
    #[serde(default)]
    pub requeue_with: RequeueWith,
}

/// The method that puts a message back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequeueWith {
    #[default]
    Nack,
    Reject,
}
