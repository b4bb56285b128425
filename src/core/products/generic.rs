//! The generic queue: no particular product, and what the others have in common with it.

use super::{
    Add, Advice, Answer, Assumptions, Changes, Fetch, Product, Protection, Settlement, Summary,
    Terms, Timing, longer_timeout,
};
use crate::sim::settings::generic::{Acknowledge, GenericBroker, Retry};
use crate::sim::settings::{Backoff, BatchAck, BrokerSettings, OnRestart, ProducerSettings};
use crate::sim::{Class, Configuration, DeadLetters, Op, duration};

pub(super) const PRODUCT: Product = Product {
    key: "generic",
    name: "Broker",
    terms: TERMS,
    summary: Summary {
        producer: |s| match &s.producer {
            ProducerSettings::Retry(retry) => retries(retry),
            _ => "fire and forget".into(),
        },
        broker: |s| broker(s).map(summary).unwrap_or_default(),
        positions: |_| Vec::new(),
        receiving: |_| Vec::new(),
    },
    changes: Changes {
        producer: change_producer,
        broker: change_broker,
        consumer: |_| {},
        programs: &[],
    },
    assumptions: ASSUMPTIONS,
    hints: &[],
    one_at_a_time: Some((
        "One send is in flight at a time: a retried message cannot be overtaken.",
        ("in_flight", "2"),
    )),
    protection: Protection {
        copies: |s| broker(s).map_or(1, |b| b.replicas),
        acknowledged_copies: |s| match (&s.producer, broker(s).map(|b| b.acknowledge)) {
            (ProducerSettings::FireAndForget, _) => 0,
            (_, Some(Acknowledge::AfterReplication(n))) => n,
            _ => 1,
        },
        clean_elections: |_| true,
    },
    timing: TIMING,
    advice: Advice {
        sending: |_| None,
        consuming: None,
        order_by_key: "Shard the keys over several queues, each with one consumer.",
        total_order: "Use one queue with one consumer.",
        poison: |_| Some("Plan for poison messages: set a maximum number of deliveries."),
    },
    outlast: |config, add| {
        let Some(ms) = longer_timeout(config) else { return };
        add(&format!("consumer_timeout_ms={ms}"), &|s| {
            if let BrokerSettings::Generic(broker) = &mut s.broker {
                broker.consumer_timeout_ms = ms;
            }
        });
    },
    explicit_ack: &[],
    redelivers: |setup| setup.queue().is_none_or(|queue| queue.redelivery),
    times_out: |setup| setup.queue().is_none_or(|queue| queue.times_out && queue.redelivery),
    keeps_dead_letters: |setup| {
        setup.queue().is_some_and(|queue| queue.dead_letters != DeadLetters::Discarded)
    },
    extends_timeout: |_| false,
    stored_twice: |_| "the broker cannot tell a second attempt from a new message",
};

pub(super) const TERMS: Terms = Terms {
    broker: None,
    store: |_| "queue",
    answer: Answer {
        noun: "ack",
        lost: "ack ",
        verb: "acknowledges",
        in_flight: "broker's ack of",
    },
    settlement: Settlement {
        noun: "ack",
        arrow: "ack {m}",
        lost: "ack ",
        subject: "the ack of",
        fault: "consumer's ack of",
        in_flight: "consumer's ack of",
        sends: "{from} acknowledges {m} to {to}.",
        next: "about to ack",
        order: ["ack before work", "work, then ack"],
        never: "never acks",
        missing: "it was not acknowledged, and nothing else remembers the work",
    },
    delivery: ["delivery", "deliveries"],
    delivers: ["{from} delivers {m} to {to}.", "{from} delivers {m} to {to} again: delivery {n}."],
    stores: ["{at} stores it in memory.", "{at} stores it in memory: copy {n} of {m}."],
    stored: "in memory",
    stored_on_several: false,
    replica: |setup| match setup.queue() {
        Some(queue) if queue.synced_copies => "replica on disk",
        _ => "replica in memory",
    },
    syncs_itself: |setup| !setup.broker.has(Op::Write),
    vanishes: "{at} has lost {m}.",
    vanished: "{m} lost here",
    all_vanished: "queue lost",
    removes: "{at} removes it from the queue.",
    deduplicates: "duplicate: {at} drops the copy.",
    ignores: "{at} ignores it: the delivery is no longer outstanding.",
    requeues: ["{at} requeues it.", "the delivery is considered failed: {m} is requeued."],
    requeued: "{m} back in the queue",
    nack_arrows: ["nack {m}, requeue", "nack {m}"],
    nack: "nack",
    nacks: ["{from} nacks {m} with requeue.", "{from} nacks {m} without requeue."],
    ack_call: ["commit offset ({m})", "commits the offset past {m}"],
    extends: ["extend visibility of {m}", "visibility extended"],
    drops: [
        "{at} discards {m}, which no consumer has received.",
        "{at} discards {m} after delivery {n}.",
    ],
    dropped: ["{m} discarded"; 2],
    windows: ["the five-minute deduplication window", "the retention period of the queue"],
    membership: [
        ["partition assigned", "the partition is assigned to {at}."],
        ["evicted from group", "the group evicts {at}: its timeout has expired."],
    ],
    peers: "the controller and the other brokers",
    commits_position: |_| "the group's committed offset is past {m} now.",
    busy: "transient error",
    error: "MessageDeliveryError",
    error_label: None,
};

pub(super) const TIMING: Timing = Timing {
    hosted: false,
    settles_by_request: |_| false,
    batches: |_| false,
    one_reader: |_| false,
    fetch: |setup| match setup.queue() {
        Some(queue) if queue.prefetch == 1 && queue.redelivery => Fetch::AfterAck,
        _ => Fetch::Prefetched,
    },
    forgets_settlements: |_| false,
    redelivery_s: |_| None,
    retention_s: |_| None,
    dedup_window_s: |_| None,
    reconnect_s: |_| None,
    inactive_s: |_| None,
    limit: |_| None,
    operations: &["consumer_timeout", "heartbeat"],
};

const ASSUMPTIONS: Assumptions = Assumptions {
    version: |_| "a queue of no particular product",
    versions: &[],
    rows: &[
        (|s| s.tries(Class::Operator), "One FIFO queue that is never full."),
        (|s| !s.tries(Class::Operator), "One FIFO queue that is never purged and never full."),
        (
            |s| s.sends_one_by_one(),
            "The producer waits for each acknowledgment before it sends the next message \
             (in_flight=1).",
        ),
        (|s| !s.setup.waits(), "Messages stay in order on their way to the broker."),
        (
            |s| s.tries(Class::Crash) || s.tries(Class::Power),
            "The broker immediately persists that a message was acknowledged.",
        ),
        (
            |s| s.tries_delays(),
            "A slow handler or a pause exceeds the broker's timeout; everything else stays within \
             it.",
        ),
        (|s| !s.tries_delays(), "Every handler finishes within the broker's timeout."),
    ],
};

fn broker(config: &Configuration) -> Option<&GenericBroker> {
    match &config.broker {
        BrokerSettings::Generic(broker) => Some(broker),
        _ => None,
    }
}

fn retries(retry: &Retry) -> String {
    let backoff = match retry.backoff {
        _ if retry.attempts == 1 => return "waits for ack, no retry".into(),
        Backoff::Fixed { delay_ms } => duration(delay_ms),
        Backoff::Exponential { first_ms, max_ms } => {
            format!("{} doubling to {}", duration(first_ms), duration(max_ms))
        }
    };
    format!("{} attempts, backoff {backoff}", retry.attempts)
}

fn summary(broker: &GenericBroker) -> String {
    let mut what = match broker.acknowledge {
        Acknowledge::BeforePersist => "ack before fsync".to_owned(),
        Acknowledge::AfterSync => "fsync before ack".into(),
        Acknowledge::AfterReplication(n) => {
            format!("replicate to {n} of {} before ack", broker.replicas)
        }
    };
    if !broker.redelivery {
        what += ", no redelivery";
    }
    if let Some(most) = broker.max_deliveries {
        what += &format!(", at most {most} deliveries");
    }
    if broker.dead_letter_queue {
        what += ", dead-letter queue";
    }
    what
}

fn change_producer(config: &Configuration, add: &mut Add) {
    match &config.producer {
        ProducerSettings::Retry(retry) => {
            for attempts in [1, 3] {
                let label = if attempts == 1 { "no retries (1 attempt)" } else { "3 attempts" };
                if retry.attempts != attempts {
                    add(label, &|s| {
                        if let ProducerSettings::Retry(retry) = &mut s.producer {
                            retry.attempts = attempts;
                        }
                    });
                }
            }
        }
        _ => add("wait for the ack, 3 attempts", &|s| {
            s.producer = ProducerSettings::Retry(Retry {
                timeout_ms: 5000,
                attempts: 3,
                backoff: Backoff::Fixed { delay_ms: 100 },
                on_restart: OnRestart::Resend,
                in_flight: 1,
            });
        }),
    }
}

/// Adds other acknowledgments to a consumer that acknowledges batches.
pub(super) fn batch_acks(add: &mut Add, acks: &[(&str, BatchAck)]) {
    for &(label, ack) in acks {
        add(label, &|s| {
            if s.broker.batching(&s.consumer).is_some() {
                s.consumer.batch_ack = ack;
            }
        });
    }
}

fn change_broker(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut GenericBroker)| {
        add(label, &|s| {
            if let BrokerSettings::Generic(broker) = &mut s.broker {
                change(broker);
            }
        });
    };
    change("fsync before ack", &|b| (b.acknowledge, b.replicas) = (Acknowledge::AfterSync, 1));
    change("replicate to 2 nodes before ack", &|b| {
        (b.acknowledge, b.replicas) = (Acknowledge::AfterReplication(2), 2);
    });
    change("redelivery", &|b| b.redelivery = true);
}
