//! The question that comes before the run, and the switch that turns it on.

use yew::prelude::*;

use super::event_handler::on;
use super::icon;
use crate::ui::state::predict::{self, Actual, Guess, answer, question};
use crate::ui::state::{Model, Msg, Run};

/// The length of a takeaway that needs a third line.
const LONG: usize = 80;

/// Renders the switch.
pub fn switch(run: &Run, send: &Callback<Msg>) -> Html {
    let is_on = run.guided.predict;
    html! {
        <li class="remedy predicts">
            <button
                type="button"
                role="switch"
                aria-checked={is_on.to_string()}
                title="Ask what will happen before showing it"
                onclick={on(send, Msg::Predict(predict::Msg::Switch))}
            >
                <i aria-hidden="true" />
                <b>{ "Predict" }</b>
            </button>
        </li>
    }
}

/// Renders the question with its answers, and the result once it has been answered. The buttons
/// stay: nothing moves, and the focus stays where it is.
pub fn panel(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    if !run.guided.predict {
        return Html::default();
    }
    let hidden = model.hides_outcome();
    let guess = model.predict.guess;
    html! {
        <section class="predict" aria-label="Prediction">
            <div role="group" aria-labelledby="prediction">
                <p id="prediction">{ question(run.scenario()) }</p>
                <div class="guesses">
                    { for Guess::ALL.into_iter().map(|each| option(each, guess, hidden, send)) }
                </div>
            </div>
            <div class={classes!("after", (run.view.takeaway.len() > LONG).then_some("long"))}>
                if hidden {
                    <p class="soft">{ "Choose an answer to see the run, or step through it first." }</p>
                }
                <p role="status">if !hidden { { result(run, guess) } }</p>
            </div>
        </section>
    }
}

fn option(each: Guess, guess: Option<Guess>, hidden: bool, send: &Callback<Msg>) -> Html {
    html! {
        <button
            type="button"
            class="button"
            title={format!("{} ({})", each.label(), each.key())}
            aria-label={each.label()}
            aria-pressed={(guess == Some(each)).to_string()}
            // Not `disabled`: that would remove the focus from the button that was pressed.
            aria-disabled={(!hidden).then_some("true")}
            onclick={on(send, Msg::Predict(predict::Msg::Answer(each)))}
        >
            { each.label() }
        </button>
    }
}

fn result(run: &Run, guess: Option<Guess>) -> Html {
    let actual = Actual::of(&run.made.ran);
    let mark = guess.map(|guess| match actual.matches(guess) {
        true => html! { <span class="good">{ icon::line(icon::CHECK) }</span> },
        false => html! { <span class="bad">{ icon::line(icon::CROSS) }</span> },
    });
    html! {
        <>
            { for mark }
            <b>{ answer(run.scenario(), actual, guess) }</b>
            if !run.view.takeaway.is_empty() { { " " }{ &run.view.takeaway } }
        </>
    }
}
