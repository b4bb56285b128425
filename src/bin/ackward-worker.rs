//! The WebAssembly program of the web worker that checks configuration files
//! (`www/check-worker.js`). It does nothing on startup.

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Checks the files of a request, and calls `answer` with each answer: see
/// [`ackward::worker::check_files`].
#[wasm_bindgen]
pub fn check_files(request: &str, answer: &Function) {
    ackward::worker::check_files(request, &mut |text| {
        // Throws only if the page is gone.
        let _ = answer.call1(&JsValue::NULL, &JsValue::from_str(text));
    });
}

fn main() {}
