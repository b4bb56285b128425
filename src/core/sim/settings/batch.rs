//! The acknowledgment of a batch: of the messages that one poll, receive or batch listener takes.
//!
//! Sources: AWS Lambda developer guide, "Handling errors for an SQS event source" (a batch succeeds
//! or fails as a whole unless `FunctionResponseTypes` has `ReportBatchItemFailures`; with a FIFO
//! queue, stop at the first failure and return all that are unprocessed); spring-kafka
//! `ContainerProperties.AckMode` (`RECORD`: after each record, `BATCH`: after the records of a poll),
//! `DefaultErrorHandler` and `BatchListenerFailedException` (what comes before the failed record is
//! committed, and the rest is polled again), `FallbackBatchErrorHandler` and
//! `ErrorHandlingUtils.retryBatch` (the listener is called with the same batch again while the consumer
//! is paused; in the end the recoverer is called for each record of it, and if that fails the batch is
//! polled again);
//! Spring AMQP, `SimpleMessageListenerContainer.setConsumerBatchEnabled`; docs.nats.io,
//! nats-concepts/jetstream/consumers (with `AckAll`, the last message of a series is acknowledged),
//! nats.go `jetstream/pull.go` (`Fetch`: so many messages, and the next request when asked again).

use super::{BrokerSettings, ConsumerSettings, OnError, each_broker};
use crate::sim::checked::{Checked, bad};
use crate::sim::program::Op;
use serde::{Deserialize, Serialize};

/// The way in which a consumer acknowledges the messages that it has received together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchAck {
    /// Each message once it is handled.
    #[default]
    Each,
    /// All of them after the last one. If one fails, the batch fails: it is handled again from its
    /// first message while attempts are left; then all of it comes again, is skipped, or is published
    /// as dead letters.
    Whole,
    /// After the last one, those that succeeded; the failed ones come again
    /// (`ReportBatchItemFailures`).
    GoodPart,
    /// After the last one; or, at the first failure, those before it. The failed one comes again,
    /// and so does the rest, unhandled (`BatchListenerFailedException`).
    UpToFirstFailure,
}

impl BatchAck {
    pub(super) fn is_each(&self) -> bool {
        *self == BatchAck::Each
    }
}

/// The batches of a consumer that acknowledges more than one message at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batching {
    pub ack: BatchAck,
    /// The maximum number of messages in a batch, at least 2.
    pub size: u32,
}

/// What each product's settings answer about batches.
pub(super) trait Batches {
    /// Returns the product's name of the maximum number of messages in a batch, and that number;
    /// `None` if batches are not modeled.
    fn batch_size(&self, _consumer: &ConsumerSettings) -> Option<(&'static str, u32)> {
        None
    }

    /// Returns true if a message can be acknowledged although an earlier one is not.
    fn acks_in_any_order(&self, _consumer: &ConsumerSettings) -> bool {
        true
    }

    /// Returns what keeps a consumer with these settings from acknowledging a batch.
    fn refuses_batch(&self, _consumer: &ConsumerSettings) -> Option<&'static str> {
        None
    }
}

impl BrokerSettings {
    /// Returns the product's name of the maximum number of messages in a batch, and that number.
    pub fn batch_size(&self, consumer: &ConsumerSettings) -> Option<(&'static str, u32)> {
        each_broker!(self, own => own.batch_size(consumer))
    }

    /// Returns the batches of this consumer, if it does not acknowledge each message by itself.
    pub fn batching(&self, consumer: &ConsumerSettings) -> Option<Batching> {
        let (_, size) = self.batch_size(consumer)?;
        let ack = consumer.batch_ack;
        (ack != BatchAck::Each && size > 1).then_some(Batching { ack, size })
    }

    /// Rejects an acknowledgment of batches that the product or the program does not have.
    pub(in crate::sim) fn check_batch(&self, consumer: &ConsumerSettings) -> Checked {
        let ack = consumer.batch_ack;
        let path = "consumer.batch_ack";
        if ack.is_each() {
            return Ok(());
        }
        if self.batch_size(consumer).is_none() {
            let problem = format!("batches of {} are not modeled; use each", self.key());
            return bad(path, problem);
        }
        if let Some(problem) = each_broker!(self, own => own.refuses_batch(consumer)) {
            return bad(path, problem);
        }
        let any_order = each_broker!(self, own => own.acks_in_any_order(consumer));
        if ack == BatchAck::GoodPart && !any_order {
            let problem = "an acknowledgment includes all that comes before it; use \
                           up-to-first-failure, or whole";
            return bad(path, problem);
        }
        if consumer.program.last() != Some(&Op::Ack) {
            let problem = "a batch is acknowledged once its messages are handled; make ack the last \
                           line, or use each";
            return bad(path, problem);
        }
        if consumer.on_error == OnError::Stop && ack != BatchAck::Whole {
            let problem = "a consumer that stops at an error acknowledges nothing of its batch; use \
                           whole or each, or another on_error";
            return bad(path, problem);
        }
        Ok(())
    }
}
