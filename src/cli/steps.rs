//! Runs and their ends in words and figures, for people and for JSON alike.

use super::check::{Faults, Found};
use crate::check::{self, Hint, Scope, TerminalState};
use crate::sim::{Choice, Class, Classes, CompiledScenario, End, Trace};
use crate::text;

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
pub fn steps(setup: &CompiledScenario, schedule: &[Choice]) -> (Vec<Step>, bool) {
    let trace = Trace::fork(setup, schedule);
    let told = |(i, step): (usize, &crate::sim::Step)| {
        let events = trace.events_of(i + 1).iter();
        let said: Vec<String> = events.filter_map(|e| text::sentence(setup, e)).collect();
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

/// What the verdict is about: the kinds of the faults that strike, and the configuration.
pub fn scope(found: &Found) -> Scope<'_> {
    let kinds = match &found.faults {
        Faults::Anywhere(bounds) if bounds.faults == 0 => Classes::default(),
        Faults::Anywhere(bounds) => bounds.classes,
        Faults::Script(script) => script.iter().filter_map(|fault| fault.kind.class()).collect(),
    };
    Scope::new(&found.setup, kinds)
}

/// What the verdict says nothing about.
pub fn not_tried(found: &Found) -> String {
    match &found.faults {
        Faults::Anywhere(bounds) => check::not_tried(found.scenario.messages, *bounds, Class::key),
        Faults::Script(_) => "any other fault, and these at other points".to_owned(),
    }
}

/// The hints that go with what was proved.
pub fn hints(found: &Found) -> Vec<Hint> {
    check::hints(&scope(found), |property| found.proves(property))
}

/// What can be said of a whole run: its key, its words, and whether some run is so.
pub fn flags(found: &Found) -> [(&'static str, &'static str, bool); 3] {
    let any = |what: fn(&TerminalState) -> bool| found.endings.iter().any(what);
    [
        ("out_of_order", "out of order", any(|end| end.ledger.out_of_order)),
        ("held_up", "held up for a while, with nobody at work", any(|end| end.ledger.blocked)),
        ("endless", "never come to an end", any(|end| end.endless)),
    ]
}
