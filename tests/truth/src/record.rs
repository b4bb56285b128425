//! Records scenarios of the catalogue, one after the other, and holds each recording against the
//! model at once.

use crate::director::{Director, Stage};
use crate::servers::postgres::Postgres;
use crate::servers::rabbitmq::Node;
use crate::servers::redis::Redis;
use crate::servers::{Failure, Folder};
use crate::topology::{Consuming, Publishing, Queue};
use ackward::catalogue;
use ackward::evidence::{FinalState, Head, Recording, Seen, VERSION, configuration};
use ackward::sim::{
    ActorStep, Choice, CompiledScenario, Participant, Recorder, Scenario, Trace, World,
};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The client library of the actors, as in Cargo.toml.
const CLIENT: &str = "amqprs 2.1";

/// Records these scenarios on RabbitMQ, or all that it can play. Returns true if every one was
/// recorded and is a run of the model.
///
/// # Errors
/// If a scenario is unknown, or the servers cannot be started.
pub async fn rabbitmq(root: &Path, ids: &[&str]) -> Result<bool, Failure> {
    let all = catalogue::scenarios().iter().filter(|scenario| Queue::of(scenario).is_some());
    let scenarios: Vec<&Scenario> = match ids {
        [] => all.collect(),
        ids => ids
            .iter()
            .map(|id| catalogue::scenario(id).ok_or(format!("there is no scenario {id}")))
            .collect::<Result<_, _>>()?,
    };
    let start = Instant::now();
    let folder = Folder::temporary()?;
    let mut stage = Stage {
        rabbitmq: Node::start(root, &folder.0).await?,
        postgres: Postgres::start(&folder.0).await?,
        redis: Redis::start(&folder.0).await?,
        folder,
        runs: 0,
    };
    println!(
        "RabbitMQ {}, PostgreSQL {}, Redis {}: up in {:.1} s",
        stage.rabbitmq.version,
        stage.postgres.version,
        stage.redis.version,
        start.elapsed().as_secs_f64()
    );
    let (mut passed, mut failed) = (0, 0);
    for scenario in scenarios {
        let start = Instant::now();
        let told = record(&mut stage, scenario).await;
        let seconds = start.elapsed().as_secs_f64();
        match told {
            Ok(events) => {
                passed += 1;
                println!("✓ {}: {events} events, {seconds:.1} s", scenario.id);
            }
            Err(problem) => {
                failed += 1;
                println!("✕ {}: {problem} ({seconds:.1} s)", scenario.id);
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// Makes the scenario's own run happen, writes what was seen, and returns the number of events.
async fn record(stage: &mut Stage, scenario: &Scenario) -> Result<usize, Failure> {
    let setup = CompiledScenario::new(scenario).map_err(|e| e.to_string())?;
    let head = head(stage, scenario);
    let played = play(stage, &setup, &Trace::run(&setup)).await;
    let (events, ending) = match played {
        Ok(played) => played,
        // The script is the same, and so is the model; the real broker may only be quicker.
        Err(problem) => {
            let played = play(stage, &setup, &eager(&setup)).await;
            played.map_err(|eager| format!("{problem}\n  with an eager broker: {eager}"))?
        }
    };
    let recording = Recording { head, events, ending };
    write(&recording)?;
    recording.ends_as_the_model_may()?;
    recording.is_a_run_of_the_model()?;
    Ok(recording.events.len())
}

/// Makes a run of the model happen, and returns what was seen of it.
async fn play(
    stage: &mut Stage,
    setup: &CompiledScenario,
    trace: &Trace,
) -> Result<(Vec<Seen>, FinalState), Failure> {
    let mut director = Director::new(stage, setup.clone()).await?;
    let played = director.play(trace).await;
    let events = director.seen.clone();
    director.clean_up().await?;
    match played {
        Ok(ending) => Ok((events, ending)),
        Err(problem) => {
            let seen: Vec<String> = events.iter().map(|event| format!("\n    {event:?}")).collect();
            Err(format!("{problem}; seen:{}", seen.concat()))
        }
    }
}

/// Returns a run of the model in which the broker delivers as soon as it may to a consumer that has
/// subscribed, as real brokers do.
fn eager(setup: &CompiledScenario) -> Trace {
    let (mut world, mut schedule, mut choices) = (World::new(setup), Vec::new(), Vec::new());
    let mut subscribed = [false; 2];
    while schedule.len() < Trace::MOST {
        world.choices(setup, &mut choices);
        let delivers = choices.iter().copied().find(|choice| {
            matches!(choice, Choice::Run(ActorStep::Dispatch(c)) if subscribed[usize::from(*c)])
        });
        let Some(choice) = delivers.or(choices.first().copied()) else { break };
        match choice {
            Choice::Run(ActorStep::Dispatch(c)) => subscribed[usize::from(c)] = true,
            Choice::Restart(_) => subscribed = [false; 2],
            _ => {}
        }
        world.step(setup, choice, &mut Recorder::silent());
        schedule.push(choice);
    }
    Trace::fork(setup, &schedule)
}

fn head(stage: &Stage, scenario: &Scenario) -> Head {
    let (publishing, consuming) = (Publishing::of(scenario), Consuming::of(scenario));
    let queue = Queue::of(scenario);
    let mut with = vec![format!("PostgreSQL {}", stage.postgres.version)];
    let parties = CompiledScenario::new(scenario).map(|setup| setup.parties).unwrap_or_default();
    if parties.contains(&Participant::Redis) {
        with.push(format!("Redis {}", stage.redis.version));
    }
    Head {
        recording: VERSION,
        scenario: scenario.id.clone(),
        product: "RabbitMQ".into(),
        version: stage.rabbitmq.version.clone(),
        client: CLIENT.into(),
        with,
        date: today(),
        command: format!("./dev truth rabbitmq {}", scenario.id),
        setup: queue.map(|queue| queue.describe(&publishing, &consuming)).unwrap_or_default(),
        configuration: configuration(scenario),
        script: scenario.faults.iter().map(ToString::to_string).collect(),
    }
}

/// Returns the day of the recording, as the system's `date` gives it.
fn today() -> String {
    let out = std::process::Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    let text = out.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    text.unwrap_or_default()
}

/// Returns the file of a recording.
fn file(recording: &Recording) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings");
    let product = recording.head.product.to_ascii_lowercase();
    folder.join(product).join(format!("{}.jsonl", recording.head.scenario))
}

fn write(recording: &Recording) -> Result<(), Failure> {
    let path = file(recording);
    let folder = path.parent().unwrap_or(&path);
    let written =
        std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, recording.write()));
    written.map_err(|e| format!("{}: {e}", path.display()))
}
