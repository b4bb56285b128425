//! `cost`: compares the cost of configurations.

use super::print::{Form, pretty};
use super::{Answer, Wrong, chaos, input, settings};
use crate::catalogue;
use crate::sim::Scenario;
use crate::simulate::{Cost, Load, Operation, PUBLISHED, cost};
use serde_json::{Value, json};
use std::fmt::Write;

#[derive(clap::Args)]
pub struct Costs {
    /// Presets, scenarios or files with a scenario's JSON; every preset by default.
    #[arg(value_name = "FILE|PRESET|SCENARIO")]
    inputs: Vec<String>,
    /// Change a setting in all of them first, as for `check`.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Mean duration of an operation in milliseconds, e.g. work=50; may be given several times.
    #[arg(long, value_name = "OPERATION=MS", value_parser = chaos::pace)]
    pace: Vec<(Operation, u64)>,
    /// Message size in bytes; Kafka batches as many messages as fit into batch.size.
    #[arg(long, value_name = "N", default_value_t = 1000,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(Load::BATCH_BYTES)))]
    message_bytes: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Costs {
    pub fn run(&self) -> Result<Answer, Wrong> {
        let mut load = Load { message_bytes: self.message_bytes, ..Load::default() };
        self.pace.iter().for_each(|&(act, us)| load.pace.set(act, us));
        let scenarios: Vec<Scenario> = match self.inputs.is_empty() {
            true => catalogue::presets().iter().flat_map(|group| &group.presets).cloned().collect(),
            false => self.inputs.iter().map(|name| input::read(name)).collect::<Result<_, _>>()?,
        };
        let form = Form::of(self.json);
        let measured = scenarios.iter().map(|scenario| {
            let scenario = settings::ready(scenario, &self.set, form)?;
            let cost =
                cost(&scenario.configuration, &load).map_err(|error| Wrong(error.to_string()))?;
            Ok((scenario, cost))
        });
        let measured: Vec<(Scenario, Cost)> = measured.collect::<Result<_, _>>()?;
        Ok(Answer::of(if self.json { as_json(&measured) } else { text(&measured) }, form))
    }
}

fn text(measured: &[(Scenario, Cost)]) -> String {
    let mut out = format!(
        "{:<33}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>13}{:>9}\n{:<33}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>13}{:>9}\n",
        "",
        "e2e p50",
        "e2e p99",
        "ack p50",
        "ack p99",
        "msg/s",
        "msg/s",
        "round trips",
        "fsyncs",
        "",
        "ms",
        "ms",
        "ms",
        "ms",
        "producer",
        "consumers",
        "prod + cons",
        "",
    );
    let ms = |us: Option<u64>| us.map_or("-".into(), |us| format!("{:.2}", us as f64 / 1e3));
    for (scenario, cost) in measured {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            out,
            "{:<33}{:>10}{:>10}{:>10}{:>10}{:>10.0}{:>10.0}{:>13}{:>9}",
            scenario.id,
            ms(cost.effect.quantile_us(0.5)),
            ms(cost.effect.quantile_us(0.99)),
            ms(cost.told.quantile_us(0.5)),
            ms(cost.told.quantile_us(0.99)),
            cost.sent_per_second(),
            cost.handled_per_second(),
            format!("{} + {}", cost.sender_waits, cost.consumer_waits),
            cost.syncs,
        );
    }
    let known: Vec<_> = published(measured).collect();
    if !known.is_empty() {
        out.push_str("\nPublished benchmarks (different hardware and workloads):\n");
    }
    for (published, ours) in known {
        let ratio = ours / published.theirs;
        let _ = writeln!(out, "  {}: {} {}", published.what, published.theirs, published.unit);
        let _ = writeln!(out, "    model {ours:.1}, ratio {ratio:.2}. {}", published.source);
    }
    out
}

/// Returns the published figures whose presets were all measured.
fn published(
    measured: &[(Scenario, Cost)],
) -> impl Iterator<Item = (&'static crate::simulate::Published, f64)> {
    let cost = |id: &str| measured.iter().find(|(s, _)| s.id == id).map(|(_, cost)| cost);
    PUBLISHED.iter().filter_map(move |published| Some((published, published.ours(cost)?)))
}

fn as_json(measured: &[(Scenario, Cost)]) -> String {
    let of = |(scenario, cost): &(Scenario, Cost)| {
        let stages = cost.stages.iter().map(|stage| {
            json!({ "party": stage.party.key(), "busy_us": stage.busy_us,
                    "at_a_time": stage.at_a_time, "per_second": stage.per_second })
        });
        let at = |part| cost.effect.quantile_us(part);
        let told = |part| cost.told.quantile_us(part);
        json!({
            "id": scenario.id,
            "effect_us": { "p50": at(0.5), "p99": at(0.99) },
            "told_us": { "p50": told(0.5), "p99": told(0.99) },
            "per_second": cost.per_second(),
            "stages": stages.collect::<Vec<_>>(),
            "sender_waits": cost.sender_waits,
            "consumer_waits": cost.consumer_waits,
            "syncs": cost.syncs,
            "keeps": cost.keeps.iter().map(|keep| format!("{keep:?}")).collect::<Vec<_>>(),
            "parts": cost.parts.iter().map(|party| party.key()).collect::<Vec<_>>(),
            "lines": cost.lines,
        })
    };
    let known: Vec<Value> = published(measured)
        .map(|(p, ours)| {
            json!({ "what": p.what, "theirs": p.theirs, "unit": p.unit, "ours": ours,
                    "source": p.source })
        })
        .collect();
    pretty(&json!({
        "costs": measured.iter().map(of).collect::<Vec<_>>(),
        "published": known,
    }))
}
