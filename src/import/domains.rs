//! The values that settings take, and what frameworks make of other ways to write them.

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
        "enable.idempotence"
        | "enable.auto.commit"
        | "unclean.leader.election.enable"
        | "durable"
        | "auto_ack"
        | "x-single-active-consumer"
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

/// Returns a value as its product has it, which Spring Boot and SmallRye make of it: `on` is `true`, and
/// `5m` a number of milliseconds.
pub fn converted(name: &str, value: &str) -> Option<String> {
    let trimmed = value.trim().to_lowercase();
    match domain_of(name)? {
        Domain::Bool => match trimmed.as_str() {
            "on" | "yes" | "1" => Some("true".into()),
            "off" | "no" | "0" => Some("false".into()),
            _ => None,
        },
        Domain::Number if name.ends_with(".ms") => milliseconds(&trimmed).map(|ms| ms.to_string()),
        Domain::Number | Domain::Words(_) => None,
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

/// Returns the letters, digits and sign of a word, in lower case.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-');
    kept.collect::<String>().to_lowercase().replace("read-", "read")
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
