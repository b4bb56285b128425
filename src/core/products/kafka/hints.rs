//! What a loss on Kafka would take that the configuration does not have.

use super::{broker, producer};
use crate::products::{LossHint, Scope};
use crate::sim::Class;
use crate::sim::settings::kafka;

/// Returns, for consumers with `auto.offset.reset=latest`, true if their group is new, that is, has
/// no committed offset. Returns `None` for all others.
fn group_at_latest(scope: &Scope) -> Option<bool> {
    let own = scope.setup.configuration().consumer.kafka.clone().unwrap_or_default();
    (own.auto_offset_reset == kafka::Reset::Latest).then_some(own.new_group)
}

fn acks_all(scope: &Scope) -> bool {
    producer(scope.setup.configuration()).is_some_and(|p| p.acks == kafka::Acks::All)
}

pub(super) const HINTS: &[LossHint] = &[
    LossHint {
        label: "No consumer starts late here: a group without a committed offset and \
                auto.offset.reset=latest skips messages sent before it started.",
        with: ("starts_late", "true"),
        applies: |s| {
            group_at_latest(s) == Some(true) && !s.setup.configuration().consumer.starts_late
        },
    },
    LossHint {
        label: "The group has committed an offset here: without one, auto.offset.reset=latest \
                skips messages sent before the consumer started.",
        with: ("new_group", "true"),
        applies: |s| {
            group_at_latest(s) == Some(false) && s.setup.configuration().consumer.starts_late
        },
    },
    LossHint {
        label: "All replicas are in sync at the start: a leader that is alone in the ISR may \
                acknowledge with min.insync.replicas=1, and the message is lost with it.",
        with: ("in_sync_at_start", "1"),
        applies: |s| {
            let alone = broker(s.setup.configuration()).is_some_and(|b| {
                b.replication_factor > 1
                    && b.min_insync_replicas == 1
                    && b.in_sync_at_start.is_none_or(|n| n == b.replication_factor)
            });
            alone && acks_all(s) && s.tries(Class::PermanentLoss)
        },
    },
    LossHint {
        label: "There is only one replica: no lagging replica can take over from a crashed leader.",
        with: ("replication.factor", "2"),
        applies: |s| {
            let leaves =
                [Class::Crash, Class::Power, Class::PermanentLoss].iter().any(|c| s.tries(*c));
            let alone = broker(s.setup.configuration()).is_some_and(|b| b.replication_factor == 1);
            leaves && alone && !acks_all(s)
        },
    },
];
