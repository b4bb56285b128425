//! A configuration against one kind of fault: what can become of its messages.

use super::explorer::{Explorer, Progress};
use super::model::{Bounds, Delivery};
use super::property::Property;
use super::verdict::{Finding, Verdict};
use crate::sim::{Choice, Class, Classes, Outcome, Scenario, Setup};

/// What one kind of fault can do to a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The kind of fault has no place to strike here.
    pub idle: bool,
    /// Everything was tried: what is not named cannot happen.
    pub proved: bool,
    /// What it breaks, with a shortest run for each.
    pub broken: Vec<(Property, Vec<Choice>)>,
    /// A message can be parked with the dead letters.
    pub dead_letters: bool,
    /// Different states that were reached.
    pub states: usize,
}

/// The search for one cell, in slices.
pub struct CellSearch {
    explorer: Explorer<Delivery>,
    /// States where no fault can strike, if known.
    calm: Option<usize>,
}

impl CellSearch {
    /// For one fault of this kind; `None` is for the runs in which none strikes. `calm` is the
    /// number of states that those have: a kind of fault that adds none has no place to strike.
    pub fn new(
        scenario: &Scenario,
        class: Option<Class>,
        calm: Option<usize>,
        limit: usize,
    ) -> Option<CellSearch> {
        let bare = Scenario { faults: vec![], ..scenario.clone() };
        let setup = Setup::new(&bare).ok()?;
        let classes: Classes = class.into_iter().collect();
        let bounds = Bounds { faults: 1, classes };
        Some(CellSearch { explorer: Explorer::new(Delivery::new(&setup, bounds), limit), calm })
    }

    /// Follows up to so many states; the cell, when it is decided.
    pub fn advance(&mut self, states: usize) -> Option<Cell> {
        let progress = self.explorer.advance(states);
        if progress == Progress::Running {
            return None;
        }
        let verdict = Verdict::of(&self.explorer, progress);
        let broken = |(property, finding): &(Property, Finding)| match finding {
            Finding::Broken(schedule) => Some((*property, schedule.clone())),
            Finding::Proved | Finding::Open => None,
        };
        let messages = 0..verdict.messages;
        let parked =
            |m| verdict.endings.iter().any(|end| end.ledger.outcome(m) == Outcome::DeadLettered);
        Some(Cell {
            idle: self.calm == Some(verdict.states),
            proved: progress == Progress::Exhausted,
            broken: verdict.findings.iter().filter_map(broken).collect(),
            dead_letters: messages.into_iter().any(parked),
            states: verdict.states,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(scenario: &Scenario, class: Option<Class>, calm: Option<usize>) -> Cell {
        let mut search = CellSearch::new(scenario, class, calm, 100_000).unwrap();
        loop {
            if let Some(cell) = search.advance(100) {
                return cell;
            }
        }
    }

    #[test]
    fn a_cell_says_what_the_kind_of_fault_does() {
        let json = r#"{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 2,
            "producer": "fire-and-forget",
            "broker": { "generic": { "acknowledge": "after-sync" } },
            "consumer": { "program": ["receive", "work", "ack"] } }"#;
        let scenario = Scenario::from_json(json).unwrap();
        let calm = cell(&scenario, None, None);
        assert!(calm.proved && calm.broken.is_empty());
        let of = |class| cell(&scenario, Some(class), Some(calm.states));
        assert!(of(Class::Reappear).idle, "only SQS has deleted messages come back");
        let lost: Vec<Property> = of(Class::Lost).broken.iter().map(|(p, _)| *p).collect();
        assert!(lost.contains(&Property::NeverLostSilently), "{lost:?}");
        let slow: Vec<Property> = of(Class::Handler).broken.iter().map(|(p, _)| *p).collect();
        assert_eq!(slow, [Property::InOrder], "a failed message comes back behind a later one");
    }
}
