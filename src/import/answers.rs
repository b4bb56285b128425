//! Answers to what no file says, and the questions that ask for them.

use super::layers::Versions;
use crate::choices::choices;

choices! {
    /// What the handler of a message does.
    Handler {
        Database "database" "adds to a database, and remembers nothing"
        Upsert "upsert" "writes a row named by the message, such as INSERT … ON CONFLICT DO NOTHING"
        Inbox "inbox" "remembers the message's id in the transaction of its work"
        Set "set" "sets a value, which is the same the second time"
        Service "service" "calls another service or sends a mail, without an idempotency key"
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

/// A question that the files leave open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The flag that answers it: `handler`.
    pub key: &'static str,
    pub text: String,
    /// Possible answers with their meaning; empty if any text answers it.
    pub options: Vec<(&'static str, &'static str)>,
    /// The answer that the verdict was found with.
    pub taken: String,
    /// The answer was given, not assumed.
    pub answered: bool,
}
