//! The consumers: each runs its program once for each delivery.

use super::event::{Mark, Recorder, What};
use super::ledger::Record;
use super::network::{Kind, Packet};
use super::party::{Msg, Party};
use super::program::Op;
use super::scenario::OnError;
use super::setup::Setup;
use super::world::World;

/// A process that handles messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Consumer {
    pub up: bool,
    /// Index into the program's instructions.
    pub pc: u8,
    /// The message in hand, or the last one; meaningful while `n` is not 0.
    pub msg: Msg,
    pub copy: u8,
    /// Which delivery of the copy it is, from 1; 0: none yet.
    pub n: u8,
    pub mark: Mark,
}

impl Default for Consumer {
    fn default() -> Self {
        Consumer { up: true, pc: 0, msg: 0, copy: 0, n: 0, mark: Mark::NONE }
    }
}

impl Consumer {
    /// Waiting for the next message.
    pub fn idle(&self, setup: &Setup) -> bool {
        self.up && (self.n == 0 || setup.consumer.ended(self.pc))
    }

    /// The message and the delivery that its handler is about to work on.
    pub fn works_on(&self, setup: &Setup) -> Option<(Msg, u8)> {
        let at_work = self.up && self.n > 0 && setup.consumer.op(self.pc) == Some(Op::Work);
        at_work.then_some((self.msg, self.n))
    }

    /// Whether it may still settle this delivery.
    pub(super) fn may_settle(&self, setup: &Setup, msg: Msg, copy: u8, n: u8) -> bool {
        let holds = self.up && (self.msg, self.copy, self.n) == (msg, copy, n);
        let nack = setup.consumer.op(self.pc) == Some(Op::Nack);
        let ack = setup.consumer.place(Op::Ack).is_some_and(|ack| self.pc <= ack);
        holds && !setup.consumer.ended(self.pc) && (nack || ack)
    }
}

impl World {
    /// Whether this consumer has a line to run.
    pub(super) fn consumer_runs(&self, setup: &Setup, c: usize) -> bool {
        let consumer = &self.consumers[c];
        consumer.up && !consumer.idle(setup)
    }

    /// A delivery arrives at a consumer that waits for one.
    pub(super) fn on_delivery(&mut self, setup: &Setup, packet: Packet, cause: Mark) {
        let Some(c) = packet.to.consumer() else { return };
        let Packet { msg, copy, n, .. } = packet;
        self.consumers[c] =
            Consumer { up: true, pc: setup.consumer.next(0), msg, copy, n, mark: cause };
    }

    pub(super) fn run_consumer<R: Recorder>(&mut self, setup: &Setup, c: usize, out: &mut R) {
        let consumer = self.consumers[c];
        let at = Party::CONSUMERS[c];
        let msg = consumer.msg;
        match setup.consumer.op(consumer.pc) {
            Some(Op::Work) => {
                let count = self.ledger.apply(msg);
                Record::bump(&mut self.ledger.of_mut(msg).handled);
                let what = What::Applied { from: at, to: Party::Accounts, msg, count };
                self.consumers[c].mark = out.record(consumer.mark, what);
            }
            Some(Op::Ack) => self.settle(c, Kind::ConsumerAck, out),
            Some(Op::Nack) => match setup.scenario.consumer.on_error {
                OnError::Requeue => self.settle(c, Kind::Requeue, out),
                OnError::Reject => self.settle(c, Kind::Reject, out),
            },
            _ => {}
        }
        self.consumers[c].pc = setup.consumer.next(consumer.pc);
        if setup.consumer.ended(self.consumers[c].pc) {
            out.record(self.consumers[c].mark, What::Finished { at, msg });
        }
    }

    fn settle<R: Recorder>(&mut self, c: usize, kind: Kind, out: &mut R) {
        let Consumer { msg, copy, n, mark, .. } = self.consumers[c];
        let (from, to) = (Party::CONSUMERS[c], self.broker.leader());
        let mark = out.record(mark, What::Sent { kind, from, to, msg, n });
        self.consumers[c].mark = mark;
        self.net.send(Packet { from, to, kind, msg, copy, n, late: false, mark });
    }

    /// The handler fails before it has any effect.
    pub(super) fn fail_handler<R: Recorder>(&mut self, setup: &Setup, at: Party, out: &mut R) {
        let Some(c) = at.consumer() else { return };
        let Consumer { pc, msg, n, mark, .. } = self.consumers[c];
        self.consumers[c].mark = out.record(mark, What::HandlerFailed { at, msg, n });
        let acked = setup.consumer.place(Op::Ack).is_none_or(|ack| ack < pc);
        self.consumers[c].pc = match setup.consumer.place(Op::Nack) {
            Some(nack) if !acked => nack,
            _ => setup.consumer.failed(),
        };
        if acked {
            out.record(self.consumers[c].mark, What::Finished { at, msg });
        }
    }

    pub(super) fn crash_consumer(&mut self, c: usize, cause: Mark) {
        self.consumers[c] = Consumer { up: false, mark: cause, ..Consumer::default() };
    }
}
