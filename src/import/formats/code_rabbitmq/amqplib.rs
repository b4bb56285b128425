//! JavaScript: amqplib, and amqp-connection-manager over it.
//!
//! Sources: amqplib@f7503e5 lib/api_args.js; amqp-connection-manager@0f05987 README.md,
//! src/ChannelWrapper.ts.

use super::{acked, arguments, is_true, reaction, text};
use crate::import::formats::put;
use crate::import::keys::Key;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, Sheet, Side};
use crate::import::read::code::{Call, Code};
use crate::import::tree::{Entry, Node};

/// Options of `assertQueue` that stand for arguments of the queue.
const ARGUMENTS: [(&str, &str); 8] = [
    ("expires", "x-expires"),
    ("messageTtl", "x-message-ttl"),
    ("deadLetterExchange", "x-dead-letter-exchange"),
    ("deadLetterRoutingKey", "x-dead-letter-routing-key"),
    ("maxLength", "x-max-length"),
    ("maxPriority", "x-max-priority"),
    ("overflow", "x-overflow"),
    ("queueMode", "x-queue-mode"),
];

/// Reads `assertQueue`, `sendToQueue`, `publish` and `consume`.
pub fn read(sheet: &mut Sheet, file: usize, code: &Code) {
    let names =
        ["assertQueue", "sendToQueue", "createChannel", "createConfirmChannel", "checkQueue"];
    if !names.iter().any(|name| code.calls(name)) {
        return;
    }
    let managed = code.imports("amqp-connection-manager");
    let layer = if managed { "amqp-connection-manager" } else { "amqplib" };
    sheet.took_for(file, format!("JavaScript · {layer}"));
    for call in code.calls_of("assertQueue") {
        let part = queue(sheet, file, code, call);
        sheet.parts.push(part);
    }
    let publish = code.calls_of("sendToQueue").next().or(code.calls_of("publish").next());
    if let Some(call) = publish {
        let part = publisher(sheet, file, code, call, Layer::of(layer));
        sheet.parts.push(part);
    }
    if let Some(call) = code.calls_of("consume").next() {
        let part = consumer(sheet, file, code, call, Layer::of(layer));
        sheet.parts.push(part);
    }
}

/// Takes an option that the importer has another name for.
fn option(sheet: &mut Sheet, part: &mut Part, name: &'static str, entry: &Entry) {
    let place = Place { file: part.place.file, line: entry.line };
    let key = Key { side: Some(part.side), written: name, name };
    put(sheet, part, key, &entry.key, &entry.value, place);
}

fn queue(sheet: &mut Sheet, file: usize, code: &Code, call: &Call) -> Part {
    let place = Place { file, line: call.line };
    let name = text(code, call.args.first()).unwrap_or_default();
    let mut part = Part::new(Side::Broker, Layer::of("rabbitmq"), place).named(name);
    let options = call.args.get(1).map(|node| code.resolved(node));
    for entry in options.map_or(&[][..], Node::entries) {
        let place = Place { file, line: entry.line };
        let argument = ARGUMENTS.iter().find(|(option, _)| *option == entry.key).copied();
        match (entry.key.as_str(), argument) {
            ("durable", _) => option(sheet, &mut part, "durable", entry),
            ("exclusive", _) => option(sheet, &mut part, "exclusive", entry),
            ("autoDelete", _) => option(sheet, &mut part, "auto_delete", entry),
            ("arguments", _) => arguments(sheet, &mut part, Some(code.resolved(&entry.value))),
            (_, Some((_, name))) => option(sheet, &mut part, name, entry),
            (other, None) => sheet.irrelevant(place, other),
        }
    }
    part
}

fn publisher(
    sheet: &mut Sheet,
    file: usize,
    code: &Code,
    call: &Call,
    layer: &'static Layer,
) -> Part {
    let place = Place { file, line: call.line };
    let mut part = Part::new(Side::Producer, layer, place);
    part.refers_to = text(code, call.args.get(usize::from(call.name() == "publish")));
    let options = call.args.get(if call.name() == "publish" { 3 } else { 2 });
    for entry in options.map_or(&[][..], |node| code.resolved(node).entries()) {
        let place = Place { file, line: entry.line };
        match entry.key.as_str() {
            "persistent" => {
                let mode = if is_true(Some(&entry.value)) { "2" } else { "1" };
                part.set("delivery_mode", mode, place, "persistent");
            }
            "deliveryMode" => {
                part.set("delivery_mode", entry.value.text().unwrap_or("1"), place, "deliveryMode");
            }
            "mandatory" => {
                part.set("mandatory", is_true(Some(&entry.value)).to_string(), place, "mandatory");
            }
            "expiration" => option(sheet, &mut part, "expiration", entry),
            "priority" => option(sheet, &mut part, "priority", entry),
            other => sheet.irrelevant(place, other),
        }
    }
    if let Some(confirm) = code.calls_of("createConfirmChannel").next() {
        let place = Place { file, line: confirm.line };
        part.set("confirm.select", "true", place, "createConfirmChannel()");
    }
    let channel = code.calls_of("createChannel").find_map(|call| call.args.first());
    if part.layer.id == "amqp-connection-manager"
        && let Some(entry) = channel.and_then(|node| code.resolved(node).entry("confirm"))
    {
        option(sheet, &mut part, "confirm.select", entry);
    }
    part
}

fn consumer(
    sheet: &mut Sheet,
    file: usize,
    code: &Code,
    call: &Call,
    layer: &'static Layer,
) -> Part {
    let place = Place { file, line: call.line };
    let mut part = Part::new(Side::Consumer, layer, place);
    part.refers_to = text(code, call.args.first());
    let options = call.args.get(2).map(|node| code.resolved(node));
    for entry in options.map_or(&[][..], Node::entries) {
        let place = Place { file, line: entry.line };
        match entry.key.as_str() {
            "noAck" => {
                part.set("auto_ack", is_true(Some(&entry.value)).to_string(), place, "noAck")
            }
            // Only amqp-connection-manager has it.
            "prefetch" => option(sheet, &mut part, "prefetch_count", entry),
            other => sheet.irrelevant(place, other),
        }
    }
    if let Some(prefetch) = code.calls_of("prefetch").next() {
        let place = Place { file, line: prefetch.line };
        if let Some(count) = text(code, prefetch.args.first()) {
            part.set("prefetch_count", count, place, "prefetch");
        }
    }
    for (name, at) in [("nack", 2), ("reject", 1)] {
        if let Some(call) = code.calls_of(name).find(|call| call.path.contains('.')) {
            let requeue = call.args.get(at).and_then(Node::text) != Some("false");
            let place = Place { file, line: call.line };
            part.set("on-error", reaction(requeue, name == "nack"), place, name);
        }
    }
    acked(&mut part, file, code, "ack");
    part
}
