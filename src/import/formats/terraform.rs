//! Terraform: files with literals and simple references, and `terraform show -json`.
//!
//! References lead from one file to another, so files are gathered first ([`hcl`]) and evaluated
//! when all are there ([`finish`]).

mod module;
mod plan;
mod values;

use super::put;
use crate::import::keys::Space;
use crate::import::layers::Layer;
use crate::import::part::{Item, Part, Place, RemarkKind, Sheet, Side, Value};
use crate::import::tree::{Data, Entry, Node};
pub use plan::read as plan;
use values::{reference, referred, shown};

/// Gathers a file. Its resources become parts in [`finish`].
pub fn hcl(sheet: &mut Sheet, file: usize, body: Node) {
    sheet.took_for(file, "Terraform");
    sheet.terraform.push((file, body));
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
    let all = || files.iter().flat_map(|(file, body)| body.entries().iter().map(|e| (*file, e)));
    // What is of a queue comes behind all queues, wherever it stands.
    let is_late = |entry: &Entry| entry.key.starts_with("resource.aws_sqs_queue_redrive_policy.");
    for (file, entry) in all().filter(|(_, entry)| !is_late(entry)) {
        let mut parts = entry.key.splitn(3, '.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("resource"), Some("aws_sqs_queue"), Some(name)) => {
                module.queue(sheet, file, name, entry);
            }
            (Some("resource"), Some("aws_lambda_event_source_mapping"), Some(name)) => {
                module.mapping(sheet, file, name, entry);
            }
            (Some("resource"), Some("aws_lambda_function"), Some(name)) => {
                module.function(sheet, file, name, entry);
            }
            (Some("module"), Some(name), _) => module.call(sheet, file, name, entry),
            _ => sheet.irrelevant(Place { file, line: entry.line }, &entry.key),
        }
    }
    for (file, entry) in all().filter(|(_, entry)| is_late(entry)) {
        module.separate_redrive(sheet, file, entry);
    }
    if sheet.parts.len() == before {
        for (file, _) in &files {
            let text = "there is no queue in this file: nothing here is judged";
            sheet.remark(RemarkKind::PassedOver, Place { file: *file, line: 0 }, text);
        }
    }
}

/// Returns true if this file is the JSON of a plan or a state.
fn is_plan(sheet: &Sheet, file: usize) -> bool {
    sheet.read_as.get(file).is_some_and(|all| all.iter().any(|what| what == plan::LABEL))
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
                let value = shown(self.value(&entry.value, 0));
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
            None if is_plan(sheet, file) => sheet.irrelevant(place, &entry.key),
            None => super::no_effect_but(
                sheet,
                &entry.key,
                "this resource",
                Space::Sqs.near_of(part.side, &entry.key),
                place,
            ),
        }
    }

    fn redrive(&self, sheet: &mut Sheet, file: usize, part: &mut Part, entry: &Entry) {
        let policy = self.policy(&entry.value);
        let Some(count) = policy.entry("maxReceiveCount") else {
            let none = policy.data == Data::Null
                || matches!(policy.text(), Some("" | "{}"))
                || policy.data == Data::Map(Vec::new());
            if !none {
                let place = Place { file, line: entry.line };
                let text = "redrive_policy: maxReceiveCount is not in the file; it is not taken";
                sheet.remark(RemarkKind::Unreadable, place, text);
            }
            return;
        };
        // What stands elsewhere may stand in another file.
        let is_here = reference(&entry.value).is_none();
        let line = if is_here { count.line.max(entry.line) } else { entry.line };
        let place = Place { file, line };
        match self.value(&count.value, 0).text().filter(|text| !text.contains("${")) {
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
    fn separate_redrive(&self, sheet: &mut Sheet, file: usize, resource: &Entry) {
        let queue = resource.value.get("queue_url").and_then(referred);
        let Some(entry) = resource.value.entry("redrive_policy") else {
            let text = format!(
                "what {} says is known only after apply: it is not taken. Give the files of Terraform, \
                 or terraform show -json of the state",
                resource.key.trim_start_matches("resource.")
            );
            let place = Place { file, line: resource.line };
            return sheet.remark(RemarkKind::Unreadable, place, text);
        };
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
        if let Some((file, function)) = self.function_of(sheet, file, resource)
            && let Some(entry) = function.value.entry("timeout")
            && let Some(seconds) = self.value(&entry.value, 0).text()
        {
            part.set("Timeout", seconds, Place { file, line: entry.line }, "timeout");
        }
        sheet.parts.push(part);
    }

    /// Returns the function of a mapping: by reference, by its name, or the only one where a plan does
    /// not know it before apply.
    fn function_of(
        &self,
        sheet: &mut Sheet,
        file: usize,
        mapping: &Entry,
    ) -> Option<(usize, &Entry)> {
        const START: &str = "resource.aws_lambda_function.";
        let named = mapping.value.get("function_name").filter(|node| node.data != Data::Null);
        if let Some(name) = named.and_then(referred) {
            return self.find(&format!("{START}{name}")).or_else(|| {
                let own = |entry: &Entry| {
                    let own = entry.value.get("function_name");
                    own.and_then(Node::text) == Some(name.as_str())
                };
                self.entries().find(|(_, entry)| entry.key.starts_with(START) && own(entry))
            });
        }
        let mut functions = self.entries().filter(|(_, entry)| entry.key.starts_with(START));
        let only = functions.next().filter(|_| named.is_none() && is_plan(sheet, file))?;
        if functions.next().is_some() {
            return None;
        }
        let text = format!(
            "which function this mapping calls is known only after apply; {} is assumed, the only one",
            only.1.key.trim_start_matches("resource.")
        );
        sheet.remark(RemarkKind::Assumed, Place { file, line: mapping.line }, text);
        Some(only)
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
}
