//! Delivery to applications, and what they answer: Ack, NAK and TERM.

use super::{Config, Entry, Phase, Stream};
use crate::sim::consumer::{Consumer, Pause, somebody_could_work};
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind};
use crate::sim::ledger::Record;
use crate::sim::network::{Net, Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;

/// The maximum of the count of deliveries where nothing limits it.
const UNLIMITED: u8 = Record::MOST;

impl Stream {
    /// Returns the number of messages that are delivered and not acknowledged.
    fn pending(&self) -> usize {
        self.entries.iter().filter(|e| e.is_pending()).count()
    }

    /// Returns the copy that is delivered next: the first in the queue of redeliveries, then the first
    /// new one unless too many are unacknowledged.
    pub(super) fn next(&self, cx: &View) -> Option<usize> {
        if !self.config.stream {
            return (!self.entries.is_empty()).then_some(0);
        }
        let queued = self.entries.iter().position(|e| e.turn == 1);
        let full = self.pending() >= usize::from(self.config.max_ack_pending);
        let new = |e: &Entry| {
            e.phase == Phase::Waiting && e.deliveries == 0 && e.committed(&cx.setup.broker)
        };
        queued.or_else(|| self.entries.iter().position(new).filter(|_| !full))
    }

    /// Returns true if the next message can be delivered to this application.
    pub(super) fn dispatches(&self, cx: &View, c: usize) -> bool {
        if !self.config.stream {
            let free = cx.net.packets().len() < Net::MOST / 2;
            return free && self.is_subscribed(cx, c) && self.next(cx).is_some();
        }
        self.is_stable(cx.setup, cx.net)
            && self.has_consumer
            && self.has_room(cx, c)
            && self.next(cx).is_some()
    }

    /// Returns true if the client wants a further message.
    fn has_room(&self, cx: &View, c: usize) -> bool {
        let consumer = &cx.consumers[c];
        let room = cx.net.delivers_to(c) < usize::from(self.config.fetches);
        if self.config.fetches == 1 || cx.setup.batching.is_some() {
            // It asks for the next ones on the same connection on which it has answered.
            let me = Participant::CONSUMERS[c];
            let mut answers = cx.net.packets().iter().filter(|p| p.from == me && !p.late);
            return consumer.idle(cx.setup) && room && answers.next().is_none();
        }
        consumer.runs() && room
    }

    /// Delivers the next message to an application.
    pub(super) fn deliver(&mut self, cx: &mut Ctx, c: usize) {
        let Some(index) = self.next(&cx.view()) else { return };
        let (from, to) = (self.leader_node(), Participant::CONSUMERS[c]);
        self.close_gap(self.entries[index].turn);
        let most = self.config.max_deliver.unwrap_or(UNLIMITED);
        let entry = &mut self.entries[index];
        entry.turn = 0;
        entry.deliveries = (entry.deliveries + 1).min(most);
        entry.phase = Phase::Held(c as u8);
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let kind = PacketKind::Delivery;
        let mark = cx.out.record(entry.mark, EventKind::Sent { kind, from, to, msg, n });
        cx.net.send(Packet { from, to, kind, msg, copy, n, mark, ..Packet::default() });
        if self.config.auto_ack {
            self.set_acked(cx, index);
        }
    }

    /// Marks a copy as acknowledged. Unless the stream keeps it, or a crash could bring it back, it is
    /// gone; a PubAck that is still pending goes out before.
    fn set_acked(&mut self, cx: &mut Ctx, index: usize) {
        self.close_gap(self.entries[index].turn);
        let entry = &mut self.entries[index];
        (entry.turn, entry.phase) = (0, Phase::Acked);
        let stays = self.config.keeps_acked || (self.config.stream && self.remembers_acked());
        if !stays {
            self.acknowledge(cx, index);
            self.entries.remove(index);
        }
    }

    /// Returns true if an acknowledgment may be lost in a crash: the state of a consumer is written
    /// down a little later, and replicated unless the application waits for that.
    pub(super) fn remembers_acked(&self) -> bool {
        self.config.crash || self.config.power
    }

    /// Handles an answer of an application. The server looks only at the sequence number: the answer
    /// to an earlier delivery counts, whoever has the message by now.
    pub(super) fn answered(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let Packet { kind, msg, copy, n, .. } = packet;
        let delivered = |&index: &usize| {
            let entry = &self.entries[index];
            entry.deliveries > 0 && entry.phase != Phase::Acked
        };
        let index = self.position(msg, copy).filter(delivered);
        let index = index.filter(|_| self.is_stable(cx.setup, cx.net) && self.has_consumer);
        match (kind, index) {
            (PacketKind::Requeue, Some(index)) if self.may_requeue(index) => {
                self.requeue(cx, index, true, cause);
            }
            (PacketKind::Requeue, _) | (_, None) => {
                let at = self.leader_node();
                cx.out.record(cause, EventKind::Ignored { at, kind, msg, n });
            }
            (PacketKind::Reject, Some(index)) => {
                let at = self.leader_node();
                cx.out.record(cause, EventKind::Dropped { at, msg, copy, n });
                self.set_acked(cx, index);
            }
            (_, Some(index)) => self.settle(cx, index, cause),
        }
    }

    /// Returns true if a NAK of the copy counts: it is pending, and not in the queue already.
    fn may_requeue(&self, index: usize) -> bool {
        matches!(self.entries[index].phase, Phase::Held(_))
    }

    /// Handles an acknowledgment by a call: while the consumer exists, it is confirmed whether or not
    /// it changes anything.
    pub(super) fn ack_sync(&mut self, cx: &mut Ctx, c: usize) {
        let Consumer { msg, copy, mark, .. } = cx.consumers[c];
        let (from, to) = (Participant::CONSUMERS[c], self.leader_node());
        let what = EventKind::Asked { op: Op::Ack, from, to, msg, yes: self.has_consumer };
        let mark = cx.out.record(mark, what);
        cx.consumers[c].mark = mark;
        let open = |&index: &usize| {
            let entry = &self.entries[index];
            entry.deliveries > 0 && entry.phase != Phase::Acked
        };
        if let Some(index) = self.position(msg, copy).filter(open).filter(|_| self.has_consumer) {
            self.settle(cx, index, mark);
        }
    }

    /// Takes an acknowledgment of a copy, and with `ack_policy` all of every earlier one.
    fn settle(&mut self, cx: &mut Ctx, index: usize, cause: CauseRef) {
        let at = self.leader_node();
        let Entry { msg, copy, .. } = self.entries[index];
        let mark = cx.out.record(cause, EventKind::Removed { at, msg, copy });
        self.entries[index].mark = mark;
        let mut earlier = 0;
        while self.config.cumulative
            && (self.entries[earlier].msg, self.entries[earlier].copy) != (msg, copy)
        {
            let Entry { msg, copy, .. } = self.entries[earlier];
            if self.entries[earlier].is_pending() {
                cx.out.record(cause, EventKind::Removed { at, msg, copy });
                self.set_acked(cx, earlier);
            }
            // It may be gone now, and the next one in its place.
            earlier += usize::from(self.position(msg, copy) == Some(earlier));
        }
        if let Some(index) = self.position(msg, copy) {
            self.set_acked(cx, index);
        }
    }

    /// Puts a copy into the queue of redeliveries, unless it was delivered `max_deliver` times.
    pub(super) fn requeue(&mut self, cx: &mut Ctx, index: usize, asked: bool, cause: CauseRef) {
        let at = self.leader_node();
        let last = self.entries.iter().map(|e| e.turn).max().unwrap_or_default();
        let entry = &mut self.entries[index];
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        if self.config.max_deliver.is_some_and(|most| n >= most) {
            entry.phase = Phase::Exhausted;
            entry.mark = cx.out.record(cause, EventKind::Dropped { at, msg, copy, n });
            return;
        }
        (entry.phase, entry.turn) = (Phase::Waiting, last + 1);
        entry.mark = cx.out.record(cause, EventKind::Requeued { at, msg, copy, n, asked });
    }

    /// Moves up what stands behind a place in the queue of redeliveries.
    pub(super) fn close_gap(&mut self, turn: u8) {
        if turn > 0 {
            self.entries.iter_mut().filter(|e| e.turn > turn).for_each(|e| e.turn -= 1);
        }
    }

    /// Returns true if `ack_wait` may expire for this copy now.
    pub(super) fn redelivery_due(&self, cx: &View, entry: &Entry) -> bool {
        let Phase::Held(c) = entry.phase else { return false };
        let consumer = &cx.consumers[c as usize];
        let Entry { msg, copy, deliveries: n, .. } = *entry;
        let in_hand = consumer.holds(cx.setup, (msg, copy, n));
        let patient = match consumer.pause {
            Pause::No => true,
            // Messages that the client has fetched ahead are not in the hands of the handler.
            Pause::Slow if self.config.in_progress => in_hand,
            Pause::Slow => !self.config.times_out,
            Pause::Still => false,
        };
        let kinds = [
            PacketKind::Delivery,
            PacketKind::ConsumerAck,
            PacketKind::Requeue,
            PacketKind::Reject,
        ];
        let waits = patient
            && !cx.net.is_cut(self.leader_node(), Participant::CONSUMERS[c as usize])
            && (consumer.may_settle(cx.setup, msg, copy, n)
                || cx.net.carries(&kinds, msg, |p| p.copy == copy && p.n == n)
                || self.is_included(cx, c, entry));
        self.is_stable(cx.setup, cx.net)
            && self.has_consumer
            && !waits
            && !self.expires_after_another(cx, entry)
    }

    /// Returns true if `ack_wait` expires first for an earlier message that the same application has.
    /// Both were delivered for the first time, in the order of the stream, and the server sorts what
    /// has expired by that order (`consumer.go`, `checkPending`). The order matters where the last
    /// message of a batch acknowledges the others; elsewhere any order is tried.
    fn expires_after_another(&self, cx: &View, entry: &Entry) -> bool {
        let before = self.entries.iter().take_while(|e| (e.msg, e.copy) != (entry.msg, entry.copy));
        let first = |e: &Entry| e.deliveries == 1 && e.phase == entry.phase;
        self.config.cumulative
            && cx.setup.batching.is_some()
            && entry.deliveries == 1
            && before.filter(|e| first(e)).any(|e| self.redelivery_due(cx, e))
    }

    /// Returns true if the application's acknowledgment of a later message is on its way, which
    /// includes this one.
    fn is_included(&self, cx: &View, c: u8, entry: &Entry) -> bool {
        let later = self.entries.iter().skip_while(|e| (e.msg, e.copy) != (entry.msg, entry.copy));
        let acks = |e: &Entry| {
            let from = Participant::CONSUMERS[usize::from(c)];
            let same = |p: &Packet| (p.from, p.copy) == (from, e.copy);
            cx.net.carries(&[PacketKind::ConsumerAck], e.msg, same)
        };
        self.config.cumulative && cx.setup.batching.is_some() && later.skip(1).any(acks)
    }

    /// Lets `ack_wait` expire for a copy.
    pub(super) fn time_out(&mut self, cx: &mut Ctx, index: usize) {
        let Entry { msg, copy, deliveries: n, phase, mark, .. } = self.entries[index];
        let Phase::Held(c) = phase else { return };
        let consumer = cx.consumers[c as usize];
        let cause = if consumer.mark.event().is_some() { consumer.mark } else { mark };
        // Nothing new was delivered meanwhile, and no living application had the message in hand.
        let in_hand = consumer.up && consumer.holds(cx.setup, (msg, copy, n));
        let full = self.pending() >= usize::from(self.config.max_ack_pending);
        cx.ledger.blocked |= full && !in_hand && somebody_could_work(&cx.view());
        self.requeue(cx, index, false, cause);
    }

    /// Returns true if the application with this index keeps the consumer in use: it has asked for a
    /// message, or has one that is not overdue. A client that fetches one at a time asks for nothing
    /// while its handler runs (nats-server, `consumer.go`, `isActive`).
    fn uses(&self, cx: &View, c: usize) -> bool {
        let Config { fetches, in_progress, times_out, auto_ack, .. } = self.config;
        let waits = in_progress && !auto_ack;
        let overdue = fetches == 1 && !waits && (times_out || auto_ack);
        self.is_subscribed(cx, c) && !(overdue && cx.consumers[c].pause == Pause::Slow)
    }

    /// Returns true if nobody uses the ephemeral consumer: it may be deleted.
    pub(super) fn is_unused(&self, cx: &View) -> bool {
        let uses = |c: usize| self.uses(cx, c);
        self.config.ephemeral
            && self.has_consumer
            && self.is_stable(cx.setup, cx.net)
            && !(0..cx.setup.consumers()).any(uses)
    }

    /// Deletes the consumer after `inactive_threshold`.
    pub(super) fn delete_consumer(&mut self, cx: &mut Ctx) {
        let at = Participant::Consumer;
        let cause = cx.consumers[0].mark;
        self.mark = cx.out.record(cause, EventKind::Evicted { at });
        self.has_consumer = false;
        self.drop_acked();
        for entry in &mut self.entries {
            (entry.phase, entry.deliveries, entry.turn) = (Phase::Waiting, 0, 0);
        }
        self.move_on(cx);
    }

    /// Returns true if this application creates the consumer, which does not exist.
    pub(super) fn may_create(&self, cx: &View, c: usize) -> bool {
        let stable = self.is_stable(cx.setup, cx.net);
        self.config.stream && !self.has_consumer && stable && self.uses(cx, c)
    }

    /// Creates the consumer, which starts at the first message or after the last one that
    /// is stored.
    pub(super) fn create_consumer(&mut self, cx: &mut Ctx, c: usize) {
        let at = Participant::CONSUMERS[c];
        let mark = cx.out.record(cx.consumers[c].mark, EventKind::Assigned { at });
        cx.consumers[c].mark = mark;
        self.has_consumer = true;
        if self.config.from_new {
            let program = &cx.setup.broker;
            for entry in self.entries.iter_mut().filter(|e| e.committed(program)) {
                entry.phase = Phase::Acked;
            }
            self.drop_acked();
        }
    }

    /// Returns the index of the copy that waits for this packet to settle its last delivery.
    pub(super) fn unsettled(&self, packet: &Packet) -> Option<usize> {
        self.entries.iter().position(|e| {
            let held = matches!(e.phase, Phase::Held(_));
            held && (e.msg, e.copy, e.deliveries) == (packet.msg, packet.copy, packet.n)
        })
    }

    /// Returns the message that is delivered next.
    pub(super) fn next_message(&self, cx: &View) -> Option<MessageId> {
        Some(self.entries[self.next(cx)?].msg)
    }
}
