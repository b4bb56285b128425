//! The cost table, with a row for each preset.

use yew::prelude::*;

use super::{By, Measured};
use crate::catalogue::presets;
use crate::sim::Scenario;
use crate::simulate::{Cost, Keep};
use crate::text;
use crate::ui::share::{Address, Config, Shown};

/// The range of the axis, in microseconds.
const AXIS: (f64, f64) = (300.0, 300_000.0);
/// The width and height of a row's chart, in its own units.
const DRAWING: (f64, f64) = (140.0, 16.0);

type Rows = Vec<(&'static Scenario, Measured)>;

pub fn table(costs: &[Measured], by: By) -> Html {
    let mut row = 0;
    let groups: Vec<(&str, Rows)> = presets()
        .iter()
        .map(|group| {
            let own = group.presets.iter().zip(&costs[row.min(costs.len())..]);
            row += group.presets.len();
            (group.title, own.map(|(preset, cost)| (preset, cost.clone())).collect())
        })
        .collect();
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label="Costs of every preset">
            <table class="costs">
                <thead>
                    <tr>
                        <th scope="col">{ "Preset" }</th>
                        <th scope="col" class="number">{ "End-to-end latency" }<br /><small>{ "p50 · p99" }</small></th>
                        <th scope="col" class="bars"><Axis /></th>
                        <th scope="col" class="number">{ "Publish latency" }<br /><small>{ "p50 · p99" }</small></th>
                        <th scope="col" class="number">{ "Producer throughput" }<br /><small>{ "messages/s" }</small></th>
                        <th scope="col" class="number">{ "Consumer throughput" }<br /><small>{ "messages/s" }</small></th>
                        <th scope="col" class="number">{ "Round trips" }<br /><small>{ "producer + consumer" }</small></th>
                        <th scope="col" class="number">{ "fsyncs" }</th>
                        <th scope="col">{ "Extra storage" }</th>
                        <th scope="col">{ "Extra components" }</th>
                    </tr>
                </thead>
                // The order is known when all are measured; until then none changes its place.
                if by == By::Product || costs.iter().any(|cost| cost.get().is_none()) {
                    { for groups.into_iter().map(|(title, rows)| html! {
                        <tbody key={title}>
                            <tr class="group"><th colspan="10" scope="rowgroup"><span>{ title }</span></th></tr>
                            { for rows.into_iter().map(|(preset, cost)| line(preset, cost)) }
                        </tbody>
                    }) }
                } else {
                    <tbody key="sorted">
                        { for sorted(groups.into_iter().flat_map(|(_, rows)| rows).collect(), by)
                            .into_iter()
                            .map(|(preset, cost)| line(preset, cost)) }
                    </tbody>
                }
            </table>
        </div>
    }
}

/// Returns the median publish latency, if any message is answered; `None` if the producer waits for
/// no answer, as with `acks=0`.
pub fn publish(cost: &Cost) -> Option<Option<u64>> {
    (cost.sender_waits > 0).then(|| cost.told.quantile_us(0.5))
}

fn sorted(mut rows: Rows, by: By) -> Rows {
    // What the cells show first.
    let median =
        |times: &crate::simulate::Latency| times.quantile_us(0.5).map_or(f64::MAX, |us| us as f64);
    let key = |cost: &Cost| match by {
        By::Product => 0.0,
        By::Effect => median(&cost.effect),
        // Without an acknowledgment it sorts last.
        By::Answer => publish(cost).flatten().map_or(f64::MAX, |us| us as f64),
        By::Sent => -cost.sent_per_second(),
        By::Handled => -cost.handled_per_second(),
    };
    let key = |cost: &Measured| cost.get().map_or(f64::MAX, key);
    rows.sort_by(|(_, a), (_, b)| key(a).total_cmp(&key(b)));
    rows
}

fn line(preset: &'static Scenario, cost: Measured) -> Html {
    let (id, title) = (preset.id.clone(), preset.narrative.title.clone());
    html! { <Row key={&*preset.id} {id} {title} {cost} /> }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    id: AttrValue,
    title: AttrValue,
    cost: Measured,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let href = Address::Run(Shown::new(Config::preset(&props.id), true)).href();
    let Some(cost) = props.cost.get() else {
        return html! {
            <tr aria-busy="true">
                <th scope="row"><a {href}>{ &props.title }</a></th>
                { for (0..9).map(|at| html! { <td key={at}>{ if at == 0 { "…" } else { "" } }</td> }) }
            </tr>
        };
    };
    let both = |times: &crate::simulate::Latency| {
        let at = |part| times.quantile_us(part).map(time);
        match (at(0.5), at(0.99)) {
            (Some(half), Some(most)) => format!("{half} · {most}"),
            _ => "no ack".to_owned(),
        }
    };
    let narrow = cost.narrowest().map(|stage| stage.party);
    let marked = |own: bool| own.then_some("the bottleneck");
    let sender = narrow.is_some_and(|party| party.sender().is_some());
    html! {
        <tr>
            <th scope="row"><a {href}>{ &props.title }</a></th>
            <td class="number">{ both(&cost.effect) }</td>
            <td class="bars">{ bar(cost) }</td>
            <td class="number">
                { publish(cost).map_or_else(|| "does not wait".to_owned(), |_| both(&cost.told)) }
            </td>
            <td class={classes!("number", sender.then_some("narrow"))} title={marked(sender)}>
                { text::thousands(cost.sent_per_second().round() as usize) }
            </td>
            <td class={classes!("number", (!sender).then_some("narrow"))} title={marked(!sender)}>
                { text::thousands(cost.handled_per_second().round() as usize) }
            </td>
            <td class="number">{ format!("{} + {}", cost.sender_waits, cost.consumer_waits) }</td>
            <td class="number">{ cost.syncs }</td>
            <td>{ keeps(cost) }</td>
            <td>{ parts(cost) }</td>
        </tr>
    }
}

/// Returns the position of a duration on the axis.
fn place(us: f64) -> f64 {
    let (least, most) = (AXIS.0.log10(), AXIS.1.log10());
    let part = (us.max(AXIS.0).log10() - least) / (most - least);
    part.min(1.0) * (DRAWING.0 - 8.0) + 4.0
}

/// Renders the bar from the median to the 99th percentile of the end-to-end latency, and a dot for
/// the publish latency.
fn bar(cost: &Cost) -> Html {
    let at = |us: Option<u64>| us.map(|us| place(us as f64));
    let (Some(half), Some(most)) =
        (at(cost.effect.quantile_us(0.5)), at(cost.effect.quantile_us(0.99)))
    else {
        return Html::default();
    };
    let middle = DRAWING.1 / 2.0;
    html! {
        <svg class="bar" viewBox={format!("0 0 {} {}", DRAWING.0, DRAWING.1)} aria-hidden="true">
            { for marks().map(|(x, _)| html! {
                <path class="mark" d={format!("M{x:.1} 0v{}", DRAWING.1)} />
            }) }
            <rect class="range" x={format!("{half:.1}")} y={format!("{}", middle - 3.0)}
                width={format!("{:.1}", (most - half).max(2.0))} height="6" rx="3" />
            <circle class="effect" cx={format!("{half:.1}")} cy={middle.to_string()} r="4" />
            if let Some(told) = at(publish(cost).flatten()) {
                <path class="told" d={format!("M{told:.1} {}l4 4l-4 4l-4 -4z", middle - 4.0)} />
            }
        </svg>
    }
}

fn marks() -> impl Iterator<Item = (f64, &'static str)> {
    [(1e3, "1 ms"), (1e4, "10 ms"), (1e5, "100 ms")]
        .into_iter()
        .map(|(us, label)| (place(us), label))
}

/// Renders the axis of the bars, and the legend.
#[component]
fn Axis() -> Html {
    html! {
        <>
            <span class="axis-key">{ "◆ ack p50  ● end-to-end p50–p99" }</span>
            <svg class="bar axis" viewBox={format!("0 0 {} {}", DRAWING.0, DRAWING.1)} aria-hidden="true">
                { for marks().map(|(x, label)| html! {
                    <text x={format!("{x:.1}")} y="12">{ label }</text>
                }) }
            </svg>
        </>
    }
}

/// Formats a duration: "5.79 ms", "1.2 s".
pub fn time(us: u64) -> String {
    text::rough_time(us as f64)
}

/// Lists what is stored for each message besides the message itself.
pub fn keeps(cost: &Cost) -> String {
    let label = |keep: &Keep| match keep {
        Keep::Copies(1) => "1 more replica".to_owned(),
        Keep::Copies(n) => format!("{n} more replicas"),
        Keep::OutboxRow => "an outbox row".to_owned(),
        Keep::InboxId => "an ID in the inbox".to_owned(),
        Keep::RedisId => "an ID in Redis".to_owned(),
        Keep::MemoryId => "an ID in memory".to_owned(),
        Keep::Row => "one row per message".to_owned(),
        Keep::BrokerId => "an ID at the broker".to_owned(),
        Keep::Marker => "a transaction marker".to_owned(),
    };
    let all: Vec<String> = cost.keeps.iter().map(label).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}

/// Lists the components needed besides producer, broker and consumer.
pub fn parts(cost: &Cost) -> String {
    use crate::sim::Participant;
    let followers = cost.parts.iter().filter(|party| party.node().is_some()).count();
    let mut all: Vec<String> = Vec::new();
    for party in &cost.parts {
        match party {
            Participant::Orders => all.push("producer database".into()),
            Participant::Relay => all.push("a relay".into()),
            Participant::Relay2 => all.push("a second relay".into()),
            Participant::Redis => all.push("Redis".into()),
            Participant::Producer2 => all.push("a second producer".into()),
            _ => {}
        }
    }
    match followers {
        0 => {}
        1 => all.push("1 follower".into()),
        n => all.push(format!("{n} followers")),
    }
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}
