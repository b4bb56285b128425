//! Discrete-event simulation of random runs in virtual time: how often each outcome occurs, and how
//! long it takes.
//!
//! A [`LatencyModel`] assigns a time to every pending event; the earliest event happens next. The
//! same [`World::step`](crate::sim::World::step) executes it as in scripted runs, in interactive
//! runs and in the model checker. Faults are injected with the probabilities of [`FaultRates`]
//! wherever they can strike: a crash before any line, a loss on any packet.
//!
//! A run has one to four messages and ends when nothing is pending. The figures aggregate many
//! independent runs, each with its own seed, so that every run can be repeated alone and shown step
//! by step.
//!
//! Results are deterministic: neither the system clock nor system randomness is used, and
//! logarithms are computed by the same code on every platform. The same plan gives the same figures
//! everywhere.

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
