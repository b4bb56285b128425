//! The search through all runs of a fault script.

use super::watch::{SLICE, Watch};
use crate::check::{Explorer, Progress, ScriptModel};
use crate::sim::{Choice, FaultSpec};
use crate::text::thousands;

/// Runs the search to the end, to its limit, or until `watch` stops it. Returns how far it has come,
/// and the faults that strike in no run; none of them if not every run was explored.
pub fn explored(
    explorer: &mut Explorer<ScriptModel>,
    watch: &mut Watch,
) -> (Progress, Vec<FaultSpec>) {
    let setup = explorer.model.setup;
    let (mut struck, mut choices) = (0_u16, Vec::new());
    let mut progress = Progress::Running;
    let mut steps = 0_usize;
    while progress == Progress::Running {
        if let Some(world) = explorer.next_state() {
            choices.clear();
            world.choices(setup, &mut choices);
            for choice in &choices {
                if let Choice::Strike(_, spec) = choice {
                    struck |= 1 << spec;
                }
            }
        }
        progress = explorer.advance(1);
        steps += 1;
        let states = explorer.states();
        if steps.is_multiple_of(SLICE)
            && watch.stops(|| format!("exploring all runs: {} states", thousands(states)))
        {
            return (Progress::Truncated, Vec::new());
        }
    }
    let exhausted = progress == Progress::Exhausted;
    let faults = setup.scenario.faults.iter().enumerate();
    let idle = faults.filter(|(i, _)| exhausted && struck & 1 << i == 0);
    (progress, idle.map(|(_, fault)| *fault).collect())
}
