//! Consumers: each runs its program once per delivery.

use super::compiled_scenario::CompiledScenario;
use super::event::{CauseRef, EventKind, Recorder};
use super::fault::Reply;
use super::ledger::Record;
use super::network::{Packet, PacketKind};
use super::participant::{MessageId, Participant};
use super::program::Op;
use super::settings::OnError;
use super::stores::{Tx, bit};
use super::world::World;

/// The state of a consumer process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Consumer {
    pub up: bool,
    pub pause: Pause,
    /// The program counter.
    pub pc: u8,
    /// The index of the previously run instruction plus one; 0 for none.
    pub last: u8,
    /// The current message, or the last one; meaningful while `n` is not 0.
    pub msg: MessageId,
    pub copy: u8,
    /// The number of the delivery of the copy, from 1; 0 before the first delivery.
    pub n: u8,
    /// The IDs that the process remembers in memory, one bit each.
    pub seen: u8,
    /// The number of times that each message is pending for the worker thread: two bits for each.
    pub pending: u8,
    /// Kafka: the offset that the consumer reads next.
    pub position: u8,
    pub tx: Tx,
    pub mark: CauseRef,
}

/// The pause state of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pause {
    #[default]
    No,
    /// The process is paused: no instruction runs, no heartbeat is sent.
    Still,
    /// The handler runs for longer than the broker waits; heartbeats are still sent.
    Slow,
}

impl Default for Consumer {
    fn default() -> Self {
        Consumer {
            up: true,
            pause: Pause::No,
            pc: 0,
            last: 0,
            msg: 0,
            copy: 0,
            n: 0,
            seen: 0,
            pending: 0,
            position: 0,
            tx: Tx::default(),
            mark: CauseRef::NONE,
        }
    }
}

impl Consumer {
    /// Returns true if the consumer is waiting for the next message.
    pub fn idle(&self, setup: &CompiledScenario) -> bool {
        self.up && self.pause == Pause::No && (self.n == 0 || setup.consumer.ended(self.pc))
    }

    /// Returns how many times the message is pending for the worker thread; three means three or
    /// more.
    pub fn pending_of(&self, msg: MessageId) -> u8 {
        self.pending >> (2 * msg) & 3
    }

    fn hand_off(&mut self, msg: MessageId) {
        if self.pending_of(msg) < 3 {
            self.pending += 1 << (2 * msg);
        }
    }

    /// Returns true if the consumer has a message and is not done with it.
    pub fn in_hand(&self, setup: &CompiledScenario) -> bool {
        self.n > 0 && !setup.consumer.ended(self.pc)
    }

    /// Returns true if the process is up and not paused.
    pub fn runs(&self) -> bool {
        self.up && self.pause == Pause::No
    }

    /// Returns the message and the delivery that the handler is about to work on.
    pub fn works_on(&self, setup: &CompiledScenario) -> Option<(MessageId, u8)> {
        let op = setup.consumer.op(self.pc);
        let at_work = self.runs() && self.n > 0 && op.is_some() && op == setup.effect();
        at_work.then_some((self.msg, self.n))
    }

    /// Returns true if the consumer may still settle this delivery, if nothing stops it.
    pub(super) fn may_settle(
        &self,
        setup: &CompiledScenario,
        msg: MessageId,
        copy: u8,
        n: u8,
    ) -> bool {
        let holds = self.up && (self.msg, self.copy, self.n) == (msg, copy, n);
        let settles = |op: Op| setup.consumer.place(op).is_some_and(|place| self.pc <= place);
        holds
            && !setup.consumer.ended(self.pc)
            && [Op::Ack, Op::Nack, Op::Release].into_iter().any(settles)
    }
}

impl World {
    /// Returns true if this consumer's next instruction is enabled.
    pub(super) fn consumer_runs(&self, setup: &CompiledScenario, c: usize) -> bool {
        let consumer = &self.consumers[c];
        if !consumer.runs() || consumer.idle(setup) {
            return false;
        }
        let Some(op) = setup.consumer.op(consumer.pc) else { return false };
        let store = op.store().is_none_or(|store| self.stores.is_up(store));
        let leader = op == Op::CommitTransaction;
        // The second transaction to insert an ID waits until the first has committed or rolled
        // back.
        let other = &self.consumers[1 - c];
        let waits = op == Op::Inbox && other.tx.inbox && other.msg == consumer.msg;
        // A commit is retried until it is answered.
        let cut = op == Op::Ack
            && self.log().is_some()
            && self.net.is_cut(self.leader(), Participant::CONSUMERS[c]);
        store && !waits && !cut && (!leader || self.leads())
    }

    /// Hands a delivery to a consumer that waits for one.
    pub(super) fn on_delivery(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
    ) {
        let Some(c) = packet.to.consumer() else { return };
        let Packet { msg, copy, n, .. } = packet;
        let consumer = &mut self.consumers[c];
        *consumer = Consumer {
            pc: setup.consumer.next(0),
            last: 1,
            msg,
            copy,
            n,
            mark: cause,
            tx: Tx::default(),
            ..*consumer
        };
        Record::bump(&mut self.ledger.of_mut(msg).begun);
    }

    pub(super) fn run_consumer(&mut self, setup: &CompiledScenario, c: usize, out: &mut Recorder) {
        let Some(op) = setup.consumer.op(self.consumers[c].pc) else { return };
        match op {
            Op::Ack if self.log().is_some() => {
                // The commit throws an exception, so the instructions after it do not run.
                if !self.commit_sync(setup, c, out) {
                    return self.move_on(setup, c, setup.consumer.done(), out);
                }
            }
            Op::Ack => self.settle(c, PacketKind::ConsumerAck, out),
            Op::Release => self.settle(c, PacketKind::Release, out),
            Op::Nack => match setup.scenario.consumer.on_error {
                OnError::Reject => self.settle(c, PacketKind::Reject, out),
                _ => self.settle(c, PacketKind::Requeue, out),
            },
            Op::Seek => {
                let Consumer { msg, mark, .. } = self.consumers[c];
                let at = Participant::CONSUMERS[c];
                let what = EventKind::Asked { op, from: at, to: at, msg, yes: true };
                self.consumers[c].mark = out.record(mark, what);
                self.seek(setup, c);
            }
            Op::HandOff => {
                let Consumer { msg, mark, .. } = self.consumers[c];
                self.consumers[c].hand_off(msg);
                let at = Participant::CONSUMERS[c];
                self.consumers[c].mark = out.record(mark, EventKind::HandedOff { at, msg });
            }
            _ => return self.ask(setup, c, op, Reply::Comes, out),
        }
        self.move_on(setup, c, setup.consumer.next(self.consumers[c].pc), out);
    }

    /// Jumps to another instruction; past the last one, the consumer is done with the message.
    fn move_on(&mut self, setup: &CompiledScenario, c: usize, to: u8, out: &mut Recorder) {
        let consumer = &mut self.consumers[c];
        consumer.last = consumer.pc + 1;
        consumer.pc = to;
        if setup.consumer.ended(to) {
            consumer.tx = Tx::default();
            let (at, msg, mark) = (Participant::CONSUMERS[c], consumer.msg, consumer.mark);
            out.record(mark, EventKind::Finished { at, msg });
        }
    }

    /// Runs an instruction that calls a store, or that looks into the consumer's own memory.
    pub(super) fn ask(
        &mut self,
        setup: &CompiledScenario,
        c: usize,
        op: Op,
        reply: Reply,
        out: &mut Recorder,
    ) {
        let Consumer { msg, mark, tx, pc, .. } = self.consumers[c];
        let from = Participant::CONSUMERS[c];
        let to = op.store().unwrap_or(match op {
            Op::Produce | Op::SendOffsets | Op::CommitTransaction => Participant::Accounts,
            _ => from,
        });
        let in_tx = op.store() == Some(Participant::Accounts) && op != Op::Begin;
        if reply == Reply::Fails || (in_tx && tx.broken) {
            let what = EventKind::AskFailed { op, from, to, msg, done: false };
            self.consumers[c].mark = out.record(mark, what);
            return self.handler_fails(setup, c, out);
        }
        let yes = self.answer(setup, c, op);
        if reply == Reply::Lost {
            self.take_effect(setup, c, op, out);
            let what = EventKind::AskFailed { op, from, to, msg, done: true };
            self.consumers[c].mark = out.record(self.consumers[c].mark, what);
            return self.handler_fails(setup, c, out);
        }
        self.consumers[c].mark = out.record(mark, EventKind::Asked { op, from, to, msg, yes });
        self.take_effect(setup, c, op, out);
        if yes {
            return self.move_on(setup, c, setup.consumer.next(pc), out);
        }
        match op {
            Op::CheckMemory | Op::CheckRedis | Op::Claim | Op::Inbox => self.skip(setup, c, out),
            // A unique violation is an error like any other.
            Op::Insert => self.handler_fails(setup, c, out),
            Op::CommitTransaction => self.fenced(setup, c, out),
            _ => self.move_on(setup, c, setup.consumer.next(pc), out),
        }
    }

    /// Returns the answer of the store: the message is new to it, the claim is won, the write is
    /// done.
    fn answer(&self, setup: &CompiledScenario, c: usize, op: Op) -> bool {
        let consumer = &self.consumers[c];
        let is_new = |held: u8| held & bit(consumer.msg) == 0;
        match op {
            Op::CheckMemory => is_new(consumer.seen),
            Op::CheckRedis | Op::Claim => is_new(self.stores.redis),
            Op::Inbox => is_new(self.stores.inbox),
            Op::Insert | Op::Upsert | Op::Set => is_new(self.stores.rows) && !consumer.tx.row,
            Op::CommitTransaction => self.is_member(setup, c),
            _ => true,
        }
    }

    /// Applies the effect of an instruction.
    fn take_effect(&mut self, setup: &CompiledScenario, c: usize, op: Op, out: &mut Recorder) {
        let msg = self.consumers[c].msg;
        if Some(op) == setup.effect() {
            Record::bump(&mut self.ledger.of_mut(msg).handled);
        }
        let open = self.consumers[c].tx.open;
        let new = self.answer(setup, c, op);
        match op {
            Op::MarkMemory => self.consumers[c].seen |= bit(msg),
            Op::MarkRedis | Op::Claim => self.stores.redis |= bit(msg),
            Op::Begin => self.consumers[c].tx = Tx { open: true, ..Tx::default() },
            Op::Inbox => self.consumers[c].tx.inbox = true,
            Op::Work | Op::Produce if open || self.stages(setup, op) => {
                self.consumers[c].tx.work = true;
            }
            Op::Work | Op::Produce => self.apply(c, out),
            Op::Insert | Op::Upsert | Op::Set if open => self.consumers[c].tx.row |= new,
            Op::Insert | Op::Upsert | Op::Set if new => {
                self.stores.rows |= bit(msg);
                self.apply(c, out);
            }
            Op::StoreOffset | Op::SendOffsets => self.consumers[c].tx.offset = true,
            Op::Commit => self.commit(c, out),
            Op::CommitTransaction if new => self.commit(c, out),
            Op::Call => {
                let count = self.ledger.call(msg);
                let (from, to) = (Participant::CONSUMERS[c], Participant::Mail);
                let mark = self.consumers[c].mark;
                self.consumers[c].mark =
                    out.record(mark, EventKind::Called { from, to, msg, count });
            }
            _ => {}
        }
    }

    /// Returns true if produced output becomes visible only when the Kafka transaction commits.
    fn stages(&self, setup: &CompiledScenario, op: Op) -> bool {
        op == Op::Produce && setup.log().is_some_and(|rules| rules.output_committed)
    }

    fn apply(&mut self, c: usize, out: &mut Recorder) {
        let msg = self.consumers[c].msg;
        let count = self.ledger.apply(msg);
        let (from, to) = (Participant::CONSUMERS[c], Participant::Accounts);
        let mark = self.consumers[c].mark;
        self.consumers[c].mark = out.record(mark, EventKind::Applied { from, to, msg, count });
    }

    /// Commits the transaction: everything that it wrote becomes visible at once.
    fn commit(&mut self, c: usize, out: &mut Recorder) {
        let Consumer { msg, copy, tx, .. } = self.consumers[c];
        if tx.inbox {
            self.stores.inbox |= bit(msg);
        }
        if tx.row {
            self.stores.rows |= bit(msg);
        }
        if tx.work || tx.row {
            self.apply(c, out);
        }
        if tx.offset {
            self.commit_offset(c, msg, copy, tx.open, out);
        }
        self.consumers[c].tx = Tx::default();
    }

    /// Skips a message that was handled before: jumps to the acknowledgment.
    fn skip(&mut self, setup: &CompiledScenario, c: usize, out: &mut Recorder) {
        self.roll_back(c, out);
        let pc = self.consumers[c].pc;
        let ack = setup.consumer.place(Op::Ack).filter(|&ack| ack > pc);
        self.move_on(setup, c, ack.unwrap_or(setup.consumer.done()), out);
    }

    fn roll_back(&mut self, c: usize, out: &mut Recorder) {
        let Consumer { msg, mark, tx, .. } = self.consumers[c];
        self.consumers[c].tx = Tx::default();
        if tx.work || tx.row || tx.inbox || tx.offset {
            let (from, to) = (Participant::CONSUMERS[c], Participant::Accounts);
            self.consumers[c].mark = out.record(mark, EventKind::RolledBack { from, to, msg });
        }
    }

    fn fenced(&mut self, setup: &CompiledScenario, c: usize, out: &mut Recorder) {
        self.roll_back(c, out);
        self.move_on(setup, c, setup.consumer.done(), out);
    }

    fn settle(&mut self, c: usize, kind: PacketKind, out: &mut Recorder) {
        let Consumer { msg, copy, n, mark, .. } = self.consumers[c];
        let (from, to) = (Participant::CONSUMERS[c], self.leader());
        let mark = out.record(mark, EventKind::Sent { kind, from, to, msg, n });
        self.consumers[c].mark = mark;
        self.net.send(Packet { from, to, kind, msg, copy, n, mark, ..Packet::default() });
    }

    /// Fails the handler before it has any effect.
    pub(super) fn fail_handler(
        &mut self,
        setup: &CompiledScenario,
        at: Participant,
        out: &mut Recorder,
    ) {
        let Some(c) = at.consumer() else { return };
        let Consumer { msg, n, mark, .. } = self.consumers[c];
        self.consumers[c].mark = out.record(mark, EventKind::HandlerFailed { at, msg, n });
        self.handler_fails(setup, c, out);
    }

    /// Continues after a failed handler as the settings demand.
    fn handler_fails(&mut self, setup: &CompiledScenario, c: usize, out: &mut Recorder) {
        let pc = self.consumers[c].pc;
        if setup.scenario.consumer.on_error == OnError::Swallow {
            return self.move_on(setup, c, setup.consumer.next(pc), out);
        }
        self.roll_back(c, out);
        let acked = setup.consumer.place(Op::Ack).is_some_and(|ack| ack < pc);
        let error = [Op::Nack, Op::Seek, Op::Release];
        let line = error.into_iter().find_map(|op| setup.consumer.place(op));
        let to = line.filter(|_| !acked).unwrap_or(setup.consumer.failed());
        self.move_on(setup, c, to, out);
    }

    /// Returns the first message that is pending for the worker thread, if the thread can run.
    pub(super) fn worker_runs(&self, setup: &CompiledScenario, c: usize) -> Option<MessageId> {
        let consumer = &self.consumers[c];
        let op = setup.worker?;
        let up = op.store().is_none_or(|store| self.stores.is_up(store));
        let first = (0..4).find(|&m| consumer.pending_of(m) > 0)?;
        (consumer.runs() && up).then_some(first)
    }

    /// Runs the worker thread's instruction for a message.
    pub(super) fn run_worker(
        &mut self,
        setup: &CompiledScenario,
        c: usize,
        msg: MessageId,
        out: &mut Recorder,
    ) {
        let Some(op) = setup.worker else { return };
        let own = self.consumers[c];
        // The worker works on the message; the state of the poll loop is restored afterwards.
        self.consumers[c] = Consumer { msg, tx: Tx::default(), ..own };
        self.take_effect(setup, c, op, out);
        let mark = self.consumers[c].mark;
        let pending = own.pending - (1 << (2 * msg));
        self.consumers[c] = Consumer { pending, mark, ..own };
    }

    pub(super) fn crash_consumer(&mut self, c: usize, cause: CauseRef) {
        self.consumers[c] = Consumer { up: false, mark: cause, ..Consumer::default() };
    }
}
