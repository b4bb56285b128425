//! The page for an invalid address.

use yew::prelude::*;

use crate::ui::share::Address;
use crate::ui::state::Missing;

/// Renders the page. If it is embedded, its links open a new window.
pub fn view(missing: &Missing, embedded: bool) -> Html {
    let target = embedded.then_some("_blank");
    // The model does not know its address yet.
    if missing.asked.is_empty() {
        return html! { <main class="mid" id="main" tabindex="-1"></main> };
    }
    if let Some(address) = &missing.alone {
        return html! {
            <main class="missing" id="main" tabindex="-1">
                <div class="card">
                    <h1>{ "This page cannot be embedded" }</h1>
                    <p>
                        { "The link asks for the page " }<q>{ &missing.asked }</q>
                        { ". Only a single run can be embedded: a scenario, or a configuration from the Lab." }
                    </p>
                    <p>
                        <a class="button primary" href={address.href()} target="_blank" rel="noopener">
                            { "Open it in Ackward" }
                        </a>
                    </p>
                </div>
            </main>
        };
    }
    let (title, what) = match (missing.scenario, missing.lab) {
        (true, _) => ("No such scenario", "scenario named"),
        (_, true) => ("No such configuration", "configuration named"),
        _ => ("No such page", "page"),
    };
    html! {
        <main class="missing" id="main" tabindex="-1">
            <div class="card">
                <h1>{ title }</h1>
                <p>
                    { "There is no " }{ what }{ " " }<q>{ &missing.asked }</q>
                    { ". The link may be mistyped or truncated." }
                </p>
                if !missing.near.is_empty() {
                    <p>{ "Did you mean one of these?" }</p>
                    <ul class="near">
                        { for missing.near.iter().map(|(address, title)| html! {
                            <li><a href={address.href()} {target}>{ title }</a></li>
                        }) }
                    </ul>
                }
                <p><a class="button primary" href={Address::Home.href()} {target}>{ "Go to the start page" }</a></p>
            </div>
        </main>
    }
}
