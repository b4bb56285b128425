//! Producer transactions: transaction markers, the last stable offset, and fencing.

use super::{Content, Entry, Partition, producer_id};
use crate::sim::broker::Machine;
use crate::sim::consumer::somebody_could_work;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind};
use crate::sim::ledger::Record;
use crate::sim::producer::is_sending;
use crate::sim::program::Op;

impl Partition {
    /// Returns the marker that ended the transaction of the record at this offset, if there is one.
    fn marker(&self, offset: usize) -> Option<Content> {
        let record = &self.entries[offset];
        let ends = |e: &&Entry| e.content != Content::Data && e.sender == record.sender;
        self.entries[offset + 1..].iter().find(ends).map(|e| e.content)
    }

    /// Returns true if the record at this offset belongs to an aborted transaction.
    pub fn aborted(&self, offset: usize) -> bool {
        self.config.transactional && self.marker(offset) == Some(Content::Abort)
    }

    /// Returns the last stable offset: that of the first record of an open transaction, if there is
    /// one.
    pub fn last_stable_offset(&self) -> Option<u8> {
        let open = |&offset: &usize| {
            self.entries[offset].content == Content::Data && self.marker(offset).is_none()
        };
        let first = (0..self.entries.len()).find(open).filter(|_| self.config.transactional);
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

    /// Models `initTransactions` of a new process, and `beginTransaction`: an open transaction is
    /// aborted, and a predecessor fenced. Does nothing for a producer without transactions.
    pub(super) fn begin(&mut self, cx: &mut Ctx, s: usize) {
        let cause = cx.senders[s].mark;
        // `beginTransaction` alone tells the coordinator nothing: an instance that was replaced
        // stays fenced.
        if cx.senders[s].replaced || !self.config.transactional {
            return;
        }
        let id = producer_id(cx.setup, s);
        // Without a leader the marker has to wait: the transaction times out.
        let leads = self.leads();
        let instances =
            (0..cx.setup.senders.len()).filter(|&other| producer_id(cx.setup, other) == id);
        let open = instances.filter_map(|other| Some((other, self.open_transaction(other)?)));
        for (other, offset) in open.filter(|_| leads).collect::<Vec<_>>() {
            self.mark_end(cx, other, offset, false, cause);
            self.advance(cx);
        }
        // A producer that was fenced meanwhile continues with a new client, in the coordinator's
        // epoch.
        let epoch = self.epochs[id].max(cx.senders[s].epoch);
        self.epochs[id] = epoch;
        cx.senders[s].epoch = epoch;
    }

    /// Writes the marker that ends the transaction, as the coordinator does.
    fn mark_end(&mut self, cx: &mut Ctx, s: usize, offset: usize, commit: bool, cause: CauseRef) {
        let msg = self.entries[offset].msg;
        let at = self.leader();
        let mark = cx.out.record(cause, EventKind::Marker { at, msg, commit });
        let content = if commit { Content::Commit } else { Content::Abort };
        let again = self.entries[offset].decided != Content::Data;
        self.entries[offset].decided = content;
        if !commit && !again {
            Record::bump(&mut cx.ledger.of_mut(msg).gone);
        }
        self.push(Entry { content, msg, sender: s as u8, mark, ..Entry::default() });
    }

    /// Rewrites the markers that were lost with a leader: the coordinator's decisions are in a log
    /// of its own.
    pub(super) fn write_markers_again(&mut self, cx: &mut Ctx, cause: CauseRef) {
        let missing = |log: &Partition| {
            (0..log.entries.len()).find(|&offset| {
                let entry = &log.entries[offset];
                let decided = entry.decided != Content::Data;
                entry.content == Content::Data && decided && log.marker(offset).is_none()
            })
        };
        while let Some(offset) = missing(self).filter(|_| !self.overflow && !cx.net.overflow) {
            let Entry { sender, decided, .. } = self.entries[offset];
            self.mark_end(cx, sender.into(), offset, decided == Content::Commit, cause);
        }
    }

    /// Commits the producer's open transaction.
    pub(super) fn commit(&mut self, cx: &mut Ctx, s: usize, cause: CauseRef) {
        if let Some(offset) = self.open_transaction(s) {
            self.mark_end(cx, s, offset, true, cause);
            self.advance(cx);
        }
    }

    /// Returns true if the transaction of this producer may time out: the producer will not end it
    /// itself.
    pub(super) fn may_time_out(&self, cx: &View, s: usize) -> bool {
        let Some(offset) = self.open_transaction(s) else { return false };
        let msg = self.entries[offset].msg;
        let pc = cx.senders[s].tasks[msg as usize].pc;
        let goes_on = cx.senders[s].up
            && !cx.senders[s].paused
            && is_sending(cx, s, msg)
            && cx.setup.senders[s].op(pc) != Some(Op::Fail);
        self.config.transactional && self.leads() && !goes_on
    }

    /// Aborts the transaction of a producer after `transaction.timeout.ms`.
    pub(super) fn abort(&mut self, cx: &mut Ctx, s: usize) {
        let Some(offset) = self.open_transaction(s) else { return };
        // Until now, records of other producers behind it could not be read.
        let behind = self.entries[offset..].iter();
        let waits = behind.clone().any(|e| usize::from(e.sender) != s);
        let (at, msg) = (self.leader(), self.entries[offset].msg);
        let epoch = self.entries[offset].epoch;
        cx.ledger.blocked |= self.config.read_committed && waits && somebody_could_work(&cx.view());
        // The coordinator bumps the epoch: a producer that returns with the old one is fenced.
        let known = &mut self.epochs[producer_id(cx.setup, s)];
        *known = (*known).max((epoch + 1).min(7));
        let what = EventKind::TransactionTimedOut { at, msg };
        let mark = cx.out.record(cx.senders[s].mark, what);
        self.mark_end(cx, s, offset, false, mark);
        self.advance(cx);
    }
}
