//! NATS: a JetStream stream with a consumer, or core NATS.

mod assumptions;

use super::{
    Add, Advice, Answer, Changes, Fetch, LossHint, Product, Protection, Settlement, Summary, Terms,
    Timing, generic, longer_timeout,
};
use crate::sim::settings::{BatchAck, BrokerSettings, ProducerSettings, nats};
use crate::sim::{Configuration, Op};
use assumptions::{ASSUMPTIONS, streams};

pub(super) const PRODUCT: Product = Product {
    key: "nats",
    name: "NATS",
    terms: TERMS,
    summary: Summary {
        producer: |s| producer(s).map(summary).unwrap_or_default(),
        broker: |s| broker(s).map(broker_summary).unwrap_or_default(),
        receiving,
        ..generic::PRODUCT.summary
    },
    changes: Changes {
        producer: |_, add| change_producer(add),
        broker: change_broker,
        consumer: change_consumer,
        programs: &[],
    },
    assumptions: ASSUMPTIONS,
    hints: &[
        LossHint {
            label: "All IDs differ here: of two messages with the same Nats-Msg-Id, the stream drops \
                    the second, and reports success.",
            with: ("id_from", "same,same"),
            applies: |s| {
                let config = s.setup.configuration();
                let by_id = |p: &nats::Producer| {
                    p.msg_id == nats::MsgId::PerMessage && p.id_from.is_empty()
                };
                config.messages == 2 && streams(s) && producer(config).is_some_and(by_id)
            },
        },
        LossHint {
            label: "Nothing limits the stream here: at max_msgs it deletes the oldest message, read \
                    or not.",
            with: ("max_msgs", "1"),
            applies: |s| {
                let config = s.setup.configuration();
                let old =
                    |b: &nats::Broker| b.max_msgs.is_none() && b.discard == nats::Discard::Old;
                config.messages == 2 && streams(s) && broker(config).is_some_and(old)
            },
        },
    ],
    one_at_a_time: Some((
        "Each publish waits for its PubAck: a retried message cannot be overtaken by a later one.",
        ("PublishAsyncMaxPending", "2"),
    )),
    protection: Protection {
        copies: |s| broker(s).map_or(1, |b| b.replicas),
        acknowledged_copies: |s| {
            let waits = producer(s).is_some_and(|p| p.publish == nats::Publish::Jetstream);
            broker(s).filter(|b| b.stream && waits).map_or(0, |b| b.replicas / 2 + 1)
        },
        clean_elections: |s| {
            broker(s).is_some_and(|b| b.sync_interval == nats::SyncInterval::Always)
        },
    },
    timing: Timing {
        settles_by_request: |setup| setup.stream().is_some_and(|stream| stream.ack_sync),
        fetch: |setup| match setup.stream() {
            Some(stream) if stream.fetches == 1 => Fetch::Request(1),
            _ => Fetch::Prefetched,
        },
        redelivery_s: |s| {
            let own = s.consumer.nats.clone().unwrap_or_default();
            let first = own.backoff.first().and_then(|text| nats::seconds(text));
            Some(first.unwrap_or(own.ack_wait))
        },
        retention_s: |s| broker(s).map(|b| b.max_age).filter(|&age| age > 0),
        dedup_window_s: |s| broker(s).map(|b| b.duplicate_window),
        forgets_settlements: |setup| {
            setup.stream().is_some_and(|stream| stream.stream && !stream.auto_ack)
        },
        // PingInterval times MaxPingsOut, and inactive_threshold: the defaults.
        reconnect_s: |_| Some(240),
        inactive_s: |_| Some(5),
        operations: &[],
        ..generic::TIMING
    },
    advice: Advice {
        sending: |s| {
            let by_id = producer(s)?.msg_id == nats::MsgId::PerMessage;
            (by_id && broker(s)?.stream).then_some(
                "Use the same Nats-Msg-Id for each attempt, and make no attempt later than \
                 duplicate_window after the first.",
            )
        },
        consuming: None,
        order_by_key: "Put the ordering key into the subject, with a consumer of its own for each \
                       partition of the subjects.",
        total_order: "Use one consumer with max_ack_pending=1.",
        poison: |s| {
            let limited = s.consumer.nats.as_ref().is_some_and(|own| own.max_deliver.is_some());
            Some(match limited {
                true => {
                    "Watch the advisories MAX_DELIVERIES: after the last delivery a message stays in \
                     the stream, and no consumer gets it."
                }
                false => {
                    "Set max_deliver, and watch the advisories MAX_DELIVERIES: without it a poison \
                     message is redelivered forever, and NATS has no dead-letter queue."
                }
            })
        },
    },
    explicit_ack: &[("ack_policy", "explicit")],
    redelivers: |setup| setup.stream().is_some_and(|stream| !stream.auto_ack),
    times_out: |setup| setup.stream().is_some_and(|s| !s.auto_ack && !s.in_progress),
    keeps_dead_letters: |_| false,
    extends_timeout: |setup| setup.stream().is_some_and(|s| !s.auto_ack && s.in_progress),
    stored_twice: |setup| match setup.stream() {
        Some(stream) if stream.ids => "the stream no longer knows the Nats-Msg-Id",
        _ => "without a Nats-Msg-Id per message, the stream stores each attempt",
    },
    outlast: |config, add| {
        let Some(ms) = longer_timeout(config) else { return };
        let wait = ms.div_ceil(1000);
        add(&format!("ack_wait={wait}"), &|s| {
            let own = s.consumer.nats.get_or_insert_default();
            own.ack_wait = wait;
            own.backoff.clear();
        });
    },
};

const TERMS: Terms = Terms {
    broker: Some("NATS"),
    store: |setup| match setup.stream() {
        Some(stream) if stream.stream => "stream",
        _ => "subject",
    },
    answer: Answer {
        noun: "PubAck",
        lost: "PubAck of ",
        verb: "acknowledges",
        in_flight: "PubAck of",
    },
    settlement: Settlement { fault: "ack of", ..generic::TERMS.settlement },
    stores: [
        "{at} appends it to the stream, in memory.",
        "{at} appends it to the stream, in memory: copy {n} of {m}.",
    ],
    replica: |setup| match setup.stream() {
        Some(stream) if stream.files && stream.syncs => "replica on disk",
        Some(stream) if stream.files => "replica written",
        _ => "replica in memory",
    },
    syncs_itself: |_| true,
    all_vanished: "stream lost",
    removes: "{at} records that {m} is acknowledged.",
    deduplicates: "duplicate Nats-Msg-Id: {at} drops the copy.",
    ignores: "{at} ignores it.",
    requeues: [
        "{at} queues {m} for redelivery at once.",
        "no answer within ack_wait: {at} queues {m} for redelivery.",
    ],
    requeued: "{m} to be redelivered",
    nack_arrows: ["NAK {m}", "TERM {m}"],
    nack: "NAK",
    nacks: [
        "{from} answers {m} with NAK: deliver it again.",
        "{from} answers {m} with TERM: do not deliver it again.",
    ],
    ack_call: ["AckSync {m}", "acknowledges {m}, and waits until the server confirms that"],
    extends: ["in progress: {m}", "ack_wait restarts"],
    drops: [
        "{at} drops {m}: no consumer has received it.",
        "{at} delivers {m} no more after delivery {n}.",
    ],
    dropped: ["{m} dropped", "{m} given up"],
    windows: ["the duplicate window", "max_age"],
    membership: [
        ["creates JetStream consumer", "{at} creates its JetStream consumer."],
        [
            "consumer deleted",
            "no client has used the consumer for inactive_threshold: it is deleted.",
        ],
    ],
    peers: "the other servers",
    busy: "no response from the leader",
    error: "an error",
    error_label: Some("{m} error"),
    ..generic::TERMS
};

fn producer(config: &Configuration) -> Option<&nats::Producer> {
    match &config.producer {
        ProducerSettings::Nats(producer) => Some(producer),
        _ => None,
    }
}

fn broker(config: &Configuration) -> Option<&nats::Broker> {
    match &config.broker {
        BrokerSettings::Nats(broker) => Some(broker),
        _ => None,
    }
}

fn summary(producer: &nats::Producer) -> String {
    let mut parts = vec![match producer.publish {
        nats::Publish::Jetstream => "waits for PubAck".to_owned(),
        nats::Publish::Core => "core publish, no PubAck".into(),
    }];
    match producer.msg_id {
        nats::MsgId::None => {}
        nats::MsgId::PerMessage => parts.push("Nats-Msg-Id".into()),
        nats::MsgId::PerAttempt => parts.push("Nats-Msg-Id per attempt".into()),
    }
    if producer.publish_attempts > 1 {
        parts.push(format!("publishes up to {} times", producer.publish_attempts));
    }
    parts.join(", ")
}

fn broker_summary(broker: &nats::Broker) -> String {
    if !broker.stream {
        return "core, no stream".into();
    }
    let mut parts = vec![match broker.retention {
        nats::Retention::Limits => "stream by limits",
        nats::Retention::Workqueue => "work queue",
        nats::Retention::Interest => "stream by interest",
    }];
    let replicas = format!("R{}", broker.replicas);
    parts.push(&replicas);
    if broker.storage == nats::Storage::Memory {
        parts.push("memory");
    }
    if broker.sync_interval == nats::SyncInterval::Always {
        parts.push("sync_interval=always");
    }
    if broker.persist_mode == nats::PersistMode::Async {
        parts.push("persist_mode=async");
    }
    let limit = broker.max_msgs.map(|most| format!("max_msgs={most}"));
    parts.extend(limit.as_deref());
    if broker.max_msgs.is_some() && broker.discard == nats::Discard::New {
        parts.push("discard=new");
    }
    parts.join(", ")
}

fn receiving(config: &Configuration) -> Vec<String> {
    let own = config.consumer.nats.clone().unwrap_or_default();
    let mut parts = Vec::new();
    if !own.durable {
        parts.push("ephemeral".into());
    }
    match own.ack_policy {
        nats::AckPolicy::Explicit => {}
        nats::AckPolicy::All => parts.push("ack_policy=all".into()),
        nats::AckPolicy::None => parts.push("ack_policy=none".into()),
    }
    if own.ack_sync {
        parts.push("AckSync".into());
    }
    if let Some(most) = own.max_deliver {
        parts.push(format!("max_deliver={most}"));
    }
    if own.max_ack_pending < 1000 {
        parts.push(format!("max_ack_pending={}", own.max_ack_pending));
    }
    if own.in_progress {
        parts.push("InProgress".into());
    }
    if own.deliver_policy == nats::DeliverPolicy::New {
        parts.push("deliver_policy=new".into());
    }
    parts
}

fn change_producer(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut nats::Producer)| {
        add(label, &|s| {
            if let ProducerSettings::Nats(producer) = &mut s.producer {
                change(producer);
            }
        });
    };
    change("JetStream publish", &|p| p.publish = nats::Publish::Jetstream);
    change("JetStream publish, and publish again", &|p| {
        (p.publish, p.publish_attempts) = (nats::Publish::Jetstream, 3);
    });
    change("Nats-Msg-Id per message", &|p| p.msg_id = nats::MsgId::PerMessage);
}

fn change_broker(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut nats::Broker)| {
        add(label, &|s| {
            if let BrokerSettings::Nats(broker) = &mut s.broker {
                change(broker);
            }
        });
    };
    change("a stream", &|b| b.stream = true);
    change("3 replicas", &|b| {
        (b.replicas, b.persist_mode) = (3, nats::PersistMode::Default);
    });
    change("sync_interval=always", &|b| {
        (b.sync_interval, b.storage) = (nats::SyncInterval::Always, nats::Storage::File);
        b.persist_mode = nats::PersistMode::Default;
    });
    change("discard=new", &|b| b.discard = nats::Discard::New);
}

fn change_consumer(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut nats::Consumer)| {
        add(label, &|s| change(s.consumer.nats.get_or_insert_default()));
    };
    change("AckSync", &|own| own.ack_sync = true);
    change("InProgress while working", &|own| own.in_progress = true);
    change("max_ack_pending=1", &|own| own.max_ack_pending = 1);
    change("durable", &|own| own.durable = true);
    add("ack_policy=none", &|s| {
        let own = s.consumer.nats.get_or_insert_default();
        (own.ack_policy, own.ack_sync) = (nats::AckPolicy::None, false);
        s.consumer.program.retain(|op| *op != Op::Ack);
    });
    let acks = [
        ("acknowledge what comes before the first failure", BatchAck::UpToFirstFailure),
        ("acknowledge each message once it is handled", BatchAck::Each),
    ];
    generic::batch_acks(add, &acks);
}
