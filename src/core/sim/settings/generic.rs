//! Settings of a generic queue, and of a producer that retries.

pub(super) mod rows;

use super::{
    Backoff, Broker, ConsumerSettings, HandlerTimeout, OnRestart, Producer, is_one, one, yes,
};
use crate::sim::checked::{Checked, bad, within};
use crate::sim::client::{Receiving, Sending};
use crate::sim::program::Op;
use serde::{Deserialize, Serialize};

/// Settings of a producer that waits for acknowledgments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// The acknowledgment timeout, in milliseconds.
    pub timeout_ms: u32,
    /// The total number of attempts, 1 to 5.
    pub attempts: u8,
    pub backoff: Backoff,
    /// The behavior of a restarted process towards messages whose outcome it did not report.
    #[serde(default)]
    pub on_restart: OnRestart,
    /// The maximum number of unacknowledged messages, 1 to 4; with 1, the default, the producer
    /// waits for each acknowledgment before it sends the next message.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub in_flight: u8,
}

/// A producer that sends once and does not wait: it has no settings.
pub(super) struct FireAndForget;

impl Producer for FireAndForget {
    const PRODUCT: &'static str = GenericBroker::PRODUCT;

    fn sending(&self) -> Sending {
        Sending::once("broker.send(m)", OnRestart::Forget)
    }

    fn may_wait(&self) -> bool {
        false
    }
}

impl Producer for Retry {
    const PRODUCT: &'static str = GenericBroker::PRODUCT;

    fn sending(&self) -> Sending {
        Sending {
            attempts: self.attempts,
            in_flight: self.in_flight,
            ack_timeout_ms: self.timeout_ms,
            backoff: self.backoff.clone(),
            ..Sending::once("broker.send(m)", self.on_restart)
        }
    }
}

/// Formats a time in milliseconds as people write it: "5 s", "100 ms".
pub fn duration(ms: u32) -> String {
    match ms {
        ms if ms >= 60_000 && ms.is_multiple_of(60_000) => format!("{} min", ms / 60_000),
        ms if ms >= 1000 && ms.is_multiple_of(1000) => format!("{} s", ms / 1000),
        ms => format!("{ms} ms"),
    }
}

/// Settings of a generic queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenericBroker {
    pub acknowledge: Acknowledge,
    /// The number of nodes that keep a copy in the end, 1 to 3.
    #[serde(default = "one")]
    pub replicas: u8,
    /// Redeliver what the consumer did not acknowledge. Without it, a message is removed as soon as
    /// it is sent to the consumer.
    #[serde(default = "yes")]
    pub redelivery: bool,
    /// The maximum number of deliveries of a message, 1 to 7; `None` is no limit.
    #[serde(default)]
    pub max_deliveries: Option<u8>,
    /// Dead-letter a message after its last delivery instead of discarding it.
    #[serde(default)]
    pub dead_letter_queue: bool,
    /// Milliseconds for which the broker waits for a consumer to acknowledge; half an hour by default.
    #[serde(default = "half_an_hour", skip_serializing_if = "is_half_an_hour")]
    pub consumer_timeout_ms: u32,
}

fn half_an_hour() -> u32 {
    1_800_000
}

fn is_half_an_hour(ms: &u32) -> bool {
    *ms == half_an_hour()
}

/// The condition for the broker's acknowledgment to the producer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acknowledge {
    /// Once the copy is in memory; the disk follows.
    BeforePersist,
    /// Once the copy is synced to disk.
    AfterSync,
    /// Once this many nodes have the copy, 2 to `replicas`.
    AfterReplication(u8),
}

impl super::batch::Batches for GenericBroker {}

impl Broker for GenericBroker {
    const PRODUCT: &'static str = "generic";

    fn receiving(&self, _: &ConsumerSettings) -> Receiving {
        Receiving {
            receive: "m = broker.receive()",
            ack: "broker.ack(m)",
            nack: ["broker.nack(m, requeue = true)", "broker.nack(m, requeue = false)"],
            release: "",
            on_error: Op::Nack,
        }
    }

    fn handler_timeout(&self, _: &ConsumerSettings) -> Option<HandlerTimeout> {
        let (name, ms) = ("consumer_timeout_ms", self.consumer_timeout_ms.into());
        self.redelivery.then_some(HandlerTimeout { name, ms, messages: 1 })
    }

    fn check(&self) -> Checked {
        if let Acknowledge::AfterReplication(n) = self.acknowledge {
            let at = "broker.generic.acknowledge.after-replication";
            if self.replicas < 2 {
                return bad(at, "there is only one replica; set replicas to 2 or 3");
            }
            within(at, n.into(), 2, self.replicas.into())?;
        } else if self.replicas != 1 {
            let problem = "replicas are kept with after-replication only; set replicas to 1";
            return bad("broker.generic.replicas", problem);
        }
        Ok(())
    }
}
