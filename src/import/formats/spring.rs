//! Spring Boot: application.yml and application.properties, of Spring Kafka, Spring AMQP, Spring
//! Cloud AWS and Spring Cloud Stream.
//!
//! Sources: spring-boot@c329ffa, docs "Externalized Configuration" (relaxed binding, placeholders,
//! multi-document files, `spring.config.activate.on-profile`).

mod stream;

use super::{no_effect, put};
use crate::import::active::is_active;
use crate::import::domains::convert;
use crate::import::keys::{Space, plain};
use crate::import::layers::Layer;
use crate::import::part::{Active, Part, Place, RemarkKind, Sheet, Side, Value};
use crate::import::read::{json, properties};
use crate::import::tree::{Data, Leaf, Node};
use crate::import::variables;
use std::collections::HashSet;

/// A key of a document with its value, placeholders resolved.
#[derive(Clone)]
struct Pair {
    key: String,
    /// The key as Spring compares it.
    plain: String,
    value: Node,
    line: usize,
    by_default: bool,
}

/// Splits properties into their documents, at lines `#---`.
pub fn documents_of_properties(text: &str) -> Vec<Node> {
    let mut documents = Vec::new();
    let mut part = String::new();
    for line in text.lines() {
        if matches!(line.trim_end(), "#---" | "!---") {
            documents.push(properties::java(&part));
            // The lines of the next document keep their numbers.
            part = "\n".repeat(part.matches('\n').count());
        } else {
            part.push_str(line);
        }
        part.push('\n');
    }
    documents.push(properties::java(&part));
    documents
}

pub fn read(sheet: &mut Sheet, file: usize, documents: &[Node], profile: Option<&str>) {
    let mut pairs: Vec<Pair> = Vec::new();
    for document in documents {
        let its_profile = profile_of(document);
        if let Some((named, _)) = &its_profile {
            sheet.profiles(named);
        }
        match its_profile {
            Some((named, line)) if !is_active(&named, profile) => {
                let place = Place { file, line };
                let text = format!(
                    "the document for the profile {named} is passed over: that profile is not \
                     active"
                );
                sheet.remark(RemarkKind::PassedOver, place, text);
            }
            _ => add(&mut pairs, document),
        }
    }
    last_of_each(&mut pairs);
    resolve(&mut pairs, sheet);
    activate(sheet, file, &pairs);
    let mut parts = Parts::default();
    for pair in &pairs {
        parts.take(sheet, file, pair);
    }
    parts.finish(sheet, file);
    if sheet.read_as.get(file).is_none_or(Vec::is_empty) {
        sheet.took_for(file, "Spring Boot, without any messaging");
    }
}

/// Returns the profile that a document is for.
fn profile_of(document: &Node) -> Option<(String, usize)> {
    let leaves = document.leaves();
    let of = |leaf: &&crate::import::tree::Leaf| {
        matches!(leaf.key.as_str(), "spring.config.activate.on-profile" | "spring.profiles")
    };
    let leaf = leaves.iter().find(of)?;
    Some((leaf.value.text()?.to_owned(), leaf.line))
}

/// Records the profile that the application makes active.
fn activate(sheet: &mut Sheet, file: usize, pairs: &[Pair]) {
    let Some(pair) = pairs.iter().find(|pair| pair.plain == "springprofilesactive") else { return };
    if let Some(Value::Text(profile)) = super::literal(&pair.value) {
        let (place, written) = (Place { file, line: pair.line }, pair.key.clone());
        let profile = profile.split(',').map(str::trim).collect::<Vec<_>>().join(",");
        let is_variable = variables::is_variable(&written);
        sheet.activates(Active { profile, place, written, is_variable });
    }
}

fn add(pairs: &mut Vec<Pair>, document: &Node) {
    let (inner, own): (Vec<Leaf>, Vec<Leaf>) =
        document.leaves().into_iter().partition(|leaf| plain(&leaf.key) == "springapplicationjson");
    for leaf in own {
        let value = leaf.value.clone();
        put_over(pairs, leaf.key, leaf.line, value);
    }
    // What is in SPRING_APPLICATION_JSON goes over other variables.
    for leaf in inner {
        let Some(document) = leaf.value.text().and_then(|text| json::lenient(text).ok()) else {
            put_over(pairs, leaf.key, leaf.line, leaf.value.clone());
            continue;
        };
        for own in document.leaves() {
            put_over(pairs, own.key, leaf.line, own.value.clone());
        }
    }
}

/// Keeps the last of several equal keys: a later document, or a profile's, goes over an earlier one.
fn last_of_each(pairs: &mut Vec<Pair>) {
    let mut seen = HashSet::new();
    pairs.reverse();
    pairs.retain(|pair| seen.insert(pair.plain.clone()));
    pairs.reverse();
}

fn put_over(pairs: &mut Vec<Pair>, key: String, line: usize, value: Node) {
    let plain = plain(&key);
    pairs.push(Pair { key, plain, value, line, by_default: false });
}

/// Replaces `${key}` by the value of the key or variable, and `${key:default}` by its default where there is
/// no such key.
fn resolve(pairs: &mut [Pair], sheet: &Sheet) {
    for i in 0..pairs.len() {
        // A placeholder may lead to another one; not for ever.
        for _ in 0..5 {
            let Some(text) = pairs[i].value.text().filter(|text| text.contains("${")) else {
                break;
            };
            let Some((written, default)) = whole_placeholder(text) else { break };
            let name = plain(written);
            let known = pairs.iter().find(|pair| pair.plain == name);
            let known = known.and_then(|pair| pair.value.text());
            let known = known.or_else(|| sheet.variable(written)).map(str::to_owned);
            let (text, by_default) = match (known, default) {
                (Some(text), _) => (text, false),
                (None, Some(default)) => (default.to_owned(), true),
                (None, None) => break,
            };
            pairs[i].value.data = Data::Text(text);
            pairs[i].by_default |= by_default;
        }
    }
}

/// Reads a value that is one placeholder and nothing else: `${name:default}`.
pub fn whole_placeholder(text: &str) -> Option<(&str, Option<&str>)> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?;
    match inner.split_once(':') {
        Some((name, default)) => Some((name, Some(default))),
        None => Some((inner, None)),
    }
}

/// The parts of an application, made when their first key comes.
#[derive(Default)]
struct Parts {
    parts: Vec<Part>,
    /// `spring.kafka.properties.*`: of every client.
    common: Vec<(String, Pair)>,
    /// `spring.cloud.stream.*`.
    stream: Vec<Pair>,
}

impl Parts {
    fn part(&mut self, side: Side, layer: &str, place: Place) -> &mut Part {
        let known = self.parts.iter().position(|p| p.side == side && p.layer.id == layer);
        let at = known.unwrap_or_else(|| {
            self.parts.push(Part::new(side, Layer::of(layer), place));
            self.parts.len() - 1
        });
        &mut self.parts[at]
    }

    fn take(&mut self, sheet: &mut Sheet, file: usize, pair: &Pair) {
        let place = Place { file, line: pair.line };
        // A binder of Spring Cloud Stream may have the connection of an application of its own.
        let own = environment_of(&pair.key).unwrap_or(&pair.key);
        let loose = plain(own);
        if loose.starts_with("springcloudstream") {
            return self.stream.push(pair.clone());
        }
        if loose == "springapplicationjson" {
            let text = format!("{} is no JSON that can be read: it is not taken", pair.key);
            return sheet.remark(RemarkKind::Unreadable, place, text);
        }
        let layer = match () {
            () if loose.starts_with("springkafka") => "spring-kafka",
            () if loose.starts_with("springrabbitmq") => "spring-amqp",
            () if loose.starts_with("springcloudawssqs") => "spring-cloud-aws",
            () => return sheet.irrelevant(place, &pair.key),
        };
        sheet.took_for(file, format!("Spring Boot · {}", Layer::of(layer).label));
        if let Some(client) = client_key(own) {
            return self.client(sheet, client, pair, place);
        }
        match Space::Spring.loose(own) {
            Some(key) => {
                let side = key.side.unwrap_or_else(|| side_of_shared(layer));
                let mut part = std::mem::replace(
                    self.part(side, layer, place),
                    Part::new(side, Layer::of(layer), place),
                );
                put(sheet, &mut part, key, &pair.key, &pair.value, place);
                mark(&mut part, pair);
                *self.part(side, layer, place) = part;
            }
            None => no_effect(sheet, Space::Spring, &pair.key, "Spring Boot", place),
        }
    }

    /// Takes a key of the Kafka client below `…properties.`.
    fn client(&mut self, sheet: &mut Sheet, client: Client, pair: &Pair, place: Place) {
        match client.side {
            Some(side) => {
                let mut part = std::mem::replace(
                    self.part(side, "spring-kafka", place),
                    Part::new(side, Layer::of("spring-kafka"), place),
                );
                kafka_key(sheet, &mut part, &client.key, pair, place);
                *self.part(side, "spring-kafka", place) = part;
            }
            None => {
                self.common.push((client.key, pair.clone()));
            }
        }
    }

    /// Completes the parts: common settings under the own ones, and an application that sets no
    /// side at all.
    fn finish(mut self, sheet: &mut Sheet, file: usize) {
        let own = |side: Side| {
            self.parts.iter().any(|part| part.side == side && part.layer.id == "spring-kafka")
        };
        // An application that configures neither side may have both.
        let sides: Vec<Side> = [Side::Producer, Side::Consumer]
            .into_iter()
            .filter(|side| own(*side) || !own(Side::Producer) && !own(Side::Consumer))
            .collect();
        for (key, pair) in std::mem::take(&mut self.common) {
            let place = Place { file, line: pair.line };
            let Some(known) = Space::KafkaJava.exact(&key) else {
                kafka_key(sheet, &mut scratch(place), &key, &pair, place);
                continue;
            };
            let of = sides.iter().copied().filter(|side| known.side.is_none_or(|s| s == *side));
            for (i, side) in of.enumerate() {
                let part = self.part(side, "spring-kafka", place);
                let mut own = part.clone();
                own.items.clear();
                // Count it once.
                let mut aside = Sheet::default();
                put(
                    if i == 0 { &mut *sheet } else { &mut aside },
                    &mut own,
                    known,
                    &pair.key,
                    &pair.value,
                    place,
                );
                own.items.extend(std::mem::take(&mut part.items));
                part.items = own.items;
            }
        }
        let has = |layer: &str| self.parts.iter().any(|part| part.layer.id == layer);
        let on_rabbitmq = has("spring-amqp") && !has("spring-kafka");
        let mut bindings = stream::read(sheet, file, &self.stream, on_rabbitmq);
        if bindings.is_empty() {
            both_sides_of_amqp(&mut self.parts);
        }
        share_connection(&mut self.parts, &mut bindings);
        self.parts.retain(|part| !is_empty_shared(part));
        self.parts.extend(bindings);
        sheet.parts.extend(self.parts);
    }
}

/// Returns the side to which keys of a connection are counted.
fn side_of_shared(_layer: &str) -> Side {
    Side::Broker
}

fn scratch(place: Place) -> Part {
    Part::new(Side::Producer, Layer::of("spring-kafka"), place)
}

fn is_empty_shared(part: &Part) -> bool {
    part.side == Side::Broker
}

/// An application of Spring AMQP may publish and listen without any key for it: with a key for one
/// side, or for the connection alone, both are assumed.
fn both_sides_of_amqp(parts: &mut Vec<Part>) {
    let Some(any) = parts.iter().find(|part| part.layer.id == "spring-amqp") else { return };
    let place = any.place;
    for side in [Side::Producer, Side::Consumer] {
        if !parts.iter().any(|part| part.layer.id == "spring-amqp" && part.side == side) {
            parts.push(Part::new(side, Layer::of("spring-amqp"), place));
        }
    }
}

/// Gives the producers among RabbitMQ's bindings what `spring.rabbitmq` says of publishing: they share its
/// connection.
fn share_connection(parts: &mut Vec<Part>, bindings: &mut [Part]) {
    let is_producer = |part: &&mut Part| {
        part.side == Side::Producer && part.layer.id == "spring-cloud-stream-rabbit"
    };
    let of_amqp = |part: &Part| part.side == Side::Producer && part.layer.id == "spring-amqp";
    if !bindings.iter_mut().any(|part| is_producer(&part)) {
        return;
    }
    let Some(at) = parts.iter().position(of_amqp) else { return };
    let shared = parts.remove(at);
    for part in bindings.iter_mut().filter(is_producer) {
        part.items.splice(0..0, shared.items.iter().cloned());
    }
}

fn mark(part: &mut Part, pair: &Pair) {
    if let Some(item) = part.items.last_mut().filter(|item| item.written == pair.key) {
        item.by_default |= pair.by_default;
        // What the client gets below `…properties.` is as it is written.
        if client_key(&pair.key).is_none() && stream::client_key(&pair.key).is_none() {
            convert(item);
        }
    }
}

/// Returns the key of an application in that of a binder's own environment:
/// `spring.cloud.stream.binders.one.environment.spring.rabbitmq.host`.
fn environment_of(key: &str) -> Option<&str> {
    let (start, own) = key.split_once(".environment.")?;
    plain(start).starts_with("springcloudstreambinders").then_some(own)
}

/// Returns a key without the brackets that keep dots in the name of an entry: `properties[a.b]` and
/// `properties.[a.b]` are `properties.a.b`.
fn without_brackets(key: &str) -> String {
    key.replace(".[", ".").replace('[', ".").replace(']', "")
}

/// A key of the client inside a key of Spring.
struct Client {
    key: String,
    side: Option<Side>,
}

/// Reads `spring.kafka.producer.properties.acks` and its likes, also as a variable.
fn client_key(key: &str) -> Option<Client> {
    let key = variables::of_spring(key).unwrap_or_else(|| without_brackets(key));
    for (prefix, side) in [
        ("spring.kafka.producer.properties.", Some(Side::Producer)),
        ("spring.kafka.consumer.properties.", Some(Side::Consumer)),
        ("spring.kafka.properties.", None),
    ] {
        if let Some(rest) = key.strip_prefix(prefix) {
            return Some(Client { key: rest.to_owned(), side });
        }
    }
    None
}

fn kafka_key(sheet: &mut Sheet, part: &mut Part, key: &str, pair: &Pair, place: Place) {
    match Space::KafkaJava.exact(key) {
        Some(known) if known.side.is_none_or(|side| side == part.side) => {
            put(sheet, part, known, &pair.key, &pair.value, place);
            mark(part, pair);
        }
        Some(known) => {
            let side = known.side.map_or("other", Side::label);
            let text = format!("{} is a key of the {side}, and has no effect here.", pair.key);
            sheet.remark(RemarkKind::NoEffect, place, text);
        }
        // Serializers and interceptors have keys of their own, which the client hands on.
        None if key.starts_with("spring.") || Space::KafkaJava.near(key).is_empty() => {
            sheet.irrelevant(place, &pair.key);
        }
        None => no_effect(sheet, Space::KafkaJava, key, "the Kafka client", place),
    }
}
