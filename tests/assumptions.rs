//! Tests of assumptions and hints: every proof lists what it assumes (the product's version, and
//! facts that are no setting), each where it matters, in a readable list; and every hint holds what
//! it promises.

use ackward::catalogue::{preset, presets};
use ackward::check::{
    Assumptions, Bounds, Hint, Property, Scope, assumptions, check, hints, not_tried, usual,
};
use ackward::choose::{candidates, rests_on};
use ackward::lab;
use ackward::sim::{Class, Classes, CompiledScenario, Scenario};

fn rests(scenario: &Scenario, kinds: Classes) -> Assumptions {
    assumptions(&Scope::new(&CompiledScenario::new(scenario).unwrap(), kinds))
}

fn with(id: &str, settings: &[(&str, &str)]) -> Scenario {
    lab::change(preset(id).unwrap_or_else(|| panic!("{id}")), settings).unwrap()
}

fn label(assumptions: &Assumptions, part: &str) -> bool {
    let assumed = assumptions.assumed.iter().map(AsRef::as_ref);
    assumptions.versions.iter().copied().chain(assumed).any(|sentence| sentence.contains(part))
}

#[test]
fn every_list_is_short_and_names_a_version() {
    let all: Classes = Class::ALL.into_iter().collect();
    for preset in presets().iter().flat_map(|group| &group.presets) {
        for kinds in [Classes::default(), usual(), all] {
            let found = rests(preset, kinds);
            let count = found.assumed.len();
            assert!((3..=8).contains(&count), "{}: {count} {found:#?}", preset.id);
            let generic = preset.configuration.broker.key() == "generic";
            let version = found.product.contains(|c: char| c.is_ascii_digit());
            assert_eq!(version, !generic, "{}", preset.id);
        }
    }
    for candidate in candidates() {
        let found = rests_on(candidate).expect("it can be run");
        // A way to send and a way to consume, each with its own assumptions.
        assert!(found.assumed.len() <= 10, "{}: {found:#?}", candidate.id);
    }
}

#[test]
fn what_is_assumed_depends_on_the_settings() {
    let kafka = rests(&with("kafka-consumer-auto-commit", &[]), usual());
    assert!(label(&kafka, "as the Java client does") && label(&kafka, "librdkafka"), "{kafka:#?}");
    assert!(label(&kafka, "One partition and one consumer group"));
    assert!(label(&kafka, "The idempotent producer has written to the partition before"));
    let not = rests(&with("kafka-not-idempotent", &[]), usual());
    assert!(!label(&not, "has written to the partition before"), "{not:#?}");
    let manual = rests(&with("kafka-consumer-commit-last", &[]), usual());
    assert!(label(&manual, "commitSync()") && !label(&manual, "inside poll()"), "{manual:#?}");
    let late = with("kafka-consumer-commit-last", &[("slow_handler_ms", "60000")]);
    let late = rests(&late, usual());
    assert!(label(&late, "A slow handler takes 1 min at most"), "{late:#?}");
    assert!(label(&late, "within max.poll.interval.ms (5 min)"), "{late:#?}");
    assert!(!label(&late, "exceeds every timeout; everything else"), "{late:#?}");
    let sarama = rests(&with("kafka-default", &[("client", "sarama")]), usual());
    assert!(label(&sarama, "The defaults of Sarama"), "{sarama:#?}");
    assert!(!label(&sarama, "acknowledges the messages of a batch"), "{sarama:#?}");
    assert_eq!(sarama.product, "Apache Kafka 4.3");
    let spring = |more: &[(&str, &str)]| {
        let settings = [&[("client", "spring-kafka")], more].concat();
        rests(&with("kafka-default", &settings), usual())
    };
    let together = "acknowledges the messages of a batch together (batch_ack=up-to-first-failure)";
    assert!(label(&spring(&[]), together));
    assert_eq!(spring(&[]).product, "Apache Kafka 4.3 with the Java client 4.x");
    assert!(!label(&spring(&[("batch_ack", "up-to-first-failure")]), together));
    let none = rests(&with("kafka-default", &[]), usual());
    assert!(!label(&none, "The defaults of"), "{none:#?}");
    let outbox = rests(&with("outbox", &[]), usual());
    assert!(label(&outbox, "An order's ID is unique"), "{outbox:#?}");
    assert!(!label(&rests(&with("at-least-once", &[]), usual()), "An order's ID"));
    let inbox = with("technique-inbox", &[]);
    assert!(label(&rests(&inbox, usual()), "for as long as the message can be redelivered"));
    let expiry = usual().with(Class::Expiry);
    assert!(!label(&rests(&inbox, expiry), "for as long as the message"), "the kind tries it");
    let transactions = rests(&with("kafka-transactional", &[]), usual());
    assert!(label(&transactions, "transactional.id that no other has"), "{transactions:#?}");
}

#[test]
fn a_proof_of_a_classic_queue_says_that_it_is_of_4_3() {
    let classic = rests(&with("rabbitmq-safe", &[]), usual());
    assert_eq!(classic.product, "RabbitMQ 4.3");
    assert!(label(&classic, "Up to 4.2 consumer_timeout also applies to classic queues"));
    let quorum = rests(&with("rabbitmq-quorum-queue", &[]), usual());
    assert!(!label(&quorum, "classic queues"), "{quorum:#?}");
}

#[test]
fn one_send_at_a_time_is_an_assumption_where_there_are_two_messages() {
    for id in ["sqs-fifo", "at-least-once"] {
        let scenario = preset(id).unwrap();
        let at = |messages| {
            let scenario = scenario.with_messages(messages);
            let found = rests(&scenario, usual());
            label(&found, "at a time") || label(&found, "before it")
        };
        assert!(at(2) && !at(1), "{id}");
    }
}

#[test]
fn bounds_say_what_was_not_tried() {
    let bounds = |faults, classes| Bounds { faults, classes };
    let all: Classes = Class::ALL.into_iter().collect();
    let lost = [Class::Lost].into_iter().collect();
    let text = not_tried(2, bounds(1, lost), Class::key);
    assert!(
        text.starts_with("more than 2 messages, more than 1 fault, or faults of other kinds: ")
    );
    assert!(text.contains("power") && !text.contains("lost"), "{text}");
    let text = not_tried(1, bounds(2, all), Class::key);
    assert_eq!(text, "more than 1 message, or more than 2 faults");
    assert_eq!(not_tried(1, bounds(0, all), Class::key), "more than 1 message, or any fault");
}

/// A preset, settings, kinds of faults, and the setting that the hint names.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Classes, &'a str);

/// Returns the hints on a configuration, and a bitmask of its proved properties.
fn hinted(scenario: &Scenario, kinds: Classes) -> (Vec<Hint>, u16) {
    let setup = CompiledScenario::new(scenario).unwrap();
    let faults = u8::from(!kinds.is_empty());
    let verdict = check(&setup, Bounds { faults, classes: kinds }, 200_000);
    let proved = Property::ALL.into_iter().filter(|p| verdict.proves(*p));
    let bits = proved.fold(0, |bits, property| bits | 1 << property as u16);
    (hints(&Scope::new(&setup, kinds), |p| bits & 1 << p as u16 != 0), bits)
}

#[test]
fn every_hint_names_a_setting_that_breaks_what_holds_without_it() {
    let kinds = |classes: &[Class]| classes.iter().copied().collect::<Classes>();
    let cases: [Case; 9] = [
        ("kafka-default", &[("new_group", "true")], kinds(&[]), "starts_late"),
        ("kafka-default", &[("starts_late", "true")], kinds(&[]), "new_group"),
        (
            "kafka-idempotent",
            &[("min.insync.replicas", "1"), ("messages", "1")],
            kinds(&[Class::PermanentLoss]),
            "in_sync_at_start",
        ),
        (
            "kafka-leader-ack",
            &[("replication.factor", "1"), ("messages", "1")],
            kinds(&[Class::Crash]),
            "replication.factor",
        ),
        ("rabbitmq-safe", &[("mandatory", "false")], kinds(&[]), "bound"),
        ("sqs-fifo-content-based", &[("messages", "2")], kinds(&[]), "MessageBody"),
        ("technique-redis-set", &[], kinds(&[Class::Pause]), "count"),
        ("kafka-idempotent", &[("messages", "1")], kinds(&[Class::Crash]), "on_restart"),
        ("kafka-not-idempotent", &[("messages", "1")], usual(), "messages"),
    ];
    for (id, settings, kinds, key) in cases {
        let before = with(id, settings);
        let (found, proved) = hinted(&before, kinds);
        let hint = found.iter().find(|hint| hint.with.0 == key);
        let hint = hint.unwrap_or_else(|| panic!("{id}: no hint of {key} in {found:?}"));
        let after = lab::change(&before, &[hint.with]).unwrap();
        let (_, proved_after) = hinted(&after, kinds);
        assert_ne!(proved & !proved_after, 0, "{id}: {key} breaks nothing");
        assert!(found.len() <= 4, "{id}: {found:?}");
    }
}

#[test]
fn hints_stay_away_where_they_do_not_matter() {
    let keys = |id: &str, settings: &[(&str, &str)], kinds: Classes| -> Vec<&str> {
        hinted(&with(id, settings), kinds).0.iter().map(|hint| hint.with.0).collect()
    };
    let earliest = [("new_group", "true"), ("auto.offset.reset", "earliest")];
    assert!(!keys("kafka-default", &earliest, usual()).contains(&"starts_late"));
    assert!(!keys("technique-redis-set", &[], Classes::default()).contains(&"count"), "no delays");
    let two = [("count", "2")];
    assert!(!keys("technique-redis-set", &two, usual()).contains(&"count"));
}
