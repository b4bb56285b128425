//! What stands for a scenario's settings on NATS. Durations are scaled down, and their order is kept.

use crate::message_ids::MessageIds;
use ackward::sim::settings::nats::{AckPolicy, DeliverPolicy, Discard, Retention, Storage};
use ackward::sim::settings::nats::{Broker, Consumer, MsgId, PersistMode, Publish, SyncInterval};
use ackward::sim::settings::{BrokerSettings, ProducerSettings};
use ackward::sim::{FaultKind, Scenario};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What takes a second in the scenario takes this many milliseconds here.
const SECOND_MS: u32 = 100;

/// A stream with its consumer, as the actors know it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stream {
    pub name: String,
    /// The name of the consumer.
    pub consumer: String,
    /// The settings of the consumer, if the application creates it.
    pub creates: Option<Value>,
    /// Consumers wait for the confirmation of each acknowledgment.
    pub ack_sync: bool,
    /// The most messages of a pull.
    pub batch: u32,
    /// How often a handler says that it is still at work, in milliseconds.
    pub in_progress_ms: Option<u32>,
    /// Publishers ask for a PubAck.
    pub acknowledges: bool,
    pub ids: MessageIds,
}

/// Returns how many milliseconds something takes here that takes so many seconds in the scenario.
pub fn scaled(seconds: u32) -> u32 {
    seconds * SECOND_MS
}

/// Returns the settings of a scenario, if its broker is NATS.
pub fn of(scenario: &Scenario) -> Option<(&Broker, Consumer)> {
    match &scenario.configuration.broker {
        BrokerSettings::Nats(broker) => {
            Some((broker, scenario.configuration.consumer.nats.clone().unwrap_or_default()))
        }
        _ => None,
    }
}

fn nanoseconds(seconds: u32) -> Value {
    (u64::from(scaled(seconds)) * 1_000_000).into()
}

/// Returns the configuration of the stream, as the API takes it.
pub fn stream(broker: &Broker, name: &str, subject: &str) -> Value {
    let retention = match broker.retention {
        Retention::Limits => "limits",
        Retention::Workqueue => "workqueue",
        Retention::Interest => "interest",
    };
    let storage = match broker.storage {
        Storage::File => "file",
        Storage::Memory => "memory",
    };
    let discard = match broker.discard {
        Discard::Old => "old",
        Discard::New => "new",
    };
    let mut all = json!({
        "name": name,
        "subjects": [subject],
        "retention": retention,
        "storage": storage,
        "discard": discard,
        "num_replicas": broker.replicas,
        "max_msgs": broker.max_msgs.map_or(-1, i64::from),
        "max_age": nanoseconds(broker.max_age),
        "duplicate_window": nanoseconds(broker.duplicate_window),
    });
    if broker.persist_mode == PersistMode::Async {
        all["persist_mode"] = "async".into();
    }
    all
}

/// Returns the configuration of the consumer, as the API takes it.
pub fn consumer(own: &Consumer, name: &str) -> Value {
    let (ack, none) = match own.ack_policy {
        AckPolicy::Explicit => ("explicit", false),
        AckPolicy::All => ("all", false),
        AckPolicy::None => ("none", true),
    };
    let deliver = match own.deliver_policy {
        DeliverPolicy::All => "all",
        DeliverPolicy::New => "new",
    };
    let mut all = json!({
        "name": name,
        "ack_policy": ack,
        "deliver_policy": deliver,
        "replay_policy": "instant",
        "max_deliver": own.max_deliver.map_or(-1, i64::from),
    });
    if own.durable {
        all["durable_name"] = name.into();
    }
    if !none {
        all["ack_wait"] = nanoseconds(own.ack_wait);
        all["max_ack_pending"] = own.max_ack_pending.into();
    }
    all
}

/// Returns what actors have to know of the stream, if there is one.
pub fn for_actors(scenario: &Scenario, name: &str, consumer_name: &str) -> Option<Stream> {
    let (_, own) = of(scenario).filter(|(broker, _)| broker.stream)?;
    let producer = match &scenario.configuration.producer {
        ProducerSettings::Nats(producer) => producer,
        _ => return None,
    };
    Some(Stream {
        name: name.into(),
        consumer: consumer_name.into(),
        creates: (!own.durable).then(|| consumer(&own, consumer_name)),
        ack_sync: own.ack_sync,
        batch: own.pull_max_messages,
        // As the documentation advises: well before `ack_wait` is over.
        in_progress_ms: own.in_progress.then(|| scaled(own.ack_wait) / 3),
        acknowledges: producer.publish == Publish::Jetstream,
        ids: match producer.msg_id {
            MsgId::None => MessageIds::None,
            MsgId::PerMessage => MessageIds::PerMessage,
            MsgId::PerAttempt => MessageIds::PerAttempt,
        },
    })
}

/// Returns how long a slow handler takes: longer than the server waits for an answer.
pub fn slow_handler_ms(own: &Consumer) -> u32 {
    2 * scaled(own.ack_wait)
}

/// Returns true if the server syncs each write.
pub fn syncs_always(broker: &Broker) -> bool {
    broker.sync_interval == SyncInterval::Always
}

/// Returns true if the disks of the servers can lose power.
pub fn is_powered(scenario: &Scenario) -> bool {
    scenario.faults.iter().any(|fault| matches!(fault.kind, FaultKind::PowerLoss(_)))
}

/// Describes the settings for the head of a recording.
pub fn describe(scenario: &Scenario) -> Map<String, Value> {
    let Some((broker, own)) = of(scenario) else { return Map::new() };
    let mut all = Map::new();
    let mut add = |key: &str, value: Value| drop(all.insert(key.to_owned(), value));
    add("servers", broker.replicas.into());
    if !broker.stream {
        return all;
    }
    add("sync_interval", if syncs_always(broker) { "always" } else { "2m" }.into());
    add("stream", stream(broker, "SHOP", "orders"));
    add("consumer", consumer(&own, "billing"));
    if let Some(stream) = for_actors(scenario, "SHOP", "billing") {
        add("batch", stream.batch.into());
        add("ack_sync", stream.ack_sync.into());
        if let Some(ms) = stream.in_progress_ms {
            add("in_progress_ms", ms.into());
        }
    }
    let has = |is: &dyn Fn(&FaultKind) -> bool| scenario.faults.iter().any(|f| is(&f.kind));
    let slow = has(&|kind| matches!(kind, FaultKind::Slow(_)));
    if slow && !has(&|kind| matches!(kind, FaultKind::Resume(_))) {
        add("slow_handler_ms", slow_handler_ms(&own).into());
    }
    if scenario.configuration.consumer.count > 1 {
        add("subscribed", "one consumer after the other, before the first message".into());
    }
    all
}
