//! The section below the last step: the outcome, the takeaway, and where to go next.

use yew::prelude::*;

use crate::catalogue::{Entry, groups, worth_comparing};
use crate::present::{RunView, Test};
use crate::ui::share::{self, Address, Compared, Config};
use crate::ui::state::Msg;
use crate::ui::view::event_handler::on;
use crate::ui::view::icon;
use crate::ui::view::pills::pills;

pub fn view(view: &RunView, after: Option<&(AttrValue, AttrValue)>, send: &Callback<Msg>) -> Html {
    html! {
        <section class="ending" aria-label="Takeaway">
            { for view.test.as_ref().map(result) }
            { for view.moments.last().map(pills) }
            if !view.takeaway.is_empty() {
                <p class="takeaway">{ &view.takeaway }</p>
            }
            { onward(view, after, send) }
        </section>
    }
}

/// Renders the links to other scenarios: to the next one in the catalogue, unless something else
/// comes after this run.
fn onward(view: &RunView, after: Option<&(AttrValue, AttrValue)>, send: &Callback<Msg>) -> Html {
    html! {
        <div class="onward">
            { for after.map(|(href, label)| html! {
                <a class="button primary next" href={href}>
                    <span>{ label }</span>{ icon::line(icon::FORWARD) }
                </a>
            }) }
            if let Some(cure) = &view.fix {
                <a class={classes!("button", "cure", after.is_none().then_some("primary"))} href={share::link(&cure.to)}>
                    { icon::line(icon::CHECK) }<span>{ &cure.say }</span>
                </a>
                if worth_comparing(&view.id) {
                    <a class="button" href={beside(&view.id, &cure.to)}>{ "Compare side by side" }</a>
                }
            }
            { for ill(&view.id).map(|(id, title)| html! {
                <a class="button" href={share::link(id)}>
                    { icon::line(icon::CROSS) }<span>{ "Without this fix: " }{ title }</span>
                </a>
            }) }
            <button type="button" class="button again" onclick={on(send, Msg::First)}>
                { icon::line(icon::FIRST) }{ "Back to the start" }
            </button>
            { for next(view).filter(|_| after.is_none()).map(|(id, title)| html! {
                <a class="button next" href={share::link(id)}>
                    <span>{ "Next: " }{ title }</span>{ icon::line(icon::FORWARD) }
                </a>
            }) }
        </div>
    }
}

/// Returns the address of the comparison of both, under the faults of the first.
fn beside(ill: &str, cure: &str) -> String {
    let sides = vec![Config::scenario(ill), Config::scenario(cure)];
    Address::Compare(Compared { sides, ..Compared::default() }).href()
}

/// Renders the result of a test, with its question and findings.
fn result(test: &Test) -> Html {
    let (class, path, word) = match test.passed {
        true => ("good", icon::CHECK, "Test passed"),
        false => ("bad", icon::CROSS, "Test failed"),
    };
    html! {
        <div class={classes!("result", class)}>
            <b>{ icon::line(path) }{ word }</b>
            <dl>
                <div><dt>{ "Expected" }</dt><dd>{ &test.asks }</dd></div>
                if !test.found.is_empty() {
                    <div><dt>{ "Actual" }</dt><dd>{ &test.found }</dd></div>
                }
            </dl>
        </div>
    }
}

/// Returns the scenario that this one fixes; the nearest in the list, if there are several.
fn ill(id: &str) -> Option<(&'static str, &'static str)> {
    let cured = |entry: &&&Entry| entry.fix.as_deref() == Some(id);
    let all: Vec<&Entry> = groups().iter().flat_map(|group| &group.entries).collect();
    let here = all.iter().position(|entry| entry.id == id)?;
    let (before, after) = all.split_at(here);
    let found = before.iter().rev().find(cured).or_else(|| after.iter().find(cured))?;
    Some((&found.id, &found.title))
}

/// Returns the next scenario in the list that is not linked as the fix already; after the last one,
/// the first.
fn next(view: &RunView) -> Option<(&'static str, &'static str)> {
    let entries = || groups().iter().flat_map(|group| &group.entries);
    // Nothing follows a configuration that is not in the catalogue.
    let here = entries().position(|entry| entry.id == view.id)?;
    let cure = view.fix.as_ref().map(|cure| cure.to.as_str());
    let mut rest =
        entries().chain(entries()).skip(here + 1).filter(|entry| Some(entry.id.as_str()) != cure);
    rest.next().map(|entry| (entry.id.as_str(), entry.title.as_str()))
}
