//! The core of Ackward, free of I/O: the model (`sim`), what is particular to each product
//! (`products`), the texts (`text`), the model checker (`check`), the stochastic simulation
//! (`simulate`) and the layout of a run as a sequence diagram (`diagram`).
//!
//! The package `ackward` re-exports these modules; its `src/lib.rs` has the map of the whole crate.

pub mod check;
pub mod diagram;
pub mod products;
pub mod sim;
pub mod simulate;
pub mod text;
