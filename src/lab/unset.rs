//! What it means that a setting is not set, where that is not the same as none.

use crate::sim::Scenario;
use crate::sim::settings::{BrokerSettings, ProducerSettings, rabbitmq};

/// How a setting that is not set is written.
pub const UNSET: &str = "unset";

/// A setting, what it means that it is not set, the word that links of old have for that, and whether
/// a person may say it. Of a limit they may not: "none" would be "no limit".
type Meaning = (&'static str, fn(&Scenario) -> &'static str, &'static str, bool);

const MEANINGS: [Meaning; 7] = [
    (
        "producer.kafka.enable.idempotence",
        |s| match &s.producer {
            ProducerSettings::Kafka(producer) if !producer.idempotent() => {
                "false, as acks or retries conflict"
            }
            _ => "true",
        },
        "default",
        true,
    ),
    ("producer.sqs.MessageGroupId", |_| "one group for all", "none", true),
    ("producer.sqs.MessageBody", |_| "all different", "none", true),
    ("broker.generic.max_deliveries", |_| "no limit", "none", true),
    ("broker.kafka.in_sync_at_start", |_| "all", "none", true),
    (
        "broker.rabbitmq.x-delivery-limit",
        |s| match &s.broker {
            BrokerSettings::Rabbitmq(b) if b.queue_type == rabbitmq::QueueType::Quorum => "20",
            _ => "no limit, as classic queues have none",
        },
        "none",
        false,
    ),
    ("broker.sqs.maxReceiveCount", |_| "no limit, and no dead-letter queue", "none", true),
];

/// What it means in this configuration that the setting is not set; none where it has no such
/// value.
pub(super) fn meaning(path: &str, scenario: &Scenario) -> Option<&'static str> {
    let found = MEANINGS.iter().find(|(known, ..)| *known == path);
    found.map(|(_, means, ..)| means(scenario))
}

/// The value as the setting takes it, from a text that a program wrote: nobody misread it.
pub(super) fn read_exactly<'a>(path: &str, value: &'a str) -> &'a str {
    let is = |(known, _, word, _): &Meaning| *known == path && *word == value;
    if MEANINGS.iter().any(is) { UNSET } else { value }
}

/// The same from what a person wrote.
pub(super) fn read<'a>(path: &str, value: &'a str) -> &'a str {
    let misread = MEANINGS.iter().any(|(known, .., may)| *known == path && !may);
    if misread { value } else { read_exactly(path, value) }
}
