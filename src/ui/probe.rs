//! What the browser tests and the bench ask of the compiled page; the page itself does not use it.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::catalogue;
use crate::check::{Bounds, Delivery, Explorer, Progress, usual};
use crate::diagram::mermaid::mermaid;
use crate::sim::{Scenario, Setup};

/// The trace of a scenario as text, to be compared byte for byte with the native one.
/// Empty for an unknown scenario.
#[wasm_bindgen]
pub fn trace_text(id: &str) -> String {
    catalogue::story(id).map_or_else(String::new, |story| crate::story::text(&story))
}

/// The diagram of a scenario for Mermaid. Empty for an unknown scenario.
#[wasm_bindgen]
pub fn mermaid_text(id: &str) -> String {
    catalogue::story(id).map_or_else(String::new, |story| mermaid(&story.diagram, &story.title))
}

/// Tries every run of a preset: how many states that took, how many bytes they take, and 1 if
/// nothing was left out, else 0. Empty for an unknown preset.
#[wasm_bindgen]
pub fn explore(preset: &str, messages: u8, faults: u8, reduced: bool, limit: usize) -> Vec<f64> {
    let Some(preset) = catalogue::preset(preset) else { return Vec::new() };
    let scenario = Scenario { messages, ..preset.clone() };
    let Ok(setup) = Setup::new(&scenario) else { return Vec::new() };
    let bounds = Bounds { faults, classes: usual() };
    let model = Delivery { reduced, ..Delivery::new(&setup, bounds) };
    let mut explorer = Explorer::new(model, limit);
    let complete = explorer.run() == Progress::Exhausted;
    vec![explorer.states() as f64, explorer.memory() as f64, f64::from(u8::from(complete))]
}
