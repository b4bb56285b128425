//! What could happen at this step: what comes by itself, and every fault that can strike.

use yew::prelude::*;

use super::dialog::Dialog;
use super::{icon, on};
use crate::sim::Class;
use crate::story::Chance;
use crate::ui::state::{Model, Msg, Overlay, Run};
use crate::words;

pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let open = model.overlay == Some(Overlay::Chances);
    let chances = if open { run.course.chances(run.step) } else { Vec::new() };
    let (usual, faults): (Vec<_>, Vec<_>) = chances.iter().partition(|c| c.class.is_none());
    html! {
        <Dialog
            class="chances"
            label="What could happen here"
            {open}
            onclose={on(send, Msg::Close(Overlay::Chances))}
        >
            <p>{ place(run) }</p>
            { by_itself(&usual, send) }
            if faults.is_empty() {
                <p class="nothing">{ "Nothing is left that could break." }</p>
            } else {
                <section>
                    <h3>{ "Let something break" }</h3>
                    { for Class::ALL.into_iter().map(|class| of_class(class, &faults, send)) }
                </section>
            }
        </Dialog>
    }
}

fn place(run: &Run) -> String {
    let after = match run.step {
        0 => "Before anything has happened".to_owned(),
        step => format!("After step {step}"),
    };
    format!("{after}. Choose what comes next; the run goes on from there by itself.")
}

/// What comes without any fault: the usual next step first.
fn by_itself(usual: &[&Chance], send: &Callback<Msg>) -> Html {
    if usual.is_empty() {
        return html! { <p class="nothing">{ "Nothing more comes by itself: the run is over." }</p> };
    }
    html! {
        <section>
            <h3>{ "Without a fault" }</h3>
            <ul>
                { for usual.iter().enumerate().map(|(at, chance)| item(chance, at == 0, send)) }
            </ul>
        </section>
    }
}

fn of_class(class: Class, faults: &[&Chance], send: &Callback<Msg>) -> Html {
    let of: Vec<&Chance> = faults.iter().copied().filter(|c| c.class == Some(class)).collect();
    if of.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h4>{ words::capital(words::class(class).into()) }</h4>
            <ul>{ for of.into_iter().map(|chance| item(chance, false, send)) }</ul>
        </>
    }
}

fn item(chance: &Chance, usual: bool, send: &Callback<Msg>) -> Html {
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
                    { &chance.says }
                    if usual { <small>{ " (as usual)" }</small> }
                </span>
            </button>
        </li>
    }
}
