//! The card for one configuration that meets the requirements.

use yew::prelude::*;

use super::config;
use crate::check::Property;
use crate::choose::{Answers, Candidate, Hands, Known, known, obligations, rests_on};
use crate::protocol::Assumes;
use crate::simulate::Cost;
use crate::text;
use crate::ui::share::{Address, Found, Shown};
use crate::ui::state::Msg;
use crate::ui::view::cost::table::{keeps, parts, time};
use crate::ui::view::event_handler::on;
use crate::ui::view::icon;
use crate::ui::view::proof::assumes::assumes;

pub fn view(
    place: usize,
    candidate: &Candidate,
    cost: Option<&(&Cost, Hands)>,
    answers: &Answers,
    send: &Callback<Msg>,
) -> Html {
    let href = Address::Run(Shown::new(config(candidate), true)).href();
    html! {
        <li class="card choice" key={candidate.id.clone()}>
            <h2>
                <span class="place">{ place + 1 }</span>
                <span>
                    { candidate.broker.label() }{ ": " }{ candidate.sends }
                    <small>{ "The consumer " }{ candidate.consumes }{ "." }</small>
                </span>
            </h2>
            { verdict(candidate, answers) }
            { measured(cost, answers) }
            <details>
                <summary>{ "Client configuration" }</summary>
                { for candidate.client(answers.order).into_iter().map(|block| html! {
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
                <summary>{ "Your responsibilities" }</summary>
                <ul class="duties">
                    { for obligations(candidate, answers).into_iter().map(|duty| html! { <li>{ duty }</li> }) }
                </ul>
            </details>
            <p><a {href}>{ "Open in Lab" }</a></p>
        </li>
    }
}

/// Renders what is proved of the candidate, and what is not; the requirements come first.
fn verdict(candidate: &Candidate, answers: &Answers) -> Html {
    let asked: Vec<Property> = answers.asked().into_iter().map(|(_, property)| property).collect();
    let (first, mut rest): (Vec<Property>, Vec<Property>) =
        Property::ALL.into_iter().partition(|property| asked.contains(property));
    // What is never lost is never lost silently: that was asked for, too.
    rest.retain(|property| {
        *property != Property::NeverLostSilently || !asked.contains(&Property::NeverLost)
    });
    let Some(known) = known(&candidate.id) else { return Html::default() };
    html! {
        <>
            if !first.is_empty() {
                <ul class="proved" aria-label="Requirements, proved">
                    { for first.into_iter().map(|property| proved(candidate, known, property)) }
                </ul>
            }
            <div class="besides">
                <span>{ "Other properties:" }</span>
                <ul class="proved">
                    { for rest.into_iter().map(|property| proved(candidate, known, property)) }
                </ul>
            </div>
            <p class="soft bounds">{ known.bounds() }</p>
            { for rests_on(candidate).map(|assumptions| assumes(&Assumes::from(&assumptions), None)) }
        </>
    }
}

fn proved(candidate: &Candidate, known: &Known, property: Property) -> Html {
    let Some(run) = known.run(property) else {
        return match known.proves(property) {
            true => html! {
                <li class="good">{ icon::line(icon::CHECK) }{ property.label() }</li>
            },
            false => html! { <li class="soft">{ "? " }{ property.label() }</li> },
        };
    };
    let shown = |path| Shown {
        found: Some(Found { property: Some(property), path }),
        ..Shown::new(config(candidate).with("messages", &run.messages.to_string()), true)
    };
    let href = run.path.parse().ok().map(|path| Address::Run(shown(path)).href());
    // The proof that it is never lost silently may be right next to it.
    let label = match property {
        Property::NeverLost if known.proves(Property::NeverLostSilently) => {
            "lost, with an error".to_owned()
        }
        _ => property.broken_says().to_lowercase(),
    };
    html! {
        <li class="warn">{ icon::line(icon::BOLT) }<a {href}>{ format!("possible: {label}") }</a></li>
    }
}

fn measured(cost: Option<&(&Cost, Hands)>, answers: &Answers) -> Html {
    let Some((cost, hands)) = cost else {
        return html! { <p class="soft" aria-busy="true">{ "Measuring…" }</p> };
    };
    let at = |us: Option<u64>| us.map_or_else(|| "no ack".to_owned(), time);
    let several = |n: u32, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{} {what}s", text::thousands(n as usize)),
    };
    html! {
        <>
            <dl class="measured">
                <div><dt>{ "p50 latency" }</dt><dd>{ at(cost.effect.quantile_us(0.5)) }</dd></div>
                <div><dt>{ "p99 latency" }</dt><dd>{ at(cost.effect.quantile_us(0.99)) }</dd></div>
                <div><dt>{ "Publish latency" }</dt><dd>{ at(cost.told.quantile_us(0.5)) }</dd></div>
                <div><dt>{ "fsyncs" }</dt><dd>{ cost.syncs }</dd></div>
                <div><dt>{ "Extra storage" }</dt><dd>{ keeps(cost) }</dd></div>
                <div><dt>{ "Extra components" }</dt><dd>{ parts(cost) }</dd></div>
                if hands.limit.is_none() {
                    <div>
                        <dt>{ format!("Capacity for {} messages/s", text::thousands(answers.rate as usize)) }</dt>
                        <dd>{ several(hands.producers, "producer") }{ ", " }{ several(hands.consumers, "consumer") }</dd>
                    </div>
                }
            </dl>
            if let Some(limit) = hands.limit {
                <p class="bad">{ icon::line(icon::CROSS) }{ text::capital(limit.to_owned()) }{ "." }</p>
            }
        </>
    }
}
