//! A configuration as settings of real clients, ready to copy.
//!
//! A block is offered only where what is proved of the configuration holds for that client, too. Where
//! a client behaves otherwise than the one that is modeled, its block says what it takes to make it
//! behave alike: librdkafka stores the offset of a message before its handler runs, the AWS SDKs
//! differ in how often they try a call.

mod kafka;
mod rabbitmq;
mod sqs;

use super::answers::Order;
use crate::sim::settings::{BrokerSettings, ProducerSettings};
use crate::sim::{CompiledScenario, Scenario};
use std::fmt::Write;

/// Text to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Whose, with its version: "Kafka Java client 4.x, producer".
    pub title: &'static str,
    pub text: String,
}

/// All blocks for a configuration; none for a broker of no make. The order that is asked for decides
/// on partitions, groups and exclusive consumers.
pub fn client(scenario: &Scenario, order: Order) -> Vec<Block> {
    let consumer = &scenario.consumer;
    let mut blocks = match (&scenario.producer, &scenario.broker) {
        (ProducerSettings::Kafka(producer), BrokerSettings::Kafka(broker)) => {
            kafka::blocks(producer, broker, consumer, order)
        }
        (ProducerSettings::Rabbitmq(producer), BrokerSettings::Rabbitmq(broker)) => {
            rabbitmq::blocks(producer, broker, consumer, order)
        }
        (ProducerSettings::Sqs(producer), BrokerSettings::Sqs(broker)) => {
            sqs::blocks(producer, broker, consumer, order)
        }
        _ => Vec::new(),
    };
    blocks.extend(order_of_lines(scenario));
    blocks
}

/// The consumer's lines, whose order is the guarantee.
fn order_of_lines(scenario: &Scenario) -> Option<Block> {
    let setup = CompiledScenario::new(scenario).ok()?;
    let line =
        |line: &crate::sim::Line| format!("{}{}\n", "  ".repeat(line.indent.into()), line.text);
    let text = setup.consumer.lines.iter().map(line).collect();
    Some(Block { title: "The consumer, in this order", text })
}

/// Settings by name.
type Pairs = Vec<(&'static str, String)>;

/// `acks=all`
fn lines(pairs: &Pairs) -> String {
    pairs.iter().fold(String::new(), |mut out, (key, value)| {
        // Writing to a text cannot fail.
        let _ = writeln!(out, "{key}={value}");
        out
    })
}
