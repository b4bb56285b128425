//! Faults that need not be tried.

use crate::check::model::Bounds;
use crate::sim::settings::kafka::Acks;
use crate::sim::{
    Class, Classes, CompiledScenario, Content, Fault, Packet, PacketKind, Participant, Pause,
    Phase, World,
};

/// Whether the fault changes nothing but how long things take, or no more than another would.
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
            // It comes back as it was, before anybody can need it.
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
                // The position stays where it was, and the next poll brings the same.
                PacketKind::Delivery if world.log().is_some() => is_in_log(world, packet),
                PacketKind::Delivery => lost_like_in_a_crash(setup, classes, world, packet),
                _ => false,
            }
        }
        Fault::Delay(i) => {
            let packet = &world.net.packets()[i as usize];
            packet.kind.is_for_producer() && unheard(setup, world, packet)
        }
        // Nobody loses patience.
        Fault::Pause(_, Pause::Slow) => match (setup.queue(), setup.visibility()) {
            (Some(rules), _) => !rules.times_out,
            // Who waits for a group is held up by one that is slow, and by one that is not.
            (_, Some(rules)) => rules.heartbeat && !rules.fifo,
            _ => false,
        },
        _ => false,
    }
}

fn is_in_log(world: &World, packet: &Packet) -> bool {
    let mut entries = world.log().map_or(&[][..], |log| log.entries()).iter();
    let same = |msg: u8, copy: u8| (msg, copy) == (packet.msg, packet.copy);
    entries.any(|e| e.content == Content::Data && same(e.msg, e.copy))
}

/// What was read stays in the log: no election goes back behind the high watermark.
pub(super) fn survives_election(setup: &CompiledScenario) -> bool {
    setup.replicas == 1 || setup.log().is_some_and(|rules| !rules.unclean)
}

/// Nobody will ever listen to this answer.
pub(super) fn unheard(setup: &CompiledScenario, world: &World, packet: &Packet) -> bool {
    let Some(s) = packet.to.sender() else { return false };
    let sender = &world.senders[s];
    let task = &sender.tasks[packet.msg as usize];
    // It has made its report.
    let reported = setup.senders[s].ended(task.pc) && !world.is_sending(setup, s, packet.msg);
    // It was meant for a process that died.
    reported || packet.epoch != sender.epoch
}

/// The loss of this delivery comes to the same as a crash of its receiver, who waits for it, has
/// nothing else on its way, and remembers nothing.
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
    // One that starts late is not back before all else is at rest.
    classes.has(Class::Crash)
        && !setup.scenario.consumer.starts_late
        && one
        && alone
        && consumer.idle(setup)
        && consumer.seen == 0
        && consumer.pending == 0
}

/// A consumer without anything to lose: nothing in hand, in memory, on its way, or waited for.
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
    // What it handled last may still be named by a fault of a script; there is none here.
    idle && !on_way && !held && !moves
}

/// Whether the leader and its group are well without this follower, and a sender is, too.
fn does_without(setup: &CompiledScenario, world: &World, node: usize) -> bool {
    let (Some(log), Some(rules)) = (world.log(), setup.log()) else { return false };
    let others = (0..usize::from(setup.replicas)).filter(|&n| n != node);
    let in_sync = others.filter(|&n| log.is_up(n) && log.in_sync & (1 << n) != 0).count();
    log.leader() != Participant::NODES[node]
        && world.leads()
        && !rules.transactional
        && (rules.acks != Acks::All || in_sync >= usize::from(rules.min_in_sync))
}
