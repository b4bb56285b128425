//! The recordings in the repository, compiled into the programs that show them.

use super::Recording;
use std::sync::OnceLock;

macro_rules! recordings {
    ($($product:literal: $($id:literal)*;)*) => {
        &[$($(include_str!(concat!(
            "../../tests/truth/recordings/", $product, "/", $id, ".jsonl"
        ))),*),*]
    };
}

/// All recordings, by product.
const TEXTS: &[&str] = recordings![
    "rabbitmq":
        "ack-lost" "ack-unheard" "auto-ack-crash" "crash-after-work" "crash-before-persist"
        "crash-before-persist+1" "crash-before-work" "dead-letter" "dedup-claim-lease"
        "dedup-claim-lost" "dedup-insert" "dedup-memory" "dedup-memory-crash" "dedup-redis"
        "dedup-redis-ttl" "dedup-redis-window" "dedup-set" "dedup-upsert" "dual-write"
        "dual-write-reversed" "inbox-crash-after-commit" "inbox-crash-before-commit"
        "inbox-mail" "inbox-pruned" "inbox-reply-lost" "inbox-sent-twice" "message-lost"
        "nack-requeue" "outbox-crash" "outbox-inbox" "outbox-relay-crash"
        "rabbitmq-auto-ack" "rabbitmq-confirm-lost" "rabbitmq-confirms"
        "rabbitmq-connection-lost" "rabbitmq-dead-letter-persistent"
        "rabbitmq-dead-letter-persistent+2" "rabbitmq-dead-letter-persistent+3"
        "rabbitmq-dead-letter-transient" "rabbitmq-delivery-limit"
        "rabbitmq-fire-and-forget" "rabbitmq-mandatory" "rabbitmq-manual-ack"
        "rabbitmq-nack-not-counted" "rabbitmq-no-confirms" "rabbitmq-persistent"
        "rabbitmq-persistent+1" "rabbitmq-poison" "rabbitmq-power-loss"
        "rabbitmq-power-loss+1" "rabbitmq-power-loss+2" "rabbitmq-quorum"
        "rabbitmq-quorum+1" "rabbitmq-reject" "rabbitmq-reject-dlx" "rabbitmq-transient"
        "rabbitmq-transient+1" "rabbitmq-two-consumers" "rabbitmq-unroutable"
        "replicate-before-ack" "replicate-before-ack+1" "retries-exhausted-delivered"
        "retries-exhausted-lost" "retry-after-loss" "sync-before-ack" "sync-before-ack+1"
        "test-kill-consumer" "test-kill-consumer-fails" "test-sent-twice";
];

/// Returns all recordings.
///
/// # Panics
/// Never: a test reads all of them, and they are part of the program.
pub fn recordings() -> &'static [Recording] {
    static ALL: OnceLock<Vec<Recording>> = OnceLock::new();
    ALL.get_or_init(|| TEXTS.iter().flat_map(|text| Recording::read(text)).collect())
}
