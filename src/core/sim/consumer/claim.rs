//! Claims of messages in progress: who finds a claim that is not completed gets an error, and the
//! message comes again later.
//!
//! This is how idempotency layers work that keep a record of each request, in progress or completed
//! (Powertools for AWS Lambda, "Idempotency": the record is deleted when the handler throws an
//! exception, and expires with the time limit of the function). A claim has a lease if
//! `claim_lease_ms` is set; without one, the claim of a process that died stays.

use crate::sim::broker::Broker;
use crate::sim::consumer::Pause;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::stores::bit;

use super::failure::handler_fails;

/// Returns true if the message that the consumer has in hand is claimed and not completed.
pub(super) fn is_in_progress(cx: &View, c: usize) -> bool {
    let own = bit(cx.consumers[c].msg);
    cx.stores.claimed & own != 0 && cx.stores.redis & own == 0
}

/// Fails the handler of a message that is in progress elsewhere.
pub(super) fn fail_in_progress(cx: &mut Ctx, c: usize) {
    let super::Consumer { msg, mark, .. } = cx.consumers[c];
    let (from, to) = (Participant::CONSUMERS[c], Participant::Redis);
    let what = EventKind::FoundInProgress { from, to, msg };
    cx.consumers[c].mark = cx.out.record(mark, what);
    handler_fails(cx, c);
}

/// Marks the message in hand as done, whoever has claimed it.
pub(super) fn complete(cx: &mut Ctx, c: usize) {
    let own = bit(cx.consumers[c].msg);
    cx.stores.redis |= own;
    cx.stores.claimed &= !own;
    cx.consumers[c].claims = false;
}

/// Returns true if the lease of a claim may end: nobody works on the message in time. A process that
/// cannot go on, since a store or the broker does not answer, may outlast its lease, too.
pub(in crate::sim) fn lease_may_end(cx: &View, broker: &Broker, msg: MessageId) -> bool {
    let settings = &cx.setup.configuration().consumer;
    let Some(lease) = settings.claim_lease_ms else { return false };
    let holds = |c: &usize| {
        let consumer = &cx.consumers[*c];
        consumer.up && consumer.claims && consumer.msg == msg
    };
    let in_time = |c: usize| match cx.consumers[c].pause {
        Pause::No => super::has_line(cx, broker, c),
        Pause::Slow => settings.slow_handler_ms.is_some_and(|slow| slow <= lease),
        Pause::Still => false,
    };
    cx.stores.claimed & bit(msg) != 0 && !(0..cx.setup.consumers()).filter(holds).any(in_time)
}

/// Ends the lease of a claim.
pub(in crate::sim) fn end_lease(cx: &mut Ctx, msg: MessageId) {
    cx.stores.claimed &= !bit(msg);
    cx.out.record(CauseRef::NONE, EventKind::LeaseEnded { msg });
}
