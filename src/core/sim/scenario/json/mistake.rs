//! A mistake in the JSON of a scenario, and its path.

use super::{ScenarioError, quoted};
use crate::sim::plain::echo;
use serde::de::{Error, Expected, Unexpected};
use std::fmt;

/// The problem and what to write instead, with the path as far as it is known: each level prepends
/// its own segment on the way out.
#[derive(Debug)]
pub struct Mistake {
    path: String,
    problem: String,
}

impl Mistake {
    pub fn new(problem: String) -> Mistake {
        Mistake { path: String::new(), problem }
    }

    pub fn in_field(mut self, name: &str) -> Mistake {
        let gap = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{name}{gap}{}", self.path);
        self
    }

    pub fn in_item(mut self, number: usize) -> Mistake {
        let gap = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("[{number}]{gap}{}", self.path);
        self
    }
}

impl From<Mistake> for ScenarioError {
    fn from(mistake: Mistake) -> ScenarioError {
        let at = if mistake.path.is_empty() { "the scenario".to_owned() } else { mistake.path };
        ScenarioError { at, problem: mistake.problem }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)
    }
}

impl std::error::Error for Mistake {}

impl Error for Mistake {
    fn custom<T: fmt::Display>(problem: T) -> Mistake {
        Mistake::new(problem.to_string())
    }

    fn invalid_type(_: Unexpected, expected: &dyn Expected) -> Mistake {
        Mistake::new(format!("use {expected}"))
    }

    fn invalid_value(_: Unexpected, expected: &dyn Expected) -> Mistake {
        Mistake::new(format!("use {expected}"))
    }

    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Mistake {
        Mistake::new(format!("there is no \"{}\"; use one of {}", echo(name), quoted(known)))
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Mistake {
        Mistake::new(match known {
            [] => "unknown field; nothing belongs here".to_owned(),
            known => format!("unknown field; use one of {}", quoted(known)),
        })
    }

    fn missing_field(name: &'static str) -> Mistake {
        Mistake::new("it is missing; add it".to_owned()).in_field(name)
    }

    fn duplicate_field(name: &'static str) -> Mistake {
        Mistake::new(format!("{name} is given twice; remove one"))
    }
}
