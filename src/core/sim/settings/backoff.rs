//! The time between the attempts of a producer.

use serde::{Deserialize, Serialize};

/// The backoff before the next attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Backoff {
    /// A constant delay, in milliseconds.
    Fixed { delay_ms: u32 },
    /// A delay that doubles from `first_ms` up to `max_ms`, in milliseconds.
    Exponential { first_ms: u32, max_ms: u32 },
}

impl Backoff {
    /// Returns the delay after attempt `n` (from 1), in milliseconds.
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
