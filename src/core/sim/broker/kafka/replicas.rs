//! Replication: fetching, the in-sync replicas, crashes, leader election and restarts.

use super::answers::waits_for_answer;
use super::{Content, Entry, Partition, Replica};
use crate::sim::broker::{Crash, Machine, swap_bits, swap_names};
use crate::sim::consumer::somebody_could_work;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind};
use crate::sim::ledger::Record;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::Participant;
use crate::sim::program::Op;
use crate::sim::settings::kafka::Acks;
use crate::sim::stores::bit;

impl Partition {
    /// Returns true if these two nodes are in canonical order.
    pub(super) fn is_ordered(&self, a: usize, b: usize) -> bool {
        let key = |n: usize| {
            let Replica { end, synced } = self.replicas[n];
            let (in_sync, eligible) = (self.in_sync >> n & 1, self.eligible >> n & 1);
            (self.is_up(n), self.is_gone(n), in_sync, eligible, end, synced)
        };
        key(a) <= key(b)
    }

    /// Exchanges two nodes.
    pub(super) fn swap(&mut self, a: usize, b: usize) {
        self.replicas.swap(a, b);
        self.leader = swap_names(self.leader, a, b);
        for bits in [&mut self.up, &mut self.gone, &mut self.in_sync, &mut self.eligible] {
            *bits = swap_bits(*bits, a, b);
        }
    }

    /// Returns true if this follower has records to fetch.
    pub(super) fn fetches(&self, node: usize) -> bool {
        let behind = usize::from(self.replicas[node].end) < self.entries.len();
        self.leads() && self.is_up(node) && node != usize::from(self.leader) && behind
    }

    /// Returns true if this follower has every record and only has to fetch once more to be in sync
    /// again.
    pub(super) fn catches_up(&self, node: usize) -> bool {
        let there = usize::from(self.replicas[node].end) == self.entries.len();
        let out = self.in_sync & (1 << node) == 0;
        self.leads() && self.is_up(node) && node != usize::from(self.leader) && there && out
    }

    /// Returns true if the operating system of this node has something to sync, and syncs matter.
    pub(super) fn syncs(&self, node: usize) -> bool {
        let replica = &self.replicas[node];
        self.config.power && self.is_up(node) && replica.synced < replica.end
    }

    /// Returns true if the leader may remove this follower from the in-sync replicas: it no longer
    /// fetches. An `isolated` leader cannot, because the controller has to agree.
    pub(super) fn lags(&self, cx: &View, node: usize) -> bool {
        let cut = cx.net.is_cut(self.leader(), Participant::NODES[node]);
        let may = self.leads() && !(cx.net.is_isolated() && self.leader == 0);
        may && self.in_sync & (1 << node) != 0 && (cut || !self.is_up(node))
    }

    /// Returns the nodes that may be elected when the leader is down or the controller cannot reach
    /// it: the in-sync replicas; if none of these is left, the eligible leader replicas; and with
    /// unclean elections any replica. The first node is out of reach if it is isolated.
    pub(super) fn candidates(&self, cx: &View) -> u8 {
        let reached = self.up & !u8::from(cx.net.is_isolated());
        if reached & (1 << self.leader) != 0 {
            return 0;
        }
        match (reached & self.in_sync, reached & self.eligible) {
            (0, 0) if self.config.unclean => reached,
            (0, eligible) => eligible,
            (clean, _) => clean,
        }
    }

    /// Returns the nodes that leadership may be moved to while the leader is up: the other in-sync
    /// replicas.
    pub(super) fn successors(&self) -> u8 {
        if self.leads() { self.up & self.in_sync & !(1 << self.leader) } else { 0 }
    }

    /// Records the replicas that left the in-sync replicas as eligible leaders, if those have
    /// become too few to commit anything.
    fn left_in_sync(&mut self, left: u8) {
        self.eligible |= left & !self.gone;
        if !self.config.eligible || self.enough_in_sync() {
            self.eligible = 0;
        }
    }

    /// Returns true if the node may restart.
    ///
    /// The controller does not let a broker register again before its earlier session has expired;
    /// by then an in-sync replica has taken over.
    pub(super) fn returns(&self, cx: &View, node: usize) -> bool {
        let replaced = self.leader() == Participant::NODES[node] && self.candidates(cx) != 0;
        !self.is_up(node) && !self.is_gone(node) && !replaced
    }

    /// Handles a produce request at the old leader, which is isolated from the other replicas and
    /// does not know that they have elected another. What it appends is truncated when it rejoins
    /// (KAFKA-20554); with `acks=1` it acknowledges all the same, with `acks=all` it waits for
    /// followers that do not fetch, and refuses the request when it rejoins.
    pub(super) fn append_in_vain(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let Packet { msg, epoch, from, to: at, .. } = packet;
        let s = from.sender().unwrap_or_default();
        let record = cx.ledger.of_mut(msg);
        Record::bump(&mut record.stored);
        Record::bump(&mut record.gone);
        let copy = record.stored;
        let mark = cx.out.record(cause, EventKind::Appended { at, msg, copy });
        if !waits_for_answer(&cx.view(), s, epoch) {
            return;
        }
        match self.config.acks {
            Acks::Leader => cx.net.answer(at, packet, PacketKind::Ack, mark, cx.out),
            Acks::All if packet.n == cx.senders[s].tasks[msg as usize].attempt => {
                self.waiting_alone[s] |= bit(msg);
            }
            _ => {}
        }
    }

    /// Fetches every record that the follower lacks; once up to date, it is in sync again.
    pub(super) fn fetch(&mut self, cx: &mut Ctx, node: usize) {
        let (from, to) = (self.leader(), Participant::NODES[node]);
        let end = self.entries.len();
        for entry in &mut self.entries[usize::from(self.replicas[node].end)..end] {
            if entry.content == Content::Data {
                let Entry { msg, copy, mark, .. } = *entry;
                entry.mark = cx.out.record(mark, EventKind::Replicated { from, to, msg, copy });
            }
        }
        self.replicas[node].end = end as u8;
        if self.in_sync & (1 << node) == 0 {
            self.in_sync |= 1 << node;
            self.eligible &= !(1 << node);
            self.left_in_sync(0);
            cx.out.record(self.mark, EventKind::InSync { at: to, yes: true });
        }
        self.advance(cx);
    }

    /// Syncs the log of a node from the page cache to disk.
    pub(super) fn sync(&mut self, cx: &mut Ctx, node: usize) {
        let at = Participant::NODES[node];
        let replica = self.replicas[node];
        for entry in &self.entries[replica.synced.into()..replica.end.into()] {
            if entry.content == Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                cx.out.record(entry.mark, EventKind::Persisted { at, msg, copy });
            }
        }
        self.replicas[node].synced = replica.end;
    }

    /// Removes a follower from the in-sync replicas.
    pub(super) fn drop_from_sync(&mut self, cx: &mut Ctx, node: usize) {
        self.in_sync &= !(1 << node);
        self.left_in_sync(1 << node);
        let what = EventKind::InSync { at: Participant::NODES[node], yes: false };
        self.mark = cx.out.record(self.mark, what);
        self.advance(cx);
    }

    /// Crashes a node: without power, what was not synced is lost.
    pub(super) fn crash_node(&mut self, cx: &mut Ctx, node: usize, how: Crash, cause: CauseRef) {
        let at = Participant::NODES[node];
        let before = self.replicas[node].end;
        self.up &= !(1 << node);
        self.mark = cause;
        let replica = &mut self.replicas[node];
        match how {
            Crash::Process => {}
            Crash::Power => replica.end = replica.synced,
            Crash::PermanentLoss => {
                (replica.end, replica.synced) = (0, 0);
                self.gone |= 1 << node;
            }
        }
        for entry in &self.entries[self.replicas[node].end.into()..before.into()] {
            if entry.content == Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                cx.out.record(cause, EventKind::Vanished { at, msg, copy });
            }
        }
        if self.leader as usize == node {
            for entry in &mut self.entries {
                entry.ack_pending = false;
            }
        }
        // With the node, the connections of senders that still took it for the leader are gone.
        if node == 0 && cx.net.is_isolated() {
            cx.senders.iter_mut().for_each(|sender| sender.stale = false);
            self.waiting_alone = [0; 3];
        }
    }

    /// Returns true if a partition holds a record past its committed offset.
    pub(super) fn holds_waiting(&self, cx: &View) -> bool {
        let done = |added: bool| match self.config.stores_offset {
            true => cx.stores.offset,
            false => self.committed_in(added).unwrap_or(0),
        };
        let mut kept = self.entries.iter().enumerate().skip(self.start.into());
        kept.any(|(offset, e)| e.content == Content::Data && offset >= usize::from(done(e.added)))
    }

    /// Moves the leadership to another in-sync replica although the leader is healthy, as a
    /// preferred leader election or a reassignment does. The new leader starts from what it has;
    /// records that it has not fetched are lost.
    pub(super) fn change_leader(&mut self, cx: &mut Ctx, cause: CauseRef) {
        let Some(next) = (0..3).find(|n| self.successors() & (1 << n) != 0) else { return };
        self.mark = cause;
        self.refuse_pending(cx, cause);
        self.elect(cx, next);
    }

    /// Elects a replica as leader: records that it does not have are lost.
    pub(super) fn elect(&mut self, cx: &mut Ctx, node: usize) {
        let isolated = cx.net.is_isolated();
        let what = EventKind::Elected { at: Participant::NODES[node] };
        let mark = cx.out.record(self.mark, what);
        let before = self.in_sync;
        // A replica that was only eligible, or not even that, starts as the only in-sync replica.
        let clean = before & self.up & !u8::from(isolated);
        self.in_sync = if clean & (1 << node) == 0 { 1 << node } else { clean };
        self.eligible &= !self.in_sync;
        self.left_in_sync(before & !self.in_sync);
        // The old leader keeps running, for clients that still talk to it.
        let goes_on = isolated && self.leader == 0 && self.is_up(0);
        self.leader = node as u8;
        self.mark = mark;
        if goes_on {
            self.leave_waiting(&cx.view());
        }
        for (sender, program) in cx.senders.iter_mut().zip(&cx.setup.senders) {
            sender.stale |= goes_on && sender.up && program.has(Op::Send);
        }
        self.truncate(cx, mark);
        self.advance(cx);
    }

    /// Truncates the log to that of the leader; the other replicas lose what goes beyond it.
    fn truncate(&mut self, cx: &mut Ctx, cause: CauseRef) {
        let at = self.leader();
        let end = self.replicas[self.leader as usize].end;
        for entry in &self.entries[end.into()..] {
            if entry.content == Content::Data {
                let (msg, copy) = (entry.msg, entry.copy);
                cx.out.record(cause, EventKind::Vanished { at, msg, copy });
                Record::bump(&mut cx.ledger.of_mut(msg).gone);
            }
        }
        self.entries.truncate(end.into());
        self.start = self.start.min(end);
        for replica in &mut self.replicas {
            replica.end = replica.end.min(end);
            replica.synced = replica.synced.min(end);
        }
        self.high_watermark = self.high_watermark.min(end);
        self.committed = self.committed.map(|offset| offset.min(end));
        if let Some(added) = &mut self.added {
            added.committed = added.committed.map(|offset| offset.min(end));
        }
        for consumer in cx.consumers.iter_mut() {
            consumer.position = consumer.position.min(end);
            consumer.position_added = consumer.position_added.min(end);
        }
        self.write_markers_again(cx, cause);
    }

    /// Restarts a node with what its disk or its page cache has kept.
    pub(super) fn restart_node(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        self.up |= 1 << node;
        self.mark = cause;
        if self.leader as usize == node {
            self.truncate(cx, cause);
            self.advance(cx);
            // No replica could take over: the partition was blocked until now.
            let waits = self.holds_waiting(&cx.view()) && somebody_could_work(&cx.view());
            cx.ledger.blocked |= waits;
        } else if self.replicas[node].end < self.high_watermark {
            // It lost records below the high watermark, and was removed from the in-sync replicas
            // before it restarted.
            self.in_sync &= !(1 << node);
            self.eligible &= !(1 << node);
        }
    }

    /// Returns true if a follower has fetched the record at this offset, and `None` if none has and
    /// the broker has something to do first: with `acks=1` it answers the producer before.
    pub(super) fn fetched(&self, cx: &View, offset: usize) -> Option<bool> {
        let leader = self.leader();
        let follower = |n: &usize| Participant::NODES[*n] != leader;
        let mut others = (0..usize::from(cx.setup.replicas)).filter(follower);
        if others.any(|n| usize::from(self.replicas[n].end) > offset) {
            return Some(true);
        }
        let waits = self.config.acks == Acks::Leader && !self.entries[offset].answered;
        (!waits).then_some(false)
    }
}
