//! The importer: configuration files and what must come out of them.

#[path = "import/batches.rs"]
mod batches;
#[path = "import/clients.rs"]
mod clients;
#[path = "import/forms.rs"]
mod forms;
#[path = "import/hostile.rs"]
mod hostile;
#[path = "import/kubernetes.rs"]
mod kubernetes;
#[path = "import/own.rs"]
mod own;
#[path = "import/patches.rs"]
mod patches;
#[path = "import/questions.rs"]
mod questions;
#[path = "import/rabbitmq.rs"]
mod rabbitmq;
#[path = "import/samples.rs"]
mod samples;
#[path = "import/smallrye.rs"]
mod smallrye;
#[path = "import/stream.rs"]
mod stream;
#[path = "import/together.rs"]
mod together;
#[path = "import/traps.rs"]
mod traps;

use ackward::check::Property;
use ackward::import::{Answers, Reading, Report, Source, Status, read};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/import")
}

fn source(name: &str) -> Source {
    let text = std::fs::read_to_string(folder().join(name)).expect("the sample is there");
    Source { name: name.to_owned(), text, syntax: None }
}

/// Reads answers as the command line takes them: `handler=upsert lib=kafka-clients=3.9`.
fn answers(text: &str) -> Answers {
    let mut answers = Answers::default();
    for word in text.split_whitespace() {
        let (key, value) = word.split_once('=').expect("key=value");
        answers.give(key, value).expect("an answer");
    }
    answers
}

/// Returns a status as the tables write it: `broken[power|gone]`.
fn short(status: &Status) -> String {
    match status {
        Status::Broken(tags) => {
            let tags: Vec<String> =
                tags.iter().map(|tag| tag.key().replace(", ", "|").replace(' ', "-")).collect();
            format!("broken[{}]", tags.join("|"))
        }
        other => other.key().to_owned(),
    }
}

fn verdict(reading: &Reading, answers: &Answers) -> Vec<String> {
    let Some(plan) = &reading.plan else { return vec!["none".into(); 8] };
    let report: Report =
        ackward::import::verdict(plan, answers, &mut || false).expect("the model takes it");
    Property::ALL.map(|property| short(&report.of(property).expect("all eight").status)).to_vec()
}

/// Returns what is wrong with the verdict of a line of the table: files, answers, and the status of each
/// property.
fn wrong(line: &str) -> Vec<String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [files, given, expected] = cells[..] else { panic!("{line}") };
    let sources: Vec<Source> = files.split(' ').map(source).collect();
    let answers = answers(given);
    let start = std::time::Instant::now();
    let found = match read(&sources, &answers) {
        Ok(reading) => verdict(&reading, &answers),
        Err(error) => return vec![format!("{files}: {} {}", error.line, error.text)],
    };
    println!("{:6} ms {files}", start.elapsed().as_millis());
    let pairs = Property::ALL.iter().zip(found).zip(expected.split(' '));
    let others = pairs.filter(|((_, found), expected)| found != expected);
    let say = |((property, found), expected): ((&Property, String), &str)| {
        format!("{files}: {} is {found}, not {expected}", property.key())
    };
    others.map(say).collect()
}

#[test]
fn every_sample_has_its_verdict() {
    let table = std::fs::read_to_string(folder().join("verdicts.tsv")).expect("it is there");
    let only = std::env::var("ONLY").unwrap_or_default();
    let lines: Vec<&str> =
        table.lines().filter(|line| !line.starts_with('#') && line.contains(&only)).collect();
    // The other tests of the program end long before it: both cores are its own.
    let next = AtomicUsize::new(0);
    let take = || {
        let lines = std::iter::from_fn(|| lines.get(next.fetch_add(1, Ordering::Relaxed)));
        lines.flat_map(|line| wrong(line)).collect::<Vec<_>>()
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let other = scope.spawn(take);
        let own = take();
        [own, other.join().expect("it has not panicked")].concat()
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}
