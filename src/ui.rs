//! The page: a pure model of it, and the thin browser shell that shows the model.
//!
//! [`state`], [`share`] and [`keys`] know nothing of a browser and are tested
//! natively. Everything else turns their values into DOM, and never works out what a run means:
//! that is told by [`crate::present`].

pub mod keys;
pub mod share;
pub mod state;

mod address;
#[cfg(feature = "whole")]
pub mod advance;
mod app;
#[cfg(feature = "bench")]
mod bench_page;
mod chaos;
mod dom;
mod embed_messages;
mod store;
#[cfg(feature = "whole")]
mod test_api;
mod theme;
mod view;
mod whole;

pub use app::{leave, mount};
#[cfg(feature = "whole")]
pub use test_api::{chaos_tally, explore, mermaid_text, trace_text};
pub use whole::{RUNS, WHOLE};

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
