//! Settings of NATS 2.15: JetStream, and core NATS.
//!
//! Sources: docs.nats.io, nats-concepts/jetstream/streams, /consumers and /jetstream (syncing data
//! to disk), using-nats/jetstream/model_deep_dive; nats-server `consumer.go`, `stream.go`; nats.go
//! `jetstream/publish.go`, `jetstream/message.go`.

pub(super) mod rows;

use super::{
    Backoff, ConsumerSettings, Database, HandlerTimeout, OnRestart, is_false, is_one, is_true, one,
    yes,
};
use crate::sim::checked::{Checked, OWN_NAME, bad, few, short, within};
use crate::sim::client::{Receiving, Sending};
use crate::sim::program::Op;
use serde::{Deserialize, Serialize};

/// Settings of the publisher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Producer {
    /// The call that publishes.
    #[serde(default)]
    pub publish: Publish,
    /// The value of the header `Nats-Msg-Id`.
    #[serde(rename = "Nats-Msg-Id", default)]
    pub msg_id: MsgId,
    /// What the ID is made from, for each message, by index; all different by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id_from: Vec<String>,
    /// The maximum number of times that the application publishes a message without a PubAck, 1 to
    /// 5. The Go client retries only if no server takes the subject (`publish.go`).
    #[serde(default = "one")]
    pub publish_attempts: u8,
    /// The maximum number of publishes that wait for their PubAck, 1 to 128; 1, the default, is a
    /// client that waits for each (`Publish`), more is `PublishAsync`.
    #[serde(rename = "PublishAsyncMaxPending", default = "one", skip_serializing_if = "is_one")]
    pub max_pending: u8,
    #[serde(default)]
    pub on_restart: OnRestart,
}

/// The call that publishes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Publish {
    /// JetStream's publish: it waits for the PubAck, 5 s by default.
    #[default]
    Jetstream,
    /// Core publish: it returns once the client has buffered the message.
    Core,
}

/// The value of the header `Nats-Msg-Id`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MsgId {
    /// The header is not set: nothing is deduplicated.
    #[default]
    None,
    /// An ID per message, the same for each attempt.
    PerMessage,
    /// A new ID for each attempt: no deduplication of retries.
    PerAttempt,
}

/// Settings of the stream and its servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// A stream stores what is published on the subject. Without one, the server only passes messages
    /// on: core NATS.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub stream: bool,
    #[serde(default)]
    pub retention: Retention,
    #[serde(default)]
    pub storage: Storage,
    /// The number of replicas, 1 to 3.
    #[serde(rename = "num_replicas", default = "one")]
    pub replicas: u8,
    #[serde(default)]
    pub sync_interval: SyncInterval,
    #[serde(default, skip_serializing_if = "is_default_mode")]
    pub persist_mode: PersistMode,
    /// The maximum number of messages in the stream, 1 to 8; without it, no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_msgs: Option<u8>,
    #[serde(default)]
    pub discard: Discard,
    /// Seconds; two minutes by default.
    #[serde(default = "two_minutes")]
    pub duplicate_window: u32,
    /// Seconds after which a message is deleted; 0, the default, is never.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub max_age: u32,
}

fn two_minutes() -> u32 {
    120
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

fn is_default_mode(mode: &PersistMode) -> bool {
    *mode == PersistMode::Default
}

/// When a stream lets go of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Retention {
    /// At the stream's limits only.
    #[default]
    Limits,
    /// When a consumer has acknowledged it.
    Workqueue,
    /// When every consumer has acknowledged it; at once if there is no consumer.
    Interest,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Storage {
    #[default]
    File,
    Memory,
}

/// When the server syncs written data to disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SyncInterval {
    /// Every two minutes, by default.
    #[default]
    #[serde(rename = "2m")]
    Default,
    /// Before each PubAck.
    #[serde(rename = "always")]
    Always,
}

/// Whether the PubAck waits for the write to the operating system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PersistMode {
    #[default]
    Default,
    Async,
}

/// What a full stream does with a publish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Discard {
    /// It deletes the oldest message.
    #[default]
    Old,
    /// It refuses the new one.
    New,
}

/// Settings of the consumer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    #[serde(default)]
    pub ack_policy: AckPolicy,
    /// Acknowledge with `AckSync` (`DoubleAck`), which waits for the server's confirmation.
    #[serde(rename = "AckSync", default)]
    pub ack_sync: bool,
    /// Seconds; 30 by default.
    #[serde(default = "thirty")]
    pub ack_wait: u32,
    /// The maximum number of deliveries, 1 to 7; without it, no limit (-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_deliver: Option<u8>,
    /// The wait before each redelivery, in place of `ack_wait`: `1s,30s`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backoff: Vec<String>,
    /// The maximum number of unacknowledged messages; 1000 by default.
    #[serde(default = "thousand")]
    pub max_ack_pending: u32,
    /// The maximum number of messages that the client fetches ahead, 1 to 500: 500 by default in the
    /// Go client's `Consume`; 1 is `Next`.
    #[serde(rename = "PullMaxMessages", default = "five_hundred")]
    pub pull_max_messages: u32,
    /// Call `InProgress` repeatedly while the handler runs.
    #[serde(rename = "InProgress", default, skip_serializing_if = "is_false")]
    pub in_progress: bool,
    /// The server keeps the consumer while no application uses it. Without it the consumer is
    /// ephemeral: it is deleted after `inactive_threshold`.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub durable: bool,
    #[serde(default)]
    pub deliver_policy: DeliverPolicy,
}

fn thirty() -> u32 {
    30
}

fn thousand() -> u32 {
    1000
}

fn five_hundred() -> u32 {
    500
}

impl Default for Consumer {
    fn default() -> Self {
        Consumer {
            ack_policy: AckPolicy::Explicit,
            ack_sync: false,
            ack_wait: thirty(),
            max_deliver: None,
            backoff: Vec::new(),
            max_ack_pending: thousand(),
            pull_max_messages: five_hundred(),
            in_progress: false,
            durable: true,
            deliver_policy: DeliverPolicy::All,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AckPolicy {
    /// Each message is acknowledged on its own.
    #[default]
    Explicit,
    /// An acknowledgment includes all earlier messages.
    All,
    /// A message counts as acknowledged once it is sent.
    None,
}

/// Where a new consumer starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliverPolicy {
    /// At the first message of the stream.
    #[default]
    All,
    /// Behind the last message.
    New,
}

/// The maximum number of messages that a list can name.
const MESSAGES: usize = 4;

impl super::Producer for Producer {
    const PRODUCT: &'static str = "nats";

    fn sending(&self) -> Sending {
        match self.publish {
            // It returns once the client has the message in its buffer.
            Publish::Core => Sending {
                unacknowledged: Some("return nil"),
                ..Sending::once("nc.Publish(m)", self.on_restart)
            },
            Publish::Jetstream => Sending {
                attempts: self.publish_attempts,
                in_flight: self.max_pending,
                // The default of the Go client's JetStream context.
                ack_timeout_ms: 5000,
                backoff: Backoff::Fixed { delay_ms: 250 },
                failure: "return err",
                ..Sending::once("js.Publish(m)", self.on_restart)
            },
        }
    }

    fn check(&self, _: u8, _: Option<Database>) -> Checked {
        let core = self.publish == Publish::Core;
        if core && self.publish_attempts > 1 {
            let at = "producer.nats.publish_attempts";
            return bad(at, "a core publish gets no PubAck, so a failure goes unnoticed; use 1");
        }
        few("producer.nats.id_from", self.id_from.len(), MESSAGES)?;
        for (i, name) in self.id_from.iter().enumerate() {
            short(&format!("producer.nats.id_from[{i}]"), name, OWN_NAME)?;
        }
        Ok(())
    }
}

impl super::batch::Batches for Broker {
    fn batch_size(&self, consumer: &ConsumerSettings) -> Option<(&'static str, u32)> {
        let own = consumer.nats.clone().unwrap_or_default();
        self.stream.then_some(("PullMaxMessages", own.pull_max_messages))
    }

    fn acks_in_any_order(&self, consumer: &ConsumerSettings) -> bool {
        consumer.nats.as_ref().is_none_or(|own| own.ack_policy == AckPolicy::Explicit)
    }

    fn refuses_batch(&self, consumer: &ConsumerSettings) -> Option<&'static str> {
        let syncs = consumer.nats.as_ref().is_some_and(|own| own.ack_sync);
        syncs.then_some("AckSync for the messages of a batch is not modeled; set it to false")
    }
}

impl super::Broker for Broker {
    const PRODUCT: &'static str = "nats";

    fn receiving(&self, consumer: &ConsumerSettings) -> Receiving {
        let own = consumer.nats.clone().unwrap_or_default();
        Receiving {
            receive: if self.stream { "m = consumer.Next()" } else { "m = subscription.NextMsg()" },
            ack: if own.ack_sync { "m.DoubleAck()" } else { "m.Ack()" },
            nack: ["m.Nak()", "m.Term()"],
            release: "",
            on_error: Op::Nack,
        }
    }

    /// The wait for the first delivery: later ones may have longer waits (`backoff`). A message waits
    /// from its delivery on, together with the others of its pull.
    fn handler_timeout(&self, consumer: &ConsumerSettings) -> Option<HandlerTimeout> {
        let own = consumer.nats.clone().unwrap_or_default();
        let waits = self.stream && own.ack_policy != AckPolicy::None && !own.in_progress;
        let first = own.backoff.first().and_then(|text| seconds(text));
        let ms = u64::from(first.unwrap_or(own.ack_wait)) * 1000;
        let messages = own.pull_max_messages;
        waits.then_some(HandlerTimeout { name: "ack_wait", ms, messages })
    }

    fn check(&self) -> Checked {
        within("broker.nats.duplicate_window", self.duplicate_window, 1, DAY)?;
        within("broker.nats.max_age", self.max_age, 0, 365 * DAY)?;
        if self.max_age > 0 && self.max_age < self.duplicate_window {
            let problem = "the server refuses a window that is longer than max_age; shorten it";
            return bad("broker.nats.duplicate_window", problem);
        }
        if !self.stream && self.replicas > 1 {
            return bad("broker.nats.num_replicas", "core NATS stores nothing; use 1");
        }
        let at = "broker.nats.persist_mode";
        match self.persist_mode {
            PersistMode::Async if self.replicas > 1 => {
                bad(at, "async persist mode is not supported on replicated streams; use default")
            }
            PersistMode::Async if self.storage == Storage::Memory => {
                bad(at, "async persist mode is only supported on file storage; use default")
            }
            _ => Ok(()),
        }
    }

    fn check_consumer(&self, consumer: &ConsumerSettings) -> Checked {
        let own = consumer.nats.clone().unwrap_or_default();
        within("consumer.nats.ack_wait", own.ack_wait, 1, DAY)?;
        within("consumer.nats.max_ack_pending", own.max_ack_pending, 1, 1000)?;
        within("consumer.nats.PullMaxMessages", own.pull_max_messages, 1, 500)?;
        let steps = own.backoff.len();
        few("consumer.nats.backoff", steps, MESSAGES)?;
        if own.backoff.iter().any(|text| seconds(text).is_none()) {
            return bad("consumer.nats.backoff", "write durations such as 1s,30s or 5m");
        }
        if own.max_deliver.is_some_and(|most| usize::from(most) < steps) {
            let problem = "max_deliver must not be less than the number of backoff values";
            return bad("consumer.nats.max_deliver", problem);
        }
        let queue = self.stream && self.retention == Retention::Workqueue;
        if queue && own.ack_policy != AckPolicy::Explicit {
            let problem = "a workqueue stream requires explicit acks; use explicit";
            return bad("consumer.nats.ack_policy", problem);
        }
        if queue && own.deliver_policy != DeliverPolicy::All {
            let problem = "a consumer of a workqueue stream must be deliver all; use all";
            return bad("consumer.nats.deliver_policy", problem);
        }
        if own.ack_policy == AckPolicy::None && own.ack_sync {
            return bad("consumer.nats.AckSync", "nothing is acknowledged; set ack_policy");
        }
        Ok(())
    }
}

/// A day, in seconds.
const DAY: u32 = 86_400;

/// Returns a duration such as `30s`, `5m` or `1h` in seconds.
pub fn seconds(text: &str) -> Option<u32> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let each = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return None,
    };
    number.parse::<u32>().ok().filter(|n| (1..=DAY).contains(n)).map(|n| n.saturating_mul(each))
}
