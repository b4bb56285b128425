//! Scenarios: a configuration, the faults that strike it, and the texts that explain it; and their
//! JSON form.
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

mod json;
mod texts;

use super::checked::{Checked, ScenarioError, bad};
use super::compiled_scenario::CompiledScenario;
use super::configuration::Configuration;
use super::fault::{FaultKind, FaultSpec};
use serde::{Deserialize, Serialize};

/// The version of the JSON form that this build reads and writes.
pub const VERSION: u32 = 1;

/// A scenario: what is run, what strikes it, what must come of it, and the text that describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "json::Form", into = "json::Form")]
pub struct Scenario {
    /// The name of the scenario in URLs: lower-case words with hyphens.
    pub id: String,
    pub configuration: Configuration,
    /// The script of faults, each of which strikes at its point; see [`FaultSpec`].
    pub faults: Vec<FaultSpec>,
    /// The property that must hold for every message at the end; makes the scenario a test, which
    /// passes or fails.
    pub expect: Option<Expect>,
    pub narrative: Narrative,
}

/// The texts of a scenario. They are true of its own configuration under its own script, and no run
/// depends on them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrative {
    pub title: String,
    pub summary: String,
    /// Notes on individual steps.
    pub notes: Vec<Note>,
    /// The takeaway of the scenario.
    pub takeaway: String,
    /// The scenario that shows the fix, if there is one.
    pub fix: Option<FixLink>,
    /// Sources of the facts about a product.
    pub sources: Vec<String>,
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

/// The configuration on its own: nothing strikes it, and nothing is said about it.
impl From<Configuration> for Scenario {
    fn from(configuration: Configuration) -> Scenario {
        Scenario {
            id: String::new(),
            configuration,
            faults: Vec::new(),
            expect: None,
            narrative: Narrative::default(),
        }
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

    /// Returns the scenario with so many messages.
    #[must_use]
    pub fn with_messages(&self, messages: u8) -> Scenario {
        let mut changed = self.clone();
        changed.configuration.messages = messages;
        changed
    }

    /// Returns the configuration under this script of faults; notes on the steps of another run are
    /// left out.
    #[must_use]
    pub fn with_faults(&self, faults: Vec<FaultSpec>) -> Scenario {
        let narrative = Narrative { notes: Vec::new(), ..self.narrative.clone() };
        Scenario { faults, narrative, ..self.clone() }
    }

    /// Returns the configuration without a script.
    #[must_use]
    pub fn without_faults(&self) -> Scenario {
        self.with_faults(Vec::new())
    }

    /// Checks that the scenario can be run.
    ///
    /// # Errors The path and the fix of the first error.
    pub fn check(&self) -> Result<(), ScenarioError> {
        self.check_texts()?;
        self.configuration.check()?;
        self.check_faults()
    }

    fn check_faults(&self) -> Checked {
        if self.faults.len() > 16 {
            return bad("faults", format!("{} are too many; use up to 16", self.faults.len()));
        }
        let setup = CompiledScenario::unchecked(self);
        for (i, fault) in self.faults.iter().enumerate() {
            fault.check(&setup).map_err(|problem| ScenarioError {
                at: format!("faults[{i}]"),
                problem: format!("{fault}: {problem}"),
            })?;
        }
        Ok(())
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
        json::clients::keep(&self.configuration, &mut form);
        match form == plain {
            true => text,
            false => serde_json::to_string_pretty(&form).unwrap_or(text),
        }
    }
}
