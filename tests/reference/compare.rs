//! Compares the shipped search with the reference search.

use crate::case::Case;
use crate::naive::{self, Budget, Incomplete, Reference, State, TerminalState, violates};
use ackward::check::{Bounds, DeliveryModel, Explorer, Finding, Progress, Property, Verdict};
use ackward::sim::{Choice, CompiledScenario};
use std::collections::BTreeSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One way in which the two disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The property is violated, and the shipped search says that it holds.
    WrongProof(Property),
    /// The property holds, and the shipped search says that it is violated.
    WrongViolation(Property),
    /// The shipped counterexample is not a run, or violates nothing at its end.
    WrongCounterexample(Property, String),
    /// A terminal state that the shipped search does not report.
    MissingTerminalState(TerminalState),
    /// A terminal state that no run has.
    InventedTerminalState(TerminalState),
    /// The shipped search had no result, or panicked.
    NoResult(String),
}

impl Difference {
    /// Returns true if both are of the same kind, so that the same rule may have caused them.
    fn is_like(&self, other: &Difference) -> bool {
        use Difference::*;
        match (self, other) {
            (WrongProof(a), WrongProof(b)) => a == b,
            (WrongViolation(a), WrongViolation(b)) => a == b,
            (WrongCounterexample(a, _), WrongCounterexample(b, _)) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::WrongProof(property) => {
                write!(f, "{}: said to hold, and is violated", property.key())
            }
            Difference::WrongViolation(property) => {
                write!(f, "{}: said to be violated, and holds", property.key())
            }
            Difference::WrongCounterexample(property, problem) => {
                write!(f, "{}: wrong counterexample: {problem}", property.key())
            }
            Difference::MissingTerminalState(end) => write!(f, "terminal state missing: {end}"),
            Difference::InventedTerminalState(end) => write!(f, "terminal state invented: {end}"),
            Difference::NoResult(problem) => write!(f, "no result: {problem}"),
        }
    }
}

/// The result of a comparison.
pub enum Compared {
    /// With the number of states of the reference search.
    Agrees(usize),
    Differs(Vec<Difference>),
    /// The reference search had no result.
    Incomplete(Incomplete),
    /// The product's rules reject the configuration.
    Refused,
}

/// Compares the two, unless the reference search has more states than the limit.
pub fn compare(case: &Case, limit: usize) -> Compared {
    let Ok(setup) = case.setup() else { return Compared::Refused };
    let delivery = delivery(&setup, case.budget);
    // Both must use the same compiled scenario: the one that expects these faults.
    let reference = match naive::search(&delivery.setup, case.budget, limit) {
        Ok(reference) => reference,
        Err(incomplete) => return Compared::Incomplete(incomplete),
    };
    // A reduced search visits a subset of the states of the full one, apart from a few states that
    // it adds; a panic counts as a result, so that the case is printed.
    let shipped = catch_unwind(AssertUnwindSafe(|| verdict(delivery.clone(), limit * 2)));
    let differences = match shipped {
        Ok(shipped) if shipped.progress == Progress::Exhausted => {
            differences(&delivery.setup, case.budget, &reference, &shipped)
        }
        Ok(_) => vec![Difference::NoResult("cut off, or a queue was full".to_owned())],
        Err(_) => vec![Difference::NoResult("it panicked".to_owned())],
    };
    match differences.is_empty() {
        true => Compared::Agrees(reference.states()),
        false => Compared::Differs(differences),
    }
}

/// Returns the shipped model of a compiled scenario within a budget.
pub fn delivery(setup: &CompiledScenario, Budget { faults, classes }: Budget) -> DeliveryModel {
    DeliveryModel::new(setup, Bounds { faults, classes })
}

/// Returns the verdict of the shipped search.
pub fn verdict(model: DeliveryModel, limit: usize) -> Verdict {
    let mut explorer = Explorer::new(model, limit);
    let progress = explorer.run();
    Verdict::of(&explorer, progress)
}

fn differences(
    setup: &CompiledScenario,
    budget: Budget,
    reference: &Reference,
    shipped: &Verdict,
) -> Vec<Difference> {
    let mut all = Vec::new();
    for (property, finding) in &shipped.findings {
        let property = *property;
        match (finding, reference.violated.contains(&property)) {
            (Finding::Holds, true) => all.push(Difference::WrongProof(property)),
            (Finding::Violated(_), false) => all.push(Difference::WrongViolation(property)),
            (Finding::Violated(run), true) => {
                if let Err(problem) = replay(setup, budget, reference, property, run) {
                    all.push(Difference::WrongCounterexample(property, problem));
                }
            }
            (Finding::Holds, false) => {}
            (Finding::Unknown, _) => {
                all.push(Difference::NoResult(format!("{} is left open", property.key())));
            }
        }
    }
    let of = |ending: &ackward::check::TerminalState| {
        TerminalState::of(&ending.ledger, setup.configuration().messages)
    };
    let terminal: BTreeSet<TerminalState> = shipped.endings.iter().map(of).collect();
    let missing = reference.terminal.difference(&terminal).cloned();
    all.extend(missing.map(Difference::MissingTerminalState));
    let invented = terminal.difference(&reference.terminal).cloned();
    all.extend(invented.map(Difference::InventedTerminalState));
    all
}

/// Replays a counterexample in the unreduced model. `Err` if one of its choices is not enabled, or
/// if the property is not violated at its end.
fn replay(
    setup: &CompiledScenario,
    budget: Budget,
    reference: &Reference,
    property: Property,
    run: &[Choice],
) -> Result<(), String> {
    let mut state = State::initial(setup);
    let mut choices = Vec::new();
    for (number, choice) in run.iter().enumerate() {
        state.choices(setup, budget, &mut choices);
        if !choices.contains(choice) {
            return Err(format!("step {}, {choice:?}, is not on offer", number + 1));
        }
        state = state.after(setup, *choice);
    }
    let ended = state.choices(setup, budget, &mut choices) == 0;
    let is_violated = match property {
        Property::NeverStuck => {
            reference.is_stuck(&state).ok_or("the reference search has not seen its end")?
        }
        _ => violates(property, &state.world.ledger, setup.configuration().messages, ended),
    };
    match is_violated {
        true => Ok(()),
        false => Err(format!("its {} steps violate nothing", run.len())),
    }
}

/// Returns true if the case disagrees in one of the wanted ways.
pub fn still_differs(case: &Case, wanted: &[Difference], limit: usize) -> bool {
    match compare(case, limit) {
        Compared::Differs(found) => found.iter().any(|f| wanted.iter().any(|w| w.is_like(f))),
        _ => false,
    }
}
