//! Fault matrix: the effects of a single fault class on a configuration.

use super::explore::explore_and;
use super::explorer::{Explorer, Progress};
use super::model::{Bounds, DeliveryModel};
use super::property::Property;
use super::shortest_counterexample::Shortest;
use super::verdict::{Finding, Verdict};
use crate::sim::{Choice, Class, Classes, CompiledScenario, Configuration, Outcome};

/// The effects of one fault class on a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// True if the state space was exhausted: what is not listed cannot happen.
    pub proved: bool,
    /// Violated properties, each with a counterexample.
    pub broken: Vec<(Property, Vec<Choice>)>,
    /// True if a message can end in the dead-letter queue.
    pub dead_letters: bool,
    /// Number of distinct states reached.
    pub states: usize,
}

/// Returns the fault classes that can strike somewhere in a fault-free run of this configuration.
pub fn can_strike(config: &Configuration) -> Classes {
    /// More states than the fault-free runs ever have.
    const MOST: usize = 100_000;
    let Ok(mut setup) = CompiledScenario::bare(config) else { return Classes::default() };
    setup.expects(Class::ALL.into_iter().collect());
    let mut found = Classes::default();
    let mut choices = Vec::new();
    explore_and(&setup, MOST, |world| {
        for class in Class::ALL.into_iter().filter(|&class| !found.has(class)).collect::<Vec<_>>() {
            choices.clear();
            world.faults(&setup, [class].into_iter().collect(), &mut choices);
            if !choices.is_empty() {
                found = found.with(class);
            }
        }
    });
    found
}

/// Limit of states for the search for shortest counterexamples.
const SHORT: usize = 50_000;

/// The search for one cell of the matrix, which can be advanced in slices.
pub enum CellSearch {
    /// Searching for the verdict, and whether for shortest counterexamples after it.
    Verdict(Explorer<DeliveryModel>, bool),
    /// Searching for shortest counterexamples.
    Runs(Shortest, Verdict),
}

impl CellSearch {
    /// Creates a search with one fault of this class, for shortest counterexamples or, in a fraction
    /// of the time, for any. Returns `None` if the configuration cannot be run.
    pub fn new(
        config: &Configuration,
        class: Class,
        limit: usize,
        shortest: bool,
    ) -> Option<CellSearch> {
        let bounds = Bounds { faults: 1, classes: [class].into_iter().collect() };
        let model = DeliveryModel::new(&CompiledScenario::bare(config).ok()?, bounds);
        Some(CellSearch::Verdict(Explorer::new(model, limit), shortest))
    }

    /// Expands up to `states` states. Returns the cell once it is decided.
    pub fn advance(&mut self, states: usize) -> Option<Cell> {
        match self {
            CellSearch::Verdict(explorer, shortest) => {
                let progress = explorer.advance(states);
                if progress == Progress::Running {
                    return None;
                }
                let verdict = Verdict::of(explorer, progress);
                let runs = shortest.then(|| Shortest::new(&explorer.model, &verdict, SHORT));
                match runs.flatten() {
                    None => Some(cell(&verdict)),
                    Some(runs) => {
                        *self = CellSearch::Runs(runs, verdict);
                        None
                    }
                }
            }
            CellSearch::Runs(runs, verdict) => runs.advance(states).then(|| {
                runs.improve(verdict);
                cell(verdict)
            }),
        }
    }
}

fn cell(verdict: &Verdict) -> Cell {
    let broken = |(property, finding): &(Property, Finding)| match finding {
        Finding::Violated(schedule) => Some((*property, schedule.clone())),
        Finding::Holds | Finding::Unknown => None,
    };
    let parked =
        |m| verdict.endings.iter().any(|end| end.ledger.outcome(m) == Outcome::DeadLettered);
    Cell {
        proved: verdict.progress == Progress::Exhausted,
        broken: verdict.findings.iter().filter_map(broken).collect(),
        dead_letters: (0..verdict.messages).any(parked),
        states: verdict.states,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Scenario;

    #[test]
    fn a_cell_says_what_the_kind_of_fault_does() {
        let json = r#"{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 2,
            "producer": "fire-and-forget",
            "broker": { "generic": { "acknowledge": "after-sync" } },
            "consumer": { "program": ["receive", "work", "ack"] } }"#;
        let config = Scenario::from_json(json).unwrap().configuration;
        let strikes = can_strike(&config);
        assert!(!strikes.has(Class::Reappear), "only SQS has deleted messages come back");
        let decided = |class, shortest| {
            let mut search = CellSearch::new(&config, class, 100_000, shortest).unwrap();
            loop {
                if let Some(cell) = search.advance(100) {
                    return cell;
                }
            }
        };
        let of = |class| -> Vec<Property> {
            assert!(strikes.has(class));
            let [any, shortest] = [false, true].map(|shortest| decided(class, shortest));
            assert!(any.proved && shortest.proved);
            for (own, short) in any.broken.iter().zip(&shortest.broken) {
                assert!(short.1.len() <= own.1.len(), "{own:?}");
            }
            let [any, shortest] = [any, shortest].map(|cell| -> Vec<Property> {
                cell.broken.iter().map(|(property, _)| *property).collect()
            });
            assert_eq!(any, shortest);
            shortest
        };
        assert!(of(Class::Lost).contains(&Property::NeverLostSilently));
        assert_eq!(of(Class::Handler), [], "what fails is put back in its place");
    }
}
