//! With one fault left, the consumer goes first.
//!
//! What a consumer does with the message in hand, and what can strike it or its stores meanwhile,
//! is its own affair: none of it changes what senders, the network and the broker do, or can be
//! changed by them. So of a state in which it has a line to run, only that line and those faults
//! are tried; whatever else could have come first comes to the same afterwards. A fault elsewhere
//! would be the last: then only the line itself has to bear it, and it does.
//!
//! It holds for lines that end (those that hand a message back, and so may come round for ever,
//! are left to wait with the rest), and while the broker counts on this consumer and sends it
//! nothing else.

use super::faults::is_kept;
use crate::sim::{Choice, Fault, Op, Party, Phase, Run, Setup, World};

/// What has to be tried before anything else, of all that can happen: the choices that come by
/// themselves, then the faults. Nothing is left out where there is no such part.
pub(super) fn keep_own(setup: &Setup, world: &World, choices: &mut Vec<Choice>) {
    let consumer = &world.consumers[0];
    if !consumer.runs() {
        return;
    }
    let own = if consumer.in_hand(setup) {
        has_line(setup, world) && is_left_alone(setup, world)
    } else {
        reads_on(setup, world)
    };
    if own {
        choices.retain(|&choice| is_own(choice));
    }
}

fn is_own(choice: Choice) -> bool {
    let own = |party: Party| matches!(party, Party::Consumer | Party::Redis | Party::Accounts);
    match choice {
        Choice::Run(Run::Consumer(_) | Run::AutoCommit(_) | Run::Dispatch(_)) => true,
        Choice::Strike(Fault::Crash(at) | Fault::Pause(at, _) | Fault::FailHandler(at), _) => {
            own(at)
        }
        _ => false,
    }
}

/// A line to run, with its stores at hand.
fn has_line(setup: &Setup, world: &World) -> bool {
    let consumer = &world.consumers[0];
    let Some(op) = setup.consumer.op(consumer.pc) else { return false };
    let is_up = op.store().is_none_or(|store| world.stores.is_up(store));
    let safe = match op {
        Op::Nack | Op::Seek | Op::Release | Op::Insert | Op::HandOff => false,
        Op::CommitTransaction | Op::StoreOffset | Op::Commit | Op::Ack if world.log().is_some() => {
            is_kept(setup)
        }
        // The acknowledgement may come to a broker that has forgotten for what; it must not mean
        // another copy.
        Op::Ack => world.leads() && consumer.copy <= world.ledger.of(consumer.msg).stored,
        _ => true,
    };
    safe && is_up && (op != Op::CommitTransaction || world.leads())
}

/// The broker waits for this consumer, and has nothing more for it meanwhile.
fn is_left_alone(setup: &Setup, world: &World) -> bool {
    let consumer = &world.consumers[0];
    let (msg, copy, n) = (consumer.msg, consumer.copy, consumer.n);
    let no_worker = setup.worker.is_none();
    let waits = match (world.queue(), setup.queue()) {
        (Some(queue), Some(rules)) => {
            let held = |phase: Phase| phase == Phase::Unacked(0);
            let mut entries = queue.entries().iter();
            let one = rules.redelivery && rules.prefetch == 1;
            one && entries.any(|e| held(e.phase) && (e.msg, e.copy, e.deliveries) == (msg, copy, n))
                && world.leads()
                && !world.net.packets().iter().any(|p| p.to == Party::Consumer)
        }
        _ => true,
    };
    no_worker && waits && world.log().is_none_or(|log| log.owner.is_some())
}

/// The next record is there to be read, and can be read at any time.
fn reads_on(setup: &Setup, world: &World) -> bool {
    setup.worker.is_none() && is_kept(setup) && world.polls_now(setup, 0)
}
