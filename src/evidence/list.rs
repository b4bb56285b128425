//! The recordings in the repository, compiled into the program for terminals.

use super::Recording;

macro_rules! recordings {
    ($($product:literal: $($id:literal)*;)*) => {
        &[$($(($id, include_str!(concat!(
            "../../tests/truth/recordings/", $product, "/", $id, ".jsonl"
        )))),*),*]
    };
}

/// All recordings, by product, each with its name: the ID of the scenario, and a number if there
/// are several of it.
const TEXTS: &[(&str, &str)] = recordings![
    "elasticmq":
        "dedup-claim-overlap" "dedup-claim-race" "dedup-in-progress-crash" "dedup-in-progress-lease"
        "dedup-in-progress-outlasts" "dedup-in-progress-overlap" "dedup-redis-race"
        "sqs-batch-good-part" "sqs-batch-whole" "sqs-eta" "sqs-eta-12h" "sqs-fifo-batch"
        "sqs-fifo-content" "sqs-fifo-first-failure" "sqs-fifo-good-part" "sqs-fifo-late-delete"
        "sqs-fifo-one-by-one" "sqs-fifo-one-send" "sqs-fifo-own-id" "sqs-fifo-poison"
        "sqs-fifo-retry" "sqs-fifo-two-sends" "sqs-heartbeat" "sqs-max-receive-1"
        "sqs-max-receive-3" "sqs-send-retried" "sqs-stale-receipt" "sqs-visibility-540s"
        "sqs-visibility-90s" "sqs-visibility-expires" "test-sent-twice-fifo";
    "kafka":
        "kafka-acks-0" "kafka-acks-1" "kafka-acks-all" "kafka-add-partition"
        "kafka-add-partition+1" "kafka-add-partition-earliest" "kafka-add-partition-order"
        "kafka-add-partition-order+1" "kafka-attempts-skip" "kafka-auto-commit"
        "kafka-auto-commit-hand-off" "kafka-batch-crash" "kafka-batch-record"
        "kafka-clean-election" "kafka-commit-after-work" "kafka-commit-before-work"
        "kafka-dead-letter-checked" "kafka-dead-letter-topic" "kafka-dead-letter-unchecked"
        "kafka-earliest" "kafka-error-yet-stored" "kafka-first-batch" "kafka-first-batch-alone"
        "kafka-first-batch-twice" "kafka-hung-transaction" "kafka-idempotent-retry"
        "kafka-in-order" "kafka-isolated-leader" "kafka-isolated-leader-all" "kafka-large-batch"
        "kafka-latest" "kafka-leader-moved" "kafka-leader-moved-all" "kafka-not-enough-replicas"
        "kafka-offset-in-database" "kafka-offsets-reset" "kafka-offsets-reset-inbox"
        "kafka-output-uncommitted" "kafka-power-loss" "kafka-producer-fenced"
        "kafka-producer-restart" "kafka-read-uncommitted" "kafka-rebalance" "kafka-reorder"
        "kafka-retention" "kafka-retention-earliest" "kafka-retry-duplicate" "kafka-seek"
        "kafka-smaller-batch" "kafka-stop" "kafka-stop-auto-commit" "kafka-swallowed-error"
        "kafka-transaction-crash" "kafka-transaction-restart" "kafka-two-instances"
        "kafka-unclean-election" "kafka-upgrade" "kafka-upgrade-all" "kafka-zombie-fenced"
        "test-no-loss" "test-no-loss-fails" "test-sent-twice-kafka";
    "ministack":
        "dedup-claim-overlap" "dedup-claim-race" "dedup-in-progress-crash" "dedup-in-progress-lease"
        "dedup-in-progress-outlasts" "dedup-in-progress-overlap" "dedup-redis-race"
        "sqs-batch-good-part" "sqs-batch-whole" "sqs-eta" "sqs-eta-12h" "sqs-fifo-after-window"
        "sqs-fifo-batch" "sqs-fifo-content" "sqs-fifo-first-failure" "sqs-fifo-good-part"
        "sqs-fifo-late-delete" "sqs-fifo-one-by-one" "sqs-fifo-one-send" "sqs-fifo-own-id"
        "sqs-fifo-poison" "sqs-fifo-retry" "sqs-fifo-two-sends" "sqs-heartbeat" "sqs-max-receive-1"
        "sqs-max-receive-3" "sqs-retention" "sqs-send-retried" "sqs-stale-receipt"
        "sqs-visibility-540s" "sqs-visibility-90s" "sqs-visibility-expires" "test-sent-twice-fifo";
    "moto":
        "dedup-claim-overlap" "dedup-claim-race" "dedup-in-progress-crash" "dedup-in-progress-lease"
        "dedup-in-progress-overlap" "dedup-redis-race" "sqs-batch-good-part" "sqs-batch-whole"
        "sqs-eta" "sqs-eta-12h" "sqs-fifo-after-window" "sqs-fifo-batch" "sqs-fifo-good-part"
        "sqs-fifo-late-delete" "sqs-fifo-one-by-one" "sqs-fifo-one-send" "sqs-fifo-own-id"
        "sqs-fifo-poison" "sqs-fifo-two-sends" "sqs-heartbeat" "sqs-max-receive-1"
        "sqs-max-receive-3" "sqs-retention" "sqs-send-retried" "sqs-stale-receipt"
        "sqs-visibility-540s" "sqs-visibility-90s" "sqs-visibility-expires";
    "nats":
        "nats-ack-explicit" "nats-ack-none" "nats-ack-sync-crash" "nats-ack-wait"
        "nats-after-window" "nats-discard-new" "nats-discard-old" "nats-durable" "nats-ephemeral"
        "nats-in-progress" "nats-inbox" "nats-limits-restart" "nats-limits-restart+1"
        "nats-limits-restart+3" "nats-lost-tail" "nats-lost-tail+1" "nats-max-deliver" "nats-message-id-retry"
        "nats-no-subscriber" "nats-one-at-a-time" "nats-poison" "nats-power-loss"
        "nats-power-loss+1" "nats-puback-lost" "nats-redelivered-late" "nats-stream"
        "nats-sync-always" "nats-tail-synced" "nats-work-queue-restart" "nats-work-queue-restart+1"
        "nats-work-queue-restart+2";
    "rabbitmq":
        "ack-lost" "ack-unheard" "auto-ack-crash" "crash-after-work" "crash-before-persist"
        "crash-before-persist+1" "crash-before-work" "dead-letter" "dedup-claim-lease"
        "dedup-claim-lost" "dedup-insert" "dedup-memory" "dedup-memory-crash" "dedup-redis"
        "dedup-redis-ttl" "dedup-redis-window" "dedup-set" "dedup-upsert" "dual-write"
        "dual-write-reversed" "inbox-crash-after-commit" "inbox-crash-before-commit" "inbox-mail"
        "inbox-pruned" "inbox-reply-lost" "inbox-sent-twice" "message-lost" "nack-requeue"
        "outbox-crash" "outbox-id-below-xmin" "outbox-id-skips" "outbox-id-skips+1" "outbox-inbox"
        "outbox-log-crash" "outbox-log-inbox" "outbox-marked-each" "outbox-marked-early"
        "outbox-relay-crash" "rabbitmq-attempts-reject" "rabbitmq-attempts-republish"
        "rabbitmq-auto-ack" "rabbitmq-confirm-lost" "rabbitmq-confirms" "rabbitmq-connection-lost"
        "rabbitmq-consumer-timeout" "rabbitmq-consumer-timeout-raised"
        "rabbitmq-dead-letter-persistent" "rabbitmq-dead-letter-persistent+2"
        "rabbitmq-dead-letter-persistent+3" "rabbitmq-dead-letter-transient"
        "rabbitmq-delivery-limit" "rabbitmq-fire-and-forget" "rabbitmq-mandatory"
        "rabbitmq-manual-ack" "rabbitmq-nack-not-counted" "rabbitmq-no-confirms"
        "rabbitmq-outbox-confirms" "rabbitmq-outbox-no-confirms" "rabbitmq-persistent"
        "rabbitmq-persistent+1" "rabbitmq-poison" "rabbitmq-power-loss" "rabbitmq-power-loss+1"
        "rabbitmq-power-loss+2" "rabbitmq-quorum" "rabbitmq-quorum+1" "rabbitmq-redrive"
        "rabbitmq-redrive-inbox" "rabbitmq-reject" "rabbitmq-reject-dlx" "rabbitmq-requeue-front"
        "rabbitmq-single-active-consumer" "rabbitmq-transient" "rabbitmq-transient+1"
        "rabbitmq-two-consumers" "rabbitmq-unroutable" "replicate-before-ack"
        "replicate-before-ack+1" "retries-exhausted-delivered" "retries-exhausted-lost"
        "retry-after-loss" "sync-before-ack" "sync-before-ack+1" "test-kill-consumer"
        "test-kill-consumer-fails" "test-sent-twice";
];

/// Returns all recordings. A test reads each of them, so none is left out.
pub fn recordings() -> Vec<Recording> {
    TEXTS.iter().flat_map(|(_, text)| Recording::read(text)).collect()
}

/// Returns the recordings of a scenario; that of the run that the catalogue shows comes first.
pub fn recordings_of(scenario: &str) -> Vec<Recording> {
    let own = TEXTS.iter().filter(|(name, _)| name.split('+').next() == Some(scenario));
    own.flat_map(|(_, text)| Recording::read(text)).collect()
}
