//! Proves the well-known guarantees of common configurations, with two messages and two faults of
//! the usual kinds anywhere, and refutes those that they are known to lack.

use ackward::catalogue::preset;
use ackward::check::Property::{self, *};
use ackward::check::{Bounds, Finding, check, usual};
use ackward::lab;
use ackward::sim::{Class, CompiledScenario};

/// A preset, the properties that hold, and those that are violated. Most producers here lose their
/// unsent messages when they crash, so that many presets lose a message silently, whatever the
/// broker does.
const KNOWN: &[(&str, &[Property], &[Property])] = &[
    ("at-most-once", &[AppliedOnce, HandledOnce], &[NeverLostSilently]),
    ("at-least-once", &[NeverStuck], &[StoredOnce, AppliedOnce]),
    ("exactly-once", &[AppliedOnce, InOrder], &[StoredOnce]),
    ("technique-inbox", &[AppliedOnce], &[StoredOnce]),
    ("technique-upsert", &[AppliedOnce], &[HandledOnce]),
    ("technique-set", &[AppliedOnce], &[HandledOnce]),
    ("technique-inbox-mail", &[], &[AppliedOnce]),
    ("outbox-to-inbox", &[AppliedOnce, NeverLostSilently, NeverLost], &[StoredOnce]),
    ("kafka-idempotent", &[StoredOnce, InOrder], &[AppliedOnce]),
    // An abort marker that is lost with its leader is written again before anything else, so that
    // it does not abort what is sent after it.
    ("kafka-transactional", &[StoredOnce, NeverLostSilently, ReportTrue, InOrder], &[NeverLost]),
    ("kafka-consumer-commit-first", &[AppliedOnce], &[NeverLostSilently]),
    ("kafka-consumer-commit-last", &[StoredOnce], &[AppliedOnce]),
    ("kafka-consumer-offset-in-database", &[AppliedOnce], &[HandledOnce]),
    ("kafka-leader-ack", &[], &[NeverLostSilently, StoredOnce, InOrder]),
    ("rabbitmq-fast", &[AppliedOnce], &[NeverLostSilently]),
    ("rabbitmq-quorum-queue", &[], &[StoredOnce, AppliedOnce]),
    ("sqs-standard", &[], &[StoredOnce, AppliedOnce, InOrder]),
    ("sqs-fifo", &[StoredOnce, InOrder], &[AppliedOnce]),
    ("nats-core", &[StoredOnce, AppliedOnce, InOrder], &[NeverLostSilently]),
    // A crash of the consumer between work and acknowledgment, whatever confirms the latter.
    ("nats-message-id", &[StoredOnce], &[AppliedOnce, InOrder]),
];

#[test]
fn well_known_configurations_hold_what_they_are_known_for() {
    for (id, holds, breaks) in KNOWN {
        let scenario = preset(id).expect("a preset").with_messages(2);
        let setup = CompiledScenario::new(&scenario).expect("a preset can be run");
        let verdict = check(&setup, Bounds { faults: 2, classes: usual() }, 2_000_000);
        for property in *holds {
            assert!(verdict.proves(*property), "{id}: {property:?} is not proved");
        }
        for property in *breaks {
            let broken = matches!(verdict.finding(*property), Finding::Violated(_));
            assert!(broken, "{id}: {property:?} is not broken");
        }
    }
}

/// Returns true if the property is proved for a preset with these settings, two messages, and this
/// many faults of this kind.
fn proves(id: &str, settings: &[(&str, &str)], faults: u8, class: Class, asked: Property) -> bool {
    let scenario = lab::change(preset(id).expect("a preset"), settings).expect("it can be set");
    let setup = CompiledScenario::new(&scenario.with_messages(2)).expect("it can be run");
    let bounds = Bounds { faults, classes: [class].into_iter().collect() };
    check(&setup, bounds, 2_000_000).proves(asked)
}

#[test]
fn one_power_loss_takes_nothing_that_other_replicas_have() {
    // The controller lets no broker register again before a replica in sync has taken over.
    for id in ["kafka-idempotent", "kafka-transactional"] {
        assert!(proves(id, &[], 1, Class::Power, NeverLostSilently), "{id}");
    }
    // But losing all replicas at once may lose the message.
    assert!(!proves("kafka-idempotent", &[], 3, Class::Power, NeverLostSilently));
}

#[test]
fn a_quorum_queue_goes_on_when_its_followers_are_back() {
    let outbox = [("database", "outbox")];
    for asked in [NeverLost, NeverStuck] {
        assert!(proves("rabbitmq-quorum-queue", &outbox, 2, Class::Crash, asked), "{asked:?}");
    }
}

#[test]
fn a_message_that_no_producer_waits_for_keeps_its_place() {
    // Without confirms, or with acks=0, a message cannot come too late: all stay on one connection.
    for (id, settings) in [
        ("at-most-once", &[][..]),
        ("rabbitmq-fast", &[]),
        ("rabbitmq-default", &[]),
        ("kafka-idempotent", &[("enable.idempotence", "false"), ("acks", "0")]),
    ] {
        assert!(proves(id, settings, 2, Class::Late, InOrder), "{id}");
    }
    // A producer that waits sends the next one on a new connection.
    let waits = [("enable.idempotence", "false"), ("acks", "1")];
    assert!(!proves("kafka-idempotent", &waits, 2, Class::Late, InOrder));
}

#[test]
fn a_late_message_is_refused_where_no_producer_waits() {
    let mut scenario = preset("rabbitmq-fast").expect("a preset").clone();
    let fault = |text: &str| vec![text.parse().expect("a fault")];
    scenario.faults = fault("late:send@m1#1");
    let Err(error) = CompiledScenario::new(&scenario) else { panic!("it is taken") };
    assert!(error.to_string().contains("use lose:send"), "{error}");
    scenario.faults = fault("lose:send@m1#1");
    assert!(CompiledScenario::new(&scenario).is_ok());
}
