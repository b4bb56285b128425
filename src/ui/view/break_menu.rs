//! The break menu: what can happen at this step, by itself or as a fault.

use yew::prelude::*;

use super::dialog::Dialog;
use super::{icon, on};
use crate::present::{Branches, NextChoice};
use crate::sim::Participant;
use crate::text;
use crate::ui::state::{About, Model, Msg, Overlay, Run};

pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let open = model.overlay == Some(Overlay::Chances);
    html! {
        <Dialog
            class="chances"
            label="What happens next?"
            {open}
            onclose={on(send, Msg::Close(Overlay::Chances))}
        >
            if open {
                { content(model, run, send) }
            }
        </Dialog>
    }
}

fn content(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let course = run.course();
    let all = course.chances(model.break_step);
    let usual = all.iter().find(|chance| chance.class.is_none()).map(|chance| chance.choice);
    let list = |chances: &[&NextChoice]| {
        html! {
            <ul>
                { for chances.iter().map(|chance| item(chance, usual == Some(chance.choice), send)) }
            </ul>
        }
    };
    let meant = |chance: &&NextChoice| model.about.is_some_and(|about| concerns(chance, about));
    let (first, rest): (Vec<&NextChoice>, Vec<&NextChoice>) = all.iter().partition(meant);
    let (by_itself, faults): (Vec<&NextChoice>, Vec<&NextChoice>) =
        rest.into_iter().partition(|chance| chance.class.is_none());
    html! {
        <>
            <p>{ place(model.break_step) }</p>
            if let Some(about) = model.about.filter(|_| !first.is_empty()) {
                <section class="meant">
                    <h3>{ heading(course, about) }</h3>
                    { list(&first) }
                </section>
            }
            if !by_itself.is_empty() {
                <section>
                    <h3>{ "No fault" }</h3>
                    { list(&by_itself) }
                </section>
            }
            if usual.is_none() {
                <p class="nothing">{ "The run has ended; only faults can happen now." }</p>
            }
            if !faults.is_empty() {
                <section>
                    <h3>{ "Inject a fault" }</h3>
                    { for grouped(&run.story.parties, course, &faults).into_iter().map(|(whom, of)| html! {
                        <><h4>{ whom }</h4>{ list(&of) }</>
                    }) }
                </section>
            }
            if all.iter().all(|chance| chance.class.is_none()) {
                <p class="nothing">{ "No faults are possible here." }</p>
            }
        </>
    }
}

fn place(step: usize) -> String {
    let after = match step {
        0 => "At the start".to_owned(),
        step => format!("After step {step}"),
    };
    format!("{after}. Pick the next event; the rest of the run follows automatically.")
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
    faults: &[&'a NextChoice],
) -> Vec<(String, Vec<&'a NextChoice>)> {
    let of = |whom: Option<Participant>| -> Vec<&'a NextChoice> {
        let fits = |chance: &&&NextChoice| match chance.parties.1 {
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

fn item(chance: &NextChoice, usual: bool, send: &Callback<Msg>) -> Html {
    let fault = chance.class.is_some();
    html! {
        <li>
            <button
                type="button"
                class={classes!(fault.then_some("fault"))}
                onclick={on(send, Msg::Fork(chance.choice))}
            >
                if fault { { icon::solid(icon::BOLT) } } else { { icon::line(icon::FORWARD) } }
                <span>
                    { &chance.label }
                    if usual { <small>{ " (default)" }</small> }
                </span>
            </button>
        </li>
    }
}
