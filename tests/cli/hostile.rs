//! Tests with hostile input, and with output that cannot be written.

use crate::{file, json, prints, program, refuses, run, text};
use ackward::catalogue;
use ackward::sim::plain::is_control;
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::process::{Output, Stdio};

/// Characters that must not reach a terminal; the second line could be mistaken for one of a
/// report.
const NASTY: &str = "A\u{1b}[2J\u{7}\u{8}\r\nrequired: never-lost holds\u{7f}\u{85}\u{9b}31m\u{202e}\
                     \u{2066}\u{2028}\u{2029}Z";

/// A shorter variant for fields with a length limit.
const NASTY_NAME: &str = "\u{1b}[2J\n\u{9b}\u{202e}\rrequired: never-lost holds";

/// Every command, with valid arguments.
const COMMANDS: &[&[&str]] = &[
    &["check", "at-least-once", "--messages=1", "--no-fixes"],
    &["check", "at-least-once", "--messages=1", "--no-fixes", "--json"],
    &["scenarios"],
    &["presets", "--json"],
    &["faults", "at-least-once"],
    &["show", "ack-lost"],
    &["show", "ack-lost", "--format=svg"],
    &["show", "ack-lost", "--format=slides"],
    &["show", "ack-lost", "--format=html", "--link=https://docs.example/s/ack-lost/"],
    &["show", "ack-lost", "--format=json"],
    &["show", "ack-lost", "--format=mermaid"],
    &["show", "ack-lost", "--format=plantuml"],
    &["chaos", "at-least-once", "--runs=100"],
    &["chaos", "at-least-once", "--runs=100", "--replay=3"],
    &["cost", "at-least-once"],
    &["choose"],
    &["--help"],
    &["check", "--help"],
    &["--version"],
];

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_said() {
    for args in COMMANDS {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let out = program().args(*args).stdout(full).output().expect("it starts");
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        let problem = text(&out.stderr);
        assert!(problem.starts_with("error: standard output: "), "{args:?}: {problem}");
        assert_eq!(problem.lines().count(), 1, "{problem}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_problem_that_cannot_be_written_ends_it_without_another() {
    let full = || OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    for args in [&["check", "nothing"][..], &["nothing"], &["show", "ack-lost"]] {
        let mut program = program();
        let status = program.args(args).stdout(full()).stderr(full()).status().expect("it starts");
        assert_eq!(status.code(), Some(2), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn whoever_closes_the_pipe_early_has_read_enough() {
    for args in COMMANDS {
        let mut program = program();
        let program = program.args(*args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().expect("it starts");
        drop(child.stdout.take());
        let out = child.wait_with_output().expect("it ends");
        assert_eq!(out.status.code(), Some(0), "{args:?}");
        assert_eq!(text(&out.stderr), "", "{args:?}");
    }
}

/// Returns a scenario with the hostile text in every free-text field.
fn nasty() -> Value {
    let id = "kafka-transaction-restart";
    let scenario = catalogue::scenario(id).expect("the catalogue has it");
    let mut json = serde_json::to_value(scenario).expect("it is JSON");
    json["id"] = NASTY_NAME.into();
    for name in ["title", "summary", "takeaway"] {
        json[name] = NASTY.into();
    }
    for note in json["notes"].as_array_mut().expect("it has notes") {
        note["say"] = NASTY.into();
    }
    json["sources"] = serde_json::json!([NASTY]);
    json["fix"] = serde_json::json!({ "to": NASTY_NAME, "say": NASTY });
    json["producer"]["kafka"]["transactional.id"] = "t\u{1b}[1m\n".into();
    json
}

fn harmless(args: &[&str], out: &Output) {
    let texts = [text(&out.stdout), text(&out.stderr)];
    for text in texts {
        let raw = text.chars().find(|&c| is_control(c) && c != '\n');
        assert_eq!(raw, None, "{args:?} prints it as it is:\n{}", text.escape_debug());
        let forged =
            text.lines().find(|line| line.trim().starts_with("required: never-lost holds"));
        assert_eq!(forged, None, "{args:?}:\n{text}");
    }
}

#[test]
fn nothing_of_a_file_reaches_the_terminal_as_it_is() {
    let scenario = nasty();
    assert!(NASTY.chars().filter(|&c| is_control(c)).count() > 10);
    let path = file("nasty.json", scenario.to_string());
    for args in [
        &["check", &path, "--messages=1", "--kinds=crash"][..],
        &["check", &path, "--messages=1", "--faults=0", "--json"],
        &["show", &path],
        &["show", &path, "--format=svg"],
        &["show", &path, "--format=slides"],
        &["show", &path, "--format=json"],
        &["show", &path, "--format=mermaid"],
        &["show", &path, "--format=plantuml"],
        &["faults", &path],
        &["chaos", &path, "--runs=50"],
        &["chaos", &path, "--runs=50", "--json"],
        &["chaos", &path, "--runs=50", "--replay=0"],
        &["cost", &path],
        &["cost", &path, "--json"],
        &["check", &path, "--require=never-lost", "--messages=1", "--faults=0"],
    ] {
        let out = run(args);
        assert!(matches!(out.status.code(), Some(0 | 1)), "{args:?}: {}", text(&out.stderr));
        assert!(!out.stdout.is_empty());
        if !args.contains(&"--require=never-lost") {
            harmless(args, &out);
        }
    }
    assert!(prints(&["show", &path]).starts_with(r"A\u{1b}[2J\u{7}\u{8}\u{d}\u{a}required:"));
    // JSON output has the same text as the file.
    assert_eq!(json(&["show", &path, "--format=json"])["title"], NASTY);
}

#[test]
fn nothing_of_an_argument_is_repeated_as_it_is_or_at_length() {
    let long = "k".repeat(10_000);
    for bad in [NASTY, &long] {
        let key = format!("{bad}=1");
        let value = format!("acks={bad}");
        let point = format!("crash:{bad}@m1.after-work");
        let flag = format!("--{bad}");
        for args in [
            &["check", bad][..],
            &["show", bad],
            &["cost", "at-least-once", bad],
            &["check", "kafka-default", "--set", bad],
            &["check", "kafka-default", "--set", &key],
            &["check", "kafka-default", "--set", &value],
            &["check", "kafka-default", "--fault", bad],
            &["check", "kafka-default", "--fault", &point],
            &["check", "kafka-default", "--require", bad],
            &["check", "kafka-default", "--kinds", bad],
            &["check", "kafka-default", "--messages", bad],
            &["check", "kafka-default", &flag],
            &["chaos", "outbox", "--rate", &key],
            &["chaos", "outbox", "--rate", &value],
            &["chaos", "outbox", "--pace", &key],
            &["chaos", "outbox", "--test", bad],
            &["choose", bad],
            &["choose", &key],
            &["choose", &format!("lost={bad}")],
            &["show", "ack-lost", "--format", bad],
            &[bad],
        ] {
            let out = run(args);
            assert_eq!(out.status.code(), Some(2), "{args:?}");
            assert!(out.stderr.starts_with(b"error: "), "{}", text(&out.stderr));
            assert!(out.stderr.len() < 3000, "{args:?}: {} bytes", out.stderr.len());
            harmless(args, &out);
        }
    }
}

/// Asserts that a scenario's JSON with one value changed is rejected with these words.
fn of_file(name: &str, change: impl FnOnce(&mut Value), label: &[&str]) {
    let scenario = catalogue::preset("kafka-default").expect("the catalogue has it");
    let mut json = serde_json::to_value(scenario).expect("it is JSON");
    change(&mut json);
    let path = file(name, json.to_string());
    refuses(&["check", &path], label);
    let out = run(&["check", &path]);
    assert!(out.stderr.len() < 1500, "{} bytes", out.stderr.len());
    harmless(&["check", &path], &out);
}

#[test]
fn mistakes_in_a_file_are_named_with_what_to_write() {
    of_file(
        "acks.json",
        |json| json["producer"]["kafka"]["acks"] = true.into(),
        &["acks.json: producer.kafka.acks: ", r#"use one of "0", "1", "all""#],
    );
    of_file(
        "array.json",
        |json| json["consumer"] = serde_json::json!([["receive", "work"]]),
        &["array.json: consumer: a list does not fit; use an object"],
    );
    of_file(
        "linger.json",
        |json| json["producer"]["kafka"]["linger.ms"] = 5.into(),
        &["producer.kafka.linger.ms: a setting of Kafka that is not modeled."],
    );
    of_file(
        "nasty-key.json",
        |json| json[NASTY] = 5.into(),
        &[r"A\u{1b}[2J", ": unknown field; use one of \"version\", "],
    );
    of_file(
        "nasty-fault.json",
        |json| json["faults"] = serde_json::json!([format!("crash:{NASTY}@m1")]),
        &[r"faults[0]: crash:A\u{1b}[2J"],
    );
    let long = "x".repeat(100_000);
    of_file("long-key.json", |json| json[&long] = 5.into(), &["xxx…: unknown field"]);
    of_file(
        "long-title.json",
        |json| json["title"] = long.clone().into(),
        &["title: it has 100000"],
    );
    of_file(
        "long-fault.json",
        |json| json["faults"] = serde_json::json!([long]),
        &["xxx…: write it"],
    );
    of_file(
        "many.json",
        |json| json["faults"] = vec!["lose:ack@m1"; 999].into(),
        &["999 are too many"],
    );
}

#[test]
fn numbers_are_taken_for_acks() {
    let scenario = catalogue::preset("kafka-default").expect("the catalogue has it");
    let mut json = serde_json::to_value(scenario).expect("it is JSON");
    let mut show = |acks: Value| {
        json["producer"]["kafka"]["acks"] = acks;
        prints(&["show", &file("number.json", json.to_string())])
    };
    let all = show("all".into());
    assert_eq!(show((-1).into()), all);
    assert_eq!(show("-1".into()), all);
    assert_eq!(show(1.into()), show("1".into()));
    assert_ne!(show(0.into()), all);
    let of = |acks| prints(&["show", "kafka-leader-ack", "--set", acks]);
    assert_eq!(of("acks=-1"), of("acks=all"));
    assert_ne!(of("acks=-1"), of("acks=1"));
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    let good = catalogue::preset("at-least-once").unwrap().to_json();
    let path = file("bom.json", format!("\u{feff}{good}"));
    assert!(prints(&["show", &path]).contains("At least once"));
}

#[test]
fn input_is_read_within_bounds() {
    let spaces = " ".repeat((1 << 20) + 1);
    refuses(&["check", &file("large.json", spaces)], &["large.json: it is larger than 1 MiB"]);
    refuses(
        &["check", &file("empty.json", "")],
        &["empty.json: the scenario: there is nothing in it"],
    );
    let not_utf8 = file("latin.json", b"{\n\"title\": \"\xe9\"");
    refuses(&["check", &not_utf8], &["it is not UTF-8 at line 2 column 11"]);
    refuses(&["check", &file("wide.json", b"\xff\xfe{\0}\0")], &["it is UTF-16"]);
    for (deep, problem) in [
        ("[", "the scenario: recursion limit exceeded"),
        ("{\"broker\":", "the scenario: recursion limit exceeded"),
        ("{\"a\":", "this is no valid JSON: EOF"),
    ] {
        let path = file("deep.json", deep.repeat(80_000));
        refuses(&["check", &path], &["deep.json", problem]);
    }
    refuses(&["check", env!("CARGO_TARGET_TMPDIR")], &[": "]);
}

/// Endless input is not read to its end.
#[cfg(unix)]
#[test]
fn input_without_an_end_is_refused() {
    refuses(&["check", "/dev/zero"], &["/dev/zero: it is larger than 1 MiB"]);
    let mut program = program();
    let program = program.args(["check", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let mut written = 0;
    while stdin.write_all(&[b'{'; 4096]).is_ok() {
        written += 4096;
        assert!(written < 100 << 20, "it goes on reading");
    }
    let mut problem = String::new();
    child.stderr.take().expect("it is piped").read_to_string(&mut problem).expect("UTF-8");
    assert_eq!(child.wait().expect("it ends").code(), Some(2));
    assert!(problem.starts_with("error: standard input: it is larger than 1 MiB"), "{problem}");
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let bad = std::ffi::OsStr::from_bytes(b"ack\xff\x1b[2J");
    for args in [&["check"][..], &["show"], &["check", "kafka-default", "--set"], &[]] {
        let out = program().args(args).arg(bad).output().expect("it starts");
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        harmless(args, &out);
        assert!(!text(&out.stderr).contains("panicked"));
    }
}

#[test]
fn odd_arguments_are_answered() {
    let most = u64::MAX.to_string();
    for args in [
        &["check", ""][..],
        &["check", "."],
        &["check", "ack-lost", "--limit", "0"],
        &["check", "ack-lost", "--limit", &most],
        &["check", "ack-lost", "--limit", "1"],
        &["check", "ack-lost", "--kinds", ""],
        &["check", "ack-lost", "--kinds", ",,"],
        &["check", "ack-lost", "--require", ""],
        &["check", "ack-lost", "--set", "="],
        &["check", "ack-lost", "--set", ""],
        &["check", "ack-lost", "--set", "program="],
        &["check", "ack-lost", "--set", "store.amount=1000000", "--messages=1"],
        &["check", "ack-lost", "--fault", "@"],
        &["check", "ack-lost", "--fault", "crash:consumer@m1.after-work#255", "--no-fixes"],
        &["check", "ack-lost", "--fault", "lose:ack@m4"],
        &["check", "sqs-fifo", "--set", "MessageGroupId=,,,"],
        &["show", "ack-lost", "--step", &most],
        &["show", "ack-lost", "--width", "280", "--format", "svg"],
        &["show", "kafka-default", "--fault", "crash:broker@m1.acked#*"],
        &["chaos", "ack-lost", "--runs", "1", "--replay", &most],
        &["chaos", "ack-lost", "--runs", "1", "--seed", &most],
        &["chaos", "ack-lost", "--runs", "1", "--threads", &most],
        &["chaos", "ack-lost", "--runs", "100", "--rate", "lose-ack=NaN"],
        &["chaos", "ack-lost", "--runs", "100", "--rate", "lose-ack=100%"],
        &["chaos", "ack-lost", "--runs", "100", "--pace", "work=inf"],
        &["chaos", "ack-lost", "--runs", "100", "--pace", "work=1e300"],
        &["chaos", "ack-lost", "--runs", "100", "--pace", "work=0"],
        &["cost", "ack-lost", "--pace", "work=0", "--message-bytes", "1"],
        &["cost", "ack-lost", "ack-lost"],
        &["choose", "rate=0"],
        &["choose", "rate=1000000", "--most", "0"],
        &["choose", "--most", &most],
        &["choose", "lost="],
        &["choose", "="],
        &["--", "check"],
        &["help", "check"],
        &["help", "nothing"],
        &["-"],
        &[""],
    ] {
        let out = run(args);
        let code = out.status.code();
        assert!(matches!(code, Some(0..=2)), "{args:?}: {code:?}\n{}", text(&out.stderr));
        assert!(!text(&out.stderr).contains("panicked"), "{args:?}: {}", text(&out.stderr));
        assert_eq!(code == Some(2), !out.stderr.is_empty(), "{args:?}");
    }
}
