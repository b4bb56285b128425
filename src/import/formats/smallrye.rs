//! SmallRye Reactive Messaging in Quarkus and others: `mp.messaging.incoming.CHANNEL.attribute`, and
//! `mp.messaging.connector.CONNECTOR.attribute` and `kafka.*` for all channels; the same as variables.

use super::spring::whole_placeholder;
use super::{no_effect_but, put};
use crate::import::active::is_active;
use crate::import::domains::convert;
use crate::import::keys::{Key, Space};
use crate::import::layers::Layer;
use crate::import::part::{Active, Part, Place, RemarkKind, Sheet, Side};
use crate::import::tree::{Data, Leaf, Node};
use crate::import::variables::{is_variable, of_channel, of_smallrye, shouted};

/// The profile that is active in production unless another one is set.
const USUAL_PROFILE: &str = "prod";

/// A key with its value.
struct Setting {
    /// The key in dots.
    key: String,
    /// As it is written in the file.
    written: String,
    line: usize,
    value: Node,
    of_profile: bool,
    /// The default of an expression `${X:3}` was read.
    by_default: bool,
}

pub fn read(sheet: &mut Sheet, file: usize, documents: &[Node], profile: Option<&str>) {
    let mut settings = settings(documents);
    activate(sheet, file, &settings);
    let active = profile.unwrap_or(USUAL_PROFILE);
    settings.retain_mut(|setting| of_profile(sheet, file, setting, active));
    // The key of a profile goes over the same one without, wherever it stands in the file; variables
    // go over both.
    settings.sort_by_key(|setting| (is_shouted(&setting.written), setting.of_profile));
    resolve(&mut settings, sheet);
    let channels = channels(&settings);
    for setting in settings.iter_mut().filter(|setting| is_variable(&setting.key)) {
        let key = channels.iter().find_map(|(way, channel)| of_channel(&setting.key, way, channel));
        setting.key = key.unwrap_or_else(|| setting.key.clone());
    }
    for (way, channel) in &channels {
        let part = self::channel(sheet, file, &settings, way, channel);
        if let Some(mut part) = part {
            sheet.parts.extend(queue(&mut part));
            sheet.parts.push(part);
        }
    }
    for setting in &settings {
        let key = setting.key.as_str();
        let is_channel = key.starts_with("mp.messaging.") || key.starts_with("kafka.");
        if !is_channel {
            sheet.irrelevant(Place { file, line: setting.line }, &setting.written);
        }
    }
    let what =
        if channels.is_empty() { "Quarkus, without any channel" } else { "Quarkus · SmallRye" };
    sheet.took_for(file, what);
}

fn settings(documents: &[Node]) -> Vec<Setting> {
    fn of(leaf: Leaf<'_>) -> Setting {
        let key = of_smallrye(&leaf.key).unwrap_or_else(|| leaf.key.clone());
        let (written, line, value) = (leaf.key, leaf.line, leaf.value.clone());
        Setting { key, written, line, value, of_profile: false, by_default: false }
    }
    documents.iter().flat_map(Node::leaves).map(of).collect()
}

/// Replaces an expression `${key:default}` by the value of the key or variable, or by its default.
fn resolve(settings: &mut [Setting], sheet: &Sheet) {
    for i in 0..settings.len() {
        let Some((name, default)) = settings[i].value.text().and_then(whole_placeholder) else {
            continue;
        };
        let own = settings.iter().rev().find(|setting| setting.key == name);
        let own = own.and_then(|own| own.value.text()).or_else(|| sheet.variable(name));
        let by_default = own.is_none();
        let Some(text) = own.or(default).map(str::to_owned) else { continue };
        settings[i].value.data = Data::Text(text);
        settings[i].by_default = by_default;
    }
}

/// Records the profile that the application makes active.
fn activate(sheet: &mut Sheet, file: usize, settings: &[Setting]) {
    let is_it =
        |setting: &&Setting| ["quarkus.profile", "QUARKUS_PROFILE"].contains(&&*setting.key);
    let Some(setting) = settings.iter().rev().find(is_it) else { return };
    if let Some(profile) = setting.value.text() {
        let (profile, written) = (profile.to_owned(), setting.written.clone());
        let (place, is_variable) = (Place { file, line: setting.line }, is_variable(&written));
        sheet.activates(Active { profile, place, written, is_variable });
    }
}

/// Keeps keys without a profile and those of the active one, without their prefix `%prod.`, as a
/// variable `_PROD_`.
fn of_profile(sheet: &mut Sheet, file: usize, setting: &mut Setting, active: &str) -> bool {
    let (profiles, key) = match setting.key.strip_prefix('%').and_then(|key| key.split_once('.')) {
        Some((profiles, key)) => (profiles.trim_matches('"').to_owned(), key.to_owned()),
        None => {
            let Some((name, rest)) = of_shouted_profile(&setting.key) else { return true };
            (name, of_smallrye(rest).unwrap_or_else(|| rest.to_owned()))
        }
    };
    sheet.profiles(&profiles);
    sheet.usual_profile = Some(USUAL_PROFILE);
    let is_active = is_active(&profiles, Some(active));
    if !is_active {
        let text = format!("a key of the profile {profiles} is passed over: {key}");
        sheet.remark(RemarkKind::PassedOver, Place { file, line: setting.line }, text);
    }
    if !is_shouted(&setting.written) {
        setting.written.clone_from(&key);
    }
    setting.key = key;
    setting.of_profile = true;
    is_active
}

/// Splits a variable of a profile: `_PROD_MP_MESSAGING_…`. Of its letters, small ones are taken.
fn of_shouted_profile(variable: &str) -> Option<(String, &str)> {
    let (name, rest) = variable.strip_prefix('_')?.split_once('_')?;
    (!name.is_empty() && is_variable(rest)).then(|| (name.to_lowercase(), rest))
}

fn is_shouted(written: &str) -> bool {
    is_variable(written.trim_start_matches('_'))
}

/// Returns the way and the name of each channel, in the order of the file.
fn channels(settings: &[Setting]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for setting in settings {
        let Some(rest) = setting.key.strip_prefix("mp.messaging.") else { continue };
        let mut parts = rest.splitn(3, '.');
        if let (Some(way @ ("incoming" | "outgoing")), Some(channel), Some(_)) =
            (parts.next(), parts.next(), parts.next())
        {
            let pair = (way.to_owned(), channel.to_owned());
            if !found.contains(&pair) {
                found.push(pair);
            }
        }
    }
    found
}

/// Reads a channel; `None` if its connector is of neither product.
fn channel(
    sheet: &mut Sheet,
    file: usize,
    settings: &[Setting],
    way: &str,
    channel: &str,
) -> Option<Part> {
    let prefix = format!("mp.messaging.{way}.{channel}.");
    let own = |setting: &&Setting| setting.key.starts_with(&prefix);
    let first = settings.iter().find(own)?;
    let connector = settings.iter().find(|setting| setting.key == format!("{prefix}connector"));
    let connector = connector.and_then(|own| own.value.text()).unwrap_or("smallrye-kafka");
    let side = if way == "incoming" { Side::Consumer } else { Side::Producer };
    let layer = match connector {
        "smallrye-kafka" | "smallrye-rabbitmq" => Layer::of(connector),
        other => {
            let text = format!("channel {channel}: the connector {other} is not known here");
            sheet.remark(RemarkKind::PassedOver, Place { file, line: first.line }, text);
            return None;
        }
    };
    let mut part = Part::new(side, layer, Place { file, line: first.line }).named(channel);
    let of_connector = format!("mp.messaging.connector.{connector}.");
    for start in ["kafka.", &of_connector] {
        if layer.id == "smallrye-kafka" || start != "kafka." {
            shared(sheet, &mut part, settings, start);
        }
    }
    for setting in settings.iter().filter(own) {
        attribute(sheet, &mut part, &setting.key[prefix.len()..], setting);
    }
    Some(part)
}

/// Takes the keys below a start that are for all channels of a connector: those of the other side are
/// for other channels.
fn shared(sheet: &mut Sheet, part: &mut Part, settings: &[Setting], start: &str) {
    for setting in settings {
        let Some(key) = setting.key.strip_prefix(start) else { continue };
        let side = Space::Smallrye.exact(key).or(Space::KafkaJava.exact(key)).map(|key| key.side);
        match side {
            Some(Some(side)) if side != part.side => {}
            None if part.side != Side::Consumer => {}
            _ => attribute(sheet, part, key, setting),
        }
    }
}

/// Splits off the queue that an incoming channel of RabbitMQ declares.
fn queue(channel: &mut Part) -> Option<Part> {
    if channel.layer.id != "smallrye-rabbitmq" || channel.side != Side::Consumer {
        return None;
    }
    let of_queue = ["x-queue-type", "x-delivery-limit", "durable", "auto-bind-dlq"];
    let mut queue = Part::new(Side::Broker, Layer::of("rabbitmq"), channel.place);
    queue.name.clone_from(&channel.name);
    (queue.items, channel.items) = std::mem::take(&mut channel.items)
        .into_iter()
        .partition(|item| of_queue.contains(&item.name.as_str()));
    channel.refers_to = Some(queue.name.clone());
    Some(queue)
}

fn attribute(sheet: &mut Sheet, part: &mut Part, key: &str, setting: &Setting) {
    let place = Place { file: part.place.file, line: setting.line };
    let is_kafka = part.layer.id == "smallrye-kafka";
    let client = Space::KafkaJava.exact(key).filter(|_| is_kafka);
    let own = Space::Smallrye.exact(key);
    let own = own.filter(|own| match own.name {
        "auto_ack" | "prefetch_count" => !is_kafka,
        "batch" => is_kafka,
        _ => true,
    });
    let known = own.or(client);
    match known {
        Some(Key { side: Some(side), .. }) if side != part.side => {
            let (written, side) = (&setting.written, side.label());
            let text = format!("{written} is a key of the {side}, and has no effect here.");
            sheet.remark(RemarkKind::NoEffect, place, text);
        }
        Some(known) => {
            put(sheet, part, known, &setting.written, &setting.value, place);
            if let Some(item) = part.items.last_mut().filter(|item| item.place == place) {
                item.by_default |= setting.by_default;
                // What the client gets is as it is written.
                if client.is_none() {
                    convert(item);
                }
            }
        }
        None => unknown(sheet, key, setting, is_kafka, place),
    }
}

/// Reports an attribute that nobody reads; as a variable, in the way of one.
fn unknown(sheet: &mut Sheet, key: &str, setting: &Setting, is_kafka: bool, place: Place) {
    let near = Space::Smallrye.near(key).first().copied();
    let near = near.or_else(|| Space::KafkaJava.near(key).first().copied().filter(|_| is_kafka));
    if !is_variable(&setting.written) {
        return no_effect_but(sheet, key, "SmallRye", near, place);
    }
    let start = setting.written.strip_suffix(&shouted(key)).unwrap_or_default();
    let near = near.map(|near| format!("{start}{}", shouted(near)));
    no_effect_but(sheet, &setting.written, "SmallRye", near.as_deref(), place);
}
