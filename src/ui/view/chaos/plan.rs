//! The form for the plan: the number of runs, the fault rates and the durations.

use yew::prelude::*;

use crate::sim::{Class, CompiledScenario};
use crate::simulate::{FaultRate, Operation};
use crate::ui::state::chaos::{Ask, Part, Trial, plan};
use crate::ui::state::{Model, Msg, Refused};
use crate::ui::view::event_handler::on;
use crate::ui::view::icon;
use crate::ui::view::select::Select;
use crate::ui::view::text_field::Typed;

/// The fault rates that are shown first.
const FIRST: [FaultRate; 5] = [
    FaultRate::LoseSend,
    FaultRate::LoseAck,
    FaultRate::LoseConsumerAck,
    FaultRate::CrashConsumer,
    FaultRate::CrashBroker,
];

/// The groups of the other rates.
const KINDS: [(&str, &[Class]); 5] = [
    ("Network", &[Class::Lost, Class::Late, Class::Refused, Class::Partition]),
    ("Crashes", &[Class::Crash, Class::Power, Class::PermanentLoss]),
    ("Slow or paused", &[Class::Pause, Class::Slow, Class::Replaced]),
    ("Handlers and databases", &[Class::Handler, Class::Store]),
    ("Duplicates", &[Class::Twice, Class::Reappear]),
];

pub fn view(model: &Model, trial: &Trial, send: &Callback<Msg>) -> Html {
    let refused = model.refused.as_ref();
    let first = FIRST.into_iter().filter(|hazard| trial.hazards.contains(hazard));
    html! {
        <section class="plan" aria-label="Plan">
            <h2>{ "Plan" }</h2>
            <div class="numbers">
                { number("Runs", Part::Runs, trial, refused, send) }
                <div class="number">
                    <label for="plan-messages">{ "Messages per run" }</label>
                    { messages(trial, send) }
                </div>
                <div class="number seed">
                    <label for="plan-seed">{ "Seed" }</label>
                    { typed(Part::Seed, trial, None, refused, send) }
                    <button
                        type="button"
                        class="button square"
                        aria-label="New seed"
                        title="New seed"
                        onclick={on(send, Msg::Chaos(Ask::NewSeed))}
                    >
                        { icon::line(icon::AGAIN) }
                    </button>
                </div>
            </div>
            { for [Part::Runs, Part::Messages, Part::Seed].map(|part| refusal(refused, part, trial)) }
            <h3>{ "Fault rates" }</h3>
            <ul class="rates">
                { for first.map(|hazard| rate(hazard, trial, refused, send)) }
            </ul>
            { others(trial, refused, send) }
            { times(trial, refused, send) }
            if trial.plan != plan::usual(&trial.plan) {
                <button type="button" class="button" onclick={on(send, Msg::Chaos(Ask::Usual))}>
                    { "Reset to defaults" }
                </button>
            }
        </section>
    }
}

fn number(
    label: &'static str,
    part: Part,
    trial: &Trial,
    refused: Option<&Refused>,
    send: &Callback<Msg>,
) -> Html {
    html! {
        <div class="number">
            <label for={id(part)}>{ label }</label>
            { typed(part, trial, None, refused, send) }
        </div>
    }
}

fn id(part: Part) -> String {
    format!("plan-{}", part.key().replace('.', "-"))
}

fn typed(
    part: Part,
    trial: &Trial,
    about: Option<String>,
    refused: Option<&Refused>,
    send: &Callback<Msg>,
) -> Html {
    let onchange = send.reform(move |text| Msg::Chaos(Ask::Set(part, text)));
    let numeric = matches!(part, Part::Runs | Part::Seed);
    html! {
        <Typed
            id={id(part)}
            value={shown(part, trial)}
            {numeric}
            about={about.map(AttrValue::from)}
            refused={refused.is_some_and(|refused| refused.what == part.key())}
            {onchange}
        />
    }
}

/// Returns the value in the plan, as displayed.
fn shown(part: Part, trial: &Trial) -> String {
    match part {
        Part::Runs => crate::text::thousands(trial.plan.runs as usize),
        part => part.of(&trial.plan),
    }
}

fn messages(trial: &Trial, send: &Callback<Msg>) -> Html {
    let onchange = send.reform(|text| Msg::Chaos(Ask::Set(Part::Messages, text)));
    html! {
        <Select id="plan-messages" value={trial.plan.messages.to_string()} {onchange}>
            { for (1..=4).map(|n| html! { <option value={n.to_string()}>{ n }</option> }) }
        </Select>
    }
}

fn refusal(refused: Option<&Refused>, part: Part, trial: &Trial) -> Html {
    match refused.filter(|refused| refused.what == part.key()) {
        Some(refused) => html! {
            <p class="refused" role="alert">
                { &refused.problem }{ format!(" Keeping {}.", shown(part, trial)) }
            </p>
        },
        None => Html::default(),
    }
}

/// Renders the rate of a kind of fault.
fn rate(hazard: FaultRate, trial: &Trial, refused: Option<&Refused>, send: &Callback<Msg>) -> Html {
    let part = Part::Rate(hazard);
    let about = format!("{}-of", id(part));
    let set = trial.plan.rates.of(hazard) > 0;
    html! {
        <li class={set.then_some("set")} key={hazard.key()}>
            <label for={id(part)}>{ hazard.label() }</label>
            { typed(part, trial, Some(about.clone()), refused, send) }
            <small id={about}>{ hazard.each() }</small>
            { refusal(refused, part, trial) }
        </li>
    }
}

/// Renders the rates of all other faults that can strike here, collapsed.
fn others(trial: &Trial, refused: Option<&Refused>, send: &Callback<Msg>) -> Html {
    let others: Vec<FaultRate> =
        trial.hazards.iter().copied().filter(|hazard| !FIRST.contains(hazard)).collect();
    let set = others.iter().filter(|hazard| trial.plan.rates.of(**hazard) > 0).count();
    html! {
        <details class="more">
            <summary>{ format!("{} more fault types", others.len()) }<span>{ format!("{set} active") }</span></summary>
            { for KINDS.iter().map(|(title, classes)| {
                let own = others.iter().filter(|hazard| classes.contains(&hazard.class()));
                let rows: Vec<Html> = own.map(|&hazard| rate(hazard, trial, refused, send)).collect();
                match rows.is_empty() {
                    true => Html::default(),
                    false => html! { <><h4>{ *title }</h4><ul class="rates">{ for rows }</ul></> },
                }
            }) }
        </details>
    }
}

/// Renders the durations of the operations.
fn times(trial: &Trial, refused: Option<&Refused>, send: &Callback<Msg>) -> Html {
    let Ok(setup) = CompiledScenario::new(&trial.scenario) else { return Html::default() };
    let changed: Vec<Operation> = trial.plan.pace.changed().map(|(act, _)| act).collect();
    let acts = Operation::ALL.iter().copied();
    let acts = acts.filter(|act| act.is_part_of(&setup) || changed.contains(act));
    html! {
        <details class="more">
            <summary>{ "Latencies and timeouts" }<span>{ format!("{} changed", changed.len()) }</span></summary>
            <p class="soft">
                { "Mean values. Product timeouts are fixed; everything else is sampled around its mean." }
            </p>
            <table class="paces">
                <thead>
                    <tr><th scope="col">{ "Parameter" }</th><th scope="col">{ "Mean" }</th></tr>
                </thead>
                <tbody>
                    { for acts.map(|act| pace(act, changed.contains(&act), trial, refused, send)) }
                </tbody>
            </table>
        </details>
    }
}

fn pace(
    act: Operation,
    changed: bool,
    trial: &Trial,
    refused: Option<&Refused>,
    send: &Callback<Msg>,
) -> Html {
    let part = Part::Time(act);
    let about = format!("{}-from", id(part));
    html! {
        <tr class={changed.then_some("set")} key={act.key()}>
            <th scope="row">
                <label for={id(part)}>{ act.label() }</label>
                <small id={about.clone()}>{ act.source() }</small>
            </th>
            <td>
                { typed(part, trial, Some(about), refused, send) }
                { refusal(refused, part, trial) }
            </td>
        </tr>
    }
}
