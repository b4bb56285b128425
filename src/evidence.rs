//! Evidence: recorded runs of real products, held against the model.
//!
//! A recording is a file of JSON lines: a [`Head`], then each [`Seen`] event in the order in which
//! the harness (`tests/truth`) observed it, then the [`FinalState`]. The harness sees what a wire tap, a
//! process's own report and a query of a store can show; what happens inside the broker it cannot
//! see, so those steps of the model are left free.
//!
//! Two checks, neither of which needs the product:
//!
//! - [`Recording::ends_as_the_model_may`]: the ending is a terminal state of the model under the
//!   same script of faults.
//! - [`Recording::is_a_run_of_the_model`]: some schedule of the model has exactly these visible
//!   events in this order. This is trace validation, as in Cirstea, Kuppe, Merz, Loillier,
//!   *Validating Traces of Distributed Programs Against TLA+ Specifications* (2024).

mod final_state;
mod index;
#[cfg(feature = "cli")]
mod list;
mod replay;
mod seen;

pub use final_state::{Counts, FinalState};
pub use index::{SeenBroken, Sighting, Standing, line, seen_broken, sentence, sightings, standing};
#[cfg(feature = "cli")]
pub use list::{recordings, recordings_of};
pub use replay::{Mismatch, replay};
pub use seen::Seen;

use crate::catalogue;
use crate::check::explore;
use crate::sim::{Choice, CompiledScenario, End, FaultSpec, Scenario, Trace};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The version of the form of recordings that this build reads and writes.
pub const VERSION: u32 = 1;

/// The state limit of a search; no recording needs as many.
const MOST: usize = 3_000_000;

/// The settings of a scenario, without its script and its texts.
const SETTINGS: [&str; 7] =
    ["messages", "producer", "broker", "consumer", "database", "outbox", "store"];

/// The first line of a recording: what was run, and on what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The version of the form, [`VERSION`].
    pub recording: u32,
    /// The ID of the scenario.
    pub scenario: String,
    /// The product that was run: "RabbitMQ".
    pub product: String,
    /// Its version, as it reports it.
    pub version: String,
    /// The client library and its version.
    pub client: String,
    /// The other products that took part, with their versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// The day of the recording: 2026-11-27.
    pub date: String,
    /// The command that records the scenario anew.
    pub command: String,
    /// What stands for the model's settings on the product: queue type, arguments, scaled times.
    pub setup: Map<String, Value>,
    /// The settings of the scenario as they were when it was recorded.
    pub configuration: Map<String, Value>,
    /// The script of faults.
    pub script: Vec<String>,
    /// Why the model has no such run, for a recording that is kept because it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
    /// The product that the recorded one stands in for, if it is an emulator: "Amazon SQS".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emulates: Option<String>,
}

/// A recorded run.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What was run, and on what.
    pub head: Head,
    /// What was observed, in order.
    pub events: Vec<Seen>,
    /// What became of each message.
    pub ending: FinalState,
}

/// Returns the settings of a scenario as a recording's head has them.
pub fn configuration(scenario: &Scenario) -> Map<String, Value> {
    // There are only strings, numbers and lists, so serialization cannot fail.
    let value = serde_json::to_value(scenario).unwrap_or_default();
    let Value::Object(mut all) = value else { return Map::new() };
    all.retain(|key, _| SETTINGS.contains(&key.as_str()));
    all
}

impl Recording {
    /// Reads a recording.
    ///
    /// # Errors
    /// The number of the first line that cannot be read, and the problem.
    pub fn read(text: &str) -> Result<Recording, String> {
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let wrong = |at: usize, e: serde_json::Error| format!("line {}: {e}", at + 1);
        let (at, first) = lines.next().ok_or("the recording is empty")?;
        let head: Head = serde_json::from_str(first).map_err(|e| wrong(at, e))?;
        if head.recording != VERSION {
            return Err(format!("this is version {}, not {VERSION}", head.recording));
        }
        let mut rest: Vec<(usize, &str)> = lines.collect();
        let (at, last) = rest.pop().ok_or("the recording has no ending")?;
        let ending = serde_json::from_str(last).map_err(|e| wrong(at, e))?;
        let event =
            |(at, line): (usize, &str)| serde_json::from_str(line).map_err(|e| wrong(at, e));
        let events = rest.into_iter().map(event).collect::<Result<_, _>>()?;
        Ok(Recording { head, events, ending })
    }

    /// Returns the recording as JSON lines.
    pub fn write(&self) -> String {
        let line = |value: Result<String, serde_json::Error>| value.unwrap_or_default() + "\n";
        let mut text = line(serde_json::to_string(&self.head));
        self.events.iter().for_each(|event| text += &line(serde_json::to_string(event)));
        text + &line(serde_json::to_string(&self.ending))
    }

    /// Returns the scenario that was run: the recorded settings and script.
    ///
    /// # Errors
    /// The problem of the settings or of the script.
    pub fn scenario(&self) -> Result<Scenario, String> {
        let mut all = self.head.configuration.clone();
        let text = |value: &str| Value::String(value.to_owned());
        all.insert("version".into(), crate::sim::VERSION.into());
        all.insert("id".into(), text(&self.head.scenario));
        all.insert("title".into(), text(&self.head.scenario));
        all.insert("summary".into(), text(""));
        let mut scenario: Scenario =
            serde_json::from_value(Value::Object(all)).map_err(|e| e.to_string())?;
        let faults = self.head.script.iter().map(|fault| fault.parse::<FaultSpec>());
        scenario.faults = faults.collect::<Result<_, _>>()?;
        Ok(scenario)
    }

    /// Returns true if the scenario of the catalogue is the one that was recorded.
    pub fn is_current(&self) -> bool {
        catalogue::scenario(&self.head.scenario).is_some_and(|scenario| {
            let script: Vec<String> = scenario.faults.iter().map(ToString::to_string).collect();
            self.head.script == script && self.head.configuration == configuration(scenario)
        })
    }

    /// Returns true if the run ended as the run that the catalogue shows. The same script may end
    /// otherwise too, since not all of a run's timing is in it.
    pub fn ends_as_shown(&self) -> bool {
        let setup = self
            .scenario()
            .and_then(|scenario| CompiledScenario::new(&scenario).map_err(|e| e.to_string()));
        setup.is_ok_and(|setup| {
            let trace = Trace::run(&setup);
            let ledger = &trace.last().ledger;
            let shown = FinalState::after(setup.configuration().messages, ledger);
            self.ending == FinalState { endless: trace.end != End::Finished, ..shown }
        })
    }

    /// Checks that the ending is a terminal state of the model under the same script.
    ///
    /// # Errors
    /// The endings that the model has, if the recorded one is not among them.
    pub fn ends_as_the_model_may(&self) -> Result<(), String> {
        let scenario = self.scenario()?;
        let setup = CompiledScenario::new(&scenario).map_err(|e| e.to_string())?;
        let report = explore(&setup, MOST);
        let endings: BTreeSet<FinalState> = report
            .endings
            .iter()
            .map(|end| FinalState::of(scenario.configuration.messages, end))
            .collect();
        match endings.contains(&self.ending) {
            true => Ok(()),
            false => Err(format!("the model ends otherwise: {endings:?}")),
        }
    }

    /// Checks that some schedule of the model has exactly these visible events in this order, and
    /// ends as recorded.
    ///
    /// # Errors
    /// The first event that no schedule shows there, and what the model shows instead.
    pub fn is_a_run_of_the_model(&self) -> Result<(), String> {
        self.schedule().map(|_| ())
    }

    /// Returns the choices of such a schedule, by which the recorded run can be shown.
    ///
    /// # Errors
    /// As [`Recording::is_a_run_of_the_model`].
    pub fn schedule(&self) -> Result<Vec<Choice>, String> {
        let scenario = self.scenario()?;
        let setup = CompiledScenario::new(&scenario).map_err(|e| e.to_string())?;
        replay(&setup, &self.events, &self.ending).map_err(|mismatch| mismatch.to_string())
    }
}
