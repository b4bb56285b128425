//! The brokers: three state machines behind one enum.
//!
//! [`queue`] hands copies out and forgets them when they are settled (RabbitMQ, and the broker of
//! no make); [`log`] keeps an ordered log that consumers read at offsets (Kafka); [`visibility`]
//! hides a message for a while from everybody but its receiver (SQS).

pub(super) mod log;
pub(super) mod queue;
pub(super) mod visibility;

use super::event::{Mark, Recorder, What, Why};
use super::network::{Kind, Packet};
use super::party::{Msg, Party};
use super::setup::{Rules, Setup};
use super::world::World;
use log::Log;
use queue::Queue;
use visibility::Visibility;

/// The broker's state.
// The largest is a few hundred bytes; a box would cost an allocation for each state.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Broker {
    Queue(Queue),
    Log(Log),
    Visibility(Visibility),
}

impl Broker {
    pub(super) fn new(setup: &Setup) -> Broker {
        match &setup.rules {
            Rules::Queue(_) => Broker::Queue(Queue::new(setup.replicas)),
            Rules::Log(rules) => Broker::Log(Log::new(setup, rules)),
            Rules::Visibility(_) => Broker::Visibility(Visibility::default()),
        }
    }
}

/// The bits with the two of these numbers in each other's places.
fn swap_bits(bits: u8, a: usize, b: usize) -> u8 {
    let differ = (bits >> a ^ bits >> b) & 1;
    bits ^ (differ << a | differ << b)
}

/// A node's number, with these two in each other's places.
fn swap_names(node: u8, a: usize, b: usize) -> u8 {
    match usize::from(node) {
        n if n == a => b as u8,
        n if n == b => a as u8,
        _ => node,
    }
}

/// Asks the one machine there is.
macro_rules! each {
    ($world:expr, $machine:ident => $value:expr) => {
        match &$world.broker {
            Broker::Queue($machine) => $value,
            Broker::Log($machine) => $value,
            Broker::Visibility($machine) => $value,
        }
    };
}

impl World {
    /// The node that producers and consumers talk to.
    pub fn leader(&self) -> Party {
        match &self.broker {
            Broker::Queue(queue) => queue.leader(),
            Broker::Log(log) => log.leader(),
            Broker::Visibility(_) => Party::Broker,
        }
    }

    /// Whether that node runs.
    pub fn leads(&self) -> bool {
        match &self.broker {
            Broker::Queue(queue) => queue.leads(),
            Broker::Log(log) => log.leads(),
            Broker::Visibility(_) => true,
        }
    }

    pub(super) fn broker_overflow(&self) -> bool {
        each!(self, machine => machine.overflow)
    }

    /// Whether some stored copy of the message still waits to be answered for.
    pub fn answer_due(&self, s: usize, msg: Msg) -> bool {
        let is = |sender: u8, m: Msg| (usize::from(sender), m) == (s, msg);
        match &self.broker {
            Broker::Queue(queue) => queue.entries().iter().any(|e| e.owes && is(e.sender, e.msg)),
            Broker::Log(log) => log.entries().iter().any(|e| e.owes && is(e.sender, e.msg)),
            Broker::Visibility(_) => false,
        }
    }

    /// Whether an answer to the sender is still due for the message.
    pub(super) fn owes(&self, s: usize, msg: Msg) -> bool {
        match &self.broker {
            Broker::Queue(queue) => queue.owes(s, msg),
            Broker::Log(log) => log.owes(s, msg),
            Broker::Visibility(_) => false,
        }
    }

    /// The connection of a sender is gone, and with it the answers that were due on it.
    pub(super) fn forget_sender(&mut self, s: usize) {
        match &mut self.broker {
            Broker::Queue(queue) => queue.forget_sender(s),
            Broker::Log(log) => log.forget_sender(s),
            Broker::Visibility(_) => {}
        }
    }

    pub(super) fn on_send(
        &mut self,
        setup: &Setup,
        packet: Packet,
        cause: Mark,
        out: &mut Recorder,
    ) {
        match &self.broker {
            Broker::Queue(_) => self.enqueue(setup, packet, cause, out),
            Broker::Log(_) => self.append(setup, packet, cause, out),
            Broker::Visibility(_) => self.store_message(setup, packet, cause, out),
        }
    }

    /// A consumer settles a delivery.
    pub(super) fn on_settled(
        &mut self,
        setup: &Setup,
        packet: Packet,
        cause: Mark,
        out: &mut Recorder,
    ) {
        match &self.broker {
            Broker::Queue(_) => self.settle_entry(setup, packet, cause, out),
            // Consumers of a log commit by calls, which no packet stands for.
            Broker::Log(_) => {}
            Broker::Visibility(_) => self.settle_message(setup, packet, cause, out),
        }
    }

    /// Answers a sender.
    pub(super) fn answer_sender(
        &mut self,
        packet: Packet,
        kind: Kind,
        cause: Mark,
        out: &mut Recorder,
    ) {
        self.answer_from(self.leader(), packet, kind, cause, out);
    }

    /// The same, from a node of this name.
    pub(super) fn answer_from(
        &mut self,
        from: Party,
        packet: Packet,
        kind: Kind,
        cause: Mark,
        out: &mut Recorder,
    ) {
        let Packet { from: to, msg, copy, n, epoch, .. } = packet;
        let mark = out.record(cause, What::Sent { kind, from, to, msg, n });
        self.net.send(Packet { from, to, kind, msg, copy, n, epoch, mark, ..Packet::default() });
    }

    /// Refuses a request; who `waits` for an answer gets one.
    pub(super) fn refuse(
        &mut self,
        packet: Packet,
        why: Why,
        waits: bool,
        cause: Mark,
        out: &mut Recorder,
    ) {
        let (at, msg) = (self.leader(), packet.msg);
        let mark = out.record(cause, What::Refused { at, msg, why });
        if !waits {
            return;
        }
        self.answer_sender(packet, Kind::Refusal, mark, out);
    }

    /// Gives the broker's nodes their names by what they are and have: who they are makes no
    /// difference to anybody.
    pub(super) fn sort_nodes(&mut self, setup: &Setup) {
        if setup.replicas == 1 || self.net.cut != 0 {
            return;
        }
        let leader = self.leader().node().unwrap_or_default();
        self.swap_nodes(0, leader);
        let in_order = setup.replicas < 3
            || match &self.broker {
                Broker::Queue(queue) => queue.in_order(1, 2),
                Broker::Log(log) => log.in_order(1, 2),
                Broker::Visibility(_) => true,
            };
        if !in_order {
            self.swap_nodes(1, 2);
        }
    }

    /// Gives two nodes each other's names, also on what is on its way.
    fn swap_nodes(&mut self, a: usize, b: usize) {
        if a == b {
            return;
        }
        match &mut self.broker {
            Broker::Queue(queue) => queue.swap_nodes(a, b),
            Broker::Log(log) => log.swap_nodes(a, b),
            Broker::Visibility(_) => {}
        }
        self.net.swap(Party::NODES[a], Party::NODES[b]);
    }

    /// Returns true if there is a consumer that could work on a message, now or when it is back.
    /// One that has yet to start for the first time does not count.
    pub(super) fn somebody_could_work(&self, setup: &Setup) -> bool {
        let late = setup.scenario.consumer.starts_late;
        self.consumers[..setup.consumers()].iter().any(|consumer| consumer.up || !late)
    }

    /// Whether anything on its way to this consumer fills its hands.
    pub(super) fn delivers_to(&self, c: usize) -> usize {
        let to = Party::CONSUMERS[c];
        let on_way = |p: &&Packet| p.kind == Kind::Delivery && p.to == to && !p.late;
        self.net.packets().iter().filter(on_way).count()
    }
}
