//! Client libraries: what a producer and a consumer do, in the calls of their product.

use super::program::Op;
use super::settings::{Backoff, OnRestart};

/// How a producer sends a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sending {
    /// The maximum number of attempts.
    pub attempts: u8,
    /// The maximum number of unacknowledged messages.
    pub in_flight: u8,
    /// The acknowledgment timeout, in milliseconds; 0 if the producer does not wait.
    pub ack_timeout_ms: u32,
    pub backoff: Backoff,
    pub on_restart: OnRestart,
    /// Retries are exhausted before the time for the delivery has passed.
    pub retries_end_first: bool,
    /// Each message is sent in a transaction.
    pub transactional: bool,
    /// The number of messages that a second producer sends.
    pub other_sends: u8,
    /// The call that sends.
    pub call: &'static str,
    /// The report of success where no acknowledgment is awaited, if the library reports any.
    pub unacknowledged: Option<&'static str>,
    /// The report of a failure.
    pub failure: &'static str,
}

impl Sending {
    /// Sends once, and waits for nothing.
    pub fn once(call: &'static str, on_restart: OnRestart) -> Sending {
        Sending {
            attempts: 1,
            in_flight: 1,
            ack_timeout_ms: 0,
            backoff: Backoff::Fixed { delay_ms: 0 },
            on_restart,
            retries_end_first: false,
            transactional: false,
            other_sends: 0,
            call,
            unacknowledged: None,
            failure: "Err(MessageDeliveryError)",
        }
    }
}

/// How a consumer receives a message, and settles it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Receiving {
    /// The line that receives.
    pub receive: &'static str,
    /// The call that acknowledges.
    pub ack: &'static str,
    /// The calls that return a message to the broker: to be delivered again, and not.
    pub nack: [&'static str; 2],
    /// The call that makes a message visible again.
    pub release: &'static str,
    /// The instruction that gets a message again after its handler has failed.
    pub on_error: Op,
}
