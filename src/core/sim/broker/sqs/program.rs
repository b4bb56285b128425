//! The program of an SQS queue.

use crate::sim::program::{Op, Program};

/// Builds the program of an SQS queue, which runs once for each copy.
pub(in crate::sim) fn program(p: &mut Program) {
    p.run(Op::Append, 0, "queue.store(m)");
    p.run(Op::Acknowledge, 0, "producer.respond(MessageId)");
}
