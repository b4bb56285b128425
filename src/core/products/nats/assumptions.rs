//! What a verdict on NATS assumes beside the settings.

use super::broker;
use crate::products::{Assumptions, Scope};
use crate::sim::Class;
use crate::sim::settings::nats;

pub(super) fn streams(scope: &Scope) -> bool {
    scope.setup.stream().is_some_and(|stream| stream.stream)
}

fn limited(scope: &Scope) -> bool {
    broker(scope.setup.configuration()).is_some_and(|b| b.max_msgs.is_some())
}

fn redelivers(scope: &Scope) -> bool {
    (super::PRODUCT.redelivers)(scope.setup)
}

fn cumulative(scope: &Scope) -> bool {
    scope.setup.stream().is_some_and(|stream| stream.cumulative)
}

/// Assumptions about NATS.
///
/// Sources: docs.nats.io (streams, consumers, syncing data to disk); nats-server `consumer.go`,
/// `stream.go`; jepsen.io/analyses/nats-2.12.1.
pub(super) const ASSUMPTIONS: Assumptions = Assumptions {
    version: |_| "NATS 2.15",
    versions: &[(
        |s| {
            let mode = broker(s.setup.configuration()).map(|b| b.persist_mode);
            mode == Some(nats::PersistMode::Async)
        },
        "Before 2.12 there is no persist_mode.",
    )],
    rows: &[
        (
            |s| streams(s) && limited(s),
            "One stream and one consumer, with the same leader, whose applications share its messages. No \
             one purges the stream, deletes messages, or changes its settings.",
        ),
        (
            |s| streams(s) && !limited(s),
            "One stream and one consumer, with the same leader, whose applications share its messages. No \
             one purges the stream, deletes messages, or changes its settings, and nothing limits it, not even the \
             space on disk.",
        ),
        (|s| !streams(s), "One subject, whose subscribers form one queue group."),
        (
            |s| s.sends_one_by_one(),
            "The publisher waits for each PubAck before it publishes the next message \
             (PublishAsyncMaxPending=1).",
        ),
        (
            |s| !s.setup.waits(),
            "The publisher uses one connection, on which messages stay in order.",
        ),
        (
            |s| s.setup.stream().is_some_and(|stream| stream.ids) && !s.tries(Class::Expiry),
            "All attempts for a message are made within duplicate_window of the first.",
        ),
        (
            |s| redelivers(s) && s.delays_without_end(),
            "A slow handler or a pause exceeds ack_wait unless InProgress extends it; everything \
             else stays within it.",
        ),
        (|s| redelivers(s) && !s.tries_delays(), "Every handler finishes within ack_wait."),
        (
            |s| s.setup.batching.is_some(),
            "The application fetches a batch, and the next one once it has answered for the first \
             (Fetch). A batch may be smaller than what is stored.",
        ),
        (
            |s| s.setup.batching.is_some() && cumulative(s),
            "For a batch the application acknowledges its last message that succeeded (AckAll).",
        ),
        (
            |s| s.setup.replicas == 1,
            "All servers are in one cluster: no leaf nodes, gateways, mirrors or sources.",
        ),
        (
            |s| s.setup.replicas > 1,
            "All servers are in one cluster, whose members do not change: no leaf nodes, gateways, \
             mirrors or sources. A server that lacks a majority neither delivers nor takes \
             acknowledgments, and what an isolated leader has appended alone is gone once another is \
             elected.",
        ),
    ],
};
