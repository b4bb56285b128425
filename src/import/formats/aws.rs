//! SQS in CloudFormation, SAM, CDK's output and the Serverless Framework, and answers of the AWS
//! command line about queues and event source mappings.

mod resources;
mod serverless;

use super::put;
use crate::import::keys::Space;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side};
use crate::import::tree::{Entry, Node};
use resources::Template;

/// Reads a document of any of these kinds; nothing if it is another one.
pub fn read(sheet: &mut Sheet, file: usize, document: &Node) {
    let resources = document.get("Resources").filter(|node| typed(node));
    if let Some(resources) = resources {
        let sam = document.get("Transform").is_some()
            || resources.entries().iter().any(|e| kind(&e.value).starts_with("AWS::Serverless::"));
        sheet.took_for(file, if sam { "AWS SAM" } else { "CloudFormation" });
        let template = Template { file, document, resources, framework: "lambda" };
        template.read(sheet);
    } else if document.get("service").is_some() && document.get("provider").is_some() {
        serverless::read(sheet, file, document);
    } else {
        answers(sheet, file, document);
    }
}

fn typed(resources: &Node) -> bool {
    resources.entries().iter().any(|entry| kind(&entry.value).contains("::"))
}

fn kind(resource: &Node) -> &str {
    resource.get("Type").and_then(Node::text).unwrap_or_default()
}

/// Takes an attribute of a queue or a mapping.
fn attribute(sheet: &mut Sheet, template: &Template, part: &mut Part, entry: &Entry) {
    let place = Place { file: template.file, line: entry.line };
    let key = Space::Sqs
        .keys()
        .iter()
        .find(|key| key.written == entry.key && key.side == Some(part.side));
    match key {
        Some(key) => {
            let value = template.resolved(&entry.value);
            put(sheet, part, *key, &entry.key, &value, place);
            let by_default = template.by_default(&entry.value);
            if let Some(item) = part.items.last_mut().filter(|item| item.written == entry.key) {
                item.by_default = by_default;
            }
        }
        None => {
            let near = Space::Sqs.near_of(part.side, &entry.key);
            super::no_effect_but(sheet, &entry.key, "this resource", near, place);
        }
    }
}

/// Takes a redrive policy: how often a message is received, and whether there is a queue for what
/// fails.
fn redrive(sheet: &mut Sheet, template: &Template, part: &mut Part, entry: &Entry) {
    let value = template.policy(&entry.value);
    let count = value.entry("maxReceiveCount");
    let Some(count) = count else {
        let text = "RedrivePolicy without maxReceiveCount that can be read: it is not taken";
        return sheet.remark(
            RemarkKind::Unreadable,
            Place { file: template.file, line: entry.line },
            text,
        );
    };
    let inside = count.line.max(entry.line);
    let place = Place { file: template.file, line: inside };
    match template.value(&count.value) {
        Some(text) => {
            part.set("maxReceiveCount", text, place, "maxReceiveCount");
            if let Some(item) = part.items.last_mut() {
                item.by_default = template.by_default(&count.value);
            }
        }
        None => {
            let text = "maxReceiveCount is not in the file; 3 is assumed";
            sheet.remark(RemarkKind::Unreadable, place, text);
            part.set("maxReceiveCount", "3", place, "maxReceiveCount");
        }
    }
    if let Some(target) = value.get("deadLetterTargetArn").and_then(|node| template.named_by(node))
    {
        part.set("dead-letter-queue", target, place, "deadLetterTargetArn");
    }
}

/// `aws sqs get-queue-attributes`, `aws lambda list-event-source-mappings`.
fn answers(sheet: &mut Sheet, file: usize, document: &Node) {
    let empty = Node::new(1, crate::import::tree::Data::Map(Vec::new()));
    let template = Template { file, document, resources: &empty, framework: "lambda" };
    if let Some(attributes) =
        document.get("Attributes").filter(|node| node.get("QueueArn").is_some())
    {
        sheet.took_for(file, "aws sqs get-queue-attributes");
        let mut part =
            Part::new(Side::Broker, Layer::of("sqs"), Place { file, line: attributes.line });
        for entry in attributes.entries() {
            match entry.key.as_str() {
                "RedrivePolicy" => redrive(sheet, &template, &mut part, entry),
                key if Space::Sqs.exact(key).is_some() => {
                    attribute(sheet, &template, &mut part, entry)
                }
                key => sheet.irrelevant(Place { file, line: entry.line }, key),
            }
        }
        sheet.parts.push(part);
    }
    let listed = document.get("EventSourceMappings").map_or(&[][..], Node::items);
    let one = document.get("EventSourceArn").map(|_| document);
    for mapping in listed.iter().chain(one) {
        let arn = mapping.get("EventSourceArn").and_then(Node::text).unwrap_or_default();
        if !arn.contains(":sqs:") {
            continue;
        }
        sheet.took_for(file, "Lambda event source mapping");
        let place = Place { file, line: mapping.line };
        let mut part = Part::new(Side::Consumer, Layer::of("lambda"), place);
        part.refers_to = arn.rsplit(':').next().map(str::to_owned);
        for entry in mapping.entries() {
            match Space::Sqs.exact(&entry.key).filter(|key| key.side == Some(Side::Consumer)) {
                Some(_) => attribute(sheet, &template, &mut part, entry),
                None => sheet.irrelevant(Place { file, line: entry.line }, &entry.key),
            }
        }
        sheet.parts.push(part);
    }
}
