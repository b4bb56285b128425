//! Calls of modules: the one for queues that many use, by its inputs. What is in other modules is not
//! read, and said where they configure a queue.
//!
//! Source: terraform-aws-modules/terraform-aws-sqs `main.tf`, `variables.tf` (its inputs are those of
//! aws_sqs_queue; with create_dlq a message is received 5 times, unless redrive_policy has another
//! number).

use super::Module;
use crate::import::keys::Space;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side};
use crate::import::tree::{Entry, Node};

/// The sources of the module for queues, in the registry and elsewhere.
const SQS: [&str; 2] = ["terraform-aws-modules/sqs/aws", "terraform-aws-modules/terraform-aws-sqs"];

/// How often a message is received with create_dlq.
const TRIES: &str = "5";

/// Words in the inputs of a module that configures a queue or what reads it.
const TELLING: [&str; 7] = [
    "visibility_timeout",
    "redrive",
    "receive_count",
    "fifo_queue",
    "message_retention",
    "event_source_mapping",
    "dead_letter",
];

impl Module<'_> {
    /// Reads a block `module "queue" {…}`.
    pub fn call(&self, sheet: &mut Sheet, file: usize, name: &str, call: &Entry) {
        let place = Place { file, line: call.line };
        let source = call.value.get("source").and_then(Node::text).unwrap_or_default();
        let is = |key: &str| {
            let value = call.value.get(key).map(|node| self.value(node, 0));
            value.is_some_and(|value| value.text() == Some("true"))
        };
        if SQS.iter().any(|known| source.contains(known)) {
            return self.module_queue(sheet, name, call, (place, is("create_dlq")));
        }
        let tells = |key: &str| TELLING.iter().any(|word| key.contains(word));
        let is_queue = source.to_lowercase().contains("sqs")
            || call.value.entries().iter().any(|entry| tells(&entry.key));
        if !is_queue {
            return sheet.irrelevant(place, &call.key);
        }
        let text = format!(
            "the module {name} ({source}) configures a queue or what reads it, and is not read: give \
             terraform show -json, which has what is inside of it"
        );
        sheet.remark(RemarkKind::PassedOver, place, text);
    }

    fn module_queue(
        &self,
        sheet: &mut Sheet,
        name: &str,
        call: &Entry,
        (place, has_dlq): (Place, bool),
    ) {
        let mut part = Part::new(Side::Broker, Layer::of("sqs"), place).named(name);
        if has_dlq && let Some(entry) = call.value.entry("create_dlq") {
            let place = Place { line: entry.line, ..place };
            part.set("maxReceiveCount", TRIES, place, "create_dlq");
            part.set("dead-letter-queue", format!("{name}-dlq"), place, "create_dlq");
        }
        for entry in call.value.entries() {
            let at = Place { line: entry.line, ..place };
            let known = Space::Sqs.exact(&entry.key).is_some_and(|key| key.side == Some(part.side));
            match entry.key.as_str() {
                // With create_dlq it may have nothing but other keys.
                "redrive_policy" if has_dlq && !self.has_count(entry) => {}
                "create_dlq" => {}
                "redrive_policy" => self.redrive(sheet, place.file, &mut part, entry),
                _ if known => self.attribute(sheet, place.file, &mut part, entry),
                other => sheet.irrelevant(at, other),
            }
        }
        sheet.parts.push(part);
    }

    /// Returns true if a policy says how often a message is received, or cannot be read.
    fn has_count(&self, entry: &Entry) -> bool {
        let policy = self.policy(&entry.value);
        policy.entries().is_empty() && policy.text().is_none()
            || policy.get("maxReceiveCount").is_some()
    }
}
