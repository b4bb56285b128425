//! Consumers: each runs its program once per delivery.

mod batch;
mod claim;
mod commit;
mod failure;
mod settle;
mod state;
mod worker;

pub(super) use claim::{end_lease, lease_may_end};
pub(super) use failure::{fail_every_attempt, fail_handler};
pub use state::{Attempts, Batch, Consumer, Held, Pause};
pub(super) use worker::{run_worker, worker_runs};

use super::broker::Broker;
use super::compiled_scenario::CompiledScenario;
use super::context::{Ctx, View};
use super::event::{CauseRef, EventKind};
use super::fault::Reply;
use super::ledger::Record;
use super::network::{Packet, PacketKind};
use super::participant::{MessageId, Participant};
use super::program::Op;
use super::settings::OnError;
use super::stores::{Tx, bit};
use failure::{after_dead_letter, handler_fails};
use settle::settle;

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

    /// Returns true if the handler fails at each attempt at the message in hand.
    pub fn fails_again(&self) -> bool {
        self.attempts.at(self.msg, self.copy).lasting
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
}

/// Returns true if this consumer's next instruction is enabled.
pub(super) fn has_line(cx: &View, broker: &Broker, c: usize) -> bool {
    let consumer = &cx.consumers[c];
    if !consumer.runs() || consumer.idle(cx.setup) {
        return false;
    }
    let Some(op) = cx.setup.consumer.op(consumer.pc) else { return false };
    let store = op.store().is_none_or(|store| cx.stores.is_up(store));
    let leader = op == Op::CommitTransaction;
    // The second transaction to insert an ID waits until the first has committed or rolled back.
    let other = &cx.consumers[1 - c];
    let waits = op == Op::Inbox && other.tx.inbox && other.msg == consumer.msg;
    // A commit is retried until it is answered.
    let cut = (op == Op::Ack || batch::commits_before_seek(cx.setup, consumer))
        && broker.acks_by_call()
        && (cx.net.is_cut(broker.leader(), Participant::CONSUMERS[c]) || !broker.answers_acks(cx));
    // The publish of a dead letter is retried, too, if somebody waits for its acknowledgment.
    let unreached = op == Op::DeadLetter
        && cx.setup.configuration().consumer.dead_letter_confirms
        && !reaches(cx, broker, c);
    store && !waits && !cut && !unreached && (!leader || broker.leads())
}

/// Returns true if the consumer reaches the leader.
fn reaches(cx: &View, broker: &Broker, c: usize) -> bool {
    broker.leads() && !cx.net.is_cut(broker.leader(), Participant::CONSUMERS[c])
}

/// Returns true if there is a consumer that could work on a message, now or after its restart. A
/// consumer that has yet to start for the first time does not count.
pub(super) fn somebody_could_work(cx: &View) -> bool {
    let late = cx.setup.configuration().consumer.starts_late;
    cx.consumers[..cx.setup.consumers()].iter().any(|consumer| consumer.up || !late)
}

/// Hands a delivery to a consumer that waits for one.
pub(super) fn on_delivery(cx: &mut Ctx, packet: Packet, cause: CauseRef) {
    let Some(c) = packet.to.consumer() else { return };
    let Packet { msg, copy, n, .. } = packet;
    let consumer = &mut cx.consumers[c];
    *consumer = Consumer {
        pc: cx.setup.consumer.next(0),
        last: 1,
        msg,
        copy,
        n,
        mark: cause,
        attempts: consumer.attempts.at(msg, copy),
        claims: false,
        tx: Tx::default(),
        ..*consumer
    };
    Record::bump(&mut cx.ledger.of_mut(msg).begun);
    batch::receive_rest(cx, packet);
}

/// Returns true if the consumer's next instruction stops it.
pub(super) fn stops(cx: &View, c: usize) -> bool {
    cx.setup.consumer.op(cx.consumers[c].pc) == Some(Op::Stop)
}

/// Runs the consumer's next instruction.
pub(super) fn run(cx: &mut Ctx, broker: &mut Broker, c: usize) {
    let setup = cx.setup;
    let Some(op) = setup.consumer.op(cx.consumers[c].pc) else { return };
    if cx.consumers[c].fails_again() && cx.consumers[c].works_on(setup).is_some() {
        return fail_handler(cx, Participant::CONSUMERS[c]);
    }
    let held = cx.consumers[c].held();
    match op {
        Op::Ack if setup.batching.is_some() => return batch::acknowledge(cx, broker, c),
        Op::Release | Op::Nack if setup.batching.is_some() => batch::give_back(cx, broker, c),
        Op::Seek if setup.batching.is_some() => batch::seek(cx, broker, c),
        Op::Ack if broker.acks_by_call() => {
            // The commit throws an exception, so the instructions after it do not run.
            if !broker.ack_by_call(cx, c) {
                return move_on(cx, c, setup.consumer.done());
            }
        }
        Op::Ack => settle(cx, broker, c, held, PacketKind::ConsumerAck),
        Op::Release => settle(cx, broker, c, held, PacketKind::Release),
        Op::Nack => match setup.configuration().consumer.on_error {
            OnError::Reject => settle(cx, broker, c, held, PacketKind::Reject),
            _ => settle(cx, broker, c, held, PacketKind::Requeue),
        },
        Op::Seek => {
            let Consumer { msg, mark, .. } = cx.consumers[c];
            let at = Participant::CONSUMERS[c];
            let what = EventKind::Asked { op, from: at, to: at, msg, yes: true };
            cx.consumers[c].mark = cx.out.record(mark, what);
            broker.seek(cx, c);
        }
        Op::HandOff => {
            let Consumer { msg, mark, .. } = cx.consumers[c];
            cx.consumers[c].hand_off(msg);
            let at = Participant::CONSUMERS[c];
            cx.consumers[c].mark = cx.out.record(mark, EventKind::HandedOff { at, msg });
        }
        _ => return call(cx, broker, c, op, Reply::Comes),
    }
    move_on(cx, c, setup.consumer.next(cx.consumers[c].pc));
}

/// Jumps to another instruction; past the last one, the consumer is done with the message.
fn move_on(cx: &mut Ctx, c: usize, to: u8) {
    let consumer = &mut cx.consumers[c];
    consumer.last = consumer.pc + 1;
    consumer.pc = to;
    if cx.setup.consumer.ended(to) {
        batch::leave_rest(cx, c);
        let consumer = &mut cx.consumers[c];
        consumer.tx = Tx::default();
        consumer.claims = false;
        if to == cx.setup.consumer.done() {
            consumer.attempts = Attempts::default();
        }
        let (at, msg, mark) = (Participant::CONSUMERS[c], consumer.msg, consumer.mark);
        cx.out.record(mark, EventKind::Finished { at, msg });
    }
}

/// Runs an instruction that calls a store, or that looks into the consumer's own memory.
pub(super) fn call(cx: &mut Ctx, broker: &mut Broker, c: usize, op: Op, reply: Reply) {
    let Consumer { msg, mark, tx, pc, .. } = cx.consumers[c];
    let from = Participant::CONSUMERS[c];
    let to = op.store().unwrap_or(match op {
        Op::Produce | Op::SendOffsets | Op::CommitTransaction => Participant::Accounts,
        Op::DeadLetter => broker.leader(),
        _ => from,
    });
    let in_tx = op.store() == Some(Participant::Accounts) && op != Op::Begin;
    if reply == Reply::Fails || (in_tx && tx.broken) {
        let what = EventKind::AskFailed { op, from, to, msg, answer: None };
        cx.consumers[c].mark = cx.out.record(mark, what);
        return handler_fails(cx, c);
    }
    let yes = answer(&cx.view(), broker, c, op);
    if reply == Reply::Lost {
        take_effect(cx, broker, c, op);
        let what = EventKind::AskFailed { op, from, to, msg, answer: Some(yes) };
        cx.consumers[c].mark = cx.out.record(cx.consumers[c].mark, what);
        return handler_fails(cx, c);
    }
    if op == Op::ClaimInProgress && claim::is_in_progress(&cx.view(), c) {
        return claim::fail_in_progress(cx, c);
    }
    cx.consumers[c].mark = cx.out.record(mark, EventKind::Asked { op, from, to, msg, yes });
    take_effect(cx, broker, c, op);
    // Not where the reply is lost: then the process does not know that it holds the claim.
    cx.consumers[c].claims |= op == Op::ClaimInProgress && yes;
    if op == Op::DeadLetter {
        return move_on(cx, c, after_dead_letter(cx, c));
    }
    if yes {
        return move_on(cx, c, cx.setup.consumer.next(pc));
    }
    match op {
        Op::CheckMemory | Op::CheckRedis | Op::Claim | Op::ClaimInProgress | Op::Inbox => {
            skip(cx, c);
        }
        // A unique violation is an error like any other.
        Op::Insert => handler_fails(cx, c),
        Op::CommitTransaction => fenced(cx, c),
        _ => move_on(cx, c, cx.setup.consumer.next(pc)),
    }
}

/// Returns the answer of the store: the message is new to it, the claim is won, the write is done.
fn answer(cx: &View, broker: &Broker, c: usize, op: Op) -> bool {
    let consumer = &cx.consumers[c];
    let is_new = |held: u8| held & bit(consumer.msg) == 0;
    match op {
        Op::CheckMemory => is_new(consumer.seen),
        Op::CheckRedis | Op::Claim => is_new(cx.stores.redis),
        Op::ClaimInProgress => is_new(cx.stores.redis | cx.stores.claimed),
        Op::Inbox => is_new(cx.stores.inbox),
        Op::Insert | Op::Upsert | Op::Set => is_new(cx.stores.rows) && !consumer.tx.row,
        Op::CommitTransaction => broker.accepts_commits(c),
        Op::DeadLetter => reaches(cx, broker, c),
        _ => true,
    }
}

/// Applies the effect of an instruction.
fn take_effect(cx: &mut Ctx, broker: &mut Broker, c: usize, op: Op) {
    let msg = cx.consumers[c].msg;
    if Some(op) == cx.setup.effect() {
        Record::bump(&mut cx.ledger.of_mut(msg).handled);
    }
    let open = cx.consumers[c].tx.open;
    let new = answer(&cx.view(), broker, c, op);
    match op {
        Op::DeadLetter if new => Record::bump(&mut cx.ledger.of_mut(msg).dead),
        Op::MarkMemory => cx.consumers[c].seen |= bit(msg),
        Op::MarkRedis | Op::Claim => cx.stores.redis |= bit(msg),
        Op::ClaimInProgress if new => cx.stores.claimed |= bit(msg),
        Op::Complete => claim::complete(cx, c),
        Op::Begin => cx.consumers[c].tx = Tx { open: true, ..Tx::default() },
        Op::Inbox => cx.consumers[c].tx.inbox = true,
        Op::Work | Op::Produce if open || (op == Op::Produce && broker.stages_output()) => {
            cx.consumers[c].tx.work = true;
        }
        Op::Work | Op::Produce => commit::apply(cx, c),
        Op::Insert | Op::Upsert | Op::Set if open => cx.consumers[c].tx.row |= new,
        Op::Insert | Op::Upsert | Op::Set if new => {
            cx.stores.rows |= bit(msg);
            commit::apply(cx, c);
        }
        Op::StoreOffset | Op::SendOffsets => cx.consumers[c].tx.offset = true,
        Op::Commit => commit::commit(cx, broker, c),
        Op::CommitTransaction if new => commit::commit(cx, broker, c),
        Op::Call => {
            let count = cx.ledger.call(msg);
            let (from, to) = (Participant::CONSUMERS[c], Participant::Mail);
            let mark = cx.consumers[c].mark;
            let what = EventKind::Called { from, to, msg, count };
            cx.consumers[c].mark = cx.out.record(mark, what);
        }
        _ => {}
    }
}

/// Skips a message that was handled before: jumps to the acknowledgment.
fn skip(cx: &mut Ctx, c: usize) {
    roll_back(cx, c);
    let pc = cx.consumers[c].pc;
    let ack = cx.setup.consumer.place(Op::Ack).filter(|&ack| ack > pc);
    move_on(cx, c, ack.unwrap_or(cx.setup.consumer.done()));
}

fn roll_back(cx: &mut Ctx, c: usize) {
    let Consumer { msg, mark, tx, .. } = cx.consumers[c];
    cx.consumers[c].tx = Tx::default();
    if tx.work || tx.row || tx.inbox || tx.offset {
        let (from, to) = (Participant::CONSUMERS[c], Participant::Accounts);
        cx.consumers[c].mark = cx.out.record(mark, EventKind::RolledBack { from, to, msg });
    }
}

fn fenced(cx: &mut Ctx, c: usize) {
    roll_back(cx, c);
    move_on(cx, c, cx.setup.consumer.done());
}

/// Resumes a paused consumer.
pub(super) fn resume(cx: &mut Ctx, c: usize) {
    let what = EventKind::Resumed { at: Participant::CONSUMERS[c] };
    let consumer = &mut cx.consumers[c];
    consumer.pause = Pause::No;
    consumer.mark = cx.out.record(consumer.mark, what);
}
