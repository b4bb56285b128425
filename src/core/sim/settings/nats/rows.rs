//! The settings of NATS, a row each.

use crate::sim::configuration::Configuration;
use crate::sim::settings::field::{Rows, Unset, fields};
use crate::sim::settings::value::{Slot, named};
use crate::sim::settings::{BrokerSettings, ProducerSettings, nats};

const STREAMS: &str = "docs.nats.io, nats-concepts/jetstream/streams";
const CONSUMERS: &str = "docs.nats.io, nats-concepts/jetstream/consumers";
const SYNC: &str = "docs.nats.io, nats-concepts/jetstream, syncing data to disk";
const DEEP: &str = "docs.nats.io, using-nats/jetstream/model_deep_dive";

pub const ROWS: Rows = Rows {
    product: "nats",
    producer: fields! {
        "producer.nats.publish", "jetstream", DEEP,
            "jetstream: wait for the stream's PubAck. core: publish, and wait for nothing.",
            |s| Some(Slot::One(&mut producer(s)?.publish));
        "producer.nats.publish_attempts", "1", "nats.go jetstream/publish.go",
            "Maximum number of times the application publishes a message without a PubAck. The Go \
             client retries only if no server takes the subject.",
            |s| Some(Slot::Small(&mut producer(s)?.publish_attempts, 1, 5));
        "producer.nats.PublishAsyncMaxPending", "1", "nats.go jetstream/publish.go",
            "Maximum number of publishes without a PubAck. 1 waits for each (Publish).",
            |s| Some(Slot::Small(&mut producer(s)?.max_pending, 1, 128));
        "producer.nats.Nats-Msg-Id", "none", DEEP,
            "The header by which a stream deduplicates: one ID for all attempts of a message, a \
             new one per attempt, or none.",
            |s| Some(Slot::One(&mut producer(s)?.msg_id));
        "producer.nats.id_from", "unset", DEEP,
            "What the ID of each message is made from; all different if not set.",
            |s| Some(Slot::Names(&mut producer(s)?.id_from)),
            unset = Some(Unset { means: |_| "all different", former: "none", by_hand: true }),
            circumstance = true;
    },
    broker: fields! {
        "broker.nats.stream", "true", STREAMS,
            "A stream stores what is published. Without one, a message goes only to those who are \
             subscribed at that moment: core NATS.",
            |s| Some(Slot::One(&mut broker(s)?.stream));
        "broker.nats.retention", "limits", STREAMS,
            "limits: until a limit is reached. workqueue: until a consumer acknowledges it. \
             interest: the same, and a message is not kept while there is no consumer.",
            |s| Some(Slot::One(&mut broker(s)?.retention));
        "broker.nats.storage", "file", STREAMS,
            "memory: lost when the process of the server ends.",
            |s| Some(Slot::One(&mut broker(s)?.storage));
        "broker.nats.num_replicas", "1", STREAMS,
            "Servers that keep the stream. The PubAck follows once a majority has the message.",
            |s| Some(Slot::Small(&mut broker(s)?.replicas, 1, 3));
        "broker.nats.sync_interval", "2m", SYNC,
            "2m: written to the operating system before the PubAck, synced to disk every two \
             minutes. always: synced before the PubAck.",
            |s| Some(Slot::One(&mut broker(s)?.sync_interval));
        "broker.nats.persist_mode", "default", "nats-server stream.go",
            "async: the PubAck may precede the write to the operating system (since 2.12).",
            |s| Some(Slot::One(&mut broker(s)?.persist_mode));
        "broker.nats.duplicate_window", "120", DEEP,
            "Seconds for which a stream remembers a Nats-Msg-Id, counted from the first copy.",
            |s| Some(Slot::Number(&mut broker(s)?.duplicate_window, 1, 86_400));
        "broker.nats.max_msgs", "unset", STREAMS,
            "Maximum number of messages in the stream; no limit if not set.",
            |s| Some(Slot::Maybe(&mut broker(s)?.max_msgs, 1, 8)),
            unset = Some(Unset { means: |_| "no limit", former: "none", by_hand: false });
        "broker.nats.discard", "old", STREAMS,
            "At the limit: old deletes the oldest message, read or not; new refuses the publish.",
            |s| Some(Slot::One(&mut broker(s)?.discard));
        "broker.nats.max_age", "0", STREAMS,
            "Seconds after which a message is deleted, read or not; 0 means never.",
            |s| Some(Slot::Number(&mut broker(s)?.max_age, 0, 31_536_000));
    },
    consumer: fields! {
        "consumer.nats.ack_policy", "explicit", CONSUMERS,
            "explicit: each message is acknowledged. all: an ack includes all earlier messages. \
             none: a message counts as acknowledged once it is sent.",
            |s| Some(Slot::One(&mut consumer(s)?.ack_policy));
        "consumer.nats.AckSync", "false", DEEP,
            "Wait until the server confirms the ack (DoubleAck).",
            |s| Some(Slot::One(&mut consumer(s)?.ack_sync));
        "consumer.nats.ack_wait", "30", CONSUMERS,
            "Seconds after which an unacknowledged message is delivered again.",
            |s| Some(Slot::Number(&mut consumer(s)?.ack_wait, 1, 86_400));
        "consumer.nats.max_deliver", "unset", CONSUMERS,
            "Maximum number of deliveries of a message; no limit if not set (-1). After the last one \
             it stays in the stream, and is delivered no more.",
            |s| Some(Slot::Maybe(&mut consumer(s)?.max_deliver, 1, 7)),
            unset = Some(Unset { means: |_| "no limit (-1)", former: "none", by_hand: false });
        "consumer.nats.backoff", "unset", CONSUMERS,
            "How long to wait before each redelivery, in place of ack_wait: 1s,30s,5m. A NAK \
             ignores it.",
            |s| Some(Slot::Names(&mut consumer(s)?.backoff)),
            unset = Some(Unset { means: |_| "ack_wait", former: "none", by_hand: true });
        "consumer.nats.max_ack_pending", "1000", CONSUMERS,
            "Maximum number of unacknowledged messages of all clients of the consumer. 1 keeps \
             their order.",
            |s| Some(Slot::Number(&mut consumer(s)?.max_ack_pending, 1, 1000));
        "consumer.nats.PullMaxMessages", "500", "nats.go jetstream/pull.go",
            "Messages that the client fetches ahead. 1 fetches one at a time (Next).",
            |s| Some(Slot::Number(&mut consumer(s)?.pull_max_messages, 1, 500));
        "consumer.nats.InProgress", "false", CONSUMERS,
            "Keep restarting ack_wait while the handler runs.",
            |s| Some(Slot::One(&mut consumer(s)?.in_progress));
        "consumer.nats.durable", "true", CONSUMERS,
            "The server keeps the consumer's state. Otherwise the consumer is deleted once no \
             client has used it for inactive_threshold.",
            |s| Some(Slot::One(&mut consumer(s)?.durable));
        "consumer.nats.deliver_policy", "all", CONSUMERS,
            "Where a new consumer starts: at the first message, or after the last one.",
            |s| Some(Slot::One(&mut consumer(s)?.deliver_policy));
    },
};

fn producer(config: &mut Configuration) -> Option<&mut nats::Producer> {
    match &mut config.producer {
        ProducerSettings::Nats(own) => Some(own),
        _ => None,
    }
}

fn broker(config: &mut Configuration) -> Option<&mut nats::Broker> {
    match &mut config.broker {
        BrokerSettings::Nats(own) => Some(own),
        _ => None,
    }
}

fn consumer(config: &mut Configuration) -> Option<&mut nats::Consumer> {
    broker(config)?;
    Some(config.consumer.nats.get_or_insert_default())
}

named! {
    nats::Publish { "jetstream" = nats::Publish::Jetstream, "core" = nats::Publish::Core }
    nats::MsgId {
        "none" = nats::MsgId::None,
        "per-message" = nats::MsgId::PerMessage,
        "per-attempt" = nats::MsgId::PerAttempt,
    }
    nats::Retention {
        "limits" = nats::Retention::Limits,
        "workqueue" = nats::Retention::Workqueue,
        "interest" = nats::Retention::Interest,
    }
    nats::Storage { "file" = nats::Storage::File, "memory" = nats::Storage::Memory }
    nats::SyncInterval {
        "2m" = nats::SyncInterval::Default,
        "always" = nats::SyncInterval::Always,
    }
    nats::PersistMode {
        "default" = nats::PersistMode::Default,
        "async" = nats::PersistMode::Async,
    }
    nats::Discard { "old" = nats::Discard::Old, "new" = nats::Discard::New }
    nats::AckPolicy {
        "explicit" = nats::AckPolicy::Explicit,
        "all" = nats::AckPolicy::All,
        "none" = nats::AckPolicy::None,
    }
    nats::DeliverPolicy {
        "all" = nats::DeliverPolicy::All,
        "new" = nats::DeliverPolicy::New,
    }
}
