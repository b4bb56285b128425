//! Every run of a scenario, within its script: the set of ways in which it can end.
//!
//! A plain breadth-first search over whole states. It answers "what can come of this" for one
//! script of faults; it never guesses: a search that was cut off says so.

mod explore;

pub use explore::{Ending, Report, explore, explore_and};
