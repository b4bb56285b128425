//! Publishing: storage, deduplication, limits, and the PubAck.

use super::{Entry, Phase, Stream};
use crate::sim::broker::Machine;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::Pause;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind, RejectReason, Window};
use crate::sim::ledger::Record;
use crate::sim::network::{Net, Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;
use crate::sim::stores::bit;
use tinyvec::ArrayVec;

impl Stream {
    pub(super) fn key(&self, msg: MessageId) -> u8 {
        bit(self.config.keys[msg as usize])
    }

    /// Returns true if the application with this index is subscribed, and core NATS sends to it.
    pub(super) fn is_subscribed(&self, cx: &View, c: usize) -> bool {
        let consumer = &cx.consumers[c];
        let reached = !cx.net.is_cut(self.leader_node(), Participant::CONSUMERS[c]);
        consumer.up && consumer.pause != Pause::Still && reached
    }

    pub(super) fn leader_node(&self) -> Participant {
        Participant::NODES[usize::from(self.leader)]
    }

    /// Returns true if nobody is subscribed to whom core NATS could send what it has.
    pub(super) fn has_no_subscriber(&self, cx: &View) -> bool {
        !(0..cx.setup.consumers()).any(|c| self.is_subscribed(cx, c))
    }

    /// Handles a published message.
    pub(super) fn publish(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let (at, msg, n) = (self.leader_node(), packet.msg, packet.n);
        if !self.config.stream && self.has_no_subscriber(&cx.view()) {
            cx.out.record(cause, EventKind::Dropped { at, msg, copy: 0, n: 0 });
            return;
        }
        let leader = usize::from(self.leader);
        if self.config.ids && self.ids[leader] & self.key(msg) != 0 {
            let mark = cx.out.record(cause, EventKind::Deduplicated { at, msg, n });
            return self.answer_duplicate(cx, packet, mark);
        }
        let stored = self.entries.iter().filter(|e| self.stores(e)).count();
        let full = self.config.max_msgs.is_some_and(|most| stored >= usize::from(most));
        if full && self.config.discards_new {
            let waits = self.awaits_answer(cx, &packet);
            return cx.net.refuse(packet, RejectReason::Full, waits, cause, cx.out);
        }
        self.append(cx, packet, cause);
    }

    fn awaits_answer(&self, cx: &Ctx, packet: &Packet) -> bool {
        let s = packet.from.sender().unwrap_or_default();
        self.config.acknowledges && cx.senders[s].epoch == packet.epoch
    }

    /// Answers a publish whose ID is known: with success once the first copy is stored, for which a
    /// single server makes it wait; with "duplicate message id is in process" while a majority still
    /// has to confirm that copy.
    fn answer_duplicate(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        if !self.awaits_answer(cx, &packet) {
            return;
        }
        let at = self.leader_node();
        let (key, keys) = (self.key(packet.msg), self.config.keys);
        let same = |e: &&mut Entry| bit(keys[e.msg as usize]) == key;
        let open = |e: &&mut Entry| !e.committed(&cx.setup.broker);
        match self.entries.iter_mut().filter(same).find(open) {
            Some(entry) if self.config.servers == 1 && entry.msg == packet.msg => {
                entry.sender = packet.from.sender().unwrap_or_default() as u8;
                (entry.attempt, entry.epoch, entry.ack_pending) = (packet.n, packet.epoch, true);
            }
            Some(_) if self.config.servers > 1 => {
                cx.net.answer(at, packet, PacketKind::Refusal, cause, cx.out);
            }
            _ => cx.net.answer(at, packet, PacketKind::Ack, cause, cx.out),
        }
    }

    /// Deletes the oldest messages beyond `max_msgs`. The limit applies when a message is stored, and
    /// not yet when the leader proposes it (nats-server, `jetstream_cluster.go`,
    /// `checkMsgHeadersPreClusteredProposal`, and `filestore.go`); a PubAck that is still pending goes
    /// out before.
    fn make_room(&mut self, cx: &mut Ctx) {
        let Some(most) = self.config.max_msgs.filter(|_| !self.config.discards_new) else { return };
        let at = self.leader_node();
        loop {
            let program = &cx.setup.broker;
            let stored = |e: &&Entry| e.committed(program) && self.stores(e);
            let all: ArrayVec<[Entry; Stream::MOST]> =
                self.entries.iter().filter(stored).copied().collect();
            let (Some(first), Some(last)) = (all.first(), all.last()) else { return };
            let Some(index) = self.position(first.msg, first.copy) else { return };
            if all.len() <= usize::from(most) {
                return;
            }
            let cause = last.mark;
            self.acknowledge(cx, index);
            let Entry { msg, copy, deliveries: n, phase, turn, .. } = self.entries.remove(index);
            self.close_gap(turn);
            if phase != Phase::Acked {
                cx.out.record(cause, EventKind::Dropped { at, msg, copy, n });
            }
        }
    }

    fn append(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let Packet { msg, from, n, epoch, .. } = packet;
        if self.entries.len() == Stream::MOST {
            self.overflow = true;
            return;
        }
        let sender = from.sender().unwrap_or_default();
        // A copy that was lost before it counted as stored leaves its number to the next one.
        let stored = cx.ledger.of(msg).stored;
        let alive = self.entries.iter().filter(|e| e.msg == msg).map(|e| e.copy).max();
        let copy = (alive.unwrap_or(0).max(stored) + 1).min(Record::MOST + 1);
        let at = self.leader_node();
        let mark = match self.config.stream {
            true => cx.out.record(cause, EventKind::Appended { at, msg, copy }),
            false => cause,
        };
        self.entries.push(Entry {
            msg,
            copy,
            sender: sender as u8,
            epoch,
            attempt: n,
            pc: 1,
            memory: self.leader_bit(),
            ack_pending: self.awaits_answer(cx, &packet),
            in_window: self.config.ids,
            mark,
            ..Entry::default()
        });
        if self.config.ids {
            self.ids[usize::from(self.leader)] |= self.key(msg);
        }
        if self.config.stream {
            count_stored(cx, msg, 0, 1);
        }
        self.move_on(cx);
    }

    /// Returns the first copy whose next instruction the leader itself can run.
    pub(super) fn busy(&self, setup: &CompiledScenario) -> Option<usize> {
        let own = |e: &Entry| !matches!(e.op(setup), None | Some(Op::Replicate));
        self.entries.iter().position(own).filter(|_| self.leads())
    }

    /// Runs the next instruction of the server's program.
    pub(super) fn run_line(&mut self, cx: &mut Ctx) {
        if !self.config.stream {
            return self.drop_unsubscribed(cx);
        }
        let Some(index) = self.busy(cx.setup) else { return };
        let (at, leader) = (self.leader_node(), self.leader_bit());
        let entry = &mut self.entries[index];
        let Entry { msg, copy, mark, pc, .. } = *entry;
        match cx.setup.broker.op(pc) {
            Some(Op::Write) => {
                entry.page |= leader;
                entry.mark = cx.out.record(mark, EventKind::Written { at, msg, copy });
            }
            Some(Op::Persist) => {
                entry.disk |= leader;
                entry.mark = cx.out.record(mark, EventKind::Persisted { at, msg, copy });
            }
            _ => self.acknowledge(cx, index),
        }
        self.pass(cx, index);
        self.move_on(cx);
    }

    /// Moves a copy past its instruction, and counts it as stored once its PubAck may go out.
    fn pass(&mut self, cx: &mut Ctx, index: usize) {
        let entry = &mut self.entries[index];
        let Entry { msg, pc, .. } = *entry;
        entry.pc = cx.setup.broker.next(pc);
        count_stored(cx, msg, pc, pc + 1);
    }

    /// Moves all copies past what is done: replications that have taken place, and PubAcks for which
    /// nobody waits.
    pub(super) fn move_on(&mut self, cx: &mut Ctx) {
        let program = &cx.setup.broker;
        for index in 0..self.entries.len() {
            loop {
                let entry = &self.entries[index];
                let done = match program.op(entry.pc) {
                    Some(Op::Replicate) => {
                        let lines = program.ops[..=usize::from(entry.pc)].iter();
                        let copies = 1 + lines.filter(|(op, _)| *op == Op::Replicate).count();
                        entry.holders().count_ones() as usize >= copies
                    }
                    Some(Op::Acknowledge) => !entry.ack_pending,
                    _ => false,
                };
                if !done {
                    break;
                }
                self.pass(cx, index);
            }
        }
        self.make_room(cx);
        self.drop_unwanted(cx);
    }

    /// Returns the first copy that this follower lacks, if the leader can send it.
    pub(super) fn lacking(&self, setup: &CompiledScenario, net: &Net, node: u8) -> Option<usize> {
        let reached = self.peers(net, self.leader) & !self.leader_bit() & (1 << node) != 0;
        let lacks =
            |e: &Entry| e.holders() & (1 << node) == 0 && self.stores(e) && self.has_written(e);
        let first = self.entries.iter().position(lacks);
        first.filter(|_| reached && self.is_stable(setup, net))
    }

    /// Returns true if the leader has done its own part for the copy: it sends what it has written.
    fn has_written(&self, entry: &Entry) -> bool {
        let here = if self.config.files { entry.page | entry.disk } else { entry.memory };
        here & self.leader_bit() != 0
    }

    /// Copies to a follower the first message that it lacks.
    pub(super) fn replicate(&mut self, cx: &mut Ctx, node: u8) {
        let Some(index) = self.lacking(cx.setup, cx.net, node) else { return };
        let Stream { config, .. } = *self;
        let from = self.leader_node();
        let entry = &mut self.entries[index];
        let kept = match (config.files, config.syncs) {
            (false, _) => &mut entry.memory,
            (true, false) => &mut entry.page,
            (true, true) => &mut entry.disk,
        };
        *kept |= 1 << node;
        let Entry { msg, copy, mark, in_window, .. } = *entry;
        let to = Participant::NODES[usize::from(node)];
        entry.mark = cx.out.record(mark, EventKind::Replicated { from, to, msg, copy });
        if in_window {
            self.ids[usize::from(node)] |= self.key(msg);
        }
        self.move_on(cx);
    }

    /// Sends the PubAck of a copy, if one is pending.
    pub(super) fn acknowledge(&mut self, cx: &mut Ctx, index: usize) {
        let at = self.leader_node();
        let entry = &mut self.entries[index];
        if !std::mem::take(&mut entry.ack_pending) {
            return;
        }
        let Entry { msg, copy, sender, attempt: n, epoch, mark, .. } = *entry;
        let from = cx.setup.sender(sender.into());
        let packet = Packet { from, msg, copy, n, epoch, ..Packet::default() };
        cx.net.answer(at, packet, PacketKind::Ack, mark, cx.out);
    }

    /// Drops what no consumer is interested in.
    fn drop_unwanted(&mut self, cx: &mut Ctx) {
        if !self.config.by_interest || self.has_consumer {
            return;
        }
        let at = self.leader_node();
        let wanted = |e: &Entry| !e.committed(&cx.setup.broker) || e.ack_pending;
        for e in self.entries.iter().filter(|e| !wanted(e) && e.phase != Phase::Acked) {
            let Entry { msg, copy, deliveries: n, mark, .. } = *e;
            cx.out.record(mark, EventKind::Dropped { at, msg, copy, n });
        }
        self.entries.retain(wanted);
    }

    /// Drops what core NATS has nobody to send to any more.
    fn drop_unsubscribed(&mut self, cx: &mut Ctx) {
        let at = self.leader_node();
        let Some(index) = (!self.entries.is_empty()).then_some(0) else { return };
        let Entry { msg, copy, mark, .. } = self.entries.remove(index);
        cx.out.record(mark, EventKind::Dropped { at, msg, copy, n: 0 });
    }

    /// Returns true if the time window is open for the message.
    pub(super) fn is_open(&self, window: Window, msg: MessageId) -> bool {
        match window {
            Window::Dedup => self.ids.iter().any(|ids| ids & self.key(msg) != 0),
            Window::Retention => {
                self.config.expires && self.entries.iter().any(|e| e.msg == msg && self.stores(e))
            }
            Window::Ttl | Window::Inbox => false,
        }
    }

    /// Expires the duplicate window, or `max_age`, of a message.
    pub(super) fn forget(&mut self, cx: &mut Ctx, what: Window, msg: MessageId) {
        let mark = cx.out.record(CauseRef::NONE, EventKind::Expired { what, msg });
        let key = self.key(msg);
        if what == Window::Dedup {
            self.ids.iter_mut().for_each(|ids| *ids &= !key);
            let keys = self.config.keys;
            let same = |e: &&mut Entry| bit(keys[e.msg as usize]) == key;
            self.entries.iter_mut().filter(same).for_each(|e| e.in_window = false);
            return;
        }
        let at = self.leader_node();
        while let Some(index) = self.entries.iter().position(|e| e.msg == msg) {
            let Entry { copy, deliveries: n, phase, turn, .. } = self.entries.remove(index);
            self.close_gap(turn);
            if phase != Phase::Acked {
                cx.out.record(mark, EventKind::Dropped { at, msg, copy, n });
            }
        }
    }

    /// Returns what a server remembers when it starts: the IDs of the messages that it has stored.
    pub(super) fn rebuilt_ids(&self, server: usize) -> u8 {
        let here = |e: &&Entry| e.holders() & (1 << server) != 0 && e.in_window && self.stores(e);
        self.entries.iter().filter(here).fold(0, |ids, e| ids | self.key(e.msg))
    }

    /// Makes all servers forget the ID of a copy that is lost, unless another copy has it.
    pub(super) fn forget_id(&mut self, msg: MessageId) {
        let key = self.key(msg);
        if !self.entries.iter().any(|e| self.key(e.msg) == key) {
            self.ids.iter_mut().for_each(|ids| *ids &= !key);
        }
    }
}

/// Counts a copy as stored once its PubAck may go out, from when on the stream vouches for it.
pub(super) fn count_stored(cx: &mut Ctx, msg: MessageId, before: u8, after: u8) {
    let stands = cx.setup.broker.place(Op::Acknowledge).unwrap_or(0);
    if (before..after).contains(&stands.saturating_sub(1)) {
        Record::bump(&mut cx.ledger.of_mut(msg).stored);
    }
}
