//! The pure core of Ackward: the world, its words, the checker, the random runs,
//! and a run as a diagram.
//!
//! The map of the whole is in the package `ackward`, `src/lib.rs`, which shows these modules as its
//! own.

pub mod check;
pub mod diagram;
pub mod sim;
pub mod simulate;
pub mod text;
