//! The three guarantees side by side, and published figures.

use yew::prelude::*;

use super::{Measured, rows};
use crate::sim::Scenario;
use crate::simulate::{Cost, PUBLISHED};
use crate::text;
use crate::ui::share::{Address, Config, Shown};
use crate::ui::view::cost::table;

fn of<'a>(costs: &'a [Measured], id: &str) -> Option<(&'static Scenario, Option<&'a Cost>)> {
    let (preset, cost) = rows().zip(costs).find(|(preset, _)| preset.id == id)?;
    Some((preset, cost.get()))
}

/// Renders at-most-once, at-least-once and exactly-once: the same broker, with different producers
/// and consumers.
pub fn guarantees(costs: &[Measured]) -> Html {
    const THREE: [&str; 3] = ["at-most-once", "at-least-once", "exactly-once"];
    html! {
        <ul class="guarantees" aria-label="The three guarantees">
            { for THREE.into_iter().filter_map(|id| of(costs, id)).map(|(preset, cost)| card(preset, cost)) }
        </ul>
    }
}

/// Renders a card; the figures take their places when they are known.
fn card(preset: &Scenario, cost: Option<&Cost>) -> Html {
    let ms = |us: Option<u64>| us.map_or_else(|| "no ack".to_owned(), table::time);
    let figure = |label: &str, figure: &dyn Fn(&Cost) -> String| {
        let figure = cost.map_or_else(|| "…".to_owned(), figure);
        html! { <div><dt>{ label }</dt><dd>{ figure }</dd></div> }
    };
    let href = Address::Run(Shown::new(Config::preset(&preset.id), true)).href();
    html! {
        <li class="card" aria-busy={cost.is_none().then_some("true")}>
            <h2><a {href}>{ &preset.narrative.title }</a></h2>
            <dl>
                { figure("End-to-end latency (p50)", &|cost| ms(cost.effect.quantile_us(0.5))) }
                { figure("Publish latency (p50)", &|cost| {
                    table::publish(cost).map_or_else(|| "does not wait".to_owned(), ms)
                }) }
                { figure("Throughput (messages/s)", &|cost| {
                    text::thousands(cost.per_second().round() as usize)
                }) }
                { figure("Round trips", &|cost| (cost.sender_waits + cost.consumer_waits).to_string()) }
                { figure("fsyncs", &|cost| cost.syncs.to_string()) }
                { figure("Extra storage", &table::keeps) }
            </dl>
        </li>
    }
}

/// Renders the figures that others have published, measured on their machines.
pub fn published(costs: &[Measured]) -> Html {
    let row = |published: &'static crate::simulate::Published| {
        let ours = published.ours(|id| of(costs, id).and_then(|(_, cost)| cost))?;
        Some(html! {
            <tr>
                <th scope="row">{ published.what }</th>
                <td class="number">{ number(published.theirs) }{ " " }{ published.unit }</td>
                <td class="number">{ number(ours) }{ " " }{ published.unit }</td>
                <td class="number">{ format!("{:.2}", ours / published.theirs) }</td>
                <td class="source">{ published.source }</td>
            </tr>
        })
    };
    html! {
        <section class="published" aria-labelledby="published">
            <h2 id="published">{ "Comparison with published benchmarks" }</h2>
            <p>
                { "Published numbers come from different hardware and workloads, and some do not state \
                   their method. The ratio only checks the order of magnitude." }
            </p>
            <div class="scroll" tabindex="0" role="region" aria-label="Published figures">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{ "Figure" }</th>
                            <th scope="col" class="number">{ "Published" }</th>
                            <th scope="col" class="number">{ "Model" }</th>
                            <th scope="col" class="number">{ "Ratio" }</th>
                            <th scope="col">{ "Source" }</th>
                        </tr>
                    </thead>
                    <tbody>{ for PUBLISHED.iter().filter_map(row) }</tbody>
                </table>
            </div>
        </section>
    }
}

/// Formats a number: "72,072", "1.7".
fn number(n: f64) -> String {
    if n < 100.0 { format!("{n:.1}") } else { text::thousands(n.round() as usize) }
}
