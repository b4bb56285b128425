//! Sentences about claims in progress.

use super::{message, with_article};
use crate::sim::{CompiledScenario, EventKind};

/// Describes what becomes of a claim; `None` for any other event.
pub(super) fn sentence(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    Some(match what {
        EventKind::FoundInProgress { from, msg, .. } => format!(
            "{} finds {} already in progress: the call ends with an error.",
            with_article(from),
            message(msg)
        ),
        EventKind::Unclaimed { from, msg, .. } => {
            format!("{} deletes its claim of {}.", with_article(from), message(msg))
        }
        EventKind::LeaseEnded { msg } => {
            format!(
                "the lease of the claim ends: Redis no longer has {} in progress.",
                message(msg)
            )
        }
        _ => return None,
    })
}
