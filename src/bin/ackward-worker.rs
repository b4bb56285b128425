//! The WebAssembly program of the web worker (`www/worker.js`): it answers what takes the page longer
//! than a frame. It does nothing on startup.

use std::cell::RefCell;

use ackward::check::{Bounds, DeliveryModel, Explorer, Progress, usual};
use ackward::sim::CompiledScenario;
use ackward::worker::Worker;
use ackward::{catalogue, protocol};
use js_sys::{Date, Function};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The least time between two reports of progress, in milliseconds.
const PROGRESS_MS: f64 = 100.0;

thread_local! {
    static WORKER: RefCell<Worker> = RefCell::default();
}

/// Answers a question, and calls `tell` with each answer: see [`ackward::protocol`].
#[wasm_bindgen]
pub fn answer(question: &str, tell: &Function) {
    let mut last = 0.0;
    let mut tell = |text: &str| {
        let is_progress = text.starts_with(protocol::PROGRESS);
        if is_progress && Date::now() - last < PROGRESS_MS {
            return;
        }
        last = Date::now();
        // Throws only if the page is gone.
        let _ = tell.call1(&JsValue::NULL, &JsValue::from_str(text));
    };
    WORKER.with_borrow_mut(|worker| worker.answer(question, &mut tell));
}

/// For the benchmark and whoever is curious: explores every run of a preset. Returns the number of
/// states, their size in bytes, and 1 if the search was exhaustive, else 0. Empty for an unknown
/// preset.
#[wasm_bindgen]
pub fn explore(preset: &str, messages: u8, faults: u8, reduced: bool, limit: usize) -> Vec<f64> {
    let Some(preset) = catalogue::preset(preset) else { return Vec::new() };
    let scenario = preset.with_messages(messages);
    let Ok(setup) = CompiledScenario::new(&scenario) else { return Vec::new() };
    let bounds = Bounds { faults, classes: usual() };
    let model = DeliveryModel { reduced, ..DeliveryModel::new(&setup, bounds) };
    let mut explorer = Explorer::new(model, limit);
    let complete = explorer.run() == Progress::Exhausted;
    vec![explorer.states() as f64, explorer.memory() as f64, f64::from(u8::from(complete))]
}

fn main() {}
