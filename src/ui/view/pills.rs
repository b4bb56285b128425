//! Outcomes as pills: short labels in the color of what they mean.

use yew::prelude::*;

use super::icon;
use crate::present::{Remark, StepView};

/// Renders short labels with the outcome of each message and of the run.
pub fn pills(moment: &StepView) -> Html {
    html! {
        <ul class="pills" aria-label="Verdict">
            { for moment.verdict.iter().enumerate().map(|(number, verdict)| html! {
                <li class={classes!("pill", verdict.tone.class())}>
                    { icon::message(number) }{ &verdict.message }{ ": " }{ &verdict.outcome }
                </li>
            }) }
            { for moment.remarks.iter().map(|remark| html! {
                <li class={classes!("pill", remark.tone.class())}>{ &remark.text }</li>
            }) }
        </ul>
    }
}

/// Renders what a run comes to, as a badge.
pub fn badge(ending: &Remark) -> Html {
    html! { <span class={classes!("pill", ending.tone.class())}>{ &ending.text }</span> }
}
