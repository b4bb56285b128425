//! The table of all settings: a row each, with the product's own name for it, its type and range, its
//! default, its meaning and a source.

pub use super::field::{Field, Rows, Unset};

use super::field::fields;
use super::value::{Slot, named};
use super::{BatchAck, Database, OnError, OnRestart, ROWS, outbox};
use crate::sim::clients::{Side, System};
use crate::sim::program::Op;

impl Field {
    /// Returns the product's name of the setting: `acks`.
    pub fn name(&self) -> &'static str {
        let parts = if self.path.starts_with("store.") { 2 } else { 3 };
        match self.path.split_once('.') {
            Some(("consumer", rest)) if self.product().is_none() => rest,
            Some(("outbox", _)) => self.path,
            Some(_) => self.path.splitn(parts, '.').last().unwrap_or(self.path),
            None => self.path,
        }
    }

    /// Returns the part that the setting belongs to: `producer`, `outbox`, `broker`, `consumer`,
    /// `store`, or "" for none.
    pub fn owner(&self) -> &'static str {
        match self.path.split_once('.') {
            Some((owner, _)) => owner,
            None if self.path == "producer" => "producer",
            None => "",
        }
    }

    /// Returns the key of the product that the setting belongs to; `None` if every configuration can
    /// have it.
    pub fn product(&self) -> Option<&'static str> {
        let mut parts = self.path.split('.').skip(1);
        let key = parts.next().filter(|_| parts.next().is_some())?;
        ROWS.iter().map(|rows| rows.product).find(|&product| product == key)
    }
}

/// Returns all settings, in reading order.
pub fn all() -> impl Iterator<Item = &'static Field> {
    let of = |part: fn(&Rows) -> &'static [Field]| ROWS.iter().flat_map(part);
    let producer = RUN.iter().chain(CLIENT).chain(of(|rows| rows.producer)).chain(RESTART);
    let consumer = FRAMEWORK.iter().chain(CONSUMER).chain(of(|rows| rows.consumer));
    let producer = producer.chain(outbox::rows::ROWS);
    producer.chain(of(|rows| rows.broker)).chain(consumer).chain(STORE)
}

const RUN: &[Field] = fields! {
    "messages", "1", "", "Number of messages that the application sends.",
        |s| Some(Slot::Small(&mut s.messages, 1, 4)),
        circumstance = true;
    "database", "none", "",
        "The producer's own database. outbox: the order and an outbox row are written in one \
         transaction, and a relay sends the rows. The other two write to database and broker in turn.",
        |s| Some(Slot::One(&mut s.database));
};

const CLIENT: &[Field] = fields! {
    "producer.client", "none", "",
        "The client library. It sets what it has a default for; what you set yourself stays.",
        |s| {
            let product = s.producer.product();
            Some(Slot::Client(s.producer.client()?, product, Side::Producer))
        },
        circumstance = true;
};

const FRAMEWORK: &[Field] = fields! {
    "consumer.client", "none", "",
        "The client library or framework. It sets what it has a default for, where the program \
         acknowledges and what follows an error of the handler; what you set yourself stays.",
        |s| {
            let product = s.broker.key();
            System::of(product)?;
            Some(Slot::Client(&mut s.consumer.client, product, Side::Consumer))
        },
        circumstance = true;
};

const RESTART: &[Field] = fields! {
    "producer.on_restart", "forget", "",
        "After a restart: drop messages whose result was not reported, or resend them from a \
         durable log.",
        |s| Some(Slot::One(s.producer.on_restart()?));
};

const CONSUMER: &[Field] = fields! {
    "consumer.program", "receive,work", "",
        "The lines that run for each message. Their order determines the guarantee.",
        |s| Some(Slot::Lines(&mut s.consumer.program));
    "consumer.on_error", "requeue", "",
        "On handler error: requeue, reject, ignore the error, leave unacknowledged, skip (log and \
         acknowledge), publish to a dead-letter topic and acknowledge, or stop the consumer.",
        |s| Some(Slot::One(&mut s.consumer.on_error));
    "consumer.handler_attempts", "1", "Spring Kafka, DefaultErrorHandler; Spring AMQP, retry",
        "Maximum number of times the handler is tried before on_error applies. Spring Kafka: 10, \
         then skip. Spring AMQP with retry enabled: 3, then reject.",
        |s| Some(Slot::Small(&mut s.consumer.handler_attempts, 1, 10));
    "consumer.dead_letter_confirms", "true",
        "Spring Kafka, DeadLetterPublishingRecoverer.setFailIfSendResultIsError",
        "Wait until the dead letter is acknowledged, and handle the message again if it is not. \
         Otherwise the message is acknowledged whatever becomes of the dead letter.",
        |s| match s.consumer.on_error {
            OnError::DeadLetter => Some(Slot::One(&mut s.consumer.dead_letter_confirms)),
            _ => None,
        };
    "consumer.slow_handler_ms", "unset", "",
        "Maximum time that a slow handler takes, in milliseconds; longer than any timeout if not \
         set.",
        |s| Some(Slot::MaybeNumber(&mut s.consumer.slow_handler_ms, 1, 86_400_000)),
        unset = Some(Unset { means: |_| "longer than any timeout", former: "none", by_hand: true }),
        circumstance = true;
    "consumer.handler_ms", "10", "",
        "Maximum time that every other handler takes, in milliseconds.",
        |s| Some(Slot::Number(&mut s.consumer.handler_ms, 0, 3_600_000)),
        circumstance = true;
    "consumer.eta_ms", "unset", "Celery docs, Using Amazon SQS, caveats",
        "Maximum time for which a consumer holds a message that is not due yet, unacknowledged, before \
         it handles it, in milliseconds (Celery: eta, countdown, retry delay). It is added to \
         slow_handler_ms.",
        |s| match s.consumer.slow_handler_ms {
            Some(_) => Some(Slot::MaybeNumber(&mut s.consumer.eta_ms, 1, 86_400_000)),
            None => None,
        },
        unset = Some(Unset { means: |_| "every message is due at once", former: "none", by_hand: true }),
        circumstance = true;
    "consumer.claim_lease_ms", "unset", "Powertools for AWS Lambda, in_progress_expiry",
        "Time after which a claim in progress ends by itself, in milliseconds. Without one, the \
         claim of a process that has died stays.",
        |s| match s.consumer.program.contains(&Op::ClaimInProgress) {
            true => Some(Slot::MaybeNumber(&mut s.consumer.claim_lease_ms, 1, 86_400_000)),
            false => None,
        },
        unset = Some(Unset { means: |_| "the claim has no lease", former: "none", by_hand: true });
    "consumer.batch_ack", "each", "Lambda developer guide; Spring Kafka, AckMode",
        "What is acknowledged of the messages received together: each once it is handled \
         (ack-mode RECORD); the whole batch after its last message, or nothing if one fails; its \
         good part (ReportBatchItemFailures); or what comes before the first failure (ack-mode \
         BATCH, BatchListenerFailedException, partial failures of a FIFO queue).",
        |s| match s.broker.batch_size(&s.consumer) {
            Some(_) => Some(Slot::One(&mut s.consumer.batch_ack)),
            None => None,
        },
        usual_only = true;
    "consumer.count", "1", "", "Number of consumers.",
        |s| Some(Slot::Small(&mut s.consumer.count, 1, 2));
    "consumer.starts_late", "false", "", "Start the consumers only once everything else has finished.",
        |s| Some(Slot::One(&mut s.consumer.starts_late)),
        circumstance = true;
};

const STORE: &[Field] = fields! {
    "store.amount", "100", "", "Amount charged per message, in dollars.",
        |s| Some(Slot::Number(&mut s.store.amount, 1, 1_000_000)),
        circumstance = true;
};

named! {
    Option<Database> {
        "none" = None,
        "outbox" = Some(Database::Outbox),
        "save-then-send" = Some(Database::SaveThenSend),
        "send-then-save" = Some(Database::SendThenSave),
    }
    BatchAck {
        "each" = BatchAck::Each,
        "whole" = BatchAck::Whole,
        "good-part" = BatchAck::GoodPart,
        "up-to-first-failure" = BatchAck::UpToFirstFailure,
    }
    OnRestart { "forget" = OnRestart::Forget, "resend" = OnRestart::Resend }
    OnError {
        "requeue" = OnError::Requeue,
        "reject" = OnError::Reject,
        "swallow" = OnError::Swallow,
        "leave" = OnError::Leave,
        "skip" = OnError::Skip,
        "dead-letter" = OnError::DeadLetter,
        "stop" = OnError::Stop,
    }
}
