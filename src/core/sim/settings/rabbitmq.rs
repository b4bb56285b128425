//! Settings of RabbitMQ 3.13 to 4.3, with AMQP 0-9-1.
//!
//! Sources: rabbitmq.com/docs/confirms, /docs/publishers, /docs/queues, /docs/quorum-queues,
//! /docs/dlx; rabbitmq-server `rabbit_quorum_queue.erl`, `rabbit_msg_store.erl`.

pub(super) mod rows;

use super::{
    Backoff, ConsumerSettings, Database, HandlerTimeout, OnRestart, is_false, is_one, is_true, one,
    yes,
};
use crate::sim::checked::{Checked, OWN_NAME, bad, short};
use crate::sim::client::{Receiving, Sending};
use crate::sim::clients::ClientName;
use crate::sim::program::Op;
use serde::{Deserialize, Serialize};

/// Settings of the publisher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Producer {
    /// Publisher confirms. Off by default: the publisher gets no feedback on a publish
    /// (docs/confirms).
    #[serde(rename = "confirm.select", default)]
    pub confirm_select: bool,
    /// Return unroutable messages. Off by default: they are dropped, and confirmed
    /// (docs/publishers).
    #[serde(default)]
    pub mandatory: bool,
    /// 1: transient, the default of the protocol; 2: persistent (docs/queues).
    #[serde(default = "one")]
    pub delivery_mode: u8,
    /// The maximum number of times that the application publishes an unconfirmed message, 1 to 5.
    /// No client retries on its own (docs/reliability).
    #[serde(default = "one")]
    pub publish_attempts: u8,
    /// The maximum number of outstanding confirms, 1 to 128. Clients publish without waiting: the
    /// .NET client stops at 128, the Java client and amqplib have no limit; 1 corresponds to pika's
    /// `BlockingConnection`, or to `waitForConfirmsOrDie` after each publish (docs/publishers).
    #[serde(default = "outstanding", skip_serializing_if = "is_outstanding")]
    pub outstanding_confirms: u8,
    #[serde(default)]
    pub on_restart: OnRestart,
    /// The client library whose defaults these are, apart from what is set otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientName>,
}

fn outstanding() -> u8 {
    128
}

fn is_outstanding(n: &u8) -> bool {
    *n == outstanding()
}

/// A release series, or several that deliver alike.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Version {
    #[serde(rename = "3.13")]
    V3_13,
    /// 4.0 to 4.2: quorum queues have a delivery limit of 20 by default.
    #[serde(rename = "4.2")]
    V4_2,
    /// Explicit returns do not count towards the delivery limit, classic queues know no consumer
    /// timeout, and transient queues that are not exclusive are refused.
    #[default]
    #[serde(rename = "4.3")]
    V4_3,
}

impl Version {
    fn is_current(&self) -> bool {
        *self == Version::default()
    }
}

/// Settings of the queue and its binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// The version of RabbitMQ.
    #[serde(default, skip_serializing_if = "Version::is_current")]
    pub version: Version,
    #[serde(rename = "x-queue-type", default)]
    pub queue_type: QueueType,
    /// The queue survives a restart of the broker; always so for quorum queues (docs/queues).
    #[serde(default = "yes")]
    pub durable: bool,
    /// Lets clients declare a queue that is neither durable nor exclusive. Off by default since
    /// 4.3: such a declaration is refused (4.3 release notes, deprecated features).
    #[serde(
        rename = "deprecated_features.permit.transient_nonexcl_queues",
        default,
        skip_serializing_if = "is_false"
    )]
    pub permit_transient_nonexcl_queues: bool,
    /// True if a queue is bound to the exchange for this routing key.
    #[serde(default = "yes")]
    pub bound: bool,
    /// The number of nodes of a quorum queue, 1 or 3.
    #[serde(default = "one")]
    pub nodes: u8,
    /// The number of failed deliveries that a quorum queue tolerates, 0 to 100, or -1 for no limit;
    /// 20 by default since 4.0, and no limit before. Classic queues have none (docs/quorum-queues).
    #[serde(rename = "x-delivery-limit", default, skip_serializing_if = "Option::is_none")]
    pub delivery_limit: Option<i8>,
    /// The dead-letter exchange for rejected and expired messages; without one they are discarded
    /// (docs/dlx).
    #[serde(rename = "x-dead-letter-exchange", default, skip_serializing_if = "Option::is_none")]
    pub dead_letter_exchange: Option<String>,
    /// The dead-letter strategy; `at-most-once` by default (docs/quorum-queues).
    #[serde(rename = "x-dead-letter-strategy", default, skip_serializing_if = "is_at_most_once")]
    pub dead_letter_strategy: DeadLetterStrategy,
    /// Of several consumers one is served at a time, until it is gone (docs/consumers, single active
    /// consumer).
    #[serde(rename = "x-single-active-consumer", default, skip_serializing_if = "is_false")]
    pub single_active_consumer: bool,
    /// The maximum number of messages that wait in a classic queue; none by default
    /// (docs/maxlength).
    #[serde(rename = "x-max-length", default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u8>,
    /// The behavior of a full queue; `at-least-once` dead lettering needs `reject-publish`.
    #[serde(rename = "x-overflow", default, skip_serializing_if = "is_drop_head")]
    pub overflow: Overflow,
    /// A queue is bound to the dead-letter exchange; without one a dead letter cannot be routed.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub dead_letter_bound: bool,
    /// Milliseconds within which a consumer of a quorum queue has to acknowledge; 1800000 by
    /// default (docs/consumers).
    #[serde(default = "half_an_hour", skip_serializing_if = "is_half_an_hour")]
    pub consumer_timeout: u32,
}

fn half_an_hour() -> u32 {
    1_800_000
}

fn is_half_an_hour(ms: &u32) -> bool {
    *ms == half_an_hour()
}

fn is_at_most_once(strategy: &DeadLetterStrategy) -> bool {
    *strategy == DeadLetterStrategy::AtMostOnce
}

fn is_drop_head(overflow: &Overflow) -> bool {
    *overflow == Overflow::DropHead
}

/// The strategy by which a queue transfers a dead letter to the dead-letter queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeadLetterStrategy {
    /// Removed from the queue, then published without a publisher confirm: what fails in between is
    /// lost.
    #[default]
    AtMostOnce,
    /// Kept in the queue until the dead-letter queue has confirmed it. Quorum queues only.
    AtLeastOnce,
}

/// The behavior of a full queue towards a publish.
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
    fn check_dead_lettering(&self, quorum: bool) -> Checked {
        let at = "broker.rabbitmq.x-dead-letter-strategy";
        if self.dead_letter_strategy == DeadLetterStrategy::AtMostOnce {
            return Ok(());
        }
        if !quorum {
            return bad(at, "only quorum queues have at-least-once; set x-queue-type to quorum");
        }
        if self.dead_letter_exchange.is_none() {
            return bad(at, "there are no dead letters without x-dead-letter-exchange; set it");
        }
        if self.overflow != Overflow::RejectPublish {
            let problem = "RabbitMQ falls back to at-most-once unless x-overflow is \
                           reject-publish; set it";
            return bad(at, problem);
        }
        Ok(())
    }

    /// Returns the number of failed deliveries after which a message is dead-lettered or dropped,
    /// if there is a limit.
    pub fn limit(&self) -> Option<u8> {
        let by_default = if self.version >= Version::V4_2 { 20 } else { -1 };
        match self.queue_type {
            QueueType::Classic => None,
            // A negative value means no limit.
            QueueType::Quorum => u8::try_from(self.delivery_limit.unwrap_or(by_default)).ok(),
        }
    }

    /// Returns true if a delivery that is unacknowledged for longer than `consumer_timeout` goes
    /// back to the queue: up to 4.2 from every queue, since then from quorum queues (docs/consumers;
    /// 4.3 release notes).
    pub fn times_out(&self) -> bool {
        self.version < Version::V4_3 || self.queue_type == QueueType::Quorum
    }

    /// Returns true if every return of a message counts towards the delivery limit. Since 4.3,
    /// `basic.nack` and a consumer timeout do not (docs/quorum-queues, poison messages).
    pub fn counts_returns(&self) -> bool {
        self.version < Version::V4_3
    }

    /// Returns true if a message that its consumer returns goes to the back of the queue: in a
    /// quorum queue without a delivery limit, since there the log could not be truncated otherwise
    /// (`rabbit_fifo`, `#requeue{}`; docs/quorum-queues of 3.13, repeated requeues).
    pub fn requeues_to_back(&self) -> bool {
        self.queue_type == QueueType::Quorum && self.limit().is_none()
    }
}

/// Settings of the consumer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// Automatic acknowledgment: a message counts as settled as soon as it is written to the
    /// connection (docs/confirms).
    #[serde(default)]
    pub auto_ack: bool,
    /// The maximum number of unacknowledged deliveries; 0, the default, is no limit
    /// (docs/confirms).
    #[serde(default)]
    pub prefetch_count: u8,
    /// The method that requeues a failed message. Since 4.3, `basic.nack` does not count towards
    /// `x-delivery-limit`, `basic.reject` does (docs/quorum-queues).
    #[serde(default)]
    pub requeue_with: RequeueWith,
    /// The maximum number of messages that a batch listener gets at once, 1 to 10; 1 is a listener
    /// that gets each message by itself (Spring AMQP, `consumerBatchEnabled` and `batchSize`).
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub batch_size: u8,
}

impl Default for Consumer {
    fn default() -> Self {
        let requeue_with = RequeueWith::default();
        Consumer { auto_ack: false, prefetch_count: 0, requeue_with, batch_size: 1 }
    }
}

/// The AMQP method that requeues a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequeueWith {
    #[default]
    Nack,
    Reject,
}

/// The maximum number of messages in the queue, where nothing else limits the deliveries.
const MESSAGES: u8 = 4;

impl super::Producer for Producer {
    const PRODUCT: &'static str = "rabbitmq";

    fn client(&mut self) -> Option<&mut Option<ClientName>> {
        Some(&mut self.client)
    }

    fn sending(&self) -> Sending {
        let once = Sending::once("channel.basic_publish(m)", self.on_restart);
        if !self.confirm_select {
            return once;
        }
        Sending {
            attempts: self.publish_attempts,
            in_flight: self.outstanding_confirms,
            // A timeout of the application's own; RabbitMQ sets no limit.
            ack_timeout_ms: 5000,
            backoff: Backoff::Fixed { delay_ms: 1000 },
            ..once
        }
    }

    fn check(&self, _: u8, _: Option<Database>) -> Checked {
        if self.publish_attempts > 1 && !self.confirm_select {
            let at = "producer.rabbitmq.publish_attempts";
            return bad(at, "without confirm.select a failed publish goes unnoticed; use 1");
        }
        Ok(())
    }
}

impl super::batch::Batches for Broker {
    fn batch_size(&self, consumer: &ConsumerSettings) -> Option<(&'static str, u32)> {
        let size = consumer.rabbitmq.as_ref().map_or(1, |own| own.batch_size);
        Some(("batch_size", size.into()))
    }
}

impl super::Broker for Broker {
    const PRODUCT: &'static str = "rabbitmq";

    fn receiving(&self, consumer: &ConsumerSettings) -> Receiving {
        let own = consumer.rabbitmq.clone().unwrap_or_default();
        Receiving {
            receive: "m = channel.next_delivery()",
            ack: "channel.basic_ack(m)",
            nack: match own.requeue_with {
                RequeueWith::Nack => [
                    "channel.basic_nack(m, requeue = true)",
                    "channel.basic_nack(m, requeue = false)",
                ],
                RequeueWith::Reject => [
                    "channel.basic_reject(m, requeue = true)",
                    "channel.basic_reject(m, requeue = false)",
                ],
            },
            release: "",
            on_error: Op::Nack,
        }
    }

    /// Deliveries that are prefetched wait for those before them; without a prefetch limit, for
    /// however many there are.
    fn handler_timeout(&self, consumer: &ConsumerSettings) -> Option<HandlerTimeout> {
        let own = consumer.rabbitmq.clone().unwrap_or_default();
        if own.auto_ack || !self.times_out() {
            return None;
        }
        let messages = if own.prefetch_count == 0 { MESSAGES } else { own.prefetch_count };
        let (name, ms) = ("consumer_timeout", self.consumer_timeout.into());
        Some(HandlerTimeout { name, ms, messages: messages.into() })
    }

    fn check(&self) -> Checked {
        let name = self.dead_letter_exchange.as_deref().unwrap_or_default();
        short("broker.rabbitmq.x-dead-letter-exchange", name, OWN_NAME)?;
        let quorum = self.queue_type == QueueType::Quorum;
        if !matches!((quorum, self.nodes), (_, 1) | (true, 3)) {
            let problem = "a classic queue lives on 1 node, a quorum queue on 1 or 3";
            return bad("broker.rabbitmq.nodes", problem);
        }
        if quorum && !self.durable {
            let problem = "quorum queues are always durable; set it to true";
            return bad("broker.rabbitmq.durable", problem);
        }
        let refuses = self.version >= Version::V4_3 && !self.permit_transient_nonexcl_queues;
        if !self.durable && refuses {
            let problem = "RabbitMQ 4.3 refuses to declare a queue that is neither durable nor \
                           exclusive; set it to true, or permit it with \
                           deprecated_features.permit.transient_nonexcl_queues";
            return bad("broker.rabbitmq.durable", problem);
        }
        if quorum && self.max_length.is_some() {
            let problem = "the length limit of a quorum queue, which may exceed it for a while, is \
                           not modeled; remove it, or set x-queue-type to classic";
            return bad("broker.rabbitmq.x-max-length", problem);
        }
        self.check_dead_lettering(quorum)?;
        let at = "broker.rabbitmq.x-delivery-limit";
        match self.delivery_limit {
            Some(_) if !quorum => bad(at, "classic queues have none; remove it"),
            Some(-1) if self.version < Version::V4_2 => {
                bad(at, "RabbitMQ 3.13 refuses -1, and has no limit unless it is set; remove it")
            }
            Some(limit) if !(-1..=100).contains(&limit) => {
                bad(at, format!("{limit} is out of range; use 0 to 100, or -1 for no limit"))
            }
            _ => Ok(()),
        }
    }
}
