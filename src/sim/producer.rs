//! The producer: runs its program once for each message, one after the other.

use super::event::{Mark, Recorder, Timer, What};
use super::ledger::Told;
use super::network::{Kind, Packet};
use super::party::{Msg, Party};
use super::program::Op;
use super::scenario::OnRestart;
use super::setup::Setup;
use super::world::World;

/// The process that sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Producer {
    pub up: bool,
    /// One for each message.
    pub tasks: [Task; 4],
    /// Why it is down, or what woke it.
    pub mark: Mark,
}

/// How far the sending of one message has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Task {
    /// Index into the program's instructions.
    pub pc: u8,
    /// The attempt under way, from 1; 0 before the first.
    pub attempt: u8,
    pub mark: Mark,
}

impl Default for Producer {
    fn default() -> Self {
        Producer { up: true, tasks: Default::default(), mark: Mark::NONE }
    }
}

impl World {
    /// The task whose turn it is: the first that has not ended.
    pub fn sending(&self, setup: &Setup) -> Option<Msg> {
        let tasks = &self.producer.tasks[..setup.scenario.messages as usize];
        let first = tasks.iter().position(|t| !setup.producer.ended(t.pc));
        first.filter(|_| self.producer.up).map(|m| m as Msg)
    }

    /// Whether the producer has a line to run that waits for nothing.
    pub(super) fn producer_runs(&self, setup: &Setup) -> Option<Msg> {
        self.sending(setup).filter(|&m| {
            let op = setup.producer.op(self.producer.tasks[m as usize].pc);
            matches!(op, Some(Op::Send | Op::Fail))
        })
    }

    /// The timer of the producer that may run out now.
    pub(super) fn producer_timer(&self, setup: &Setup) -> Option<Timer> {
        let msg = self.sending(setup)?;
        let task = &self.producer.tasks[msg as usize];
        match setup.producer.op(task.pc) {
            Some(Op::Backoff) => Some(Timer::Backoff(msg)),
            Some(Op::Await) => {
                let coming =
                    self.net.carries(&[Kind::Send, Kind::Ack], msg, |p| p.n == task.attempt)
                        || self.broker.owes(msg);
                (!coming).then_some(Timer::Ack(msg))
            }
            _ => None,
        }
    }

    pub(super) fn run_producer<R: Recorder>(&mut self, setup: &Setup, msg: Msg, out: &mut R) {
        let task = self.producer.tasks[msg as usize];
        match setup.producer.op(task.pc) {
            Some(Op::Send) => {
                let task = &mut self.producer.tasks[msg as usize];
                task.attempt = task.attempt.max(1);
                let n = task.attempt;
                let cause = if n == 1 { self.producer.mark } else { task.mark };
                let (from, to) = (Party::Producer, self.broker.leader());
                let mark = out.record(cause, What::Sent { kind: Kind::Send, from, to, msg, n });
                task.mark = mark;
                task.pc = setup.producer.next(task.pc);
                self.net.send(Packet {
                    from,
                    to,
                    kind: Kind::Send,
                    msg,
                    n,
                    mark,
                    ..Packet::default()
                });
            }
            _ => self.report(setup, msg, Told::Error, task.mark, out),
        }
    }

    fn report<R: Recorder>(
        &mut self,
        setup: &Setup,
        msg: Msg,
        told: Told,
        cause: Mark,
        out: &mut R,
    ) {
        let task = &mut self.producer.tasks[msg as usize];
        task.pc = setup.producer.done();
        // A finished task keeps nothing that could tell two states apart.
        task.attempt = 0;
        task.mark = out.record(cause, What::Reported { msg, told });
        self.ledger.of_mut(msg).told = told;
    }

    /// The wait for an acknowledgement, or before the next attempt, is over.
    pub(super) fn fire_producer<R: Recorder>(&mut self, setup: &Setup, timer: Timer, out: &mut R) {
        let (Timer::Ack(msg) | Timer::Backoff(msg)) = timer else { return };
        let task = &mut self.producer.tasks[msg as usize];
        let n = task.attempt;
        if let Timer::Ack(_) = timer {
            task.mark = out.record(task.mark, What::AckTimedOut { msg, n });
            let next = if n < setup.attempts { Op::Backoff } else { Op::Fail };
            task.pc = setup.producer.place(next).unwrap_or(setup.producer.done());
        } else {
            task.attempt += 1;
            task.mark = out.record(task.mark, What::BackedOff { msg, n: task.attempt });
            task.pc = 0;
        }
    }

    /// An acknowledgement arrives; any attempt's will do, for it names the message.
    pub(super) fn on_ack<R: Recorder>(
        &mut self,
        setup: &Setup,
        packet: Packet,
        cause: Mark,
        out: &mut R,
    ) {
        let Packet { msg, n, .. } = packet;
        let waits = self.sending(setup) == Some(msg)
            && setup.producer.op(self.producer.tasks[msg as usize].pc) == Some(Op::Await);
        if waits {
            self.report(setup, msg, Told::Ok, cause, out);
        } else {
            out.record(cause, What::Ignored { at: Party::Producer, kind: Kind::Ack, msg, n });
        }
    }

    pub(super) fn crash_producer(&mut self, setup: &Setup, cause: Mark) {
        self.producer.up = false;
        self.producer.mark = cause;
        for task in &mut self.producer.tasks[..setup.scenario.messages as usize] {
            if !setup.producer.ended(task.pc) {
                let pc = match setup.on_restart {
                    OnRestart::Resend => 0,
                    OnRestart::Forget => setup.producer.done(),
                };
                *task = Task { pc, attempt: 0, mark: cause };
            }
        }
        self.broker.forget_producer();
    }
}
