//! The shipped search held against the reference search.

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
    /// The shipped counterexample is no run, or violates nothing at its end.
    WrongCounterexample(Property, String),
    /// Runs end like this, and the shipped search does not know.
    MissingTerminalState(TerminalState),
    /// No run ends like this.
    InventedTerminalState(TerminalState),
    /// The shipped search came to no result, or panicked.
    NoResult(String),
}

impl Difference {
    /// Returns true if both are of one kind, so that the same rule may have caused them.
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

/// What came of a comparison.
pub enum Compared {
    /// With the number of states of the reference search.
    Agrees(usize),
    Differs(Vec<Difference>),
    /// The reference search came to no result.
    Incomplete(Incomplete),
    /// The product's rules refuse the configuration.
    Refused,
}

/// Compares the two, unless the reference search has more states than the limit.
pub fn compare(case: &Case, limit: usize) -> Compared {
    let Ok(setup) = case.setup() else { return Compared::Refused };
    let delivery = delivery(&setup, case.budget);
    // The setup that both look at is the one made ready for these faults.
    let reference = match naive::search(&delivery.setup, case.budget, limit) {
        Ok(reference) => reference,
        Err(incomplete) => return Compared::Incomplete(incomplete),
    };
    // What a reduced search visits is part of what the whole one does, but for a few states that
    // it adds; a panic is a result like any other, so that the case gets printed.
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

/// The shipped model of a setup within a budget.
pub fn delivery(setup: &CompiledScenario, Budget { faults, classes }: Budget) -> DeliveryModel {
    DeliveryModel::new(setup, Bounds { faults, classes })
}

/// What the shipped search finds.
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
        TerminalState::of(&ending.ledger, setup.scenario.messages)
    };
    let terminal: BTreeSet<TerminalState> = shipped.endings.iter().map(of).collect();
    let missing = reference.terminal.difference(&terminal).cloned();
    all.extend(missing.map(Difference::MissingTerminalState));
    let invented = terminal.difference(&reference.terminal).cloned();
    all.extend(invented.map(Difference::InventedTerminalState));
    all
}

/// Replays a counterexample in the unreduced model. `Err` if one of its choices is not on offer,
/// or if the property is not violated at its end.
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
        _ => violates(property, &state.world.ledger, setup.scenario.messages, ended),
    };
    match is_violated {
        true => Ok(()),
        false => Err(format!("its {} steps violate nothing", run.len())),
    }
}

/// Returns true if the case disagrees in a way that is like one of these.
pub fn still_differs(case: &Case, wanted: &[Difference], limit: usize) -> bool {
    match compare(case, limit) {
        Compared::Differs(found) => found.iter().any(|f| wanted.iter().any(|w| w.is_like(f))),
        _ => false,
    }
}
