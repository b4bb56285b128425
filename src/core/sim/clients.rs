//! Client libraries and frameworks by name, as sets of defaults of a producer or a consumer.
//!
//! A client says what nobody has set: the values of settings and, of a consumer, where its program
//! acknowledges and what follows an error of the handler. All of it is derived from one table
//! (`defaults.tsv`, in [`layers`]), on which the importer of configuration files rests too, so that
//! a file without settings and `client=` come to the same.
//!
//! A scenario keeps the name of its clients beside the values of its settings. The model reads the
//! values only: a client is no part of the state machine, and two configurations that differ in
//! nothing but a name behave alike. The name is kept to be able to say which values are the
//! client's defaults and which are not.

mod kafka;
mod layers;
mod names;
mod rabbitmq;
mod sqs;

pub use kafka::{delivery_timeout, in_flight};
pub use layers::{Default, Layer, Side, System, Version, Versions, defaults_of};
pub use names::{CLIENTS, Client, UNMODELED};

use super::program::Op;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name of a client, as it is kept in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientName(&'static str);

impl ClientName {
    /// Returns the name as it is written.
    pub fn key(self) -> &'static str {
        self.0
    }
}

impl Serialize for ClientName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for ClientName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = CLIENTS.iter().find(|client| client.is(&text));
        known.map(|client| ClientName(client.name)).ok_or_else(|| {
            let text = super::plain::echo(&text);
            serde::de::Error::custom(format!("there is no client \"{text}\""))
        })
    }
}

/// Returns the names of the clients that a product has for this side.
pub fn names(product: &str, side: Side) -> Vec<&'static str> {
    let own = CLIENTS.iter().filter(|client| client.system.key() == product);
    own.filter(|client| client.layer(side).is_some()).map(|client| client.name).collect()
}

/// Returns the client of this name, or of another name for it.
pub fn find(product: &str, side: Side, name: &str) -> Option<&'static Client> {
    let own = CLIENTS.iter().filter(|client| client.system.key() == product);
    own.filter(|client| client.layer(side).is_some()).find(|client| client.is(name))
}

/// Returns why a product has no client of this name for a side, and which ones it has.
pub fn no_client(product: &str, side: Side, name: &str) -> String {
    let same = |own: &&(&str, &str)| own.0.eq_ignore_ascii_case(name);
    if let Some((_, why)) = UNMODELED.iter().find(same) {
        return (*why).to_owned();
    }
    let own = names(product, side).join(", ");
    let what = match CLIENTS.iter().find(|client| client.is(name)) {
        Some(client) if client.system.key() == product => {
            format!("it has no {} of its own", side.label())
        }
        Some(client) => {
            format!("it is a client of {}, and the broker is {product}", client.system.key())
        }
        None => "no client of this name is known".to_owned(),
    };
    match own.is_empty() {
        true => format!("{what}; no clients of {product} are known, remove this"),
        false => format!("{what}; use one of {own}"),
    }
}

/// A default of a client, as a value of a setting of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientDefault {
    /// The path of the setting.
    pub path: &'static str,
    pub value: String,
    /// The framework or client whose default it is, by its label.
    pub of: &'static str,
    /// The first version that has it; empty for always.
    pub since: &'static str,
    pub source: &'static str,
}

/// The defaults of a client for one side, under the names of the table.
struct Rows {
    layer: &'static Layer,
    rows: Vec<(&'static Layer, &'static Default)>,
    /// What a variant of the client sets itself.
    set: &'static [(&'static str, &'static str)],
}

impl Rows {
    fn get(&self, name: &str) -> Option<&'static str> {
        let set = self.set.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
        set.or_else(|| self.row(name).map(|(_, default)| default.value))
    }

    fn row(&self, name: &str) -> Option<(&'static Layer, &'static Default)> {
        self.rows.iter().copied().find(|(_, default)| default.name == name)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    fn is(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// Makes a default of the value that follows from the setting of this name in the table.
    fn own(&self, path: &'static str, value: impl Into<String>, name: &str) -> ClientDefault {
        let value = value.into();
        match self.row(name) {
            Some((layer, default)) => {
                let (since, source) = (default.since_text, default.source);
                ClientDefault { path, value, of: layer.label, since, source }
            }
            None => ClientDefault { path, value, of: self.layer.label, since: "", source: "" },
        }
    }
}

/// Where a program acknowledges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Before,
    After,
    /// The client does, in a later call: the program has no such line.
    Nowhere,
    /// The client does, in the background: the handler runs beside it.
    Beside,
}

impl Place {
    /// Returns a consumer's program with its acknowledgment there; the other lines are those of its
    /// handler, and stay.
    fn lines(self, program: &[Op]) -> Vec<Op> {
        let mut lines = program.to_vec();
        // The offset is part of the transaction.
        if lines.contains(&Op::SendOffsets) {
            return lines;
        }
        lines.retain(|op| !matches!(op, Op::Ack | Op::HandOff));
        let second = lines.len().min(1);
        match self {
            Place::Before => lines.insert(second, Op::Ack),
            Place::After => lines.push(Op::Ack),
            Place::Nowhere => {}
            Place::Beside => lines.insert(second, Op::HandOff),
        }
        lines
    }

    fn own(self, rows: &Rows, program: &[Op], name: &str) -> ClientDefault {
        let lines: Vec<&str> = self.lines(program).iter().map(|op| op.key()).collect();
        rows.own("consumer.program", lines.join(","), name)
    }
}

impl Client {
    /// Returns the layer of its defaults for a side, if it has that side.
    pub fn layer(&self, side: Side) -> Option<&'static Layer> {
        let id = match side {
            Side::Producer => self.producer,
            Side::Consumer => self.consumer,
            Side::Broker => None,
        };
        id.map(Layer::of)
    }

    /// Returns true if this is the client's name, or another name for it.
    pub fn is(&self, name: &str) -> bool {
        let same = |own: &str| own.eq_ignore_ascii_case(name);
        same(self.name) || self.aliases.iter().any(|alias| same(alias))
    }

    /// Returns the name under which a scenario keeps it.
    pub fn key(&self) -> ClientName {
        ClientName(self.name)
    }

    /// Returns what the client is called, with its version: "Sarama 1.46".
    pub fn label(&self, side: Side) -> String {
        let Some(layer) = self.layer(side) else { return self.name.to_owned() };
        let (library, assumed) = layer.version;
        let version = self.versions.iter().find(|(name, _)| *name == library);
        let version = version.map_or(assumed, |(_, version)| *version);
        let set: Vec<String> =
            self.set.iter().map(|(name, value)| format!("{name}={value}")).collect();
        match &set[..] {
            [] => format!("{} {version}", layer.label),
            set => format!("{} {version} with {}", layer.label, set.join(", ")),
        }
    }

    /// Returns how it acknowledges the messages that it has received together, unless that is each by
    /// itself. It is none of the defaults that it brings: it goes with some programs only.
    pub fn batch_ack(&self) -> Option<&'static str> {
        self.rows(Side::Consumer)?.get("batch_ack").filter(|ack| *ack != "each")
    }

    fn rows(&self, side: Side) -> Option<Rows> {
        let layer = self.layer(side)?;
        let read =
            |(name, version): &(&str, &str)| Some(((*name).to_owned(), Version::read(version)?));
        let versions = Versions(self.versions.iter().filter_map(read).collect());
        Some(Rows { layer, rows: defaults_of(layer, side, &versions), set: self.set })
    }

    /// Returns its defaults for a side, in the order in which they can be set. The program is the
    /// one whose handler the client runs.
    pub fn defaults(&self, side: Side, program: &[Op]) -> Vec<ClientDefault> {
        let Some(rows) = self.rows(side) else { return Vec::new() };
        match (self.system, side) {
            (System::Kafka, Side::Producer) => kafka::producer(&rows),
            (System::Kafka, _) => kafka::consumer(&rows, program),
            (System::Rabbitmq, Side::Producer) => rabbitmq::producer(&rows),
            (System::Rabbitmq, _) => rabbitmq::consumer(&rows, program),
            (System::Sqs, Side::Producer) => sqs::producer(&rows),
            (System::Sqs, _) => sqs::consumer(&rows, program),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(product: &str, name: &str, side: Side, path: &str) -> Option<String> {
        let client = find(product, side, name).unwrap_or_else(|| panic!("there is no {name}"));
        let own = client.defaults(side, &[Op::Receive, Op::Work]);
        own.into_iter().find(|own| own.path == path).map(|own| own.value)
    }

    #[test]
    fn a_name_stands_for_one_client_of_a_product() {
        for (at, client) in CLIENTS.iter().enumerate() {
            for other in &CLIENTS[..at] {
                let names = std::iter::once(client.name).chain(client.aliases.iter().copied());
                let twice = names.into_iter().find(|name| other.is(name));
                assert!(client.system != other.system || twice.is_none(), "{twice:?}");
            }
            assert!(client.producer.is_some() || client.consumer.is_some(), "{}", client.name);
            for layer in [client.layer(Side::Producer), client.layer(Side::Consumer)] {
                assert!(layer.is_none_or(|layer| layer.system == client.system), "{}", client.name);
            }
            assert!(!UNMODELED.iter().any(|(name, _)| client.is(name)), "{}", client.name);
        }
    }

    #[test]
    fn every_default_has_a_source_and_is_given_once() {
        for client in &CLIENTS {
            for side in [Side::Producer, Side::Consumer] {
                let all = client.defaults(side, &[Op::Receive, Op::Work, Op::Ack]);
                assert_eq!(all.is_empty(), client.layer(side).is_none(), "{}", client.name);
                for (at, own) in all.iter().enumerate() {
                    let twice = all[..at].iter().any(|other| other.path == own.path);
                    assert!(!twice, "{}: {} twice", client.name, own.path);
                    assert!(own.path.starts_with(side.label()), "{own:?}");
                }
                let sourced = all.iter().filter(|own| !own.source.is_empty()).count();
                assert!(2 * sourced >= all.len(), "{}: {all:#?}", client.name);
            }
        }
    }

    #[test]
    fn the_defaults_that_decide() {
        use Side::{Consumer, Producer};
        for (product, name, side, path, expected) in [
            ("kafka", "sarama", Producer, "producer.kafka.acks", "1"),
            ("kafka", "kafka-go", Producer, "producer.kafka.acks", "0"),
            ("kafka", "kafka-go-new-writer", Producer, "producer.kafka.acks", "all"),
            ("kafka", "kafka-go", Producer, "producer.kafka.retries", "9"),
            ("kafka", "smallrye", Producer, "producer.kafka.acks", "1"),
            ("kafka", "java", Producer, "producer.kafka.enable.idempotence", "unset"),
            ("kafka", "java-2", Producer, "producer.kafka.enable.idempotence", "false"),
            ("kafka", "java-2", Producer, "producer.kafka.acks", "1"),
            ("kafka", "java-3", Producer, "producer.kafka.acks", "all"),
            ("kafka", "kafka-python-2", Producer, "producer.kafka.retries", "0"),
            ("kafka", "kafka-python", Producer, "producer.kafka.retries", "2147483647"),
            ("kafka", "librdkafka", Consumer, "consumer.program", "receive,hand-off,work"),
            ("kafka", "librdkafka", Consumer, "consumer.kafka.isolation.level", "read_committed"),
            ("kafka", "librdkafka-offset-store", Consumer, "consumer.program", "receive,work,ack"),
            ("kafka", "aiokafka", Consumer, "consumer.program", "receive,hand-off,work"),
            ("kafka", "franz-go", Consumer, "consumer.program", "receive,work"),
            ("kafka", "kafka-go", Consumer, "consumer.program", "receive,ack,work"),
            ("kafka", "kafka-go-fetch", Consumer, "consumer.program", "receive,work,ack"),
            ("kafka", "spring-kafka", Consumer, "consumer.handler_attempts", "10"),
            ("kafka", "spring-kafka", Consumer, "consumer.on_error", "skip"),
            ("kafka", "spring-cloud-stream", Consumer, "consumer.handler_attempts", "3"),
            ("kafka", "spring-cloud-stream", Consumer, "consumer.kafka.seek_after_error", "false"),
            ("kafka", "smallrye", Consumer, "consumer.on_error", "stop"),
            ("rabbitmq", "spring-amqp", Consumer, "consumer.on_error", "requeue"),
            ("rabbitmq", "spring-amqp-retry", Consumer, "consumer.on_error", "reject"),
            ("rabbitmq", "spring-amqp-retry", Consumer, "consumer.handler_attempts", "3"),
            ("rabbitmq", "celery", Consumer, "consumer.program", "receive,ack,work"),
            ("rabbitmq", "celery-acks-late", Consumer, "consumer.program", "receive,work,ack"),
            ("rabbitmq", "nestjs", Consumer, "consumer.rabbitmq.auto_ack", "true"),
            ("rabbitmq", "nestjs", Consumer, "consumer.program", "receive,work"),
            ("rabbitmq", "masstransit", Consumer, "consumer.on_error", "dead-letter"),
            ("rabbitmq", "spring-amqp", Producer, "producer.rabbitmq.confirm.select", "false"),
            ("rabbitmq", "masstransit", Producer, "producer.rabbitmq.confirm.select", "true"),
            ("sqs", "lambda", Consumer, "consumer.on_error", "leave"),
            ("sqs", "celery", Consumer, "consumer.program", "receive,ack,work"),
            ("sqs", "boto3", Producer, "producer.sqs.max_attempts", "5"),
        ] {
            let value = value(product, name, side, path);
            assert_eq!(value.as_deref(), Some(expected), "{product} {name} {path}");
        }
    }

    #[test]
    fn the_lines_of_the_handler_stay() {
        let inbox = [Op::Receive, Op::Begin, Op::Inbox, Op::Work, Op::Commit, Op::Ack];
        let early = Place::Before.lines(&inbox);
        assert_eq!(early, [Op::Receive, Op::Ack, Op::Begin, Op::Inbox, Op::Work, Op::Commit]);
        assert_eq!(Place::After.lines(&early), inbox);
        let own = [Op::Receive, Op::Produce, Op::SendOffsets, Op::CommitTransaction];
        assert_eq!(Place::After.lines(&own), own);
    }
}
