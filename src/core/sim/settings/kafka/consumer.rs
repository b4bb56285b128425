//! The settings of a Kafka consumer.

use crate::sim::settings::{is_true, yes};
use serde::{Deserialize, Serialize};

/// Settings of the consumer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// `true` by default: positions of earlier polls are committed inside `poll`.
    #[serde(rename = "enable.auto.commit", default = "yes")]
    pub enable_auto_commit: bool,
    /// `read_uncommitted` by default.
    #[serde(rename = "isolation.level", default)]
    pub isolation_level: Isolation,
    /// The starting position without a committed offset; `latest` by default.
    #[serde(rename = "auto.offset.reset", default)]
    pub auto_offset_reset: Reset,
    /// The group has never committed an offset.
    #[serde(default)]
    pub new_group: bool,
    /// The isolation level at which the output topic is read: whether its readers see the records
    /// of aborted transactions.
    #[serde(rename = "output isolation.level", default = "committed")]
    pub output_isolation_level: Isolation,
    /// The maximum time between two polls, in milliseconds; 300000 by default.
    #[serde(
        rename = "max.poll.interval.ms",
        default = "five_minutes",
        skip_serializing_if = "is_five_minutes"
    )]
    pub max_poll_interval_ms: u32,
    /// The maximum number of records that a poll returns; 500 by default. A consumer that commits
    /// each record gets them one by one, and their number counts for `max.poll.interval.ms` only;
    /// one that commits batches gets them together (`batch_ack`).
    #[serde(
        rename = "max.poll.records",
        default = "five_hundred",
        skip_serializing_if = "is_five_hundred"
    )]
    pub max_poll_records: u32,
    /// After a failed attempt, seek back and poll the record again, and after the last one the rest
    /// of its poll, as Spring Kafka's `DefaultErrorHandler` does by default; otherwise try again in
    /// process, and go on with the poll.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub seek_after_error: bool,
}

fn five_minutes() -> u32 {
    300_000
}

fn is_five_minutes(ms: &u32) -> bool {
    *ms == five_minutes()
}

fn five_hundred() -> u32 {
    500
}

fn is_five_hundred(n: &u32) -> bool {
    *n == five_hundred()
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
            max_poll_interval_ms: five_minutes(),
            max_poll_records: five_hundred(),
            seek_after_error: true,
        }
    }
}

/// The `isolation.level` setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    #[default]
    ReadUncommitted,
    /// Hides aborted records, and stops at the last stable offset, before the first open
    /// transaction.
    ReadCommitted,
}

/// The `auto.offset.reset` setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reset {
    #[default]
    Latest,
    Earliest,
}
