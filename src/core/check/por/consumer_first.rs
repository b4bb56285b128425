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
//! - **C3**: lines after which the message can come again (`Nack`, `Seek`, `Release`, `Insert`) are
//!   not ample, nor is `HandOff`, so an ample line makes progress in the program.
//!
//! Assumptions about a broker: while its consumer has a message in hand, it waits for this
//! consumer, no timer of its own for the consumer has expired, and no packet between the two is in
//! flight. A queue therefore needs redelivery with a prefetch of 1; a Kafka partition and an SQS
//! queue send nothing before they are asked. `is_left_alone` names each broker model, and holds for
//! no other.

use super::super::redundant_faults::survives_election;
use crate::check::model::Bounds;
use crate::sim::{
    ActorStep, Choice, Class, CompiledScenario, Fault, Op, Packet, Participant, Phase, World,
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
    let consumer = &world.consumers[0];
    // An expired timer of the broker may take the message away at any time.
    if !consumer.runs() || world.waited_for(setup, 0) {
        return;
    }
    let own = if consumer.in_hand(setup) {
        has_line(setup, bounds, world) && is_left_alone(setup, world)
    } else {
        reads_on(setup, bounds, world)
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
        Choice::Strike(Fault::Crash(at) | Fault::Pause(at, _) | Fault::FailHandler(at), _) => {
            own(at)
        }
        _ => false,
    }
}

/// Returns true if the consumer's next line is independent of everything outside the ample set, and
/// the store that it calls is up.
fn has_line(setup: &CompiledScenario, bounds: Bounds, world: &World) -> bool {
    let consumer = &world.consumers[0];
    let Some(op) = setup.consumer.op(consumer.pc) else { return false };
    let is_up = op.store().is_none_or(|store| world.stores.is_up(store));
    let safe = match op {
        Op::Nack | Op::Seek | Op::Release | Op::Insert | Op::HandOff => false,
        Op::CommitTransaction | Op::StoreOffset | Op::Commit | Op::Ack if world.log().is_some() => {
            survives_election(setup) && !holds_up(setup, bounds)
        }
        // The acknowledgment may reach a broker that no longer knows the delivery; then its copy
        // number must not denote another copy.
        Op::Ack => world.leads() && consumer.copy <= world.ledger.of(consumer.msg).stored,
        // Writes only the consumer's own memory, or a store with no other writer.
        Op::Receive | Op::CheckMemory | Op::MarkMemory => true,
        Op::CheckRedis | Op::MarkRedis | Op::Claim => true,
        Op::Begin | Op::Inbox | Op::Work | Op::Upsert | Op::Set => true,
        Op::StoreOffset | Op::Commit | Op::Call => true,
        // Writes of a transaction are not visible before it commits.
        Op::Produce | Op::SendOffsets | Op::CommitTransaction => true,
        _ => false,
    };
    safe && is_up && (op != Op::CommitTransaction || world.leads())
}

/// Returns true if the leader of a partition may crash with no replica to take over. A commit
/// before or after the crash decides whether a message was held up until the leader returned, so
/// the two actions are dependent.
fn holds_up(setup: &CompiledScenario, bounds: Bounds) -> bool {
    setup.log().is_some() && bounds.classes.has(Class::Crash)
}

/// Returns true if the broker waits for this consumer and has nothing else to send to it: no
/// acknowledgment of the consumer is in flight that would let the broker deliver more.
fn is_left_alone(setup: &CompiledScenario, world: &World) -> bool {
    let consumer = &world.consumers[0];
    let (msg, copy, n) = (consumer.msg, consumer.copy, consumer.n);
    let no_worker = setup.worker.is_none();
    let has_end = |p: &Packet| p.to == Participant::Consumer || p.from == Participant::Consumer;
    let waits = match (world.queue(), setup.queue()) {
        (Some(queue), Some(rules)) => {
            let held = |phase: Phase| phase == Phase::Unacked(0);
            let mut entries = queue.entries().iter();
            let one = rules.redelivery && rules.prefetch == 1;
            one && entries.any(|e| held(e.phase) && (e.msg, e.copy, e.deliveries) == (msg, copy, n))
                && world.leads()
        }
        // A Kafka partition and an SQS queue send nothing before they are asked.
        _ => world.log().is_some() || world.visibility().is_some(),
    };
    no_worker
        && waits
        && !world.net.packets().iter().any(has_end)
        && world.log().is_none_or(|log| log.owner.is_some())
}

/// Returns true if the consumer can poll the next record now, and the record stays readable.
fn reads_on(setup: &CompiledScenario, bounds: Bounds, world: &World) -> bool {
    let commits = !world.polls_calmly(setup, 0);
    setup.worker.is_none()
        && survives_election(setup)
        && world.polls_now(setup, 0)
        && !(commits && holds_up(setup, bounds))
}
