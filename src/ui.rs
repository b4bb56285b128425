//! The web page: a pure model (as in the Elm architecture), and a thin browser shell that renders
//! it.
//!
//! [`state`], [`share`] and [`keys`] do not depend on a browser and are tested natively. The other
//! modules turn their values into DOM; they never interpret a run, which [`crate::present`] does.

pub mod keys;
pub mod share;
pub mod state;

mod address;
mod app;
#[cfg(feature = "bench")]
mod bench_page;
mod chaos;
mod check_worker;
mod dom;
mod embed_messages;
mod store;
mod test_api;
mod theme;
mod view;
mod web_worker;
mod worker_pool;

pub use app::mount;
pub use test_api::{mermaid_text, trace_text};

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
