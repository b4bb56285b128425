//! Exports for the build script `www/after-build.mjs`, which prerenders all scenarios and presets
//! with the full program.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::present;
use crate::ui::share::Address;
use crate::ui::state::tell;

/// Returns the run at the address, serialized for [`present::read`]; empty if there is none.
#[wasm_bindgen]
pub fn told(address: &str) -> String {
    let story = match Address::read(address) {
        Address::Run(shown) => tell(&shown),
        _ => None,
    };
    story.map_or_else(String::new, |story| present::write(&story))
}
