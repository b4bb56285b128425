//! Runs and their ends in words and figures, for people and for JSON alike.

use super::examine::Found;
use crate::check::Ending;
use crate::sim::{Choice, End, Outcome, Record, Setup, Told, Trace};
use crate::words;
use std::collections::BTreeSet;

/// A step of a run, told.
pub struct Step {
    /// Counted from 1.
    pub number: usize,
    pub fault: bool,
    /// As the text trace names it: `work@m1#2`.
    pub key: String,
    pub sentence: String,
}

/// The steps of a run that say something; and whether it goes round for ever afterwards.
pub fn steps(setup: &Setup, schedule: &[Choice]) -> (Vec<Step>, bool) {
    let trace = Trace::fork(setup, schedule);
    let told = |(i, step): (usize, &crate::sim::Step)| {
        let events = trace.events_of(i + 1).iter();
        let said: Vec<String> = events.filter_map(|e| words::sentence(setup, e)).collect();
        (!said.is_empty()).then(|| Step {
            number: i + 1,
            fault: matches!(step.choice, Choice::Strike(..)),
            key: step.key.clone(),
            sentence: said.join(" "),
        })
    };
    let steps = trace.steps.iter().take(schedule.len()).enumerate().filter_map(told).collect();
    (steps, matches!(trace.end, End::Repeats(_)))
}

/// What can become of a message.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fate {
    pub outcome: Outcome,
    pub effects: u8,
    pub told: Told,
}

impl Fate {
    pub fn outcome(&self) -> &'static str {
        match self.outcome {
            Outcome::Once => "once",
            Outcome::NeverSent => "never sent",
            Outcome::LostSilently => "lost silently",
            Outcome::LostWithError => "lost, error reported",
            Outcome::Unknown => "once, though an error was reported",
            Outcome::Duplicated => "duplicated",
            Outcome::DeadLettered => "parked as a dead letter",
        }
    }

    /// "1 effect", "7 or more effects".
    pub fn counted(&self) -> String {
        match self.effects {
            Record::MOST => format!("{} or more effects", Record::MOST),
            1 => "1 effect".to_owned(),
            n => format!("{n} effects"),
        }
    }

    pub fn told(&self) -> &'static str {
        match self.told {
            Told::Ok => "ok",
            Told::Error => "error",
            Told::Nothing => "nothing",
        }
    }
}

/// What can become of a message, over all ends of runs.
pub fn fates(messages: u8, endings: &[Ending]) -> BTreeSet<Fate> {
    let ends = endings.iter().filter(|end| !end.endless);
    let all = ends.flat_map(|end| (0..messages).map(move |m| (end, m)));
    all.map(|(end, m)| Fate {
        outcome: end.ledger.outcome(m),
        effects: end.ledger.of(m).effects(),
        told: end.ledger.of(m).told,
    })
    .collect()
}

/// What can be said of a whole run: its key, its words, and whether some run is so.
pub fn flags(found: &Found) -> [(&'static str, &'static str, bool); 3] {
    let any = |what: fn(&Ending) -> bool| found.endings.iter().any(what);
    [
        ("out_of_order", "out of order", any(|end| end.ledger.out_of_order)),
        ("held_up", "held up for a while, with nobody at work", any(|end| end.ledger.blocked)),
        ("endless", "never come to an end", any(|end| end.endless)),
    ]
}
