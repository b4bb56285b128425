//! Runs that violate a property: how they are told, and how shorter ones are found.

use super::{Outcome, SHORTER};
use crate::check::{Bounds, DeliveryModel, Finding, Model, Property, Verdict, shortened, why};
use crate::sim::{Choice, Classes, CompiledScenario, Trace};
use std::rc::Rc;

/// A run that violates a property.
#[derive(Clone, Debug)]
pub struct Run {
    /// The configuration with its messages and the script of its faults, if there is one.
    pub setup: CompiledScenario,
    pub schedule: Vec<Choice>,
    /// What happens and why, in a sentence.
    pub text: String,
}

/// Replaces runs by shorter ones, as far as they are found. A search is made once for all runs that it
/// found, and not at all for those of which nothing is told.
pub fn replace_by_shorter<'a>(outcomes: impl Iterator<Item = (Property, &'a mut Outcome)>) {
    let mut known: Vec<(Rc<(DeliveryModel, Verdict)>, Verdict)> = Vec::new();
    for (property, outcome) in outcomes {
        let Some(source) = outcome.source.take() else { continue };
        let at = known.iter().position(|(own, _)| Rc::ptr_eq(own, &source)).unwrap_or_else(|| {
            let (model, verdict) = &*source;
            known.push((source.clone(), shortened(model, verdict.clone(), SHORTER)));
            known.len() - 1
        });
        let (source, verdict) = &known[at];
        if let Finding::Violated(schedule) = verdict.finding(property) {
            outcome.run = Some(explained(source.0.setup.clone(), schedule.clone(), property));
        }
    }
}

/// Explains a counterexample in a sentence.
pub fn explained(setup: CompiledScenario, schedule: Vec<Choice>, property: Property) -> Run {
    let trace = Trace::fork(&setup, &schedule);
    let text = why(&setup, &trace, property).map(|why| why.text).unwrap_or_default();
    Run { setup, schedule, text }
}

/// Follows a script as it strikes by itself, if that violates the property.
pub fn scripted_run(setup: &CompiledScenario, property: Property) -> Option<Run> {
    let trace = Trace::run(setup);
    let schedule = trace.steps.iter().map(|step| step.choice).collect();
    let ended = DeliveryModel::new(setup, Bounds { faults: 0, classes: Classes::default() })
        .violated_properties(trace.last(), true);
    let breaks = property == Property::NeverStuck || ended & 1 << property as u16 != 0;
    breaks.then(|| {
        let text = why(setup, &trace, property).map(|why| once(&why.text)).unwrap_or_default();
        Run { setup: setup.clone(), schedule, text }
    })
}

/// Names a fault once that strikes every time.
fn once(text: &str) -> String {
    let (what, causes) = text.split_once(": ").unwrap_or((text, ""));
    let mut clauses: Vec<&str> = Vec::new();
    for clause in causes.trim_end_matches('.').split(", ") {
        let clause = clause.trim_start_matches("and ");
        if !clause.is_empty() && !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    match clauses.is_empty() {
        true => text.to_owned(),
        false => format!("{what}: {}, every time.", clauses.join(", ")),
    }
}
