//! Records scenarios of the catalogue, one after the other, and holds each recording against the
//! model at once.

use crate::differences;
use crate::director::Director;
use crate::schedules;
use crate::servers::Failure;
use crate::stage::Stage;
use ackward::catalogue;
use ackward::evidence::{Counts, FinalState, Head, Recording, Seen, VERSION, configuration};
use ackward::sim::settings::ProducerSettings;
use ackward::sim::settings::outbox::Reads;
use ackward::sim::{CompiledScenario, FaultKind, Participant, Scenario, Trace};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// The longest time that a run may take, whatever it waits for.
const LONGEST: Duration = Duration::from_secs(120);

/// What was seen of a run.
#[derive(Clone)]
pub struct Played {
    pub events: Vec<Seen>,
    /// How many of them were seen before the last step of the run began.
    pub before_step: usize,
    /// The ending; or what did not happen although the model's run has it.
    pub ending: Result<FinalState, Failure>,
    /// How the run ended instead, if it did.
    pub instead: Option<FinalState>,
    pub slow_link: bool,
}

impl Played {
    /// Returns the recording of a run that came to its end.
    ///
    /// # Errors
    /// What did not happen, and what was seen until then.
    pub fn recording(self, mut head: Head) -> Result<Recording, Failure> {
        let Played { events, ending, slow_link, .. } = self;
        if slow_link {
            head.setup.insert("slow_link".into(), "from the broker to the producer".into());
        }
        let seen = || events.iter().map(|event| format!("\n    {event}")).collect::<String>();
        let ending = ending.map_err(|problem| format!("{problem}; seen:{}", seen()))?;
        Ok(Recording { head, events, ending })
    }
}

/// Records these scenarios, or all that the product of the stage can play. Returns true if every one
/// was recorded and is a run of the model.
///
/// # Errors
/// If a scenario is unknown.
pub async fn all(mut stage: Stage, ids: &[&str]) -> Result<bool, Failure> {
    let scenarios = chosen(ids, |scenario| stage.product.plays(scenario))?;
    let mut report = Report::default();
    for scenario in scenarios {
        let lacks = stage.product.lacks(scenario);
        if let Some(why) = lacks.or(differences::known(&stage.product, scenario)) {
            println!("– {}: {why}", scenario.id);
            continue;
        }
        let start = Instant::now();
        let recorded = record(&mut stage, scenario).await;
        report.add(scenario, start.elapsed(), &recorded);
        // What AWS may do besides, no emulator shows.
        let further = recorded.ok().filter(|_| stage.product.emulates().is_none());
        if let Some(recording) = further {
            report.failed += record_other_endings(&mut stage, scenario, &recording.ending).await;
        }
    }
    Ok(report.end())
}

/// Returns the scenarios with these IDs, or without any all that the harness plays.
///
/// # Errors
/// If there is no scenario with an ID, or the harness does not play it.
pub fn chosen(
    ids: &[&str],
    plays: impl Fn(&Scenario) -> bool,
) -> Result<Vec<&'static Scenario>, Failure> {
    let plays = |scenario: &Scenario| plays(scenario) && !is_of_another_client(scenario);
    if ids.is_empty() {
        return Ok(catalogue::scenarios().iter().filter(|scenario| plays(scenario)).collect());
    }
    let scenario = |id: &&str| {
        let scenario = catalogue::scenario(id).ok_or(format!("there is no scenario {id}"))?;
        match plays(scenario) {
            true => Ok(scenario),
            false => Err(format!("{id} is of another broker, version or client")),
        }
    };
    ids.iter().map(scenario).collect()
}

/// Returns true if the scenario is of a certain client library: the harness has its own, and is no
/// witness for others.
pub fn is_of_another_client(scenario: &Scenario) -> bool {
    let producer = match &scenario.configuration.producer {
        ProducerSettings::Kafka(own) => own.client,
        ProducerSettings::Rabbitmq(own) => own.client,
        _ => None,
    };
    producer.or(scenario.configuration.consumer.client).is_some()
}

/// The results so far, each of which is printed as it comes.
#[derive(Default)]
pub struct Report {
    passed: usize,
    failed: usize,
}

impl Report {
    /// Prints what came of a scenario.
    pub fn add(&mut self, of: &Scenario, time: Duration, recorded: &Result<Recording, Failure>) {
        let seconds = time.as_secs_f64();
        match recorded {
            Ok(recording) => {
                self.passed += 1;
                println!("✓ {}: {} events, {seconds:.1} s", of.id, recording.events.len());
            }
            Err(problem) => {
                self.failed += 1;
                println!("✕ {}: {problem} ({seconds:.1} s)", of.id);
            }
        }
    }

    /// Prints the sums, and returns true if nothing failed.
    pub fn end(self) -> bool {
        println!("{} passed, {} failed", self.passed, self.failed);
        self.failed == 0
    }
}

/// Makes the run that the catalogue shows happen, writes what was seen, and returns it.
async fn record(stage: &mut Stage, scenario: &Scenario) -> Result<Recording, Failure> {
    let setup = CompiledScenario::new(scenario).map_err(|e| e.to_string())?;
    let emulated = stage.product.emulates().is_some();
    let shown = if emulated { schedules::together(&setup) } else { Trace::run(&setup) };
    let played = play(stage, &setup, &shown).await?;
    let recording = match played.recording(head(stage, scenario)) {
        Ok(recording) => recording,
        Err(problem) if emulated => return Err(problem),
        // The script is the same, and so is the model; the real broker may only be quicker.
        Err(problem) => {
            let played = play(stage, &setup, &schedules::eager(&setup)).await?;
            let recording = played.recording(head(stage, scenario));
            recording.map_err(|eager| format!("{problem}\n  with an eager broker: {eager}"))?
        }
    };
    keep(&recording, &scenario.id)?;
    Ok(recording)
}

/// Forces each other ending that the model has under the same script, and prints what came of it.
/// Returns the number of recordings that are no run of the model.
async fn record_other_endings(stage: &mut Stage, scenario: &Scenario, seen: &FinalState) -> usize {
    let Ok(setup) = CompiledScenario::new(scenario) else { return 0 };
    let shown = schedules::ending(&setup, &Trace::run(&setup));
    let (mut wrong, mut number) = (0, 1);
    // Which of them can be forced may differ from one day to the next.
    let former = std::fs::read_dir(folder(stage.product.name())).into_iter().flatten().flatten();
    let former = former.map(|entry| entry.path());
    let own = format!("{}+", scenario.id);
    for path in former.filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&own))
    }) {
        let _ = std::fs::remove_file(path);
    }
    for trace in schedules::other_endings(&setup, &shown) {
        let wanted = schedules::ending(&setup, &trace);
        if wanted == *seen {
            continue;
        }
        let name = format!("{}+{number}", scenario.id);
        number += 1;
        let played = play(stage, &setup, &trace).await;
        match played.and_then(|played| played.recording(head(stage, scenario))) {
            Ok(recording) if recording.ending == wanted => {
                let kept = keep(&recording, &name);
                wrong += usize::from(kept.is_err());
                let problem = kept.err().map_or(String::new(), |problem| format!(": {problem}"));
                println!("  {name}: {}{problem}", describe(&wanted));
            }
            Ok(recording) => {
                let ending = describe(&recording.ending);
                println!("  {name}: not forced: {}, but {ending}", describe(&wanted));
            }
            Err(problem) => println!("  {name}: not forced: {}: {problem}", describe(&wanted)),
        }
    }
    wrong
}

/// Describes an ending in a few words.
fn describe(ending: &FinalState) -> String {
    let one = |counts: &Counts| {
        let Counts { m, applied, dead, told, .. } = counts;
        format!("m{m} applied {applied}, dead letters {dead}, told {told}")
    };
    ending.ending.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Writes a recording that is a run of the model.
pub fn keep(recording: &Recording, name: &str) -> Result<(), Failure> {
    recording.ends_as_the_model_may()?;
    recording.is_a_run_of_the_model()?;
    write(recording, name)
}

/// Makes a run of the model happen, and returns what was seen of it.
///
/// # Errors
/// If it cannot be prepared, or not cleaned up.
pub async fn play(
    stage: &mut Stage,
    setup: &CompiledScenario,
    trace: &Trace,
) -> Result<Played, Failure> {
    let mut director = Director::new(stage, setup.clone()).await?;
    let ending = timeout(LONGEST, director.play(trace)).await;
    let ending = ending.unwrap_or_else(|_| Err("the run does not go on".into()));
    let instead = match &ending {
        Ok(_) => None,
        Err(_) => timeout(LONGEST, director.conclude(trace)).await.unwrap_or_default(),
    };
    let (events, slow_link) = (director.seen.clone(), director.slow_link);
    let before_step = director.before_step;
    let cleaned = timeout(LONGEST, director.clean_up()).await;
    cleaned.map_err(|_| "a run cannot be cleaned up")??;
    Ok(Played { events, before_step, ending, instead, slow_link })
}

/// Returns the head of a recording of this scenario.
pub fn head(stage: &Stage, scenario: &Scenario) -> Head {
    let mut with = vec![format!("PostgreSQL {}", stage.postgres.version)];
    let parties = CompiledScenario::new(scenario).map(|setup| setup.parties).unwrap_or_default();
    if parties.contains(&Participant::Redis) {
        with.extend(stage.redis.iter().map(|redis| format!("Redis {}", redis.version)));
    }
    let mut setup = stage.product.describe(scenario);
    let has = |is: &dyn Fn(&FaultKind) -> bool| scenario.faults.iter().any(|f| is(&f.kind));
    let mut add = |key: &str, how: &str| drop(setup.insert(key.to_owned(), how.into()));
    if has(&|kind| matches!(kind, FaultKind::PowerLoss(_))) {
        add("disk", "ext4 in a loop device, shut down without flushing its log");
    }
    match scenario.configuration.outbox.reads {
        Reads::Log => add("outbox", "pg_logical_slot_peek_changes of a slot with test_decoding"),
        Reads::IdAfterLast => add("outbox", "WHERE id > last ORDER BY id"),
        Reads::IdBelowXmin => {
            add(
                "outbox",
                "WHERE (xid, id) > last AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id",
            );
        }
        Reads::Unsent => {}
    }
    let product = stage.product.name();
    Head {
        recording: VERSION,
        scenario: scenario.id.clone(),
        product: product.into(),
        version: stage.product.version().into(),
        client: stage.product.client().into(),
        with,
        date: today(),
        command: format!("./dev truth {} {}", stage.product.key(), scenario.id),
        setup,
        configuration: configuration(scenario),
        script: scenario.faults.iter().map(ToString::to_string).collect(),
        difference: None,
        emulates: stage.product.emulates().map(str::to_owned),
    }
}

/// Returns the day of the recording, as the system's `date` gives it.
pub fn today() -> String {
    let out = std::process::Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    let text = out.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    text.unwrap_or_default()
}

/// Returns the folder of a product's recordings.
fn folder(product: &str) -> PathBuf {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings");
    // "Apache Kafka" is kafka.
    all.join(product.to_ascii_lowercase().trim_start_matches("apache "))
}

pub fn write(recording: &Recording, name: &str) -> Result<(), Failure> {
    let folder = match recording.head.difference {
        None => folder(&recording.head.product),
        Some(_) => Path::new(env!("CARGO_MANIFEST_DIR")).join("differences"),
    };
    let path = folder.join(format!("{name}.jsonl"));
    let written =
        std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, recording.write()));
    written.map_err(|e| format!("{}: {e}", path.display()))
}
