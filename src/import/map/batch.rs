//! Batches: how a consumer acknowledges the messages that it has received together.
//!
//! The row `batch_ack` says it, in the words of the model's setting of that name: a client's default,
//! or what follows from its settings and from the answers.

use crate::import::answers::BatchFailure;
use crate::import::layers::Settings;
use crate::import::plan::Half;

/// The name of the row.
const ROW: &str = "batch_ack";

/// Returns the acknowledgment of a batch whose handler reports failures in this way.
pub fn of_handler(failure: BatchFailure) -> &'static str {
    match failure {
        BatchFailure::Whole => "whole",
        BatchFailure::GoodPart => "good-part",
        BatchFailure::FirstFailure => "up-to-first-failure",
    }
}

/// Says how batches are acknowledged, and why, unless it is the client's default.
pub fn derive(settings: &mut Settings, ack: &str, why: &str) {
    if settings.get(ROW) != Some(ack) {
        settings.derive(ROW, ack, why);
    }
}

/// Says that each message is acknowledged by itself. Without a word, as this is usual, if the client
/// has batches only by other settings.
pub fn each(settings: &mut Settings, why: &str) {
    if settings.row(ROW).is_some() {
        settings.derive(ROW, "each", why);
    }
}

/// Returns true if a failure brings back the whole batch.
pub fn is_whole(half: &Half) -> bool {
    acknowledges(half, "whole")
}

/// Returns true if what comes before a failure is acknowledged.
pub fn is_up_to_first_failure(half: &Half) -> bool {
    acknowledges(half, "up-to-first-failure")
}

fn acknowledges(half: &Half, wanted: &str) -> bool {
    half.pairs.iter().any(|(path, ack)| path == "consumer.batch_ack" && ack == wanted)
}

/// Sets what the row says.
pub fn set(settings: &Settings, half: &mut Half) {
    if let Some(ack) = settings.get(ROW).filter(|ack| *ack != "each") {
        half.set("consumer.batch_ack", ack);
    }
}
