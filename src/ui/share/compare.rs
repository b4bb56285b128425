//! The address of a comparison:
//! `/compare?a=preset:kafka-default;acks=1&b=preset:kafka-default&fault=gone:broker@m1.acked&step=4`.
//!
//! A side is a preset or a scenario, followed by its changed settings, each after a `;`. The faults
//! are given once, for all sides.

use super::{
    AskedStep, Config, LONGEST_ID, NO_FAULT, pairs, percent_decoded, percent_encoded, read_step,
};

/// The names of the sides in an address, which also limit their number.
const KEYS: [&str; MOST_SIDES] = ["a", "b", "c"];
/// Maximum number of configurations in a comparison.
pub const MOST_SIDES: usize = 3;
/// Maximum number of settings of a side, and of faults, that are read.
const MOST: usize = 60;

/// Configurations under the same faults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// The configurations, without faults of their own.
    pub sides: Vec<Config>,
    /// The faults that strike on all sides; `None`: the faults of the first side's scenario.
    pub faults: Option<Vec<String>>,
    /// The number of messages on each side; `None`: that of the first side.
    pub messages: Option<u8>,
    pub step: AskedStep,
}

impl Compared {
    /// Returns the comparison of these configurations under these faults, at the start.
    pub fn new(sides: Vec<Config>, faults: Vec<String>) -> Compared {
        Compared { sides, faults: Some(faults), ..Compared::default() }
    }

    pub(super) fn read(query: &str) -> Compared {
        let mut read = Compared { step: read_step(query), ..Compared::default() };
        // A side is split before it is decoded: its values may contain the separators.
        let raw = |key: &str| {
            let all = query.split('&').filter_map(|pair| pair.split_once('='));
            all.take(MOST).find(|(name, _)| *name == key).map(|(_, value)| value)
        };
        read.sides = KEYS.into_iter().filter_map(raw).filter_map(read_side).collect();
        for (key, value) in pairs(query) {
            match key.as_str() {
                "fault" if value == NO_FAULT => read.faults = Some(Vec::new()),
                "fault" => read.faults.get_or_insert_default().push(value),
                "messages" => read.messages = value.parse().ok().filter(|n| (1..=4).contains(n)),
                _ => {}
            }
        }
        read
    }

    pub(super) fn text(&self) -> String {
        let mut query: Vec<String> = Vec::new();
        for (key, side) in KEYS.into_iter().zip(&self.sides) {
            query.push(format!("{key}={}", write_side(side)));
        }
        for fault in self.faults.iter().flatten() {
            query.push(format!("fault={}", percent_encoded(fault)));
        }
        if self.faults.as_ref().is_some_and(Vec::is_empty) {
            query.push(format!("fault={NO_FAULT}"));
        }
        if let Some(messages) = self.messages {
            query.push(format!("messages={messages}"));
        }
        if let AskedStep::At(step) = self.step {
            query.push(format!("step={step}"));
        }
        match query.is_empty() {
            true => "/compare/".to_owned(),
            false => format!("/compare/?{}", query.join("&")),
        }
    }
}

/// Parses a side such as `preset:kafka-default;acks=1`; `None` if it names no base.
fn read_side(raw: &str) -> Option<Config> {
    let first = percent_decoded(raw.split(';').next().unwrap_or_default());
    if first.contains(';') {
        // No name contains a semicolon: a mail program has encoded the whole value.
        return read_parts(&percent_decoded(raw));
    }
    read_parts(raw)
}

fn read_parts(raw: &str) -> Option<Config> {
    let decoded = |text: &str| percent_decoded(text).trim().to_owned();
    let mut parts = raw.split(';');
    let base = decoded(parts.next()?);
    let (kind, id) = base.split_once(':').unwrap_or(("", &base));
    let id = id.trim().to_lowercase();
    if id.is_empty() || id.len() > LONGEST_ID {
        return None;
    }
    let settings = parts.filter_map(|part| part.split_once('='));
    let settings = settings.map(|(key, value)| (decoded(key), decoded(value)));
    let settings = settings.filter(|(key, _)| !key.is_empty()).take(MOST).collect();
    Some(Config { base: id, preset: kind.trim() == "preset", settings, faults: None })
}

fn write_side(side: &Config) -> String {
    let kind = if side.preset { "preset" } else { "scenario" };
    let mut text = format!("{kind}:{}", percent_encoded(&side.base));
    for (key, value) in &side.settings {
        text += &format!(";{}={}", percent_encoded(key), percent_encoded(value));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::share::Address;

    fn read(text: &str) -> Compared {
        match Address::read(text) {
            Address::Compare(compared) => compared,
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn a_comparison_is_written_as_it_is_read() {
        for text in [
            "/compare/",
            "/compare/?a=preset:kafka-default;acks=1&b=preset:kafka-default&fault=gone:broker@m1.acked&step=4",
            "/compare/?a=scenario:ack-lost&b=scenario:inbox-sent-twice&c=preset:exactly-once",
            "/compare/?a=preset:sqs-fifo&b=preset:sqs-fifo;body=x,x&fault=none&messages=2",
        ] {
            assert_eq!(Address::read(text).text(), text);
        }
    }

    #[test]
    fn values_may_hold_what_separates_them() {
        let mut side = Config::preset("kafka-default");
        side.settings = vec![("transactional.id".into(), "a;b=c&d%3B#?".into())];
        let compared = Compared::new(vec![side], vec!["lose:ack@m1".into()]);
        assert_eq!(read(&Address::Compare(compared.clone()).text()), compared);
    }

    #[test]
    fn slips_are_forgiven() {
        let wanted = "/compare/?a=preset:kafka-default;acks=1&b=scenario:ack-lost&step=3";
        for text in [
            "#compare?a=preset:kafka-default;acks=1&b=scenario:ack-lost&step=3",
            "/Compare?a=preset%3Akafka-default%3Backs%3D1&b=ack-lost&step=03",
            "/compare/?b=scenario:Ack-Lost&a=preset:kafka-default;acks=1;&step=3&utm=1&d=x",
            "/compare?a=preset:kafka-default%3Backs=1&b=:ack-lost&a=other&step=3",
        ] {
            assert_eq!(Address::read(text).text(), wanted, "{text}");
        }
        assert_eq!(read("/compare?a=&b=;&c=preset:").sides, []);
        assert_eq!(read("/compare?messages=9&step=x").messages, None);
    }

    #[test]
    fn hostile_text_is_read_as_something() {
        let mut seed = 7_u64;
        let parts = [
            "/compare?",
            "a=",
            "b=",
            "c=",
            "&",
            ";",
            "=",
            ":",
            "%3B",
            "%3D",
            "%",
            "%25",
            "preset:",
            "scenario:",
            "kafka-default",
            "acks",
            "fault=",
            "none",
            "messages=",
            "step=",
            "9",
            "<script>",
            "\u{202e}",
            "ü",
            "\0",
            " ",
            "#",
            "?",
        ];
        let mut compared = 0;
        for round in 0..30_000 {
            let mut text = if round % 2 == 0 { "/compare?".to_owned() } else { String::new() };
            for _ in 0..14 {
                // A linear congruential generator: the same texts every time.
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text += parts[(seed >> 33) as usize % parts.len()];
            }
            let address = Address::read(&text);
            let written = address.text();
            assert!(!written.contains(['<', '"', ' ', '\0']), "{text:?}: {written:?}");
            if let Address::Compare(read) = &address {
                compared += 1;
                assert!(read.sides.len() <= MOST_SIDES);
                // An invalid step is reported once, and not written.
                let step = match &read.step {
                    AskedStep::Unreadable(_) => AskedStep::Start,
                    step => step.clone(),
                };
                let address = Compared { step, ..read.clone() };
                assert_eq!(
                    Address::read(&written),
                    Address::Compare(address),
                    "{text:?}: {written:?}"
                );
            }
        }
        assert!(compared > 10_000, "{compared}");
        let long = format!("/compare?a=preset:{}", "x".repeat(5_000));
        assert!(matches!(Address::read(&long), Address::Unknown(_)));
    }
}
