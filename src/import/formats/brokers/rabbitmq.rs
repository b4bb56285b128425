//! RabbitMQ: `definitions.json` with its policies, and `rabbitmqctl list_queues --formatter json`.
//!
//! One policy applies to a queue, the one of the highest priority; the queue's own arguments go
//! over it, except for limits, of which the lower counts (rabbitmq.com/docs/policies@0acf2a4).

use crate::import::formats::{no_effect, put};
use crate::import::keys::Space;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side};
use crate::import::tree::{Entry, Node};

/// Reads a document of either kind; nothing if it is another one.
pub fn rabbitmq(sheet: &mut Sheet, file: usize, document: &Node) {
    let is_queue = |node: &Node| {
        let has = |key: &str| node.get(key).is_some();
        has("name") && (has("arguments") || has("durable") || has("messages") || has("type"))
    };
    let listed = document.items();
    if !listed.is_empty() && listed.iter().all(is_queue) {
        sheet.took_for(file, "rabbitmqctl list_queues");
        for queue in listed {
            let part = self::queue(sheet, file, document, queue);
            others(sheet, file, queue);
            sheet.parts.push(part);
        }
        return;
    }
    let is_definitions = document.get("rabbit_version").is_some()
        || document.get("rabbitmq_version").is_some()
        || document.get("queues").is_some()
            && (document.get("exchanges").is_some()
                || document.get("vhosts").is_some()
                || document.get("bindings").is_some());
    if !is_definitions {
        return;
    }
    sheet.took_for(file, "RabbitMQ definitions");
    for entry in document.entries() {
        if !matches!(
            entry.key.as_str(),
            "queues"
                | "policies"
                | "bindings"
                | "exchanges"
                | "rabbit_version"
                | "rabbitmq_version"
                | "vhosts"
        ) {
            sheet.irrelevant(Place { file, line: entry.line }, &entry.key);
        }
    }
    let queues = document.get("queues").map_or(&[][..], Node::items);
    let parts: Vec<Part> =
        queues.iter().map(|queue| self::queue(sheet, file, document, queue)).collect();
    if parts.is_empty() {
        let text = "there is no queue in these definitions: nothing can be judged";
        sheet.remark(RemarkKind::PassedOver, Place { file, line: 0 }, text);
    }
    let parts = dead_letters(document, parts);
    sheet.parts.extend(parts);
}

/// Takes note of what a list of queues has besides: of a policy, it has only the name.
fn others(sheet: &mut Sheet, file: usize, queue: &Node) {
    const READ: [&str; 8] =
        ["name", "durable", "exclusive", "auto_delete", "type", "arguments", "members", "online"];
    for entry in queue.entries().iter().filter(|entry| !READ.contains(&entry.key.as_str())) {
        let place = Place { file, line: entry.line };
        match entry.value.text().filter(|name| entry.key == "policy" && !name.is_empty()) {
            Some(policy) => {
                let text = format!(
                    "the policy {policy} applies to {}: what it sets is not in this file. Give the \
                     definitions (rabbitmqctl export_definitions) to have it read",
                    self::text(queue, "name")
                );
                sheet.remark(RemarkKind::PassedOver, place, text);
            }
            None => sheet.irrelevant(place, &entry.key),
        }
    }
}

fn text<'a>(node: &'a Node, key: &str) -> &'a str {
    node.get(key).and_then(Node::text).unwrap_or_default()
}

fn queue(sheet: &mut Sheet, file: usize, document: &Node, queue: &Node) -> Part {
    let at = |line: usize| Place { file, line };
    let mut part =
        Part::new(Side::Broker, Layer::of("rabbitmq"), at(queue.line)).named(text(queue, "name"));
    let version = document.entry("rabbit_version").or(document.entry("rabbitmq_version"));
    if let Some(Entry { value, line, key }) = version {
        part.set("version", value.text().unwrap_or_default(), at(*line), key);
    }
    for key in ["durable", "exclusive", "auto_delete"] {
        if let Some(entry) = queue.entry(key) {
            let value = entry.value.text().unwrap_or_default();
            part.set(key, value, at(entry.line), key);
        }
    }
    let kind = queue.entry("type").filter(|entry| entry.value.text() != Some("undefined"));
    if let Some(entry) = kind {
        let kind = entry
            .value
            .text()
            .unwrap_or_default()
            .trim_start_matches("rabbit_")
            .trim_end_matches("_queue");
        part.set("x-queue-type", kind, at(entry.line), "type");
    }
    default_type(&mut part, file, document, queue);
    let own = arguments(queue);
    policy(sheet, &mut part, file, document, queue);
    for entry in own {
        match Space::Rabbitmq.exact(&entry.key).filter(|key| key.written.starts_with("x-")) {
            Some(key) => put(sheet, &mut part, key, &entry.key, &entry.value, at(entry.line)),
            None => no_effect(sheet, Space::Rabbitmq, &entry.key, "RabbitMQ", at(entry.line)),
        }
    }
    if let Some(members) = queue.entry("members").or(queue.entry("online")) {
        let count = members.value.items().len();
        if count > 0 {
            part.set("nodes", count.to_string(), at(members.line), &members.key);
        }
    }
    bound(&mut part, file, document, queue);
    part
}

/// Returns the arguments of a queue: a map, or a list of name, type and value.
fn arguments(queue: &Node) -> Vec<Entry> {
    let Some(node) = queue.get("arguments") else { return Vec::new() };
    let listed = node.items().iter().filter_map(|item| {
        let [name, _, value] = item.items() else { return None };
        Some(Entry { key: name.text()?.to_owned(), line: item.line, value: value.clone() })
    });
    node.entries().iter().cloned().chain(listed).collect()
}

/// Returns the type that a queue's own arguments give it.
fn own_type(queue: &Node) -> Option<String> {
    let own = arguments(queue).into_iter().find(|entry| entry.key == "x-queue-type")?;
    own.value.text().map(str::to_owned)
}

/// Takes the virtual host's default type for a queue that names none.
fn default_type(part: &mut Part, file: usize, document: &Node, queue: &Node) {
    let vhosts = document.get("vhosts").map_or(&[][..], Node::items);
    let own = vhosts.iter().find(|vhost| text(vhost, "name") == text(queue, "vhost"));
    let entry = own.and_then(|vhost| {
        vhost.entry("default_queue_type").or(vhost.get("metadata")?.entry("default_queue_type"))
    });
    if let Some(entry) = entry
        && let Some(kind) = entry.value.text().filter(|kind| *kind != "undefined")
        && !part.items.iter().any(|item| item.name == "x-queue-type")
        && own_type(queue).is_none()
    {
        part.set("x-queue-type", kind, Place { file, line: entry.line }, "default_queue_type");
    }
}

/// Applies the one policy that counts, and reports those that do not.
fn policy(sheet: &mut Sheet, part: &mut Part, file: usize, document: &Node, queue: &Node) {
    let policies = document.get("policies").map_or(&[][..], Node::items);
    let kind = part
        .items
        .iter()
        .rev()
        .find(|item| item.name == "x-queue-type")
        .map(|item| item.value.clone());
    let kind = own_type(queue).or(match kind {
        Some(crate::import::part::Value::Text(kind)) => Some(kind),
        _ => None,
    });
    let kind = kind.unwrap_or_else(|| "classic".into());
    let mut fitting: Vec<&Node> =
        policies.iter().filter(|policy| applies(policy, queue, &kind)).collect();
    let priority = |policy: &&Node| text(policy, "priority").parse::<i64>().unwrap_or(0);
    fitting.sort_by_key(|policy| -priority(policy));
    unread_patterns(sheet, file, policies, queue);
    for (i, policy) in fitting.into_iter().enumerate() {
        for entry in policy.get("definition").map_or(&[][..], Node::entries) {
            let place = Place { file, line: entry.line };
            let (policy, name) = (text(policy, "name"), part.name.clone());
            let key = Space::Rabbitmq.exact(&entry.key);
            match key {
                _ if i > 0 => {
                    let text = format!(
                        "{} of the policy {policy} has no effect on {name}: one policy applies to a \
                         queue, the one of the highest priority",
                        entry.key
                    );
                    sheet.remark(RemarkKind::Overruled, place, text);
                }
                Some(key) if key.written.starts_with("ha-") => {
                    let text = format!(
                        "{} is ignored since RabbitMQ 4.0: classic queues are on one node",
                        entry.key
                    );
                    sheet.remark(RemarkKind::NoEffect, place, text);
                }
                Some(key) => put(sheet, part, key, &entry.key, &entry.value, place),
                None => no_effect(sheet, Space::Rabbitmq, &entry.key, "RabbitMQ", place),
            }
        }
    }
}

/// Reports the policies whose pattern cannot be read: they are left out.
fn unread_patterns(sheet: &mut Sheet, file: usize, policies: &[Node], queue: &Node) {
    for policy in policies {
        if let Some(entry) = policy.entry("pattern")
            && matches(text(policy, "pattern"), text(queue, "name")).is_none()
        {
            let text = format!(
                "the pattern of the policy {} could not be read: it is taken not to apply to {}",
                text(policy, "name"),
                text(queue, "name")
            );
            sheet.remark(RemarkKind::Unreadable, Place { file, line: entry.line }, text);
        }
    }
}

fn applies(policy: &Node, queue: &Node, kind: &str) -> bool {
    let to = text(policy, "apply-to");
    let fits_type = match to {
        "" | "all" | "queues" => true,
        "quorum_queues" => kind == "quorum",
        "classic_queues" => kind == "classic",
        "streams" => kind == "stream",
        _ => false,
    };
    let same_host = text(policy, "vhost") == text(queue, "vhost");
    fits_type && same_host && matches(text(policy, "pattern"), text(queue, "name")) == Some(true)
}

/// Returns true if the pattern of a policy, a regular expression, fits somewhere in the name; `None`
/// if it cannot be read.
fn matches(pattern: &str, name: &str) -> Option<bool> {
    fancy_regex::Regex::new(pattern).ok()?.is_match(name).ok()
}

/// Notes if nothing leads to the queue but the default exchange.
fn bound(part: &mut Part, file: usize, document: &Node, queue: &Node) {
    if let Some(bindings) = document.entry("bindings") {
        let leads = |binding: &Node| text(binding, "destination") == text(queue, "name");
        if bindings.value.items().iter().any(leads) {
            part.set("bound", "true", Place { file, line: bindings.line }, "bindings");
        }
    }
}

/// Notes for each queue whether its dead-letter exchange leads to a queue.
fn dead_letters(document: &Node, mut parts: Vec<Part>) -> Vec<Part> {
    let names: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
    let bindings = document.get("bindings").map_or(&[][..], Node::items);
    for part in &mut parts {
        let exchange = part.items.iter().rev().find(|item| item.name == "x-dead-letter-exchange");
        let Some(item) = exchange.cloned() else { continue };
        let crate::import::part::Value::Text(exchange) = &item.value else { continue };
        // The default exchange leads to the queue whose name is the routing key.
        let leads = exchange.is_empty() && names.len() > 1
            || bindings.iter().any(|binding| text(binding, "source") == exchange);
        part.set("dead-letter-bound", leads.to_string(), item.place, &item.written);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_policies() {
        for (pattern, name, fits) in [
            ("^orders$", "orders", true),
            ("^orders$", "orders.parked", false),
            ("^orders", "orders.parked", true),
            (".*", "x", true),
            ("^(a|b)$", "b", true),
            ("\\.dlq$", "a.dlq", true),
            ("\\.dlq$", "a.dlqs", false),
            ("^(?!amq\\.).*", "orders", true),
            ("^(?!amq\\.).*", "amq.gen", false),
        ] {
            assert_eq!(matches(pattern, name) == Some(true), fits, "{pattern} {name}");
        }
        assert_eq!(matches("^(orders", "orders"), None);
    }
}
