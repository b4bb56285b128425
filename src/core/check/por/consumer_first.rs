//! Partial-order reduction with an ample set of several actions: the consumer's next line and the
//! faults that concern it, when one fault is left.
//!
//! The ample set holds the enabled lines, automatic commits and polls of the consumer, and every
//! enabled crash, pause and handler failure that strikes the consumer or its stores. The conditions
//! of [`super`]:
//!
//! - **C0**: the set is selected from the enabled actions, and always contains the consumer's line,
//!   its automatic commit or its poll; otherwise nothing is reduced.
//! - **C1**: what the consumer does with the message in hand, and what strikes it or its stores
//!   meanwhile, neither changes nor depends on what senders, the network and the broker do. A fault
//!   outside the set uses up the last of the budget, so only the consumer's line has to commute
//!   with it, and it does.
//! - **C2**: the argument of [`super`]. A line that could set `blocked` in the ledger together with
//!   the crash of a leader is not ample (see `holds_up`).
//! - **C3**: lines after which the message can come again (`Nack`, `Seek`, `Release`, `Insert`,
//!   `Stop`) are not ample, nor are `HandOff` and `DeadLetter`, so an ample line makes progress in
//!   the program. Nor is a line of a handler that is bound to fail.
//!
//! Assumptions about a broker, which it states as an [`Independence`](crate::sim::Independence):
//! while its consumer has a message in hand, it waits for this consumer, no timer of its own for the
//! consumer has expired, and no packet between the two is in flight (`waits_only_for`). Lines that
//! settle or commit, and polls, are independent of it (`settles_independently`, `reads_on`).

use crate::check::model::Bounds;
use crate::sim::{
    ActorStep, Choice, CompiledScenario, Fault, Op, Packet, Participant, View, World,
};

/// Restricts `choices` to the ample set of the consumer, if the conditions hold.
///
/// `choices` lists the spontaneous actions first, then the faults; the order is preserved.
pub(super) fn restrict_to_ample_set(
    setup: &CompiledScenario,
    bounds: Bounds,
    world: &World,
    choices: &mut Vec<Choice>,
) {
    let cx = world.view(setup);
    let consumer = &world.consumers[0];
    // An expired timer of the broker may take the message away at any time.
    if !consumer.runs() || world.broker.waits_for(&cx, 0) {
        return;
    }
    let own = if consumer.in_hand(setup) {
        has_line(&cx, bounds, world) && is_left_alone(&cx, world)
    } else {
        setup.worker.is_none()
            && world.broker.survives_election(&cx)
            && world.broker.reads_on(&cx, 0, bounds.classes)
    };
    if own {
        choices.retain(|&choice| is_own(choice));
    }
}

/// Returns true for a step of the consumer, and for a fault that strikes it or one of its stores.
fn is_own(choice: Choice) -> bool {
    let own = |party: Participant| {
        matches!(party, Participant::Consumer | Participant::Redis | Participant::Accounts)
    };
    match choice {
        Choice::Run(ActorStep::Consumer(_) | ActorStep::AutoCommit(_) | ActorStep::Dispatch(_)) => {
            true
        }
        Choice::Strike(
            Fault::Crash(at)
            | Fault::Pause(at, _)
            | Fault::FailHandler(at)
            | Fault::FailAttempts(at),
            _,
        ) => own(at),
        _ => false,
    }
}

/// Returns true if the consumer's next line is independent of everything outside the ample set, and
/// the store that it calls is up.
fn has_line(cx: &View, bounds: Bounds, world: &World) -> bool {
    let consumer = &world.consumers[0];
    let Some(op) = cx.setup.consumer.op(consumer.pc) else { return false };
    let is_up = op.store().is_none_or(|store| world.stores.is_up(store));
    let safe = match op {
        Op::Nack | Op::Seek | Op::Release | Op::Insert | Op::HandOff => false,
        Op::DeadLetter | Op::Stop | Op::ClaimInProgress | Op::Complete => false,
        _ if consumer.fails_again() => false,
        Op::Ack | Op::StoreOffset | Op::Commit | Op::CommitTransaction => {
            world.broker.settles_independently(cx, 0, op, bounds.classes)
        }
        // Writes only the consumer's own memory, or a store with no other writer.
        Op::Receive | Op::CheckMemory | Op::MarkMemory => true,
        Op::CheckRedis | Op::MarkRedis | Op::Claim => true,
        Op::Begin | Op::Inbox | Op::Work | Op::Upsert | Op::Set | Op::Call => true,
        // Writes of a transaction are not visible before it commits.
        Op::Produce | Op::SendOffsets => true,
        _ => false,
    };
    safe && is_up && (op != Op::CommitTransaction || world.broker.leads())
}

/// Returns true if the broker waits for this consumer and has nothing else to send to it: no
/// acknowledgment of the consumer is in flight that would let the broker deliver more.
fn is_left_alone(cx: &View, world: &World) -> bool {
    let has_end = |p: &Packet| p.to == Participant::Consumer || p.from == Participant::Consumer;
    cx.setup.worker.is_none()
        && !world.net.packets().iter().any(has_end)
        && world.broker.waits_only_for(cx, 0)
}
