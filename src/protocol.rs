//! Questions that the page asks its worker, and the answers. Both cross as JSON; names are those of
//! `ackward check --json` where both have them.

use crate::present::{PossibleFault, Remark};
use crate::sim::{Class, Scenario};
use crate::simulate::{Cost, Load, Plan, Stats};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the text of a report of progress begins with.
pub const PROGRESS: &str = "{\"progress\":";

/// What the text of an answer that says that the worker has crashed begins with.
pub const BROKE: &str = "{\"broke\":";

/// The number of messages in the fault matrix: ordering needs two.
pub const MATRIX_MESSAGES: u8 = 2;

/// A question that takes longer to answer than a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Which properties hold in every run.
    Verdict(Search),
    /// What would prevent the violations of these runs.
    Fixes(Search),
    /// What one fault of each kind does to a preset: a row of the fault matrix. Shortest
    /// counterexamples take twice as long again as the verdicts.
    Row { preset: String, shortest: bool },
    /// What a message costs.
    Cost { scenario: Box<Scenario>, load: Load },
    /// What each event leads to that could happen next.
    Outcomes(At),
    /// Which faults can be added to the script, and what each leads to.
    Faults { scenario: Box<Scenario> },
    /// A small picture of each scenario in a group of the catalogue, by the group's index.
    Pictures { group: usize },
    /// A part of a random simulation.
    Runs(Batch),
    /// Configuration files to be checked. The answers are those of [`crate::import::json`].
    Files(Value),
}

/// The runs of a configuration: every one within these bounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// The configuration; its own faults do not count.
    pub scenario: Box<Scenario>,
    pub messages: u8,
    /// Maximum number of faults in a run.
    pub faults: u8,
    /// The kinds of faults, in the order of [`Class::ALL`].
    pub kinds: Vec<Class>,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct At {
    pub scenario: Box<Scenario>,
    /// The run, as the text of a [`crate::sim::Path`]; `None` for the scenario's own.
    pub path: Option<String>,
    pub step: usize,
}

/// Runs `from..to` of a simulation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    pub scenario: Box<Scenario>,
    pub plan: Plan,
    pub from: u64,
    pub to: u64,
}

/// An answer, or what is known of it by now: a later one takes the place of the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Progress(Progress),
    Verdict(Verdict),
    Fixes(Fixes),
    /// The cells in the order of [`Class::ALL`], as far as they are decided.
    Row(Vec<Cell>),
    Cost(Box<Cost>),
    /// In the order of [`crate::present::Branches::chances`].
    Outcomes(Vec<Remark>),
    Faults(Vec<PossibleFault>),
    /// SVG, in the order of the group's scenarios.
    Pictures(Vec<String>),
    Runs(Box<Stats>),
    /// The question cannot be answered: the reason, and what to do instead.
    Wrong(String),
    /// The worker does not work: the browser's reason.
    Broke(String),
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// The states of runs with so many faults.
    States { faults: u8, states: usize },
    /// The changes that were tried; `pairs` if two are made at a time.
    Changes { tried: usize, all: usize, pairs: bool },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The number of faults in a run, which may still be fewer than were asked for.
    pub faults: u8,
    pub states: usize,
    /// Every run within these bounds was tried.
    pub complete: bool,
    /// In the order of [`crate::check::Property::ALL`].
    pub properties: Vec<Property>,
    /// `None` if nothing is proved.
    pub assumes: Option<Assumes>,
    /// What was not tried, as a list in words.
    pub not_tried: String,
    pub hints: Vec<Hint>,
}

/// The result for one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    pub finding: Finding,
    /// The counterexample, as the text of a [`crate::sim::Path`].
    pub path: Option<String>,
    /// The cause that let the violation through, if it can be named.
    pub reason: Option<String>,
    /// A recorded run with the same settings that violates it, if there is one.
    pub seen: Option<Sighting>,
}

/// A recorded run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// "Seen on RabbitMQ 4.3.6, 28 Nov 2026".
    pub says: String,
    /// How many messages it has.
    pub messages: u8,
    /// The run, as the text of a [`crate::sim::Path`].
    pub path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finding {
    Proved,
    Broken,
    Open,
}

/// What a proof rests on beyond the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumes {
    pub product: String,
    pub versions: Vec<String>,
    pub assumed: Vec<String>,
}

/// What could happen with another setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    pub says: String,
    pub key: String,
    pub value: String,
}

/// The changes that prevent violations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fixes {
    /// In the order of [`crate::check::Property::ALL`]; those of a property that is not violated are
    /// empty.
    pub properties: Vec<PropertyFixes>,
    /// Some changes had too many runs to be tried out.
    pub cut_off: bool,
    pub done: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyFixes {
    /// Best first.
    pub fixes: Vec<Fix>,
    /// The faults of the counterexample as a script, if they alone cause the violation.
    pub script: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    pub change: String,
    /// The settings that it changes, by their names.
    pub settings: Vec<(String, String)>,
    pub costs: Vec<String>,
    pub gives_up: Vec<String>,
    /// The key of the loss that stays possible.
    pub leaves_loss: Option<String>,
}

/// A cell of the fault matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// The kind of fault has no point at which to strike.
    Idle,
    Tried {
        complete: bool,
        states: usize,
        dead_letters: bool,
        /// The keys of the violated properties, each with a counterexample as the text of a
        /// [`crate::sim::Path`].
        broken: Vec<(String, String)>,
    },
}

impl Question {
    pub fn text(&self) -> String {
        // Everything in it can be written as JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Answer {
    /// Parses an answer. One that cannot be read is of another build, or of a browser in distress.
    pub fn read(text: &str) -> Answer {
        serde_json::from_str(text).unwrap_or_else(|error| Answer::Broke(error.to_string()))
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From<&crate::check::Assumptions> for Assumes {
    fn from(assumptions: &crate::check::Assumptions) -> Assumes {
        Assumes {
            product: assumptions.product.to_owned(),
            versions: assumptions.versions.iter().map(ToString::to_string).collect(),
            assumed: assumptions.assumed.iter().map(ToString::to_string).collect(),
        }
    }
}
