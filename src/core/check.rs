//! Bounded explicit-state model checker for delivery guarantees.
//!
//! `explorer` performs a breadth-first search over a `model`. For a scenario, the model
//! comprises all runs in which faults of chosen classes strike anywhere; each `property` either
//! holds in all of them, or is violated by a counterexample (a shortest one, if that is searched
//! for). [`explore`] enumerates all runs under one script of faults, and returns their terminal
//! states. A search that was truncated says so, and proves nothing about what it did not find.

mod assumptions;
mod explain;
mod explore;
mod explorer;
mod fate;
mod fixes;
mod harm;
mod hints;
mod matrix;
mod model;
mod mutations;
mod por;
mod property;
mod redundant_faults;
mod shortest_counterexample;
mod shrink;
mod verdict;

pub use crate::products::Scope;
pub use assumptions::{Assumptions, assumptions, not_tried};
pub use explain::{RejectReason, why};
pub use explore::{Report, ScriptModel, explore, explore_and};
pub use explorer::{Explorer, Progress};
pub use fate::{Fate, fates};
pub use fixes::{FaultScope, Fix, FixSearch, Limits, Subject, ranked};
pub use harm::{GivenUp, Guarantee, When};
pub use hints::{Hint, hints};
pub use matrix::{Cell, CellSearch, can_strike};
pub use model::{Bounds, DeliveryModel, Model, TerminalState};
pub use mutations::{Change, changes};
pub use property::Property;
pub use shortest_counterexample::{Shortest, shortened};
pub use verdict::{Finding, Verdict, check, judged, usual, usual_beside};
