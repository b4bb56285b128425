//! A random campaign: configurations of the catalogue with faults anywhere, each made to happen
//! along a random run of the model. What is seen must be a run of the model; if it is not, either the
//! model is wrong or the product; or the harness: in the model a fault strikes as soon as its point is
//! reached, and with several messages in flight a real broker may have done more by then.

use crate::record::{Played, head, play};
use crate::schedules;
use crate::servers::Failure;
use crate::stage::Stage;
use crate::topology::Queue;
use ackward::catalogue;
use ackward::evidence::replay;
use ackward::sim::settings::BrokerSettings;
use ackward::sim::settings::generic::Acknowledge;
use ackward::sim::{CompiledScenario, PacketKind, Scenario};
use std::time::{Duration, Instant};

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
struct Tally {
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
pub async fn run(stage: &mut Stage, minutes: u64, seed: u64) -> Result<bool, Failure> {
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets);
    let all = catalogue::scenarios().iter().chain(presets);
    let playable = |scenario: &&Scenario| {
        // A broker that writes what it has acknowledged later is not what RabbitMQ does with
        // transient messages: it never writes them.
        let late = matches!(&scenario.configuration.broker, BrokerSettings::Generic(generic)
            if generic.acknowledge == Acknowledge::BeforePersist);
        !late && Queue::of(scenario).is_some_and(|queue| queue.nodes == 1)
    };
    let scenarios: Vec<&Scenario> = all.filter(playable).collect();
    let (mut random, mut stats) = (Random(seed), Tally::default());
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    while Instant::now() < end {
        let scenario = with_faults(scenarios[random.below(scenarios.len())], &mut random);
        let Ok(setup) = CompiledScenario::new(&scenario) else { continue };
        let Some(trace) = schedules::random(&setup, &mut random) else { continue };
        let played = play(stage, &setup, &trace).await?;
        stats.runs += 1;
        let script: Vec<String> = scenario.faults.iter().map(ToString::to_string).collect();
        let name = format!("{} {}", scenario.id, script.join(" "));
        judge(stage, &scenario, &setup, played, &name, &mut stats);
    }
    let Tally { runs, left, wrong } = stats;
    println!("seed {seed}: {runs} runs, {left} left the schedule, {wrong} not runs of the model");
    Ok(wrong == 0)
}

/// Holds a run against the model, and prints it if that has no such run.
fn judge(
    stage: &Stage,
    scenario: &Scenario,
    setup: &CompiledScenario,
    played: Played,
    name: &str,
    stats: &mut Tally,
) {
    let problem = match &played.ending {
        Ok(_) => {
            let recording = played.clone().recording(head(stage, scenario));
            recording.and_then(|recording| {
                recording.ends_as_the_model_may()?;
                recording.is_a_run_of_the_model()
            })
        }
        Err(_) => {
            stats.left += 1;
            let ending = played.instead.clone().unwrap_or_default();
            match replay(setup, &played.events, &ending) {
                Err(mismatch) if mismatch.next.is_some() || played.instead.is_some() => {
                    Err(mismatch.to_string())
                }
                _ => Ok(()),
            }
        }
    };
    if let Err(problem) = problem {
        stats.wrong += 1;
        println!("✕ {name}: {problem}");
        played.events.iter().for_each(|event| println!("    {event}"));
        println!("    {:?} {:?}", played.ending, played.instead);
    } else if let Err(problem) = &played.ending {
        println!("– {name}: {problem}");
    }
}

/// Returns the configuration with one or two random faults instead of its own.
fn with_faults(scenario: &Scenario, random: &mut Random) -> Scenario {
    let mut changed = scenario.clone();
    changed.narrative.notes.clear();
    changed.expect = None;
    let faults = 1 + random.below(2);
    changed.faults = (0..faults).filter_map(|_| fault(scenario, random).parse().ok()).collect();
    changed
}

/// Returns a random fault. Not every configuration has its point; such a script is refused.
fn fault(scenario: &Scenario, random: &mut Random) -> String {
    let m = 1 + random.below(scenario.configuration.messages.into());
    let line = random.pick(&scenario.configuration.consumer.program).key();
    let side = *random.pick(&["before", "after"]);
    let kinds = [
        PacketKind::Send,
        PacketKind::Ack,
        PacketKind::Delivery,
        PacketKind::ConsumerAck,
        PacketKind::Requeue,
        PacketKind::Reject,
    ];
    match random.below(9) {
        0 | 1 => format!("crash:consumer@m{m}.{side}-{line}"),
        2 | 3 => {
            let n = random.pick(&["", "#1", "#2"]);
            format!("lose:{}@m{m}{n}", random.pick(&kinds).key())
        }
        4 => {
            let line = random.pick(&["after-send", "after-await", "after-save", "before-send"]);
            format!("crash:producer@m{m}.{line}")
        }
        5 => format!("crash:broker@m{m}.{}", random.pick(&["acked", "after-ack", "before-ack"])),
        6 => format!("cut:consumer-broker@m{m}.{side}-{line}"),
        7 => format!("fail:handler@m{m}{}", random.pick(&["", "#1", "#2"])),
        _ => random.pick(&["expire:ttl@m1", "expire:inbox@m1", "twice:send@m1"]).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Random, fault};
    use ackward::catalogue;
    use ackward::sim::FaultSpec;

    #[test]
    fn every_random_fault_can_be_read() {
        let scenario = catalogue::scenario("test-kill-consumer").expect("it is there");
        let mut random = Random(1);
        for _ in 0..1000 {
            let text = fault(scenario, &mut random);
            assert!(text.parse::<FaultSpec>().is_ok(), "{text}");
        }
    }
}
