//! What need not be tried: steps whose order makes no difference, faults that change nothing,
//! followers that could as well have each other's names.
//!
//! Each rule keeps every verdict and every way in which a run can end; a test compares with and
//! without, over all presets. Runs keep their shortest lengths only up to steps that are done
//! early here and could have waited.
//!
//! **Order.** Once no more faults can strike and everybody concerned is up and reachable, a step
//! that nobody else's step can disable or be disabled by is taken at once, alone. Whatever can go on
//! for ever (a message handed back, a seek, a retry) is never such a step, so no cycle is made of
//! them alone, and nothing is put off for ever.

use crate::sim::{Choice, Fault, Kind, Op, Packet, Party, Pause, Phase, Run, Setup, World};

/// A step among these that can be taken at once, if there is one.
pub(super) fn at_once(setup: &Setup, world: &World, choices: &[Choice]) -> Option<usize> {
    if choices.len() < 2 || !reachable(setup, world) {
        return None;
    }
    let (senders, consumers) = (senders_go_on(setup, world), consumers_go_on(setup, world));
    choices.iter().position(|&choice| {
        let goes_on = match side(world, choice) {
            Side::Senders => senders,
            Side::Consumers => consumers,
        };
        goes_on && is_independent(setup, world, choice, choices)
    })
}

/// Whose affair a step is. What senders and the broker's storing do comes at the end of the line
/// and changes nothing for who reads from its beginning.
enum Side {
    Senders,
    Consumers,
}

fn side(world: &World, choice: Choice) -> Side {
    match choice {
        Choice::Deliver(i) => match world.net.packets()[i as usize].kind {
            Kind::Send | Kind::Ack | Kind::Refusal | Kind::Return => Side::Senders,
            _ => Side::Consumers,
        },
        Choice::Run(Run::Broker | Run::Fetch(_) | Run::Sync(_) | Run::Sender(..)) => Side::Senders,
        _ => Side::Consumers,
    }
}

/// Every node of the broker is up and connected; nothing is late.
fn reachable(setup: &Setup, world: &World) -> bool {
    let mut nodes = 0..usize::from(setup.replicas);
    let up = match (world.queue(), world.log()) {
        (Some(queue), _) => nodes.all(|n| queue.is_up(n)),
        (_, Some(log)) => nodes.all(|n| log.is_up(n)),
        _ => true,
    };
    up && world.net.cut == 0 && world.net.packets().iter().all(|p| !p.late)
}

fn senders_go_on(setup: &Setup, world: &World) -> bool {
    world.stores.is_up(Party::Orders) && world.senders[..setup.senders.len()].iter().all(|s| s.up)
}

fn consumers_go_on(setup: &Setup, world: &World) -> bool {
    let mut consumers = world.consumers[..setup.consumers()].iter();
    world.stores.is_up(Party::Redis)
        && world.stores.is_up(Party::Accounts)
        && world.log().is_none_or(|log| log.owner.is_some())
        && consumers.all(|c| c.up && c.pause == Pause::No)
}

fn is_independent(setup: &Setup, world: &World, choice: Choice, all: &[Choice]) -> bool {
    let alone = setup.consumers() == 1;
    match choice {
        Choice::Deliver(i) => arrives_at_once(setup, world, &world.net.packets()[i as usize]),
        Choice::Run(Run::Consumer(c)) => {
            let op = setup.consumer.op(world.consumers[c as usize].pc);
            match op {
                // These lead round and round.
                None | Some(Op::Nack | Op::Seek | Op::Release | Op::Insert) => false,
                // A commit is the group's affair, an acknowledgement the consumer's own.
                Some(Op::Ack) => alone || world.log().is_none(),
                Some(op) => alone || is_private(op),
            }
        }
        Choice::Run(Run::Broker | Run::Fetch(_) | Run::AutoCommit(_) | Run::Sync(_)) => true,
        Choice::Run(Run::Worker(..)) => alone,
        Choice::Run(Run::Dispatch(_)) => {
            let one = setup.queue().is_none_or(|rules| rules.prefetch == 1 && rules.redelivery);
            alone && one
        }
        Choice::Run(Run::Sender(s, _)) => {
            let other = |c: &&Choice| match **c {
                Choice::Run(Run::Sender(o, _)) => o == s,
                Choice::Fire(_) => true,
                _ => false,
            };
            senders_link(setup) && all.iter().filter(other).count() == 1
        }
        _ => false,
    }
}

/// Only one party sends to the broker, so what it sends comes in one order.
fn senders_link(setup: &Setup) -> bool {
    setup.senders.len() == 1
}

/// Lines that touch nothing but the consumer's own memory.
fn is_private(op: Op) -> bool {
    matches!(op, Op::CheckMemory | Op::MarkMemory | Op::HandOff | Op::Receive)
}

fn arrives_at_once(setup: &Setup, world: &World, packet: &Packet) -> bool {
    match packet.kind {
        Kind::Ack | Kind::Return => true,
        // A retry follows, and may come in any order with other sends.
        Kind::Refusal => false,
        Kind::Send => senders_link(setup),
        Kind::Delivery => setup.consumers() == 1,
        Kind::ConsumerAck => match world.queue() {
            // Where it makes an answer to the producer due, the order of answers would change.
            Some(queue) => queue.entries().iter().all(|e| !e.owes),
            None => false,
        },
        Kind::Requeue | Kind::Reject | Kind::Release => false,
    }
}

/// Whether the fault changes nothing but how long things take.
pub(super) fn changes_nothing(setup: &Setup, world: &World, fault: Fault) -> bool {
    match fault {
        Fault::Crash(Party::Orders) => true,
        Fault::Crash(Party::Accounts) => !world.consumers.iter().any(|c| c.tx.open),
        Fault::Crash(Party::Redis) => world.stores.redis == 0,
        Fault::Crash(party) => match party.consumer() {
            Some(c) => has_nothing(setup, world, c),
            None => false,
        },
        Fault::Lose(i) | Fault::Delay(i) => {
            let packet = &world.net.packets()[i as usize];
            let Some(s) = packet.to.sender() else { return false };
            let task = &world.senders[s].tasks[packet.msg as usize];
            // Its sender has made its report and listens no more.
            setup.senders[s].ended(task.pc) && !world.is_sending(setup, s, packet.msg)
        }
        _ => false,
    }
}

/// A consumer without anything to lose: nothing in hand, in memory, on its way, or waited for.
fn has_nothing(setup: &Setup, world: &World, c: usize) -> bool {
    let consumer = &world.consumers[c];
    let to = Party::CONSUMERS[c];
    let idle = consumer.idle(setup) && consumer.seen == 0 && consumer.pending == 0;
    let on_way = world.net.packets().iter().any(|p| p.to == to || p.from == to);
    let held = match (world.queue(), world.visibility()) {
        (Some(queue), _) => queue.entries().iter().any(|e| e.phase == Phase::Unacked(c as u8)),
        (_, Some(queue)) => {
            use crate::sim::Hold;
            queue.items().iter().any(|i| i.hold == Hold::InFlight(c as u8))
        }
        _ => false,
    };
    let moves = world.log().is_some_and(|log| {
        let owner = log.owner == Some(c as u8);
        let stored = setup.log().is_some_and(|rules| rules.stores_offset);
        let back = if stored { Some(world.stores.offset) } else { log.committed };
        owner && (setup.consumers() > 1 || back != Some(consumer.position))
    });
    // What it handled last may still be named by a fault of a script; there is none here.
    idle && !on_way && !held && !moves
}
