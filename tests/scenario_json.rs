//! Tests of the JSON form of a scenario: it round-trips, and an error is reported with its
//! location.

use ackward::catalogue;
use ackward::sim::Scenario;

/// Replaces a word in a scenario's JSON and returns the error.
fn answer(from: &str, to: &str) -> String {
    let json = catalogue::scenario("dead-letter").expect("the catalogue has it").to_json();
    assert!(json.contains(from), "{from:?} is not in {json}");
    let read = Scenario::from_json(&json.replacen(from, to, 1));
    read.expect_err("this is a mistake").to_string()
}

#[test]
fn every_scenario_comes_back_as_it_was() {
    for scenario in catalogue::scenarios() {
        assert_eq!(&Scenario::from_json(&scenario.to_json()).unwrap(), scenario);
    }
}

#[test]
fn unknown_fields_are_refused_with_their_place() {
    for (from, to, place) in [
        (r#""title""#, r#""tittle""#, "tittle"),
        (r#""timeout_ms""#, r#""timeout""#, "producer.retry.timeout"),
        (r#""delay_ms""#, r#""delay""#, "producer.retry.backoff"),
        (r#""max_deliveries""#, r#""deliveries""#, "broker.generic.deliveries"),
        (r#""program""#, r#""lines""#, "consumer.lines"),
        (r#""amount""#, r#""price""#, "store.price"),
        (r#""say""#, r#""says""#, "notes[0].says"),
    ] {
        let answer = answer(from, to);
        assert!(answer.starts_with(place), "{from} → {to}: {answer}");
        assert!(answer.contains("unknown field"), "{from} → {to}: {answer}");
    }
}

#[test]
fn what_cannot_be_run_is_refused_with_its_place() {
    for (from, to, place) in [
        (r#""version": 1"#, r#""version": 2"#, "version"),
        (r#""messages": 2"#, r#""messages": 5"#, "messages"),
        (r#""attempts": 3"#, r#""attempts": 0"#, "producer.retry.attempts"),
        (r#""receive""#, r#""ack""#, "consumer.program[0]"),
        ("fail:handler@m1", "fail:handler@m7", "faults[0]"),
    ] {
        let answer = answer(from, to);
        assert!(answer.starts_with(place), "{from} → {to}: {answer}");
    }
}
