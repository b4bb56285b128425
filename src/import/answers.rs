//! Answers to what no file says, and the questions that ask for them.

use super::layers::{Version, Versions};
use crate::choices::choices;
use crate::sim::plain::echo;

choices! {
    /// What the handler of a message does.
    Handler {
        Database "database" "adds to a database, and remembers nothing"
        Upsert "upsert" "writes a row named by the message, such as INSERT … ON CONFLICT DO NOTHING"
        Inbox "inbox" "remembers the message's id in the transaction of its work"
        Set "set" "sets a value, which is the same the second time"
        Service "service" "calls another service or sends an email, without an idempotency key"
        ServiceKey "service-key" "calls a service with the message's id as its idempotency key"
        Redis "redis" "remembers ids in Redis after the work"
        Claim "claim" "claims the id in Redis before the work"
        Topic "topic" "sends to another topic or queue, outside a transaction"
        Transaction "kafka-transaction" "produces and commits its offset in one Kafka transaction"
    }
}

choices! {
    /// Where the message is acknowledged, if the code does that itself.
    AckPlace {
        After "after" "after the work"
        Before "before" "before the work"
    }
}

choices! {
    /// What happens when the handler fails.
    OnError {
        Throws "throw" "the exception reaches the framework, which does what its settings say"
        Swallows "swallow" "the error is caught and logged, and the message counts as done"
        Dies "die" "the process ends and is started again"
        Requeues "requeue" "the message is put back, without end"
        Rejects "reject" "the message is rejected and not put back"
        Parks "park" "the message goes to a dead-letter queue or topic"
    }
}

choices! {
    /// What a handler that is given a batch does when one of its messages fails.
    BatchFailure {
        Whole "whole" "the exception goes through, and the whole batch counts as failed"
        GoodPart "good-part" "goes on with the others, and reports the ones that failed"
        FirstFailure "first-failure" "stops there, and reports which one failed"
    }
}

choices! {
    /// What the caller does when a send fails.
    SendFailure {
        Ignored "ignore" "gets the error, and the message is not sent again"
        Resent "resend" "sends again, also after a restart"
        Outbox "outbox" "a relay sends from an outbox until it is confirmed"
    }
}

/// All answers; what is not answered is assumed.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    pub handler: Option<Handler>,
    pub ack: Option<AckPlace>,
    pub on_error: Option<OnError>,
    pub batch: Option<BatchFailure>,
    pub send_failure: Option<SendFailure>,
    pub versions: Versions,
    /// The profile of Spring or Quarkus that is active.
    pub profile: Option<String>,
    /// The topic or queue that is meant.
    pub queue: Option<String>,
    /// The consumer group has never committed an offset.
    pub new_group: Option<bool>,
    /// Settings of Ackward's own, by name, that go over everything else.
    pub set: Vec<(String, String)>,
}

impl Answers {
    /// Answers the question with this flag, as [`Question::key`] names it.
    ///
    /// # Errors
    /// Returns what can be answered instead.
    pub fn give(&mut self, flag: &str, value: &str) -> Result<(), String> {
        let one_of = |options: Vec<(&str, &str)>| {
            let keys: Vec<&str> = options.iter().map(|(key, _)| *key).collect();
            format!("{} is no answer to {flag}; use one of {}", echo(value), keys.join(", "))
        };
        let unknown = || format!("there is no question {}", echo(flag));
        match flag {
            "handler" => {
                let choice = Handler::from_key(value).ok_or_else(|| one_of(Handler::options()))?;
                self.handler = Some(choice);
            }
            "ack" => {
                let choice =
                    AckPlace::from_key(value).ok_or_else(|| one_of(AckPlace::options()))?;
                self.ack = Some(choice);
            }
            "on-error" => {
                let choice = OnError::from_key(value).ok_or_else(|| one_of(OnError::options()))?;
                self.on_error = Some(choice);
            }
            "batch" => {
                let choice = BatchFailure::from_key(value);
                self.batch = Some(choice.ok_or_else(|| one_of(BatchFailure::options()))?);
            }
            "send-failure" => {
                let choice = SendFailure::from_key(value);
                self.send_failure = Some(choice.ok_or_else(|| one_of(SendFailure::options()))?);
            }
            "new-group" => self.new_group = Some(yes(value)?),
            "profile" => self.profile = Some(value.trim().to_owned()),
            "queue" => self.queue = Some(value.trim().to_owned()),
            "lib" => {
                let (name, version) = version(value)?;
                self.versions.0.retain(|(own, _)| !own.eq_ignore_ascii_case(&name));
                self.versions.0.push((name, version));
            }
            "set" => self.set.push(setting(value)?),
            _ => return Err(unknown()),
        }
        Ok(())
    }
}

/// Reads yes or no.
///
/// # Errors
/// Returns what to write.
pub fn yes(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("use yes or no".into()),
    }
}

/// Reads a library with its version: `kafka-clients=3.9`.
///
/// # Errors
/// Returns what to write.
pub fn version(text: &str) -> Result<(String, Version), String> {
    let known = || {
        let (name, version) = text.split_once('=')?;
        Some((name.trim().to_owned(), Version::read(version)?))
    };
    known().ok_or_else(|| "write a library and a version, such as kafka-clients=3.9".into())
}

/// Reads a setting of Ackward's own: `acks=1`.
///
/// # Errors
/// Returns what to write.
pub fn setting(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').map(|(key, value)| (key.trim().into(), value.trim().into()));
    pair.ok_or_else(|| "write key=value, such as acks=1".into())
}

/// A question that the files leave open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The flag that answers it: `handler`.
    pub key: &'static str,
    pub text: String,
    /// Possible answers with their meaning; empty if any text answers it.
    pub options: Vec<(String, String)>,
    /// The answer that the verdict was found with.
    pub taken: String,
    /// The answer was given, not assumed.
    pub answered: bool,
}
