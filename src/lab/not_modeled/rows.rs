//! The rows: what there is to say of settings that the model does not have.

/// Settings of a product that share one explanation.
pub struct Unmodeled {
    pub product: &'static str,
    pub names: &'static [&'static str],
    /// The values that the explanation is about; empty for any. At others, nothing depends on it.
    pub values: &'static [&'static str],
    /// There are runs in which it makes a difference.
    pub matters: bool,
    pub label: &'static str,
}

const KAFKA: &str = "Kafka";
const LIBRDKAFKA: &str = "librdkafka";
const STREAMS: &str = "Kafka Streams";
const CONNECT: &str = "Kafka Connect";
const RABBITMQ: &str = "RabbitMQ";
const SQS: &str = "SQS";
const LAMBDA: &str = "Lambda";
const DEBEZIUM: &str = "Debezium";
const SPRING: &str = "Spring";
const SMALLRYE: &str = "SmallRye";
const CELERY: &str = "Celery";
const BULLMQ: &str = "BullMQ";

macro_rules! unmodeled {
    (@) => { false };
    (@ matters) => { true };
    ($($product:ident: $($name:literal)+ $(if $($value:literal)+)? =>
        $($matters:ident)? $label:literal;)*) => {
        &[$(Unmodeled {
            product: $product,
            names: &[$($name),+],
            values: &[$($($value),+)?],
            matters: unmodeled!(@ $($matters)?),
            label: $label,
        }),*]
    };
}

pub const ALL: &[Unmodeled] = unmodeled! {
    // Kafka, producer.
    KAFKA: "linger.ms" "batch.size" "compression.type" "queue.buffering.max.ms"
        "batch.num.messages" =>
        "It changes when and how small records travel, not what becomes of them: a record that \
         still waits in the producer's memory is lost with its process, as any that is not sent yet.";
    KAFKA: "buffer.memory" "max.block.ms" "queue.buffering.max.messages"
        "queue.buffering.max.kbytes" =>
        "It makes no difference to what is delivered: where there is no room in time, send fails \
         with an error before anything is sent.";
    KAFKA: "max.request.size" "message.max.bytes" "max.message.bytes" "replica.fetch.max.bytes" =>
        "A record that is too large is refused, and the producer gets an error; nothing is lost \
         silently by it.";
    KAFKA: "transaction.timeout.ms" "transaction.max.timeout.ms" =>
        "It says how soon the transaction of a producer that is gone is aborted: until then a \
         read_committed consumer waits behind it, and afterwards nothing of it is seen.";
    KAFKA: "partitioner.class" "partitioner.ignore.keys" "partitioner.adaptive.partitioning.enable"
        "partitioner.availability.timeout.ms" "sticky.partitioning.linger.ms" "num.partitions" =>
        "The model has one partition, and a second one once the fault add:partition has struck, to \
         which all keys then move. It matters for order, which Kafka keeps within a partition only.";
    KAFKA: "producer.id.expiration.ms" "transactional.id.expiration.ms" => matters
        "It matters only for a producer that was idle that long (a day and a week by default): the \
         broker has forgotten its sequence numbers or its name by then. A retry comes long before.";
    KAFKA: "metadata.max.age.ms" =>
        "It says how soon clients learn of a new leader or a new partition. The model has no clock: \
         each of them does so at some time, in any order.";
    KAFKA: "client.id" "client.rack" "connections.max.idle.ms"
        "reconnect.backoff.ms" "reconnect.backoff.max.ms" "send.buffer.bytes"
        "receive.buffer.bytes" "security.protocol" "check.crcs"
        "bootstrap.servers" "key.serializer" "value.serializer" "key.deserializer"
        "value.deserializer" "client.dns.lookup" "socket.timeout.ms" =>
        "It makes no difference to which messages are delivered, how often and in which order.";
    // Kafka, consumer.
    KAFKA: "session.timeout.ms" "heartbeat.interval.ms" "group.consumer.session.timeout.ms"
        "group.consumer.heartbeat.interval.ms" =>
        "It says how soon a consumer that is silent is taken for dead. The fault pause:consumer is \
         one that is silent for longer; shorter silences change nothing.";
    KAFKA: "auto.commit.interval.ms" =>
        "Here every poll commits what the polls before it handed over. A longer interval means that \
         more of what was processed is processed again after a crash; nothing is lost by it.";
    KAFKA: "enable.auto.offset.store" => matters
        "It matters: librdkafka stores the offset just before it hands a message over, so that an \
         automatic commit can cover a message whose work a crash then ends, and that message is \
         lost: consumer.client=librdkafka. With false and an offset that is stored after the work, \
         librdkafka comes to the same as a commit after the work: \
         consumer.client=librdkafka-offset-store.";
    BULLMQ: "lockDuration" "lockRenewTime" "stalledInterval" "maxStalledCount" => matters
        "It matters: a job whose lock is not renewed in time is given to another worker, and fails \
         for good if that happens more often than maxStalledCount. Redis is not modeled as a \
         broker; SQS with ChangeMessageVisibility=true, a VisibilityTimeout and a maxReceiveCount \
         comes close.";
    KAFKA: "partition.assignment.strategy" "group.protocol" "group.remote.assignor"
        "group.initial.rebalance.delay.ms" =>
        "The model has one partition, so that it makes no difference who gets how many; a partition \
         that changes hands is in it, whichever protocol sees to that. When one is added, the group \
         goes on from its committed offsets, as with the default assignors; with cooperative ones, or \
         group.protocol=consumer, it keeps its positions in the partitions that it has.";
    KAFKA: "group.instance.id" =>
        "A static member that is back within session.timeout.ms keeps its partitions. What it had \
         not committed is delivered again all the same.";
    KAFKA: "group.id" =>
        "It is only a name here; whether the group has committed before is new_group.";
    KAFKA: "fetch.min.bytes" "fetch.max.bytes" "fetch.max.wait.ms" "max.partition.fetch.bytes"
        "fetch.wait.max.ms" "fetch.message.max.bytes" "queued.min.messages"
        "queued.max.messages.kbytes" "default.api.timeout.ms" "allow.auto.create.topics" =>
        "It changes when records come and how many at a time, not which, how often or in which \
         order.";
    KAFKA: "offsets.retention.minutes" => matters
        "It matters for a group that is away for longer than that (seven days by default): its \
         offsets are forgotten, and it begins where auto.offset.reset says, as with new_group=true.";
    // Kafka, topic and broker.
    KAFKA: "retention.bytes" "log.retention.minutes"
        "log.retention.hours" "log.retention.bytes" => matters
        "It matters for a consumer that is further behind than that: records are deleted whether \
         anybody has read them or not, and it goes on where auto.offset.reset says, without an error \
         unless that is none.";
    KAFKA: "segment.ms" "segment.bytes" =>
        "It says when a segment of the log is closed. Retention and compaction leave the open one \
         alone, so that they come later for it, and never earlier.";
    KAFKA: "cleanup.policy" "log.cleanup.policy" "delete.retention.ms" "min.compaction.lag.ms"
        "max.compaction.lag.ms" "min.cleanable.dirty.ratio" => matters
        "It matters for topics that are compacted: of records with the same key only the latest is \
         sure to reach a consumer that is behind. The model keeps all records.";
    KAFKA: "flush.messages" "flush.ms" "log.flush.interval.messages" "log.flush.interval.ms" => matters
        "It matters for a power loss: by default Kafka leaves it to the operating system when a \
         record is on disk, and so does the model. With flush.messages=1 each is synced before it is \
         acknowledged.";
    KAFKA: "replica.lag.time.max.ms" =>
        "It says how long a follower may lag before it is out of sync. The model has no clock: one \
         that is down or cut off is out, and one that keeps up is in.";
    KAFKA: "auto.leader.rebalance.enable" "leader.imbalance.check.interval.seconds"
        "controlled.shutdown.enable" => matters
        "It matters with acks=1 only: a leader that is replaced on purpose may have acknowledged \
         records that its successor has not. The model's leaders change by faults, such as a planned leader change.";
    KAFKA: "message.timestamp.before.max.ms" "message.timestamp.after.max.ms"
        "message.timestamp.difference.max.ms" "log.message.timestamp.before.max.ms"
        "log.message.timestamp.after.max.ms" =>
        "A record that is dated too far away is refused, and the producer gets an error; nothing is \
         lost silently by it.";
    KAFKA: "message.timestamp.type" "log.message.timestamp.type" => matters
        "It matters where retention is by time: with CreateTime, a record that its producer has \
         dated back is deleted sooner. The model keeps all records.";
    KAFKA: "interceptor.classes" => matters
        "It matters if an interceptor drops or changes records. The model has none.";
    KAFKA: "offsets.topic.replication.factor" "offsets.commit.required.acks" =>
        "It says on how many nodes the group's offsets are. A verdict takes for granted that they are \
         never lost; a group without them begins where auto.offset.reset says, as with \
         new_group=true.";
    KAFKA: "transaction.state.log.replication.factor" "transaction.state.log.min.isr" =>
        "It says on how many nodes the state of transactions is. A verdict takes for granted that it \
         is never lost.";
    KAFKA: "transaction.partition.verification.enable" if "false" => matters
        "It matters for transactions: a produce request that arrives after the end of its \
         transaction then begins one that is never ended, and read_committed consumers wait behind it. \
         The model has no such request.";
    KAFKA: "auto.create.topics.enable" =>
        "A missing topic is created with the broker's defaults, where a send would fail with an \
         error otherwise. It makes no difference to a topic that exists.";
    KAFKA: "remote.log.delete.on.disable" "remote.log.copy.disable" "remote.storage.enable"
        "local.retention.ms" "local.retention.bytes" "log.local.retention.ms"
        "log.local.retention.bytes" => matters
        "It matters when tiered storage is switched off: what lies there is then kept or deleted. \
         Otherwise it is only a matter of where records lie.";
    KAFKA: "broker.session.timeout.ms" "broker.heartbeat.interval.ms"
        "replica.socket.timeout.ms" "unclean.leader.election.interval.ms" =>
        "It says how soon a broker that is gone is replaced. Clients wait and try again meanwhile.";
    KAFKA: "eligible.leader.replicas.enable" => matters
        "It matters when all in-sync replicas are gone. Here it is eligible.leader.replicas.version \
         that says whether the cluster has them.";
    KAFKA: "share.acknowledgement.mode" "share.acquire.mode" "group.share.enable"
        "group.share.delivery.count.limit" "group.share.record.lock.duration.ms"
        "group.share.partition.max.record.locks" "group.share.max.record.lock.duration.ms"
        "share.record.lock.duration.ms" "share.isolation.level" "share.auto.offset.reset" => matters
        "It matters for share groups only: they settle each record by itself, as a queue does, and \
         the model has none.";
    LIBRDKAFKA: "queuing.strategy" if "lifo" => matters
        "It matters for order: the newest message that waits is sent first.";
    LIBRDKAFKA: "msg_order_cmp" => matters
        "It matters for order: the application says which message that waits is sent first.";
    LIBRDKAFKA: "enable.gapless.guarantee" if "true" => matters
        "It matters where the send of one message fails: an idempotent producer stops there with a \
         fatal error, so that nothing behind it is stored.";
    LIBRDKAFKA: "offset.store.method" "offset.store.path" "offset.store.sync.interval.ms" => matters
        "It matters for the old consumer only, which can keep its offsets in a file. The model's \
         offsets are the group's.";
    LIBRDKAFKA: "go.delivery.reports" "dotnet.producer.enable.delivery.reports" if "false" => matters
        "It matters for the producer's report: errors of a send are not reported.";
    LIBRDKAFKA: "delivery.report.only.error" if "true" => matters
        "It matters for the producer's report: only errors are reported, so success is never certain.";
    STREAMS: "processing.guarantee" => matters
        "It matters for what a stream writes: with exactly_once_v2 its results and its offsets are \
         committed in one transaction, as by a program with produce, send-offsets and \
         commit-transaction; otherwise results are written again after a crash.";
    STREAMS: "default.deserialization.exception.handler" "deserialization.exception.handler"
        "processing.exception.handler" "default.production.exception.handler"
        "production.exception.handler" => matters
        "It matters for records that fail: one that logs and continues skips them, as \
         on_error=swallow does.";
    CONNECT: "errors.tolerance" "errors.deadletterqueue.topic.name" "errors.retry.timeout"
        "errors.retry.delay.max.ms" => matters
        "It matters for records that fail: with errors.tolerance=all a connector skips them, or \
         sends them to its dead-letter topic if it has one.";
    DEBEZIUM: "slot.drop.on.stop" "slot.failover" "max_slot_wal_keep_size" => matters
        "It matters if the replication slot is dropped, invalidated or left behind by a failover: \
         what was committed before the next slot begins is not in its stream.";
    DEBEZIUM: "snapshot.mode" => matters
        "It matters for a connector that starts without a position: a snapshot sends the rows that \
         are still in the table, and without one what was committed before is not sent.";
    DEBEZIUM: "heartbeat.action.query" "heartbeat.topics.prefix" =>
        "It moves the position of the slot while the captured tables are idle. It decides how much \
         of the log the database keeps, not what is sent.";
    CONNECT: "exactly.once.source.support" "exactly.once.support" "offset.flush.interval.ms"
        "transaction.boundary" => matters
        "It matters for what a connector writes: without exactly-once support, what it has written \
         since its last offset is written again after a crash.";
    // RabbitMQ.
    RABBITMQ: "x-max-length-bytes" "max-length-bytes" => matters
        "It matters where the queue gets that long: by default the oldest message is dropped or \
         dead-lettered, confirmed or not; with x-overflow=reject-publish the publisher gets a nack \
         instead, if it asks for confirms. Here it is x-max-length that limits a queue.";
    RABBITMQ: "x-message-ttl" "message-ttl" "expiration" => matters
        "It matters where no consumer is quick enough: a message that has waited for longer is \
         dropped, or dead-lettered where there is an exchange for it. The model's messages wait \
         forever.";
    RABBITMQ: "x-expires" "expires" "auto_delete" "auto-delete" "exclusive" => matters
        "It matters where the queue is left alone: it is deleted with all that is in it, \
         silently. The model's queues stay.";
    RABBITMQ: "x-max-priority" "x-priority" "priority" => matters
        "It matters for order, and for what may have to wait: a message of higher priority comes \
         before older ones. The model's messages are all alike.";
    RABBITMQ: "heartbeat" "requested_heartbeat" "tcp_keepalive" =>
        "It says how soon a dead connection is noticed, after which unacknowledged messages go back \
         to the queue; it makes no difference to what is delivered.";
    RABBITMQ: "x-dead-letter-routing-key" "dead-letter-routing-key" => matters
        "It matters as much as x-dead-letter-exchange: where no queue is bound for that key, dead \
         letters are dropped. Here it is dead_letter_bound=false that says so.";
    RABBITMQ: "alternate-exchange" => matters
        "It matters for messages that no queue takes: they go there instead of being dropped or \
         returned. Here it is bound=true that has a queue take them.";
    RABBITMQ: "x-quorum-initial-group-size" "x-quorum-target-group-size" =>
        "Here it is nodes that says how many nodes a quorum queue has.";
    RABBITMQ: "x-queue-mode" "queue-mode" "x-queue-version" "queue-version" "x-queue-leader-locator"
        "queue-leader-locator" "channel_max" "frame_max" "global" =>
        "It makes no difference to which messages are delivered, how often and in which order.";
    RABBITMQ: "vm_memory_high_watermark" "disk_free_limit" =>
        "Where the limit is passed, the broker stops reading from connections that publish: their \
         messages wait, unconfirmed, and nothing that it has is lost by it.";
    RABBITMQ: "x-delayed-retry-type" "x-delayed-retry-min" "x-delayed-retry-max"
        "delayed-retry-type" "delayed-retry-min" "delayed-retry-max" => matters
        "It matters for order: a message that is returned waits before it is delivered again, and \
         those behind it are delivered meanwhile. Whether it is delivered again does not change.";
    RABBITMQ: "x-consumer-disconnected-timeout" "consumer-disconnected-timeout"
        "consumer_disconnected_timeout" =>
        "It says how soon a consumer on a node that cannot be reached is given up, and its messages \
         go back to the queue; it makes no difference to what is delivered.";
    RABBITMQ: "ha-mode" "ha-params" "ha-sync-mode" "ha-sync-batch-size" "ha-promote-on-shutdown"
        "ha-promote-on-failure" "deprecated_features.permit.classic_queue_mirroring" => matters
        "It matters up to 3.13 only, which mirrors classic queues; since 4.0 it has no effect, and a \
         classic queue has one copy. The model's classic queues have one copy.";
    RABBITMQ: "x-max-age" "max-age" "x-stream-max-segment-size-bytes" "x-stream-filter-size-bytes"
        "stream-max-segment-size-bytes" "x-initial-cluster-size" "x-stream-offset"
        "x-stream-filter" "x-stream-match-unfiltered" => matters
        "It matters for streams only, which the model does not have.";
    RABBITMQ: "federation-upstream" "federation-upstream-set" => matters
        "It matters for messages that come from another cluster: they may be transferred twice or \
         lost, as ack-mode of the upstream says. The model has one cluster.";
    RABBITMQ: "cluster_partition_handling" => matters
        "It matters up to 4.2 for classic queues in a network partition: where both sides go on, one \
         of them is discarded afterwards, with the messages that it has. The model's classic queues \
         are on one node, which is never cut off from its cluster.";
    RABBITMQ: "default_queue_type" =>
        "Here it is x-queue-type that says what kind of queue it is.";
    RABBITMQ: "quorum_queue.initial_cluster_size"
        "quorum_queue.continuous_membership_reconciliation.enabled"
        "quorum_queue.continuous_membership_reconciliation.target_group_size"
        "quorum_queue.continuous_membership_reconciliation.auto_remove"
        "x-member-placement-tag" =>
        "Here it is nodes that says how many nodes a quorum queue has.";
    RABBITMQ: "max_message_size" =>
        "A message that is too large is refused, and closes the publisher's channel with an error; \
         nothing is lost silently by it.";
    // SQS.
    SQS: "DelaySeconds" =>
        "It says when a message is delivered at the earliest, not whether, how often or in which \
         order.";
    SQS: "WaitTimeSeconds" "ReceiveMessageWaitTimeSeconds" =>
        "Long polling only saves empty answers; it makes no difference to what is delivered in the \
         end.";
    SQS: "MaximumMessageSize" =>
        "A message that is too large is refused, and the sender gets an error.";
    SQS: "RedriveAllowPolicy" "Policy" =>
        "It says who may use the queue; it makes no difference to what is delivered.";
    SQS: "RedrivePolicy" "deadLetterTargetArn" =>
        "Here it is maxReceiveCount that says when a message goes to the dead-letter queue.";
    SQS: "KmsMasterKeyId" "KmsDataKeyReusePeriodSeconds" "SqsManagedSseEnabled" =>
        "Encryption makes no difference to what is delivered; a call without access to the key fails \
         with an error.";
    SQS: "FifoThroughputLimit" =>
        "It says how many calls per second a FIFO queue takes before it refuses some with an error; \
         it makes no difference to what is delivered.";
    SQS: "DeduplicationScope" => matters
        "It matters where two groups use the same MessageDeduplicationId: with messageGroup these \
         are two messages. The model compares within the whole queue, the default.";
    SQS: "ReceiveRequestAttemptId" =>
        "It makes a difference to speed only: a receive whose answer was lost can be asked for again at once; \
         otherwise these messages are hidden until the visibility timeout ends.";
    LAMBDA: "BatchSize" "FunctionResponseTypes" "MaximumBatchingWindowInSeconds" => matters
        "It matters for a batch of which one message fails: the whole batch comes again, or only \
         what ReportBatchItemFailures names. Here each message is deleted by itself, unless batch_ack \
         says otherwise.";
    LAMBDA: "ScalingConfig" "MaximumConcurrency" "ProvisionedPollerConfig" =>
        "It says how many consumers there are at most. Here it is consumer.count that does.";
    LAMBDA: "FilterCriteria" "filter_criteria" "filterPatterns" => matters
        "It matters for messages that do not match: Lambda deletes them from the queue.";
    LAMBDA: "BisectBatchOnFunctionError" "MaximumRetryAttempts" "MaximumRecordAgeInSeconds"
        "DestinationConfig" "StartingPosition" "ParallelizationFactor" "TumblingWindowInSeconds" =>
        "Only mappings that read a stream have it; one that reads a queue refuses it.";
    LAMBDA: "Enabled" "enabled" if "false" => matters
        "It matters while it is off: nothing is consumed.";
    // Frameworks.
    SMALLRYE: "waitForWriteCompletion" if "false" => matters
        "It matters for what is sent: the incoming message is acknowledged before the broker has the \
         outgoing one.";
    SMALLRYE: "queue.ttl" "default-ttl" "dead-letter-ttl" => matters
        "It matters where nothing consumes in time: a message that waited for longer is dropped or \
         dead-lettered.";
    SMALLRYE: "fail-on-deserialization-failure" if "false" => matters
        "It matters for records that cannot be deserialized: the handler gets null instead.";
    SPRING: "spring.rabbitmq.template.retry.enabled" if "true" => matters
        "It matters for publishes that end with an exception: they are tried again, and the message \
         may be stored twice.";
    SPRING: "spring.rabbitmq.listener.simple.consumer-batch-enabled" if "true" => matters
        "It matters for a batch of which one message fails: the model acknowledges each message by \
         itself, unless batch_size and batch_ack say otherwise.";
    CELERY: "task_always_eager" if "true" => matters
        "It matters for everything: tasks run in the caller, and no broker is used.";
    CELERY: "worker_deduplicate_successful_tasks" if "true" => matters
        "It matters for tasks that come again: a worker skips those whose result says that they are \
         done.";
    CELERY: "task_publish_retry" if "false" => matters
        "It matters when the broker cannot be reached: a publish is not tried again.";
};
