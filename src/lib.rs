//! Ackward shows, proves and lets you feel what happens to a message when things break.
//!
//! The map, in the direction in which data goes:
//!
//! | module | what is there | names |
//! |---|---|---|
//! | [`sim`] | the world: actors, network, stores; [`sim::World::choices`] and [`sim::World::step`] | nothing else |
//! | [`catalogue`] | scenarios, as data | `sim`, `story` |
//! | [`check`] | every run within bounds: what holds, what breaks it, why, what would prevent it | `sim`, `words` |
//! | [`measure`] | random runs in virtual time: what happens how often, and how long it takes | `sim`, `check` |
//! | [`words`] | labels and sentences for events | `sim` |
//! | [`diagram`] | a run as a sequence diagram: ir, layout, picture, SVG | `sim`, `words` |
//! | [`story`] | a run as a person reads it: steps, code, state, verdict | `sim`, `words`, `check`, `diagram` |
//! | [`lab`] | settings by name: what each means, changing them, what differs | `sim`, `check`, `nearest` |
//! | [`choose`] | from what a person needs to the configurations that provably give it | `sim`, `check`, `measure`, `catalogue`, `lab` |
//! | [`nearest`] | names like a mistyped one | nothing |
//! | `ui` | the page; behind the feature `browser` | all of the above |
//! | `cli` | the program for terminals; behind the feature `cli` | all but `ui` |
//!
//! [`sim`], [`words`], [`check`], [`measure`] and [`diagram`] are a package of their own (`src/core.rs`): the
//! compiler proves that they name nothing else, and they are built for speed where the page is built for size.
//!
//! What holds everywhere:
//!
//! - Only `ui` and `main` name yew, web-sys, wasm-bindgen or gloo; the rest builds without them.
//!   Only `cli` names clap.
//! - The core reads no time, no randomness and no I/O. The same scenario and schedule give the
//!   same trace, byte for byte, natively and in wasm.
//! - Events record their cause when they happen; nothing downstream simulates again.

pub mod catalogue;
pub mod choose;
#[cfg(feature = "cli")]
pub mod cli;
pub mod did_you_mean;
pub mod lab;
pub mod present;
#[cfg(feature = "browser")]
pub mod ui;
pub use ackward_core::{check, diagram, sim, simulate, text};
