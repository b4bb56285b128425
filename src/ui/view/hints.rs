//! The hints for first-time visitors, each next to what it is about.

use yew::prelude::*;

use super::event_handler::on;
use crate::ui::state::hints::{Hint, shown};
use crate::ui::state::{Model, Msg};

/// Renders the hint, if it is the current one.
pub fn view(model: &Model, hint: Hint, send: &Callback<Msg>) -> Html {
    if shown(model) != Some(hint) {
        return Html::default();
    }
    let number = format!("Hint {} of {}", hint.number(), Hint::ALL.len());
    html! {
        <aside class="hint" aria-label={number.clone()}>
            <p><b>{ number }</b>{ " " }{ label(hint) }</p>
            <span>
                <button type="button" class="button" onclick={on(send, Msg::Hinted(Some(hint)))}>
                    { "Got it" }
                </button>
                if hint != Hint::Proof {
                    <button type="button" class="button quiet" onclick={on(send, Msg::Hinted(None))}>
                        { "No more hints" }
                    </button>
                }
            </span>
        </aside>
    }
}

fn label(hint: Hint) -> Html {
    match hint {
        Hint::Step => html! {
            <>
                <span class="for-keys">{ "Press " }<kbd>{ "→" }</kbd>{ " or Play to step through the run. Click" }</span>
                <span class="for-fingers">{ "Press Play to step through the run. Tap" }</span>
                { " anywhere in the diagram to jump there." }
            </>
        },
        Hint::Break => html! {
            <>
                { "Break it yourself: " }
                <span class="for-keys">{ "right-click" }</span>
                <span class="for-fingers">{ "long-press" }</span>
                { " an arrow or a lifeline, or use the red button below." }
            </>
        },
        Hint::Proof => html! {
            { "Below, all runs of this setup are model-checked: ✓ holds in every run, ✕ links to a counterexample." }
        },
    }
}
