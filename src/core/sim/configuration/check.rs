//! Validation of a configuration: rejects what cannot be run, by the product's own rules, and names
//! the place and the fix.

use super::Configuration;
use crate::sim::checked::{Checked, bad, within};
use crate::sim::program::Op;
use crate::sim::settings::value::Slot;
use crate::sim::settings::{Database, kafka, table};

impl Configuration {
    /// Checks that the configuration can be run.
    ///
    /// # Errors The path and the fix of the first error.
    pub fn check(&self) -> Checked {
        self.check_ranges()?;
        self.check_producer()?;
        self.broker.check()?;
        self.check_consumer()?;
        self.check_clients()?;
        self.check_program()
    }

    /// Rejects small numbers outside the ranges that the table of settings states. The long ranges of
    /// quantities, such as milliseconds, are those of the forms in which people choose them.
    fn check_ranges(&self) -> Checked {
        let mut config = self.clone();
        for field in table::all() {
            match (field.slot)(&mut config) {
                Some(Slot::Small(n, least, most)) => {
                    within(field.path, (*n).into(), least.into(), most.into())?;
                }
                Some(Slot::Maybe(Some(n), least, most)) => {
                    within(field.path, (*n).into(), least.into(), most.into())?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_producer(&self) -> Checked {
        self.producer.check(self.messages, self.database)?;
        self.broker.check_producer(&self.producer)?;
        if self.database == Some(Database::Outbox) && !self.producer.may_wait() {
            return bad("producer", "an outbox relay needs acks to mark rows as sent; use retry");
        }
        self.outbox.check(self.database)?;
        if self.outbox.relays > 1 && self.producer.sending().transactional {
            let problem = "relays with one transactional.id fence each other, and with two of them \
                           neither is fenced; use one relay, or remove transactional.id";
            return bad("outbox.relays", problem);
        }
        match (self.broker.key(), self.producer.product()) {
            (broker, speaks) if broker == speaks => Ok(()),
            (broker, speaks) => bad(
                "producer",
                format!("its settings are for {speaks}, the broker is {broker}; use the same"),
            ),
        }
    }

    fn check_consumer(&self) -> Checked {
        let consumer = &self.consumer;
        let broker = self.broker.key();
        if let Some(name) = consumer.products().find(|&name| name != broker) {
            return bad(format!("consumer.{name}"), format!("the broker is {broker}; remove this"));
        }
        if let Some(lease) = consumer.claim_lease_ms {
            let path = "consumer.claim_lease_ms";
            if !consumer.program.contains(&Op::ClaimInProgress) {
                return bad(path, "the program has no claim-in-progress; remove this");
            }
            if lease < consumer.handler_ms {
                let least = consumer.handler_ms;
                let problem =
                    format!("a handler takes {least} ms (handler_ms); use at least {least}");
                return bad(path, problem);
            }
        }
        self.broker.check_consumer(consumer)
    }

    fn check_program(&self) -> Checked {
        let program = &self.consumer.program;
        if program.first() != Some(&Op::Receive) {
            return bad("consumer.program[0]", "the first line must be receive");
        }
        for (i, &op) in program.iter().enumerate() {
            let at = format!("consumer.program[{i}]");
            if !is_given(op) {
                return bad(at, format!("{} is not a line that consumers are given", op.key()));
            }
            if program[..i].contains(&op) {
                return bad(at, format!("{} is already there; remove one", op.key()));
            }
            self.check_line(at, op, &program[..i], &program[i + 1..])?;
        }
        if !program.iter().any(|op| op.is_effect()) {
            return bad("consumer.program", "the program has no effect; add work");
        }
        // Two effects of one handling would count as one that was applied twice.
        let mut writes = program.iter().enumerate().filter(|(_, op)| op.writes());
        if let (Some((_, first)), Some((i, second))) = (writes.next(), writes.next()) {
            let (first, second) = (first.key(), second.key());
            let problem = format!("{first} is already the effect; remove {first} or {second}");
            return bad(format!("consumer.program[{i}]"), problem);
        }
        let begin = program.iter().position(|&op| op == Op::Begin);
        if let (Some(i), true) = (begin, program.contains(&Op::Produce)) {
            let problem = "a database's transaction beside Kafka's is not modeled; remove begin or \
                           produce";
            return bad(format!("consumer.program[{i}]"), problem);
        }
        self.broker.check_batch(&self.consumer)?;
        self.broker.check_program(&self.consumer)
    }

    fn check_line(&self, at: String, op: Op, before: &[Op], after: &[Op]) -> Checked {
        if !self.takes_line(op) {
            return bad(
                at,
                format!("{} is for Kafka; the broker is {}", op.key(), self.broker.key()),
            );
        }
        let needs = |earlier: Op| match before.contains(&earlier) {
            true => Ok(()),
            false => bad(&at, format!("{} needs {} before it", op.key(), earlier.key())),
        };
        match op {
            Op::Inbox | Op::StoreOffset | Op::Commit => needs(Op::Begin),
            Op::SendOffsets | Op::CommitTransaction => needs(Op::Produce),
            Op::Complete => needs(Op::ClaimInProgress),
            Op::ClaimInProgress if !after.contains(&Op::Complete) => {
                bad(at, "claim-in-progress needs complete after it; add it")
            }
            Op::ClaimInProgress if [before, after].concat().contains(&Op::Claim) => {
                bad(at, "claim uses the same key; remove claim or claim-in-progress")
            }
            Op::Begin if !after.contains(&Op::Commit) => {
                bad(at, "begin needs commit after it; add it")
            }
            Op::Produce if !after.contains(&Op::CommitTransaction) => {
                bad(at, "produce needs commit-transaction after it; add it")
            }
            Op::HandOff if before.len() != 1 => bad(at, "hand-off must be the second line"),
            Op::HandOff if after.len() != 1 || !after[0].is_effect() => {
                bad(at, "the worker thread runs one line, the effect; add it after hand-off, alone")
            }
            _ => Ok(()),
        }
    }

    /// Returns true if a consumer of this broker's product can have the instruction at all.
    pub fn takes_line(&self, op: Op) -> bool {
        let special = kafka::LINES.contains(&op);
        is_given(op) && (!special || self.broker.lines().contains(&op))
    }
}

/// Returns true if the instruction is one of a consumer's that a program may list: not one that is
/// only jumped to.
fn is_given(op: Op) -> bool {
    op.owner() == crate::sim::Participant::Consumer
        && !matches!(op, Op::Nack | Op::Seek | Op::Release | Op::DeadLetter | Op::Stop)
}
