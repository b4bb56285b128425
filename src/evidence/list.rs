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
        "crash-before-work" "dead-letter" "dedup-claim-lease" "dedup-claim-lost"
        "dedup-insert" "dedup-memory" "dedup-memory-crash" "dedup-redis" "dedup-redis-ttl"
        "dedup-redis-window" "dedup-set" "dedup-upsert" "dual-write" "dual-write-reversed"
        "inbox-crash-after-commit" "inbox-crash-before-commit" "inbox-mail" "inbox-pruned"
        "inbox-reply-lost" "inbox-sent-twice" "message-lost" "nack-requeue" "outbox-crash"
        "outbox-inbox" "outbox-relay-crash" "rabbitmq-auto-ack" "rabbitmq-confirm-lost"
        "rabbitmq-confirms" "rabbitmq-connection-lost" "rabbitmq-dead-letter-persistent"
        "rabbitmq-dead-letter-transient" "rabbitmq-delivery-limit"
        "rabbitmq-fire-and-forget" "rabbitmq-mandatory" "rabbitmq-manual-ack"
        "rabbitmq-nack-not-counted" "rabbitmq-no-confirms" "rabbitmq-persistent"
        "rabbitmq-poison" "rabbitmq-reject" "rabbitmq-reject-dlx" "rabbitmq-transient"
        "rabbitmq-two-consumers" "rabbitmq-unroutable" "retries-exhausted-delivered"
        "retries-exhausted-lost" "retry-after-loss" "sync-before-ack" "test-kill-consumer"
        "test-kill-consumer-fails" "test-sent-twice";
];

/// Returns all recordings.
///
/// # Panics
/// Never: a test reads all of them, and they are part of the program.
pub fn recordings() -> &'static [Recording] {
    static ALL: OnceLock<Vec<Recording>> = OnceLock::new();
    ALL.get_or_init(|| TEXTS.iter().flat_map(|text| Recording::read(text)).collect())
}
