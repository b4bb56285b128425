//! SQS in code: sqs-consumer for JavaScript.
//!
//! Source: sqs-consumer@08add4f `src/consumer.ts`, `src/types.ts`.

use super::code_kafka::setting;
use super::near_miss;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side};
use crate::import::read::code::Code;
use crate::import::tree::Entry;

pub fn read(sheet: &mut Sheet, file: usize, code: &Code) {
    for call in code.calls.iter().filter(|call| call.path.ends_with("Consumer.create")) {
        let Some(options) = call.args.first().map(|options| code.resolved(options)) else {
            continue;
        };
        if options.get("queueUrl").is_none() {
            continue;
        }
        sheet.took_for(file, "JavaScript · sqs-consumer");
        let place = Place { file, line: call.line };
        let mut part = Part::new(Side::Consumer, Layer::of("sqs-consumer"), place);
        for entry in options.entries() {
            option(sheet, &mut part, entry);
        }
        sheet.parts.push(part);
        let text = "code is not run: only the literals of its options are read";
        sheet.remark(RemarkKind::Assumed, Place { file, line: 0 }, text);
    }
}

fn option(sheet: &mut Sheet, part: &mut Part, entry: &Entry) {
    let place = Place { file: part.place.file, line: entry.line };
    match entry.key.as_str() {
        "batchSize" => {
            setting(sheet, part, "MaxNumberOfMessages", &entry.key, &entry.value, place);
        }
        "visibilityTimeout" => {
            setting(sheet, part, "VisibilityTimeout", &entry.key, &entry.value, place);
        }
        // A function, which is not read.
        "handleMessageBatch" | "heartbeatInterval" => {
            part.set(&entry.key, entry.value.text().unwrap_or("given"), place, &entry.key);
        }
        "terminateVisibilityTimeout" | "alwaysAcknowledge" => {
            if let Some(text) = entry.value.text() {
                part.set(&entry.key, text, place, &entry.key);
            }
        }
        "shouldDeleteMessages" if entry.value.text() == Some("false") => {
            let text = "shouldDeleteMessages is false: the code has to delete messages itself; looked \
                        at as if it did so after the work";
            sheet.remark(RemarkKind::Assumed, place, text);
        }
        key if near_miss(sheet, OPTIONS, key, "sqs-consumer", place) => {}
        key => sheet.irrelevant(place, key),
    }
}

/// All options of sqs-consumer.
const OPTIONS: &[&str] = &[
    "alwaysAcknowledge",
    "attributeNames",
    "authenticationErrorTimeout",
    "batchSize",
    "extendedAWSErrors",
    "handleMessage",
    "handleMessageBatch",
    "handleMessageTimeout",
    "heartbeatInterval",
    "messageAttributeNames",
    "messageSystemAttributeNames",
    "pollingCompleteWaitTimeMs",
    "pollingWaitTimeMs",
    "postReceiveMessageCallback",
    "preReceiveMessageCallback",
    "queueUrl",
    "region",
    "shouldDeleteMessages",
    "sqs",
    "stopped",
    "strictReturn",
    "suppressFifoWarning",
    "terminateVisibilityTimeout",
    "useQueueUrlAsEndpoint",
    "visibilityTimeout",
    "waitTimeSeconds",
];
