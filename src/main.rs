//! The WebAssembly program of the page: it runs scenarios and draws them. Whatever takes longer than
//! a frame it asks the worker (`src/bin/ackward-worker.rs`). It does nothing on startup:
//! `www/main.js` mounts it.

use wasm_bindgen::prelude::wasm_bindgen;

/// Mounts the page in the element `#app`.
#[wasm_bindgen]
pub fn mount() {
    ackward::ui::mount();
}

/// Returns the text trace of a scenario; see [`ackward::ui::trace_text`].
#[wasm_bindgen]
pub fn trace_text(id: &str) -> String {
    ackward::ui::trace_text(id)
}

/// Returns the diagram of a scenario as Mermaid text; see [`ackward::ui::mermaid_text`].
#[wasm_bindgen]
pub fn mermaid_text(id: &str) -> String {
    ackward::ui::mermaid_text(id)
}

fn main() {}
