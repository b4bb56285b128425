//! The assumptions of a proof beyond the settings, and the hints on what needs another setting to
//! happen.

use yew::prelude::*;

use super::Proof;
use crate::check::{self, Assumptions, DeliveryModel, Property, Scope, assumptions, hints};
use crate::text;
use crate::ui::share::{Address, Shown};

/// Renders the list of assumptions, collapsed, with what was not explored.
pub fn assumes(assumptions: &Assumptions, not_tried: Option<String>) -> Html {
    html! {
        <details class="assumes">
            <summary>{ "Assumes " }{ assumptions.product }</summary>
            { for assumptions.versions.iter().map(|version| html! { <p>{ *version }</p> }) }
            <ul>
                { for assumptions.assumed.iter().map(|sentence| html! { <li>{ *sentence }</li> }) }
            </ul>
            { for not_tried.map(|text| html! { <p>{ "Not checked: " }{ text }{ "." }</p> }) }
        </details>
    }
}

/// Renders the assumptions of the verdict on the page; empty if nothing is proved.
pub fn view(proof: &Proof, ctx: &Context<Proof>) -> Html {
    let Some(known) = proof.known.as_deref() else { return Html::default() };
    let verdict = &known.verdict;
    let proves = |property: Property| verdict.proves(property);
    let Some(setup) = proof.setup(ctx) else { return Html::default() };
    if !Property::ALL.into_iter().any(proves) {
        return Html::default();
    }
    let model = DeliveryModel::new(&setup, verdict.bounds);
    let kinds = match verdict.bounds.faults {
        0 => Default::default(),
        _ => verdict.bounds.classes,
    };
    let scope = Scope::new(&model.setup, kinds);
    let not_tried = check::not_tried(verdict.messages, verdict.bounds, text::class);
    html! {
        <>
            { assumes(&assumptions(&scope), Some(not_tried)) }
            { for hints(&scope, proves).into_iter().map(|hint| {
                let (key, value) = hint.with;
                let config = ctx.props().config.with(key, value);
                let href = Address::Run(Shown::new(config, true)).href();
                html! {
                    <p class="progress further">
                        { hint.label }{ " " }<a {href}>{ format!("Try {key}={value}") }</a>
                    </p>
                }
            }) }
        </>
    }
}
