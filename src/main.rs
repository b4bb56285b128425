//! The WebAssembly program of the page: it runs scenarios and draws them. Whatever takes longer than
//! a frame it asks the worker (`src/bin/ackward-worker.rs`). It does nothing on startup:
//! `www/main.js` mounts it.

use std::collections::HashMap;

use ackward::protocol::Answer;
use wasm_bindgen::prelude::wasm_bindgen;

/// Reads the catalogue, so that mounting the page takes no longer than a frame or two.
#[wasm_bindgen]
pub fn prepare() {
    ackward::catalogue::groups();
}

/// Mounts the page in the element `#app`. `site` is the path of the folder that has a page for each
/// address; without one, addresses are URL fragments.
#[wasm_bindgen]
pub fn mount(site: Option<String>) {
    ackward::ui::mount(site.as_deref());
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

/// For the build: returns as JSON what its worker is to be asked, by the ids of presets.
#[wasm_bindgen]
pub fn site_questions() -> String {
    let questions: HashMap<_, _> = ackward::site::questions().into_iter().collect();
    // Questions can always be written as JSON.
    serde_json::to_string(&questions).unwrap_or_default()
}

/// For the build: returns all pages of the site as JSON. `answers` has the answers of the worker by
/// the ids of presets, as JSON; one that cannot be read is left out.
#[wasm_bindgen]
pub fn site(answers: &str) -> String {
    let answers: HashMap<String, Answer> = serde_json::from_str(answers).unwrap_or_default();
    let verdict = |(id, answer)| match answer {
        Answer::Verdict(verdict) => Some((id, verdict)),
        _ => None,
    };
    let site = ackward::site::site(&answers.into_iter().filter_map(verdict).collect());
    serde_json::to_string(&site).unwrap_or_default()
}

fn main() {}
