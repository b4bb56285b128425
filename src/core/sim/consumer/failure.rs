//! Failures of the handler: further attempts, and the reaction after the last one.

use super::{Attempts, move_on, roll_back};
use crate::sim::context::Ctx;
use crate::sim::event::EventKind;
use crate::sim::participant::Participant;
use crate::sim::program::Op;
use crate::sim::settings::{BatchAck, OnError};
use crate::sim::stores::bit;

/// Fails the handler before it has any effect.
pub(in crate::sim) fn fail_handler(cx: &mut Ctx, at: Participant) {
    fail(cx, at, false);
}

fn fail(cx: &mut Ctx, at: Participant, lasting: bool) {
    let Some(c) = at.consumer() else { return };
    let super::Consumer { msg, n, mark, .. } = cx.consumers[c];
    cx.consumers[c].mark = cx.out.record(mark, EventKind::HandlerFailed { at, msg, n, lasting });
    handler_fails(cx, c);
}

/// Fails the handler at this attempt and at each further one.
pub(in crate::sim) fn fail_every_attempt(cx: &mut Ctx, at: Participant) {
    let Some(c) = at.consumer() else { return };
    let consumer = &mut cx.consumers[c];
    let (msg, copy) = (consumer.msg, consumer.copy);
    let attempts = consumer.attempts.at(msg, copy);
    consumer.attempts = Attempts { msg, copy, lasting: true, ..attempts };
    fail(cx, at, true);
}

/// Continues after a failed handler as the settings demand.
pub(super) fn handler_fails(cx: &mut Ctx, c: usize) {
    let setup = cx.setup;
    let program = &setup.consumer;
    let pc = cx.consumers[c].pc;
    let on_error = setup.configuration().consumer.on_error;
    if on_error == OnError::Swallow {
        return move_on(cx, c, program.next(pc));
    }
    if program.op(pc) == Some(Op::DeadLetter) {
        return dead_letter_fails(cx, c);
    }
    roll_back(cx, c);
    release_claim(cx, c);
    let acked = program.place(Op::Ack).filter(|&ack| ack < pc);
    if let Some(to) = next_attempt(cx, c, acked) {
        return move_on(cx, c, to);
    }
    if matches!(on_error, OnError::Skip | OnError::DeadLetter) {
        end_batch_after_seek(cx, c);
    }
    let to = match on_error {
        OnError::Skip if acked.is_some() => program.done(),
        OnError::Skip => program.place(Op::Ack).unwrap_or(program.done()),
        OnError::DeadLetter => {
            cx.consumers[c].attempts.settled = acked.is_some();
            program.place(Op::DeadLetter).unwrap_or(program.failed())
        }
        OnError::Stop => program.place(Op::Stop).unwrap_or(program.failed()),
        OnError::Requeue | OnError::Reject | OnError::Swallow | OnError::Leave => {
            go_back(cx, c, acked.is_some())
        }
    };
    move_on(cx, c, to);
}

/// Deletes the claim of a handler that has failed, so that its next attempt finds it free. If the
/// completion itself has failed, the claim stays: the work may be done.
fn release_claim(cx: &mut Ctx, c: usize) {
    let super::Consumer { msg, mark, claims, pc, .. } = cx.consumers[c];
    cx.consumers[c].claims = false;
    let completes = cx.setup.consumer.op(pc) == Some(Op::Complete);
    if !claims || completes || !cx.stores.is_up(Participant::Redis) {
        return;
    }
    cx.stores.claimed &= !bit(msg);
    let (from, to) = (Participant::CONSUMERS[c], Participant::Redis);
    cx.consumers[c].mark = cx.out.record(mark, EventKind::Unclaimed { from, to, msg });
}

/// Counts a failed attempt, and returns the instruction from which the handler is tried again, if
/// attempts are left.
fn next_attempt(cx: &mut Ctx, c: usize, acked: Option<u8>) -> Option<u8> {
    let setup = cx.setup;
    if setup.handler_attempts == 1 {
        return None;
    }
    let consumer = &mut cx.consumers[c];
    let (msg, copy) = (consumer.msg, consumer.copy);
    let Attempts { failed, lasting, .. } = consumer.attempts.at(msg, copy);
    if failed + 1 >= setup.handler_attempts {
        consumer.attempts = Attempts::default();
        return None;
    }
    consumer.attempts = Attempts { msg, copy, failed: failed + 1, lasting, settled: false };
    // The handler of a message that was acknowledged before the work is what comes after.
    let first = setup.consumer.next(acked.unwrap_or(0));
    Some(setup.consumer.place(Op::Seek).filter(|_| setup.seeks_after_error).unwrap_or(first))
}

/// Ends the batch at a message that is passed over, where an error discards the rest of a poll: it is
/// acknowledged together with what came before, and the rest is polled again (spring-kafka
/// `KafkaMessageListenerContainer`: `invokeErrorHandler`, `commitOffsetsIfNeededAfterHandlingError`).
fn end_batch_after_seek(cx: &mut Ctx, c: usize) {
    let up_to =
        cx.setup.batching.is_some_and(|batching| batching.ack == BatchAck::UpToFirstFailure);
    if up_to && cx.setup.seeks_after_error {
        cx.consumers[c].batch.current().failed = true;
    }
}

/// Returns the instruction after a handler of a batch has failed for good, if the broker does not get
/// the batch back at once.
fn after_failure_in_batch(cx: &mut Ctx, c: usize) -> Option<u8> {
    let ack = cx.setup.batching?.ack;
    let goes_on = match ack {
        BatchAck::GoodPart => true,
        BatchAck::UpToFirstFailure => cx.setup.configuration().consumer.on_error == OnError::Leave,
        BatchAck::Whole | BatchAck::Each => false,
    };
    if !goes_on {
        return None;
    }
    cx.consumers[c].batch.current().failed = true;
    cx.setup.consumer.place(Op::Ack)
}

/// Returns the instruction that gets a message again, unless it is acknowledged already.
fn go_back(cx: &mut Ctx, c: usize, acked: bool) -> u8 {
    if let Some(to) = after_failure_in_batch(cx, c) {
        return to;
    }
    let program = &cx.setup.consumer;
    let lines = [Op::Nack, Op::Seek, Op::Release];
    let line = lines.into_iter().find_map(|op| program.place(op));
    line.filter(|_| !acked).unwrap_or(program.failed())
}

/// Continues after a dead letter that could not be published, or of which that is not known.
fn dead_letter_fails(cx: &mut Ctx, c: usize) {
    let settled = cx.consumers[c].attempts.settled;
    let to = match cx.setup.configuration().consumer.dead_letter_confirms {
        true => go_back(cx, c, settled),
        false => after_dead_letter(cx, c),
    };
    cx.consumers[c].attempts.settled = false;
    move_on(cx, c, to);
}

/// Returns the instruction after the publish of a dead letter: the acknowledgment, if it is still
/// due.
pub(super) fn after_dead_letter(cx: &Ctx, c: usize) -> u8 {
    let program = &cx.setup.consumer;
    let settled = cx.consumers[c].attempts.settled;
    program.place(Op::Ack).filter(|_| !settled).unwrap_or(program.done())
}
