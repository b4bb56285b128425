use super::*;
use serde_json::{Value, json};

fn whole() -> Value {
    json!({
        "version": 1, "id": "x", "title": "X", "summary": "", "messages": 2,
        "producer": { "kafka": { "acks": "all", "retries": 3 } },
        "broker": { "kafka": { "replication.factor": 3 } },
        "consumer": { "program": ["receive", "work"], "kafka": { "enable.auto.commit": true } },
        "store": { "amount": 100 },
        "faults": ["lose:ack@m1#1"],
        "notes": [{ "at": "lose:ack@m1#1", "say": "It is lost." }],
        "fix": { "to": "y", "say": "The same" },
        "expect": "once"
    })
}

/// Returns the answer to the JSON with another value at the given pointer.
fn answer(pointer: &str, value: Value) -> String {
    let mut json = whole();
    match json.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            json.pointer_mut(parent).unwrap()[name] = value;
        }
    }
    match read(&json.to_string()) {
        Ok(_) => "ok".to_owned(),
        Err(mistake) => mistake.to_string(),
    }
}

#[test]
fn numbers_are_taken_for_acks() {
    for (value, acks) in [
        (json!(0), "0"),
        (json!(1), "1"),
        (json!(-1), "all"),
        (json!("-1"), "all"),
        (json!("all"), "all"),
    ] {
        let mut json = whole();
        json["producer"]["kafka"]["acks"] = value;
        let read = serde_json::to_value(read(&json.to_string()).unwrap()).unwrap();
        assert_eq!(read["producer"]["kafka"]["acks"], acks);
    }
    for value in [json!(2), json!(1.0), json!("1 "), json!(1e30)] {
        let answer = answer("/producer/kafka/acks", value);
        assert!(answer.starts_with("producer.kafka.acks: there is no \""), "{answer}");
        assert!(answer.contains(r#"use one of "0", "1", "all""#), "{answer}");
    }
}

/// Gives every value of the JSON every wrong type: the answer names the path and what to write.
#[test]
fn a_value_of_the_wrong_kind_is_answered_with_its_place_and_what_to_write() {
    let wrong =
        [json!(null), json!(true), json!(-5), json!(1.5), json!("no"), json!([]), json!({})];
    for (pointer, path) in [
        ("/version", "version"),
        ("/id", "id"),
        ("/title", "title"),
        ("/messages", "messages"),
        ("/producer", "producer"),
        ("/producer/kafka", "producer.kafka"),
        ("/producer/kafka/acks", "producer.kafka.acks"),
        ("/producer/kafka/retries", "producer.kafka.retries"),
        ("/producer/kafka/enable.idempotence", "producer.kafka.enable.idempotence"),
        ("/producer/kafka/transactional.id", "producer.kafka.transactional.id"),
        ("/producer/kafka/on_restart", "producer.kafka.on_restart"),
        ("/broker", "broker"),
        ("/broker/kafka", "broker.kafka"),
        ("/broker/kafka/replication.factor", "broker.kafka.replication.factor"),
        ("/consumer", "consumer"),
        ("/consumer/program", "consumer.program"),
        ("/consumer/program/1", "consumer.program[1]"),
        ("/consumer/on_error", "consumer.on_error"),
        ("/consumer/starts_late", "consumer.starts_late"),
        ("/consumer/kafka", "consumer.kafka"),
        ("/consumer/kafka/isolation.level", "consumer.kafka.isolation.level"),
        ("/consumer/kafka/output isolation.level", "consumer.kafka.output isolation.level"),
        ("/database", "database"),
        ("/store", "store"),
        ("/store/amount", "store.amount"),
        ("/faults", "faults"),
        ("/faults/0", "faults[0]"),
        ("/notes", "notes"),
        ("/notes/0", "notes[0]"),
        ("/notes/0/say", "notes[0].say"),
        ("/fix", "fix"),
        ("/fix/say", "fix.say"),
        ("/sources", "sources"),
        ("/expect", "expect"),
    ] {
        let mut refused = 0;
        for value in &wrong {
            let answer = answer(pointer, value.clone());
            if answer == "ok" {
                continue;
            }
            refused += 1;
            assert!(answer.starts_with(path), "{path}={value}: {answer}");
            let tells = ["; use ", "it is missing; add it", "write it as "];
            assert!(tells.iter().any(|words| answer.contains(words)), "{path}={value}: {answer}");
            assert!(!answer.contains("expected"), "{path}={value}: {answer}");
        }
        assert!(refused >= 4, "{path}: only {refused} are refused");
    }
    assert_eq!(
        answer("/messages", json!("2")),
        r#"messages: "2" does not fit; use the number without quotes"#
    );
    assert_eq!(
        answer("/messages", json!(300)),
        "messages: 300 does not fit; use a whole number from 0 to 255"
    );
    assert_eq!(
        answer("/producer", json!("kafka")),
        r#"producer: "kafka" alone is not enough; use { "kafka": … }"#
    );
}

#[test]
fn a_list_is_no_object_anywhere() {
    let structs = [
        ("/producer/kafka", json!(["all", 3])),
        ("/producer", json!({ "retry": [5000, 3, { "fixed": { "delay_ms": 1 } }] })),
        (
            "/producer",
            json!({ "retry": { "timeout_ms": 1, "attempts": 3, "backoff": { "fixed": [5] } } }),
        ),
        ("/producer", json!({ "rabbitmq": [true] })),
        ("/producer", json!({ "sqs": [] })),
        ("/broker", json!({ "generic": ["after-sync"] })),
        ("/broker", json!({ "rabbitmq": [] })),
        ("/broker", json!({ "sqs": [] })),
        ("/broker/kafka", json!([3, 2])),
        ("/consumer", json!([["receive", "work"]])),
        ("/consumer/kafka", json!([true])),
        ("/consumer/rabbitmq", json!([true])),
        ("/consumer/sqs", json!([1])),
        ("/store", json!([100])),
        ("/notes/0", json!(["lose:ack@m1#1", "It is lost."])),
        ("/fix", json!(["y", "The same"])),
    ];
    for (pointer, value) in structs {
        let answer = answer(pointer, value.clone());
        assert!(
            answer.contains("a list does not fit; use an object"),
            "{pointer} {value}: {answer}"
        );
    }
    let answer = read(r#"[1, "x", "X", "", 1]"#).unwrap_err().to_string();
    assert!(answer.starts_with("the scenario: a list does not fit; use an object"), "{answer}");
}

#[test]
fn nothing_is_repeated_at_length() {
    let long = "x".repeat(100_000);
    for pointer in ["/producer", "/producer/kafka/acks", "/messages", "/faults/0", "/expect"] {
        let answer = answer(pointer, json!(long));
        assert!(answer.chars().count() < 600, "{pointer}: {} letters", answer.len());
    }
    let unknown = answer(&format!("/{long}"), json!(1));
    assert!(unknown.chars().count() < 500 && unknown.contains("…: unknown field"), "{unknown}");
    let twice = read(&format!(r#"{{ "{long}": 1, "{long}": 2 }}"#)).unwrap_err().to_string();
    assert!(twice.chars().count() < 200 && twice.contains("is given twice at line 1"), "{twice}");
    let deep = read(&"[".repeat(100_000)).unwrap_err().to_string();
    assert!(deep.starts_with("the scenario: recursion limit exceeded"), "{deep}");
    let deep = read(&r#"{"a":"#.repeat(100_000)).unwrap_err().to_string();
    assert!(deep.starts_with("the scenario: recursion limit exceeded"), "{deep}");
    assert_eq!(read(" \n").unwrap_err().to_string(), "the scenario: there is nothing in it");
}

#[test]
fn the_link_to_a_fix_may_have_its_former_name() {
    let json = whole().to_string();
    let former = read(&json.replace("\"fix\":", "\"cure\":")).unwrap();
    assert!(former.narrative.fix.is_some());
    assert_eq!(former, read(&json).unwrap());
}

#[test]
fn other_names_of_a_setting_are_taken_and_one_name_only() {
    let read = |producer: Value| {
        let mut json = whole();
        json["producer"]["kafka"] = producer;
        read(&json.to_string())
    };
    let alias = read(json!({ "acks": -1, "max.in.flight": 1, "message.timeout.ms": 9 })).unwrap();
    let own = json!({
        "acks": "all", "max.in.flight.requests.per.connection": 1, "delivery.timeout.ms": 9
    });
    assert_eq!(alias, read(own).unwrap());
    let twice = json!({ "max.in.flight": 1, "max.in.flight.requests.per.connection": 2 });
    let twice = read(twice).unwrap_err().to_string();
    assert!(twice.contains("given twice"), "{twice}");
    let mut json = whole();
    json["consumer"]["kafka"] = json!({ "auto.offset.reset": "smallest" });
    let read = serde_json::to_value(super::read(&json.to_string()).unwrap()).unwrap();
    assert_eq!(read["consumer"]["kafka"]["auto.offset.reset"], "earliest");
}
