//! Exhaustive search of all runs under one script of faults, without reduction.

use super::explorer::{Explorer, Progress};
use super::model::{Model, TerminalState};
use super::property::Property;
use super::verdict::Finding;
use crate::sim::{Choice, CompiledScenario, Occurrence, Recorder, World};
use std::collections::BTreeSet;

/// The runs of a script of faults as a model.
pub struct ScriptModel<'a> {
    pub setup: &'a CompiledScenario,
}

impl ScriptModel<'_> {
    /// Returns true if every fault of the script that strikes once has struck.
    fn all_struck(&self, world: &World) -> bool {
        let mut faults = self.setup.scenario.faults.iter().enumerate();
        faults.all(|(i, fault)| {
            fault.at.nth == Occurrence::Every || world.faults_used & (1 << i) != 0
        })
    }
}

impl Model for ScriptModel<'_> {
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
        Property::violated_properties(self.setup.configuration().messages, &world.ledger, true)
    }

    fn ending(&self, world: &World) -> Option<TerminalState> {
        let counts = self.all_struck(world);
        counts.then_some(TerminalState { ledger: world.ledger, endless: false })
    }
}

/// Result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Terminal states of all runs in which every fault of the script has struck. Faults that
    /// strike every time (`#*`) count as struck.
    pub endings: BTreeSet<TerminalState>,
    /// Number of distinct states reached.
    pub states: usize,
    /// The search stopped early, or a state did not fit its representation: what was not found is
    /// not proved impossible.
    pub truncated: bool,
}

impl Report {
    /// Summarizes a search as far as it has come.
    pub fn of(explorer: &Explorer<ScriptModel>, progress: Progress) -> Report {
        let ends = explorer.endings().iter().map(|(ending, _)| *ending);
        let endless = explorer.endless().into_iter().filter_map(|place| {
            let ending = explorer.model.ending(&explorer.state(place))?;
            Some(TerminalState { endless: true, ..ending })
        });
        Report {
            endings: ends.chain(endless).collect(),
            states: explorer.states(),
            truncated: progress != Progress::Exhausted,
        }
    }

    /// Returns the result for each property. A run that violates one is looked up with `run`.
    ///
    /// Nothing is proved if the search was truncated, or if the faults strike in no run.
    pub fn findings(
        &self,
        messages: u8,
        run: impl Fn(Property) -> Vec<Choice>,
    ) -> [(Property, Finding); 8] {
        let violated =
            self.endings.iter().fold(0, |bits, end| bits | end.violated_properties(messages));
        let decided = !self.truncated && !self.endings.is_empty();
        Property::ALL.map(|property| {
            let finding = match violated & 1 << property as u16 {
                0 if decided => Finding::Holds,
                0 => Finding::Unknown,
                _ => Finding::Violated(run(property)),
            };
            (property, finding)
        })
    }
}

/// Explores every interleaving of the enabled actions, up to `most` states.
pub fn explore(setup: &CompiledScenario, most: usize) -> Report {
    let mut explorer = Explorer::new(ScriptModel { setup }, most);
    let progress = explorer.run();
    Report::of(&explorer, progress)
}

/// Like [`explore`], but passes each state to `show` once.
pub fn explore_and(setup: &CompiledScenario, most: usize, mut show: impl FnMut(&World)) -> Report {
    let mut explorer = Explorer::new(ScriptModel { setup }, most);
    let mut progress = Progress::Running;
    while progress == Progress::Running {
        if let Some(world) = explorer.next_state() {
            show(&world);
        }
        progress = explorer.advance(1);
    }
    Report::of(&explorer, progress)
}
