//! The enabled faults of a state, in a fixed order.

use super::{Choice, World};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::Pause;
use crate::sim::event::Window;
use crate::sim::fault::{Class, Classes, Fault, Reply};
use crate::sim::network::{Link, PacketKind};
use crate::sim::participant::Participant;
use crate::sim::producer::may_replace;
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
        self.packet_faults(&mut add);
        self.process_faults(setup, &mut add);
        self.broker_faults(setup, &mut add);
        self.line_faults(setup, &mut add);
        self.window_faults(setup, &mut add);
        if self.log().is_some_and(|log| log.successors() != 0) {
            add(Class::Leader, Fault::MoveLeader);
        }
        for link in Link::ALL.into_iter().filter(|link| self.net.cut & link.bit() == 0) {
            let (a, b) = link.ends(setup);
            if link == Link::CLUSTER && !self.may_isolate() {
                continue;
            }
            let started = |s: usize| s == 0 || !setup.successor || self.senders[0].replaced;
            let there = setup.parties.contains(&a) && setup.parties.contains(&b);
            if there && a.sender().is_none_or(started) {
                add(Class::Partition, Fault::Cut(link));
            }
        }
        if may_replace(setup, self) {
            add(Class::Replaced, Fault::Replace);
        }
    }

    /// Returns true if the leader can be cut off from the rest of its cluster: it is the first node
    /// of a replicated partition. The leader of a quorum queue that is cut off confirms nothing,
    /// and is replaced as after a crash.
    pub(in crate::sim) fn may_isolate(&self) -> bool {
        self.leader() == Participant::Broker && self.log().is_some_and(|log| log.leads())
    }

    fn packet_faults(&self, add: &mut impl FnMut(Class, Fault)) {
        for (i, packet) in self.net.packets().iter().enumerate() {
            let i = i as u8;
            if !packet.late {
                add(Class::Lost, Fault::Lose(i));
                if packet.kind.can_be_late() {
                    add(Class::Late, Fault::Delay(i));
                }
            }
            if packet.kind == PacketKind::Send && self.leads() {
                add(Class::Refused, Fault::Refuse(i));
            }
        }
    }

    fn process_faults(&self, setup: &CompiledScenario, add: &mut impl FnMut(Class, Fault)) {
        for s in (0..setup.senders.len()).filter(|&s| self.senders[s].up) {
            // A sender that is done has nothing left to lose.
            let works = (0..setup.scenario.messages).any(|m| self.is_sending(setup, s, m));
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
            let up = match (self.queue(), self.log()) {
                (Some(queue), _) => queue.is_up(n),
                (_, Some(log)) => log.is_up(n),
                _ => false,
            };
            if up {
                add(Class::Crash, Fault::Crash(node));
                add(Class::Power, Fault::PowerLoss(node));
                add(Class::PermanentLoss, Fault::PermanentLoss(node));
            }
        }
    }

    /// Appends failures of handlers and of calls to stores.
    fn line_faults(&self, setup: &CompiledScenario, add: &mut impl FnMut(Class, Fault)) {
        for c in 0..setup.consumers() {
            let consumer = &self.consumers[c];
            let at = Participant::CONSUMERS[c];
            if consumer.works_on(setup).is_some() {
                add(Class::Handler, Fault::FailHandler(at));
            }
            let op = setup.consumer.op(consumer.pc).filter(|_| self.consumer_runs(setup, c));
            if let Some(op) = op.filter(|&op| is_asked(op)) {
                let (msg, lost, fails) = (consumer.msg, Reply::Lost, Reply::Fails);
                add(Class::Store, Fault::FailLine { at, op, msg, reply: fails });
                add(Class::Store, Fault::FailLine { at, op, msg, reply: lost });
            }
        }
        for s in 0..setup.senders.len() {
            for msg in (0..setup.scenario.messages).filter(|&m| self.sender_runs(setup, s, m)) {
                let op = setup.senders[s].op(self.senders[s].tasks[msg as usize].pc);
                let at = setup.sender(s);
                // The commit of a fenced producer fails in any case.
                let fails = op == Some(Op::CommitTransaction) && self.is_fenced(setup, s);
                if let Some(op) = op.filter(|&op| is_asked(op) && !fails) {
                    add(Class::Store, Fault::FailLine { at, op, msg, reply: Reply::Fails });
                    add(Class::Store, Fault::FailLine { at, op, msg, reply: Reply::Lost });
                }
            }
        }
    }

    fn window_faults(&self, setup: &CompiledScenario, add: &mut impl FnMut(Class, Fault)) {
        for msg in 0..setup.scenario.messages {
            for window in [Window::Dedup, Window::Ttl, Window::Inbox, Window::Retention] {
                if self.window_open(setup, window, msg) {
                    add(Class::Expiry, Fault::Expire(window, msg));
                }
            }
            if self.may_send_twice(setup, msg) {
                add(Class::Twice, Fault::Twice(msg));
            }
            if self.may_come_back(setup, msg) {
                add(Class::Reappear, Fault::Reappear(msg));
            }
        }
    }
}

/// Returns true if the instruction is a call that can fail, or whose reply can be lost.
fn is_asked(op: Op) -> bool {
    (op.store().is_some() && op != Op::Begin) || op == Op::CommitTransaction
}
