//! What is on its way: packets on connections that keep their order.
//!
//! TCP hides the loss, the doubling and the reordering of single packets. What remains is that a
//! request or a response is lost with its connection, or comes later than anybody waits.

use super::event::Mark;
use super::party::{Msg, Party};
use tinyvec::ArrayVec;

/// What a packet says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Producer to broker.
    #[default]
    Send,
    /// Broker to producer: it is stored.
    Ack,
    /// Broker to consumer.
    Delivery,
    /// Consumer to broker: done with it.
    ConsumerAck,
    /// Consumer to broker: failed, put it back.
    Requeue,
    /// Consumer to broker: failed, do not try again.
    Reject,
}

impl Kind {
    /// The name that faults use.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Send => "send",
            Kind::Ack => "ack",
            Kind::Delivery => "delivery",
            Kind::ConsumerAck => "consumer-ack",
            Kind::Requeue => "requeue",
            Kind::Reject => "reject",
        }
    }

    /// The kind of that name, if there is one.
    pub fn from_key(key: &str) -> Option<Kind> {
        use Kind::*;
        [Send, Ack, Delivery, ConsumerAck, Requeue, Reject].into_iter().find(|k| k.key() == key)
    }

    /// It answers something, and is drawn dashed.
    pub fn is_answer(self) -> bool {
        !matches!(self, Kind::Send | Kind::Delivery)
    }
}

/// One message on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Packet {
    pub from: Party,
    pub to: Party,
    pub kind: Kind,
    pub msg: Msg,
    /// Which of the broker's copies of the message, from 1; 0 where none is meant.
    pub copy: u8,
    /// The attempt (send, ack) or the delivery it belongs to, from 1.
    pub n: u8,
    /// Held up until nobody waits for it.
    pub late: bool,
    /// The event of its sending.
    pub mark: Mark,
}

/// All packets on their way, sorted by connection, each connection in sending order: one order
/// for one state, however it came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Net {
    packets: ArrayVec<[Packet; Net::MOST]>,
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

    pub(super) fn send(&mut self, packet: Packet) {
        if self.packets.len() == Net::MOST {
            self.overflow = true;
            return;
        }
        let link = (packet.from, packet.to);
        let place = self.packets.partition_point(|p| (p.from, p.to) <= link);
        self.packets.insert(place, packet);
    }

    pub(super) fn take(&mut self, index: u8) -> Packet {
        self.packets.remove(index as usize)
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
    pub(super) fn carries(&self, kinds: &[Kind], msg: Msg, fits: impl Fn(&Packet) -> bool) -> bool {
        self.packets.iter().any(|p| kinds.contains(&p.kind) && p.msg == msg && !p.late && fits(p))
    }
}
