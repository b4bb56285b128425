//! Symmetry reduction: maps a state to the canonical representative of its equivalence class, so
//! that states with the same future behavior are stored once (Ip & Dill, "Better verification
//! through symmetry", 1996).
//!
//! Two things are normalized. Dead values, which no later transition reads, are reset: which
//! instruction ran before, the number of a copy, or the number of its deliveries matter only to the
//! fault points of a script, so the reduction applies only to searches without one. The outcome of
//! a run, and everything that a property counts, is kept. Interchangeable identities are renamed:
//! the broker's nodes, and the numbers that only tell things apart (copies, deliveries, attempts,
//! incarnations). These are renumbered from the lowest in their old order, because each is compared
//! only with others of its kind and never counted. Where a setting counts them (`maxReceiveCount`),
//! they are kept.

use super::broker::Broker;
use super::compiled_scenario::CompiledScenario;
use super::consumer::Consumer;
use super::context::Ctx;
use super::event::Recorder;
use super::fault::{Class, Classes};
use super::participant::{MessageId, Participant};
use super::renumber::{Numbers, Requests, is_for_consumers};
use super::world::World;

impl World {
    /// Replaces the state by its canonical representative. Valid only while the faults that strike
    /// are of these classes, and none comes from a script.
    pub fn canonicalize(&mut self, setup: &CompiledScenario, classes: Classes) {
        let mut silent = Recorder::silent();
        let (broker, mut cx) = self.split(setup, &mut silent);
        forget_lines(&mut cx);
        // These senders restart their attempt count within one incarnation.
        let again = classes.has(Class::Twice) || setup.sender(1) == Participant::Relay;
        let requests = Requests::new(&cx.view(), again);
        forget_requests(&mut cx, &requests, broker.checks_sequences(), broker.has_transactions());
        broker.canonicalize(&mut cx, &requests, classes);
        for msg in 0..setup.configuration().messages {
            if broker.renumbers_copies() {
                number_copies(&mut cx, broker, msg);
            }
            // A dead letter that a queue keeps can be lost with its node, or be moved back.
            let kept = broker.keeps_dead_letters() && !classes.has(Class::Operator);
            cx.ledger.canonicalize(msg, kept);
        }
        // A cut connection names the nodes at its ends, and only the first node can be isolated:
        // under partitions the nodes are not interchangeable.
        if !classes.has(Class::Partition) && broker.has_alike_nodes(classes) {
            sort_nodes(&mut cx, broker);
        }
    }

    /// Forgets settled messages, where no crash is left that could bring them back.
    pub fn forget_settled(&mut self) {
        self.broker.forget_settled();
    }
}

/// Clears the previously run instruction, which only the fault points of a script read, and the last
/// message of a consumer that waits for its next one.
fn forget_lines(cx: &mut Ctx) {
    for sender in &mut cx.senders[..cx.setup.senders.len()] {
        sender.tasks.iter_mut().for_each(|task| task.last = 0);
    }
    for consumer in &mut cx.consumers[..cx.setup.consumers()] {
        consumer.last = 0;
        // This includes a consumer that is paused between two messages.
        if consumer.up && !consumer.in_hand(cx.setup) {
            *consumer = Consumer { pc: 0, msg: 0, copy: 0, n: 0, ..*consumer };
        }
    }
}

/// Clears the attempt of requests for whose answer nobody waits any more, and the sequence numbers
/// and incarnations that the broker does not check.
fn forget_requests(cx: &mut Ctx, requests: &Requests, sequences: bool, fences: bool) {
    for packet in cx.net.packets_mut() {
        let Some(s) = packet.from.sender().or(packet.to.sender()) else { continue };
        let s = s as u8;
        if !requests.are_current(s, packet.msg, packet.epoch, packet.n) {
            packet.n = 0;
        }
        if packet.kind.is_for_producer() {
            packet.copy = 0;
        }
        if !sequences {
            packet.seq = 0;
            if !fences {
                packet.epoch = u8::from(requests.is_alive(s, packet.epoch));
            }
        }
    }
    if sequences {
        return;
    }
    for sender in &mut cx.senders[..cx.setup.senders.len()] {
        sender.batches.iter_mut().for_each(|batches| batches.sequence = 0);
        sender.tasks.iter_mut().for_each(|task| task.seq = 0);
        if !fences {
            // A later incarnation must not be mistaken for an earlier one.
            sender.epoch = 1;
        }
    }
}

/// Renumbers the copies of a message. All that matters is which references mean the same copy, and
/// how many copies the broker vouches for, up to two.
fn number_copies(cx: &mut Ctx, broker: &mut Broker, msg: MessageId) {
    let mut named = 0;
    each_copy(cx, broker, msg, &mut |copy| named |= 1 << *copy);
    let (stored, least) = cx.ledger.counted(msg);
    let numbers = Numbers { named, pivot: stored, least };
    each_copy(cx, broker, msg, &mut |copy| *copy = numbers.of(*copy));
    cx.ledger.set_stored(msg, numbers.of_pivot(), least);
}

/// Calls `show` on every reference to a copy of the message.
fn each_copy(cx: &mut Ctx, broker: &mut Broker, msg: MessageId, show: &mut impl FnMut(&mut u8)) {
    broker.each_copy(msg, show);
    for packet in cx.net.packets_mut().iter_mut().filter(|p| p.msg == msg && is_for_consumers(p)) {
        show(&mut packet.copy);
    }
    for consumer in cx.consumers[..cx.setup.consumers()].iter_mut() {
        if consumer.msg == msg && consumer.in_hand(cx.setup) {
            show(&mut consumer.copy);
        }
        for held in consumer.batch.items.iter_mut().filter(|held| held.msg == msg) {
            show(&mut held.copy);
        }
        if consumer.attempts.failed > 0 && consumer.attempts.msg == msg {
            show(&mut consumer.attempts.copy);
        }
    }
}

/// Renames the broker's nodes so that equivalent states become equal: a node's identity makes no
/// difference, only what it is and holds. The leader comes first.
fn sort_nodes(cx: &mut Ctx, broker: &mut Broker) {
    if cx.setup.replicas == 1 || cx.net.cut != 0 {
        return;
    }
    let mut swap = |broker: &mut Broker, a: usize, b: usize| {
        broker.swap_nodes(a, b);
        cx.net.swap(Participant::NODES[a], Participant::NODES[b]);
    };
    let leader = broker.leader().node().unwrap_or_default();
    if leader != 0 {
        swap(broker, 0, leader);
    }
    if cx.setup.replicas == 3 && !broker.in_order(1, 2) {
        swap(broker, 1, 2);
    }
}
