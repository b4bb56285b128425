//! NATS: a JetStream stream with one consumer, or core NATS.
//!
//! A stream stores the messages of its subject on one server, or on several that elect a leader by
//! Raft. A consumer is a cursor on the server: it delivers each message to one of the applications
//! that use it, again after `ack_wait`, and takes an acknowledgment from any of them at any time,
//! since it looks only at the sequence number in the stream. Without a stream the server passes a
//! message on to who is subscribed at that moment, and keeps nothing. Sources: see
//! [`crate::sim::settings::nats`].
//!
//! Assumptions. The stream and its consumer have the same leader. A server that lacks a majority
//! delivers nothing and takes no acknowledgment: what it does in that time is as if it had done it just
//! before, or not at all. What an isolated leader has appended alone is gone once the others have
//! elected a leader.

mod config;
mod deliver;
mod encode;
mod independence;
mod machine;
mod program;
mod servers;
mod store;

pub use config::Config;
pub(in crate::sim) use program::program;

use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::event::CauseRef;
use crate::sim::network::Net;
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::{Op, Program};
use tinyvec::ArrayVec;

/// The state of a message at the consumer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It waits for its delivery: the first, or the next.
    #[default]
    Waiting,
    /// Delivered to the application with this index, which has not acknowledged it.
    Held(u8),
    /// Acknowledged, or passed over by a consumer that starts behind it.
    Acked,
    /// Delivered `max_deliver` times: it is delivered no more.
    Exhausted,
}

/// One stored copy of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entry {
    pub msg: MessageId,
    /// The number of the copy among those of its message, from 1.
    pub copy: u8,
    /// The index and the incarnation of its sender, and the attempt that sent it.
    pub sender: u8,
    pub epoch: u8,
    pub attempt: u8,
    /// The program counter in the server's program.
    pub pc: u8,
    /// The servers that hold the copy in memory, one bit each.
    pub memory: u8,
    /// The servers that have written the copy to their operating system, one bit each.
    pub page: u8,
    /// The servers that hold the copy on disk, one bit each.
    pub disk: u8,
    /// A PubAck is pending, on a connection that is still open.
    pub ack_pending: bool,
    /// Its `Nats-Msg-Id` is in the duplicate window.
    pub in_window: bool,
    pub phase: Phase,
    /// The number of deliveries.
    pub deliveries: u8,
    /// The place in the queue of redeliveries, from 1; 0 if it is not there.
    pub turn: u8,
    pub mark: CauseRef,
}

impl Entry {
    /// Returns the servers that hold the copy in any way, one bit each.
    pub fn holders(&self) -> u8 {
        self.memory | self.page | self.disk
    }

    /// Returns true if the PubAck of the copy may go out: a majority holds it, or with the `async`
    /// persist mode the leader.
    fn committed(&self, server: &Program) -> bool {
        server.place(Op::Acknowledge).is_none_or(|ack| self.pc >= ack)
    }

    /// Returns true if it is delivered and neither acknowledged nor given up.
    fn is_pending(&self) -> bool {
        match self.phase {
            Phase::Held(_) => true,
            Phase::Waiting => self.deliveries > 0,
            Phase::Acked | Phase::Exhausted => false,
        }
    }

    /// Returns the next instruction of the server's program.
    fn op(&self, setup: &CompiledScenario) -> Option<Op> {
        setup.broker.op(self.pc)
    }
}

/// The state of a stream, its consumer, and the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stream {
    pub config: Config,
    entries: ArrayVec<[Entry; Stream::MOST]>,
    /// The IDs that each server remembers, one bit each.
    ids: [u8; 3],
    /// The servers that are up, one bit each.
    up: u8,
    /// The servers that are permanently lost, one bit each.
    gone: u8,
    leader: u8,
    /// The leader has crashed: it leads again only if it is elected.
    deposed: bool,
    /// The leader has lost its majority, and may have stepped down.
    unsure: bool,
    /// The server has the consumer. An ephemeral one is deleted when nobody has used it for a while.
    pub has_consumer: bool,
    /// The capacity was exceeded; the run is no longer faithful from here on.
    pub overflow: bool,
    pub mark: CauseRef,
}

impl Stream {
    /// The capacity, in copies.
    pub const MOST: usize = 12;

    pub(in crate::sim) fn new(config: Config, servers: u8) -> Stream {
        Stream {
            config,
            entries: ArrayVec::default(),
            ids: [0; 3],
            up: ((1u16 << servers) - 1) as u8,
            gone: 0,
            leader: 0,
            deposed: false,
            unsure: false,
            has_consumer: config.starts_with_consumer,
            overflow: false,
            mark: CauseRef::NONE,
        }
    }

    /// Returns the copies, in the order of the stream.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns true if the server with this index is up.
    pub fn is_up(&self, server: usize) -> bool {
        self.up & (1 << server) != 0
    }

    /// Returns true if the server with this index is permanently lost.
    pub fn is_gone(&self, server: usize) -> bool {
        self.gone & (1 << server) != 0
    }

    /// Returns true if the stream still has the message: with a work queue or by interest, an
    /// acknowledged one is gone unless a crash brings it back.
    pub fn stores(&self, entry: &Entry) -> bool {
        entry.phase != Phase::Acked || self.config.keeps_acked
    }

    /// Returns true if the leader knows the `Nats-Msg-Id` of the message.
    pub fn knows(&self, msg: MessageId) -> bool {
        self.ids[usize::from(self.leader)] & self.key(msg) != 0
    }

    fn leader_bit(&self) -> u8 {
        1 << self.leader
    }

    /// Returns true if these two servers can talk to each other.
    fn reaches(net: &Net, a: u8, b: u8) -> bool {
        let node = |n: u8| Participant::NODES[usize::from(n)];
        a == b || !net.is_cut(node(a), node(b))
    }

    /// Returns the servers that are up and that this one can talk to, itself included, one bit each.
    fn peers(&self, net: &Net, server: u8) -> u8 {
        let reached = (0..3).filter(|&n| Stream::reaches(net, server, n));
        self.up & reached.fold(0, |bits, n| bits | 1 << n)
    }

    /// Returns true if so many servers are a majority.
    fn is_majority(setup: &CompiledScenario, servers: u8) -> bool {
        servers.count_ones() as u8 > setup.replicas / 2
    }

    /// Returns true if there is a leader with a majority behind it.
    fn is_stable(&self, setup: &CompiledScenario, net: &Net) -> bool {
        let up = self.is_up(self.leader.into()) && !self.deposed && !self.unsure;
        up && Stream::is_majority(setup, self.peers(net, self.leader))
    }

    /// Returns the index of a copy.
    fn position(&self, msg: MessageId, copy: u8) -> Option<usize> {
        self.entries.iter().position(|e| (e.msg, e.copy) == (msg, copy))
    }

    /// Forgets that a copy is acknowledged, where no crash can bring it back.
    fn drop_acked(&mut self) {
        if !self.config.keeps_acked {
            self.entries.retain(|e| e.phase != Phase::Acked);
        }
    }
}
