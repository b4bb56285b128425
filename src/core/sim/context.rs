//! The context of a step: the scenario, and the state around the broker.
//!
//! Functions of actors take it as their first argument. The broker's own state is not part of it, so
//! that a broker can change itself and the state around it in one step.

use super::compiled_scenario::CompiledScenario;
use super::consumer::Consumer;
use super::event::Recorder;
use super::ledger::Ledger;
use super::network::Net;
use super::producer::Sender;
use super::stores::Stores;

/// The read-only context: the scenario, and a state without its broker.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub setup: &'a CompiledScenario,
    pub senders: &'a [Sender; 3],
    pub consumers: &'a [Consumer; 2],
    pub net: &'a Net,
    pub stores: &'a Stores,
    pub ledger: &'a Ledger,
}

/// The context of a step that changes the state and records its events.
#[derive(Debug)]
pub struct Ctx<'a> {
    pub setup: &'a CompiledScenario,
    pub senders: &'a mut [Sender; 3],
    pub consumers: &'a mut [Consumer; 2],
    pub net: &'a mut Net,
    pub stores: &'a mut Stores,
    pub ledger: &'a mut Ledger,
    pub out: &'a mut Recorder,
}

impl Ctx<'_> {
    /// Returns the read-only context of the same state.
    pub fn view(&self) -> View<'_> {
        View {
            setup: self.setup,
            senders: self.senders,
            consumers: self.consumers,
            net: self.net,
            stores: self.stores,
            ledger: self.ledger,
        }
    }
}
