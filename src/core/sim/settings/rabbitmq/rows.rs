//! The settings of RabbitMQ, a row each.

use crate::sim::configuration::Configuration;
use crate::sim::settings::field::{Rows, Unset, fields};
use crate::sim::settings::value::{Slot, named};
use crate::sim::settings::{BrokerSettings, ProducerSettings, rabbitmq};

const CONFIRMS: &str = "rabbitmq.com/docs/confirms";
const PUBLISHERS: &str = "rabbitmq.com/docs/publishers";
const QUEUES: &str = "rabbitmq.com/docs/queues";
const QUORUM: &str = "rabbitmq.com/docs/quorum-queues";

const MAX: u32 = 2_147_483_647;

pub const ROWS: Rows = Rows {
    product: "rabbitmq",
    producer: fields! {
        "producer.rabbitmq.confirm.select", "false", CONFIRMS,
            "Publisher confirms. Without them the broker never acknowledges a publish.",
            |s| Some(Slot::One(&mut producer(s)?.confirm_select));
        "producer.rabbitmq.publish_attempts", "1", "rabbitmq.com/docs/reliability",
            "Maximum number of times the application publishes an unconfirmed message. No client \
             library republishes by itself.",
            |s| Some(Slot::Small(&mut producer(s)?.publish_attempts, 1, 5));
        "producer.rabbitmq.outstanding_confirms", "128", PUBLISHERS,
            "Maximum number of outstanding confirms. 1 waits for each confirm before the next \
             publish.",
            |s| Some(Slot::Small(&mut producer(s)?.outstanding_confirms, 1, 128));
        "producer.rabbitmq.mandatory", "false", PUBLISHERS,
            "Return unroutable messages. Otherwise they are dropped, and confirmed.",
            |s| Some(Slot::One(&mut producer(s)?.mandatory));
        "producer.rabbitmq.delivery_mode", "1", QUEUES,
            "1: transient, may stay in memory. 2: persistent, written to disk.",
            |s| Some(Slot::Small(&mut producer(s)?.delivery_mode, 1, 2)),
            aliases = &["delivery-mode", "deliveryMode"];
    },
    broker: fields! {
        "broker.rabbitmq.version", "4.3", "RabbitMQ 4.3 release notes",
            "The version of RabbitMQ. Up to 3.13 a quorum queue has no delivery limit unless it is \
             set; up to 4.2 (4.0 to 4.2 are alike) basic.nack counts towards it, and \
             consumer_timeout applies to classic queues too.",
            |s| Some(Slot::One(&mut broker(s)?.version)),
            circumstance = true;
        "broker.rabbitmq.x-queue-type", "classic", QUORUM,
            "classic: on one node. quorum: replicated, always durable.",
            |s| Some(Slot::One(&mut broker(s)?.queue_type));
        "broker.rabbitmq.nodes", "1", QUORUM, "Nodes of a quorum queue, 1 or 3.",
            |s| Some(Slot::Small(&mut broker(s)?.nodes, 1, 3));
        "broker.rabbitmq.durable", "true", QUEUES, "The queue survives a restart of the broker.",
            |s| Some(Slot::One(&mut broker(s)?.durable));
        "broker.rabbitmq.deprecated_features.permit.transient_nonexcl_queues", "false",
            "RabbitMQ 4.3 release notes",
            "Lets clients declare a queue that is neither durable nor exclusive. RabbitMQ 4.3 \
             refuses it otherwise.",
            |s| Some(Slot::One(&mut broker(s)?.permit_transient_nonexcl_queues));
        "broker.rabbitmq.bound", "true", PUBLISHERS,
            "A queue is bound to the exchange for this routing key.",
            |s| Some(Slot::One(&mut broker(s)?.bound)),
            circumstance = true;
        "broker.rabbitmq.x-delivery-limit", "unset", QUORUM,
            "Maximum number of failed deliveries in a quorum queue; 20 if not set (none before 4.0), no limit with \
             -1. Without a limit, a message that is returned goes to the back of the queue.",
            |s| Some(Slot::Limit(&mut broker(s)?.delivery_limit, -1, 100)),
            unset = Some(Unset {
                means: |s| match &s.broker {
                    BrokerSettings::Rabbitmq(own)
                        if own.queue_type == rabbitmq::QueueType::Quorum =>
                    {
                        if own.limit().is_some() { "20" } else { "no limit, as before 4.0" }
                    }
                    _ => "no limit, as classic queues have none",
                },
                former: "none",
                by_hand: false,
            });
        "broker.rabbitmq.x-dead-letter-exchange", "none", "rabbitmq.com/docs/dlx",
            "Where rejected and expired messages go. Without one they are discarded.",
            |s| Some(Slot::Name(&mut broker(s)?.dead_letter_exchange));
        "broker.rabbitmq.x-dead-letter-strategy", "at-most-once", QUORUM,
            "at-most-once: a dead letter leaves the queue, and is published to the other without a \
             confirm. at-least-once: it stays until that one has confirmed it; for quorum queues \
             with x-overflow=reject-publish.",
            |s| Some(Slot::One(&mut broker(s)?.dead_letter_strategy));
        "broker.rabbitmq.x-single-active-consumer", "false",
            "rabbitmq.com/docs/consumers, single active consumer",
            "Of several consumers one gets all messages; another takes over when it is gone. Keeps \
             the order.",
            |s| Some(Slot::One(&mut broker(s)?.single_active_consumer));
        "broker.rabbitmq.x-max-length", "unset", "rabbitmq.com/docs/maxlength",
            "Maximum number of messages that wait in a classic queue. Those that a consumer holds do \
             not count.",
            |s| Some(Slot::Maybe(&mut broker(s)?.max_length, 1, 255)),
            unset = Some(Unset { means: |_| "no limit", former: "none", by_hand: true });
        "broker.rabbitmq.x-overflow", "drop-head", "rabbitmq.com/docs/maxlength",
            "What a full queue does: drop or dead-letter its oldest message, or refuse the new one. \
             at-least-once dead lettering needs reject-publish.",
            |s| Some(Slot::One(&mut broker(s)?.overflow));
        "broker.rabbitmq.dead_letter_bound", "true", "rabbitmq.com/docs/dlx",
            "A queue is bound to the dead-letter exchange. Otherwise a dead letter is dropped, or \
             with at-least-once kept in its queue.",
            |s| Some(Slot::One(&mut broker(s)?.dead_letter_bound)),
            circumstance = true;
        "broker.rabbitmq.consumer_timeout", "1800000", "rabbitmq.com/docs/consumers",
            "Milliseconds within which a delivery has to be acknowledged. Since 4.3 only quorum queues \
             have it.",
            |s| Some(Slot::Number(&mut broker(s)?.consumer_timeout, 1, MAX)),
            aliases = &["x-consumer-timeout", "consumer-timeout"];
    },
    consumer: fields! {
        "consumer.rabbitmq.auto_ack", "false", CONFIRMS,
            "A message counts as acknowledged as soon as it is written to the connection.",
            |s| Some(Slot::One(&mut consumer(s)?.auto_ack)),
            aliases = &["no_ack", "noAck", "no-ack"];
        "consumer.rabbitmq.prefetch_count", "0", CONFIRMS,
            "Maximum number of unacknowledged deliveries; 0 means no limit.",
            |s| Some(Slot::Small(&mut consumer(s)?.prefetch_count, 0, 255));
        "consumer.rabbitmq.requeue_with", "nack", "rabbitmq.com/docs/quorum-queues",
            "How a failed message is put back. Since 4.3 basic.nack does not count towards \
             x-delivery-limit, basic.reject does.",
            |s| Some(Slot::One(&mut consumer(s)?.requeue_with));
        "consumer.rabbitmq.batch_size", "1", "Spring AMQP, consumerBatchEnabled",
            "Maximum number of messages that a batch listener gets at once; see batch_ack.",
            |s| Some(Slot::Small(&mut consumer(s)?.batch_size, 1, 10));
    },
};

fn producer(config: &mut Configuration) -> Option<&mut rabbitmq::Producer> {
    match &mut config.producer {
        ProducerSettings::Rabbitmq(own) => Some(own),
        _ => None,
    }
}

fn broker(config: &mut Configuration) -> Option<&mut rabbitmq::Broker> {
    match &mut config.broker {
        BrokerSettings::Rabbitmq(own) => Some(own),
        _ => None,
    }
}

fn consumer(config: &mut Configuration) -> Option<&mut rabbitmq::Consumer> {
    broker(config)?;
    Some(config.consumer.rabbitmq.get_or_insert_default())
}

named! {
    rabbitmq::Version {
        "3.13" = rabbitmq::Version::V3_13,
        "4.2" = rabbitmq::Version::V4_2,
        "4.3" = rabbitmq::Version::V4_3;
        also "4.0" = rabbitmq::Version::V4_2, "4.1" = rabbitmq::Version::V4_2
    }
    rabbitmq::QueueType {
        "classic" = rabbitmq::QueueType::Classic,
        "quorum" = rabbitmq::QueueType::Quorum,
    }
    rabbitmq::RequeueWith {
        "nack" = rabbitmq::RequeueWith::Nack,
        "reject" = rabbitmq::RequeueWith::Reject,
    }
    rabbitmq::DeadLetterStrategy {
        "at-most-once" = rabbitmq::DeadLetterStrategy::AtMostOnce,
        "at-least-once" = rabbitmq::DeadLetterStrategy::AtLeastOnce,
    }
    rabbitmq::Overflow {
        "drop-head" = rabbitmq::Overflow::DropHead,
        "reject-publish" = rabbitmq::Overflow::RejectPublish,
    }
}
