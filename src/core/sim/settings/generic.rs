//! A queue of no particular make, and a producer that retries.

use super::{OnRestart, is_one, one, yes};
use serde::{Deserialize, Serialize};

/// Settings of a producer that waits for acknowledgements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// How long to wait for an acknowledgement, in milliseconds.
    pub timeout_ms: u32,
    /// How often to send in all, 1 to 5.
    pub attempts: u8,
    pub backoff: Backoff,
    /// What a restarted process does with messages whose fate it did not report.
    #[serde(default)]
    pub on_restart: OnRestart,
    /// How many sends may be unanswered at a time, 1 to 4; 1, the default, waits for each answer
    /// before it sends the next message.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub in_flight: u8,
}

/// The wait before the next attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Backoff {
    /// Always the same, in milliseconds.
    Fixed { delay_ms: u32 },
    /// Doubles from `first_ms` up to `max_ms`, in milliseconds.
    Exponential { first_ms: u32, max_ms: u32 },
}

impl Backoff {
    /// The wait after attempt `n` (from 1), in milliseconds.
    pub fn after(&self, n: u8) -> u32 {
        match *self {
            Backoff::Fixed { delay_ms } => delay_ms,
            Backoff::Exponential { first_ms, max_ms } => {
                let doublings = u32::from(n.saturating_sub(1)).min(31);
                first_ms.saturating_mul(1 << doublings).min(max_ms)
            }
        }
    }
}

/// A time in milliseconds as people write it: "5 s", "100 ms".
pub fn duration(ms: u32) -> String {
    match ms {
        ms if ms >= 60_000 && ms.is_multiple_of(60_000) => format!("{} min", ms / 60_000),
        ms if ms >= 1000 && ms.is_multiple_of(1000) => format!("{} s", ms / 1000),
        ms => format!("{ms} ms"),
    }
}

/// A queue of no particular make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenericBroker {
    pub acknowledge: Acknowledge,
    /// How many nodes keep a copy in the end, 1 to 3.
    #[serde(default = "one")]
    pub replicas: u8,
    /// Deliver again what the consumer did not acknowledge. Without it a message is forgotten as
    /// soon as it is sent to the consumer.
    #[serde(default = "yes")]
    pub redelivery: bool,
    /// How often a message is delivered at most, 1 to 7; without it, for ever.
    #[serde(default)]
    pub max_deliveries: Option<u8>,
    /// Park a message after its last delivery instead of throwing it away.
    #[serde(default)]
    pub dead_letter_queue: bool,
}

/// When the broker answers the producer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acknowledge {
    /// From memory; the disk follows.
    BeforePersist,
    /// Once the copy is synced to disk.
    AfterSync,
    /// Once so many nodes have the copy, 2 to `replicas`.
    AfterReplication(u8),
}
