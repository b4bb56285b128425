//! Kafka clients by key and value: Java properties, librdkafka's names, environment variables and
//! JSON.

use super::code_kafka::dotnet_key;
use super::services::{of_framework, record, starts};
use super::{no_effect, put};
use crate::import::keys::{Influence, Key, Space, influence};
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side};
use crate::import::tree::{Leaf, Node};
use crate::import::variables;

/// Reads properties of a client or of a broker.
pub fn properties(sheet: &mut Sheet, file: usize, document: &Node) {
    leaves(sheet, file, &document.leaves());
}

/// Reads a document of YAML or JSON that holds keys of a client somewhere.
pub fn tree(sheet: &mut Sheet, file: usize, document: &Node) {
    let all = document.leaves();
    // Keys may lie below a prefix of the application's own: kafka.producer.acks.
    let mut groups: Vec<(String, Vec<Leaf>)> = Vec::new();
    for leaf in all {
        let (prefix, key) = split(&leaf.key);
        let leaf = Leaf { key, ..leaf };
        match groups.iter_mut().find(|(known, _)| *known == prefix) {
            Some((_, leaves)) => leaves.push(leaf),
            None => groups.push((prefix, vec![leaf])),
        }
    }
    let decides = |(prefix, group): &(String, Vec<Leaf>)| {
        is_dotnet(prefix, group) || is_known(group) && !is_shared(group)
    };
    let any = groups.iter().any(decides);
    for (prefix, group) in &groups {
        if is_dotnet(prefix, group) {
            dotnet(sheet, file, prefix, group);
        } else if any && is_known(group) && is_shared(group) {
            for leaf in group {
                sheet.irrelevant(Place { file, line: leaf.line }, &leaf.key);
            }
        } else {
            leaves(sheet, file, group);
        }
    }
}

/// Returns true if a client of Kafka has any of the keys.
fn is_known(group: &[Leaf]) -> bool {
    let known =
        |key: &str| [Space::KafkaJava, Space::Librdkafka].iter().any(|s| s.exact(key).is_some());
    group.iter().any(|leaf| known(&leaf.key))
}

/// Returns true for keys that any client has, such as a connection's: they say neither that there is a
/// producer nor that there is a consumer, where others do.
pub fn is_shared(group: &[Leaf]) -> bool {
    let is_own = |leaf: &Leaf| {
        [Space::KafkaJava, Space::Librdkafka, Space::KafkaBroker].iter().any(|&space| {
            let decides = |key: Key| influence(key.name, None) == Influence::Setting;
            [Side::Producer, Side::Consumer].iter().any(|side| belongs(space, &leaf.key, *side))
                || space.exact(&leaf.key).is_some_and(decides)
        })
    };
    !group.iter().any(is_own)
}

/// Reads the sections of an .ini file: `[producer]` and `[consumer]` are of one side, any other, such as
/// `[default]`, of both. Python's clients are configured in this way.
pub fn sections(sheet: &mut Sheet, file: usize, document: &Node) {
    let space = Space::Librdkafka;
    let own = |name: &str| {
        let name = name.to_lowercase();
        [Side::Producer, Side::Consumer].into_iter().find(|side| name.contains(side.label()))
    };
    let leaves: Vec<(Option<Side>, Leaf)> = document
        .entries()
        .iter()
        .filter(|section| section.value.entries().iter().any(|e| space.exact(&e.key).is_some()))
        .flat_map(|section| {
            section.value.leaves().into_iter().map(|leaf| (own(&section.key), leaf))
        })
        .collect();
    let Some((_, first)) = leaves.first() else { return };
    let place = Place { file, line: first.line };
    let says = |side: Side| {
        leaves.iter().any(|(own, leaf)| {
            *own == Some(side) || own.is_none() && belongs(space, &leaf.key, side)
        })
    };
    let sides = [(Side::Producer, Side::Consumer), (Side::Consumer, Side::Producer)];
    let any = sides.iter().any(|(side, _)| says(*side));
    for (side, other) in sides.into_iter().filter(|(side, _)| says(*side)) {
        let of_side = |(own, leaf): &&(Option<Side>, Leaf)| {
            own.map_or(!belongs(space, &leaf.key, other), |own| own == side)
        };
        let group: Vec<Leaf> =
            leaves.iter().filter(of_side).map(|(_, leaf)| leaf.clone()).collect();
        of_client(sheet, file, &group, "librdkafka", Some(side));
    }
    if !any {
        let all: Vec<Leaf> = leaves.iter().map(|(_, leaf)| leaf.clone()).collect();
        of_client(sheet, file, &all, "librdkafka", None);
    }
    let text = "which client reads these sections is not in the file; librdkafka is assumed, as in \
                Python's confluent-kafka";
    sheet.remark(RemarkKind::Assumed, place, text);
}

/// Returns true for a section of .NET's appsettings.json whose keys are properties of Confluent.Kafka's
/// configuration: `"Kafka": { "Producer": { "EnableIdempotence": true } }`.
fn is_dotnet(prefix: &str, group: &[Leaf]) -> bool {
    let decides = |leaf: &Leaf| {
        let known = Space::Librdkafka.loose(&leaf.key);
        leaf.key.starts_with(|c: char| c.is_ascii_uppercase())
            && known.is_some_and(|key| influence(key.name, None) == Influence::Setting)
    };
    prefix.to_lowercase().contains("kafka") && group.iter().any(decides)
}

fn dotnet(sheet: &mut Sheet, file: usize, prefix: &str, group: &[Leaf]) {
    let side_of = |leaf: &Leaf| Space::Librdkafka.loose(&leaf.key).and_then(|key| key.side);
    let section = prefix.rsplit('.').next().unwrap_or_default().to_lowercase();
    let says = |side: Side| section.contains(side.label());
    let any = says(Side::Producer) || says(Side::Consumer);
    let place = |leaf: &Leaf| Place { file, line: leaf.line };
    for side in [Side::Producer, Side::Consumer] {
        let has = group.iter().any(|leaf| side_of(leaf) == Some(side));
        if !(if any { says(side) } else { has }) {
            continue;
        }
        sheet.took_for(file, "C# · Confluent.Kafka (librdkafka)");
        let mut part = Part::new(side, Layer::of("librdkafka"), place(&group[0]));
        // A section for both has keys of the other.
        for leaf in group.iter().filter(|leaf| any || side_of(leaf).is_none_or(|own| own == side)) {
            dotnet_key(sheet, &mut part, &leaf.key, leaf.value, place(leaf));
        }
        sheet.parts.push(part);
    }
    let text = format!(
        "that {prefix} is bound to Confluent.Kafka's configuration is in the code; it is assumed"
    );
    sheet.remark(RemarkKind::Assumed, place(&group[0]), text);
}

/// Splits a key into an application's own prefix and the longest end that a client knows.
fn split(key: &str) -> (String, String) {
    let mut rest = key;
    loop {
        let known = |space: Space| space.exact(rest).is_some();
        if known(Space::KafkaJava) || known(Space::Librdkafka) {
            let prefix = key[..key.len() - rest.len()].trim_end_matches('.');
            return (prefix.to_owned(), rest.to_owned());
        }
        match rest.split_once('.') {
            Some((_, next)) => rest = next,
            None => {
                let (prefix, last) = key.rsplit_once('.').unwrap_or(("", key));
                return (prefix.to_owned(), last.to_owned());
            }
        }
    }
}

fn leaves(sheet: &mut Sheet, file: usize, leaves: &[Leaf]) {
    let known =
        |space: Space| leaves.iter().filter(|leaf| space.exact(&leaf.key).is_some()).count();
    let (java, rdkafka, broker) =
        (known(Space::KafkaJava), known(Space::Librdkafka), known(Space::KafkaBroker));
    if java.max(rdkafka).max(broker) == 0 {
        return;
    }
    if broker > java.max(rdkafka) {
        let place = Place { file, line: leaves.first().map_or(1, |leaf| leaf.line) };
        let mut part = Part::new(Side::Broker, Layer::of("kafka-broker"), place);
        sheet.took_for(file, "Kafka broker properties");
        for leaf in leaves {
            super::brokers::broker_key(
                sheet,
                &mut part,
                &leaf.key,
                &leaf.key,
                leaf.value,
                Place { file, line: leaf.line },
            );
        }
        return sheet.parts.push(part);
    }
    let layer = if rdkafka > java { "librdkafka" } else { "kafka-java" };
    of_client(sheet, file, leaves, layer, None);
}

/// Reads keys of a client, which may be a producer's, a consumer's or both.
pub fn of_client(sheet: &mut Sheet, file: usize, leaves: &[Leaf], layer: &str, hint: Option<Side>) {
    of_written(sheet, file, leaves, layer, hint, &|leaf| leaf.key.clone());
}

/// The same for keys that are written in another way, such as variables.
fn of_written(
    sheet: &mut Sheet,
    file: usize,
    leaves: &[Leaf],
    layer: &str,
    hint: Option<Side>,
    written: &dyn Fn(&Leaf) -> String,
) {
    let layer = Layer::of(layer);
    let space = if layer.stands_on("kafka-java") { Space::KafkaJava } else { Space::Librdkafka };
    sheet.took_for(file, format!("Kafka client · {}", layer.label));
    let found = |side: Side| leaves.iter().any(|leaf| belongs(space, &leaf.key, side));
    let mut sides: Vec<Side> =
        [Side::Producer, Side::Consumer].into_iter().filter(|side| found(*side)).collect();
    if sides.is_empty() {
        sides.extend(hint);
    }
    let place = |leaf: &Leaf| Place { file, line: leaf.line };
    let first = leaves.first().map_or(Place { file, line: 1 }, place);
    if sides.is_empty() {
        let text = "no key says whether this is a producer or a consumer; a producer is assumed";
        sheet.remark(RemarkKind::Assumed, first, text);
    }
    let mut parts: Vec<Part> = match &sides[..] {
        [] => vec![Part::new(Side::Producer, layer, first)],
        sides => sides.iter().map(|side| Part::new(*side, layer, first)).collect(),
    };
    let product = match layer.id {
        "kafka-java" => "the Java client".to_owned(),
        _ => layer.label.to_owned(),
    };
    for leaf in leaves {
        match space.exact(&leaf.key) {
            Some(key) => client_key(sheet, &mut parts, key, leaf, (place(leaf), &written(leaf))),
            None => no_effect(sheet, space, &leaf.key, &product, place(leaf)),
        }
    }
    sheet.parts.extend(parts);
}

/// Returns true if the key belongs to this side alone.
fn belongs(space: Space, key: &str, side: Side) -> bool {
    let named = |written: &&Key| written.written == key;
    let mut all = space.keys().iter().filter(named).peekable();
    // retries and request.timeout.ms are producer keys by name, and mean nothing for a consumer.
    all.peek().is_some() && all.all(|key| key.side == Some(side))
        || side == Side::Producer && matches!(key, "key.serializer" | "value.serializer")
        || side == Side::Consumer && matches!(key, "key.deserializer" | "value.deserializer")
}

fn client_key(
    sheet: &mut Sheet,
    parts: &mut [Part],
    key: Key,
    leaf: &Leaf,
    (place, written): (Place, &str),
) {
    let mut done = false;
    for part in parts.iter_mut().filter(|part| key.side.is_none_or(|side| side == part.side)) {
        let mut aside = Sheet::default();
        let sheet = if done { &mut aside } else { &mut *sheet };
        put(sheet, part, key, written, leaf.value, place);
        done = true;
    }
    if !done {
        sheet.irrelevant(place, written);
    }
}

/// Reads environment variables: of Spring Boot, of a broker's image, or of a client whose keys an
/// application makes of them (`KAFKA_ACKS`).
pub fn environment(sheet: &mut Sheet, file: usize, document: &Node) {
    let has = |start: &str| starts(document, start);
    record(sheet, document);
    if has("SPRING_") || has("MP_MESSAGING_") {
        return of_framework(sheet, file, document);
    }
    if has("CELERY_") {
        return super::celery::environment(sheet, file, document);
    }
    if has("KAFKA_CFG_")
        || has("KAFKA_NODE_ID")
        || has("KAFKA_BROKER_ID")
        || has("KAFKA_PROCESS_ROLES")
    {
        return super::brokers::environment(sheet, file, document, "");
    }
    of_variables(sheet, file, document);
}

/// Reads variables whose names are made of the keys of a client.
pub fn of_variables(sheet: &mut Sheet, file: usize, document: &Node) {
    let mut keys: Vec<Leaf> = Vec::new();
    for entry in document.entries() {
        let place = Place { file, line: entry.line };
        match variables::of_client(&entry.key) {
            Some((_, key)) => {
                keys.push(Leaf { key: key.to_owned(), line: entry.line, value: &entry.value })
            }
            None => sheet.irrelevant(place, &entry.key),
        }
    }
    if keys.is_empty() {
        return;
    }
    let connect = starts(document, "CONNECT_PRODUCER_") || starts(document, "CONNECT_CONSUMER_");
    if !connect {
        let text =
            "which client these variables reach is not in the file; the Java client is assumed";
        sheet.remark(RemarkKind::Assumed, Place { file, line: keys[0].line }, text);
    }
    let written = |leaf: &Leaf| {
        let own = document.entries().iter().find(|entry| std::ptr::eq(&entry.value, leaf.value));
        own.map_or_else(|| leaf.key.clone(), |entry| entry.key.clone())
    };
    let layer = if connect { "kafka-connect" } else { "kafka-java" };
    of_written(sheet, file, &keys, layer, None, &written);
}
