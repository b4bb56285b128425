//! The page: a pure model of it, and the thin browser shell that shows the model.
//!
//! [`state`], [`share`] and [`keys`] know nothing of a browser and are tested
//! natively. Everything else turns their values into DOM, and never works out what a run means:
//! that is told by [`crate::story`].

pub mod keys;
pub mod share;
pub mod state;

mod address;
#[cfg(feature = "whole")]
pub mod advance;
mod app;
mod chaos;
mod frame;
#[cfg(feature = "bench")]
mod long;
mod page;
#[cfg(feature = "whole")]
mod probe;
mod store;
mod theme;
mod view;
mod whole;

pub use app::{leave, mount};
#[cfg(feature = "whole")]
pub use probe::{chaos_tally, explore, mermaid_text, trace_text};
pub use whole::{RUNS, WHOLE};

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
