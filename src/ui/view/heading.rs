//! The heading above the diagram: the scenario's summary, settings and faults.

use yew::prelude::*;

use super::event_handler::on;
use super::pills::{badge, pills};
use super::{icon, predict};
use crate::catalogue::worth_comparing;
use crate::present::{Chip, Test};
use crate::sim::FixLink;
use crate::ui::share::{self, Address};
use crate::ui::state::{Model, Msg, Run};

pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let view = &run.view;
    html! {
        <div class={classes!("heading", model.hides_outcome().then_some("hides"))}>
            { notice(model, send) }
            <div class="title">
                <h1>{ &view.title }{ for view.test.as_ref().map(test) }</h1>
                if run.step == 0 {
                    { for view.moments.last().map(pills) }
                }
                if run.lab || model.forks.len() > 1 {
                    { history(model, send) }
                }
            </div>
            <p class="summary" title={view.summary.clone()}>{ &view.summary }</p>
            <ul class="chips" aria-label="Settings and faults">
                { for view.chips.iter().filter(|chip| chip.fault).map(chip) }
                { for view.fix.as_ref().map(fix) }
                { settings(&view.chips) }
                if !run.lab && view.fix.is_some() && worth_comparing(&view.id) {
                    { beside(run) }
                }
                if !run.lab {
                    <li class="remedy to-lab">
                        <a href={run.in_lab().href()}>
                            <b>{ "Edit in Lab" }</b>{ icon::line(icon::FORWARD) }
                        </a>
                    </li>
                }
                <li class="remedy at-random">
                    <a href={model.at_random().href()}>
                        <b>{ "Simulate failure rates" }</b>{ icon::line(icon::FORWARD) }
                    </a>
                </li>
                { predict::switch(run, send) }
            </ul>
            { forks(model, run, send) }
            { predict::panel(model, run, send) }
        </div>
    }
}

/// Renders the notice about the address, if there is one.
pub fn notice(model: &Model, send: &Callback<Msg>) -> Html {
    let Some(notice) = &model.notice else { return Html::default() };
    html! {
        <div class="note warn" role="status">
            <p>{ notice }</p>
            { dismiss(on(send, Msg::DismissNotice)) }
        </div>
    }
}

/// Renders the undo and redo buttons, which move in the browser history.
pub fn history(model: &Model, send: &Callback<Msg>) -> Html {
    let tool = |label: &'static str, key: &'static str, path: &'static str, msg: Msg, can: bool| {
        html! {
            <button
                type="button"
                class="button square"
                aria-label={label}
                title={format!("{label} ({key})")}
                aria-disabled={(!can).then_some("true")}
                onclick={on(send, msg)}
            >
                { icon::line(path) }
            </button>
        }
    };
    html! {
        <div class="history">
            { tool("Undo", "z", icon::UNDO, Msg::Undo, model.past.back()) }
            { tool("Redo", "y", icon::REDO, Msg::Redo, model.past.forward()) }
        </div>
    }
}

/// Renders the visited runs of this configuration.
fn forks(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    if model.forks.len() < 2 {
        return Html::default();
    }
    html! {
        <nav class="forks" aria-label="Runs of this configuration">
            <span>{ "Runs" }</span>
            <ul>
                { for model.forks.iter().enumerate().map(|(at, fork)| {
                    let here = fork.is(run);
                    let label = if fork.label.is_empty() { "original run" } else { &fork.label };
                    html! {
                        <li>
                            <button
                                type="button"
                                class={here.then_some("here")}
                                title={label.to_owned()}
                                aria-current={here.then_some("true")}
                                onclick={on(send, Msg::Visit(at))}
                            >
                                <span>{ label }</span>
                                { fork.ending.as_ref().map_or_else(Html::default, badge) }
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </nav>
    }
}

/// Renders the settings, folded: what one came for is below them.
fn settings(chips: &[Chip]) -> Html {
    html! {
        <li class="settings">
            <details>
                <summary>{ "Settings" }</summary>
                <ul>{ for chips.iter().filter(|chip| !chip.fault).map(chip) }</ul>
            </details>
        </li>
    }
}

fn fix(fix: &FixLink) -> Html {
    html! {
        <li class="remedy cure">
            <a href={share::link(&fix.to)}>
                { icon::line(icon::CHECK) }
                <b>{ &fix.say }</b>
                { icon::line(icon::FORWARD) }
            </a>
        </li>
    }
}

/// Renders a link to the comparison with the fix, under the same faults.
fn beside(run: &Run) -> Html {
    html! {
        <li class="remedy to-lab beside">
            <a href={Address::Compare(run.compared()).href()}><b>{ "Compare side by side" }</b></a>
        </li>
    }
}

/// Renders the result of a scenario that is a test, next to its title.
fn test(test: &Test) -> Html {
    let (class, path, word) = match test.passed {
        true => ("good", icon::CHECK, "passed"),
        false => ("bad", icon::CROSS, "failed"),
    };
    html! { <span class={classes!("pill", "tested", class)}>{ icon::line(path) }{ word }</span> }
}

pub(super) fn dismiss(onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button type="button" class="dismiss" aria-label="Dismiss" {onclick}>
            { icon::line(icon::CROSS) }
        </button>
    }
}

pub(super) fn chip(chip: &Chip) -> Html {
    html! {
        <li class={classes!("chip", chip.fault.then_some("fault"))}>
            if chip.fault {
                { icon::solid(icon::BOLT) }
                <span class="hidden">{ "Fault: " }</span>
            }
            if !chip.who.is_empty() {
                { &chip.who }{ " " }
            }
            <b>{ &chip.what }</b>
        </li>
    }
}
