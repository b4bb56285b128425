//! The network: in-flight packets on order-preserving connections.
//!
//! TCP hides the loss, duplication and reordering of single packets. What remains is that a request
//! or a response is lost with its connection, or arrives after its receiver has stopped waiting.

use super::event::{CauseRef, EventKind, Recorder, RejectReason};
use super::participant::{MessageId, Participant};
use tinyvec::ArrayVec;

/// The kind of a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PacketKind {
    /// Producer to broker: a message.
    #[default]
    Send,
    /// Broker to producer: the message is stored.
    Ack,
    /// Broker to producer: a retriable error.
    Refusal,
    /// Broker to producer: the message is unroutable (`basic.return`).
    Return,
    /// Broker to consumer: a message.
    Delivery,
    /// Consumer to broker: the message is handled.
    ConsumerAck,
    /// Consumer to broker: the handler failed, requeue the message.
    Requeue,
    /// Consumer to broker: the handler failed, do not deliver the message again.
    Reject,
    /// Consumer to broker: make the message visible again (`ChangeMessageVisibility` to 0).
    Release,
}

impl PacketKind {
    pub const ALL: [PacketKind; 9] = {
        use PacketKind::*;
        [Send, Ack, Refusal, Return, Delivery, ConsumerAck, Requeue, Reject, Release]
    };

    /// Returns the name that fault specifications use.
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

    /// Returns the kind with that name, if there is one.
    pub fn from_key(key: &str) -> Option<PacketKind> {
        PacketKind::ALL.into_iter().find(|k| k.key() == key)
    }

    /// Returns true if the producer waits for such a packet.
    pub fn is_for_producer(self) -> bool {
        matches!(self, PacketKind::Ack | PacketKind::Refusal | PacketKind::Return)
    }

    /// Returns true if such a packet is a response, which is drawn dashed.
    pub fn is_answer(self) -> bool {
        !matches!(self, PacketKind::Send | PacketKind::Delivery)
    }
}

/// An in-flight packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Packet {
    pub from: Participant,
    pub to: Participant,
    pub kind: PacketKind,
    pub msg: MessageId,
    /// The broker's copy of the message that is meant, from 1; 0 if none is.
    pub copy: u8,
    /// The attempt (send, ack) or the delivery that the packet belongs to, from 1.
    pub n: u8,
    /// The incarnation of the process that sent the packet, or that an answer is meant for.
    pub epoch: u8,
    /// The sequence number assigned by an idempotent producer, or 0.
    pub seq: u8,
    /// The packet is delayed until its receiver no longer waits for it.
    pub late: bool,
    /// Refused because newer records of this idempotent producer are in the log.
    pub overtaken: bool,
    /// Kafka: a message for the partition that an operator has added.
    pub added: bool,
    /// The event of its sending.
    pub mark: CauseRef,
}

/// A connection between two participants, which can be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Link(u8);

impl Link {
    pub const ALL: [Link; 8] =
        [Link(0), Link(1), Link(2), Link(3), Link(4), Link(5), Link(6), Link(7)];
    /// The connections of the broker's first node to all its other nodes and to the controller:
    /// without them the node is isolated, though clients still reach it.
    pub const CLUSTER: Link = Link(6);
    /// The connection of the second relay to the broker.
    pub(super) const OF_RELAY_2: Link = Link(7);

    /// Returns the connection between two participants, if there is one. For clients, the broker's
    /// other nodes stand for whichever node leads.
    pub fn between(a: Participant, b: Participant) -> Option<Link> {
        let one = |a: Participant, b: Participant| match (a.sender(), a.consumer(), a, b) {
            (_, _, Participant::Broker, Participant::Follower) => Some(Link(4)),
            (_, _, Participant::Broker, Participant::Follower2) => Some(Link(5)),
            (Some(2), ..) if b.node().is_some() => Some(Link::OF_RELAY_2),
            (Some(s), ..) if b.node().is_some() => Some(Link(s as u8)),
            (_, Some(c), ..) if b.node().is_some() => Some(Link(2 + c as u8)),
            _ => None,
        };
        one(a, b).or(one(b, a))
    }

    pub(super) fn bit(self) -> u8 {
        1 << self.0
    }

    /// Returns the two participants that the connection joins, where `other` is the second sender.
    pub(super) fn ends(self, other: Participant) -> (Participant, Participant) {
        match self.0 {
            0 => (Participant::Producer, Participant::Broker),
            1 => (other, Participant::Broker),
            2 => (Participant::Consumer, Participant::Broker),
            3 => (Participant::Consumer2, Participant::Broker),
            4 | 6 => (Participant::Broker, Participant::Follower),
            7 => (Participant::Relay2, Participant::Broker),
            _ => (Participant::Broker, Participant::Follower2),
        }
    }
}

/// The in-flight packets, sorted by connection and in sending order within each: a state has one
/// representation, however it came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Net {
    packets: ArrayVec<[Packet; Net::MOST]>,
    /// The cut connections, one bit for each [`Link`].
    pub cut: u8,
    /// The capacity was exceeded; the run is no longer faithful from here on.
    pub overflow: bool,
}

impl Net {
    /// The capacity, in packets.
    pub const MOST: usize = 16;

    /// Returns the packets, in their fixed order.
    pub fn packets(&self) -> &[Packet] {
        &self.packets
    }

    /// Returns true if the connection between the two participants is cut.
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

    /// Sends an answer to the sender of a request.
    pub(super) fn answer(
        &mut self,
        from: Participant,
        request: Packet,
        kind: PacketKind,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Packet { from: to, msg, copy, n, epoch, overtaken, .. } = request;
        let mark = out.record(cause, EventKind::Sent { kind, from, to, msg, n });
        let answer = Packet { from, to, kind, msg, copy, n, epoch, mark, ..Packet::default() };
        self.send(Packet { overtaken, ..answer });
    }

    /// Rejects a request at the node that it has reached, which need not lead any more; a sender
    /// that `waits` for an answer gets an error response.
    pub(super) fn refuse(
        &mut self,
        request: Packet,
        why: RejectReason,
        waits: bool,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Packet { to: at, msg, .. } = request;
        let mark = out.record(cause, EventKind::Refused { at, msg, why });
        if waits {
            self.answer(at, request, PacketKind::Refusal, mark, out);
        }
    }

    /// Counts the deliveries in flight to this consumer, except late ones.
    pub(super) fn delivers_to(&self, c: usize) -> usize {
        let to = Participant::CONSUMERS[c];
        let on_way = |p: &&Packet| p.kind == PacketKind::Delivery && p.to == to && !p.late;
        self.packets.iter().filter(on_way).count()
    }

    /// Appends a packet while decoding a state: packets come in their fixed order.
    pub(super) fn push(&mut self, packet: Packet) {
        self.packets.push(packet);
    }

    pub(super) fn take(&mut self, index: u8) -> Packet {
        self.packets.remove(index as usize)
    }

    /// Exchanges two participants in all packets.
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
            // A stable in-place insertion sort. For so few packets, a sort from the library would
            // cost the page more in code size than it saves in time.
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

    /// Returns true if the packet is the next of its connection. A late packet is stuck on a
    /// connection that later packets no longer use: it waits for what was sent before it, and
    /// nothing waits for it.
    pub(super) fn is_next(&self, index: usize) -> bool {
        let packet = &self.packets[index];
        let holds_up = |p: &Packet| (p.from, p.to) == (packet.from, packet.to) && !p.late;
        !self.packets[..index].iter().any(holds_up)
    }

    /// Returns true if a packet of one of these kinds that satisfies `fits` is in flight for the
    /// message, and is not late.
    pub(super) fn carries(
        &self,
        kinds: &[PacketKind],
        msg: MessageId,
        fits: impl Fn(&Packet) -> bool,
    ) -> bool {
        self.packets.iter().any(|p| kinds.contains(&p.kind) && p.msg == msg && !p.late && fits(p))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_packet_waits_for_earlier_ones_and_holds_up_no_later_one() {
        let sent = |msg: u8| Packet { to: Participant::Broker, msg, n: 1, ..Packet::default() };
        let mut net = Net::default();
        net.send(sent(0));
        net.send(sent(1));
        net.packet_mut(1).late = true;
        net.send(sent(2));
        assert_eq!([0, 1, 2].map(|i| net.is_next(i)), [true, false, false]);
        net.take(0);
        assert_eq!([0, 1].map(|i| net.is_next(i)), [true, true]);
    }
}
