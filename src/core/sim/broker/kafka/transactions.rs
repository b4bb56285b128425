//! Producer transactions: transaction markers, the last stable offset, and fencing.

use super::{Config, Content, Entry, Partition, producer_id};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::event::{CauseRef, EventKind, Recorder, RejectReason};
use crate::sim::ledger::Record;
use crate::sim::participant::MessageId;
use crate::sim::program::Op;
use crate::sim::world::World;

impl Partition {
    /// Returns the marker that ended the transaction of the record at this offset, if there is one.
    fn marker(&self, offset: usize) -> Option<Content> {
        let record = &self.entries[offset];
        let ends = |e: &&Entry| e.content != Content::Data && e.sender == record.sender;
        self.entries[offset + 1..].iter().find(ends).map(|e| e.content)
    }

    /// Returns true if the record at this offset belongs to an aborted transaction.
    pub fn aborted(&self, rules: &Config, offset: usize) -> bool {
        rules.transactional && self.marker(offset) == Some(Content::Abort)
    }

    /// Returns the last stable offset: that of the first record of an open transaction, if there is
    /// one.
    pub fn last_stable_offset(&self, rules: &Config) -> Option<u8> {
        let open = |&offset: &usize| {
            self.entries[offset].content == Content::Data && self.marker(offset).is_none()
        };
        let first = (0..self.entries.len()).find(open).filter(|_| rules.transactional);
        first.map(|offset| offset as u8)
    }

    /// Returns the offset of the record in this producer's open transaction, if it has one.
    fn open_transaction(&self, s: usize) -> Option<usize> {
        (0..self.entries.len()).find(|&offset| {
            let entry = &self.entries[offset];
            usize::from(entry.sender) == s
                && entry.content == Content::Data
                && self.marker(offset).is_none()
        })
    }
}

impl World {
    /// Models `initTransactions` of a new process, and `beginTransaction`: an open transaction is
    /// aborted, and a predecessor fenced. Does nothing for a producer without transactions.
    pub(in crate::sim) fn init_transactions(
        &mut self,
        setup: &CompiledScenario,
        s: usize,
        out: &mut Recorder,
    ) {
        let (Some(log), Some(rules)) = (self.log(), setup.log()) else { return };
        let cause = self.senders[s].mark;
        // `beginTransaction` alone tells the coordinator nothing: an instance that was replaced
        // stays fenced.
        if self.senders[s].replaced || !rules.transactional {
            return;
        }
        let id = producer_id(setup, s);
        let instances = (0..setup.senders.len()).filter(|&other| producer_id(setup, other) == id);
        let open = instances.filter_map(|other| Some((other, log.open_transaction(other)?)));
        // Without a leader the marker has to wait: the transaction times out.
        let leads = log.leads();
        for (other, offset) in open.filter(|_| leads).collect::<Vec<_>>() {
            self.mark_end(other, offset, false, cause, out);
            self.advance(setup, out);
        }
        // A producer that was fenced meanwhile continues with a new client, in the coordinator's
        // epoch.
        let epoch = self.log_mut().epochs[id].max(self.senders[s].epoch);
        self.log_mut().epochs[id] = epoch;
        self.senders[s].epoch = epoch;
    }

    /// Writes the marker that ends the transaction, as the coordinator does.
    fn mark_end(
        &mut self,
        s: usize,
        offset: usize,
        commit: bool,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let log = self.log_mut();
        let msg = log.entries[offset].msg;
        let at = log.leader();
        let mark = out.record(cause, EventKind::Marker { at, msg, commit });
        let content = if commit { Content::Commit } else { Content::Abort };
        let again = log.entries[offset].decided != Content::Data;
        log.entries[offset].decided = content;
        if !commit && !again {
            Record::bump(&mut self.ledger.of_mut(msg).gone);
        }
        self.push(Entry { content, msg, sender: s as u8, mark, ..Entry::default() });
    }

    /// Rewrites the markers that were lost with a leader: the coordinator's decisions are in a log
    /// of its own.
    pub(in crate::sim) fn write_markers_again(&mut self, cause: CauseRef, out: &mut Recorder) {
        let missing = |log: &Partition| {
            (0..log.entries.len()).find(|&offset| {
                let entry = &log.entries[offset];
                let decided = entry.decided != Content::Data;
                entry.content == Content::Data && decided && log.marker(offset).is_none()
            })
        };
        while let Some(offset) = missing(self.log_mut()).filter(|_| !self.overflow()) {
            let Entry { sender, decided, .. } = self.log_mut().entries[offset];
            self.mark_end(sender.into(), offset, decided == Content::Commit, cause, out);
        }
    }

    pub(in crate::sim) fn commit_transaction(
        &mut self,
        setup: &CompiledScenario,
        s: usize,
        msg: MessageId,
        out: &mut Recorder,
    ) {
        let cause = self.senders[s].tasks[msg as usize].mark;
        if self.is_fenced(setup, s) {
            let Some(log) = self.log() else { return };
            let at = log.leader();
            let mark = out.record(cause, EventKind::Refused { at, msg, why: RejectReason::Fenced });
            return self.give_up(setup, s, msg, mark, out);
        }
        self.end_transaction(setup, s, cause, out);
        self.transaction_done(setup, s, msg, cause, out);
    }

    /// Returns true if the producer is fenced: the coordinator knows a newer epoch.
    pub(in crate::sim) fn is_fenced(&self, setup: &CompiledScenario, s: usize) -> bool {
        self.log().is_some_and(|log| log.epochs[producer_id(setup, s)] > self.senders[s].epoch)
    }

    /// Commits the producer's open transaction.
    pub(in crate::sim) fn end_transaction(
        &mut self,
        setup: &CompiledScenario,
        s: usize,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        if let Some(offset) = self.log().and_then(|log| log.open_transaction(s)) {
            self.mark_end(s, offset, true, cause, out);
            self.advance(setup, out);
        }
    }

    /// Returns true if the transaction of this producer may time out: the producer will not end it
    /// itself.
    pub fn transaction_due(&self, setup: &CompiledScenario, s: usize) -> bool {
        let (Some(log), Some(rules)) = (self.log(), setup.log()) else { return false };
        let Some(offset) = log.open_transaction(s) else { return false };
        let msg = log.entries[offset].msg;
        let pc = self.senders[s].tasks[msg as usize].pc;
        let goes_on = self.senders[s].up
            && !self.senders[s].paused
            && self.is_sending(setup, s, msg)
            && setup.senders[s].op(pc) != Some(Op::Fail);
        rules.transactional && log.leads() && !goes_on
    }

    /// Aborts the transaction of a producer after `transaction.timeout.ms`.
    pub(in crate::sim) fn abort_transaction(
        &mut self,
        setup: &CompiledScenario,
        s: usize,
        out: &mut Recorder,
    ) {
        let Some(log) = self.log() else { return };
        let Some(offset) = log.open_transaction(s) else { return };
        // Until now, records of other producers behind it could not be read.
        let Some(rules) = setup.log() else { return };
        let behind = log.entries[offset..].iter();
        let waits = behind.clone().any(|e| usize::from(e.sender) != s);
        let (at, msg) = (log.leader(), log.entries[offset].msg);
        let epoch = log.entries[offset].epoch;
        let blocked = rules.read_committed && waits && self.somebody_could_work(setup);
        self.ledger.blocked |= blocked;
        // The coordinator bumps the epoch: a producer that returns with the old one is fenced.
        let known = &mut self.log_mut().epochs[producer_id(setup, s)];
        *known = (*known).max((epoch + 1).min(7));
        let mark = out.record(self.senders[s].mark, EventKind::TransactionTimedOut { at, msg });
        self.mark_end(s, offset, false, mark, out);
        self.advance(setup, out);
    }
}
