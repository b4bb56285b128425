//! What the browser tests ask of the compiled page; the page itself does not use it.

use wasm_bindgen::prelude::wasm_bindgen;

/// The trace of a scenario as text, to be compared byte for byte with the native one.
/// Empty for an unknown scenario.
#[wasm_bindgen]
pub fn trace_text(id: &str) -> String {
    crate::catalogue::story(id).map_or_else(String::new, |story| crate::story::text(&story))
}
