//! A queue of RabbitMQ, or of the generic broker, as a [`Machine`].

use super::{DeadLetters, Entry, Phase, Queue};
use crate::sim::bits::{Reader, Writer};
use crate::sim::broker::{Crash, Machine, Operators, Priority};
use crate::sim::choice::{ActorStep, Choice};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, Timer};
use crate::sim::fault::{Class, Classes, Occurrence};
use crate::sim::network::Packet;
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;
use crate::sim::renumber::{Requests, forget_deliveries, number_deliveries};

impl Queue {
    /// Returns the indices of the copies that satisfy the condition.
    fn indices(&self, fits: impl Fn(&Entry) -> bool) -> impl Iterator<Item = u8> {
        let entries = self.entries.iter().enumerate();
        entries.filter(move |(_, entry)| fits(entry)).map(|(index, _)| index as u8)
    }
}

impl Machine for Queue {
    fn enabled(&self, cx: &View, priority: Priority, out: &mut Vec<Choice>) {
        match priority {
            Priority::Election => {
                let candidates = self.candidates(cx.setup);
                let nodes = (0..3).filter(|n| candidates & (1 << n) != 0);
                out.extend(nodes.map(|n| Choice::Run(ActorStep::Elect(n))));
            }
            Priority::Step => {
                if self.busy(cx.setup, cx.net).is_some() {
                    out.push(Choice::Run(ActorStep::Broker));
                }
            }
            Priority::Delivery(c) => {
                if self.dispatches(cx, c) {
                    out.push(Choice::Run(ActorStep::Dispatch(c as u8)));
                }
            }
            Priority::Disconnect => {
                let due = self.indices(|e| self.redelivery_due(cx, e));
                out.extend(due.map(|i| Choice::Fire(Timer::Redelivery(i))));
            }
            Priority::Sync => {
                let copies = self.indices(|e| self.syncs(cx.setup, e));
                out.extend(copies.map(|i| Choice::Run(ActorStep::Sync(i))));
            }
            Priority::Recovery => {
                if !self.leads() {
                    let settled = self.indices(|e| e.phase == Phase::Settled);
                    out.extend(settled.map(|i| Choice::Run(ActorStep::Unsettle(i))));
                }
            }
            Priority::Timeout | Priority::CatchUp => {}
        }
    }

    fn run(&mut self, cx: &mut Ctx, step: ActorStep) {
        match step {
            ActorStep::Broker => self.run_line(cx),
            ActorStep::Dispatch(c) => self.dispatch(cx, c.into()),
            ActorStep::Elect(node) => self.elect(cx, node.into()),
            ActorStep::Sync(index) => self.sync(cx, index.into()),
            ActorStep::Unsettle(index) => self.unsettle(cx, index.into()),
            _ => {}
        }
    }

    fn fire(&mut self, cx: &mut Ctx, timer: Timer) {
        if let Timer::Redelivery(index) = timer {
            self.redeliver(cx, index.into());
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
        self.returns(cx.setup, node)
    }

    fn restart(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        self.restart_node(cx, node, cause);
    }

    fn on_send(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        self.enqueue(cx, packet, cause);
    }

    fn ack_pending(&self, s: usize, msg: MessageId) -> bool {
        self.entries.iter().any(|e| e.msg == msg && e.ack_pending && usize::from(e.sender) == s)
    }

    fn forget_sender(&mut self, s: usize) {
        for entry in self.entries.iter_mut().filter(|e| usize::from(e.sender) == s) {
            entry.ack_pending = false;
        }
    }

    fn rejects(&self) -> bool {
        self.config.refuses_if_full && self.is_limited()
    }

    fn returns_unroutable(&self) -> bool {
        self.config.mandatory
    }

    fn on_settled(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        self.settle(cx, packet, cause);
    }

    fn waits_for(&self, cx: &View, c: usize) -> bool {
        self.entries.iter().any(|e| e.holder() == Some(c) && self.redelivery_due(cx, e))
    }

    fn awaits(&self, _cx: &View, packet: &Packet) -> bool {
        self.unsettled(packet).is_some()
    }

    fn disconnect(&mut self, cx: &mut Ctx, c: usize, cause: CauseRef) {
        self.close_channel(cx, c, cause);
    }

    fn on_consumer_stopped(&mut self, c: usize) {
        self.entries.iter_mut().filter(|e| e.holder() == Some(c)).for_each(Entry::orphan);
    }

    fn rejoin(&mut self, cx: &mut Ctx, c: usize) {
        self.deactivate(&cx.view(), c);
    }

    /// A connection loses nothing as long as it is open.
    fn on_lost_packet(&mut self, _cx: &mut Ctx, packet: &Packet) {
        if let Some(index) = self.unsettled(packet) {
            self.entries[index].orphan();
        }
    }

    fn copy_at(&self, place: u8) -> Option<(MessageId, u8)> {
        self.entries.get(usize::from(place)).map(|e| (e.msg, e.copy))
    }

    fn holder_of(&self, place: u8) -> Option<usize> {
        self.entries.get(usize::from(place))?.holder()
    }

    fn next_line(&self, cx: &View) -> Option<(u8, MessageId)> {
        let entry = self.entries.iter().find(|e| !cx.setup.broker.ended(e.pc))?;
        Some((entry.pc, entry.msg))
    }

    fn next_delivered(&self, cx: &View, _c: usize, _added: bool) -> Option<MessageId> {
        Some(self.entries[self.ready(cx.setup)?].msg)
    }

    fn is_at(&self, cx: &View, msg: MessageId, nth: Occurrence, op: Op, after: bool) -> bool {
        let program = &cx.setup.broker;
        // A broker that acknowledges nothing skips that instruction.
        let skips = !self.config.acknowledges;
        let behind = |pc: u8| {
            let last = program.behind(pc)?;
            let passed = skips && program.op(last) == Some(Op::Acknowledge);
            let last = if passed { program.behind(last)? } else { last };
            program.op(last)
        };
        let here = |e: &&Entry| e.msg == msg && e.phase != Phase::Settled;
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
        let counts = self.config.max_deliveries.is_some();
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
                // Only a power loss distinguishes synced from written data, and a copy that a node
                // has written need not be tracked in its memory as well.
                e.page |= e.disk;
                e.disk = 0;
                e.memory &= !e.page;
            }
            // The number of a copy that is not counted as stored yet may be reused for another
            // copy.
            if !counts && e.phase != Phase::Dead && e.copy <= cx.ledger.of(e.msg).stored {
                let held = e.phase != Phase::Ready;
                e.deliveries = number_deliveries(cx, (e.msg, e.copy), held, e.deliveries);
            }
        }
        forget_deliveries(cx, |ledger, msg, copy| {
            let kept = self.entries.iter().any(|e| (e.msg, e.copy) == (msg, copy));
            !kept && copy <= ledger.of(msg).stored
        });
    }

    fn forget_settled(&mut self) {
        if self.leads() {
            self.drop_settled();
        }
    }

    fn renumbers_copies(&self) -> bool {
        true
    }

    fn each_copy(&mut self, msg: MessageId, show: &mut impl FnMut(&mut u8)) {
        self.entries.iter_mut().filter(|e| e.msg == msg).for_each(|e| show(&mut e.copy));
    }

    fn in_order(&self, a: usize, b: usize) -> bool {
        self.is_ordered(a, b)
    }

    fn swap_nodes(&mut self, a: usize, b: usize) {
        self.swap(a, b);
    }
}

impl Operators for Queue {
    fn has_queue(&self) -> bool {
        true
    }

    fn may_purge(&self) -> bool {
        self.leads() && self.entries.iter().any(|e| e.phase == Phase::Ready)
    }

    fn purge(&mut self, cx: &mut Ctx, cause: CauseRef) {
        self.remove_ready(cx, cause);
    }

    fn has_dead_letters(&self) -> bool {
        self.config.dead_letters != DeadLetters::Discarded
    }

    fn may_redrive(&self, cx: &View, msg: MessageId) -> bool {
        let full = self.refuses(self.rooms(cx));
        self.leads() && !full && self.dead_letter(cx.setup, msg).is_some()
    }

    fn redrive(&mut self, cx: &mut Ctx, msg: MessageId) {
        if let Some(index) = self.dead_letter(cx.setup, msg) {
            self.publish_again(cx, index);
        }
    }

    fn shut_down(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        self.write_out(cx);
        self.crash_node(cx, node, Crash::Process, cause);
    }
}
