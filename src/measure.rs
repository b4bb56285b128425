//! Runs by the thousand, in virtual time: what happens how often, and how long it takes.
//!
//! Everything that can happen is given a time by a [`Pace`]; whatever comes first happens next, so
//! one [`World::step`](crate::sim::World::step) serves here as it does for the script, the person
//! and the checker. Faults strike with the chances of [`Rates`], each where it can: a crash in
//! front of any line, a loss on any packet.
//!
//! A run has one to four messages and goes on until nothing is under way. The numbers come from
//! many of them, one after the other, each with a seed of its own: any of them can be run again,
//! alone, and shown step by step.
//!
//! No clock and no randomness of the machine is read. The same plan gives the same numbers
//! everywhere; also the logarithms are computed alike, not by the platform.

mod chance;
mod chaos;
mod classic;
mod cost;
mod estimate;
mod graph;
mod offers;
mod pace;
mod picker;
mod possible;
mod published;
mod tally;

pub use chance::{Hazard, Rates};
pub use chaos::{Chaos, Plan, PlanError};
pub use classic::Classic;
pub use cost::{Cost, Keep, Load, Stage, cost};
pub use estimate::Share;
pub use pace::{Act, Pace};
pub use published::{PUBLISHED, Published};
pub use tally::{Count, Latency, Ran, Tally, Worst};
