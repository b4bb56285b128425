//! The outcomes of the messages: how often each occurred, and the runs that show it.

use yew::prelude::*;

use super::plots;
use crate::simulate::{Count, Stats};
use crate::text::thousands;
use crate::ui::state::Msg;
use crate::ui::state::chaos::{Ask, Batch, Shows, label};
use crate::ui::view::event_handler::on;
use crate::ui::view::icon;

pub fn view(batch: &Batch, send: &Callback<Msg>) -> Html {
    let stats = &*batch.stats;
    let seen: Vec<Count> =
        label::ASKED.into_iter().filter(|&count| stats.count(count) > 0).collect();
    html! {
        <section class="outcomes" aria-label="Outcomes">
            <h2>{ "Outcomes" }</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="Table of outcomes">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{ "Outcome" }</th>
                        <th scope="col" class="figure">{ "per 10,000" }</th>
                        <th scope="col" class="figure">
                            <abbr title="If the same plan is run with other seeds, 95% of such intervals contain the true value">{ "95% interval" }</abbr>
                        </th>
                        <th scope="col" class="drawn">
                            <span class="hidden">{ "Drawn" }</span>
                            { plots::scale() }
                        </th>
                    </tr>
                </thead>
                <tbody>
                    { row(Count::Once, stats) }
                    // Those that were not seen as well: a row that comes later would push the others.
                    { for label::ASKED.into_iter().map(|count| row(count, stats)) }
                </tbody>
            </table>
            </div>
            if let Some(never) = label::never(stats) {
                <p class="never">
                    { never }
                    { format!(" Upper bound for unobserved outcomes: {} per 10,000 (95% confidence).", label::at_most(stats)) }
                </p>
            }
            <p class="soft">
                { "Rows overlap. “Out of order” and “unfinished” are per 10,000 runs, all others per 10,000 messages." }
            </p>
            if !batch.shows.is_empty() {
                <h3>{ "Example runs" }</h3>
                <dl class="worst">
                    { for seen.iter().map(|&count| shown(count, batch, send)) }
                </dl>
            }
        </section>
    }
}

fn row(count: Count, stats: &Stats) -> Html {
    let share = stats.share(count);
    let tone = match count {
        _ if stats.count(count) == 0 => "soft",
        Count::Once => "good",
        Count::LostSilently | Count::AppliedTwice => "bad",
        _ => "warn",
    };
    html! {
        <tr data-count={count.key()}>
            <th scope="row">
                <span class={tone}>{ count.label() }</span>
                <small>{ label::means(count) }</small>
            </th>
            <td class="figure">
                <b>{ label::per_ten_thousand(share.part) }</b>
                <small>{ thousands(stats.count(count) as usize) }{ if count.is_of_runs() { " runs" } else { "" } }</small>
            </td>
            <td class="figure">{ label::interval(share) }</td>
            <td class="drawn">{ plots::dot(share, tone) }</td>
        </tr>
    }
}

/// Renders the runs that show an outcome best.
fn shown(count: Count, batch: &Batch, send: &Callback<Msg>) -> Html {
    let runs: Vec<Html> = batch.shows(count).map(|shows| run(shows, send)).collect();
    if runs.is_empty() {
        return Html::default();
    }
    html! { <div><dt>{ count.label() }</dt><dd><ul>{ for runs }</ul></dd></div> }
}

/// Renders the link to a run that shows an outcome.
pub fn run(shows: &Shows, send: &Callback<Msg>) -> Html {
    let worst = shows.worst;
    let faults = match worst.faults {
        0 => "no fault".to_owned(),
        1 => "1 fault".to_owned(),
        n => format!("{n} faults"),
    };
    let label = format!("{faults}, {} steps", worst.steps);
    let Some(address) = &shows.address else { return html! { <li>{ label }</li> } };
    let number = thousands(worst.run as usize);
    html! {
        <li>
            <a class="button" href={address.href()} title={format!("Run {number}, step by step")}>
                { label }{ icon::line(icon::FORWARD) }
            </a>
            <button
                type="button"
                class="button square"
                aria-label={format!("Copy link to run {number}")}
                title="Copy link"
                onclick={on(send, Msg::Chaos(Ask::Link(address.clone())))}
            >
                { icon::line(icon::LINK) }
            </button>
        </li>
    }
}
