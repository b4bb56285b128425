//! The broker's nodes: what goes with one that stops, who takes over, what comes back.

use super::{Entry, Phase, Queue};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::event::{CauseRef, EventKind, Recorder};
use crate::sim::ledger::Record;
use crate::sim::participant::Participant;
use crate::sim::world::World;
use tinyvec::ArrayVec;

/// What goes with a node that stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The process: its memory.
    Process,
    /// The machine's power: what was not synced, too.
    Power,
    /// The machine itself: its disk, too.
    PermanentLoss,
}

impl World {
    /// A node stops; what only its memory held is gone, and without power what was not synced.
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
                // Its connections are gone, and with them what was under way on them.
                entry.ack_pending = false;
                if entry.phase != Phase::Dead {
                    entry.phase = Phase::Ready;
                }
            }
            if held && entry.holders() & bit == 0 {
                let Entry { msg, copy, .. } = *entry;
                out.record(cause, EventKind::Vanished { at, msg, copy });
            }
        }
        self.forget_lost(setup, |e| e.holders() != 0);
    }

    /// Entries that are not kept are gone: copies that counted count no longer.
    fn forget_lost(&mut self, setup: &CompiledScenario, kept: impl Fn(&Entry) -> bool) {
        let queue = self.queue_mut();
        let lost: ArrayVec<[Entry; Queue::MOST]> =
            queue.entries.iter().filter(|e| !kept(e)).copied().collect();
        queue.entries.retain(|e| kept(e));
        for entry in &lost {
            let record = self.ledger.of_mut(entry.msg);
            if entry.phase == Phase::Dead {
                record.dead = record.dead.saturating_sub(1);
            } else if entry.committed(&setup.broker) {
                Record::bump(&mut record.gone);
            }
        }
    }

    /// A replica takes over; what it does not hold no longer exists.
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
        let bit = 1u8 << node;
        self.forget_lost(setup, |e| e.holders() & bit != 0);
        self.skip_acknowledge(setup);
    }

    /// A node is back: with what its disk kept and, as a follower, what the leader has.
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
        let before = *queue;
        for entry in &mut queue.entries {
            let kept = (entry.page | entry.disk) & bit != 0;
            if !leads {
                if before.leads() && before.is_behind(setup, entry) {
                    entry.memory |= bit;
                    entry.disk |= if synced { bit } else { 0 };
                }
            } else if kept && !survives {
                // Transient messages are thrown away at recovery, wherever they were.
                entry.page &= !bit;
                entry.disk &= !bit;
                let Entry { msg, copy, .. } = *entry;
                out.record(cause, EventKind::Vanished { at, msg, copy });
            } else if kept {
                // Read back from disk: there is nothing left to do for it.
                entry.pc = setup.broker.done();
            }
        }
        self.forget_lost(setup, |e| e.holders() != 0);
        self.skip_acknowledge(setup);
        // The whole queue stood still until now.
        let waits = |e: &Entry| e.phase == Phase::Ready;
        let held_up = leads && self.queue_mut().entries.iter().any(waits);
        self.ledger.blocked |= held_up && self.somebody_could_work(setup);
    }
}
