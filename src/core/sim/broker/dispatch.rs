//! The contract, passed on by [`Broker`] to its machine.

use super::{Broker, Crash, Machine, Priority};
use crate::sim::bits::{Reader, Writer};
use crate::sim::choice::{ActorStep, Choice};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, Timer, Window};
use crate::sim::fault::{Classes, Occurrence};
use crate::sim::network::Packet;
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;
use crate::sim::renumber::Requests;

impl Broker {
    pub(crate) fn enabled(&self, cx: &View, priority: Priority, out: &mut Vec<Choice>) {
        each!(self, machine => machine.enabled(cx, priority, out))
    }

    pub(in crate::sim) fn run(&mut self, cx: &mut Ctx, step: ActorStep) {
        each!(self, machine => machine.run(cx, step))
    }

    pub(in crate::sim) fn fire(&mut self, cx: &mut Ctx, timer: Timer) {
        each!(self, machine => machine.fire(cx, timer))
    }

    pub(crate) fn overflow(&self) -> bool {
        each!(self, machine => machine.overflow())
    }

    pub(crate) fn mark(&self) -> CauseRef {
        each!(self, machine => machine.mark())
    }

    pub(in crate::sim) fn expects(&mut self, classes: Classes) {
        each!(self, machine => machine.expects(classes))
    }

    pub fn leader(&self) -> Participant {
        each!(self, machine => machine.leader())
    }

    pub fn leads(&self) -> bool {
        each!(self, machine => machine.leads())
    }

    pub(crate) fn can_crash(&self, node: usize) -> bool {
        each!(self, machine => machine.can_crash(node))
    }

    pub(in crate::sim) fn crash(&mut self, cx: &mut Ctx, node: usize, how: Crash, cause: CauseRef) {
        each!(self, machine => machine.crash(cx, node, how, cause))
    }

    pub(crate) fn may_restart(&self, cx: &View, node: usize) -> bool {
        each!(self, machine => machine.may_restart(cx, node))
    }

    pub(in crate::sim) fn restart(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        each!(self, machine => machine.restart(cx, node, cause))
    }

    pub(crate) fn may_isolate(&self) -> bool {
        each!(self, machine => machine.may_isolate())
    }

    pub(crate) fn leads_alone(&self) -> bool {
        each!(self, machine => machine.leads_alone())
    }

    pub(in crate::sim) fn on_rejoined(&mut self, cx: &mut Ctx, cause: CauseRef) {
        each!(self, machine => machine.on_rejoined(cx, cause))
    }

    pub(crate) fn may_move_leader(&self) -> bool {
        each!(self, machine => machine.may_move_leader())
    }

    pub(in crate::sim) fn move_leader(&mut self, cx: &mut Ctx, cause: CauseRef) {
        each!(self, machine => machine.move_leader(cx, cause))
    }

    pub fn node_of_sync(&self, place: u8) -> Participant {
        each!(self, machine => machine.node_of_sync(place))
    }

    pub(crate) fn elects_with_effect(&self) -> bool {
        each!(self, machine => machine.elects_with_effect())
    }

    pub(in crate::sim) fn on_send(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        each!(self, machine => machine.on_send(cx, packet, cause))
    }

    pub(in crate::sim) fn on_send_alone(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        each!(self, machine => machine.on_send_alone(cx, packet, cause))
    }

    pub(crate) fn ack_pending(&self, s: usize, msg: MessageId) -> bool {
        each!(self, machine => machine.ack_pending(s, msg))
    }

    pub(crate) fn reads_later(&self, cx: &View, packet: &Packet) -> bool {
        each!(self, machine => machine.reads_later(cx, packet))
    }

    pub(in crate::sim) fn forget_sender(&mut self, s: usize) {
        each!(self, machine => machine.forget_sender(s))
    }

    pub(in crate::sim) fn hang_up(&mut self, s: usize, msg: MessageId) {
        each!(self, machine => machine.hang_up(s, msg))
    }

    pub(in crate::sim) fn note_rejected(&mut self, cx: &View, packet: &Packet) {
        each!(self, machine => machine.note_rejected(cx, packet))
    }

    pub(crate) fn connects_per_call(&self) -> bool {
        each!(self, machine => machine.connects_per_call())
    }

    pub(crate) fn rejects(&self) -> bool {
        each!(self, machine => machine.rejects())
    }

    pub(crate) fn returns_unroutable(&self) -> bool {
        each!(self, machine => machine.returns_unroutable())
    }

    pub(crate) fn checks_sequences(&self) -> bool {
        each!(self, machine => machine.checks_sequences())
    }

    pub(crate) fn next_sequence(&self, s: usize, epoch: u8, added: bool) -> Option<u8> {
        each!(self, machine => machine.next_sequence(s, epoch, added))
    }

    pub(crate) fn has_transactions(&self) -> bool {
        each!(self, machine => machine.has_transactions())
    }

    pub(crate) fn is_fenced(&self, cx: &View, s: usize) -> bool {
        each!(self, machine => machine.is_fenced(cx, s))
    }

    pub(in crate::sim) fn init_transactions(&mut self, cx: &mut Ctx, s: usize) {
        each!(self, machine => machine.init_transactions(cx, s))
    }

    pub(in crate::sim) fn commit_transaction(&mut self, cx: &mut Ctx, s: usize, cause: CauseRef) {
        each!(self, machine => machine.commit_transaction(cx, s, cause))
    }

    pub(crate) fn transaction_due(&self, cx: &View, s: usize) -> bool {
        each!(self, machine => machine.transaction_due(cx, s))
    }

    pub(in crate::sim) fn on_settled(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        each!(self, machine => machine.on_settled(cx, packet, cause))
    }

    pub(crate) fn may_take_stale(&self, packet: &Packet) -> bool {
        each!(self, machine => machine.may_take_stale(packet))
    }

    pub(in crate::sim) fn take_stale(&mut self, cx: &mut Ctx, packet: &Packet, cause: CauseRef) {
        each!(self, machine => machine.take_stale(cx, packet, cause))
    }

    pub(crate) fn waits_for(&self, cx: &View, c: usize) -> bool {
        each!(self, machine => machine.waits_for(cx, c))
    }

    pub(crate) fn awaits(&self, cx: &View, packet: &Packet) -> bool {
        each!(self, machine => machine.awaits(cx, packet))
    }

    pub(in crate::sim) fn disconnect(&mut self, cx: &mut Ctx, c: usize, cause: CauseRef) {
        each!(self, machine => machine.disconnect(cx, c, cause))
    }

    pub(in crate::sim) fn on_consumer_stopped(&mut self, c: usize) {
        each!(self, machine => machine.on_consumer_stopped(c))
    }

    pub(in crate::sim) fn on_lost_packet(&mut self, cx: &mut Ctx, packet: &Packet) {
        each!(self, machine => machine.on_lost_packet(cx, packet))
    }

    pub(crate) fn acks_are_cumulative(&self) -> bool {
        each!(self, machine => machine.acks_are_cumulative())
    }

    pub(crate) fn acks_by_call(&self) -> bool {
        each!(self, machine => machine.acks_by_call())
    }

    pub(crate) fn answers_acks(&self, cx: &View) -> bool {
        each!(self, machine => machine.answers_acks(cx))
    }

    pub(in crate::sim) fn ack_by_call(&mut self, cx: &mut Ctx, c: usize) -> bool {
        each!(self, machine => machine.ack_by_call(cx, c))
    }

    pub(crate) fn keeps_positions(&self) -> bool {
        each!(self, machine => machine.keeps_positions())
    }

    pub(crate) fn accepts_commits(&self, c: usize) -> bool {
        each!(self, machine => machine.accepts_commits(c))
    }

    pub(in crate::sim) fn commit_position(&mut self, cx: &mut Ctx, c: usize, in_database: bool) {
        each!(self, machine => machine.commit_position(cx, c, in_database))
    }

    pub(crate) fn stages_output(&self) -> bool {
        each!(self, machine => machine.stages_output())
    }

    pub(in crate::sim) fn seek(&mut self, cx: &mut Ctx, c: usize) {
        each!(self, machine => machine.seek(cx, c))
    }

    pub(in crate::sim) fn before_stop(&mut self, cx: &mut Ctx, c: usize) {
        each!(self, machine => machine.before_stop(cx, c))
    }

    pub(in crate::sim) fn rejoin(&mut self, cx: &mut Ctx, c: usize) {
        each!(self, machine => machine.rejoin(cx, c))
    }

    pub(crate) fn may_repeat(&self, msg: MessageId) -> bool {
        each!(self, machine => machine.may_repeat(msg))
    }

    pub(in crate::sim) fn repeat(&mut self, cx: &mut Ctx, msg: MessageId) {
        each!(self, machine => machine.repeat(cx, msg))
    }

    pub(crate) fn may_lose_deletes(&self) -> bool {
        each!(self, machine => machine.may_lose_deletes())
    }

    pub(crate) fn may_reappear(&self, msg: MessageId) -> bool {
        each!(self, machine => machine.may_reappear(msg))
    }

    pub(in crate::sim) fn reappear(&mut self, cx: &mut Ctx, msg: MessageId) {
        each!(self, machine => machine.reappear(cx, msg))
    }

    pub(crate) fn has_window(&self, window: Window) -> bool {
        each!(self, machine => machine.has_window(window))
    }

    pub(crate) fn window_open(&self, window: Window, msg: MessageId) -> bool {
        each!(self, machine => machine.window_open(window, msg))
    }

    pub(in crate::sim) fn expire(&mut self, cx: &mut Ctx, window: Window, msg: MessageId) {
        each!(self, machine => machine.expire(cx, window, msg))
    }

    pub(crate) fn copy_at(&self, place: u8) -> Option<(MessageId, u8)> {
        each!(self, machine => machine.copy_at(place))
    }

    pub(crate) fn holder_of(&self, place: u8) -> Option<usize> {
        each!(self, machine => machine.holder_of(place))
    }

    pub(crate) fn next_line(&self, cx: &View) -> Option<(u8, MessageId)> {
        each!(self, machine => machine.next_line(cx))
    }

    pub(crate) fn next_delivered(&self, cx: &View, c: usize, added: bool) -> Option<MessageId> {
        each!(self, machine => machine.next_delivered(cx, c, added))
    }

    pub(crate) fn is_at(
        &self,
        cx: &View,
        msg: MessageId,
        nth: Occurrence,
        op: Op,
        after: bool,
    ) -> bool {
        each!(self, machine => machine.is_at(cx, msg, nth, op, after))
    }

    pub(crate) fn has_committed(&self, msg: MessageId) -> bool {
        each!(self, machine => machine.has_committed(msg))
    }

    pub(crate) fn encode(&self, setup: &CompiledScenario, w: &mut Writer) {
        each!(self, machine => machine.encode(setup, w))
    }

    pub(in crate::sim) fn decode(&mut self, setup: &CompiledScenario, r: &mut Reader) {
        each!(self, machine => machine.decode(setup, r))
    }

    pub(in crate::sim) fn canonicalize(
        &mut self,
        cx: &mut Ctx,
        requests: &Requests,
        classes: Classes,
    ) {
        each!(self, machine => machine.canonicalize(cx, requests, classes))
    }

    pub(in crate::sim) fn forget_settled(&mut self) {
        each!(self, machine => machine.forget_settled())
    }

    pub(crate) fn renumbers_copies(&self) -> bool {
        each!(self, machine => machine.renumbers_copies())
    }

    pub(in crate::sim) fn each_copy(&mut self, msg: MessageId, show: &mut impl FnMut(&mut u8)) {
        each!(self, machine => machine.each_copy(msg, show))
    }

    pub(crate) fn keeps_dead_letters(&self) -> bool {
        each!(self, machine => machine.keeps_dead_letters())
    }

    pub(crate) fn in_order(&self, a: usize, b: usize) -> bool {
        each!(self, machine => machine.in_order(a, b))
    }

    pub(in crate::sim) fn swap_nodes(&mut self, a: usize, b: usize) {
        each!(self, machine => machine.swap_nodes(a, b))
    }
}
