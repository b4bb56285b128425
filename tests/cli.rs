//! End-to-end tests of the command-line program: its output, exit codes, and error messages.

#[path = "cli/evidence.rs"]
mod evidence;
#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/import.rs"]
mod import;
#[path = "cli/long.rs"]
mod long;
#[path = "cli/unknown.rs"]
mod unknown;

use serde_json::Value;
use std::process::{Command, Output, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ackward"));
    command.stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    program().args(args).output().expect("the program starts")
}

/// Writes a new file with this content and returns its path.
fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("the folder is there to be written to");
    path.display().to_string()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it prints UTF-8")
}

/// Returns the output of a successful run.
fn prints(args: &[&str]) -> String {
    let out = run(args);
    assert_eq!(out.status.code(), Some(0), "{args:?}\n{}", text(&out.stderr));
    assert!(out.stderr.is_empty(), "{args:?}: {}", text(&out.stderr));
    text(&out.stdout).to_owned()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&prints(args)).expect("it prints JSON")
}

/// Asserts that the input is rejected: exit code 2, nothing on standard output, and these words on
/// standard error.
fn refuses(args: &[&str], label: &[&str]) {
    let out = run(args);
    let problem = text(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{args:?}\n{problem}");
    assert!(out.stdout.is_empty(), "{args:?}");
    for part in label {
        assert!(problem.contains(part), "{args:?}: '{part}' is missing in\n{problem}");
    }
}

#[test]
fn check_says_what_can_happen_and_how() {
    let out = prints(&["check", "at-least-once", "--messages", "1"]);
    for part in [
        "1 message, at most 1 fault (lost, crash, ",
        "states, all runs explored",
        "✕ No duplicate effect",
        "✓ Order preserved",
        "Possible outcomes:",
        "The consumer charges $100 for m1 for the second time.",
        "Fixes:",
        "- transactional inbox",
    ] {
        assert!(out.contains(part), "'{part}' is missing in\n{out}");
    }
}

#[test]
fn check_as_json_says_the_same() {
    let found = json(&["check", "at-least-once", "--messages=1", "--json"]);
    assert_eq!(found["complete"], true);
    assert!(found["states"].as_u64() > Some(50));
    let of = |key: &str| {
        let all = found["properties"].as_array().unwrap();
        all.iter().find(|p| p["property"] == key).unwrap_or_else(|| panic!("{key}"))
    };
    assert_eq!(of("in-order")["finding"], "proved");
    let twice = of("applied-once");
    assert_eq!(twice["finding"], "broken");
    assert!(twice["run"].as_array().unwrap().iter().any(|step| step["fault"] == true));
    let fixes = twice["fixes"].as_array().unwrap();
    assert!(fixes.iter().any(|fix| fix["change"] == "transactional inbox"), "{fixes:?}");
    let outcomes = found["outcomes"].as_array().unwrap();
    assert!(outcomes.iter().any(|o| o["outcome"] == "duplicated" && o["effects"] == 2));
}

#[test]
fn what_is_required_decides_the_exit_code() {
    let code = |args: &[&str]| run(args).status.code();
    let check = ["check", "exactly-once", "--messages", "1", "--no-fixes", "--require"];
    let with = |property: &'static str| [&check[..], &[property]].concat();
    assert_eq!(code(&with("applied-once")), Some(0));
    assert_eq!(code(&with("applied-once,in-order")), Some(0));
    assert_eq!(code(&with("handled-once")), Some(1));
    // An undecided property is not proved.
    assert_eq!(code(&[&with("applied-once")[..], &["--limit", "20"]].concat()), Some(1));
    // Without `--require`, the exit code is 0 whatever the verdict.
    assert_eq!(code(&check[..5]), Some(0));
}

#[test]
fn settings_change_the_verdict() {
    let proved = |set: &[&str]| {
        let base = ["check", "at-least-once", "--messages=1", "--kinds=crash", "--no-fixes"];
        let set: Vec<String> = set.iter().map(|s| format!("--set={s}")).collect();
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        let args = [&base[..], &set, &["--require=applied-once"]].concat();
        run(&args).status.code() == Some(0)
    };
    assert!(!proved(&[]));
    assert!(proved(&["program=receive,begin,inbox,work,commit,ack"]));
    assert!(proved(&["redelivery=false", "attempts=1"]));
}

#[test]
fn a_script_of_faults_is_tried_instead() {
    let args = ["check", "at-least-once", "--messages=1", "--no-fixes", "--json"];
    let fault = ["--fault", "crash:consumer@m1.after-work"];
    let found = json(&[&args[..], &fault].concat());
    assert_eq!(found["faults"]["script"][0], fault[1]);
    assert_eq!(found["outcomes"].as_array().unwrap().len(), 1, "always twice");
    let finding = |key: &str| {
        let all = found["properties"].as_array().unwrap();
        let property = all.iter().find(|p| p["property"] == key).unwrap();
        (property["finding"].as_str().unwrap().to_owned(), property["run"].clone())
    };
    assert_eq!(finding("applied-once").0, "broken");
    let (never_lost, _) = finding("never-lost");
    assert_eq!(never_lost, "proved");
    assert!(!finding("applied-once").1.as_array().unwrap().is_empty());
    // A fault that never strikes proves nothing.
    let never = ["--fault=crash:consumer@m1.after-work#5", "--require=never-lost"];
    let out = run(&[&args[..4], &never].concat());
    assert_eq!(out.status.code(), Some(1));
    let never = "crash:consumer@m1.after-work#5 never occurs";
    assert!(text(&out.stdout).contains(never), "{}", text(&out.stdout));
    assert!(text(&out.stdout).contains("is undecided: a fault never occurs"));
}

#[test]
fn wrong_input_is_named_with_its_place_and_the_remedy() {
    refuses(&["check", "kafka-defalt"], &["'kafka-defalt'", "kafka-default", "ackward presets"]);
    refuses(&["check", "kafka-default", "--set", "ack=1"], &["ack", "producer.kafka.acks"]);
    refuses(
        &["check", "kafka-default", "--set", "acks=2"],
        &["producer.kafka.acks=2", "use one of 0, 1, all"],
    );
    refuses(&["check", "kafka-default", "--messages", "5"], &["1..=4"]);
    refuses(&["check", "kafka-default", "--require", "never"], &["never-lost", "applied-once"]);
    refuses(&["check", "kafka-default", "--kinds", "los"], &["'los'", "lost"]);
    refuses(&["check", "kafka-default", "--fault", "crash"], &["fault:target@point"]);
    let nobody = ["check", "kafka-default", "--fault", "crash:redis@m1.after-work"];
    refuses(&nobody, &["faults[0]", "this setup has no redis"]);
    refuses(&["show", "ack-lost", "--step", "99"], &["--step 99", "use 0 to "]);
    refuses(&["shwo"], &["show"]);
    refuses(&[], &["Usage"]);
}

#[test]
fn files_are_read_and_their_mistakes_found() {
    let good = ackward::catalogue::preset("at-least-once").unwrap().to_json();
    let path = file("good.json", &good);
    assert!(prints(&["check", &path, "--messages=1", "--no-fixes"]).contains("At least once"));
    let path = file("bad.json", good.replace("after-sync", "at-once"));
    refuses(&["check", &path], &["bad.json: broker.generic.acknowledge: ", r#""after-sync""#]);
    let path = file("none.json", "");
    refuses(&["check", &path], &["none.json: "]);
}

#[test]
fn a_fault_that_never_strikes_is_named() {
    let fault = "--fault=fail:handler@m1#7";
    let found = json(&["check", "kafka-default", "--messages=1", "--no-fixes", "--json", fault]);
    assert_eq!(found["never_struck"][0], "fail:handler@m1#7");
    assert!(found["properties"].as_array().unwrap().iter().all(|p| p["finding"] == "open"));
    // Nor does one that would strike each time, if it never can.
    let every = "--fault=lose:requeue@m1#*";
    let found = json(&["check", "rabbitmq-safe", "--messages=1", "--no-fixes", "--json", every]);
    assert_eq!(found["never_struck"][0], "lose:requeue@m1#*");
    assert!(found["properties"].as_array().unwrap().iter().all(|p| p["finding"] == "open"));
}

#[test]
fn proofs_say_what_they_rest_on() {
    let out = prints(&["check", "rabbitmq-safe", "--messages", "2", "--no-fixes"]);
    for part in [
        "✓ is proved for RabbitMQ 4.3. Up to 4.2 consumer_timeout also applies to classic queues",
        "Not checked: more than 2 messages, more than 1 fault, or faults of other kinds: late, ",
        "Try --set bound=false.",
    ] {
        assert!(out.contains(part), "'{part}' is missing in\n{out}");
    }
    let found = json(&["check", "kafka-consumer-auto-commit", "--no-fixes", "--json"]);
    let assumes = &found["assumes"];
    assert_eq!(assumes["product"], "Apache Kafka 4.3 with the Java client 4.x");
    assert!(assumes["assumed"].to_string().contains("librdkafka by default stores an offset"));
    assert!(found["not_tried"].as_str().unwrap().starts_with("more than "));
}

#[test]
fn what_needs_another_setting_is_hinted_at() {
    let late = ["check", "kafka-default", "--set", "new_group=true", "--faults", "0", "--no-fixes"];
    let out = prints(&late);
    assert!(out.contains("No consumer starts late here"), "{out}");
    assert!(out.contains("Try --set starts_late=true."), "{out}");
    let found = json(&[&late[..], &["--json"]].concat());
    assert_eq!(found["hints"][0]["try"], "starts_late=true");
}

#[test]
fn a_scenario_is_checked_with_the_kinds_and_the_number_of_its_own_faults() {
    let out = prints(&["check", "kafka-isolated-leader", "--no-fixes"]);
    assert!(out.contains("at most 1 fault (lost, crash, slow, handler, partition)"), "{out}");
    let out = prints(&["check", "kafka-first-batch-twice", "--no-fixes"]);
    assert!(out.contains("at most 2 faults (lost, refused, crash, slow, handler)"), "{out}");
    let asked = ["check", "kafka-isolated-leader", "--kinds", "usual", "--faults", "2"];
    let out = prints(&[&asked[..], &["--no-fixes"]].concat());
    assert!(out.contains("at most 2 faults (lost, crash, slow, handler)"), "{out}");
}

#[test]
fn shortest_is_said_only_of_runs_that_are_known_to_be_shortest() {
    let out = prints(&["check", "at-least-once", "--messages", "1", "--no-fixes"]);
    assert!(out.contains("No duplicate effect: shortest counterexample"), "{out}");
    let cut = ["check", "kafka-not-idempotent", "--messages", "2", "--no-fixes", "--limit", "60"];
    let out = prints(&cut);
    assert!(out.contains("State limit (") && out.contains(": counterexample"), "{out}");
    let found = json(&[&cut[..], &["--json"]].concat());
    let properties = found["properties"].as_array().unwrap();
    let broken = properties.iter().find(|p| p["finding"] == "broken").expect("some is");
    assert!(broken["shortest"].is_boolean());
}

#[test]
fn fixes_that_give_something_up_come_last_and_say_so() {
    let out = prints(&["check", "rabbitmq-default", "--messages=1", "--fault=fail:handler@m1#*"]);
    let at = |part: &str| out.find(part).unwrap_or_else(|| panic!("'{part}' is missing in\n{out}"));
    let pair = at("x-dead-letter-exchange and on_error=reject");
    let harm = at("Fixes that weaken another guarantee:");
    let alone = at("- on_error=reject\n        gives up: No silent loss");
    assert!(at("Fixes:") < pair && pair < harm && harm < alone, "{out}");
    let found = json(&["check", "kafka-leader-ack", "--messages=1", "--json"]);
    let properties = found["properties"].as_array().unwrap();
    let lost = properties.iter().find(|p| p["property"] == "never-lost-silently").unwrap();
    let last = lost["fixes"].as_array().unwrap().last().unwrap();
    assert_eq!(last["change"], "replication.factor=1");
    assert_eq!(last["harmless"], false);
    assert_eq!(last["gives_up"][0], "Replicas: fewer nodes store a message");
}

#[test]
fn choose_says_what_its_proofs_rest_on_and_fits_each_client() {
    let out = prints(&["choose", "lost=never", "broker=kafka", "--most", "20"]);
    assert!(out.contains("Proved for Apache Kafka 4.3 with the Java client 4.x."), "{out}");
    assert!(out.contains("Not checked: an application that sends a message twice"), "{out}");
    for part in out.split("librdkafka 2.x, consumer:").skip(1) {
        let lines: Vec<&str> = part.lines().skip(1).take(3).map(str::trim).collect();
        let auto = lines.contains(&"enable.auto.commit=true");
        assert!(!auto || lines.contains(&"enable.auto.offset.store=false"), "{lines:?}");
    }
    let found = json(&["choose", "lost=never", "broker=kafka", "--json"]);
    let choice = &found["choices"][0];
    assert!(choice["assumes"]["assumed"].as_array().is_some_and(|all| all.len() > 3));
    assert!(choice["bounds"].is_string());
    assert!(choice["duties"].as_array().is_some_and(|all| !all.is_empty()));
}

#[test]
fn lists_hold_everything() {
    let scenarios = json(&["scenarios", "--json"]);
    assert_eq!(scenarios.as_array().unwrap().len(), ackward::catalogue::scenarios().len());
    let presets = json(&["presets", "--json"]);
    let text = prints(&["presets"]);
    for preset in presets.as_array().unwrap() {
        assert!(text.contains(preset["id"].as_str().unwrap()));
    }
    assert!(prints(&["scenarios"]).contains("ack-lost"));
}

#[test]
fn listed_faults_strike() {
    let listed = json(&["faults", "exactly-once", "--json"]);
    let kinds = listed.as_array().unwrap();
    assert!(kinds.len() > 10);
    let text = prints(&["faults", "exactly-once"]);
    assert!(text.contains("crash:consumer@m1.before-send"), "{text}");
    for kind in kinds {
        let fault = kind["faults"][0].as_str().unwrap();
        let found = json(&[
            "check",
            "exactly-once",
            "--messages=1",
            "--no-fixes",
            "--json",
            "--fault",
            fault,
        ]);
        assert!(!found["outcomes"].as_array().unwrap().is_empty(), "{fault} never strikes");
    }
}

#[test]
fn show_draws_in_each_format() {
    let text = prints(&["show", "ack-lost"]);
    assert_eq!(text, include_str!("golden/traces/ack-lost.txt"));
    assert!(prints(&["show", "ack-lost", "--step", "3"]).len() < text.len());
    let svg = prints(&["show", "ack-lost", "--format=svg", "--width=720", "--theme=light"]);
    assert_eq!(svg, include_str!("golden/svg/ack-lost.svg"));
    assert!(prints(&["show", "ack-lost", "--format=svg", "--step=3"]).contains("class=\"frame\""));
    let link = "--link=https://docs.example/s/ack-lost/?a=1&b=2";
    let figure = prints(&["show", "ack-lost", "--format=html", "--step=3", link]);
    assert!(figure.starts_with("<figure class=\"ackward-figure\"><svg "), "{figure}");
    assert!(figure.contains("<figcaption><b>Ack lost, producer retries: applied 2×.</b>"));
    assert!(figure.contains("href=\"https://docs.example/s/ack-lost/?a=1&amp;b=2\""));
    let run = json(&["show", "ack-lost", "--format=json"]);
    let steps = run["steps"].as_array().unwrap();
    assert_eq!(steps.len() as u64, run["last"].as_u64().unwrap() + 1);
    let one = json(&["show", "ack-lost", "--format=json", "--step=4"]);
    assert_eq!(one["steps"].as_array().unwrap()[..], steps[4..5]);
}

#[test]
fn chaos_counts_and_shows_the_runs() {
    let args = ["chaos", "at-least-once", "--runs", "20000", "--seed", "5"];
    let out = prints(&args);
    for part in [
        "20,000 runs of 2 messages, seed 5",
        "Per 10,000 messages (95 % confidence interval):",
        "Applied more than once",
        "end-to-end",
        "lose-ack",
        "Applied more than once: see --replay ",
    ] {
        assert!(out.contains(part), "'{part}' is missing in\n{out}");
    }
    // The result does not depend on the number of threads.
    assert_eq!(prints(&[&args[..], &["--threads", "3"]].concat()), out);
    let found = json(&[&args[..], &["--json"]].concat());
    let run = found["counts"]["applied-twice"]["runs"][0].as_u64().expect("a run").to_string();
    let shown = prints(&[&args[..], &["--replay", &run]].concat());
    assert!(shown.contains("for m") && shown.contains("for the second time"), "{shown}");
    assert!(shown.contains('⚡'), "{shown}");
}

#[test]
fn chaos_fails_when_what_is_required_is_broken() {
    let code = |args: &[&str]| run(&[&["chaos"], args].concat()).status.code();
    let few = ["--runs", "5000"];
    assert_eq!(
        code(&[&["outbox-to-inbox", "--require", "never-lost,applied-once"], &few[..]].concat()),
        Some(0)
    );
    assert_eq!(code(&[&["outbox", "--require", "applied-once"], &few[..]].concat()), Some(1));
    assert_eq!(code(&[&["technique-upsert", "--test", "sent-twice"], &few[..]].concat()), Some(0));
    let out = run(&[&["chaos", "at-least-once", "--test", "sent-twice"], &few[..]].concat());
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stdout).contains("test: sent-twice failed: applied more than once, in run "));
}

#[test]
fn chaos_says_what_is_wrong_with_its_input() {
    let with =
        |args: &[&str], label: &str| refuses(&[&["chaos", "outbox"], args].concat(), &[label]);
    with(&["--rate", "lose-akc=1"], "did you mean lose-ack?");
    with(&["--rate", "lose-ack=200"], "use 0 to 100 percent");
    with(&["--pace", "work"], "write operation=milliseconds");
    with(&["--require", "never-stuck"], "use `ackward check`");
    with(&["--runs", "10", "--replay", "10"], "there are 10 runs, from 0");
    with(&["--test", "nothing"], "nothing-lost");
}

#[test]
fn cost_measures_beside_each_other() {
    let out = prints(&["cost", "kafka-idempotent", "kafka-leader-ack", "sqs-standard"]);
    for part in ["kafka-idempotent", "round trips", "Published benchmarks (", "SQS: calls"] {
        assert!(out.contains(part), "'{part}' is missing in\n{out}");
    }
    let slow = json(&["cost", "at-least-once", "--pace", "work=100", "--json"]);
    let rate = slow["costs"][0]["per_second"].as_f64().expect("a number");
    assert!((8.0..10.0).contains(&rate), "{rate}");
    refuses(&["cost", "at-least-once", "--pace", "wrok=1"], &["did you mean", "work"]);
}

#[test]
fn only_who_sends_learns_of_a_new_leader() {
    let json = r#"{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 1,
        "producer": { "kafka": { "acks": "1" } },
        "broker": { "kafka": { "replication.factor": 2 } },
        "consumer": { "program": ["receive", "work"] },
        "database": "outbox", "faults": ["isolate:broker@m1.before-send"] }"#;
    let shown = prints(&["show", &file("isolated-outbox.json", json)]);
    assert!(shown.contains("The relay refreshes its metadata"), "{shown}");
    assert_eq!(shown.matches("refreshes its metadata").count(), 1, "{shown}");
}
