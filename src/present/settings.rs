//! Settings and faults of a scenario as short labels, in the product's own terms.

mod fault;

use super::Chip;
use crate::sim::settings::generic::{Acknowledge, Backoff, GenericBroker, Retry};
use crate::sim::settings::{
    BrokerSettings, Database, OnError, ProducerSettings, kafka, rabbitmq, sqs,
};
use crate::sim::{CompiledScenario, Op, duration};

pub(super) fn chips(setup: &CompiledScenario) -> Vec<Chip> {
    let chip = |who: &str, what: String| Chip { who: who.into(), what, fault: false };
    let broker = match &setup.scenario.broker {
        BrokerSettings::Generic(_) => "Broker",
        BrokerSettings::Kafka(_) => "Kafka",
        BrokerSettings::Rabbitmq(_) => "RabbitMQ",
        BrokerSettings::Sqs(_) => "SQS",
    };
    let mut chips = vec![
        chip("Producer", producer(setup)),
        chip(broker, broker_settings(setup)),
        chip("Consumer", consumer(setup)),
    ];
    let faults = &setup.scenario.faults;
    chips.extend(faults.iter().map(|f| Chip {
        who: String::new(),
        what: fault::label(setup, f),
        fault: true,
    }));
    chips
}

fn producer(setup: &CompiledScenario) -> String {
    let mut what = match &setup.scenario.producer {
        ProducerSettings::FireAndForget => "fire and forget".into(),
        ProducerSettings::Retry(retry) => retries(retry),
        ProducerSettings::Kafka(producer) => kafka_producer(producer),
        ProducerSettings::Rabbitmq(producer) => rabbitmq_producer(producer),
        ProducerSettings::Sqs(producer) => sqs_producer(setup, producer),
    };
    match setup.scenario.database {
        Some(Database::Outbox) => what += ", outbox and relay",
        Some(Database::SaveThenSend) => what += ", commit, then send",
        Some(Database::SendThenSave) => what += ", send, then commit",
        None => {}
    }
    what
}

fn retries(retry: &Retry) -> String {
    let backoff = match retry.backoff {
        _ if retry.attempts == 1 => return "waits for ack, no retry".into(),
        Backoff::Fixed { delay_ms } => duration(delay_ms),
        Backoff::Exponential { first_ms, max_ms } => {
            format!("{} doubling to {}", duration(first_ms), duration(max_ms))
        }
    };
    format!("{} attempts, backoff {backoff}", retry.attempts)
}

fn kafka_producer(producer: &kafka::Producer) -> String {
    let acks = match producer.acks {
        kafka::Acks::None => "acks=0",
        kafka::Acks::Leader => "acks=1",
        kafka::Acks::All => "acks=all",
    };
    let mut parts = vec![acks.to_owned()];
    if producer.acks != kafka::Acks::None && producer.transactional_id.is_none() {
        parts.push(format!("enable.idempotence={}", producer.idempotent()));
    }
    if producer.retries == 0 {
        parts.push("retries=0".into());
    }
    if producer.max_in_flight != 5 {
        parts.push(format!("max.in.flight={}", producer.max_in_flight));
    }
    if producer.delivery_timeout_ms != 120_000 {
        parts.push(format!("delivery.timeout.ms={}", producer.delivery_timeout_ms));
    }
    match &producer.transactional_id {
        Some(_) if producer.other_sends > 0 => parts.push("separate transactional.id".into()),
        Some(id) => parts.push(format!("transactional.id={id}")),
        None => {}
    }
    parts.join(", ")
}

fn rabbitmq_producer(producer: &rabbitmq::Producer) -> String {
    let mut parts =
        vec![if producer.confirm_select { "confirm.select" } else { "no confirms" }.to_owned()];
    if producer.mandatory {
        parts.push("mandatory".into());
    }
    parts.push(format!("delivery_mode={}", producer.delivery_mode));
    if producer.publish_attempts > 1 {
        parts.push(format!("publishes up to {} times", producer.publish_attempts));
    }
    parts.join(", ")
}

fn sqs_producer(setup: &CompiledScenario, producer: &sqs::Producer) -> String {
    let mut what = format!("SDK, {} attempts", producer.max_attempts);
    if setup.visibility().is_some_and(|rules| rules.fifo) {
        what += match producer.deduplication_id {
            sqs::DeduplicationId::PerMessage => ", MessageDeduplicationId per message",
            sqs::DeduplicationId::PerAttempt => ", MessageDeduplicationId per attempt",
            sqs::DeduplicationId::None => ", no MessageDeduplicationId",
        };
    }
    what
}

fn broker_settings(setup: &CompiledScenario) -> String {
    match &setup.scenario.broker {
        BrokerSettings::Generic(broker) => generic(broker),
        BrokerSettings::Kafka(broker) => {
            let mut what = format!(
                "replication.factor={}, min.insync.replicas={}",
                broker.replication_factor, broker.min_insync_replicas
            );
            if broker.unclean_leader_election {
                what += ", unclean.leader.election";
            }
            if let Some(in_sync) = broker.in_sync_at_start {
                what += &format!(", {in_sync} in sync");
            }
            what
        }
        BrokerSettings::Rabbitmq(broker) => rabbitmq_broker(broker),
        BrokerSettings::Sqs(broker) => sqs_broker(broker),
    }
}

fn generic(broker: &GenericBroker) -> String {
    let mut what = match broker.acknowledge {
        Acknowledge::BeforePersist => "ack before fsync".to_owned(),
        Acknowledge::AfterSync => "fsync before ack".into(),
        Acknowledge::AfterReplication(n) => {
            format!("replicate to {n} of {} before ack", broker.replicas)
        }
    };
    if !broker.redelivery {
        what += ", no redelivery";
    }
    if let Some(most) = broker.max_deliveries {
        what += &format!(", at most {most} deliveries");
    }
    if broker.dead_letter_queue {
        what += ", dead-letter queue";
    }
    what
}

fn rabbitmq_broker(broker: &rabbitmq::Broker) -> String {
    let mut parts = vec![match (broker.queue_type, broker.durable, broker.nodes) {
        (rabbitmq::QueueType::Quorum, _, nodes) if nodes > 1 => format!("quorum queue on {nodes}"),
        (rabbitmq::QueueType::Quorum, ..) => "quorum queue".into(),
        (rabbitmq::QueueType::Classic, true, _) => "durable classic queue".into(),
        (rabbitmq::QueueType::Classic, false, _) => "classic queue, not durable".into(),
    }];
    if !broker.bound {
        parts.push("no binding".into());
    }
    if let Some(limit) = broker.limit() {
        parts.push(format!("x-delivery-limit={limit}"));
    }
    if broker.dead_letter_exchange.is_some() {
        parts.push("x-dead-letter-exchange".into());
    }
    parts.join(", ")
}

fn sqs_broker(broker: &sqs::Broker) -> String {
    let mut parts = vec![if broker.fifo { "FIFO" } else { "standard" }.to_owned()];
    if broker.content_based_deduplication {
        parts.push("ContentBasedDeduplication".into());
    }
    parts.push(format!("VisibilityTimeout={}", broker.visibility_timeout));
    if let Some(most) = broker.max_receive_count {
        parts.push(format!("maxReceiveCount={most}"));
    }
    parts.join(", ")
}

fn consumer(setup: &CompiledScenario) -> String {
    let settings = &setup.scenario.consumer;
    let mut parts = Vec::new();
    if settings.count > 1 {
        parts.push(format!("{} consumers", settings.count));
    }
    if let Some(kafka) = setup.log().filter(|rules| !rules.stores_offset) {
        if !settings.program.contains(&Op::SendOffsets) {
            parts.push(format!("enable.auto.commit={}", kafka.auto_commit));
        }
        if kafka.read_committed {
            parts.push("read_committed".into());
        }
    }
    parts.extend(technique(&settings.program).map(str::to_owned));
    parts.push(order(setup).into());
    match settings.on_error {
        OnError::Requeue => {}
        OnError::Reject => parts.push("reject on error".into()),
        OnError::Swallow => parts.push("handler errors ignored".into()),
        OnError::Leave => parts.push("on error: no ack, no nack".into()),
    }
    if let Some(rabbitmq) = &settings.rabbitmq
        && rabbitmq.prefetch_count > 0
    {
        parts.push(format!("prefetch_count={}", rabbitmq.prefetch_count));
    }
    if let Some(sqs) = &settings.sqs {
        if sqs.max_number_of_messages > 1 {
            parts.push(format!("MaxNumberOfMessages={}", sqs.max_number_of_messages));
        }
        if sqs.heartbeat {
            parts.push("extends visibility".into());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

/// Returns the consumer's deduplication technique.
fn technique(program: &[Op]) -> Option<&'static str> {
    let has = |op| program.contains(&op);
    Some(match () {
        () if has(Op::CheckMemory) => "in-memory ID set",
        () if has(Op::CheckRedis) => "processed-ID set in Redis",
        () if has(Op::Claim) => "claim with SET NX",
        () if has(Op::Inbox) => "transactional inbox",
        () if has(Op::StoreOffset) => "offset in the transaction",
        () if has(Op::Upsert) => "ON CONFLICT DO NOTHING",
        () if has(Op::Insert) => "INSERT by ID",
        () if has(Op::Set) => "idempotent write",
        () if has(Op::CommitTransaction) => "Kafka transaction",
        () => return None,
    })
}

/// Returns when the consumer acknowledges relative to its work.
fn order(setup: &CompiledScenario) -> &'static str {
    let program = &setup.scenario.consumer.program;
    let place = |op| program.iter().position(|&o| o == op);
    let work = program.iter().position(|op| op.is_effect());
    let kafka = setup.log().is_some();
    match (place(Op::Ack), work) {
        (Some(ack), Some(work)) if ack < work && kafka => "commit before work",
        (Some(ack), Some(work)) if ack < work => "ack before work",
        (Some(_), _) if kafka => "work, then commit",
        (Some(_), _) if setup.visibility().is_some() => "work, then delete",
        (Some(_), _) => "work, then ack",
        _ if place(Op::HandOff).is_some() => "processing in a worker thread",
        _ if kafka => "",
        _ if setup.queue().is_some_and(|rules| !rules.redelivery) => "auto-ack",
        _ => "never acks",
    }
}
