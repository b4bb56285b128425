//! A native modal dialog: it traps the focus, closes on Escape and restores the focus.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement};
use yew::prelude::*;

use super::icon;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub class: &'static str,
    /// The heading and accessible name.
    pub label: &'static str,
    pub open: bool,
    /// The element that gets the focus, instead of the first control.
    #[prop_or_default]
    pub focus: Option<NodeRef>,
    /// The point of the window that it opens at, where there is room; `None` for the middle.
    #[prop_or_default]
    pub at: Option<(i32, i32)>,
    pub onclose: Callback<()>,
    pub children: Html,
}

#[component]
pub fn Dialog(props: &Props) -> Html {
    let dialog = use_node_ref();
    // The browser tells late that a dialog was closed: by then it may have been asked for again, and
    // not be open yet. Of these closings the component knows.
    let own_closings = use_mut_ref(|| 0_u32);
    {
        let dialog = dialog.clone();
        let own_closings = Rc::clone(&own_closings);
        let focus = props.focus.clone();
        use_effect_with((props.open, props.at), move |(open, at)| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                place(&dialog, *at);
                if !open && dialog.open() {
                    *own_closings.borrow_mut() += 1;
                }
                show(&dialog, *open, focus);
            }
            let guards = open.then(guards);
            move || drop(guards)
        });
    }
    // At Escape the browser would close the dialog at once and say so only later: until then a
    // request to open it again would change nothing.
    let oncancel = props.onclose.reform(|event: Event| event.prevent_default());
    let onclose = {
        let (dialog, closed) = (dialog.clone(), props.onclose.clone());
        Callback::from(move |_: Event| {
            let own = *own_closings.borrow();
            if own > 0 {
                *own_closings.borrow_mut() = own - 1;
                return;
            }
            let open = dialog.cast::<HtmlDialogElement>().is_some_and(|dialog| dialog.open());
            // It may have been opened again in the meantime.
            if !open {
                closed.emit(());
            }
        })
    };
    let outside = props.onclose.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        // The content fills the dialog's box: a click on the dialog element itself is outside of
        // it.
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.tag_name().eq_ignore_ascii_case("dialog")) {
            outside.emit(());
        }
    });
    let close = props.onclose.reform(|_: MouseEvent| ());
    html! {
        <dialog ref={dialog} class={props.class} aria-label={props.label} {oncancel} {onclose} {onclick}>
            if props.open {
                <div class="inside">
                    <div class="dialog-head">
                        <h2>{ props.label }</h2>
                        <button type="button" class="button square close" aria-label="Close" onclick={close}>
                            { icon::line(icon::CROSS) }
                        </button>
                    </div>
                    { props.children.clone() }
                </div>
            }
        </dialog>
    }
}

/// Ignores the click that ends a press from before the dialog opened, until the listeners are
/// dropped. A long press opens a dialog under the finger, which is released on one of its buttons.
///
/// They listen at the window: Yew hears of a click before the dialog itself does.
fn guards() -> [EventListener; 2] {
    let pressed = Rc::new(Cell::new(false));
    let began = {
        let pressed = Rc::clone(&pressed);
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&window(), "pointerdown", options, move |_| {
            pressed.set(true);
        })
    };
    let options =
        EventListenerOptions { passive: false, ..EventListenerOptions::run_in_capture_phase() };
    let ended = EventListener::new_with_options(&window(), "click", options, move |event| {
        // A key and a screen reader click without a press, and count none.
        let counted = event.dyn_ref::<MouseEvent>().is_some_and(|click| click.detail() > 0);
        if counted && !pressed.get() {
            event.stop_propagation();
            event.prevent_default();
        }
    });
    [began, ended]
}

/// Tells the style sheet where the dialog is to open.
fn place(dialog: &HtmlDialogElement, at: Option<(i32, i32)>) {
    let (x, y) = at.unwrap_or_default();
    // Fails only for names that CSS does not know.
    let _ = dialog.class_list().toggle_with_force("at", at.is_some());
    let _ = dialog.style().set_property("--x", &format!("{x}px"));
    let _ = dialog.style().set_property("--y", &format!("{y}px"));
}

fn close_others() {
    let other = document().query_selector("dialog[open]").ok().flatten();
    if let Some(other) = other.and_then(|other| other.dyn_into::<HtmlDialogElement>().ok()) {
        other.close();
    }
}

fn show(dialog: &HtmlDialogElement, open: bool, focus: Option<NodeRef>) {
    if !open {
        dialog.close();
        return;
    }
    if dialog.open() {
        return;
    }
    // The dialog that this one replaces gives the focus back first, so that this one will later
    // return it to an element that is still there.
    close_others();
    if dialog.show_modal().is_err() {
        return;
    }
    if let Some(element) = focus.and_then(|focus| focus.cast::<HtmlElement>()) {
        // Fails only if the element is not attached to the document.
        let _ = element.focus();
    }
}
