//! Patches of files of every kind: what the fixes of their violations add and remove.

use super::{answers, source};
use ackward::check::Property;
use ackward::import::{Checked, Fixes, Source, fixes, json, read, verdict};
use std::fmt::Write;

/// Returns the lines that the patches of the fixes add and remove, without repetitions.
fn changes(name: &str, text: &str, given: &str, required: &[Property]) -> String {
    let sources = match text {
        "" => vec![source(name)],
        _ => vec![Source { name: name.into(), text: text.into(), syntax: None }],
    };
    let given = answers(given);
    let reading = read(&sources, &given).expect("it can be read");
    let plan = reading.plan.as_ref().expect("it is judged");
    let report = verdict(plan, &given, &mut || false).expect("it runs");
    let found = fixes(plan, &report, &given, required, &mut |_: &Fixes| false);
    let checked = Checked {
        sources: &sources,
        answers: &given,
        reading: &reading,
        report: Some(&report),
        fixes: &found,
        require: required,
        stopped: false,
    };
    let out = json(&checked);
    let mut lines = String::new();
    let all = out["properties"].as_array().expect("a list").iter();
    for fix in all.filter_map(|property| property["fixes"].as_array()).flatten() {
        let patch = fix["patch"].as_str().unwrap_or_default().lines();
        for line in patch.filter(|line| !line.starts_with("+++") && !line.starts_with("---")) {
            if line.starts_with(['+', '-']) && !lines.contains(&format!("{line}\n")) {
                writeln!(lines, "{line}").expect("a text takes any");
            }
        }
    }
    lines
}

#[test]
fn a_key_is_added_as_its_neighbors_are_written() {
    use Property::StoredOnce;
    for (name, text, expected) in [
        ("kafka-python-payments.py", "", "+    enable_idempotence=True,\n"),
        (
            "p.json",
            "{\n  \"acks\": \"1\",\n  \"linger.ms\": 5\n}\n",
            "+  \"enable.idempotence\": true,\n",
        ),
        (
            "P.cs",
            "using Confluent.Kafka;\nvar config = new ProducerConfig { Acks = Acks.Leader };\n",
            "+var config = new ProducerConfig { EnableIdempotence = true, Acks = Acks.All };\n",
        ),
        (
            "P.java",
            "import java.util.Properties;\nclass A {\n void a() {\n  Properties p = new Properties();\n  p.put(\"acks\", \"1\");\n  p.put(\"retries\", 3);\n }\n}\n",
            "+  p.put(\"acks\", \"all\");\n",
        ),
    ] {
        let lines = changes(name, text, "", &[StoredOnce]);
        assert!(lines.contains(expected), "{name}: {expected} is not in\n{lines}");
    }
}

/// Polls that are committed together have many runs: what helps has to be found all the same.
#[test]
fn a_listener_of_spring_that_loses_records_has_a_fix() {
    let text = "spring:\n  kafka:\n    producer:\n      acks: \"1\"\n    consumer:\n      group-id: g\n      auto-offset-reset: earliest\n";
    let given = "handler=upsert send-failure=outbox";
    let lines = changes("application.yml", text, given, &[Property::NeverLost]);
    assert!(lines.contains("+      acks: \"all\"\n"), "{lines}");
}
