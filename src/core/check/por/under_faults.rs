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
//! Assumptions about a broker, which it states as an [`Independence`](crate::sim::Independence):
//!
//! - What it sends to a process that is down is lost, or means nothing to the restarted process.
//! - A consumer that restarts resumes where it would have resumed before (`resumes_anywhere`).
//! - A consumer that it has given up on can continue as it could have before (`has_given_up`).
//! - It answers a producer only with packets in flight, or for stored copies whose answer is due
//!   (`answer_due`), and nothing else of it depends on a sender (`leaves_senders_alone`).
//!
//! The reduction covers faults that lose packets, kill processes, or slow down and fail handlers,
//! and a single consumer. With other faults, no action is ample here.

use super::super::redundant_faults::{lost_like_in_a_crash, unheard};
use crate::sim::{
    ActorStep, Choice, Class, Classes, CompiledScenario, Op, Packet, PacketKind, Participant,
    Pause, Timer, View, World, producer,
};

/// Returns true if the reduction covers all of these fault classes and the consumers of the setup.
pub(super) fn applies(setup: &CompiledScenario, classes: Classes) -> bool {
    let known = [Class::Lost, Class::Crash, Class::Handler, Class::Slow];
    classes.iter().all(|class| known.contains(&class))
        && setup.consumers() == 1
        && !setup.configuration().consumer.starts_late
}

/// Returns a singleton ample set, if there is one.
pub(super) fn ample_action(
    setup: &CompiledScenario,
    classes: Classes,
    world: &World,
) -> Option<Choice> {
    let cx = &world.view(setup);
    comes_back(cx, world)
        .or_else(|| private_line(setup, world))
        .or_else(|| arrives(cx, classes, world))
        .or_else(|| polls(cx, world))
        .or_else(|| wait_ends(cx, world))
        .or_else(|| syncs_for_nothing(cx, classes, world))
}

/// Returns the restart of a process of the application or of a store, or the resumption of a
/// consumer.
///
/// While a process is down it only keeps others waiting; what arrives meanwhile is lost, or means
/// nothing to the new process.
fn comes_back(cx: &View, world: &World) -> Option<Choice> {
    let broker = &world.broker;
    for s in (0..cx.setup.senders.len()).filter(|_| broker.leaves_senders_alone()) {
        if !world.senders[s].up && !world.senders[s].gone {
            return Some(Choice::Restart(cx.setup.sender(s)));
        }
    }
    if let Some(store) = Participant::STORES.into_iter().find(|&store| !world.stores.is_up(store)) {
        return Some(Choice::Restart(store));
    }
    let consumer = &world.consumers[0];
    if !consumer.up && broker.resumes_anywhere(cx) {
        return Some(Choice::Restart(Participant::Consumer));
    }
    // Once the broker has given up on the consumer, it continues as it could have continued before.
    (consumer.up && consumer.pause != Pause::No && broker.has_given_up())
        .then_some(Choice::Resume(Participant::Consumer))
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
fn arrives(cx: &View, classes: Classes, world: &World) -> Option<Choice> {
    let packets = world.net.packets();
    let mut link = None;
    let at = packets.iter().position(|packet| {
        // Packets are sorted by connection: the first of each is the next to arrive.
        let first = link != Some((packet.from, packet.to));
        link = Some((packet.from, packet.to));
        first
            && match packet.kind {
                PacketKind::Ack | PacketKind::Refusal | PacketKind::Return => unheard(cx, packet),
                PacketKind::Delivery => taken_in_hand(cx, classes, world, packet),
                PacketKind::ConsumerAck | PacketKind::Requeue | PacketKind::Reject => {
                    world.broker.settles_nothing(cx, packet)
                }
                PacketKind::Send | PacketKind::Release => false,
            }
    });
    at.map(|i| Choice::Deliver(i as u8))
}

/// Returns true for a delivery to a consumer that waits for it. A crash erases the arrival, and for
/// a consumer without other memory the loss of the packet is equivalent to such a crash.
fn taken_in_hand(cx: &View, classes: Classes, world: &World, packet: &Packet) -> bool {
    let broker = &world.broker;
    // A consumer repeats a poll whose response is lost.
    let again = broker.polls_again() && broker.survives_election(cx);
    world.consumers[0].idle(cx.setup) && (again || lost_like_in_a_crash(cx, classes, world, packet))
}

/// Returns the consumer's next poll, if nothing can take the record away. A crash of the consumer,
/// or the loss of the response, restores the position.
fn polls(cx: &View, world: &World) -> Option<Choice> {
    let broker = &world.broker;
    (broker.survives_election(cx) && broker.polls_independently(cx, 0))
        .then_some(Choice::Run(ActorStep::Dispatch(0)))
}

/// Returns the timeout or backoff of a sender for which no answer to any attempt is outstanding:
/// only the sender itself continues, and its crash erases how far it got.
fn wait_ends(cx: &View, world: &World) -> Option<Choice> {
    let broker = &world.broker;
    for s in 0..cx.setup.senders.len() {
        for m in 0..cx.setup.configuration().messages {
            let Some(timer) = producer::timer(cx, broker, s, m) else { continue };
            let about = |p: &Packet| p.msg == m && (p.from.sender().or(p.to.sender()) == Some(s));
            let gives_up = matches!(timer, Timer::Ack(..)) && !broker.leaves_senders_alone();
            if !world.net.packets().iter().any(about) && !broker.answer_due(s, m) && !gives_up {
                return Some(Choice::Fire(timer));
            }
        }
    }
    None
}

/// Returns the fsync of a copy that the operating system already has and that is acknowledged. Only
/// a power loss could tell the difference.
fn syncs_for_nothing(cx: &View, classes: Classes, world: &World) -> Option<Choice> {
    let idle = !classes.has(Class::Power) && world.broker.syncs_for_nothing(cx);
    idle.then_some(Choice::Run(ActorStep::Broker))
}
