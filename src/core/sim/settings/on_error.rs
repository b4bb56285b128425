//! The reaction of the consumer to an error.

use serde::{Deserialize, Serialize};

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
    /// Log the error and acknowledge the message, as Spring Kafka's `DefaultErrorHandler` does after
    /// the last attempt.
    Skip,
    /// Publish the message to a dead-letter topic or exchange of the consumer's own, then
    /// acknowledge it, as Spring's `DeadLetterPublishingRecoverer` and `RepublishMessageRecoverer`
    /// do.
    DeadLetter,
    /// Stop the consumer without an acknowledgment, as `CommonContainerStoppingErrorHandler` of
    /// Spring Kafka and `failure-strategy=fail` of SmallRye do.
    Stop,
}
