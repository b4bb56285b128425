//! `clients`: lists the client libraries and frameworks, and their defaults.

use super::Answer;
use super::print::{Form, pretty};
use crate::sim::Op;
use crate::sim::clients::{CLIENTS, Client, Side, System};
use serde_json::{Value, json};

/// The program whose handler the clients are shown with.
const PROGRAM: [Op; 2] = [Op::Receive, Op::Work];

pub fn list(as_json: bool) -> Answer {
    let text = if as_json { values() } else { text() };
    Answer::of(text, Form::of(as_json))
}

fn sides(client: &Client) -> impl Iterator<Item = Side> {
    [Side::Producer, Side::Consumer].into_iter().filter(|side| client.layer(*side).is_some())
}

fn values() -> String {
    let client = |client: &Client| {
        let side = |side: Side| {
            let defaults = client.defaults(side, &PROGRAM).into_iter().map(|own| {
                json!({ "setting": own.path, "value": own.value, "of": own.of, "since": own.since,
                        "source": own.source })
            });
            json!({ "side": side.label(), "label": client.label(side),
                    "not_modeled": client.left_out(side),
                    "defaults": defaults.collect::<Vec<_>>() })
        };
        json!({ "client": client.name, "product": client.system.key(), "aliases": client.aliases,
                "sides": sides(client).map(side).collect::<Vec<_>>() })
    };
    pretty(&Value::Array(CLIENTS.iter().map(client).collect()))
}

fn text() -> String {
    let mut out = String::new();
    let width = CLIENTS.iter().map(|client| client.name.len()).max().unwrap_or_default();
    for system in [System::Kafka, System::Rabbitmq, System::Sqs] {
        let gap = if out.is_empty() { "" } else { "\n" };
        out += &format!("{gap}{}\n", system.key());
        for client in CLIENTS.iter().filter(|client| client.system == system) {
            for (at, side) in sides(client).enumerate() {
                let name = if at == 0 { client.name } else { "" };
                let own: Vec<String> = client
                    .defaults(side, &PROGRAM)
                    .iter()
                    .map(|own| {
                        let prefix = format!("{}.", side.label());
                        let name = own.path.strip_prefix(&prefix).unwrap_or(own.path);
                        let name = name.strip_prefix(&format!("{}.", system.key())).unwrap_or(name);
                        format!("{name}={}", own.value)
                    })
                    .collect();
                out += &format!("  {name:<width$}  {}: {}\n", side.label(), own.join(" "));
            }
        }
    }
    out
}
