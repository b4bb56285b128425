//! The configuration of a row of the oracle.

use ackward::sim::Scenario;
use serde_json::{Value, json};

/// Returns the scenario of a row; the values in `also` take precedence.
pub fn scenario(row: &Value, also: Option<&Value>, faults: &Value) -> Scenario {
    let get = |key: &str| also.and_then(|also| also.get(key)).or(row.get(key)).cloned();
    let named = |value: Value| match value.as_str() {
        Some("commit-after") => {
            json!({ "program": ["receive", "work", "ack"], "kafka": { "enable.auto.commit": false } })
        }
        Some("ack-after") => json!({ "program": ["receive", "work", "ack"] }),
        Some("retry") => json!({ "retry": { "timeout_ms": 5000, "attempts": 3,
            "backoff": { "fixed": { "delay_ms": 100 } }, "on_restart": "resend" } }),
        Some("queue") => json!({ "generic": { "acknowledge": "after-sync" } }),
        _ => value,
    };
    let mut text = json!({
        "version": 1, "id": "row", "title": "", "summary": "",
        "messages": get("messages").unwrap_or(json!(1)),
        "producer": named(get("producer").unwrap()),
        "broker": named(get("broker").unwrap()),
        "consumer": named(get("consumer").unwrap()),
        "faults": faults,
    });
    for key in ["database", "outbox"] {
        if let Some(value) = get(key) {
            text[key] = value;
        }
    }
    Scenario::from_json(&text.to_string()).unwrap_or_else(|e| panic!("{e}\n{text}"))
}
