//! The data of the catalogue: which scenarios and presets there are, in reading order.

use crate::sim::Scenario;
use std::sync::OnceLock;

/// A scenario or preset as it is written.
pub(super) struct Written {
    pub id: &'static str,
    pub json: &'static str,
    /// What it says, once [`find`] was asked for it.
    alone: OnceLock<Option<Scenario>>,
}

impl Written {
    const fn new(id: &'static str, json: &'static str) -> Written {
        Written { id, json, alone: OnceLock::new() }
    }

    /// Reads it; returns `None` if that fails, which a test rules out.
    pub fn read(&self) -> Option<Scenario> {
        Scenario::from_own_json(self.json)
    }
}

/// Groups by their titles, in reading order.
pub(super) type Groups = &'static [(&'static str, &'static [&'static Written])];

/// Returns the one with that id. Only that one is read: the page has no time for all at its start.
pub(super) fn find(groups: Groups, id: &str) -> Option<&'static Scenario> {
    let found = groups.iter().flat_map(|(_, all)| *all).find(|written| written.id == id)?;
    found.alone.get_or_init(|| found.read()).as_ref()
}

macro_rules! scenarios {
    ($($id:literal)*) => {
        &[$({
            static ONE: Written = Written::new($id, include_str!(concat!("scenarios/", $id, ".json")));
            &ONE
        }),*]
    };
}

macro_rules! presets {
    ($($id:literal)*) => {
        &[$({
            static ONE: Written = Written::new($id, include_str!(concat!("presets/", $id, ".json")));
            &ONE
        }),*]
    };
}

/// The groups and their scenarios, in reading order: each failure comes before its fix.
pub(super) static SCENARIOS: Groups = &[
    ("The three guarantees", scenarios!["message-lost" "ack-lost" "inbox-sent-twice"]),
    (
        "Producer failures",
        scenarios!["ack-unheard" "retry-after-loss" "retries-exhausted-lost"
            "retries-exhausted-delivered"],
    ),
    (
        "Broker failures",
        scenarios!["crash-before-persist" "sync-before-ack" "replicate-before-ack"],
    ),
    (
        "Consumer failures",
        scenarios!["auto-ack-crash" "crash-before-work" "crash-after-work" "nack-requeue"
            "dead-letter"],
    ),
    (
        "Kafka: the broker",
        scenarios!["kafka-acks-0" "kafka-acks-1" "kafka-acks-all" "kafka-not-enough-replicas"
            "kafka-unclean-election" "kafka-clean-election" "kafka-power-loss"
            "kafka-isolated-leader" "kafka-isolated-leader-all" "kafka-leader-moved"
            "kafka-leader-moved-all"],
    ),
    (
        "Kafka: the producer",
        scenarios!["kafka-retry-duplicate" "kafka-idempotent-retry" "kafka-reorder"
            "kafka-in-order" "kafka-first-batch" "kafka-first-batch-twice"
            "kafka-first-batch-alone" "kafka-error-yet-stored" "kafka-producer-restart"
            "kafka-transaction-restart" "kafka-two-instances" "kafka-producer-fenced"
            "kafka-read-uncommitted" "kafka-hung-transaction"],
    ),
    (
        "Kafka: the consumer",
        scenarios!["kafka-auto-commit-hand-off" "kafka-auto-commit" "kafka-commit-before-work"
            "kafka-commit-after-work" "kafka-swallowed-error" "kafka-seek" "kafka-attempts-skip"
            "kafka-dead-letter-topic" "kafka-dead-letter-unchecked" "kafka-dead-letter-checked"
            "kafka-stop-auto-commit" "kafka-stop" "kafka-rebalance" "kafka-large-batch"
            "kafka-smaller-batch" "kafka-batch-crash" "kafka-batch-record"
            "kafka-batch-again" "kafka-batch-skipped" "kafka-batch-named"
            "kafka-zombie-fenced" "kafka-output-uncommitted" "kafka-transaction-crash"
            "kafka-offset-in-database" "kafka-latest" "kafka-earliest"
            "kafka-retention" "kafka-retention-earliest"
            "kafka-librdkafka-background" "kafka-librdkafka-offset-store"],
    ),
    (
        "RabbitMQ",
        scenarios!["rabbitmq-fire-and-forget" "rabbitmq-no-confirms" "rabbitmq-confirms"
            "rabbitmq-confirm-lost" "rabbitmq-unroutable" "rabbitmq-mandatory"
            "rabbitmq-transient" "rabbitmq-persistent" "rabbitmq-power-loss" "rabbitmq-quorum"
            "rabbitmq-auto-ack" "rabbitmq-manual-ack" "rabbitmq-connection-lost"
            "rabbitmq-reject" "rabbitmq-reject-dlx" "rabbitmq-dead-letter-transient"
            "rabbitmq-dead-letter-persistent" "rabbitmq-poison" "rabbitmq-delivery-limit"
            "rabbitmq-nack-not-counted" "rabbitmq-requeue-back" "rabbitmq-requeue-front"
            "rabbitmq-attempts-reject" "rabbitmq-attempts-republish"
            "rabbitmq-consumer-timeout" "rabbitmq-consumer-timeout-raised"
            "rabbitmq-two-consumers" "rabbitmq-single-active-consumer"
            "rabbitmq-celery-early-ack" "rabbitmq-celery-acks-late"
            "rabbitmq-outbox-no-confirms" "rabbitmq-outbox-confirms"],
    ),
    (
        "SQS",
        scenarios!["sqs-send-retried" "sqs-duplicate" "sqs-visibility-expires" "sqs-heartbeat"
            "sqs-visibility-90s" "sqs-visibility-540s" "sqs-eta" "sqs-eta-12h"
            "sqs-stale-receipt" "sqs-max-receive-1" "sqs-max-receive-3" "sqs-retention"
            "sqs-batch-whole" "sqs-batch-good-part"],
    ),
    (
        "SQS FIFO",
        scenarios!["sqs-fifo-retry" "sqs-fifo-after-window" "sqs-fifo-content" "sqs-fifo-own-id"
            "sqs-fifo-batch" "sqs-fifo-one-by-one" "sqs-fifo-good-part" "sqs-fifo-first-failure"
            "sqs-fifo-poison" "sqs-fifo-late-delete"
            "sqs-fifo-two-sends" "sqs-fifo-one-send"],
    ),
    (
        "NATS",
        scenarios!["nats-no-subscriber" "nats-stream" "nats-puback-lost" "nats-message-id-retry" "nats-after-window" "nats-work-queue-restart" "nats-limits-restart" "nats-power-loss" "nats-sync-always" "nats-lost-tail" "nats-tail-synced" "nats-ack-none" "nats-ack-explicit" "nats-ack-wait" "nats-in-progress" "nats-ack-sync-crash" "nats-inbox" "nats-poison" "nats-max-deliver" "nats-discard-old" "nats-discard-new" "nats-redelivered-late" "nats-one-at-a-time" "nats-ephemeral" "nats-durable"],
    ),
    (
        "Deduplication",
        scenarios!["dedup-memory" "dedup-memory-crash" "dedup-redis" "dedup-redis-window"
            "dedup-redis-ttl" "dedup-redis-race" "dedup-claim-race" "dedup-claim-lost"
            "dedup-claim-lease" "dedup-claim-overlap" "dedup-in-progress-crash"
            "dedup-in-progress-lease" "dedup-in-progress-overlap" "dedup-in-progress-outlasts"
            "dedup-insert" "dedup-upsert" "dedup-set"],
    ),
    (
        "Transactions",
        scenarios!["inbox-crash-before-commit" "inbox-crash-after-commit" "inbox-reply-lost"
            "inbox-mail" "inbox-pruned" "dual-write" "dual-write-reversed" "outbox-crash"
            "outbox-relay-crash" "outbox-inbox" "outbox-id-skips" "outbox-id-below-xmin"
            "outbox-log-crash" "outbox-log-inbox" "outbox-marked-early" "outbox-marked-each"
            "outbox-two-relays" "outbox-skip-locked" "outbox-lease" "outbox-lease-overtaken"],
    ),
    (
        "Operators",
        scenarios!["kafka-offsets-reset" "kafka-offsets-reset-inbox" "rabbitmq-redrive"
            "rabbitmq-redrive-inbox" "kafka-upgrade" "kafka-upgrade-all" "kafka-add-partition"
            "kafka-add-partition-earliest" "kafka-add-partition-order"],
    ),
    (
        "Tests",
        scenarios!["test-no-loss" "test-no-loss-fails" "test-kill-consumer"
            "test-kill-consumer-fails" "test-sent-twice" "test-sent-twice-kafka"
            "test-sent-twice-fifo"],
    ),
];

/// The groups and their presets, in reading order.
pub(super) static PRESETS: Groups = &[
    ("Any broker", presets!["at-most-once" "at-least-once" "exactly-once"]),
    (
        "Kafka",
        presets!["kafka-default" "kafka-fire-and-forget" "kafka-leader-ack"
            "kafka-not-idempotent" "kafka-idempotent" "kafka-transactional"
            "kafka-consumer-auto-commit" "kafka-consumer-hand-off"
            "kafka-consumer-commit-first" "kafka-consumer-commit-last"
            "kafka-consumer-offset-in-database" "kafka-consume-produce"],
    ),
    (
        "RabbitMQ",
        presets!["rabbitmq-default" "rabbitmq-fast" "rabbitmq-safe"
            "rabbitmq-transient-confirmed" "rabbitmq-quorum-queue"
            "rabbitmq-quorum-dead-letter"],
    ),
    (
        "SQS",
        presets!["sqs-standard" "sqs-standard-dead-letter" "sqs-fifo" "sqs-fifo-content-based"],
    ),
    (
        "NATS",
        presets!["nats-core" "nats-default" "nats-message-id" "nats-replicated" "nats-replicated-synced" "nats-work-queue"],
    ),
    (
        "Consumer techniques",
        presets!["technique-memory-set" "technique-redis-set" "technique-redis-set-mail"
            "technique-claim" "technique-claim-in-progress" "technique-claim-mail"
            "technique-insert" "technique-upsert"
            "technique-upsert-mail" "technique-set" "technique-inbox" "technique-inbox-mail"],
    ),
    ("End to end", presets!["commit-then-send" "send-then-commit" "outbox" "outbox-to-inbox"]),
];
