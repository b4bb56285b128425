//! What has become of each message so far.

use super::MessageVerdict;
use crate::diagram::ir::Tone;
use crate::sim::{Msg, Outcome, Setup, Told, World};
use crate::words;

/// The verdict on each message; `ended` says that the run is over and the verdict final.
pub(super) fn so_far(setup: &Setup, world: &World, ended: bool) -> Vec<MessageVerdict> {
    (0..setup.scenario.messages).map(|m| one(setup, world, m, ended)).collect()
}

fn one(setup: &Setup, world: &World, msg: Msg, ended: bool) -> MessageVerdict {
    let record = world.ledger.of(msg);
    let (outcome, tone) = match world.ledger.outcome(msg) {
        Outcome::Duplicated if record.called > record.applied => {
            (format!("duplicated: mail sent {}×", record.called), Tone::Warn)
        }
        Outcome::Duplicated => (format!("duplicated: applied {}×", record.applied), Tone::Warn),
        Outcome::DeadLettered => ("parked as a dead letter".into(), Tone::Warn),
        _ if !ended && record.applied == 0 => ("on its way".into(), Tone::Plain),
        _ if !ended => ("applied once so far".into(), Tone::Plain),
        Outcome::Once => ("delivered once".into(), Tone::Good),
        Outcome::LostSilently => ("lost silently".into(), Tone::Bad),
        Outcome::LostWithError => ("lost, error reported".into(), Tone::Bad),
        Outcome::Unknown => ("unknown: error reported, yet delivered".into(), Tone::Bad),
    };
    MessageVerdict {
        message: words::message(msg),
        stored: record.stored,
        handled: record.handled,
        applied: record.applied,
        told: told(setup, record.told, ended).into(),
        outcome,
        tone,
    }
}

fn told(setup: &Setup, told: Told, ended: bool) -> &'static str {
    match told {
        Told::Ok => "Ok",
        Told::Error => words::error_name(setup),
        Told::Nothing if ended => "nothing",
        Told::Nothing => "nothing yet",
    }
}
