//! What scripts ask of the whole program, in order to tell all scenarios and presets in advance:
//! `www/after-build.mjs`.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::present;
use crate::ui::share::Address;
use crate::ui::state::tell;

/// What happens in the run at the address, as [`present::read`] reads it; empty where there is none.
#[wasm_bindgen]
pub fn told(address: &str) -> String {
    let story = match Address::read(address) {
        Address::Run(shown) => tell(&shown),
        _ => None,
    };
    story.map_or_else(String::new, |story| present::write(&story))
}
