//! Clients of SQS: what their defaults come to in the model.

use super::rabbitmq::workers;
use super::{ClientDefault, Place, Rows};
use crate::sim::program::Op;

/// Maximum number of messages that a receive returns in the model.
const BATCH: u64 = 4;

pub(super) fn producer(rows: &Rows) -> Vec<ClientDefault> {
    let attempts = rows.number("max_attempts").unwrap_or(3).clamp(1, 5);
    vec![rows.own("producer.sqs.max_attempts", attempts.to_string(), "max_attempts")]
}

pub(super) fn consumer(rows: &Rows, program: &[Op]) -> Vec<ClientDefault> {
    let (place, name) = match rows.get("acks_late") {
        Some("true") => (Place::After, "acks_late"),
        Some(_) => (Place::Before, "acks_late"),
        None if rows.get("acknowledgement-mode").is_some() => {
            (Place::After, "acknowledgement-mode")
        }
        None => (Place::After, "on-error"),
    };
    let batch = if rows.get("BatchSize").is_some() { "BatchSize" } else { "MaxNumberOfMessages" };
    let size = rows.number(batch).unwrap_or(1).clamp(1, BATCH);
    let swallows =
        rows.is("acks_on_failure_or_timeout") || rows.get("acknowledgement-mode") == Some("ALWAYS");
    // Without an answer the visibility timeout brings the message back.
    let (reaction, error) = match rows.get("acks_on_failure_or_timeout") {
        Some(_) if swallows => ("swallow", "acks_on_failure_or_timeout"),
        _ if swallows => ("swallow", "acknowledgement-mode"),
        _ => ("leave", "on-error"),
    };
    let mut all = vec![
        place.own(rows, program, name),
        rows.own("consumer.sqs.MaxNumberOfMessages", size.to_string(), batch),
        rows.own("consumer.on_error", reaction, error),
        rows.own("consumer.handler_attempts", "1", error),
    ];
    all.extend(workers(rows));
    all
}
