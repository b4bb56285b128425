//! A Kafka partition as a [`Machine`].

use super::{Content, Entry, Partition, producer_id};
use crate::sim::bits::{Reader, Writer};
use crate::sim::broker::{Crash, Machine, Priority};
use crate::sim::choice::{ActorStep, Choice};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, Timer, Window};
use crate::sim::fault::{Class, Classes, Occurrence};
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;
use crate::sim::renumber::Requests;
use crate::sim::stores::bit;

/// A poll of the consumer with this index.
type Poll = fn(u8) -> ActorStep;

/// The polls of the two partitions, from which records come in any order.
const POLLS: [(bool, Poll); 2] = [(true, ActorStep::DispatchAdded), (false, ActorStep::Dispatch)];

impl Machine for Partition {
    fn enabled(&self, cx: &View, priority: Priority, out: &mut Vec<Choice>) {
        let run = |step: fn(u8) -> ActorStep| move |n: usize| Choice::Run(step(n as u8));
        // The nodes that the leader can be reached from.
        let reached = |&n: &usize| !cx.net.is_cut(self.leader(), Participant::NODES[n]);
        match priority {
            Priority::Election => {
                let candidates = self.candidates(cx);
                let nodes = (0..3).filter(|n| candidates & (1 << n) != 0);
                out.extend(nodes.map(run(ActorStep::Elect)));
            }
            Priority::Step => {
                if self.answerable().is_some() {
                    out.push(Choice::Run(ActorStep::Broker));
                }
                let nodes = (0..3).filter(reached).filter(|&n| self.fetches(n));
                out.extend(nodes.map(run(ActorStep::Fetch)));
            }
            Priority::Delivery(c) => {
                if self.auto_commits(cx, c) {
                    out.push(Choice::Run(ActorStep::AutoCommit(c as u8)));
                }
                for (added, step) in POLLS {
                    if self.polls(cx, c, added) {
                        out.push(Choice::Run(step(c as u8)));
                    }
                }
                if self.joins(cx, c) {
                    out.push(Choice::Run(ActorStep::Join(c as u8)));
                }
            }
            Priority::Timeout => {
                let finding = (0..cx.setup.consumers()).filter(|&c| self.finds_added(cx, c));
                out.extend(finding.map(run(ActorStep::Join)));
                let nodes = (0..3).filter(|&n| self.lags(cx, n));
                out.extend(nodes.map(|n| Choice::Fire(Timer::Lag(n as u8))));
                let members = (0..cx.setup.consumers()).filter(|&c| self.session_due(cx, c));
                out.extend(members.map(|c| Choice::Fire(Timer::Session(c as u8))));
                let senders = (0..cx.setup.senders.len()).filter(|&s| self.may_time_out(cx, s));
                out.extend(senders.map(|s| Choice::Fire(Timer::Transaction(s as u8))));
            }
            Priority::CatchUp => {
                let nodes = (0..3).filter(reached).filter(|&n| self.catches_up(n));
                out.extend(nodes.map(run(ActorStep::Fetch)));
            }
            Priority::Sync => {
                let nodes = (0..3).filter(|&n| self.syncs(n));
                out.extend(nodes.map(run(ActorStep::Sync)));
            }
            Priority::Disconnect | Priority::Recovery => {}
        }
    }

    fn run(&mut self, cx: &mut Ctx, step: ActorStep) {
        match step {
            ActorStep::Broker => self.answer(cx),
            ActorStep::Dispatch(c) => self.poll(cx, c.into(), false),
            ActorStep::DispatchAdded(c) => self.poll(cx, c.into(), true),
            ActorStep::AutoCommit(c) => self.auto_commit(cx, c.into()),
            ActorStep::Join(c) if self.owner.is_some() => self.find_added(cx, c.into()),
            ActorStep::Join(c) => self.assign(cx, c.into(), cx.consumers[usize::from(c)].mark),
            ActorStep::Elect(node) => self.elect(cx, node.into()),
            ActorStep::Fetch(node) => self.fetch(cx, node.into()),
            ActorStep::Sync(node) => self.sync(cx, node.into()),
            _ => {}
        }
    }

    fn fire(&mut self, cx: &mut Ctx, timer: Timer) {
        match timer {
            Timer::Session(c) => self.evict(cx, c.into()),
            Timer::Lag(node) => self.drop_from_sync(cx, node.into()),
            Timer::Transaction(s) => self.abort(cx, s.into()),
            Timer::Ack(..)
            | Timer::Backoff(..)
            | Timer::Redelivery(_)
            | Timer::Lease(_)
            | Timer::RelayLease(_) => {}
        }
    }

    fn overflow(&self) -> bool {
        self.overflow
    }

    fn mark(&self) -> CauseRef {
        self.mark
    }

    fn expects(&mut self, classes: Classes) {
        self.config.power = classes.has(Class::Power);
        self.config.grows = self.config.extensible && classes.has(Class::Operator);
    }

    fn leader(&self) -> Participant {
        Participant::NODES[self.leader as usize]
    }

    fn leads(&self) -> bool {
        self.is_up(self.leader as usize)
    }

    fn can_crash(&self, node: usize) -> bool {
        self.is_up(node)
    }

    fn crash(&mut self, cx: &mut Ctx, node: usize, how: Crash, cause: CauseRef) {
        self.crash_node(cx, node, how, cause);
    }

    fn may_restart(&self, cx: &View, node: usize) -> bool {
        self.returns(cx, node)
    }

    fn restart(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        self.restart_node(cx, node, cause);
    }

    fn may_isolate(&self) -> bool {
        self.leader() == Participant::Broker && self.leads()
    }

    fn leads_alone(&self) -> bool {
        self.leader() != Participant::Broker && self.is_up(0)
    }

    fn on_rejoined(&mut self, cx: &mut Ctx, cause: CauseRef) {
        self.refuse_waiting_alone(cx, cause);
    }

    fn may_move_leader(&self) -> bool {
        self.successors() != 0
    }

    fn move_leader(&mut self, cx: &mut Ctx, cause: CauseRef) {
        self.change_leader(cx, cause);
    }

    fn elects_with_effect(&self) -> bool {
        true
    }

    fn node_of_sync(&self, place: u8) -> Participant {
        Participant::NODES[usize::from(place)]
    }

    fn on_send(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        self.append(cx, packet, cause);
    }

    fn on_send_alone(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        self.append_in_vain(cx, packet, cause);
    }

    fn ack_pending(&self, s: usize, msg: MessageId) -> bool {
        self.will_answer(s, msg)
    }

    /// A client that gives up on a request closes its connection.
    fn hang_up(&mut self, s: usize, msg: MessageId) {
        let own = |e: &&mut Entry| e.msg == msg && usize::from(e.sender) == s;
        self.entries.iter_mut().filter(own).for_each(|e| e.ack_pending = false);
        self.waiting_alone[s] &= !bit(msg);
    }

    /// A channel is muted from the receipt of a request until its response is sent
    /// (`SocketServer.processCompletedReceives`). A request of an earlier attempt, or of a process
    /// that is gone, has a connection of its own.
    fn reads_later(&self, cx: &View, packet: &Packet) -> bool {
        let Some(s) = packet.from.sender() else { return false };
        let sender = &cx.senders[s];
        let is_current = |msg: MessageId, n: u8, epoch: u8| {
            (n, epoch) == (sender.tasks[msg as usize].attempt, sender.epoch)
        };
        let owes_another = if packet.to == self.leader() {
            self.entries.iter().any(|e| {
                let owed = e.ack_pending && usize::from(e.sender) == s;
                owed && e.msg != packet.msg && is_current(e.msg, e.attempt, e.epoch)
            })
        } else {
            packet.to == Participant::Broker && self.waiting_alone[s] & !bit(packet.msg) != 0
        };
        owes_another && is_current(packet.msg, packet.n, packet.epoch)
    }

    fn forget_sender(&mut self, s: usize) {
        for entry in self.entries.iter_mut().filter(|e| usize::from(e.sender) == s) {
            entry.ack_pending = false;
        }
        self.waiting_alone[s] = 0;
        self.rejected[s] = 0;
    }

    fn note_rejected(&mut self, cx: &View, packet: &Packet) {
        let Some(s) = packet.from.sender() else { return };
        let alive = cx.senders[s].epoch == packet.epoch;
        // Where one request is in flight at a time, none comes behind another.
        let pipelined = cx.setup.in_flight > 1 && self.config.idempotent;
        if pipelined && alive && !self.has_producer_state(s, packet.epoch, packet.added) {
            self.rejected[s] |= bit(packet.msg);
        }
    }

    fn rejects(&self) -> bool {
        true
    }

    fn checks_sequences(&self) -> bool {
        self.config.idempotent
    }

    fn next_sequence(&self, s: usize, epoch: u8, added: bool) -> Option<u8> {
        Some(self.sequence_after(s, epoch, added))
    }

    fn has_transactions(&self) -> bool {
        self.config.transactional
    }

    fn is_fenced(&self, cx: &View, s: usize) -> bool {
        self.epochs[producer_id(cx.setup, s)] > cx.senders[s].epoch
    }

    fn init_transactions(&mut self, cx: &mut Ctx, s: usize) {
        self.begin(cx, s);
    }

    fn commit_transaction(&mut self, cx: &mut Ctx, s: usize, cause: CauseRef) {
        self.commit(cx, s, cause);
    }

    fn transaction_due(&self, cx: &View, s: usize) -> bool {
        self.may_time_out(cx, s)
    }

    fn waits_for(&self, cx: &View, c: usize) -> bool {
        self.session_due(cx, c)
    }

    /// A poll response or a commit is late once the group member has been replaced.
    fn awaits(&self, cx: &View, packet: &Packet) -> bool {
        let c = packet.from.consumer().or(packet.to.consumer()).unwrap_or_default();
        self.is_member(c) && cx.consumers[c].up
    }

    fn on_lost_packet(&mut self, cx: &mut Ctx, packet: &Packet) {
        if packet.kind == PacketKind::Delivery {
            self.unfetch(cx, packet);
        }
    }

    fn acks_by_call(&self) -> bool {
        true
    }

    fn ack_by_call(&mut self, cx: &mut Ctx, c: usize) -> bool {
        self.commit_sync(cx, c)
    }

    fn keeps_positions(&self) -> bool {
        true
    }

    fn accepts_commits(&self, c: usize) -> bool {
        self.is_member(c)
    }

    fn commit_position(&mut self, cx: &mut Ctx, c: usize, in_database: bool) {
        self.commit_offset(cx, c, in_database);
    }

    fn stages_output(&self) -> bool {
        self.config.output_committed
    }

    fn seek(&mut self, cx: &mut Ctx, c: usize) {
        self.seek_back(cx, c);
    }

    /// `close` commits the position if `enable.auto.commit` is set, and leaves the group
    /// (`KafkaConsumer.java`).
    fn before_stop(&mut self, cx: &mut Ctx, c: usize) {
        let reached = !cx.net.is_cut(self.leader(), Participant::CONSUMERS[c]);
        if !(reached && self.leads() && self.is_member(c)) {
            return;
        }
        if self.config.auto_commit && !self.config.stores_offset {
            self.auto_commit(cx, c);
        }
        if cx.setup.consumers() > 1 {
            self.leave(cx, c);
        }
    }

    /// It still has the partition unless that was assigned to another member.
    fn rejoin(&mut self, cx: &mut Ctx, c: usize) {
        if self.is_member(c) {
            self.rewind(cx, c);
        }
    }

    fn has_window(&self, window: Window) -> bool {
        window == Window::Retention && self.config.expires
    }

    fn window_open(&self, window: Window, msg: MessageId) -> bool {
        window == Window::Retention && self.may_delete(msg)
    }

    fn expire(&mut self, cx: &mut Ctx, _window: Window, _msg: MessageId) {
        self.delete_oldest(cx);
    }

    fn next_line(&self, cx: &View) -> Option<(u8, MessageId)> {
        let (offset, _) = self.answerable()?;
        Some((cx.setup.broker.place(Op::Acknowledge)?, self.entries[offset].msg))
    }

    fn next_delivered(&self, cx: &View, c: usize, added: bool) -> Option<MessageId> {
        let position = cx.consumers[c].position_in(added);
        let next = self.next_readable(position, added);
        Some(self.entries[next.filter(|_| !self.is_out_of_range(position, added))?].msg)
    }

    fn is_at(&self, cx: &View, msg: MessageId, nth: Occurrence, op: Op, after: bool) -> bool {
        let reached = |offset: usize, e: &Entry| match op {
            Op::Fetch => self.fetched(cx, offset) == Some(after),
            Op::Acknowledge => e.answered == after,
            _ => after,
        };
        self.entries.iter().enumerate().any(|(offset, e)| {
            let this = e.content == Content::Data && e.msg == msg && nth.fits(e.copy);
            this && reached(offset, e)
        })
    }

    fn has_committed(&self, msg: MessageId) -> bool {
        let data = |e: &Entry| e.content == Content::Data && e.msg == msg;
        let Some(offset) = self.entries.iter().position(data) else { return false };
        self.committed_in(self.entries[offset].added).is_some_and(|next| usize::from(next) > offset)
    }

    fn encode(&self, setup: &CompiledScenario, w: &mut Writer) {
        self.write(setup, w);
    }

    fn decode(&mut self, setup: &CompiledScenario, r: &mut Reader) {
        self.read(setup, r);
    }

    fn canonicalize(&mut self, cx: &mut Ctx, requests: &Requests, _classes: Classes) {
        self.forget(cx, requests);
    }

    fn renumbers_copies(&self) -> bool {
        true
    }

    fn each_copy(&mut self, msg: MessageId, show: &mut impl FnMut(&mut u8)) {
        let records = self.entries.iter_mut();
        let records = records.filter(|e| e.msg == msg && e.content == Content::Data);
        records.for_each(|e| show(&mut e.copy));
    }

    fn keeps_dead_letters(&self) -> bool {
        true
    }

    fn in_order(&self, a: usize, b: usize) -> bool {
        self.is_ordered(a, b)
    }

    fn swap_nodes(&mut self, a: usize, b: usize) {
        self.swap(a, b);
    }
}
