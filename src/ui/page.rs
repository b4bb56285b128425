//! Small questions to the browser's page that several parts ask.

use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::ui::keys::Focus;

/// What has the focus, as far as it wants keys for itself.
pub fn focus() -> Focus {
    let Some(element) = document().active_element() else { return Focus::Page };
    match element.tag_name().to_ascii_uppercase().as_str() {
        "INPUT" => match element.dyn_ref::<HtmlInputElement>() {
            Some(input) if input.type_() == "range" => Focus::Slider,
            _ => Focus::Field,
        },
        "TEXTAREA" | "SELECT" => Focus::Field,
        "BUTTON" | "A" | "SUMMARY" => Focus::Button,
        _ => Focus::Page,
    }
}

/// The person asked their system for less motion.
pub fn still() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// The element scrolls by itself, rather than with the page.
pub fn scrolls(element: &Element) -> bool {
    let style = window().get_computed_style(element).ok().flatten();
    let overflow = style.and_then(|style| style.get_property_value("overflow-y").ok());
    overflow.is_some_and(|overflow| overflow == "auto" || overflow == "scroll")
}
