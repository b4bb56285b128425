//! The world: actors with short programs, a network, stores, and the faults that strike them.
//!
//! It reads no time, no randomness and nothing of the browser, and imports nothing else of the
//! crate. Whatever is not an actor's own next line is a [`Choice`], and one function,
//! [`World::step`], takes it: for the scenario's script, the person clicking, the explorer and
//! the random pickers alike.
//!
//! Two rules keep the number of states small and the verdicts honest:
//!
//! - **A timer fires on its own only when what it waits for can no longer come.** Firing early
//!   (a late packet, a slow consumer) is a fault like any other and must be chosen as one.
//! - **Event ids live outside equality.** A [`Mark`] carries the cause of a thing for the trace;
//!   two worlds that differ in marks only are the same state.

mod broker;
mod consumer;
mod event;
mod fault;
mod forget;
mod ledger;
mod network;
mod pack;
mod party;
pub mod plain;
mod producer;
mod program;
mod scenario;
pub mod settings;
mod setup;
mod stores;
mod trace;
mod world;

pub use broker::Broker;
pub use broker::log::{Content, Entry as LogEntry, Log, Replica, Rules as LogRules};
pub use broker::queue::{DeadLetters, Entry, Phase, Queue, Rules as QueueRules};
pub use broker::visibility::{Hold, Item, Rules as VisibilityRules, Visibility};
pub use consumer::{Consumer, Pause};
pub use event::{Event, EventId, Mark, Recorder, Timer, What, Why, Window};
pub use fault::{Class, Classes, Fault, FaultKind, FaultSpec, Moment, Nth, Point, Reply};
pub use ledger::{Ledger, Outcome, Record, Told};
pub use network::{Kind, Link, Net, Packet};
pub use party::{Msg, Party};
pub use producer::{Sender, Task};
pub use program::{Line, Op, Program};
pub use scenario::{Cure, Expect, Note, Scenario, ScenarioError, Store, VERSION};
pub use settings::OnRestart;
pub use settings::generic::duration;
pub use setup::{Rules, Setup};
pub use stores::{Stores, Tx};
pub use trace::{End, Path, Step, Trace};
pub use world::{Choice, Run, World};
