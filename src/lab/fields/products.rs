//! Settings of producers and brokers, product by product.

use super::{Field, Slot, fields};
use super::{kafka_broker, kafka_producer, rabbitmq_broker, rabbitmq_producer};
use super::{sqs_broker, sqs_producer};

const PRODUCER_CONFIG: &str = "Kafka ProducerConfig.java";
const REPLICATION: &str = "Kafka docs/design.html, 4.7 Replication";
const MAX: u32 = 2_147_483_647;

pub(super) const KAFKA_PRODUCER: &[Field] = fields! {
    "producer.kafka.acks", "all", PRODUCER_CONFIG,
        "Whose answer a send waits for: nobody's, the leader's, or every in-sync replica's.",
        |s| Some(Slot::One(&mut kafka_producer(s)?.acks));
    "producer.kafka.enable.idempotence", "unset", PRODUCER_CONFIG,
        "The leader keeps a sequence for each producer and drops a repeated one. On by default, \
         unless acks, retries or max.in.flight conflict with it.",
        |s| Some(Slot::One(&mut kafka_producer(s)?.enable_idempotence));
    "producer.kafka.transactional.id", "none", PRODUCER_CONFIG,
        "A name under which the producer commits or aborts what it sends, and by which an older \
         process of the same name is fenced off.",
        |s| Some(Slot::Name(&mut kafka_producer(s)?.transactional_id));
    "producer.kafka.retries", "2147483647", PRODUCER_CONFIG,
        "How often a request that failed is sent again; delivery.timeout.ms ends it sooner.",
        |s| Some(Slot::Number(&mut kafka_producer(s)?.retries, 0, MAX));
    "producer.kafka.max.in.flight.requests.per.connection", "5", PRODUCER_CONFIG,
        "How many requests may be unanswered at a time. More than one can change places when one \
         is sent again without idempotence.",
        |s| Some(Slot::Small(&mut kafka_producer(s)?.max_in_flight, 1, 10));
    "producer.kafka.delivery.timeout.ms", "120000", PRODUCER_CONFIG,
        "After so many milliseconds a send fails, however many retries are left.",
        |s| Some(Slot::Number(&mut kafka_producer(s)?.delivery_timeout_ms, 0, MAX));
    "producer.kafka.request.timeout.ms", "30000", PRODUCER_CONFIG,
        "How long one request waits for its answer, in milliseconds.",
        |s| Some(Slot::Number(&mut kafka_producer(s)?.request_timeout_ms, 1, MAX));
    "producer.kafka.retry.backoff.ms", "100", PRODUCER_CONFIG,
        "The wait before the first retry, in milliseconds; it doubles from then on.",
        |s| Some(Slot::Number(&mut kafka_producer(s)?.retry_backoff_ms, 0, MAX));
    "producer.kafka.retry.backoff.max.ms", "1000", PRODUCER_CONFIG,
        "The longest wait between retries, in milliseconds.",
        |s| Some(Slot::Number(&mut kafka_producer(s)?.retry_backoff_max_ms, 0, MAX));
    "producer.kafka.other_sends", "0", "",
        "Another producer sends the first so many messages, with the same settings.",
        |s| Some(Slot::Small(&mut kafka_producer(s)?.other_sends, 0, 4));
};

const ELIGIBLE: &str = "kafka.apache.org, operations/eligible-leader-replicas";

const CONFIRMS: &str = "rabbitmq.com/docs/confirms";
const PUBLISHERS: &str = "rabbitmq.com/docs/publishers";
const QUEUES: &str = "rabbitmq.com/docs/queues";
const QUORUM: &str = "rabbitmq.com/docs/quorum-queues";

pub(super) const RABBITMQ_PRODUCER: &[Field] = fields! {
    "producer.rabbitmq.confirm.select", "false", CONFIRMS,
        "Publisher confirms. Without them nothing is ever heard of a publish.",
        |s| Some(Slot::One(&mut rabbitmq_producer(s)?.confirm_select));
    "producer.rabbitmq.publish_attempts", "1", "rabbitmq.com/docs/reliability",
        "How often the application publishes a message that was not confirmed. No client does so \
         by itself.",
        |s| Some(Slot::Small(&mut rabbitmq_producer(s)?.publish_attempts, 1, 5));
    "producer.rabbitmq.outstanding_confirms", "128", PUBLISHERS,
        "How many publishes may wait for their confirm at a time. 1 waits for each confirm before \
         the next publish.",
        |s| Some(Slot::Small(&mut rabbitmq_producer(s)?.outstanding_confirms, 1, 128));
    "producer.rabbitmq.mandatory", "false", PUBLISHERS,
        "Have a message that no queue takes returned. Otherwise it is dropped, and confirmed.",
        |s| Some(Slot::One(&mut rabbitmq_producer(s)?.mandatory));
    "producer.rabbitmq.delivery_mode", "1", QUEUES,
        "1: transient, may stay in memory. 2: persistent, written to disk.",
        |s| Some(Slot::Small(&mut rabbitmq_producer(s)?.delivery_mode, 1, 2));
};

const SEND: &str = "aws-sdk-go-v2, api_op_SendMessage.go";

pub(super) const SQS_PRODUCER: &[Field] = fields! {
    "producer.sqs.max_attempts", "3", "AWS SDK, standard retry mode",
        "How often the SDK tries a call.",
        |s| Some(Slot::Small(&mut sqs_producer(s)?.max_attempts, 1, 5));
    "producer.sqs.concurrent_sends", "1", "SQS developer guide, FIFO queues",
        "How many calls of SendMessage are under way at a time. A queue stores messages in the \
         order in which they arrive, and two calls may arrive in either order.",
        |s| Some(Slot::Small(&mut sqs_producer(s)?.concurrent_sends, 1, 50));
    "producer.sqs.MessageDeduplicationId", "per-message", SEND,
        "FIFO: what names a message for deduplication: one id for all its attempts, a new one for \
         each, or none (the queue hashes the body).",
        |s| Some(Slot::One(&mut sqs_producer(s)?.deduplication_id));
    "producer.sqs.MessageGroupId", "unset", SEND,
        "FIFO: the group of each message; order holds within a group.",
        |s| Some(Slot::Names(&mut sqs_producer(s)?.group_id));
    "producer.sqs.MessageBody", "unset", SEND,
        "The body of each message; all different when none is given.",
        |s| Some(Slot::Names(&mut sqs_producer(s)?.body));
};

pub(super) const KAFKA_BROKER: &[Field] = fields! {
    "broker.kafka.replication.factor", "1", "Kafka default.replication.factor",
        "Copies of the partition, each on another broker.",
        |s| Some(Slot::Small(&mut kafka_broker(s)?.replication_factor, 1, 3));
    "broker.kafka.min.insync.replicas", "1", REPLICATION,
        "With acks=all a write needs so many replicas in sync; else it is refused.",
        |s| Some(Slot::Small(&mut kafka_broker(s)?.min_insync_replicas, 1, 3));
    "broker.kafka.unclean.leader.election.enable", "false", REPLICATION,
        "A replica that lags may become leader when no other is left: available again, and behind.",
        |s| Some(Slot::One(&mut kafka_broker(s)?.unclean_leader_election));
    "broker.kafka.eligible.leader.replicas.version", "1", ELIGIBLE,
        "1: a replica that left the in-sync set when it was as small as min.insync.replicas may \
         still lead (clusters made by Kafka 4.1 and later). 0: it may not.",
        |s| Some(Slot::Small(&mut kafka_broker(s)?.eligible_leader_replicas, 0, 1));
    "broker.kafka.in_sync_at_start", "unset", "",
        "How many replicas are in sync when the run begins; all when none is given.",
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
        "How many failed deliveries a quorum queue takes; 20 when it is not set, no limit with -1.",
        |s| Some(Slot::Limit(&mut rabbitmq_broker(s)?.delivery_limit, -1, 20));
    "broker.rabbitmq.x-dead-letter-exchange", "none", "rabbitmq.com/docs/dlx",
        "Where rejected and expired messages go. Without one they are thrown away.",
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
        "The dead-letter exchange leads to a queue. Otherwise a dead letter is dropped, or with \
         at-least-once kept where it is.",
        |s| Some(Slot::One(&mut rabbitmq_broker(s)?.dead_letter_bound));
};

const GUIDE: &str = "SQS developer guide";

pub(super) const SQS_BROKER: &[Field] = fields! {
    "broker.sqs.FifoQueue", "false", GUIDE,
        "FIFO: in order within a group, and deduplicated for five minutes. Standard: neither.",
        |s| Some(Slot::One(&mut sqs_broker(s)?.fifo));
    "broker.sqs.ContentBasedDeduplication", "false", SEND,
        "The hash of the body names the message, where the producer gives no id.",
        |s| Some(Slot::One(&mut sqs_broker(s)?.content_based_deduplication));
    "broker.sqs.VisibilityTimeout", "30", GUIDE,
        "For so many seconds a received message is hidden from others.",
        |s| Some(Slot::Number(&mut sqs_broker(s)?.visibility_timeout, 0, 43_200));
    "broker.sqs.maxReceiveCount", "unset", "SQS developer guide, dead-letter queues",
        "After so many receives a message goes to the dead-letter queue; without it, never.",
        |s| Some(Slot::Maybe(&mut sqs_broker(s)?.max_receive_count, 1, 7));
    "broker.sqs.MessageRetentionPeriod", "345600", GUIDE,
        "After so many seconds a message is gone, received or not.",
        |s| Some(Slot::Number(&mut sqs_broker(s)?.retention, 60, 1_209_600));
};
