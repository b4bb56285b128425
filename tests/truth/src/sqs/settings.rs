//! What stands for a scenario's settings on an emulator of SQS. Durations are scaled down, and their
//! order is kept.

use crate::message_ids::MessageIds;
use ackward::sim::settings::sqs::{Broker, Consumer, DeduplicationId, Producer};
use ackward::sim::settings::{BrokerSettings, ProducerSettings};
use ackward::sim::{FaultKind, Scenario, Window};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The shortest of a scenario's durations takes this long: a visibility timeout is of whole seconds,
/// and what is quick has to be done within it.
const SHORTEST_MS: u64 = 2000;

/// The shortest retention period, in seconds.
const RETENTION: u32 = 60;

/// A queue, as the actors know it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Queue {
    pub url: String,
    /// The message group of each message, if the queue is a FIFO queue.
    pub groups: Option<Vec<String>>,
    pub ids: MessageIds,
    /// The body of each message, if the scenario says so.
    pub bodies: Vec<String>,
    /// `MaxNumberOfMessages`.
    pub batch: u8,
    /// The visibility timeout, if a consumer extends it for as long as its handler runs.
    pub extends_s: Option<u64>,
    /// The lease of a claim in Redis, in milliseconds.
    pub lease_ms: Option<u64>,
}

/// The durations of a scenario, as they are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    pub visibility_s: u64,
    /// How long a slow handler takes, if that matters.
    pub slow_ms: Option<u64>,
    pub lease_ms: Option<u64>,
}

/// Returns the settings of a scenario, if its broker is SQS.
pub fn of(scenario: &Scenario) -> Option<(&Broker, &Producer, Consumer)> {
    match (&scenario.configuration.broker, &scenario.configuration.producer) {
        (BrokerSettings::Sqs(broker), ProducerSettings::Sqs(producer)) => Some((
            broker,
            producer,
            scenario.configuration.consumer.sqs.clone().unwrap_or_default(),
        )),
        _ => None,
    }
}

/// Returns the reason why no emulator can play the scenario, if its broker is SQS and none can.
pub fn is_impossible(scenario: &Scenario) -> bool {
    // A server of AWS that missed a delete: an emulator has one.
    scenario.faults.iter().any(|fault| matches!(fault.kind, FaultKind::Reappear))
}

/// Scales the durations of a scenario.
pub fn times(scenario: &Scenario) -> Times {
    let own = &scenario.configuration.consumer;
    let extends = own.sqs.as_ref().is_some_and(|own| own.heartbeat);
    let visibility = match of(scenario) {
        Some((broker, ..)) => u64::from(broker.visibility_timeout) * 1000,
        None => SHORTEST_MS,
    };
    let slow = own.slow_handler_ms.map(|ms| u64::from(ms) + u64::from(own.eta_ms.unwrap_or(0)));
    let lease = own.claim_lease_ms.map(u64::from);
    let shortest = [Some(visibility), slow, lease].into_iter().flatten().min();
    let shortest = shortest.unwrap_or(visibility).max(1);
    let scaled = |ms: u64| (ms * SHORTEST_MS).div_ceil(shortest);
    let visibility_s = scaled(visibility).div_ceil(1000);
    Times {
        visibility_s,
        slow_ms: slow.map(scaled).or(extends.then_some(2 * visibility_s * 1000)),
        lease_ms: lease.map(scaled),
    }
}

/// Returns the attributes of the queue, as the API takes them, without those of its dead letters.
pub fn attributes(scenario: &Scenario, broker: &Broker) -> Map<String, Value> {
    let mut all = Map::new();
    let mut add = |key: &str, value: String| drop(all.insert(key.to_owned(), value.into()));
    add("VisibilityTimeout", times(scenario).visibility_s.to_string());
    if expires(scenario, Window::Retention) {
        add("MessageRetentionPeriod", RETENTION.to_string());
    }
    if broker.fifo {
        add("FifoQueue", "true".into());
        add("ContentBasedDeduplication", broker.content_based_deduplication.to_string());
    }
    all
}

/// Returns true if the window of a message expires in the script.
pub fn expires(scenario: &Scenario, window: Window) -> bool {
    let own = |kind: &FaultKind| matches!(kind, FaultKind::Expire(of) if *of == window);
    scenario.faults.iter().any(|fault| own(&fault.kind))
}

/// Returns true if the emulator's clock is put forward in the script.
pub fn shifts(scenario: &Scenario) -> bool {
    [Window::Dedup, Window::Retention].iter().any(|&window| expires(scenario, window))
}

/// Returns how far the emulator's clock is put forward for a window to end, in seconds.
pub fn shift_s(window: Window) -> Option<u32> {
    match window {
        // Five minutes, and a moment.
        Window::Dedup => Some(301),
        Window::Retention => Some(RETENTION + 1),
        _ => None,
    }
}

/// Returns what actors have to know of the queue.
pub fn for_actors(scenario: &Scenario, url: String) -> Option<Queue> {
    let (broker, producer, consumer) = of(scenario)?;
    let messages = usize::from(scenario.configuration.messages);
    let group = |i: usize| producer.group_id.get(i).cloned().unwrap_or_else(|| "shop".into());
    let times = times(scenario);
    Some(Queue {
        url,
        groups: broker.fifo.then(|| (0..messages).map(group).collect()),
        ids: match producer.deduplication_id {
            _ if !broker.fifo => MessageIds::None,
            DeduplicationId::None => MessageIds::None,
            DeduplicationId::PerMessage => MessageIds::PerMessage,
            DeduplicationId::PerAttempt => MessageIds::PerAttempt,
        },
        bodies: producer.body.clone(),
        batch: consumer.max_number_of_messages,
        extends_s: consumer.heartbeat.then_some(times.visibility_s),
        lease_ms: times.lease_ms,
    })
}

/// Describes the settings for the head of a recording.
pub fn describe(scenario: &Scenario) -> Map<String, Value> {
    let Some((broker, ..)) = of(scenario) else { return Map::new() };
    let mut all = Map::new();
    let mut add = |key: &str, value: Value| drop(all.insert(key.to_owned(), value));
    add("queue", Value::Object(attributes(scenario, broker)));
    if let Some(most) = broker.max_receive_count {
        add("maxReceiveCount", most.into());
    }
    let Some(queue) = for_actors(scenario, String::new()) else { return all };
    add("MaxNumberOfMessages", queue.batch.into());
    let times = times(scenario);
    if let Some(seconds) = queue.extends_s {
        let every = json!({ "VisibilityTimeout": seconds, "every_ms": extension_ms(seconds) });
        add("ChangeMessageVisibility", every);
    }
    if let Some(ms) = times.lease_ms {
        add("claim_lease_ms", ms.into());
    }
    let has = |is: &dyn Fn(&FaultKind) -> bool| scenario.faults.iter().any(|f| is(&f.kind));
    let slow = has(&|kind| matches!(kind, FaultKind::Slow(_)));
    let resumed = has(&|kind| matches!(kind, FaultKind::Resume(_)));
    if let Some(ms) = times.slow_ms.filter(|_| slow && !resumed) {
        add("slow_handler_ms", ms.into());
    }
    let windows = [Window::Dedup, Window::Retention];
    for window in windows.into_iter().filter(|&window| expires(scenario, window)) {
        let seconds = shift_s(window).unwrap_or_default();
        add("clock", format!("put forward by {seconds} s (libfaketime)").into());
    }
    all
}

/// Returns how often a consumer extends the visibility timeout, in milliseconds: well before it ends.
pub fn extension_ms(visibility_s: u64) -> u64 {
    visibility_s * 1000 / 3
}

#[cfg(test)]
mod tests {
    use super::{Times, times};
    use ackward::catalogue;

    #[test]
    fn durations_are_scaled_and_their_order_is_kept() {
        let of = |id: &str| times(catalogue::scenario(id).expect("it is there"));
        let times = |visibility_s, slow_ms, lease_ms| Times { visibility_s, slow_ms, lease_ms };
        assert_eq!(of("sqs-visibility-expires"), times(2, None, None));
        assert_eq!(of("sqs-visibility-90s"), times(2, Some(6000), None));
        assert_eq!(of("sqs-visibility-540s"), times(12, Some(2000), None));
        assert_eq!(of("sqs-heartbeat"), times(2, Some(4000), None));
        assert_eq!(of("dedup-in-progress-outlasts"), times(2, Some(3000), Some(4000)));
    }
}
