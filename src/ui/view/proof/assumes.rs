//! The assumptions of a proof beyond the settings, and the hints on what needs another setting to
//! happen.

use yew::prelude::*;

use crate::protocol::{Assumes, Verdict};
use crate::ui::share::{Address, Shown};
use crate::ui::state::Run;

/// Renders the list of assumptions, collapsed, with what was not explored.
pub fn assumes(assumptions: &Assumes, not_tried: Option<&str>) -> Html {
    html! {
        <details class="assumes">
            <summary>{ "Assumes " }{ &assumptions.product }</summary>
            { for assumptions.versions.iter().map(|version| html! { <p>{ version }</p> }) }
            <ul>
                { for assumptions.assumed.iter().map(|sentence| html! { <li>{ sentence }</li> }) }
            </ul>
            { for not_tried.map(|text| html! { <p>{ "Not checked: " }{ text }{ "." }</p> }) }
        </details>
    }
}

/// Renders the assumptions of the verdict on the page; empty if nothing is proved.
pub fn view(run: &Run, verdict: &Verdict) -> Html {
    html! {
        <>
            { for verdict.assumes.iter().map(|all| assumes(all, Some(&verdict.not_tried))) }
            { for verdict.hints.iter().map(|hint| {
                let config = run.config.with(&hint.key, &hint.value);
                let href = Address::Run(Shown::new(config, true)).href();
                html! {
                    <p class="progress further">
                        { &hint.says }{ " " }<a {href}>{ format!("Try {}={}", hint.key, hint.value) }</a>
                    </p>
                }
            }) }
        </>
    }
}
