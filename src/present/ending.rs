//! What a run comes to, in a word or two: the worst of its messages.

use super::Remark;
use crate::diagram::ir::Tone;
use crate::sim::{CompiledScenario, End, Ledger, MessageId, Outcome, Trace};

/// Returns the message with the worst outcome.
pub fn worst(messages: u8, ledger: &Ledger) -> Option<MessageId> {
    (0..messages).max_by_key(|&m| severity(ledger.outcome(m)))
}

fn severity(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Once => 0,
        Outcome::NeverSent => 1,
        Outcome::DeadLettered => 1,
        Outcome::Unknown => 2,
        Outcome::Duplicated => 3,
        Outcome::LostWithError => 4,
        Outcome::LostSilently => 5,
    }
}

/// Returns what the run comes to.
pub(super) fn ending(setup: &CompiledScenario, trace: &Trace) -> Remark {
    let ledger = &trace.last().ledger;
    let Some(worst) = worst(setup.configuration().messages, ledger) else {
        return Remark { text: "nothing happens".to_owned(), tone: Tone::Plain };
    };
    let record = ledger.of(worst);
    let (text, tone) = match ledger.outcome(worst) {
        _ if matches!(trace.end, End::Repeats(_)) => ("never ends".to_owned(), Tone::Bad),
        _ if trace.end == End::CutOff => ("cut off".into(), Tone::Warn),
        Outcome::LostSilently => ("lost silently".into(), Tone::Bad),
        Outcome::LostWithError => ("lost, with an error".into(), Tone::Bad),
        Outcome::Duplicated if record.called > record.applied => {
            (format!("email sent {}×", record.called), Tone::Warn)
        }
        Outcome::Duplicated => (format!("applied {}×", record.applied), Tone::Warn),
        Outcome::Unknown => ("delivered, yet an error".into(), Tone::Bad),
        Outcome::DeadLettered => ("dead-lettered".into(), Tone::Warn),
        Outcome::NeverSent => ("never sent".into(), Tone::Warn),
        Outcome::Once if ledger.out_of_order => ("out of order".into(), Tone::Warn),
        Outcome::Once if ledger.blocked => ("once, but blocked".into(), Tone::Warn),
        Outcome::Once => ("once".into(), Tone::Good),
    };
    Remark { text, tone }
}
