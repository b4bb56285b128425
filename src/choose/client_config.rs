//! Client configuration: a candidate as settings of real clients, ready to copy.
//!
//! A block is offered only if what was proved of the configuration also holds for that client. If a
//! client differs from the modeled one, its block says how to make it behave the same: librdkafka
//! stores the offset of a message before its handler runs, and the AWS SDKs differ in how often
//! they retry a call.

mod kafka;
mod nats;
mod rabbitmq;
mod sqs;

use super::answers::Order;
use crate::sim::{CompiledScenario, Configuration};
use std::fmt::Write;

/// A block of text to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The client and its version: "Kafka Java client 4.x, producer".
    pub title: &'static str,
    pub text: String,
}

/// Returns all blocks for a configuration; none for the generic broker. The required ordering
/// determines partitions, groups and exclusive consumers.
pub fn client(config: &Configuration, order: Order) -> Vec<Block> {
    let products = [kafka::blocks, rabbitmq::blocks, sqs::blocks, nats::blocks];
    let mut blocks = products.iter().find_map(|own| own(config, order)).unwrap_or_default();
    blocks.extend(order_of_lines(config));
    blocks
}

/// Returns the consumer's program, whose order is the guarantee.
fn order_of_lines(config: &Configuration) -> Option<Block> {
    let setup = CompiledScenario::bare(config).ok()?;
    let line =
        |line: &crate::sim::Line| format!("{}{}\n", "  ".repeat(line.indent.into()), line.text);
    let text = setup.consumer.lines.iter().map(line).collect();
    Some(Block { title: "Consumer code, in this order", text })
}

/// Settings by name.
type Pairs = Vec<(&'static str, String)>;

/// Formats settings as properties: `acks=all`.
fn lines(pairs: &Pairs) -> String {
    pairs.iter().fold(String::new(), |mut out, (key, value)| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{key}={value}");
        out
    })
}
