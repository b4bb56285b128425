//! Differential tests of `www/given.js` against [`Scenario::from_json`].

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::read;
use crate::catalogue::{presets, scenario, scenarios};
use crate::sim::Scenario;
use crate::sim::settings::ProducerSettings;

/// Runs the script on each text; `None` where it leaves the text to the full build.
pub(crate) fn lines(texts: &[String]) -> Vec<Option<String>> {
    const SCRIPT: &str = r#"
        import { readFileSync } from "node:fs";
        const { lines } = await import(process.argv[1]);
        console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(lines)));
    "#;
    let script = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/www/given.js");
    let mut node = Command::new("node")
        .args(["--input-type=module", "--eval", SCRIPT, script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node runs the script: see README.md for what has to be there");
    let mut stdin = node.stdin.take().expect("it is piped");
    // The script reads all input before it writes anything.
    stdin.write_all(&serde_json::to_vec(texts).unwrap()).unwrap();
    drop(stdin);
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn all() -> impl Iterator<Item = &'static Scenario> {
    scenarios().iter().chain(presets().iter().flat_map(|group| &group.presets))
}

fn tidy(mut scenario: Scenario) -> Scenario {
    scenario.consumer.tidy();
    scenario
}

#[test]
fn every_scenario_is_read_as_it_is_and_as_it_is_written_for_others() {
    let texts: Vec<String> = all().map(Scenario::to_json).collect();
    for (scenario, lines) in all().zip(lines(&texts)) {
        let lines = lines.unwrap_or_else(|| panic!("{} is left to the other", scenario.id));
        assert_eq!(read(&lines), Some(tidy(scenario.clone())), "{lines}");
    }
}

/// Checks that whatever the script accepts, the full build reads the same way: with misplaced
/// values, names and lists, and with JSON syntax that only one of the two might tolerate.
#[test]
fn nothing_is_read_otherwise_than_the_whole_program_reads_it() {
    let mut texts = written_oddly();
    for scenario in bases() {
        let value = serde_json::from_str(&scenario.to_json()).unwrap();
        texts.extend(changed(&value).iter().map(Value::to_string));
    }
    let (mut right, mut taken) = (0, 0);
    for (text, lines) in texts.iter().zip(lines(&texts)) {
        let other = Scenario::from_json(text).ok().map(tidy);
        let read = lines.as_deref().and_then(read).filter(|scenario| scenario.check().is_ok());
        right += u32::from(other.is_some());
        taken += u32::from(read.is_some());
        if read.is_some() {
            assert_eq!(read, other, "{text}\n{lines:?}");
        }
    }
    // The texts that the script leaves to the full build are the exceptions.
    assert!(texts.len() > 10_000 && right > 1000, "{right} of {}", texts.len());
    assert!(taken * 10 > right * 8, "{taken} of {right}");
}

/// Returns scenarios of every product that together use every feature once.
fn bases() -> Vec<Scenario> {
    const IDS: [&str; 8] = [
        "message-lost",
        "retries-exhausted-lost",
        "replicate-before-ack",
        "dual-write",
        "kafka-rebalance",
        "kafka-transaction-restart",
        "rabbitmq-reject-dlx",
        "test-sent-twice-fifo",
    ];
    let mut bases: Vec<Scenario> =
        IDS.iter().map(|id| scenario(id).expect("it is there").clone()).collect();
    for base in &mut bases {
        base.notes.truncate(1);
        base.sources.truncate(1);
    }
    if let ProducerSettings::Sqs(own) = &mut bases[7].producer {
        (own.group_id, own.body) = (vec!["a".into()], vec!["b".into(), "order 1".into()]);
    }
    bases
}

/// Values that are invalid in most places.
const OTHERS: &str = r#"[
    null, true, false, 0, 1, 2, 5, 256, 4294967296, 1.5, -1, "", "5", "1", "true", "none", "default",
    "all", "fixed", "kafka", "fire-and-forget", "no-loss", "after-replication-2", "receive,work",
    "a b", " a", "a,b", "a\nset messages=4", [], [1], ["receive"], ["none"], ["a", "none"],
    [["receive", "work"]], [{ "at": "work@m1#1", "say": "y" }, { "at": "x y", "say": "" }], {},
    { "after-replication": 2 }, { "after-replication": "2" }, { "fire-and-forget": {} },
    { "kafka": {}, "sqs": {} }, { "kafka": [] }, { "kafka": 5 }, { "amount": 5 },
    { "at": "x", "say": "y" }, { "to": "x y", "say": "z" }
]"#;

/// Names of one thing in the place of another; the last ones look like paths to nested members.
const NAMES: &str = "nonsense|amount|messages|database|expect|cure|sources|version|acks|retry|backoff\
    |kafka|rabbitmq|sqs|on_restart|on_error|count|max_deliveries|redelivery|delay_ms|max_ms\
    |transactional.id|x-dead-letter-exchange|MessageGroupId|__proto__|backoff.delay_ms|kafka.acks\
    |kafka.enable.auto.commit|store.amount|transactional.id=a|messages=2\nset messages";

/// Returns copies of the value in which each part, in turn, is removed, replaced, or gets a
/// sibling.
fn changed(whole: &Value) -> Vec<Value> {
    let list = |text: &str| serde_json::from_str::<Vec<Value>>(text).expect("it is a list");
    let others = list(OTHERS);
    let beside = list(r#"[1, true, null, "a", "none", {}, ["none"]]"#);
    let mut all = Vec::new();
    for place in places(whole) {
        let mut put = |change: &dyn Fn(&mut Value)| {
            let mut changed = whole.clone();
            changed.pointer_mut(&place).map(change).expect("the place is there");
            all.push(changed);
        };
        for other in &others {
            put(&|value| *value = other.clone());
        }
        let Some(Value::Object(members)) = whole.pointer(&place) else { continue };
        for name in members.keys() {
            put(&|value| drop(value.as_object_mut().and_then(|members| members.remove(name))));
        }
        for name in NAMES.split('|') {
            for other in &beside {
                put(&|value| value[name] = other.clone());
            }
        }
    }
    all
}

/// Returns the pointers to all parts of the value.
fn places(whole: &Value) -> Vec<String> {
    fn walk(value: &Value, place: &str, all: &mut Vec<String>) {
        all.push(place.to_owned());
        match value {
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    walk(item, &format!("{place}/{i}"), all);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    walk(member, &format!("{place}/{name}"), all);
                }
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    walk(whole, "", &mut all);
    all
}

/// Returns JSON that one reader might accept and another reject.
fn written_oddly() -> Vec<String> {
    let text = scenario("ack-lost").expect("it is there").to_json();
    let instead = [
        ("\"messages\": 1", "\"messages\": 1.0"),
        ("\"messages\": 1", "\"messages\": 1e0"),
        ("\"messages\": 1", "\"messages\": 01"),
        ("\"messages\": 1", "\"messages\": +1"),
        ("\"delay_ms\": 100", "\"delay_ms\": -0"),
        ("\"messages\": 1", "\"messages\": 1, \"messages\": 2"),
        ("\"messages\": 1", "\"messages\": 2, \"messages\": 1"),
        ("\"messages\": 1", "\"messages\": 1,"),
        ("\"messages\": 1", "\"messages\": 1, \"\\u006dessages\": 2"),
        ("\"messages\": 1", "// two\n\"messages\": 2"),
        ("\"messages\": 1", "'messages': 1"),
        ("\"title\": \"", "\"title\": \"\\u00e9\\\"\\\\\\/\\t\\b\\f: , { "),
        ("\"title\": \"", "\"title\": \"\\ud83d\\ude00"),
        ("\"title\": \"", "\"title\": \"\\ud83d"),
        ("\"title\": \"", "\"title\": \"\\uD83D\\uD83D"),
        ("\"title\": \"", "\"title\": \"\t"),
        ("\"title\": \"", "\"title\": \"\n"),
        ("\"title\": \"", "\"title\": \"\\n"),
        ("\"title\": \"", "\"title\": \"\\r"),
        ("\"title\": \"", "\"title\": \"\\u2028\u{2028}\u{85}  "),
        ("\"title\": \"", "\"title\": \"\\x41"),
        ("\"id\"", "\u{feff}\"id\""),
        ("\"id\"", "\u{a0}\"id\""),
        ("\"id\"", "\"title\""),
    ];
    let mut all: Vec<String> = instead.iter().map(|(old, new)| text.replace(old, new)).collect();
    assert!(all.iter().all(|odd| *odd != text));
    for end in (0..text.len()).step_by(50).filter(|end| text.is_char_boundary(*end)) {
        all.push(text[..end].to_owned());
    }
    all.extend([format!("{text}x"), format!("{text}{text}"), format!("\u{feff}{text}")]);
    all.extend([String::new(), "null".into(), "[]".into(), "[".repeat(100_000)]);
    all
}
