//! SmallRye Reactive Messaging in Quarkus and others: `mp.messaging.incoming.CHANNEL.attribute`,
//! and `kafka.*` for all channels.

use super::{no_effect, put};
use crate::import::keys::{Key, Space};
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side};
use crate::import::tree::{Leaf, Node};

/// The profile that is active in production unless another one is set.
const USUAL_PROFILE: &str = "prod";

pub fn read(sheet: &mut Sheet, file: usize, documents: &[Node], profile: Option<&str>) {
    let active = profile.unwrap_or(USUAL_PROFILE);
    let mut leaves: Vec<Leaf> = documents.iter().flat_map(Node::leaves).collect();
    leaves.retain_mut(|leaf| of_profile(sheet, file, leaf, active));
    let channels = channels(&leaves);
    for (way, channel) in &channels {
        let part = self::channel(sheet, file, &leaves, way, channel);
        if let Some(mut part) = part {
            sheet.parts.extend(queue(&mut part));
            sheet.parts.push(part);
        }
    }
    for leaf in &leaves {
        let key = leaf.key.as_str();
        let is_channel = key.starts_with("mp.messaging.") || key.starts_with("kafka.");
        if !is_channel {
            sheet.irrelevant(Place { file, line: leaf.line }, key);
        }
    }
    let what =
        if channels.is_empty() { "Quarkus, without any channel" } else { "Quarkus · SmallRye" };
    sheet.took_for(file, what);
}

/// Keeps keys without a profile and those of the active one, without their prefix `%prod.`.
fn of_profile(sheet: &mut Sheet, file: usize, leaf: &mut Leaf, active: &str) -> bool {
    let Some(rest) = leaf.key.strip_prefix('%') else { return true };
    let Some((profiles, key)) = rest.split_once('.') else { return true };
    let key = key.to_owned();
    sheet.profiles(profiles.trim_matches('"'));
    sheet.usual_profile = Some(USUAL_PROFILE);
    let is_active = profiles.trim_matches('"').split(',').any(|name| name.trim() == active);
    if !is_active {
        let text = format!("a key of the profile {profiles} is passed over: {key}");
        sheet.remark(RemarkKind::PassedOver, Place { file, line: leaf.line }, text);
    }
    leaf.key = key;
    is_active
}

/// Returns the way and the name of each channel, in the order of the file.
fn channels(leaves: &[Leaf]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for leaf in leaves {
        let Some(rest) = leaf.key.strip_prefix("mp.messaging.") else { continue };
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
    leaves: &[Leaf],
    way: &str,
    channel: &str,
) -> Option<Part> {
    let prefix = format!("mp.messaging.{way}.{channel}.");
    let own = |leaf: &&Leaf| leaf.key.starts_with(&prefix);
    let first = leaves.iter().find(own)?;
    let connector = leaves.iter().find(|leaf| leaf.key == format!("{prefix}connector"));
    let connector = connector.and_then(|leaf| leaf.value.text()).unwrap_or("smallrye-kafka");
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
    if layer.id == "smallrye-kafka" {
        for leaf in leaves {
            let Some(key) = leaf.key.strip_prefix("kafka.") else { continue };
            let place = Place { file, line: leaf.line };
            let known = Space::KafkaJava.exact(key);
            if let Some(known) = known.filter(|known| known.side.is_none_or(|s| s == side)) {
                put(sheet, &mut part, known, &leaf.key, leaf.value, place);
            } else if known.is_none() && side == Side::Consumer {
                attribute(sheet, &mut part, key, leaf, place);
            }
        }
    }
    for leaf in leaves.iter().filter(own) {
        let key = &leaf.key[prefix.len()..];
        attribute(sheet, &mut part, key, leaf, Place { file, line: leaf.line });
    }
    Some(part)
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

fn attribute(sheet: &mut Sheet, part: &mut Part, key: &str, leaf: &Leaf, place: Place) {
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
            let text =
                format!("{} is a key of the {}, and has no effect here.", leaf.key, side.label());
            sheet.remark(RemarkKind::NoEffect, place, text);
        }
        Some(known) => put(sheet, part, known, &leaf.key, leaf.value, place),
        None => {
            let space = if is_kafka && Space::Smallrye.near(key).is_empty() {
                Space::KafkaJava
            } else {
                Space::Smallrye
            };
            no_effect(sheet, space, key, "SmallRye", place);
        }
    }
}
