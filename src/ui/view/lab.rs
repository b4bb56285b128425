//! The Lab: every setting of a configuration, the consumer's program, and the fault script.

mod field;
mod focus;
mod lines;
mod saved;
mod script;

pub use field::breakable;
use gloo::utils::window;
use yew::prelude::*;

use super::icon;
use super::select::Select;
use crate::catalogue;
use crate::lab::{self, Form, Held};
use crate::sim::Scenario;
use crate::ui::share::{Address, Config, Shown};
use crate::ui::state::{FAULTS, Model, Msg, Refused, Run};

/// The minimum window width for a sidebar.
const WIDE: f64 = 820.0;

/// The element id of the base selection.
const BASE: &str = "begin-with";

pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let scenario = run.scenario();
    let held = &lab::settings(&scenario.configuration);
    let refused = model.refused.as_ref();
    let group = |title: &'static str, owner: &'static str| {
        let of = |held: &&Held| held.field.owner() == owner && held.form != Form::Lines;
        html! {
            <fieldset>
                <legend>{ title }</legend>
                { for held.iter().filter(of).map(|held| field::view(held, run, refused, send)) }
            </fieldset>
        }
    };
    html! {
        <aside class="side lab" aria-label="Settings">
            <details open={is_wide()}>
                // In the sidebar there is no need to collapse it.
                <summary tabindex={is_wide().then_some("-1")}><h2>{ "Settings" }</h2></summary>
                { beginning(run, send) }
                { changes(run, scenario, send) }
                { compared(run) }
                { saved::view(model, run, send) }
                { missed(held, refused) }
                // The consumer's program comes before the settings: it is what an engineer writes.
                { lines::view(run, scenario, refused, send) }
                { script::view(scenario, refused, send) }
                { group("Run", "") }
                { group("Producer", "producer") }
                if held.iter().any(|held| held.field.owner() == "outbox") {
                    { group("Outbox", "outbox") }
                }
                { group("Broker", "broker") }
                { group("Consumer", "consumer") }
                { group("Store", "store") }
            </details>
            <focus::Keep config={run.config.clone()} refused={model.refused.clone()} />
        </aside>
    }
}

/// Renders a rejection that belongs to no visible field.
fn missed(held: &[Held], refused: Option<&Refused>) -> Html {
    let shown = |key: &str| {
        let path = |held: &Held| held.field.path;
        let ends =
            |path: &str| path.strip_suffix(key).is_some_and(|p| p.is_empty() || p.ends_with('.'));
        ["program", FAULTS].contains(&key) || held.iter().any(|held| ends(path(held)))
    };
    refusal(refused, |key| !shown(key), None)
}

fn is_wide() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_none_or(|width| width >= WIDE)
}

/// Renders the selection of the base preset.
fn beginning(run: &Run, send: &Callback<Msg>) -> Html {
    let onchange = send.reform(move |id: String| {
        focus::then([BASE.to_owned()]);
        Msg::Go(Address::Run(Shown::new(Config::preset(&id), true)))
    });
    let base = &run.config.base;
    html! {
        <div class="base">
            <label for={BASE}>{ "Start from" }</label>
            <Select id={BASE} value={base.clone()} {onchange}>
                if !run.config.preset {
                    <option value={base.clone()}>
                        { catalogue::scenario(base).map_or("", |known| &known.narrative.title) }
                    </option>
                }
                { for catalogue::presets().iter().map(|group| html! {
                    <optgroup label={group.title}>
                        { for group.presets.iter().map(|preset| html! {
                            <option value={preset.id.clone()}>{ &preset.narrative.title }</option>
                        }) }
                    </optgroup>
                }) }
            </Select>
        </div>
    }
}

/// Renders the changes to the base, each with a button to undo it.
fn changes(run: &Run, scenario: &Scenario, send: &Callback<Msg>) -> Html {
    let Some(base) = catalogue::preset(&run.config.base).or(catalogue::scenario(&run.config.base))
    else {
        return Html::default();
    };
    if run.config.settings.is_empty() {
        return Html::default();
    }
    let before = lab::difference(&scenario.configuration, &base.configuration);
    // Without the change a setting has the default of its client, not the value of the base.
    let by_client = run.config.settings.iter().any(|(key, _)| lab::clients::is_client(key));
    let back = |key: &str| {
        let held = before.iter().find(|(old, _)| old == key);
        let held = held.filter(|_| !by_client);
        held.map(|(key, value)| Msg::Set(vec![(key.clone(), value.clone())]))
    };
    // A value that the base has, too, changes nothing, but stands in the address.
    let without = |at: usize| {
        let mut config = run.config.clone();
        config.settings.remove(at);
        Msg::Go(Address::Run(Shown::new(config, true)))
    };
    html! {
        <ul class="changes" aria-label="Changed settings">
            { for run.config.settings.iter().enumerate().map(|(at, (key, value))| html! {
                <li>
                    <code>{ field::breakable(&format!("{key}={value}")) }</code>
                    <button
                        id={format!("back-{at}")}
                        type="button"
                        class="take-back"
                        aria-label={format!("Reset {key}")}
                        title="Reset"
                        onclick={taken_back(at, back(key).unwrap_or_else(|| without(at)), send)}
                    >
                        { icon::line(icon::CROSS) }
                    </button>
                </li>
            }) }
        </ul>
    }
}

/// Renders a link to the comparison with the base, under the same faults.
fn compared(run: &Run) -> Html {
    if run.config.is_original() {
        return Html::default();
    }
    let with =
        if run.config.preset { "Compare with the preset" } else { "Compare with the scenario" };
    html! { <a class="button beside" href={Address::Compare(run.compared()).href()}>{ with }</a> }
}

fn taken_back(at: usize, msg: Msg, send: &Callback<Msg>) -> Callback<MouseEvent> {
    send.reform(move |_| {
        // The next change takes its place.
        let before = format!("back-{}", at.saturating_sub(1));
        focus::then([format!("back-{at}"), before, BASE.to_owned()]);
        msg.clone()
    })
}

/// Renders the reason why a change was rejected, and the value that holds while the field keeps the
/// rejected text to be corrected.
fn refusal(refused: Option<&Refused>, is: impl Fn(&str) -> bool, still: Option<&str>) -> Html {
    match refused.filter(|refused| is(&refused.what)) {
        Some(refused) => html! {
            <p class="refused" role="alert">
                { &refused.problem }
                { for still.map(|value| format!("; keeping {value}.")) }
            </p>
        },
        None => Html::default(),
    }
}
