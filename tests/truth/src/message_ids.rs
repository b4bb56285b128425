//! The IDs by which a broker recognizes a message that is sent again.

use serde::{Deserialize, Serialize};

/// What tells attempts apart: `MessageDeduplicationId` on SQS, the header `Nats-Msg-Id` on NATS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageIds {
    None,
    PerMessage,
    PerAttempt,
}

impl MessageIds {
    /// Returns the ID of an attempt at a message.
    pub fn of(self, m: u8, n: u8) -> Option<String> {
        match self {
            MessageIds::None => None,
            MessageIds::PerMessage => Some(format!("m{m}")),
            MessageIds::PerAttempt => Some(format!("m{m}-{n}")),
        }
    }
}
