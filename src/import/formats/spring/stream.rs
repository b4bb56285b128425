//! Spring Cloud Stream: the bindings of an application, each a producer or a consumer of its own.
//!
//! Sources: docs.spring.io spring-cloud-stream, Kafka and RabbitMQ binder; spring-cloud-stream
//! `KafkaMessageChannelBinder.createKafkaConsumerFactory` (a group that is given begins at the earliest
//! offset, an anonymous one at the latest; then the binder's own properties, then the binding's, then
//! `startOffset`).

use super::Pair;
use crate::did_you_mean::edits;
use crate::import::domains::{convert, flag};
use crate::import::formats::{literal, no_effect, no_effect_but, put};
use crate::import::keys::{Key, Space, plain};
use crate::import::layers::Layer;
use crate::import::part::{Item, Part, Place, RemarkKind, Sheet, Side, Value};
use crate::import::tree::Node;

/// A key with what it is for.
struct Setting<'a> {
    pair: &'a Pair,
    /// The name of its binding; `None` for a key of the binder, or for all bindings.
    binding: Option<&'a str>,
    /// What stands behind `spring.cloud.stream` as Spring compares it.
    loose: &'a str,
}

impl<'a> Setting<'a> {
    fn of(pair: &'a Pair) -> Setting<'a> {
        let binding = pair.key.split_once("bindings.").map(|(_, rest)| rest);
        let binding = binding.and_then(|rest| rest.split('.').next());
        let loose = pair.plain.strip_prefix("springcloudstream").unwrap_or(&pair.plain);
        Setting { pair, binding, loose }
    }

    fn ends(&self, name: &str) -> bool {
        self.loose.ends_with(&plain(name))
    }

    fn is_of(&self, binder: &str) -> bool {
        self.loose.starts_with(binder)
    }

    fn is_true(&self) -> bool {
        self.pair.value.text().and_then(flag) == Some(true)
    }
}

/// Reads the keys below `spring.cloud.stream`. `on_rabbitmq` is true for an application that has a
/// connection to RabbitMQ and none to Kafka.
pub fn read(sheet: &mut Sheet, file: usize, pairs: &[Pair], on_rabbitmq: bool) -> Vec<Part> {
    let settings: Vec<Setting> = pairs.iter().map(Setting::of).collect();
    let mut names: Vec<&str> = Vec::new();
    for name in settings.iter().filter_map(|setting| setting.binding) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut parts = Vec::new();
    let mut taken = vec![false; settings.len()];
    for name in names {
        let layer = layer(&settings, name, on_rabbitmq);
        let own = |setting: &&Setting| setting.binding == Some(name);
        let Some(first) = settings.iter().find(own) else { continue };
        sheet.took_for(file, format!("Spring Boot · {}", layer.label));
        let Some(side) = side(&settings, name) else { continue };
        let part = Part::new(side, layer, Place { file, line: first.pair.line }).named(name);
        parts.extend(binding(sheet, part, &settings, &mut taken));
    }
    for (i, setting) in settings.iter().enumerate().filter(|(_, s)| s.binding.is_none()) {
        let rabbit = setting.is_of("rabbit");
        let layer = Layer::of(id(rabbit));
        let place = Place { file, line: setting.pair.line };
        let Some(side) = meaning(setting, rabbit).map(|(side, ..)| side).filter(|_| !taken[i])
        else {
            continue;
        };
        sheet.took_for(file, format!("Spring Boot · {}", layer.label));
        if !parts.iter().any(|part: &Part| part.side == side && part.layer.id == layer.id) {
            let part = Part::new(side, layer, place);
            parts.extend(binding(sheet, part, &settings, &mut taken));
        }
    }
    for (setting, taken) in settings.iter().zip(taken) {
        if !taken {
            left(sheet, setting, Place { file, line: setting.pair.line });
        }
    }
    parts
}

/// What the binders read and the importer takes: with these, a key that is none of a binder is compared.
const READ: [&str; 20] = [
    "consumer.max-attempts",
    "consumer.enable-dlq",
    "consumer.start-offset",
    "consumer.ack-mode",
    "consumer.auto-commit-on-error",
    "consumer.batch-mode",
    "consumer.concurrency",
    "consumer.configuration",
    "consumer.auto-bind-dlq",
    "consumer.requeue-rejected",
    "consumer.acknowledge-mode",
    "consumer.enable-batching",
    "consumer.batch-size",
    "consumer.max-concurrency",
    "consumer.prefetch",
    "consumer.quorum.enabled",
    "consumer.quorum.delivery-limit",
    "producer.configuration",
    "producer.delivery-mode",
    "binder.required-acks",
];

/// Reports a key that no binding took: one that the binder has is counted, a slip in one that decides
/// is named.
fn left(sheet: &mut Sheet, setting: &Setting, place: Place) {
    let written = &setting.pair.key;
    if let Some((_, key)) = client_key(written) {
        let known = Space::KafkaJava.exact(key).is_some();
        return match known || Space::KafkaJava.near(key).is_empty() {
            true => sheet.irrelevant(place, written),
            false => no_effect(sheet, Space::KafkaJava, key, "the Kafka client", place),
        };
    }
    // Gone with 4.0.
    if setting.ends("consumer.autoCommitOffset") {
        return no_effect_but(sheet, written, "Spring Cloud Stream", Some("ack-mode"), place);
    }
    let starts = [".consumer.", ".producer.", ".binder."];
    let key = starts.iter().find_map(|start| Some(&written[written.rfind(start)? + 1..]));
    // One or two letters too many, too few or another; the binders' other keys are further away.
    let slip = |key: &str| {
        let distance = |read: &&str| edits(&plain(key), &plain(read));
        READ.into_iter().find(|read| (1..=2).contains(&distance(read)))
    };
    match key.and_then(slip) {
        Some(near) => no_effect_but(sheet, written, "Spring Cloud Stream", Some(near), place),
        None => sheet.irrelevant(place, written),
    }
}

fn id(rabbit: bool) -> &'static str {
    if rabbit { "spring-cloud-stream-rabbit" } else { "spring-cloud-stream-kafka" }
}

/// Returns the binder of a binding: its own, the one that has keys of it, or the only one there is.
fn layer(settings: &[Setting], name: &str, on_rabbitmq: bool) -> &'static Layer {
    // The binder by its own name, or by the type of the one that is configured under this name.
    let said = |setting: &Setting| {
        let name = setting.pair.value.text()?;
        let of_type = plain(&format!("binders.{name}.type"));
        let kind = settings.iter().find(|setting| setting.loose == of_type);
        let kind = kind.and_then(|setting| setting.pair.value.text()).unwrap_or(name);
        Some(kind.contains("rabbit"))
    };
    let own = || settings.iter().filter(|setting| setting.binding == Some(name));
    let named = own().find(|setting| setting.loose.ends_with("binder")).and_then(said);
    let has = |binder: &str| own().any(|setting| setting.is_of(binder));
    let keys = match (has("kafka"), has("rabbit")) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        _ => None,
    };
    let usual = settings.iter().find(|setting| setting.loose == "defaultbinder").and_then(said);
    let any = |binder: &str| settings.iter().any(|setting| setting.is_of(binder));
    let only = || any("rabbit") && !any("kafka") || on_rabbitmq && !any("kafka");
    Layer::of(id(named.or(keys).or(usual).unwrap_or_else(only)))
}

/// Returns the side of a binding, by its name or by its keys.
fn side(settings: &[Setting], name: &str) -> Option<Side> {
    if name.contains("-out-") || name == "output" {
        return Some(Side::Producer);
    }
    if name.contains("-in-") || name == "input" {
        return Some(Side::Consumer);
    }
    let has = |word: &str| {
        let mut own = settings.iter().filter(|setting| setting.binding == Some(name));
        own.any(|setting| setting.pair.key.contains(word))
    };
    match (has(".consumer.") || has(".group"), has(".producer.")) {
        (true, false) => Some(Side::Consumer),
        (false, true) => Some(Side::Producer),
        _ => None,
    }
}

/// Fills a binding with what is for all, and over it with its own; with the queue that it declares.
fn binding(
    sheet: &mut Sheet,
    mut part: Part,
    settings: &[Setting],
    taken: &mut [bool],
) -> Vec<Part> {
    let rabbit = part.layer.id == id(true);
    let mut queue = Part::new(Side::Broker, Layer::of("rabbitmq"), part.place).named(&part.name);
    let name = part.name.clone();
    let is_own = |setting: &Setting| setting.binding.is_some_and(|own| own == name);
    let group = settings.iter().find(|setting| is_own(setting) && setting.loose.ends_with("group"));
    if let Some(group) = group.filter(|_| !rabbit && part.side == Side::Consumer) {
        let place = Place { line: group.pair.line, ..part.place };
        part.set("auto.offset.reset", "earliest", place, &group.pair.key);
    }
    for own in [false, true] {
        for (setting, taken) in settings.iter().zip(&mut *taken) {
            let fits = setting.binding.is_none() != own && (!own || is_own(setting));
            if fits && take(sheet, &mut part, &mut queue, setting, rabbit) {
                *taken = true;
            }
        }
    }
    if queue.items.is_empty() {
        return vec![part];
    }
    part.refers_to = Some(name);
    vec![queue, part]
}

/// Takes a key if it is one of this binder and side.
fn take(
    sheet: &mut Sheet,
    part: &mut Part,
    queue: &mut Part,
    setting: &Setting,
    rabbit: bool,
) -> bool {
    if setting.is_of(if rabbit { "kafka" } else { "rabbit" }) {
        return false;
    }
    let pair = setting.pair;
    let place = Place { line: pair.line, ..part.place };
    if let Some((side, key)) = client_key(&pair.key).filter(|_| !rabbit) {
        let known = Space::KafkaJava.exact(key);
        let known = known.filter(|known| known.side.is_none_or(|own| own == part.side));
        let Some(known) = known.filter(|_| side.is_none_or(|own| own == part.side)) else {
            return false;
        };
        put(sheet, part, known, &pair.key, &pair.value, place);
        super::mark(part, pair);
        return true;
    }
    if let Some(name) = of_queue(setting).filter(|_| rabbit && part.side == Side::Consumer) {
        let key = Key { side: None, written: name, name };
        let value = match name {
            "x-queue-type" if setting.is_true() => Node::text_at(pair.line, "quorum"),
            "x-queue-type" => Node::text_at(pair.line, "classic"),
            _ => pair.value.clone(),
        };
        put(sheet, queue, key, &pair.key, &value, place);
        return true;
    }
    let Some((side, name, value)) = meaning(setting, rabbit) else { return false };
    if side != part.side {
        return false;
    }
    match literal(&value) {
        Some(value @ Value::Text(_)) => {
            let (written, by_default) = (pair.key.clone(), pair.by_default);
            let mut item = Item { name: name.into(), value, place, written, by_default };
            convert(&mut item);
            part.items.push(item);
        }
        _ => {
            let text = format!("{}: its value is not in the file; the default is taken", pair.key);
            sheet.remark(RemarkKind::Unreadable, place, text);
        }
    }
    true
}

/// Returns the key of the Kafka client inside of a key, and the side that it is for.
pub fn client_key(key: &str) -> Option<(Option<Side>, &str)> {
    use Side::{Consumer, Producer};
    const INSIDE: [(&str, Option<Side>); 7] = [
        (".consumer.configuration", Some(Consumer)),
        (".producer.configuration", Some(Producer)),
        (".binder.configuration", None),
        (".consumer-properties", Some(Consumer)),
        (".consumerProperties", Some(Consumer)),
        (".producer-properties", Some(Producer)),
        (".producerProperties", Some(Producer)),
    ];
    INSIDE.into_iter().find_map(|(start, side)| {
        // `configuration.acks`, and with brackets around a key with dots.
        let key = key.split_once(start)?.1.trim_start_matches('.');
        Some((side, key.trim_start_matches('[').trim_end_matches(']')))
    })
}

/// Returns the setting of the queue that RabbitMQ's binder declares for a consumer.
fn of_queue(setting: &Setting) -> Option<&'static str> {
    let of = |name| setting.ends(name);
    match () {
        () if of("consumer.quorum.enabled") => Some("x-queue-type"),
        () if of("consumer.quorum.deliveryLimit") => Some("x-delivery-limit"),
        () => None,
    }
}

/// Returns the side of a key, the name of its setting and the value.
fn meaning(setting: &Setting, rabbit: bool) -> Option<(Side, &'static str, Node)> {
    use Side::{Consumer, Producer};
    let pair = setting.pair;
    let end = |name: &str| setting.ends(name);
    let (own, word) = (pair.value.clone(), |text: &str| Node::text_at(pair.line, text));
    let is_true = setting.is_true();
    Some(match () {
        () if end("binder.requiredAcks") => (Producer, "acks", own),
        () if end("binder.transaction.transactionIdPrefix") => (Producer, "transactional.id", own),
        () if end("producer.deliveryMode") && rabbit => {
            let mode = pair.value.text().map(plain);
            (
                Producer,
                "delivery_mode",
                word(if mode.as_deref() == Some("persistent") { "2" } else { "1" }),
            )
        }
        () if end("consumer.maxAttempts") => (Consumer, "tries", own),
        () if end("consumer.enableDlq") && is_true => (Consumer, "on-error", word("park")),
        () if end("consumer.startOffset") && !rabbit => (Consumer, "auto.offset.reset", own),
        () if end("consumer.autoBindDlq") => (Consumer, "auto-bind-dlq", own),
        () if end("consumer.requeueRejected") => (Consumer, "default-requeue-rejected", own),
        () if end("consumer.acknowledgeMode") && rabbit => (Consumer, "acknowledge-mode", own),
        () if end("consumer.ackMode") => (Consumer, "ack-mode", own),
        () if end("consumer.batchMode") && is_true && !rabbit => {
            (Consumer, "listener.type", word("batch"))
        }
        () if end("consumer.enableBatching") && rabbit => (Consumer, "consumer-batch-enabled", own),
        () if end("consumer.batchSize") && rabbit => (Consumer, "batch-size", own),
        () if end("consumer.maxConcurrency") && rabbit => (Consumer, "max-concurrency", own),
        () if end("consumer.concurrency") => (Consumer, "concurrency", own),
        () if end("consumer.prefetch") => (Consumer, "prefetch_count", own),
        () => return None,
    })
}
