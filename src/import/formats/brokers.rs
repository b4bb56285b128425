//! Brokers, topics and queues: output of Kafka's and RabbitMQ's tools, Strimzi, images of brokers.

mod rabbitmq;

pub use rabbitmq::rabbitmq;

use super::{connect, literal, no_effect, put};
use crate::import::keys::Space;
use crate::import::layers::Layer;
use crate::import::part::{Item, Part, Place, RemarkKind, Sheet, Side, Value};
use crate::import::tree::{Entry, Node};
use crate::import::variables;

fn topic(file: usize, line: usize) -> Part {
    Part::new(Side::Broker, Layer::of("kafka-broker"), Place { file, line })
}

/// Takes a key of a topic or broker, exactly as Kafka writes it.
pub fn broker_key(
    sheet: &mut Sheet,
    part: &mut Part,
    key: &str,
    written: &str,
    value: &Node,
    place: Place,
) {
    match Space::KafkaBroker.exact(key) {
        Some(_) if is_usual(key, value) => sheet.irrelevant(place, written),
        Some(known) => {
            put(sheet, part, known, written, value, place);
            if key == "default.replication.factor"
                && let Some(item) = part.items.last_mut().filter(|item| item.name == key)
            {
                item.name = "replication.factor".into();
            }
        }
        None => no_effect(sheet, Space::KafkaBroker, key, "a Kafka broker or topic", place),
    }
}

/// Returns true for a retention of a day or more, and for topics that are not compacted: the model
/// keeps all records as well.
fn is_usual(key: &str, value: &Node) -> bool {
    const DAY_MS: i64 = 86_400_000;
    let number = || value.text().and_then(|text| text.trim().parse::<i64>().ok());
    match key {
        "cleanup.policy" | "log.cleanup.policy" => value.text() == Some("delete"),
        "retention.ms" | "log.retention.ms" => {
            number().is_some_and(|ms| !(0..DAY_MS).contains(&ms))
        }
        "log.retention.hours" => number().is_some_and(|hours| !(0..24).contains(&hours)),
        "retention.bytes" | "log.retention.bytes" => number() == Some(-1),
        _ => false,
    }
}

/// Reads the output of `kafka-topics --describe` and `kafka-configs --describe`.
pub fn described(sheet: &mut Sheet, file: usize, text: &str) {
    for (i, line) in text.lines().enumerate() {
        let place = Place { file, line: i + 1 };
        if line.trim_start().starts_with('$') {
            sheet.irrelevant(place, "the command line");
        } else if line.contains("ReplicationFactor:") {
            sheet.took_for(file, "kafka-topics --describe");
            described_topic(sheet, line, place);
        } else if let Some(rest) = configs_of(line) {
            sheet.took_for(file, "kafka-configs --describe");
            let mut part = topic(file, i + 1).named(rest);
            // It prints what is set there: how many copies a topic has is not among it.
            part.set("of-topic", "true", place, "topic");
            sheet.parts.push(part);
        } else if line.contains("sensitive=") {
            described_config(sheet, line, place);
        } else if line.contains("Partition:") && line.contains("Isr:") {
            out_of_sync(sheet, line, place);
        } else if !line.trim().is_empty() {
            sheet.remark(RemarkKind::PassedOver, place, "this line is not understood");
        }
    }
}

/// Returns the name of the topic whose settings follow.
fn configs_of(line: &str) -> Option<&str> {
    let rest = line.split_once("configs for ")?.1.trim_end_matches(':').trim();
    let rest = rest.trim_end_matches(" are").trim();
    Some(rest.strip_prefix("topic ").unwrap_or(rest).trim_matches('\''))
}

/// Returns the word behind a label of `kafka-topics`: `ReplicationFactor: 3`.
fn labeled<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let rest = line.split_once(label)?.1;
    Some(rest.trim_start_matches(' ').split(['\t', ' ']).next().unwrap_or_default().trim())
}

fn described_topic(sheet: &mut Sheet, line: &str, place: Place) {
    let mut part = topic(place.file, place.line).named(labeled(line, "Topic:").unwrap_or_default());
    if let Some(copies) = labeled(line, "ReplicationFactor:") {
        part.set("replication.factor", copies, place, "ReplicationFactor");
    }
    let configs = labeled(line, "Configs:").unwrap_or_default();
    for (key, value) in configs.split(',').filter_map(|pair| pair.split_once('=')) {
        let node = Node::text_at(place.line, value);
        broker_key(sheet, &mut part, key, key, &node, place);
    }
    if let Some(partitions) = labeled(line, "PartitionCount:").filter(|count| *count != "1") {
        let text =
            format!("{partitions} partitions are looked at as one: order is within a partition");
        sheet.remark(RemarkKind::Assumed, place, text);
    }
    sheet.parts.push(part);
}

fn described_config(sheet: &mut Sheet, line: &str, place: Place) {
    let Some((key, rest)) = line.trim().split_once('=') else { return };
    let value = rest.split(' ').next().unwrap_or_default();
    let mut part = sheet.parts.pop().unwrap_or_else(|| topic(place.file, place.line));
    let origin = rest.split_once("synonyms={").and_then(|(_, rest)| rest.split(':').next());
    broker_key(sheet, &mut part, key, key, &Node::text_at(place.line, value), place);
    let lowered =
        rest.split("STATIC_BROKER_CONFIG:").nth(1).and_then(|rest| rest.split('=').nth(1));
    let broker = lowered.map(|rest| rest.split([',', '}']).next().unwrap_or_default());
    if let Some(broker) =
        broker.filter(|broker| *broker != value && origin == Some("DYNAMIC_TOPIC_CONFIG"))
        && part.items.last().is_some_and(|item| item.name == key)
    {
        let text = format!("{key}={value} is set at the topic and overrides the broker's {broker}");
        sheet.remark(RemarkKind::Overruled, place, text);
    }
    sheet.parts.push(part);
}

/// Notes a partition with replicas that are out of sync.
fn out_of_sync(sheet: &mut Sheet, line: &str, place: Place) {
    let count = |label: &str| {
        labeled(line, label).map_or(0, |list| list.split(',').filter(|s| !s.is_empty()).count())
    };
    let (replicas, in_sync) = (count("Replicas:"), count("Isr:"));
    if in_sync < replicas {
        let text = format!("only {in_sync} of {replicas} replicas are in sync at the moment");
        sheet.remark(RemarkKind::Assumed, place, text);
        if let Some(part) = sheet.parts.last_mut() {
            part.set("in-sync", in_sync.to_string(), place, "Isr");
        }
    }
}

/// Reads resources of Strimzi: Kafka, KafkaNodePool and KafkaTopic.
pub fn strimzi(sheet: &mut Sheet, file: usize, document: &Node) {
    let api = document.get("apiVersion").and_then(Node::text).unwrap_or_default();
    let kind = document.get("kind").and_then(Node::text).unwrap_or_default();
    if !api.starts_with("kafka.strimzi.io") {
        return;
    }
    sheet.took_for(file, format!("Strimzi · {kind}"));
    let name = document.at(&["metadata", "name"]).and_then(Node::text).unwrap_or_default();
    match kind {
        "KafkaTopic" => {
            let mut part = topic(file, document.line).named(name);
            part.set("of-topic", "true", Place { file, line: document.line }, "KafkaTopic");
            for entry in document.get("spec").map_or(&[][..], Node::entries) {
                strimzi_topic(sheet, &mut part, file, entry);
            }
            sheet.parts.push(part);
        }
        "Kafka" => {
            let kafka = document.at(&["spec", "kafka"]);
            let mut part = topic(file, document.line);
            for entry in kafka.map_or(&[][..], Node::entries) {
                let place = Place { file, line: entry.line };
                match entry.key.as_str() {
                    "config" => config(sheet, &mut part, file, &entry.value),
                    "version" => fact(&mut part, "version", entry, place),
                    "replicas" => fact(&mut part, "brokers", entry, place),
                    other => sheet.irrelevant(place, format!("spec.kafka.{other}")),
                }
            }
            for entry in document.get("spec").map_or(&[][..], Node::entries) {
                if entry.key != "kafka" {
                    let place = Place { file, line: entry.line };
                    sheet.irrelevant(place, format!("spec.{}", entry.key));
                }
            }
            sheet.parts.push(part);
        }
        _ => strimzi_other(sheet, file, document, (kind, name)),
    }
}

/// Reads what Kafka Connect's resources say of their clients; what others say is counted.
fn strimzi_other(sheet: &mut Sheet, file: usize, document: &Node, (kind, name): (&str, &str)) {
    let place = Place { file, line: document.line };
    let is_connect = ["KafkaConnect", "KafkaConnector"].contains(&kind);
    for entry in document.get("spec").map_or(&[][..], Node::entries) {
        if is_connect && entry.key == "config" {
            let class = document.at(&["spec", "class"]).and_then(Node::text);
            match class {
                Some(class) => connect::connector(sheet, place, name, class, &entry.value.leaves()),
                None => connect::worker(sheet, place, &entry.value.leaves()),
            }
            continue;
        }
        let place = Place { file, line: entry.line };
        sheet.irrelevant(place, format!("{kind} {name}: spec.{}", entry.key));
    }
}

fn strimzi_topic(sheet: &mut Sheet, part: &mut Part, file: usize, entry: &Entry) {
    let place = Place { file, line: entry.line };
    match entry.key.as_str() {
        // -1: as the broker has it.
        "replicas" if entry.value.text() == Some("-1") => {}
        "replicas" => {
            if let Some(copies) = entry.value.text() {
                part.set("replication.factor", copies, place, "spec.replicas");
            }
        }
        "partitions" => {
            let text = "partitions are looked at as one: order is within a partition";
            sheet.remark(RemarkKind::Assumed, place, text);
        }
        "config" => config(sheet, part, file, &entry.value),
        other => sheet.irrelevant(place, format!("spec.{other}")),
    }
}

fn config(sheet: &mut Sheet, part: &mut Part, file: usize, node: &Node) {
    for leaf in node.leaves() {
        let place = Place { file, line: leaf.line };
        broker_key(sheet, part, &leaf.key, &leaf.key, leaf.value, place);
    }
}

fn fact(part: &mut Part, name: &str, entry: &Entry, place: Place) {
    if let Some(text) = entry.value.text() {
        part.set(name, text, place, &entry.key);
    }
}

/// Reads the environment of a broker's image.
pub fn environment(sheet: &mut Sheet, file: usize, document: &Node, image: &str) {
    sheet.took_for(file, "environment of a Kafka broker");
    environment_of(sheet, file, document, image);
}

pub fn environment_of(sheet: &mut Sheet, file: usize, document: &Node, image: &str) {
    let mut part = topic(file, document.line);
    if let Some(tag) = image.rsplit_once(':').map(|(_, tag)| tag)
        && tag.starts_with(|c: char| c.is_ascii_digit())
        && !image.contains("confluentinc")
    {
        part.set("version", tag, part.place, "image");
    }
    for entry in document.entries() {
        let place = Place { file, line: entry.line };
        match variables::of_broker(&entry.key) {
            Some(key) => broker_key_of_env(sheet, &mut part, &key, entry, place),
            None => sheet.irrelevant(place, &entry.key),
        }
    }
    sheet.parts.push(part);
}

fn broker_key_of_env(sheet: &mut Sheet, part: &mut Part, key: &str, entry: &Entry, place: Place) {
    if Space::KafkaBroker.exact(key).is_some() {
        broker_key(sheet, part, key, &entry.key, &entry.value, place);
    } else {
        let near =
            Space::KafkaBroker.near(key).first().map(|near| near.to_uppercase().replace('.', "_"));
        let near = near.map(|near| format!(" (did you mean …{near}?)")).unwrap_or_default();
        let text = format!("{} is no broker setting{near}.", entry.key);
        sheet.remark(RemarkKind::NoEffect, place, text);
    }
}

/// Reports a broker of the same file that differs in a setting.
pub fn differs(sheet: &mut Sheet, file: usize, first: usize, environment: &Node, name: &str) {
    let Some(part) = sheet.parts.get(first) else { return };
    let mut remarks = Vec::new();
    for entry in environment.entries() {
        let key = variables::of_broker(&entry.key);
        let key = key.as_deref().map(|key| key.trim_start_matches("default.")).unwrap_or_default();
        let known = part.items.iter().find(|item| item.name.trim_start_matches("default.") == key);
        if let (Some(Item { value: Value::Text(one), .. }), Some(Value::Text(other))) =
            (known, literal(&entry.value))
            && *one != other
            && key != "version"
        {
            let text = format!(
                "{name} has {}={other}, the first broker {one}; the first is taken",
                entry.key
            );
            remarks.push((Place { file, line: entry.line }, text));
        }
    }
    for (place, text) in remarks {
        sheet.remark(RemarkKind::Assumed, place, text);
    }
}
