//! A NATS stream, or core NATS, as a [`Machine`].

use super::{Entry, Phase, Stream};
use crate::sim::bits::{Reader, Writer};
use crate::sim::broker::{Crash, Machine, Operators, Priority};
use crate::sim::choice::{ActorStep, Choice};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind, Timer, Window};
use crate::sim::fault::{Class, Classes, Occurrence};
use crate::sim::network::Packet;
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;
use crate::sim::renumber::{Requests, forget_deliveries, number_deliveries};

impl Stream {
    /// Returns the indices of the copies that satisfy the condition.
    fn indices(&self, fits: impl Fn(&Entry) -> bool) -> impl Iterator<Item = u8> {
        let entries = self.entries.iter().enumerate();
        entries.filter(move |(_, entry)| fits(entry)).map(|(index, _)| index as u8)
    }

    /// Returns true if core NATS has something that nobody can receive any more.
    fn drops(&self, cx: &View) -> bool {
        !self.config.stream && !self.entries.is_empty() && self.has_no_subscriber(cx)
    }
}

impl Machine for Stream {
    fn enabled(&self, cx: &View, priority: Priority, out: &mut Vec<Choice>) {
        match priority {
            Priority::Election => {
                let candidates = self.candidates(cx.setup, cx.net);
                let nodes = (0..3).filter(|n| candidates & (1 << n) != 0);
                out.extend(nodes.map(|n| Choice::Run(ActorStep::Elect(n))));
            }
            Priority::Step => {
                let stores = self.config.stream && self.busy(cx.setup).is_some();
                if stores || self.drops(cx) {
                    out.push(Choice::Run(ActorStep::Broker));
                }
                let lack = (0..3).filter(|&n| self.lacking(cx.setup, cx.net, n).is_some());
                out.extend(lack.map(|n| Choice::Run(ActorStep::Fetch(n))));
            }
            Priority::Delivery(c) => {
                if self.may_create(cx, c) {
                    out.push(Choice::Run(ActorStep::Join(c as u8)));
                }
                if self.dispatches(cx, c) {
                    out.push(Choice::Run(ActorStep::Dispatch(c as u8)));
                }
            }
            Priority::Timeout => {
                let due = self.indices(|e| self.redelivery_due(cx, e));
                out.extend(due.map(|i| Choice::Fire(Timer::Redelivery(i))));
                if self.is_unused(cx) {
                    out.push(Choice::Fire(Timer::Session(0)));
                }
            }
            Priority::Sync => {
                let copies = self.indices(|e| self.syncs(cx.setup, e));
                out.extend(copies.map(|i| Choice::Run(ActorStep::Sync(i))));
            }
            Priority::Recovery => {
                let open = self.indices(|e| self.may_unsettle(cx.setup, e));
                out.extend(open.map(|i| Choice::Run(ActorStep::Unsettle(i))));
            }
            Priority::Disconnect | Priority::CatchUp => {}
        }
    }

    fn run(&mut self, cx: &mut Ctx, step: ActorStep) {
        match step {
            ActorStep::Broker => self.run_line(cx),
            ActorStep::Fetch(node) => self.replicate(cx, node),
            ActorStep::Dispatch(c) => self.deliver(cx, c.into()),
            ActorStep::Join(c) => self.create_consumer(cx, c.into()),
            ActorStep::Elect(node) => self.elect(cx, node.into()),
            ActorStep::Sync(index) => self.sync(cx, index.into()),
            ActorStep::Unsettle(index) => self.unsettle(cx, index.into()),
            _ => {}
        }
    }

    fn fire(&mut self, cx: &mut Ctx, timer: Timer) {
        match timer {
            Timer::Redelivery(index) => self.time_out(cx, index.into()),
            Timer::Session(_) => self.delete_consumer(cx),
            _ => {}
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
        self.config.crash = classes.has(Class::Crash) || classes.has(Class::Upgrade);
    }

    fn leader(&self) -> Participant {
        self.leader_node()
    }

    fn leads(&self) -> bool {
        self.is_up(self.leader.into()) && !self.deposed
    }

    fn can_crash(&self, node: usize) -> bool {
        self.is_up(node)
    }

    fn crash(&mut self, cx: &mut Ctx, node: usize, how: Crash, cause: CauseRef) {
        self.crash_server(cx, node, how, cause);
    }

    fn may_restart(&self, _cx: &View, node: usize) -> bool {
        self.returns(node)
    }

    fn restart(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        self.restart_server(cx, node, cause);
    }

    fn may_isolate(&self) -> bool {
        self.leader == 0 && self.leads()
    }

    fn leads_alone(&self) -> bool {
        self.leader != 0 && self.is_up(0)
    }

    fn may_move_leader(&self) -> bool {
        self.config.servers > 1 && self.leads() && !self.unsure && self.successors() != 0
    }

    fn move_leader(&mut self, cx: &mut Ctx, cause: CauseRef) {
        self.step_down(cx, cause);
    }

    fn elects_with_effect(&self) -> bool {
        true
    }

    fn on_send(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        self.publish(cx, packet, cause);
    }

    /// A server that the others have left behind stores nothing, and nobody answers.
    fn on_send_alone(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let Packet { to: at, kind, msg, n, .. } = packet;
        cx.out.record(cause, EventKind::Ignored { at, kind, msg, n });
    }

    /// A publisher does not wait for a majority that is not there: it times out long before.
    fn ack_pending(&self, s: usize, msg: MessageId) -> bool {
        let waits = |e: &Entry| e.msg == msg && e.ack_pending && usize::from(e.sender) == s;
        !self.unsure && self.leads() && self.entries.iter().any(waits)
    }

    fn forget_sender(&mut self, s: usize) {
        for entry in self.entries.iter_mut().filter(|e| usize::from(e.sender) == s) {
            entry.ack_pending = false;
        }
    }

    fn rejects(&self) -> bool {
        self.config.discards_new && self.config.max_msgs.is_some()
    }

    fn on_settled(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        self.answered(cx, packet, cause);
    }

    fn waits_for(&self, cx: &View, c: usize) -> bool {
        let held = Phase::Held(c as u8);
        self.entries.iter().any(|e| e.phase == held && self.redelivery_due(cx, e))
            || self.is_unused(cx)
    }

    fn awaits(&self, _cx: &View, packet: &Packet) -> bool {
        self.unsettled(packet).is_some()
    }

    fn acks_are_cumulative(&self) -> bool {
        self.config.cumulative
    }

    fn acks_by_call(&self) -> bool {
        self.config.ack_sync
    }

    fn answers_acks(&self, cx: &View) -> bool {
        self.is_stable(cx.setup, cx.net)
    }

    fn ack_by_call(&mut self, cx: &mut Ctx, c: usize) -> bool {
        self.ack_sync(cx, c);
        true
    }

    fn has_window(&self, window: Window) -> bool {
        match window {
            Window::Dedup => self.config.ids,
            Window::Retention => self.config.expires,
            Window::Ttl | Window::Inbox => false,
        }
    }

    fn window_open(&self, window: Window, msg: MessageId) -> bool {
        self.is_open(window, msg)
    }

    fn expire(&mut self, cx: &mut Ctx, window: Window, msg: MessageId) {
        self.forget(cx, window, msg);
    }

    fn copy_at(&self, place: u8) -> Option<(MessageId, u8)> {
        self.entries.get(usize::from(place)).map(|e| (e.msg, e.copy))
    }

    fn holder_of(&self, place: u8) -> Option<usize> {
        match self.entries.get(usize::from(place))?.phase {
            Phase::Held(c) => Some(c.into()),
            _ => None,
        }
    }

    fn next_line(&self, cx: &View) -> Option<(u8, MessageId)> {
        let entry = self.entries.iter().find(|e| !cx.setup.broker.ended(e.pc))?;
        Some((entry.pc, entry.msg))
    }

    fn next_delivered(&self, cx: &View, _c: usize, _added: bool) -> Option<MessageId> {
        self.next_message(cx)
    }

    fn is_at(&self, cx: &View, msg: MessageId, nth: Occurrence, op: Op, after: bool) -> bool {
        let program = &cx.setup.broker;
        // A server that acknowledges nothing skips that instruction.
        let skips = !self.config.acknowledges;
        let behind = |pc: u8| {
            let last = program.behind(pc)?;
            let passed = skips && program.op(last) == Some(Op::Acknowledge);
            let last = if passed { program.behind(last)? } else { last };
            program.op(last)
        };
        let here = |e: &&Entry| e.msg == msg && self.stores(e);
        self.entries.iter().filter(here).any(|e| {
            let here = if after { behind(e.pc) } else { program.op(e.pc) };
            here == Some(op) && nth.fits(e.copy)
        })
    }

    fn encode(&self, setup: &CompiledScenario, w: &mut Writer) {
        self.write(setup, w);
    }

    fn decode(&mut self, setup: &CompiledScenario, r: &mut Reader) {
        self.read(setup, r);
    }

    /// Clears the sender of a copy that owes it nothing, merges the storage levels that no fault of
    /// these classes can tell apart, and renumbers the deliveries.
    fn canonicalize(&mut self, cx: &mut Ctx, requests: &Requests, classes: Classes) {
        for e in &mut self.entries {
            if !e.ack_pending {
                (e.sender, e.epoch, e.attempt) = (0, 0, 0);
            } else {
                if !requests.are_current(e.sender, e.msg, e.epoch, e.attempt) {
                    e.attempt = 0;
                }
                e.epoch = u8::from(requests.is_alive(e.sender, e.epoch));
            }
            if !classes.has(Class::Power) {
                // Only a power loss distinguishes synced from written data, and a copy that a server
                // has written need not be tracked in its memory as well.
                e.page |= e.disk;
                e.disk = 0;
                e.memory &= !e.page;
            }
        }
        if self.config.max_deliver.is_some() {
            return;
        }
        for e in &mut self.entries {
            // The number of a copy that is not counted as stored yet may be reused for another copy,
            // and a message that was never delivered cannot be acknowledged.
            if e.deliveries > 0 && e.copy <= cx.ledger.of(e.msg).stored {
                e.deliveries = number_deliveries(cx, (e.msg, e.copy), true, e.deliveries);
            }
        }
        forget_deliveries(cx, |ledger, msg, copy| {
            self.position(msg, copy).is_none() && copy <= ledger.of(msg).stored
        });
    }

    fn in_order(&self, a: usize, b: usize) -> bool {
        self.is_ordered(a, b)
    }

    fn swap_nodes(&mut self, a: usize, b: usize) {
        self.swap(a, b);
    }
}

impl Operators for Stream {}
