//! The values that settings take, and what frameworks make of other ways to write them.

use super::part::{Item, Value};

/// The values that a setting takes.
pub enum Domain {
    /// One of these words, whatever their case and punctuation.
    Words(&'static [&'static str]),
    /// A whole number.
    Number,
    /// `true` or `false`.
    Bool,
}

/// Returns the values that a setting takes; `None` if it takes any.
pub fn domain_of(name: &str) -> Option<Domain> {
    Some(match name {
        "acks" => Domain::Words(&["all", "-1", "0", "1"]),
        "isolation.level" => Domain::Words(&["read_committed", "read_uncommitted"]),
        "auto.offset.reset" => Domain::Words(&[
            "earliest",
            "smallest",
            "beginning",
            "latest",
            "largest",
            "end",
            "none",
            "error",
        ]),
        "x-queue-type" => Domain::Words(&["classic", "quorum", "stream"]),
        "acknowledge-mode" => Domain::Words(&["auto", "manual", "none"]),
        "acknowledgement-mode" => Domain::Words(&["ON_SUCCESS", "ALWAYS", "MANUAL"]),
        "ack-mode" => Domain::Words(&[
            "batch",
            "record",
            "time",
            "count",
            "count-time",
            "manual",
            "manual-immediate",
        ]),
        "confirm.select" => Domain::Words(&["correlated", "simple", "none", "true", "false"]),
        "enable.idempotence"
        | "enable.auto.commit"
        | "unclean.leader.election.enable"
        | "durable"
        | "auto_ack"
        | "x-single-active-consumer"
        | "default-requeue-rejected"
        | "retry.enabled"
        | "retry.stateless"
        | "retry.topic"
        | "publisher-returns"
        | "mandatory"
        | "auto-bind-dlq"
        | "consumer-batch-enabled"
        | "async-acks"
        | "batch"
        | "FifoQueue"
        | "ContentBasedDeduplication" => Domain::Bool,
        "retries"
        | "max.in.flight.requests.per.connection"
        | "delivery.timeout.ms"
        | "request.timeout.ms"
        | "max.poll.interval.ms"
        | "max.poll.records"
        | "replication.factor"
        | "min.insync.replicas"
        | "x-delivery-limit"
        | "prefetch_count"
        | "maxReceiveCount"
        | "VisibilityTimeout"
        | "MessageRetentionPeriod"
        | "BatchSize" => Domain::Number,
        _ => return None,
    })
}

/// Settings that an enumeration has in Spring or a switch in SmallRye, and that are compared as they are
/// written. Others are compared in any case.
const ENUMERATIONS: [&str; 2] = ["confirm.select", "acknowledgement-mode"];

/// Returns a value as its product has it, which Spring Boot and SmallRye make of it: `on` is `true`, `5m`
/// a number of milliseconds, and a word of an enumeration may be written in any case, with any signs
/// between its parts. `None` if it is already written so, or is none of these.
///
/// Sources: Spring Framework `StringToBooleanConverter`, Spring Boot `LenientObjectToEnumConverterFactory`
/// and `DurationStyle`; MicroProfile Config, "Built-in Converters".
pub fn converted(name: &str, value: &str) -> Option<String> {
    let trimmed = value.trim().to_lowercase();
    let own = match domain_of(name)? {
        Domain::Bool => match flag(&trimmed)? {
            true => "true".to_owned(),
            false => "false".to_owned(),
        },
        Domain::Number if name.ends_with(".ms") => milliseconds(&trimmed)?.to_string(),
        Domain::Words(words) if ENUMERATIONS.contains(&name) => {
            let word = |text: &str| words.iter().find(|word| plain(word) == plain(text));
            // SmallRye asks for confirms with a switch.
            let switch = || word(if flag(&trimmed)? { "true" } else { "false" });
            (*word(&trimmed).or_else(switch)?).to_owned()
        }
        Domain::Number | Domain::Words(_) => return None,
    };
    (own != value).then_some(own)
}

/// Writes a value as its product has it.
pub fn convert(item: &mut Item) {
    if let Value::Text(value) = &mut item.value
        && let Some(converted) = converted(&item.name, value)
    {
        *value = converted;
    }
}

/// Reads a switch, however Spring and SmallRye take it.
pub fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "on" | "yes" | "y" | "1" => Some(true),
        "false" | "off" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// Reads a duration as Spring Boot writes it, in lower case: `30s`, or `pt30s` as ISO 8601 has it.
fn milliseconds(text: &str) -> Option<u64> {
    let (text, is_iso) = match text.strip_prefix("pt") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = (text[..digits].parse::<u64>().ok()?, &text[digits..]);
    let times = match unit {
        "ms" if !is_iso => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" if !is_iso => 86_400_000,
        _ => return None,
    };
    number.checked_mul(times)
}

/// Returns the letters and digits of a word in lower case, and the sign of a number.
fn plain(text: &str) -> String {
    let sign = if text.trim().starts_with('-') { "-" } else { "" };
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    sign.chars().chain(kept).collect::<String>().to_lowercase()
}

impl Domain {
    pub fn fits(&self, value: &str) -> bool {
        let value = value.trim();
        match self {
            Domain::Words(words) => words.iter().any(|word| plain(word) == plain(value)),
            Domain::Number => value.parse::<i128>().is_ok(),
            Domain::Bool => ["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word)),
        }
    }

    pub fn allowed(&self) -> String {
        match self {
            Domain::Words(words) => format!("use one of {}", words.join(", ")),
            Domain::Number => "use a whole number".into(),
            Domain::Bool => "use true or false".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_converted_as_spring_does() {
        for (name, value, expected) in [
            ("enable.auto.commit", "yes", Some("true")),
            ("enable.auto.commit", "OFF", Some("false")),
            ("enable.auto.commit", "true", None),
            ("default-requeue-rejected", "FALSE", Some("false")),
            ("retry.enabled", "y", Some("true")),
            ("confirm.select", "Correlated", Some("correlated")),
            ("acknowledgement-mode", "on-success", Some("ON_SUCCESS")),
            ("confirm.select", "Yes", Some("true")),
            ("acks", "ALL", None),
            ("max.poll.interval.ms", "5m", Some("300000")),
            ("max.poll.interval.ms", "PT30S", Some("30000")),
            ("max.poll.interval.ms", "500ms", Some("500")),
            ("max.poll.interval.ms", "500", None),
            ("max.poll.interval.ms", "5 fortnights", None),
            ("acks", "yes", None),
        ] {
            assert_eq!(converted(name, value).as_deref(), expected, "{name}={value}");
        }
    }

    #[test]
    fn values_fit_however_they_are_written() {
        for (name, value, fits) in [
            ("acks", "all", true),
            ("acks", "-1", true),
            ("acks", "2", false),
            ("isolation.level", "READ_COMMITTED", true),
            ("isolation.level", "read-uncommitted", true),
            ("isolation.level", "comitted", false),
            ("retries", "2147483647", true),
            ("retries", "abc", false),
            ("x-delivery-limit", "-1", true),
            ("enable.idempotence", "True", true),
            ("enable.idempotence", "maybe", false),
        ] {
            assert_eq!(domain_of(name).unwrap().fits(value), fits, "{name}={value}");
        }
        assert!(domain_of("transactional.id").is_none());
    }
}
