//! The break menu: what can happen at this step, by itself or as a fault.

use std::rc::Rc;

use yew::prelude::*;

use super::dialog::Dialog;
use super::event_handler::on;
use super::icon;
use super::pills::{badge, pills};
use crate::present::{Branches, NextChoice, Remark};
use crate::protocol::Answer;
use crate::sim::{Choice, Participant};
use crate::text;
use crate::ui::state::{About, Model, Msg, Overlay, Run, outcomes};

pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let open = model.overlay == Some(Overlay::Chances);
    html! {
        <Dialog
            class="chances"
            label="What happens next?"
            {open}
            at={model.break_at}
            onclose={on(send, Msg::Close(Overlay::Chances))}
        >
            if open {
                { content(model, run, send) }
                { preview(model) }
            }
        </Dialog>
    }
}

/// The number of choices that are offered at once for what the user pointed at.
const FIRST: usize = 5;

/// A choice, with what it leads to once that is known.
type Item<'a> = (&'a NextChoice, Option<&'a Remark>);

fn content(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let course = run.course();
    let all = course.chances(model.break_step);
    let entry = outcomes(model).and_then(|question| model.answers.get(&question));
    let ends: &[Remark] = match entry.and_then(|entry| entry.answer.as_deref()) {
        Some(Answer::Outcomes(outcomes)) => outcomes,
        _ => &[],
    };
    let waits = entry.is_some_and(|entry| entry.is_waiting());
    let usual = all.iter().find(|chance| chance.class.is_none()).map(|chance| chance.choice);
    let items: Vec<Item> =
        all.iter().enumerate().map(|(at, chance)| (chance, ends.get(at))).collect();
    let list = |items: &[Item]| {
        html! {
            <ul>{ for items.iter().map(|one| item(one, usual, waits, send)) }</ul>
        }
    };
    let meant = |(chance, _): &Item| model.about.is_some_and(|about| concerns(chance, about));
    let (mut first, mut rest): (Vec<Item>, Vec<Item>) = items.into_iter().partition(meant);
    // What breaks comes first where somebody has pointed at something to break.
    first.sort_by_key(|(chance, _)| chance.class.is_none());
    rest.splice(0..0, first.drain(FIRST.min(first.len())..));
    let others = html! {
        <>
            { others(run, &rest, usual.is_some(), &list) }
            if all.iter().all(|chance| chance.class.is_none()) {
                <p class="nothing">{ "No faults are possible here." }</p>
            }
        </>
    };
    html! {
        <>
            <p>{ place(model.break_step) }</p>
            if let Some(about) = model.about.filter(|_| !first.is_empty()) {
                <section class="meant">
                    <h3>{ heading(course, about) }</h3>
                    { list(&first) }
                </section>
                <details class="more">
                    <summary>{ format!("More ({})", rest.len()) }</summary>
                    { others }
                </details>
            } else {
                { others }
            }
        </>
    }
}

/// Renders the choices that the user did not point at: those without a fault, then the faults by
/// the participants that they affect.
fn others(run: &Run, rest: &[Item], goes_on: bool, list: &dyn Fn(&[Item]) -> Html) -> Html {
    let (by_itself, faults): (Vec<Item>, Vec<Item>) =
        rest.iter().copied().partition(|(chance, _)| chance.class.is_none());
    html! {
        <>
            if !by_itself.is_empty() {
                <section>
                    <h3>{ "No fault" }</h3>
                    { list(&by_itself) }
                </section>
            }
            if !goes_on {
                <p class="nothing">{ "The run has ended; only faults can happen now." }</p>
            }
            if !faults.is_empty() {
                <section>
                    <h3>{ "Inject a fault" }</h3>
                    { for grouped(&run.view.parties, run.course(), &faults).into_iter().map(|(whom, of)| html! {
                        <><h4>{ whom }</h4>{ list(&of) }</>
                    }) }
                </section>
            }
        </>
    }
}

/// Renders the run that the choice would lead to that the user points at: beside it, its outcome is
/// a part of its name.
fn preview(model: &Model) -> Html {
    let drawn = model.preview.as_ref().map(|preview| {
        // The diagram writer has written no text into it.
        Html::from_html_unchecked(AttrValue::from(Rc::clone(&preview.picture)))
    });
    html! {
        <div class="preview" aria-hidden="true">
            <span class="picture">{ for drawn }</span>
            <div>
                if let Some(preview) = &model.preview {
                    { pills(&preview.end) }
                } else {
                    <p class="nothing">{ "Point at an event to see where it leads." }</p>
                }
            </div>
        </div>
    }
}

fn place(step: usize) -> String {
    let after = match step {
        0 => "At the start".to_owned(),
        step => format!("After step {step}"),
    };
    format!("{after}. Pick the next event; each was run to its end, and says what it leads to.")
}

/// Returns the heading: "Broker", "m1: producer → broker".
fn heading(course: &Branches, about: About) -> String {
    match about {
        About::Participant(party) => format!("At {}", course.with_article(party)),
        About::Way { from, to, msg } => {
            let what = msg.map_or_else(|| "Connection".to_owned(), text::message);
            format!(
                "{what} on its way from {} to {}",
                course.with_article(from),
                course.with_article(to)
            )
        }
    }
}

/// Returns true if the choice concerns what the user pointed at.
fn concerns(chance: &NextChoice, about: About) -> bool {
    let (one, other) = chance.parties;
    match about {
        About::Participant(party) => one == party || other == Some(party),
        About::Way { from, to, msg } => {
            let between = (one, other) == (from, Some(to)) || (one, other) == (to, Some(from));
            // A partition affects everything on the connection.
            between && (chance.on_the_way.is_none() || chance.on_the_way == msg)
        }
    }
}

/// Groups the faults by the participants they affect: the connections first, then the participants
/// from left to right.
fn grouped<'a>(
    parties: &[Participant],
    course: &Branches,
    faults: &[Item<'a>],
) -> Vec<(String, Vec<Item<'a>>)> {
    let of = |whom: Option<Participant>| -> Vec<Item<'a>> {
        let fits = |(chance, _): &&Item| match chance.parties.1 {
            Some(_) => whom.is_none(),
            None => whom == Some(chance.parties.0),
        };
        faults.iter().filter(fits).copied().collect()
    };
    let between = ("Network".to_owned(), of(None));
    let parties = parties.iter();
    let each = parties.map(|&party| (text::capital(course.with_article(party)), of(Some(party))));
    std::iter::once(between).chain(each).filter(|(_, of)| !of.is_empty()).collect()
}

fn item((chance, ending): &Item, usual: Option<Choice>, waits: bool, send: &Callback<Msg>) -> Html {
    let fault = chance.class.is_some();
    html! {
        <li>
            <button
                type="button"
                class={classes!(fault.then_some("fault"))}
                onclick={on(send, Msg::Fork(chance.choice))}
                onmouseenter={on(send, Msg::Preview(chance.choice))}
                onfocus={on(send, Msg::Preview(chance.choice))}
            >
                if fault { { icon::solid(icon::BOLT) } } else { { icon::line(icon::FORWARD) } }
                <span>
                    { &chance.label }
                    if usual == Some(chance.choice) { <small>{ " (default)" }</small> }
                </span>
                if let Some(ending) = ending {
                    { badge(ending) }
                } else if waits {
                    <span class="pill plain" aria-hidden="true">{ "…" }</span>
                }
            </button>
        </li>
    }
}
