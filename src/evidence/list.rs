//! The recordings in the repository, compiled into the programs that show them. Each is read when
//! it is asked for: the page needs those of one scenario at a time.

use super::{Head, Recording};
use std::fmt;

macro_rules! recordings {
    ($($product:literal: $($id:literal)*;)*) => {
        &[$($(($id, include_str!(concat!(
            "../../tests/truth/recordings/", $product, "/", $id, ".jsonl"
        )))),*),*]
    };
}

/// All recordings, by product, each with its name: the ID of the scenario, and a number if there
/// are several of it.
const TEXTS: &[(&str, &str)] = recordings![
    "rabbitmq":
        "ack-lost" "ack-unheard" "auto-ack-crash" "crash-after-work" "crash-before-persist"
        "crash-before-persist+1" "crash-before-work" "dead-letter" "dedup-claim-lease"
        "dedup-claim-lost" "dedup-insert" "dedup-memory" "dedup-memory-crash" "dedup-redis"
        "dedup-redis-ttl" "dedup-redis-window" "dedup-set" "dedup-upsert" "dual-write"
        "dual-write-reversed" "inbox-crash-after-commit" "inbox-crash-before-commit"
        "inbox-mail" "inbox-pruned" "inbox-reply-lost" "inbox-sent-twice" "message-lost"
        "nack-requeue" "outbox-crash" "outbox-inbox" "outbox-relay-crash"
        "rabbitmq-auto-ack" "rabbitmq-confirm-lost" "rabbitmq-confirms"
        "rabbitmq-connection-lost" "rabbitmq-dead-letter-persistent"
        "rabbitmq-dead-letter-persistent+2" "rabbitmq-dead-letter-persistent+3"
        "rabbitmq-dead-letter-transient" "rabbitmq-delivery-limit"
        "rabbitmq-fire-and-forget" "rabbitmq-mandatory" "rabbitmq-manual-ack"
        "rabbitmq-nack-not-counted" "rabbitmq-no-confirms" "rabbitmq-persistent"
        "rabbitmq-persistent+1" "rabbitmq-poison" "rabbitmq-power-loss"
        "rabbitmq-power-loss+1" "rabbitmq-power-loss+2" "rabbitmq-quorum"
        "rabbitmq-quorum+1" "rabbitmq-reject" "rabbitmq-reject-dlx" "rabbitmq-transient"
        "rabbitmq-transient+1" "rabbitmq-two-consumers" "rabbitmq-unroutable"
        "replicate-before-ack" "replicate-before-ack+1" "retries-exhausted-delivered"
        "retries-exhausted-lost" "retry-after-loss" "sync-before-ack" "sync-before-ack+1"
        "test-kill-consumer" "test-kill-consumer-fails" "test-sent-twice";
];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Returns all recordings. A test reads each of them, so none is left out.
pub fn recordings() -> Vec<Recording> {
    TEXTS.iter().flat_map(|(_, text)| Recording::read(text)).collect()
}

/// Returns the recordings of a scenario; that of the run that the catalogue shows comes first.
pub fn recordings_of(scenario: &str) -> Vec<Recording> {
    texts_of(scenario).flat_map(Recording::read).collect()
}

fn texts_of(scenario: &str) -> impl Iterator<Item = &'static str> {
    let is_own = move |name: &str| name.split('+').next() == Some(scenario);
    TEXTS.iter().filter(move |(name, _)| is_own(name)).map(|&(_, text)| text)
}

/// A product on which a scenario was seen, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The product: "RabbitMQ".
    pub product: String,
    /// Its version.
    pub version: String,
    /// The day of the recording: 2026-11-27.
    pub date: String,
}

impl fmt::Display for Sighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seen on {} {}, {}", self.product, self.version, day(&self.date))
    }
}

/// Returns a day as people write it: 27 Nov 2026.
fn day(date: &str) -> String {
    let parts: Vec<&str> = date.split('-').collect();
    let month = |text: &str| MONTHS.get(text.parse::<usize>().ok()?.checked_sub(1)?);
    match parts[..] {
        [year, number, day] => match month(number) {
            Some(name) => format!("{} {name} {year}", day.trim_start_matches('0')),
            None => date.to_owned(),
        },
        _ => date.to_owned(),
    }
}

/// Returns where and when a scenario was seen, if it was.
pub fn sighting(scenario: &str) -> Option<Sighting> {
    let head: Head = serde_json::from_str(texts_of(scenario).next()?.lines().next()?).ok()?;
    Some(head.sighting())
}

impl Head {
    /// Returns where and when the recording was made.
    pub fn sighting(&self) -> Sighting {
        let Head { product, version, date, .. } = self.clone();
        Sighting { product, version, date }
    }
}

/// Returns the sentence that tells whether a scenario was seen on a real product: "Seen on RabbitMQ
/// 4.3.6, 27 Nov 2026".
pub fn sentence(scenario: &str) -> String {
    sighting(scenario).map_or_else(|| "Not seen on a real product".into(), |seen| seen.to_string())
}

#[cfg(test)]
mod tests {
    use super::{day, recordings_of, sentence};

    #[test]
    fn a_sentence_names_product_version_and_day() {
        let first = &recordings_of("rabbitmq-persistent")[0].head;
        let sentence = sentence("rabbitmq-persistent");
        assert!(sentence.starts_with(&format!("Seen on RabbitMQ {}, ", first.version)));
        assert!(sentence.ends_with(&first.date[..4]), "{sentence}");
        assert_eq!(super::sentence("sqs-duplicate"), "Not seen on a real product");
    }

    #[test]
    fn days_are_written_as_people_write_them() {
        assert_eq!(day("2026-11-07"), "7 Nov 2026");
        assert_eq!(day("2026-13-07"), "2026-13-07");
    }

    #[test]
    fn a_name_that_begins_with_another_is_not_of_its_scenario() {
        assert_eq!(recordings_of("rabbitmq-persistent").len(), 2);
        assert_eq!(recordings_of("dedup-memory").len(), 1);
        assert!(recordings_of("rabbitmq").is_empty());
    }
}
