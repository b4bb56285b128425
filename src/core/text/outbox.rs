//! Sentences about the rows of an outbox.

use super::{message, with_article};
use crate::sim::{CompiledScenario, MessageId, Participant};

/// Describes the end of a relay's lease.
pub(super) fn lease_ended(setup: &CompiledScenario, at: Participant) -> String {
    let at = with_article(setup, at);
    format!("the lease of {at} ends: the outbox is no longer locked.")
}

/// Describes a row that the relay will never read.
pub(super) fn skipped(setup: &CompiledScenario, at: Participant, msg: MessageId) -> String {
    let (at, m) = (with_article(setup, at), message(msg));
    format!("{at} is past the ID of {m}: it never reads that row.")
}
