//! The consumer's settings.

use super::{BrokerSettings, Field, Scenario, Slot, fields, kafka, rabbitmq, sqs};

pub(super) const ANY: &[Field] = fields! {
    "consumer.program", "receive,work", "",
        "The lines that it runs for each message. Their order is the guarantee.",
        |s| Some(Slot::Lines(&mut s.consumer.program));
    "consumer.on_error", "requeue", "",
        "When the handler fails: have the message again, reject it, swallow the error, or leave it \
         unacknowledged.",
        |s| Some(Slot::One(&mut s.consumer.on_error));
    "consumer.count", "1", "", "How many consumers there are.",
        |s| Some(Slot::Small(&mut s.consumer.count, 1, 2));
    "consumer.starts_late", "false", "", "The consumers start only when all else has come to rest.",
        |s| Some(Slot::One(&mut s.consumer.starts_late));
};

fn of_kafka(s: &mut Scenario) -> Option<&mut kafka::Consumer> {
    matches!(s.broker, BrokerSettings::Kafka(_))
        .then(|| s.consumer.kafka.get_or_insert_with(Default::default))
}

fn of_rabbitmq(s: &mut Scenario) -> Option<&mut rabbitmq::Consumer> {
    matches!(s.broker, BrokerSettings::Rabbitmq(_))
        .then(|| s.consumer.rabbitmq.get_or_insert_with(Default::default))
}

fn of_sqs(s: &mut Scenario) -> Option<&mut sqs::Consumer> {
    matches!(s.broker, BrokerSettings::Sqs(_))
        .then(|| s.consumer.sqs.get_or_insert_with(Default::default))
}

const CONSUMER_CONFIG: &str = "Kafka ConsumerConfig.java";
const CONFIRMS: &str = "rabbitmq.com/docs/confirms";
const GUIDE: &str = "SQS developer guide";

pub(super) const KAFKA: &[Field] = fields! {
    "consumer.kafka.enable.auto.commit", "true", CONSUMER_CONFIG,
        "The offsets of earlier polls are committed inside poll.",
        |s| Some(Slot::One(&mut of_kafka(s)?.enable_auto_commit));
    "consumer.kafka.isolation.level", "read_uncommitted", CONSUMER_CONFIG,
        "read_committed hides records of aborted transactions, and stops before an open one.",
        |s| Some(Slot::One(&mut of_kafka(s)?.isolation_level));
    "consumer.kafka.auto.offset.reset", "latest", CONSUMER_CONFIG,
        "Where to begin when the group has no committed offset.",
        |s| Some(Slot::One(&mut of_kafka(s)?.auto_offset_reset));
    "consumer.kafka.new_group", "false", "", "The group has never committed an offset.",
        |s| Some(Slot::One(&mut of_kafka(s)?.new_group));
    "consumer.kafka.output isolation.level", "read_committed", CONSUMER_CONFIG,
        "What whoever reads the output topic sees of transactions that aborted.",
        |s| Some(Slot::One(&mut of_kafka(s)?.output_isolation_level));
};

pub(super) const RABBITMQ: &[Field] = fields! {
    "consumer.rabbitmq.auto_ack", "false", CONFIRMS,
        "A message is done as soon as it is written to the connection.",
        |s| Some(Slot::One(&mut of_rabbitmq(s)?.auto_ack));
    "consumer.rabbitmq.prefetch_count", "0", CONFIRMS,
        "How many deliveries may be unacknowledged at a time; 0 is no limit.",
        |s| Some(Slot::Small(&mut of_rabbitmq(s)?.prefetch_count, 0, 255));
    "consumer.rabbitmq.requeue_with", "nack", "rabbitmq.com/docs/quorum-queues",
        "How a failed message is put back. basic.nack does not count towards x-delivery-limit, \
         basic.reject does.",
        |s| Some(Slot::One(&mut of_rabbitmq(s)?.requeue_with));
};

pub(super) const SQS: &[Field] = fields! {
    "consumer.sqs.MaxNumberOfMessages", "1", GUIDE, "How many messages one receive may bring.",
        |s| Some(Slot::Small(&mut of_sqs(s)?.max_number_of_messages, 1, 4));
    "consumer.sqs.ChangeMessageVisibility", "false", GUIDE,
        "Extend the visibility timeout again and again while the handler runs.",
        |s| Some(Slot::One(&mut of_sqs(s)?.heartbeat));
};
