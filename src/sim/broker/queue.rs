//! A queue: copies wait, are delivered, and are forgotten once a consumer settles them.
//!
//! Each copy runs the broker's program (append, then sync, replicate and acknowledge in the order
//! that the settings ask for). A copy can be delivered once it has met the condition for its
//! acknowledgement, whether or not that was sent.

use crate::sim::event::{Mark, Recorder, What};
use crate::sim::ledger::Record;
use crate::sim::network::{Kind, Packet};
use crate::sim::party::{Msg, Party};
use crate::sim::program::{Op, Program};
use crate::sim::setup::Setup;
use crate::sim::world::World;
use tinyvec::ArrayVec;

/// Where a copy stands towards the consumers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    #[default]
    Ready,
    /// Sent to the consumer of this number, which has not settled it.
    Unacked(u8),
}

/// One stored copy of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entry {
    pub msg: Msg,
    /// Which copy of the message it is, from 1.
    pub copy: u8,
    /// The attempt that brought it; 0 when its sender is gone.
    pub attempt: u8,
    /// Index into the broker's instructions.
    pub pc: u8,
    /// The nodes that hold it in memory, a bit each.
    pub memory: u8,
    /// The nodes that hold it on disk, a bit each.
    pub disk: u8,
    /// The producer waits for an answer on a connection that still stands.
    pub owes: bool,
    pub phase: Phase,
    /// How often it was sent to a consumer.
    pub deliveries: u8,
    pub mark: Mark,
}

impl Entry {
    fn holders(&self) -> u8 {
        self.memory | self.disk
    }

    /// It may be delivered.
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
    pub mark: Mark,
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
            mark: Mark::NONE,
        }
    }

    /// The copies, first in line first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether the node of that number runs.
    pub fn is_up(&self, node: usize) -> bool {
        self.up & (1 << node) != 0
    }

    /// Whether the node of that number is lost for good.
    pub fn is_gone(&self, node: usize) -> bool {
        self.gone & (1 << node) != 0
    }

    /// The node that producers and consumers talk to.
    pub fn leader(&self) -> Party {
        Party::NODES[self.leader as usize]
    }

    pub(in crate::sim) fn leads(&self) -> bool {
        self.is_up(self.leader as usize)
    }

    /// Whether an answer to the producer is still due for the message.
    pub(in crate::sim) fn owes(&self, msg: Msg) -> bool {
        self.entries.iter().any(|e| e.msg == msg && e.owes)
    }

    pub(in crate::sim) fn forget_producer(&mut self) {
        for entry in &mut self.entries {
            entry.owes = false;
        }
    }

    fn leader_bit(&self) -> u8 {
        1 << self.leader
    }

    fn position(&self, msg: Msg, copy: u8) -> Option<usize> {
        self.entries.iter().position(|e| e.msg == msg && e.copy == copy)
    }

    /// The first node that could take one more copy of the entry.
    fn target(&self, entry: &Entry) -> Option<u8> {
        (0..3).find(|n| self.up & !entry.holders() & (1 << n) != 0)
    }

    /// The copy with work to do that waits for nothing: copies are served in their order.
    fn busy(&self, setup: &Setup) -> Option<usize> {
        let first = self.entries.iter().position(|e| !setup.broker.ended(e.pc))?;
        let entry = &self.entries[first];
        let waits =
            setup.broker.op(entry.pc) == Some(Op::Replicate) && self.target(entry).is_none();
        (self.leads() && !waits).then_some(first)
    }

    fn ready(&self, setup: &Setup) -> Option<usize> {
        let ready = |e: &Entry| e.phase == Phase::Ready && e.committed(&setup.broker);
        self.entries.iter().position(ready)
    }

    /// The copy that is delivered next.
    pub fn next_ready(&self, setup: &Setup) -> Option<&Entry> {
        self.ready(setup).map(|i| &self.entries[i])
    }

    /// The nodes that may take over from a leader that is down: those that hold all that was
    /// committed.
    pub(in crate::sim) fn candidates(&self, setup: &Setup) -> u8 {
        if self.leads() {
            return 0;
        }
        let committed = self.entries.iter().filter(|e| e.committed(&setup.broker));
        committed.fold(self.up, |nodes, e| nodes & e.holders())
    }
}

impl World {
    pub(in crate::sim) fn broker_has_work(&self, setup: &Setup) -> bool {
        self.broker.busy(setup).is_some()
    }

    /// Whether the next message in line can be sent to this consumer.
    pub(in crate::sim) fn can_dispatch(&self, setup: &Setup, c: usize) -> bool {
        let to = Party::CONSUMERS[c];
        let free = self.consumers[c].up
            && !self
                .net
                .packets()
                .iter()
                .any(|p| p.kind == Kind::Delivery && p.to == to && !p.late)
            && !self.broker.entries.iter().any(|e| e.phase == Phase::Unacked(c as u8));
        free && self.broker.leads() && self.broker.ready(setup).is_some()
    }

    /// Whether the broker may stop waiting for the consumer to settle this entry.
    pub(in crate::sim) fn redelivery_due(&self, setup: &Setup, index: usize) -> bool {
        let entry = &self.broker.entries[index];
        let Phase::Unacked(c) = entry.phase else { return false };
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let kinds = [Kind::Delivery, Kind::ConsumerAck, Kind::Requeue, Kind::Reject];
        self.broker.leads()
            && !self.consumers[c as usize].may_settle(setup, msg, copy, n)
            && !self.net.carries(&kinds, msg, |p| p.copy == copy && p.n == n)
    }

    pub(in crate::sim) fn on_send<R: Recorder>(
        &mut self,
        setup: &Setup,
        packet: Packet,
        cause: Mark,
        out: &mut R,
    ) {
        let msg = packet.msg;
        if self.broker.entries.len() == Queue::MOST {
            self.broker.overflow = true;
            return;
        }
        // A copy that was gone before it counted leaves its number to the next.
        let alive = self.broker.entries.iter().filter(|e| e.msg == msg).map(|e| e.copy).max();
        let copy = alive.unwrap_or(0).max(self.ledger.of(msg).stored) + 1;
        let at = self.broker.leader();
        let mark = out.record(cause, What::Appended { at, msg, copy });
        self.broker.entries.push(Entry {
            msg,
            copy,
            attempt: packet.n,
            pc: 1,
            memory: self.broker.leader_bit(),
            owes: packet.n > 0,
            mark,
            ..Entry::default()
        });
        self.count_stored(setup, msg, 0, 1);
        self.skip_acknowledge(setup);
    }

    /// A copy counts as stored from the moment from which the broker stands by it.
    fn count_stored(&mut self, setup: &Setup, msg: Msg, before: u8, after: u8) {
        let stands = setup.broker.place(Op::Acknowledge).unwrap_or(0);
        if (before..after).contains(&stands.saturating_sub(1)) {
            Record::bump(&mut self.ledger.of_mut(msg).stored);
        }
    }

    /// Nobody waits for the acknowledgement of a copy whose producer's connection is gone.
    fn skip_acknowledge(&mut self, setup: &Setup) {
        for entry in &mut self.broker.entries {
            if !entry.owes && setup.broker.op(entry.pc) == Some(Op::Acknowledge) {
                entry.pc = setup.broker.next(entry.pc);
            }
        }
    }

    pub(in crate::sim) fn run_broker<R: Recorder>(&mut self, setup: &Setup, out: &mut R) {
        let Some(index) = self.broker.busy(setup) else { return };
        let from = self.broker.leader();
        let Entry { msg, copy, attempt: n, mark, pc, .. } = self.broker.entries[index];
        let target = self.broker.target(&self.broker.entries[index]);
        let leader = self.broker.leader_bit();
        let entry = &mut self.broker.entries[index];
        entry.pc = setup.broker.next(pc);
        match setup.broker.op(pc) {
            Some(Op::Persist) => {
                entry.disk |= leader;
                entry.mark = out.record(mark, What::Persisted { at: from, msg, copy });
            }
            Some(Op::Replicate) => {
                let Some(node) = target else { return };
                entry.memory |= 1 << node;
                let to = Party::NODES[node as usize];
                entry.mark = out.record(mark, What::Replicated { from, to, msg, copy });
            }
            Some(Op::Acknowledge) => {
                entry.owes = false;
                let to = Party::Producer;
                let mark = out.record(mark, What::Sent { kind: Kind::Ack, from, to, msg, n });
                self.net.send(Packet {
                    from,
                    to,
                    kind: Kind::Ack,
                    msg,
                    copy,
                    n,
                    late: false,
                    mark,
                });
            }
            _ => {}
        }
        self.count_stored(setup, msg, pc, pc + 1);
        self.skip_acknowledge(setup);
    }

    pub(in crate::sim) fn dispatch<R: Recorder>(&mut self, setup: &Setup, c: usize, out: &mut R) {
        let Some(index) = self.broker.ready(setup) else { return };
        let (from, to) = (self.broker.leader(), Party::CONSUMERS[c]);
        let entry = &mut self.broker.entries[index];
        entry.deliveries = (entry.deliveries + 1).min(Record::MOST);
        entry.phase = Phase::Unacked(c as u8);
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let kind = Kind::Delivery;
        let mark = out.record(entry.mark, What::Sent { kind, from, to, msg, n });
        self.net.send(Packet { from, to, kind, msg, copy, n, late: false, mark });
        if !setup.redelivery {
            self.broker.entries.remove(index);
        }
    }

    /// A consumer settles a delivery. What belongs to an earlier delivery is ignored.
    pub(in crate::sim) fn on_settled<R: Recorder>(
        &mut self,
        setup: &Setup,
        packet: Packet,
        cause: Mark,
        out: &mut R,
    ) {
        let Packet { kind, msg, copy, n, .. } = packet;
        let at = self.broker.leader();
        let index = self.broker.position(msg, copy).filter(|&i| {
            let e = &self.broker.entries[i];
            matches!(e.phase, Phase::Unacked(_)) && e.deliveries == n
        });
        let Some(index) = index else {
            out.record(cause, What::Ignored { at, kind, msg, n });
            return;
        };
        match kind {
            Kind::Requeue => self.requeue(setup, index, true, cause, out),
            Kind::Reject => self.discard(setup, index, cause, out),
            _ => {
                out.record(cause, What::Removed { at, msg, copy });
                self.broker.entries.remove(index);
            }
        }
    }

    /// The consumer of this entry will not settle it any more.
    pub(in crate::sim) fn redeliver<R: Recorder>(
        &mut self,
        setup: &Setup,
        index: usize,
        out: &mut R,
    ) {
        let entry = &self.broker.entries[index];
        let cause = match entry.phase {
            Phase::Unacked(c) => self.consumers[c as usize].mark,
            Phase::Ready => entry.mark,
        };
        self.requeue(setup, index, false, cause, out);
    }

    fn requeue<R: Recorder>(
        &mut self,
        setup: &Setup,
        index: usize,
        asked: bool,
        cause: Mark,
        out: &mut R,
    ) {
        let entry = &mut self.broker.entries[index];
        if setup.max_deliveries.is_some_and(|most| entry.deliveries >= most) {
            return self.discard(setup, index, cause, out);
        }
        entry.phase = Phase::Ready;
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let at = self.broker.leader();
        self.broker.entries[index].mark =
            out.record(cause, What::Requeued { at, msg, copy, n, asked });
    }

    fn discard<R: Recorder>(&mut self, setup: &Setup, index: usize, cause: Mark, out: &mut R) {
        let Entry { msg, copy, deliveries: n, .. } = self.broker.entries.remove(index);
        let at = self.broker.leader();
        if setup.dead_letter_queue {
            Record::bump(&mut self.ledger.of_mut(msg).dead);
            out.record(cause, What::DeadLettered { at, msg, copy, n });
        } else {
            out.record(cause, What::Dropped { at, msg, copy, n });
        }
    }

    /// A node stops; what only its memory held is gone.
    pub(in crate::sim) fn crash_node<R: Recorder>(
        &mut self,
        node: usize,
        forever: bool,
        cause: Mark,
        out: &mut R,
    ) {
        let bit = 1u8 << node;
        let at = Party::NODES[node];
        let leads = self.broker.leader as usize == node;
        self.broker.up &= !bit;
        self.broker.mark = cause;
        if forever {
            self.broker.gone |= bit;
        }
        for entry in &mut self.broker.entries {
            let held = entry.memory & bit != 0;
            entry.memory &= !bit;
            if forever {
                entry.disk &= !bit;
            }
            if leads {
                // Its connections are gone, and with them what was under way on them.
                entry.owes = false;
                entry.phase = Phase::Ready;
            }
            if held && entry.disk & bit == 0 {
                let Entry { msg, copy, .. } = *entry;
                out.record(cause, What::Vanished { at, msg, copy });
            }
        }
        self.broker.entries.retain(|e| e.holders() != 0);
    }

    /// A replica takes over; what it does not hold no longer exists.
    pub(in crate::sim) fn elect<R: Recorder>(&mut self, setup: &Setup, node: usize, out: &mut R) {
        let mark = out.record(self.broker.mark, What::Elected { at: Party::NODES[node] });
        self.broker.leader = node as u8;
        self.broker.mark = mark;
        let bit = 1u8 << node;
        self.broker.entries.retain(|e| e.holders() & bit != 0);
        self.skip_acknowledge(setup);
    }

    /// A node is back: with what its disk kept and, as a follower, what the leader has.
    pub(in crate::sim) fn restart_node(&mut self, setup: &Setup, node: usize, cause: Mark) {
        let bit = 1u8 << node;
        self.broker.up |= bit;
        self.broker.mark = cause;
        let leads = self.broker.leader as usize == node;
        for entry in &mut self.broker.entries {
            if !leads {
                entry.memory |= bit;
            }
            if leads && entry.disk & bit != 0 {
                // Read back from disk: there is nothing left to do for it.
                entry.pc = setup.broker.done();
            }
        }
        self.skip_acknowledge(setup);
    }
}
