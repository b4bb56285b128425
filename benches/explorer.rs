//! Throughput of the model checker: the explorer compared with Stateright on the same model, each
//! on one thread; and the time to a verdict for each preset.
//!
//! Stateright is measured twice. "Bare", it only visits the states. "Asked", it also evaluates the
//! properties at each state, as the explorer always does. In neither case does it keep what the
//! explorer keeps in addition: the terminal states, and whether a terminal state is still
//! reachable. The searches run in turn, several times if they are quick, and the best time of each
//! counts.

use ackward::catalogue::{preset, presets};
use ackward::check::{Bounds, DeliveryModel, Explorer, Model as _, Progress, check, usual};
use ackward::sim::{Choice, Class, Classes, CompiledScenario, World};
use serde_json::{Value, json};
use stateright::{Checker, Model, Property};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Limit of states, enough for every configuration that is compared.
const MOST: usize = 10_000_000;
/// Limit of states on the page.
const PAGE: usize = 5_000_000;
/// Measurements are repeated for this long, and at least [`ROUNDS`] times.
const PATIENCE: Duration = Duration::from_secs(6);
const ROUNDS: usize = 3;

/// Configurations from small to large: preset, messages, faults, fault classes.
const COMPARED: [(&str, u8, u8, &[Class]); 6] = [
    ("exactly-once", 1, 1, &[]),
    ("kafka-default", 1, 1, &[]),
    ("rabbitmq-safe", 2, 1, &[]),
    ("kafka-default", 2, 1, &[]),
    ("exactly-once", 2, 2, &[]),
    ("rabbitmq-quorum-queue", 2, 1, &[]),
];

/// The model as Stateright sees it; `ASKED` enables the evaluation of properties.
struct Plain<const ASKED: bool>(DeliveryModel);

impl<const ASKED: bool> Model for Plain<ASKED> {
    type State = World;
    type Action = Choice;

    fn init_states(&self) -> Vec<World> {
        vec![self.0.init()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Choice>) {
        // A state that does not fit its encoding has no choices, and is not expanded by either.
        let _ = self.0.choices(world, actions);
    }

    fn next_state(&self, world: &World, choice: Choice) -> Option<World> {
        Some(self.0.next(world, choice))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // Always true; otherwise there would be nothing left to search for.
        vec![Property::always("goes on", |model, world| {
            if ASKED {
                let calm = model.0.choices(world, &mut Vec::new());
                black_box(model.0.violated_properties(world, calm == Some(0)));
            }
            true
        })]
    }
}

fn delivery(id: &str, messages: u8, faults: u8, classes: &[Class]) -> DeliveryModel {
    let mut scenario = preset(id).expect("the catalogue has it").clone();
    scenario.configuration.messages = messages;
    let setup = CompiledScenario::new(&scenario).unwrap_or_else(|e| panic!("{id}: {e}"));
    let chosen: Classes = classes.iter().copied().collect();
    let classes = if classes.is_empty() { usual() } else { chosen };
    // Unreduced, so that both visit the same states.
    DeliveryModel { reduced: false, ..DeliveryModel::new(&setup, Bounds { faults, classes }) }
}

/// Runs a function and returns its result. Keeps its time if it is the best so far.
fn timed<T>(best: &mut Duration, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let came_to = run();
    *best = start.elapsed().min(*best);
    came_to
}

fn stateright<const ASKED: bool>(delivery: &DeliveryModel) -> usize {
    Plain::<ASKED>(delivery.clone()).checker().threads(1).spawn_bfs().join().unique_state_count()
}

fn compare(id: &str, messages: u8, faults: u8, classes: &[Class]) -> Value {
    let delivery = delivery(id, messages, faults, classes);
    let [mut own, mut bare, mut asked] = [Duration::MAX; 3];
    let (mut states, mut bytes) = (0, 0);
    let (begun, mut rounds) = (Instant::now(), 0);
    while rounds < ROUNDS || begun.elapsed() < PATIENCE {
        let mut explorer = Explorer::new(delivery.clone(), MOST);
        assert_eq!(timed(&mut own, || explorer.run()), Progress::Exhausted, "{id}");
        (states, bytes) = (explorer.states(), explorer.memory());
        drop(explorer);
        let others = timed(&mut bare, || stateright::<false>(&delivery));
        assert_eq!(states, others, "{id}: both go through the same states");
        timed(&mut asked, || stateright::<true>(&delivery));
        rounds += 1;
    }
    let [own, bare, asked] = [own, bare, asked].map(|time| states as f64 / time.as_secs_f64());
    let bytes = bytes as f64 / states as f64;
    let (to_bare, to_asked) = (own / bare, own / asked);
    println!(
        "{id:<22} {messages:>4} {faults:>6} {states:>8} {own:>10.0} {bare:>10.0} {to_bare:>5.2} \
         {asked:>10.0} {to_asked:>5.2} {bytes:>5.1}"
    );
    json!({ "preset": id, "messages": messages, "faults": faults, "states": states,
            "explorer_states_per_s": own.round(), "bytes_per_state": bytes,
            "stateright_bare_states_per_s": bare.round(), "ratio_bare": to_bare,
            "stateright_asked_states_per_s": asked.round(), "ratio_asked": to_asked })
}

fn verdict(id: &str) -> Value {
    let delivery = delivery(id, 2, 2, &[]);
    let start = Instant::now();
    let verdict = check(&delivery.setup, delivery.bounds, PAGE);
    let ms = start.elapsed().as_secs_f64() * 1000.0;
    let complete = verdict.progress == Progress::Exhausted;
    let cut = if complete { "" } else { "stopped at the limit" };
    println!("{id:<36} {:>9} {ms:>10.1} {cut}", verdict.states);
    json!({ "preset": id, "states": verdict.states, "ms": ms, "complete": complete })
}

fn main() {
    // Cargo also runs benchmarks as tests, and expects them to be quick then.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    println!(
        "Different states per second, on one thread: the explorer, and Stateright bare and asked\n"
    );
    println!(
        "{:<22} {:>4} {:>6} {:>8} {:>10} {:>10} {:>5} {:>10} {:>5} {:>5}",
        "preset", "msgs", "faults", "states", "explorer", "bare", "×", "asked", "×", "bytes"
    );
    let compared = COMPARED.map(|(id, m, f, classes)| compare(id, m, f, classes));
    let bytes = compared[COMPARED.len() - 1]["bytes_per_state"].as_f64().unwrap_or_default();
    let mib = bytes * 5e6 / f64::from(1 << 20);
    println!("\n5 million states like the last take {mib:.0} MiB, with all that is kept of them");
    println!("\nThe verdict of each preset: 2 messages, 2 faults\n");
    println!("{:<36} {:>9} {:>10}", "preset", "states", "ms");
    let ids = presets().iter().flat_map(|group| &group.presets).map(|preset| preset.id.as_str());
    let verdicts: Vec<Value> = ids.map(verdict).collect();
    let mut times: Vec<f64> = verdicts.iter().filter_map(|v| v["ms"].as_f64()).collect();
    times.sort_by(f64::total_cmp);
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("\nmedian {median:.1} ms, worst {worst:.1} ms");
    let all = json!({ "explorer": compared, "verdicts": verdicts,
                      "verdict_median_ms": median, "verdict_worst_ms": worst });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/bench.json");
    std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/target")).expect("target/");
    std::fs::write(path, format!("{all:#}\n")).expect("target/ can be written to");
    println!("written: target/bench.json");
}
