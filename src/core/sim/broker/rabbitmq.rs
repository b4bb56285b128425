//! A queue: copies wait, are delivered, and are forgotten once a consumer settles them.
//!
//! Each copy runs the broker's program (append, then sync, replicate and acknowledge in the order
//! that the settings ask for). A copy can be delivered once it has met the condition for its
//! acknowledgement, whether or not that was sent.

mod deliver;
mod nodes;

pub use nodes::Crash;

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

/// What a queue goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Deliver again what was not settled; without it a message is forgotten when it is sent.
    pub redelivery: bool,
    /// How often a message is delivered at most.
    pub max_deliveries: Option<u8>,
    /// How many failed deliveries are forgiven (`x-delivery-limit`).
    pub delivery_limit: Option<u8>,
    /// A message that is handed back counts as a failed delivery.
    pub nack_counts: bool,
    pub dead_letters: DeadLetters,
    /// Deliver a copy before it is as safe as its acknowledgement promises.
    pub delivers_early: bool,
    /// Replicas sync their copy to disk.
    pub synced_copies: bool,
    /// Copies on disk come back after a restart.
    pub survives: bool,
    /// A queue takes the messages.
    pub bound: bool,
    /// Send back what no queue takes.
    pub mandatory: bool,
    /// Acknowledge to senders, whether or not they wait for it.
    pub acknowledges: bool,
    /// Unsettled deliveries to one consumer at a time.
    pub prefetch: u8,
    /// A handler that takes too long loses its delivery, although its process is alive.
    pub times_out: bool,
    /// A delivery that was taken back for that reason counts as failed.
    pub timeout_counts: bool,
    /// Where the count of deliveries stops.
    pub counts_deliveries: u8,
    /// Power can be lost in this scenario: only then does it matter what is synced.
    pub power: bool,
}

/// What becomes of a message that was rejected, or that has failed too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadLetters {
    /// It is thrown away.
    Discarded,
    /// It leaves the queue, and is published to the dead-letter queue like any other message, but
    /// nobody waits for a confirm. The dead-letter queue is of the same type, on the same nodes.
    Republished,
    /// It stays where it is stored until the dead-letter queue has it, or for as long as there is
    /// none.
    Kept,
}

/// Where a copy stands towards the consumers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    #[default]
    Ready,
    /// Sent to the consumer of this number, which has not settled it.
    Unacked(u8),
    /// A dead letter: no consumer of this queue gets it any more.
    Dead,
}

/// One stored copy of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entry {
    pub msg: MessageId,
    /// Which copy of the message it is, from 1.
    pub copy: u8,
    /// The number and the incarnation of its sender, and the attempt that brought it.
    pub sender: u8,
    pub epoch: u8,
    pub attempt: u8,
    /// Index into the broker's instructions.
    pub pc: u8,
    /// The nodes that hold it in memory, a bit each.
    pub memory: u8,
    /// The nodes whose operating system has it, a bit each: survives the process only.
    pub page: u8,
    /// The nodes that hold it on disk, a bit each.
    pub disk: u8,
    /// The producer waits for an answer on a connection that still stands.
    pub ack_pending: bool,
    pub phase: Phase,
    /// How often it was sent to a consumer.
    pub deliveries: u8,
    /// How many of these failed in a way that counts.
    pub failures: u8,
    pub mark: CauseRef,
}

impl Entry {
    /// The nodes that hold it in any way, a bit each.
    pub fn holders(&self) -> u8 {
        self.memory | self.page | self.disk
    }

    /// It is as safe as its acknowledgement promises.
    pub fn committed(&self, broker: &Program) -> bool {
        broker.place(Op::Acknowledge).is_none_or(|ack| self.pc >= ack)
    }
}

/// The broker's nodes and what they keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Queue {
    entries: ArrayVec<[Entry; Queue::MOST]>,
    /// The nodes that run, a bit each.
    up: u8,
    /// The nodes that will not come back, a bit each.
    gone: u8,
    leader: u8,
    /// More was stored than fits; the run is no longer faithful from here on.
    pub overflow: bool,
    pub mark: CauseRef,
}

impl Queue {
    /// How many copies fit.
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

    /// The copies, first in line first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(in crate::sim) fn entries_mut(&mut self) -> &mut [Entry] {
        &mut self.entries
    }

    /// Whether the node of that number runs.
    pub fn is_up(&self, node: usize) -> bool {
        self.up & (1 << node) != 0
    }

    /// Whether the node of that number is lost for good.
    pub fn is_gone(&self, node: usize) -> bool {
        self.gone & (1 << node) != 0
    }

    /// The nodes that run and those that are lost for good, a bit each, and who leads.
    pub(in crate::sim) fn nodes(&self) -> (u8, u8, u8) {
        (self.up, self.gone, self.leader)
    }

    pub(in crate::sim) fn set_nodes(&mut self, up: u8, gone: u8, leader: u8) {
        (self.up, self.gone, self.leader) = (up, gone, leader);
    }

    /// Whether these two nodes stand in the order that states are kept in.
    pub(in crate::sim) fn in_order(&self, a: usize, b: usize) -> bool {
        let bit = |bits: u8, n: usize| bits >> n & 1;
        let key = |n: usize| {
            let entries = self.entries.iter();
            let has =
                entries.map(move |e| bit(e.memory, n) << 2 | bit(e.page, n) << 1 | bit(e.disk, n));
            (bit(self.up, n), bit(self.gone, n), has)
        };
        let ((up_a, gone_a, has_a), (up_b, gone_b, has_b)) = (key(a), key(b));
        (up_a, gone_a).cmp(&(up_b, gone_b)).then(has_a.cmp(has_b)).is_le()
    }

    /// Gives two nodes each other's names.
    pub(in crate::sim) fn swap_nodes(&mut self, a: usize, b: usize) {
        let swap = |bits: &mut u8| *bits = super::swap_bits(*bits, a, b);
        swap(&mut self.up);
        swap(&mut self.gone);
        self.leader = super::swap_names(self.leader, a, b);
        for entry in &mut self.entries {
            swap(&mut entry.memory);
            swap(&mut entry.page);
            swap(&mut entry.disk);
        }
    }

    /// Adds what a packed state says comes next.
    pub(in crate::sim) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// The node that producers and consumers talk to.
    pub fn leader(&self) -> Participant {
        Participant::NODES[self.leader as usize]
    }

    pub(in crate::sim) fn leads(&self) -> bool {
        self.is_up(self.leader as usize)
    }

    /// Whether an answer to the producer is still due for the message.
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

    fn position(&self, msg: MessageId, copy: u8) -> Option<usize> {
        self.entries.iter().position(|e| e.msg == msg && e.copy == copy)
    }

    /// The first node that could take one more copy of the entry, and that the leader reaches.
    fn target(&self, net: &Net, entry: &Entry) -> Option<u8> {
        let reached = |n: u8| !net.is_cut(self.leader(), Participant::NODES[usize::from(n)]);
        (0..3).find(|&n| self.up & !entry.holders() & (1 << n) != 0 && reached(n))
    }

    /// The first copy with work to do that waits for nothing: copies are served in their order, and
    /// one that waits for a node holds up no other.
    fn busy(&self, setup: &CompiledScenario, net: &Net) -> Option<usize> {
        let waits = |e: &Entry| {
            setup.broker.op(e.pc) == Some(Op::Replicate) && self.target(net, e).is_none()
        };
        let first = self.entries.iter().position(|e| !setup.broker.ended(e.pc) && !waits(e));
        first.filter(|_| self.leads())
    }

    /// Returns true if the operating system of the leader may sync this copy before the broker's
    /// own program comes to it.
    pub(in crate::sim) fn syncs(&self, setup: &CompiledScenario, index: usize) -> bool {
        let (entry, bit) = (&self.entries[index], self.leader_bit());
        let power = setup.queue().is_some_and(|rules| rules.power);
        let own = setup.broker.op(entry.pc) == Some(Op::Persist);
        power && self.leads() && entry.page & !entry.disk & bit != 0 && !own
    }

    /// Whether a node that is back gets this copy at once: more nodes lack it than lines are left
    /// that would copy it.
    fn is_behind(&self, setup: &CompiledScenario, entry: &Entry) -> bool {
        let nodes = ((1u16 << setup.replicas) - 1) as u8;
        let lack = (nodes & !self.gone & !entry.holders()).count_ones() as usize;
        let lines = setup.broker.ops.iter().skip(entry.pc.into());
        lack > lines.filter(|(op, _)| *op == Op::Replicate).count()
    }

    fn ready(&self, setup: &CompiledScenario) -> Option<usize> {
        let early = setup.queue().is_some_and(|rules| rules.delivers_early);
        let ready = |e: &Entry| e.phase == Phase::Ready && (early || e.committed(&setup.broker));
        self.entries.iter().position(ready)
    }

    /// The copy that is delivered next.
    pub fn next_ready(&self, setup: &CompiledScenario) -> Option<&Entry> {
        self.ready(setup).map(|i| &self.entries[i])
    }

    /// The nodes that may take over from a leader that is down: those that hold all that was
    /// committed.
    pub(in crate::sim) fn candidates(&self, setup: &CompiledScenario) -> u8 {
        if self.leads() {
            return 0;
        }
        let committed = self.entries.iter().filter(|e| e.committed(&setup.broker));
        committed.fold(self.up, |nodes, e| nodes & e.holders())
    }
}

impl World {
    /// The queue that the broker is; only queues come here.
    fn queue_mut(&mut self) -> &mut Queue {
        match &mut self.broker {
            Broker::RabbitMq(queue) => queue,
            _ => unreachable!("the broker of a run never changes its kind"),
        }
    }

    /// The queue that the broker is, if it is one.
    pub fn queue(&self) -> Option<&Queue> {
        if let Broker::RabbitMq(queue) = &self.broker { Some(queue) } else { None }
    }

    pub(in crate::sim) fn queue_has_work(&self, setup: &CompiledScenario) -> bool {
        self.queue().is_some_and(|queue| queue.busy(setup, &self.net).is_some())
    }

    /// Whether the next message in line can be sent to this consumer.
    pub(in crate::sim) fn queue_dispatches(&self, setup: &CompiledScenario, c: usize) -> bool {
        let (Some(queue), Some(rules)) = (self.queue(), setup.queue()) else { return false };
        let unacked = queue.entries.iter().filter(|e| e.phase == Phase::Unacked(c as u8)).count();
        // Without acknowledgements nothing limits what is on its way.
        let most = if rules.redelivery { usize::from(rules.prefetch) } else { Net::MOST / 2 };
        let free = unacked < most && self.delivers_to(c) < most;
        // Nothing goes to one that stands still: the channel that timed out is closed.
        free && self.consumers[c].runs() && queue.leads() && queue.ready(setup).is_some()
    }

    /// Whether the broker may stop waiting for the consumer to settle this entry.
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
        // A copy that was gone before it counted leaves its number to the next.
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

    /// No queue takes it: returned if that was asked for, else dropped; confirmed all the same.
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

    /// A copy counts as stored from the moment from which the broker stands by it.
    fn count_stored(&mut self, setup: &CompiledScenario, msg: MessageId, before: u8, after: u8) {
        let stands = setup.broker.place(Op::Acknowledge).unwrap_or(0);
        if (before..after).contains(&stands.saturating_sub(1)) {
            Record::bump(&mut self.ledger.of_mut(msg).stored);
        }
    }

    /// Nobody waits for the acknowledgement of a copy whose producer's connection is gone.
    fn skip_acknowledge(&mut self, setup: &CompiledScenario) {
        for entry in &mut self.queue_mut().entries {
            if !entry.ack_pending && setup.broker.op(entry.pc) == Some(Op::Acknowledge) {
                entry.pc = setup.broker.next(entry.pc);
            }
        }
    }

    /// The operating system syncs a copy.
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
        // A dead letter was counted when it came.
        if phase != Phase::Dead {
            self.count_stored(setup, msg, pc, pc + 1);
        }
        self.skip_acknowledge(setup);
    }

    /// Sends the acknowledgement that is due for the entry.
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
