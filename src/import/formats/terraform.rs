//! Terraform: files with literals and simple references, and `terraform show -json`.
//!
//! References lead from one file to another, so files are gathered first ([`hcl`]) and evaluated
//! when all are there ([`finish`]).

use super::put;
use crate::import::keys::Space;
use crate::import::layers::Layer;
use crate::import::part::{Item, Part, Place, RemarkKind, Sheet, Side, Value};
use crate::import::read::json;
use crate::import::tree::{Data, Entry, Node};

/// Gathers a file. Its resources become parts in [`finish`].
pub fn hcl(sheet: &mut Sheet, file: usize, body: Node) {
    sheet.took_for(file, "Terraform");
    sheet.terraform.push((file, body));
}

/// Reads `terraform show -json`, of a plan or of a state.
pub fn plan(sheet: &mut Sheet, file: usize, document: &Node) {
    let is_plan =
        document.get("terraform_version").is_some() || document.get("planned_values").is_some();
    if !is_plan {
        return;
    }
    sheet.took_for(file, "terraform show -json");
    let root =
        document.at(&["planned_values", "root_module"]).or(document.at(&["values", "root_module"]));
    let mut entries = Vec::new();
    modules(root, &mut entries, 0);
    if entries.is_empty() {
        let changes = document.get("resource_changes").map_or(&[][..], Node::items);
        for change in changes {
            entries.extend(resource(change, change.at(&["change", "after"])));
        }
    }
    let body = Node::new(1, Data::Map(entries));
    sheet.terraform.push((file, body));
}

fn modules(module: Option<&Node>, out: &mut Vec<Entry>, depth: usize) {
    let Some(module) = module.filter(|_| depth < 20) else { return };
    for node in module.get("resources").map_or(&[][..], Node::items) {
        out.extend(resource(node, node.get("values")));
    }
    for child in module.get("child_modules").map_or(&[][..], Node::items) {
        modules(Some(child), out, depth + 1);
    }
}

fn resource(node: &Node, values: Option<&Node>) -> Option<Entry> {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let key = format!("resource.{}.{}", text("type")?, text("name")?);
    Some(Entry { key, line: node.line, value: values?.clone() })
}

/// All files of Terraform.
struct Module<'a> {
    files: &'a [(usize, Node)],
}

/// Evaluates the files that were gathered and makes parts of their resources.
pub fn finish(sheet: &mut Sheet) {
    let files = std::mem::take(&mut sheet.terraform);
    let module = Module { files: &files };
    let before = sheet.parts.len();
    for (file, body) in &files {
        for entry in body.entries() {
            let place = Place { file: *file, line: entry.line };
            let mut parts = entry.key.splitn(3, '.');
            match (parts.next(), parts.next(), parts.next()) {
                (Some("resource"), Some("aws_sqs_queue"), Some(name)) => {
                    module.queue(sheet, *file, name, entry);
                }
                (Some("resource"), Some("aws_lambda_event_source_mapping"), Some(name)) => {
                    module.mapping(sheet, *file, name, entry);
                }
                (Some("resource"), Some("aws_sqs_queue_redrive_policy"), Some(name)) => {
                    module.separate_redrive(sheet, *file, name, entry);
                }
                (Some("resource"), Some("aws_lambda_function"), Some(name)) => {
                    module.function(sheet, *file, name, entry);
                }
                _ => sheet.irrelevant(place, &entry.key),
            }
        }
    }
    if sheet.parts.len() == before {
        for (file, _) in &files {
            let text = "there is no queue in this file: nothing here is judged";
            sheet.remark(RemarkKind::PassedOver, Place { file: *file, line: 0 }, text);
        }
    }
}

impl Module<'_> {
    fn queue(&self, sheet: &mut Sheet, file: usize, name: &str, resource: &Entry) {
        let place = Place { file, line: resource.line };
        let mut part = Part::new(Side::Broker, Layer::of("sqs"), place).named(name);
        for entry in resource.value.entries() {
            match entry.key.as_str() {
                "redrive_policy" => self.redrive(sheet, file, &mut part, entry),
                _ => self.attribute(sheet, file, &mut part, entry),
            }
        }
        sheet.parts.push(part);
    }

    fn attribute(&self, sheet: &mut Sheet, file: usize, part: &mut Part, entry: &Entry) {
        let place = Place { file, line: entry.line };
        let known = |key: &&crate::import::keys::Key| {
            key.written == entry.key && key.side == Some(part.side)
        };
        match Space::Sqs.keys().iter().find(known) {
            Some(key) => {
                let value = self.value(&entry.value, 0);
                put(sheet, part, *key, &entry.key, &value, place);
            }
            None if matches!(
                entry.key.as_str(),
                "id" | "arn"
                    | "url"
                    | "uuid"
                    | "timeouts"
                    | "last_modified"
                    | "state"
                    | "state_transition_reason"
                    | "function_arn"
                    | "last_processing_result"
            ) => {}
            None if sheet
                .read_as
                .get(file)
                .is_some_and(|r| r.iter().any(|r| r.contains("show"))) =>
            {
                sheet.irrelevant(place, &entry.key);
            }
            None => super::no_effect_but(
                sheet,
                &entry.key,
                "this resource",
                Space::Sqs.near(&entry.key).first().copied(),
                place,
            ),
        }
    }

    fn redrive(&self, sheet: &mut Sheet, file: usize, part: &mut Part, entry: &Entry) {
        let place = Place { file, line: entry.line };
        let mut policy = match (entry.value.tag.as_deref(), entry.value.items()) {
            (Some("jsonencode"), [policy]) => policy.clone(),
            _ => entry.value.clone(),
        };
        if let Some(read) = policy.text().and_then(|text| json::document(text).ok()) {
            policy = read;
            // Its lines are those of the text inside.
        }
        let Some(count) = policy.entry("maxReceiveCount") else {
            if policy.data != Data::Null && policy.text() != Some("") {
                let text = "redrive_policy: maxReceiveCount is not in the file; it is not taken";
                sheet.remark(RemarkKind::Unreadable, place, text);
            }
            return;
        };
        let line = count.line.max(entry.line);
        let place = Place { file, line };
        match self.value(&count.value, 0).text() {
            Some(text) => part.set("maxReceiveCount", text, place, "maxReceiveCount"),
            None => {
                let text = "maxReceiveCount is not in the file; 3 is assumed";
                sheet.remark(RemarkKind::Unreadable, place, text);
                part.set("maxReceiveCount", "3", place, "maxReceiveCount");
            }
        }
        if let Some(target) = policy.get("deadLetterTargetArn").and_then(referred) {
            part.set("dead-letter-queue", target, place, "deadLetterTargetArn");
        }
    }

    /// A redrive policy in a resource of its own.
    fn separate_redrive(&self, sheet: &mut Sheet, file: usize, _name: &str, resource: &Entry) {
        let queue = resource.value.get("queue_url").and_then(referred);
        let Some(entry) = resource.value.entry("redrive_policy") else { return };
        let at = sheet
            .parts
            .iter()
            .position(|part| part.side == Side::Broker && Some(&part.name) == queue.as_ref());
        match at {
            Some(at) => {
                let mut part = sheet.parts[at].clone();
                self.redrive(sheet, file, &mut part, entry);
                sheet.parts[at] = part;
            }
            None => {
                let text = "the queue of this redrive policy is not in the files";
                sheet.remark(RemarkKind::PassedOver, Place { file, line: resource.line }, text);
            }
        }
    }

    fn mapping(&self, sheet: &mut Sheet, file: usize, name: &str, resource: &Entry) {
        let place = Place { file, line: resource.line };
        let source = resource.value.get("event_source_arn");
        let other = source
            .and_then(|node| reference(node))
            .is_some_and(|path| !path.starts_with("aws_sqs_queue.") && path.starts_with("aws_"));
        if other || source.and_then(Node::text).is_some_and(|arn| !arn.contains(":sqs:")) {
            return sheet.irrelevant(place, &resource.key);
        }
        let mut part = Part::new(Side::Consumer, Layer::of("lambda"), place).named(name);
        part.refers_to = source.and_then(referred);
        for entry in resource.value.entries() {
            self.attribute(sheet, file, &mut part, entry);
        }
        let function = resource.value.get("function_name").and_then(referred);
        let function =
            function.and_then(|name| self.find(&format!("resource.aws_lambda_function.{name}")));
        if let Some((file, function)) = function
            && let Some(entry) = function.value.entry("timeout")
            && let Some(seconds) = self.value(&entry.value, 0).text()
        {
            part.set("Timeout", seconds, Place { file, line: entry.line }, "timeout");
        }
        sheet.parts.push(part);
    }

    fn function(&self, sheet: &mut Sheet, file: usize, name: &str, resource: &Entry) {
        let Some(entry) = resource.value.entry("timeout") else {
            return sheet.irrelevant(Place { file, line: resource.line }, &resource.key);
        };
        if let Some(seconds) = self.value(&entry.value, 0).text() {
            sheet.facts.push(Item {
                name: format!("function {name}"),
                value: Value::Text(seconds.to_owned()),
                place: Place { file, line: entry.line },
                written: "timeout".into(),
                by_default: false,
            });
        }
    }

    fn find(&self, key: &str) -> Option<(usize, &Entry)> {
        let mut all = self
            .files
            .iter()
            .flat_map(|(file, body)| body.entries().iter().map(move |entry| (*file, entry)));
        all.find(|(_, entry)| entry.key == key)
    }

    /// Evaluates literals, `local.x`, `var.x` with a default, attributes of resources, and
    /// arithmetic with them. Everything else stays opaque.
    fn value(&self, node: &Node, depth: usize) -> Node {
        let as_it_is = || node.clone();
        if depth > 20 {
            return as_it_is();
        }
        if let (Some(operator), [left, right]) = (node.tag.as_deref(), node.items()) {
            let number = |node: &Node| self.value(node, depth + 1).text()?.parse::<f64>().ok();
            if let (Some(left), Some(right)) = (number(left), number(right))
                && let Some(result) = calculate(operator, left, right)
            {
                return Node::text_at(node.line, format!("{result}"));
            }
            if ["+", "-", "*", "/", "%"].contains(&operator) {
                return Node::new(node.line, Data::Opaque("an expression".into()));
            }
        }
        let Some(path) = reference(node) else { return as_it_is() };
        let found = self.follow(path);
        found.map_or_else(as_it_is, |found| {
            let value = self.value(found, depth + 1);
            Node { line: node.line, ..value }
        })
    }

    fn follow(&self, path: &str) -> Option<&Node> {
        let parts: Vec<&str> = path.split('.').collect();
        match parts[..] {
            ["local", name] => {
                let mut all = self.files.iter().flat_map(|(_, body)| body.entries());
                all.find_map(|entry| entry.value.get(name).filter(|_| entry.key == "locals"))
            }
            ["var", name] => self.find(&format!("variable.{name}"))?.1.value.get("default"),
            [kind, name, attribute] => {
                self.find(&format!("resource.{kind}.{name}"))?.1.value.get(attribute)
            }
            _ => None,
        }
    }
}

fn calculate(operator: &str, left: f64, right: f64) -> Option<f64> {
    Some(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" if right != 0.0 => left / right,
        _ => return None,
    })
}

/// Returns the path of a reference: `aws_sqs_queue.orders.arn`.
fn reference(node: &Node) -> Option<&str> {
    match &node.data {
        Data::Opaque(path) if node.tag.as_deref() == Some("ref") => Some(path),
        _ => None,
    }
}

/// Returns the name of the resource that is referred to, by reference or by the end of an ARN.
fn referred(node: &Node) -> Option<String> {
    if let Some(path) = reference(node) {
        return path
            .split('.')
            .nth(1)
            .map(|name| name.split('[').next().unwrap_or(name).to_owned());
    }
    let text = node.text()?;
    Some(text.rsplit([':', '/']).next().unwrap_or(text).to_owned())
}
