//! Tests of `evidence`: the list of recordings, and one recording beside the model.

use crate::{json, prints, refuses};

#[test]
fn the_list_names_what_was_seen_and_what_was_not() {
    let out = prints(&["evidence"]);
    for part in ["ack-lost ", "seen on RabbitMQ 4.3.", "not seen:", "sqs-duplicate"] {
        assert!(out.contains(part), "'{part}' is missing in\n{out}");
    }
    let all = json(&["evidence", "--json"]);
    let recordings = all["recordings"].as_array().expect("it is a list");
    assert!(recordings.iter().any(|one| one["scenario"] == "ack-lost"), "{all}");
    let not_seen = all["not_seen"].as_array().expect("it is a list");
    assert!(not_seen.iter().all(|id| *id != "ack-lost"), "{all}");
}

#[test]
fn a_recording_is_shown_beside_the_model() {
    let out = prints(&["evidence", "ack-lost"]);
    for part in [
        "recorded by: ./dev truth rabbitmq ack-lost",
        "script: lose:ack@m1#1",
        "broker → producer: ack of m1#1 is lost",
        "m1: applied: 2; the caller heard ok",
        "The model has this ending under the same script.",
        "The model has a run with exactly these events in this order.",
    ] {
        assert!(out.contains(part), "'{part}' is missing in\n{out}");
    }
    let all = json(&["evidence", "ack-lost", "--json"]);
    assert_eq!(all[0]["model"]["has_this_ending"], true);
    assert_eq!(all[0]["model"]["has_this_run"], true);
    assert_eq!(all[0]["ending"]["ending"][0]["applied"], 2);
}

#[test]
fn an_emulator_is_no_witness() {
    let out = prints(&["evidence"]);
    assert!(out.contains("sqs-send-retried ") && out.contains("  emulated by moto 5."), "{out}");
    let all = json(&["evidence", "--json"]);
    let emulated = all["emulated"].as_array().expect("it is a list");
    assert!(emulated.iter().any(|id| *id == "sqs-send-retried"), "{all}");
    assert!(emulated.iter().all(|id| *id != "ack-lost"), "{all}");
    let out = prints(&["evidence", "sqs-send-retried"]);
    for part in [
        "sqs-send-retried: emulated by ElasticMQ 1.",
        "sqs-send-retried: emulated by moto 5.",
        "an emulator of Amazon SQS, and no witness for it",
        "recorded by: ./dev truth sqs sqs-send-retried",
        "m1: applied: 2; the caller heard ok",
    ] {
        assert!(out.contains(part), "'{part}' is missing in\n{out}");
    }
}

#[test]
fn what_was_not_seen_is_said() {
    let out = prints(&["evidence", "sqs-duplicate"]);
    assert_eq!(out, "sqs-duplicate has not been seen on a real product.\n");
    refuses(&["evidence", "ack-lots"], &["there is no scenario 'ack-lots'", "ack-lost"]);
}
