//! What a check has found: the findings on a configuration, under the faults that were explored.

use super::fixes::FixReport;
use crate::check::{Bounds, Finding, Property, TerminalState};
use crate::sim::{CompiledScenario, FaultSpec, Scenario};

/// The faults to explore.
#[derive(Clone)]
pub enum Faults {
    /// Anywhere, within bounds.
    Anywhere(Bounds),
    /// Each once, at its point.
    Script(Vec<FaultSpec>),
}

impl Faults {
    /// Returns the default state limit: up to a few GB of memory.
    pub fn limit(&self) -> usize {
        match self {
            Faults::Anywhere(_) => 5_000_000,
            // Their states are stored unencoded.
            Faults::Script(_) => 1_000_000,
        }
    }
}

/// The result of checking a configuration.
pub struct Found {
    pub scenario: Scenario,
    pub faults: Faults,
    /// The scenario that the runs belong to.
    pub setup: CompiledScenario,
    pub states: usize,
    /// Every run was explored.
    pub complete: bool,
    pub limit: usize,
    /// The user interrupted the search, or the search for fixes after it.
    pub stopped: bool,
    pub findings: Vec<(Property, Finding)>,
    /// Bitmask of the properties whose counterexample is known to be a shortest one.
    pub shortest: u16,
    /// Scripted faults that strike in no run: nothing is decided then.
    pub idle: Vec<FaultSpec>,
    pub endings: Vec<TerminalState>,
    pub required: Vec<Property>,
    /// Fixes, if they were searched for.
    pub fixes: FixReport,
}

impl Found {
    pub fn finding(&self, property: Property) -> &Finding {
        let found = self.findings.iter().find(|(p, _)| *p == property);
        found.map_or(&Finding::Unknown, |(_, finding)| finding)
    }

    pub fn proves(&self, property: Property) -> bool {
        *self.finding(property) == Finding::Holds
    }

    /// Returns true if every required property is proved.
    pub fn passed(&self) -> bool {
        self.required.iter().all(|&property| self.proves(property))
    }
}
