//! `check` of configuration files.

use super::{file, json, prints, refuses, run, text};

fn sample(name: &str) -> String {
    format!("{}/tests/data/import/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn says_what_can_happen_and_where_it_comes_from() {
    let args = ["--lib", "kafka-python=3.0", "--require", "in-order"];
    let out = run(&[&["check", &sample("kafka-python-payments.py")[..]][..], &args].concat());
    assert_eq!(out.status.code(), Some(1));
    let out = text(&out.stdout);
    for part in [
        "A message can be lost",
        "read as Python · kafka-python",
        "✕ No silent loss                  never-lost-silently  broken [usual]",
        "acks=1: ",
        "kafka-python-payments.py line 8, acks",
        "? No duplicate processing         handled-once         open: consumer not given",
        "What would prevent \"Out of order\", proved:",
        "max.in.flight.requests.per.connection=1",
        "max_in_flight_requests_per_connection=1",
        "off because of acks=1",
        "Known, taken to have no influence on delivery",
        "--send-failure: What does the caller do when a send fails?",
        "The producer sends m1 to the leader.",
    ] {
        assert!(out.contains(part), "'{part}' is missing in\n{out}");
    }
}

#[test]
fn answers_change_the_verdict() {
    let path = sample("pika-ticket-printer.py");
    let check = |handler: &str| {
        let report = json(&["check", &path, "--json", "--no-fixes", "--handler", handler]);
        let of = |key: &str| {
            let all = report["properties"].as_array().expect("a list");
            let own = all.iter().find(|p| p["property"] == key).expect("all eight");
            own["finding"].as_str().expect("a text").to_owned()
        };
        (of("applied-once"), of("handled-once"))
    };
    assert_eq!(check("service"), ("broken".into(), "broken".into()));
    assert_eq!(check("inbox"), ("holds".into(), "broken".into()));
}

#[test]
fn what_is_required_decides_the_exit_code() {
    let path = sample("strimzi-kafka.yaml");
    let code = |property: &str| {
        let out = run(&["check", &path, "--no-fixes", "--require", property]);
        (out.status.code(), text(&out.stdout).to_owned())
    };
    let (passed, out) = code("never-lost-silently");
    assert_eq!(passed, Some(0), "{out}");
    let (open, out) = code("applied-once");
    assert_eq!(open, Some(1), "{out}");
    assert!(out.contains("required: applied-once is not decided: consumer not given"), "{out}");
    let refused = sample("producer-idempotent-acks-1.properties");
    let out = run(&["check", &refused, "--require", "never-lost"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stdout).starts_with("The client does not start"));
}

#[test]
fn sarif_names_the_lines() {
    let path = sample("spring-kafka-shipments.yaml");
    let report = json(&["check", &path, "--sarif", "--no-fixes"]);
    assert_eq!(report["version"], "2.1.0");
    let results = report["runs"][0]["results"].as_array().expect("a list");
    let line = |rule: &str| {
        let own = results.iter().find(|result| result["ruleId"] == rule)?;
        own["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64()
    };
    assert_eq!(line("no-effect"), Some(16));
    assert!(line("never-lost-silently").is_some());
}

#[test]
fn several_files_are_one_configuration() {
    let producer = file("import-producer.properties", "acks=1\nlinger.ms=5\n");
    let topic = sample("kafka-topics-describe.txt");
    let report = json(&["check", &producer, &topic, "--json", "--no-fixes"]);
    let taken = report["taken"].as_array().expect("a list");
    let has = |setting: &str, file: &str| {
        taken.iter().any(|row| {
            row["setting"] == setting
                && row["place"]["file"].as_str().is_some_and(|name| name.ends_with(file))
        })
    };
    assert!(has("acks", "import-producer.properties") && has("replication.factor", "describe.txt"));
}

#[test]
fn wrong_use_is_answered() {
    let path = sample("sam-parcels.yml");
    refuses(&["check", &path, "--messages", "1"], &["--messages", "fixed bounds"]);
    refuses(
        &["check", "kafka-default", "--handler", "inbox"],
        &["--handler", "configuration files"],
    );
    refuses(&["check", &path, "kafka-default"], &["kafka-default", "checked alone"]);
    refuses(&["check", &path, "no-such-file.yml"], &["no-such-file.yml"]);
    refuses(&["check", &path, "--handler", "databse"], &["did you mean database?"]);
    refuses(&["check", &path, "--lib", "kafka"], &["kafka-clients=3.9"]);
    let half = file("half.yml", "spring:\n  kafka: {acks: [1, 2\n");
    refuses(&["check", &half], &["half.yml line", "no valid YAML"]);
    let other = file("letter.txt", "Dear Sir,\nthis is no configuration at all\n");
    refuses(&["check", &other], &["letter.txt", "nothing in it configures"]);
    // No list in JSON.
    let sections = file("celery.ini", "[celery]\nworker_concurrency = 16\n");
    refuses(&["check", &sections], &["celery.ini", "it was read as an .ini file"]);
    let out = prints(&[
        "check",
        &file("as.txt", "acks: 1\n"),
        "--as",
        &format!("{}=yaml", file("as.txt", "acks: 1\n")),
        "--no-fixes",
    ]);
    assert!(out.contains("producer acks"), "{out}");
}

#[test]
fn secrets_are_not_repeated() {
    let out = prints(&["check", &sample("spring-kafka-shipments.yaml"), "--no-fixes"]);
    assert!(!out.contains("not-a-real-one") && !out.contains("kafka.internal.example"), "{out}");
}

#[test]
fn a_fix_comes_as_a_patch_of_the_file() {
    let config = file("patched.properties", "key.serializer=x\nacks=1\nretries=0\n");
    let out = run(&["check", &config, "--require", "never-lost", "--json"]);
    let out: serde_json::Value = serde_json::from_str(text(&out.stdout)).expect("JSON");
    let properties = out["properties"].as_array().expect("properties");
    let lost = properties.iter().find(|property| property["property"] == "never-lost");
    let fixes = lost.and_then(|lost| lost["fixes"].as_array()).expect("fixes");
    let patch = fixes.iter().find_map(|fix| fix["patch"].as_str()).expect("a patch");
    assert!(patch.starts_with("--- a/"), "{patch}");
    assert!(patch.contains("\n-acks=1\n") && patch.contains("\n+acks=all\n"), "{patch}");
}
