//! The consumer's settings.

use super::{BrokerSettings, Field, Scenario, Slot, fields, kafka, rabbitmq, sqs};

pub(super) const ANY: &[Field] = fields! {
    "consumer.program", "receive,work", "",
        "The lines that run for each message. Their order determines the guarantee.",
        |s| Some(Slot::Lines(&mut s.consumer.program));
    "consumer.on_error", "requeue", "",
        "On handler error: requeue, reject, ignore the error, or leave unacknowledged.",
        |s| Some(Slot::One(&mut s.consumer.on_error));
    "consumer.count", "1", "", "Number of consumers.",
        |s| Some(Slot::Small(&mut s.consumer.count, 1, 2));
    "consumer.starts_late", "false", "", "Start the consumers only once everything else has finished.",
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
        "poll() commits the offsets of earlier polls.",
        |s| Some(Slot::One(&mut of_kafka(s)?.enable_auto_commit));
    "consumer.kafka.isolation.level", "read_uncommitted", CONSUMER_CONFIG,
        "read_committed hides records of aborted transactions, and stops before an open one.",
        |s| Some(Slot::One(&mut of_kafka(s)?.isolation_level));
    "consumer.kafka.auto.offset.reset", "latest", CONSUMER_CONFIG,
        "Where to start if the group has no committed offset.",
        |s| Some(Slot::One(&mut of_kafka(s)?.auto_offset_reset));
    "consumer.kafka.new_group", "false", "", "The group has never committed an offset.",
        |s| Some(Slot::One(&mut of_kafka(s)?.new_group));
    "consumer.kafka.output isolation.level", "read_committed", CONSUMER_CONFIG,
        "isolation.level of the readers of the output topic.",
        |s| Some(Slot::One(&mut of_kafka(s)?.output_isolation_level));
};

pub(super) const RABBITMQ: &[Field] = fields! {
    "consumer.rabbitmq.auto_ack", "false", CONFIRMS,
        "A message counts as acknowledged as soon as it is written to the connection.",
        |s| Some(Slot::One(&mut of_rabbitmq(s)?.auto_ack));
    "consumer.rabbitmq.prefetch_count", "0", CONFIRMS,
        "Maximum number of unacknowledged deliveries; 0 means no limit.",
        |s| Some(Slot::Small(&mut of_rabbitmq(s)?.prefetch_count, 0, 255));
    "consumer.rabbitmq.requeue_with", "nack", "rabbitmq.com/docs/quorum-queues",
        "How a failed message is put back. basic.nack does not count towards x-delivery-limit, \
         basic.reject does.",
        |s| Some(Slot::One(&mut of_rabbitmq(s)?.requeue_with));
};

pub(super) const SQS: &[Field] = fields! {
    "consumer.sqs.MaxNumberOfMessages", "1", GUIDE, "Maximum number of messages per receive.",
        |s| Some(Slot::Small(&mut of_sqs(s)?.max_number_of_messages, 1, 4));
    "consumer.sqs.ChangeMessageVisibility", "false", GUIDE,
        "Keep extending the visibility timeout while the handler runs.",
        |s| Some(Slot::One(&mut of_sqs(s)?.heartbeat));
};
