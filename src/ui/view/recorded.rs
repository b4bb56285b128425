//! The badge that tells on which product a scenario was seen, and the dialog that it opens: the
//! recorded run beside the run that the catalogue shows.

use std::rc::Rc;

use yew::prelude::*;

use super::diagram_pane::Stage;
use super::dialog::Dialog;
use super::event_handler::on;
use super::icon;
use super::pills::badge;
use super::shared_run::SharedRun;
use crate::evidence::{Sighting, Standing, sentence, sightings, standing};
use crate::ui::state::recorded::{Difference, Recorded, recorded};
use crate::ui::state::{Model, Msg, Overlay, Run};

/// Renders the badge; nothing for runs other than the scenario's own.
pub fn mark(run: &Run, send: &Callback<Msg>) -> Html {
    if run.lab || run.config.preset || run.found.is_some() || run.view.id.is_empty() {
        return Html::default();
    }
    let text = sentence(&run.view.id);
    let (class, mark) = match standing(&sightings(&run.view.id)) {
        Standing::Seen => ("seen", icon::line(icon::CHECK)),
        Standing::Emulated => ("seen emulated", Html::default()),
        Standing::NotSeen => return html! { <p class="seen">{ text }</p> },
    };
    html! {
        <p {class}>
            <button
                type="button"
                aria-haspopup="dialog"
                onclick={on(send, Msg::Open(Overlay::Recorded))}
            >
                { mark }<b>{ text }</b>
            </button>
        </p>
    }
}

/// Renders the dialog.
pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let open = model.overlay == Some(Overlay::Recorded);
    let label = match standing(&sightings(&run.view.id)) {
        Standing::Emulated => "Recorded on emulators",
        _ => "Recorded on the real product",
    };
    html! {
        <Dialog
            class="recorded"
            {label}
            {open}
            onclose={on(send, Msg::Close(Overlay::Recorded))}
        >
            <Beside
                scenario={AttrValue::from(run.view.id.clone())}
                view={SharedRun(Rc::clone(&run.view))}
            />
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    scenario: AttrValue,
    /// The run that the catalogue shows.
    view: SharedRun,
}

#[component]
fn Beside(props: &Props) -> Html {
    let all = use_memo(props.scenario.clone(), |id| recorded(id));
    let at = use_state_eq(|| 0);
    // The step of each run that the diagram shows; the end at first.
    let steps = use_state_eq(|| [None::<usize>; 2]);
    let Some(own) = all.get(*at) else { return Html::default() };
    let go = {
        let steps = steps.clone();
        Callback::from(move |(side, step): (usize, usize)| {
            let mut to = *steps;
            to[side] = Some(step);
            steps.set(to);
        })
    };
    let choose = {
        let (at, steps) = (at.clone(), steps.clone());
        Callback::from(move |number: usize| {
            at.set(number);
            steps.set([None; 2]);
        })
    };
    let side = |side: usize, title: &'static str, view: &SharedRun| {
        let go = go.clone();
        let send = Callback::from(move |msg: Msg| {
            if let Msg::To(step) | Msg::Break(step, ..) = msg {
                go.emit((side, step));
            }
        });
        html! {
            <section>
                <h3>{ title }</h3>
                <Stage
                    view={view.clone()}
                    step={steps[side].unwrap_or(view.0.last())}
                    {send}
                    label={format!("Sequence diagram: {title}")}
                    ending=false
                />
            </section>
        }
    };
    let view = SharedRun(Rc::clone(&own.view));
    html! {
        <>
            { about(&own.sighting) }
            { choices(&all, *at, &choose) }
            <div class="beside">
                { side(0, "Run of the model", &props.view) }
                { side(1, "Recorded run", &view) }
            </div>
            { differences(&own.differences, &go) }
            <p class="remark">
                { "What happens inside the broker cannot be observed: the diagram of the recorded run \
                   takes those steps from the model." }
            </p>
            <a class="button" href={own.address.href()}>
                { "Step through the recorded run" }{ icon::line(icon::FORWARD) }
            </a>
        </>
    }
}

/// Renders what was run, and on what.
fn about(sighting: &Sighting) -> Html {
    html! {
        <p>
            { format!("{}, with {}. To record it again, run ", sighting, sighting.with.join(" and ")) }
            <code>{ &sighting.command }</code>{ "." }
            if let Some(product) = &sighting.emulates {
                { format!(" It is an emulator, and no witness for {product}.") }
            }
        </p>
    }
}

/// Renders the choice of a recording, if there are several: the same faults can end in several ways, and
/// there are several emulators.
fn choices(all: &[Recorded], at: usize, choose: &Callback<usize>) -> Html {
    if all.len() < 2 {
        return Html::default();
    }
    html! {
        <div class="runs" role="group" aria-label="Recordings">
            { for all.iter().enumerate().map(|(number, recorded)| {
                let choose = choose.clone();
                html! {
                    <button
                        type="button"
                        class={classes!("button", (number == at).then_some("here"))}
                        aria-pressed={(number == at).to_string()}
                        onclick={move |_| choose.emit(number)}
                    >
                        { name(&recorded.sighting, number) }{ " " }{ badge(&recorded.view.ending) }
                    </button>
                }
            }) }
        </div>
    }
}

/// Returns what a recording is called: by its emulator, if it is of one.
fn name(sighting: &Sighting, number: usize) -> String {
    match sighting.emulates {
        Some(_) => sighting.product.clone(),
        None => format!("Recording {}", number + 1),
    }
}

/// Renders the differences between the runs; a click on one shows its step.
fn differences(all: &[Difference], go: &Callback<(usize, usize)>) -> Html {
    if all.is_empty() {
        return html! {
            <p class="same">
                { icon::line(icon::CHECK) }
                { "No difference: all that can be observed is the same, in the same order." }
            </p>
        };
    }
    html! {
        <>
            <h3>{ "Differences in what can be observed" }</h3>
            <ul class="differing">
                { for all.iter().map(|difference| {
                    let Difference { in_recorded, step, what } = difference.clone();
                    let go = go.clone();
                    let where_to = if in_recorded { "Recorded" } else { "Model" };
                    html! {
                        <li>
                            <button
                                type="button"
                                class={if in_recorded { "product" } else { "model" }}
                                onclick={move |_| go.emit((usize::from(in_recorded), step))}
                            >
                                <b>{ format!("{where_to}, step {step}") }</b>{ " " }<span>{ what }</span>
                            </button>
                        </li>
                    }
                }) }
            </ul>
            <p class="remark">
                { "Both runs are runs of the model: it leaves the order of independent events open." }
            </p>
        </>
    }
}
