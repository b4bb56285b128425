//! The settings of SQS, a row each.

use crate::sim::configuration::Configuration;
use crate::sim::settings::field::{Rows, Unset, fields};
use crate::sim::settings::value::{Slot, named};
use crate::sim::settings::{BrokerSettings, ProducerSettings, sqs};

const SEND: &str = "aws-sdk-go-v2, api_op_SendMessage.go";
const GUIDE: &str = "SQS developer guide";

pub const ROWS: Rows = Rows {
    product: "sqs",
    producer: fields! {
        "producer.sqs.max_attempts", "3", "AWS SDK, standard retry mode",
            "Maximum number of attempts per SDK call.",
            |s| Some(Slot::Small(&mut producer(s)?.max_attempts, 1, 5));
        "producer.sqs.concurrent_sends", "1", "SQS developer guide, FIFO queues",
            "Maximum number of concurrent SendMessage calls. A queue stores messages in order of \
             arrival, and two concurrent calls may arrive in either order.",
            |s| Some(Slot::Small(&mut producer(s)?.concurrent_sends, 1, 50));
        "producer.sqs.MessageDeduplicationId", "per-message", SEND,
            "FIFO: the deduplication ID: one for all attempts of a message, a new one per attempt, \
             or none (the queue hashes the body).",
            |s| Some(Slot::One(&mut producer(s)?.deduplication_id));
        "producer.sqs.MessageGroupId", "unset", SEND,
            "FIFO: the group of each message; order holds within a group.",
            |s| Some(Slot::Names(&mut producer(s)?.group_id)),
            unset = Some(Unset { means: |_| "one group for all", former: "none", by_hand: true });
        "producer.sqs.MessageBody", "unset", SEND,
            "The body of each message; all different if not set.",
            |s| Some(Slot::Names(&mut producer(s)?.body)),
            unset = Some(Unset { means: |_| "all different", former: "none", by_hand: true }),
            circumstance = true;
    },
    broker: fields! {
        "broker.sqs.FifoQueue", "false", GUIDE,
            "FIFO: in order within a group, and deduplicated for five minutes. Standard: neither.",
            |s| Some(Slot::One(&mut broker(s)?.fifo)),
            aliases = &["fifo_queue"];
        "broker.sqs.ContentBasedDeduplication", "false", SEND,
            "The hash of the body is the deduplication ID if the producer sets none.",
            |s| Some(Slot::One(&mut broker(s)?.content_based_deduplication)),
            aliases = &["content_based_deduplication"];
        "broker.sqs.VisibilityTimeout", "30", GUIDE,
            "Seconds that a received message stays invisible to other consumers.",
            |s| Some(Slot::Number(&mut broker(s)?.visibility_timeout, 0, 43_200)),
            aliases = &["visibility_timeout_seconds"];
        "broker.sqs.maxReceiveCount", "unset", "SQS developer guide, dead-letter queues",
            "Receives after which a message goes to the dead-letter queue; never if not set.",
            |s| Some(Slot::Maybe(&mut broker(s)?.max_receive_count, 1, 7)),
            unset = Some(Unset {
                means: |_| "no dead-letter queue",
                former: "none",
                by_hand: true,
            });
        "broker.sqs.MessageRetentionPeriod", "345600", GUIDE,
            "Seconds after which a message is deleted, received or not.",
            |s| Some(Slot::Number(&mut broker(s)?.retention, 60, 1_209_600)),
            aliases = &["message_retention_seconds"];
    },
    consumer: fields! {
        "consumer.sqs.MaxNumberOfMessages", "1", GUIDE, "Maximum number of messages per receive.",
            |s| Some(Slot::Small(&mut consumer(s)?.max_number_of_messages, 1, 10));
        "consumer.sqs.ChangeMessageVisibility", "false", GUIDE,
            "Keep extending the visibility timeout while the handler runs.",
            |s| Some(Slot::One(&mut consumer(s)?.heartbeat));
    },
};

fn producer(config: &mut Configuration) -> Option<&mut sqs::Producer> {
    match &mut config.producer {
        ProducerSettings::Sqs(own) => Some(own),
        _ => None,
    }
}

fn broker(config: &mut Configuration) -> Option<&mut sqs::Broker> {
    match &mut config.broker {
        BrokerSettings::Sqs(own) => Some(own),
        _ => None,
    }
}

fn consumer(config: &mut Configuration) -> Option<&mut sqs::Consumer> {
    broker(config)?;
    Some(config.consumer.sqs.get_or_insert_default())
}

named! {
    sqs::DeduplicationId {
        "per-message" = sqs::DeduplicationId::PerMessage,
        "per-attempt" = sqs::DeduplicationId::PerAttempt,
        "none" = sqs::DeduplicationId::None,
    }
}
