//! Scenarios: participants, settings and faults, and their JSON form.
//!
//! ```json
//! { "version": 1, "id": "ack-lost", "title": "…", "summary": "…", "messages": 1,
//!   "producer": { "retry": { "timeout_ms": 5000, "attempts": 3,
//!                            "backoff": { "fixed": { "delay_ms": 100 } } } },
//!   "broker": { "generic": { "acknowledge": "after-sync" } },
//!   "consumer": { "program": ["receive", "work", "ack"] },
//!   "store": { "amount": 100 },
//!   "faults": ["lose:ack@m1#1"],
//!   "notes": [{ "at": "lose:ack@m1#1", "say": "…" }] }
//! ```

mod check;
mod clients;
mod json;
mod texts;

use super::checked::ScenarioError;
use super::fault::{FaultKind, FaultSpec};
use super::settings::outbox::Outbox;
use super::settings::{BrokerSettings, ConsumerSettings, Database, ProducerSettings};
use serde::{Deserialize, Serialize};

/// The version of the JSON form that this build reads and writes.
pub const VERSION: u32 = 1;

/// A scenario: participants, settings, faults, and the text that describes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The version of the JSON form, [`VERSION`].
    pub version: u32,
    /// The name of the scenario in URLs: lower-case words with hyphens.
    pub id: String,
    pub title: String,
    pub summary: String,
    /// The number of messages that the application sends, 1 to 4.
    pub messages: u8,
    pub producer: ProducerSettings,
    pub broker: BrokerSettings,
    pub consumer: ConsumerSettings,
    /// The way in which the producer combines its own database with sending, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    /// The outbox and its relay, if the database has them.
    #[serde(default, skip_serializing_if = "Outbox::is_default")]
    pub outbox: Outbox,
    #[serde(default)]
    pub store: Store,
    /// The script of faults, each of which strikes at its point; see [`FaultSpec`].
    #[serde(default)]
    pub faults: Vec<FaultSpec>,
    /// Notes on individual steps.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// The takeaway of the scenario.
    #[serde(default)]
    pub takeaway: String,
    /// The scenario that shows the fix, if there is one.
    #[serde(default, alias = "cure", skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixLink>,
    /// Sources of the facts about a product.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The property that must hold for every message at the end; makes the scenario a test, which
    /// passes or fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expect>,
}

/// A link to the scenario in which the problem is fixed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixLink {
    /// The ID of that scenario.
    pub to: String,
    /// The label of the link: "The same crash with a transactional inbox".
    pub say: String,
}

/// The expected outcome of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// No message is lost: each took effect at least once.
    NoLoss,
    /// No message took effect twice.
    NoDuplicate,
    /// Each message took effect exactly once.
    Once,
}

impl Expect {
    /// Returns true if this number of effects of a message meets the expectation.
    pub fn holds(self, effects: u8) -> bool {
        match self {
            Expect::NoLoss => effects >= 1,
            Expect::NoDuplicate => effects <= 1,
            Expect::Once => effects == 1,
        }
    }
}

/// A note on a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The key of the step, as the text trace prints it: `lose:ack@m1#1`, `work@m1#2`.
    pub at: String,
    pub say: String,
}

/// The store that the effect is applied to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The amount that each message adds to the balance, in dollars.
    pub amount: u32,
}

impl Default for Store {
    fn default() -> Self {
        Store { amount: 100 }
    }
}

impl Scenario {
    /// Reads the JSON form and checks it.
    ///
    /// # Errors The path and the fix of the first error.
    pub fn from_json(text: &str) -> Result<Scenario, ScenarioError> {
        // Some editors begin a file with a byte order mark.
        let scenario = json::read(text.strip_prefix('\u{feff}').unwrap_or(text))?;
        scenario.check()?;
        Ok(scenario)
    }

    /// Returns the configuration with so many messages.
    #[must_use]
    pub fn with_messages(&self, messages: u8) -> Scenario {
        Scenario { messages, ..self.clone() }
    }

    /// Returns the configuration under this script of faults; notes on the steps of another run are
    /// left out.
    #[must_use]
    pub fn with_faults(&self, faults: Vec<FaultSpec>) -> Scenario {
        Scenario { faults, notes: Vec::new(), ..self.clone() }
    }

    /// Returns the configuration without a script.
    #[must_use]
    pub fn without_faults(&self) -> Scenario {
        self.with_faults(Vec::new())
    }

    /// Resets what only other settings give a meaning.
    pub fn tidy(&mut self) {
        self.consumer.tidy();
        if self.database != Some(Database::Outbox) {
            self.outbox = Outbox::default();
        }
        self.outbox.tidy();
    }

    /// Returns true if a slow handler can take longer than the broker waits for it.
    pub fn slow_handlers_time_out(&self) -> bool {
        let timeout = self.broker.handler_timeout(&self.consumer);
        timeout.is_some_and(|timeout| timeout.expires(self.consumer.handler_times()))
    }

    /// Returns true if the script has a crash or an orderly stop of a node.
    pub(super) fn has_node_crash(&self) -> bool {
        let node = |kind: FaultKind| match kind {
            FaultKind::Crash(party) | FaultKind::Upgrade(party) => party.node().is_some(),
            _ => false,
        };
        self.faults.iter().any(|f| node(f.kind))
    }

    /// Returns true if the script has a power loss.
    pub(super) fn has_power_loss(&self) -> bool {
        self.faults.iter().any(|f| matches!(f.kind, FaultKind::PowerLoss(_)))
    }

    /// Reads a scenario that is part of the program, and that tests have read with
    /// [`Scenario::from_json`]. Without locating mistakes, this takes far less code.
    pub fn from_own_json(text: &str) -> Option<Scenario> {
        serde_json::from_str(text).ok()
    }

    /// Returns the JSON form, indented.
    pub fn to_json(&self) -> String {
        // There are only strings, numbers and lists, so serialization cannot fail.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        let Ok(mut form) = serde_json::to_value(self) else { return text };
        let plain = form.clone();
        json::clients::keep(self, &mut form);
        match form == plain {
            true => text,
            false => serde_json::to_string_pretty(&form).unwrap_or(text),
        }
    }
}
