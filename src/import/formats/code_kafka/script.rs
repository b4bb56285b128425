//! JavaScript and TypeScript: kafkajs, NestJS and confluent-kafka-javascript.

use super::setting;
use crate::import::formats::{near_miss, no_effect, put};
use crate::import::keys::Space;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side};
use crate::import::read::code::{Call, Code};
use crate::import::tree::{Data, Node};

/// Options of kafkajs.
const KAFKAJS: &[(&str, &str)] = &[
    ("acks", "acks"),
    ("idempotent", "enable.idempotence"),
    ("maxInFlightRequests", "max.in.flight.requests.per.connection"),
    ("transactionalId", "transactional.id"),
    ("autoCommit", "enable.auto.commit"),
];

/// The number of messages after which offsets are committed.
const THRESHOLD: &str = "autoCommitThreshold";

pub fn read(sheet: &mut Sheet, file: usize, code: &Code) {
    nestjs(sheet, file, code);
    let kafka: Vec<&Call> = code
        .calls
        .iter()
        .filter(|call| call.path == "Kafka" || call.path.ends_with(".Kafka"))
        .collect();
    if kafka.is_empty() {
        return;
    }
    let layer = Layer::of(if is_confluent(code) { "confluent-js" } else { "kafkajs" });
    let mut parts = Vec::new();
    for (name, side) in [("producer", Side::Producer), ("consumer", Side::Consumer)] {
        for call in code.calls_of(name).filter(|call| call.path.contains('.')) {
            let place = Place { file, line: call.line };
            let mut part = Part::new(side, layer, place);
            // The client's own retry lies under the producer's.
            let of_client = kafka.iter().filter_map(|call| call.args.first());
            let of_client = of_client.map(|options| code.resolved(options));
            for options in of_client.filter(|_| side == Side::Producer) {
                let options = options.get("kafkaJS").unwrap_or(options);
                if let Some(retry) = options.entry("retry") {
                    option(sheet, &mut part, "retry", &retry.value, retry.line);
                }
            }
            if let Some(options) = call.args.first() {
                let options = code.resolved(options);
                kafkajs(sheet, &mut part, options.get("kafkaJS").unwrap_or(options));
                if options.get("kafkaJS").is_some() {
                    beside(sheet, &mut part, options);
                }
            }
            parts.push(part);
        }
    }
    if parts.is_empty() {
        return;
    }
    sheet.took_for(file, format!("JavaScript · {}", layer.label));
    for call in &code.calls {
        let (side, names): (Side, &[&str]) = match call.name() {
            "send" | "sendBatch" => (Side::Producer, &["acks"]),
            "subscribe" => (Side::Consumer, &["fromBeginning"]),
            "run" => (
                Side::Consumer,
                &["autoCommit", "eachMessage", "eachBatch", "eachBatchAutoResolve", THRESHOLD],
            ),
            _ => continue,
        };
        let Some(part) = parts.iter_mut().find(|part| part.side == side) else { continue };
        let options = call.args.first().map(|options| code.resolved(options));
        for entry in options.map_or(&[][..], |options| options.entries()) {
            if names.contains(&entry.key.as_str()) {
                option(sheet, part, &entry.key, code.resolved(&entry.value), entry.line);
                continue;
            }
            let place = Place { file, line: entry.line };
            let missed =
                side == Side::Consumer && near_miss(sheet, OPTIONS, &entry.key, layer.label, place);
            if !missed && call.name() == "run" {
                sheet.irrelevant(place, &entry.key);
            }
        }
    }
    sheet.parts.extend(parts);
}

/// Returns true for confluent-kafka-javascript, whose classes have the names of kafkajs.
fn is_confluent(code: &Code) -> bool {
    let requires = |call: &Call| {
        let module = call.args.first().and_then(Node::text);
        call.path == "require" && module.is_some_and(|name| name.starts_with("@confluentinc/"))
    };
    code.objects.iter().any(|object| object.get("kafkaJS").is_some())
        || code.calls.iter().any(requires)
}

/// Takes the options of a producer or consumer.
fn kafkajs(sheet: &mut Sheet, part: &mut Part, options: &Node) {
    for entry in options.entries() {
        option(sheet, part, &entry.key, &entry.value, entry.line);
    }
}

/// Takes the keys of librdkafka that stand beside `kafkaJS`.
fn beside(sheet: &mut Sheet, part: &mut Part, options: &Node) {
    for entry in options.entries().iter().filter(|entry| entry.key != "kafkaJS") {
        let place = Place { file: part.place.file, line: entry.line };
        match Space::Librdkafka.exact(&entry.key) {
            Some(key) => put(sheet, part, key, &entry.key, &entry.value, place),
            None => no_effect(sheet, Space::Librdkafka, &entry.key, "librdkafka", place),
        }
    }
}

fn option(sheet: &mut Sheet, part: &mut Part, key: &str, value: &Node, line: usize) {
    let place = Place { file: part.place.file, line };
    if let Some((_, name)) = KAFKAJS.iter().find(|(option, _)| *option == key) {
        return setting(sheet, part, name, key, value, place);
    }
    let yes = value.text() == Some("true");
    match key {
        "fromBeginning" | "auto.offset.reset" => {
            let reset = if yes { "earliest" } else { "latest" };
            part.set("auto.offset.reset", reset, place, key);
        }
        "readUncommitted" => {
            let level = if yes { "read_uncommitted" } else { "read_committed" };
            part.set("isolation.level", level, place, key);
        }
        "retry" => match value.entry("retries") {
            Some(entry) if part.side == Side::Producer => {
                let place = Place { line: entry.line, ..place };
                setting(sheet, part, "retries", "retry.retries", &entry.value, place);
            }
            _ => sheet.irrelevant(place, key),
        },
        // Functions, which are not read. NestJS has one of its own instead.
        "eachMessage" => sheet.neighbors.push((place, key.to_owned())),
        "eachBatch" if part.layer.id != "nestjs-kafka" => part.set(key, "given", place, key),
        "eachBatchAutoResolve" if value.text() == Some("false") => {
            part.set(key, "false", place, key);
        }
        THRESHOLD if value.text() == Some("1") => part.set(key, "1", place, key),
        other if near_miss(sheet, OPTIONS, other, part.layer.label, place) => {}
        other => sheet.irrelevant(place, other),
    }
}

/// All options of a producer or consumer of kafkajs, and of what they are told to do; the last are those
/// of confluent-kafka-javascript alone.
const OPTIONS: &[&str] = &[
    "acks",
    "allowAutoTopicCreation",
    "autoCommit",
    "autoCommitInterval",
    "autoCommitThreshold",
    "compression",
    "createPartitioner",
    "eachBatch",
    "eachBatchAutoResolve",
    "eachMessage",
    "fromBeginning",
    "groupId",
    "groupInstanceId",
    "heartbeatInterval",
    "idempotent",
    "instrumentationEmitter",
    "maxBytes",
    "maxBytesPerPartition",
    "maxInFlightRequests",
    "maxWaitTimeInMs",
    "metadataMaxAge",
    "minBytes",
    "partitionAssigners",
    "partitionsConsumedConcurrently",
    "rackId",
    "readUncommitted",
    "rebalanceTimeout",
    "retry",
    "sessionTimeout",
    "timeout",
    "topic",
    "topics",
    "transactionalId",
    "transactionTimeout",
    "logger",
    "logLevel",
    "partitionAssignors",
    "partitioner",
];

/// NestJS: `{ transport: Transport.KAFKA, options: { client, consumer, producer, run, subscribe } }`.
fn nestjs(sheet: &mut Sheet, file: usize, code: &Code) {
    for object in &code.objects {
        let transport = match object.get("transport").map(|node| &node.data) {
            Some(Data::Opaque(path)) => path.as_str(),
            _ => continue,
        };
        if !transport.ends_with("KAFKA") {
            continue;
        }
        sheet.took_for(file, "NestJS · Kafka (kafkajs)");
        let options = object.get("options").cloned();
        let options = options.as_ref();
        let is_set = |key: &str| options.and_then(|options| options.get(key)).and_then(Node::text);
        // Of ClientsModule.register, which has a name: its consumer gets the replies to send().
        let producer_only = is_set("producerOnlyMode") == Some("true");
        let is_client = producer_only || object.get("name").is_some();
        for (name, side, others) in [
            ("producer", Side::Producer, ["send", ""]),
            ("consumer", Side::Consumer, ["run", "subscribe"]),
        ] {
            let place = Place { file, line: object.line };
            if producer_only && side == Side::Consumer {
                continue;
            }
            if is_client && side == Side::Consumer {
                let text = "the consumer of a client gets the replies to send(): it is not judged. \
                            Give main.ts, where the microservice is created, to judge its consumer";
                sheet.remark(RemarkKind::PassedOver, place, text);
                continue;
            }
            let mut part = Part::new(side, Layer::of("nestjs-kafka"), place);
            for name in [name].iter().chain(&others) {
                if let Some(own) = options.and_then(|options| options.get(name)) {
                    kafkajs(sheet, &mut part, own);
                }
            }
            sheet.parts.push(part);
        }
        if let Some(client) = options.and_then(|options| options.entry("client")) {
            for entry in client.value.entries() {
                sheet.irrelevant(Place { file, line: entry.line }, &entry.key);
            }
        }
        let suffix = if is_client { "-client" } else { "-server" };
        group_suffix(sheet, file, options, is_set("postfixId").unwrap_or(suffix));
    }
}

/// NestJS adds `-server` to the group of a server, and `-client` to that of a client, or `postfixId`.
fn group_suffix(sheet: &mut Sheet, file: usize, options: Option<&Node>, end: &str) {
    let group = options.and_then(|options| options.get("consumer")?.entry("groupId"));
    if let Some(entry) = group
        && let Some(name) = entry.value.text()
        && !end.is_empty()
    {
        let text = format!("NestJS makes the group {name}{end} of {name}");
        sheet.remark(RemarkKind::Assumed, Place { file, line: entry.line }, text);
    }
}
