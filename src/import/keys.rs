//! The keys that each product and framework reads, as lists: a key that is on none has no effect.
//!
//! A line of a list is a side (`P` producer, `C` consumer, `B` broker, `*` any), the key as its
//! product writes it, and `= name` where the rest of the importer calls it by another name.

use crate::did_you_mean::nearest;
use crate::import::part::Side;
use crate::lab::{self, names};
use std::collections::HashMap;
use std::sync::OnceLock;

/// A list of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    KafkaJava,
    Librdkafka,
    KafkaBroker,
    Spring,
    Smallrye,
    Rabbitmq,
    Celery,
    Sqs,
}

/// A key that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The side that reads it; `None` for any.
    pub side: Option<Side>,
    /// The key as its product writes it.
    pub written: &'static str,
    /// The name of the setting in the importer, usually the same.
    pub name: &'static str,
}

impl Space {
    fn text(self) -> &'static str {
        match self {
            Space::KafkaJava => names::KAFKA_JAVA,
            Space::Librdkafka => names::LIBRDKAFKA,
            Space::KafkaBroker => names::KAFKA_BROKER,
            Space::Spring => include_str!("keys/spring.txt"),
            Space::Smallrye => include_str!("keys/smallrye.txt"),
            Space::Rabbitmq => names::RABBITMQ,
            Space::Celery => include_str!("keys/celery.txt"),
            Space::Sqs => names::SQS,
        }
    }

    fn list(self) -> &'static List {
        static ALL: OnceLock<HashMap<Space, List>> = OnceLock::new();
        let all = ALL.get_or_init(|| {
            use Space::*;
            let spaces =
                [KafkaJava, Librdkafka, KafkaBroker, Spring, Smallrye, Rabbitmq, Celery, Sqs];
            spaces.map(|space| (space, List::of(space.text()))).into()
        });
        &all[&self]
    }

    /// Returns all keys of the list.
    pub fn keys(self) -> &'static [Key] {
        &self.list().keys
    }

    /// Returns the key that is written exactly like this.
    pub fn exact(self, written: &str) -> Option<Key> {
        let list = self.list();
        list.exact.get(written).map(|&at| list.keys[at])
    }

    /// Returns the key that is meant, whatever stands between its words: `enableAutoCommit` is
    /// `enable.auto.commit`.
    pub fn loose(self, written: &str) -> Option<Key> {
        let (list, plain) = (self.list(), plain(written));
        let prefixed = || {
            list.prefixes
                .iter()
                .find(|(prefix, _)| plain.len() > prefix.len() && plain.starts_with(prefix))
        };
        let at = list.plain.get(&plain).or_else(|| prefixed().map(|(_, at)| at));
        at.map(|&at| list.keys[at])
    }

    /// Returns the keys that may have been meant, best first.
    pub fn near(self, written: &str) -> Vec<&'static str> {
        let list = self.list();
        let plain = plain(written);
        if let Some(&same) = list.plain.get(&plain) {
            return vec![list.keys[same].written];
        }
        // Comparing letter by letter is only worth it for keys of similar length or with a long
        // word in common.
        let words: Vec<String> = words(written).filter(|word| word.len() > 3).collect();
        let close = |key: &&Key| {
            let (asked, known) = (written.len(), key.written.len());
            asked.abs_diff(known) <= (asked + 2) / 4
                || words.iter().any(|word| key.written.contains(word.as_str()))
        };
        let known: Vec<(&str, &str)> =
            list.keys.iter().filter(close).map(|key| (key.written, key.written)).collect();
        nearest(written, &known).into_iter().map(|(key, _)| key).collect()
    }
}

impl Space {
    /// Returns the key of a side that may have been meant, written in the same way: with `_` between its
    /// words, or with a large or a small letter at its beginning.
    pub fn near_of(self, side: Side, written: &str) -> Option<&'static str> {
        let large = |key: &str| key.starts_with(|c: char| c.is_ascii_uppercase());
        let joined = |key: &str| key.chars().any(|c| c.is_ascii_uppercase());
        let known: Vec<(&str, &str)> = self
            .keys()
            .iter()
            .filter(|key| key.side == Some(side) && large(key.written) == large(written))
            .filter(|key| !(written.contains('_') && joined(key.written)))
            .filter(|key| !(joined(written) && key.written.contains('_')))
            .map(|key| (key.written, key.written))
            .collect();
        nearest(written, &known).first().map(|(key, _)| *key)
    }
}

/// A list with what is needed to find its keys quickly.
struct List {
    keys: Vec<Key>,
    exact: HashMap<&'static str, usize>,
    /// By letters and digits only.
    plain: HashMap<String, usize>,
    /// Keys that end with `.*`, by what stands in front of it.
    prefixes: Vec<(String, usize)>,
}

impl List {
    fn of(text: &'static str) -> List {
        let keys: Vec<Key> = text.lines().filter_map(line).collect();
        let mut list =
            List { keys, exact: HashMap::new(), plain: HashMap::new(), prefixes: Vec::new() };
        for (at, key) in list.keys.iter().enumerate() {
            match key.written.strip_suffix(".*") {
                Some(prefix) => list.prefixes.push((plain(prefix), at)),
                // The first of several equal keys counts.
                None => {
                    list.exact.entry(key.written).or_insert(at);
                    list.plain.entry(plain(key.written)).or_insert(at);
                }
            }
        }
        list
    }
}

/// Splits a key at everything that is no letter or digit.
fn words(key: &str) -> impl Iterator<Item = String> {
    key.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_lowercase)
}

fn line(line: &'static str) -> Option<Key> {
    let (side, rest) = line.split_once(' ').filter(|_| !line.starts_with('#'))?;
    let (written, name) = rest.split_once(" = ").unwrap_or((rest, rest));
    let side = match side {
        "P" => Some(Side::Producer),
        "C" => Some(Side::Consumer),
        "B" => Some(Side::Broker),
        _ => None,
    };
    Some(Key { side, written, name })
}

/// Returns the letters and digits of a key in lower case: the same for every way to write it.
pub fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The influence of a key on delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Influence {
    /// It is a setting that the importer maps.
    Setting,
    /// It makes no difference to what is delivered.
    None,
    /// It matters, and the model does not have it: the sentence says when.
    NotModeled(&'static str),
}

/// The names of settings that decide on a verdict, or that a rule reads.
const DECISIVE: &[&str] = &[
    // Kafka, producer.
    "acks",
    "enable.idempotence",
    "retries",
    "max.in.flight.requests.per.connection",
    "delivery.timeout.ms",
    "request.timeout.ms",
    "retry.backoff.ms",
    "retry.backoff.max.ms",
    "transactional.id",
    // Kafka, consumer.
    "enable.auto.commit",
    "enable.auto.offset.store",
    "isolation.level",
    "auto.offset.reset",
    "max.poll.interval.ms",
    "max.poll.records",
    "ack-mode",
    "async-acks",
    "concurrency",
    "commit",
    "commit-strategy",
    "failure-strategy",
    "on-error",
    "tries",
    "retry.topic",
    "retry.topic.attempts",
    "listener.type",
    "batch",
    // Kafka, topic and broker.
    "replication.factor",
    "default.replication.factor",
    "min.insync.replicas",
    "unclean.leader.election.enable",
    "version",
    // RabbitMQ.
    "confirm.select",
    "mandatory",
    "delivery_mode",
    "publisher-returns",
    "acknowledge-mode",
    "auto_ack",
    "prefetch_count",
    "default-requeue-rejected",
    "retry.enabled",
    "retry.max-attempts",
    "retry.max-retries",
    "retry.stateless",
    "max-concurrency",
    "batch-size",
    "consumer-batch-enabled",
    "x-queue-type",
    "durable",
    "x-delivery-limit",
    "x-consumer-timeout",
    "x-dead-letter-exchange",
    "x-dead-letter-strategy",
    "x-overflow",
    "x-single-active-consumer",
    "dead-letter-bound",
    "bound",
    "nodes",
    "exclusive",
    "auto_delete",
    "auto-bind-dlq",
    // SQS.
    "FifoQueue",
    "ContentBasedDeduplication",
    "VisibilityTimeout",
    "MessageRetentionPeriod",
    "maxReceiveCount",
    "MaxNumberOfMessages",
    "BatchSize",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "Timeout",
    "acknowledgement-mode",
    "message-visibility",
    // Celery.
    "acks_late",
    "reject_on_worker_lost",
    "acks_on_failure_or_timeout",
    "prefetch_multiplier",
    "visibility_timeout",
    "task_time_limit",
    "broker",
    "confirm_publish",
];

/// Why a length limit, which is far above the few messages that are tried, is not taken over.
const LENGTH: &str = "It matters where the queue gets that long: by default the oldest message is \
                      dropped or dead-lettered, confirmed or not; with x-overflow=reject-publish \
                      the publisher gets a nack instead, if it asks for confirms. The queue is \
                      looked at as one that never gets that long.";

/// Why a time after which records are deleted is not taken over: the runs that are tried here are
/// shorter than that.
const RETENTION: &str = "It matters for a consumer that is further behind than that: records are \
                         deleted whether anybody has read them or not, and it goes on where \
                         auto.offset.reset says, without an error unless that is none. Here \
                         records are looked at as being read before.";

/// Returns the influence of a key, by its name in the importer and its value, if that is a literal.
pub fn influence(name: &str, value: Option<&str>) -> Influence {
    if DECISIVE.contains(&name) {
        return Influence::Setting;
    }
    if name == "x-max-length" {
        return Influence::NotModeled(LENGTH);
    }
    if matches!(name, "retention.ms" | "log.retention.ms") {
        return Influence::NotModeled(RETENTION);
    }
    match lab::effect(name, value) {
        Some(effect) if effect.matters => Influence::NotModeled(effect.label),
        _ => Influence::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_however_they_are_written() {
        let spring = |key: &str| Space::Spring.loose(key).map(|key| key.name);
        assert_eq!(spring("spring.kafka.consumer.enableAutoCommit"), Some("enable.auto.commit"));
        assert_eq!(spring("SPRING_KAFKA_PRODUCER_ACKS"), Some("acks"));
        assert_eq!(spring("spring.kafka.enable-auto-commit"), None);
        let near = Space::Spring.near("spring.kafka.enable-auto-commit");
        assert_eq!(near.first(), Some(&"spring.kafka.consumer.enable-auto-commit"));
        assert_eq!(Space::KafkaJava.exact("enable_auto_commit"), None);
        assert_eq!(Space::KafkaJava.near("enable_auto_commit"), ["enable.auto.commit"]);
        for (written, side, meant) in [
            ("visibility_timeout", Side::Broker, "visibility_timeout_seconds"),
            ("VisibilityTimout", Side::Broker, "VisibilityTimeout"),
            ("FunctionResponseType", Side::Consumer, "FunctionResponseTypes"),
            ("functionResponseTypes", Side::Consumer, "functionResponseType"),
        ] {
            assert_eq!(Space::Sqs.near_of(side, written), Some(meant));
        }
        assert_eq!(
            Space::Librdkafka.exact("max.in.flight").map(|k| k.name),
            Some("max.in.flight.requests.per.connection")
        );
    }

    #[test]
    fn no_key_stands_twice() {
        for space in [Space::KafkaJava, Space::Librdkafka, Space::KafkaBroker, Space::Spring] {
            let mut seen = std::collections::BTreeSet::new();
            for key in space.keys() {
                assert!(
                    seen.insert((key.written, key.side.map(|s| s as u8))),
                    "{space:?}: {}",
                    key.written
                );
            }
            assert!(seen.len() > 100, "{space:?}");
        }
    }
}
