use super::*;
use crate::check::{Guarantee, When, check, usual};
use crate::sim::settings::generic::{Acknowledge, GenericBroker};
use crate::sim::settings::{BrokerSettings, ConsumerSettings, ProducerSettings};
use crate::sim::{Class, Op};

fn configuration(program: Vec<Op>) -> Configuration {
    let json = r#"{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 1,
        "producer": { "retry": { "timeout_ms": 1, "attempts": 3,
                                 "backoff": { "fixed": { "delay_ms": 1 } } } },
        "broker": { "generic": { "acknowledge": "after-sync" } },
        "consumer": { "program": ["receive", "work", "ack"] } }"#;
    let mut config = Scenario::from_json(json).unwrap().configuration;
    config.consumer.program = program;
    config
}

fn fixes(config: &Configuration, faults: u8) -> FixSearch {
    let setup = CompiledScenario::bare(config).unwrap();
    let before = check(&setup, Bounds { faults, classes: usual() }, 100_000);
    let limits = Limits { each: 100_000, all: usize::MAX };
    let mut fixes = FixSearch::new(Subject::of(config, &before), changes, limits);
    while !fixes.advance(1000) {}
    fixes
}

#[test]
fn every_fix_is_one() {
    let config = configuration(vec![Op::Receive, Op::Work, Op::Ack]);
    let found = fixes(&config, 1);
    let inbox = found.found().iter().find(|fix| fix.label == "transactional inbox").unwrap();
    assert!(inbox.prevents.contains(&Property::AppliedOnce), "{inbox:?}");
    assert!(inbox.more > 0, "an inbox asks the database more often");
    for fix in found.found() {
        let setup = CompiledScenario::bare(&fix.configuration).unwrap();
        let verdict = check(&setup, Bounds { faults: 1, classes: usual() }, 100_000);
        assert!(fix.prevents.iter().all(|property| verdict.proves(*property)), "{fix:?}");
    }
}

/// Returns, for each of these changes that fixes the property, the guarantees that it gives up, in
/// words.
fn given_up(config: &Configuration, property: Property, singles: Vec<Change>) -> Vec<Vec<String>> {
    let setup = CompiledScenario::bare(config).unwrap();
    let before = check(&setup, Bounds { faults: 1, classes: usual() }, 100_000);
    let limits = Limits { each: 100_000, all: usize::MAX };
    let mut fixes = FixSearch::new(Subject::of(config, &before), |_| singles, limits);
    while !fixes.at_pairs() && !fixes.advance(1000) {}
    let found = fixes.of(property).into_iter();
    found.map(|fix| fix.gives_up.iter().map(GivenUp::label).collect()).collect()
}

fn change(config: &Configuration, change: impl Fn(&mut Configuration)) -> Change {
    let mut changed = config.clone();
    change(&mut changed);
    Change { label: String::new(), configuration: changed }
}

#[test]
fn what_prevents_duplicates_by_never_delivering_gives_up_delivery() {
    let json = r#"{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 1,
        "producer": { "rabbitmq": { "delivery_mode": 2 } }, "broker": { "rabbitmq": {} },
        "consumer": { "program": ["receive", "work", "ack"] } }"#;
    let config = Scenario::from_json(json).unwrap().configuration;
    let unbound = change(&config, |s| {
        let BrokerSettings::Rabbitmq(broker) = &mut s.broker else { panic!() };
        broker.bound = false;
    });
    let found = given_up(&config, Property::AppliedOnce, vec![unbound]);
    assert_eq!(found, [["Delivery: no run brings every message to its effect"]]);
}

#[test]
fn fewer_copies_are_given_up_even_where_no_run_shows_it() {
    let json = r#"{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 1,
        "producer": { "kafka": { "acks": "1" } },
        "broker": { "kafka": { "replication.factor": 3 } },
        "consumer": { "program": ["receive", "work"] } }"#;
    let config = Scenario::from_json(json).unwrap().configuration;
    let alone = change(&config, |s| {
        let BrokerSettings::Kafka(broker) = &mut s.broker else { panic!() };
        broker.replication_factor = 1;
    });
    let all = change(&config, |s| {
        let ProducerSettings::Kafka(producer) = &mut s.producer else { panic!() };
        producer.acks = crate::sim::settings::kafka::Acks::All;
    });
    let found = given_up(&config, Property::NeverLostSilently, vec![alone, all]);
    assert_eq!(found, [vec![], vec!["Replicas: fewer nodes store a message".to_owned()]]);
}

#[test]
fn harm_is_found_under_kinds_that_were_not_asked_about() {
    let config = configuration(vec![Op::Receive, Op::Work, Op::Ack]);
    let claim = change(&config, |s| {
        s.consumer.program = vec![Op::Receive, Op::Claim, Op::Work, Op::Ack];
    });
    let once = change(&config, |s| {
        let ProducerSettings::Retry(retry) = &mut s.producer else { panic!() };
        retry.attempts = 1;
    });
    let slow = Bounds { faults: 1, classes: [Class::Slow].into_iter().collect() };
    let before = check(&CompiledScenario::bare(&config).unwrap(), slow, 100_000);
    let limits = Limits { each: 100_000, all: usize::MAX };
    let singles = vec![claim, once];
    let mut fixes = FixSearch::new(Subject::of(&config, &before), |_| singles, limits);
    while !fixes.at_pairs() && !fixes.advance(1000) {}
    let [claim] = fixes.of(Property::AppliedOnce)[..] else { panic!("{:?}", fixes.found()) };
    let lost = claim
        .gives_up
        .iter()
        .find(|given| given.what == Guarantee::Property(Property::NeverLostSilently));
    let When::Kinds(kinds) = lost.expect("it loses").when else { panic!("{claim:?}") };
    assert!(kinds.has(Class::Crash) && !kinds.has(Class::Slow), "{claim:?}");
}

#[test]
fn pairs_are_tried_where_no_single_change_helps() {
    let mut config = configuration(vec![Op::Receive, Op::Ack, Op::Work]);
    config.producer = ProducerSettings::FireAndForget;
    config.broker = BrokerSettings::Generic(GenericBroker {
        acknowledge: Acknowledge::AfterSync,
        replicas: 1,
        redelivery: true,
        max_deliveries: None,
        dead_letter_queue: false,
        consumer_timeout_ms: 1_800_000,
    });
    let found = fixes(&config, 1);
    assert!(found.at_pairs());
    let both = |fix: &&Fix| {
        fix.label.contains(" and ") && fix.prevents.contains(&Property::NeverLostSilently)
    };
    assert!(found.found().iter().any(|fix| both(&fix)), "{:#?}", found.found());
    let ConsumerSettings { program, .. } = &config.consumer;
    assert_eq!(program.len(), 3, "the scenario itself is left alone");
}
