//! The values that settings take: one that its product refuses is not judged as if it were another.

use super::part::{Item, Part, RemarkKind, Sheet, Value};
use super::plan::Refusal;

/// The values that a setting takes.
enum Domain {
    /// One of these words, whatever their case and punctuation.
    Words(&'static [&'static str]),
    /// A whole number.
    Number,
    /// `true` or `false`.
    Bool,
}

/// Returns the values that a setting takes; `None` if it takes any.
fn domain_of(name: &str) -> Option<Domain> {
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

/// Returns the letters, digits and sign of a word, in lower case.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-');
    kept.collect::<String>().to_lowercase().replace("read-", "read")
}

impl Domain {
    fn fits(&self, value: &str) -> bool {
        let value = value.trim();
        match self {
            Domain::Words(words) => words.iter().any(|word| plain(word) == plain(value)),
            Domain::Number => value.parse::<i128>().is_ok(),
            Domain::Bool => ["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word)),
        }
    }

    fn allowed(&self) -> String {
        match self {
            Domain::Words(words) => format!("use one of {}", words.join(", ")),
            Domain::Number => "use a whole number".into(),
            Domain::Bool => "use true or false".into(),
        }
    }
}

/// Returns the text of a value that does not fit.
fn misfit(item: &Item) -> Option<(&str, Domain)> {
    let Value::Text(value) = &item.value else { return None };
    let domain = domain_of(&item.name)?;
    (!domain.fits(value)).then_some((value.as_str(), domain))
}

/// Reports the numbers and switches that cannot be read: the default is taken instead.
pub fn report(sheet: &mut Sheet) {
    let mut found = Vec::new();
    for item in sheet.parts.iter_mut().flat_map(|part| &mut part.items) {
        let Some((value, domain)) = misfit(item) else { continue };
        if matches!(domain, Domain::Words(_)) {
            continue;
        }
        let allowed = domain.allowed();
        let text = format!(
            "{}: {value} cannot be read, {allowed}; the default is taken instead",
            item.written
        );
        found.push((item.place, text));
        item.value = Value::Unknown(value.to_owned());
    }
    for (place, text) in found {
        sheet.remark(RemarkKind::Unreadable, place, text);
    }
}

/// Returns the refusal of the first word that its product does not take.
pub fn refusal<'a>(parts: impl Iterator<Item = &'a Part>) -> Option<Refusal> {
    parts.flat_map(|part| &part.items).find_map(|item| {
        let (value, domain) = misfit(item)?;
        let Domain::Words(words) = domain else { return None };
        let text = format!("{}={value} is refused: {}", item.written, domain.allowed());
        Some(Refusal {
            text,
            name: item.name.clone(),
            remedy: format!("{}={}", item.name, words[0]),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
