//! Clients of RabbitMQ: what their defaults come to in the model.

use super::{ClientDefault, Place, Rows};
use crate::sim::program::Op;

pub(super) fn producer(rows: &Rows) -> Vec<ClientDefault> {
    let on = |name: &str| matches!(rows.get(name), Some("true" | "correlated" | "simple"));
    let confirms = on("confirm.select") || on("confirm_publish");
    let mode = if rows.get("delivery_mode") == Some("2") { "2" } else { "1" };
    vec![
        rows.own("producer.rabbitmq.confirm.select", confirms.to_string(), "confirm.select"),
        rows.own("producer.rabbitmq.mandatory", rows.is("mandatory").to_string(), "mandatory"),
        rows.own("producer.rabbitmq.delivery_mode", mode, "delivery_mode"),
        // No client publishes again by itself.
        rows.own("producer.rabbitmq.publish_attempts", "1", "confirm.select"),
    ]
}

pub(super) fn consumer(rows: &Rows, program: &[Op]) -> Vec<ClientDefault> {
    let (place, name) = acknowledges(rows);
    let auto = place == Place::Nowhere;
    let prefetch = match rows.get("prefetch_multiplier") {
        Some(_) => "prefetch_multiplier",
        None => "prefetch_count",
    };
    let count = rows.number(prefetch).unwrap_or(0).min(255);
    let mut all = vec![
        place.own(rows, program, name),
        rows.own("consumer.rabbitmq.auto_ack", auto.to_string(), "auto_ack"),
        rows.own("consumer.rabbitmq.prefetch_count", count.to_string(), prefetch),
    ];
    all.extend(failure(rows));
    all.extend(workers(rows));
    all
}

/// Returns where a message is acknowledged, and the setting of the table that says so.
fn acknowledges(rows: &Rows) -> (Place, &'static str) {
    match (rows.get("acks_late"), rows.get("acknowledge-mode")) {
        (Some("true"), _) => (Place::After, "acks_late"),
        (Some(_), _) => (Place::Before, "acks_late"),
        (None, Some("none")) => (Place::Nowhere, "acknowledge-mode"),
        (None, Some(_)) => (Place::After, "acknowledge-mode"),
        (None, None) if rows.is("auto_ack") => (Place::Nowhere, "auto_ack"),
        (None, None) => (Place::After, "auto_ack"),
    }
}

/// Returns what follows an error of the handler.
fn failure(rows: &Rows) -> Vec<ClientDefault> {
    let tries = rows.number("tries").or(rows.number("retry.max-attempts"));
    let tries = tries.or(rows.number("retry.max-retries").map(|retries| retries + 1));
    let (reaction, with, tries, name) = match (rows.get("failure-strategy"), rows.get("on-error")) {
        _ if rows.get("acks_late").is_some() => match rows.is("acks_on_failure_or_timeout") {
            true => ("swallow", "nack", 1, "acks_on_failure_or_timeout"),
            false => ("reject", "nack", 1, "acks_on_failure_or_timeout"),
        },
        _ if rows.is("retry.enabled") => ("reject", "nack", tries.unwrap_or(3), "retry.enabled"),
        (Some("accept"), _) => ("swallow", "nack", 1, "failure-strategy"),
        (Some("requeue"), _) => ("requeue", "nack", 1, "failure-strategy"),
        (Some(_), _) => ("reject", "nack", 1, "failure-strategy"),
        (None, Some("park")) => ("dead-letter", "nack", tries.unwrap_or(1), "on-error"),
        // The connection ends, and its messages come back as failed deliveries.
        (None, Some("die")) => ("requeue", "reject", 1, "on-error"),
        _ if rows.get("default-requeue-rejected") == Some("false") => {
            ("reject", "nack", 1, "default-requeue-rejected")
        }
        _ => ("requeue", "nack", 1, "default-requeue-rejected"),
    };
    let mut all = vec![
        rows.own("consumer.on_error", reaction, name),
        rows.own("consumer.handler_attempts", tries.clamp(1, 10).to_string(), name),
        rows.own("consumer.rabbitmq.requeue_with", with, name),
    ];
    if reaction == "dead-letter" {
        all.push(rows.own("consumer.dead_letter_confirms", "true", name));
    }
    all
}

/// Returns the number of consumers, where a client starts one for each processor: the model has two.
pub(super) fn workers(rows: &Rows) -> Option<ClientDefault> {
    let several = rows.get("concurrency") == Some("processors");
    several.then(|| rows.own("consumer.count", "2", "concurrency"))
}
