//! The catalogue: scenarios as data, grouped as a reader would look for them.

mod data;
pub mod glossary;
mod lessons;
mod list;
mod presets;

pub use lessons::{LESSONS, Lesson};
pub use list::{Entry, Group, entries, groups, worth_comparing};
pub use presets::{PresetGroup, preset, presets};

use crate::present::{self, RunView};
use crate::sim::{Ledger, Scenario};
use std::sync::OnceLock;

/// Returns all scenarios, in reading order.
pub fn scenarios() -> &'static [Scenario] {
    static ALL: OnceLock<Vec<Scenario>> = OnceLock::new();
    ALL.get_or_init(|| {
        let all = data::SCENARIOS.iter().flat_map(|(_, scenarios)| *scenarios);
        all.filter_map(|written| written.read()).collect()
    })
}

/// Returns the scenario with that id.
pub fn scenario(id: &str) -> Option<&'static Scenario> {
    data::find(data::SCENARIOS, id)
}

/// Runs the scenario with that id and returns its view.
pub fn run_view(id: &str) -> Option<RunView> {
    scenario(id).and_then(|scenario| present::tell(scenario).ok())
}

/// Returns true if a scenario that is a test has passed; `None` if it is not a test.
pub fn passed(scenario: &Scenario, ledger: &Ledger) -> Option<bool> {
    let expect = scenario.expect?;
    Some((0..scenario.configuration.messages).all(|m| expect.holds(ledger.of(m).effects())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_data_can_be_read_and_told() {
        let mut ids = std::collections::HashSet::new();
        for data::Written { id, json, .. } in data::SCENARIOS.iter().flat_map(|(_, all)| *all) {
            let scenario = Scenario::from_json(json).unwrap_or_else(|e| panic!("{e}\n{json}"));
            assert_eq!(scenario.id, *id, "the name of the file");
            assert!(ids.insert(scenario.id.clone()), "{} stands twice", scenario.id);
            present::tell(&scenario).unwrap_or_else(|e| panic!("{}: {e}", scenario.id));
            let again = Scenario::from_json(&scenario.to_json());
            assert_eq!(again.as_ref(), Ok(&scenario), "{}", scenario.id);
        }
        assert_eq!(scenarios().len(), ids.len());
    }
}
