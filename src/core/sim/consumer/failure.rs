//! Failures of the handler: further attempts, and the reaction after the last one.

use super::{Attempts, Consumer, batch, move_on, roll_back};
use crate::sim::compiled_scenario::CompiledScenario;
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
    let Consumer { msg, n, mark, .. } = cx.consumers[c];
    cx.consumers[c].mark = cx.out.record(mark, EventKind::HandlerFailed { at, msg, n, lasting });
    handler_fails(cx, c);
}

/// Fails the handler at this attempt and at each further one.
pub(in crate::sim) fn fail_every_attempt(cx: &mut Ctx, at: Participant) {
    let Some(c) = at.consumer() else { return };
    let consumer = &mut cx.consumers[c];
    let Consumer { msg, copy, .. } = *consumer;
    consumer.attempts = Attempts { msg, copy, lasting: true, ..counted(cx.setup, consumer) };
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
    if is_tried_again(cx, c) {
        return try_again(cx, c, acked);
    }
    if matches!(on_error, OnError::Skip | OnError::DeadLetter) {
        end_batch_after_seek(cx, c);
    }
    let whole = batch::is_whole(setup);
    let to = match on_error {
        OnError::Skip if acked.is_some() => program.done(),
        OnError::Skip => {
            if whole {
                batch::pass_over_rest(cx, c);
            }
            program.place(Op::Ack).unwrap_or(program.done())
        }
        OnError::DeadLetter => {
            cx.consumers[c].attempts.settled = acked.is_some();
            let publish = program.place(Op::DeadLetter).unwrap_or(program.failed());
            if whole {
                return batch::park_all(cx, c, publish);
            }
            publish
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
    let Consumer { msg, mark, claims, pc, .. } = cx.consumers[c];
    cx.consumers[c].claims = false;
    let completes = cx.setup.consumer.op(pc) == Some(Op::Complete);
    if !claims || completes || !cx.stores.is_up(Participant::Redis) {
        return;
    }
    cx.stores.claimed &= !bit(msg);
    let (from, to) = (Participant::CONSUMERS[c], Participant::Redis);
    cx.consumers[c].mark = cx.out.record(mark, EventKind::Unclaimed { from, to, msg });
}

/// Returns the failed attempts that the next one adds to: those at the message in hand, or at the
/// batch where that is tried as a whole.
fn counted(setup: &CompiledScenario, consumer: &Consumer) -> Attempts {
    match batch::is_whole(setup) {
        true => consumer.attempts,
        false => consumer.attempts.at(consumer.msg, consumer.copy),
    }
}

/// Counts a failed attempt, and returns true if attempts are left.
fn is_tried_again(cx: &mut Ctx, c: usize) -> bool {
    let setup = cx.setup;
    if setup.handler_attempts == 1 {
        return false;
    }
    let consumer = &mut cx.consumers[c];
    let attempts = counted(setup, consumer);
    if attempts.failed + 1 >= setup.handler_attempts {
        consumer.attempts = Attempts::default();
        return false;
    }
    // A batch has one count; of its messages, the one that fails every time is remembered.
    let (msg, copy) = match attempts.lasting {
        true => (attempts.msg, attempts.copy),
        false => (consumer.msg, consumer.copy),
    };
    let failed = attempts.failed + 1;
    consumer.attempts = Attempts { msg, copy, failed, settled: false, ..attempts };
    true
}

/// Goes to where the handler is tried again.
fn try_again(cx: &mut Ctx, c: usize, acked: Option<u8>) {
    let setup = cx.setup;
    if batch::is_whole(setup) {
        return batch::begin_again(cx, c);
    }
    // The handler of a message that was acknowledged before the work is what comes after.
    let first = setup.consumer.next(acked.unwrap_or(0));
    let seek = setup.consumer.place(Op::Seek).filter(|_| setup.seeks_after_error);
    move_on(cx, c, seek.unwrap_or(first));
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
