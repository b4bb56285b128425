//! Exports for the browser tests and the benchmark; the page itself does not use them.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::catalogue;
use crate::check::{Bounds, DeliveryModel, Explorer, Progress, usual};
use crate::diagram::mermaid::mermaid;
use crate::sim::{CompiledScenario, Scenario};
use crate::simulate::{Chaos, Plan};

/// Returns the text trace of a scenario, to be compared byte for byte with the native one. Empty
/// for an unknown scenario.
#[wasm_bindgen]
pub fn trace_text(id: &str) -> String {
    catalogue::story(id).map_or_else(String::new, |story| crate::present::text(&story))
}

/// Returns the diagram of a scenario as Mermaid text. Empty for an unknown scenario.
#[wasm_bindgen]
pub fn mermaid_text(id: &str) -> String {
    catalogue::story(id).map_or_else(String::new, |story| mermaid(&story.diagram, &story.title))
}

/// Explores every run of a preset. Returns the number of states, their size in bytes, and 1 if the
/// search was exhaustive, else 0. Empty for an unknown preset.
#[wasm_bindgen]
pub fn explore(preset: &str, messages: u8, faults: u8, reduced: bool, limit: usize) -> Vec<f64> {
    let Some(preset) = catalogue::preset(preset) else { return Vec::new() };
    let scenario = Scenario { messages, ..preset.clone() };
    let Ok(setup) = CompiledScenario::new(&scenario) else { return Vec::new() };
    let bounds = Bounds { faults, classes: usual() };
    let model = DeliveryModel { reduced, ..DeliveryModel::new(&setup, bounds) };
    let mut explorer = Explorer::new(model, limit);
    let complete = explorer.run() == Progress::Exhausted;
    vec![explorer.states() as f64, explorer.memory() as f64, f64::from(u8::from(complete))]
}

/// Simulates random runs of a preset. Returns the statistics as JSON, or the error in the plan.
#[wasm_bindgen]
pub fn chaos_tally(preset: &str, plan: &str) -> String {
    let Some(preset) = catalogue::preset(preset) else { return String::new() };
    let plan: Plan = match serde_json::from_str(plan) {
        Ok(plan) => plan,
        Err(error) => return error.to_string(),
    };
    let tally = Chaos::new(preset, &plan).map(|mut chaos| chaos.run(0..plan.runs));
    tally.map_or_else(|e| e.to_string(), |t| serde_json::to_string(&t).unwrap_or_default())
}
