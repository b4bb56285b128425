//! RabbitMQ clients in code: pika, amqplib, NestJS and MassTransit.

mod amqplib;
mod masstransit;
mod unread;

pub use unread::client as unread;

use super::{literal, no_effect, no_effect_but, put};
use crate::import::keys::Space;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side, Value};
use crate::import::read::code::{Call, Code};
use crate::import::tree::{Data, Node};

pub fn read(sheet: &mut Sheet, file: usize, code: &Code) {
    let before = sheet.parts.len();
    // Other clients have methods of the same names, with other arguments and defaults.
    if unread(code).is_none() {
        pika(sheet, file, code);
        amqplib::read(sheet, file, code);
    }
    nestjs(sheet, file, code);
    masstransit::read(sheet, file, code);
    if sheet.parts.len() > before {
        let text = "code is not run: only the literals of its calls are read";
        sheet.remark(RemarkKind::Assumed, Place { file, line: 0 }, text);
    }
}

/// Takes a queue's optional arguments.
fn arguments(sheet: &mut Sheet, part: &mut Part, node: Option<&Node>) {
    for entry in node.map_or(&[][..], Node::entries) {
        let place = Place { file: part.place.file, line: entry.line };
        match Space::Rabbitmq.exact(&entry.key) {
            Some(key) if key.written.starts_with("x-") => {
                put(sheet, part, key, &entry.key, &entry.value, place);
            }
            // Of a policy.
            Some(key) if key.name.starts_with("x-") => {
                no_effect_but(sheet, &entry.key, "a queue's arguments", Some(key.name), place);
            }
            _ => no_effect(sheet, Space::Rabbitmq, &entry.key, "RabbitMQ", place),
        }
    }
}

fn text(code: &Code, node: Option<&Node>) -> Option<String> {
    match literal(code.resolved(node?))? {
        Value::Text(text) => Some(text),
        Value::Unknown(_) => None,
    }
}

fn is_true(node: Option<&Node>) -> bool {
    node.and_then(Node::text) == Some("true")
}

/// Python: `queue_declare`, `basic_publish`, `basic_consume`; pika has the same names blocking and
/// asynchronous. Source: pika@2126d43 adapters/blocking_connection.py.
fn pika(sheet: &mut Sheet, file: usize, code: &Code) {
    let names = ["basic_publish", "basic_consume", "queue_declare", "basic_get"];
    if !names.iter().any(|name| code.calls(name)) {
        return;
    }
    sheet.took_for(file, "Python · pika");
    for call in code.calls_of("queue_declare") {
        let place = Place { file, line: call.line };
        let passive = is_true(call.arg("passive", 1));
        let name = text(code, call.arg("queue", 0)).unwrap_or_default();
        if passive {
            let text =
                format!("the queue {name} is declared elsewhere; its type is not in this file");
            sheet.remark(RemarkKind::Assumed, place, text);
            continue;
        }
        let mut part = Part::new(Side::Broker, Layer::of("rabbitmq"), place).named(name);
        let durable = is_true(call.arg("durable", 2));
        part.set("durable", durable.to_string(), place, "durable");
        for (name, at) in [("exclusive", 3), ("auto_delete", 4)] {
            if is_true(call.arg(name, at)) {
                part.set(name, "true", place, name);
            }
        }
        arguments(sheet, &mut part, call.arg("arguments", 5).map(|node| code.resolved(node)));
        sheet.parts.push(part);
    }
    if let Some(call) = code.calls_of("basic_publish").next() {
        sheet.parts.push(pika_publisher(file, code, call));
    }
    let consume = code.calls_of("basic_consume").next().or(code.calls_of("basic_get").next());
    if let Some(call) = consume {
        let part = pika_consumer(file, code, call);
        sheet.parts.push(part);
    }
}

fn pika_publisher(file: usize, code: &Code, call: &Call) -> Part {
    let place = Place { file, line: call.line };
    let mut part = Part::new(Side::Producer, Layer::of("pika"), place);
    part.refers_to = text(code, call.arg("routing_key", 1));
    let properties = call.arg("properties", 3).map(|node| code.resolved(node));
    if let Some(entry) = properties.and_then(|node| node.entry("delivery_mode")) {
        let mode = match &entry.value.data {
            Data::Text(text) => text.clone(),
            Data::Opaque(path) if path.contains("Persistent") || path.contains("PERSISTENT") => {
                "2".into()
            }
            Data::Opaque(path) if path.contains("Transient") || path.contains("TRANSIENT") => {
                "1".into()
            }
            _ => String::new(),
        };
        part.set("delivery_mode", mode, Place { file, line: entry.line }, "delivery_mode");
    }
    if let Some(node) = call.arg("mandatory", 4) {
        let place = Place { file, line: node.line };
        part.set("mandatory", is_true(Some(node)).to_string(), place, "mandatory");
    }
    if let Some(confirm) = code.calls_of("confirm_delivery").next() {
        let place = Place { file, line: confirm.line };
        part.set("confirm.select", "true", place, "confirm_delivery()");
        // A blocking channel waits for each confirm.
        part.set("outstanding", "1", place, "confirm_delivery()");
    }
    part
}

fn pika_consumer(file: usize, code: &Code, call: &Call) -> Part {
    let place = Place { file, line: call.line };
    let mut part = Part::new(Side::Consumer, Layer::of("pika"), place);
    part.refers_to = text(code, call.arg("queue", 0));
    let at = if call.name() == "basic_get" { 1 } else { 2 };
    if let Some(node) = call.arg("auto_ack", at) {
        part.set("auto_ack", is_true(Some(node)).to_string(), place, "auto_ack");
    }
    if let Some(qos) = code.calls_of("basic_qos").next() {
        let place = Place { file, line: qos.line };
        if let Some(count) =
            text(code, qos.named("prefetch_count").map(|e| &e.value).or(qos.args.get(1)))
        {
            part.set("prefetch_count", count, place, "prefetch_count");
        }
    }
    let negative = |name: &str| {
        code.calls_of(name).next().map(|call| {
            (
                call.line,
                call.arg("requeue", if name == "basic_nack" { 2 } else { 1 }).and_then(Node::text)
                    != Some("false"),
            )
        })
    };
    for name in ["basic_nack", "basic_reject"] {
        if let Some((line, requeue)) = negative(name) {
            let reaction = reaction(requeue, name == "basic_nack");
            part.set("on-error", reaction, Place { file, line }, name);
        }
    }
    acked(&mut part, file, code, "basic_ack");
    part
}

/// Returns what a negative acknowledgment comes to.
fn reaction(requeue: bool, nack: bool) -> &'static str {
    match (requeue, nack) {
        (true, true) => "nack",
        (true, false) => "reject-requeue",
        (false, _) => "reject",
    }
}

/// Notes where the code acknowledges, or that it never does.
fn acked(part: &mut Part, file: usize, code: &Code, name: &str) {
    let acks = code.calls_of(name).next();
    let line = acks.map_or(part.place.line, |call| call.line);
    let value = if acks.is_some() { "manual" } else { "nowhere" };
    part.set("commit", value, Place { file, line }, name);
}

/// NestJS: `{ transport: Transport.RMQ, options: { queue, noAck, persistent, prefetchCount } }`.
fn nestjs(sheet: &mut Sheet, file: usize, code: &Code) {
    for object in &code.objects {
        let is_rmq = matches!(object.get("transport").map(|node| &node.data), Some(Data::Opaque(path)) if path.ends_with("RMQ"));
        if !is_rmq {
            continue;
        }
        sheet.took_for(file, "NestJS · RabbitMQ");
        let place = Place { file, line: object.line };
        let options = object.get("options");
        let name = options.and_then(|options| options.get("queue")?.text()).unwrap_or_default();
        let part = |side: Side| Part::new(side, Layer::of("nestjs-rmq"), place);
        let (mut producer, mut consumer) = (part(Side::Producer), part(Side::Consumer));
        let mut queue = Part::new(Side::Broker, Layer::of("rabbitmq"), place).named(name);
        for entry in options.map_or(&[][..], Node::entries) {
            let at = Place { file, line: entry.line };
            let value = entry.value.text().unwrap_or_default();
            match entry.key.as_str() {
                "noAck" => consumer.set("auto_ack", value, at, "noAck"),
                "prefetchCount" => consumer.set("prefetch_count", value, at, "prefetchCount"),
                "persistent" => {
                    let mode = if value == "true" { "2" } else { "1" };
                    producer.set("delivery_mode", mode, at, "persistent");
                }
                "queueOptions" => {
                    for entry in entry.value.entries() {
                        let at = Place { file, line: entry.line };
                        match entry.key.as_str() {
                            "durable" => queue.set(
                                "durable",
                                entry.value.text().unwrap_or("true"),
                                at,
                                "durable",
                            ),
                            "exclusive" | "autoDelete" => {
                                let name = if entry.key == "exclusive" {
                                    "exclusive"
                                } else {
                                    "auto_delete"
                                };
                                let value = entry.value.text().unwrap_or_default();
                                queue.set(name, value, at, &entry.key);
                            }
                            "arguments" => arguments(sheet, &mut queue, Some(&entry.value)),
                            other => sheet.irrelevant(at, other),
                        }
                    }
                }
                other => sheet.irrelevant(at, other),
            }
        }
        sheet.parts.extend([producer, consumer, queue]);
    }
}
