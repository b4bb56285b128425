//! Brokers: the contract of one, and the only place that knows which brokers there are.
//!
//! [`kafka`] is an ordered, replicated log that consumers read by offset; [`rabbitmq`] is a queue
//! with competing consumers that removes a copy once it is settled (RabbitMQ, and the generic
//! broker); [`sqs`] is a queue that hides a received message from other receivers until its
//! visibility timeout expires; [`nats`] is a stream with a consumer that delivers each message again
//! until it is acknowledged, or the server of core NATS. Each implements [`Machine`], and answers
//! what the reductions of the model checker ask in [`Independence`], and what operators can do to it
//! in [`Operators`].

/// Evaluates an expression on the state machine of the broker, whichever it is.
macro_rules! each {
    ($broker:expr, $machine:ident => $value:expr) => {
        match $broker {
            Broker::RabbitMq($machine) => $value,
            Broker::Kafka($machine) => $value,
            Broker::Sqs($machine) => $value,
            Broker::Nats($machine) => $value,
        }
    };
}

mod dispatch;
mod independence;
pub(super) mod kafka;
mod machine;
pub(super) mod nats;
mod operators;
pub(super) mod rabbitmq;
pub(super) mod sqs;

pub use independence::Independence;
pub use machine::{Crash, Machine, Priority};
pub use operators::Operators;

/// The state machines, as the page shows their states.
pub mod states {
    pub use super::kafka::{Config as KafkaConfig, Content, Entry as LogEntry, Partition, Replica};
    pub use super::nats::{Entry as StreamEntry, Phase as StreamPhase, Stream};
    pub use super::rabbitmq::{Config as RabbitMqConfig, DeadLetters, Entry, Phase, Queue};
    pub use super::sqs::{Config as SqsConfig, Hold, Item, Queue as SqsQueue};
}

use super::configuration::Configuration;
use super::program::Program;
use super::scenario::Scenario;
use super::settings::each_broker;

/// What the settings of a product's broker are made into.
trait Builds {
    /// Returns the broker in its initial state, and the number of its nodes.
    fn machine(&self, scenario: &Scenario) -> (Broker, u8);

    /// Appends the program of the broker, which runs once for each copy.
    fn program(&self, p: &mut Program, config: &Configuration);
}

/// A broker: its configuration, and its state.
// The largest variant is a few hundred bytes; a box would cost one allocation per state.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Broker {
    RabbitMq(rabbitmq::Queue),
    Kafka(kafka::Partition),
    Sqs(sqs::Queue),
    Nats(nats::Stream),
}

impl Broker {
    /// Returns the broker of a scenario in its initial state, and the number of its nodes.
    pub(super) fn new(scenario: &Scenario) -> (Broker, u8) {
        each_broker!(&scenario.configuration.broker, own => own.machine(scenario))
    }

    /// Returns the program of the broker, which runs once for each copy.
    pub(super) fn program(config: &Configuration) -> Program {
        let mut p = Program::default();
        each_broker!(&config.broker, own => own.program(&mut p, config));
        p.main = p.ops.len();
        p
    }
}

/// Returns `bits` with bits `a` and `b` exchanged.
fn swap_bits(bits: u8, a: usize, b: usize) -> u8 {
    let differ = (bits >> a ^ bits >> b) & 1;
    bits ^ (differ << a | differ << b)
}

/// Returns the index of a node after nodes `a` and `b` are exchanged.
fn swap_names(node: u8, a: usize, b: usize) -> u8 {
    match usize::from(node) {
        n if n == a => b as u8,
        n if n == b => a as u8,
        _ => node,
    }
}
