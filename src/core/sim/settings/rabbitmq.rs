//! RabbitMQ, AMQP 0-9-1, series 4.3.
//!
//! Sources: rabbitmq.com/docs/confirms, /docs/publishers, /docs/queues, /docs/quorum-queues,
//! /docs/dlx; rabbitmq-server `rabbit_quorum_queue.erl`, `rabbit_msg_store.erl`.

use super::{OnRestart, is_false, is_true, one, yes};
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
    /// How many publishes may wait for their confirm at a time, 1 to 128. Clients publish without
    /// waiting: the .NET client stops at 128, the Java client and amqplib nowhere; 1 is pika's
    /// `BlockingConnection`, or `waitForConfirmsOrDie` after each publish (docs/publishers).
    #[serde(default = "outstanding", skip_serializing_if = "is_outstanding")]
    pub outstanding_confirms: u8,
    #[serde(default)]
    pub on_restart: OnRestart,
}

fn outstanding() -> u8 {
    128
}

fn is_outstanding(n: &u8) -> bool {
    *n == outstanding()
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
    /// Lets clients declare a queue that is neither durable nor exclusive. Off by default from 4.3
    /// on: such a declaration is refused (4.3 release notes, deprecated features).
    #[serde(
        rename = "deprecated_features.permit.transient_nonexcl_queues",
        default,
        skip_serializing_if = "is_false"
    )]
    pub permit_transient_nonexcl_queues: bool,
    /// A queue is bound to the exchange for this routing key.
    #[serde(default = "yes")]
    pub bound: bool,
    /// Nodes of a quorum queue, 1 or 3.
    #[serde(default = "one")]
    pub nodes: u8,
    /// How many failed deliveries a quorum queue takes, 0 to 20, or -1 for no limit; 20 by default.
    /// Classic queues have none (docs/quorum-queues).
    #[serde(rename = "x-delivery-limit", default, skip_serializing_if = "Option::is_none")]
    pub delivery_limit: Option<i8>,
    /// Where rejected and expired messages go; without one they are thrown away (docs/dlx).
    #[serde(rename = "x-dead-letter-exchange", default, skip_serializing_if = "Option::is_none")]
    pub dead_letter_exchange: Option<String>,
    /// How a dead letter is handed over; `at-most-once` by default (docs/quorum-queues).
    #[serde(rename = "x-dead-letter-strategy", default, skip_serializing_if = "is_at_most_once")]
    pub dead_letter_strategy: DeadLetterStrategy,
    /// What a full queue does; `at-least-once` dead lettering needs `reject-publish`. How much fits
    /// is no part of the model: no queue is ever full.
    #[serde(rename = "x-overflow", default, skip_serializing_if = "is_drop_head")]
    pub overflow: Overflow,
    /// The dead-letter exchange leads to a queue; without one a dead letter has nowhere to go.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub dead_letter_bound: bool,
}

fn is_at_most_once(strategy: &DeadLetterStrategy) -> bool {
    *strategy == DeadLetterStrategy::AtMostOnce
}

fn is_drop_head(overflow: &Overflow) -> bool {
    *overflow == Overflow::DropHead
}

/// How a queue hands a dead letter over to the dead-letter queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeadLetterStrategy {
    /// Removed here, then published there without a confirm: what fails in between is lost.
    #[default]
    AtMostOnce,
    /// Kept here until the dead-letter queue has confirmed it. Quorum queues only.
    AtLeastOnce,
}

/// What a queue does with a publish that does not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    #[default]
    DropHead,
    RejectPublish,
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
            // A negative limit is none.
            QueueType::Quorum => u8::try_from(self.delivery_limit.unwrap_or(20)).ok(),
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
