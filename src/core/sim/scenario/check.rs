//! Validation of a scenario: rejects what cannot be run, by the product's own rules, and names the
//! place and the fix.

use super::{Scenario, ScenarioError, VERSION};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::program::Op;
use crate::sim::settings::generic::{Acknowledge, GenericBroker};
use crate::sim::settings::{
    BrokerSettings, Database, OnError, ProducerSettings, kafka, rabbitmq, sqs,
};

pub(super) type Checked = Result<(), ScenarioError>;

pub(super) fn bad(at: impl Into<String>, problem: impl Into<String>) -> Checked {
    Err(ScenarioError { at: at.into(), problem: problem.into() })
}

fn within(at: &str, value: u32, least: u32, most: u32) -> Checked {
    match value {
        v if (least..=most).contains(&v) => Ok(()),
        v => bad(at, format!("{v} is out of range; use {least} to {most}")),
    }
}

impl Scenario {
    /// Checks that the scenario can be run.
    ///
    /// # Errors The path and the fix of the first error.
    pub fn check(&self) -> Result<(), ScenarioError> {
        if self.version != VERSION {
            let problem = format!("this build reads version {VERSION}, not {}", self.version);
            return bad("version", problem);
        }
        within("messages", self.messages.into(), 1, 4)?;
        self.check_texts()?;
        self.check_producer()?;
        match &self.broker {
            BrokerSettings::Generic(broker) => generic(broker)?,
            BrokerSettings::Kafka(broker) => kafka_broker(broker)?,
            BrokerSettings::Rabbitmq(broker) => rabbitmq_broker(broker)?,
            BrokerSettings::Sqs(broker) => sqs_broker(broker)?,
        }
        self.check_consumer()?;
        self.check_program()?;
        self.check_faults()
    }

    fn check_producer(&self) -> Checked {
        let speaks = match &self.producer {
            ProducerSettings::FireAndForget => "generic",
            ProducerSettings::Retry(retry) => {
                within("producer.retry.attempts", retry.attempts.into(), 1, 5)?;
                within("producer.retry.in_flight", retry.in_flight.into(), 1, 4)?;
                "generic"
            }
            ProducerSettings::Kafka(producer) => {
                self.check_kafka_producer(producer)?;
                "kafka"
            }
            ProducerSettings::Rabbitmq(producer) => {
                rabbitmq_producer(producer)?;
                "rabbitmq"
            }
            ProducerSettings::Sqs(producer) => {
                within("producer.sqs.max_attempts", producer.max_attempts.into(), 1, 5)?;
                let at = "producer.sqs.concurrent_sends";
                within(at, producer.concurrent_sends.into(), 1, 50)?;
                "sqs"
            }
        };
        if self.database == Some(Database::Outbox)
            && matches!(&self.producer, ProducerSettings::FireAndForget)
        {
            return bad("producer", "an outbox relay needs acks to mark rows as sent; use retry");
        }
        match self.broker.key() {
            broker if broker == speaks => Ok(()),
            broker => bad(
                "producer",
                format!("its settings are for {speaks}, the broker is {broker}; use the same"),
            ),
        }
    }

    fn check_kafka_producer(&self, producer: &kafka::Producer) -> Checked {
        let at = |name: &str| format!("producer.kafka.{name}");
        within(&at("max.in.flight.requests.per.connection"), producer.max_in_flight.into(), 1, 10)?;
        if producer.request_timeout_ms == 0 {
            return bad(at("request.timeout.ms"), "it must be more than 0");
        }
        if let (Some(true), Some(needs)) = (producer.enable_idempotence, producer.conflict()) {
            return bad(at("enable.idempotence"), format!("it needs {needs}"));
        }
        if producer.enable_idempotence.is_none() && producer.max_in_flight > 5 {
            let problem = "Kafka 4 refuses more than 5 with idempotence, which is on by default; \
                           use up to 5, or set enable.idempotence to false";
            return bad(at("max.in.flight.requests.per.connection"), problem);
        }
        if producer.transactional_id.is_some() && !producer.idempotent() {
            let needs = producer.conflict().unwrap_or("enable.idempotence=true");
            return bad(at("transactional.id"), format!("it needs {needs}"));
        }
        if producer.other_sends > self.messages {
            return bad(at("other_sends"), format!("there are only {} messages", self.messages));
        }
        if producer.other_sends > 0 && self.database.is_some() {
            return bad(at("other_sends"), "not together with a database; use one of the two");
        }
        Ok(())
    }

    fn check_consumer(&self) -> Checked {
        let consumer = &self.consumer;
        within("consumer.count", consumer.count.into(), 1, 2)?;
        let own = [
            ("kafka", consumer.kafka.is_some()),
            ("rabbitmq", consumer.rabbitmq.is_some()),
            ("sqs", consumer.sqs.is_some()),
        ];
        let broker = self.broker.key();
        if let Some((name, _)) = own.iter().find(|(name, set)| *set && *name != broker) {
            return bad(format!("consumer.{name}"), format!("the broker is {broker}; remove this"));
        }
        if let Some(sqs) = &consumer.sqs {
            let at = "consumer.sqs.MaxNumberOfMessages";
            within(at, sqs.max_number_of_messages.into(), 1, 4)?;
        }
        match (&self.broker, consumer.on_error) {
            (BrokerSettings::Kafka(_), OnError::Reject | OnError::Leave) => bad(
                "consumer.on_error",
                "Kafka has no reject and no ack timeout; use requeue (seek) or swallow",
            ),
            (BrokerSettings::Sqs(_), OnError::Reject) => {
                bad("consumer.on_error", "SQS has no reject; use requeue, leave or swallow")
            }
            _ => Ok(()),
        }
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
        let auto = self.consumer.kafka.as_ref().is_none_or(|k| k.enable_auto_commit);
        let ack = program.iter().position(|&op| op == Op::Ack);
        if let (BrokerSettings::Kafka(_), true, Some(i)) = (&self.broker, auto, ack) {
            let problem = "enable.auto.commit is true and commits inside poll; remove ack, or set \
                           consumer.kafka.enable.auto.commit to false";
            return bad(format!("consumer.program[{i}]"), problem);
        }
        Ok(())
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
        let only_kafka = matches!(
            op,
            Op::HandOff | Op::StoreOffset | Op::Produce | Op::SendOffsets | Op::CommitTransaction
        );
        is_given(op) && (!only_kafka || matches!(self.broker, BrokerSettings::Kafka(_)))
    }

    fn check_faults(&self) -> Checked {
        if self.faults.len() > 16 {
            return bad("faults", format!("{} are too many; use up to 16", self.faults.len()));
        }
        let setup = CompiledScenario::unchecked(self);
        for (i, fault) in self.faults.iter().enumerate() {
            fault.check(&setup).map_err(|problem| ScenarioError {
                at: format!("faults[{i}]"),
                problem: format!("{fault}: {problem}"),
            })?;
        }
        Ok(())
    }
}

/// Returns true if the instruction is one of a consumer's that a program may list: not one that is
/// only jumped to.
fn is_given(op: Op) -> bool {
    op.owner() == crate::sim::Participant::Consumer
        && !matches!(op, Op::Nack | Op::Seek | Op::Release)
}

fn generic(broker: &GenericBroker) -> Checked {
    within("broker.generic.replicas", broker.replicas.into(), 1, 3)?;
    if let Some(most) = broker.max_deliveries {
        within("broker.generic.max_deliveries", most.into(), 1, 7)?;
    }
    if let Acknowledge::AfterReplication(n) = broker.acknowledge {
        let at = "broker.generic.acknowledge.after-replication";
        if broker.replicas < 2 {
            return bad(at, "there is only one replica; set replicas to 2 or 3");
        }
        within(at, n.into(), 2, broker.replicas.into())?;
    } else if broker.replicas != 1 {
        let problem = "replicas are kept with after-replication only; set replicas to 1";
        return bad("broker.generic.replicas", problem);
    }
    Ok(())
}

fn kafka_broker(broker: &kafka::Broker) -> Checked {
    let copies = broker.replication_factor.into();
    within("broker.kafka.replication.factor", copies, 1, 3)?;
    within("broker.kafka.min.insync.replicas", broker.min_insync_replicas.into(), 1, copies)?;
    let in_sync = broker.in_sync_at_start.map_or(copies, u32::from);
    within("broker.kafka.in_sync_at_start", in_sync, 1, copies)?;
    let at = "broker.kafka.eligible.leader.replicas.version";
    within(at, broker.eligible_leader_replicas.into(), 0, 1)
}

fn rabbitmq_producer(producer: &rabbitmq::Producer) -> Checked {
    within("producer.rabbitmq.delivery_mode", producer.delivery_mode.into(), 1, 2)?;
    let at = "producer.rabbitmq.publish_attempts";
    within(at, producer.publish_attempts.into(), 1, 5)?;
    let outstanding = "producer.rabbitmq.outstanding_confirms";
    within(outstanding, producer.outstanding_confirms.into(), 1, 128)?;
    if producer.publish_attempts > 1 && !producer.confirm_select {
        return bad(at, "without confirm.select a failed publish goes unnoticed; use 1");
    }
    Ok(())
}

fn rabbitmq_broker(broker: &rabbitmq::Broker) -> Checked {
    let quorum = broker.queue_type == rabbitmq::QueueType::Quorum;
    if !matches!((quorum, broker.nodes), (_, 1) | (true, 3)) {
        let problem = "a classic queue lives on 1 node, a quorum queue on 1 or 3";
        return bad("broker.rabbitmq.nodes", problem);
    }
    if quorum && !broker.durable {
        return bad("broker.rabbitmq.durable", "quorum queues are always durable; set it to true");
    }
    if !broker.durable && !broker.permit_transient_nonexcl_queues {
        let problem = "RabbitMQ 4.3 refuses to declare a queue that is neither durable nor \
                       exclusive; set it to true, or permit it with \
                       deprecated_features.permit.transient_nonexcl_queues";
        return bad("broker.rabbitmq.durable", problem);
    }
    dead_lettering(broker, quorum)?;
    let at = "broker.rabbitmq.x-delivery-limit";
    match broker.delivery_limit {
        Some(_) if !quorum => bad(at, "classic queues have none; remove it"),
        Some(limit) if !(-1..=20).contains(&limit) => {
            bad(at, format!("{limit} is out of range; use 0 to 20, or -1 for no limit"))
        }
        _ => Ok(()),
    }
}

fn dead_lettering(broker: &rabbitmq::Broker, quorum: bool) -> Checked {
    let at = "broker.rabbitmq.x-dead-letter-strategy";
    if broker.dead_letter_strategy == rabbitmq::DeadLetterStrategy::AtMostOnce {
        return Ok(());
    }
    if !quorum {
        return bad(at, "only quorum queues have at-least-once; set x-queue-type to quorum");
    }
    if broker.dead_letter_exchange.is_none() {
        return bad(at, "there are no dead letters without x-dead-letter-exchange; set it");
    }
    if broker.overflow != rabbitmq::Overflow::RejectPublish {
        let problem = "RabbitMQ falls back to at-most-once unless x-overflow is reject-publish; \
                       set it";
        return bad(at, problem);
    }
    Ok(())
}

fn sqs_broker(broker: &sqs::Broker) -> Checked {
    within("broker.sqs.VisibilityTimeout", broker.visibility_timeout, 0, 43_200)?;
    within("broker.sqs.MessageRetentionPeriod", broker.retention, 60, 1_209_600)?;
    if broker.content_based_deduplication && !broker.fifo {
        let at = "broker.sqs.ContentBasedDeduplication";
        return bad(at, "standard queues do not deduplicate; set FifoQueue to true");
    }
    match broker.max_receive_count {
        Some(most) => within("broker.sqs.maxReceiveCount", most.into(), 1, 7),
        None => Ok(()),
    }
}
