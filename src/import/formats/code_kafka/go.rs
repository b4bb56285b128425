//! Go: Sarama, franz-go and kafka-go.

use super::setting;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, Sheet, Side};
use crate::import::read::code::{Assignment, Call, Code};
use crate::import::tree::{Data, Node};

pub fn read(sheet: &mut Sheet, file: usize, code: &Code) {
    sarama(sheet, file, code);
    franz(sheet, file, code);
    kafka_go(sheet, file, code);
}

/// Fields of `sarama.Config`, by the end of their path.
const SARAMA: &[(&str, Side, &str)] = &[
    ("Producer.RequiredAcks", Side::Producer, "acks"),
    ("Producer.Idempotent", Side::Producer, "enable.idempotence"),
    ("Producer.Retry.Max", Side::Producer, "retries"),
    ("Producer.Transaction.ID", Side::Producer, "transactional.id"),
    ("Producer.Timeout", Side::Producer, "request.timeout.ms"),
    ("Net.MaxOpenRequests", Side::Producer, "max.in.flight.requests.per.connection"),
    ("Consumer.IsolationLevel", Side::Consumer, "isolation.level"),
    ("Consumer.Offsets.Initial", Side::Consumer, "auto.offset.reset"),
    ("Consumer.Offsets.AutoCommit.Enable", Side::Consumer, "enable.auto.commit"),
];

fn sarama(sheet: &mut Sheet, file: usize, code: &Code) {
    let is_sarama = code.calls.iter().any(|call| call.path.starts_with("sarama."));
    if !is_sarama {
        return;
    }
    sheet.took_for(file, "Go · Sarama");
    let field =
        |assignment: &Assignment, path: &str| assignment.path.ends_with(&format!(".{path}"));
    let calls = |words: &[&str]| {
        code.calls.iter().any(|call| words.iter().any(|w| call.name().starts_with(w)))
    };
    let has = |part: &str| code.assignments.iter().any(|a| a.path.contains(part));
    let mut parts = Vec::new();
    if has(".Producer.") || calls(&["NewAsyncProducer", "NewSyncProducer"]) {
        parts.push(Part::new(Side::Producer, Layer::of("sarama"), Place { file, line: 1 }));
    }
    if has(".Consumer.") || calls(&["NewConsumerGroup", "NewConsumer"]) {
        parts.push(Part::new(Side::Consumer, Layer::of("sarama"), Place { file, line: 1 }));
    }
    for assignment in &code.assignments {
        let place = Place { file, line: assignment.line };
        let known = SARAMA.iter().find(|(path, ..)| field(assignment, path));
        let written = assignment.path.split_once('.').map_or("", |(_, path)| path);
        match known {
            Some((_, side, name)) => {
                if let Some(part) = parts.iter_mut().find(|part| part.side == *side) {
                    setting(sheet, part, name, written, &assignment.value, place);
                }
            }
            None if ["Producer.", "Consumer.", "Net.", "Version", "ClientID", "Metadata."]
                .iter()
                .any(|start| written.starts_with(start)) =>
            {
                sheet.irrelevant(place, written);
            }
            None => {}
        }
    }
    sheet.parts.extend(parts);
}

/// Options of `kgo.NewClient`.
const FRANZ: &[(&str, Side, &str)] = &[
    ("RequiredAcks", Side::Producer, "acks"),
    ("RecordRetries", Side::Producer, "retries"),
    (
        "MaxProduceRequestsInflightPerBroker",
        Side::Producer,
        "max.in.flight.requests.per.connection",
    ),
    ("TransactionalID", Side::Producer, "transactional.id"),
    ("RecordDeliveryTimeout", Side::Producer, "delivery.timeout.ms"),
    ("ProduceRequestTimeout", Side::Producer, "request.timeout.ms"),
    ("FetchIsolationLevel", Side::Consumer, "isolation.level"),
    ("ConsumeResetOffset", Side::Consumer, "auto.offset.reset"),
];

fn franz(sheet: &mut Sheet, file: usize, code: &Code) {
    let options: Vec<_> = code.calls.iter().filter(|call| call.path.starts_with("kgo.")).collect();
    let Some(first) = options.first() else { return };
    sheet.took_for(file, "Go · franz-go");
    let has = |names: &[&str]| code.calls.iter().any(|call| names.contains(&call.name()));
    let place = Place { file, line: first.line };
    let consumes = has(&["ConsumerGroup", "ConsumeTopics", "PollFetches", "PollRecords"]);
    let produces = has(&[
        "RequiredAcks",
        "ProduceSync",
        "Produce",
        "DisableIdempotentWrite",
        "DefaultProduceTopic",
        "TransactionalID",
    ]);
    let mut parts = Vec::new();
    if produces || !consumes {
        parts.push(Part::new(Side::Producer, Layer::of("franz-go"), place));
    }
    if consumes {
        parts.push(Part::new(Side::Consumer, Layer::of("franz-go"), place));
    }
    // `kgo.LeaderAck()` in `kgo.RequiredAcks(kgo.LeaderAck())` is a value, no option.
    let makes = |value: &Node, call: &Call| match &value.data {
        Data::Opaque(expression) => expression.starts_with(&format!("{}(", call.path)),
        _ => value.tag.as_ref() == Some(&call.path),
    };
    let is_client = |call: &Call| call.name() == "NewClient";
    let of_options = |call: &Call| {
        let others = options.iter().filter(|other| !is_client(other));
        !is_client(call) && !others.flat_map(|other| &other.args).any(|value| makes(value, call))
    };
    for call in options.iter().filter(|call| of_options(call)) {
        let place = Place { file, line: call.line };
        let literal = |text: &str| Node::text_at(call.line, text);
        let of = |side: Side| move |part: &&mut Part| part.side == side;
        let (side, name, node) = match call.name() {
            "DisableIdempotentWrite" => (Side::Producer, "enable.idempotence", literal("false")),
            "DisableAutoCommit" => (Side::Consumer, "enable.auto.commit", literal("false")),
            "GreedyAutoCommit" => (Side::Consumer, "commit", literal("background")),
            "AutoCommitMarks" => (Side::Consumer, "commit", literal("manual")),
            other => match FRANZ.iter().find(|(option, ..)| *option == other) {
                Some((_, side, name)) => {
                    let arg = call.args.first().cloned();
                    (*side, *name, arg.map_or(literal(""), |arg| reset(name, arg)))
                }
                None => {
                    sheet.irrelevant(place, &call.path);
                    continue;
                }
            },
        };
        if let Some(part) = parts.iter_mut().find(of(side)) {
            setting(sheet, part, name, &call.path, &node, place);
        }
    }
    sheet.parts.extend(parts);
}

/// Reads `kgo.NewOffset().AtStart()`.
fn reset(name: &str, node: Node) -> Node {
    let expression = match &node.data {
        Data::Opaque(text) => text.clone(),
        _ => node.tag.clone().unwrap_or_default(),
    };
    match name {
        "auto.offset.reset" if expression.contains("AtStart") => {
            Node::text_at(node.line, "earliest")
        }
        "auto.offset.reset" if expression.contains("AtEnd") => Node::text_at(node.line, "latest"),
        _ => node,
    }
}

/// Fields of kafka-go's structures.
const KAFKA_GO: &[(&str, &str)] = &[
    ("RequiredAcks", "acks"),
    ("StartOffset", "auto.offset.reset"),
    ("IsolationLevel", "isolation.level"),
    ("Transport", "client.id"),
];

fn kafka_go(sheet: &mut Sheet, file: usize, code: &Code) {
    for (name, side, layer) in [
        ("kafka.Writer", Side::Producer, "kafka-go-writer"),
        ("kafka.WriterConfig", Side::Producer, "kafka-go-new-writer"),
        ("kafka.ReaderConfig", Side::Consumer, "kafka-go-reader"),
    ] {
        let tagged = |node: &&Node| node.tag.as_deref() == Some(name);
        for object in code.objects.iter().filter(tagged) {
            sheet.took_for(file, "Go · kafka-go");
            let place = Place { file, line: object.line };
            let mut part = Part::new(side, Layer::of(layer), place);
            for entry in object.entries() {
                let place = Place { file, line: entry.line };
                let known = KAFKA_GO.iter().find(|(field, _)| *field == entry.key);
                match (known, entry.key.as_str()) {
                    (Some((_, name)), _) => {
                        setting(sheet, &mut part, name, &entry.key, &entry.value, place);
                    }
                    (None, "MaxAttempts") => attempts(sheet, &mut part, &entry.value, place),
                    (None, "Async") if entry.value.text() == Some("true") => {
                        let text = "Async: errors of a write go to Completion only; code that does not look there misses them";
                        sheet.remark(crate::import::part::RemarkKind::NotModeled, place, text);
                    }
                    (None, other) => sheet.irrelevant(place, other),
                }
            }
            if side == Side::Consumer && code.calls("FetchMessage") {
                let line = code.calls_of("FetchMessage").next().map_or(1, |call| call.line);
                part.set("commit", "manual", Place { file, line }, "FetchMessage");
            }
            sheet.parts.push(part);
        }
    }
}

/// kafka-go counts attempts, Kafka retries.
fn attempts(sheet: &mut Sheet, part: &mut Part, value: &Node, place: Place) {
    match value.text().and_then(|text| text.parse::<u32>().ok()) {
        Some(attempts) => {
            part.set("retries", attempts.saturating_sub(1).to_string(), place, "MaxAttempts");
        }
        None => setting(sheet, part, "retries", "MaxAttempts", value, place),
    }
}
