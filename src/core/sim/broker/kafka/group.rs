//! The consumer group: positions, offset commits, and the assignment of the partition.

use super::{Content, Entry, Partition};
use crate::sim::broker::Machine;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::{Consumer, Pause};
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind, ResetTo};
use crate::sim::ledger::Record;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;

impl Partition {
    /// Returns the offset of the next record of a partition at or after the position that a consumer
    /// may see.
    pub(super) fn next_readable(&self, position: u8, added: bool) -> Option<usize> {
        let end = self.readable_end();
        (usize::from(position)..usize::from(end)).find(|&offset| {
            let hidden = self.config.read_committed && self.aborted(offset);
            let Entry { content, added: own, .. } = self.entries[offset];
            content == Content::Data && own == added && !hidden
        })
    }

    /// Returns the end of the readable records: the high watermark, or with `read_committed` the
    /// last stable offset, if that is lower.
    pub fn readable_end(&self) -> u8 {
        match self.last_stable_offset() {
            Some(stable) if self.config.read_committed => self.high_watermark.min(stable),
            _ => self.high_watermark,
        }
    }

    /// Returns true if a poll of this consumer returns a record of the partition.
    pub(super) fn polls(&self, cx: &View, c: usize, added: bool) -> bool {
        let consumer = &cx.consumers[c];
        let position = consumer.position_in(added);
        self.leads()
            && self.owner == Some(c as u8)
            && consumer.idle(cx.setup)
            && cx.net.delivers_to(c) == 0
            && (!added || self.added.is_some_and(|partition| partition.assigned))
            && (self.is_out_of_range(position, added)
                || self.next_readable(position, added).is_some())
    }

    /// Polls the next record of the partition, or learns that it is no longer there.
    pub(super) fn poll(&mut self, cx: &mut Ctx, c: usize, added: bool) {
        let position = cx.consumers[c].position_in(added);
        if self.is_out_of_range(position, added) {
            return self.reset_position(cx, c, added);
        }
        // Whoever acknowledges a batch gets all that is there.
        for _ in 0..cx.setup.batching.map_or(1, |batching| batching.size) {
            let position = cx.consumers[c].position_in(added);
            let Some(offset) = self.next_readable(position, added) else { return };
            self.send_record(cx, c, offset);
        }
    }

    fn send_record(&mut self, cx: &mut Ctx, c: usize, offset: usize) {
        let (from, to, kind) = (self.leader(), Participant::CONSUMERS[c], PacketKind::Delivery);
        let entry = &mut self.entries[offset];
        entry.deliveries = (entry.deliveries + 1).min(Record::MOST);
        let Entry { msg, copy, deliveries: n, mark, added, .. } = *entry;
        let mark = cx.out.record(mark, EventKind::Sent { kind, from, to, msg, n });
        cx.net.send(Packet { from, to, kind, msg, copy, n, mark, ..Packet::default() });
        *cx.consumers[c].position_mut(added) = offset as u8 + 1;
    }

    /// Rewinds the position after the response to a poll was lost, so that the record is fetched
    /// again.
    pub(super) fn unfetch(&self, cx: &mut Ctx, packet: &Packet) {
        let Some(offset) = self.offset_of(packet.msg, packet.copy) else { return };
        if let Some(c) = packet.to.consumer() {
            let position = cx.consumers[c].position_mut(self.entries[offset].added);
            *position = (*position).min(offset as u8);
        }
    }

    /// Returns true if a poll may auto-commit the positions of earlier polls now.
    pub(super) fn auto_commits(&self, cx: &View, c: usize) -> bool {
        let consumer = &cx.consumers[c];
        self.config.auto_commit
            && !self.config.stores_offset
            && self.owner == Some(c as u8)
            && consumer.idle(cx.setup)
            && cx.net.delivers_to(c) == 0
            && (self.committed.unwrap_or(0) < consumer.position || self.lags_in_added(consumer))
    }

    /// Commits the positions of earlier polls, as a poll with `enable.auto.commit` does.
    pub(super) fn auto_commit(&mut self, cx: &mut Ctx, c: usize) {
        let consumer = cx.consumers[c];
        let (at, by) = (self.leader(), Participant::CONSUMERS[c]);
        let in_added = self.lags_in_added(&consumer);
        if !in_added || self.committed.unwrap_or(0) < consumer.position {
            self.committed = Some(consumer.position);
            let msg = self.last_before(consumer.position, false);
            cx.out.record(consumer.mark, EventKind::OffsetCommitted { at, by, msg });
        }
        if let Some(added) = self.added.as_mut().filter(|_| in_added) {
            added.committed = Some(consumer.position_added);
            let msg = self.last_before(consumer.position_added, true);
            cx.out.record(consumer.mark, EventKind::OffsetCommitted { at, by, msg });
        }
    }

    /// Returns the message of the last record of a partition before an offset.
    fn last_before(&self, offset: u8, added: bool) -> MessageId {
        let before = &self.entries[..usize::from(offset).min(self.entries.len())];
        let own = |e: &&Entry| e.content == Content::Data && e.added == added;
        before.iter().rfind(own).map_or(0, |e| e.msg)
    }

    /// Commits an offset with `commitSync`: the coordinator answers before the consumer goes on.
    /// Returns false if the consumer is no longer a member of the group, which gives a
    /// `CommitFailedException`.
    pub(super) fn commit_sync(&mut self, cx: &mut Ctx, c: usize) -> bool {
        let Consumer { msg, copy, mark, .. } = cx.consumers[c];
        let (from, to) = (Participant::CONSUMERS[c], self.leader());
        let yes = self.is_member(c);
        let what = EventKind::Asked { op: Op::Ack, from, to, msg, yes };
        cx.consumers[c].mark = cx.out.record(mark, what);
        if let Some(offset) = self.offset_of(msg, copy).filter(|_| yes) {
            self.commit_past(offset);
        }
        yes
    }

    /// Moves the committed offset of the group, or the offset in the consumer's own database, past
    /// the consumer's message.
    pub(super) fn commit_offset(&mut self, cx: &mut Ctx, c: usize, in_database: bool) {
        let Consumer { msg, copy, mark, .. } = cx.consumers[c];
        let Some(offset) = self.offset_of(msg, copy) else { return };
        if in_database {
            cx.stores.offset = offset as u8 + 1;
            return;
        }
        self.commit_past(offset);
        let (at, by) = (self.leader(), Participant::CONSUMERS[c]);
        cx.consumers[c].mark = cx.out.record(mark, EventKind::OffsetCommitted { at, by, msg });
    }

    /// Returns true if the consumer is still the member that the partition is assigned to.
    pub(super) fn is_member(&self, c: usize) -> bool {
        self.owner == Some(c as u8)
    }

    /// Returns true if a consumer that seeks after an error goes to the offset that is stored together
    /// with its results, which tells whether they exist, rather than to the message that failed.
    pub(super) fn seeks_to_committed(&self, setup: &CompiledScenario) -> bool {
        self.config.stores_offset || setup.consumer.has(Op::SendOffsets)
    }

    /// Seeks to where a consumer goes on after an error.
    pub(super) fn seek_back(&mut self, cx: &mut Ctx, c: usize) {
        if self.seeks_to_committed(cx.setup) {
            return self.rewind(cx, c);
        }
        let Consumer { msg, copy, .. } = cx.consumers[c];
        if let Some(offset) = self.offset_of(msg, copy) {
            *cx.consumers[c].position_mut(self.entries[offset].added) = offset as u8;
        }
    }

    /// Returns true if the member's session may expire.
    pub(super) fn session_due(&self, cx: &View, c: usize) -> bool {
        let cut = cx.net.is_cut(self.leader(), Participant::CONSUMERS[c]);
        // A first start is not awaited: the group has no such member yet. And without another
        // member, it makes no difference whether a crashed one is still in the group.
        let unawaited = cx.setup.configuration().consumer.starts_late || cx.setup.consumers() == 1;
        let absent = !cx.consumers[c].up && unawaited;
        self.is_member(c) && (cut || !self.is_heard(&cx.consumers[c])) && !absent
    }

    /// Returns true if the coordinator hears from the member in time: while a handler is slow, its
    /// client keeps sending heartbeats, and only `max.poll.interval.ms` ends its membership.
    fn is_heard(&self, member: &Consumer) -> bool {
        let patient = member.pause == Pause::Slow && !self.config.times_out;
        member.up && (member.pause == Pause::No || patient)
    }

    /// Returns the other member, which the partition is assigned to when this one leaves.
    fn successor(&self, cx: &View, c: usize) -> Option<usize> {
        (0..cx.setup.consumers()).find(|&o| o != c && self.is_heard(&cx.consumers[o]))
    }

    /// Removes a member from the group, and assigns the partition to another one, if there is one.
    pub(super) fn evict(&mut self, cx: &mut Ctx, c: usize) {
        let member = cx.consumers[c];
        let in_hand = member.up && member.in_hand(cx.setup);
        let other = self.successor(&cx.view(), c);
        cx.ledger.blocked |= !in_hand && other.is_some() && self.holds_waiting(&cx.view());
        let what = EventKind::Evicted { at: Participant::CONSUMERS[c] };
        let mark = cx.out.record(member.mark, what);
        self.owner = None;
        if let Some(other) = other {
            self.assign(cx, other, mark);
        }
    }

    /// Lets a member leave the group, which assigns the partition to another one at once.
    pub(super) fn leave(&mut self, cx: &mut Ctx, c: usize) {
        self.owner = None;
        let other = self.successor(&cx.view(), c);
        if let Some(other) = other {
            self.assign(cx, other, cx.consumers[c].mark);
        }
    }

    /// Returns true if this consumer may take a partition that is assigned to no member.
    pub(super) fn joins(&self, cx: &View, c: usize) -> bool {
        self.owner.is_none() && cx.consumers[c].idle(cx.setup)
    }

    /// Assigns the partition to a member, which starts at the committed offset.
    pub(super) fn assign(&mut self, cx: &mut Ctx, c: usize, cause: CauseRef) {
        let at = Participant::CONSUMERS[c];
        cx.out.record(cause, EventKind::Assigned { at });
        self.owner = Some(c as u8);
        self.rewind(cx, c);
    }

    /// Sets the position of a consumer to where it starts after an assignment.
    pub(super) fn rewind(&mut self, cx: &mut Ctx, c: usize) {
        cx.consumers[c].position = match self.committed {
            _ if self.config.stores_offset => cx.stores.offset,
            Some(offset) => offset,
            None => self.offset_without_commit(),
        };
        self.rewind_in_added(cx, c);
    }

    /// Returns true if the offsets can be reset, with an effect: the group is inactive, since its
    /// consumers are between two messages and can be stopped.
    pub(super) fn resets(&self, cx: &View, to: ResetTo) -> bool {
        let mut members = cx.consumers[..cx.setup.consumers()].iter().enumerate();
        let stopped = members.all(|(c, consumer)| {
            let idle = consumer.idle(cx.setup) && consumer.pending == 0;
            (!consumer.up || idle) && cx.net.delivers_to(c) == 0
        });
        self.leads()
            && !self.config.stores_offset
            && stopped
            && (self.committed != Some(self.offset_at(to))
                || self.added.is_some_and(|added| added.committed != Some(self.offset_at(to))))
    }

    fn offset_at(&self, to: ResetTo) -> u8 {
        match to {
            ResetTo::Earliest => self.start,
            ResetTo::Latest => self.high_watermark,
        }
    }

    /// Commits another offset in place of the group's, and starts its consumers anew.
    pub(super) fn reset(&mut self, cx: &mut Ctx, to: ResetTo) {
        let what = EventKind::OffsetsReset { at: self.leader(), to };
        let mark = cx.out.record(self.mark, what);
        let offset = Some(self.offset_at(to));
        self.committed = offset;
        if let Some(added) = &mut self.added {
            added.committed = offset;
        }
        for c in 0..cx.setup.consumers() {
            let up = cx.consumers[c].up;
            cx.consumers[c] = Consumer { up, mark, ..Consumer::default() };
            if up && self.owner == Some(c as u8) {
                self.rewind(cx, c);
            }
        }
    }
}
