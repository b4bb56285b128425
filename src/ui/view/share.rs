//! The sharing and export dialog: the link, the HTML code for embedding, the diagram to copy or to
//! save.

use yew::prelude::*;

use super::dialog::Dialog;
use super::event_handler::on;
use super::icon;
use crate::ui::dom;
use crate::ui::state::export::{Export, Format, HOME, Take, embed_code, shared, subjects};
use crate::ui::state::{Model, Msg, Overlay, letter};

pub fn view(model: &Model, send: &Callback<Msg>) -> Html {
    let open = model.overlay == Some(Overlay::Share);
    html! {
        <Dialog
            class="share"
            label="Share and export"
            {open}
            onclose={on(send, Msg::Close(Overlay::Share))}
        >
            if open { { content(model, send) } }
        </Dialog>
    }
}

fn content(model: &Model, send: &Callback<Msg>) -> Html {
    let take = |take: Take, label: &'static str| {
        html! {
            <button type="button" class="button" onclick={on(send, Msg::Take(take))}>{ label }</button>
        }
    };
    let subjects = subjects(model);
    let included = match subjects.len() {
        0 => "Includes what you have set on this page.",
        1 => "Includes the settings, the faults, the run and the current step.",
        _ => "Includes all sides, the faults and the current step.",
    };
    let last = subjects.iter().map(|subject| subject.view.last()).max();
    html! {
        <>
            if shared(model).is_some() {
                <section>
                    <h3>{ "Permalink" }</h3>
                    <p>{ included }</p>
                    <div class="row">
                        { take(Take::Link, "Copy link") }
                        // Shown only if the browser supports it, as detected by `www/main.js`.
                        <span class="native">{ take(Take::Native, "Share…") }</span>
                    </div>
                </section>
            }
            if let Some(run) = model.run() {
                <section>
                    <h3>{ "Embed" }</h3>
                    <pre tabindex="0">{ embed_code(run).replace(HOME, &dom::folder()) }</pre>
                    <div class="row">{ take(Take::Embed, "Copy code") }</div>
                </section>
            }
            if let Some(last) = last {
                <Exports
                    sides={subjects.len()}
                    step={subjects.iter().map(|subject| subject.step).max().unwrap_or_default()}
                    {last}
                    {send}
                />
            }
            <p class="done" role="status">
                if let Some(took) = &model.took {
                    { icon::line(icon::CHECK) }{ took }
                }
            </p>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    /// The number of runs on screen.
    sides: usize,
    step: usize,
    last: usize,
    send: Callback<Msg>,
}

/// Renders the formats, each to copy and to save.
#[component]
fn Exports(props: &Props) -> Html {
    let (part, side) = (use_state_eq(|| 0), use_state_eq(|| 0));
    // At its start and at its end, a run has no part to choose.
    let parts = 0 < props.step && props.step < props.last;
    let export = |format, copy| {
        let export = Export { format, copy, until_here: parts && *part == 1, side: *side };
        on(&props.send, Msg::Take(Take::Export(export)))
    };
    html! {
        <section>
            <h3>{ "Export" }</h3>
            if props.sides > 1 {
                { choice("Side", (0..props.sides).map(|at| format!("Side {}", letter(at))).collect(), &side) }
            }
            if parts {
                { choice("Part of the run", vec!["Whole run".to_owned(), format!("Up to step {}", props.step)], &part) }
            }
            <ul class="formats">
                { for Format::ALL.into_iter().map(|format| {
                    let label = format.label();
                    html! {
                        <li key={label}>
                            <span>{ label }</span>
                            if format.can_be_copied() {
                                <button
                                    type="button"
                                    class="button"
                                    aria-label={format!("Copy {label}")}
                                    onclick={export(format, true)}
                                >
                                    { "Copy" }
                                </button>
                            }
                            <button
                                type="button"
                                class="button"
                                aria-label={format!("Save {label}")}
                                onclick={export(format, false)}
                            >
                                { "Save" }
                            </button>
                        </li>
                    }
                }) }
            </ul>
            <p class="remark">{ "Slides are an HTML file: press → for the next step, or print to PDF for one page per step." }</p>
        </section>
    }
}

/// Renders radio buttons, and sets the state to the number of the one that is chosen.
fn choice(name: &'static str, labels: Vec<String>, state: &UseStateHandle<usize>) -> Html {
    html! {
        <fieldset class="row">
            <legend class="hidden">{ name }</legend>
            { for labels.into_iter().enumerate().map(|(at, label)| {
                let setter = state.setter();
                html! {
                    <label>
                        <input
                            type="radio"
                            {name}
                            checked={**state == at}
                            onchange={Callback::from(move |_: Event| setter.set(at))}
                        />
                        { label }
                    </label>
                }
            }) }
        </fieldset>
    }
}
