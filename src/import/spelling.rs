//! How a setting of Ackward is written in the user's own file.

pub mod batches;

use super::layers::{Origin, Taken};
use super::part::{Place, Side};
use super::plan::Plan;
use super::variables;

/// Names of the settings in Ackward that have another one in the importer.
const NAMES: &[(&str, &str)] = &[
    ("consumer.rabbitmq.prefetch_count", "prefetch_count"),
    ("consumer.sqs.MaxNumberOfMessages", "BatchSize"),
];

/// A change of the user's file, in the file's own keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelled {
    pub side: Side,
    /// The name of the setting in the importer.
    pub name: String,
    /// "spring.kafka.producer.acks".
    pub key: String,
    pub value: String,
    /// Where the key stands now; `None` if it is to be added.
    pub place: Option<Place>,
}

impl Spelled {
    /// Returns the change as "key=value".
    pub fn text(&self) -> String {
        format!("{}={}", self.key, self.value)
    }
}

/// Returns a change in the keys of the user's file. `None` if it is no setting of a file, such as the
/// order of the handler's lines.
pub fn spelled(plan: &Plan, path: &str, value: &str) -> Option<Spelled> {
    if (path, value) == ("consumer.on_error", "dead-letter") {
        return dead_letters(plan);
    }
    if path == batches::PATH {
        return batches::spelled(plan, value);
    }
    let (side, name) = named(path).filter(|_| !NO_KEYS.contains(&path))?;
    let is_row = |name: &str| plan.taken.iter().any(|row| row.name == name && row.side == side);
    let known = NAMES.iter().find(|(own, other)| *own == path && is_row(other));
    let known = known.map_or(name, |(_, name)| *name);
    let value = value_of(plan, side, known, value)?;
    let mut spelled = spell(plan, side, known, || by_layer(plan, side, known), value)?;
    // What amqplib and NestJS call a delivery mode of 2.
    if spelled.key == "persistent" && spelled.value == "2" {
        spelled.value = "true".into();
    }
    Some(spelled)
}

/// Returns a change of a setting: where it stands, or under its usual key, written as its neighbors
/// are.
fn spell(
    plan: &Plan,
    side: Side,
    name: &str,
    usual: impl FnOnce() -> Option<String>,
    value: String,
) -> Option<Spelled> {
    let row = plan.taken.iter().find(|row| row.name == name && row.side == side);
    let (key, place) = match row.map(|row| &row.origin) {
        Some(Origin::File { written, place, .. }) => (written.clone(), Some(*place)),
        _ => {
            let key = usual()?;
            (as_variable(plan, side, &key, name).unwrap_or(key), None)
        }
    };
    Some(Spelled { side, name: name.to_owned(), key, value, place })
}

/// Returns the name of a variable for a key, if its side is in a file with variables of its product.
fn as_variable(plan: &Plan, side: Side, key: &str, name: &str) -> Option<String> {
    let (_, file) = plan.files.iter().find(|(own, _)| *own == side)?;
    let rows = plan.taken.iter().filter(|row| row.side == side).filter_map(written);
    let passed = plan.passed.iter().map(|(place, key)| (*place, key.as_str()));
    rows.chain(passed)
        .filter(|(place, _)| place.file == *file)
        .find_map(|(_, neighbor)| variables::named(neighbor, side, key, name))
}

/// Returns where a row stands in a file, with its key as it is written there.
fn written(row: &Taken) -> Option<(Place, &str)> {
    match &row.origin {
        Origin::File { place, written, .. } => Some((*place, written)),
        _ => None,
    }
}

/// Returns the key that sends to a dead-letter topic what cannot be handled: SmallRye has one.
fn dead_letters(plan: &Plan) -> Option<Spelled> {
    let side = Side::Consumer;
    if layer(plan, side)? != "smallrye-kafka" {
        return None;
    }
    let name = "failure-strategy";
    let usual = format!("mp.messaging.incoming.{}.{name}", plan.channel(side));
    spell(plan, side, name, || Some(usual), "dead-letter-queue".into())
}

/// Settings that no file has: how many nodes the cluster has is decided where they are started.
const NO_KEYS: [&str; 1] = ["broker.rabbitmq.nodes"];

/// Splits a path: `producer.kafka.acks` is `acks` of the producer.
fn named(path: &str) -> Option<(Side, &str)> {
    let (owner, rest) = path.split_once('.')?;
    let (product, name) = rest.split_once('.')?;
    if !["kafka", "rabbitmq", "sqs"].contains(&product) {
        return None;
    }
    let side = match owner {
        "producer" => Side::Producer,
        "consumer" => Side::Consumer,
        "broker" => Side::Broker,
        _ => return None,
    };
    Some((side, name))
}

fn value_of(plan: &Plan, side: Side, name: &str, value: &str) -> Option<String> {
    let layer = layer(plan, side)?;
    Some(match (layer, name, value) {
        ("spring-amqp", "confirm.select", "true") => "correlated".into(),
        ("kafkajs" | "nestjs-kafka", "acks", "all") => "-1".into(),
        ("sarama", "acks", "all") => "sarama.WaitForAll".into(),
        ("kafka-go-writer" | "kafka-go-new-writer", "acks", "all") => "kafka.RequireAll".into(),
        (_, "enable.idempotence", "unset") => "true".into(),
        _ => value.into(),
    })
}

fn layer(plan: &Plan, side: Side) -> Option<&'static str> {
    plan.layers.iter().find(|(own, _)| *own == side).map(|(_, layer)| *layer)
}

/// Returns the key in which a framework has a setting that is not in the file.
fn by_layer(plan: &Plan, side: Side, name: &str) -> Option<String> {
    let spring = |own: &[&str], kebab: &str| {
        let side = side.label();
        match own.contains(&name) {
            true => format!("spring.kafka.{side}.{kebab}"),
            false => format!("spring.kafka.{side}.properties.{name}"),
        }
    };
    Some(match layer(plan, side)? {
        "spring-kafka" => {
            let kebab = name.replace('.', "-");
            let own =
                ["acks", "retries", "enable.auto.commit", "auto.offset.reset", "isolation.level"];
            spring(&own, &kebab)
        }
        "spring-amqp" => match name {
            "confirm.select" => "spring.rabbitmq.publisher-confirm-type".into(),
            "mandatory" => "spring.rabbitmq.template.mandatory".into(),
            "prefetch_count" => "spring.rabbitmq.listener.simple.prefetch".into(),
            _ => return None,
        },
        "spring-cloud-aws" => match name {
            "MaxNumberOfMessages" => "spring.cloud.aws.sqs.listener.max-messages-per-poll".into(),
            _ => return None,
        },
        "smallrye-kafka" => match side {
            Side::Producer => format!("mp.messaging.outgoing.{}.{name}", plan.channel(side)),
            _ => format!("mp.messaging.incoming.{}.{name}", plan.channel(side)),
        },
        "kafka-connect" if plan.channel(side).is_empty() => format!("{}.{name}", side.label()),
        "kafka-connect" => format!("{}.override.{name}", side.label()),
        "kafkajs" | "nestjs-kafka" => match name {
            "acks" => "acks".into(),
            "enable.idempotence" => "idempotent".into(),
            "max.in.flight.requests.per.connection" => "maxInFlightRequests".into(),
            _ => return None,
        },
        "sarama" => match name {
            "acks" => "Producer.RequiredAcks".into(),
            "enable.idempotence" => "Producer.Idempotent".into(),
            "max.in.flight.requests.per.connection" => "Net.MaxOpenRequests".into(),
            "retries" => "Producer.Retry.Max".into(),
            _ => return None,
        },
        "kafka-go-writer" | "kafka-go-new-writer" => match name {
            "acks" => "RequiredAcks".into(),
            _ => return None,
        },
        "kafka-python" | "aiokafka" => name.replace('.', "_"),
        "pika" => match name {
            "confirm.select" => "channel.confirm_delivery()".into(),
            "mandatory" | "delivery_mode" | "prefetch_count" => name.into(),
            _ => return None,
        },
        "amqplib" => match name {
            "confirm.select" => "createConfirmChannel()".into(),
            "delivery_mode" => "persistent".into(),
            "mandatory" => "mandatory".into(),
            _ => return None,
        },
        // No file has it, so it is the broker's default for topics.
        "kafka-broker" if name == "replication.factor" => "default.replication.factor".into(),
        "celery" | "celery-sqs" | "masstransit" | "nestjs-rmq" | "smallrye-rabbitmq"
        | "franz-go" => {
            return None;
        }
        _ => name.into(),
    })
}
