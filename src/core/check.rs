//! The checker: every run of a configuration, tried within stated bounds.
//!
//! [`explorer`] goes through all runs of a [`model`]; for a scenario these are the runs in which
//! faults of chosen kinds strike anywhere, and each [`property`] either holds for all of them or
//! is broken by one, the shortest as far as that is looked for. [`explore`] goes through all runs of one script of faults, and says
//! how they can end. An exploration that was cut off says so, and proves nothing that it has not
//! found.

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

pub use assumptions::{Assumptions, Scope, assumptions, not_tried};
pub use explain::{RejectReason, why};
pub use explore::{Report, explore, explore_and, explore_while};
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
pub use verdict::{Finding, Verdict, check, judged, usual};
