//! The page of random runs: how often things go wrong, and how long they take.

mod outcomes;
mod plan;
mod plots;
mod tests;
mod times;

use yew::prelude::*;

use super::event_handler::on;
use super::heading::dismiss;
use super::icon;
use super::select::Select;
use crate::catalogue;
use crate::present;
use crate::text::thousands;
use crate::ui::dom;
use crate::ui::share::Config;
use crate::ui::state::chaos::{Ask, Batch, Stand, Trial, label};
use crate::ui::state::{Model, Msg};

/// The element id of the results.
const RESULTS: &str = "results";

pub fn view(model: &Model, trial: &Trial, send: &Callback<Msg>) -> Html {
    html! {
        <main class="mid chaos" id="main" tabindex="-1">
            <div class="heading">
                if let Some(notice) = &model.notice {
                    <div class="note warn" role="status">
                        <p>{ notice }</p>
                        { dismiss(on(send, Msg::DismissNotice)) }
                    </div>
                }
                <h1>{ "Failure-rate simulation" }</h1>
                <p class="summary">
                    { "Monte Carlo simulation with random faults and latencies. Results are reproducible by \
                       seed; open any run step by step." }
                </p>
                { configuration(trial, send) }
            </div>
            <div class="trial">
                { plan::view(model, trial, send) }
                <div class="results">
                    { bar(trial, send) }
                    { for trial.runs.as_ref().map(|batch| came(trial, batch, send)) }
                    if trial.runs.as_ref().is_some_and(|batch| batch.stats.runs == 0 && batch.stand == Stand::Running) {
                        // Room for the first results: they push nothing away.
                        <div class="awaited" aria-hidden="true" />
                    }
                    { tests::view(trial, send) }
                    <p class="took" role="status">{ model.took.as_deref().unwrap_or_default() }</p>
                </div>
            </div>
        </main>
    }
}

/// Renders the configuration and its settings.
fn configuration(trial: &Trial, send: &Callback<Msg>) -> Html {
    let onchange = send.reform(|id: String| {
        let config = match catalogue::preset(&id) {
            Some(_) => Config::preset(&id),
            None => Config::scenario(&id),
        };
        Msg::Chaos(Ask::Begin(config))
    });
    let base = &trial.config.base;
    let named = |id: &str, title: &str| {
        let changed = id == base && !trial.config.settings.is_empty();
        format!("{title}{}", if changed { " (modified)" } else { "" })
    };
    html! {
        <>
            <p class="filters">
                <label for="configuration">{ "Configuration" }</label>
                <Select id="configuration" value={base.clone()} {onchange}>
                    { for catalogue::presets().iter().map(|group| html! {
                        <optgroup label={group.title}>
                            { for group.presets.iter().map(|preset| html! {
                                <option value={preset.id.clone()}>
                                    { named(&preset.id, &preset.narrative.title) }
                                </option>
                            }) }
                        </optgroup>
                    }) }
                    { for catalogue::groups().iter().map(|group| html! {
                        <optgroup label={format!("Scenarios: {}", group.title)}>
                            { for group.entries.iter().map(|entry| html! {
                                <option value={entry.id.clone()}>{ named(&entry.id, &entry.title) }</option>
                            }) }
                        </optgroup>
                    }) }
                </Select>
                <a class="to-lab" href={trial.in_lab().href()}>
                    { "Edit in Lab" }{ icon::line(icon::FORWARD) }
                </a>
            </p>
            <ul class="chips" aria-label="Settings">
                { for present::chips(&trial.scenario).iter().map(super::heading::chip) }
            </ul>
        </>
    }
}

/// Renders the run buttons and the progress.
fn bar(trial: &Trial, send: &Callback<Msg>) -> Html {
    let button = |label: String, path: &'static str, ask: Ask, class: &'static str| {
        html! {
            <button type="button" class={classes!("button", class)} onclick={on(send, Msg::Chaos(ask))}>
                { icon::solid(path) }{ label }
            </button>
        }
    };
    let runs = |n: u64| thousands(n as usize);
    let link = html! {
        <button
            type="button"
            class="button square"
            aria-label="Copy link to this plan"
            title="Copy link to this plan"
            onclick={on(send, Msg::Chaos(Ask::Link(trial.address())))}
        >
            { icon::line(icon::LINK) }
        </button>
    };
    let Some(batch) = &trial.runs else {
        return html! {
            <div class="run-bar">
                { button(format!("Run {} times", runs(trial.plan.runs)), icon::PLAY, Ask::Run, "primary run") }
                <p>{ "No results yet." }</p>
                { link }
            </div>
        };
    };
    let done = batch.stats.runs + batch.stats.left_out;
    let label = match &batch.stand {
        _ if batch.plan != trial.plan => {
            format!("Run the new plan {} times", runs(trial.plan.runs))
        }
        _ => "Run again".to_owned(),
    };
    html! {
        <div class="run-bar">
            { match batch.stand {
                Stand::Running => button("Pause".to_owned(), icon::PAUSE, Ask::Hold, "hold"),
                Stand::Held => button("Resume".to_owned(), icon::PLAY, Ask::Go, "primary go"),
                _ => button(label, icon::PLAY, Ask::Run, "primary run"),
            } }
            if matches!(batch.stand, Stand::Running | Stand::Held) {
                { button("Stop".to_owned(), icon::STOP, Ask::Stop, "stop") }
                <progress
                    aria-label="Runs done"
                    max={batch.plan.runs.to_string()}
                    value={done.to_string()}
                ></progress>
            }
            <p>{ progress(batch, done) }</p>
            if batch.stats.runs > 0 {
                // For small screens, which the plan fills.
                <button
                    type="button"
                    class="button to-results"
                    onclick={Callback::from(|_| dom::bring(RESULTS))}
                >
                    { "Results ↓" }
                </button>
            }
            { link }
            <p class="hidden" role="status">{ stands(&batch.stand) }</p>
        </div>
    }
}

/// Formats the progress: "12,000 of 50,000 runs, 240,000 a second".
fn progress(batch: &Batch, done: u64) -> String {
    let seconds = f64::from(batch.millis.max(1)) / 1e3;
    let all = thousands(batch.plan.runs as usize);
    let done_text = thousands(done as usize);
    let rate = format!("{} runs/s", thousands((done as f64 / seconds) as usize));
    match &batch.stand {
        Stand::Running if done == 0 => "Starting…".to_owned(),
        Stand::Running => format!("{done_text} of {all} runs, {rate}"),
        Stand::Held => format!("Paused after {done_text} of {all} runs"),
        Stand::Stopping => format!("Stopping after {done_text} of {all} runs…"),
        Stand::Stopped => format!("Stopped: these are the first {done_text} of {all} runs"),
        Stand::Done => format!("{done_text} runs in {seconds:.1} s, {rate}"),
        Stand::Failed(_) => format!("Aborted after {done_text} of {all} runs"),
    }
}

/// Returns the status for screen readers.
fn stands(stand: &Stand) -> &'static str {
    match stand {
        Stand::Running => "Running.",
        Stand::Held => "Paused.",
        Stand::Stopping => "",
        Stand::Stopped => "Stopped.",
        Stand::Done => "Done. The results are below.",
        Stand::Failed(_) => "Aborted.",
    }
}

/// Renders the results so far.
fn came(trial: &Trial, batch: &Batch, send: &Callback<Msg>) -> Html {
    let stats = &*batch.stats;
    html! {
        <>
            if let Stand::Failed(problem) = &batch.stand {
                <p class="refused" role="alert">
                    { "Aborted: " }{ problem }
                    { ". Run again; if it happens again, try fewer messages or another seed." }
                </p>
            }
            if stats.runs > 0 {
                if batch.plan != trial.plan {
                    <p class="stale">{ "The plan has changed since this run. Run it again to update the results." }</p>
                }
                <p class="headline" id={RESULTS} tabindex="-1">{ label::headline(stats) }</p>
                { outcomes::view(batch, send) }
                { times::view(stats) }
                { times::faults(stats) }
                if stats.left_out > 0 {
                    <p class="soft">
                        { format!("{} runs excluded: they exceeded the limits of the model.", thousands(stats.left_out as usize)) }
                    </p>
                }
            }
        </>
    }
}
