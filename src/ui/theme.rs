//! The color theme in the browser: applied, remembered, and preferred by the system.
//!
//! A browser may block storage; the choice then lasts until the page is closed.

use gloo::utils::{document_element, window};

use crate::ui::dom;
use crate::ui::state::Theme;

const KEY: &str = "ackward.theme";
/// The media query for the system's preference.
pub const DARK: &str = "(prefers-color-scheme: dark)";

/// Returns the theme to apply: the remembered choice, or else the system's preference.
pub fn worn() -> Theme {
    chosen().unwrap_or_else(wished)
}

/// Returns the system's preference.
pub fn wished() -> Theme {
    if dom::matches(DARK) { Theme::Dark } else { Theme::Light }
}

/// Returns the user's choice, from this visit or an earlier one.
pub fn chosen() -> Option<Theme> {
    match storage()?.get_item(KEY).ok()??.as_str() {
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        _ => None,
    }
}

/// Applies the theme.
pub fn wear(theme: Theme) {
    // Fails only for an invalid attribute name, which this is not.
    let _ = document_element().set_attribute("data-theme", theme.name());
}

/// Stores the theme for the next visit.
pub fn remember(theme: Theme) {
    if let Some(storage) = storage() {
        // If storage is full or blocked, only the memory of the choice is lost.
        let _ = storage.set_item(KEY, theme.name());
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
