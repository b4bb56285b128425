//! The enabled faults of a state, in a fixed order.

use super::World;
use crate::sim::broker::Broker;
use crate::sim::choice::Choice;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::{self, Pause};
use crate::sim::context::View;
use crate::sim::event::{ResetTo, Window};
use crate::sim::fault::{Class, Classes, Fault, Reply};
use crate::sim::network::{Link, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::producer;
use crate::sim::program::Op;

impl World {
    /// Appends every fault of these classes that can strike now, with a script index that no script
    /// has.
    pub fn faults(&self, setup: &CompiledScenario, classes: Classes, out: &mut Vec<Choice>) {
        let mut add = |class: Class, fault: Fault| {
            if classes.has(class) {
                out.push(Choice::Strike(fault, u8::MAX));
            }
        };
        let cx = self.view(setup);
        self.packet_faults(setup, &mut add);
        self.process_faults(&cx, &mut add);
        self.broker_faults(setup, &mut add);
        self.line_faults(&cx, &mut add);
        self.window_faults(&cx, &mut add);
        if self.broker.may_move_leader() {
            add(Class::Leader, Fault::MoveLeader);
        }
        operations(&cx, &self.broker, &mut add);
        for link in Link::ALL.into_iter().filter(|link| self.net.cut & link.bit() == 0) {
            let (a, b) = setup.ends(link);
            if link == Link::CLUSTER && !self.broker.may_isolate() {
                continue;
            }
            let started = |s: usize| s == 0 || !setup.successor || self.senders[0].replaced;
            let there = setup.parties.contains(&a) && setup.parties.contains(&b);
            if there && a.sender().is_none_or(started) {
                add(Class::Partition, Fault::Cut(link));
            }
        }
        if producer::may_replace(&cx) {
            add(Class::Replaced, Fault::Replace);
        }
    }

    fn packet_faults(&self, setup: &CompiledScenario, add: &mut impl FnMut(Class, Fault)) {
        for (i, packet) in self.net.packets().iter().enumerate() {
            let i = i as u8;
            if !packet.late {
                add(Class::Lost, Fault::Lose(i));
                if setup.can_be_late(packet.kind) {
                    add(Class::Late, Fault::Delay(i));
                }
            }
            if packet.kind == PacketKind::Send && self.broker.leads() {
                add(Class::Refused, Fault::Refuse(i));
            }
        }
    }

    fn process_faults(&self, cx: &View, add: &mut impl FnMut(Class, Fault)) {
        let setup = cx.setup;
        for s in (0..setup.senders.len()).filter(|&s| self.senders[s].up) {
            // A sender that is done has nothing left to lose.
            let works = (0..setup.configuration().messages).any(|m| producer::is_sending(cx, s, m));
            if works {
                if !self.senders[s].paused {
                    add(Class::Pause, Fault::Pause(setup.sender(s), Pause::Still));
                }
                add(Class::Crash, Fault::Crash(setup.sender(s)));
                add(Class::PermanentLoss, Fault::PermanentLoss(setup.sender(s)));
            }
        }
        for c in (0..setup.consumers()).filter(|&c| self.consumers[c].runs()) {
            let party = Participant::CONSUMERS[c];
            add(Class::Crash, Fault::Crash(party));
            add(Class::Pause, Fault::Pause(party, Pause::Still));
            if self.consumers[c].in_hand(setup) {
                add(Class::Slow, Fault::Pause(party, Pause::Slow));
            }
        }
        let stores = [Participant::Orders, Participant::Redis, Participant::Accounts];
        let here = |store: &Participant| setup.parties.contains(store) && self.stores.is_up(*store);
        for store in stores.into_iter().filter(here) {
            add(Class::Crash, Fault::Crash(store));
        }
    }

    fn broker_faults(&self, setup: &CompiledScenario, add: &mut impl FnMut(Class, Fault)) {
        for (n, &node) in Participant::NODES[..setup.replicas.into()].iter().enumerate() {
            if self.broker.can_crash(n) {
                add(Class::Crash, Fault::Crash(node));
                add(Class::Power, Fault::PowerLoss(node));
                add(Class::PermanentLoss, Fault::PermanentLoss(node));
                add(Class::Upgrade, Fault::Upgrade(node));
            }
        }
    }

    /// Appends failures of handlers and of calls to stores.
    fn line_faults(&self, cx: &View, add: &mut impl FnMut(Class, Fault)) {
        let setup = cx.setup;
        for c in 0..setup.consumers() {
            let consumer = &self.consumers[c];
            let at = Participant::CONSUMERS[c];
            // A handler that fails at every attempt fails at this one anyway.
            if consumer.works_on(setup).is_some() && !consumer.fails_again() {
                add(Class::Handler, Fault::FailHandler(at));
                if consumer.attempts.failed + 1 < setup.handler_attempts {
                    add(Class::Handler, Fault::FailAttempts(at));
                }
            }
            let asked = |&op: &Op| is_asked(op) || op == Op::DeadLetter;
            let op = setup.consumer.op(consumer.pc).filter(asked);
            if let Some(op) = op.filter(|_| consumer::has_line(cx, &self.broker, c)) {
                let (msg, lost, fails) = (consumer.msg, Reply::Lost, Reply::Fails);
                let class = if op == Op::DeadLetter { Class::Refused } else { Class::Store };
                add(class, Fault::FailLine { at, op, msg, reply: fails });
                add(class, Fault::FailLine { at, op, msg, reply: lost });
            }
        }
        for s in 0..setup.senders.len() {
            let runs = |&m: &MessageId| producer::has_line(cx, &self.broker, s, m);
            for msg in (0..setup.configuration().messages).filter(runs) {
                let op = setup.senders[s].op(self.senders[s].tasks[msg as usize].pc);
                let at = setup.sender(s);
                // The commit of a fenced producer fails in any case.
                let fails = op == Some(Op::CommitTransaction) && self.broker.is_fenced(cx, s);
                if let Some(op) = op.filter(|&op| is_asked(op) && !fails) {
                    add(Class::Store, Fault::FailLine { at, op, msg, reply: Reply::Fails });
                    add(Class::Store, Fault::FailLine { at, op, msg, reply: Reply::Lost });
                }
            }
        }
    }

    fn window_faults(&self, cx: &View, add: &mut impl FnMut(Class, Fault)) {
        for msg in 0..cx.setup.configuration().messages {
            for window in [Window::Dedup, Window::Ttl, Window::Inbox, Window::Retention] {
                if self.window_open(window, msg) {
                    add(Class::Expiry, Fault::Expire(window, msg));
                }
            }
            if producer::may_send_twice(cx, msg) {
                add(Class::Twice, Fault::Twice(msg));
            }
            if self.broker.may_reappear(msg) {
                add(Class::Reappear, Fault::Reappear(msg));
            }
        }
    }
}

/// Appends what operators can do.
fn operations(cx: &View, broker: &Broker, add: &mut impl FnMut(Class, Fault)) {
    for to in [ResetTo::Earliest, ResetTo::Latest] {
        if broker.may_reset_offsets(cx, to) {
            add(Class::Operator, Fault::ResetOffsets(to));
        }
    }
    if broker.may_purge() {
        add(Class::Operator, Fault::Purge);
    }
    for msg in (0..cx.setup.configuration().messages).filter(|&m| broker.may_redrive(cx, m)) {
        add(Class::Operator, Fault::Redrive(msg));
    }
    if broker.may_add_partition() {
        add(Class::Operator, Fault::AddPartition);
    }
}

/// Returns true if the instruction is a call that can fail, or whose reply can be lost.
fn is_asked(op: Op) -> bool {
    (op.store().is_some() && op != Op::Begin) || op == Op::CommitTransaction
}
