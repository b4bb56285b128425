//! The questions, and ready answers for common cases.

use yew::html::Scope;
use yew::prelude::*;

use super::{Choose, Msg};
use crate::choose::{Answers, Question, Rank, USUAL};
use crate::text;
use crate::ui::share::Address;
use crate::ui::state::choose as asked;
use crate::ui::view::text_field::Typed;

/// Renders the common cases: each is a link to its answers.
pub fn usual(answers: &Answers) -> Html {
    html! {
        <section aria-labelledby="usual">
            <h2 id="usual">{ "Typical use cases" }</h2>
            <ul class="usual">
                { for USUAL.iter().map(|case| {
                    let here = case.answers == *answers;
                    let href = Address::Choose(asked::pairs(&case.answers, Rank::default())).href();
                    html! {
                        <li>
                            <a class={classes!("card", here.then_some("here"))} {href}
                                aria-current={here.then_some("true")}>
                                <b>{ case.name }</b>{ " " }<span>{ case.why }</span>
                            </a>
                        </li>
                    }
                }) }
            </ul>
        </section>
    }
}

pub fn form(answers: &Answers, refused: Option<&str>, link: &Scope<Choose>) -> Html {
    html! {
        <form class="questions" onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
            <h2>{ "Requirements" }</h2>
            { for Question::ALL.into_iter().map(|question| match question {
                Question::Rate => rate(answers, refused, link),
                question => one_of(question, answers, link),
            }) }
        </form>
    }
}

fn one_of(question: Question, answers: &Answers, link: &Scope<Choose>) -> Html {
    let chosen = answers.of(question);
    html! {
        <fieldset key={question.key()} id={format!("ask-{}", question.key())} tabindex="-1">
            <legend>{ question.asks() }</legend>
            { for question.choices().into_iter().map(|(key, label)| html! {
                <label>
                    <input
                        type="radio"
                        name={question.key()}
                        value={key}
                        checked={key == chosen}
                        onchange={link.callback(move |_| Msg::Answer(question, key.to_owned()))}
                    />
                    { label }
                </label>
            }) }
        </fieldset>
    }
}

fn rate(answers: &Answers, refused: Option<&str>, link: &Scope<Choose>) -> Html {
    html! {
        <fieldset key="rate" id="ask-rate" tabindex="-1">
            <legend id="rate-label">{ Question::Rate.asks() }</legend>
            <label>
                <Typed
                    id="rate"
                    value={answers.rate.to_string()}
                    numeric={true}
                    refused={refused.is_some()}
                    about={refused.map(|_| AttrValue::from("rate-refused"))}
                    onchange={link.callback(|rate| Msg::Answer(Question::Rate, rate))}
                />
                { " per second" }
            </label>
            if let Some(problem) = refused {
                <p class="refusal" id="rate-refused" role="alert">
                    { text::capital(problem.to_owned()) }
                    { format!("; keeping {}.", answers.rate) }
                </p>
            }
        </fieldset>
    }
}
