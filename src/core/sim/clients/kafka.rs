//! Clients of Kafka: what their defaults come to in the model.

use super::{ClientDefault, Place, Rows};
use crate::sim::program::Op;

/// The largest value that Kafka's numbers have.
const MOST: u64 = i32::MAX as u64;

/// Clients whose idempotence, where it is on by default, goes off without an error if other
/// settings conflict with it (`ProducerConfig.postProcessAndValidateIdempotenceConfigs`,
/// kafka-python `producer/kafka.py`): the default of the model.
const GO_OFF: [&str; 2] = ["kafka-java", "kafka-python"];

pub(super) fn producer(rows: &Rows) -> Vec<ClientDefault> {
    let acks = match rows.get("acks") {
        Some("0") => "0",
        Some("1") => "1",
        _ => "all",
    };
    let goes_off = rows.layer.chain().any(|layer| GO_OFF.contains(&layer.id));
    let idempotence = match rows.is("enable.idempotence") {
        true if goes_off => "unset",
        true => "true",
        false => "false",
    };
    let retries = rows.number("retries").unwrap_or(MOST).min(MOST);
    let request = rows.number("request.timeout.ms").unwrap_or(30_000).clamp(1, MOST);
    let delivery = delivery_timeout(rows.number("delivery.timeout.ms"), request, retries);
    let in_flight_name = "max.in.flight.requests.per.connection";
    let flight = in_flight(rows.number(in_flight_name).unwrap_or(u64::MAX));
    vec![
        rows.own("producer.kafka.acks", acks, "acks"),
        rows.own("producer.kafka.enable.idempotence", idempotence, "enable.idempotence"),
        rows.own("producer.kafka.retries", retries.to_string(), "retries"),
        rows.own(
            "producer.kafka.max.in.flight.requests.per.connection",
            flight.to_string(),
            in_flight_name,
        ),
        rows.own(
            "producer.kafka.delivery.timeout.ms",
            delivery.to_string(),
            match rows.get("delivery.timeout.ms") {
                Some(_) => "delivery.timeout.ms",
                None => "retries",
            },
        ),
        rows.own("producer.kafka.request.timeout.ms", request.to_string(), "request.timeout.ms"),
    ]
}

/// Returns the number of requests in flight that stands for this one: more than the model has are as
/// good as six.
pub fn in_flight(wanted: u64) -> u64 {
    match wanted {
        0 => 1,
        n if n > 10 => 5,
        n => n,
    }
}

/// Returns the milliseconds after which a send fails. A client without a limit in time (`None`, or 0)
/// tries until its retries are used up.
pub fn delivery_timeout(delivery: Option<u64>, request: u64, retries: u64) -> u64 {
    match delivery {
        Some(0) => MOST,
        Some(ms) => ms.min(MOST),
        None => request.saturating_mul(retries.saturating_add(2)).min(MOST),
    }
}

pub(super) fn consumer(rows: &Rows, program: &[Op]) -> Vec<ClientDefault> {
    let (place, auto, name) = commits(rows);
    let committed = rows.get("isolation.level") == Some("read_committed");
    let isolation = if committed { "read_committed" } else { "read_uncommitted" };
    let earliest = rows.get("auto.offset.reset") == Some("earliest");
    let reset = if earliest { "earliest" } else { "latest" };
    let auto = auto && !program.contains(&Op::SendOffsets);
    let mut all = vec![
        place.own(rows, program, name),
        rows.own("consumer.kafka.enable.auto.commit", auto.to_string(), name),
        rows.own("consumer.kafka.isolation.level", isolation, "isolation.level"),
        rows.own("consumer.kafka.auto.offset.reset", reset, "auto.offset.reset"),
    ];
    for (path, name) in [
        ("consumer.kafka.max.poll.interval.ms", "max.poll.interval.ms"),
        ("consumer.kafka.max.poll.records", "max.poll.records"),
    ] {
        if let Some(value) = rows.get(name) {
            all.push(rows.own(path, value, name));
        }
    }
    all.extend(failure(rows));
    all
}

/// Returns where the offset of a record is committed, if that is in `poll`, and the setting of the
/// table that says so.
fn commits(rows: &Rows) -> (Place, bool, &'static str) {
    for name in ["ack-mode", "commit-strategy"] {
        if rows.get(name).is_some() {
            return match rows.is("enable.auto.commit") {
                true => (Place::Nowhere, true, "enable.auto.commit"),
                false => (Place::After, false, name),
            };
        }
    }
    let stores = rows.get("enable.auto.offset.store") != Some("false");
    match rows.get("commit") {
        Some("after" | "manual") => (Place::After, false, "commit"),
        Some("before") => (Place::Before, false, "commit"),
        Some("background") if !stores => (Place::After, false, "enable.auto.offset.store"),
        // The commit covers what was handed over, whatever the handler has done by then.
        Some("background") => (Place::Beside, true, "commit"),
        _ => (Place::Nowhere, true, "commit"),
    }
}

/// Returns what follows an error of the handler.
fn failure(rows: &Rows) -> Vec<ClientDefault> {
    let tries = rows.number("tries").unwrap_or(1).clamp(1, 10);
    let (reaction, tries, name) = match (rows.get("failure-strategy"), rows.get("on-error")) {
        (Some("ignore"), _) => ("swallow", 1, "failure-strategy"),
        (Some("dead-letter-queue" | "delayed-retry-topic"), _) => {
            ("dead-letter", 1, "failure-strategy")
        }
        (Some(_), _) => ("stop", 1, "failure-strategy"),
        (None, Some("skip")) => ("skip", tries, "on-error"),
        (None, Some("park")) => ("dead-letter", tries, "on-error"),
        // A process that ends is started again, and gets the record again.
        (None, _) => ("requeue", 1, "on-error"),
    };
    let mut all = vec![
        rows.own("consumer.on_error", reaction, name),
        rows.own(
            "consumer.handler_attempts",
            tries.to_string(),
            if rows.get("tries").is_some() { "tries" } else { name },
        ),
    ];
    if tries > 1 {
        let seeks = rows.get("seek-after-error") != Some("false");
        all.push(rows.own(
            "consumer.kafka.seek_after_error",
            seeks.to_string(),
            "seek-after-error",
        ));
    }
    all
}
