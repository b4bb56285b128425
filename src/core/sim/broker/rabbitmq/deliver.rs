//! Delivery of copies to consumers, and their settlement: acknowledgment, requeue and
//! dead-lettering.

use super::{Config, DeadLetters, Entry, Phase};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::Pause;
use crate::sim::event::{CauseRef, EventKind, Recorder};
use crate::sim::ledger::Record;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::Participant;
use crate::sim::program::Op;
use crate::sim::settings::OnError;
use crate::sim::world::World;

/// The reason why a delivery is requeued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RequeueCause {
    /// The consumer requested it.
    Asked,
    /// Its channel or connection was closed.
    Closed,
    /// Its consumer is alive, but has taken too long.
    TimedOut,
}

impl World {
    pub(in crate::sim) fn dispatch_entry(
        &mut self,
        setup: &CompiledScenario,
        c: usize,
        out: &mut Recorder,
    ) {
        let Some(rules) = setup.queue() else { return };
        let queue = self.queue_mut();
        let Some(index) = queue.ready(setup) else { return };
        let (from, to) = (queue.leader(), Participant::CONSUMERS[c]);
        let entry = &mut queue.entries[index];
        entry.deliveries = (entry.deliveries + 1).min(rules.counts_deliveries);
        entry.phase = Phase::Unacked(c as u8);
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let kind = PacketKind::Delivery;
        let mark = out.record(entry.mark, EventKind::Sent { kind, from, to, msg, n });
        self.net.send(Packet { from, to, kind, msg, copy, n, mark, ..Packet::default() });
        if !rules.redelivery {
            self.remove_entry(setup, index, out);
        }
    }

    /// Removes a settled entry, and sends its acknowledgment if that is still pending. What is
    /// written already stays there until the settlement is written as well.
    fn remove_entry(&mut self, setup: &CompiledScenario, index: usize, out: &mut Recorder) {
        let entry = self.queue_mut().entries[index];
        if !entry.committed(&setup.broker) {
            self.count_stored(setup, entry.msg, entry.pc, setup.broker.done());
        }
        self.acknowledge(setup, index, out);
        let written = entry.page | entry.disk != 0;
        if written && setup.queue().is_some_and(Config::keeps_settled) {
            let entry = &mut self.queue_mut().entries[index];
            (entry.phase, entry.pc) = (Phase::Settled, setup.broker.done());
        } else {
            self.queue_mut().entries.remove(index);
        }
    }

    /// Settles a delivery. A packet that belongs to an earlier delivery is ignored.
    pub(in crate::sim) fn settle_entry(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Packet { kind, msg, copy, n, .. } = packet;
        let queue = self.queue_mut();
        let at = queue.leader();
        let index = queue.entries.iter().position(|e| {
            let held = matches!(e.phase, Phase::Unacked(_));
            held && (e.msg, e.copy, e.deliveries) == (msg, copy, n)
        });
        let Some(index) = index else {
            out.record(cause, EventKind::Ignored { at, kind, msg, n });
            return;
        };
        match kind {
            PacketKind::Requeue => self.requeue(setup, index, RequeueCause::Asked, cause, out),
            PacketKind::Reject => self.discard(setup, index, cause, out),
            _ => {
                let mark = out.record(cause, EventKind::Removed { at, msg, copy });
                self.queue_mut().entries[index].mark = mark;
                self.remove_entry(setup, index, out);
            }
        }
    }

    /// Requeues an entry that its consumer will no longer settle.
    pub(in crate::sim) fn redeliver(
        &mut self,
        setup: &CompiledScenario,
        index: usize,
        out: &mut Recorder,
    ) {
        let entry = self.queue_mut().entries[index];
        let (cause, alive) = match entry.phase {
            Phase::Unacked(c) => {
                let consumer = &self.consumers[c as usize];
                let reached = !self.net.is_cut(self.leader(), Participant::CONSUMERS[c as usize]);
                // A paused consumer sends no heartbeats, and loses its connection.
                let connected = reached && consumer.up && consumer.pause != Pause::Still;
                let is_it = (consumer.msg, consumer.copy, consumer.n)
                    == (entry.msg, entry.copy, entry.deliveries);
                // A delivery that has not reached the consumer, or an acknowledgment that has not
                // reached the broker, was lost with the connection.
                let answers = [Op::Ack, Op::Nack].into_iter().any(|op| setup.consumer.has(op));
                let leaves = setup.scenario.consumer.on_error == OnError::Leave || !answers;
                let holds = (is_it && consumer.in_hand(setup)) || leaves;
                (consumer.mark, connected && holds)
            }
            Phase::Ready | Phase::Dead | Phase::Settled => (entry.mark, false),
        };
        let times_out = setup.queue().is_some_and(|rules| rules.times_out);
        let why = if alive && times_out { RequeueCause::TimedOut } else { RequeueCause::Closed };
        self.requeue(setup, index, why, cause, out);
    }

    /// Closes a consumer's channel, and with it its delivery tags: unsettled messages are requeued,
    /// and a later acknowledgment has no effect.
    pub(in crate::sim) fn close_channel(
        &mut self,
        setup: &CompiledScenario,
        c: usize,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let unacked = |e: &Entry| e.phase == Phase::Unacked(c as u8);
        while let Some(index) = self.queue_mut().entries.iter().position(unacked) {
            self.requeue(setup, index, RequeueCause::Closed, cause, out);
        }
    }

    fn requeue(
        &mut self,
        setup: &CompiledScenario,
        index: usize,
        why: RequeueCause,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Some(rules) = setup.queue() else { return };
        let counts = match why {
            RequeueCause::Asked => rules.nack_counts,
            RequeueCause::TimedOut => rules.timeout_counts,
            RequeueCause::Closed => true,
        };
        let entry = &mut self.queue_mut().entries[index];
        if counts {
            entry.failures = (entry.failures + 1).min(rules.counts_deliveries);
        }
        if rules.max_deliveries.is_some_and(|most| entry.deliveries >= most)
            || rules.delivery_limit.is_some_and(|limit| entry.failures > limit)
        {
            return self.discard(setup, index, cause, out);
        }
        // The count of failures matters only if there is a limit.
        if rules.delivery_limit.is_none() {
            entry.failures = 0;
        }
        entry.phase = Phase::Ready;
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let at = self.leader();
        let asked = why == RequeueCause::Asked;
        self.queue_mut().entries[index].mark =
            out.record(cause, EventKind::Requeued { at, msg, copy, n, asked });
    }

    fn discard(
        &mut self,
        setup: &CompiledScenario,
        index: usize,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Some(rules) = setup.queue() else { return };
        let Entry { msg, copy, deliveries: n, .. } = self.queue_mut().entries[index];
        let at = self.leader();
        if rules.dead_letters == DeadLetters::Discarded {
            out.record(cause, EventKind::Dropped { at, msg, copy, n });
            return self.remove_entry(setup, index, out);
        }
        Record::bump(&mut self.ledger.of_mut(msg).dead);
        let mark = out.record(cause, EventKind::DeadLettered { at, msg, copy, n });
        let dead =
            |entry: Entry| Entry { phase: Phase::Dead, deliveries: 0, failures: 0, mark, ..entry };
        if rules.dead_letters == DeadLetters::Kept {
            let entry = &mut self.queue_mut().entries[index];
            *entry = dead(*entry);
            return;
        }
        self.remove_entry(setup, index, out);
        // Published like any other message, in memory at first. It takes the slot of the entry that
        // was removed.
        let queue = self.queue_mut();
        let memory = queue.leader_bit();
        queue.entries.push(dead(Entry { msg, copy, pc: 1, memory, ..Entry::default() }));
        self.skip_acknowledge(setup);
    }
}
