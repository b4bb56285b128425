//! RabbitMQ: `definitions.json` with its policies, and `rabbitmqctl list_queues --formatter json`.
//!
//! What a policy and a queue's own arguments come to together is decided in [`policies`].

mod policies;

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
                | "operator_policies"
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

/// Takes note of what a list of queues has besides. Of a policy it has the name, and what it sets only
/// if it was asked for.
fn others(sheet: &mut Sheet, file: usize, queue: &Node) {
    const READ: [&str; 9] = [
        "name",
        "durable",
        "exclusive",
        "auto_delete",
        "type",
        "arguments",
        "members",
        "online",
        policies::EFFECTIVE,
    ];
    let is_known = queue.get(policies::EFFECTIVE).is_some();
    for entry in queue.entries().iter().filter(|entry| !READ.contains(&entry.key.as_str())) {
        let place = Place { file, line: entry.line };
        let is_policy = ["policy", "operator_policy"].contains(&entry.key.as_str());
        match entry.value.text().filter(|name| is_policy && !name.is_empty()) {
            Some(_) if is_known => {}
            Some(policy) => {
                let text = format!(
                    "the policy {policy} applies to {}: what it sets is not in this file. Give the \
                     definitions (rabbitmqctl export_definitions) to have it read, or the column \
                     effective_policy_definition",
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
    policies::apply(sheet, &mut part, file, document, queue);
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

/// Takes the virtual host's default type for a queue that names none. One that is transient, exclusive
/// or deletes itself stays classic (rabbitmq-server `rabbit_amqqueue:augment_declare_args`).
fn default_type(part: &mut Part, file: usize, document: &Node, queue: &Node) {
    if text(queue, "durable") == "false"
        || ["exclusive", "auto_delete"].iter().any(|key| text(queue, key) == "true")
    {
        return;
    }
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
