//! Keeps the focus with what was changed: a change may move or take away the control that made it.

use std::cell::RefCell;

use gloo::utils::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::ui::share::Config;
use crate::ui::state::Refused;

thread_local! {
    /// Ids of the elements that may have the focus after the change, the best first.
    static WANTED: RefCell<Vec<String>> = RefCell::default();
}

/// After the change that comes now, the first of these ids that is there has the focus.
pub fn then(ids: impl IntoIterator<Item = String>) {
    WANTED.set(ids.into_iter().collect());
}

#[derive(Clone, Properties, PartialEq)]
pub struct Props {
    pub config: Config,
    pub refused: Option<Refused>,
}

/// Shows nothing; gives the focus once a change has been made, or refused.
#[component]
pub fn Keep(props: &Props) -> Html {
    use_effect_with(props.config.clone(), |_| give());
    // That a refusal is taken back is no change yet.
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
        // Fails only for an element outside a page.
        let _ = element.focus();
    }
}
