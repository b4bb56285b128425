//! One configuration that gives what was asked for, with all that belongs to it.

use std::rc::Rc;

use yew::prelude::*;

use super::config;
use crate::check::Property;
use crate::choose::{Answers, Candidate, Hands, duties, known};
use crate::measure::Cost;
use crate::ui::share::{Address, AskedStep, Found, Shown};
use crate::ui::state::Msg;
use crate::ui::view::cost::table::{keeps, parts, time};
use crate::ui::view::{icon, on};
use crate::words;

pub fn view(
    place: usize,
    candidate: &Candidate,
    cost: Option<&(Rc<Cost>, Hands)>,
    answers: &Answers,
    send: &Callback<Msg>,
) -> Html {
    let href = Address::Run(Shown::new(config(candidate), true)).href();
    html! {
        <li class="card choice" key={candidate.id.clone()}>
            <h2>
                <span class="place">{ place + 1 }</span>
                <span>{ candidate.broker.says() }{ ": " }{ candidate.sends }</span>
            </h2>
            <p>{ "The consumer " }{ candidate.consumes }{ "." }</p>
            { verdict(candidate) }
            { measured(cost, answers) }
            <details>
                <summary>{ "Settings to copy" }</summary>
                { for candidate.client().into_iter().map(|block| html! {
                    <div class="block">
                        <div class="bar">
                            <h3>{ block.title }</h3>
                            <button type="button" class="button copy"
                                aria-label={format!("Copy: {}", block.title)}
                                onclick={on(send, Msg::Copy(block.text.clone()))}>
                                { "Copy" }
                            </button>
                        </div>
                        <pre tabindex="0">{ block.text }</pre>
                    </div>
                }) }
            </details>
            <details>
                <summary>{ "What remains yours" }</summary>
                <ul class="duties">
                    { for duties(candidate, answers).into_iter().map(|duty| html! { <li>{ duty }</li> }) }
                </ul>
            </details>
            <p><a {href}>{ "Open it in the Lab: every run, step by step" }</a></p>
        </li>
    }
}

/// What is proved of it, and what is not.
fn verdict(candidate: &Candidate) -> Html {
    let Some(known) = known(&candidate.id) else { return Html::default() };
    let bounds = match known.two {
        true => "Every run of two messages with two of the usual faults, and with one of any kind.",
        false => {
            "Every run of two messages with one fault of any kind, and of one message with two of \
             the usual ones."
        }
    };
    html! {
        <>
            <ul class="proved" aria-label="What is proved">
                { for Property::ALL.into_iter().map(|property| match known.run(property) {
                    Some(run) => {
                        let shown = |path| Shown {
                            config: config(candidate).with("messages", &run.messages.to_string()),
                            lab: true,
                            found: Some(Found { property: Some(property), path }),
                            step: AskedStep::Start,
                        };
                        let href = run.path.parse().ok().map(|path| Address::Run(shown(path)).href());
                        html! {
                            <li class="warn">
                                { icon::line(icon::CROSS) }
                                <a {href}>{ format!("can be: {}", property.broken_says().to_lowercase()) }</a>
                            </li>
                        }
                    }
                    None if known.proves(property) => html! {
                        <li class="good">{ icon::line(icon::CHECK) }{ property.says() }</li>
                    },
                    None => html! { <li class="soft">{ "? " }{ property.says() }</li> },
                }) }
            </ul>
            <p class="soft bounds">{ bounds }</p>
        </>
    }
}

fn measured(cost: Option<&(Rc<Cost>, Hands)>, answers: &Answers) -> Html {
    let Some((cost, hands)) = cost else {
        return html! { <p class="soft" aria-busy="true">{ "Measuring…" }</p> };
    };
    let at = |us: Option<u64>| us.map_or_else(|| "no answer".to_owned(), time);
    let several = |n: u32, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{} {what}s", words::thousands(n as usize)),
    };
    html! {
        <>
            <dl class="measured">
                <div><dt>{ "To the effect" }</dt><dd>{ at(cost.effect.quantile_us(0.5)) }</dd></div>
                <div><dt>{ "99 % within" }</dt><dd>{ at(cost.effect.quantile_us(0.99)) }</dd></div>
                <div><dt>{ "To the answer" }</dt><dd>{ at(cost.told.quantile_us(0.5)) }</dd></div>
                <div><dt>{ "Disk syncs" }</dt><dd>{ cost.syncs }</dd></div>
                <div><dt>{ "Kept besides" }</dt><dd>{ keeps(cost) }</dd></div>
                <div><dt>{ "Runs besides" }</dt><dd>{ parts(cost) }</dd></div>
                <div>
                    <dt>{ format!("For {} a second", words::thousands(answers.rate as usize)) }</dt>
                    <dd>{ several(hands.producers, "producer") }{ ", " }{ several(hands.consumers, "consumer") }</dd>
                </div>
            </dl>
            if let Some(limit) = hands.limit {
                <p class="bad">{ icon::line(icon::CROSS) }{ words::capital(limit.to_owned()) }{ "." }</p>
            }
        </>
    }
}
