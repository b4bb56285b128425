//! Fault pruning: faults that need not be explored, because they have no effect or none that
//! another fault does not have.
//!
//! This removes transitions rather than postponing them, so it is no ample-set reduction. A fault
//! is redundant for one of two reasons:
//!
//! - *No effect*: apart from time, the system behaves after the fault as it does without it. The
//!   process restarts as it was before anyone can need it, the packet would never have been read,
//!   or no timer runs that the delay could outlast. A run with the fault is equivalent to one
//!   without, which stays within the fault budget.
//! - *Subsumed*: its effect equals that of a crash that is explored as well. The loss of a delivery
//!   to an idle consumer without memory is equivalent to the crash of this consumer.
//!
//! An equivalent run remains in either case, so invisibility and the cycle proviso need no separate
//! argument. `tests/reference.rs` compares the result with a search that prunes nothing.
//!
//! Assumptions about a broker, which it states as an [`Independence`](crate::sim::Independence): a
//! lost response leaves the position of a consumer unchanged, and the next poll returns the same
//! (`is_polled_again`); or a lost delivery is handled like a crash of its receiver
//! (`loss_is_like_a_crash`); and the broker keeps nothing for a consumer or on a node that a crash
//! would change (`holds_nothing_for`, `does_without`). For a broker that states none of these, no
//! fault is pruned on its account.

use crate::check::model::Bounds;
use crate::sim::settings::outbox::Lock;
use crate::sim::{
    Attempts, Class, Classes, CompiledScenario, Fault, Packet, PacketKind, Participant, Pause,
    View, World, producer,
};

/// Returns true if the fault changes nothing but time, or nothing that another fault would not
/// change as well.
pub(in crate::check) fn is_redundant(
    setup: &CompiledScenario,
    bounds: Bounds,
    world: &World,
    fault: Fault,
) -> bool {
    let (cx, broker) = (&world.view(setup), &world.broker);
    match fault {
        // It ends the transactions that have locked rows, and a lease may end meanwhile.
        Fault::Crash(Participant::Orders) => world.stores.open == 0 && setup.lock() == Lock::None,
        // While a store or a node is down, a lease may end whose owner waits for it.
        Fault::Crash(party) if setup.has_leases() && waited_for(party) => false,
        Fault::Crash(Participant::Accounts) => !world.consumers.iter().any(|c| c.tx.open),
        Fault::Crash(Participant::Redis) => world.stores.redis | world.stores.claimed == 0,
        Fault::Crash(party) => match party.consumer() {
            Some(c) => has_nothing(cx, world, c),
            // It restarts with the same state, before anyone can need it.
            None => {
                let last = world.faults_used + 1 == u16::from(bounds.faults);
                last && party.node().is_some_and(|node| broker.does_without(cx, node))
            }
        },
        Fault::Lose(i) => {
            let packet = &world.net.packets()[i as usize];
            match packet.kind {
                PacketKind::Ack | PacketKind::Refusal | PacketKind::Return => unheard(cx, packet),
                // The next poll or receive may take more.
                PacketKind::Delivery if setup.batching.is_some() => false,
                PacketKind::Delivery => {
                    broker.is_polled_again(packet)
                        || lost_like_in_a_crash(cx, bounds.classes, world, packet)
                }
                _ => false,
            }
        }
        Fault::Delay(i) => {
            let packet = &world.net.packets()[i as usize];
            packet.kind.is_for_producer() && unheard(cx, packet)
        }
        // No timeout can expire.
        Fault::Pause(_, Pause::Slow) => broker.tolerates_slow_handlers() && !setup.has_leases(),
        _ => false,
    }
}

/// Returns true for what the owner of a claim or a relay may have to wait for: the database of the
/// accounts, and the nodes of the broker. A crash of Redis is redundant only where there is no claim.
fn waited_for(party: Participant) -> bool {
    party == Participant::Accounts || party.node().is_some()
}

/// Returns true if no process will ever read this answer.
pub(super) fn unheard(cx: &View, packet: &Packet) -> bool {
    let Some(s) = packet.to.sender() else { return false };
    let sender = &cx.senders[s];
    let task = &sender.tasks[packet.msg as usize];
    // The sender has reported to its caller.
    let reported = cx.setup.senders[s].ended(task.pc) && !producer::is_sending(cx, s, packet.msg);
    // It was addressed to a process that died.
    reported || packet.epoch != sender.epoch
}

/// Returns true if the loss of this delivery is equivalent to a crash of its receiver, which waits
/// for it, expects nothing else, and has no memory.
pub(super) fn lost_like_in_a_crash(
    cx: &View,
    classes: Classes,
    world: &World,
    packet: &Packet,
) -> bool {
    let Some(c) = packet.to.consumer() else { return false };
    let consumer = &world.consumers[c];
    let alone = world.net.packets().iter().filter(|p| p.to == packet.to).count() == 1;
    // A consumer that starts late restarts only once everything else is quiescent.
    classes.has(Class::Crash)
        && !cx.setup.configuration().consumer.starts_late
        && world.broker.loss_is_like_a_crash()
        && alone
        && consumer.idle(cx.setup)
        && consumer.seen == 0
        && consumer.pending == 0
        && consumer.attempts == Attempts::default()
}

/// Returns true if a crash of the consumer loses nothing: it has nothing in hand, in memory, in
/// flight, or held for it by the broker.
fn has_nothing(cx: &View, world: &World, c: usize) -> bool {
    let consumer = &world.consumers[c];
    let to = Participant::CONSUMERS[c];
    let remembers = consumer.attempts != Attempts::default();
    let idle = consumer.idle(cx.setup) && consumer.seen == 0 && consumer.pending == 0 && !remembers;
    let on_way = world.net.packets().iter().any(|p| p.to == to || p.from == to);
    // A consumer that starts late restarts only once everything else is quiescent, so its crash can be
    // noticed. A scripted fault may still name the message that it handled last; there is no script
    // here.
    !cx.setup.configuration().consumer.starts_late
        && idle
        && !on_way
        && world.broker.holds_nothing_for(cx, c)
}
