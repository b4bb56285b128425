//! Packets as the model names them: the proxies hold them by these names.

use ackward::sim::{Packet, PacketKind, Participant, Record};

/// The name of a packet. Without its receiver: that is the broker or the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    pub client: Participant,
    pub kind: PacketKind,
    pub m: u8,
    pub n: u8,
}

impl Name {
    /// Returns the name of the held packet that the model means: its counts end before those of the
    /// real run do.
    pub fn of_held(packet: &Packet, holds: impl Fn(Name) -> bool) -> Option<Name> {
        let Packet { kind, from, to, msg, n, .. } = *packet;
        let client = if from.node().is_some() { to } else { from };
        let name = |n| Name { client, kind, m: msg + 1, n };
        let counts = |m: &u8| (*m).min(Record::MOST) == n.min(Record::MOST);
        (1..=u8::MAX).filter(counts).map(name).find(|&name| holds(name))
    }
}
