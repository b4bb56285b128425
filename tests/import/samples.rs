//! The samples in tests/data/import: what must be understood of each, and what reported.

use super::own::comes_out;
use super::{answers, source};
use ackward::import::{Source, read};

const EXPECTED: &str = include_str!("../data/import/expected.txt");

/// A block is a line `= files | answers` and a line for each thing that must come out, in the form
/// of `own.rs`.
#[test]
fn every_sample_is_understood() {
    let mut wrong = Vec::new();
    let mut blocks = 0;
    for block in EXPECTED.split("\n= ").skip(1) {
        blocks += 1;
        let mut lines = block.lines();
        let head = lines.next().expect("a block has a head");
        let (files, given) = head.split_once(" | ").unwrap_or((head, ""));
        let sources: Vec<Source> = files.split(' ').map(source).collect();
        let reading = match read(&sources, &answers(given)) {
            Ok(reading) => reading,
            Err(error) => {
                wrong.push(format!("{files}: {error:?}"));
                continue;
            }
        };
        for expected in lines.filter(|line| !line.is_empty()) {
            let comes = match expected.strip_prefix("not ") {
                Some(expected) => !comes_out(&reading, expected),
                None => comes_out(&reading, expected),
            };
            if !comes {
                let remarks: Vec<&str> = reading.remarks.iter().map(|r| r.text.as_str()).collect();
                wrong.push(format!("{files}: '{expected}'; {remarks:#?}"));
            }
        }
        secrets(&reading, files, &mut wrong);
    }
    assert_eq!(blocks, 28);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Nothing that is secret, and no host, is repeated.
fn secrets(reading: &ackward::import::Reading, files: &str, wrong: &mut Vec<String>) {
    let text = format!("{:?} {:?} {:?}", reading.remarks, reading.irrelevant, reading.taken());
    for secret in [
        "not-a-real-one",
        "bm90LWEtcmVhbC1oYXNo",
        "gate:gate",
        "kafka.internal.example",
        "rabbit-a:5672",
        "kafka-1:9092",
        "localhost:6379",
        "ScramLoginModule",
    ] {
        if text.contains(secret) {
            wrong.push(format!("{files}: {secret} is repeated"));
        }
    }
}
