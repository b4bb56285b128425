//! Small things that several parts ask of the browser's page.

use gloo::events::EventListener;
use gloo::utils::{document, window};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    CustomEvent, CustomEventInit, Element, HtmlElement, HtmlInputElement, ResizeObserver,
};

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
    matches("(prefers-reduced-motion: reduce)")
}

/// The media query is true here, now.
pub fn matches(query: &str) -> bool {
    let query = window().match_media(query);
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Does something whenever the media query becomes true or false, as long as the listener lives.
pub fn watch(query: &str, mut changed: impl FnMut() + 'static) -> Option<EventListener> {
    let query = window().match_media(query).ok().flatten()?;
    Some(EventListener::new(&query, "change", move |_| changed()))
}

/// Does something as soon as the element has a size, and whenever that changes, as long as the
/// watch lives. What is in a dialog has none until that opens.
pub fn sized(element: &Element, changed: impl FnMut() + 'static) -> Option<Watch> {
    let callback = Closure::<dyn FnMut()>::new(changed);
    let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(Watch { observer, _callback: callback })
}

pub struct Watch {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// The element scrolls by itself, rather than with the page.
pub fn scrolls(element: &Element) -> bool {
    let style = window().get_computed_style(element).ok().flatten();
    let overflow = style.and_then(|style| style.get_property_value("overflow-y").ok());
    overflow.is_some_and(|overflow| overflow == "auto" || overflow == "scroll")
}

/// Brings the element of that id in sight, and the focus to it.
pub fn bring(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.scroll_into_view();
        // Fails only for an element outside a page.
        let _ = element.focus();
    }
}

/// The folder that the app is served from, with a slash at its end.
pub fn folder() -> String {
    let uri = document().base_uri().ok().flatten().unwrap_or_default();
    let path = uri.split(['#', '?']).next().unwrap_or_default();
    path.rfind('/').map_or_else(String::new, |end| path[..=end].to_owned())
}

/// Asks the page's scripts to copy, share or save something: `www/take.js` does it, and answers
/// with a sentence.
pub fn hand_over(how: &str, name: &str, content: &str) {
    // Texts can always be written as JSON.
    let detail = serde_json::to_string(&[how, name, content]).unwrap_or_default();
    ask("ackward-take", &detail);
}

/// Asks the page's scripts for something, by an event.
pub fn ask(what: &str, detail: &str) {
    let init = CustomEventInit::new();
    init.set_detail(&JsValue::from_str(detail));
    if let Ok(event) = CustomEvent::new_with_event_init_dict(what, &init) {
        // Fails only for an event that is under way already, which a new one is not.
        let _ = window().dispatch_event(&event);
    }
}
