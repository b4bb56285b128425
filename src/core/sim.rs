//! The model: a state machine of actors with short programs, a network, stores, and the faults that
//! can strike them.
//!
//! It reads no clock, no randomness and nothing of the browser, and imports nothing else of the
//! crate. Every transition other than an actor's own next instruction is a [`Choice`], and a single
//! function, [`World::step`], takes it: for the scenario's script, the person clicking, the model
//! checker and the random simulation alike.
//!
//! Two rules keep the number of states small and the verdicts sound:
//!
//! - **A timer fires on its own only when what it waits for can no longer arrive.** Firing early (a
//!   late packet, a slow consumer) is a fault like any other and must be chosen as one.
//! - **Event IDs are not part of equality.** A [`CauseRef`] carries the cause of a value for the
//!   trace; two worlds that differ only in their cause references are the same state.

mod bits;
mod broker;
mod canonical;
mod checked;
mod choice;
mod client;
pub mod clients;
mod compiled_scenario;
mod configuration;
mod consumer;
mod context;
mod encode;
mod event;
mod fault;
mod ledger;
mod network;
mod outbox;
mod participant;
pub mod plain;
pub(crate) mod producer;
mod program;
mod relay_lease;
mod renumber;
mod scenario;
pub mod settings;
mod stores;
mod trace;
mod world;

pub use broker::states::*;
pub use broker::{Broker, Independence, Machine, Operators};
pub use checked::ScenarioError;
pub use choice::{ActorStep, Choice};
pub use compiled_scenario::CompiledScenario;
pub use configuration::{Configuration, Store};
pub use consumer::{Attempts, Batch, Consumer, Held, Pause};
pub use context::{Ctx, View};
pub use event::{
    CauseRef, Event, EventId, EventKind, Recorder, RejectReason, ResetTo, Timer, Window,
};
pub use fault::{
    Class, Classes, Fault, FaultKind, FaultRate, FaultSpec, Occurrence, Point, ProgramPoint, Reply,
};
pub use ledger::{Ledger, Outcome, ProducerReport, Record};
pub use network::{Link, Net, Packet, PacketKind};
pub use participant::{MessageId, Participant};
pub use producer::{Sender, Task};
pub use program::{Line, Op, Program};
pub use scenario::{Expect, FixLink, Narrative, Note, Scenario, VERSION};
pub use settings::OnRestart;
pub use settings::generic::duration;
pub use stores::{Places, Stores, Tx};
pub use trace::{End, Path, Step, Trace};
pub use world::World;
