//! Settings of producers and brokers, product by product.

use super::{Field, Slot, fields};
use super::{kafka_broker, kafka_producer, rabbitmq_broker, rabbitmq_producer};
use super::{sqs_broker, sqs_producer};

const PRODUCER_CONFIG: &str = "Kafka ProducerConfig.java";
const REPLICATION: &str = "Kafka docs/design.html, 4.7 Replication";
const MAX: u32 = 2_147_483_647;

pub(super) const KAFKA_PRODUCER: &[Field] = fields! {
    "producer.kafka.acks", "all", PRODUCER_CONFIG,
        "Acks required before a send completes: none, leader only, or all in-sync replicas.",
        |s| Some(Slot::One(&mut kafka_producer(s)?.acks));
    "producer.kafka.enable.idempotence", "unset", PRODUCER_CONFIG,
        "The leader tracks sequence numbers per producer and drops duplicates. On by default, \
         unless acks, retries or max.in.flight conflict with it.",
        |s| Some(Slot::One(&mut kafka_producer(s)?.enable_idempotence));
    "producer.kafka.transactional.id", "none", PRODUCER_CONFIG,
        "Enables transactions; a new process with the same ID fences the older one.",
        |s| Some(Slot::Name(&mut kafka_producer(s)?.transactional_id));
    "producer.kafka.retries", "2147483647", PRODUCER_CONFIG,
        "Maximum retries; usually bounded by delivery.timeout.ms.",
        |s| Some(Slot::Number(&mut kafka_producer(s)?.retries, 0, MAX));
    "producer.kafka.max.in.flight.requests.per.connection", "5", PRODUCER_CONFIG,
        "Maximum number of unacknowledged requests. With more than 1, retries can reorder messages \
         unless idempotence is on.",
        |s| Some(Slot::Small(&mut kafka_producer(s)?.max_in_flight, 1, 10));
    "producer.kafka.delivery.timeout.ms", "120000", PRODUCER_CONFIG,
        "Milliseconds after which a send fails, however many retries are left.",
        |s| Some(Slot::Number(&mut kafka_producer(s)?.delivery_timeout_ms, 0, MAX));
    "producer.kafka.request.timeout.ms", "30000", PRODUCER_CONFIG,
        "Response timeout of a single request, in milliseconds.",
        |s| Some(Slot::Number(&mut kafka_producer(s)?.request_timeout_ms, 1, MAX));
    "producer.kafka.retry.backoff.ms", "100", PRODUCER_CONFIG,
        "Delay before the first retry, in milliseconds; doubles with each retry.",
        |s| Some(Slot::Number(&mut kafka_producer(s)?.retry_backoff_ms, 0, MAX));
    "producer.kafka.retry.backoff.max.ms", "1000", PRODUCER_CONFIG,
        "Maximum delay between retries, in milliseconds.",
        |s| Some(Slot::Number(&mut kafka_producer(s)?.retry_backoff_max_ms, 0, MAX));
    "producer.kafka.other_sends", "0", "",
        "Messages sent by a second producer, with the same settings, before this one starts.",
        |s| Some(Slot::Small(&mut kafka_producer(s)?.other_sends, 0, 4));
};

const ELIGIBLE: &str = "kafka.apache.org, operations/eligible-leader-replicas";

const CONFIRMS: &str = "rabbitmq.com/docs/confirms";
const PUBLISHERS: &str = "rabbitmq.com/docs/publishers";
const QUEUES: &str = "rabbitmq.com/docs/queues";
const QUORUM: &str = "rabbitmq.com/docs/quorum-queues";

pub(super) const RABBITMQ_PRODUCER: &[Field] = fields! {
    "producer.rabbitmq.confirm.select", "false", CONFIRMS,
        "Publisher confirms. Without them the broker never acknowledges a publish.",
        |s| Some(Slot::One(&mut rabbitmq_producer(s)?.confirm_select));
    "producer.rabbitmq.publish_attempts", "1", "rabbitmq.com/docs/reliability",
        "Maximum number of times the application publishes an unconfirmed message. No client \
         library republishes by itself.",
        |s| Some(Slot::Small(&mut rabbitmq_producer(s)?.publish_attempts, 1, 5));
    "producer.rabbitmq.outstanding_confirms", "128", PUBLISHERS,
        "Maximum number of outstanding confirms. 1 waits for each confirm before the next publish.",
        |s| Some(Slot::Small(&mut rabbitmq_producer(s)?.outstanding_confirms, 1, 128));
    "producer.rabbitmq.mandatory", "false", PUBLISHERS,
        "Return unroutable messages. Otherwise they are dropped, and confirmed.",
        |s| Some(Slot::One(&mut rabbitmq_producer(s)?.mandatory));
    "producer.rabbitmq.delivery_mode", "1", QUEUES,
        "1: transient, may stay in memory. 2: persistent, written to disk.",
        |s| Some(Slot::Small(&mut rabbitmq_producer(s)?.delivery_mode, 1, 2));
};

const SEND: &str = "aws-sdk-go-v2, api_op_SendMessage.go";

pub(super) const SQS_PRODUCER: &[Field] = fields! {
    "producer.sqs.max_attempts", "3", "AWS SDK, standard retry mode",
        "Maximum number of attempts per SDK call.",
        |s| Some(Slot::Small(&mut sqs_producer(s)?.max_attempts, 1, 5));
    "producer.sqs.concurrent_sends", "1", "SQS developer guide, FIFO queues",
        "Maximum number of concurrent SendMessage calls. A queue stores messages in order of \
         arrival, and two concurrent calls may arrive in either order.",
        |s| Some(Slot::Small(&mut sqs_producer(s)?.concurrent_sends, 1, 50));
    "producer.sqs.MessageDeduplicationId", "per-message", SEND,
        "FIFO: the deduplication ID: one for all attempts of a message, a new one per attempt, or \
         none (the queue hashes the body).",
        |s| Some(Slot::One(&mut sqs_producer(s)?.deduplication_id));
    "producer.sqs.MessageGroupId", "unset", SEND,
        "FIFO: the group of each message; order holds within a group.",
        |s| Some(Slot::Names(&mut sqs_producer(s)?.group_id));
    "producer.sqs.MessageBody", "unset", SEND,
        "The body of each message; all different if not set.",
        |s| Some(Slot::Names(&mut sqs_producer(s)?.body));
};

pub(super) const KAFKA_BROKER: &[Field] = fields! {
    "broker.kafka.replication.factor", "1", "Kafka default.replication.factor",
        "Number of replicas of the partition, each on its own broker.",
        |s| Some(Slot::Small(&mut kafka_broker(s)?.replication_factor, 1, 3));
    "broker.kafka.min.insync.replicas", "1", REPLICATION,
        "Minimum ISR size for acks=all writes; below it, writes fail.",
        |s| Some(Slot::Small(&mut kafka_broker(s)?.min_insync_replicas, 1, 3));
    "broker.kafka.unclean.leader.election.enable", "false", REPLICATION,
        "Lets a lagging replica become leader when no in-sync one is left: available again, but behind.",
        |s| Some(Slot::One(&mut kafka_broker(s)?.unclean_leader_election));
    "broker.kafka.eligible.leader.replicas.version", "1", ELIGIBLE,
        "1: a replica that left the in-sync set when it was as small as min.insync.replicas may \
         still lead (clusters made by Kafka 4.1 and later). 0: it may not.",
        |s| Some(Slot::Small(&mut kafka_broker(s)?.eligible_leader_replicas, 0, 1));
    "broker.kafka.in_sync_at_start", "unset", "",
        "Number of in-sync replicas at the start; all if not set.",
        |s| Some(Slot::Maybe(&mut kafka_broker(s)?.in_sync_at_start, 1, 3));
};

pub(super) const RABBITMQ_BROKER: &[Field] = fields! {
    "broker.rabbitmq.x-queue-type", "classic", QUORUM,
        "classic: on one node. quorum: replicated, always durable.",
        |s| Some(Slot::One(&mut rabbitmq_broker(s)?.queue_type));
    "broker.rabbitmq.nodes", "1", QUORUM, "Nodes of a quorum queue, 1 or 3.",
        |s| Some(Slot::Small(&mut rabbitmq_broker(s)?.nodes, 1, 3));
    "broker.rabbitmq.durable", "true", QUEUES, "The queue survives a restart of the broker.",
        |s| Some(Slot::One(&mut rabbitmq_broker(s)?.durable));
    "broker.rabbitmq.deprecated_features.permit.transient_nonexcl_queues", "false",
        "RabbitMQ 4.3 release notes",
        "Lets clients declare a queue that is neither durable nor exclusive. RabbitMQ 4.3 refuses \
         it otherwise.",
        |s| Some(Slot::One(&mut rabbitmq_broker(s)?.permit_transient_nonexcl_queues));
    "broker.rabbitmq.bound", "true", PUBLISHERS,
        "A queue is bound to the exchange for this routing key.",
        |s| Some(Slot::One(&mut rabbitmq_broker(s)?.bound));
    "broker.rabbitmq.x-delivery-limit", "unset", QUORUM,
        "Maximum number of failed deliveries in a quorum queue; 20 if not set, no limit with -1.",
        |s| Some(Slot::Limit(&mut rabbitmq_broker(s)?.delivery_limit, -1, 20));
    "broker.rabbitmq.x-dead-letter-exchange", "none", "rabbitmq.com/docs/dlx",
        "Where rejected and expired messages go. Without one they are discarded.",
        |s| Some(Slot::Name(&mut rabbitmq_broker(s)?.dead_letter_exchange));
    "broker.rabbitmq.x-dead-letter-strategy", "at-most-once", QUORUM,
        "at-most-once: a dead letter leaves the queue, and is published to the other without a \
         confirm. at-least-once: it stays until that one has confirmed it; for quorum queues with \
         x-overflow=reject-publish.",
        |s| Some(Slot::One(&mut rabbitmq_broker(s)?.dead_letter_strategy));
    "broker.rabbitmq.x-overflow", "drop-head", "rabbitmq.com/docs/maxlength",
        "What a full queue does with a publish. No queue is ever full here; at-least-once dead \
         lettering needs reject-publish.",
        |s| Some(Slot::One(&mut rabbitmq_broker(s)?.overflow));
    "broker.rabbitmq.dead_letter_bound", "true", "rabbitmq.com/docs/dlx",
        "A queue is bound to the dead-letter exchange. Otherwise a dead letter is dropped, or with \
         at-least-once kept in its queue.",
        |s| Some(Slot::One(&mut rabbitmq_broker(s)?.dead_letter_bound));
};

const GUIDE: &str = "SQS developer guide";

pub(super) const SQS_BROKER: &[Field] = fields! {
    "broker.sqs.FifoQueue", "false", GUIDE,
        "FIFO: in order within a group, and deduplicated for five minutes. Standard: neither.",
        |s| Some(Slot::One(&mut sqs_broker(s)?.fifo));
    "broker.sqs.ContentBasedDeduplication", "false", SEND,
        "The hash of the body is the deduplication ID if the producer sets none.",
        |s| Some(Slot::One(&mut sqs_broker(s)?.content_based_deduplication));
    "broker.sqs.VisibilityTimeout", "30", GUIDE,
        "Seconds that a received message stays invisible to other consumers.",
        |s| Some(Slot::Number(&mut sqs_broker(s)?.visibility_timeout, 0, 43_200));
    "broker.sqs.maxReceiveCount", "unset", "SQS developer guide, dead-letter queues",
        "Receives after which a message goes to the dead-letter queue; never if not set.",
        |s| Some(Slot::Maybe(&mut sqs_broker(s)?.max_receive_count, 1, 7));
    "broker.sqs.MessageRetentionPeriod", "345600", GUIDE,
        "Seconds after which a message is deleted, received or not.",
        |s| Some(Slot::Number(&mut sqs_broker(s)?.retention, 60, 1_209_600));
};
