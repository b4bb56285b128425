//! The runs of a script of faults as a model, to find the shortest of them that breaks something.
//!
//! What they can come to is [`crate::check::explore`]'s to say; this only finds how.

use crate::check::{Ending, Model, Property};
use crate::sim::{Choice, Nth, Recorder, Setup, World};

pub struct Scripted<'a> {
    pub setup: &'a Setup,
}

impl Scripted<'_> {
    /// Whether every fault of the script has struck that strikes once.
    fn all_struck(&self, world: &World) -> bool {
        let mut faults = self.setup.scenario.faults.iter().enumerate();
        faults.all(|(i, fault)| fault.at.nth == Nth::Every || world.struck & (1 << i) != 0)
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

    fn pack(&self, world: &World, out: &mut Vec<u8>) {
        world.pack(self.setup, out);
    }

    fn unpack(&self, bytes: &[u8]) -> World {
        World::unpack(self.setup, bytes)
    }

    /// Only whole runs count: a fault that is still to come may change what comes of them.
    fn broken(&self, world: &World, ended: bool) -> u16 {
        if !ended || !self.all_struck(world) {
            return 0;
        }
        Property::broken(self.setup.scenario.messages, &world.ledger, true)
    }

    fn ending(&self, world: &World) -> Ending {
        Ending { ledger: world.ledger, endless: false }
    }
}
