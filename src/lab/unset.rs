//! The meaning of an unset setting, where that differs from "none".

use crate::sim::Scenario;
use crate::sim::settings::{BrokerSettings, ProducerSettings, rabbitmq};

/// The text for a setting that is not set.
pub const UNSET: &str = "unset";

/// A setting, the meaning of an unset value, the legacy word for it in old links, and whether a
/// person may write that word. For a limit they may not: "none" would read as "no limit".
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

/// Returns the meaning of an unset value in this configuration; `None` if the setting cannot be
/// unset.
pub(super) fn meaning(path: &str, scenario: &Scenario) -> Option<&'static str> {
    let found = MEANINGS.iter().find(|(known, ..)| *known == path);
    found.map(|(_, means, ..)| means(scenario))
}

/// Normalizes a value written by a program: the legacy word becomes [`UNSET`], as no one could have
/// misread it.
pub(super) fn read_exactly<'a>(path: &str, value: &'a str) -> &'a str {
    let is = |(known, _, word, _): &Meaning| *known == path && *word == value;
    if MEANINGS.iter().any(is) { UNSET } else { value }
}

/// Like [`read_exactly`], but for a value written by a person: a legacy word that can be misread
/// stays as it is, and is rejected later.
pub(super) fn read<'a>(path: &str, value: &'a str) -> &'a str {
    let misread = MEANINGS.iter().any(|(known, .., may)| *known == path && !may);
    if misread { value } else { read_exactly(path, value) }
}
