//! The [`Model`] trait that the explorer checks, and [`DeliveryModel`], its implementation for a
//! scenario.

use super::property::Property;
use super::{por, redundant_faults};
use crate::sim::{Choice, Classes, CompiledScenario, Fault, Ledger, Recorder, World};

/// A transition system with states, actions and properties.
pub trait Model {
    /// A state of the system.
    type State: Clone;
    /// An action that leads from one state to another.
    type Choice: Copy;
    /// Bit of [`Model::violated_properties`] for the liveness property: no terminal state is
    /// reachable any more. The explorer determines it itself.
    const STUCK: usize;

    /// Returns the initial state.
    fn init(&self) -> Self::State;

    /// Appends the enabled actions in a fixed order, the spontaneous ones before the faults, and
    /// returns the number of the former. A state without spontaneous actions is terminal. Returns
    /// `None` if the state does not fit its encoding; it is not expanded then.
    fn choices(&self, state: &Self::State, out: &mut Vec<Self::Choice>) -> Option<usize>;

    /// Returns the state that the action leads to.
    fn next(&self, state: &Self::State, choice: Self::Choice) -> Self::State;

    /// Like [`Model::next`], but in place.
    fn take(&self, state: &mut Self::State, choice: Self::Choice) {
        *state = self.next(state, choice);
    }

    /// Returns an action that is an ample set by itself, if there is one.
    ///
    /// Every other action that could occur first leads to the same result after it. Ample actions
    /// must not form an infinite sequence (the cycle proviso, C3). `choices` is a scratch buffer.
    fn ample_action(
        &self,
        _state: &Self::State,
        _choices: &mut Vec<Self::Choice>,
    ) -> Option<Self::Choice> {
        None
    }

    /// Maps a state to its canonical representative.
    fn canonicalize(&self, _state: &mut Self::State) {}

    /// Appends the encoding of the state. The encoding is injective.
    fn encode(&self, state: &Self::State, out: &mut Vec<u8>);

    /// Returns the state with this encoding.
    fn decode(&self, bytes: &[u8]) -> Self::State;

    /// Returns the properties that the state violates, one bit each. `ended` is true for terminal
    /// states.
    fn violated_properties(&self, state: &Self::State, ended: bool) -> u16;

    /// Returns the terminal state of a run that ends here, if such a run counts.
    fn ending(&self, state: &Self::State) -> Option<TerminalState>;
}

/// Final state of a run, as far as it matters to the properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TerminalState {
    /// The ledger at the end of the run.
    pub ledger: Ledger,
    /// The run does not end: it cycles through the same states forever.
    pub endless: bool,
}

impl TerminalState {
    /// Returns the properties that a run violates by ending like this, one bit each by property
    /// number.
    pub fn violated_properties(&self, messages: u8) -> u16 {
        let stuck = u16::from(self.endless) << Property::NeverStuck as u16;
        stuck | Property::violated_properties(messages, &self.ledger, !self.endless)
    }
}

/// Bounds of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Maximum number of faults in a run, 0 to 4.
    pub faults: u8,
    /// Classes of faults that may strike.
    pub classes: Classes,
}

/// Model of all runs of a scenario in which faults of the given classes strike anywhere.
#[derive(Clone, Debug)]
pub struct DeliveryModel {
    /// The configuration.
    pub setup: CompiledScenario,
    /// The bounds of the search.
    pub bounds: Bounds,
    /// Enables partial-order reduction, fault pruning and canonicalization.
    pub reduced: bool,
    /// Excludes faults that only the sender's side can handle: a sender that is lost for good is
    /// replaced, as after a crash, and its own database does not fail.
    pub spares_senders: bool,
}

impl DeliveryModel {
    /// Creates the model of a scenario. The scenario's scripted faults are ignored; the bounds
    /// determine which faults strike.
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
        // Neither a fault nor anything that a run has to wait for.
        world.repeats(&self.setup, out);
        // Without a script, `faults_used` counts the faults that have struck.
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
            // Only a crash brings a settled message back, and no fault is left.
            if world.faults_used >= u16::from(self.bounds.faults) {
                world.forget_settled();
            }
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
        Property::violated_properties(self.setup.configuration().messages, &world.ledger, ended)
    }

    fn ending(&self, world: &World) -> Option<TerminalState> {
        Some(TerminalState { ledger: world.ledger.told(), endless: false })
    }
}
