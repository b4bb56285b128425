//! A native modal dialog: it traps the focus, closes on Escape and restores the focus.

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
    pub onclose: Callback<()>,
    pub children: Html,
}

#[component]
pub fn Dialog(props: &Props) -> Html {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        let focus = props.focus.clone();
        use_effect_with(props.open, move |open| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                show(&dialog, *open, focus);
            }
        });
    }
    let onclose = props.onclose.reform(|_: Event| ());
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
        <dialog ref={dialog} class={props.class} aria-label={props.label} {onclose} {onclick}>
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

fn show(dialog: &HtmlDialogElement, open: bool, focus: Option<NodeRef>) {
    if !open {
        dialog.close();
        return;
    }
    if dialog.open() || dialog.show_modal().is_err() {
        return;
    }
    if let Some(element) = focus.and_then(|focus| focus.cast::<HtmlElement>()) {
        // Fails only if the element is not attached to the document.
        let _ = element.focus();
    }
}
