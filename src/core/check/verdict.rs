//! What was found out about a configuration, property by property.

use super::explorer::{Explorer, Progress};
use super::model::{Bounds, DeliveryModel, TerminalState};
use super::property::Property;
use super::shrink::{breaks, cannot_end, shrink};
use crate::sim::{Choice, Class, Classes, CompiledScenario};

/// What is known of one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It holds in every run within the bounds.
    Holds,
    /// A short run that breaks it, and what was done in it.
    Violated(Vec<Choice>),
    /// Not broken so far, and not everything was tried.
    Unknown,
}

/// What is known of a configuration within bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub bounds: Bounds,
    /// Messages sent.
    pub messages: u8,
    /// Different states that were reached.
    pub states: usize,
    pub progress: Progress,
    pub findings: Vec<(Property, Finding)>,
    /// The ways in which runs end.
    pub endings: Vec<TerminalState>,
    /// A bit for each property whose run is known to be a shortest one: [`super::shortened`].
    pub shortest: u16,
}

impl Verdict {
    /// What an exploration knows so far.
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
            messages: explorer.model.setup.scenario.messages,
            states: explorer.states(),
            progress,
            findings: Property::ALL.map(|property| (property, finding(property))).to_vec(),
            endings: explorer.endings().iter().map(|(ending, _)| *ending).collect(),
            shortest: 0,
        }
    }

    /// What is known of the property.
    pub fn finding(&self, property: Property) -> &Finding {
        // Every property is in the list.
        let found = self.findings.iter().find(|(p, _)| *p == property);
        found.map_or(&Finding::Unknown, |(_, finding)| finding)
    }

    /// Returns true if no run breaks the property in fewer steps than the one that was found.
    pub fn is_shortest(&self, property: Property) -> bool {
        self.shortest & 1 << property as u16 != 0
    }

    /// Whether the property was proved.
    pub fn proves(&self, property: Property) -> bool {
        *self.finding(property) == Finding::Holds
    }
}

/// States that are gone through, with nothing left out, for a run that could not be put together
/// from a reduced search.
const AGAIN: usize = 100_000;

/// A run that breaks the property. `None` if none can be shown: then nothing is claimed.
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

/// Tries every run of a setup within the bounds, up to a limit of states.
pub fn check(setup: &CompiledScenario, bounds: Bounds, limit: usize) -> Verdict {
    judged(DeliveryModel::new(setup, bounds), limit)
}

/// The same for a model.
pub fn judged(model: DeliveryModel, limit: usize) -> Verdict {
    let mut explorer = Explorer::new(model, limit);
    let progress = explorer.run();
    Verdict::of(&explorer, progress)
}

/// The kinds of faults that are tried where nobody says otherwise: what happens to everybody
/// sooner or later.
pub fn usual() -> Classes {
    [Class::Lost, Class::Crash, Class::Handler, Class::Slow].into_iter().collect()
}
