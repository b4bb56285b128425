//! The form for the bounds of the search.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::counted;
use crate::sim::Class;
use crate::text;
use crate::ui::state::Msg as PageMsg;
use crate::ui::state::proof::{MOST, Msg, Proof};
use crate::ui::view::select::Select;

/// Renders the number of messages and faults, and the kinds of faults, as form fields.
pub fn view(proof: &Proof, send: &Callback<PageMsg>) -> Html {
    let choice = |label: &'static str, one: &'static str, now: u8, from: u8, msg: fn(u8) -> Msg| {
        let send = send.clone();
        let onchange = Callback::from(move |n: String| {
            if let Ok(n) = n.parse() {
                send.emit(PageMsg::Proof(msg(n)));
            }
        });
        html! {
            <Select {label} value={now.to_string()} {onchange}>
                { for (from..=MOST).map(|n| html! {
                    <option value={n.to_string()}>{ counted(n, one) }</option>
                }) }
            </Select>
        }
    };
    html! {
        <>
        <p class="bounds">
            { "Bounds: " }
            { choice("Messages", "message", proof.messages, 1, Msg::Messages) }
            { " up to " }
            { choice("Faults", "fault", proof.faults, 0, Msg::Faults) }
            { " of these types:" }
        </p>
        <details class="kinds">
            <summary>{ kinds(proof) }</summary>
            <ul>
                { for Class::ALL.into_iter().map(|class| kind(proof, class, send)) }
            </ul>
        </details>
        </>
    }
}

/// Lists the chosen kinds of faults: "message loss, process crash, slow handler, handler error".
fn kinds(proof: &Proof) -> String {
    let chosen: Vec<&str> =
        Class::ALL.into_iter().filter(|&c| proof.classes().has(c)).map(text::class).collect();
    match chosen.len() {
        0 => "no faults".to_owned(),
        n if n == Class::ALL.len() => "all fault types".to_owned(),
        n if n > 5 => format!("{n} fault types"),
        _ => chosen.join(", "),
    }
}

fn kind(proof: &Proof, class: Class, send: &Callback<PageMsg>) -> Html {
    let send = send.clone();
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        send.emit(PageMsg::Proof(Msg::Kind(class, input.checked())));
    });
    html! {
        <li>
            <label>
                <input type="checkbox" checked={proof.classes().has(class)} {onchange} />
                { text::class(class) }
            </label>
        </li>
    }
}
