//! What can be explored, and the world of a scenario as that.

use super::property::Property;
use super::{por, redundant_faults};
use crate::sim::{Choice, Classes, CompiledScenario, Fault, Ledger, Recorder, World};

/// Something with states, and choices that lead from one to the next.
pub trait Model {
    type State: Clone;
    type Choice: Copy;
    /// The bit of [`Model::violated_properties`] that says "no end can be reached any more"; the explorer
    /// finds that out itself.
    const STUCK: usize;

    fn init(&self) -> Self::State;

    /// Adds the choices, in a fixed order: first those that come by themselves, then the faults.
    /// The answer is the number of the former; without one, a state is an end. `None`: something
    /// did not fit, and the state is not to be followed.
    fn choices(&self, state: &Self::State, out: &mut Vec<Self::Choice>) -> Option<usize>;

    fn next(&self, state: &Self::State, choice: Self::Choice) -> Self::State;

    /// The same, in its place.
    fn take(&self, state: &mut Self::State, choice: Self::Choice) {
        *state = self.next(state, choice);
    }

    /// A choice that can be taken before all others, alone: whatever else could come first would
    /// come to the same after it. There is no end to them only where there are none.
    /// `choices` is room to look for it.
    fn ample_action(
        &self,
        _state: &Self::State,
        _choices: &mut Vec<Self::Choice>,
    ) -> Option<Self::Choice> {
        None
    }

    /// Gives states that can only go on alike one shape.
    fn canonicalize(&self, _state: &mut Self::State) {}

    /// Appends the state as bytes: equal states as equal bytes, others as others.
    fn encode(&self, state: &Self::State, out: &mut Vec<u8>);

    fn decode(&self, bytes: &[u8]) -> Self::State;

    /// What the state breaks, a bit for each; `ended` says that nothing comes after it.
    fn violated_properties(&self, state: &Self::State, ended: bool) -> u16;

    /// How a run that ends here has ended.
    fn ending(&self, state: &Self::State) -> TerminalState;
}

/// One way in which a run can end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TerminalState {
    pub ledger: Ledger,
    /// It does not end: the same states come round for ever.
    pub endless: bool,
}

impl TerminalState {
    /// The properties that a run breaks by ending like this, a bit for each by its number.
    pub fn violated_properties(&self, messages: u8) -> u16 {
        let stuck = u16::from(self.endless) << Property::NeverStuck as u16;
        stuck | Property::violated_properties(messages, &self.ledger, !self.endless)
    }
}

/// How far an exploration goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Faults in all, 0 to 4.
    pub faults: u8,
    /// Kinds of faults.
    pub classes: Classes,
}

/// The runs of a scenario in which faults of chosen kinds strike anywhere.
#[derive(Clone, Debug)]
pub struct DeliveryModel {
    pub setup: CompiledScenario,
    pub bounds: Bounds,
    /// Leave out what makes no difference.
    pub reduced: bool,
    /// What only the sender's side can see to does not fail: whoever is lost for good is replaced,
    /// as after a crash, and the sender's own database answers.
    pub spares_senders: bool,
}

impl DeliveryModel {
    /// The scenario's own script of faults is left out: the bounds say what strikes.
    pub fn new(setup: &CompiledScenario, bounds: Bounds) -> DeliveryModel {
        let mut setup = setup.clone();
        setup.scenario.faults.clear();
        setup.expects(bounds.classes);
        DeliveryModel { setup, bounds, reduced: true, spares_senders: false }
    }

    fn leave_out_idle_faults(&self, world: &World, out: &mut Vec<Choice>) {
        out.retain(|choice| match *choice {
            Choice::Strike(fault, _) => {
                !redundant_faults::is_redundant(&self.setup, self.bounds, world, fault)
            }
            _ => true,
        });
    }
}

impl Model for DeliveryModel {
    type State = World;
    type Choice = Choice;
    const STUCK: usize = Property::NeverStuck as usize;

    fn init(&self) -> World {
        World::new(&self.setup)
    }

    fn choices(&self, world: &World, out: &mut Vec<Choice>) -> Option<usize> {
        if world.overflow() {
            return None;
        }
        world.choices(&self.setup, out);
        let calm = out.len();
        // No fault of anybody's, and nothing that a run would have to wait for.
        world.repeats(&self.setup, out);
        // Without a script, what has struck is counted.
        if world.faults_used < u16::from(self.bounds.faults) {
            world.faults(&self.setup, self.bounds.classes, out);
            if self.spares_senders {
                let sender = |choice: &Choice| match choice {
                    Choice::Strike(Fault::PermanentLoss(at) | Fault::FailLine { at, .. }, _) => {
                        at.sender().is_some()
                    }
                    _ => false,
                };
                out.retain(|choice| !sender(choice));
            }
            if self.reduced {
                self.leave_out_idle_faults(world, out);
                if calm > 0 {
                    por::restrict_to_ample_set(&self.setup, self.bounds, world, out);
                    let comes =
                        |choice: &Choice| !matches!(choice, Choice::Strike(..) | Choice::Repeat(_));
                    return Some(out.iter().take_while(|choice| comes(choice)).count());
                }
            }
        }
        Some(calm)
    }

    fn next(&self, world: &World, choice: Choice) -> World {
        let mut after = *world;
        self.take(&mut after, choice);
        after
    }

    fn take(&self, world: &mut World, choice: Choice) {
        world.step(&self.setup, choice, &mut Recorder::silent());
        world.faults_used += u16::from(matches!(choice, Choice::Strike(..)));
    }

    fn ample_action(&self, world: &World, choices: &mut Vec<Choice>) -> Option<Choice> {
        if !self.reduced || world.overflow() {
            return None;
        }
        por::ample_action(&self.setup, self.bounds, world, choices)
    }

    fn canonicalize(&self, world: &mut World) {
        if self.reduced {
            world.canonicalize(&self.setup, self.bounds.classes);
        }
    }

    fn encode(&self, world: &World, out: &mut Vec<u8>) {
        world.encode(&self.setup, out);
    }

    fn decode(&self, bytes: &[u8]) -> World {
        World::decode(&self.setup, bytes)
    }

    fn violated_properties(&self, world: &World, ended: bool) -> u16 {
        Property::violated_properties(self.setup.scenario.messages, &world.ledger, ended)
    }

    fn ending(&self, world: &World) -> TerminalState {
        TerminalState { ledger: world.ledger.told(), endless: false }
    }
}
