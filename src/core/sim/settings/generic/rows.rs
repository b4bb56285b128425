//! The settings of the generic queue and its producers, a row each.

use super::{Acknowledge, GenericBroker, Retry};
use crate::sim::configuration::Configuration;
use crate::sim::settings::field::{Rows, Unset, fields};
use crate::sim::settings::value::{Pick, Slot, named};
use crate::sim::settings::{Backoff, BrokerSettings, OnRestart, ProducerSettings};

pub const ROWS: Rows = Rows {
    product: "generic",
    producer: fields! {
        "producer", "retry", "",
            "fire-and-forget: send once, do not wait for an ack. retry: wait for the ack, and \
             resend if none arrives.",
            |s| {
                broker(s)?;
                Some(Slot::One(&mut s.producer))
            };
        "producer.retry.attempts", "3", "", "Maximum number of send attempts.",
            |s| Some(Slot::Small(&mut retry(s)?.attempts, 1, 5));
        "producer.retry.in_flight", "1", "",
            "Maximum number of unacknowledged sends. 1 waits for each ack before the next send.",
            |s| Some(Slot::Small(&mut retry(s)?.in_flight, 1, 4));
        "producer.retry.timeout_ms", "5000", "",
            "Ack timeout before the next attempt, in milliseconds.",
            |s| Some(Slot::Number(&mut retry(s)?.timeout_ms, 1, 3_600_000));
        "producer.retry.backoff", "fixed", "",
            "Delay before the next attempt: fixed, or exponential.",
            |s| Some(Slot::One(&mut retry(s)?.backoff));
        "producer.retry.backoff.delay_ms", "100", "",
            "Delay before the second attempt, in milliseconds.",
            |s| match &mut retry(s)?.backoff {
                Backoff::Fixed { delay_ms: ms } | Backoff::Exponential { first_ms: ms, .. } => {
                    Some(Slot::Number(ms, 0, 3_600_000))
                }
            };
        "producer.retry.backoff.max_ms", "1000", "", "Maximum delay, in milliseconds.",
            |s| match &mut retry(s)?.backoff {
                Backoff::Fixed { .. } => None,
                Backoff::Exponential { max_ms, .. } => Some(Slot::Number(max_ms, 0, 3_600_000)),
            };
    },
    broker: fields! {
        "broker.generic.acknowledge", "after-sync", "",
            "When the broker acks: from memory, after its own fsync, or once this many nodes have \
             the message.",
            |s| Some(Slot::One(&mut broker(s)?.acknowledge));
        "broker.generic.replicas", "1", "", "Number of replicas.",
            |s| Some(Slot::Small(&mut broker(s)?.replicas, 1, 3));
        "broker.generic.redelivery", "true", "",
            "Redeliver unacknowledged messages. Without it a message is removed as soon as it is \
             sent to the consumer.",
            |s| Some(Slot::One(&mut broker(s)?.redelivery));
        "broker.generic.max_deliveries", "unset", "", "Maximum number of deliveries per message.",
            |s| Some(Slot::Maybe(&mut broker(s)?.max_deliveries, 1, 7)),
            unset = Some(Unset { means: |_| "no limit", former: "none", by_hand: true });
        "broker.generic.dead_letter_queue", "false", "",
            "Dead-letter a message after its last delivery instead of discarding it.",
            |s| Some(Slot::One(&mut broker(s)?.dead_letter_queue));
        "broker.generic.consumer_timeout_ms", "1800000", "",
            "Time after which a message that its consumer has not acknowledged is redelivered, in \
             milliseconds.",
            |s| Some(Slot::Number(&mut broker(s)?.consumer_timeout_ms, 1, 86_400_000));
    },
    consumer: &[],
};

fn retry(config: &mut Configuration) -> Option<&mut Retry> {
    match &mut config.producer {
        ProducerSettings::Retry(own) => Some(own),
        _ => None,
    }
}

fn broker(config: &mut Configuration) -> Option<&mut GenericBroker> {
    match &mut config.broker {
        BrokerSettings::Generic(own) => Some(own),
        _ => None,
    }
}

named! {
    Acknowledge {
        "before-persist" = Acknowledge::BeforePersist,
        "after-sync" = Acknowledge::AfterSync,
        "after-replication-2" = Acknowledge::AfterReplication(2),
        "after-replication-3" = Acknowledge::AfterReplication(3),
    }
}

/// The producers of the generic broker.
impl Pick for ProducerSettings {
    fn names(&self) -> Vec<&'static str> {
        vec!["fire-and-forget", "retry"]
    }

    fn now(&self) -> &'static str {
        if *self == ProducerSettings::FireAndForget { "fire-and-forget" } else { "retry" }
    }

    fn pick(&mut self, name: &str) -> Option<()> {
        match (name, &*self) {
            ("fire-and-forget", _) => *self = ProducerSettings::FireAndForget,
            ("retry", ProducerSettings::FireAndForget) => {
                *self = ProducerSettings::Retry(Retry {
                    timeout_ms: 5000,
                    attempts: 3,
                    backoff: Backoff::Fixed { delay_ms: 100 },
                    on_restart: OnRestart::Forget,
                    in_flight: 1,
                });
            }
            ("retry", _) => {}
            _ => return None,
        }
        Some(())
    }
}

impl Pick for Backoff {
    fn names(&self) -> Vec<&'static str> {
        vec!["fixed", "exponential"]
    }

    fn now(&self) -> &'static str {
        if matches!(self, Backoff::Fixed { .. }) { "fixed" } else { "exponential" }
    }

    fn pick(&mut self, name: &str) -> Option<()> {
        match (name, &*self) {
            ("fixed", Backoff::Exponential { first_ms, .. }) => {
                *self = Backoff::Fixed { delay_ms: *first_ms };
            }
            ("exponential", Backoff::Fixed { delay_ms }) => {
                let (first_ms, max_ms) = (*delay_ms, delay_ms.saturating_mul(10));
                *self = Backoff::Exponential { first_ms, max_ms };
            }
            ("fixed" | "exponential", _) => {}
            _ => return None,
        }
        Some(())
    }
}
