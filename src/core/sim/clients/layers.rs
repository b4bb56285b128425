//! Layers of defaults: what a framework puts over its client's defaults, and the client over the
//! broker's, by version.
//!
//! The table `defaults.tsv` has a line for each default: layer, side, setting, value, the first
//! version that has it, the first that no longer does, and the source.

use std::sync::OnceLock;

/// A messaging product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    Kafka,
    Rabbitmq,
    Sqs,
}

impl System {
    /// Returns the product of this key; `None` if no client of it is known.
    pub fn of(key: &str) -> Option<System> {
        [System::Kafka, System::Rabbitmq, System::Sqs].into_iter().find(|one| one.key() == key)
    }

    /// Returns the key of the product, as settings have it.
    pub fn key(self) -> &'static str {
        match self {
            System::Kafka => "kafka",
            System::Rabbitmq => "rabbitmq",
            System::Sqs => "sqs",
        }
    }
}

/// A side of the delivery that has settings of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    Producer,
    Consumer,
    /// The broker with its topic or queue.
    Broker,
}

impl Side {
    pub fn label(self) -> &'static str {
        match self {
            Side::Producer => "producer",
            Side::Consumer => "consumer",
            Side::Broker => "broker",
        }
    }
}

/// A framework or client with defaults of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Layer {
    pub id: &'static str,
    /// "Spring Kafka".
    pub label: &'static str,
    pub system: System,
    /// The layer below, whose defaults hold where this one has none.
    pub below: Option<&'static str>,
    /// The library whose version decides on the defaults, and the version that is assumed.
    pub version: (&'static str, &'static str),
}

const fn layer(
    id: &'static str,
    label: &'static str,
    system: System,
    below: Option<&'static str>,
    version: (&'static str, &'static str),
) -> Layer {
    Layer { id, label, system, below, version }
}

const LAYERS: &[Layer] = {
    use System::{Kafka, Rabbitmq, Sqs};
    const JAVA: Option<&str> = Some("kafka-java");
    &[
        layer("kafka-java", "Java client", Kafka, None, ("kafka-clients", "4.1")),
        layer("librdkafka", "librdkafka", Kafka, None, ("librdkafka", "2.11")),
        layer(
            "confluent-js",
            "confluent-kafka-javascript",
            Kafka,
            Some("librdkafka"),
            ("confluent-kafka-javascript", "1.4"),
        ),
        layer("spring-kafka", "Spring Kafka", Kafka, JAVA, ("spring-kafka", "4.0")),
        layer(
            "spring-cloud-stream-kafka",
            "Spring Cloud Stream for Kafka",
            Kafka,
            Some("spring-kafka"),
            ("spring-cloud-stream", "4.3"),
        ),
        layer(
            "smallrye-kafka",
            "SmallRye for Kafka",
            Kafka,
            JAVA,
            ("smallrye-reactive-messaging", "4.28"),
        ),
        layer("kafka-connect", "Kafka Connect", Kafka, JAVA, ("Kafka", "4.1")),
        layer("kafkajs", "kafkajs", Kafka, None, ("kafkajs", "2.2")),
        layer(
            "nestjs-kafka",
            "NestJS on kafkajs",
            Kafka,
            Some("kafkajs"),
            ("@nestjs/microservices", "11"),
        ),
        layer("sarama", "Sarama", Kafka, None, ("sarama", "1.46")),
        layer("franz-go", "franz-go", Kafka, None, ("franz-go", "1.19")),
        layer("kafka-go-writer", "kafka-go Writer{}", Kafka, None, ("kafka-go", "0.4")),
        layer(
            "kafka-go-new-writer",
            "kafka-go NewWriter",
            Kafka,
            Some("kafka-go-writer"),
            ("kafka-go", "0.4"),
        ),
        layer("kafka-go-reader", "kafka-go Reader", Kafka, None, ("kafka-go", "0.4")),
        layer("aiokafka", "aiokafka", Kafka, None, ("aiokafka", "0.12")),
        layer("kafka-python", "kafka-python", Kafka, None, ("kafka-python", "3.0")),
        layer(
            "masstransit-kafka",
            "MassTransit rider",
            Kafka,
            Some("librdkafka"),
            ("MassTransit", "8.5"),
        ),
        layer("kafka-broker", "Kafka broker", Kafka, None, ("Kafka", "4.1")),
        layer("rabbitmq", "RabbitMQ", Rabbitmq, None, ("RabbitMQ", "4.3")),
        layer("amqp", "AMQP 0-9-1", Rabbitmq, None, ("RabbitMQ", "4.3")),
        layer("spring-amqp", "Spring AMQP", Rabbitmq, Some("amqp"), ("spring-boot", "3.5")),
        layer(
            "smallrye-rabbitmq",
            "SmallRye for RabbitMQ",
            Rabbitmq,
            Some("amqp"),
            ("smallrye-reactive-messaging", "4.28"),
        ),
        layer(
            "spring-cloud-stream-rabbit",
            "Spring Cloud Stream for RabbitMQ",
            Rabbitmq,
            Some("spring-amqp"),
            ("spring-cloud-stream", "4.3"),
        ),
        layer("pika", "pika", Rabbitmq, Some("amqp"), ("pika", "1.3")),
        layer("amqplib", "amqplib", Rabbitmq, Some("amqp"), ("amqplib", "0.10")),
        layer(
            "amqp-connection-manager",
            "amqp-connection-manager",
            Rabbitmq,
            Some("amqplib"),
            ("amqp-connection-manager", "4.1"),
        ),
        layer(
            "nestjs-rmq",
            "NestJS on RabbitMQ",
            Rabbitmq,
            Some("amqp"),
            ("@nestjs/microservices", "11"),
        ),
        layer("masstransit", "MassTransit", Rabbitmq, Some("amqp"), ("MassTransit", "8.5")),
        layer("celery", "Celery", Rabbitmq, Some("amqp"), ("celery", "5.5")),
        layer("sqs", "SQS", Sqs, None, ("SQS", "2026")),
        layer("aws-sdk", "AWS SDK", Sqs, None, ("AWS SDK", "2026")),
        layer("boto3", "boto3", Sqs, Some("aws-sdk"), ("boto3", "1.40")),
        layer("sqs-consumer", "sqs-consumer", Sqs, Some("aws-sdk"), ("sqs-consumer", "12")),
        layer("lambda", "Lambda event source mapping", Sqs, None, ("Lambda", "2026")),
        layer("serverless", "Serverless Framework", Sqs, Some("lambda"), ("serverless", "4")),
        layer(
            "spring-cloud-aws",
            "Spring Cloud AWS",
            Sqs,
            Some("aws-sdk"),
            ("spring-cloud-aws", "3.4"),
        ),
        layer("celery-sqs", "Celery on SQS", Sqs, Some("aws-sdk"), ("celery", "5.5")),
    ]
};

impl Layer {
    /// Returns the layer of this id.
    ///
    /// # Panics
    /// If there is none: ids are constants of this program.
    pub fn of(id: &str) -> &'static Layer {
        LAYERS.iter().find(|layer| layer.id == id).expect("a layer of this program")
    }

    /// Returns true if this layer is that one, or puts its defaults over it.
    pub fn stands_on(&'static self, id: &str) -> bool {
        self.chain().any(|layer| layer.id == id)
    }

    /// Returns this layer and those below it.
    pub fn chain(&'static self) -> impl Iterator<Item = &'static Layer> {
        std::iter::successors(Some(self), |layer| layer.below.map(Layer::of))
    }
}

/// A version number: `4.1.0` as `[4, 1, 0]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version([u32; 3]);

impl Version {
    /// Reads a version: one to three numbers, whatever stands before and behind them.
    pub fn read(text: &str) -> Option<Version> {
        let text = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        let mut parts = text.split('.').map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part[..digits].parse::<u32>().ok()
        });
        let first = parts.next()??;
        let mut next = || parts.next().flatten().unwrap_or(0);
        Some(Version([first, next(), next()]))
    }
}

/// The versions that are known, by library, and how: given or read in a file.
#[derive(Clone, Debug, Default)]
pub struct Versions(pub Vec<(String, Version)>);

impl Versions {
    /// Returns the version of a layer's library, and true if it was given.
    pub fn of(&self, layer: &Layer) -> (Version, bool) {
        let (library, assumed) = layer.version;
        let given = self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(library));
        let assumed = Version::read(assumed).unwrap_or(Version([0; 3]));
        given.map_or((assumed, false), |(_, version)| (*version, true))
    }
}

/// A default of a layer.
#[derive(Debug)]
pub struct Default {
    layer: &'static str,
    side: &'static str,
    pub name: &'static str,
    pub value: &'static str,
    since: Option<Version>,
    until: Option<Version>,
    /// The first version that has it, as it is written; empty for always.
    pub since_text: &'static str,
    pub source: &'static str,
}

fn defaults() -> &'static [Default] {
    static ALL: OnceLock<Vec<Default>> = OnceLock::new();
    ALL.get_or_init(|| {
        let line = |line: &'static str| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [layer, side, name, value, since, until, source] = cells[..] else { return None };
            let since_text = if since == "-" { "" } else { since };
            let version = Version::read;
            Some(Default {
                layer,
                side,
                name,
                value,
                since: version(since),
                until: version(until),
                since_text,
                source,
            })
        };
        include_str!("defaults.tsv").lines().skip(1).filter_map(line).collect()
    })
}

/// Returns the defaults of a client: those of the topmost layer that has one for the setting.
pub fn defaults_of(
    layer: &'static Layer,
    side: Side,
    versions: &Versions,
) -> Vec<(&'static Layer, &'static Default)> {
    let mut rows: Vec<(&'static Layer, &'static Default)> = Vec::new();
    for layer in layer.chain() {
        for default in of_layer(layer, side, versions) {
            if rows.iter().all(|(_, known)| known.name != default.name) {
                rows.push((layer, default));
            }
        }
    }
    rows
}

/// Returns the defaults of a layer that hold in its version.
fn of_layer<'a>(
    layer: &'a Layer,
    side: Side,
    versions: &Versions,
) -> impl Iterator<Item = &'static Default> + use<'a> {
    let (version, _) = versions.of(layer);
    defaults().iter().filter(move |default| {
        default.layer == layer.id
            && default.side == side.label()
            && default.since.is_none_or(|since| since <= version)
            && default.until.is_none_or(|until| version < until)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_belongs_to_a_layer_and_has_a_source() {
        let lines = include_str!("defaults.tsv").lines().skip(1).count();
        assert_eq!(defaults().len(), lines);
        for default in defaults() {
            assert!(LAYERS.iter().any(|layer| layer.id == default.layer), "{default:?}");
            assert!(["producer", "consumer", "broker"].contains(&default.side), "{default:?}");
            assert!(default.source.len() > 4, "{default:?}");
        }
        for layer in LAYERS {
            assert!(layer.chain().count() <= 3, "{}", layer.id);
        }
    }
}
