//! Small DOM helpers used by several modules.

use gloo::events::EventListener;
use gloo::utils::{document, window};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    CustomEvent, CustomEventInit, Element, HtmlElement, HtmlInputElement, ResizeObserver,
};

use crate::ui::keys::Focus;
use crate::ui::share;

/// Returns the kind of element that has the focus, by which keys it handles itself.
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

/// Returns true if the user prefers reduced motion.
pub fn still() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

/// Returns true if the media query currently matches.
pub fn matches(query: &str) -> bool {
    let query = window().match_media(query);
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Calls `changed` whenever the media query starts or stops matching, until the listener is
/// dropped.
pub fn watch(query: &str, mut changed: impl FnMut() + 'static) -> Option<EventListener> {
    let query = window().match_media(query).ok().flatten()?;
    Some(EventListener::new(&query, "change", move |_| changed()))
}

/// Calls `changed` as soon as the element has a size, and whenever the size changes, until the
/// watch is dropped. The content of a dialog has no size until the dialog opens.
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

/// Returns true if the element scrolls by itself, rather than with the page.
pub fn scrolls(element: &Element) -> bool {
    let style = window().get_computed_style(element).ok().flatten();
    let overflow = style.and_then(|style| style.get_property_value("overflow-y").ok());
    overflow.is_some_and(|overflow| overflow == "auto" || overflow == "scroll")
}

/// Returns the panes of the page that may scroll: the main part, and the tables in it.
fn panes() -> Vec<Element> {
    let all = document().query_selector_all("#main, #main .scroll").ok();
    let all = all.iter().flat_map(|all| (0..all.length()).filter_map(|at| all.item(at)));
    all.filter_map(|pane| pane.dyn_into().ok()).collect()
}

/// Returns how far each pane is scrolled.
pub fn panes_scrolled() -> Vec<(i32, i32)> {
    panes().iter().map(|pane| (pane.scroll_left(), pane.scroll_top())).collect()
}

/// Scrolls the panes to where they were.
pub fn scroll_panes(positions: &[(i32, i32)]) {
    for (pane, (left, top)) in panes().iter().zip(positions) {
        pane.set_scroll_left(*left);
        pane.set_scroll_top(*top);
    }
}

/// Scrolls the element with this id into view and focuses it.
pub fn bring(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.scroll_into_view();
        // Fails only if the element is not attached to the document.
        let _ = element.focus();
    }
}

/// Returns the base URL of the app, with a trailing slash.
pub fn folder() -> String {
    if let Some(site) = share::site() {
        return format!("{}{site}/", window().location().origin().unwrap_or_default());
    }
    let uri = document().base_uri().ok().flatten().unwrap_or_default();
    let path = uri.split(['#', '?']).next().unwrap_or_default();
    path.rfind('/').map_or_else(String::new, |end| path[..=end].to_owned())
}

/// Asks the page's scripts to copy, share or save something: `www/export.js` does so and answers with
/// a sentence.
pub fn hand_over(how: &str, name: &str, content: &str) {
    // Strings can always be written as JSON.
    let detail = serde_json::to_string(&[how, name, content]).unwrap_or_default();
    ask("ackward-take", &detail);
}

/// Dispatches a custom event to the page's scripts.
pub fn ask(what: &str, detail: &str) {
    let init = CustomEventInit::new();
    init.set_detail(&JsValue::from_str(detail));
    if let Ok(event) = CustomEvent::new_with_event_init_dict(what, &init) {
        // Fails only if the event is already being dispatched, which a new one is not.
        let _ = window().dispatch_event(&event);
    }
}
