//! Focus management: a change may move or remove the control that made it.

use std::cell::RefCell;

use gloo::utils::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::ui::share::Config;
use crate::ui::state::Refused;

thread_local! {
    /// The ids of the elements to focus after the change, best first.
    static WANTED: RefCell<Vec<String>> = RefCell::default();
}

/// Requests the focus for the first of these ids that exists after the coming change.
pub fn then(ids: impl IntoIterator<Item = String>) {
    WANTED.set(ids.into_iter().collect());
}

#[derive(Clone, Properties, PartialEq)]
pub struct Props {
    pub config: Config,
    pub refused: Option<Refused>,
}

/// An empty component that moves the focus once a change was made or rejected.
#[component]
pub fn Keep(props: &Props) -> Html {
    use_effect_with(props.config.clone(), |_| give());
    // Dismissing a rejection is not a change.
    use_effect_with(props.refused.clone(), |refused| {
        if refused.is_some() {
            give();
        }
    });
    Html::default()
}

fn give() {
    let wanted = WANTED.take();
    let found = wanted.iter().find_map(|id| document().get_element_by_id(id));
    let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    if document().active_element().as_ref() != Some(element.as_ref()) {
        // Fails only if the element is not attached to the document.
        let _ = element.focus();
    }
}
