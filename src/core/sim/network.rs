//! What is on its way: packets on connections that keep their order.
//!
//! TCP hides the loss, the doubling and the reordering of single packets. What remains is that a
//! request or a response is lost with its connection, or comes later than anybody waits.

use super::compiled_scenario::CompiledScenario;
use super::event::CauseRef;
use super::participant::{MessageId, Participant};
use tinyvec::ArrayVec;

/// What a packet says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PacketKind {
    /// Producer to broker.
    #[default]
    Send,
    /// Broker to producer: it is stored.
    Ack,
    /// Broker to producer: not now, try again.
    Refusal,
    /// Broker to producer: no queue takes it (`basic.return`).
    Return,
    /// Broker to consumer.
    Delivery,
    /// Consumer to broker: done with it.
    ConsumerAck,
    /// Consumer to broker: failed, put it back.
    Requeue,
    /// Consumer to broker: failed, do not try again.
    Reject,
    /// Consumer to broker: make it visible again (`ChangeMessageVisibility` to 0).
    Release,
}

impl PacketKind {
    pub const ALL: [PacketKind; 9] = {
        use PacketKind::*;
        [Send, Ack, Refusal, Return, Delivery, ConsumerAck, Requeue, Reject, Release]
    };

    /// The name that faults use.
    pub fn key(self) -> &'static str {
        match self {
            PacketKind::Refusal => "refusal",
            PacketKind::Return => "return",
            PacketKind::Release => "release",
            PacketKind::Send => "send",
            PacketKind::Ack => "ack",
            PacketKind::Delivery => "delivery",
            PacketKind::ConsumerAck => "consumer-ack",
            PacketKind::Requeue => "requeue",
            PacketKind::Reject => "reject",
        }
    }

    /// The kind of that name, if there is one.
    pub fn from_key(key: &str) -> Option<PacketKind> {
        PacketKind::ALL.into_iter().find(|k| k.key() == key)
    }

    /// Whether it can come when nobody waits for it any more. A delivery cannot: on a connection
    /// that holds it keeps its place in the line, and nobody counts the time; a poll or a receive
    /// whose answer does not come in time is asked again, and the answer is as good as lost.
    pub fn can_be_late(self) -> bool {
        self != PacketKind::Delivery
    }

    /// The producer waits for it.
    pub fn is_for_producer(self) -> bool {
        matches!(self, PacketKind::Ack | PacketKind::Refusal | PacketKind::Return)
    }

    /// It answers something, and is drawn dashed.
    pub fn is_answer(self) -> bool {
        !matches!(self, PacketKind::Send | PacketKind::Delivery)
    }
}

/// One message on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Packet {
    pub from: Participant,
    pub to: Participant,
    pub kind: PacketKind,
    pub msg: MessageId,
    /// Which of the broker's copies of the message, from 1; 0 where none is meant.
    pub copy: u8,
    /// The attempt (send, ack) or the delivery it belongs to, from 1.
    pub n: u8,
    /// The incarnation of the process that sent it, or for which an answer is meant.
    pub epoch: u8,
    /// The number that an idempotent producer gives it, or 0.
    pub seq: u8,
    /// Held up until nobody waits for it.
    pub late: bool,
    /// The event of its sending.
    pub mark: CauseRef,
}

/// The connection between two parties that can be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Link(u8);

impl Link {
    pub const ALL: [Link; 7] = [Link(0), Link(1), Link(2), Link(3), Link(4), Link(5), Link(6)];
    /// What joins the broker's first node to all its others and to the controller: without it the
    /// node is isolated, though clients reach it.
    pub const CLUSTER: Link = Link(6);

    /// The connection between two parties, where there is one. The broker's other nodes stand for
    /// whichever leads.
    pub fn between(a: Participant, b: Participant) -> Option<Link> {
        let one = |a: Participant, b: Participant| match (a.sender(), a.consumer(), a, b) {
            (_, _, Participant::Broker, Participant::Follower) => Some(Link(4)),
            (_, _, Participant::Broker, Participant::Follower2) => Some(Link(5)),
            (Some(s), ..) if b.node().is_some() => Some(Link(s as u8)),
            (_, Some(c), ..) if b.node().is_some() => Some(Link(2 + c as u8)),
            _ => None,
        };
        one(a, b).or(one(b, a))
    }

    pub(super) fn bit(self) -> u8 {
        1 << self.0
    }

    /// The two parties that it joins.
    pub fn ends(self, setup: &CompiledScenario) -> (Participant, Participant) {
        match self.0 {
            0 => (Participant::Producer, Participant::Broker),
            1 => (setup.sender(1), Participant::Broker),
            2 => (Participant::Consumer, Participant::Broker),
            3 => (Participant::Consumer2, Participant::Broker),
            4 | 6 => (Participant::Broker, Participant::Follower),
            _ => (Participant::Broker, Participant::Follower2),
        }
    }
}

/// All packets on their way, sorted by connection, each connection in sending order: one order
/// for one state, however it came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Net {
    packets: ArrayVec<[Packet; Net::MOST]>,
    /// The connections that are cut, a bit for each [`Link`].
    pub cut: u8,
    /// More was sent than fits; the run is no longer faithful from here on.
    pub overflow: bool,
}

impl Net {
    /// How many packets fit.
    pub const MOST: usize = 16;

    /// The packets, in their fixed order.
    pub fn packets(&self) -> &[Packet] {
        &self.packets
    }

    /// Whether the connection between the two is cut.
    pub fn is_cut(&self, a: Participant, b: Participant) -> bool {
        let nodes = |a: Participant, b: Participant| {
            a == Participant::Broker && b.node().is_some_and(|n| n > 0)
        };
        self.cut != 0
            && (Link::between(a, b).is_some_and(|link| self.cut & link.bit() != 0)
                || (self.is_isolated() && (nodes(a, b) || nodes(b, a))))
    }

    /// Returns true if the broker's first node is cut off from all others.
    pub fn is_isolated(&self) -> bool {
        self.cut & Link::CLUSTER.bit() != 0
    }

    pub(super) fn send(&mut self, packet: Packet) {
        if self.packets.len() == Net::MOST {
            self.overflow = true;
            return;
        }
        let link = (packet.from, packet.to);
        let place = self.packets.partition_point(|p| (p.from, p.to) <= link);
        self.packets.insert(place, packet);
    }

    /// Puts back a packet in its place, the last: they come in their order.
    pub(super) fn push(&mut self, packet: Packet) {
        self.packets.push(packet);
    }

    pub(super) fn take(&mut self, index: u8) -> Packet {
        self.packets.remove(index as usize)
    }

    /// Gives two parties each other's names.
    pub(super) fn swap(&mut self, a: Participant, b: Participant) {
        let other = |party: Participant| match party {
            p if p == a => b,
            p if p == b => a,
            p => p,
        };
        let mut moved = false;
        for packet in &mut self.packets {
            let ends = (other(packet.from), other(packet.to));
            moved |= ends != (packet.from, packet.to);
            (packet.from, packet.to) = ends;
        }
        if moved {
            // In place, equals as they were. There are so few that a sort from the library would
            // cost the page more in code than it saves in time.
            for end in 1..self.packets.len() {
                let ends = |packet: &Packet| (packet.from, packet.to);
                let mut at = end;
                while at > 0 && ends(&self.packets[at - 1]) > ends(&self.packets[at]) {
                    self.packets.swap(at - 1, at);
                    at -= 1;
                }
            }
        }
    }

    pub(super) fn packets_mut(&mut self) -> &mut [Packet] {
        &mut self.packets
    }

    pub(super) fn packet_mut(&mut self, index: u8) -> &mut Packet {
        &mut self.packets[index as usize]
    }

    /// Whether the packet is the next of its connection. One that is late has left the line: it
    /// hangs on a connection that the others no longer use.
    pub(super) fn is_next(&self, index: usize) -> bool {
        let packet = &self.packets[index];
        packet.late
            || !self.packets[..index]
                .iter()
                .any(|p| (p.from, p.to) == (packet.from, packet.to) && !p.late)
    }

    /// Whether a packet in time, of one of these kinds, is on its way for the message.
    pub(super) fn carries(
        &self,
        kinds: &[PacketKind],
        msg: MessageId,
        fits: impl Fn(&Packet) -> bool,
    ) -> bool {
        self.packets.iter().any(|p| kinds.contains(&p.kind) && p.msg == msg && !p.late && fits(p))
    }
}
