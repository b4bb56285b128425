//! Delivery of copies to consumers, and their settlement: acknowledgment, requeue and
//! dead-lettering.

use super::{DeadLetters, Entry, Phase, Queue, count_stored};
use crate::sim::broker::Machine;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::{Consumer, Pause};
use crate::sim::context::Ctx;
use crate::sim::event::{CauseRef, EventKind};
use crate::sim::ledger::Record;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};

/// The reason why a delivery is requeued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RequeueCause {
    /// The consumer requested it.
    Asked,
    /// Its channel or connection was closed.
    Closed,
    /// Its consumer is connected, but has not settled it in time.
    TimedOut,
}

impl Queue {
    /// Delivers the next copy to a consumer.
    pub(super) fn dispatch(&mut self, cx: &mut Ctx, c: usize) {
        let Some(index) = self.ready(cx.setup) else { return };
        let (from, to) = (self.leader(), Participant::CONSUMERS[c]);
        if self.config.single_active {
            self.active = c as u8;
        }
        let entry = &mut self.entries[index];
        entry.deliveries = (entry.deliveries + 1).min(self.config.counts_deliveries);
        entry.phase = Phase::Unacked(c as u8);
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let kind = PacketKind::Delivery;
        let mark = cx.out.record(entry.mark, EventKind::Sent { kind, from, to, msg, n });
        cx.net.send(Packet { from, to, kind, msg, copy, n, mark, ..Packet::default() });
        if !self.config.redelivery {
            self.remove_entry(cx, index);
        }
    }

    /// Removes a settled entry, and sends its acknowledgment if that is still pending. What is
    /// written already stays there until the settlement is written as well.
    fn remove_entry(&mut self, cx: &mut Ctx, index: usize) {
        let entry = self.entries[index];
        if !entry.committed(&cx.setup.broker) {
            count_stored(cx, entry.msg, entry.pc, cx.setup.broker.done());
        }
        self.acknowledge(cx, index);
        let written = entry.page | entry.disk != 0;
        if written && self.config.keeps_settled() {
            let entry = &mut self.entries[index];
            (entry.phase, entry.pc) = (Phase::Settled, cx.setup.broker.done());
        } else {
            self.entries.remove(index);
        }
    }

    /// Returns the index of the copy that waits for this packet to settle it.
    pub(super) fn unsettled(&self, packet: &Packet) -> Option<usize> {
        self.entries.iter().position(|e| {
            e.holder().is_some()
                && (e.msg, e.copy, e.deliveries) == (packet.msg, packet.copy, packet.n)
        })
    }

    /// Settles a delivery. A packet that belongs to an earlier delivery is ignored.
    pub(super) fn settle(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let Packet { kind, msg, copy, n, .. } = packet;
        let at = self.leader();
        let Some(index) = self.unsettled(&packet) else {
            cx.out.record(cause, EventKind::Ignored { at, kind, msg, n });
            return;
        };
        match kind {
            PacketKind::Requeue => self.requeue(cx, index, RequeueCause::Asked, cause),
            PacketKind::Reject => self.discard(cx, index, cause),
            _ => {
                let mark = cx.out.record(cause, EventKind::Removed { at, msg, copy });
                self.entries[index].mark = mark;
                self.remove_entry(cx, index);
            }
        }
    }

    /// Requeues an entry that its consumer will no longer settle.
    pub(super) fn redeliver(&mut self, cx: &mut Ctx, index: usize) {
        let entry = self.entries[index];
        let Some(c) = entry.holder() else { return };
        let Consumer { mark, pause, .. } = cx.consumers[c];
        let reached = !cx.net.is_cut(self.leader(), Participant::CONSUMERS[c]);
        // A paused consumer sends no heartbeats, and loses its connection.
        let connected = reached && pause != Pause::Still;
        let why = match entry.phase {
            Phase::Unacked(_) if connected => RequeueCause::TimedOut,
            _ => RequeueCause::Closed,
        };
        self.requeue(cx, index, why, mark);
        self.deactivate(&cx.view(), c);
    }

    /// Closes a consumer's channel, and with it its delivery tags: unsettled messages are requeued,
    /// and a later acknowledgment has no effect.
    pub(super) fn close_channel(&mut self, cx: &mut Ctx, c: usize, cause: CauseRef) {
        while let Some(index) = self.entries.iter().position(|e| e.holder() == Some(c)) {
            self.requeue(cx, index, RequeueCause::Closed, cause);
        }
        self.deactivate(&cx.view(), c);
    }

    fn requeue(&mut self, cx: &mut Ctx, index: usize, why: RequeueCause, cause: CauseRef) {
        // The consumer has room for it only afterwards.
        let room = self.rooms(&cx.view());
        let config = &self.config;
        let counts = match why {
            RequeueCause::Asked => config.nack_counts,
            RequeueCause::TimedOut => config.timeout_counts,
            RequeueCause::Closed => true,
        };
        let entry = &mut self.entries[index];
        if counts {
            entry.failures = (entry.failures + 1).min(config.counts_deliveries);
        }
        if config.max_deliveries.is_some_and(|most| entry.deliveries >= most)
            || config.delivery_limit.is_some_and(|limit| entry.failures > limit)
        {
            return self.discard(cx, index, cause);
        }
        // The count of failures matters only if there is a limit.
        if config.delivery_limit.is_none() {
            entry.failures = 0;
        }
        entry.phase = Phase::Ready;
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let at = self.leader();
        let asked = why == RequeueCause::Asked;
        self.entries[index].mark =
            cx.out.record(cause, EventKind::Requeued { at, msg, copy, n, asked });
        if asked && self.config.requeues_to_back {
            let entry = self.entries.remove(index);
            self.entries.push(entry);
        }
        self.drop_heads(cx, room, cause);
    }

    pub(super) fn discard(&mut self, cx: &mut Ctx, index: usize, cause: CauseRef) {
        let Entry { msg, copy, deliveries: n, .. } = self.entries[index];
        let at = self.leader();
        if self.config.dead_letters == DeadLetters::Discarded {
            cx.out.record(cause, EventKind::Dropped { at, msg, copy, n });
            return self.remove_entry(cx, index);
        }
        Record::bump(&mut cx.ledger.of_mut(msg).dead);
        let mark = cx.out.record(cause, EventKind::DeadLettered { at, msg, copy, n });
        let dead =
            |entry: Entry| Entry { phase: Phase::Dead, deliveries: 0, failures: 0, mark, ..entry };
        if self.config.dead_letters == DeadLetters::Kept {
            let entry = &mut self.entries[index];
            *entry = dead(*entry);
            return;
        }
        self.remove_entry(cx, index);
        // Published like any other message, in memory at first. It takes the slot of the entry that
        // was removed.
        let memory = self.leader_bit();
        self.entries.push(dead(Entry { msg, copy, pc: 1, memory, ..Entry::default() }));
        self.skip_acknowledge(cx.setup);
    }

    /// Removes every copy that no consumer holds, as if it were consumed.
    pub(super) fn remove_ready(&mut self, cx: &mut Ctx, cause: CauseRef) {
        let at = self.leader();
        while let Some(index) = self.entries.iter().position(|e| e.phase == Phase::Ready) {
            let Entry { msg, copy, deliveries: n, .. } = self.entries[index];
            self.entries[index].mark =
                cx.out.record(cause, EventKind::Dropped { at, msg, copy, n });
            self.remove_entry(cx, index);
        }
    }

    /// Returns the index of a dead letter of the message that the dead-letter queue vouches for.
    pub(super) fn dead_letter(&self, setup: &CompiledScenario, msg: MessageId) -> Option<usize> {
        let dead = |e: &Entry| e.msg == msg && e.phase == Phase::Dead;
        self.entries.iter().position(|e| dead(e) && e.committed(&setup.broker))
    }

    /// Publishes a dead letter to the queue again, as a shovel does, as a copy of its own: what is
    /// still under way for earlier deliveries does not settle it.
    pub(super) fn publish_again(&mut self, cx: &mut Ctx, index: usize) {
        let entry = self.entries.remove(index);
        let (at, msg) = (self.leader(), entry.msg);
        let record = cx.ledger.of_mut(msg);
        record.dead = record.dead.saturating_sub(1);
        let alive = self.entries.iter().filter(|e| e.msg == msg).map(|e| e.copy).max();
        let copy = (alive.unwrap_or(0).max(record.stored) + 1).min(Record::MOST + 1);
        let mark = cx.out.record(entry.mark, EventKind::Redriven { at, msg, copy });
        let room = self.rooms(&cx.view());
        self.entries.push(Entry { copy, phase: Phase::Ready, mark, ..entry });
        self.drop_heads(cx, room, mark);
    }
}
