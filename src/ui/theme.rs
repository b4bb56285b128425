//! The theme in the browser: what is worn, what is remembered, what the system wants.
//!
//! A browser may forbid storage; then the choice lasts as long as the page.

use gloo::utils::{document_element, window};

use crate::ui::dom;
use crate::ui::state::Theme;

const KEY: &str = "ackward.theme";
/// The media query that tells the system's wish.
pub const DARK: &str = "(prefers-color-scheme: dark)";

/// What the page wears now: the choice that was remembered, or else what the system wants.
pub fn worn() -> Theme {
    chosen().unwrap_or_else(wished)
}

/// What the system wants.
pub fn wished() -> Theme {
    if dom::matches(DARK) { Theme::Dark } else { Theme::Light }
}

/// What the person chose, now or on an earlier visit.
pub fn chosen() -> Option<Theme> {
    match storage()?.get_item(KEY).ok()??.as_str() {
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        _ => None,
    }
}

/// Shows the theme.
pub fn wear(theme: Theme) {
    // Fails only for a malformed attribute name, which this is not.
    let _ = document_element().set_attribute("data-theme", theme.name());
}

/// Keeps the theme for the next visit.
pub fn remember(theme: Theme) {
    if let Some(storage) = storage() {
        // Full or forbidden storage costs the memory, not the page.
        let _ = storage.set_item(KEY, theme.name());
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
