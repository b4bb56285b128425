//! The latency model: the duration of each operation, in virtual time.
//!
//! Durations are constant, log-normal or exponential, and are drawn from precomputed quantile
//! tables (inverse transform sampling), so that they are the same on every platform.

use crate::products;
use crate::sim::{CompiledScenario, MessageId};
use serde::{Deserialize, Serialize};

/// The distribution of a duration around its mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distribution {
    /// Constant: the value of a setting.
    Constant,
    /// Log-normal with σ = 0.5: mostly near the mean, occasionally much longer.
    LogNormal,
    /// Exponential: no duration is typical.
    Exponential,
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident $key:literal $mean:literal $shape:ident $label:literal $why:literal)*) => {
        /// An operation that takes time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation { $($(#[$doc])* $name,)* }

        impl Operation {
            /// All operations.
            pub const ALL: &[Operation] = &[$(Operation::$name),*];

            /// Returns the name used in plans, in links and on the command line.
            pub fn key(self) -> &'static str {
                match self { $(Operation::$name => $key),* }
            }

            /// Returns the default mean, in microseconds.
            pub fn usual_us(self) -> u64 {
                match self { $(Operation::$name => $mean),* }
            }

            /// Returns the distribution of the duration.
            pub fn shape(self) -> Distribution {
                match self { $(Operation::$name => Distribution::$shape),* }
            }

            /// Returns the operation in a few words.
            pub fn label(self) -> &'static str {
                match self { $(Operation::$name => $label),* }
            }

            /// Returns the source of the default mean.
            pub fn source(self) -> &'static str {
                match self { $(Operation::$name => $why),* }
            }
        }
    };
}

acts! {
    Gap "gap" 10_000 Constant "Interval between messages" "depends on your application"
    Network "network" 250 LogNormal "One-way network latency" "assumed: two zones of one region, 0.5 ms round trip"
    Api "api" 10_000 LogNormal "One-way latency to SQS" "20 ms round trip: SQS developer guide, horizontal scaling"
    Line "line" 10 LogNormal "CPU-only step" "assumed"
    Write "write" 50 LogNormal "Write to the page cache" "assumed"
    Sync "sync" 5_900 LogNormal "fsync" "5.9 ms: RabbitMQ's benchmark of quorum queues, August 2024"
    Replicate "replicate" 600 LogNormal "Replication to a follower" "assumed: a round trip and a write"
    Flush "flush" 30_000_000 Constant "OS page-cache flush interval" "30 s: dirty_expire_centisecs of Linux"
    HandOver "hand-over" 100 Exponential "Broker dispatch time" "assumed"
    Linger "linger.ms" 5_000 Constant "Producer batching delay (linger.ms)" "linger.ms, 5 since Kafka 4.0: KIP-1030"
    KafkaCommit "kafka-commit" 10_000 LogNormal "Kafka transaction commit" "about 10 ms to wait for a commit: Kafka's design notes, an order of magnitude"
    Work "work" 5_000 LogNormal "Handler processing time" "depends on your application"
    Database "database" 1_000 LogNormal "Database statement" "assumed"
    DatabaseCommit "database-commit" 6_000 LogNormal "Database commit" "assumed: one fsync"
    Redis "redis" 300 LogNormal "Redis call" "assumed"
    Service "service" 50_000 LogNormal "External service call" "assumed"
    AutoCommit "auto.commit.interval.ms" 5_000_000 Constant "Auto-commit interval" "ConsumerConfig.java"
    Session "session.timeout.ms" 45_000_000 Constant "Consumer session timeout" "ConsumerConfig.java"
    PollInterval "max.poll.interval.ms" 300_000_000 Constant "Maximum poll interval" "ConsumerConfig.java"
    Lag "replica.lag.time.max.ms" 30_000_000 Constant "Replica lag timeout" "ReplicationConfigs.java"
    Metadata "metadata.max.age.ms" 300_000_000 Constant "Client metadata refresh interval" "5 min: ProducerConfig.java"
    TransactionTimeout "transaction.timeout.ms" 60_000_000 Constant "Transaction timeout" "ProducerConfig.java"
    ConsumerTimeout "consumer_timeout" 1_800_000_000 Constant "Consumer ack timeout (consumer_timeout)" "30 min: RabbitMQ's docs/consumers"
    Heartbeat "heartbeat" 60_000_000 Constant "Dead-connection detection (heartbeat)" "60 s: RabbitMQ's docs/heartbeats"
    Election "election" 9_000_000 LogNormal "Leader election" "broker.session.timeout.ms: KRaftConfigs.java"
    ProcessRestart "process-restart" 10_000_000 Exponential "Application restart time" "assumed"
    BrokerRestart "broker-restart" 30_000_000 Exponential "Broker node restart time" "assumed"
    StoreRestart "store-restart" 10_000_000 Exponential "Database or Redis restart time" "assumed"
    Partition "partition" 60_000_000 Exponential "Partition duration" "assumed"
    Pause "pause" 1_000_000 Exponential "Pause length beyond the timeout" "assumed"
    Late "late" 60_000_000 Exponential "Delay of late packets" "assumed"
    Again "again" 1_000_000 Exponential "Delay of a duplicate send or a reappearing message" "assumed"
    DedupWindow "dedup-window" 300_000_000 Constant "FIFO deduplication window" "5 min: SQS, SendMessage"
    Ttl "ttl" 86_400_000_000 Constant "Redis TTL" "depends on your application"
    Inbox "inbox" 604_800_000_000 Constant "Inbox retention" "depends on your application"
}

impl Operation {
    /// Returns the operation with this name, if there is one.
    pub fn from_key(key: &str) -> Option<Operation> {
        Operation::ALL.iter().copied().find(|act| act.key() == key)
    }
}

/// The mean duration of every operation, in microseconds; only deviations from the defaults are
/// stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LatencyModel(std::collections::BTreeMap<String, u64>);

impl LatencyModel {
    /// Maximum mean, in microseconds: a year.
    pub const MOST_US: u64 = 365 * 86_400 * 1_000_000;

    /// Returns the mean duration of an operation, in microseconds.
    pub fn of(&self, act: Operation) -> u64 {
        self.0.get(act.key()).copied().unwrap_or(act.usual_us())
    }

    /// Sets the mean duration of an operation, in microseconds, capped at a year.
    pub fn set(&mut self, act: Operation, us: u64) {
        match us.min(LatencyModel::MOST_US) {
            us if us == act.usual_us() => self.0.remove(act.key()),
            us => self.0.insert(act.key().to_owned(), us),
        };
    }

    /// Returns the operations that deviate from the defaults, with their means in microseconds.
    pub fn changed(&self) -> impl Iterator<Item = (Operation, u64)> {
        self.0.iter().filter_map(|(key, &us)| Some((Operation::from_key(key)?, us)))
    }

    /// Returns the first entry whose name is no operation or whose time is too long, with the
    /// problem.
    pub(super) fn problem(&self) -> Option<(&str, &'static str)> {
        let wrong = |(key, &us): (&'_ String, &u64)| match Operation::from_key(key) {
            None => Some("there is no latency parameter of that name"),
            Some(_) if us > LatencyModel::MOST_US => Some("use a year at most"),
            Some(_) => None,
        };
        self.0.iter().find_map(|entry| Some((entry.0.as_str(), wrong(entry)?)))
    }
}

/// A random duration: its mean in nanoseconds, and its distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub mean: u64,
    pub shape: Distribution,
}

/// The cause of a delay: an operation, or a setting of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delay {
    Operation(Operation),
    /// The acknowledgment timeout.
    Ack,
    /// The backoff after this attempt.
    Backoff(u8),
    /// SQS's `VisibilityTimeout`.
    Visibility,
    /// SQS's `MessageRetentionPeriod`.
    Kept,
    /// JetStream's `duplicate_window`.
    Dedup,
    /// NATS's `PingInterval` times `MaxPingsOut`.
    Reconnect,
    /// JetStream's `inactive_threshold`.
    Inactive,
    /// `slow_handler_ms` and `eta_ms`.
    SlowHandler,
    /// `claim_lease_ms`.
    Lease,
    /// `outbox.lock_lease_ms`.
    RelayLease,
}

impl Delay {
    pub(super) fn span(self, setup: &CompiledScenario, pace: &LatencyModel) -> Span {
        let steady =
            |us: u64| Span { mean: us.saturating_mul(1000), shape: Distribution::Constant };
        // Without such a setting, messages neither become visible again nor expire by themselves.
        let seconds = |s: Option<u32>| steady(s.map_or(u64::MAX, |s| u64::from(s) * 1_000_000));
        let timing = &products::of(setup.configuration()).timing;
        match self {
            Delay::Ack => steady(u64::from(setup.ack_timeout_ms) * 1000),
            Delay::Backoff(n) => steady(u64::from(setup.backoff.after(n)) * 1000),
            Delay::Visibility => seconds((timing.redelivery_s)(setup.configuration())),
            Delay::Kept => seconds((timing.retention_s)(setup.configuration())),
            Delay::Dedup => seconds((timing.dedup_window_s)(setup.configuration())),
            Delay::Reconnect => seconds((timing.reconnect_s)(setup.configuration())),
            Delay::Inactive => seconds((timing.inactive_s)(setup.configuration())),
            Delay::SlowHandler => {
                let ms = setup.configuration().consumer.handler_times().slow_ms;
                ms.map_or(steady(pace.of(Operation::Pause)), |ms| steady(u64::from(ms) * 1000))
            }
            Delay::Lease => {
                let ms = setup.configuration().consumer.claim_lease_ms;
                steady(ms.map_or(u64::MAX, |ms| u64::from(ms) * 1000))
            }
            Delay::RelayLease => {
                steady(u64::from(setup.configuration().outbox.lock_lease_ms) * 1000)
            }
            Delay::Operation(act) => {
                let us = set_timeout_us(setup, act).unwrap_or(pace.of(act));
                Span { mean: us.saturating_mul(1000), shape: act.shape() }
            }
        }
    }
}

/// Returns the timeout that runs against a slow handler, in microseconds, if this is it and the
/// configuration sets it. Otherwise it is a parameter like the others.
fn set_timeout_us(setup: &CompiledScenario, act: Operation) -> Option<u64> {
    if !matches!(act, Operation::PollInterval | Operation::ConsumerTimeout) {
        return None;
    }
    let timeout = setup.configuration().broker.handler_timeout(&setup.configuration().consumer)?;
    let us = timeout.ms.saturating_mul(1000);
    (us != act.usual_us()).then_some(us)
}

/// Returns the time at which the application sends a message, in nanoseconds from the start of the
/// run.
pub(super) fn arrival(pace: &LatencyModel, msg: MessageId) -> u64 {
    pace.of(Operation::Gap).saturating_mul(1000).saturating_mul(u64::from(msg))
}

/// Quantile tables of the distributions, as multiples of the mean.
pub(super) struct Shapes {
    usual: Vec<u32>,
    random: Vec<u32>,
}

/// Number of entries in a table; a power of two.
const TIMES: usize = 1 << 10;
/// The mean in the fixed-point representation of the tables.
const ONE: u32 = 1 << 16;

impl Shapes {
    /// Returns the tables, computed once.
    pub(super) fn get() -> &'static Shapes {
        static SHAPES: std::sync::OnceLock<Shapes> = std::sync::OnceLock::new();
        SHAPES.get_or_init(Shapes::new)
    }

    fn new() -> Shapes {
        // The midpoint of each of `TIMES` equal intervals.
        let part = |i: usize| (i as f64 + 0.5) / TIMES as f64;
        let table = |time: &dyn Fn(f64) -> f64| {
            let times: Vec<f64> = (0..TIMES).map(|i| time(part(i))).collect();
            let mean = times.iter().sum::<f64>() / TIMES as f64;
            times.iter().map(|t| (t / mean * f64::from(ONE)) as u32).collect()
        };
        Shapes {
            usual: table(&|p| libm::exp(0.5 * normal_quantile(p))),
            random: table(&|p| -libm::log1p(-p)),
        }
    }

    /// Returns tables in which every duration equals its mean.
    pub(super) fn steady() -> &'static Shapes {
        static SHAPES: std::sync::OnceLock<Shapes> = std::sync::OnceLock::new();
        SHAPES.get_or_init(|| Shapes { usual: vec![ONE; TIMES], random: vec![ONE; TIMES] })
    }

    /// Returns the duration for a random number, in nanoseconds.
    #[inline]
    pub(super) fn draw(&self, span: Span, random: u32) -> u64 {
        let table = match span.shape {
            Distribution::Constant => return span.mean,
            Distribution::LogNormal => &self.usual,
            Distribution::Exponential => &self.random,
        };
        let times = table[random as usize % TIMES];
        match span.mean < 1 << 40 {
            true => (span.mean * u64::from(times)) >> 16,
            false => (span.mean >> 16).saturating_mul(u64::from(times)),
        }
    }
}

/// Returns the `p`-quantile of the standard normal distribution.
fn normal_quantile(p: f64) -> f64 {
    let below = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if below(middle) < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again() {
        for &act in Operation::ALL {
            assert_eq!(Operation::from_key(act.key()), Some(act));
            assert!(!act.label().is_empty() && !act.source().is_empty());
        }
    }

    #[test]
    fn a_shape_has_its_mean_and_its_spread() {
        let shapes = Shapes::new();
        let times = |shape| -> Vec<u64> {
            let span = Span { mean: 1_000_000, shape };
            (0..TIMES as u32).map(|i| shapes.draw(span, i)).collect()
        };
        for shape in [Distribution::Constant, Distribution::LogNormal, Distribution::Exponential] {
            let mean = times(shape).iter().sum::<u64>() / TIMES as u64;
            assert!(mean.abs_diff(1_000_000) < 100, "{shape:?}: {mean}");
        }
        // The medians: exp(-σ²/2) and ln 2 of the mean.
        let median = |shape| times(shape)[TIMES / 2];
        assert!(
            median(Distribution::LogNormal).abs_diff(882_497) < 3_000,
            "{}",
            median(Distribution::LogNormal)
        );
        assert!(
            median(Distribution::Exponential).abs_diff(693_147) < 3_000,
            "{}",
            median(Distribution::Exponential)
        );
    }

    #[test]
    fn long_times_do_not_overflow() {
        let span = Span { mean: LatencyModel::MOST_US * 1000, shape: Distribution::Exponential };
        assert!(Shapes::new().draw(span, u32::MAX) > span.mean);
    }

    #[test]
    fn a_pace_keeps_only_what_differs() {
        let mut pace = LatencyModel::default();
        pace.set(Operation::Work, 20_000);
        assert_eq!(pace.of(Operation::Work), 20_000);
        assert_eq!(pace.changed().collect::<Vec<_>>(), [(Operation::Work, 20_000)]);
        pace.set(Operation::Work, Operation::Work.usual_us());
        assert_eq!(pace, LatencyModel::default());
    }
}
