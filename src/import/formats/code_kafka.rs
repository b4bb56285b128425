//! Kafka clients in code: the literals of their configuration, language by language.

mod go;
mod python;
mod rust;
mod script;

use super::clients::{is_shared, of_client};
use super::{no_effect, no_effect_but};
use crate::import::keys::{Influence, Key, Space, influence};
use crate::import::layers::Layer;
use crate::import::part::{Item, Part, Place, RemarkKind, Sheet, Side, Value};
use crate::import::read::code::Code;
use crate::import::tree::{Data, Leaf, Node};

pub fn read(sheet: &mut Sheet, file: usize, code: &Code) {
    let before = sheet.parts.len();
    maps(sheet, file, code);
    java(sheet, file, code);
    dotnet(sheet, file, code);
    python::read(sheet, file, code);
    rust::read(sheet, file, code);
    go::read(sheet, file, code);
    script::read(sheet, file, code);
    if sheet.parts.len() > before {
        let text = "code is not run: only the literals of its configuration are read, no comments, \
                    no conditions and no handlers";
        sheet.remark(RemarkKind::Assumed, Place { file, line: 0 }, text);
    }
}

/// Returns the plain value of an expression that names a constant: `Acks.All`, `sarama.NoResponse`,
/// `kgo.LeaderAck()`.
pub fn constant(name: &str, node: &Node) -> Option<Value> {
    let path = match &node.data {
        Data::Opaque(path) => path.as_str(),
        Data::List(items) if items.is_empty() => node.tag.as_deref()?,
        Data::Text(text) => text.as_str(),
        _ => return super::literal(node),
    };
    let last = path.rsplit('.').next().unwrap_or(path).trim();
    let last: String = last.chars().filter(char::is_ascii_alphanumeric).collect();
    let value = match (name, last.to_ascii_lowercase().as_str()) {
        ("acks", "noresponse" | "requirenone" | "noack" | "none" | "0") => "0",
        ("acks", "waitforlocal" | "requireone" | "leaderack" | "leader" | "1") => "1",
        ("acks", "waitforall" | "requireall" | "allisracks" | "all") => "all",
        ("acks", "1all") => "all",
        (
            "auto.offset.reset",
            "earliest" | "smallest" | "beginning" | "offsetoldest" | "firstoffset",
        ) => "earliest",
        ("auto.offset.reset", "latest" | "largest" | "end" | "offsetnewest" | "lastoffset") => {
            "latest"
        }
        ("isolation.level", "readcommitted") => "read_committed",
        ("isolation.level", "readuncommitted") => "read_uncommitted",
        _ if node.text().is_some() => return super::literal(node),
        _ if name.ends_with(".ms") && duration(path).is_some() => {
            return duration(path).map(|ms| Value::Text(ms.to_string()));
        }
        _ => return Some(Value::Unknown(path.to_owned())),
    };
    // -1 keeps its sign in no identifier.
    Some(Value::Text(if name == "acks" && path == "-1" { "all".into() } else { value.into() }))
}

/// Reads a duration as Go writes it, `30 * time.Second`, in milliseconds.
fn duration(expression: &str) -> Option<u64> {
    let (times, unit) = expression.split_once('*').unwrap_or(("1", expression));
    let (times, unit) = if times.contains("time.") { (unit, times) } else { (times, unit) };
    let unit = match unit.trim() {
        "time.Millisecond" => 1,
        "time.Second" => 1000,
        "time.Minute" => 60_000,
        "time.Hour" => 3_600_000,
        _ => return None,
    };
    times.trim().parse::<u64>().ok()?.checked_mul(unit)
}

/// Adds a setting of a client whose keys have other names in code.
pub fn setting(
    sheet: &mut Sheet,
    part: &mut Part,
    name: &str,
    written: &str,
    node: &Node,
    place: Place,
) {
    match influence(name, node.text()) {
        Influence::Setting => {}
        Influence::None => return sheet.irrelevant(place, written),
        Influence::NotModeled(why) => {
            let text = format!("{written} is not modeled. {why}");
            return sheet.remark(RemarkKind::NotModeled, place, text);
        }
    }
    let Some(value) = constant(name, node).map(|value| value.of(name)) else { return };
    if let Value::Unknown(expression) = &value {
        let text = format!(
            "{written}: the value of {expression} is not in the file; the default is taken instead"
        );
        sheet.remark(RemarkKind::Unreadable, place, text);
    }
    let (name, written) = (name.to_owned(), written.to_owned());
    part.items.push(Item { name, value, place, written, by_default: false });
}

/// Maps with librdkafka's dotted keys: Python, Go, JavaScript and any other language.
fn maps(sheet: &mut Sheet, file: usize, code: &Code) {
    let sides = [
        (
            Side::Consumer,
            ["Consumer", "DeserializingConsumer", "NewConsumer", "KafkaConsumer", "AvroConsumer"],
        ),
        (
            Side::Producer,
            ["Producer", "SerializingProducer", "NewProducer", "HighLevelProducer", "AvroProducer"],
        ),
    ];
    let dotted = |key: &str| key.contains('.') && Space::Librdkafka.exact(key).is_some();
    // Beside `kafkaJS` they are read with it.
    let is_ours = |node: &Node| {
        node.entries().iter().any(|entry| dotted(&entry.key)) && node.get("kafkaJS").is_none()
    };
    let shared = |node: &Node| is_shared(&node.leaves());
    let any = code.objects.iter().any(|object| is_ours(object) && !shared(object));
    for object in &code.objects {
        if any && is_ours(object) && shared(object) {
            for entry in object.entries() {
                sheet.irrelevant(Place { file, line: entry.line }, &entry.key);
            }
            continue;
        }
        // node-rdkafka takes the keys of topics in a second map.
        let call = |at: usize| code.calls.iter().find(|call| call.args.get(at) == Some(object));
        let of_topics = call(0).and_then(|call| call.args.get(1));
        if call(1).is_some_and(|call| is_ours(&call.args[0])) || !is_ours(object) {
            continue;
        }
        let leaves: Vec<Leaf> = object
            .entries()
            .iter()
            .chain(of_topics.map_or(&[][..], Node::entries))
            .map(|entry| Leaf { key: entry.key.clone(), line: entry.line, value: &entry.value })
            .collect();
        let called = |names: &[&str; 5]| names.iter().any(|name| code.calls(name));
        let called = sides.iter().filter(|(_, names)| called(names)).map(|(side, _)| *side);
        let called: Vec<Side> = called.collect();
        let hint = if let [one] = called[..] { Some(one) } else { None };
        of_client(sheet, file, &leaves, "librdkafka", hint);
    }
}

/// Java and Kotlin: `props.put(ProducerConfig.ACKS_CONFIG, "1")`, `Map.of("acks", "1", …)`.
fn java(sheet: &mut Sheet, file: usize, code: &Code) {
    let mut found: Vec<(String, usize, &Node)> = Vec::new();
    for call in &code.calls {
        let pairs = match call.name() {
            "put" | "setProperty" | "property" | "entry" if call.args.len() == 2 => &call.args[..],
            "of" if call.args.len() % 2 == 0 => &call.args[..],
            _ => continue,
        };
        for pair in pairs.chunks_exact(2) {
            if let Some(key) = java_key(&pair[0]) {
                found.push((key, pair[0].line, &pair[1]));
            }
        }
    }
    for object in &code.objects {
        for entry in object.entries().iter().filter(|entry| entry.key.ends_with("_CONFIG")) {
            let node = Node::new(entry.line, Data::Opaque(entry.key.clone()));
            found.extend(java_key(&node).map(|key| (key, entry.line, &entry.value)));
        }
    }
    let is_known = |(key, ..): &(String, usize, &Node)| Space::KafkaJava.exact(key).is_some();
    if !found.iter().any(is_known) {
        return;
    }
    let leaves: Vec<Leaf> =
        found.into_iter().map(|(key, line, value)| Leaf { key, line, value }).collect();
    of_client(sheet, file, &leaves, "kafka-java", None);
}

/// Reads a key: a text with dots, or a constant `ProducerConfig.ACKS_CONFIG`.
fn java_key(node: &Node) -> Option<String> {
    match &node.data {
        Data::Text(text) if text.contains('.') || matches!(text.as_str(), "acks" | "retries") => {
            Some(text.clone())
        }
        Data::Opaque(path) => {
            let constant = path.rsplit('.').next()?.strip_suffix("_CONFIG")?;
            let loose = constant_key(constant).map(str::to_owned);
            Some(loose.unwrap_or_else(|| constant.to_lowercase().replace('_', ".")))
        }
        _ => None,
    }
}

/// Returns the key behind a constant of the Java client: most have its words, some less or more.
fn constant_key(constant: &str) -> Option<&'static str> {
    let known = |name: &str| Space::KafkaJava.loose(name).map(|key| key.written);
    let ends = ["", "_CONFIG", "_MS", "_BYTES"];
    let longer = ends.iter().find_map(|end| known(&format!("{constant}{end}")));
    longer.or_else(|| known(&constant.replace("_CLASSES", "S"))).or_else(|| {
        let shorter = constant.strip_suffix("_CLASS");
        shorter.and_then(known)
    })
}

/// C#: `new ConsumerConfig { EnableAutoCommit = true }`, and assignments to it.
fn dotnet(sheet: &mut Sheet, file: usize, code: &Code) {
    let kinds = [("ProducerConfig", Side::Producer), ("ConsumerConfig", Side::Consumer)];
    let mut parts = Vec::new();
    for (name, side) in kinds {
        for object in code.objects_of(name) {
            let place = Place { file, line: object.line };
            let mut part = Part::new(side, Layer::of("librdkafka"), place);
            for entry in object.entries() {
                let place = Place { file, line: entry.line };
                dotnet_key(sheet, &mut part, &entry.key, &entry.value, place);
            }
            parts.push(part);
        }
    }
    if !parts.is_empty() {
        sheet.took_for(file, "C# · Confluent.Kafka (librdkafka)");
    }
    sheet.parts.extend(parts);
}

/// Takes a property of `ProducerConfig` or `ConsumerConfig`.
pub fn dotnet_key(sheet: &mut Sheet, part: &mut Part, key: &str, value: &Node, place: Place) {
    match Space::Librdkafka.loose(key) {
        Some(Key { side: Some(side), .. }) if side != part.side => {
            let text = format!("{key} is a key of the {}, and has no effect here.", side.label());
            sheet.remark(RemarkKind::NoEffect, place, text);
        }
        Some(known) => setting(sheet, part, known.name, key, value, place),
        None => no_effect(sheet, Space::Librdkafka, key, "Confluent.Kafka", place),
    }
}

/// Adds named arguments of a call, whose names are the client's with `_` for `.`.
pub fn named_arguments(
    sheet: &mut Sheet,
    part: &mut Part,
    named: &[crate::import::tree::Entry],
    product: &str,
) {
    for entry in named {
        let place = Place { file: part.place.file, line: entry.line };
        let dotted = entry.key.replace('_', ".");
        match Space::KafkaJava.exact(&dotted).or(Space::KafkaJava.loose(&entry.key)) {
            Some(key) => setting(sheet, part, key.name, &entry.key, &entry.value, place),
            None if OTHER_ARGUMENTS.contains(&entry.key.as_str()) => {
                sheet.irrelevant(place, &entry.key);
            }
            None => {
                let near = Space::KafkaJava.near(&entry.key);
                let near = near.first().map(|near| near.replace('.', "_"));
                no_effect_but(sheet, &entry.key, product, near.as_deref(), place);
            }
        }
    }
}

/// Arguments of the Python clients that the Java client does not have; none is about delivery.
const OTHER_ARGUMENTS: [&str; 32] = [
    "loop",
    "api_version",
    "api_version_auto_timeout_ms",
    "kafka_client",
    "selector",
    "consumer_timeout_ms",
    "max_batch_size",
    "max_records",
    "metadata_max_age_ms",
    "partitioner",
    "sasl_plain_username",
    "sasl_plain_password",
    "sasl_kerberos_domain_name",
    "sasl_oauth_token_provider",
    "ssl_cafile",
    "ssl_certfile",
    "ssl_keyfile",
    "ssl_password",
    "ssl_context",
    "ssl_check_hostname",
    "ssl_crlfile",
    "ssl_ciphers",
    "value_serializer",
    "key_serializer",
    "value_deserializer",
    "key_deserializer",
    "legacy_iterator",
    "rebalance_timeout_ms",
    "consumer_timeout",
    "socket_options",
    "socks5_proxy",
    "group_id",
];
