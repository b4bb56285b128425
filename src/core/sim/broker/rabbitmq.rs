//! A queue with competing consumers (RabbitMQ, and the generic broker): a copy is removed once a
//! consumer settles it.
//!
//! Each copy runs the broker's program (append, then sync, replicate and acknowledge in the order
//! that the settings ask for). A copy can be delivered once it has met the condition for its
//! acknowledgment, whether or not that was sent.

mod config;
mod deliver;
mod encode;
mod nodes;
pub(in crate::sim) mod program;

pub use config::{Config, DeadLetters};
pub use nodes::{Crash, forget_settled};
pub(in crate::sim) use nodes::{unsettle, unsettlings};

use super::Broker;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::Pause;
use crate::sim::event::{CauseRef, EventKind, Recorder};
use crate::sim::ledger::Record;
use crate::sim::network::{Net, Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::{Op, Program};
use crate::sim::world::World;
use tinyvec::ArrayVec;

/// The delivery state of a copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    #[default]
    Ready,
    /// Delivered to the consumer with this index, which has not settled it.
    Unacked(u8),
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
    entries: ArrayVec<[Entry; Queue::MOST]>,
    /// The nodes that are up, one bit each.
    up: u8,
    /// The nodes that are permanently lost, one bit each.
    gone: u8,
    leader: u8,
    /// The capacity was exceeded; the run is no longer faithful from here on.
    pub overflow: bool,
    pub mark: CauseRef,
}

impl Queue {
    /// The capacity, in copies.
    pub const MOST: usize = 12;

    pub(in crate::sim) fn new(replicas: u8) -> Queue {
        Queue {
            entries: ArrayVec::default(),
            up: ((1u16 << replicas) - 1) as u8,
            gone: 0,
            leader: 0,
            overflow: false,
            mark: CauseRef::NONE,
        }
    }

    /// Returns the copies, in queue order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(in crate::sim) fn entries_mut(&mut self) -> &mut [Entry] {
        &mut self.entries
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

    /// Returns the leader: the node that producers and consumers talk to.
    pub fn leader(&self) -> Participant {
        Participant::NODES[self.leader as usize]
    }

    pub(in crate::sim) fn leads(&self) -> bool {
        self.is_up(self.leader as usize)
    }

    /// Returns true if an acknowledgment to the sender is still pending for the message.
    pub(in crate::sim) fn ack_pending(&self, s: usize, msg: MessageId) -> bool {
        self.entries.iter().any(|e| e.msg == msg && e.ack_pending && usize::from(e.sender) == s)
    }

    pub(in crate::sim) fn forget_sender(&mut self, s: usize) {
        for entry in self.entries.iter_mut().filter(|e| usize::from(e.sender) == s) {
            entry.ack_pending = false;
        }
    }

    fn leader_bit(&self) -> u8 {
        1 << self.leader
    }

    /// Forgets the settled copies, which no crash can bring back any more.
    fn forget_settled(&mut self) {
        self.entries.retain(|e| e.phase != Phase::Settled);
    }

    /// Returns the first node that the entry could be replicated to, and that the leader reaches.
    fn target(&self, net: &Net, entry: &Entry) -> Option<u8> {
        let reached = |n: u8| !net.is_cut(self.leader(), Participant::NODES[usize::from(n)]);
        (0..3).find(|&n| self.up & !entry.holders() & (1 << n) != 0 && reached(n))
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
    pub(in crate::sim) fn syncs(&self, setup: &CompiledScenario, index: usize) -> bool {
        let (entry, bit) = (&self.entries[index], self.leader_bit());
        let power = setup.queue().is_some_and(|rules| rules.power);
        let own = setup.broker.op(entry.pc) == Some(Op::Persist);
        power && self.leads() && entry.page & !entry.disk & bit != 0 && !own
    }

    fn ready(&self, setup: &CompiledScenario) -> Option<usize> {
        let early = setup.queue().is_some_and(|rules| rules.delivers_early);
        let ready = |e: &Entry| e.phase == Phase::Ready && (early || e.committed(&setup.broker));
        self.entries.iter().position(ready)
    }

    /// Returns the copy that is delivered next.
    pub fn next_ready(&self, setup: &CompiledScenario) -> Option<&Entry> {
        self.ready(setup).map(|i| &self.entries[i])
    }
}

impl World {
    /// Returns the queue; called only if the broker is one.
    fn queue_mut(&mut self) -> &mut Queue {
        match &mut self.broker {
            Broker::RabbitMq(queue) => queue,
            _ => unreachable!("the broker of a run never changes its kind"),
        }
    }

    /// Returns the queue, if the broker is one.
    pub fn queue(&self) -> Option<&Queue> {
        if let Broker::RabbitMq(queue) = &self.broker { Some(queue) } else { None }
    }

    pub(in crate::sim) fn queue_has_work(&self, setup: &CompiledScenario) -> bool {
        self.queue().is_some_and(|queue| queue.busy(setup, &self.net).is_some())
    }

    /// Returns true if the next message can be delivered to this consumer.
    pub(in crate::sim) fn queue_dispatches(&self, setup: &CompiledScenario, c: usize) -> bool {
        let (Some(queue), Some(rules)) = (self.queue(), setup.queue()) else { return false };
        let unacked = queue.entries.iter().filter(|e| e.phase == Phase::Unacked(c as u8)).count();
        // Without acknowledgments nothing limits the deliveries in flight.
        let most = if rules.redelivery { usize::from(rules.prefetch) } else { Net::MOST / 2 };
        let free = unacked < most && self.delivers_to(c) < most;
        // A paused consumer gets no deliveries: its channel timed out and was closed.
        free && self.consumers[c].runs() && queue.leads() && queue.ready(setup).is_some()
    }

    /// Returns true if the broker may stop waiting for the consumer to settle this entry.
    pub(in crate::sim) fn redelivery_due(&self, setup: &CompiledScenario, index: usize) -> bool {
        let Some(queue) = self.queue() else { return false };
        let entry = &queue.entries[index];
        let Phase::Unacked(c) = entry.phase else { return false };
        let consumer = &self.consumers[c as usize];
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let kinds = [
            PacketKind::Delivery,
            PacketKind::ConsumerAck,
            PacketKind::Requeue,
            PacketKind::Reject,
        ];
        let patient = setup.queue().is_some_and(|rules| !rules.times_out);
        let waits = (consumer.pause == Pause::No || (patient && consumer.pause == Pause::Slow))
            && !self.net.is_cut(queue.leader(), Participant::CONSUMERS[c as usize])
            && (consumer.may_settle(setup, msg, copy, n)
                || self.net.carries(&kinds, msg, |p| p.copy == copy && p.n == n));
        queue.leads() && !waits
    }

    pub(in crate::sim) fn enqueue(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Packet { msg, from, n, epoch, .. } = packet;
        let Some(rules) = setup.queue() else { return };
        let stored = self.ledger.of(msg).stored;
        let sender = from.sender().unwrap_or_default();
        if !rules.bound {
            return self.unroutable(rules, packet, cause, out);
        }
        let connected = self.senders[sender].epoch == epoch;
        let queue = self.queue_mut();
        if queue.entries.len() == Queue::MOST {
            queue.overflow = true;
            return;
        }
        // A copy that was lost before it counted as stored leaves its number to the next one.
        let alive = queue.entries.iter().filter(|e| e.msg == msg).map(|e| e.copy).max();
        let copy = (alive.unwrap_or(0).max(stored) + 1).min(Record::MOST + 1);
        let at = queue.leader();
        let mark = out.record(cause, EventKind::Appended { at, msg, copy });
        queue.entries.push(Entry {
            msg,
            copy,
            sender: sender as u8,
            epoch,
            attempt: n,
            pc: 1,
            memory: queue.leader_bit(),
            ack_pending: connected && rules.acknowledges,
            mark,
            ..Entry::default()
        });
        self.count_stored(setup, msg, 0, 1);
        self.skip_acknowledge(setup);
    }

    /// Handles an unroutable message: it is returned if it is mandatory, otherwise dropped, and
    /// confirmed in either case.
    fn unroutable(&mut self, rules: &Config, packet: Packet, cause: CauseRef, out: &mut Recorder) {
        let (at, msg) = (self.leader(), packet.msg);
        let mark = out.record(cause, EventKind::Unroutable { at, msg });
        if rules.mandatory {
            self.answer_sender(packet, PacketKind::Return, mark, out);
        }
        if rules.acknowledges {
            self.answer_sender(packet, PacketKind::Ack, mark, out);
        }
    }

    /// Counts a copy as stored once it has met the condition for its acknowledgment, from when on
    /// the broker vouches for it.
    fn count_stored(&mut self, setup: &CompiledScenario, msg: MessageId, before: u8, after: u8) {
        let stands = setup.broker.place(Op::Acknowledge).unwrap_or(0);
        if (before..after).contains(&stands.saturating_sub(1)) {
            Record::bump(&mut self.ledger.of_mut(msg).stored);
        }
    }

    /// Skips the acknowledgment of copies for which none is pending, because the producer's
    /// connection is gone or it asked for none.
    fn skip_acknowledge(&mut self, setup: &CompiledScenario) {
        for entry in &mut self.queue_mut().entries {
            if !entry.ack_pending && setup.broker.op(entry.pc) == Some(Op::Acknowledge) {
                entry.pc = setup.broker.next(entry.pc);
            }
        }
    }

    /// Syncs a copy from the page cache to disk.
    pub(in crate::sim) fn sync_entry(&mut self, index: usize, out: &mut Recorder) {
        let queue = self.queue_mut();
        let (at, leader) = (queue.leader(), queue.leader_bit());
        let Some(entry) = queue.entries.get_mut(index) else { return };
        entry.disk |= leader;
        let Entry { msg, copy, mark, .. } = *entry;
        entry.mark = out.record(mark, EventKind::Persisted { at, msg, copy });
    }

    pub(in crate::sim) fn run_queue(&mut self, setup: &CompiledScenario, out: &mut Recorder) {
        let synced = setup.queue().is_some_and(|rules| rules.synced_copies);
        let net = self.net;
        let queue = self.queue_mut();
        let Some(index) = queue.busy(setup, &net) else { return };
        let from = queue.leader();
        let Entry { msg, copy, mark, pc, phase, .. } = queue.entries[index];
        let target = queue.target(&net, &queue.entries[index]);
        let leader = queue.leader_bit();
        let entry = &mut queue.entries[index];
        entry.pc = setup.broker.next(pc);
        match setup.broker.op(pc) {
            Some(Op::Write) => {
                entry.page |= leader;
                entry.mark = out.record(mark, EventKind::Written { at: from, msg, copy });
            }
            Some(Op::Persist) => {
                entry.disk |= leader;
                entry.mark = out.record(mark, EventKind::Persisted { at: from, msg, copy });
            }
            Some(Op::Replicate) => {
                let Some(node) = target else { return };
                entry.memory |= 1 << node;
                if synced {
                    entry.disk |= 1 << node;
                }
                let to = Participant::NODES[node as usize];
                entry.mark = out.record(mark, EventKind::Replicated { from, to, msg, copy });
            }
            Some(Op::Acknowledge) => self.acknowledge(setup, index, out),
            _ => {}
        }
        // A dead letter was counted when it arrived.
        if phase != Phase::Dead {
            self.count_stored(setup, msg, pc, pc + 1);
        }
        self.skip_acknowledge(setup);
    }

    /// Sends the acknowledgment of the entry, if one is pending.
    fn acknowledge(&mut self, setup: &CompiledScenario, index: usize, out: &mut Recorder) {
        let entry = &mut self.queue_mut().entries[index];
        if !std::mem::take(&mut entry.ack_pending) {
            return;
        }
        let Entry { msg, copy, sender, attempt: n, epoch, mark, .. } = *entry;
        let from = setup.sender(sender.into());
        let packet = Packet { from, msg, copy, n, epoch, ..Packet::default() };
        self.answer_sender(packet, PacketKind::Ack, mark, out);
    }
}
