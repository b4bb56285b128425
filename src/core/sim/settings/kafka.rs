//! Settings of Apache Kafka 3.9 and later: a topic of one partition.
//!
//! Sources: `ProducerConfig.java`, `ConsumerConfig.java`, `KafkaProducer.java`,
//! `KafkaConsumer.java`, `ProducerStateEntry.java`, `Partition.scala`,
//! `TransactionStateManagerConfig.java`; docs/design 4.6 and 4.7.

mod consumer;
pub(super) mod rows;

pub use consumer::{Consumer, Isolation, Reset};

use super::{
    Backoff, BatchAck, ConsumerSettings, Database, HandlerTimeout, OnError, OnRestart,
    ProducerSettings, one,
};
use crate::sim::checked::{Checked, OWN_NAME, bad, short, within};
use crate::sim::client::{Receiving, Sending};
use crate::sim::clients::ClientName;
use crate::sim::program::Op;
use serde::{Deserialize, Serialize};

/// Settings of the producer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Producer {
    /// The acknowledgment that a send waits for; `all` by default.
    #[serde(default)]
    pub acks: Acks,
    /// 2147483647 by default; `delivery.timeout.ms` ends the attempts.
    #[serde(default = "max_int")]
    pub retries: u32,
    /// Milliseconds from `send` until it fails; 120000 by default.
    #[serde(rename = "delivery.timeout.ms", default = "two_minutes")]
    pub delivery_timeout_ms: u32,
    /// Milliseconds for one request; 30000 by default.
    #[serde(rename = "request.timeout.ms", default = "half_a_minute")]
    pub request_timeout_ms: u32,
    /// Milliseconds before the first retry; 100 by default, doubling to `retry.backoff.max.ms`.
    #[serde(rename = "retry.backoff.ms", default = "hundred")]
    pub retry_backoff_ms: u32,
    /// Maximum backoff in milliseconds; 1000 by default.
    #[serde(rename = "retry.backoff.max.ms", default = "thousand")]
    pub retry_backoff_max_ms: u32,
    /// The maximum number of unacknowledged requests on a connection; 5 by default.
    #[serde(rename = "max.in.flight.requests.per.connection", default = "five")]
    pub max_in_flight: u8,
    /// `true` by default, unless `acks` or `retries` conflict, which then silently disables it; if
    /// it is enabled explicitly, the conflict is an error. More than five requests in flight are an
    /// error since 4.0 unless idempotence is disabled, and disable it before (`ProducerConfig`,
    /// KAFKA-17927).
    #[serde(rename = "enable.idempotence", default, skip_serializing_if = "Option::is_none")]
    pub enable_idempotence: Option<bool>,
    /// None by default. With one, every message is sent in a transaction of its own.
    #[serde(rename = "transactional.id", default, skip_serializing_if = "Option::is_none")]
    pub transactional_id: Option<String>,
    #[serde(default)]
    pub on_restart: OnRestart,
    /// The client library whose defaults these are, apart from what is set otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientName>,
    /// The producer has never written to the partition; `false` by default.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new_producer: bool,
    /// The number of messages, from the first on, that another producer sends, with the same
    /// settings.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub other_sends: u8,
}

fn is_zero(n: &u8) -> bool {
    *n == 0
}

fn max_int() -> u32 {
    2_147_483_647
}

fn two_minutes() -> u32 {
    120_000
}

fn half_a_minute() -> u32 {
    30_000
}

fn hundred() -> u32 {
    100
}

fn thousand() -> u32 {
    1000
}

fn five() -> u8 {
    5
}

/// The `acks` setting: the acknowledgment that a send waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Acks {
    /// No acknowledgment: success once the request is written to the socket.
    #[serde(rename = "0")]
    None,
    /// An acknowledgment by the leader, from its page cache.
    #[serde(rename = "1")]
    Leader,
    /// An acknowledgment by every in-sync replica.
    #[default]
    #[serde(rename = "all")]
    All,
}

impl Producer {
    /// Returns true if the producer is idempotent: enabled, and not disabled by a conflict.
    pub fn idempotent(&self) -> bool {
        self.enable_idempotence.unwrap_or(true) && self.conflict().is_none()
    }

    /// Returns the value that idempotence requires of a setting that conflicts with it, if any
    /// does.
    pub fn conflict(&self) -> Option<&'static str> {
        match self {
            p if p.acks != Acks::All => Some("acks=all"),
            p if p.retries == 0 => Some("retries > 0"),
            p if p.max_in_flight > 5 => Some("max.in.flight.requests.per.connection <= 5"),
            _ => None,
        }
    }

    /// Returns the number of requests that fit into the delivery timeout.
    fn fit(&self) -> u32 {
        (self.delivery_timeout_ms / self.request_timeout_ms.max(1)).max(1)
    }

    /// Returns true if `retries` are exhausted before the delivery timeout has passed.
    pub fn retries_end_first(&self) -> bool {
        self.retries.saturating_add(1) < self.fit()
    }

    /// Returns the number of attempts that the delivery timeout and the retries allow, at most 5.
    pub fn attempts(&self) -> u8 {
        self.fit().min(self.retries.saturating_add(1)).min(5) as u8
    }
}

impl super::Producer for Producer {
    const PRODUCT: &'static str = "kafka";

    fn client(&mut self) -> Option<&mut Option<ClientName>> {
        Some(&mut self.client)
    }

    fn sending(&self) -> Sending {
        let transactional = self.transactional_id.is_some();
        let once = Sending {
            retries_end_first: self.retries_end_first(),
            transactional,
            other_sends: self.other_sends,
            unacknowledged: Some("callback(Ok)"),
            failure: match transactional || self.retries_end_first() {
                true => "Err(KafkaException)",
                false => "Err(TimeoutException)",
            },
            ..Sending::once("producer.send(m)", self.on_restart)
        };
        if self.acks == Acks::None {
            return once;
        }
        Sending {
            attempts: self.attempts(),
            // With one transaction per message there is nothing to pipeline.
            in_flight: if transactional { 1 } else { self.max_in_flight },
            ack_timeout_ms: self.request_timeout_ms,
            backoff: Backoff::Exponential {
                first_ms: self.retry_backoff_ms,
                max_ms: self.retry_backoff_max_ms,
            },
            ..once
        }
    }

    fn check(&self, messages: u8, database: Option<Database>) -> Checked {
        let at = |name: &str| format!("producer.kafka.{name}");
        let id = self.transactional_id.as_deref().unwrap_or_default();
        short(&at("transactional.id"), id, OWN_NAME)?;
        if self.request_timeout_ms == 0 {
            return bad(at("request.timeout.ms"), "it must be more than 0");
        }
        if let (Some(true), Some(needs)) = (self.enable_idempotence, self.conflict()) {
            return bad(at("enable.idempotence"), format!("it needs {needs}"));
        }
        if self.transactional_id.is_some() && !self.idempotent() {
            let needs = self.conflict().unwrap_or("enable.idempotence=true");
            return bad(at("transactional.id"), format!("it needs {needs}"));
        }
        if self.other_sends > messages {
            return bad(at("other_sends"), format!("there are only {messages} messages"));
        }
        if self.other_sends > 0 && database.is_some() {
            return bad(at("other_sends"), "not together with a database; use one of the two");
        }
        Ok(())
    }
}

/// A release, and those after it that deliver alike; of brokers and clients.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Version {
    /// More than five requests in flight switch the default idempotence off (KAFKA-17927).
    #[serde(rename = "3.9")]
    V3_9,
    /// More than five requests in flight are refused. Transactions have an epoch each (KIP-890).
    #[serde(rename = "4.0")]
    V4_0,
    /// New clusters have eligible leader replicas (KIP-966).
    #[default]
    #[serde(rename = "4.1")]
    V4_1,
}

impl Version {
    fn is_current(&self) -> bool {
        *self == Version::default()
    }
}

/// Settings of the topic and its brokers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// The version of Kafka, brokers and clients; the cluster was created by it.
    #[serde(default, skip_serializing_if = "Version::is_current")]
    pub version: Version,
    /// Replicas of the partition, 1 to 3; 1 by default (`default.replication.factor`).
    #[serde(rename = "replication.factor", default = "one")]
    pub replication_factor: u8,
    /// 1 by default. The minimum for `acks=all`, and for advancing the high watermark.
    #[serde(rename = "min.insync.replicas", default = "one")]
    pub min_insync_replicas: u8,
    /// `false` by default.
    #[serde(rename = "unclean.leader.election.enable", default)]
    pub unclean_leader_election: bool,
    /// 1 if replicas that left the in-sync replicas below `min.insync.replicas` may still be
    /// elected: by default in clusters created by 4.1 and later, on request in 4.0, never before
    /// (KIP-966; docs/operations, eligible-leader-replicas).
    #[serde(
        rename = "eligible.leader.replicas.version",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub eligible_leader_replicas: Option<u8>,
    /// The time after which records are deleted, read or not, in milliseconds; seven days by
    /// default, and `None` for -1: never.
    #[serde(
        rename = "retention.ms",
        default = "seven_days",
        skip_serializing_if = "is_seven_days"
    )]
    pub retention_ms: Option<u32>,
    /// The number of in-sync replicas at the start; all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_sync_at_start: Option<u8>,
}

/// The instructions that only consumers of Kafka have.
pub(in crate::sim) const LINES: &[Op] =
    &[Op::HandOff, Op::StoreOffset, Op::Produce, Op::SendOffsets, Op::CommitTransaction];

impl Broker {
    /// Returns true if the cluster has eligible leader replicas.
    pub fn has_eligible_leaders(&self) -> bool {
        self.eligible_leader_replicas.map_or(self.version >= Version::V4_1, |version| version == 1)
    }
}

impl super::batch::Batches for Broker {
    fn batch_size(&self, consumer: &ConsumerSettings) -> Option<(&'static str, u32)> {
        let own = consumer.kafka.clone().unwrap_or_default();
        Some(("max.poll.records", own.max_poll_records))
    }

    /// A commit is an offset, up to which all is done.
    fn acks_in_any_order(&self, _: &ConsumerSettings) -> bool {
        false
    }
}

impl super::Broker for Broker {
    const PRODUCT: &'static str = "kafka";
    const LINES: &'static [Op] = LINES;

    fn receiving(&self, _: &ConsumerSettings) -> Receiving {
        Receiving {
            receive: "m = consumer.poll()",
            ack: "consumer.commit(m.offset + 1)",
            nack: ["broker.nack(m, requeue = true)", "broker.nack(m, requeue = false)"],
            release: "",
            on_error: Op::Seek,
        }
    }

    fn check_producer(&self, producer: &ProducerSettings) -> Checked {
        let ProducerSettings::Kafka(own) = producer else { return Ok(()) };
        let refuses = self.version >= Version::V4_0;
        if refuses && own.enable_idempotence.is_none() && own.max_in_flight > 5 {
            let problem = "Kafka 4 refuses more than 5 with idempotence, which is on by default; \
                           use up to 5, or set enable.idempotence to false";
            return bad("producer.kafka.max.in.flight.requests.per.connection", problem);
        }
        Ok(())
    }

    fn check(&self) -> Checked {
        if self.version < Version::V4_0 && self.eligible_leader_replicas == Some(1) {
            let problem =
                "Kafka 3.9 has no eligible leader replicas; remove it, or set version to 4.0";
            return bad("broker.kafka.eligible.leader.replicas.version", problem);
        }
        let copies = self.replication_factor.into();
        within("broker.kafka.min.insync.replicas", self.min_insync_replicas.into(), 1, copies)?;
        let in_sync = self.in_sync_at_start.map_or(copies, u32::from);
        within("broker.kafka.in_sync_at_start", in_sync, 1, copies)
    }

    fn check_consumer(&self, consumer: &ConsumerSettings) -> Checked {
        match consumer.on_error {
            OnError::Reject | OnError::Leave => bad(
                "consumer.on_error",
                "Kafka has no reject and no ack timeout; use requeue (seek), skip, dead-letter, stop or \
                 swallow",
            ),
            OnError::Requeue
            | OnError::Swallow
            | OnError::Skip
            | OnError::DeadLetter
            | OnError::Stop => Ok(()),
        }
    }

    fn handler_timeout(&self, consumer: &ConsumerSettings) -> Option<HandlerTimeout> {
        let own = consumer.kafka.clone().unwrap_or_default();
        let (name, ms) = ("max.poll.interval.ms", own.max_poll_interval_ms.into());
        Some(HandlerTimeout { name, ms, messages: own.max_poll_records })
    }

    fn seeks_after_error(&self, consumer: &ConsumerSettings) -> bool {
        consumer.batch_ack != BatchAck::Whole
            && consumer.kafka.as_ref().is_none_or(|own| own.seek_after_error)
    }

    fn check_program(&self, consumer: &ConsumerSettings) -> Checked {
        let auto = consumer.kafka.as_ref().is_none_or(|own| own.enable_auto_commit);
        let ack = consumer.program.iter().position(|&op| op == Op::Ack);
        match ack.filter(|_| auto) {
            Some(i) => {
                let problem = "enable.auto.commit is true and commits inside poll; remove ack, or \
                               set consumer.kafka.enable.auto.commit to false";
                bad(format!("consumer.program[{i}]"), problem)
            }
            None => Ok(()),
        }
    }
}

fn seven_days() -> Option<u32> {
    Some(604_800_000)
}

fn is_seven_days(ms: &Option<u32>) -> bool {
    *ms == seven_days()
}
