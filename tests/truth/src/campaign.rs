//! A random campaign: configurations of the catalogue with faults anywhere, each made to happen
//! along a random run of the model. What is seen must be a run of the model; if it is not, either the
//! model is wrong or the product; or the harness: in the model a fault strikes as soon as its point is
//! reached, and with several messages in flight a real broker may have done more by then.

mod faults;

use crate::kafka::{self, clients};
use crate::nats;
use crate::record::{self, Played};
use crate::schedules;
use crate::servers::Failure;
use crate::stage::{Product, Stage};
use crate::topology::Queue;
use ackward::catalogue;
use ackward::evidence::{Head, Seen, replay};
use ackward::sim::settings::BrokerSettings;
use ackward::sim::settings::generic::Acknowledge;
use ackward::sim::{CompiledScenario, Scenario, Trace};
use async_trait::async_trait;
use std::path::Path;
use std::time::{Duration, Instant};

/// The most runs in a row that may not even begin.
const MOST_UNPREPARED: u32 = 2;

/// The target of a campaign: a product, with all that its runs share.
#[async_trait(?Send)]
pub trait Target {
    /// Returns true if the director can do most of what may happen to this configuration.
    fn suits(&self, scenario: &Scenario) -> bool;

    /// Makes a run of the model happen, and returns what was seen of it.
    async fn play(&mut self, setup: &CompiledScenario, run: &Trace) -> Result<Played, Failure>;

    /// Returns the head of a recording.
    fn head(&self, scenario: &Scenario) -> Head;
}

#[async_trait(?Send)]
impl Target for Stage {
    fn suits(&self, scenario: &Scenario) -> bool {
        // A broker that writes what it has acknowledged later is not what RabbitMQ does with
        // transient messages: it never writes them.
        let late = matches!(&scenario.configuration.broker, BrokerSettings::Generic(generic)
            if generic.acknowledge == Acknowledge::BeforePersist);
        let one = match self.product {
            Product::Rabbitmq(_) => Queue::of(scenario).is_some_and(|queue| queue.nodes == 1),
            Product::Nats(_) => {
                nats::settings::of(scenario).is_some_and(|(broker, _)| broker.replicas == 1)
            }
            // Whether the emulator or the model is wrong, a random run cannot tell.
            Product::Sqs(_) => false,
        };
        !late && one && self.product.plays(scenario)
    }

    async fn play(&mut self, setup: &CompiledScenario, run: &Trace) -> Result<Played, Failure> {
        record::play(self, setup, run).await
    }

    fn head(&self, scenario: &Scenario) -> Head {
        record::head(self, scenario)
    }
}

#[async_trait(?Send)]
impl Target for kafka::record::Stage {
    fn suits(&self, scenario: &Scenario) -> bool {
        let polls_one = clients::full_poll(scenario).is_none();
        clients::of(scenario).is_some() && polls_one && !clients::grows(scenario)
    }

    async fn play(&mut self, setup: &CompiledScenario, run: &Trace) -> Result<Played, Failure> {
        kafka::record::play(self, setup, run).await
    }

    fn head(&self, scenario: &Scenario) -> Head {
        kafka::record::head(self, scenario)
    }
}

/// A small random number generator (SplitMix64: Steele, Lea, Flood, 2014).
pub struct Random(pub u64);

impl Random {
    /// Returns a number below `most`, which is not 0.
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % most as u64) as usize
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// What came of the runs so far.
#[derive(Default)]
struct Totals {
    runs: u32,
    /// Runs that left the model's schedule, because the broker was quicker or the harness could not
    /// make a step happen; what was seen until then is a run of the model.
    left: u32,
    wrong: u32,
}

/// Runs for this time, and returns true if everything seen was a run of the model.
///
/// # Errors
/// Of the servers.
pub async fn run(target: &mut impl Target, minutes: u64, seed: u64) -> Result<bool, Failure> {
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets);
    let all = catalogue::scenarios().iter().chain(presets);
    let all =
        all.filter(|scenario| target.suits(scenario) && !record::is_of_another_client(scenario));
    let scenarios: Vec<&Scenario> = all.collect();
    let (mut random, mut totals) = (Random(seed), Totals::default());
    let mut unprepared = 0;
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    while Instant::now() < end {
        let scenario = with_faults(scenarios[random.below(scenarios.len())], &mut random);
        let Ok(setup) = CompiledScenario::new(&scenario) else { continue };
        let Some(trace) = schedules::random(&setup, &mut random) else { continue };
        let script: Vec<String> = scenario.faults.iter().map(ToString::to_string).collect();
        let name = format!("{} {}", scenario.id, script.join(" "));
        let played = match target.play(&setup, &trace).await {
            // On a busy machine a server may not start in time.
            Err(problem) if unprepared < MOST_UNPREPARED => {
                unprepared += 1;
                println!("– {name}: {problem}");
                continue;
            }
            played => played?,
        };
        (totals.runs, unprepared) = (totals.runs + 1, 0);
        if let Err(problem) = judge(&setup, &played, &mut totals) {
            totals.wrong += 1;
            println!("✕ {name}: {problem}");
            played.events.iter().for_each(|event| println!("    {event}"));
            println!("    {:?} {:?}", played.ending, played.instead);
            let file = format!("random-{seed}-{}.jsonl", totals.wrong);
            keep(played, target.head(&scenario), &file)?;
        } else if let Err(problem) = &played.ending {
            println!("– {name}: {problem}");
        } else {
            println!("✓ {name}");
        }
    }
    let Totals { runs, left, wrong } = totals;
    println!("seed {seed}: {runs} runs, {left} left the schedule, {wrong} not runs of the model");
    Ok(wrong == 0)
}

/// Holds a run against the model. If it left the schedule, and did not come to another end, only what
/// was seen before counts: then the director waited for longer than anything may take.
fn judge(setup: &CompiledScenario, played: &Played, totals: &mut Totals) -> Result<(), String> {
    totals.left += u32::from(played.ending.is_err());
    let ending = played.ending.as_ref().ok().or(played.instead.as_ref());
    let count = if ending.is_some() { played.events.len() } else { played.before_step };
    match replay(setup, &played.events[..count], &ending.cloned().unwrap_or_default()) {
        // By its own clock a client may give up while the director still holds the answer.
        Err(mismatch)
            if ending.is_none() && matches!(mismatch.next, Some(Seen::AckTimedOut { .. })) =>
        {
            Ok(())
        }
        Err(mismatch) if mismatch.next.is_some() || ending.is_some() => Err(mismatch.to_string()),
        _ => Ok(()),
    }
}

/// Keeps the recording of a run that the model has not, if it came to an end.
fn keep(played: Played, head: Head, file: &str) -> Result<(), Failure> {
    let ending = played.ending.clone().ok().or(played.instead.clone());
    let Some(ending) = ending else { return Ok(()) };
    let recording = Played { ending: Ok(ending), ..played }.recording(head)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/truth");
    let path = folder.join(file);
    let written =
        std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, recording.write()));
    written.map_err(|e| format!("{}: {e}", path.display()))
}

/// Returns the configuration with one or two random faults instead of its own.
fn with_faults(scenario: &Scenario, random: &mut Random) -> Scenario {
    let mut changed = scenario.clone();
    changed.narrative.notes.clear();
    changed.expect = None;
    let faults = 1 + random.below(2);
    changed.faults =
        (0..faults).filter_map(|_| faults::random(scenario, random).parse().ok()).collect();
    changed
}
