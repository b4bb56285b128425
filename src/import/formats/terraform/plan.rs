//! `terraform show -json`, of a plan or of a state: resources with their values, and for what is known
//! only after apply the references of their configuration.
//!
//! Source: developer.hashicorp.com/terraform/internals/json-format (`planned_values`, `after_unknown`,
//! `configuration`).

use crate::import::part::Sheet;
use crate::import::tree::{Data, Entry, Node};

/// What the JSON of a plan is taken for.
pub const LABEL: &str = "terraform show -json";

/// What may be known only after apply, and matters all the same.
const LATE: [&str; 4] = ["function_name", "event_source_arn", "queue_url", "redrive_policy"];

/// Gathers the resources of a plan or a state.
pub fn read(sheet: &mut Sheet, file: usize, document: &Node) {
    let is_plan =
        document.get("terraform_version").is_some() || document.get("planned_values").is_some();
    if !is_plan {
        return;
    }
    sheet.took_for(file, LABEL);
    let root =
        document.at(&["planned_values", "root_module"]).or(document.at(&["values", "root_module"]));
    let mut entries = Vec::new();
    let mut configured = Vec::new();
    configurations(document.at(&["configuration", "root_module"]), &mut configured, 0);
    let late = Late { document, configured };
    modules(root, &late, &mut entries, 0);
    if entries.is_empty() {
        let changes = document.get("resource_changes").map_or(&[][..], Node::items);
        for change in changes {
            entries.extend(resource(change, change.at(&["change", "after"]), &late));
        }
    }
    let body = Node::new(1, Data::Map(entries));
    sheet.terraform.push((file, body));
}

fn modules(module: Option<&Node>, late: &Late, out: &mut Vec<Entry>, depth: usize) {
    let Some(module) = module.filter(|_| depth < 20) else { return };
    for node in module.get("resources").map_or(&[][..], Node::items) {
        out.extend(resource(node, node.get("values"), late));
    }
    for child in module.get("child_modules").map_or(&[][..], Node::items) {
        modules(Some(child), late, out, depth + 1);
    }
}

fn resource(node: &Node, values: Option<&Node>, late: &Late) -> Option<Entry> {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let key = format!("resource.{}.{}", text("type")?, text("name")?);
    let mut value = values?.clone();
    let missing = LATE.iter().filter(|key| value.get(key).is_none_or(|v| v.data == Data::Null));
    let found: Vec<Entry> = missing.filter_map(|key| late.entry(node, key)).collect();
    if let Data::Map(entries) = &mut value.data {
        entries.extend(found);
    }
    Some(Entry { key, line: node.line, value })
}

/// What is known of values that come only with apply.
struct Late<'a> {
    document: &'a Node,
    /// Resources as the files of Terraform have them.
    configured: Vec<&'a Node>,
}

impl Late<'_> {
    /// Returns what a value refers to, or that it is there.
    fn entry(&self, resource: &Node, key: &str) -> Option<Entry> {
        let line = resource.line;
        let same = |other: &&&Node| {
            ["type", "name"]
                .iter()
                .all(|key| other.get(key).map(Node::text) == resource.get(key).map(Node::text))
        };
        let own = self.configured.iter().find(same);
        let references = own.and_then(|own| own.at(&["expressions", key, "references"]));
        let mut references = references.map_or(&[][..], Node::items).iter().filter_map(Node::text);
        let of_resource = references.find(|path| path.starts_with("aws_"));
        if let Some(path) = of_resource {
            let value =
                Node { line, tag: Some("ref".to_owned()), data: Data::Opaque(path.to_owned()) };
            return Some(Entry { key: key.to_owned(), line, value });
        }
        // Of the others, it is of no use that they are there.
        let is_late = key == "redrive_policy" && self.is_late(resource, key);
        let value = Node::new(line, Data::Opaque("what is known after apply".to_owned()));
        is_late.then(|| Entry { key: key.to_owned(), line, value })
    }

    fn is_late(&self, resource: &Node, key: &str) -> bool {
        let address = resource.get("address").and_then(Node::text);
        let changes = self.document.get("resource_changes").map_or(&[][..], Node::items);
        let own =
            changes.iter().find(|change| change.get("address").and_then(Node::text) == address);
        let unknown = own.and_then(|own| own.at(&["change", "after_unknown", key]));
        unknown.and_then(Node::text) == Some("true")
    }
}

/// Finds the resources of a configuration, also of the modules that it calls.
fn configurations<'a>(module: Option<&'a Node>, out: &mut Vec<&'a Node>, depth: usize) {
    let Some(module) = module.filter(|_| depth < 20) else { return };
    out.extend(module.get("resources").map_or(&[][..], Node::items));
    for call in module.get("module_calls").map_or(&[][..], Node::entries) {
        configurations(call.value.get("module"), out, depth + 1);
    }
}
