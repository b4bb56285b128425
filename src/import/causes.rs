//! From the explanation of a run to the setting that causes it.

use super::layers::{Origin, Taken};
use super::plan::Plan;
use super::search::Tag;
use crate::check::Property;

/// A part of an explanation ([`crate::check::why`]), and the settings that may stand behind it, the
/// likeliest first. A value of a setting that cannot be the cause is passed over.
const BY_TEXT: &[(&str, &[&str])] = &[
    (
        "acknowledged before the work",
        &["enable.auto.offset.store", "commit-strategy", "acks_late", "commit", "ack", "auto_ack"],
    ),
    (
        "acknowledged before it was durable",
        &[
            "acks",
            "unclean.leader.election.enable",
            "replication.factor",
            "min.insync.replicas",
            "delivery_mode",
            "durable",
            "x-queue-type",
        ],
    ),
    (
        "keeps what is discarded",
        &[
            "retry.max-attempts",
            "retry.max-retries",
            "default-requeue-rejected",
            "failure-strategy",
            "on-error",
            "x-delivery-limit",
            "handler error",
        ],
    ),
    ("sent to the consumer", &["auto_ack", "acknowledge-mode"]),
    ("confirms all the same", &["mandatory", "bound"]),
    ("remembers nothing of it", &["send failure"]),
    ("nothing retries it", &["acks", "confirm.select", "send failure"]),
    ("no attempts left", &["retries", "delivery.timeout.ms", "send failure"]),
    ("error says only that", &["send failure"]),
    ("keeps no sequence", &["enable.idempotence"]),
    ("does not deduplicate", &["FifoQueue", "confirm.select"]),
    ("nothing else remembers", &["handler"]),
    ("no transaction covers", &["handler"]),
    (
        "unacknowledged messages are redelivered",
        &[
            "ack-mode",
            "commit-strategy",
            "acknowledge-mode",
            "acks_late",
            "commit",
            "enable.auto.commit",
            "handler",
        ],
    ),
];

/// Settings that let a message overtake another, a message come again for ever, or be skipped.
const ORDER: &[&str] = &[
    "enable.idempotence",
    "FifoQueue",
    "concurrency",
    "prefetch_count",
    "prefetch_multiplier",
    "acks",
];
const STUCK: &[&str] =
    &["failure-strategy", "default-requeue-rejected", "on-error", "handler error"];
/// Settings that leave a node with the only copy, so that all waits for it.
const LAST_COPY: &[&str] = &["replication.factor", "min.insync.replicas", "x-queue-type"];
const SKIPPED: &[&str] = &[
    "retry.max-attempts",
    "retry.max-retries",
    "failure-strategy",
    "on-error",
    "handler error",
    "tries",
];

/// Returns the setting behind a violation; `None` if it is not known.
pub fn cause(plan: &Plan, property: Property, text: &str, tags: &[Tag]) -> Option<Taken> {
    let is_loss = super::plan::LOSSES.contains(&property);
    let first = |names: &[&str]| names.iter().find_map(|name| suspect(plan, name)).cloned();
    match property {
        Property::InOrder => return first(ORDER),
        Property::NeverStuck if text.contains("fails permanently") => {
            return none_to_spare(plan).or_else(|| first(LAST_COPY));
        }
        Property::NeverStuck => return first(STUCK),
        _ if is_loss && tags.contains(&Tag::PoisonExpiry) => {
            return first(&["MessageRetentionPeriod"]);
        }
        _ => {}
    }
    if text.contains("no attempts left")
        && let Some(row) = none_to_spare(plan)
    {
        return Some(row);
    }
    let names = BY_TEXT.iter().find(|(part, _)| text.contains(part)).map(|(_, names)| *names);
    // After the last attempt nothing else has to go wrong.
    let fails = is_loss && text.contains("the handler of");
    first(names.or(fails.then_some(SKIPPED))?)
}

/// Returns `min.insync.replicas` if it asks for every replica: the first that is down stops writes.
fn none_to_spare(plan: &Plan) -> Option<Taken> {
    let row = |name: &str| plan.taken.iter().find(|row| row.name == name);
    let number = |row: &Taken| row.value.parse::<u64>().ok();
    let (least, copies) = (row("min.insync.replicas")?, row("replication.factor")?);
    let (wanted, there) = (number(least)?, number(copies)?);
    (wanted > 1 && wanted >= there).then(|| least.clone())
}

/// Returns the row of a setting if its value can be to blame.
fn suspect<'a>(plan: &'a Plan, name: &str) -> Option<&'a Taken> {
    let row = plan.taken.iter().find(|row| row.name == name)?;
    // What stands in for a missing side is harmless.
    if matches!(&row.origin, Origin::Assumed(_)) && !is_answer(name) {
        return None;
    }
    let harmless: &[&str] = match name {
        "acks" => &["all", "-1"],
        "unclean.leader.election.enable" | "auto_ack" | "enable.auto.offset.store" => &["false"],
        "enable.idempotence" | "FifoQueue" | "acks_late" | "durable" | "bound" | "mandatory" => {
            &["true"]
        }
        "replication.factor" | "min.insync.replicas" => &["2", "3", "4", "5"],
        "delivery_mode" => &["2"],
        // Without end: a time limit comes first.
        "retries" => &["2147483647"],
        "x-queue-type" => &["quorum"],
        "concurrency" | "prefetch_count" | "prefetch_multiplier" => &["1"],
        _ => &[],
    };
    (!harmless.contains(&row.value.to_lowercase().as_str())).then_some(row)
}

fn is_answer(name: &str) -> bool {
    ["handler", "ack", "handler error", "send failure"].contains(&name)
}
