//! Environment variables: how their names are made of the keys of a product.
//!
//! Sources: Spring Boot, "Externalized Configuration" (binding from environment variables: dots become
//! underscores, dashes go; binding maps: the rest of a name is a key in lower case with dots); the
//! scripts of the images: apache/kafka and confluentinc/cp-kafka (`KAFKA_A_B`), bitnami
//! (`KAFKA_CFG_A_B`), confluentinc/cp-kafka-connect (`CONNECT_PRODUCER_A_B`). MicroProfile Config,
//! "Environment Variables Mapping Rules" (what is no letter or digit becomes an underscore);
//! smallrye-reactive-messaging `ConnectorConfig` and `JsonHelper`; quarkus `KafkaRuntimeConfigProducer`
//! (`KAFKA_A_B` is `kafka.a.b`).

use crate::import::keys::Space;
use crate::import::part::Side;

/// What stands in front of a client's key in the variables of an application, or of Kafka Connect.
const CLIENT: [&str; 8] = [
    "",
    "KAFKA_PRODUCER_",
    "KAFKA_CONSUMER_",
    "KAFKA_",
    "PRODUCER_",
    "CONSUMER_",
    "CONNECT_PRODUCER_",
    "CONNECT_CONSUMER_",
];

/// Variables of the images themselves.
const IMAGE: [&str; 12] = [
    "KAFKA_HEAP_OPTS",
    "KAFKA_OPTS",
    "KAFKA_JVM_PERFORMANCE_OPTS",
    "KAFKA_LOG4J_ROOT_LOGLEVEL",
    "KAFKA_LOG4J_LOGGERS",
    "KAFKA_TOOLS_LOG4J_LOGLEVEL",
    "KAFKA_JMX_OPTS",
    "KAFKA_JMX_PORT",
    "KAFKA_JMX_HOSTNAME",
    "KAFKA_CREATE_TOPICS",
    "KAFKA_GC_LOG_OPTS",
    "KAFKA_ENABLE_KRAFT",
];

/// Prefixes of Spring's keys whose ends are keys of the Kafka client.
const SPRING: [&str; 3] = [
    "spring.kafka.producer.properties.",
    "spring.kafka.consumer.properties.",
    "spring.kafka.properties.",
];

/// Returns true if a key is written as the name of a variable.
pub fn is_variable(key: &str) -> bool {
    let shouts = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    key.starts_with(|c: char| c.is_ascii_uppercase()) && key.chars().all(shouts)
}

/// Returns the key of a Kafka client that a variable stands for, with what is in front of it.
pub fn of_client(variable: &str) -> Option<(&'static str, &'static str)> {
    let variable = variable.to_uppercase();
    CLIENT.into_iter().find_map(|prefix| {
        let key = dotted(variable.strip_prefix(prefix)?);
        let known = Space::KafkaJava.exact(&key).or(Space::Librdkafka.exact(&key))?;
        Some((prefix, known.written))
    })
}

/// Returns the broker's key of a variable: `KAFKA_CFG_A_B` (bitnami) or `KAFKA_A_B` (apache,
/// confluent) is `a.b`. `None` for variables of the images themselves.
pub fn of_broker(variable: &str) -> Option<String> {
    let rest = variable.strip_prefix(of_image(variable)?)?;
    let ours = !IMAGE.contains(&variable) && !variable.starts_with("KAFKA_CLIENT_");
    ours.then(|| {
        rest.to_lowercase()
            .replace("___", "-")
            .replace("__", "\u{0}")
            .replace('_', ".")
            .replace('\u{0}', "_")
    })
}

/// Returns what the image's variables begin with.
fn of_image(variable: &str) -> Option<&'static str> {
    ["KAFKA_CFG_", "KAFKA_"].into_iter().find(|prefix| variable.starts_with(prefix))
}

/// Returns the key of Spring in dots, if the variable's end is a key of the Kafka client:
/// `SPRING_KAFKA_PRODUCER_PROPERTIES_ENABLE_IDEMPOTENCE`.
pub fn of_spring(variable: &str) -> Option<String> {
    let dotted = dotted(variable);
    let inside = SPRING.iter().any(|prefix| dotted.starts_with(prefix));
    (is_variable(variable) && inside).then_some(dotted)
}

/// Returns the key of SmallRye in dots: `MP_MESSAGING_INCOMING_ORDERS_GROUP_ID`. Where the name of the
/// channel ends is told by the attribute; of its letters and signs, the usual ones are taken.
pub fn of_smallrye(variable: &str) -> Option<String> {
    if let Some(key) = variable.strip_prefix("KAFKA_").map(dotted) {
        return Space::KafkaJava.exact(&key).map(|_| format!("kafka.{key}"));
    }
    ["incoming", "outgoing", "connector"].into_iter().find_map(|way| {
        let rest = variable.strip_prefix(&shouted(&format!("mp.messaging.{way}.")))?;
        let mut ends = rest.match_indices('_').map(|(at, _)| rest.split_at(at));
        let (channel, key) = ends.find_map(|(channel, rest)| {
            let own = |space: Space| {
                let key = space.loose(&rest[1..])?.written;
                (shouted(key) == rest[1..]).then_some(key)
            };
            Some((channel, own(Space::Smallrye).or_else(|| own(Space::KafkaJava))?))
        })?;
        let channel = channel.to_lowercase().replace('_', "-");
        Some(format!("mp.messaging.{way}.{channel}.{key}"))
    })
}

/// Returns the key of SmallRye that a variable of this channel stands for, whether it is known or not.
pub fn of_channel(variable: &str, way: &str, channel: &str) -> Option<String> {
    let start = format!("mp.messaging.{way}.{channel}.");
    Some(format!("{start}{}", dotted(variable.strip_prefix(&shouted(&start))?)))
}

/// Returns the name of a new variable in the way of its neighbor: `key` is the key in the product's
/// own files, `name` that of the setting in the importer. `None` if the neighbor is of something else.
pub fn named(neighbor: &str, side: Side, key: &str, name: &str) -> Option<String> {
    if !is_variable(neighbor) {
        return None;
    }
    if key.starts_with("mp.messaging.") {
        return neighbor.starts_with("MP_MESSAGING_").then(|| shouted(key));
    }
    if neighbor.starts_with("SPRING_") {
        return key.starts_with("spring.").then(|| shouted(&key.replace('-', "")));
    }
    if side == Side::Broker {
        of_broker(neighbor)?;
        return Some(format!("{}{}", of_image(neighbor)?, shouted(key)));
    }
    let (prefix, _) = of_client(neighbor)?;
    let other = if side == Side::Producer { "CONSUMER_" } else { "PRODUCER_" };
    (!prefix.ends_with(other)).then(|| format!("{prefix}{}", shouted(name)))
}

fn dotted(name: &str) -> String {
    name.to_lowercase().replace('_', ".")
}

/// Returns the name of a key as a variable.
pub fn shouted(key: &str) -> String {
    key.replace(|c: char| !c.is_ascii_alphanumeric(), "_").to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_named_as_its_neighbor() {
        use Side::{Broker, Consumer, Producer};
        let spring = "spring.kafka.consumer.auto-offset-reset";
        for (neighbor, side, key, name, expected) in [
            ("KAFKA_ACKS", Producer, "retries", "retries", Some("KAFKA_RETRIES")),
            ("ACKS", Producer, "retries", "retries", Some("RETRIES")),
            ("KAFKA_PRODUCER_ACKS", Producer, "retries", "retries", Some("KAFKA_PRODUCER_RETRIES")),
            ("KAFKA_PRODUCER_ACKS", Consumer, "x", "auto.offset.reset", None),
            (
                "CONNECT_CONSUMER_GROUP_ID",
                Consumer,
                "x",
                "auto.offset.reset",
                Some("CONNECT_CONSUMER_AUTO_OFFSET_RESET"),
            ),
            ("HOME", Producer, "retries", "retries", None),
            (
                "SPRING_KAFKA_CONSUMER_GROUPID",
                Consumer,
                spring,
                "auto.offset.reset",
                Some("SPRING_KAFKA_CONSUMER_AUTOOFFSETRESET"),
            ),
            ("SPRING_KAFKA_CLIENTID", Consumer, "acks", "acks", None),
            (
                "KAFKA_CFG_NODE_ID",
                Broker,
                "min.insync.replicas",
                "min.insync.replicas",
                Some("KAFKA_CFG_MIN_INSYNC_REPLICAS"),
            ),
            (
                "KAFKA_NODE_ID",
                Broker,
                "default.replication.factor",
                "replication.factor",
                Some("KAFKA_DEFAULT_REPLICATION_FACTOR"),
            ),
            ("KAFKA_HEAP_OPTS", Broker, "x", "min.insync.replicas", None),
            (
                "MP_MESSAGING_OUTGOING_O_ACKS",
                Consumer,
                "mp.messaging.incoming.orders-in.failure-strategy",
                "failure-strategy",
                Some("MP_MESSAGING_INCOMING_ORDERS_IN_FAILURE_STRATEGY"),
            ),
            ("KAFKA_GROUP_ID", Consumer, "mp.messaging.incoming.a.x", "x", None),
            ("acks", Producer, "retries", "retries", None),
        ] {
            let found = named(neighbor, side, key, name);
            assert_eq!(found.as_deref(), expected, "{neighbor} {name}");
        }
    }

    #[test]
    fn the_end_of_a_variable_is_a_key_of_the_client() {
        let found = of_spring("SPRING_KAFKA_PRODUCER_PROPERTIES_ENABLE_IDEMPOTENCE");
        assert_eq!(found.as_deref(), Some("spring.kafka.producer.properties.enable.idempotence"));
        assert_eq!(of_spring("SPRING_KAFKA_PRODUCER_ACKS"), None);
        assert_eq!(of_client("KAFKA_PRODUCER_ACKS"), Some(("KAFKA_PRODUCER_", "acks")));
        assert_eq!(of_broker("KAFKA_CFG_A__B_C").as_deref(), Some("a_b.c"));
        assert_eq!(of_broker("KAFKA_HEAP_OPTS"), None);
    }

    #[test]
    fn the_end_of_a_variable_tells_the_channel() {
        for (variable, expected) in [
            (
                "MP_MESSAGING_INCOMING_ORDERS_ENABLE_AUTO_COMMIT",
                Some("mp.messaging.incoming.orders.enable.auto.commit"),
            ),
            (
                "MP_MESSAGING_INCOMING_ORDERS_IN_COMMIT_STRATEGY",
                Some("mp.messaging.incoming.orders-in.commit-strategy"),
            ),
            (
                "MP_MESSAGING_OUTGOING_A_WAITFORWRITECOMPLETION",
                Some("mp.messaging.outgoing.a.waitForWriteCompletion"),
            ),
            ("MP_MESSAGING_INCOMING_A_MAX_POL_RECORDS", None),
            ("KAFKA_BOOTSTRAP_SERVERS", Some("kafka.bootstrap.servers")),
            ("KAFKA_TOPIC", None),
            ("QUARKUS_HTTP_PORT", None),
        ] {
            assert_eq!(of_smallrye(variable).as_deref(), expected, "{variable}");
        }
        let of = |variable| of_channel(variable, "incoming", "in-a");
        let found = of("MP_MESSAGING_INCOMING_IN_A_MAX_POL_RECORDS");
        assert_eq!(found.as_deref(), Some("mp.messaging.incoming.in-a.max.pol.records"));
        assert_eq!(of("MP_MESSAGING_INCOMING_B_TOPIC"), None);
    }
}
