//! The behavior of a producer after a restart.

use serde::{Deserialize, Serialize};

/// The behavior of a restarted producer towards unfinished work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnRestart {
    /// The producer keeps its work in memory only, and loses it.
    #[default]
    Forget,
    /// The producer persists its work, and resends every message whose outcome it had not reported.
    Resend,
}
