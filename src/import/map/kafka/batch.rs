//! How consumers of Kafka commit the records of a poll.
//!
//! Sources: spring-kafka `ContainerProperties.AckMode`, `KafkaMessageListenerContainer` (at an error it
//! commits what came before; "Cannot use AckMode.RECORD with a batch listener"), `DefaultErrorHandler`,
//! `FallbackBatchErrorHandler`; smallrye-reactive-messaging `KafkaConnector`, attribute `batch`; kafkajs
//! `src/consumer/runner.js` (`processEachMessage`, `processEachBatch`).

use super::super::batch::{derive, each, of_handler};
use crate::import::answers::{Answers, BatchFailure, OnError};
use crate::import::ask::ask_batch;
use crate::import::layers::Settings;
use crate::import::plan::{Plan, Refusal};

/// A commit is an offset: it leaves no record out.
const NOT: &[BatchFailure] = &[BatchFailure::GoodPart];

/// Decides how the records of a poll are committed. `after` is true for a consumer that commits after
/// the work.
pub fn decide(plan: &mut Plan, settings: &mut Settings, answers: &Answers, after: bool) {
    if !after {
        return settings.forget("batch_ack");
    }
    if settings.row("ack-mode").is_some() {
        spring(plan, settings, answers);
    } else if settings.is("batch") {
        derive(settings, "whole", "batch=true: the records of a poll are acknowledged together");
    } else if settings.row("eachBatch").is_some() {
        let resolves = settings.get("eachBatchAutoResolve") != Some("false");
        let usual = if resolves { BatchFailure::Whole } else { BatchFailure::FirstFailure };
        let failure = ask_batch(plan, answers, usual, NOT);
        let why = match failure {
            BatchFailure::FirstFailure => "eachBatch calls resolveOffset after each message",
            _ => "eachBatch: the offsets of the batch are resolved once the handler returns",
        };
        derive(settings, of_handler(failure), why);
    } else if settings.explicit("enable.auto.commit") && !settings.is("enable.auto.commit") {
        each(settings, "the code commits each message");
    } else if settings.row("autoCommitThreshold").is_some() {
        each(settings, "autoCommitThreshold=1: committed after each message");
    }
    let dies = answers.on_error == Some(OnError::Dies);
    if dies && settings.get("batch_ack") == Some("up-to-first-failure") {
        derive(settings, "whole", "the process ends before it commits anything of the poll");
    }
}

fn spring(plan: &mut Plan, settings: &mut Settings, answers: &Answers) {
    let mode = settings.get("ack-mode").unwrap_or_default().to_uppercase().replace('-', "_");
    let batch =
        settings.get("listener.type").is_some_and(|kind| kind.eq_ignore_ascii_case("batch"));
    if batch && settings.layer.id == "spring-cloud-stream-kafka" {
        let why = "maxAttempts has no effect in batch mode; the 10 attempts of Spring Kafka's error \
                   handler are assumed";
        settings.derive("tries", "10", why);
    }
    if batch && mode == "RECORD" {
        plan.refused = Some(Refusal {
            text: "The listener does not start: Cannot use AckMode.RECORD with a batch listener"
                .into(),
            name: "ack-mode".into(),
            remedy: "ack-mode=BATCH".into(),
        });
    } else if batch {
        let failure = ask_batch(plan, answers, BatchFailure::Whole, NOT);
        let why = match failure {
            BatchFailure::FirstFailure => {
                "BatchListenerFailedException: what came before the failed record is committed"
            }
            _ => "a batch listener is given the whole poll again (FallbackBatchErrorHandler)",
        };
        derive(settings, of_handler(failure), why);
    } else if matches!(mode.as_str(), "RECORD" | "MANUAL_IMMEDIATE") {
        each(settings, &format!("ack-mode={mode}"));
    }
}
