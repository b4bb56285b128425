//! A queue with competing consumers (RabbitMQ, and the generic broker): a copy is removed once a
//! consumer settles it.
//!
//! Each copy runs the broker's program (append, then sync, replicate and acknowledge in the order
//! that the settings ask for). A copy can be delivered once it has met the condition for its
//! acknowledgment, whether or not that was sent.

mod config;
mod deliver;
mod encode;
mod independence;
mod length;
mod machine;
mod nodes;
pub(in crate::sim) mod program;
mod single_active;

pub use config::{Config, DeadLetters};

use super::Machine;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::Pause;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind, RejectReason};
use crate::sim::ledger::Record;
use crate::sim::network::{Net, Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::{Op, Program};
use std::cmp::Ordering;
use tinyvec::ArrayVec;

/// The delivery state of a copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    #[default]
    Ready,
    /// Delivered to the consumer with this index, which has not settled it.
    Unacked(u8),
    /// Delivered to the consumer with this index on a connection that has closed since. The broker
    /// has yet to notice; what the consumer sent before may still arrive.
    Orphaned(u8),
    /// A dead letter: it is delivered to no consumer of this queue any more.
    Dead,
    /// Settled and gone, unless the node crashes before it has written that down.
    Settled,
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
    /// The program counter in the broker's program.
    pub pc: u8,
    /// The nodes that hold the copy in memory, one bit each.
    pub memory: u8,
    /// The nodes that have the copy in their page cache, one bit each: it survives a crash of the
    /// process, but not a power loss.
    pub page: u8,
    /// The nodes that hold the copy on disk, one bit each.
    pub disk: u8,
    /// An acknowledgment to the producer is pending, on a connection that is still open.
    pub ack_pending: bool,
    pub phase: Phase,
    /// The number of deliveries to a consumer.
    pub deliveries: u8,
    /// The number of failed deliveries that count.
    pub failures: u8,
    pub mark: CauseRef,
}

impl Entry {
    /// Returns the index of the consumer that it was delivered to and that has not settled it.
    pub fn holder(&self) -> Option<usize> {
        match self.phase {
            Phase::Unacked(c) | Phase::Orphaned(c) => Some(c.into()),
            Phase::Ready | Phase::Dead | Phase::Settled => None,
        }
    }

    /// Takes note that the connection has closed on which this copy was delivered.
    fn orphan(&mut self) {
        if let Phase::Unacked(c) = self.phase {
            self.phase = Phase::Orphaned(c);
        }
    }

    /// Returns the nodes that hold the copy in any way, one bit each.
    pub fn holders(&self) -> u8 {
        self.memory | self.page | self.disk
    }

    /// Returns true if the copy has met the condition for its acknowledgment.
    pub fn committed(&self, broker: &Program) -> bool {
        broker.place(Op::Acknowledge).is_none_or(|ack| self.pc >= ack)
    }
}

/// The state of the queue and of the nodes that host it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Queue {
    pub config: Config,
    entries: ArrayVec<[Entry; Queue::MOST]>,
    /// The nodes that are up, one bit each.
    up: u8,
    /// The nodes that are permanently lost, one bit each.
    gone: u8,
    leader: u8,
    /// The index of the single active consumer, where there is one.
    active: u8,
    /// The capacity was exceeded; the run is no longer faithful from here on.
    pub overflow: bool,
    pub mark: CauseRef,
}

impl Queue {
    /// The capacity, in copies.
    pub const MOST: usize = 12;

    pub(in crate::sim) fn new(config: Config, nodes: u8) -> Queue {
        Queue {
            config,
            entries: ArrayVec::default(),
            up: ((1u16 << nodes) - 1) as u8,
            gone: 0,
            leader: 0,
            active: 0,
            overflow: false,
            mark: CauseRef::NONE,
        }
    }

    /// Returns the copies, in queue order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns true if the node with this index is up.
    pub fn is_up(&self, node: usize) -> bool {
        self.up & (1 << node) != 0
    }

    /// Returns true if the node with this index is permanently lost.
    pub fn is_gone(&self, node: usize) -> bool {
        self.gone & (1 << node) != 0
    }

    /// Returns the nodes that are up and those that are permanently lost, one bit each, and the
    /// index of the leader.
    pub(in crate::sim) fn nodes(&self) -> (u8, u8, u8) {
        (self.up, self.gone, self.leader)
    }

    pub(in crate::sim) fn set_nodes(&mut self, up: u8, gone: u8, leader: u8) {
        (self.up, self.gone, self.leader) = (up, gone, leader);
    }

    /// Appends a copy while decoding a state.
    pub(in crate::sim) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    fn leader_bit(&self) -> u8 {
        1 << self.leader
    }

    /// Returns the node that the entry is replicated to next: of those that lack it and that the
    /// leader reaches, the one that is furthest. Which of two equal nodes comes first makes no
    /// difference, so the choice is the same after nodes are renamed.
    fn target(&self, net: &Net, entry: &Entry) -> Option<u8> {
        let reached = |n: u8| !net.is_cut(self.leader(), Participant::NODES[usize::from(n)]);
        let lacks = |&n: &u8| self.up & !entry.holders() & (1 << n) != 0 && reached(n);
        // What a node holds comes first: where on the node it is may be forgotten.
        let log = |n: u8| self.entries.iter().map(move |e| e.holders() >> n & 1);
        let is_behind = |a: u8, b: u8| match log(a).cmp(log(b)) {
            Ordering::Equal => !self.is_ordered(b.into(), a.into()),
            order => order.is_lt(),
        };
        (0..3).filter(lacks).reduce(|a, b| if is_behind(a, b) { b } else { a })
    }

    /// Returns the first copy whose next instruction can run. Copies are served in order, and one
    /// that waits for a node does not block the others.
    fn busy(&self, setup: &CompiledScenario, net: &Net) -> Option<usize> {
        let waits = |e: &Entry| {
            setup.broker.op(e.pc) == Some(Op::Replicate) && self.target(net, e).is_none()
        };
        let first = self.entries.iter().position(|e| !setup.broker.ended(e.pc) && !waits(e));
        first.filter(|_| self.leads())
    }

    /// Returns true if the leader's operating system may sync this copy before the broker's program
    /// reaches its own sync.
    fn syncs(&self, setup: &CompiledScenario, entry: &Entry) -> bool {
        let own = setup.broker.op(entry.pc) == Some(Op::Persist);
        let unsynced = entry.page & !entry.disk & self.leader_bit() != 0;
        self.config.power && self.leads() && unsynced && !own
    }

    /// Returns the index of the copy that is delivered next.
    fn ready(&self, setup: &CompiledScenario) -> Option<usize> {
        let early = self.config.delivers_early;
        let ready = |e: &Entry| e.phase == Phase::Ready && (early || e.committed(&setup.broker));
        self.entries.iter().position(ready)
    }

    /// Returns the number of messages that this consumer takes at once.
    fn room(&self, cx: &View, c: usize) -> usize {
        let unacked = self.entries.iter().filter(|e| e.holder() == Some(c)).count();
        // Without acknowledgments nothing limits the deliveries in flight.
        let Config { redelivery, prefetch, .. } = self.config;
        let most = if redelivery { usize::from(prefetch) } else { Net::MOST / 2 };
        // A paused consumer gets no deliveries: its channel timed out and was closed.
        let takes = cx.consumers[c].runs() && self.leads() && self.may_serve(cx, c);
        if takes { most.saturating_sub(unacked.max(cx.net.delivers_to(c))) } else { 0 }
    }

    /// Returns true if the next message can be delivered to this consumer.
    fn dispatches(&self, cx: &View, c: usize) -> bool {
        self.room(cx, c) > 0 && self.ready(cx.setup).is_some()
    }

    /// Returns true if the broker may stop waiting for the consumer to settle this entry.
    fn redelivery_due(&self, cx: &View, entry: &Entry) -> bool {
        let Some(c) = entry.holder() else { return false };
        let consumer = &cx.consumers[c];
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let kinds = [
            PacketKind::Delivery,
            PacketKind::ConsumerAck,
            PacketKind::Requeue,
            PacketKind::Reject,
        ];
        let waits = self.hears(cx, c)
            && (consumer.may_settle(cx.setup, msg, copy, n)
                || cx.net.carries(&kinds, msg, |p| p.copy == copy && p.n == n));
        self.leads() && !waits
    }

    /// Returns true if nothing keeps the broker from waiting for this consumer: it is connected, sends
    /// heartbeats, and no timeout runs against its handler.
    fn hears(&self, cx: &View, c: usize) -> bool {
        let in_time = match cx.consumers[c].pause {
            Pause::No => true,
            Pause::Slow => !self.config.times_out,
            Pause::Still => false,
        };
        in_time && !cx.net.is_cut(self.leader(), Participant::CONSUMERS[c])
    }

    /// Stores a copy of a published message.
    fn enqueue(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let Packet { msg, from, n, epoch, .. } = packet;
        if !self.config.bound {
            return self.unroutable(cx, packet, cause);
        }
        let sender = from.sender().unwrap_or_default();
        let connected = cx.senders[sender].epoch == epoch;
        let room = self.rooms(&cx.view());
        if self.refuses(room) {
            let waits = connected && self.config.acknowledges;
            return cx.net.refuse(packet, RejectReason::QueueFull, waits, cause, cx.out);
        }
        if self.entries.len() == Queue::MOST {
            self.overflow = true;
            return;
        }
        // A copy that was lost before it counted as stored leaves its number to the next one.
        let stored = cx.ledger.of(msg).stored;
        let alive = self.entries.iter().filter(|e| e.msg == msg).map(|e| e.copy).max();
        let copy = (alive.unwrap_or(0).max(stored) + 1).min(Record::MOST + 1);
        let at = self.leader();
        let mark = cx.out.record(cause, EventKind::Appended { at, msg, copy });
        self.entries.push(Entry {
            msg,
            copy,
            sender: sender as u8,
            epoch,
            attempt: n,
            pc: 1,
            memory: self.leader_bit(),
            ack_pending: connected && self.config.acknowledges,
            mark,
            ..Entry::default()
        });
        count_stored(cx, msg, 0, 1);
        self.skip_acknowledge(cx.setup);
        self.drop_heads(cx, room, mark);
    }

    /// Handles an unroutable message: it is returned if it is mandatory, otherwise dropped, and
    /// confirmed in either case.
    fn unroutable(&self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let (at, msg) = (self.leader(), packet.msg);
        let mark = cx.out.record(cause, EventKind::Unroutable { at, msg });
        if self.config.mandatory {
            cx.net.answer(at, packet, PacketKind::Return, mark, cx.out);
        }
        if self.config.acknowledges {
            cx.net.answer(at, packet, PacketKind::Ack, mark, cx.out);
        }
    }

    /// Skips the acknowledgment of copies for which none is pending, because the producer's
    /// connection is gone or it asked for none.
    fn skip_acknowledge(&mut self, setup: &CompiledScenario) {
        for entry in &mut self.entries {
            if !entry.ack_pending && setup.broker.op(entry.pc) == Some(Op::Acknowledge) {
                entry.pc = setup.broker.next(entry.pc);
            }
        }
    }

    /// Syncs a copy from the page cache to disk.
    fn sync(&mut self, cx: &mut Ctx, index: usize) {
        let (at, leader) = (self.leader(), self.leader_bit());
        let Some(entry) = self.entries.get_mut(index) else { return };
        entry.disk |= leader;
        let Entry { msg, copy, mark, .. } = *entry;
        entry.mark = cx.out.record(mark, EventKind::Persisted { at, msg, copy });
    }

    /// Runs the next instruction of the broker's program.
    fn run_line(&mut self, cx: &mut Ctx) {
        let Some(index) = self.busy(cx.setup, cx.net) else { return };
        let from = self.leader();
        let Entry { msg, copy, mark, pc, phase, .. } = self.entries[index];
        let target = self.target(cx.net, &self.entries[index]);
        let leader = self.leader_bit();
        let entry = &mut self.entries[index];
        entry.pc = cx.setup.broker.next(pc);
        match cx.setup.broker.op(pc) {
            Some(Op::Write) => {
                entry.page |= leader;
                entry.mark = cx.out.record(mark, EventKind::Written { at: from, msg, copy });
            }
            Some(Op::Persist) => {
                entry.disk |= leader;
                entry.mark = cx.out.record(mark, EventKind::Persisted { at: from, msg, copy });
            }
            Some(Op::Replicate) => {
                let Some(node) = target else { return };
                // A log has no gaps: with this copy come those before it (Raft, section 5.3).
                for earlier in &mut self.entries[..=index] {
                    earlier.memory |= 1 << node;
                    if self.config.synced_copies {
                        earlier.disk |= 1 << node;
                    }
                }
                let entry = &mut self.entries[index];
                let to = Participant::NODES[node as usize];
                entry.mark = cx.out.record(mark, EventKind::Replicated { from, to, msg, copy });
            }
            Some(Op::Acknowledge) => self.acknowledge(cx, index),
            _ => {}
        }
        // A dead letter was counted when it arrived.
        if phase != Phase::Dead {
            count_stored(cx, msg, pc, pc + 1);
        }
        self.skip_acknowledge(cx.setup);
    }

    /// Sends the acknowledgment of the entry, if one is pending.
    fn acknowledge(&mut self, cx: &mut Ctx, index: usize) {
        let at = self.leader();
        let entry = &mut self.entries[index];
        if !std::mem::take(&mut entry.ack_pending) {
            return;
        }
        let Entry { msg, copy, sender, attempt: n, epoch, mark, .. } = *entry;
        let from = cx.setup.sender(sender.into());
        let packet = Packet { from, msg, copy, n, epoch, ..Packet::default() };
        cx.net.answer(at, packet, PacketKind::Ack, mark, cx.out);
    }
}

/// Counts a copy as stored once it has met the condition for its acknowledgment, from when on the
/// broker vouches for it.
fn count_stored(cx: &mut Ctx, msg: MessageId, before: u8, after: u8) {
    let stands = cx.setup.broker.place(Op::Acknowledge).unwrap_or(0);
    if (before..after).contains(&stands.saturating_sub(1)) {
        Record::bump(&mut cx.ledger.of_mut(msg).stored);
    }
}
