//! Tests of fixes: those that give up nothing come first, harmful ones come last and say so, and
//! changes that a user cannot decide on are not offered at all.

use ackward::catalogue::{self, preset, presets};
use ackward::check::{
    Bounds, FaultScope, Finding, Fix, FixSearch, Limits, Property, Subject, check, explore, usual,
};
use ackward::lab;
use ackward::sim::{CompiledScenario, FaultSpec, Scenario};

const LIMITS: Limits = Limits { each: 100_000, all: usize::MAX };

fn one_message(id: &str) -> Scenario {
    preset(id).unwrap_or_else(|| panic!("{id}")).with_messages(1)
}

fn search(subject: Subject) -> FixSearch {
    let mut fixes = FixSearch::new(subject, lab::changes, LIMITS);
    while !fixes.advance(4096) {}
    fixes
}

/// Searches for fixes for what one usual fault, or a fault script, violates.
fn fixes(scenario: &Scenario, faults: &[&str]) -> FixSearch {
    if faults.is_empty() {
        let bounds = Bounds { faults: 1, classes: usual() };
        let verdict = check(&CompiledScenario::new(scenario).unwrap(), bounds, 100_000);
        return search(Subject::of(&scenario.configuration, &verdict));
    }
    let faults: Vec<FaultSpec> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let scripted = scenario.with_faults(faults.clone());
    let report = explore(&CompiledScenario::new(&scripted).unwrap(), 100_000);
    let broken = report
        .endings
        .iter()
        .fold(0, |bits, end| bits | end.violated_properties(scenario.configuration.messages));
    let is_broken = |p: &Property| broken & 1 << *p as u16 != 0;
    let finding = |p: Property| match is_broken(&p) {
        true => (p, Finding::Violated(vec![])),
        false => (p, Finding::Holds),
    };
    search(Subject {
        configuration: scenario.configuration.clone(),
        faults: FaultScope::Script(faults),
        findings: Property::ALL.map(finding).to_vec(),
        endings: report.endings.into_iter().collect(),
        complete: true,
        wanted: Property::ALL.into_iter().filter(is_broken).collect(),
    })
}

fn label(fixes: &[&Fix]) -> Vec<String> {
    fixes.iter().map(|fix| fix.label.clone()).collect()
}

#[test]
fn the_pair_that_maintainers_advise_comes_before_single_changes_that_lose() {
    let poison = fixes(&one_message("rabbitmq-default"), &["fail:handler@m1#*"]);
    let fixes = poison.of(Property::NeverStuck);
    assert!(fixes[0].is_harmless(), "{:?}", fixes[0]);
    assert!(fixes[0].label.contains("x-dead-letter-exchange"), "{}", fixes[0].label);
    assert!(fixes[0].label.contains("on_error=reject"), "{}", fixes[0].label);
    let own = fixes.iter().find(|fix| fix.label == "on_error=dead-letter").expect("it is offered");
    assert!(own.is_harmless() && own.costs().contains(&"1 more component".to_owned()), "{own:?}");
    let alone = fixes.iter().find(|fix| fix.label == "on_error=reject").expect("it is offered");
    let given: Vec<String> = alone.gives_up.iter().map(|given| given.label()).collect();
    assert_eq!(given, ["No silent loss"]);
    assert!(fixes.iter().filter(|fix| fix.pair).all(|fix| fix.is_harmless()), "no other pair");
}

#[test]
fn more_time_or_a_smaller_batch_helps_against_a_handler_that_is_slow_for_a_known_time() {
    let with = |id: &str, settings: &[(&str, &str)]| {
        let scenario = lab::change(&one_message(id), settings).unwrap();
        let found = fixes(&scenario, &["slow:consumer@m1.before-work"]);
        let fixes = found.of(Property::HandledOnce);
        let harmless: Vec<&Fix> = fixes.into_iter().filter(|fix| fix.is_harmless()).collect();
        label(&harmless)
    };
    let has = |labels: &[String], label: &str| labels.iter().any(|known| known == label);
    let late = [("slow_handler_ms", "60000"), ("handler_ms", "500")];
    let kafka = with("kafka-consumer-commit-last", &late);
    assert!(has(&kafka, "max.poll.interval.ms=600000"), "{kafka:?}");
    assert!(has(&kafka, "max.poll.records=1"), "{kafka:?}");
    let sqs = with("sqs-fifo", &late);
    assert!(has(&sqs, "VisibilityTimeout=60"), "{sqs:?}");
    assert!(has(&sqs, "ChangeMessageVisibility while working"), "{sqs:?}");
    let never = with("kafka-consumer-commit-last", &[]);
    assert!(!never.iter().any(|label| label.starts_with("max.poll")), "{never:?}");
}

#[test]
fn one_copy_is_the_last_thing_offered_against_loss() {
    let found = fixes(&one_message("kafka-leader-ack"), &[]);
    let fixes = found.of(Property::NeverLostSilently);
    assert_eq!(label(&fixes).first().map(String::as_str), Some("acks=all"));
    let last = fixes.last().expect("there are two");
    assert_eq!(last.label, "replication.factor=1");
    assert_eq!(last.gives_up[0].label(), "Replicas: fewer nodes store a message");
}

/// Two relays send a row twice without any fault; a lock, of whichever kind, and a single relay do not.
#[test]
fn a_lock_keeps_two_relays_from_sending_a_row_twice() {
    let scenario = catalogue::scenario("outbox-two-relays").unwrap().without_faults();
    let calm = Bounds { faults: 0, classes: usual() };
    let of = |scenario: &Scenario, property| {
        let verdict = check(&CompiledScenario::new(scenario).unwrap(), calm, 100_000);
        assert!(matches!(verdict.finding(property), Finding::Violated(_)), "{property:?}");
        label(&search(Subject::of(&scenario.configuration, &verdict)).of(property))
    };
    let twice = of(&scenario, Property::StoredOnce);
    for fix in ["one relay", "lock rows: SELECT … FOR UPDATE SKIP LOCKED"] {
        assert!(twice.iter().any(|known| known == fix), "{fix}: {twice:?}");
    }
    let lease = "one relay at a time: a lock with a lease";
    assert!(twice.iter().any(|known| known == lease), "{twice:?}");
    // Row locks break the order, and a lease keeps it.
    let locked = [("outbox.lock", "skip-locked"), ("messages", "2")];
    let disorder = of(&lab::change(&scenario, &locked).unwrap(), Property::InOrder);
    assert!(disorder.iter().any(|known| known == lease), "{disorder:?}");
}

#[test]
fn the_outbox_and_publisher_confirms_do_no_harm() {
    let harmless = |id: &str, property: Property| -> Vec<String> {
        let found = fixes(&one_message(id), &[]);
        let fixes = found.of(property);
        label(&fixes.into_iter().filter(|fix| fix.is_harmless()).collect::<Vec<_>>())
    };
    assert_eq!(harmless("at-least-once", Property::NeverLost), ["database=outbox"]);
    let confirmed = harmless("rabbitmq-default", Property::NeverLostSilently);
    assert!(confirmed.contains(&"confirm.select and delivery_mode=2".to_owned()), "{confirmed:?}");
    let once = harmless("at-least-once", Property::AppliedOnce);
    assert!(once.contains(&"transactional inbox".to_owned()), "{once:?}");
}

#[test]
fn parking_at_the_first_receive_is_said_to_give_up_the_effect() {
    let found = fixes(&one_message("sqs-fifo"), &[]);
    let fixes = found.of(Property::AppliedOnce);
    let parked = fixes.iter().find(|fix| fix.label == "maxReceiveCount=1").expect("it is tried");
    assert!(!parked.is_harmless());
}

#[test]
fn harm_comes_last_and_no_circumstance_is_offered() {
    for preset in presets().iter().flat_map(|group| &group.presets) {
        let scenario = preset.with_messages(1);
        // Some presets refer to more messages than one.
        if scenario.check().is_err() {
            continue;
        }
        let found = fixes(&scenario, &[]);
        let held = lab::settings(&scenario.configuration);
        for property in Property::ALL {
            let fixes = found.of(property);
            let harmless = fixes.partition_point(|fix| fix.is_harmless());
            let (_, harmful) = fixes.split_at(harmless);
            assert!(harmful.iter().all(|fix| !fix.is_harmless()), "{}", preset.id);
            for fix in fixes {
                for (key, _) in lab::difference(&scenario.configuration, &fix.configuration) {
                    let field = held.iter().find(|held| held.field.path.ends_with(&key));
                    let decided = field.is_none_or(|held| !held.field.circumstance);
                    assert!(decided, "{}: {}", preset.id, fix.label);
                }
            }
        }
    }
}
