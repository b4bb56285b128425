//! Verdict: the outcome of each message so far, and of the run as a whole.

use super::{MessageVerdict, Remark, Test};
use crate::diagram::ir::Tone;
use crate::sim::settings::Database;
use crate::sim::{
    CompiledScenario, End, Expect, MessageId, Outcome, Participant, ProducerReport, World,
};
use crate::text;

/// Returns the verdict on each message; if `ended`, the run is over and the verdict final.
pub(super) fn so_far(setup: &CompiledScenario, world: &World, ended: bool) -> Vec<MessageVerdict> {
    (0..setup.configuration().messages).map(|m| one(setup, world, m, ended)).collect()
}

fn one(setup: &CompiledScenario, world: &World, msg: MessageId, ended: bool) -> MessageVerdict {
    let record = world.ledger.of(msg);
    let (outcome, tone) = match world.ledger.outcome(msg) {
        Outcome::Duplicated if record.called > record.applied => {
            (format!("duplicated: email sent {}×", record.called), Tone::Warn)
        }
        Outcome::Duplicated => (format!("duplicated: applied {}×", record.applied), Tone::Warn),
        Outcome::DeadLettered => ("dead-lettered".into(), Tone::Warn),
        _ if !ended && record.effects() == 0 => ("in progress".into(), Tone::Plain),
        _ if !ended => ("applied once so far".into(), Tone::Plain),
        Outcome::NeverSent => ("never sent".into(), Tone::Warn),
        Outcome::Once => ("delivered once".into(), Tone::Good),
        Outcome::LostSilently => ("lost silently".into(), Tone::Bad),
        Outcome::LostWithError => ("lost (producer got an error)".into(), Tone::Bad),
        Outcome::Unknown => ("delivered, but producer got an error".into(), Tone::Bad),
    };
    MessageVerdict {
        message: text::message(msg),
        stored: record.stored,
        handled: record.handled,
        applied: record.applied,
        mails: setup.parties.contains(&Participant::Mail).then_some(record.called),
        told: report(setup, record.told, ended).into(),
        outcome,
        tone,
    }
}

fn report(setup: &CompiledScenario, told: ProducerReport, ended: bool) -> &'static str {
    match told {
        ProducerReport::Ok => "Ok",
        ProducerReport::Error => text::error_name(setup),
        ProducerReport::Nothing if ended => "nothing",
        ProducerReport::Nothing => "nothing yet",
    }
}

/// Returns the remarks that do not belong to a single message; `end` is how the run ended, if it
/// has.
pub(super) fn remarks(setup: &CompiledScenario, world: &World, end: Option<End>) -> Vec<Remark> {
    let remark = |text: String, tone| Remark { text, tone };
    let mut remarks = Vec::new();
    if world.ledger.out_of_order {
        remarks.push(remark("Out of order: a later message took effect first.".into(), Tone::Warn));
    }
    if world.ledger.blocked {
        let text = "Blocked: messages waited while no consumer was processing them.";
        remarks.push(remark(text.into(), Tone::Warn));
    }
    match end {
        Some(End::Repeats(step)) => {
            let text = format!("Infinite loop: the state is the same as after step {step}.");
            remarks.push(remark(text, Tone::Bad));
        }
        Some(End::CutOff) => {
            remarks
                .push(remark("Truncated: the run continues beyond this point.".into(), Tone::Warn));
        }
        _ => {}
    }
    if end.is_some() && matches!(setup.configuration().database, Some(db) if db != Database::Outbox)
    {
        remarks.extend((0..setup.configuration().messages).filter_map(|m| torn(world, m)));
    }
    remarks
}

/// Returns a remark if the producer's database and the other systems disagree about a message.
fn torn(world: &World, msg: MessageId) -> Option<Remark> {
    let record = world.ledger.of(msg);
    let m = text::message(msg);
    let text = match (record.effects() > 0, record.saved) {
        (true, false) => {
            format!("Phantom message: {m} was delivered, but its order was never committed.")
        }
        (false, true) => {
            format!("Inconsistent: order {m} is committed, but its message had no effect.")
        }
        _ => return None,
    };
    Some(Remark { text, tone: Tone::Bad })
}

/// Returns the test result, if the scenario is a test.
pub(super) fn test(setup: &CompiledScenario, world: &World) -> Option<Test> {
    let expect = setup.scenario.expect?;
    let asks = match expect {
        Expect::NoLoss => "No message is lost.",
        Expect::NoDuplicate => "No message takes effect twice.",
        Expect::Once => "Each message takes effect once.",
    };
    let effects = |m: MessageId| world.ledger.of(m).effects();
    let failed = (0..setup.configuration().messages).filter(|&m| !expect.holds(effects(m)));
    let found: Vec<_> = failed
        .map(|m| match effects(m) {
            0 => format!("{} had no effect.", text::message(m)),
            n => format!("{} took effect {n} times.", text::message(m)),
        })
        .collect();
    Some(Test { passed: found.is_empty(), asks: asks.into(), found: found.join(" ") })
}
