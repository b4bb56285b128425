//! The playback controls below the diagram, and the sentence of the step.

use web_sys::{HtmlInputElement, HtmlSelectElement, InputEvent};
use yew::prelude::*;

use super::event_handler::on;
use super::pills::pills;
use super::{hints, icon};
use crate::ui::state::hints::Hint;
use crate::ui::state::{Model, Msg, Overlay, Run, Speed};

pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    html! {
        <section class="deck" aria-label="Steps" tabindex="-1">
            { sentence(run, model.hides_outcome()) }
            { hints::view(model, Hint::Step, send) }
            { hints::view(model, Hint::Break, send) }
            <div class="controls">
                { transport(model, &Place::of(run), send) }
                <button
                    type="button"
                    class="button break"
                    aria-haspopup="dialog"
                    title="Inject a fault here (b)"
                    aria-label="Break it here"
                    onclick={on(send, Msg::Open(Overlay::Chances))}
                >
                    { icon::solid(icon::BOLT) }<b>{ "Break" }<span>{ " it here" }</span></b>
                </button>
            </div>
        </section>
    }
}

/// The position in a run.
pub struct Place {
    pub step: usize,
    pub last: usize,
    /// The steps in which faults strike.
    pub faults: Vec<usize>,
    /// The step at which the runs of a comparison diverge.
    pub parts: Option<usize>,
}

impl Place {
    fn of(run: &Run) -> Place {
        let moments = run.view.moments.iter().enumerate();
        let faults = moments.filter(|(_, moment)| moment.fault).map(|(step, _)| step).collect();
        Place { step: run.step, last: run.last(), faults, parts: None }
    }
}

/// Renders the playback controls: buttons, scrubber, speed.
pub fn transport(model: &Model, place: &Place, send: &Callback<Msg>) -> Html {
    html! {
        <>
            { buttons(model, place, send) }
            { scrubber(place, send) }
            <output class="count" aria-hidden="true">
                { place.step }<span>{ " / " }{ place.last }</span>
            </output>
            { pace(model, send) }
        </>
    }
}

fn sentence(run: &Run, hides: bool) -> Html {
    let Some(moment) = run.moment() else { return Html::default() };
    let what = if run.step == 0 { "Start".to_owned() } else { format!("Step {}", run.step) };
    html! {
        <div class={classes!("say", moment.fault.then_some("fault"))}>
            <p role="status" aria-live="polite" aria-atomic="true">
                <b>
                    if moment.fault { { icon::solid(icon::BOLT) } }
                    { what }
                </b>
                { " " }
                { &moment.sentence }
            </p>
            // At the end, and before the first event, they would add nothing.
            if !run.at_end() && run.step > 0 && !hides {
                { pills(moment) }
            }
        </div>
    }
}

fn buttons(model: &Model, place: &Place, send: &Callback<Msg>) -> Html {
    let button =
        |class: &'static str, label: &'static str, key: &'static str, path, msg, off: bool| {
            html! {
                <button
                    type="button"
                    class={classes!("button", "square", class)}
                    aria-label={label}
                    title={format!("{label} ({key})")}
                    // Not `disabled`: that would remove the focus while the user holds the key
                    // down.
                    aria-disabled={off.then_some("true")}
                    onclick={on(send, msg)}
                >
                    { path }
                </button>
            }
        };
    let (start, end) = (place.step == 0, place.step == place.last);
    let (label, path) = match (model.playing, end) {
        (true, _) => ("Pause", icon::solid(icon::PAUSE)),
        (false, true) => ("Play again", icon::line(icon::AGAIN)),
        (false, false) => ("Play", icon::solid(icon::PLAY)),
    };
    html! {
        <div class="buttons">
            { button("first", "First step", "Home", icon::line(icon::FIRST), Msg::First, start) }
            { button("back", "One step back", "←", icon::line(icon::BACK), Msg::Back, start) }
            { button("play primary", label, "Space", path, Msg::PlayPause, false) }
            { button("forward", "One step forward", "→", icon::line(icon::FORWARD), Msg::Forward, end) }
            { button("last", "Last step", "End", icon::line(icon::LAST), Msg::Last, end) }
        </div>
    }
}

fn scrubber(place: &Place, send: &Callback<Msg>) -> Html {
    let last = place.last;
    let moved = send.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        // The browser makes sure that the value of a range is a number; otherwise fall back to the
        // start.
        Msg::To(input.value().parse().unwrap_or(0))
    });
    let text = match place.step {
        0 => format!("start of {last} steps"),
        step => format!("step {step} of {last}"),
    };
    html! {
        <div class="scrubber">
            // The track is `last` by 2 units, stretched: positions need no inline styles.
            <svg viewBox={format!("0 0 {} 2", last.max(1))} preserveAspectRatio="none" aria-hidden="true">
                <line class="track" x1="0" y1="1" x2={last.max(1).to_string()} y2="1" />
                <line class="done" x1="0" y1="1" x2={place.step.to_string()} y2="1" />
                { for place.parts.map(|step| html! {
                    <line class="parts" x1={step.to_string()} y1="0" x2={step.to_string()} y2="2" />
                }) }
                { for place.faults.iter().map(|step| html! {
                    <line class="mark" x1={step.to_string()} y1="0" x2={step.to_string()} y2="2" />
                }) }
            </svg>
            <input
                type="range"
                min="0"
                max={last.to_string()}
                step="1"
                value={place.step.to_string()}
                aria-label="Step"
                aria-valuetext={text}
                oninput={moved}
            />
        </div>
    }
}

fn pace(model: &Model, send: &Callback<Msg>) -> Html {
    let send = send.clone();
    let onchange = Callback::from(move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        if let Some(speed) = Speed::named(&select.value()) {
            send.emit(Msg::LatencyModel(speed));
        }
    });
    html! {
        <select class="button pace" aria-label="Speed" title="Speed" {onchange}>
            { for Speed::ALL.into_iter().map(|speed| html! {
                <option value={speed.label()} selected={speed == model.speed}>{ speed.label() }</option>
            }) }
        </select>
    }
}
