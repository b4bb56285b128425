//! The checker: every run of a configuration, tried within stated bounds.
//!
//! [`search`] goes through all runs in which faults of chosen kinds strike anywhere, and says
//! which [`property`] holds and how each is broken soonest; [`explore`] goes through all runs of
//! one script of faults, and says how they can end. A search that was cut off says so, and proves
//! nothing that it has not found.

mod explore;
mod property;
mod search;

pub use explore::{Ending, Report, explore, explore_and};
pub use property::{Ended, Property, Seen};
pub use search::{Bounds, Progress, Search};
