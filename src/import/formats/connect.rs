//! Kafka Connect: what workers and connectors set of their clients, as resources of Strimzi, as JSON of
//! its REST interface, or as properties.
//!
//! Sources: kafka.apache.org/documentation, "Kafka Connect" (`producer.` and `consumer.` of a worker,
//! `producer.override.` and `consumer.override.` of a connector); apache/kafka@1eb7644 Worker.java,
//! SourceConnectorConfig, SinkConnectorConfig.

use super::{no_effect, put};
use crate::import::keys::Space;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side};
use crate::import::tree::{Leaf, Node};

/// What stands in front of a client's key: of a connector, and of its worker.
const PREFIXES: [(&str, Side); 4] = [
    ("producer.override.", Side::Producer),
    ("consumer.override.", Side::Consumer),
    ("producer.", Side::Producer),
    ("consumer.", Side::Consumer),
];

/// Reads the JSON with which a connector is made; returns false if it is none.
pub fn json(sheet: &mut Sheet, file: usize, document: &Node) -> bool {
    let config = document.get("config").unwrap_or(document);
    let Some(class) = config.get("connector.class").and_then(Node::text) else { return false };
    let name = document.get("name").or_else(|| config.get("name")).and_then(Node::text);
    sheet.took_for(file, "Kafka Connect · connector");
    let place = Place { file, line: document.line };
    connector(sheet, place, name.unwrap_or("connector"), class, &config.leaves());
    true
}

/// Reads the properties of a worker, or of a connector that runs by itself.
pub fn properties(sheet: &mut Sheet, file: usize, documents: &[Node]) {
    for document in documents {
        let place = Place { file, line: 1 };
        let text = |key: &str| document.get(key).and_then(Node::text);
        if let Some(class) = text("connector.class") {
            sheet.took_for(file, "Kafka Connect · connector");
            let name = text("name").unwrap_or("connector");
            connector(sheet, place, name, class, &document.leaves());
        } else {
            sheet.took_for(file, "Kafka Connect · worker");
            worker(sheet, place, &document.leaves());
        }
    }
}

/// Reads the configuration of a connector.
pub fn connector(sheet: &mut Sheet, place: Place, name: &str, class: &str, config: &[Leaf]) {
    let has = |key: &str| config.iter().any(|leaf| leaf.key == key);
    let sink = class.contains("Sink") || has("topics") || has("topics.regex");
    let side = if sink && !class.contains("Source") { Side::Consumer } else { Side::Producer };
    read(sheet, place, name, &[side], config);
}

/// Reads the configuration of a worker.
pub fn worker(sheet: &mut Sheet, place: Place, config: &[Leaf]) {
    read(sheet, place, "", &[Side::Producer, Side::Consumer], config);
}

fn read(sheet: &mut Sheet, place: Place, name: &str, sides: &[Side], config: &[Leaf]) {
    let layer = Layer::of("kafka-connect");
    let mut parts: Vec<Part> =
        sides.iter().map(|side| Part::new(*side, layer, place).named(name)).collect();
    for leaf in config {
        let place = Place { line: leaf.line, ..place };
        let inside = PREFIXES.iter().find_map(|(start, side)| {
            Some((leaf.key.strip_prefix(start)?, parts.iter().position(|p| p.side == *side)?))
        });
        match inside {
            Some((key, at)) => match Space::KafkaJava.exact(key) {
                Some(known) => put(sheet, &mut parts[at], known, &leaf.key, leaf.value, place),
                None => no_effect(sheet, Space::KafkaJava, key, "the Java client", place),
            },
            None => other(sheet, leaf, place),
        }
    }
    // A worker says nothing of a side that it does not configure.
    parts.retain(|part| !name.is_empty() || !part.items.is_empty());
    sheet.parts.extend(parts);
}

fn other(sheet: &mut Sheet, leaf: &Leaf, place: Place) {
    let why = match (leaf.key.as_str(), leaf.value.text()) {
        ("errors.tolerance", Some("all")) => {
            "A record that cannot be converted or transformed is skipped; it is in the topic of \
             errors.deadletterqueue.topic.name, if a sink has one. Here no record is like that."
        }
        ("exactly.once.source.support", Some("enabled" | "preparing"))
        | ("exactly.once.support", Some("required")) => {
            "Records and the position in the source are written in one transaction. Here they are \
             looked at as without one, so that a crash repeats more."
        }
        _ => return sheet.irrelevant(place, &leaf.key),
    };
    sheet.remark(RemarkKind::NotModeled, place, format!("{} is not modeled. {why}", leaf.key));
}

/// Puts what workers say below what their connectors say.
pub fn finish(sheet: &mut Sheet) {
    let of_connect = |part: &Part| part.layer.id == "kafka-connect";
    for side in [Side::Producer, Side::Consumer] {
        let is_own = |part: &Part| of_connect(part) && part.side == side && !part.name.is_empty();
        let worker = sheet
            .parts
            .iter()
            .position(|part| of_connect(part) && part.side == side && part.name.is_empty());
        let (Some(worker), true) = (worker, sheet.parts.iter().any(is_own)) else { continue };
        let items = sheet.parts.remove(worker).items;
        for part in sheet.parts.iter_mut().filter(|part| is_own(part)) {
            part.items.splice(0..0, items.clone());
        }
    }
}
