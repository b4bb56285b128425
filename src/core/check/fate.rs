//! Fates of messages: the final outcome of a message, and what its producer was told.

use super::model::TerminalState;
use crate::sim::{Outcome, ProducerReport, Record};
use std::collections::BTreeSet;

/// The fate of one message in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fate {
    /// Final outcome of the message.
    pub outcome: Outcome,
    /// Number of effects, saturating at [`Record::MOST`].
    pub effects: u8,
    /// Report to the producer's caller.
    pub told: ProducerReport,
}

impl Fate {
    /// Returns the outcome in a few words: "lost silently".
    pub fn outcome(&self) -> &'static str {
        match self.outcome {
            Outcome::Once => "once",
            Outcome::NeverSent => "never sent",
            Outcome::LostSilently => "lost silently",
            Outcome::LostWithError => "lost, with an error",
            Outcome::Unknown => "once, but with an error",
            Outcome::Duplicated => "duplicated",
            Outcome::DeadLettered => "dead-lettered",
        }
    }

    /// Returns the number of effects in words: "1 effect", "7 or more effects".
    pub fn counted(&self) -> String {
        match self.effects {
            Record::MOST => format!("{} or more effects", Record::MOST),
            1 => "1 effect".to_owned(),
            n => format!("{n} effects"),
        }
    }

    /// Returns what the producer's caller was told: "ok".
    pub fn told(&self) -> &'static str {
        match self.told {
            ProducerReport::Ok => "ok",
            ProducerReport::Error => "error",
            ProducerReport::Nothing => "nothing",
        }
    }
}

/// Returns the fates of messages over all terminal states.
pub fn fates(messages: u8, endings: &[TerminalState]) -> BTreeSet<Fate> {
    let ends = endings.iter().filter(|end| !end.endless);
    let all = ends.flat_map(|end| (0..messages).map(move |m| (end, m)));
    all.map(|(end, m)| Fate {
        outcome: end.ledger.outcome(m),
        effects: end.ledger.of(m).effects(),
        told: end.ledger.of(m).told,
    })
    .collect()
}
