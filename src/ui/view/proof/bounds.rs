//! The form for the bounds of the search.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Msg, Proof, counted};
use crate::sim::Class;
use crate::text;
use crate::ui::view::select::Select;

/// Renders the number of messages and faults, and the kinds of faults, as form fields.
pub fn view(proof: &Proof, ctx: &Context<Proof>) -> Html {
    let choice = |label: &'static str, one: &'static str, now: u8, from: u8, msg: fn(u8) -> Msg| {
        let onchange = ctx.link().batch_callback(move |n: String| n.parse().ok().map(msg));
        html! {
            <Select {label} value={now.to_string()} {onchange}>
                { for (from..=4).map(|n| html! {
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
            { ", up to " }
            { choice("Faults", "fault", proof.faults, 0, Msg::Faults) }
            { " of these types:" }
        </p>
        <details class="kinds">
            <summary>{ kinds(proof) }</summary>
            <ul>
                { for Class::ALL.into_iter().map(|class| kind(proof, ctx, class)) }
            </ul>
        </details>
        </>
    }
}

/// Lists the chosen kinds of faults: "message loss, process crash, slow handler, handler error".
fn kinds(proof: &Proof) -> String {
    let chosen: Vec<&str> =
        Class::ALL.into_iter().filter(|&c| proof.classes.has(c)).map(text::class).collect();
    match chosen.len() {
        0 => "no faults".to_owned(),
        n if n == Class::ALL.len() => "all fault types".to_owned(),
        n if n > 5 => format!("{n} fault types"),
        _ => chosen.join(", "),
    }
}

fn kind(proof: &Proof, ctx: &Context<Proof>, class: Class) -> Html {
    let onchange = ctx.link().callback(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Msg::Kind(class, input.checked())
    });
    html! {
        <li>
            <label>
                <input type="checkbox" checked={proof.classes.has(class)} {onchange} />
                { text::class(class) }
            </label>
        </li>
    }
}
