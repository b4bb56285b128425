//! One side of a comparison: its configuration, its differences, its sentence and its diagram.

use std::rc::Rc;

use yew::prelude::*;

use super::entry::Settings;
use super::fold::Fold;
use crate::catalogue;
use crate::present::is_owner;
use crate::ui::share::Config;
use crate::ui::state::{Change, Compare, Fate, Model, Msg, Side, letter, refused_at};
use crate::ui::view::configured::Configured;
use crate::ui::view::diagram_pane::Stage;
use crate::ui::view::event_handler::on;
use crate::ui::view::icon;
use crate::ui::view::lab::breakable;
use crate::ui::view::pills::pills;
use crate::ui::view::select::Select;
use crate::ui::view::shared_run::SharedRun;

pub fn view(
    model: &Model,
    compare: &Compare,
    at: usize,
    differs: &[(String, String)],
    send: &Callback<Msg>,
) -> Html {
    let side = &compare.sides[at];
    let shown = (compare.shown == at).then_some("shown");
    // A click in the diagram goes to the beat at which this run is at that step.
    let reach = send.reform(move |msg: Msg| match msg {
        Msg::To(step) | Msg::Break(step, ..) => Msg::Compare(Change::Reach(at, step)),
        other => other,
    });
    html! {
        <article class={classes!("one", shown)} aria-label={format!("{}: {}", letter(at), title(side))}>
            <header>
                { heading(compare, at, send) }
                <Fold label={html! { { format!("Settings of {}", letter(at)) } }}>
                    <div class="tune">
                        { settings(compare, at, differs, send) }
                        { based_on(compare, at, send) }
                        { change(compare, at, send) }
                    </div>
                    { refused(model, at) }
                </Fold>
            </header>
            { sentence(compare, at) }
            <Stage
                view={SharedRun(Rc::clone(&side.view))}
                step={compare.step(at)}
                send={reach}
                label={format!("Sequence diagram of {}", letter(at))}
                ending=false
            />
            { for compare.moment(at).map(pills) }
        </article>
    }
}

/// Returns a name that tells the side from the others and is true of its run: the title of a
/// scenario tells what happens in the scenario's own run only.
fn title(side: &Side) -> String {
    let changes = side.config.settings.iter().map(|(key, value)| format!("{key}={value}"));
    let changes: Vec<String> = changes.collect();
    match (&changes[..], side.original || side.config.preset) {
        ([], true) => side.view.title.clone(),
        ([], false) => format!("Settings of “{}”", side.view.title),
        (changes, _) if changes.len() > MOST_NAMED => {
            let base =
                catalogue::preset(&side.config.base).map_or("", |preset| &preset.narrative.title);
            format!("{base}, {} settings changed", changes.len())
        }
        (changes, _) => changes.join(", "),
    }
}

/// Maximum number of changed settings that a title names.
const MOST_NAMED: usize = 4;

/// Renders the name of the side, with buttons to open it alone and to remove it.
fn heading(compare: &Compare, at: usize, send: &Callback<Msg>) -> Html {
    let side = &compare.sides[at];
    html! {
        <div class="chosen">
            <b class="letter" aria-hidden="true">{ letter(at) }</b>
            <h2>{ breakable(&title(side)) }</h2>
            <a class="button alone" href={compare.alone(at).href()}>
                <span>{ "Open" }<span class="rest">{ " alone" }</span></span>{ icon::line(icon::FORWARD) }
            </a>
            if compare.sides.len() > 2 {
                <button
                    type="button"
                    class="button square"
                    aria-label={format!("Remove {}", letter(at))}
                    title="Remove"
                    onclick={on(send, Msg::Compare(Change::Remove(at)))}
                >
                    { icon::line(icon::CROSS) }
                </button>
            }
        </div>
    }
}

/// Renders the choice of the preset or scenario whose settings the side has, but for its changes.
fn based_on(compare: &Compare, at: usize, send: &Callback<Msg>) -> Html {
    let config = &compare.sides[at].config;
    let onchange = send.reform(move |id: String| {
        let preset = catalogue::preset(&id).is_some();
        let config = if preset { Config::preset(&id) } else { Config::scenario(&id) };
        Msg::Compare(Change::Base(at, config))
    });
    html! {
        <label class="based-on">
            <span>{ "Based on" }</span>
            <Select
                label={format!("Based on, for {}", letter(at))}
                value={config.base.clone()}
                {onchange}
            >
                { options() }
            </Select>
        </label>
    }
}

/// Renders the options: all presets, then all scenarios, in their groups.
fn options() -> Html {
    let option = |id: &str, title: &str| {
        html! { <option value={id.to_owned()}>{ title.to_owned() }</option> }
    };
    html! {
        <>
            { for catalogue::presets().iter().map(|group| html! {
                <optgroup label={format!("Presets: {}", group.title)}>
                    { for group.presets.iter().map(|preset| {
                        option(&preset.id, &preset.narrative.title)
                    }) }
                </optgroup>
            }) }
            { for catalogue::groups().iter().map(|group| html! {
                <optgroup label={group.title.clone()}>
                    { for group.entries.iter().map(|entry| option(&entry.id, &entry.title)) }
                </optgroup>
            }) }
        </>
    }
}

/// Renders the settings that differ on this side, and the faults that cannot strike here.
fn settings(
    compare: &Compare,
    at: usize,
    differs: &[(String, String)],
    send: &Callback<Msg>,
) -> Html {
    let side = &compare.sides[at];
    let is = |set: &str, key: &str| {
        set == key || set.strip_suffix(key).is_some_and(|before| before.ends_with('.'))
    };
    // A setting that was changed to the same value on all sides can be reset too.
    let alike = side.config.settings.iter();
    let alike = alike.filter(|(set, _)| !differs.iter().any(|(key, _)| is(set, key)));
    html! {
        <ul class="chips differences" aria-label={format!("What is different in {}", letter(at))}>
            { for compare.faults.iter().filter_map(|fault| fate(compare.fate(at, fault), &fault.label)) }
            { for differs.iter().map(|(key, value)| {
                let set = side.config.settings.iter().find(|(set, _)| is(set, key));
                chip(at, key, value, set.map(|(set, _)| set), true, send)
            }) }
            { for alike.map(|(key, value)| chip(at, key, value, Some(key), false, send)) }
        </ul>
    }
}

fn chip(
    at: usize,
    key: &str,
    value: &str,
    set: Option<&String>,
    differs: bool,
    send: &Callback<Msg>,
) -> Html {
    let named = if is_owner(key) { format!("{key} ") } else { format!("{key}=") };
    let back = |set: &String| on(send, Msg::Compare(Change::TakeBack(at, set.clone())));
    html! {
        <li class={classes!("chip", differs.then_some("differs"))}>
            <span>{ breakable(&named) }<b>{ breakable(value) }</b></span>
            { for set.map(|set| html! {
                <button
                    type="button"
                    class="take-back"
                    aria-label={format!("Reset {key} in {}", letter(at))}
                    title="Reset"
                    onclick={back(set)}
                >
                    { icon::line(icon::CROSS) }
                </button>
            }) }
        </li>
    }
}

fn fate(fate: Fate, label: &str) -> Option<Html> {
    match fate {
        Fate::Strikes => None,
        Fate::Never => Some(html! {
            <li class="chip never">{ "Fault never reached: " }{ label }</li>
        }),
        Fate::Impossible(why) => {
            // The alternatives would be a long list.
            let why = why.split(';').next().unwrap_or_default().to_owned();
            Some(html! {
                <li class="chip never">
                    { "Not applicable: " }{ label }{ " (" }{ why }{ ")" }
                </li>
            })
        }
    }
}

/// Renders the field that changes a setting.
fn change(compare: &Compare, at: usize, send: &Callback<Msg>) -> Html {
    let side = &compare.sides[at];
    html! {
        <Settings
            {at}
            scenario={Configured(Rc::clone(&side.scenario))}
            settings={side.config.settings.len()}
            send={send}
        />
    }
}

/// Renders the reason why a change was rejected.
fn refused(model: &Model, at: usize) -> Html {
    match model.refused.as_ref().filter(|refused| refused.what == refused_at(at)) {
        Some(refused) => html! { <p class="refused" role="alert">{ &refused.problem }</p> },
        None => Html::default(),
    }
}

/// Renders what happens on this side in the current beat.
fn sentence(compare: &Compare, at: usize) -> Html {
    let Some(moment) = compare.moment(at) else { return Html::default() };
    let waits = !compare.moves(at);
    let fault = moment.fault && !waits;
    html! {
        <div class={classes!("say", fault.then_some("fault"), waits.then_some("waits"))}>
            <p>
                <b>
                    if fault { { icon::solid(icon::BOLT) } }
                    { standing(compare, at, waits) }
                </b>
                { " " }
                { &moment.sentence }
            </p>
        </div>
    }
}

fn standing(compare: &Compare, at: usize, waits: bool) -> String {
    match compare.step(at) {
        _ if waits && compare.ended(at) => "Finished".to_owned(),
        0 if !waits => "Start".to_owned(),
        step if waits => format!("Waiting at step {step}"),
        step => format!("Step {step}"),
    }
}

/// Renders tabs with the sides and their sentences, if there is room for only one side.
pub fn tabs(compare: &Compare, send: &Callback<Msg>) -> Html {
    let tab = |(at, side): (usize, &Side)| {
        let here = compare.shown == at;
        html! {
            <button
                type="button"
                class={here.then_some("here")}
                aria-pressed={here.to_string()}
                onclick={on(send, Msg::Compare(Change::Show(at)))}
            >
                <b>{ letter(at) }</b><span>{ title(side) }</span>
            </button>
        }
    };
    html! {
        <>
            <div class="tabs" role="group" aria-label="Side shown">
                { for compare.sides.iter().enumerate().map(tab) }
            </div>
            { sentence(compare, compare.shown) }
        </>
    }
}
