//! The steps of a run in words.

use super::sentence;
use crate::sim::{Choice, CompiledScenario, End, Trace};

/// A step of a run, described in words.
pub struct StepText {
    /// The step number, from 1.
    pub number: usize,
    pub fault: bool,
    /// The event key, as in the text trace: `work@m1#2`.
    pub key: String,
    pub sentence: String,
}

/// Returns the steps of a run that have a description, and true if the run then loops forever.
pub fn steps(setup: &CompiledScenario, schedule: &[Choice]) -> (Vec<StepText>, bool) {
    let trace = Trace::fork(setup, schedule);
    let described = |(i, step): (usize, &crate::sim::Step)| {
        let events = trace.events_of(i + 1).iter();
        let sentences: Vec<String> = events.filter_map(|e| sentence(setup, e)).collect();
        (!sentences.is_empty()).then(|| StepText {
            number: i + 1,
            fault: matches!(step.choice, Choice::Strike(..)),
            key: step.key.clone(),
            sentence: sentences.join(" "),
        })
    };
    let steps = trace.steps.iter().take(schedule.len()).enumerate().filter_map(described).collect();
    (steps, matches!(trace.end, End::Repeats(_)))
}
