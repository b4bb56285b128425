//! The latencies in virtual time, and the faults that struck.

use yew::prelude::*;

use super::plots::{self, Line};
use crate::simulate::{FaultRate, Stats};
use crate::text::thousands;
use crate::text::{rough, rough_time};
use crate::ui::state::chaos::label::per_ten_thousand;

const QUANTILES: [(f64, &str); 5] =
    [(0.5, "half"), (0.9, "90%"), (0.99, "99%"), (0.999, "99.9%"), (1.0, "all")];

pub fn view(stats: &Stats) -> Html {
    if stats.effect.count() + stats.told.count() == 0 {
        return Html::default();
    }
    let told = stats.told.count() > 0;
    html! {
        <section class="times" aria-label="Times">
            <h2>{ "Latency" }</h2>
            <p class="soft">
                { "Simulated time since the send call. " }
                { for stats.per_second().map(|rate| html! {
                    <>{ "Throughput: " }<b>{ format!("{} messages/s", rough(rate)) }</b>
                    { ", including waits and restarts." }</>
                }) }
            </p>
            <div class="both">
                <figure>
                    <figcaption>
                        { "Share of messages slower than x (CCDF)" }
                        <span class="key effect">{ "end-to-end" }</span>
                        if told {
                            <span class="key answer">{ "producer ack" }</span>
                        }
                    </figcaption>
                    { plots::longer(&[
                        Line { class: "effect", times: &stats.effect },
                        Line { class: "answer", times: &stats.told },
                    ]) }
                </figure>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{ "Percentile" }</th>
                            <th scope="col" class="figure">{ "end-to-end" }</th>
                            if told {
                                <th scope="col" class="figure">{ "producer ack" }</th>
                            }
                        </tr>
                    </thead>
                    <tbody>
                        { for QUANTILES.iter().map(|&(part, name)| {
                            let time = |us: Option<u64>| us.map_or("–".to_owned(), |us| rough_time(us as f64));
                            html! {
                                <tr>
                                    <th scope="row">{ name }</th>
                                    <td class="figure">{ time(stats.effect.quantile_us(part)) }</td>
                                    if told {
                                        <td class="figure">{ time(stats.told.quantile_us(part)) }</td>
                                    }
                                </tr>
                            }
                        }) }
                        <tr>
                            <th scope="row">{ "mean" }</th>
                            <td class="figure">{ stats.effect.mean_us().map_or("–".to_owned(), rough_time) }</td>
                            if told {
                                <td class="figure">{ stats.told.mean_us().map_or("–".to_owned(), rough_time) }</td>
                            }
                        </tr>
                    </tbody>
                </table>
            </div>
        </section>
    }
}

/// Renders the faults that struck, and how often.
pub fn faults(stats: &Stats) -> Html {
    let faults_used: Vec<FaultRate> =
        FaultRate::ALL.iter().copied().filter(|&hazard| stats.faults_used(hazard) > 0).collect();
    if faults_used.is_empty() {
        return html! { <p class="soft">{ "No faults injected." }</p> };
    }
    html! {
        <section class="struck" aria-label="Faults">
            <h2>{ "Injected faults" }</h2>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{ "Fault" }</th>
                        <th scope="col" class="figure">{ "count" }</th>
                        <th scope="col" class="figure">{ "per 10,000 messages" }</th>
                    </tr>
                </thead>
                <tbody>
                    { for faults_used.into_iter().map(|hazard| {
                        let times = stats.faults_used(hazard);
                        let part = times as f64 / stats.messages().max(1) as f64;
                        html! {
                            <tr>
                                <th scope="row">{ hazard.label() }</th>
                                <td class="figure">{ thousands(times as usize) }</td>
                                <td class="figure">{ per_ten_thousand(part) }</td>
                            </tr>
                        }
                    }) }
                </tbody>
            </table>
        </section>
    }
}
