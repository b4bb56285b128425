//! Settings of Amazon SQS, standard and FIFO queues.
//!
//! Sources: the SQS developer guide (standard-queues, FIFO-queues-understanding-logic,
//! sqs-visibility-timeout, sqs-dead-letter-queues); aws-sdk-go-v2 `api_op_SendMessage.go`,
//! `api_op_ReceiveMessage.go`; the API page of DeleteMessage.

pub(super) mod rows;

use super::{Backoff, ConsumerSettings, Database, HandlerTimeout, OnError, OnRestart, is_one, one};
use crate::sim::checked::{Checked, OWN_NAME, bad, few, short, within};
use crate::sim::client::{Receiving, Sending};
use crate::sim::clients::ClientName;
use crate::sim::program::Op;
use serde::{Deserialize, Serialize};

/// Settings of the producer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Producer {
    /// The maximum number of attempts at a call by the SDK, 1 to 5; 3 by default in its standard
    /// retry mode.
    #[serde(default = "three")]
    pub max_attempts: u8,
    /// FIFO: the deduplication ID of a message.
    #[serde(rename = "MessageDeduplicationId", default)]
    pub deduplication_id: DeduplicationId,
    /// FIFO: the message group of each message, by index; by default all are in one group.
    #[serde(rename = "MessageGroupId", default, skip_serializing_if = "Vec::is_empty")]
    pub group_id: Vec<String>,
    /// The body of each message, by index; all different by default.
    #[serde(rename = "MessageBody", default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<String>,
    /// The maximum number of concurrent calls of `SendMessage`, 1 to 50; 1, the default, is a
    /// client that blocks (boto3, the Java client). Each call has a connection of its own, so that
    /// two of them may arrive in either order.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub concurrent_sends: u8,
    #[serde(default)]
    pub on_restart: OnRestart,
    /// The client library whose defaults these are, apart from what is set otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientName>,
}

fn three() -> u8 {
    3
}

/// The value that the application puts into `MessageDeduplicationId`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeduplicationId {
    /// An ID per message, the same for each attempt.
    #[default]
    PerMessage,
    /// A new ID for each attempt: no deduplication of retries.
    PerAttempt,
    /// No ID: the queue hashes the body (`ContentBasedDeduplication`).
    None,
}

/// Attributes of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    #[serde(rename = "FifoQueue", default)]
    pub fifo: bool,
    /// The deduplication ID is the SHA-256 of the body, not of the attributes (SendMessage).
    #[serde(rename = "ContentBasedDeduplication", default)]
    pub content_based_deduplication: bool,
    /// Seconds, 0 to 43200; 30 by default.
    #[serde(rename = "VisibilityTimeout", default = "thirty")]
    pub visibility_timeout: u32,
    /// Seconds, 60 to 1209600; four days by default.
    #[serde(rename = "MessageRetentionPeriod", default = "four_days")]
    pub retention: u32,
    /// The number of receives after which a message goes to the dead-letter queue, 1 to 7; without
    /// it, never.
    #[serde(rename = "maxReceiveCount", default, skip_serializing_if = "Option::is_none")]
    pub max_receive_count: Option<u8>,
}

fn thirty() -> u32 {
    30
}

fn four_days() -> u32 {
    345_600
}

/// Settings of the consumer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// The maximum number of messages per receive, 1 to 10.
    #[serde(rename = "MaxNumberOfMessages", default = "one")]
    pub max_number_of_messages: u8,
    /// Call `ChangeMessageVisibility` repeatedly while the handler runs.
    #[serde(rename = "ChangeMessageVisibility", default)]
    pub heartbeat: bool,
}

impl Default for Consumer {
    fn default() -> Self {
        Consumer { max_number_of_messages: 1, heartbeat: false }
    }
}

/// The maximum number of messages that a list can name.
const MESSAGES: usize = 4;

impl super::Producer for Producer {
    const PRODUCT: &'static str = "sqs";

    fn client(&mut self) -> Option<&mut Option<ClientName>> {
        Some(&mut self.client)
    }

    fn sending(&self) -> Sending {
        Sending {
            attempts: self.max_attempts,
            in_flight: self.concurrent_sends,
            // The timeout of the SDK's connections; its retries back off exponentially, up to 20 s.
            ack_timeout_ms: 5000,
            backoff: Backoff::Exponential { first_ms: 1000, max_ms: 20_000 },
            failure: "Err(SdkError)",
            ..Sending::once("sqs.send_message(m)", self.on_restart)
        }
    }

    fn check(&self, _: u8, _: Option<Database>) -> Checked {
        for (name, list) in [("MessageGroupId", &self.group_id), ("MessageBody", &self.body)] {
            few(&format!("producer.sqs.{name}"), list.len(), MESSAGES)?;
            for (i, text) in list.iter().enumerate() {
                short(&format!("producer.sqs.{name}[{i}]"), text, OWN_NAME)?;
            }
        }
        Ok(())
    }
}

impl super::batch::Batches for Broker {
    fn batch_size(&self, consumer: &ConsumerSettings) -> Option<(&'static str, u32)> {
        let size = consumer.sqs.as_ref().map_or(1, |own| own.max_number_of_messages);
        Some(("MaxNumberOfMessages", size.into()))
    }
}

impl super::Broker for Broker {
    const PRODUCT: &'static str = "sqs";

    fn receiving(&self, _: &ConsumerSettings) -> Receiving {
        Receiving {
            receive: "m = sqs.receive_message()",
            ack: "sqs.delete_message(m.handle)",
            nack: ["broker.nack(m, requeue = true)", "broker.nack(m, requeue = false)"],
            release: "sqs.change_message_visibility(m, 0)",
            on_error: Op::Release,
        }
    }

    /// The timeout starts when the message is received, together with the others of its batch.
    fn handler_timeout(&self, consumer: &ConsumerSettings) -> Option<HandlerTimeout> {
        let own = consumer.sqs.clone().unwrap_or_default();
        let (name, ms) = ("VisibilityTimeout", u64::from(self.visibility_timeout) * 1000);
        let messages = own.max_number_of_messages.into();
        (!own.heartbeat).then_some(HandlerTimeout { name, ms, messages })
    }

    fn check(&self) -> Checked {
        within("broker.sqs.VisibilityTimeout", self.visibility_timeout, 0, 43_200)?;
        within("broker.sqs.MessageRetentionPeriod", self.retention, 60, 1_209_600)?;
        if self.content_based_deduplication && !self.fifo {
            let at = "broker.sqs.ContentBasedDeduplication";
            return bad(at, "standard queues do not deduplicate; set FifoQueue to true");
        }
        Ok(())
    }

    fn check_consumer(&self, consumer: &ConsumerSettings) -> Checked {
        match consumer.on_error {
            OnError::Reject => {
                let problem = "SQS has no reject; use requeue, leave, skip, dead-letter, stop or \
                               swallow";
                bad("consumer.on_error", problem)
            }
            _ => Ok(()),
        }
    }
}
