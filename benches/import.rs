//! How long it takes to read configuration files of 500 lines, without the search, in milliseconds,
//! beside `serde_json` for the same JSON.

use ackward::import::{Answers, Source, read};
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: u32 = 20;

/// Returns the mean time of a round in milliseconds.
fn timed(mut round: impl FnMut()) -> f64 {
    round();
    let start = Instant::now();
    (0..ROUNDS).for_each(|_| round());
    start.elapsed().as_secs_f64() * 1e3 / f64::from(ROUNDS)
}

fn main() {
    let yaml: String = (0..490).map(|n| format!("    my-key-{n}: value-{n}\n")).collect();
    let yaml = format!("spring:\n  kafka:\n    producer:\n      acks: 1\n  other:\n{yaml}");
    let java: String = (0..490).map(|n| format!("my.key.{n}=value\n")).collect();
    let queue = |n: u32| {
        format!(
            "{{\"name\": \"q{n}\", \"vhost\": \"/\", \"durable\": true,\n\"arguments\": \
             {{\"x-queue-type\":\n\"quorum\"\n}}}}"
        )
    };
    let json = format!("[{}]", (0..120).map(queue).collect::<Vec<_>>().join(",\n"));
    let code: String = (0..490).map(|n| format!("value_{n} = call_{n}(a, b={n})\n")).collect();
    let code = format!("from kafka import KafkaProducer\np = KafkaProducer(acks=1)\n{code}");
    for (name, text) in [
        ("yaml", yaml),
        ("properties", format!("acks=1\n{java}")),
        ("json", json.clone()),
        ("code", code),
    ] {
        let sources = [Source { name: name.into(), text, syntax: None }];
        let answers = Answers::default();
        assert!(read(&sources, &answers).is_ok(), "{name}");
        let took = timed(|| drop(black_box(read(black_box(&sources), &answers))));
        println!("{name:<12} {took:7.2} ms");
    }
    let parsed = timed(|| drop(black_box(serde_json::from_str::<serde_json::Value>(&json))));
    println!("serde_json   {parsed:7.2} ms for the same JSON");
}
