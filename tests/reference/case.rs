//! A configuration with bounds, in the form of a command line for `ackward check`.

use crate::naive::Budget;
use ackward::check::usual;
use ackward::sim::{Class, Classes, CompiledScenario, Scenario};
use ackward::{catalogue, lab};
use std::fmt;

/// A configuration of the catalogue, the settings changed in it, and the bounds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Case {
    /// The id of a preset or scenario.
    pub base: String,
    /// In the order in which they are applied.
    pub settings: Vec<(String, String)>,
    pub messages: u8,
    pub budget: Budget,
}

impl Case {
    /// Returns the scenario, checked by the rules of its product; `Err` if they reject it.
    pub fn scenario(&self) -> Result<Scenario, String> {
        let base = catalogue::preset(&self.base).or(catalogue::scenario(&self.base));
        let base = base.ok_or_else(|| format!("{}: no preset or scenario", self.base))?;
        lab::change(&base.without_faults().with_messages(self.messages), &self.settings)
    }

    pub fn setup(&self) -> Result<CompiledScenario, String> {
        CompiledScenario::new(&self.scenario()?).map_err(|problem| problem.to_string())
    }

    /// Parses the output of [`Case`], with or without `ackward check`. Values contain no spaces.
    pub fn parse(text: &str) -> Option<Case> {
        let mut words = text.trim().trim_start_matches("ackward check ").split_whitespace();
        let base = words.next()?.to_owned();
        let mut case = Case {
            base,
            settings: Vec::new(),
            messages: 1,
            budget: Budget { faults: 1, classes: usual() },
        };
        while let (Some(option), Some(value)) = (words.next(), words.next()) {
            match option {
                "--set" => {
                    let (key, value) = value.split_once('=')?;
                    case.settings.push((key.to_owned(), value.to_owned()));
                }
                "--messages" => case.messages = value.parse().ok()?,
                "--faults" => case.budget.faults = value.parse().ok()?,
                "--kinds" => case.budget.classes = parse_kinds(value)?,
                _ => return None,
            }
        }
        Some(case)
    }
}

fn all_kinds() -> Classes {
    Class::ALL.into_iter().collect()
}

fn parse_kinds(text: &str) -> Option<Classes> {
    match text {
        "all" => Some(all_kinds()),
        "usual" => Some(usual()),
        names => names.split(',').map(Class::from_key).collect(),
    }
}

fn kinds(classes: Classes) -> String {
    match classes {
        all if all == all_kinds() => "all".to_owned(),
        known if known == usual() => "usual".to_owned(),
        some => some.iter().map(Class::key).collect::<Vec<_>>().join(","),
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ackward check {}", self.base)?;
        for (key, value) in &self.settings {
            match key.contains(' ') {
                true => write!(f, " --set '{key}={value}'")?,
                false => write!(f, " --set {key}={value}")?,
            }
        }
        let Budget { faults, classes } = self.budget;
        write!(f, " --messages {} --faults {faults}", self.messages)?;
        if faults > 0 {
            write!(f, " --kinds {}", kinds(classes))?;
        }
        Ok(())
    }
}
