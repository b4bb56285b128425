//! The names of the products' settings, whether or not the model has them.
//!
//! A line of a list is a side (`P` producer, `C` consumer, `B` broker, `*` any), the name as its
//! product writes it, and `= name` where it is another name of a setting.
//!
//! Sources: Kafka `ProducerConfig.java`, `ConsumerConfig.java`, `TopicConfig.java` and the
//! configurations of brokers, Connect and Streams; librdkafka `CONFIGURATION.md`; RabbitMQ
//! `rabbit.schema`, rabbitmq.com/docs/queues and /policies; the API pages of SQS and of Lambda's
//! event source mappings.

use super::not_modeled::plain;
use crate::did_you_mean::words;
use crate::sim::settings::table;
use std::collections::HashMap;
use std::sync::OnceLock;

pub const KAFKA_JAVA: &str = include_str!("names/kafka-java.txt");
pub const KAFKA_BROKER: &str = include_str!("names/kafka-broker.txt");
pub const LIBRDKAFKA: &str = include_str!("names/librdkafka.txt");
pub const RABBITMQ: &str = include_str!("names/rabbitmq.txt");
pub const RABBITMQ_CONF: &str = include_str!("names/rabbitmq-conf.txt");
pub const SQS: &str = include_str!("names/sqs.txt");

const ALL: [(&str, &str); 6] = [
    ("Kafka", KAFKA_JAVA),
    ("Kafka", KAFKA_BROKER),
    ("Kafka", LIBRDKAFKA),
    ("RabbitMQ", RABBITMQ),
    ("RabbitMQ", RABBITMQ_CONF),
    ("SQS", SQS),
];

/// Returns the names of settings that the model does not have, each with its product. A single word,
/// such as `name` or `region`, says too little about where it comes from, and is left out.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let names = |(product, text): (&'static str, &'static str)| {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let rows = lines.filter_map(|line| line.split_once(' ')).map(|(_, rest)| rest);
        let rows = rows.map(|rest| rest.split_once(" = ").unwrap_or((rest, rest)));
        let unknown = rows.filter(|(name, meant)| !is_modeled(name) && !is_modeled(meant));
        unknown.map(move |(name, _)| (product, name))
    };
    ALL.into_iter().flat_map(names).filter(|(_, name)| words(name).len() > 1)
}

fn is_modeled(name: &str) -> bool {
    table::all().any(|field| field.name() == name || field.aliases.contains(&name))
}

/// Returns the product that has a setting of this name, whatever separates its words.
pub fn product(name: &str) -> Option<&'static str> {
    static BY_NAME: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| {
        let mut by_name = HashMap::new();
        for (product, name) in all() {
            // The first of several products counts.
            by_name.entry(plain(name)).or_insert(product);
        }
        by_name
    });
    by_name.get(&plain(name)).copied()
}
