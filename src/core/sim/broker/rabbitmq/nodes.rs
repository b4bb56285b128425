//! Nodes of the broker: crashes, elections and restarts, and the copies that each loses or
//! recovers.

use super::{Entry, Phase, Queue, count_stored};
use crate::sim::broker::{Crash, Machine, swap_bits, swap_names};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::somebody_could_work;
use crate::sim::context::Ctx;
use crate::sim::event::{CauseRef, EventKind};
use crate::sim::ledger::Record;
use crate::sim::participant::Participant;
use crate::sim::program::Op;
use tinyvec::ArrayVec;

impl Queue {
    /// Returns true if a restarted node gets this copy at once: more nodes lack it than `Replicate`
    /// instructions are left to copy it.
    fn is_behind(&self, setup: &CompiledScenario, entry: &Entry) -> bool {
        let nodes = ((1u16 << setup.replicas) - 1) as u8;
        let lack = (nodes & !self.gone & !entry.holders()).count_ones() as usize;
        let lines = setup.broker.ops.iter().skip(entry.pc.into());
        lack > lines.filter(|(op, _)| *op == Op::Replicate).count()
    }

    /// Returns true if these two nodes are in canonical order.
    pub(super) fn is_ordered(&self, a: usize, b: usize) -> bool {
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

    /// Exchanges two nodes.
    pub(super) fn swap(&mut self, a: usize, b: usize) {
        let swap = |bits: &mut u8| *bits = swap_bits(*bits, a, b);
        swap(&mut self.up);
        swap(&mut self.gone);
        self.leader = swap_names(self.leader, a, b);
        for entry in &mut self.entries {
            swap(&mut entry.memory);
            swap(&mut entry.page);
            swap(&mut entry.disk);
        }
    }

    /// Returns the nodes that may be elected when the leader is down: those that hold everything
    /// that was committed.
    pub(super) fn candidates(&self, setup: &CompiledScenario) -> u8 {
        if self.leads() {
            return 0;
        }
        let stays = |e: &&Entry| e.committed(&setup.broker) && e.phase != Phase::Settled;
        let committed = self.entries.iter().filter(stays);
        committed.fold(self.up, |nodes, e| nodes & e.holders())
    }

    /// Returns true if the node may restart. A follower restarts once there is a leader, a leader
    /// only if no other node could lead.
    pub(super) fn returns(&self, setup: &CompiledScenario, node: usize) -> bool {
        let mut others = (0..usize::from(setup.replicas)).filter(|&n| n != node);
        let alone = others.all(|n| !self.is_up(n));
        let leads = self.leader() == Participant::NODES[node];
        // No node that is up has everything that was committed: the others have to restart first.
        let waits = !self.leads() && self.candidates(setup) == 0;
        let may = waits || if leads { alone } else { self.leads() };
        !self.is_up(node) && !self.is_gone(node) && may
    }

    /// Returns a settled copy to the queue: its node had crashed before it had written down that the
    /// copy was settled.
    pub(super) fn unsettle(&mut self, cx: &mut Ctx, index: usize) {
        let (at, cause) = (self.leader(), self.mark);
        let entry = &mut self.entries[index];
        let Entry { msg, copy, .. } = *entry;
        entry.phase = Phase::Ready;
        entry.mark = cx.out.record(cause, EventKind::Unsettled { at, msg, copy });
    }

    /// Removes the settled copies, which no crash can bring back any more.
    pub(super) fn drop_settled(&mut self) {
        self.entries.retain(|e| e.phase != Phase::Settled);
    }

    /// Crashes a node: what only its memory held is lost, and without power also what was not
    /// synced.
    pub(super) fn crash_node(&mut self, cx: &mut Ctx, node: usize, how: Crash, cause: CauseRef) {
        let bit = 1u8 << node;
        let at = Participant::NODES[node];
        let leads = self.leader as usize == node;
        self.up &= !bit;
        self.mark = cause;
        if how == Crash::PermanentLoss {
            self.gone |= bit;
        }
        for entry in &mut self.entries {
            let held = entry.holders() & bit != 0;
            entry.memory &= !bit;
            if how != Crash::Process {
                entry.page &= !bit;
            }
            if how == Crash::PermanentLoss {
                entry.disk &= !bit;
            }
            if leads {
                // Its connections are closed, and everything in progress on them is lost.
                entry.ack_pending = false;
                if !matches!(entry.phase, Phase::Dead | Phase::Settled) {
                    entry.phase = Phase::Ready;
                }
            }
            if held && entry.holders() & bit == 0 && entry.phase != Phase::Settled {
                let Entry { msg, copy, .. } = *entry;
                cx.out.record(cause, EventKind::Vanished { at, msg, copy });
            }
        }
        self.forget_lost(cx, |e| e.holders() != 0);
    }

    /// Removes the entries that are not kept. Of these, copies that counted as stored count as
    /// lost.
    fn forget_lost(&mut self, cx: &mut Ctx, kept: impl Fn(&Entry) -> bool) {
        let lost: ArrayVec<[Entry; Queue::MOST]> =
            self.entries.iter().filter(|e| !kept(e)).copied().collect();
        self.entries.retain(|e| kept(e));
        for entry in &lost {
            let record = cx.ledger.of_mut(entry.msg);
            if entry.phase == Phase::Settled {
                continue;
            }
            if entry.phase == Phase::Dead {
                record.dead = record.dead.saturating_sub(1);
            } else if entry.committed(&cx.setup.broker) {
                Record::bump(&mut record.gone);
            }
        }
    }

    /// Elects a replica as leader; copies that it does not hold are lost.
    pub(super) fn elect(&mut self, cx: &mut Ctx, node: usize) {
        let what = EventKind::Elected { at: Participant::NODES[node] };
        self.mark = cx.out.record(self.mark, what);
        self.leader = node as u8;
        self.drop_settled();
        let bit = 1u8 << node;
        self.forget_lost(cx, |e| e.holders() & bit != 0);
        self.skip_acknowledge(cx.setup);
    }

    /// Restarts a node with what its disk has kept and, as a follower, what the leader has.
    pub(super) fn restart_node(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        let at = Participant::NODES[node];
        let bit = 1u8 << node;
        self.up |= bit;
        self.mark = cause;
        let leads = self.leader as usize == node;
        if leads {
            self.drop_settled();
        }
        let before = *self;
        for entry in &mut self.entries {
            let kept = (entry.page | entry.disk) & bit != 0;
            if !leads {
                if before.leads() && before.is_behind(cx.setup, entry) {
                    entry.memory |= bit;
                    entry.disk |= if self.config.synced_copies { bit } else { 0 };
                }
            } else if kept && !self.config.survives {
                // Transient messages are discarded at recovery, wherever they were stored.
                entry.page &= !bit;
                entry.disk &= !bit;
                let Entry { msg, copy, .. } = *entry;
                cx.out.record(cause, EventKind::Vanished { at, msg, copy });
            } else if kept {
                // Recovered from disk: its program is complete.
                entry.pc = cx.setup.broker.done();
            }
        }
        self.forget_lost(cx, |e| e.holders() != 0);
        self.skip_acknowledge(cx.setup);
        // The whole queue was blocked until now.
        let waits = |e: &Entry| e.phase == Phase::Ready;
        let held_up = leads && self.entries.iter().any(waits);
        cx.ledger.blocked |= held_up && somebody_could_work(&cx.view());
    }

    /// Writes all that the only node of a queue holds in memory and would keep, as an orderly
    /// shutdown does, and what was settled.
    pub(super) fn write_out(&mut self, cx: &mut Ctx) {
        if cx.setup.replicas > 1 || !self.config.survives {
            return;
        }
        let node = self.leader_bit();
        self.drop_settled();
        for entry in self.entries.iter_mut().filter(|e| e.memory & node != 0) {
            if entry.phase != Phase::Dead && !entry.committed(&cx.setup.broker) {
                count_stored(cx, entry.msg, entry.pc, cx.setup.broker.done());
            }
            entry.page |= node;
            entry.disk |= node;
            entry.pc = cx.setup.broker.done();
        }
    }
}
