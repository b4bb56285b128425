//! The proof panel: what every run of the configuration can come to, as the worker has found.

use yew::prelude::*;

use super::event_handler::on;
use super::icon;
use crate::check::Property;
use crate::protocol::{self, Finding, Progress};
use crate::text;
use crate::ui::state::proof::{self, Known};
use crate::ui::state::{Model, Msg, Run};

pub mod assumes;
mod bounds;
mod fixes;

/// The state limit of a search, for the progress bar.
const LIMIT: usize = 1_000_000;

/// Renders the panel for the configuration of this run.
pub fn panel(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let known = proof::known(model, run);
    let verdict = known.as_ref().and_then(|known| known.verdict);
    html! {
        <section class="panel proof" aria-label="All runs (model check)" tabindex="-1">
            <h2>{ "All runs (model check)" }<span>{ for known.as_ref().and_then(effort) }</span></h2>
            <ul class="findings" role="list">
                { for Property::ALL.into_iter().map(|property| finding(model, run, verdict, property)) }
            </ul>
            { progress(model, known.as_ref(), send) }
            { bounds::view(&model.proof, send) }
            // As many children whatever is known: what a user has unfolded stays as it is.
            { verdict.map_or_else(Html::default, |verdict| assumes::view(run, verdict)) }
            { known.as_ref().map_or_else(Html::default, |known| fixes::view(model, run, known, send)) }
        </section>
    }
}

/// Formats the effort of the search: "2,418 states", and the time where somebody had to wait.
fn effort(known: &Known) -> Option<String> {
    let states = text::thousands(known.verdict?.states);
    Some(match known.entry.millis {
        ms if ms >= 1000 => format!("{states} states · {}.{}\u{a0}s", ms / 1000, ms % 1000 / 100),
        _ => format!("{states} states"),
    })
}

/// Returns what is known of a property.
fn of(verdict: Option<&protocol::Verdict>, property: Property) -> Option<&protocol::Property> {
    let at = Property::ALL.into_iter().position(|other| other == property)?;
    verdict?.properties.get(at)
}

fn finding(
    model: &Model,
    run: &Run,
    verdict: Option<&protocol::Verdict>,
    property: Property,
) -> Html {
    let found = of(verdict, property);
    let name = html! { <span class="name">{ property.label() }</span> };
    match found.map(|found| found.finding) {
        Some(Finding::Broken) => {
            let path = found.and_then(|found| found.path.as_deref());
            let shown =
                path.and_then(|path| run.counterexample(model.proof.messages, property, path));
            let label = format!("Counterexample: {}", property.broken_says());
            html! {
                <li class="broken" data-property={property.key()}>
                    { icon::line(icon::CROSS) }
                    { name }
                    <span class="hidden">{ " — violated" }</span>
                    { for shown.map(|address| html! {
                        <a href={address.href()} aria-label={label}>{ "counterexample" }</a>
                    }) }
                    { for found.and_then(|found| found.seen.as_ref()).and_then(|seen| {
                        seen_link(run, seen, property)
                    }) }
                </li>
            }
        }
        Some(Finding::Proved) => html! {
            <li class="proved" data-property={property.key()}>
                { icon::line(icon::CHECK) }
                { name }
                <span class="hidden">{ " — proved" }</span>
            </li>
        },
        _ => html! {
            <li class="open" data-property={property.key()}>
                <span class="dots" aria-hidden="true">{ "…" }</span>
                { name }
                <span class="hidden">{ " — undecided" }</span>
            </li>
        },
    }
}

/// Renders the link to a recorded run that violates the property.
fn seen_link(run: &Run, sighting: &protocol::Sighting, property: Property) -> Option<Html> {
    let address = run.counterexample(sighting.messages, property, &sighting.path)?;
    let label = format!("{}: {}", property.broken_says(), sighting.says);
    let says = &sighting.says;
    Some(html! { <a class="sighting" href={address.href()} aria-label={label}>{ says }</a> })
}

fn progress(model: &Model, known: Option<&Known>, send: &Callback<Msg>) -> Html {
    let status = |text: String| html! { <p class="progress" role="status">{ text }</p> };
    let Some(known) = known else { return status("Stopped; nothing proved.".to_owned()) };
    if let Some(problem) = known.entry.problem() {
        return status(problem);
    }
    let asked = model.proof.faults;
    if known.entry.is_waiting() && known.verdict.is_none_or(|v| v.complete && v.faults < asked) {
        return searching(model, known, send);
    }
    let Some(verdict) = known.verdict else {
        return status("Stopped; nothing proved.".to_owned());
    };
    let tried = counted(verdict.faults, "fault");
    let broken = verdict.properties.iter().filter(|p| p.finding == Finding::Broken).count();
    status(match verdict.complete {
        true if verdict.faults < asked => format!("Stopped. ✓ is proved for {tried} only."),
        true if broken == 0 => {
            format!("Search complete: all properties hold in every run with up to {tried}.")
        }
        true => format!(
            "Search complete: {broken} of {} violated by some run with up to {tried}.",
            verdict.properties.len()
        ),
        false => format!(
            "State limit reached ({}): no counterexample found for the rest, but not proved.",
            text::thousands(verdict.states)
        ),
    })
}

fn searching(model: &Model, known: &Known, send: &Callback<Msg>) -> Html {
    let (faults, states) = match known.entry.progress {
        Some(Progress::States { faults, states }) => (faults, states),
        _ => (model.proof.faults.min(1), 0),
    };
    html! {
        <p class="progress" role="status">
            <progress max={LIMIT.to_string()} value={states.to_string()}></progress>
            { format!("checking {}: {} states ", counted(faults, "fault"), text::thousands(states)) }
            <button type="button" class="button" onclick={on(send, Msg::Proof(proof::Msg::Stop))}>
                { "Stop" }
            </button>
        </p>
    }
}

/// Formats a count: "1 fault", "2 faults".
fn counted(n: u8, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}
