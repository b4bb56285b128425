//! The verdict on a configuration: for each property, whether it holds within the bounds.

use super::explorer::{Explorer, Progress};
use super::model::{Bounds, DeliveryModel, TerminalState};
use super::property::Property;
use super::shrink::{breaks, cannot_end, shrink};
use crate::sim::{Choice, Class, Classes, CompiledScenario, FaultSpec};

/// Result for one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Holds in every run within the bounds.
    Holds,
    /// Violated, with a counterexample: the choices of a short run that violates the property.
    Violated(Vec<Choice>),
    /// No counterexample was found, and the state space was not exhausted.
    Unknown,
}

/// Result of checking a configuration within bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The bounds that were checked.
    pub bounds: Bounds,
    /// Number of messages sent.
    pub messages: u8,
    /// Number of distinct states reached.
    pub states: usize,
    /// Progress of the search at the time of this verdict.
    pub progress: Progress,
    /// The result for each property.
    pub findings: Vec<(Property, Finding)>,
    /// Terminal states of all runs.
    pub endings: Vec<TerminalState>,
    /// One bit for each property whose counterexample is known to be of minimum length; set by
    /// [`super::shortened`].
    pub shortest: u16,
}

impl Verdict {
    /// Summarizes a search as far as it has come.
    pub fn of(explorer: &Explorer<DeliveryModel>, progress: Progress) -> Verdict {
        let finding = |property: Property| match explorer.violation(property as usize) {
            Some(place) => match counterexample(explorer, place, property) {
                Some(run) => Finding::Violated(run),
                None => Finding::Unknown,
            },
            None if progress == Progress::Exhausted => Finding::Holds,
            None => Finding::Unknown,
        };
        Verdict {
            bounds: explorer.model.bounds,
            messages: explorer.model.setup.configuration().messages,
            states: explorer.states(),
            progress,
            findings: Property::ALL.map(|property| (property, finding(property))).to_vec(),
            endings: explorer.endings().iter().map(|(ending, _)| *ending).collect(),
            shortest: 0,
        }
    }

    /// Returns the result for a property.
    pub fn finding(&self, property: Property) -> &Finding {
        // The list holds every property.
        let found = self.findings.iter().find(|(p, _)| *p == property);
        found.map_or(&Finding::Unknown, |(_, finding)| finding)
    }

    /// Returns true if no run violates the property in fewer steps than the counterexample.
    pub fn is_shortest(&self, property: Property) -> bool {
        self.shortest & 1 << property as u16 != 0
    }

    /// Returns true if the property was proved.
    pub fn proves(&self, property: Property) -> bool {
        *self.finding(property) == Finding::Holds
    }
}

/// Limit of states for the unreduced search that replaces a counterexample which could not be
/// reconstructed from the reduced one.
const AGAIN: usize = 100_000;

/// Returns a shrunk counterexample to the property. Returns `None` if no concrete run can be shown;
/// the property is then reported as unknown rather than violated.
fn counterexample(
    explorer: &Explorer<DeliveryModel>,
    place: u32,
    property: Property,
) -> Option<Vec<Choice>> {
    let model = &explorer.model;
    let found = explorer.schedule(place).map(|run| shrink(model, run, property));
    let is_one = |run: &Vec<Choice>| match property {
        Property::NeverStuck => cannot_end(model, run, AGAIN),
        _ => breaks(model, run, property),
    };
    found.filter(is_one).or_else(|| {
        let mut whole = Explorer::new(DeliveryModel { reduced: false, ..model.clone() }, AGAIN);
        whole.run();
        whole.violation(property as usize).and_then(|place| whole.schedule(place))
    })
}

/// Checks every run of a setup within the bounds, up to a limit of states.
pub fn check(setup: &CompiledScenario, bounds: Bounds, limit: usize) -> Verdict {
    judged(DeliveryModel::new(setup, bounds), limit)
}

/// Like [`check`], but for a given model.
pub fn judged(model: DeliveryModel, limit: usize) -> Verdict {
    let mut explorer = Explorer::new(model, limit);
    let progress = explorer.run();
    Verdict::of(&explorer, progress)
}

/// Returns the fault classes that are checked by default: those that occur in any system sooner or
/// later.
pub fn usual() -> Classes {
    [Class::Lost, Class::Crash, Class::Handler, Class::Slow].into_iter().collect()
}

/// Returns the fault classes that are checked by default beside a run with these faults: the usual
/// ones and those of the run, which otherwise could show what the verdict says is impossible.
pub fn usual_beside(faults: &[FaultSpec]) -> Classes {
    faults.iter().filter_map(|fault| fault.kind.class()).fold(usual(), Classes::with)
}
