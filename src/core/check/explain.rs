//! Explanation of a counterexample: the faults that led to the violation, and the setting that
//! allowed it.

use super::property::Property;
use crate::products;
use crate::sim::settings::BatchAck;
use crate::sim::settings::outbox::Lock;
use crate::sim::{
    Choice, CompiledScenario, Event, EventKind, MessageId, OnRestart, Op, Outcome, PacketKind,
    Participant, ProducerReport, ResetTo, Trace,
};
use crate::text;

/// The reason why a run violates a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectReason {
    /// The step at which the violation occurs.
    pub step: usize,
    /// The explanation as a sentence: "m1 is applied twice: the ack of m1 is lost …,
    /// and …."
    pub text: String,
    /// The setting, or the order of program lines, that allowed the violation, if one can be named.
    pub reason: Option<String>,
}

/// Explains why this run violates the property. Returns `None` if it does not.
pub fn why(setup: &CompiledScenario, trace: &Trace, property: Property) -> Option<RejectReason> {
    let (step, msg) = decisive(setup, trace, property)?;
    let m = text::message(msg);
    let what = match property {
        Property::NeverLostSilently => format!("{m} is silently lost"),
        Property::NeverLost => format!("{m} is lost"),
        Property::StoredOnce => format!("{m} is stored twice"),
        Property::HandledOnce => format!("{m} is processed twice"),
        Property::AppliedOnce if trace.world(step).ledger.of(msg).applied < 2 => {
            format!("a second email is sent for {m}")
        }
        Property::AppliedOnce => format!("{m} is applied twice"),
        Property::InOrder => format!("{m} takes effect after a later message"),
        Property::NeverStuck => "the run loops forever".into(),
        Property::ReportTrue => format!("the producer got the wrong result for {m}"),
    };
    let mut causes = faults(setup, trace, step);
    let reason = reason(setup, trace, property, msg);
    causes.extend(reason.clone());
    let what = text::capital(what);
    let text = match causes.split_last() {
        None => format!("{what}."),
        Some((last, [])) => format!("{what}: {last}."),
        Some((last, before)) => format!("{what}: {}, and {last}.", before.join(", ")),
    };
    Some(RejectReason { step, text, reason })
}

/// Returns the step at which the violation occurs, and the message that it concerns.
fn decisive(
    setup: &CompiledScenario,
    trace: &Trace,
    property: Property,
) -> Option<(usize, MessageId)> {
    let all = || 0..setup.configuration().messages;
    let last = trace.steps.len();
    let first = |broken: &dyn Fn(usize, MessageId) -> bool| {
        (1..=last).find_map(|step| all().find(|&m| broken(step, m)).map(|m| (step, m)))
    };
    let record = |step: usize, m: MessageId| *trace.world(step).ledger.of(m);
    let outcome = |m: MessageId| trace.last().ledger.outcome(m);
    match property {
        Property::StoredOnce => first(&|step, m| record(step, m).stored > 1),
        Property::HandledOnce => first(&|step, m| record(step, m).handled > 1),
        Property::AppliedOnce => first(&|step, m| record(step, m).effects() > 1),
        Property::InOrder => first(&|step, m| {
            let late = record(step, m).applied > record(step - 1, m).applied;
            trace.world(step).ledger.out_of_order && late
        }),
        Property::NeverLostSilently => {
            let lost = all().find(|&m| outcome(m) == Outcome::LostSilently)?;
            Some((last_fault(trace), lost))
        }
        Property::NeverLost => {
            let is_lost = |&m: &MessageId| {
                matches!(outcome(m), Outcome::LostSilently | Outcome::LostWithError)
            };
            Some((last_fault(trace), all().find(is_lost)?))
        }
        Property::NeverStuck => Some((last, 0)),
        Property::ReportTrue => {
            let untrue = all().find(|&m| {
                let record = record(last, m);
                match record.told {
                    ProducerReport::Ok => record.effects() == 0 && record.dead == 0,
                    ProducerReport::Error => record.effects() > 0,
                    ProducerReport::Nothing => false,
                }
            })?;
            let told =
                (1..=last).find(|&step| record(step, untrue).told != ProducerReport::Nothing)?;
            let lost = record(last, untrue).told == ProducerReport::Ok;
            Some((if lost { last_fault(trace).max(told) } else { told }, untrue))
        }
    }
}

fn is_fault(choice: Choice) -> bool {
    matches!(choice, Choice::Strike(..))
}

/// Returns the last step in which a fault struck, or the last step of the run if there was no
/// fault.
fn last_fault(trace: &Trace) -> usize {
    let faults_used = trace.steps.iter().rposition(|step| is_fault(step.choice));
    faults_used.map_or(trace.steps.len(), |at| at + 1)
}

/// Returns the faults up to this step, each as a clause.
fn faults(setup: &CompiledScenario, trace: &Trace, until: usize) -> Vec<String> {
    let steps = (1..=until).filter(|&step| is_fault(trace.steps[step - 1].choice));
    let clauses = steps.filter_map(|step| {
        let mut events = trace.events_of(step).iter();
        let sentence = events.find_map(|event| text::sentence(setup, event))?;
        Some(text::clause(&sentence))
    });
    clauses.collect()
}

/// Returns the setting, or the order of program lines, that allowed the violation.
fn reason(
    setup: &CompiledScenario,
    trace: &Trace,
    property: Property,
    msg: MessageId,
) -> Option<String> {
    let record = trace.last().ledger.of(msg);
    let product = products::of(setup.configuration());
    match property {
        Property::StoredOnce if both_send(trace, msg) => Some(sent_by_both(setup).into()),
        Property::HandledOnce | Property::AppliedOnce
            if record.stored > 1 && both_send(trace, msg) =>
        {
            Some(sent_by_both(setup).into())
        }
        Property::StoredOnce => Some((product.stored_twice)(setup).into()),
        Property::HandledOnce | Property::AppliedOnce if record.stored > 1 => {
            Some((product.stored_twice)(setup).into())
        }
        Property::HandledOnce => Some("unacknowledged messages are redelivered".into()),
        Property::AppliedOnce if record.applied < 2 => {
            Some("no transaction covers the email".into())
        }
        Property::AppliedOnce => handled_twice(setup, trace, msg),
        Property::NeverLost | Property::NeverLostSilently => lost(setup, trace, msg),
        Property::ReportTrue if record.told == ProducerReport::Ok => lost(setup, trace, msg),
        Property::ReportTrue => {
            Some("an error says only that no ack arrived: the message may still be stored".into())
        }
        Property::InOrder => {
            let moved = |e: &Event| matches!(e.what, EventKind::PartitionFound { .. });
            let why = "older messages with the same key were still unread in their old partition";
            let skips = "a relay skips the row that the other one has locked, and goes on";
            match setup.lock() == Lock::SkipLocked && is_stored_late(trace, msg) {
                true => Some(skips.into()),
                false => trace.events.iter().any(moved).then(|| why.into()),
            }
        }
        Property::NeverStuck => None,
    }
}

/// Returns true if the broker has a later message before this one.
fn is_stored_late(trace: &Trace, msg: MessageId) -> bool {
    let stored = trace.events.iter().filter_map(|e| match e.what {
        EventKind::Appended { msg, .. } => Some(msg),
        _ => None,
    });
    stored.take_while(|&other| other != msg).any(|other| other > msg)
}

/// Returns true if both relays have sent the message.
fn both_send(trace: &Trace, msg: MessageId) -> bool {
    let sends = |relay: Participant| {
        let send = |what| matches!(what, EventKind::Sent { from, msg: m, .. } if (from, m) == (relay, msg));
        trace.events.iter().any(|e| send(e.what))
    };
    sends(Participant::Relay) && sends(Participant::Relay2)
}

/// Returns the reason why both relays have sent a row.
fn sent_by_both(setup: &CompiledScenario) -> &'static str {
    match setup.lock() {
        Lock::None => "both relays read its row before one of them had marked it as sent",
        Lock::SkipLocked => "the lock on its row ended before the mark was committed",
        Lock::Lease => "the lock on the outbox ended before the row was marked as sent",
    }
}

fn handled_twice(setup: &CompiledScenario, trace: &Trace, msg: MessageId) -> Option<String> {
    let has = |op: Op| setup.consumer.has(op);
    let crashed = trace
        .events
        .iter()
        .any(|e| matches!(e.what, EventKind::Crashed { at } if at.consumer().is_some()));
    let any = |f: &dyn Fn(EventKind) -> bool| trace.events.iter().any(|e| f(e.what));
    let lapses = |what| matches!(what, EventKind::LeaseEnded { .. } | EventKind::Expired { .. });
    let text = match () {
        () if any(&|what| matches!(what, EventKind::OffsetsReset { .. })) => {
            "nothing records what was processed before the reset"
        }
        () if any(&|what| matches!(what, EventKind::Redriven { .. })) => {
            "nothing records that it was processed before it became a dead letter"
        }
        () if setup.batching.is_some_and(|batching| batching.ack == BatchAck::Whole)
            && any(&|what| matches!(what, EventKind::HandlerFailed { msg: m, .. } if m != msg)) =>
        {
            "another message of its batch failed, and the whole batch came again"
        }
        () if has(Op::CheckMemory) && crashed => "the in-memory ID set was lost in the crash",
        () if has(Op::CheckMemory) => "each process has its own ID set",
        () if has(Op::CheckRedis) => {
            "between processing and marking, nothing records that the work is done"
        }
        () if any(&|what| matches!(what, EventKind::Unsettled { .. })) => {
            "the broker had not yet persisted that it was settled"
        }
        () if has(Op::ClaimInProgress) && (crashed || !any(&lapses)) => {
            "until it is marked as done, nothing records that the work is done"
        }
        () if has(Op::Claim) || has(Op::ClaimInProgress) => {
            "the claim expired while its owner was still processing"
        }
        () if has(Op::Inbox) => "the ID is no longer in the inbox",
        () if has(Op::Produce) => "a read_uncommitted reader of the output sees aborted records",
        () => products::of(setup.configuration()).terms.settlement.missing,
    };
    Some(text.into())
}

fn lost(setup: &CompiledScenario, trace: &Trace, msg: MessageId) -> Option<String> {
    let any = |f: &dyn Fn(EventKind) -> bool| trace.events.iter().any(|e| f(e.what));
    let record = trace.last().ledger.of(msg);
    let ack = setup.consumer.place(Op::Ack);
    let work = setup.effect().and_then(|op| setup.consumer.place(op));
    let sender_died = any(
        &|what| matches!(what, EventKind::Crashed { at } | EventKind::PermanentLoss { at } if at.sender().is_some()),
    );
    let dropped = any(&|what| matches!(what, EventKind::Dropped { msg: m, .. } if m == msg));
    let to_the_end = |what| matches!(what, EventKind::OffsetOutOfRange { to: ResetTo::Latest, .. });
    let from_the_end =
        |what| matches!(what, EventKind::PartitionAssigned { to: Some(ResetTo::Latest), .. });
    let text = match () {
        () if record.begun > 0 && setup.consumer.has(Op::Claim) => {
            "the claim remains, so every later delivery skips the work"
        }
        () if any(&|what| matches!(what, EventKind::RowSkipped { msg: m, .. } if m == msg)) => {
            "rows are read by ID, and it was committed after a higher ID had been sent"
        }
        () if record.begun > 0 && setup.worker.is_some() => {
            "the offset was committed before the work was done"
        }
        () if record.begun > 0 && ack.is_some() && ack < work => {
            "it was acknowledged before the work was done"
        }
        () if record.begun == 0
            && any(&|what| matches!(what, EventKind::OffsetsReset { to: ResetTo::Latest, .. })) =>
        {
            "nothing reads what was skipped"
        }
        () if record.begun == 0 && !dropped && any(&to_the_end) => {
            "auto.offset.reset=latest skips what lies before the end of the log"
        }
        () if record.begun == 0
            && record.stored > record.gone
            && !dropped
            && any(&from_the_end) =>
        {
            "auto.offset.reset=latest skips what the new partition had before the group found it"
        }
        () if dropped => "nothing keeps what is discarded",
        () if record.stored > 0
            && record.begun == 0
            && any(&|what| matches!(what, EventKind::Vanished { msg: m, .. } if m == msg)) =>
        {
            "it was acknowledged before it was durable"
        }
        () if any(&|what| matches!(what, EventKind::Unroutable { msg: m, .. } if m == msg)) => {
            "no queue is bound, and the broker confirms all the same"
        }
        () if !(products::of(setup.configuration()).redelivers)(setup) && record.stored > 0 => {
            "it was removed as soon as it was sent to the consumer"
        }
        () if sender_died && setup.on_restart == OnRestart::Forget && record.stored == 0 => {
            "the restarted producer remembers nothing of it"
        }
        () if record.stored == 0 && setup.attempts == 1 => "nothing retries it",
        () if record.stored == 0
            && any(
                &|what| matches!(what, EventKind::Lost { kind: PacketKind::Send, msg: m, .. } if m == msg),
            ) =>
        {
            "there are no attempts left"
        }
        () => return None,
    };
    Some(text.into())
}
