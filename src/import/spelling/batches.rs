//! How a framework is told to acknowledge the messages of a batch in another way: by a key, in code,
//! or not at all.
//!
//! Sources: spring-kafka `ContainerProperties.AckMode` ("Cannot use AckMode.RECORD with a batch
//! listener"); docs.spring.io spring-cloud-stream, Kafka consumer properties (`ackMode`,
//! `spring.cloud.stream.kafka.default`); kafkajs docs, "Consuming Messages" (`autoCommitThreshold`,
//! `eachBatchAutoResolve`); smallrye-reactive-messaging `KafkaConnector`, attribute `batch`,
//! and `IncomingKafkaRecordBatch` (its acknowledgment is that of the last record of each partition);
//! docs.aws.amazon.com/lambda services-sqs-errorhandling; sqs-consumer `handleMessageBatch`.

use super::Side::Consumer;
use super::{Spelled, layer, spell};
use crate::import::keys::Space;
use crate::import::layers::Origin;
use crate::import::plan::Plan;

pub const PATH: &str = "consumer.batch_ack";
const REPORTS: &str = "ReportBatchItemFailures";

/// How another acknowledgment is brought about.
#[derive(Default)]
pub struct Way {
    /// The name of the setting in the importer, the key where no file has it, and the value.
    key: Option<(&'static str, String, String)>,
    /// What it takes besides, in code.
    pub code: Option<&'static str>,
    /// The change in words, if it is another one than for the product in general.
    pub label: Option<String>,
}

/// Returns how this acknowledgment is brought about; `None` if the framework does not have it.
pub fn way(plan: &Plan, ack: &str) -> Option<Way> {
    let row = |name: &str| {
        let mut rows = plan.taken.iter().filter(|row| row.side == Consumer);
        rows.find(|row| row.name == name).map(|row| row.value.as_str())
    };
    match (layer(plan, Consumer)?, ack) {
        (layer @ ("spring-kafka" | "spring-cloud-stream-kafka"), "each") => {
            let list = row("listener.type").is_some_and(|kind| kind.eq_ignore_ascii_case("batch"));
            Some(spring(layer, list, row("ack-mode").unwrap_or_default()))
        }
        ("kafkajs" | "nestjs-kafka", _) => Some(kafkajs(
            ack,
            row("eachBatch").is_some(),
            row("eachBatchAutoResolve") != Some("false"),
        )),
        ("smallrye-kafka", "each") => Some(Way {
            code: Some("a method that takes one record at a time"),
            ..keyed("batch", &incoming(plan, "batch"), "false")
        }),
        // A batch is acknowledged as a whole there, and a FIFO group up to its first failure.
        ("smallrye-kafka", _) | ("spring-cloud-aws", "good-part") => None,
        ("lambda" | "serverless", "good-part" | "up-to-first-failure") => {
            let reports = row("FunctionResponseTypes").is_some_and(|all| all.contains(REPORTS));
            Some(lambda(plan, ack, reports))
        }
        ("sqs-consumer", "good-part") => {
            Some(in_code("a handler that returns the messages that it has handled"))
        }
        ("sqs-consumer", "up-to-first-failure") => Some(in_code(
            "a handler that stops at the first failure, and returns what it has handled",
        )),
        ("spring-amqp" | "spring-cloud-stream-rabbit", "each") => {
            Some(keyed("batch-size", "spring.rabbitmq.listener.simple.batch-size", "1"))
        }
        _ => Some(Way::default()),
    }
}

/// Returns the key that brings it about, if there is one.
pub fn spelled(plan: &Plan, ack: &str) -> Option<Spelled> {
    let (name, usual, value) = way(plan, ack)?.key?;
    spell(plan, Consumer, name, || Some(usual), value)
}

fn keyed(name: &'static str, usual: &str, value: &str) -> Way {
    let label = Some(format!("{name}={value}"));
    Way { key: Some((name, usual.to_owned(), value.to_owned())), label, code: None }
}

fn in_code(label: &str) -> Way {
    Way { label: Some(label.to_owned()), ..Way::default() }
}

fn incoming(plan: &Plan, name: &str) -> String {
    format!("mp.messaging.incoming.{}.{name}", plan.channel(Consumer))
}

fn spring(layer: &str, list: bool, mode: &str) -> Way {
    if list {
        return in_code("a listener that gets records one by one, with ack-mode=RECORD");
    }
    // The listener goes on acknowledging by itself.
    let manual = mode.to_uppercase().starts_with("MANUAL");
    let value = if manual { "MANUAL_IMMEDIATE" } else { "RECORD" };
    let usual = match layer {
        "spring-kafka" => "spring.kafka.listener.ack-mode",
        _ => "spring.cloud.stream.kafka.default.consumer.ack-mode",
    };
    keyed("ack-mode", usual, value)
}

fn kafkajs(ack: &str, list: bool, resolves: bool) -> Way {
    const RESOLVED: &str = "a call of resolveOffset after each message";
    match (ack, list) {
        ("each", false) => keyed("autoCommitThreshold", "autoCommitThreshold", "1"),
        ("each", true) => in_code("eachMessage in place of eachBatch, with autoCommitThreshold=1"),
        (_, true) if resolves => Way {
            code: Some(RESOLVED),
            ..keyed("eachBatchAutoResolve", "eachBatchAutoResolve", "false")
        },
        _ => in_code(RESOLVED),
    }
}

fn lambda(plan: &Plan, ack: &str, reports: bool) -> Way {
    let code = match ack {
        "good-part" => "a function that reports the messages that it has not handled",
        _ => "a function that stops at the first failure, and reports it with all that follow",
    };
    if reports {
        return in_code(code);
    }
    let (usual, value) = match of_mapping(plan) {
        "functionResponseType" => ("functionResponseType", REPORTS.to_owned()),
        usual => (usual, format!("[{REPORTS}]")),
    };
    let label = Some(format!("FunctionResponseTypes={REPORTS}"));
    Way { code: Some(code), label, ..keyed("FunctionResponseTypes", usual, &value) }
}

/// Returns the key of a mapping, as CloudFormation, Terraform or the Serverless Framework has it.
fn of_mapping(plan: &Plan) -> &'static str {
    if layer(plan, Consumer) == Some("serverless") {
        return "functionResponseType";
    }
    let rows = plan.taken.iter().filter(|row| row.side == Consumer);
    let written = rows.filter_map(|row| match &row.origin {
        Origin::File { written, .. } => Some(written.as_str()),
        _ => None,
    });
    let passed = plan.passed.iter().map(|(_, key)| key.as_str());
    let of_mapping = |key: &&str| Space::Sqs.exact(key).is_some();
    let terraform = written.chain(passed).filter(of_mapping).any(|key| key.contains('_'));
    if terraform { "function_response_types" } else { "FunctionResponseTypes" }
}
