//! Recordings of real products, held against the model: each ends as the model may end, and is a run
//! of the model. No product is needed.
//!
//! The checks must be able to fail: changed recordings, and recordings held against changed
//! settings, are rejected.

#[path = "evidence/missing.rs"]
mod missing;
#[path = "evidence/mutants.rs"]
mod mutants;

use ackward::catalogue;
use ackward::check::{changes, explore};
use ackward::evidence::{Counts, FinalState, Recording, Seen, configuration, line, replay};
use ackward::present::open_along;
use ackward::sim::{CompiledScenario, Scenario, Trace};
use expect_test::expect_file;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Returns all recordings with their paths, in the order of these.
fn recordings() -> Vec<(String, Recording)> {
    read_all("recordings")
}

fn read_all(folder: &str) -> Vec<(String, Recording)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth").join(folder);
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the recordings are there").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort_by_key(|path| path.with_extension(""));
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).expect("it is below the root").display().to_string();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let recording = Recording::read(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        (name, recording)
    };
    files.into_iter().map(read).collect()
}

fn setup(recording: &Recording) -> CompiledScenario {
    let scenario = recording.scenario().expect("its settings can be read");
    CompiledScenario::new(&scenario).expect("its settings are valid")
}

/// Checks every recording, and reports all that fail.
fn all(check: impl Fn(&Recording) -> Result<(), String>) {
    let recordings = recordings();
    assert!(recordings.len() >= 50, "{} recordings", recordings.len());
    let failed = recordings
        .iter()
        .filter_map(|(name, recording)| Some(format!("{name}: {}", check(recording).err()?)));
    let failed: Vec<String> = failed.collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_recording_ends_as_the_model_may() {
    all(Recording::ends_as_the_model_may);
}

#[test]
fn every_recording_is_a_run_of_the_model() {
    all(Recording::is_a_run_of_the_model);
}

#[test]
fn every_recording_is_of_a_scenario_as_it_is_now() {
    all(|recording| match recording.is_current() {
        true => Ok(()),
        false => Err(format!("the scenario has changed: {}", recording.head.command)),
    });
}

/// Recordings that end otherwise than the run that the catalogue shows, each with the reason.
const OTHERWISE: &[(&str, &str)] = &[(
    "rabbitmq/rabbitmq-dead-letter-persistent.jsonl",
    "the broker delivers m2 before it confirms it, so it delivers it again after the crash",
)];

#[test]
fn recordings_end_as_the_catalogue_shows() {
    let recordings = recordings();
    // The further recordings of a scenario are of its other endings.
    let otherwise = recordings.iter().filter(|(name, recording)| {
        let shown = !name.contains('+');
        recording.ends_as_shown() != shown
    });
    let names: Vec<&str> = otherwise.map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, OTHERWISE.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

const NOT_SENT_YET: &str = "the caller may send m2 only after m1 is stored";

/// Endings of a script that no recording shows, by scenario: how many the model has, how many were
/// seen, and why the others were not.
const NOT_FORCED: &[(&str, usize, usize, &str)] = &[
    ("kafka-acks-1", 2, 1, "the follower may have fetched the record before the leader is gone"),
    ("kafka-unclean-election", 2, 1, "the consumer may read the record before the leader is gone"),
    ("kafka-power-loss", 2, 1, "the record may be synced before the power is cut"),
    ("kafka-isolated-leader", 2, 1, "the leader may rejoin before the producer has sent"),
    (
        "kafka-isolated-leader-all",
        2,
        1,
        "the client asks for the leader when an attempt has failed, and hears of the new one",
    ),
    ("kafka-reorder", 2, 1, "the consumer may be given m2 only after m1 is stored, too"),
    ("kafka-first-batch", 2, 1, NOT_SENT_YET),
    ("kafka-first-batch-twice", 2, 1, NOT_SENT_YET),
    (
        "rabbitmq-dead-letter-persistent",
        8,
        3,
        "what the broker has settled, and when it writes that down, nobody can tell it",
    ),
    (
        "nats-work-queue-restart",
        4,
        3,
        "what is acknowledged is removed from the stream before anybody can kill the server",
    ),
    (
        "nats-limits-restart",
        4,
        3,
        "a send that is under way while the server is down is lost with its connection",
    ),
    ("nats-redelivered-late", 2, 1, "m2 may be delivered only when m1 is delivered again"),
    ("test-no-loss-fails", 5, 1, "the followers and the consumer may be further on"),
];

#[test]
fn every_ending_of_a_script_was_seen() {
    let recordings = recordings();
    let mut missing = Vec::new();
    let (mut all, mut all_seen) = (0, 0);
    for scenario in catalogue::scenarios() {
        // What AWS may do besides, no emulator shows.
        let own = recordings.iter().filter(|(_, r)| r.head.emulates.is_none());
        let own = own.filter(|(_, r)| r.head.scenario == scenario.id);
        let seen: BTreeSet<&FinalState> = own.map(|(_, recording)| &recording.ending).collect();
        if seen.is_empty() {
            continue;
        }
        let setup = CompiledScenario::new(scenario).expect("the catalogue is valid");
        let report = explore(&setup, 1_000_000);
        let endings =
            report.endings.iter().map(|end| FinalState::of(scenario.configuration.messages, end));
        let endings: BTreeSet<FinalState> = endings.collect();
        (all, all_seen) = (all + endings.len(), all_seen + seen.len());
        if seen.len() < endings.len() {
            missing.push((scenario.id.as_str(), endings.len(), seen.len()));
        }
    }
    println!("endings: {all}, seen: {all_seen}");
    let known: Vec<_> = NOT_FORCED.iter().map(|&(id, has, seen, _)| (id, has, seen)).collect();
    assert_eq!(missing, known);
}

#[test]
fn a_recording_is_read_as_it_was_written() {
    for (name, recording) in recordings() {
        assert_eq!(Recording::read(&recording.write()), Ok(recording), "{name}");
    }
}

/// Where a product does what the model does not, the recording says why. When the model says the
/// same one day, it belongs among the others.
#[test]
fn known_differences_are_still_differences() {
    let differences = read_all("differences");
    assert_eq!(differences.len(), 7);
    for (name, recording) in differences {
        assert!(recording.head.difference.is_some(), "{name}");
        assert!(recording.is_a_run_of_the_model().is_err(), "{name}: the model has this run");
    }
    assert!(recordings().iter().all(|(_, recording)| recording.head.difference.is_none()));
}

/// Runs that were among the differences until the model learned them; each has a script of its own.
#[test]
fn former_differences_are_runs_of_the_model() {
    let mended = read_all("mended");
    assert_eq!(mended.len(), 1);
    for (name, recording) in mended {
        assert_eq!(recording.is_a_run_of_the_model(), Ok(()), "{name}");
    }
}

#[test]
fn the_model_accepts_its_own_runs() {
    for scenario in catalogue::scenarios() {
        let setup = CompiledScenario::new(scenario).expect("the catalogue is valid");
        let trace = Trace::run(&setup);
        let seen: Vec<Seen> = Seen::all_of(&trace).into_iter().map(|(_, seen)| seen).collect();
        let endless = trace.end != ackward::sim::End::Finished;
        let ending = FinalState {
            endless,
            ..FinalState::after(scenario.configuration.messages, &trace.last().ledger)
        };
        let replayed = replay(&setup, &seen, &ending);
        assert!(replayed.is_ok(), "{}: {}", scenario.id, replayed.unwrap_err());
        assert_eq!(configuration(scenario)["messages"], scenario.configuration.messages);
    }
}

/// The page shows a recorded run by its path, which is in the index.
#[test]
fn the_index_is_of_the_recordings() {
    let mut index = String::new();
    for (file, recording) in recordings() {
        let name = Path::new(&file).file_stem().expect("a file").to_string_lossy();
        let line = line(&name, &recording).unwrap_or_else(|e| panic!("{file}: {e}"));
        let schedule = recording.schedule().expect("as before");
        let trace = Trace::fork(&setup(&recording), &schedule);
        let path = line.trim_end_matches('\n').split('\t').nth(6).expect("a path").parse();
        let scenario = catalogue::scenario(&recording.head.scenario).expect("it is current");
        let opened = open_along(scenario, &path.expect("a path"), None);
        let opened = opened.expect("the catalogue is valid");
        // What comes after the recorded events of an endless run is not on the path.
        let recorded = |trace: &Trace| -> Vec<Seen> {
            let all = Seen::all_of(trace).into_iter();
            all.filter(|(step, _)| *step <= schedule.len()).map(|(_, seen)| seen).collect()
        };
        assert_eq!(recorded(opened.ran.course().trace()), recorded(&trace), "{file}");
        index += &line;
    }
    expect_file!["../src/evidence/index.tsv"].assert_eq(&index);
}

/// Returns recordings with one thing changed in the ending, each with what it is.
fn changed_endings(recording: &Recording) -> Vec<(String, Recording)> {
    let mut all = Vec::new();
    let mut add = |what: &str, change: &dyn Fn(&mut FinalState)| {
        let mut changed = recording.clone();
        change(&mut changed.ending);
        all.push((what.to_owned(), changed));
    };
    for m in 0..recording.ending.ending.len() {
        let mut count = |what: &str, of: fn(&mut Counts) -> &mut u8| {
            add(&format!("one more {what}"), &|end| *of(&mut end.ending[m]) += 1);
            if *of(&mut recording.ending.ending[m].clone()) > 0 {
                add(&format!("one less {what}"), &|end| *of(&mut end.ending[m]) -= 1);
            }
        };
        count("handled", |fate| &mut fate.handled);
        count("applied", |fate| &mut fate.applied);
        count("called", |fate| &mut fate.called);
        count("dead", |fate| &mut fate.dead);
        let told = if recording.ending.ending[m].told == "ok" { "error" } else { "ok" };
        add("another report", &|end| end.ending[m].told = told.to_owned());
        add("saved or not", &|end| end.ending[m].saved ^= true);
    }
    add("order", &|end| end.out_of_order ^= true);
    all
}

#[test]
fn changed_endings_are_rejected() {
    let (mut tried, mut kept) = (0, Vec::new());
    for (name, recording) in recordings() {
        for (what, changed) in changed_endings(&recording) {
            tried += 1;
            if changed.is_a_run_of_the_model().is_ok() {
                kept.push(format!("{name}: {what}"));
            }
        }
    }
    println!("changed endings: {tried}, accepted: {kept:?}");
    // Where the model leaves open what becomes of a dead letter, either ending is one of its own.
    assert!(tried > 500 && kept.len() * 100 <= tried, "{} of {tried}: {kept:#?}", kept.len());
}

/// Returns recordings with one event left out, doubled, or exchanged with the next.
fn other_events(recording: &Recording) -> Vec<(String, Recording)> {
    let mut all = Vec::new();
    let mut add = |what: String, change: &dyn Fn(&mut Vec<Seen>)| {
        let mut changed = recording.clone();
        change(&mut changed.events);
        all.push((what, changed));
    };
    for (at, event) in recording.events.iter().enumerate() {
        add(format!("without {event:?}"), &|events| drop(events.remove(at)));
        add(format!("twice {event:?}"), &|events| events.insert(at, event.clone()));
        if at + 1 < recording.events.len() && recording.events[at + 1] != *event {
            add(format!("later {event:?}"), &|events| events.swap(at, at + 1));
        }
    }
    all
}

/// Some exchanges of neighbors are runs too: what happens in two places has no order of its own.
#[test]
fn changed_events_are_rejected() {
    let (mut tried, mut kept) = ([0; 3], [0; 3]);
    for (_, recording) in recordings() {
        for (what, changed) in other_events(&recording) {
            let kind = ["without", "twice", "later"].iter().position(|kind| what.starts_with(kind));
            let kind = kind.expect("each has a kind");
            tried[kind] += 1;
            kept[kind] += usize::from(changed.is_a_run_of_the_model().is_ok());
        }
    }
    println!("without, twice, later: tried {tried:?}, accepted {kept:?}");
    assert!(kept[0] * 20 <= tried[0], "left out: {} of {} accepted", kept[0], tried[0]);
    assert!(kept[1] * 20 <= tried[1], "doubled: {} of {} accepted", kept[1], tried[1]);
    assert!(kept[2] * 3 <= tried[2], "exchanged: {} of {} accepted", kept[2], tried[2]);
}

/// Holds each recording against settings that were not the ones of the run: a single setting or
/// technique is another one.
#[test]
fn other_settings_are_rejected() {
    let (mut tried, mut rejected) = (0, 0);
    let mut blind = Vec::new();
    for (name, recording) in recordings() {
        let scenario = recording.scenario().expect("its settings can be read");
        let before = rejected;
        let all = changes(&scenario.configuration);
        for change in &all {
            let configuration = change.configuration.clone();
            let changed = Scenario { configuration, ..scenario.clone() };
            // A script that does not fit the changed settings proves nothing.
            let Ok(setup) = CompiledScenario::new(&changed) else { continue };
            tried += 1;
            rejected += usize::from(replay(&setup, &recording.events, &recording.ending).is_err());
        }
        if rejected == before {
            blind.push(name);
        }
    }
    // Many settings make no difference to many runs: nothing was sent again, nothing failed.
    println!(
        "other settings: {tried}, rejected: {rejected}; recordings that reject none: {blind:?}"
    );
    assert!(rejected * 3 >= tried, "{rejected} of {tried}");
    assert!(blind.len() * 4 <= recordings().len(), "{blind:?}");
}

#[cfg(feature = "cli")]
#[test]
fn the_programs_have_every_recording() {
    let files: Vec<Recording> = recordings().into_iter().map(|(_, recording)| recording).collect();
    let ids = |all: &[Recording]| -> Vec<String> {
        all.iter().map(|r| format!("{} {}", r.head.product, r.head.scenario)).collect()
    };
    assert_eq!(ids(&ackward::evidence::recordings()), ids(&files), "src/evidence/list.rs");
}

#[test]
fn recordings_are_made_of_the_settings_that_they_name() {
    for (name, recording) in recordings() {
        let Recording { head, events, .. } = &recording;
        assert!(!events.is_empty(), "{name}");
        assert_eq!(setup(&recording).scenario.faults.len(), head.script.len(), "{name}");
        let whole = name.trim_end_matches(".jsonl");
        let (shown, _) = whole.split_once('+').unwrap_or((whole, ""));
        let product = head.product.to_ascii_lowercase().replace("apache ", "");
        assert_eq!(shown, format!("{product}/{}", head.scenario), "{name}");
        assert!(!head.version.is_empty() && head.date.len() == 10, "{name}");
    }
}

#[test]
fn models_with_a_wrong_rule_are_refuted() {
    let recordings = recordings();
    let refutes = |recording: &Recording, breaks: fn(&mut CompiledScenario) -> bool| {
        let mut setup = setup(recording);
        breaks(&mut setup) && replay(&setup, &recording.events, &recording.ending).is_err()
    };
    let mut alive = Vec::new();
    for &(what, breaks) in mutants::MUTANTS {
        let by = recordings.iter().filter(|(_, recording)| refutes(recording, breaks)).count();
        println!("{by:3} recordings refute: {what}");
        if by == 0 {
            alive.push(what);
        }
    }
    let known: Vec<&str> = mutants::ALIVE.iter().map(|(what, _)| *what).collect();
    assert_eq!(alive, known, "of {}", mutants::MUTANTS.len());
}
