//! Throughput of the simulator: messages per second of random runs on one thread, compared with the
//! same runs evaluated world by world, without a cache of states.

use ackward::catalogue::presets;
use ackward::sim::{CompiledScenario, Recorder, Scenario, World};
use ackward::simulate::{Chaos, Plan};
use std::time::Instant;

/// Target throughput of one thread.
const ASKED: f64 = 1e6;

fn main() {
    println!(
        "| preset | messages/s | of 1 M/s | steps per message | told world by world | times |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    let (mut all, mut figures) = (Vec::new(), Vec::new());
    for preset in presets().iter().flat_map(|group| &group.presets) {
        let plan = Plan { runs: 200_000, ..Plan::usual(1) };
        let mut chaos = Chaos::new(&preset.configuration, &plan).expect("a preset can be run");
        let start = Instant::now();
        let stats = chaos.run(0..plan.runs);
        let rate = stats.messages() as f64 / start.elapsed().as_secs_f64();
        let steps = stats.steps as f64 / stats.messages() as f64;
        let plain = world_by_world(preset, plan.messages);
        println!(
            "| {} | {rate:.0} | {:.2} | {steps:.1} | {plain:.0} | {:.1} |",
            preset.id,
            rate / ASKED,
            rate / plain
        );
        all.push(rate);
        figures.push(serde_json::json!({
            "preset": preset.id, "native_messages_per_s": rate.round(),
        }));
    }
    all.sort_by(f64::total_cmp);
    println!("\nmedian {:.0}, least {:.0} messages a second", all[all.len() / 2], all[0]);
    keep(figures);
}

/// Adds the figures to those of the other benchmarks, for the part that runs in the browser.
fn keep(figures: Vec<serde_json::Value>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/bench.json");
    let known = std::fs::read_to_string(path).unwrap_or_default();
    let mut all: serde_json::Value =
        serde_json::from_str(&known).unwrap_or_else(|_| serde_json::json!({}));
    all["chaos"] = figures.into();
    std::fs::write(path, format!("{all:#}\n")).expect("target/ can be written to");
}

/// Returns the throughput, in messages per second, of fault-free runs that compute the enabled
/// choices of each world and take the first one.
fn world_by_world(preset: &Scenario, messages: u8) -> f64 {
    let scenario = preset.with_messages(messages);
    let setup = CompiledScenario::new(&scenario).expect("a preset can be run");
    let (mut choices, mut runs) = (Vec::new(), 0);
    let start = Instant::now();
    while runs < 5_000 {
        let mut world = World::new(&setup);
        loop {
            world.choices(&setup, &mut choices);
            let Some(&choice) = choices.first() else { break };
            world.step(&setup, choice, &mut Recorder::silent());
        }
        runs += 1;
    }
    f64::from(runs) * f64::from(messages) / start.elapsed().as_secs_f64()
}
