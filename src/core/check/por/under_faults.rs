//! Steps that can be taken at once while faults may still strike.
//!
//! Such a step is one of which every fault, and every other step, either knows nothing or undoes
//! all: the process that forgets it has taken a step might as well not have taken it. So a run in
//! which something else comes first is like one in which the step does.
//!
//! They are made for faults that lose packets, kill processes, or hold up and fail handlers, and
//! for a single consumer. With others, nothing is taken early.

use super::super::redundant_faults::{lost_like_in_a_crash, survives_election, unheard};
use crate::sim::{
    ActorStep, Choice, Class, Classes, CompiledScenario, KafkaConfig, Op, Packet, PacketKind,
    Participant, Pause, Phase, Timer, World,
};

/// Whether these are faults that this module knows about, and the consumers are so, too.
pub(super) fn applies(setup: &CompiledScenario, classes: Classes) -> bool {
    let known = [Class::Lost, Class::Crash, Class::Handler, Class::Slow];
    classes.iter().all(|class| known.contains(&class))
        && setup.consumers() == 1
        && !setup.scenario.consumer.starts_late
}

/// A step to be taken at once, if there is one.
pub(super) fn ample_action(
    setup: &CompiledScenario,
    classes: Classes,
    world: &World,
) -> Option<Choice> {
    comes_back(setup, world)
        .or_else(|| private_line(setup, world))
        .or_else(|| arrives(setup, classes, world))
        .or_else(|| polls(setup, world))
        .or_else(|| wait_ends(setup, world))
        .or_else(|| syncs_for_nothing(setup, classes, world))
}

/// A process of the application, or a store, is back. While it is down it only keeps others
/// waiting; what arrives meanwhile is lost, or means nothing to the new process.
fn comes_back(setup: &CompiledScenario, world: &World) -> Option<Choice> {
    for s in 0..setup.senders.len() {
        // A coordinator may end the transaction of a process that is down before it is back.
        let fenced = setup.log().is_some_and(|rules| rules.transactional);
        if !world.senders[s].up && !world.senders[s].gone && !fenced {
            return Some(Choice::Restart(setup.sender(s)));
        }
    }
    if let Some(store) = Participant::STORES.into_iter().find(|&store| !world.stores.is_up(store)) {
        return Some(Choice::Restart(store));
    }
    let consumer = &world.consumers[0];
    if !consumer.up && resumes_anywhere(setup, world) {
        return Some(Choice::Restart(Participant::Consumer));
    }
    // Once the broker has given up on it, it goes on as it could have gone on before.
    let given_up = match (world.queue(), world.visibility(), world.log()) {
        (Some(queue), ..) => queue.entries().iter().all(|e| e.phase == Phase::Ready),
        (_, Some(queue), _) => queue.items().iter().all(|i| i.hold == crate::sim::Hold::Visible),
        (.., Some(log)) => log.owner.is_none(),
        _ => false,
    };
    (consumer.up && consumer.pause != Pause::No && given_up)
        .then_some(Choice::Resume(Participant::Consumer))
}

/// Whether it makes no difference when a consumer begins: it reads on at an offset that does not
/// move while it is away.
fn resumes_anywhere(setup: &CompiledScenario, world: &World) -> bool {
    let fixed = |rules: &KafkaConfig| {
        let committed = world.log().and_then(|log| log.committed);
        !rules.stores_offset && (committed.is_some() || rules.earliest)
    };
    setup.log().is_none_or(fixed)
}

/// A line that changes only what the process itself knows, before it is done with the message: a
/// crash forgets it, and a pause only puts it off.
fn private_line(setup: &CompiledScenario, world: &World) -> Option<Choice> {
    let consumer = &world.consumers[0];
    if !consumer.runs() || !consumer.in_hand(setup) {
        return None;
    }
    let op = setup.consumer.op(consumer.pc)?;
    let before_ack = setup.consumer.place(Op::Ack).is_some_and(|ack| ack > consumer.pc);
    let private = match op {
        Op::CheckMemory | Op::MarkMemory => before_ack,
        // A crash of the database breaks what is open, and nothing is yet.
        Op::Begin => world.stores.is_up(Participant::Accounts) && !consumer.tx.open,
        // It knows of nobody: a crash of Redis would change nothing.
        Op::CheckRedis => world.stores.is_up(Participant::Redis) && world.stores.redis == 0,
        _ => false,
    };
    (private && Some(op) != setup.effect()).then_some(Choice::Run(ActorStep::Consumer(0)))
}

fn arrives(setup: &CompiledScenario, classes: Classes, world: &World) -> Option<Choice> {
    let packets = world.net.packets();
    let mut link = None;
    let at = packets.iter().position(|packet| {
        // They are sorted by connection: the first of each is the next to arrive.
        let first = link != Some((packet.from, packet.to));
        link = Some((packet.from, packet.to));
        first
            && match packet.kind {
                PacketKind::Ack | PacketKind::Refusal | PacketKind::Return => {
                    unheard(setup, world, packet)
                }
                PacketKind::Delivery => taken_in_hand(setup, classes, world, packet),
                PacketKind::ConsumerAck | PacketKind::Requeue | PacketKind::Reject => {
                    settles_nothing(world, packet)
                }
                PacketKind::Send | PacketKind::Release => false,
            }
    });
    at.map(|i| Choice::Deliver(i as u8))
}

/// A delivery to a consumer that waits for it. A crash forgets that it has come, and of a consumer
/// that remembers nothing else its loss is no other loss than such a crash.
fn taken_in_hand(
    setup: &CompiledScenario,
    classes: Classes,
    world: &World,
    packet: &Packet,
) -> bool {
    let idle = world.consumers[0].idle(setup);
    match world.log() {
        // A lost response to a poll is asked for again.
        Some(log) => idle && log.owner.is_some() && survives_election(setup),
        None => idle && lost_like_in_a_crash(setup, classes, world, packet),
    }
}

/// It belongs to a delivery that is over, of a copy whose number no other will have.
fn settles_nothing(world: &World, packet: &Packet) -> bool {
    let Some(queue) = world.queue() else { return false };
    let mut entries = queue.entries().iter();
    let entry = entries.find(|e| (e.msg, e.copy) == (packet.msg, packet.copy));
    let over = entry.is_none_or(|e| e.phase == Phase::Ready || e.deliveries != packet.n);
    over && packet.copy <= world.ledger.of(packet.msg).stored
}

/// The consumer asks for the next record, and nothing can take that record away: a crash of the
/// consumer, or a lost response, brings the position back.
fn polls(setup: &CompiledScenario, world: &World) -> Option<Choice> {
    (survives_election(setup) && world.polls_calmly(setup, 0))
        .then_some(Choice::Run(ActorStep::Dispatch(0)))
}

/// A sender's wait ends of which no answer to any attempt is left to come: only the sender itself
/// goes on, and its crash forgets how far.
fn wait_ends(setup: &CompiledScenario, world: &World) -> Option<Choice> {
    for s in 0..setup.senders.len() {
        for m in 0..setup.scenario.messages {
            let Some(timer) = world.timer_of(setup, s, m) else { continue };
            let about = |p: &Packet| p.msg == m && (p.from.sender().or(p.to.sender()) == Some(s));
            let gives_up = matches!(timer, Timer::Ack(..))
                && setup.log().is_some_and(|rules| rules.transactional);
            if !world.net.packets().iter().any(about) && !world.answer_due(s, m) && !gives_up {
                return Some(Choice::Fire(timer));
            }
        }
    }
    None
}

/// The sync of what the operating system has already: only a power loss could tell.
fn syncs_for_nothing(setup: &CompiledScenario, classes: Classes, world: &World) -> Option<Choice> {
    let queue = world.queue()?;
    if setup.replicas > 1 || classes.has(Class::Power) || !world.leads() {
        return None;
    }
    let entry = queue.entries().iter().find(|e| !setup.broker.ended(e.pc))?;
    let acknowledged = setup.broker.place(Op::Acknowledge).is_some_and(|ack| entry.pc > ack);
    let idle = setup.broker.op(entry.pc) == Some(Op::Persist) && entry.page & 1 != 0;
    (idle && acknowledged).then_some(Choice::Run(ActorStep::Broker))
}
