//! With one fault left, the consumer goes first.
//!
//! What a consumer does with the message in hand, and what can strike it or its stores meanwhile,
//! is its own affair: none of it changes what senders, the network and the broker do, or can be
//! changed by them. So of a state in which it has a line to run, only that line and those faults
//! are tried; whatever else could have come first comes to the same afterwards. A fault elsewhere
//! would be the last: then only the line itself has to bear it, and it does.
//!
//! It holds for lines that end (those that hand a message back, and so may come round for ever,
//! are left to wait with the rest), and while the broker counts on this consumer, has no wait for
//! it that is over, and has nothing of its under way.

use super::super::redundant_faults::survives_election;
use crate::check::model::Bounds;
use crate::sim::{
    ActorStep, Choice, Class, CompiledScenario, Fault, Op, Packet, Participant, Phase, World,
};

/// What has to be tried before anything else, of all that can happen: the choices that come by
/// themselves, then the faults. Nothing is left out where there is no such part.
pub(super) fn restrict_to_ample_set(
    setup: &CompiledScenario,
    bounds: Bounds,
    world: &World,
    choices: &mut Vec<Choice>,
) {
    let consumer = &world.consumers[0];
    // A wait of the broker's that is over may take the message away at any time.
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

/// A line to run, with its stores at hand.
fn has_line(setup: &CompiledScenario, bounds: Bounds, world: &World) -> bool {
    let consumer = &world.consumers[0];
    let Some(op) = setup.consumer.op(consumer.pc) else { return false };
    let is_up = op.store().is_none_or(|store| world.stores.is_up(store));
    let safe = match op {
        Op::Nack | Op::Seek | Op::Release | Op::Insert | Op::HandOff => false,
        Op::CommitTransaction | Op::StoreOffset | Op::Commit | Op::Ack if world.log().is_some() => {
            survives_election(setup) && !holds_up(setup, bounds)
        }
        // The acknowledgement may come to a broker that has forgotten for what; it must not mean
        // another copy.
        Op::Ack => world.leads() && consumer.copy <= world.ledger.of(consumer.msg).stored,
        // In its own memory, or in a store that nobody else writes to.
        Op::Receive | Op::CheckMemory | Op::MarkMemory => true,
        Op::CheckRedis | Op::MarkRedis | Op::Claim => true,
        Op::Begin | Op::Inbox | Op::Work | Op::Upsert | Op::Set => true,
        Op::StoreOffset | Op::Commit | Op::Call => true,
        // Nobody sees what a transaction has until it is committed.
        Op::Produce | Op::SendOffsets | Op::CommitTransaction => true,
        _ => false,
    };
    safe && is_up && (op != Op::CommitTransaction || world.leads())
}

/// The leader of a partition may crash with nobody to take over. Whether a message waited until it
/// was back, a commit before or after decides: the two depend on each other.
fn holds_up(setup: &CompiledScenario, bounds: Bounds) -> bool {
    setup.log().is_some() && bounds.classes.has(Class::Crash)
}

/// The broker waits for this consumer, and has nothing more for it meanwhile: no acknowledgement of
/// the consumer's is under way that would let it send more.
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
        // Here nothing is sent before it is asked for.
        _ => world.log().is_some() || world.visibility().is_some(),
    };
    no_worker
        && waits
        && !world.net.packets().iter().any(has_end)
        && world.log().is_none_or(|log| log.owner.is_some())
}

/// The next record is there to be read, and can be read at any time.
fn reads_on(setup: &CompiledScenario, bounds: Bounds, world: &World) -> bool {
    let commits = !world.polls_calmly(setup, 0);
    setup.worker.is_none()
        && survives_election(setup)
        && world.polls_now(setup, 0)
        && !(commits && holds_up(setup, bounds))
}
