//! Partial-order reduction: explores only an *ample set* of the enabled actions of a state where
//! the remaining actions commute with it.
//!
//! The method is that of Peled (*All from One, One for All*, CAV 1993) in the form given by Clarke,
//! Grumberg & Peled, *Model Checking*, ch. 10. `tests/reference.rs` compares verdicts and terminal
//! states with an unreduced, uncanonicalized search on random configurations. The reductions
//! preserve verdicts, not the length of counterexamples: a run can contain ample actions that a
//! shortest run would not need yet (see [`super::shrink`] and [`super::shortest_counterexample`]).
//!
//! - [`under_faults`]: singleton ample sets while faults may still strike. Every fault and every
//!   other action commutes with the ample action or undoes it.
//! - [`fault_free`]: singleton ample sets once no fault is left. No other action can disable the
//!   ample action.
//! - [`consumer_first`]: ample sets of several actions with one fault left: the consumer's next
//!   line and the faults that concern it.
//! - [`super::redundant_faults`]: prunes faults that have no effect, or none that another fault
//!   does not have.
//! - `World::canonicalize`: drops state that is never read again, and renames interchangeable
//!   identities (symmetry reduction: Ip & Dill, *Better Verification Through Symmetry*, 1996).
//!
//! The first three have to satisfy the four ample-set conditions:
//!
//! - **C0** (nonemptiness): an ample set is empty only if no action is enabled. Every ample action
//!   is chosen among the enabled ones.
//! - **C1** (independence): along every run of the full graph that starts here, no action that
//!   depends on a member of the ample set occurs before a member of the set does. This condition is
//!   where the three reductions differ, and where earlier versions were unsound; see below.
//! - **C2** (invisibility): ample actions are invisible to the properties, or the order of what
//!   they make visible does not matter. Properties are evaluated on a ledger whose counts only
//!   grow, each in a field of its own, at the end of a run or when a count exceeds its limit. So an
//!   ample action may be visible as long as no action that it is moved across writes the same
//!   field. `blocked` (a partition or queue was held up) is one of these fields, and the one that
//!   is read most widely.
//! - **C3** (cycle proviso): no enabled action is ignored forever along a cycle. Actions that lead
//!   back to an earlier state (returning a message to the queue, a seek, a retry) are in no ample
//!   set, so every cycle contains a state that is fully expanded.
//!
//! C1 was violated in these cases, and is now guarded as follows:
//!
//! - *Delivering an acknowledgment to a producer.* Delivering the answer to an earlier attempt
//!   depends on the timer of the current attempt, which it disables, and on the application sending
//!   the message again, which makes the sender wait. It is ample only if its sender waits for
//!   exactly this attempt and has no timer enabled, or if the sender has finished for good.
//! - *Sender actions.* An append depends on a consumer that has yet to start at the end of the log
//!   or may seek there (`auto.offset.reset=latest` without a committed offset), and on a coordinator
//!   that may abort the transaction of the record. While either is enabled, sender actions are not
//!   ample. The arrival of a send that was given up depends on its sender's next lines, where these
//!   begin a transaction, which aborts an open one, or number a record by what is on its way: then it
//!   is ample only while the sender waits for the answer.
//! - *Consumer first.* A consumer's line depends on an expired redelivery or session timer of the
//!   broker, and on an acknowledgment in flight that lets the broker deliver more. If either
//!   exists, the state is fully expanded. A commit depends on the crash of a leader that no replica
//!   can replace, since the two decide together whether a message was held up.
//! - *A lost delivery is equivalent to a crash.* This does not hold for a consumer that restarts
//!   only once everything else is quiescent.
//! - *Broker nodes are interchangeable.* This does not hold if a network partition can tell them
//!   apart.
//! - *A handler that is tried again.* The count of failed attempts is memory of the consumer, which
//!   only a crash erases: a crash of an idle consumer with such a memory is not redundant, nor is the
//!   loss of a delivery to it equivalent to a crash. A line that is bound to fail is in no ample set,
//!   since it jumps; nor is the publish of a dead letter, which writes the same field of the ledger
//!   as the broker's own dead-lettering.
//! - *A consumer that stops at an error.* Its stop is a crash that needs no fault. So once no fault is
//!   left, its lines and its deliveries are not ample, and sender actions are not ample if it may
//!   start again at the end of the log.
//! - *A lease.* The end of a claim's lease depends on whether its owner works on the message in time,
//!   so on the owner's lines, its restart and its resumption, and it decides what the next delivery
//!   finds. Where claims have leases, nothing is reduced.
//! - *A batch.* A poll or a receive takes all that is there, so it depends on every append, and the
//!   last acknowledgment settles several messages at once. Where messages are acknowledged together,
//!   nothing is reduced.
//! - *Two relays.* What one of them reads, locks or marks decides what the other one finds, so their
//!   lines, their crashes and the answers that they wait for depend on one another. Where two relays
//!   read one outbox, nothing is reduced.
//! - *Deleted records.* A consumer whose next record is deleted continues at the end of the log, or at
//!   its new start: its poll depends on appends. A partition that has deleted a record states nothing
//!   of the order of actions.
//!
//! What a follower holds is read by an election only. So once no fault is left, its restart is ample,
//! and as the last fault its crash is redundant, as long as the leader is up, holds every copy, and gets
//! each confirmed without it. The arrival of an answer at its sender is independent of elections: it
//! neither reads nor writes anything of the broker. Only where the broker checks sequence numbers may
//! it come too early: what a client does with a later batch that it gives up depends on which batches
//! are still unanswered, and on the log.
//!
//! Assumptions about a broker: consumers' lines affect it only through the packets and calls named
//! in these modules, and it takes no spontaneous action that they do not name. Each module asks the
//! broker for what it assumes of it (`Independence`); whatever a broker does not state counts as a
//! dependence, so a broker that states nothing is never reduced.
//!
//! A standard SQS queue may redeliver a message at any time (`Choice::Repeat`). This action reads
//! and writes only the queue's own items, and stays enabled whatever consumers and senders do, so it
//! is independent of all ample actions but one: the arrival of a further copy of the same message. A
//! RabbitMQ node that is down may turn out not to have written a settlement
//! (`ActorStep::Unsettle`). This action reads and writes only the settled entry, and nothing in the
//! ledger. It is enabled only while no node leads: then senders, the broker's lines,
//! acknowledgments and the consumer-first set are not ample at all, and what remains (lines within a
//! consumer, arrivals at clients, restarts of clients) neither reads nor writes the queue's entries,
//! but for `comes_back`, which takes a ready and a settled entry alike. On a NATS server that is down
//! it also writes the queue of redeliveries, and makes a delivery count again that had been
//! acknowledged. Nothing ample reads that meanwhile: deliveries and sends need a leader, an answer of
//! a consumer is ample only for a copy that the stream no longer has, and no entry becomes held.

mod consumer_first;
mod fault_free;
mod under_faults;

use super::model::Bounds;
use crate::sim::{Choice, CompiledScenario, World};

/// Returns an action that is an ample set by itself, if there is one.
///
/// With faults left, only [`under_faults`] applies; once the fault budget is used up,
/// [`fault_free`] applies as well.
pub(super) fn ample_action(
    setup: &CompiledScenario,
    bounds: Bounds,
    world: &World,
    choices: &mut Vec<Choice>,
) -> Option<Choice> {
    if explores_all(setup) {
        return None;
    }
    if under_faults::applies(setup, bounds.classes)
        && let Some(step) = under_faults::ample_action(setup, bounds.classes, world)
    {
        return Some(step);
    }
    if world.faults_used < u16::from(bounds.faults) {
        return None;
    }
    fault_free::ample_action(setup, world, choices)
}

/// Reduces the enabled actions to an ample set where [`consumer_first`] finds one, and leaves them
/// unchanged otherwise.
pub(super) fn restrict_to_ample_set(
    setup: &CompiledScenario,
    bounds: Bounds,
    world: &World,
    choices: &mut Vec<Choice>,
) {
    if explores_all(setup) {
        return;
    }
    let one_left = world.faults_used + 1 == u16::from(bounds.faults);
    if one_left && under_faults::applies(setup, bounds.classes) {
        consumer_first::restrict_to_ample_set(setup, bounds, world, choices);
    }
}

/// Returns true if nothing is reduced: claims have leases, messages are acknowledged together, or two
/// relays read one outbox.
fn explores_all(setup: &CompiledScenario) -> bool {
    setup.has_leases() || setup.batching.is_some() || setup.has_two_relays()
}
