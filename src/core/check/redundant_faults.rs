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
//! Assumptions about a broker: a lost response leaves the position of a Kafka consumer unchanged,
//! and the next poll returns the same records; what was read stays in the log unless elections may
//! be unclean; a queue with redelivery and a prefetch of 1, or an SQS queue, handles a lost
//! delivery like a crash of its receiver; and a broker keeps state about a consumer only as
//! unacknowledged entries (queues), in-flight items (SQS), or ownership and offsets of the
//! partition (Kafka). Apart from the last one (`has_nothing`), the checks return false for a broker
//! that they do not name.

use crate::check::model::Bounds;
use crate::sim::settings::kafka::Acks;
use crate::sim::{
    Class, Classes, CompiledScenario, Content, Fault, Packet, PacketKind, Participant, Pause,
    Phase, World,
};

/// Returns true if the fault changes nothing but time, or nothing that another fault would not
/// change as well.
pub(in crate::check) fn is_redundant(
    setup: &CompiledScenario,
    bounds: Bounds,
    world: &World,
    fault: Fault,
) -> bool {
    let classes = bounds.classes;
    match fault {
        Fault::Crash(Participant::Orders) => true,
        Fault::Crash(Participant::Accounts) => !world.consumers.iter().any(|c| c.tx.open),
        Fault::Crash(Participant::Redis) => world.stores.redis == 0,
        Fault::Crash(party) => match party.consumer() {
            Some(c) => has_nothing(setup, world, c),
            // It restarts with the same state, before anyone can need it.
            None => {
                let last = world.faults_used + 1 == u16::from(bounds.faults);
                last && party.node().is_some_and(|node| does_without(setup, world, node))
            }
        },
        Fault::Lose(i) => {
            let packet = &world.net.packets()[i as usize];
            match packet.kind {
                PacketKind::Ack | PacketKind::Refusal | PacketKind::Return => {
                    unheard(setup, world, packet)
                }
                // The position does not move, and the next poll returns the same records.
                PacketKind::Delivery if world.log().is_some() => is_in_log(world, packet),
                PacketKind::Delivery => lost_like_in_a_crash(setup, classes, world, packet),
                _ => false,
            }
        }
        Fault::Delay(i) => {
            let packet = &world.net.packets()[i as usize];
            packet.kind.is_for_producer() && unheard(setup, world, packet)
        }
        // No timeout can expire.
        Fault::Pause(_, Pause::Slow) => match (setup.queue(), setup.visibility()) {
            (Some(rules), _) => !rules.times_out,
            // A message group is blocked by a slow consumer, and by one that is not slow.
            (_, Some(rules)) => rules.heartbeat && !rules.fifo,
            _ => false,
        },
        _ => false,
    }
}

/// Returns true if the record of the delivery is in the log.
fn is_in_log(world: &World, packet: &Packet) -> bool {
    let mut entries = world.log().map_or(&[][..], |log| log.entries()).iter();
    let same = |msg: u8, copy: u8| (msg, copy) == (packet.msg, packet.copy);
    entries.any(|e| e.content == Content::Data && same(e.msg, e.copy))
}

/// Returns true if what was read stays in the log: no election truncates it below the high
/// watermark.
pub(super) fn survives_election(setup: &CompiledScenario) -> bool {
    setup.replicas == 1 || setup.log().is_some_and(|rules| !rules.unclean)
}

/// Returns true if no process will ever read this answer.
pub(super) fn unheard(setup: &CompiledScenario, world: &World, packet: &Packet) -> bool {
    let Some(s) = packet.to.sender() else { return false };
    let sender = &world.senders[s];
    let task = &sender.tasks[packet.msg as usize];
    // The sender has reported to its caller.
    let reported = setup.senders[s].ended(task.pc) && !world.is_sending(setup, s, packet.msg);
    // It was addressed to a process that died.
    reported || packet.epoch != sender.epoch
}

/// Returns true if the loss of this delivery is equivalent to a crash of its receiver, which waits
/// for it, expects nothing else, and has no memory.
pub(super) fn lost_like_in_a_crash(
    setup: &CompiledScenario,
    classes: Classes,
    world: &World,
    packet: &Packet,
) -> bool {
    let Some(c) = packet.to.consumer() else { return false };
    let consumer = &world.consumers[c];
    let one = match (setup.queue(), setup.visibility()) {
        (Some(rules), _) => rules.redelivery && rules.prefetch == 1,
        (_, visibility) => visibility.is_some(),
    };
    let alone = world.net.packets().iter().filter(|p| p.to == packet.to).count() == 1;
    // A consumer that starts late restarts only once everything else is quiescent.
    classes.has(Class::Crash)
        && !setup.scenario.consumer.starts_late
        && one
        && alone
        && consumer.idle(setup)
        && consumer.seen == 0
        && consumer.pending == 0
}

/// Returns true if a crash of the consumer loses nothing: it has nothing in hand, in memory, in
/// flight, or held for it by the broker.
fn has_nothing(setup: &CompiledScenario, world: &World, c: usize) -> bool {
    let consumer = &world.consumers[c];
    let to = Participant::CONSUMERS[c];
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
    // A scripted fault may still name the message that it handled last; there is no script here.
    idle && !on_way && !held && !moves
}

/// Returns true if the leader, its in-sync set and the sender can do without this follower.
fn does_without(setup: &CompiledScenario, world: &World, node: usize) -> bool {
    let (Some(log), Some(rules)) = (world.log(), setup.log()) else { return false };
    let others = (0..usize::from(setup.replicas)).filter(|&n| n != node);
    let in_sync = others.filter(|&n| log.is_up(n) && log.in_sync & (1 << n) != 0).count();
    log.leader() != Participant::NODES[node]
        && world.leads()
        && !rules.transactional
        && (rules.acks != Acks::All || in_sync >= usize::from(rules.min_in_sync))
}
