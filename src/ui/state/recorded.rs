//! A recorded run beside the run that the catalogue shows.

use std::rc::Rc;

use super::compare::align::align;
use crate::catalogue;
use crate::evidence::{Seen, Sighting, sightings};
use crate::present::{self, RunView};
use crate::sim::{CompiledScenario, Trace};
use crate::ui::share::{Address, AskedStep, Config, Found, Shown};

/// A recorded run, as the model fills in what cannot be observed.
pub struct Recorded {
    pub sighting: Sighting,
    pub view: Rc<RunView>,
    /// The address of the run.
    pub address: Address,
    /// What can be observed and is not the same in both runs, in order.
    pub differences: Vec<Difference>,
}

/// An observation in one of the runs only: its step there, and a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub in_recorded: bool,
    pub step: usize,
    pub what: String,
}

/// Returns the recorded runs of a scenario.
pub fn recorded(id: &str) -> Vec<Recorded> {
    sightings(id).into_iter().filter_map(|sighting| told(id, sighting)).collect()
}

fn told(id: &str, sighting: Sighting) -> Option<Recorded> {
    let scenario = catalogue::scenario(id)?;
    let opened = present::open_along(scenario, &sighting.path, None).ok()?;
    let setup = CompiledScenario::new(scenario).ok()?;
    let differences = differences(&Trace::run(&setup), opened.ran.course().trace());
    let view = Rc::new(opened.view);
    let found = Some(Found { property: None, path: sighting.path.clone() });
    let shown = Shown { found, ..Shown::new(Config::scenario(id), false) };
    let address = Address::Run(Shown { step: AskedStep::Start, ..shown });
    Some(Recorded { sighting, view, address, differences })
}

/// Returns what can be observed in one of two runs only; what is observed in another order is in
/// both lists.
fn differences(shown: &Trace, recorded: &Trace) -> Vec<Difference> {
    let told = |trace: &Trace| -> Vec<(usize, String)> {
        let seen = Seen::all_of(trace).into_iter();
        seen.map(|(step, seen)| (step, seen.to_string())).collect()
    };
    let runs = [told(shown), told(recorded)];
    let keys: Vec<Vec<&str>> =
        runs.iter().map(|run| run.iter().map(|(_, what)| what.as_str()).collect()).collect();
    let beats = align(&keys);
    let mut all = Vec::new();
    for two in beats.windows(2).filter(|two| !two[1].same) {
        for (side, run) in runs.iter().enumerate() {
            let at = two[1].steps[side];
            if at > two[0].steps[side] {
                let (step, what) = run[at - 1].clone();
                all.push(Difference { in_recorded: side == 1, step, what });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::recorded;

    #[test]
    fn a_run_that_is_recorded_as_it_is_shown_differs_in_nothing() {
        let all = recorded("message-lost");
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].differences, []);
        assert!(recorded("sqs-duplicate").is_empty());
    }

    #[test]
    fn what_happens_earlier_is_a_difference_in_both_runs() {
        let all = recorded("ack-lost");
        let differences = &all[0].differences;
        assert!(differences.iter().any(|difference| difference.in_recorded));
        for difference in differences.iter().filter(|difference| !difference.in_recorded) {
            let also = |other: &&super::Difference| other.in_recorded;
            let there = differences.iter().filter(also).any(|d| d.what == difference.what);
            assert!(there, "{difference:?}");
        }
    }
}
