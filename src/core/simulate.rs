//! Runs by the thousand, in virtual time: what happens how often, and how long it takes.
//!
//! Everything that can happen is given a time by a [`LatencyModel`]; whatever comes first happens next, so
//! one [`World::step`](crate::sim::World::step) serves here as it does for the script, the person
//! and the checker. Faults strike with the chances of [`FaultRates`], each where it can: a crash in
//! front of any line, a loss on any packet.
//!
//! A run has one to four messages and goes on until nothing is under way. The numbers come from
//! many of them, one after the other, each with a seed of its own: any of them can be run again,
//! alone, and shown step by step.
//!
//! No clock and no randomness of the machine is read. The same plan gives the same numbers
//! everywhere; also the logarithms are computed alike, not by the platform.

mod applicable;
mod chaos;
mod cost;
mod engine;
mod fault_rates;
mod latency_model;
mod pending;
mod reference_figures;
mod standard_tests;
mod state_graph;
mod stats;
mod wilson;

pub use chaos::{Chaos, Plan, PlanError};
pub use cost::{Cost, Keep, Load, Stage, cost};
pub use fault_rates::{FaultRate, FaultRates};
pub use latency_model::{LatencyModel, Operation};
pub use reference_figures::{PUBLISHED, Published};
pub use standard_tests::Classic;
pub use stats::{Count, Latency, Ran, Stats, Worst};
pub use wilson::Proportion;
