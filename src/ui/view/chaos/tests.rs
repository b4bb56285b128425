//! The standard tests as buttons: each passes or fails.

use yew::prelude::*;

use super::outcomes;
use crate::simulate::Classic;
use crate::text::thousands;
use crate::ui::state::Msg;
use crate::ui::state::chaos::{Ask, Batch, Stand, Trial};
use crate::ui::view::event_handler::on;
use crate::ui::view::icon;

pub fn view(trial: &Trial, send: &Callback<Msg>) -> Html {
    html! {
        <section class="classics" aria-label="Tests">
            <h2>{ "Three tests that everybody writes" }</h2>
            <ul>
                { for Classic::ALL.into_iter().zip(&trial.tests).map(|(test, batch)| card(test, batch.as_ref(), trial, send)) }
            </ul>
        </section>
    }
}

fn card(test: Classic, batch: Option<&Batch>, trial: &Trial, send: &Callback<Msg>) -> Html {
    let failure = batch.and_then(|batch| test.failure(&batch.stats));
    let over = batch.is_some_and(|batch| batch.stand == Stand::Done);
    let result = match (failure, over) {
        (Some(_), _) => Some(("bad", icon::CROSS, "failed")),
        (None, true) => Some(("good", icon::CHECK, "passed")),
        (None, false) => None,
    };
    let messages = test.plan(0, trial.plan.runs).runs * 2;
    html! {
        <li data-test={test.key()} class={result.map(|(class, ..)| class)}>
            <h3>{ test.label() }</h3>
            <p>{ test.asks() }{ ", over " }{ thousands(messages as usize) }{ " messages." }</p>
            <p class="verdict" role="status">
                if let Some((class, path, word)) = result {
                    <span class={classes!("pill", class)}>{ icon::line(path) }{ word }</span>
                }
                { for batch.map(|batch| verdict(test, batch)) }
            </p>
            if let (Some((count, worst)), Some(batch)) = (failure, batch) {
                <ul class="worst">
                    { for batch.shows(count).filter(|shows| shows.worst == worst).map(|shows| outcomes::run(shows, send)) }
                </ul>
            }
            <button type="button" class="button" onclick={on(send, Msg::Chaos(Ask::Test(test)))}>
                { icon::solid(icon::PLAY) }{ if batch.is_some() { "Test again" } else { "Test it" } }
            </button>
        </li>
    }
}

fn verdict(test: Classic, batch: &Batch) -> String {
    let stats = &batch.stats;
    let failed: Vec<String> = test
        .fails_on()
        .iter()
        .filter(|&&count| stats.count(count) > 0)
        .map(|&count| {
            let what = crate::text::clause(count.label());
            format!("{} {what}", thousands(stats.count(count) as usize))
        })
        .collect();
    match &batch.stand {
        Stand::Failed(problem) => format!("Broken off: {problem}."),
        _ if !failed.is_empty() => format!(" {}", failed.join(", ")),
        Stand::Done => " every time".to_owned(),
        _ => "Running…".to_owned(),
    }
}
