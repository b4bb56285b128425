//! How quickly every run is tried: the explorer against Stateright, on the same worlds, on one
//! thread each; and how long the verdict of each preset takes.
//!
//! Stateright is spared whatever it need not do: it looks after no properties, keeps no ends and
//! no edges. The explorer does all of that. Each side runs several times where that is quick, and
//! its best time counts.

use ackward::catalogue::{preset, presets};
use ackward::check::{Bounds, Delivery, Explorer, Model as _, Progress, judge, usual};
use ackward::sim::{Choice, Class, Classes, Setup, World};
use serde_json::{Value, json};
use stateright::{Checker, Model, Property};
use std::time::{Duration, Instant};

/// Enough for every configuration that is compared.
const MOST: usize = 10_000_000;
/// As many states as the page would try.
const PAGE: usize = 5_000_000;
/// A measurement is repeated within this time.
const PATIENCE: Duration = Duration::from_secs(2);

/// Configurations from small to large: a preset, messages, faults, kinds of faults.
const COMPARED: [(&str, u8, u8, &[Class]); 6] = [
    ("exactly-once", 1, 1, &[]),
    ("kafka-default", 1, 1, &[]),
    ("rabbitmq-safe", 2, 1, &[]),
    ("kafka-default", 2, 1, &[]),
    ("exactly-once", 2, 2, &[]),
    ("rabbitmq-quorum-queue", 2, 2, &[]),
];

/// The world as Stateright takes it.
struct Plain(Delivery);

impl Model for Plain {
    type State = World;
    type Action = Choice;

    fn init_states(&self) -> Vec<World> {
        vec![self.0.init()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Choice>) {
        // What does not fit has no choices, and is not followed by either.
        let _ = self.0.choices(world, actions);
    }

    fn next_state(&self, world: &World, choice: Choice) -> Option<World> {
        Some(self.0.next(world, choice))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // Without one that holds, there would be nothing left to search for.
        vec![Property::always("goes on", |_, _| true)]
    }
}

fn delivery(id: &str, messages: u8, faults: u8, classes: &[Class]) -> Delivery {
    let mut scenario = preset(id).expect("the catalogue has it").clone();
    scenario.messages = messages;
    let setup = Setup::new(&scenario).unwrap_or_else(|e| panic!("{id}: {e}"));
    let chosen: Classes = classes.iter().copied().collect();
    let classes = if classes.is_empty() { usual() } else { chosen };
    Delivery::new(&setup, Bounds { faults, classes })
}

/// The best time of several runs, and what they came to.
fn best<T>(run: impl Fn() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let mut best = Duration::MAX;
    loop {
        let start = Instant::now();
        let came_to = run();
        best = best.min(start.elapsed());
        if begun.elapsed() > PATIENCE {
            return (best, came_to);
        }
    }
}

fn compare(id: &str, messages: u8, faults: u8, classes: &[Class]) -> Value {
    let (own_time, (states, bytes)) = best(|| {
        let mut explorer = Explorer::new(delivery(id, messages, faults, classes), MOST);
        assert_eq!(explorer.run(), Progress::Exhausted, "{id}");
        (explorer.states(), explorer.memory())
    });
    let (other_time, others) = best(|| {
        let model = Plain(delivery(id, messages, faults, classes));
        model.checker().threads(1).spawn_bfs().join().unique_state_count()
    });
    assert_eq!(states, others, "{id}: both go through the same states");
    let rate = |time: Duration| states as f64 / time.as_secs_f64();
    let (own, other) = (rate(own_time), rate(other_time));
    let bytes = bytes as f64 / states as f64;
    println!(
        "{id:<24} {messages:>4} {faults:>6} {states:>9} {own:>12.0} {other:>12.0} {:>6.2} {bytes:>6.1}",
        own / other
    );
    json!({ "preset": id, "messages": messages, "faults": faults, "states": states,
            "explorer_states_per_s": own.round(), "stateright_states_per_s": other.round(),
            "ratio": own / other, "bytes_per_state": bytes })
}

fn verdict(id: &str) -> Value {
    let delivery = delivery(id, 2, 2, &[]);
    let start = Instant::now();
    let verdict = judge(&delivery.setup, delivery.bounds, PAGE);
    let ms = start.elapsed().as_secs_f64() * 1000.0;
    let complete = verdict.progress == Progress::Exhausted;
    let cut = if complete { "" } else { "stopped at the limit" };
    println!("{id:<36} {:>9} {ms:>10.1} {cut}", verdict.states);
    json!({ "preset": id, "states": verdict.states, "ms": ms, "complete": complete })
}

fn main() {
    // Cargo runs benches as tests, too, and then wants them to be quick.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    println!("Different states per second, on one thread\n");
    println!(
        "{:<24} {:>4} {:>6} {:>9} {:>12} {:>12} {:>6} {:>6}",
        "preset", "msgs", "faults", "states", "explorer/s", "stateright/s", "ratio", "bytes"
    );
    let compared = COMPARED.map(|(id, m, f, classes)| compare(id, m, f, classes));
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
