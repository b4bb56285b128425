//! Who takes part, with which settings, which faults; the JSON form of all that.
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
mod json;
mod texts;

use super::fault::FaultSpec;
use super::settings::{BrokerSettings, ConsumerSettings, Database, ProducerSettings};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the JSON form that this build reads and writes.
pub const VERSION: u32 = 1;

/// A run to be: participants, settings, faults, and the words that go with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// [`VERSION`].
    pub version: u32,
    /// Its name in addresses: lower-case words with hyphens.
    pub id: String,
    pub title: String,
    pub summary: String,
    /// How many messages the application sends, 1 to 4.
    pub messages: u8,
    pub producer: ProducerSettings,
    pub broker: BrokerSettings,
    pub consumer: ConsumerSettings,
    /// What the producer's own database has to do with the sending, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    #[serde(default)]
    pub store: Store,
    /// Each strikes at its point; see [`FaultSpec`].
    #[serde(default)]
    pub faults: Vec<FaultSpec>,
    /// Sentences for steps that deserve one.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// What to remember of it.
    #[serde(default)]
    pub takeaway: String,
    /// The scenario that shows the cure, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cure: Option<Fix>,
    /// Where its facts about a product are written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// What must hold for every message in the end: the scenario is a test, which passes or fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expect>,
}

/// A link to the scenario in which the same goes well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// Its id.
    pub to: String,
    /// "The same crash with a transactional inbox".
    pub say: String,
}

/// What a test asks of the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// No message is lost: each took effect at least once.
    NoLoss,
    /// No message took effect twice.
    NoDuplicate,
    /// Each took effect once.
    Once,
}

impl Expect {
    /// Whether so many effects of a message are what the test asks for.
    pub fn holds(self, effects: u8) -> bool {
        match self {
            Expect::NoLoss => effects >= 1,
            Expect::NoDuplicate => effects <= 1,
            Expect::Once => effects == 1,
        }
    }
}

/// A sentence for a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The key of the step, as the text trace prints it: `lose:ack@m1#1`, `work@m1#2`.
    pub at: String,
    pub say: String,
}

/// The store that the effect lands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// Added to the balance by each message, in dollars.
    pub amount: u32,
}

impl Default for Store {
    fn default() -> Self {
        Store { amount: 100 }
    }
}

/// What is wrong with a scenario, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The place in the JSON: `broker.generic.replicas`.
    pub at: String,
    /// The problem and its remedy, in a sentence.
    pub problem: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.problem)
    }
}

impl std::error::Error for ScenarioError {}

impl Scenario {
    /// Reads the JSON form and checks it.
    ///
    /// # Errors
    /// The place and the remedy, for the first thing that is wrong.
    pub fn from_json(text: &str) -> Result<Scenario, ScenarioError> {
        // Some editors begin a file with a byte order mark.
        let scenario = json::read(text.strip_prefix('\u{feff}').unwrap_or(text))?;
        scenario.check()?;
        Ok(scenario)
    }

    /// Reads what is part of the program: tests have read it with [`Scenario::from_json`]. Without
    /// the account of where a mistake is, this takes far less code.
    pub fn from_own_json(text: &str) -> Option<Scenario> {
        serde_json::from_str(text).ok()
    }

    /// The JSON form, indented.
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists only: there is nothing here that JSON cannot say.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}
