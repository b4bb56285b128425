//! The consumer group: positions, commits, who has the partition.

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
    /// The next record at or after the position that a consumer may see.
    fn next_readable(&self, rules: &Config, position: u8) -> Option<usize> {
        let end = self.readable_end(rules);
        (usize::from(position)..usize::from(end)).find(|&offset| {
            let hidden = rules.read_committed && self.aborted(rules, offset);
            self.entries[offset].content == Content::Data && !hidden
        })
    }

    /// The high watermark, or the last stable offset for who reads committed records only.
    pub fn readable_end(&self, rules: &Config) -> u8 {
        match self.last_stable_offset(rules) {
            Some(stable) if rules.read_committed => self.high_watermark.min(stable),
            _ => self.high_watermark,
        }
    }
}

impl World {
    /// Whether this consumer's poll has something to bring.
    pub(in crate::sim) fn polls(&self, setup: &CompiledScenario, c: usize) -> bool {
        let (Some(log), Some(rules)) = (self.log(), setup.log()) else { return false };
        let consumer = &self.consumers[c];
        log.leads()
            && log.owner == Some(c as u8)
            && consumer.idle(setup)
            && self.delivers_to(c) == 0
            && log.next_readable(rules, consumer.position).is_some()
    }

    /// The same, for who looks from outside.
    pub fn polls_now(&self, setup: &CompiledScenario, c: usize) -> bool {
        self.polls(setup, c)
    }

    /// The same, and no positions of earlier polls are there to be committed first.
    pub fn polls_calmly(&self, setup: &CompiledScenario, c: usize) -> bool {
        self.polls(setup, c) && !self.auto_commits(setup, c)
    }

    /// The message that this consumer's next poll brings.
    pub fn next_polled(&self, setup: &CompiledScenario, c: usize) -> Option<MessageId> {
        let (log, rules) = (self.log()?, setup.log()?);
        let offset = log.next_readable(rules, self.consumers[c].position)?;
        Some(log.entries()[offset].msg)
    }

    /// A poll brings the next record.
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

    /// The response to a poll was lost, or came to nobody: the position stays where it was.
    pub(in crate::sim) fn unfetch(&mut self, packet: &Packet) {
        let Some(offset) = self.log().and_then(|log| log.offset_of(packet.msg, packet.copy)) else {
            return;
        };
        if let Some(c) = packet.to.consumer() {
            let position = &mut self.consumers[c].position;
            *position = (*position).min(offset as u8);
        }
    }

    /// Whether a poll may commit the positions of earlier polls now.
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

    /// A poll commits the positions that earlier polls have handed out.
    pub(in crate::sim) fn auto_commit(&mut self, c: usize, out: &mut Recorder) {
        let Consumer { position, mark, .. } = self.consumers[c];
        self.log_mut().committed = Some(position);
        let last = self.last_before(position);
        let (at, by) = (self.leader(), Participant::CONSUMERS[c]);
        out.record(mark, EventKind::OffsetCommitted { at, by, msg: last });
    }

    /// The message of the last record before an offset.
    fn last_before(&self, offset: u8) -> MessageId {
        let entries = self.log().map_or(&[][..], |log| log.entries());
        let before = &entries[..usize::from(offset).min(entries.len())];
        before.iter().rfind(|e| e.content == Content::Data).map_or(0, |e| e.msg)
    }

    /// `commitSync`: the coordinator answers before the consumer goes on. Who is no member any more
    /// gets a `CommitFailedException`; the answer is whether it was committed.
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

    /// Sets the group's offset, or the one in the consumer's own database, behind the message.
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

    /// Whether the group still counts on this consumer.
    pub(in crate::sim) fn is_member(&self, setup: &CompiledScenario, c: usize) -> bool {
        setup.log().is_none() || self.log().is_some_and(|log| log.owner == Some(c as u8))
    }

    /// Back to the message that failed; or to the offset that is stored with the results, which says
    /// whether they are there.
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

    /// Whether the group may lose patience with this member.
    pub(in crate::sim) fn session_due(&self, setup: &CompiledScenario, c: usize) -> bool {
        let Some(log) = self.log() else { return false };
        let cut = self.net.is_cut(log.leader(), Participant::CONSUMERS[c]);
        // A first start is not awaited: the group has no such member yet. And where there is no
        // other member, it makes no difference whether one that died is still counted on.
        let unawaited = setup.scenario.consumer.starts_late || setup.consumers() == 1;
        let absent = !self.consumers[c].up && unawaited;
        log.owner == Some(c as u8) && (cut || !self.consumers[c].runs()) && !absent
    }

    /// The group gives the partition to another member, if there is one.
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

    /// Whether this consumer may take a partition that nobody has.
    pub(in crate::sim) fn joins(&self, setup: &CompiledScenario, c: usize) -> bool {
        self.log().is_some_and(|log| log.owner.is_none()) && self.consumers[c].idle(setup)
    }

    /// Gives the partition to a member, which begins at the committed offset.
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

    /// The position of a consumer that has just been given the partition.
    pub(in crate::sim) fn rewind(&mut self, setup: &CompiledScenario, c: usize) {
        let (Some(log), Some(rules)) = (self.log(), setup.log()) else { return };
        self.consumers[c].position = match log.committed {
            _ if rules.stores_offset => self.stores.offset,
            Some(offset) => offset,
            None if rules.earliest => 0,
            None => log.readable_end(rules),
        };
    }

    /// A consumer process is back: it has the partition again unless another one has it.
    pub(in crate::sim) fn rejoin(&mut self, setup: &CompiledScenario, c: usize) {
        let Some(log) = self.log() else { return };
        if log.owner == Some(c as u8) {
            self.rewind(setup, c);
        }
    }
}
