//! Settings that the products have and the model does not, and whether they make a difference to
//! delivery.
//!
//! Sources: Kafka `ProducerConfig.java`, `ConsumerConfig.java`, `TopicConfig.java` and the broker
//! configuration; librdkafka `CONFIGURATION.md`; rabbitmq.com/docs/consumers, /maxlength, /ttl,
//! /priority, /dlx, /ae, /alarms; the SQS API pages of SetQueueAttributes, SendMessage and
//! ReceiveMessage.

/// Settings of a product that share one explanation.
struct Left {
    product: &'static str,
    names: &'static [&'static str],
    label: &'static str,
}

const KAFKA: &str = "Kafka";
const RABBITMQ: &str = "RabbitMQ";
const SQS: &str = "SQS";

/// Returns why a setting that the model does not have does or does not matter; `None` if the name
/// is unknown. The key may be the end of a path, and may have other separators: `max-poll-records`.
pub fn not_modeled(key: &str) -> Option<String> {
    let asked = plain(key);
    let is = |name: &&str| super::fits(key, name) || plain(name) == asked;
    let left = ALL.iter().find(|left| left.names.iter().any(is));
    let left = left.or_else(|| {
        // Names in Spring and Helm end with the product's own name.
        let ends = |name: &&str| name.len() >= LONG && asked.ends_with(&plain(name));
        ALL.iter().find(|left| left.names.iter().any(ends))
    })?;
    // The caller adds the period or not, as for every other rejection.
    let label = left.label.trim_end_matches('.');
    Some(format!("a setting of {} that is not modeled. {label}", left.product))
}

/// Minimum length of a name to be matched as a suffix: names this long are not part of others by
/// chance.
const LONG: usize = 12;

fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

macro_rules! left {
    ($($product:ident: $($name:literal)+ => $label:literal;)*) => {
        &[$(Left { product: $product, names: &[$($name),+], label: $label }),*]
    };
}

const ALL: &[Left] = left! {
    // Kafka, producer.
    KAFKA: "linger.ms" "batch.size" "compression.type" "queue.buffering.max.ms" =>
        "It changes when and how small records travel, not what becomes of them: a record that \
         still waits in the producer's memory is lost with its process, as any that is not sent yet.";
    KAFKA: "buffer.memory" "max.block.ms" "queue.buffering.max.messages" =>
        "It makes no difference to what is delivered: where there is no room in time, send fails \
         with an error before anything is sent.";
    KAFKA: "max.request.size" "message.max.bytes" "max.message.bytes" "replica.fetch.max.bytes" =>
        "A record that is too large is refused, and the producer gets an error; nothing is lost \
         silently by it.";
    KAFKA: "transaction.timeout.ms" "transaction.max.timeout.ms" =>
        "It says how soon the transaction of a producer that is gone is aborted: until then a \
         read_committed consumer waits behind it, and afterwards nothing of it is seen.";
    KAFKA: "partitioner.class" "partitioner.ignore.keys" "partitioner.adaptive.partitioning.enable"
        "num.partitions" =>
        "The model has one partition. It matters for order, which Kafka keeps within a partition \
         only.";
    KAFKA: "producer.id.expiration.ms" "transactional.id.expiration.ms" =>
        "It matters only for a producer that was idle that long (a day and a week by default): the \
         broker has forgotten its sequence numbers or its name by then. A retry comes long before.";
    KAFKA: "client.id" "client.rack" "metadata.max.age.ms" "connections.max.idle.ms"
        "reconnect.backoff.ms" "reconnect.backoff.max.ms" "send.buffer.bytes"
        "receive.buffer.bytes" "security.protocol" "check.crcs"
        "bootstrap.servers" "key.serializer" "value.serializer" "key.deserializer"
        "value.deserializer" "client.dns.lookup" "socket.timeout.ms" =>
        "It makes no difference to which messages are delivered, how often and in which order.";
    // Kafka, consumer.
    KAFKA: "max.poll.interval.ms" "max.poll.records" =>
        "It matters where the work on the records of one poll takes longer than \
         max.poll.interval.ms: the partition then goes to another consumer, and what was not \
         committed is processed again. The fault slow:consumer is such a handler.";
    KAFKA: "session.timeout.ms" "heartbeat.interval.ms" "group.consumer.session.timeout.ms"
        "group.consumer.heartbeat.interval.ms" =>
        "It says how soon a consumer that is silent is taken for dead. The fault pause:consumer is \
         one that is silent for longer; shorter silences change nothing.";
    KAFKA: "auto.commit.interval.ms" =>
        "Here every poll commits what the polls before it handed over. A longer interval means that \
         more of what was processed is processed again after a crash; nothing is lost by it.";
    KAFKA: "enable.auto.offset.store" =>
        "It matters: librdkafka stores the offset just before it hands a message over, so that an \
         automatic commit can cover a message whose work a crash then ends, and that message is \
         lost. The model is the Java client's; with enable.auto.offset.store=false and an offset \
         that is stored after the work, librdkafka comes to the same.";
    KAFKA: "partition.assignment.strategy" "group.protocol" "group.remote.assignor"
        "group.initial.rebalance.delay.ms" =>
        "The model has one partition, so that it makes no difference who gets how many; a partition \
         that changes hands is in it, whichever protocol sees to that.";
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
    KAFKA: "offsets.retention.minutes" =>
        "It matters for a group that is away for longer than that (seven days by default): its \
         offsets are forgotten, and it begins where auto.offset.reset says, as with new_group=true.";
    // Kafka, topic and broker.
    KAFKA: "retention.ms" "retention.bytes" "log.retention.ms" "log.retention.minutes"
        "log.retention.hours" "log.retention.bytes" "segment.ms" "segment.bytes" =>
        "It matters for a consumer that is further behind than that: records are deleted whether \
         anybody has read them or not, and it goes on where auto.offset.reset says, without an error \
         unless that is none.";
    KAFKA: "cleanup.policy" "log.cleanup.policy" "delete.retention.ms" "min.compaction.lag.ms"
        "max.compaction.lag.ms" "min.cleanable.dirty.ratio" =>
        "It matters for topics that are compacted: of records with the same key only the latest is \
         sure to reach a consumer that is behind. The model keeps all records.";
    KAFKA: "flush.messages" "flush.ms" "log.flush.interval.messages" "log.flush.interval.ms" =>
        "It matters for a power loss: by default Kafka leaves it to the operating system when a \
         record is on disk, and so does the model. With flush.messages=1 each is synced before it is \
         acknowledged.";
    KAFKA: "replica.lag.time.max.ms" =>
        "It says how long a follower may lag before it is out of sync. The model has no clock: one \
         that is down or cut off is out, and one that keeps up is in.";
    KAFKA: "auto.leader.rebalance.enable" "leader.imbalance.check.interval.seconds"
        "controlled.shutdown.enable" =>
        "It matters with acks=1 only: a leader that is replaced on purpose may have acknowledged \
         records that its successor has not. The model's leaders change by faults.";
    // RabbitMQ.
    RABBITMQ: "consumer_timeout" "x-consumer-timeout" "consumer-timeout" =>
        "It matters against the time that the work takes: a delivery that is unacknowledged for \
         longer goes back to the queue and is processed again (up to 4.2 on every queue, from 4.3 on \
         on quorum queues). The fault slow:consumer is a handler that takes longer.";
    RABBITMQ: "x-max-length" "x-max-length-bytes" "max-length" "max-length-bytes" =>
        "It matters where the queue gets that long: by default the oldest message is dropped or \
         dead-lettered, confirmed or not; with x-overflow=reject-publish the publisher gets a nack \
         instead, if it asks for confirms. The model's queues are never full.";
    RABBITMQ: "x-message-ttl" "message-ttl" "expiration" =>
        "It matters where no consumer is quick enough: a message that has waited for longer is \
         dropped, or dead-lettered where there is an exchange for it. The model's messages wait \
         forever.";
    RABBITMQ: "x-expires" "expires" "auto_delete" "auto-delete" "exclusive" =>
        "It matters where the queue is left alone: it is deleted with all that is in it, \
         silently. The model's queues stay.";
    RABBITMQ: "x-single-active-consumer" "single-active-consumer" =>
        "It matters for order with several consumers: only one at a time is given messages. \
         consumer.count=1 is the same while that one is up.";
    RABBITMQ: "x-max-priority" "x-priority" "priority" =>
        "It matters for order, and for what may have to wait: a message of higher priority comes \
         before older ones. The model's messages are all alike.";
    RABBITMQ: "heartbeat" "requested_heartbeat" "tcp_keepalive" =>
        "It says how soon a dead connection is noticed, after which unacknowledged messages go back \
         to the queue; it makes no difference to what is delivered.";
    RABBITMQ: "x-dead-letter-routing-key" "dead-letter-routing-key" =>
        "It matters as much as x-dead-letter-exchange: where no queue is bound for that key, dead \
         letters are dropped. Here it is dead_letter_bound=false that says so.";
    RABBITMQ: "alternate-exchange" =>
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
    SQS: "DeduplicationScope" =>
        "It matters where two groups use the same MessageDeduplicationId: with messageGroup these \
         are two messages. The model compares within the whole queue, the default.";
    SQS: "ReceiveRequestAttemptId" =>
        "It matters for speed only: a receive whose answer was lost can be asked for again at once; \
         otherwise these messages are hidden until the visibility timeout ends.";
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::settings::table;

    #[test]
    fn no_name_stands_twice_or_is_modeled() {
        let mut seen = Vec::new();
        for name in ALL.iter().flat_map(|left| left.names) {
            assert!(!seen.contains(name), "{name} stands twice");
            seen.push(name);
            let field = table::all().find(|f| f.name() == *name);
            assert!(field.is_none(), "{name} is modeled");
        }
        assert!(seen.len() > 100, "{}", seen.len());
    }

    #[test]
    fn a_name_is_known_by_the_end_of_a_path_and_with_other_separators() {
        for (key, product) in [
            ("linger.ms", "Kafka"),
            ("producer.kafka.linger.ms", "Kafka"),
            ("spring.kafka.consumer.max-poll-records", "Kafka"),
            ("maxPollIntervalMs", "Kafka"),
            ("consumer_timeout", "RabbitMQ"),
            ("broker.rabbitmq.x-max-length", "RabbitMQ"),
            ("delay_seconds", "SQS"),
        ] {
            let label = not_modeled(key).unwrap_or_else(|| panic!("{key} is not known"));
            assert!(label.starts_with(&format!("a setting of {product} that")), "{key}: {label}");
        }
        for key in ["acks", "celery", "", "ms", "retention", "consumer.count", "bound"] {
            assert_eq!(not_modeled(key), None, "{key}");
        }
    }

    #[test]
    fn whatever_is_said_is_a_sentence_about_what_is_delivered() {
        for left in ALL {
            assert!(left.label.ends_with('.') && left.label.len() > 40, "{}", left.label);
        }
    }
}
