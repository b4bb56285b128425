//! Apache Kafka 4.1 and later: a topic of one partition.
//!
//! Sources: `ProducerConfig.java`, `ConsumerConfig.java`, `KafkaProducer.java`,
//! `KafkaConsumer.java`, `ProducerStateEntry.java`, `Partition.scala`,
//! `TransactionStateManagerConfig.java`; docs/design 4.6 and 4.7.

use super::{OnRestart, is_one, one, yes};
use serde::{Deserialize, Serialize};

/// How the application sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Producer {
    /// Whose answer a send waits for; `all` by default.
    #[serde(default)]
    pub acks: Acks,
    /// 2147483647 by default; `delivery.timeout.ms` ends the attempts.
    #[serde(default = "max_int")]
    pub retries: u32,
    /// Milliseconds from `send` to its failure; 120000 by default.
    #[serde(rename = "delivery.timeout.ms", default = "two_minutes")]
    pub delivery_timeout_ms: u32,
    /// Milliseconds for one request; 30000 by default.
    #[serde(rename = "request.timeout.ms", default = "half_a_minute")]
    pub request_timeout_ms: u32,
    /// Milliseconds before the first retry; 100 by default, doubling to `retry.backoff.max.ms`.
    #[serde(rename = "retry.backoff.ms", default = "hundred")]
    pub retry_backoff_ms: u32,
    /// Milliseconds; 1000 by default.
    #[serde(rename = "retry.backoff.max.ms", default = "thousand")]
    pub retry_backoff_max_ms: u32,
    /// Unanswered requests on a connection; 5 by default.
    #[serde(rename = "max.in.flight.requests.per.connection", default = "five")]
    pub max_in_flight: u8,
    /// `true` by default, unless `acks` or `retries` conflict, which then turn it off silently; asked
    /// for explicitly, the conflict is an error. More than five requests in flight are an error
    /// unless it is switched off (`ProducerConfig`, from 4.0 on: KAFKA-17927).
    #[serde(rename = "enable.idempotence", default, skip_serializing_if = "Option::is_none")]
    pub enable_idempotence: Option<bool>,
    /// None by default. With one, every message is sent in a transaction of its own.
    #[serde(rename = "transactional.id", default, skip_serializing_if = "Option::is_none")]
    pub transactional_id: Option<String>,
    #[serde(default)]
    pub on_restart: OnRestart,
    /// Another producer sends the first so many messages, with the same settings.
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

/// `acks`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acks {
    /// Nobody's: success once the request is written to the socket.
    #[serde(rename = "0")]
    None,
    /// The leader's, from its page cache.
    #[serde(rename = "1")]
    Leader,
    /// Every in-sync replica's.
    #[default]
    #[serde(rename = "all")]
    All,
}

impl Producer {
    /// Whether the conflicts leave idempotence on.
    pub fn idempotent(&self) -> bool {
        self.enable_idempotence.unwrap_or(true) && self.conflict().is_none()
    }

    /// The setting that idempotence cannot live with, and what it needs.
    pub fn conflict(&self) -> Option<&'static str> {
        match self {
            p if p.acks != Acks::All => Some("acks=all"),
            p if p.retries == 0 => Some("retries > 0"),
            p if p.max_in_flight > 5 => Some("max.in.flight.requests.per.connection <= 5"),
            _ => None,
        }
    }

    /// How many requests fit into the delivery timeout.
    fn fit(&self) -> u32 {
        (self.delivery_timeout_ms / self.request_timeout_ms.max(1)).max(1)
    }

    /// Returns true if `retries` are used up before the delivery timeout has passed.
    pub fn retries_end_first(&self) -> bool {
        self.retries.saturating_add(1) < self.fit()
    }

    /// How many requests fit into the delivery timeout, and into the retries, at most 5.
    pub fn attempts(&self) -> u8 {
        self.fit().min(self.retries.saturating_add(1)).min(5) as u8
    }
}

/// The topic and its brokers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// Copies of the partition, 1 to 3; 1 by default (`default.replication.factor`).
    #[serde(rename = "replication.factor", default = "one")]
    pub replication_factor: u8,
    /// 1 by default. A floor for `acks=all`, and for the high watermark.
    #[serde(rename = "min.insync.replicas", default = "one")]
    pub min_insync_replicas: u8,
    /// `false` by default.
    #[serde(rename = "unclean.leader.election.enable", default)]
    pub unclean_leader_election: bool,
    /// 1 where replicas that left the in-sync set below `min.insync.replicas` may still lead, as
    /// in clusters made by 4.1 and later; 0 in older ones (KIP-966; docs/operations,
    /// eligible-leader-replicas).
    #[serde(
        rename = "eligible.leader.replicas.version",
        default = "one",
        skip_serializing_if = "is_one"
    )]
    pub eligible_leader_replicas: u8,
    /// How many replicas are in sync at the start; all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_sync_at_start: Option<u8>,
}

/// How the application consumes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// `true` by default: positions of earlier polls are committed inside `poll`.
    #[serde(rename = "enable.auto.commit", default = "yes")]
    pub enable_auto_commit: bool,
    /// `read_uncommitted` by default.
    #[serde(rename = "isolation.level", default)]
    pub isolation_level: Isolation,
    /// Where to begin without a committed offset; `latest` by default.
    #[serde(rename = "auto.offset.reset", default)]
    pub auto_offset_reset: Reset,
    /// The group has never committed an offset.
    #[serde(default)]
    pub new_group: bool,
    /// What whoever reads the output topic sees of transactions that aborted.
    #[serde(rename = "output isolation.level", default = "committed")]
    pub output_isolation_level: Isolation,
}

fn committed() -> Isolation {
    Isolation::ReadCommitted
}

impl Default for Consumer {
    fn default() -> Self {
        Consumer {
            enable_auto_commit: true,
            isolation_level: Isolation::default(),
            auto_offset_reset: Reset::default(),
            new_group: false,
            output_isolation_level: Isolation::ReadCommitted,
        }
    }
}

/// `isolation.level`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    #[default]
    ReadUncommitted,
    /// Hides aborted records, and stops before the first open transaction.
    ReadCommitted,
}

/// `auto.offset.reset`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reset {
    #[default]
    Latest,
    Earliest,
}
