//! Senders: the producer, its outbox relay, or another producer. Each runs its program once per
//! message, for as many messages at a time as it may have in flight.

use super::compiled_scenario::CompiledScenario;
use super::event::{CauseRef, EventKind, Recorder, Timer};
use super::fault::Reply;
use super::ledger::ProducerReport;
use super::network::{Packet, PacketKind};
use super::participant::{MessageId, Participant};
use super::program::Op;
use super::settings::{Database, OnRestart};
use super::stores::bit;
use super::world::World;

/// The state of a sender process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sender {
    pub up: bool,
    /// The process is permanently lost.
    pub gone: bool,
    /// The number of crashes: to the broker, a restarted process is a new producer.
    pub epoch: u8,
    /// The process is paused: no instruction runs, and what arrives waits to be read.
    pub paused: bool,
    /// Another instance of this producer was started while it was paused.
    pub replaced: bool,
    /// The messages whose answers are overdue since the process resumed, one bit each: it gives up
    /// on the attempt before it reads any of them.
    pub overslept: u8,
    /// The sender's metadata is stale: it still sends to the isolated leader, because it has not
    /// heard of the new one.
    pub stale: bool,
    /// A batch with an unknown outcome was given up while others are still in flight: an idempotent
    /// client sends nothing new until these are settled
    /// (`TransactionManager.hasUnresolvedSequence`).
    pub unresolved: bool,
    /// Like `unresolved`, but the client does not know that it should bump its epoch: the batch was
    /// given up without any retry, or after all of its `retries`. What follows it is rejected until
    /// nothing is in flight any more.
    pub hole: bool,
    /// The sequence number of the next new message.
    pub sequence: u8,
    /// The task of sending each message.
    pub tasks: [Task; 4],
    /// The event that stopped the process or made it resume.
    pub mark: CauseRef,
}

/// The progress of sending one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Task {
    /// The program counter.
    pub pc: u8,
    /// The index of the previously run instruction plus one; 0 for none.
    pub last: u8,
    /// The current attempt, from 1; 0 before the first.
    pub attempt: u8,
    /// The sequence number of the message.
    pub seq: u8,
    /// The application has already sent the message twice.
    pub again: bool,
    pub mark: CauseRef,
}

impl Default for Sender {
    fn default() -> Self {
        Sender {
            up: true,
            gone: false,
            epoch: 0,
            paused: false,
            replaced: false,
            overslept: 0,
            stale: false,
            unresolved: false,
            hole: false,
            sequence: 0,
            tasks: Default::default(),
            mark: CauseRef::NONE,
        }
    }
}

/// Returns the state of an instance that nobody has started yet.
pub(super) fn not_started(setup: &CompiledScenario) -> Sender {
    let done = Task { pc: setup.senders[1].done(), ..Task::default() };
    Sender { up: false, gone: true, tasks: [done; 4], ..Sender::default() }
}

/// Returns true if the producer can be paused and replaced: it has something left to do.
pub(super) fn may_replace(setup: &CompiledScenario, world: &World) -> bool {
    let sender = &world.senders[0];
    let runs = sender.up && !sender.paused && !sender.replaced;
    let works = || (0..setup.scenario.messages).any(|m| world.is_sending(setup, 0, m));
    setup.successor && runs && works()
}

/// Pauses the producer, and starts another instance of it. The new one does what a restarted
/// process does about the messages that are not sent yet; the old one continues when it resumes,
/// and does not know of the other.
pub(super) fn replace(setup: &CompiledScenario, world: &mut World, out: &mut Recorder) {
    let (old, new) = (setup.sender(0), setup.sender(1));
    let paused = EventKind::Paused { at: old, slow: false };
    let mark = out.record(world.senders[0].mark, paused);
    let sender = &mut world.senders[0];
    (sender.paused, sender.replaced, sender.mark) = (true, true, mark);
    let mark = out.record(mark, EventKind::Replaced { at: new });
    let tasks = sender.tasks.map(|task| match setup.on_restart {
        OnRestart::Resend if !setup.senders[0].ended(task.pc) => Task::default(),
        _ => Task { pc: setup.senders[1].done(), ..Task::default() },
    });
    let epoch = (sender.epoch + 1).min(7);
    world.senders[1] = Sender { epoch, tasks, mark, ..Sender::default() };
    world.init_transactions(setup, 1, out);
}

/// Returns true for instructions that run after a successful send.
fn follows(op: Op) -> bool {
    matches!(op, Op::CommitTransaction | Op::Save | Op::MarkSent)
}

impl World {
    /// Returns true if the sender has something left to do for the message.
    pub fn is_sending(&self, setup: &CompiledScenario, s: usize, m: MessageId) -> bool {
        let relay = setup.sender(s) == Participant::Relay;
        let open = setup.takes_part(s, m) && (!relay || self.stores.outbox & bit(m) != 0);
        open && !setup.senders[s].ended(self.senders[s].tasks[m as usize].pc)
    }

    /// Returns the first message that the sender is not done with.
    pub fn sending(&self, setup: &CompiledScenario, s: usize) -> Option<MessageId> {
        let mut all = 0..setup.scenario.messages;
        all.find(|&m| self.senders[s].up && self.is_sending(setup, s, m))
    }

    /// Returns the messages that were sent and are neither reported nor given up.
    fn under_way(&self, setup: &CompiledScenario, s: usize) -> impl Iterator<Item = MessageId> {
        let begun = move |&m: &MessageId| {
            self.senders[s].tasks[m as usize].attempt > 0 && self.is_sending(setup, s, m)
        };
        (0..setup.scenario.messages).filter(begun)
    }

    /// Returns true if the sender may work on the message: it is already in flight, or it is the
    /// first that is not, and the limit of messages in flight is not reached.
    fn has_turn(&self, setup: &CompiledScenario, s: usize, m: MessageId) -> bool {
        let sender = &self.senders[s];
        if !sender.up || sender.paused || !self.is_sending(setup, s, m) {
            return false;
        }
        if sender.tasks[m as usize].attempt > 0 {
            return true;
        }
        let waits =
            |j: MessageId| sender.tasks[j as usize].attempt == 0 && self.is_sending(setup, s, j);
        let under_way = self.under_way(setup, s).count();
        let resolved = !sender.unresolved || under_way == 0;
        resolved && under_way < usize::from(setup.in_flight) && !(0..m).any(waits)
    }

    /// Returns true if the sender's next instruction for the message is enabled and is not a wait.
    pub(super) fn sender_runs(&self, setup: &CompiledScenario, s: usize, m: MessageId) -> bool {
        let op = setup.senders[s].op(self.senders[s].tasks[m as usize].pc);
        if matches!(op, Some(Op::Await | Op::Backoff) | None) || !self.has_turn(setup, s, m) {
            return false;
        }
        let store = op.and_then(Op::store).is_none_or(|store| self.stores.is_up(store));
        let leader = matches!(op, Some(Op::BeginTransaction | Op::CommitTransaction));
        // An idempotent producer retries a batch only when no lower sequence number is in flight
        // (`RecordAccumulator.shouldStopDrainBatchesForPartition`).
        let tasks = &self.senders[s].tasks;
        let again = op == Some(Op::Send) && tasks[m as usize].attempt > 1;
        let behind = again
            && setup.log().is_some_and(|rules| rules.idempotent)
            && self.under_way(setup, s).any(|j| tasks[j as usize].seq < tasks[m as usize].seq);
        store && !behind && (!leader || self.leads())
    }

    /// Returns true if the sender's next instruction for the message is enabled and is not a wait.
    /// A public wrapper for use outside the model.
    pub fn has_line(&self, setup: &CompiledScenario, s: usize, m: MessageId) -> bool {
        self.sender_runs(setup, s, m)
    }

    /// Returns the sender's timer for the message, if it may fire now.
    pub fn timer_of(&self, setup: &CompiledScenario, s: usize, m: MessageId) -> Option<Timer> {
        self.sender_timer(setup, s, m)
    }

    /// Returns the sender's timer for the message, if it may fire now.
    pub(super) fn sender_timer(
        &self,
        setup: &CompiledScenario,
        s: usize,
        m: MessageId,
    ) -> Option<Timer> {
        let task = &self.senders[s].tasks[m as usize];
        let op = setup.senders[s].op(task.pc)?;
        if !matches!(op, Op::Backoff | Op::Await) || !self.has_turn(setup, s, m) {
            return None;
        }
        match op {
            Op::Backoff => Some(Timer::Backoff(s as u8, m)),
            Op::Await => {
                let overdue = self.senders[s].overslept & bit(m) != 0;
                (overdue || !self.answer_comes(setup, s, m)).then_some(Timer::Ack(s as u8, m))
            }
            _ => None,
        }
    }

    /// Returns true if an answer to the current attempt can still arrive.
    fn answer_comes(&self, setup: &CompiledScenario, s: usize, m: MessageId) -> bool {
        let (me, sender) = (setup.sender(s), &self.senders[s]);
        let n = sender.tasks[m as usize].attempt;
        let kinds = [PacketKind::Send, PacketKind::Ack, PacketKind::Refusal, PacketKind::Return];
        let mine = |p: &Packet| (p.from == me || p.to == me) && p.n == n && p.epoch == sender.epoch;
        self.net.carries(&kinds, m, mine) || self.ack_pending(s, m)
    }

    pub(super) fn run_sender(
        &mut self,
        setup: &CompiledScenario,
        s: usize,
        msg: MessageId,
        out: &mut Recorder,
    ) {
        let task = self.senders[s].tasks[msg as usize];
        let Some(op) = setup.senders[s].op(task.pc) else { return };
        match op {
            Op::Send => self.send(setup, s, msg, out),
            Op::Save | Op::MarkSent => self.ask_orders(setup, s, msg, op, Reply::Comes, out),
            Op::BeginTransaction => {
                self.init_transactions(setup, s, out);
                let at = setup.sender(s);
                let cause =
                    if task.mark.event().is_some() { task.mark } else { self.senders[s].mark };
                let mark =
                    out.record(cause, EventKind::Asked { op, from: at, to: at, msg, yes: true });
                self.senders[s].tasks[msg as usize].mark = mark;
                self.advance_task(setup, s, msg);
            }
            Op::CommitTransaction => self.commit_transaction(setup, s, msg, out),
            Op::Return => self.report(setup, s, msg, ProducerReport::Ok, task.mark, out),
            _ => self.give_up(setup, s, msg, task.mark, out),
        }
    }

    fn send(&mut self, setup: &CompiledScenario, s: usize, msg: MessageId, out: &mut Recorder) {
        let from = setup.sender(s);
        let to = if self.senders[s].stale { Participant::Broker } else { self.leader() };
        if self.senders[s].tasks[msg as usize].attempt == 0 {
            self.renumber(setup, s);
        }
        let sender = &mut self.senders[s];
        let task = &mut sender.tasks[msg as usize];
        if task.attempt == 0 {
            task.attempt = 1;
            task.seq = sender.sequence;
            sender.sequence = (sender.sequence + 1).min(15);
        }
        let cause =
            if task.attempt == 1 && task.mark.event().is_none() { sender.mark } else { task.mark };
        self.ledger.of_mut(msg).sent = true;
        let (kind, n, seq, epoch) = (PacketKind::Send, task.attempt, task.seq, sender.epoch);
        let mark = out.record(cause, EventKind::Sent { kind, from, to, msg, n });
        task.mark = mark;
        self.advance_task(setup, s, msg);
        self.net.send(Packet { from, to, kind, msg, n, seq, epoch, mark, ..Packet::default() });
    }

    /// Renumbers the next record. A client that has given up on a record restarts its sequence once
    /// no earlier request is in flight (KIP-360): the next record follows what the log has of this
    /// producer. Otherwise a relay, which never gives up on a message, would run out of numbers.
    fn renumber(&mut self, setup: &CompiledScenario, s: usize) {
        let Some(log) = self.log() else { return };
        let sender = &self.senders[s];
        let under_way = self.under_way(setup, s).next().is_some();
        let sent = (setup.sender(s), PacketKind::Send, sender.epoch);
        let on_its_way = self.net.packets().iter().any(|p| (p.from, p.kind, p.epoch) == sent);
        if under_way || on_its_way {
            return;
        }
        self.senders[s].sequence = log.next_sequence(s, sender.epoch);
    }

    fn advance_task(&mut self, setup: &CompiledScenario, s: usize, msg: MessageId) {
        let task = &mut self.senders[s].tasks[msg as usize];
        task.last = task.pc + 1;
        task.pc = setup.senders[s].next(task.pc);
    }

    /// Runs an instruction that calls the producer's own database, or a commit of a Kafka
    /// transaction whose reply is lost.
    pub(super) fn ask_orders(
        &mut self,
        setup: &CompiledScenario,
        s: usize,
        msg: MessageId,
        op: Op,
        reply: Reply,
        out: &mut Recorder,
    ) {
        let to = if op == Op::CommitTransaction { self.leader() } else { Participant::Orders };
        let from = setup.sender(s);
        let cause = match self.senders[s].tasks[msg as usize].mark {
            mark if mark.event().is_none() => self.senders[s].mark,
            mark => mark,
        };
        if reply != Reply::Fails {
            match op {
                Op::MarkSent => self.stores.outbox &= !bit(msg),
                Op::CommitTransaction if self.is_fenced(setup, s) => {}
                Op::CommitTransaction => self.end_transaction(setup, s, cause, out),
                _ => {
                    let new = self.stores.orders & bit(msg) == 0;
                    self.stores.orders |= bit(msg);
                    if new && setup.scenario.database == Some(Database::Outbox) {
                        self.stores.outbox |= bit(msg);
                    }
                    let record = self.ledger.of_mut(msg);
                    (record.saved, record.sent) = (true, true);
                }
            }
        }
        if reply == Reply::Comes {
            let what = EventKind::Asked { op, from, to, msg, yes: true };
            let mark = out.record(cause, what);
            self.senders[s].tasks[msg as usize].mark = mark;
            self.advance_task(setup, s, msg);
            let next = setup.senders[s].op(self.senders[s].tasks[msg as usize].pc);
            // An instruction after the acknowledgment ends the sending; one before it is followed
            // by it.
            if op == Op::MarkSent {
                self.end_task(setup, s, msg);
            } else if matches!(next, None | Some(Op::Backoff | Op::Fail)) {
                self.report(setup, s, msg, ProducerReport::Ok, mark, out);
            }
            return;
        }
        let fenced = op == Op::CommitTransaction && self.is_fenced(setup, s);
        let done = reply == Reply::Lost && !fenced;
        let mark = out.record(cause, EventKind::AskFailed { op, from, to, msg, done });
        self.give_up(setup, s, msg, mark, out);
    }

    /// Reports success after the Kafka transaction of the message has committed.
    pub(super) fn transaction_done(
        &mut self,
        setup: &CompiledScenario,
        s: usize,
        msg: MessageId,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        self.report(setup, s, msg, ProducerReport::Ok, cause, out);
    }

    fn end_task(&mut self, setup: &CompiledScenario, s: usize, msg: MessageId) {
        let task = &mut self.senders[s].tasks[msg as usize];
        task.last = task.pc.min(setup.senders[s].done()) + 1;
        task.pc = setup.senders[s].done();
        // A finished task keeps nothing that could distinguish two states.
        task.attempt = 0;
        task.seq = 0;
        self.senders[s].overslept &= !bit(msg);
        self.resolve(setup, s);
    }

    /// Clears the unresolved batches once nothing is in flight any more: the client bumps its
    /// epoch, and what it has given up blocks nothing (`TransactionManager.maybeResolveSequences`).
    fn resolve(&mut self, setup: &CompiledScenario, s: usize) {
        if self.under_way(setup, s).next().is_none() {
            (self.senders[s].unresolved, self.senders[s].hole) = (false, false);
        }
    }

    fn report(
        &mut self,
        setup: &CompiledScenario,
        s: usize,
        msg: MessageId,
        told: ProducerReport,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        self.end_task(setup, s, msg);
        let at = setup.sender(s);
        self.senders[s].tasks[msg as usize].mark =
            out.record(cause, EventKind::Reported { at, msg, told });
        self.ledger.report(msg, told);
    }

    /// Gives up on a message: no attempts are left, or the error is not retriable.
    pub(super) fn give_up(
        &mut self,
        setup: &CompiledScenario,
        s: usize,
        msg: MessageId,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        if setup.log().is_some_and(|rules| rules.idempotent) {
            // It is unknown whether the batch was stored, and others may follow it.
            let others = self.under_way(setup, s).any(|other| other != msg);
            let attempt = self.senders[s].tasks[msg as usize].attempt;
            let known = attempt > 1 && !setup.retries_end_first;
            self.senders[s].unresolved |= attempt > 0 && others && known;
            self.senders[s].hole |= attempt > 0 && others && !known;
        }
        if setup.sender(s) == Participant::Relay {
            // The row is still in the outbox: the relay starts over.
            self.senders[s].tasks[msg as usize] = Task { mark: cause, ..Task::default() };
            self.resolve(setup, s);
        } else {
            self.report(setup, s, msg, ProducerReport::Error, cause, out);
        }
    }

    /// Fires the acknowledgment timeout, or ends the backoff before the next attempt.
    pub(super) fn fire_sender(
        &mut self,
        setup: &CompiledScenario,
        timer: Timer,
        out: &mut Recorder,
    ) {
        let (Timer::Ack(s, msg) | Timer::Backoff(s, msg)) = timer else { return };
        let at = setup.sender(s as usize);
        self.senders[s as usize].overslept &= !bit(msg);
        let task = &mut self.senders[s as usize].tasks[msg as usize];
        let n = task.attempt;
        if let Timer::Ack(..) = timer {
            task.mark = out.record(task.mark, EventKind::AckTimedOut { at, msg, n });
            self.attempt_failed(setup, s as usize, msg);
        } else {
            task.attempt += 1;
            task.mark = out.record(task.mark, EventKind::BackedOff { at, msg, n: task.attempt });
            task.last = task.pc + 1;
            task.pc = setup.senders[s as usize].place(Op::Send).unwrap_or_default();
        }
    }

    fn attempt_failed(&mut self, setup: &CompiledScenario, s: usize, msg: MessageId) {
        let program = &setup.senders[s];
        let task = &mut self.senders[s].tasks[msg as usize];
        let next = if task.attempt < setup.attempts { Op::Backoff } else { Op::Fail };
        task.last = task.pc + 1;
        task.pc = program.place(next).unwrap_or(program.done());
    }

    /// Handles an answer of the broker. An acknowledgment of any attempt will do, because it names
    /// the message.
    pub(super) fn on_answer(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Packet { kind, msg, n, to, epoch, .. } = packet;
        let s = to.sender().unwrap_or_default();
        let program = &setup.senders[s];
        let task = self.senders[s].tasks[msg as usize];
        let waits = program.op(task.pc) == Some(Op::Await) && epoch == self.senders[s].epoch;
        if !waits || (kind != PacketKind::Ack && n != task.attempt) {
            out.record(cause, EventKind::Ignored { at: to, kind, msg, n });
            return;
        }
        match kind {
            // Being fenced is fatal: with this epoch no attempt can succeed.
            PacketKind::Refusal if self.is_fenced(setup, s) => {
                self.give_up(setup, s, msg, cause, out);
            }
            PacketKind::Refusal => {
                self.senders[s].tasks[msg as usize].mark = cause;
                self.attempt_failed(setup, s, msg);
            }
            PacketKind::Return => self.report(setup, s, msg, ProducerReport::Error, cause, out),
            _ if program.op(task.pc + 1).is_some_and(follows) => {
                let task = &mut self.senders[s].tasks[msg as usize];
                task.mark = cause;
                task.last = task.pc + 1;
                task.pc += 1;
            }
            _ => self.report(setup, s, msg, ProducerReport::Ok, cause, out),
        }
    }

    pub(super) fn crash_sender(
        &mut self,
        setup: &CompiledScenario,
        s: usize,
        gone: bool,
        cause: CauseRef,
    ) {
        let relay = setup.sender(s) == Participant::Relay;
        let sender = &mut self.senders[s];
        sender.up = false;
        // Whoever watches over the processes has replaced this one already.
        sender.gone = gone || sender.replaced;
        (sender.paused, sender.stale, sender.overslept) = (false, false, 0);
        (sender.unresolved, sender.hole) = (false, false);
        sender.mark = cause;
        sender.epoch = (sender.epoch + 1).min(7);
        sender.sequence = 0;
        for (m, task) in sender.tasks.iter_mut().enumerate() {
            let m = m as MessageId;
            if !setup.takes_part(s, m) || setup.senders[s].ended(task.pc) {
                continue;
            }
            let (pc, last) = match setup.on_restart {
                _ if relay => (0, 0),
                OnRestart::Resend => (0, 0),
                OnRestart::Forget => (setup.senders[s].done(), 0),
            };
            *task = Task { pc, last, again: task.again, mark: cause, ..Task::default() };
        }
        self.forget_sender(s);
    }

    /// Returns true if the application may send the message once more: it is done with it, and no
    /// other transaction of the same producer is open, which would prevent beginning another.
    pub(super) fn may_send_twice(&self, setup: &CompiledScenario, msg: MessageId) -> bool {
        let s = setup.sender_of(msg);
        let sender = &self.senders[s];
        let task = &sender.tasks[msg as usize];
        let begun = |m: MessageId| self.is_sending(setup, s, m) && sender.tasks[m as usize].pc > 0;
        let busy =
            setup.senders[s].has(Op::BeginTransaction) && (0..setup.scenario.messages).any(begun);
        let runs = sender.up && !sender.paused;
        runs && setup.senders[s].ended(task.pc) && !task.again && !busy
    }

    /// Sends a message once more, as a new message.
    pub(super) fn send_twice(
        &mut self,
        setup: &CompiledScenario,
        msg: MessageId,
        out: &mut Recorder,
    ) {
        let s = setup.sender_of(msg);
        let at = setup.sender(s);
        let task = &mut self.senders[s].tasks[msg as usize];
        let mark = out.record(task.mark, EventKind::SentTwice { at, msg });
        *task = Task { again: true, mark, ..Task::default() };
    }
}
