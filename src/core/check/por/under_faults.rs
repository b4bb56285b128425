//! Partial-order reduction while faults may still strike: singleton ample sets of actions that
//! every fault and every other action either commutes with or undoes.
//!
//! To undo an action means to erase all of its effects: a process that loses its memory of a step
//! might as well not have taken it. So a run in which another action comes first is equivalent to
//! one in which the ample action does. The conditions of [`super`]:
//!
//! - **C0**: each function below returns an action that is enabled in the state.
//! - **C1**: this is weaker than independence. For every action `b` that could occur first,
//!   including faults, either `b` is independent of the ample action `a`, or `a` followed by `b`
//!   reaches the same state as `b` alone. The doc comment of each function gives the argument.
//! - **C2**: the argument of [`super`]. A line that applies the effect is never ample.
//! - **C3**: `Receive` and every line that finishes a message or returns it (work, acknowledge,
//!   commit, reject, seek) are never ample here, nor are sends, so no cycle consists of these
//!   actions only.
//!
//! Assumptions about a broker:
//!
//! - What it sends to a process that is down is lost, or means nothing to the restarted process.
//! - Only a Kafka offset affects where a restarted consumer resumes (`resumes_anywhere`).
//! - A consumer that it has given up on can continue as it could have before; `comes_back` names
//!   each broker model that this holds for.
//! - It answers a producer only with packets in flight, or for stored copies whose answer is due
//!   (`wait_ends`).
//!
//! The reduction covers faults that lose packets, kill processes, or slow down and fail handlers,
//! and a single consumer. With other faults, no action is ample here.

use super::super::redundant_faults::{lost_like_in_a_crash, survives_election, unheard};
use crate::sim::{
    ActorStep, Choice, Class, Classes, CompiledScenario, KafkaConfig, Op, Packet, PacketKind,
    Participant, Pause, Phase, Timer, World,
};

/// Returns true if the reduction covers all of these fault classes and the consumers of the setup.
pub(super) fn applies(setup: &CompiledScenario, classes: Classes) -> bool {
    let known = [Class::Lost, Class::Crash, Class::Handler, Class::Slow];
    classes.iter().all(|class| known.contains(&class))
        && setup.consumers() == 1
        && !setup.scenario.consumer.starts_late
}

/// Returns a singleton ample set, if there is one.
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

/// Returns the restart of a process of the application or of a store, or the resumption of a
/// consumer.
///
/// While a process is down it only keeps others waiting; what arrives meanwhile is lost, or means
/// nothing to the new process.
fn comes_back(setup: &CompiledScenario, world: &World) -> Option<Choice> {
    for s in 0..setup.senders.len() {
        // A coordinator may end the transaction of a process before the process restarts.
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
    // Once the broker has given up on the consumer, it continues as it could have continued before.
    let given_up = match (world.queue(), world.visibility(), world.log()) {
        (Some(queue), ..) => {
            queue.entries().iter().all(|e| matches!(e.phase, Phase::Ready | Phase::Settled))
        }
        (_, Some(queue), _) => queue.items().iter().all(|i| i.hold == crate::sim::Hold::Visible),
        (.., Some(log)) => log.owner.is_none(),
        _ => false,
    };
    (consumer.up && consumer.pause != Pause::No && given_up)
        .then_some(Choice::Resume(Participant::Consumer))
}

/// Returns true if the time at which a consumer starts makes no difference: it resumes at an offset
/// that does not move while it is down.
fn resumes_anywhere(setup: &CompiledScenario, world: &World) -> bool {
    let fixed = |rules: &KafkaConfig| {
        let committed = world.log().and_then(|log| log.committed);
        !rules.stores_offset && (committed.is_some() || rules.earliest)
    };
    setup.log().is_none_or(fixed)
}

/// Returns a line that changes only the private state of the consumer, before it has finished with
/// the message. A crash erases its effect, and a pause only delays it.
fn private_line(setup: &CompiledScenario, world: &World) -> Option<Choice> {
    let consumer = &world.consumers[0];
    if !consumer.runs() || !consumer.in_hand(setup) {
        return None;
    }
    let op = setup.consumer.op(consumer.pc)?;
    let before_ack = setup.consumer.place(Op::Ack).is_some_and(|ack| ack > consumer.pc);
    let private = match op {
        Op::CheckMemory | Op::MarkMemory => before_ack,
        // A crash of the database aborts open transactions, and none is open yet.
        Op::Begin => world.stores.is_up(Participant::Accounts) && !consumer.tx.open,
        // The set in Redis is empty: a crash of Redis would change nothing.
        Op::CheckRedis => world.stores.is_up(Participant::Redis) && world.stores.redis == 0,
        _ => false,
    };
    (private && Some(op) != setup.effect()).then_some(Choice::Run(ActorStep::Consumer(0)))
}

/// Returns the arrival of the first packet of a connection that is ample, if there is one.
fn arrives(setup: &CompiledScenario, classes: Classes, world: &World) -> Option<Choice> {
    let packets = world.net.packets();
    let mut link = None;
    let at = packets.iter().position(|packet| {
        // Packets are sorted by connection: the first of each is the next to arrive.
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

/// Returns true for a delivery to a consumer that waits for it. A crash erases the arrival, and for
/// a consumer without other memory the loss of the packet is equivalent to such a crash.
fn taken_in_hand(
    setup: &CompiledScenario,
    classes: Classes,
    world: &World,
    packet: &Packet,
) -> bool {
    let idle = world.consumers[0].idle(setup);
    match world.log() {
        // A consumer repeats a poll whose response is lost.
        Some(log) => idle && log.owner.is_some() && survives_election(setup),
        None => idle && lost_like_in_a_crash(setup, classes, world, packet),
    }
}

/// Returns true if the packet belongs to a delivery that is over, of a copy whose number no other
/// copy will get.
fn settles_nothing(world: &World, packet: &Packet) -> bool {
    let Some(queue) = world.queue() else { return false };
    let mut entries = queue.entries().iter().filter(|e| e.phase != Phase::Settled);
    let entry = entries.find(|e| (e.msg, e.copy) == (packet.msg, packet.copy));
    let over = entry.is_none_or(|e| e.phase == Phase::Ready || e.deliveries != packet.n);
    over && packet.copy <= world.ledger.of(packet.msg).stored
}

/// Returns the consumer's next poll, if nothing can take the record away. A crash of the consumer,
/// or the loss of the response, restores the position.
fn polls(setup: &CompiledScenario, world: &World) -> Option<Choice> {
    (survives_election(setup) && world.polls_calmly(setup, 0))
        .then_some(Choice::Run(ActorStep::Dispatch(0)))
}

/// Returns the timeout or backoff of a sender for which no answer to any attempt is outstanding:
/// only the sender itself continues, and its crash erases how far it got.
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

/// Returns the fsync of a copy that the operating system already has and that is acknowledged. Only
/// a power loss could tell the difference.
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
