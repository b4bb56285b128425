//! Nodes of the broker: crashes, elections and restarts, and the copies that each loses or
//! recovers.

use super::{Entry, Phase, Queue};
use crate::sim::broker::Broker;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::event::{CauseRef, EventKind, Recorder};
use crate::sim::ledger::Record;
use crate::sim::participant::Participant;
use crate::sim::program::Op;
use crate::sim::world::{ActorStep, Choice, World};
use tinyvec::ArrayVec;

/// The kind of a node failure, by what is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The process crashes: its memory is lost.
    Process,
    /// The machine loses power: unsynced data is lost as well.
    Power,
    /// The machine is permanently lost: its disk is lost as well.
    PermanentLoss,
}

/// Appends the settled copies that may come back while their node is down: it may have crashed
/// before it had written down that they were settled.
pub(in crate::sim) fn unsettlings(world: &World, out: &mut Vec<Choice>) {
    let Some(queue) = world.queue().filter(|queue| !queue.leads()) else { return };
    let settled = (0..queue.entries.len()).filter(|&i| queue.entries[i].phase == Phase::Settled);
    out.extend(settled.map(|i| Choice::Run(ActorStep::Unsettle(i as u8))));
}

/// Returns a settled copy to the queue.
pub(in crate::sim) fn unsettle(world: &mut World, index: usize, out: &mut Recorder) {
    let queue = world.queue_mut();
    let (at, cause) = (queue.leader(), queue.mark);
    let entry = &mut queue.entries[index];
    let Entry { msg, copy, .. } = *entry;
    entry.phase = Phase::Ready;
    entry.mark = out.record(cause, EventKind::Unsettled { at, msg, copy });
}

/// Forgets what was settled, where no crash is left that could bring it back.
pub fn forget_settled(world: &mut World) {
    if let Broker::RabbitMq(queue) = &mut world.broker
        && queue.leads()
    {
        queue.forget_settled();
    }
}

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

    /// Exchanges two nodes.
    pub(in crate::sim) fn swap_nodes(&mut self, a: usize, b: usize) {
        let swap = |bits: &mut u8| *bits = crate::sim::broker::swap_bits(*bits, a, b);
        swap(&mut self.up);
        swap(&mut self.gone);
        self.leader = crate::sim::broker::swap_names(self.leader, a, b);
        for entry in &mut self.entries {
            swap(&mut entry.memory);
            swap(&mut entry.page);
            swap(&mut entry.disk);
        }
    }

    /// Returns the nodes that may be elected when the leader is down: those that hold everything
    /// that was committed.
    pub(in crate::sim) fn candidates(&self, setup: &CompiledScenario) -> u8 {
        if self.leads() {
            return 0;
        }
        let stays = |e: &&Entry| e.committed(&setup.broker) && e.phase != Phase::Settled;
        let committed = self.entries.iter().filter(stays);
        committed.fold(self.up, |nodes, e| nodes & e.holders())
    }
}

impl World {
    /// Crashes a node: what only its memory held is lost, and without power also what was not
    /// synced.
    pub(in crate::sim) fn crash_queue_node(
        &mut self,
        setup: &CompiledScenario,
        node: usize,
        how: Crash,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let bit = 1u8 << node;
        let at = Participant::NODES[node];
        let queue = self.queue_mut();
        let leads = queue.leader as usize == node;
        queue.up &= !bit;
        queue.mark = cause;
        if how == Crash::PermanentLoss {
            queue.gone |= bit;
        }
        for entry in &mut queue.entries {
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
                out.record(cause, EventKind::Vanished { at, msg, copy });
            }
        }
        self.forget_lost(setup, |e| e.holders() != 0);
    }

    /// Removes the entries that are not kept. Of these, copies that counted as stored count as
    /// lost.
    fn forget_lost(&mut self, setup: &CompiledScenario, kept: impl Fn(&Entry) -> bool) {
        let queue = self.queue_mut();
        let lost: ArrayVec<[Entry; Queue::MOST]> =
            queue.entries.iter().filter(|e| !kept(e)).copied().collect();
        queue.entries.retain(|e| kept(e));
        for entry in &lost {
            let record = self.ledger.of_mut(entry.msg);
            if entry.phase == Phase::Settled {
                continue;
            }
            if entry.phase == Phase::Dead {
                record.dead = record.dead.saturating_sub(1);
            } else if entry.committed(&setup.broker) {
                Record::bump(&mut record.gone);
            }
        }
    }

    /// Elects a replica as leader; copies that it does not hold are lost.
    pub(in crate::sim) fn elect_queue_node(
        &mut self,
        setup: &CompiledScenario,
        node: usize,
        out: &mut Recorder,
    ) {
        let queue = self.queue_mut();
        let mark = out.record(queue.mark, EventKind::Elected { at: Participant::NODES[node] });
        queue.leader = node as u8;
        queue.mark = mark;
        queue.forget_settled();
        let bit = 1u8 << node;
        self.forget_lost(setup, |e| e.holders() & bit != 0);
        self.skip_acknowledge(setup);
    }

    /// Restarts a node with what its disk has kept and, as a follower, what the leader has.
    pub(in crate::sim) fn restart_queue_node(
        &mut self,
        setup: &CompiledScenario,
        node: usize,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let survives = setup.queue().is_some_and(|rules| rules.survives);
        let synced = setup.queue().is_some_and(|rules| rules.synced_copies);
        let at = Participant::NODES[node];
        let bit = 1u8 << node;
        let queue = self.queue_mut();
        queue.up |= bit;
        queue.mark = cause;
        let leads = queue.leader as usize == node;
        if leads {
            queue.forget_settled();
        }
        let before = *queue;
        for entry in &mut queue.entries {
            let kept = (entry.page | entry.disk) & bit != 0;
            if !leads {
                if before.leads() && before.is_behind(setup, entry) {
                    entry.memory |= bit;
                    entry.disk |= if synced { bit } else { 0 };
                }
            } else if kept && !survives {
                // Transient messages are discarded at recovery, wherever they were stored.
                entry.page &= !bit;
                entry.disk &= !bit;
                let Entry { msg, copy, .. } = *entry;
                out.record(cause, EventKind::Vanished { at, msg, copy });
            } else if kept {
                // Recovered from disk: its program is complete.
                entry.pc = setup.broker.done();
            }
        }
        self.forget_lost(setup, |e| e.holders() != 0);
        self.skip_acknowledge(setup);
        // The whole queue was blocked until now.
        let waits = |e: &Entry| e.phase == Phase::Ready;
        let held_up = leads && self.queue_mut().entries.iter().any(waits);
        self.ledger.blocked |= held_up && self.somebody_could_work(setup);
    }
}
