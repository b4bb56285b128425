//! Senders: the producer, its outbox relay, or another producer. Each runs its program once per
//! message, for as many messages at a time as it may have in flight.

mod state;

pub use state::{Batches, Sender, Task};

use super::broker::Broker;
use super::compiled_scenario::CompiledScenario;
use super::context::{Ctx, View};
use super::event::{CauseRef, EventKind, RejectReason, Timer};
use super::fault::Reply;
use super::ledger::ProducerReport;
use super::network::{Packet, PacketKind};
use super::outbox;
use super::participant::{MessageId, Participant};
use super::program::Op;
use super::settings::OnRestart;
use super::stores::bit;

/// The highest sequence number that a state can hold.
const MOST_NUMBERS: u8 = 15;

/// Returns the state of an instance that nobody has started yet.
pub(super) fn not_started(setup: &CompiledScenario) -> Sender {
    let mut sender = Sender { up: false, gone: true, ..Sender::default() };
    for task in &mut sender.tasks[..setup.configuration().messages.into()] {
        task.pc = setup.senders[1].done();
    }
    sender
}

/// Returns true if the producer can be paused and replaced: it has something left to do.
pub(super) fn may_replace(cx: &View) -> bool {
    let sender = &cx.senders[0];
    let runs = sender.up && !sender.paused && !sender.replaced;
    let works = || (0..cx.setup.configuration().messages).any(|m| is_sending(cx, 0, m));
    cx.setup.successor && runs && works()
}

/// Pauses the producer, and starts another instance of it. The new one does what a restarted
/// process does about the messages that are not sent yet; the old one continues when it resumes,
/// and does not know of the other.
pub(super) fn replace(cx: &mut Ctx, broker: &mut Broker) {
    let (old, new) = (cx.setup.sender(0), cx.setup.sender(1));
    let paused = EventKind::Paused { at: old, slow: false };
    let mark = cx.out.record(cx.senders[0].mark, paused);
    let sender = &mut cx.senders[0];
    (sender.paused, sender.replaced, sender.mark) = (true, true, mark);
    let mark = cx.out.record(mark, EventKind::Replaced { at: new });
    let setup = cx.setup;
    let tasks = sender.tasks.map(|task| match setup.on_restart {
        OnRestart::Resend if !setup.senders[0].ended(task.pc) => Task::default(),
        _ => Task { pc: setup.senders[1].done(), ..Task::default() },
    });
    let epoch = (sender.epoch + 1).min(7);
    cx.senders[1] = Sender { epoch, tasks, mark, ..Sender::default() };
    broker.init_transactions(cx, 1);
}

/// Returns true for instructions that run after a successful send.
fn follows(op: Op) -> bool {
    matches!(op, Op::CommitTransaction | Op::Save | Op::MarkSent)
}

/// Returns true if the sender has something left to do for the message.
pub fn is_sending(cx: &View, s: usize, m: MessageId) -> bool {
    let relay = cx.setup.sender(s).is_relay();
    let open = cx.setup.takes_part(s, m) && (!relay || outbox::is_readable(cx, s, m));
    open && !cx.setup.senders[s].ended(cx.senders[s].tasks[m as usize].pc)
}

/// Returns the messages that were sent and are neither reported nor given up.
fn under_way(cx: &View, s: usize) -> impl Iterator<Item = MessageId> {
    let begun = move |&m: &MessageId| has_begun(cx, s, m) && is_sending(cx, s, m);
    (0..cx.setup.configuration().messages).filter(begun)
}

/// Returns true if the sender has begun to work on the message: it has sent it, has a transaction
/// open for it, or has read its row.
fn has_begun(cx: &View, s: usize, m: MessageId) -> bool {
    let task = &cx.senders[s].tasks[m as usize];
    let apart = || cx.setup.overlaps(s) || cx.setup.sender(s).is_relay();
    task.attempt > 0 || (task.pc > 0 && apart())
}

/// Returns the messages under way to one of the two partitions.
fn under_way_to(cx: &View, s: usize, added: bool) -> impl Iterator<Item = MessageId> {
    under_way(cx, s).filter(move |&m| cx.senders[s].tasks[m as usize].added == added)
}

/// Returns true if the sender may work on the message: it is already in flight, or it is the first
/// that is not, and the limit of messages in flight is not reached.
fn has_turn(cx: &View, s: usize, m: MessageId) -> bool {
    let sender = &cx.senders[s];
    if !sender.up || sender.paused || !is_sending(cx, s, m) {
        return false;
    }
    if has_begun(cx, s, m) {
        return true;
    }
    let relay = cx.setup.sender(s).is_relay();
    let before = |j: MessageId| if relay { outbox::comes_before(cx, j, m) } else { j < m };
    let waits = |j: MessageId| before(j) && !has_begun(cx, s, j) && is_sending(cx, s, j);
    let is_first = !(0..cx.setup.configuration().messages).any(waits);
    let to = sender.knows_added;
    let resolved =
        || !sender.batches[usize::from(to)].unresolved || under_way_to(cx, s, to).next().is_none();
    let most = match cx.setup.overlaps(s) {
        true => cx.setup.configuration().outbox.concurrent_transactions,
        false => cx.setup.in_flight,
    };
    is_first && resolved() && under_way(cx, s).count() < usize::from(most)
}

/// Returns true if the sender's next instruction for the message is enabled and is not a wait.
pub fn has_line(cx: &View, broker: &Broker, s: usize, m: MessageId) -> bool {
    let op = cx.setup.senders[s].op(cx.senders[s].tasks[m as usize].pc);
    if matches!(op, Some(Op::Await | Op::Backoff) | None) || !has_turn(cx, s, m) {
        return false;
    }
    let store = op.and_then(Op::store).is_none_or(|store| cx.stores.is_up(store));
    let leader = matches!(op, Some(Op::BeginTransaction | Op::CommitTransaction));
    // An idempotent producer retries a batch only when no lower sequence number is in flight
    // (`RecordAccumulator.shouldStopDrainBatchesForPartition`).
    let tasks = &cx.senders[s].tasks;
    let task = &tasks[m as usize];
    let again = op == Some(Op::Send) && task.attempt > 1;
    let behind = again
        && broker.checks_sequences()
        && under_way_to(cx, s, task.added).any(|j| tasks[j as usize].seq < task.seq);
    store && !behind && (!leader || broker.leads())
}

/// Returns the sender's timer for the message, if it may fire now.
pub fn timer(cx: &View, broker: &Broker, s: usize, m: MessageId) -> Option<Timer> {
    let task = &cx.senders[s].tasks[m as usize];
    let op = cx.setup.senders[s].op(task.pc)?;
    if !matches!(op, Op::Backoff | Op::Await) || !has_turn(cx, s, m) {
        return None;
    }
    match op {
        Op::Backoff => Some(Timer::Backoff(s as u8, m)),
        Op::Await => {
            let overdue = cx.senders[s].overslept & bit(m) != 0;
            (overdue || !answer_comes(cx, broker, s, m)).then_some(Timer::Ack(s as u8, m))
        }
        _ => None,
    }
}

/// Returns true if the sender waits for an answer that can still arrive.
pub(super) fn awaits(cx: &View, broker: &Broker, s: usize, m: MessageId) -> bool {
    let pc = cx.senders[s].tasks[m as usize].pc;
    cx.setup.senders[s].op(pc) == Some(Op::Await) && answer_comes(cx, broker, s, m)
}

/// Returns true if an answer to the current attempt can still arrive.
fn answer_comes(cx: &View, broker: &Broker, s: usize, m: MessageId) -> bool {
    let (me, sender) = (cx.setup.sender(s), &cx.senders[s]);
    let n = sender.tasks[m as usize].attempt;
    let kinds = [PacketKind::Send, PacketKind::Ack, PacketKind::Refusal, PacketKind::Return];
    let mine = |p: &Packet| (p.from == me || p.to == me) && p.n == n && p.epoch == sender.epoch;
    cx.net.carries(&kinds, m, mine) || broker.ack_pending(s, m)
}

/// Returns true if the sender reads a packet that arrives: it is not paused, and by its own clock
/// this answer is not overdue, in which case it would first give up on the attempt.
pub(super) fn reads(sender: &Sender, p: &Packet) -> bool {
    let overdue = sender.overslept & bit(p.msg) != 0
        && (p.n, p.epoch) == (sender.tasks[p.msg as usize].attempt, sender.epoch);
    !sender.paused && !overdue
}

/// Runs the sender's next instruction for the message.
pub(super) fn run(cx: &mut Ctx, broker: &mut Broker, s: usize, msg: MessageId) {
    let task = cx.senders[s].tasks[msg as usize];
    let Some(op) = cx.setup.senders[s].op(task.pc) else { return };
    match op {
        Op::Send => send(cx, broker, s, msg),
        Op::InsertOutbox | Op::Save | Op::ReadRow | Op::MarkSent => {
            call(cx, broker, s, msg, op, Reply::Comes);
        }
        Op::BeginTransaction => {
            broker.init_transactions(cx, s);
            let at = cx.setup.sender(s);
            let cause = cause_of(&cx.senders[s], msg);
            let what = EventKind::Asked { op, from: at, to: at, msg, yes: true };
            cx.senders[s].tasks[msg as usize].mark = cx.out.record(cause, what);
            advance(cx, s, msg);
        }
        Op::CommitTransaction => commit_transaction(cx, broker, s, msg),
        Op::Return => report(cx, s, msg, ProducerReport::Ok, task.mark),
        _ => give_up(cx, broker, s, msg, task.mark),
    }
}

/// Returns the event that the next step for the message follows from.
fn cause_of(sender: &Sender, msg: MessageId) -> CauseRef {
    match sender.tasks[msg as usize].mark {
        mark if mark.event().is_none() => sender.mark,
        mark => mark,
    }
}

fn send(cx: &mut Ctx, broker: &Broker, s: usize, msg: MessageId) {
    let from = cx.setup.sender(s);
    let to = if cx.senders[s].stale { Participant::Broker } else { broker.leader() };
    if cx.senders[s].tasks[msg as usize].attempt == 0 {
        let added = cx.senders[s].knows_added;
        renumber(cx, broker, s, added);
        let seq = next_number(cx, broker, s, added);
        let task = &mut cx.senders[s].tasks[msg as usize];
        (task.attempt, task.seq, task.added) = (1, seq, added);
    }
    let sender = &mut cx.senders[s];
    let task = &mut sender.tasks[msg as usize];
    let cause =
        if task.attempt == 1 && task.mark.event().is_none() { sender.mark } else { task.mark };
    cx.ledger.of_mut(msg).sent = true;
    let (kind, n, seq, epoch) = (PacketKind::Send, task.attempt, task.seq, sender.epoch);
    let added = task.added;
    let mark = cx.out.record(cause, EventKind::Sent { kind, from, to, msg, n });
    task.mark = mark;
    advance(cx, s, msg);
    cx.net.send(Packet { from, to, kind, msg, n, seq, epoch, added, mark, ..Packet::default() });
}

/// Renumbers the next record. A client that has given up on a record restarts its sequence once no
/// earlier request is in flight (KIP-360): the next record follows what the log has of this
/// producer. Otherwise a relay, which never gives up on a message, would run out of numbers.
fn renumber(cx: &mut Ctx, broker: &Broker, s: usize, added: bool) {
    let sender = &cx.senders[s];
    let Some(next) = broker.next_sequence(s, sender.epoch, added) else { return };
    let sent = (cx.setup.sender(s), PacketKind::Send, sender.epoch, added);
    let on_its_way = cx.net.packets().iter().any(|p| (p.from, p.kind, p.epoch, p.added) == sent);
    if !on_its_way && under_way_to(&cx.view(), s, added).next().is_none() {
        cx.senders[s].batches[usize::from(added)].sequence = next;
    }
}

/// Returns the messages whose batches to this partition have no acknowledgment yet, by sequence
/// number. One whose
/// acknowledgment is only on its way counts as acknowledged: a broker answers the requests of a
/// connection in their order, so the client has read it before the answer to a later request.
fn unacknowledged(cx: &View, broker: &Broker, s: usize, added: bool) -> Vec<MessageId> {
    let (me, sender) = (cx.setup.sender(s), &cx.senders[s]);
    let waits = |m: &MessageId| {
        let task = &sender.tasks[*m as usize];
        let its_own = |p: &Packet| (p.to, p.n, p.epoch) == (me, task.attempt, sender.epoch);
        !cx.setup.senders[s].op(task.pc).is_some_and(follows)
            && !broker.ack_pending(s, *m)
            && !cx.net.carries(&[PacketKind::Ack], *m, its_own)
    };
    let mut all: Vec<MessageId> = under_way_to(cx, s, added).filter(waits).collect();
    all.sort_by_key(|&m| sender.tasks[m as usize].seq);
    all
}

/// Returns true if the batch is the next one to be acknowledged, as far as the client knows
/// (`TransactionManager.isNextSequence`): everything before it is acknowledged, and nothing after
/// it.
fn is_next_sequence(cx: &View, broker: &Broker, s: usize, msg: MessageId) -> bool {
    let sender = &cx.senders[s];
    let task = &sender.tasks[msg as usize];
    let Batches { unresolved, hole, sequence } = sender.batches[usize::from(task.added)];
    let waiting = unacknowledged(cx, broker, s, task.added);
    let after = sequence.saturating_sub(task.seq);
    // Batches that are neither acknowledged nor waiting were given up.
    let given_up = usize::from(hole);
    let first = waiting.first() == Some(&msg);
    first && (unresolved || usize::from(after) <= waiting.len() + given_up)
}

/// Restarts the sequence numbers of everything in flight, in order, under a new epoch
/// (`TransactionManager.bumpIdempotentEpochAndResetIdIfNeeded`). To the leader these are records
/// that it has not seen: numbers that were never used stand for the new epoch.
fn restart_sequence(cx: &mut Ctx, broker: &Broker, s: usize, added: bool) {
    for m in unacknowledged(&cx.view(), broker, s, added) {
        cx.senders[s].tasks[m as usize].seq = next_number(cx, broker, s, added);
    }
    let batches = &mut cx.senders[s].batches[usize::from(added)];
    (batches.unresolved, batches.hole) = (false, false);
}

/// Takes the next sequence number. A run is no longer faithful if it needs more than a state can hold,
/// and the broker checks them.
fn next_number(cx: &mut Ctx, broker: &Broker, s: usize, added: bool) -> u8 {
    let sequence = &mut cx.senders[s].batches[usize::from(added)].sequence;
    let number = *sequence;
    *sequence = (number + 1).min(MOST_NUMBERS);
    cx.net.overflow |= number == MOST_NUMBERS && broker.checks_sequences();
    number
}

fn advance(cx: &mut Ctx, s: usize, msg: MessageId) {
    let task = &mut cx.senders[s].tasks[msg as usize];
    task.last = task.pc + 1;
    task.pc = cx.setup.senders[s].next(task.pc);
}

/// Runs an instruction that calls the producer's own database, or a commit of a Kafka transaction
/// whose reply is lost.
pub(super) fn call(
    cx: &mut Ctx,
    broker: &mut Broker,
    s: usize,
    msg: MessageId,
    op: Op,
    reply: Reply,
) {
    let to = if op == Op::CommitTransaction { broker.leader() } else { Participant::Orders };
    let from = cx.setup.sender(s);
    let cause = cause_of(&cx.senders[s], msg);
    let broken = outbox::is_broken(&cx.view(), s, msg, op);
    let reply = if broken { Reply::Fails } else { reply };
    let mut skipped = 0;
    match op {
        _ if reply == Reply::Fails => {}
        Op::ReadRow if reply == Reply::Comes => outbox::read(cx, s, msg),
        Op::ReadRow => {}
        Op::MarkSent => skipped = outbox::mark(cx, s, msg),
        Op::CommitTransaction if broker.is_fenced(&cx.view(), s) => {}
        Op::CommitTransaction => broker.commit_transaction(cx, s, cause),
        Op::InsertOutbox => outbox::insert(cx, msg),
        _ => skipped = outbox::commit(cx, msg),
    }
    if reply == Reply::Comes {
        let what = EventKind::Asked { op, from, to, msg, yes: true };
        let mark = cx.out.record(cause, what);
        outbox::note_skipped(cx, skipped, mark);
        cx.senders[s].tasks[msg as usize].mark = mark;
        if op == Op::MarkSent {
            return end(cx, s, msg);
        }
        advance(cx, s, msg);
        let next = cx.setup.senders[s].op(cx.senders[s].tasks[msg as usize].pc);
        // An instruction after the acknowledgment ends the sending; one before it is followed by
        // it.
        if matches!(next, None | Some(Op::Backoff | Op::Fail)) {
            report(cx, s, msg, ProducerReport::Ok, mark);
        }
        return;
    }
    let fenced = op == Op::CommitTransaction && broker.is_fenced(&cx.view(), s);
    let answer = (reply == Reply::Lost && !fenced).then_some(true);
    let mark = cx.out.record(cause, EventKind::AskFailed { op, from, to, msg, answer });
    outbox::note_skipped(cx, skipped, mark);
    give_up(cx, broker, s, msg, mark);
    if op == Op::ReadRow && reply == Reply::Lost {
        outbox::read_in_vain(cx, s, msg);
    }
}

/// Commits the Kafka transaction of the message, unless the producer is fenced.
fn commit_transaction(cx: &mut Ctx, broker: &mut Broker, s: usize, msg: MessageId) {
    let cause = cx.senders[s].tasks[msg as usize].mark;
    if broker.is_fenced(&cx.view(), s) {
        let what = EventKind::Refused { at: broker.leader(), msg, why: RejectReason::Fenced };
        let mark = cx.out.record(cause, what);
        return give_up(cx, broker, s, msg, mark);
    }
    broker.commit_transaction(cx, s, cause);
    match cx.setup.sender(s) {
        at if at.is_relay() => advance(cx, s, msg),
        _ => report(cx, s, msg, ProducerReport::Ok, cause),
    }
}

fn end(cx: &mut Ctx, s: usize, msg: MessageId) {
    let task = &mut cx.senders[s].tasks[msg as usize];
    task.last = task.pc.min(cx.setup.senders[s].done()) + 1;
    task.pc = cx.setup.senders[s].done();
    // A finished task keeps nothing that could distinguish two states.
    (task.attempt, task.seq, task.added) = (0, 0, false);
    cx.senders[s].overslept &= !bit(msg);
    outbox::release(cx, s, msg);
    resolve(cx, s);
}

/// Clears the unresolved batches of a partition once nothing is in flight to it any more: the client
/// bumps its epoch, and what it has given up blocks nothing
/// (`TransactionManager.maybeResolveSequences`).
fn resolve(cx: &mut Ctx, s: usize) {
    for added in [false, true] {
        if under_way_to(&cx.view(), s, added).next().is_none() {
            let batches = &mut cx.senders[s].batches[usize::from(added)];
            (batches.unresolved, batches.hole) = (false, false);
        }
    }
}

fn report(cx: &mut Ctx, s: usize, msg: MessageId, told: ProducerReport, cause: CauseRef) {
    end(cx, s, msg);
    let at = cx.setup.sender(s);
    cx.senders[s].tasks[msg as usize].mark =
        cx.out.record(cause, EventKind::Reported { at, msg, told });
    for m in cx.setup.transaction_of(msg) {
        cx.ledger.report(m, told);
    }
}

/// Gives up on a message: no attempts are left, or the error is not retriable.
fn give_up(cx: &mut Ctx, broker: &Broker, s: usize, msg: MessageId, cause: CauseRef) {
    if broker.checks_sequences() {
        // It is unknown whether the batch was stored, and others may follow it.
        let Task { attempt, added, .. } = cx.senders[s].tasks[msg as usize];
        let others = under_way_to(&cx.view(), s, added).any(|other| other != msg);
        let known = attempt > 1 && !cx.setup.retries_end_first;
        let batches = &mut cx.senders[s].batches[usize::from(added)];
        batches.unresolved |= attempt > 0 && others && known;
        batches.hole |= attempt > 0 && others && !known;
    }
    if cx.setup.sender(s).is_relay() {
        // The row is still in the outbox: the relay starts over.
        cx.senders[s].tasks[msg as usize] = Task { mark: cause, ..Task::default() };
        outbox::release(cx, s, msg);
        outbox::drop_held(cx, s);
        resolve(cx, s);
    } else {
        outbox::roll_back(cx, msg);
        report(cx, s, msg, ProducerReport::Error, cause);
    }
}

/// Fires the acknowledgment timeout, or ends the backoff before the next attempt.
pub(super) fn fire(cx: &mut Ctx, timer: Timer) {
    let (Timer::Ack(s, msg) | Timer::Backoff(s, msg)) = timer else { return };
    let at = cx.setup.sender(s as usize);
    cx.senders[s as usize].overslept &= !bit(msg);
    let task = &mut cx.senders[s as usize].tasks[msg as usize];
    let n = task.attempt;
    if let Timer::Ack(..) = timer {
        task.mark = cx.out.record(task.mark, EventKind::AckTimedOut { at, msg, n });
        attempt_failed(cx, s as usize, msg);
    } else {
        task.attempt += 1;
        task.mark = cx.out.record(task.mark, EventKind::BackedOff { at, msg, n: task.attempt });
        task.last = task.pc + 1;
        task.pc = cx.setup.senders[s as usize].place(Op::Send).unwrap_or_default();
    }
}

fn attempt_failed(cx: &mut Ctx, s: usize, msg: MessageId) {
    let program = &cx.setup.senders[s];
    let task = &mut cx.senders[s].tasks[msg as usize];
    let next = if task.attempt < cx.setup.attempts { Op::Backoff } else { Op::Fail };
    task.last = task.pc + 1;
    task.pc = program.place(next).unwrap_or(program.done());
}

/// Handles an answer of the broker. An acknowledgment of any attempt will do, because it names the
/// message.
pub(super) fn on_answer(cx: &mut Ctx, broker: &Broker, packet: Packet, cause: CauseRef) {
    let Packet { kind, msg, n, to, epoch, .. } = packet;
    let s = to.sender().unwrap_or_default();
    let program = &cx.setup.senders[s];
    let task = cx.senders[s].tasks[msg as usize];
    let waits = program.op(task.pc) == Some(Op::Await) && epoch == cx.senders[s].epoch;
    if !waits || (kind != PacketKind::Ack && n != task.attempt) {
        cx.out.record(cause, EventKind::Ignored { at: to, kind, msg, n });
        return;
    }
    match kind {
        // Being fenced is fatal: with this epoch no attempt can succeed.
        PacketKind::Refusal if broker.is_fenced(&cx.view(), s) => {
            give_up(cx, broker, s, msg, cause);
        }
        PacketKind::Refusal => {
            cx.senders[s].tasks[msg as usize].mark = cause;
            if packet.overtaken && is_next_sequence(&cx.view(), broker, s, msg) {
                restart_sequence(cx, broker, s, task.added);
            }
            attempt_failed(cx, s, msg);
        }
        PacketKind::Return => report(cx, s, msg, ProducerReport::Error, cause),
        _ if program.op(task.pc + 1).is_some_and(follows) => {
            let task = &mut cx.senders[s].tasks[msg as usize];
            task.mark = cause;
            task.last = task.pc + 1;
            task.pc += 1;
        }
        _ => report(cx, s, msg, ProducerReport::Ok, cause),
    }
}

/// Crashes a sender; it is not restarted if it is `gone` for good.
pub(super) fn crash(cx: &mut Ctx, broker: &mut Broker, s: usize, gone: bool, cause: CauseRef) {
    let setup = cx.setup;
    let relay = setup.sender(s).is_relay();
    let sender = &mut cx.senders[s];
    sender.up = false;
    // Whoever watches over the processes has replaced this one already.
    sender.gone = gone || sender.replaced;
    (sender.paused, sender.stale, sender.overslept) = (false, false, 0);
    (sender.batches, sender.knows_added) = Default::default();
    sender.mark = cause;
    sender.epoch = (sender.epoch + 1).min(7);
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
    outbox::on_crash(cx, s);
    broker.forget_sender(s);
}

/// Resumes a paused sender.
pub(super) fn resume(cx: &mut Ctx, s: usize) {
    let (setup, at) = (cx.setup, cx.setup.sender(s));
    let sender = &mut cx.senders[s];
    sender.paused = false;
    sender.mark = cx.out.record(sender.mark, EventKind::Resumed { at });
    // By its own clock, every answer that it waits for is overdue, whether or not it has arrived.
    let waits = |m: &MessageId| {
        let pc = sender.tasks[*m as usize].pc;
        setup.takes_part(s, *m) && setup.senders[s].op(pc) == Some(Op::Await)
    };
    let waits = (0..setup.configuration().messages).filter(waits);
    sender.overslept = waits.fold(0, |bits, m| bits | bit(m));
}

/// Returns true if the sender may find out about a partition that was added, before it sends its next
/// new message. With its metadata it refreshes what it knows of partitions every
/// `metadata.max.age.ms`, after an error and at its start.
pub(super) fn may_find_partition(cx: &View, broker: &Broker, s: usize) -> bool {
    let sender = &cx.senders[s];
    let is_new = |m: MessageId| sender.tasks[m as usize].attempt == 0 && is_sending(cx, s, m);
    broker.has_added_partition()
        && !sender.knows_added
        && sender.up
        && !sender.paused
        && !sender.stale
        && (0..cx.setup.configuration().messages).any(is_new)
}

/// Refreshes the metadata of a sender, which learns the current leader and the partitions.
pub(super) fn refresh(cx: &mut Ctx, broker: &Broker, s: usize) {
    let at = cx.setup.sender(s);
    let sender = &mut cx.senders[s];
    if sender.stale {
        let what = EventKind::LeaderFound { at, leader: broker.leader() };
        sender.mark = cx.out.record(sender.mark, what);
    }
    if broker.has_added_partition() && !sender.knows_added {
        sender.mark = cx.out.record(sender.mark, EventKind::PartitionFound { at });
        sender.knows_added = true;
    }
    sender.stale = false;
}

/// Returns true if the application may send the message once more: it is done with it, and no other
/// transaction of the same producer is open, which would prevent beginning another.
pub(super) fn may_send_twice(cx: &View, msg: MessageId) -> bool {
    let s = cx.setup.sender_of(msg);
    let sender = &cx.senders[s];
    let program = &cx.setup.senders[s];
    let task = &sender.tasks[msg as usize];
    let begun = |m: MessageId| is_sending(cx, s, m) && sender.tasks[m as usize].pc > 0;
    let busy =
        program.has(Op::BeginTransaction) && (0..cx.setup.configuration().messages).any(begun);
    let runs = sender.up && !sender.paused;
    runs && program.ended(task.pc) && !task.again && !busy
}

/// Sends a message once more, as a new message.
pub(super) fn send_twice(cx: &mut Ctx, msg: MessageId) {
    let s = cx.setup.sender_of(msg);
    let at = cx.setup.sender(s);
    let task = &mut cx.senders[s].tasks[msg as usize];
    let mark = cx.out.record(task.mark, EventKind::SentTwice { at, msg });
    *task = Task { again: true, mark, ..Task::default() };
}
