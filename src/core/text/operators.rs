//! Sentences about what operators do.

use super::{message, with_article};
use crate::sim::{CompiledScenario, EventKind, ResetTo};

/// Describes what an operator does; `None` for any other event.
pub(super) fn sentence(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    Some(match what {
        EventKind::OffsetsReset { to: ResetTo::Earliest, .. } => {
            "an operator resets the offsets of the group to the beginning of the log: all of it is \
             delivered again."
                .to_owned()
        }
        EventKind::OffsetsReset { .. } => {
            "an operator resets the offsets of the group to the end of the log: what it has not \
             read is skipped."
                .to_owned()
        }
        EventKind::Purged { .. } => "an operator purges the queue.".to_owned(),
        EventKind::Redriven { msg, .. } => format!(
            "an operator moves {} from the dead-letter queue back to its queue.",
            message(msg)
        ),
        EventKind::ShutDown { at } => {
            format!("an operator stops {} for an upgrade.", with_article(setup, at))
        }
        _ => return None,
    })
}
