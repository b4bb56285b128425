//! Sentences about what operators do.

use super::{message, with_article};
use crate::sim::{CompiledScenario, EventKind};

/// Describes what an operator does; `None` for any other event.
pub(super) fn sentence(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    Some(match what {
        EventKind::PartitionAdded { .. } => {
            "an operator adds a partition to the topic (kafka-topics --alter).".to_owned()
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
