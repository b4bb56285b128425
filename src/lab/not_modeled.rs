//! Settings that the products have and the model does not, and whether they make a difference to
//! delivery.
//!
//! The rows below have what there is to say of a setting. Any other name of a product
//! ([`super::names`]) makes no difference.
//!
//! Sources: Kafka `ProducerConfig.java`, `ConsumerConfig.java`, `TopicConfig.java` and the broker
//! configuration; librdkafka `CONFIGURATION.md`; rabbitmq.com/docs/consumers, /maxlength, /ttl,
//! /priority, /dlx, /ae, /alarms, /quorum-queues, /configure; the SQS API pages of
//! SetQueueAttributes, SendMessage and ReceiveMessage, and Lambda's of CreateEventSourceMapping;
//! the frameworks' own references.

mod rows;

use super::names;
use crate::did_you_mean::nearest;
use rows::{ALL, Unmodeled};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The explanation for values that make no difference.
const NO_DIFFERENCE: &str =
    "It makes no difference to which messages are delivered, how often and in which order.";

/// The explanation for settings that the products' references list and no row names.
const NOTHING_KNOWN: &str = "Nothing is known of it that would change which messages are delivered, how often or in which \
     order.";

/// What a setting that the model does not have means for delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    pub product: &'static str,
    /// There are runs in which it makes a difference.
    pub matters: bool,
    /// When it makes a difference, or why it makes none.
    pub label: &'static str,
}

impl Unmodeled {
    fn effect(&self) -> Effect {
        Effect { product: self.product, matters: self.matters, label: self.label }
    }
}

/// Returns the effect of a setting that the model does not have, at this value if it is known;
/// `None` if no product has a setting of this name. The key may be the end of a path, and may have
/// other separators: `max-poll-records`.
pub fn effect(key: &str, value: Option<&str>) -> Option<Effect> {
    let asked = plain(key);
    let is = |name: &str| super::fits(key, name) || plain(name) == asked;
    // Names in Spring and Helm end with the product's own name.
    let ends = |name: &str| name.len() >= LONG && asked.ends_with(&plain(name));
    let find = |matches: &dyn Fn(&str) -> bool| {
        ALL.iter().find(|left| left.names.iter().any(|name| matches(name)))
    };
    let listed = || {
        // The key may be the path that such a setting would have.
        let ends = key.match_indices('.').map(|(at, _)| &key[at + 1..]);
        let product = std::iter::once(key).chain(ends).find_map(names::product)?;
        Some(Effect { product, matters: false, label: NOTHING_KNOWN })
    };
    let Some(left) = find(&is) else {
        return listed().or_else(|| find(&ends).map(Unmodeled::effect));
    };
    let about = |value: &str| left.values.iter().any(|own| own.eq_ignore_ascii_case(value));
    Some(match left.values.is_empty() || value.is_none_or(about) {
        true => left.effect(),
        false => Effect { product: left.product, matters: false, label: NO_DIFFERENCE },
    })
}

/// Returns why a setting that the model does not have does or does not matter; `None` if the name
/// is unknown.
pub fn not_modeled(key: &str) -> Option<String> {
    let Effect { product, label, .. } = effect(key, None)?;
    // The caller adds the period or not, as for every other rejection.
    let label = label.trim_end_matches('.');
    Some(format!("a setting of {product} that is not modeled. {label}"))
}

/// Returns the names of settings that the model does not have and that may have been meant.
pub fn near_names(key: &str) -> Vec<&'static str> {
    static NAMES: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    let rows = || ALL.iter().flat_map(|left| left.names.iter().copied());
    let names = NAMES.get_or_init(|| rows().chain(names::all().map(|(_, name)| name)).collect());
    // Comparing letter by letter is only worth it for names of similar length.
    let similar = |name: &&str| name.len().abs_diff(key.len()) <= (key.len() + 2) / 4;
    let known: Vec<_> = names.iter().copied().filter(similar).map(|name| (name, name)).collect();
    nearest(key, &known).into_iter().map(|(name, _)| name).collect()
}

/// Returns why a value of a setting that the model has is not modeled itself; `None` if the product
/// has no such value.
pub fn value_not_modeled(path: &str, value: &str) -> Option<String> {
    let is =
        |known: &&str| known.strip_suffix('*').map_or(value == *known, |p| value.starts_with(p));
    let row = VALUES.iter().find(|(of, values, _)| *of == path && values.iter().any(&is))?;
    Some(format!("a value that is not modeled. {}", row.2.trim_end_matches('.')))
}

/// Values of settings that the model has, without these values: path, values, explanation.
const VALUES: &[(&str, &[&str], &str)] = &[
    (
        "consumer.kafka.auto.offset.reset",
        &["none", "error"],
        "Without a committed offset the consumer stops with an error, and processes nothing until \
         an offset is set; nothing is skipped by it.",
    ),
    (
        "consumer.kafka.auto.offset.reset",
        &["by_duration:*"],
        "Without a committed offset the consumer begins at the first record that is not older than \
         that: it skips what is older, as latest does, and nothing newer, as earliest. A partition that \
         was added is read from its beginning if the consumer finds it within that time.",
    ),
    (
        "broker.rabbitmq.x-overflow",
        &["reject-publish-dlx"],
        "Only classic queues have it: it refuses like reject-publish, and dead-letters what it \
         refuses.",
    ),
    (
        "broker.rabbitmq.x-queue-type",
        &["stream"],
        "A stream is a log: consumers have offsets, and nothing is removed when it is acknowledged.",
    ),
    (
        "broker.rabbitmq.x-queue-type",
        &["x-mqtt-qos0", "mqtt-qos0"],
        "Such a queue belongs to an MQTT connection, and keeps nothing for it.",
    ),
];

/// Minimum length of a name to be matched as a suffix: names this long are not part of others by
/// chance.
const LONG: usize = 12;

/// Returns the letters and digits of a name in lower case.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::settings::table;

    #[test]
    fn no_name_stands_twice_or_is_modeled() {
        let mut seen = Vec::new();
        for name in ALL.iter().flat_map(|left| left.names) {
            assert!(!seen.contains(name), "{name} stands twice");
            seen.push(name);
            let field = table::all().find(|f| f.name() == *name);
            assert!(field.is_none(), "{name} is modeled");
        }
        assert!(seen.len() > 100, "{}", seen.len());
    }

    #[test]
    fn a_name_is_known_by_the_end_of_a_path_and_with_other_separators() {
        for (key, product) in [
            ("linger.ms", "Kafka"),
            ("producer.kafka.linger.ms", "Kafka"),
            ("spring.kafka.consumer.session-timeout-ms", "Kafka"),
            ("heartbeatIntervalMs", "Kafka"),
            ("broker.rabbitmq.x-max-length-bytes", "RabbitMQ"),
            ("delay_seconds", "SQS"),
        ] {
            let label = not_modeled(key).unwrap_or_else(|| panic!("{key} is not known"));
            assert!(label.starts_with(&format!("a setting of {product} that")), "{key}: {label}");
        }
        for key in ["acks", "celery", "", "ms", "retention", "consumer.count", "bound", "region"] {
            assert_eq!(not_modeled(key), None, "{key}");
        }
    }

    #[test]
    fn every_name_of_a_product_is_answered_for_its_product() {
        let mut names = 0;
        for (product, name) in names::all() {
            let effect = effect(name, None).unwrap_or_else(|| panic!("{name} is not known"));
            let own = [product, "librdkafka", "Kafka Streams", "Kafka Connect", "Lambda"];
            // Two products have a few names in common.
            let shares =
                |(other, same): (&str, &str)| other == effect.product && plain(same) == plain(name);
            let known = own.contains(&effect.product) || names::all().any(shares);
            assert!(known, "{name}: {}", effect.product);
            names += 1;
        }
        assert!(names > 1000, "{names}");
    }

    #[test]
    fn a_slip_of_a_name_leads_to_it_and_a_name_to_nothing_else() {
        assert_eq!(near_names("lingr.ms"), ["linger.ms"]);
        assert_eq!(near_names("x-max-agee").first(), Some(&"x-max-age"));
        assert_eq!(near_names("x-message-tll").first(), Some(&"x-message-ttl"));
        assert!(near_names("celery").is_empty() && near_names("timeout").is_empty());
    }

    #[test]
    fn the_value_decides_where_only_some_values_matter() {
        let matters = |key: &str, value: &str| effect(key, Some(value)).unwrap().matters;
        assert!(matters("queuing.strategy", "lifo") && !matters("queuing.strategy", "fifo"));
        assert!(matters("retention.bytes", "1000"));
        let why = value_not_modeled("consumer.kafka.auto.offset.reset", "none").unwrap();
        assert!(why.contains("stops with an error"), "{why}");
        assert!(value_not_modeled("consumer.kafka.auto.offset.reset", "by_duration:P1D").is_some());
        assert_eq!(value_not_modeled("consumer.kafka.auto.offset.reset", "lates"), None);
    }

    #[test]
    fn whatever_is_said_is_a_sentence_about_what_is_delivered() {
        for left in ALL {
            assert!(left.label.ends_with('.') && left.label.len() > 40, "{}", left.label);
        }
    }
}
