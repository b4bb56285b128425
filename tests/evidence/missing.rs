//! The scenarios that no recording shows, each with the reason.

use ackward::catalogue;
use ackward::evidence::{Head, Standing};
use std::collections::BTreeSet;

const OTHER_CLIENT: &str = "the client of the harness is another one than the scenario's";

const ONE_SERVER: &str = "an emulator has one server, so none of its servers can miss a delete";

const ONE_RELAY: &str = "the harness has one relay";

const NO_LISTENER: &str = "the harness has no Spring container with a batch listener";

/// Scenarios of products that the harness runs, in the order of the catalogue.
const NOT_RECORDED: &[(&str, &str)] = &[
    ("kafka-batch-again", NO_LISTENER),
    ("kafka-batch-skipped", NO_LISTENER),
    ("kafka-batch-named", NO_LISTENER),
    ("kafka-librdkafka-background", OTHER_CLIENT),
    ("kafka-librdkafka-offset-store", OTHER_CLIENT),
    ("rabbitmq-requeue-back", "the harness runs RabbitMQ 4.3, and the scenario is of 3.13"),
    ("rabbitmq-celery-early-ack", OTHER_CLIENT),
    ("rabbitmq-celery-acks-late", OTHER_CLIENT),
    ("sqs-duplicate", ONE_SERVER),
    ("outbox-two-relays", ONE_RELAY),
    ("outbox-skip-locked", ONE_RELAY),
    ("outbox-lease", ONE_RELAY),
    ("outbox-lease-overtaken", ONE_RELAY),
];

/// One emulator alone proves nothing: others may disagree.
#[test]
fn what_is_emulated_is_so_by_two_emulators() {
    let recordings = super::recordings();
    let heads: Vec<&Head> = recordings.iter().map(|(_, recording)| &recording.head).collect();
    for head in heads.iter().filter(|head| head.emulates.is_some()) {
        let own = heads.iter().filter(|other| other.scenario == head.scenario);
        let standing = Standing::of(own.map(|own| (own.product.as_str(), own.emulates.as_deref())));
        assert_eq!(standing, Standing::Emulated, "{}", head.scenario);
    }
}

#[test]
fn every_scenario_is_recorded_or_it_is_said_why_not() {
    let recordings = super::recordings();
    let recorded: BTreeSet<&str> =
        recordings.iter().map(|(_, recording)| recording.head.scenario.as_str()).collect();
    let left =
        catalogue::scenarios().iter().filter(|scenario| !recorded.contains(scenario.id.as_str()));
    let left: Vec<&str> = left.map(|scenario| scenario.id.as_str()).collect();
    let known: Vec<&str> = NOT_RECORDED.iter().map(|(id, _)| *id).collect();
    assert_eq!(left, known);
}
