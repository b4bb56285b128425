//! The consumer group: positions, offset commits, and the assignment of the partition.

use super::{Config, Content, Entry, Partition};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::Consumer;
use crate::sim::event::{CauseRef, EventKind, Recorder};
use crate::sim::ledger::Record;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;
use crate::sim::world::World;

impl Partition {
    /// Returns the offset of the next record at or after the position that a consumer may see.
    fn next_readable(&self, rules: &Config, position: u8) -> Option<usize> {
        let end = self.readable_end(rules);
        (usize::from(position)..usize::from(end)).find(|&offset| {
            let hidden = rules.read_committed && self.aborted(rules, offset);
            self.entries[offset].content == Content::Data && !hidden
        })
    }

    /// Returns the end of the readable records: the high watermark, or with `read_committed` the
    /// last stable offset, if that is lower.
    pub fn readable_end(&self, rules: &Config) -> u8 {
        match self.last_stable_offset(rules) {
            Some(stable) if rules.read_committed => self.high_watermark.min(stable),
            _ => self.high_watermark,
        }
    }
}

impl World {
    /// Returns true if a poll of this consumer returns a record.
    pub(in crate::sim) fn polls(&self, setup: &CompiledScenario, c: usize) -> bool {
        let (Some(log), Some(rules)) = (self.log(), setup.log()) else { return false };
        let consumer = &self.consumers[c];
        log.leads()
            && log.owner == Some(c as u8)
            && consumer.idle(setup)
            && self.delivers_to(c) == 0
            && log.next_readable(rules, consumer.position).is_some()
    }

    /// Returns true if a poll of this consumer returns a record. A public wrapper for use outside
    /// the model.
    pub fn polls_now(&self, setup: &CompiledScenario, c: usize) -> bool {
        self.polls(setup, c)
    }

    /// Returns true if a poll of this consumer returns a record, and would not auto-commit the
    /// positions of earlier polls first.
    pub fn polls_calmly(&self, setup: &CompiledScenario, c: usize) -> bool {
        self.polls(setup, c) && !self.auto_commits(setup, c)
    }

    /// Returns the message that this consumer's next poll returns.
    pub fn next_polled(&self, setup: &CompiledScenario, c: usize) -> Option<MessageId> {
        let (log, rules) = (self.log()?, setup.log()?);
        let offset = log.next_readable(rules, self.consumers[c].position)?;
        Some(log.entries()[offset].msg)
    }

    /// Polls the next record.
    pub(in crate::sim) fn poll(&mut self, setup: &CompiledScenario, c: usize, out: &mut Recorder) {
        let Some(rules) = setup.log() else { return };
        let position = self.consumers[c].position;
        let log = self.log_mut();
        let Some(offset) = log.next_readable(rules, position) else { return };
        let (from, to, kind) = (log.leader(), Participant::CONSUMERS[c], PacketKind::Delivery);
        let entry = &mut log.entries[offset];
        entry.deliveries = (entry.deliveries + 1).min(Record::MOST);
        let Entry { msg, copy, deliveries: n, mark, .. } = *entry;
        let mark = out.record(mark, EventKind::Sent { kind, from, to, msg, n });
        self.net.send(Packet { from, to, kind, msg, copy, n, mark, ..Packet::default() });
        self.consumers[c].position = offset as u8 + 1;
    }

    /// Rewinds the position after the response to a poll was lost, so that the record is fetched
    /// again.
    pub(in crate::sim) fn unfetch(&mut self, packet: &Packet) {
        let Some(offset) = self.log().and_then(|log| log.offset_of(packet.msg, packet.copy)) else {
            return;
        };
        if let Some(c) = packet.to.consumer() {
            let position = &mut self.consumers[c].position;
            *position = (*position).min(offset as u8);
        }
    }

    /// Returns true if a poll may auto-commit the positions of earlier polls now.
    pub(in crate::sim) fn auto_commits(&self, setup: &CompiledScenario, c: usize) -> bool {
        let (Some(log), Some(rules)) = (self.log(), setup.log()) else { return false };
        let consumer = &self.consumers[c];
        rules.auto_commit
            && !rules.stores_offset
            && log.owner == Some(c as u8)
            && consumer.idle(setup)
            && self.delivers_to(c) == 0
            && log.committed.unwrap_or(0) < consumer.position
    }

    /// Commits the positions of earlier polls, as a poll with `enable.auto.commit` does.
    pub(in crate::sim) fn auto_commit(&mut self, c: usize, out: &mut Recorder) {
        let Consumer { position, mark, .. } = self.consumers[c];
        self.log_mut().committed = Some(position);
        let last = self.last_before(position);
        let (at, by) = (self.leader(), Participant::CONSUMERS[c]);
        out.record(mark, EventKind::OffsetCommitted { at, by, msg: last });
    }

    /// Returns the message of the last record before an offset.
    fn last_before(&self, offset: u8) -> MessageId {
        let entries = self.log().map_or(&[][..], |log| log.entries());
        let before = &entries[..usize::from(offset).min(entries.len())];
        before.iter().rfind(|e| e.content == Content::Data).map_or(0, |e| e.msg)
    }

    /// Commits an offset with `commitSync`: the coordinator answers before the consumer goes on.
    /// Returns false if the consumer is no longer a member of the group, which gives a
    /// `CommitFailedException`.
    pub(in crate::sim) fn commit_sync(
        &mut self,
        setup: &CompiledScenario,
        c: usize,
        out: &mut Recorder,
    ) -> bool {
        let Consumer { msg, copy, mark, .. } = self.consumers[c];
        let (from, to) = (Participant::CONSUMERS[c], self.leader());
        let yes = self.is_member(setup, c);
        let what = EventKind::Asked { op: Op::Ack, from, to, msg, yes };
        self.consumers[c].mark = out.record(mark, what);
        let log = self.log_mut();
        if let Some(offset) = log.offset_of(msg, copy).filter(|_| yes) {
            log.committed = Some(offset as u8 + 1);
        }
        yes
    }

    /// Moves the committed offset of the group, or the offset in the consumer's own database, past
    /// the message.
    pub(in crate::sim) fn commit_offset(
        &mut self,
        c: usize,
        msg: MessageId,
        copy: u8,
        in_database: bool,
        out: &mut Recorder,
    ) {
        let Some(offset) = self.log().and_then(|log| log.offset_of(msg, copy)) else { return };
        if in_database {
            self.stores.offset = offset as u8 + 1;
            return;
        }
        self.log_mut().committed = Some(offset as u8 + 1);
        let (at, by, mark) = (self.leader(), Participant::CONSUMERS[c], self.consumers[c].mark);
        self.consumers[c].mark = out.record(mark, EventKind::OffsetCommitted { at, by, msg });
    }

    /// Returns true if the consumer is still the member that the partition is assigned to.
    pub(in crate::sim) fn is_member(&self, setup: &CompiledScenario, c: usize) -> bool {
        setup.log().is_none() || self.log().is_some_and(|log| log.owner == Some(c as u8))
    }

    /// Seeks to the message that failed, or to the offset that is stored together with the results,
    /// which tells whether they exist.
    pub(in crate::sim) fn seek(&mut self, setup: &CompiledScenario, c: usize) {
        let stored = setup.log().is_some_and(|rules| rules.stores_offset);
        if stored || setup.consumer.has(Op::SendOffsets) {
            return self.rewind(setup, c);
        }
        let Consumer { msg, copy, .. } = self.consumers[c];
        if let Some(offset) = self.log().and_then(|log| log.offset_of(msg, copy)) {
            self.consumers[c].position = offset as u8;
        }
    }

    /// Returns true if the member's session may expire.
    pub(in crate::sim) fn session_due(&self, setup: &CompiledScenario, c: usize) -> bool {
        let Some(log) = self.log() else { return false };
        let cut = self.net.is_cut(log.leader(), Participant::CONSUMERS[c]);
        // A first start is not awaited: the group has no such member yet. And without another
        // member, it makes no difference whether a crashed one is still in the group.
        let unawaited = setup.scenario.consumer.starts_late || setup.consumers() == 1;
        let absent = !self.consumers[c].up && unawaited;
        log.owner == Some(c as u8) && (cut || !self.consumers[c].runs()) && !absent
    }

    /// Removes a member from the group, and assigns the partition to another one, if there is one.
    pub(in crate::sim) fn evict(&mut self, setup: &CompiledScenario, c: usize, out: &mut Recorder) {
        let member = self.consumers[c];
        let in_hand = member.up && member.in_hand(setup);
        let free = (0..setup.consumers()).any(|o| o != c && self.consumers[o].runs());
        self.ledger.blocked |= !in_hand && free && self.partition_waits(setup);
        let mark = member.mark;
        let mark = out.record(mark, EventKind::Evicted { at: Participant::CONSUMERS[c] });
        self.log_mut().owner = None;
        let other = (0..setup.consumers()).find(|&o| o != c && self.consumers[o].runs());
        if let Some(other) = other {
            self.assign(setup, other, mark, out);
        }
    }

    /// Returns true if this consumer may take a partition that is assigned to no member.
    pub(in crate::sim) fn joins(&self, setup: &CompiledScenario, c: usize) -> bool {
        self.log().is_some_and(|log| log.owner.is_none()) && self.consumers[c].idle(setup)
    }

    /// Assigns the partition to a member, which starts at the committed offset.
    pub(in crate::sim) fn assign(
        &mut self,
        setup: &CompiledScenario,
        c: usize,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let at = Participant::CONSUMERS[c];
        out.record(cause, EventKind::Assigned { at });
        self.log_mut().owner = Some(c as u8);
        self.rewind(setup, c);
    }

    /// Sets the position of a consumer to where it starts after an assignment.
    pub(in crate::sim) fn rewind(&mut self, setup: &CompiledScenario, c: usize) {
        let (Some(log), Some(rules)) = (self.log(), setup.log()) else { return };
        self.consumers[c].position = match log.committed {
            _ if rules.stores_offset => self.stores.offset,
            Some(offset) => offset,
            None if rules.earliest => 0,
            None => log.readable_end(rules),
        };
    }

    /// Rejoins a restarted consumer: it still has the partition unless that was assigned to another
    /// member.
    pub(in crate::sim) fn rejoin(&mut self, setup: &CompiledScenario, c: usize) {
        let Some(log) = self.log() else { return };
        if log.owner == Some(c as u8) {
            self.rewind(setup, c);
        }
    }
}
