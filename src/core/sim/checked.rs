//! The outcome of checking a scenario: nothing, or the place of a mistake with what to write
//! instead.

use super::plain;
use std::fmt;

/// An error in a scenario: its place, the problem and a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The path in the JSON: `broker.generic.replicas`.
    pub at: String,
    /// The problem and its fix, in a sentence.
    pub problem: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.problem)
    }
}

impl std::error::Error for ScenarioError {}

pub(super) type Checked = Result<(), ScenarioError>;

pub(super) fn bad(at: impl Into<String>, problem: impl Into<String>) -> Checked {
    Err(ScenarioError { at: at.into(), problem: problem.into() })
}

/// Rejects a number outside these bounds.
pub(super) fn within(at: &str, value: u32, least: u32, most: u32) -> Checked {
    match value {
        v if (least..=most).contains(&v) => Ok(()),
        v => bad(at, format!("{v} is out of range; use {least} to {most}")),
    }
}

/// The maximum length of a user-chosen name in the settings, as in the Lab.
pub(super) const OWN_NAME: usize = 40;

/// Rejects a text that is too long to be shown.
pub(super) fn short(at: &str, text: &str, most: usize) -> Checked {
    match plain::length(text) {
        length if length <= most => Ok(()),
        length => bad(at, format!("it has {length} letters; use up to {most}")),
    }
}

/// Rejects too many of something.
pub(super) fn few(at: &str, count: usize, most: usize) -> Checked {
    match count {
        count if count <= most => Ok(()),
        count => bad(at, format!("{count} are too many; use up to {most}")),
    }
}
