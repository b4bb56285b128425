//! The runs of a fault script as a model, to find shortest counterexamples.
//!
//! [`crate::check::explore`] determines the possible outcomes; this model only finds the runs that
//! lead to them.

use super::watch::Watch;
use crate::check::{Model, Property, Report, TerminalState, explore_while};
use crate::sim::{Choice, CompiledScenario, FaultSpec, Occurrence, Recorder, World};
use crate::text::thousands;

/// Returns the possible outcomes of a fault script, and the faults that strike in no run. The
/// latter list is empty if not every run was explored.
pub fn explored(
    setup: &CompiledScenario,
    limit: usize,
    watch: &mut Watch,
) -> (Report, Vec<FaultSpec>) {
    let mut struck = 0_u16;
    let mut choices = Vec::new();
    let report = explore_while(setup, limit, |world, states| {
        choices.clear();
        world.choices(setup, &mut choices);
        for choice in &choices {
            if let Choice::Strike(_, spec) = choice {
                struck |= 1 << spec;
            }
        }
        !watch.stops(|| format!("exploring all runs: {} states", thousands(states)))
    });
    let faults = setup.scenario.faults.iter().enumerate();
    let idle = faults.filter(|(i, _)| !report.truncated && struck & 1 << i == 0);
    let idle = idle.map(|(_, fault)| *fault).collect();
    (report, idle)
}

pub struct Scripted<'a> {
    pub setup: &'a CompiledScenario,
}

impl Scripted<'_> {
    /// Returns true if every one-shot fault of the script has struck.
    fn all_struck(&self, world: &World) -> bool {
        let mut faults = self.setup.scenario.faults.iter().enumerate();
        faults.all(|(i, fault)| {
            fault.at.nth == Occurrence::Every || world.faults_used & (1 << i) != 0
        })
    }
}

impl Model for Scripted<'_> {
    type State = World;
    type Choice = Choice;
    const STUCK: usize = Property::NeverStuck as usize;

    fn init(&self) -> World {
        World::new(self.setup)
    }

    fn choices(&self, world: &World, out: &mut Vec<Choice>) -> Option<usize> {
        if world.overflow() {
            return None;
        }
        world.choices(self.setup, out);
        Some(out.len())
    }

    fn next(&self, world: &World, choice: Choice) -> World {
        let mut after = *world;
        after.step(self.setup, choice, &mut Recorder::silent());
        after
    }

    fn encode(&self, world: &World, out: &mut Vec<u8>) {
        world.encode(self.setup, out);
    }

    fn decode(&self, bytes: &[u8]) -> World {
        World::decode(self.setup, bytes)
    }

    /// Only complete runs count: a fault that is still to come may change the outcome.
    fn violated_properties(&self, world: &World, ended: bool) -> u16 {
        if !ended || !self.all_struck(world) {
            return 0;
        }
        Property::violated_properties(self.setup.scenario.messages, &world.ledger, true)
    }

    fn ending(&self, world: &World) -> TerminalState {
        TerminalState { ledger: world.ledger, endless: false }
    }
}
