//! Sentences about the rows of an outbox.

use super::{message, with_article};
use crate::sim::{CompiledScenario, MessageId, Participant};

/// Describes a row that the relay will never read.
pub(super) fn skipped(setup: &CompiledScenario, at: Participant, msg: MessageId) -> String {
    let (at, m) = (with_article(setup, at), message(msg));
    format!("{at} is past the ID of {m}: it never reads that row.")
}
