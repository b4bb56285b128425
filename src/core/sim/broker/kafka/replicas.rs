//! Replication: fetching, the in-sync replicas, crashes, leader election and restarts.

use super::{Config, Partition, Replica};
use crate::sim::broker::rabbitmq::Crash;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::event::{CauseRef, EventKind, Recorder};
use crate::sim::ledger::Record;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::Participant;
use crate::sim::program::Op;
use crate::sim::settings::kafka::Acks;
use crate::sim::world::World;

impl Partition {
    /// Returns true if these two nodes are in canonical order.
    pub(in crate::sim) fn in_order(&self, a: usize, b: usize) -> bool {
        let key = |n: usize| {
            let Replica { end, synced } = self.replicas[n];
            let (in_sync, eligible) = (self.in_sync >> n & 1, self.eligible >> n & 1);
            (self.is_up(n), self.is_gone(n), in_sync, eligible, end, synced)
        };
        key(a) <= key(b)
    }

    /// Exchanges two nodes.
    pub(in crate::sim) fn swap_nodes(&mut self, a: usize, b: usize) {
        self.replicas.swap(a, b);
        self.leader = crate::sim::broker::swap_names(self.leader, a, b);
        for bits in [&mut self.up, &mut self.gone, &mut self.in_sync, &mut self.eligible] {
            *bits = crate::sim::broker::swap_bits(*bits, a, b);
        }
    }

    /// Returns true if this follower has records to fetch.
    pub(in crate::sim) fn fetches(&self, node: usize) -> bool {
        let behind = usize::from(self.replicas[node].end) < self.entries.len();
        self.leads() && self.is_up(node) && node != usize::from(self.leader) && behind
    }

    /// Returns true if this follower has every record and only has to fetch once more to be in sync
    /// again.
    pub(in crate::sim) fn catches_up(&self, node: usize) -> bool {
        let there = usize::from(self.replicas[node].end) == self.entries.len();
        let out = self.in_sync & (1 << node) == 0;
        self.leads() && self.is_up(node) && node != usize::from(self.leader) && there && out
    }

    /// Returns true if the operating system of this node has something to sync, and syncs matter.
    pub(in crate::sim) fn syncs(&self, rules: &Config, node: usize) -> bool {
        let replica = &self.replicas[node];
        rules.power && self.is_up(node) && replica.synced < replica.end
    }

    /// Returns true if the leader may remove this follower from the in-sync replicas: it no longer
    /// fetches. An `isolated` leader cannot, because the controller has to agree.
    pub(in crate::sim) fn lags(&self, node: usize, cut: bool, isolated: bool) -> bool {
        let may = self.leads() && !(isolated && self.leader == 0);
        may && self.in_sync & (1 << node) != 0 && (cut || !self.is_up(node))
    }

    /// Returns the nodes that may be elected when the leader is down or the controller cannot reach
    /// it: the in-sync replicas; if none of these is left, the eligible leader replicas; and with
    /// unclean elections any replica. The first node is out of reach if it is `isolated`.
    pub(in crate::sim) fn candidates(&self, rules: &Config, isolated: bool) -> u8 {
        let reached = self.up & !u8::from(isolated);
        if reached & (1 << self.leader) != 0 {
            return 0;
        }
        match (reached & self.in_sync, reached & self.eligible) {
            (0, 0) if rules.unclean => reached,
            (0, eligible) => eligible,
            (clean, _) => clean,
        }
    }

    /// Returns the nodes that leadership may be moved to while the leader is up: the other in-sync
    /// replicas.
    pub(in crate::sim) fn successors(&self) -> u8 {
        if self.leads() { self.up & self.in_sync & !(1 << self.leader) } else { 0 }
    }

    /// Records the replicas that left the in-sync replicas as eligible leaders, if those have
    /// become too few to commit anything.
    fn left_in_sync(&mut self, rules: &Config, left: u8) {
        self.eligible |= left & !self.gone;
        if !rules.eligible || self.enough_in_sync(rules) {
            self.eligible = 0;
        }
    }
}

impl World {
    /// Handles a produce request at the old leader, which is isolated from the other replicas and
    /// does not know that they have elected another. What it appends is truncated when it rejoins
    /// (KAFKA-20554); with `acks=1` it acknowledges all the same, with `acks=all` it waits for
    /// followers that do not fetch.
    pub(in crate::sim) fn append_in_vain(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Some(rules) = setup.log() else { return };
        let Packet { msg, epoch, from, to: at, .. } = packet;
        let s = from.sender().unwrap_or_default();
        let record = self.ledger.of_mut(msg);
        Record::bump(&mut record.stored);
        Record::bump(&mut record.gone);
        let copy = record.stored;
        let mark = out.record(cause, EventKind::Appended { at, msg, copy });
        if rules.acks == Acks::Leader && self.waits_for_answer(setup, s, epoch) {
            self.answer_from(at, packet, PacketKind::Ack, mark, out);
        }
    }

    /// Fetches every record that the follower lacks; once up to date, it is in sync again.
    pub(in crate::sim) fn fetch(
        &mut self,
        setup: &CompiledScenario,
        node: usize,
        out: &mut Recorder,
    ) {
        let log = self.log_mut();
        let (from, to) = (log.leader(), Participant::NODES[node]);
        let end = log.entries.len();
        for offset in usize::from(log.replicas[node].end)..end {
            let entry = &mut log.entries[offset];
            if entry.content == super::Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                entry.mark = out.record(entry.mark, EventKind::Replicated { from, to, msg, copy });
            }
        }
        log.replicas[node].end = end as u8;
        if log.in_sync & (1 << node) == 0 {
            log.in_sync |= 1 << node;
            log.eligible &= !(1 << node);
            if let Some(rules) = setup.log() {
                log.left_in_sync(rules, 0);
            }
            out.record(log.mark, EventKind::InSync { at: to, yes: true });
        }
        self.advance(setup, out);
    }

    /// Syncs the log of a node from the page cache to disk.
    pub(in crate::sim) fn sync_log(&mut self, node: usize, out: &mut Recorder) {
        let log = self.log_mut();
        let at = Participant::NODES[node];
        let replica = log.replicas[node];
        for entry in &log.entries[replica.synced.into()..replica.end.into()] {
            if entry.content == super::Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                out.record(entry.mark, EventKind::Persisted { at, msg, copy });
            }
        }
        log.replicas[node].synced = replica.end;
    }

    /// Removes a follower from the in-sync replicas.
    pub(in crate::sim) fn drop_from_sync(
        &mut self,
        setup: &CompiledScenario,
        node: usize,
        out: &mut Recorder,
    ) {
        let Some(rules) = setup.log() else { return };
        let log = self.log_mut();
        log.in_sync &= !(1 << node);
        log.left_in_sync(rules, 1 << node);
        log.mark =
            out.record(log.mark, EventKind::InSync { at: Participant::NODES[node], yes: false });
        self.advance(setup, out);
    }

    pub(in crate::sim) fn crash_log_node(
        &mut self,
        node: usize,
        how: Crash,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let isolated = self.net.is_isolated();
        let log = self.log_mut();
        let at = Participant::NODES[node];
        let before = log.replicas[node].end;
        log.up &= !(1 << node);
        log.mark = cause;
        let replica = &mut log.replicas[node];
        match how {
            Crash::Process => {}
            Crash::Power => replica.end = replica.synced,
            Crash::PermanentLoss => {
                (replica.end, replica.synced) = (0, 0);
                log.gone |= 1 << node;
            }
        }
        for entry in &log.entries[log.replicas[node].end.into()..before.into()] {
            if entry.content == super::Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                out.record(cause, EventKind::Vanished { at, msg, copy });
            }
        }
        if log.leader as usize == node {
            for entry in &mut log.entries {
                entry.ack_pending = false;
            }
        }
        // With the node, the connections of senders that still took it for the leader are gone.
        if node == 0 && isolated {
            self.senders.iter_mut().for_each(|sender| sender.stale = false);
        }
    }

    /// Returns true if the partition holds a record past the committed offset.
    pub(in crate::sim) fn partition_waits(&self, setup: &CompiledScenario) -> bool {
        let (Some(log), Some(rules)) = (self.log(), setup.log()) else { return false };
        let done = match rules.stores_offset {
            true => self.stores.offset,
            false => log.committed.unwrap_or(0),
        };
        let after = log.entries.iter().skip(done.into());
        after.into_iter().any(|e| e.content == super::Content::Data)
    }

    /// Moves the leadership to another in-sync replica although the leader is healthy, as a
    /// preferred leader election or a reassignment does. The new leader starts from what it has;
    /// records that it has not fetched are lost.
    pub(in crate::sim) fn move_leader(
        &mut self,
        setup: &CompiledScenario,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Some(next) = (0..3).find(|n| self.log_mut().successors() & (1 << n) != 0) else {
            return;
        };
        let log = self.log_mut();
        log.mark = cause;
        for entry in &mut log.entries {
            entry.ack_pending = false;
        }
        self.elect_log_node(setup, next, out);
    }

    /// Elects a replica as leader: records that it does not have are lost.
    pub(in crate::sim) fn elect_log_node(
        &mut self,
        setup: &CompiledScenario,
        node: usize,
        out: &mut Recorder,
    ) {
        let Some(rules) = setup.log() else { return };
        let isolated = self.net.is_isolated();
        let log = self.log_mut();
        let mark = out.record(log.mark, EventKind::Elected { at: Participant::NODES[node] });
        let before = log.in_sync;
        // A replica that was only eligible, or not even that, starts as the only in-sync replica.
        let clean = before & log.up & !u8::from(isolated);
        log.in_sync = if clean & (1 << node) == 0 { 1 << node } else { clean };
        log.eligible &= !log.in_sync;
        log.left_in_sync(rules, before & !log.in_sync);
        // The old leader keeps running, for clients that still talk to it.
        let goes_on = isolated && log.leader == 0 && log.is_up(0);
        log.leader = node as u8;
        log.mark = mark;
        for entry in log.entries.iter_mut().filter(|_| goes_on) {
            entry.ack_pending = false;
        }
        for (sender, program) in self.senders.iter_mut().zip(&setup.senders) {
            sender.stale |= goes_on && sender.up && program.has(Op::Send);
        }
        self.truncate(mark, out);
        self.advance(setup, out);
    }

    /// Truncates the log to that of the leader; the other replicas lose what goes beyond it.
    fn truncate(&mut self, cause: CauseRef, out: &mut Recorder) {
        let log = self.log_mut();
        let at = log.leader();
        let end = log.replicas[log.leader as usize].end;
        let mut cut = Vec::new();
        for entry in &log.entries[end.into()..] {
            if entry.content == super::Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                out.record(cause, EventKind::Vanished { at, msg, copy });
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

    /// Restarts a node with what its disk or its page cache has kept.
    pub(in crate::sim) fn restart_log_node(
        &mut self,
        setup: &CompiledScenario,
        node: usize,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let log = self.log_mut();
        log.up |= 1 << node;
        log.mark = cause;
        if log.leader as usize == node {
            self.truncate(cause, out);
            self.advance(setup, out);
            // No replica could take over: the partition was blocked until now.
            let waits = self.partition_waits(setup) && self.somebody_could_work(setup);
            self.ledger.blocked |= waits;
        } else if log.replicas[node].end < log.high_watermark {
            // It lost records below the high watermark, and was removed from the in-sync replicas
            // before it restarted.
            log.in_sync &= !(1 << node);
            log.eligible &= !(1 << node);
        }
    }
}
