//! The Lab: every setting of a configuration, the lines of its consumer, and its script of faults.

mod field;
mod lines;
mod script;

use gloo::utils::window;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::{icon, on};
use crate::catalogue;
use crate::lab::{self, Form, Held};
use crate::ui::share::{Address, Config, Shown};
use crate::ui::state::{Model, Msg, Refused, Run};

/// Where the parts of the window stand side by side.
const WIDE: f64 = 820.0;

pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let held = lab::settings(&run.scenario);
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
                <summary><h2>{ "Settings" }</h2></summary>
                { beginning(run, send) }
                { changes(run, send) }
                { group("Run", "") }
                { group("Producer", "producer") }
                { group("Broker", "broker") }
                { lines::view(run, refused, send) }
                { group("Consumer", "consumer") }
                { group("Store", "store") }
                { script::view(run, refused, send) }
            </details>
        </aside>
    }
}

fn is_wide() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_none_or(|width| width >= WIDE)
}

/// What the configuration begins with.
fn beginning(run: &Run, send: &Callback<Msg>) -> Html {
    let send = send.clone();
    let onchange = Callback::from(move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        let config = Config::preset(&select.value());
        send.emit(Msg::Go(Address::Run(Shown::new(config, true))));
    });
    let base = &run.config.base;
    html! {
        <label class="base">
            <span>{ "Begin with" }</span>
            <select {onchange}>
                if !run.config.preset {
                    <option value={base.clone()} selected={true}>
                        { catalogue::scenario(base).map_or("", |scenario| scenario.title.as_str()) }
                    </option>
                }
                { for catalogue::presets().iter().map(|group| html! {
                    <optgroup label={group.title}>
                        { for group.presets.iter().map(|preset| html! {
                            <option value={preset.id.clone()} selected={preset.id == *base}>
                                { &preset.title }
                            </option>
                        }) }
                    </optgroup>
                }) }
            </select>
        </label>
    }
}

/// What is different from it, each taken back by a click.
fn changes(run: &Run, send: &Callback<Msg>) -> Html {
    let Some(base) = catalogue::preset(&run.config.base).or(catalogue::scenario(&run.config.base))
    else {
        return Html::default();
    };
    if run.config.settings.is_empty() {
        return Html::default();
    }
    let before = lab::difference(&run.scenario, base);
    let back = |key: &str| {
        let held = before.iter().find(|(old, _)| old == key);
        held.map(|(key, value)| Msg::Set(vec![(key.clone(), value.clone())]))
    };
    html! {
        <ul class="changes" aria-label="Changed settings">
            { for run.config.settings.iter().map(|(key, value)| html! {
                <li>
                    <code>{ format!("{key}={value}") }</code>
                    { for back(key).map(|msg| html! {
                        <button
                            type="button"
                            class="take-back"
                            aria-label={format!("Take back {key}")}
                            title="Take back"
                            onclick={on(send, msg)}
                        >
                            { icon::line(icon::CROSS) }
                        </button>
                    }) }
                </li>
            }) }
        </ul>
    }
}

/// Why a change of this was refused, where it was.
fn refusal(refused: Option<&Refused>, is: impl Fn(&str) -> bool) -> Html {
    match refused.filter(|refused| is(&refused.what)) {
        Some(refused) => html! { <p class="refused" role="alert">{ &refused.problem }</p> },
        None => Html::default(),
    }
}
