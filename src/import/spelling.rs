//! How a setting of Ackward is written in the user's own file.

pub mod batches;

use super::keys::Space;
use super::layers::{Origin, Taken};
use super::part::{Place, Side};
use super::plan::Plan;
use super::variables;

/// Names of the settings in Ackward that have another one in the importer.
const NAMES: &[(&str, &str)] = &[
    ("consumer.rabbitmq.prefetch_count", "prefetch_count"),
    ("consumer.rabbitmq.auto_ack", "acknowledge-mode"),
    ("producer.rabbitmq.confirm.select", "confirm_publish"),
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
    /// Returns the change as "key=value", or as the call that makes it; an option of franz-go is a
    /// function.
    pub fn text(&self) -> String {
        let Spelled { key, value, .. } = self;
        match key.starts_with("kgo.") {
            _ if self.is_call() => key.clone(),
            true => format!("{key}({value})"),
            false => format!("{key}={value}"),
        }
    }

    /// Returns true if the change is a call in code: `createConfirmChannel()`.
    pub fn is_call(&self) -> bool {
        self.key.ends_with("()")
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
            let own = as_variable(plan, side, &key, name).or_else(|| as_property(plan, side, name));
            (own.unwrap_or(key), None)
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

/// Returns the name of a property of Confluent.Kafka's configuration, `EnableIdempotence`, if its side is
/// written in these.
fn as_property(plan: &Plan, side: Side, name: &str) -> Option<String> {
    let of_side = |row: &&Taken| row.side == side;
    let is_property = |(_, key): (Place, &str)| {
        let upper = key.starts_with(|c: char| c.is_ascii_uppercase());
        upper && !key.contains(['.', '_']) && Space::Librdkafka.loose(key).is_some()
    };
    let rows = plan.taken.iter().filter(of_side).filter_map(written);
    (layer(plan, side) == Some("librdkafka") && rows.into_iter().any(is_property)).then(|| {
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        name.split('.').map(capital).collect()
    })
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
        (_, "acknowledge-mode", "false") => "auto".into(),
        (_, "acknowledge-mode", "true") => "none".into(),
        ("kafkajs" | "nestjs-kafka", "acks", "all") => "-1".into(),
        ("sarama", "acks", "all") => "sarama.WaitForAll".into(),
        ("kafka-go-writer" | "kafka-go-new-writer", "acks", "all") => "kafka.RequireAll".into(),
        ("kafkajs" | "nestjs-kafka", "auto.offset.reset", _) => (value == "earliest").to_string(),
        ("kafkajs" | "nestjs-kafka", "isolation.level", _) => {
            (value == "read_uncommitted").to_string()
        }
        ("sarama", "auto.offset.reset", "earliest") => "sarama.OffsetOldest".into(),
        ("sarama", "auto.offset.reset", "latest") => "sarama.OffsetNewest".into(),
        ("sarama", "isolation.level", "read_committed") => "sarama.ReadCommitted".into(),
        ("kafka-go-reader", "auto.offset.reset", "earliest") => "kafka.FirstOffset".into(),
        ("kafka-go-reader", "auto.offset.reset", "latest") => "kafka.LastOffset".into(),
        ("kafka-go-reader", "isolation.level", "read_committed") => "kafka.ReadCommitted".into(),
        // It is on, unless an option switches it off: that line goes.
        ("franz-go", "enable.idempotence", _) => return None,
        ("franz-go", "acks", "all") => "kgo.AllISRAcks()".into(),
        ("franz-go", "auto.offset.reset", "earliest") => "kgo.NewOffset().AtStart()".into(),
        ("franz-go", "auto.offset.reset", "latest") => "kgo.NewOffset().AtEnd()".into(),
        ("franz-go", "isolation.level", "read_committed") => "kgo.ReadCommitted()".into(),
        (_, "enable.idempotence", "unset") => "true".into(),
        _ => value.into(),
    })
}

fn layer(plan: &Plan, side: Side) -> Option<&'static str> {
    plan.layers.iter().find(|(own, _)| *own == side).map(|(_, layer)| *layer)
}

/// Clients that have a list of options of their own: what is not on it, they cannot do.
const OWN_OPTIONS: [&str; 7] = [
    "kafkajs",
    "nestjs-kafka",
    "sarama",
    "kafka-go-writer",
    "kafka-go-new-writer",
    "kafka-go-reader",
    "franz-go",
];

/// Returns true if the client of the user's file can do what the setting says.
pub fn is_possible(plan: &Plan, path: &str) -> bool {
    let Some((side, name)) = named(path).filter(|(side, _)| *side != Side::Broker) else {
        return true;
    };
    layer(plan, side)
        .is_none_or(|layer| !OWN_OPTIONS.contains(&layer) || by_layer(plan, side, name).is_some())
}

/// Returns the key of a binding of Spring Cloud Stream.
fn of_stream(side: Side, binding: &str, name: &str) -> String {
    let start = "spring.cloud.stream.kafka";
    match name {
        "transactional.id" => format!("{start}.binder.transaction.transaction-id-prefix"),
        "auto.offset.reset" => format!("{start}.bindings.{binding}.consumer.start-offset"),
        name => format!("{start}.bindings.{binding}.{}.configuration.{name}", side.label()),
    }
}

/// Returns the option or field of a client that has a list of its own.
fn option_of(layer: &str, name: &str) -> Option<&'static str> {
    Some(match (layer, name) {
        ("kafkajs" | "nestjs-kafka", "acks") => "acks",
        ("kafkajs" | "nestjs-kafka", "enable.idempotence") => "idempotent",
        ("kafkajs" | "nestjs-kafka", "max.in.flight.requests.per.connection") => {
            "maxInFlightRequests"
        }
        ("kafkajs" | "nestjs-kafka", "retries") => "retry.retries",
        ("kafkajs" | "nestjs-kafka", "transactional.id") => "transactionalId",
        ("kafkajs" | "nestjs-kafka", "enable.auto.commit") => "autoCommit",
        ("kafkajs" | "nestjs-kafka", "auto.offset.reset") => "fromBeginning",
        ("kafkajs" | "nestjs-kafka", "isolation.level") => "readUncommitted",
        ("sarama", "acks") => "Producer.RequiredAcks",
        ("sarama", "enable.idempotence") => "Producer.Idempotent",
        ("sarama", "max.in.flight.requests.per.connection") => "Net.MaxOpenRequests",
        ("sarama", "retries") => "Producer.Retry.Max",
        ("sarama", "transactional.id") => "Producer.Transaction.ID",
        ("sarama", "isolation.level") => "Consumer.IsolationLevel",
        ("sarama", "auto.offset.reset") => "Consumer.Offsets.Initial",
        ("sarama", "enable.auto.commit") => "Consumer.Offsets.AutoCommit.Enable",
        ("kafka-go-writer" | "kafka-go-new-writer", "acks") => "RequiredAcks",
        ("kafka-go-writer" | "kafka-go-new-writer", "retries") => "MaxAttempts",
        ("kafka-go-reader", "auto.offset.reset") => "StartOffset",
        ("kafka-go-reader", "isolation.level") => "IsolationLevel",
        ("franz-go", "acks") => "kgo.RequiredAcks",
        ("franz-go", "enable.idempotence") => "kgo.DisableIdempotentWrite",
        ("franz-go", "retries") => "kgo.RecordRetries",
        ("franz-go", "max.in.flight.requests.per.connection") => {
            "kgo.MaxProduceRequestsInflightPerBroker"
        }
        ("franz-go", "transactional.id") => "kgo.TransactionalID",
        ("franz-go", "delivery.timeout.ms") => "kgo.RecordDeliveryTimeout",
        ("franz-go", "isolation.level") => "kgo.FetchIsolationLevel",
        ("franz-go", "auto.offset.reset") => "kgo.ConsumeResetOffset",
        _ => return None,
    })
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
        "spring-cloud-stream-kafka" => of_stream(side, plan.channel(side), name),
        layer if OWN_OPTIONS.contains(&layer) => return option_of(layer, name).map(str::to_owned),
        "kafka-python" | "aiokafka" => name.replace('.', "_"),
        layer @ ("spring-amqp" | "nestjs-rmq" | "pika" | "amqplib" | "amqp-connection-manager") => {
            key_of_rabbitmq(layer, name)?.to_owned()
        }
        // No file has it, so it is the broker's default for topics.
        "kafka-broker" if name == "replication.factor" => "default.replication.factor".into(),
        "celery" | "celery-sqs" | "masstransit" | "smallrye-rabbitmq" => {
            return None;
        }
        _ => name.into(),
    })
}

/// Returns the key, or the call, in which a client of RabbitMQ has a setting.
fn key_of_rabbitmq(layer: &str, name: &str) -> Option<&'static str> {
    Some(match layer {
        "spring-amqp" => match name {
            "confirm.select" => "spring.rabbitmq.publisher-confirm-type",
            "mandatory" => "spring.rabbitmq.template.mandatory",
            "prefetch_count" => "spring.rabbitmq.listener.simple.prefetch",
            "acknowledge-mode" => "spring.rabbitmq.listener.simple.acknowledge-mode",
            _ => return None,
        },
        "nestjs-rmq" => match name {
            "auto_ack" => "noAck",
            "delivery_mode" => "persistent",
            "prefetch_count" => "prefetchCount",
            _ => return None,
        },
        "pika" => match name {
            "confirm.select" => "channel.confirm_delivery()",
            "mandatory" => "mandatory",
            "delivery_mode" => "delivery_mode",
            "prefetch_count" => "prefetch_count",
            _ => return None,
        },
        "amqp-connection-manager" => match name {
            "confirm.select" => "confirm",
            "delivery_mode" => "persistent",
            "mandatory" => "mandatory",
            _ => return None,
        },
        "amqplib" => match name {
            "confirm.select" => "createConfirmChannel()",
            "delivery_mode" => "persistent",
            "mandatory" => "mandatory",
            _ => return None,
        },
        _ => return None,
    })
}
