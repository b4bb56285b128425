//! The broker models: three state machines behind one enum.
//!
//! [`rabbitmq`] is a queue with competing consumers that removes a copy once it is settled
//! (RabbitMQ, and the generic broker); [`kafka`] is an ordered, replicated log that consumers read
//! by offset (Kafka); [`sqs`] is a queue that hides a received message from other receivers until
//! its visibility timeout expires (SQS).

pub(super) mod kafka;
pub(super) mod rabbitmq;
pub(super) mod sqs;

use super::compiled_scenario::{CompiledScenario, Config};
use super::event::{CauseRef, EventKind, Recorder, RejectReason};
use super::network::{Packet, PacketKind};
use super::participant::{MessageId, Participant};
use super::world::World;
use kafka::Partition;
use rabbitmq::Queue;

/// The state of the broker.
// The largest variant is a few hundred bytes; a box would cost one allocation per state.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Broker {
    RabbitMq(Queue),
    Kafka(Partition),
    Sqs(sqs::Queue),
}

impl Broker {
    pub(super) fn new(setup: &CompiledScenario) -> Broker {
        match &setup.rules {
            Config::RabbitMq(_) => Broker::RabbitMq(Queue::new(setup.replicas)),
            Config::Kafka(rules) => Broker::Kafka(Partition::new(setup, rules)),
            Config::Sqs(_) => Broker::Sqs(sqs::Queue::default()),
        }
    }
}

/// Returns `bits` with bits `a` and `b` exchanged.
fn swap_bits(bits: u8, a: usize, b: usize) -> u8 {
    let differ = (bits >> a ^ bits >> b) & 1;
    bits ^ (differ << a | differ << b)
}

/// Returns the index of a node after nodes `a` and `b` are exchanged.
fn swap_names(node: u8, a: usize, b: usize) -> u8 {
    match usize::from(node) {
        n if n == a => b as u8,
        n if n == b => a as u8,
        _ => node,
    }
}

/// Evaluates an expression on the state machine of the broker, whichever it is.
macro_rules! each {
    ($world:expr, $machine:ident => $value:expr) => {
        match &$world.broker {
            Broker::RabbitMq($machine) => $value,
            Broker::Kafka($machine) => $value,
            Broker::Sqs($machine) => $value,
        }
    };
}

impl World {
    /// Returns the leader: the node that producers and consumers talk to.
    pub fn leader(&self) -> Participant {
        match &self.broker {
            Broker::RabbitMq(queue) => queue.leader(),
            Broker::Kafka(log) => log.leader(),
            Broker::Sqs(_) => Participant::Broker,
        }
    }

    /// Returns true if the leader is up.
    pub fn leads(&self) -> bool {
        match &self.broker {
            Broker::RabbitMq(queue) => queue.leads(),
            Broker::Kafka(log) => log.leads(),
            Broker::Sqs(_) => true,
        }
    }

    pub(super) fn broker_overflow(&self) -> bool {
        each!(self, machine => machine.overflow)
    }

    /// Returns true if the sender is still owed an acknowledgment for a stored copy of the message,
    /// regardless of whether the leader is up.
    pub fn answer_due(&self, s: usize, msg: MessageId) -> bool {
        let is = |sender: u8, m: MessageId| (usize::from(sender), m) == (s, msg);
        match &self.broker {
            Broker::RabbitMq(queue) => {
                queue.entries().iter().any(|e| e.ack_pending && is(e.sender, e.msg))
            }
            Broker::Kafka(log) => {
                log.entries().iter().any(|e| e.ack_pending && is(e.sender, e.msg))
            }
            Broker::Sqs(_) => false,
        }
    }

    /// Returns true if an acknowledgment to the sender is still pending for the message.
    pub(super) fn ack_pending(&self, s: usize, msg: MessageId) -> bool {
        match &self.broker {
            Broker::RabbitMq(queue) => queue.ack_pending(s, msg),
            Broker::Kafka(log) => log.ack_pending(s, msg),
            Broker::Sqs(_) => false,
        }
    }

    /// Drops the acknowledgments pending for a sender whose connection is gone.
    pub(super) fn forget_sender(&mut self, s: usize) {
        match &mut self.broker {
            Broker::RabbitMq(queue) => queue.forget_sender(s),
            Broker::Kafka(log) => log.forget_sender(s),
            Broker::Sqs(_) => {}
        }
    }

    pub(super) fn on_send(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        match &self.broker {
            Broker::RabbitMq(_) => self.enqueue(setup, packet, cause, out),
            Broker::Kafka(_) => self.append(setup, packet, cause, out),
            Broker::Sqs(_) => self.store_message(setup, packet, cause, out),
        }
    }

    /// Handles a packet with which a consumer settles a delivery.
    pub(super) fn on_settled(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        match &self.broker {
            Broker::RabbitMq(_) => self.settle_entry(setup, packet, cause, out),
            // Kafka consumers commit by synchronous calls, which are not modeled as packets.
            Broker::Kafka(_) => {}
            Broker::Sqs(_) => self.settle_message(setup, packet, cause, out),
        }
    }

    /// Sends an answer from the leader to a sender.
    pub(super) fn answer_sender(
        &mut self,
        packet: Packet,
        kind: PacketKind,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        self.answer_from(self.leader(), packet, kind, cause, out);
    }

    /// Sends an answer from the given node to a sender.
    pub(super) fn answer_from(
        &mut self,
        from: Participant,
        packet: Packet,
        kind: PacketKind,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Packet { from: to, msg, copy, n, epoch, .. } = packet;
        let mark = out.record(cause, EventKind::Sent { kind, from, to, msg, n });
        self.net.send(Packet { from, to, kind, msg, copy, n, epoch, mark, ..Packet::default() });
    }

    /// Rejects a request at the node that it has reached, which need not lead any more; a sender
    /// that `waits` for an answer gets an error response.
    pub(super) fn refuse(
        &mut self,
        packet: Packet,
        why: RejectReason,
        waits: bool,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Packet { to: at, msg, .. } = packet;
        let mark = out.record(cause, EventKind::Refused { at, msg, why });
        if !waits {
            return;
        }
        self.answer_from(at, packet, PacketKind::Refusal, mark, out);
    }

    /// Renames the broker's nodes so that equivalent states become equal: a node's identity makes
    /// no difference, only what it is and holds. The leader comes first.
    pub(super) fn sort_nodes(&mut self, setup: &CompiledScenario) {
        if setup.replicas == 1 || self.net.cut != 0 {
            return;
        }
        let leader = self.leader().node().unwrap_or_default();
        self.swap_nodes(0, leader);
        let in_order = setup.replicas < 3
            || match &self.broker {
                Broker::RabbitMq(queue) => queue.in_order(1, 2),
                Broker::Kafka(log) => log.in_order(1, 2),
                Broker::Sqs(_) => true,
            };
        if !in_order {
            self.swap_nodes(1, 2);
        }
    }

    /// Exchanges two nodes, in the broker's state and in the in-flight packets.
    fn swap_nodes(&mut self, a: usize, b: usize) {
        if a == b {
            return;
        }
        match &mut self.broker {
            Broker::RabbitMq(queue) => queue.swap_nodes(a, b),
            Broker::Kafka(log) => log.swap_nodes(a, b),
            Broker::Sqs(_) => {}
        }
        self.net.swap(Participant::NODES[a], Participant::NODES[b]);
    }

    /// Returns true if there is a consumer that could work on a message, now or after its restart.
    /// A consumer that has yet to start for the first time does not count.
    pub(super) fn somebody_could_work(&self, setup: &CompiledScenario) -> bool {
        let late = setup.scenario.consumer.starts_late;
        self.consumers[..setup.consumers()].iter().any(|consumer| consumer.up || !late)
    }

    /// Counts the deliveries in flight to this consumer, except late ones.
    pub(super) fn delivers_to(&self, c: usize) -> usize {
        let to = Participant::CONSUMERS[c];
        let on_way = |p: &&Packet| p.kind == PacketKind::Delivery && p.to == to && !p.late;
        self.net.packets().iter().filter(on_way).count()
    }
}
