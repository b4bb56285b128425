//! An SQS queue as a [`Machine`]. It is a managed service: it has one node, which never crashes.

use super::{Hold, Item, Queue};
use crate::sim::bits::{Reader, Writer};
use crate::sim::broker::{Machine, Operators, Priority};
use crate::sim::choice::{ActorStep, Choice};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, Timer, Window};
use crate::sim::fault::{Class, Classes, Occurrence};
use crate::sim::network::Packet;
use crate::sim::participant::MessageId;
use crate::sim::program::Op;
use crate::sim::renumber::{Requests, forget_deliveries, number_deliveries};
use crate::sim::stores::bit;

impl Machine for Queue {
    fn enabled(&self, cx: &View, priority: Priority, out: &mut Vec<Choice>) {
        match priority {
            Priority::Delivery(c) => {
                let visible = (0..self.items.len()).filter(|&i| self.may_receive(cx, c, i));
                out.extend(visible.map(|i| Choice::Run(ActorStep::Receive(c as u8, i as u8))));
            }
            Priority::Timeout => {
                let items = self.items.iter().enumerate();
                let due = items.filter(|(_, item)| self.visibility_due(cx, item));
                out.extend(due.map(|(i, _)| Choice::Fire(Timer::Redelivery(i as u8))));
            }
            _ => {}
        }
    }

    fn run(&mut self, cx: &mut Ctx, step: ActorStep) {
        if let ActorStep::Receive(c, index) = step {
            self.receive(cx, c.into(), index.into());
        }
    }

    fn fire(&mut self, cx: &mut Ctx, timer: Timer) {
        if let Timer::Redelivery(index) = timer {
            self.time_out(cx, index.into());
        }
    }

    fn overflow(&self) -> bool {
        self.overflow
    }

    fn on_send(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        self.store(cx, packet, cause);
    }

    /// It answers at once.
    fn ack_pending(&self, _s: usize, _msg: MessageId) -> bool {
        false
    }

    fn connects_per_call(&self) -> bool {
        true
    }

    fn on_settled(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        self.settle(cx, packet, cause);
    }

    fn may_take_stale(&self, packet: &Packet) -> bool {
        self.stale_delete(packet).is_some()
    }

    fn take_stale(&mut self, cx: &mut Ctx, packet: &Packet, cause: CauseRef) {
        if let Some(index) = self.stale_delete(packet) {
            self.delete(cx, index, cause);
        }
    }

    fn waits_for(&self, cx: &View, c: usize) -> bool {
        let held = Hold::InFlight(c as u8);
        self.items.iter().any(|i| i.hold == held && self.visibility_due(cx, i))
    }

    fn awaits(&self, _cx: &View, p: &Packet) -> bool {
        self.items.iter().any(|i| {
            let held = i.hold != Hold::Visible;
            held && (i.msg, i.copy, i.receives) == (p.msg, p.copy, p.n)
        })
    }

    /// A standard queue may do so, once: a server was unavailable when the message was received or
    /// deleted (SQS developer guide, standard queues).
    fn may_repeat(&self, msg: MessageId) -> bool {
        let in_flight = |i: &Item| i.msg == msg && i.hold != Hold::Visible;
        !self.config.fifo
            && self.repeated & bit(msg) == 0
            && (self.deleted & bit(msg) != 0 || self.items.iter().any(in_flight))
    }

    fn repeat(&mut self, cx: &mut Ctx, msg: MessageId) {
        self.deliver_again(cx, msg);
    }

    fn may_lose_deletes(&self) -> bool {
        !self.config.fifo
    }

    fn may_reappear(&self, msg: MessageId) -> bool {
        !self.config.fifo && self.deleted & bit(msg) != 0
    }

    fn reappear(&mut self, cx: &mut Ctx, msg: MessageId) {
        self.come_back(cx, msg);
    }

    fn has_window(&self, window: Window) -> bool {
        match window {
            Window::Dedup => self.config.fifo,
            Window::Retention => true,
            Window::Ttl | Window::Inbox => false,
        }
    }

    fn window_open(&self, window: Window, msg: MessageId) -> bool {
        match window {
            Window::Dedup => self.remembered & bit(self.config.keys[msg as usize]) != 0,
            Window::Retention => self.items.iter().any(|item| item.msg == msg),
            Window::Ttl | Window::Inbox => false,
        }
    }

    fn expire(&mut self, cx: &mut Ctx, window: Window, msg: MessageId) {
        self.forget(cx, window, msg);
    }

    fn copy_at(&self, place: u8) -> Option<(MessageId, u8)> {
        self.items.get(usize::from(place)).map(|i| (i.msg, i.copy))
    }

    fn is_at(&self, _cx: &View, msg: MessageId, nth: Occurrence, _op: Op, after: bool) -> bool {
        after && self.items.iter().any(|i| i.msg == msg && nth.fits(i.copy))
    }

    fn encode(&self, _setup: &CompiledScenario, w: &mut Writer) {
        self.write(w);
    }

    fn decode(&mut self, _setup: &CompiledScenario, r: &mut Reader) {
        self.read(r);
    }

    /// Drops deletes that no replica can miss any more, and renumbers the receives of a message.
    fn canonicalize(&mut self, cx: &mut Ctx, _requests: &Requests, classes: Classes) {
        let fifo = self.config.fifo;
        // A standard queue may deliver a deleted message once more, unless it has already done so.
        if !classes.has(Class::Reappear) {
            self.deleted &= if fifo { 0 } else { !self.repeated };
        }
        if !fifo || self.config.max_receives.is_some() {
            return;
        }
        for i in &mut self.items {
            // The newest receipt handle allows a delete whether or not its visibility timeout has
            // expired.
            i.receives = number_deliveries(cx, (i.msg, i.copy), true, i.receives);
        }
        forget_deliveries(cx, |_, msg, copy| self.position(msg, copy).is_none());
    }

    fn renumbers_copies(&self) -> bool {
        self.config.fifo
    }

    fn each_copy(&mut self, msg: MessageId, show: &mut impl FnMut(&mut u8)) {
        self.items.iter_mut().filter(|i| i.msg == msg).for_each(|i| show(&mut i.copy));
    }

    fn keeps_dead_letters(&self) -> bool {
        true
    }
}

impl Operators for Queue {
    fn has_queue(&self) -> bool {
        true
    }

    fn may_purge(&self) -> bool {
        !self.items.is_empty()
    }

    fn purge(&mut self, cx: &mut Ctx, cause: CauseRef) {
        self.remove_all(cx, cause);
    }

    fn has_dead_letters(&self) -> bool {
        self.config.max_receives.is_some()
    }

    /// What the consumer itself has dead-lettered is in a queue of its own.
    fn may_redrive(&self, cx: &View, msg: MessageId) -> bool {
        let own = cx.setup.consumer.has(Op::DeadLetter);
        self.has_dead_letters() && !own && cx.ledger.of(msg).dead > 0
    }

    fn redrive(&mut self, cx: &mut Ctx, msg: MessageId) {
        self.move_back(cx, msg);
    }
}
