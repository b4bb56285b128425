//! The programs of a scenario's actors, line by line, in the API calls of its product.

use super::Sending;
use crate::sim::participant::Participant;
use crate::sim::program::{Op, Program};
use crate::sim::scenario::Scenario;
use crate::sim::settings::generic::duration;
use crate::sim::settings::{BrokerSettings, Database, OnError, ProducerSettings, kafka, rabbitmq};

/// Returns the programs of the senders.
pub(super) fn senders(scenario: &Scenario, sending: &Sending) -> Vec<Program> {
    let send = sender(scenario, sending);
    let other = matches!(&scenario.producer, ProducerSettings::Kafka(k) if k.other_sends > 0);
    match scenario.database {
        Some(Database::Outbox) => {
            let mut save = Program::default();
            save.run(Op::Save, 0, "db.commit(order(m), outbox(m))");
            save.run(Op::Return, 0, "return Ok");
            save.main = 2;
            vec![save, send]
        }
        _ if other => vec![send.clone(), send],
        _ => vec![send],
    }
}

fn sender(scenario: &Scenario, sending: &Sending) -> Program {
    let mut p = Program::default();
    let transaction = matches!(
        &scenario.producer,
        ProducerSettings::Kafka(kafka::Producer { transactional_id: Some(_), .. })
    );
    let outbox = scenario.database == Some(Database::Outbox);
    if outbox {
        p.show(0, "m = db.next(outbox)");
    }
    if scenario.database == Some(Database::SaveThenSend) {
        p.run(Op::Save, 0, "db.commit(order(m))");
    }
    if transaction {
        p.run(Op::BeginTransaction, 0, "producer.beginTransaction()");
    }
    let call = send_text(scenario);
    if sending.ack_timeout_ms == 0 {
        p.run(Op::Send, 0, call);
        if scenario.database == Some(Database::SendThenSave) {
            p.run(Op::Save, 0, "db.commit(order(m))");
        }
        if matches!(&scenario.producer, ProducerSettings::Kafka(_)) {
            p.run(Op::Return, 0, "callback(Ok)");
        }
        p.main = p.ops.len();
        return p;
    }
    let (wait, again) = (duration(sending.ack_timeout_ms), sending.attempts > 1);
    let inner = u8::from(again);
    if again {
        p.show(0, format!("for attempt in 1..={} {{", sending.attempts));
    }
    p.run(Op::Send, inner, call);
    let then = match scenario.database {
        Some(Database::Outbox) => Some((Op::MarkSent, "db.mark_sent(m)")),
        Some(Database::SendThenSave) => Some((Op::Save, "db.commit(order(m))")),
        _ if transaction => Some((Op::CommitTransaction, "producer.commitTransaction()")),
        _ => None,
    };
    match then {
        None => p.run(Op::Await, inner, format!("if ack_within({wait}) {{ return Ok }}")),
        Some((op, text)) => {
            p.run(Op::Await, inner, format!("if ack_within({wait}) {{"));
            p.run(op, inner + 1, text);
            let end = if outbox { "continue with the next" } else { "return Ok" };
            p.show(inner + 1, end);
            p.show(inner, "}");
        }
    }
    if again {
        p.run(Op::Backoff, inner, "sleep(backoff(attempt))");
        p.show(0, "}");
    }
    // A relay that gives up finds the row in the outbox again later.
    let (op, end) = match &scenario.producer {
        _ if outbox => (Op::Fail, "// leave it in the outbox, try later"),
        _ if transaction => (Op::Fail, "Err(KafkaException)"),
        ProducerSettings::Kafka(_) => (Op::Fail, "Err(TimeoutException)"),
        ProducerSettings::Sqs(_) => (Op::Fail, "Err(SdkError)"),
        _ => (Op::Fail, "Err(MessageDeliveryError)"),
    };
    p.run(op, 0, end);
    p.main = p.ops.len();
    p
}

fn send_text(scenario: &Scenario) -> &'static str {
    match &scenario.producer {
        ProducerSettings::Kafka(_) => "producer.send(m)",
        ProducerSettings::Rabbitmq(_) => "channel.basic_publish(m)",
        ProducerSettings::Sqs(_) => "sqs.send_message(m)",
        _ => "broker.send(m)",
    }
}

/// Returns the consumer's program, and the instruction of its worker thread if it has one.
pub(super) fn consumer(scenario: &Scenario) -> (Program, Option<Op>) {
    let mut p = Program::default();
    let lines = &scenario.consumer.program;
    let hands_off = lines.contains(&Op::HandOff);
    let own = if hands_off { &lines[..2] } else { &lines[..] };
    let mut inside = false;
    for &op in own {
        inside &= !matches!(op, Op::Commit | Op::CommitTransaction);
        p.run(op, u8::from(inside), text(scenario, op));
        inside |= matches!(op, Op::Begin);
    }
    p.main = p.ops.len();
    if let Some(op) = error_line(scenario) {
        p.show(0, "// when the handler fails:");
        p.run(op, 0, text(scenario, op));
    }
    let worker = if hands_off { lines.get(2).copied() } else { None };
    if let Some(op) = worker {
        p.show(0, "// the worker thread:");
        p.show(0, text(scenario, op));
    }
    (p, worker)
}

impl Scenario {
    /// Returns an instruction as code of the product's client library.
    pub fn code(&self, op: Op) -> String {
        text(self, op)
    }
}

fn text(scenario: &Scenario, op: Op) -> String {
    let broker = &scenario.broker;
    let requeue = scenario.consumer.on_error == OnError::Requeue;
    let text = match (op, broker) {
        (Op::Receive, BrokerSettings::Kafka(_)) => "m = consumer.poll()",
        (Op::Receive, BrokerSettings::Rabbitmq(_)) => "m = channel.next_delivery()",
        (Op::Receive, BrokerSettings::Sqs(_)) => "m = sqs.receive_message()",
        (Op::Receive, _) => "m = broker.receive()",
        (Op::Ack, BrokerSettings::Kafka(_)) => "consumer.commit(m.offset + 1)",
        (Op::Ack, BrokerSettings::Rabbitmq(_)) => "channel.basic_ack(m)",
        (Op::Ack, BrokerSettings::Sqs(_)) => "sqs.delete_message(m.handle)",
        (Op::Ack, _) => "broker.ack(m)",
        (Op::Nack, BrokerSettings::Rabbitmq(_)) => {
            let own = scenario.consumer.rabbitmq.clone().unwrap_or_default();
            let call = match own.requeue_with {
                rabbitmq::RequeueWith::Nack => "basic_nack",
                rabbitmq::RequeueWith::Reject => "basic_reject",
            };
            return format!("channel.{call}(m, requeue = {requeue})");
        }
        (Op::Nack, _) => return format!("broker.nack(m, requeue = {requeue})"),
        (Op::Seek, _) => "consumer.seek(m.offset)",
        (Op::Release, _) => "sqs.change_message_visibility(m, 0)",
        (Op::HandOff, _) => "pool.submit(m)",
        (Op::CheckMemory, _) => "if m.id in seen { skip to ack }",
        (Op::MarkMemory, _) => "seen.add(m.id)",
        (Op::CheckRedis, _) => "if redis.sismember(seen, m.id) { skip to ack }",
        (Op::MarkRedis, _) => "redis.sadd(seen, m.id); redis.expire(seen)",
        (Op::Claim, _) => "if !redis.set_nx(m.id) { skip to ack }",
        (Op::Begin, _) => "tx = db.begin()",
        (Op::Inbox, _) => "if !tx.insert_new(inbox, m.id) { skip to ack }",
        (Op::Work, _) => "accounts.add(m.amount)",
        (Op::Insert, _) => "accounts.insert(m.id, m.amount)",
        (Op::Upsert, _) => "accounts.insert_or_ignore(m.id, m.amount)",
        (Op::Set, _) => "accounts.set(m.id, m.amount)",
        (Op::StoreOffset, _) => "tx.update(offsets, m.offset + 1)",
        (Op::Commit, _) => "tx.commit()",
        (Op::Call, _) => "mail.send(m)",
        (Op::Produce, _) => "producer.send(output, result(m))",
        (Op::SendOffsets, _) => "producer.sendOffsetsToTransaction()",
        (Op::CommitTransaction, _) => "producer.commitTransaction()",
        _ => op.key(),
    };
    text.to_owned()
}

/// Returns the participants, from left to right.
pub(super) fn parties(
    scenario: &Scenario,
    replicas: u8,
    consumer: &Program,
    worker: Option<Op>,
) -> Vec<Participant> {
    let lines = consumer.ops.iter().map(|&(op, _)| op).chain(worker);
    let asked: Vec<Participant> = lines.filter_map(Op::store).collect();
    let other = matches!(&scenario.producer, ProducerSettings::Kafka(k) if k.other_sends > 0);
    let nodes = usize::from(replicas);
    let consumers = usize::from(scenario.consumer.count.clamp(1, 2));
    let produces = consumer.has(Op::Produce);
    let takes_part = |&party: &Participant| match party {
        Participant::Producer => true,
        Participant::Producer2 => other,
        Participant::Orders => scenario.database.is_some(),
        Participant::Relay => scenario.database == Some(Database::Outbox),
        Participant::Broker | Participant::Follower | Participant::Follower2 => {
            party.node().is_some_and(|node| node < nodes)
        }
        Participant::Consumer | Participant::Consumer2 => {
            party.consumer().is_some_and(|c| c < consumers)
        }
        Participant::Accounts => asked.contains(&party) || produces,
        Participant::Redis | Participant::Mail => asked.contains(&party),
    };
    Participant::ALL.into_iter().filter(takes_part).collect()
}

/// Returns the instruction that runs after a handler has failed, if any.
fn error_line(scenario: &Scenario) -> Option<Op> {
    let acks = scenario.consumer.program.contains(&Op::Ack);
    match (&scenario.broker, scenario.consumer.on_error) {
        (_, OnError::Swallow | OnError::Leave) => None,
        (BrokerSettings::Kafka(_), _) => Some(Op::Seek),
        (BrokerSettings::Sqs(_), _) => Some(Op::Release),
        _ => acks.then_some(Op::Nack),
    }
}
