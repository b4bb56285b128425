//! Sentences about offsets that no commit has set, and about a partition that has none.

use super::with_article;
use crate::sim::{CompiledScenario, EventKind, ResetTo};

/// Describes a reset of offsets; `None` for any other event.
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
        EventKind::PartitionFound { at } => format!(
            "{} refreshes its metadata and learns of the new partition: the next messages go there.",
            with_article(setup, at)
        ),
        EventKind::PartitionAssigned { at, to } => {
            let start = match to {
                Some(ResetTo::Earliest) => {
                    "without a committed offset it starts at the beginning (earliest)"
                }
                Some(ResetTo::Latest) => "without a committed offset it starts at the end (latest)",
                None => "it starts at the committed offset",
            };
            let at = with_article(setup, at);
            format!("{at} learns of the new partition, which is assigned to it: {start}.")
        }
        EventKind::OffsetOutOfRange { at, to } => {
            let place = match to {
                ResetTo::Earliest => "at the oldest record that is left (earliest)",
                ResetTo::Latest => "at the end of the log (latest)",
            };
            let at = with_article(setup, at);
            format!("the offset of {at} is no longer in the log: it continues {place}.")
        }
        _ => return None,
    })
}
