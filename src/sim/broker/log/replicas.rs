//! Replicas: fetching, falling out of sync, dying, taking over, coming back.

use super::{Log, Rules};
use crate::sim::broker::queue::Crash;
use crate::sim::event::{Mark, Recorder, What};
use crate::sim::ledger::Record;
use crate::sim::party::Party;
use crate::sim::setup::Setup;
use crate::sim::world::World;

impl Log {
    /// Whether this follower has something to fetch.
    pub(in crate::sim) fn fetches(&self, node: usize) -> bool {
        let behind = usize::from(self.replicas[node].end) < self.entries.len();
        self.leads() && self.is_up(node) && node != usize::from(self.leader) && behind
    }

    /// Whether this follower has all there is, and only has to say so to be in sync again.
    pub(in crate::sim) fn catches_up(&self, node: usize) -> bool {
        let there = usize::from(self.replicas[node].end) == self.entries.len();
        let out = self.in_sync & (1 << node) == 0;
        self.leads() && self.is_up(node) && node != usize::from(self.leader) && there && out
    }

    /// Whether the operating system of this node has something to sync that matters.
    pub(in crate::sim) fn syncs(&self, rules: &Rules, node: usize) -> bool {
        let replica = &self.replicas[node];
        rules.power && self.is_up(node) && replica.synced < replica.end
    }

    /// Whether the leader may give up on this follower: it does not fetch any more.
    pub(in crate::sim) fn lags(&self, node: usize, cut: bool) -> bool {
        self.leads() && self.in_sync & (1 << node) != 0 && (cut || !self.is_up(node))
    }

    /// The nodes that may take over from a leader that is down: those in sync; with unclean
    /// elections any, when none of these is left.
    pub(in crate::sim) fn candidates(&self, rules: &Rules) -> u8 {
        if self.leads() {
            return 0;
        }
        match self.up & self.in_sync {
            0 if rules.unclean => self.up,
            clean => clean,
        }
    }
}

impl World {
    /// A follower fetches all that the leader has; up to date, it is in sync again.
    pub(in crate::sim) fn fetch(&mut self, setup: &Setup, node: usize, out: &mut Recorder) {
        let log = self.log_mut();
        let (from, to) = (log.leader(), Party::NODES[node]);
        let end = log.entries.len();
        for offset in usize::from(log.replicas[node].end)..end {
            let entry = &mut log.entries[offset];
            if entry.content == super::Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                entry.mark = out.record(entry.mark, What::Replicated { from, to, msg, copy });
            }
        }
        log.replicas[node].end = end as u8;
        if log.in_sync & (1 << node) == 0 {
            log.in_sync |= 1 << node;
            out.record(log.mark, What::InSync { at: to, yes: true });
        }
        self.advance(setup, out);
    }

    /// The operating system syncs what it has.
    pub(in crate::sim) fn sync_log(&mut self, node: usize, out: &mut Recorder) {
        let log = self.log_mut();
        let at = Party::NODES[node];
        let replica = log.replicas[node];
        for entry in &log.entries[replica.synced.into()..replica.end.into()] {
            if entry.content == super::Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                out.record(entry.mark, What::Persisted { at, msg, copy });
            }
        }
        log.replicas[node].synced = replica.end;
    }

    /// The leader counts without this follower from now on.
    pub(in crate::sim) fn drop_from_sync(
        &mut self,
        setup: &Setup,
        node: usize,
        out: &mut Recorder,
    ) {
        let log = self.log_mut();
        log.in_sync &= !(1 << node);
        log.mark = out.record(log.mark, What::InSync { at: Party::NODES[node], yes: false });
        self.advance(setup, out);
    }

    pub(in crate::sim) fn crash_log_node(
        &mut self,
        setup: &Setup,
        node: usize,
        how: Crash,
        cause: Mark,
        out: &mut Recorder,
    ) {
        let Some(rules) = setup.log() else { return };
        let log = self.log_mut();
        let at = Party::NODES[node];
        let before = log.replicas[node].end;
        log.up &= !(1 << node);
        log.mark = cause;
        let replica = &mut log.replicas[node];
        match how {
            Crash::Process => {}
            Crash::Power => replica.end = replica.synced,
            Crash::Gone => {
                (replica.end, replica.synced) = (0, 0);
                log.gone |= 1 << node;
            }
        }
        for entry in &log.entries[log.replicas[node].end.into()..before.into()] {
            if entry.content == super::Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                out.record(cause, What::Vanished { at, msg, copy });
            }
        }
        if log.leader as usize == node {
            for entry in &mut log.entries {
                entry.owes = false;
            }
            // Somebody is there who could go on, and may not.
            let waits = log.up != 0 && log.candidates(rules) == 0;
            self.ledger.blocked |= waits;
        }
    }

    /// A replica takes over: what it does not have no longer exists.
    pub(in crate::sim) fn elect_log_node(
        &mut self,
        setup: &Setup,
        node: usize,
        out: &mut Recorder,
    ) {
        let log = self.log_mut();
        let mark = out.record(log.mark, What::Elected { at: Party::NODES[node] });
        let clean = log.in_sync & log.up;
        log.in_sync = if clean == 0 { 1 << node } else { clean };
        log.leader = node as u8;
        log.mark = mark;
        self.truncate(mark, out);
        self.advance(setup, out);
    }

    /// The log is the leader's; the others lose what goes beyond it.
    fn truncate(&mut self, cause: Mark, out: &mut Recorder) {
        let log = self.log_mut();
        let at = log.leader();
        let end = log.replicas[log.leader as usize].end;
        let mut cut = Vec::new();
        for entry in &log.entries[end.into()..] {
            if entry.content == super::Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                out.record(cause, What::Vanished { at, msg, copy });
                cut.push(msg);
            }
        }
        log.entries.truncate(end.into());
        for replica in &mut log.replicas {
            replica.end = replica.end.min(end);
            replica.synced = replica.synced.min(end);
        }
        log.high_watermark = log.high_watermark.min(end);
        log.committed = log.committed.map(|offset| offset.min(end));
        for consumer in &mut self.consumers {
            consumer.position = consumer.position.min(end);
        }
        for msg in cut {
            Record::bump(&mut self.ledger.of_mut(msg).gone);
        }
        self.write_markers_again(cause, out);
    }

    /// A node is back with what its disk, or its page cache, has kept.
    pub(in crate::sim) fn restart_log_node(
        &mut self,
        setup: &Setup,
        node: usize,
        cause: Mark,
        out: &mut Recorder,
    ) {
        let log = self.log_mut();
        log.up |= 1 << node;
        log.mark = cause;
        if log.leader as usize == node {
            self.truncate(cause, out);
            self.advance(setup, out);
        } else if log.replicas[node].end < log.high_watermark {
            // It lost what it had promised to keep, and was given up on before it was back.
            log.in_sync &= !(1 << node);
        }
    }
}
