//! The hints for first-time visitors, each next to what it is about.

use yew::prelude::*;

use super::on;
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
                <span class="for-keys">{ "Press " }<kbd>{ "→" }</kbd>{ " or Play to see it happen step by step. A click" }</span>
                <span class="for-fingers">{ "Press Play to see it happen step by step. A tap" }</span>
                { " in the diagram goes to that place." }
            </>
        },
        Hint::Break => html! {
            <>
                { "Break it yourself: " }
                <span class="for-keys">{ "click with the other mouse button" }</span>
                <span class="for-fingers">{ "press long" }</span>
                { " on an arrow or a lifeline, or use the red button below." }
            </>
        },
        Hint::Proof => html! {
            { "Below, every possible run is tried: ✓ can never break, ✕ shows you how it breaks." }
        },
    }
}
