//! Fixes: changes to one setting that would prevent the violations found, or to two common ones if
//! no single change works without harm.

use super::found::{Faults, Found};
use super::watch::{SLICE, Watch, stopped};
use crate::check::{FaultScope, Finding, Fix, FixSearch, Limits, Property, Subject};
use crate::lab;

/// Maximum number of states per change, and for all changes together: about a minute.
const LIMITS: Limits = Limits { each: 500_000, all: 40_000_000 };

/// The fixes for the violations found.
#[derive(Default)]
pub struct FixReport {
    /// For each property examined, its fixes, best first.
    pub of: Vec<(Property, Vec<Fix>)>,
    /// Some changes had too many runs to be checked.
    pub cut_off: bool,
}

impl FixReport {
    /// Returns the fixes for a property, or `None` if none were searched for.
    pub fn of(&self, property: Property) -> Option<&[Fix]> {
        let found = self.of.iter().find(|(p, _)| *p == property);
        found.map(|(_, fixes)| fixes.as_slice())
    }
}

/// Searches for fixes for each violated property; if `--require` is given, for the required
/// properties only.
pub fn fixes(found: &Found, watch: &mut Watch) -> FixReport {
    let wanted = |property: &Property| {
        let asked = found.required.is_empty() || found.required.contains(property);
        asked && matches!(found.finding(*property), Finding::Violated(_))
    };
    let wanted: Vec<Property> = Property::ALL.into_iter().filter(wanted).collect();
    let subject = Subject {
        configuration: found.scenario.configuration.clone(),
        faults: match &found.faults {
            Faults::Anywhere(bounds) => FaultScope::Anywhere(*bounds),
            Faults::Script(script) => FaultScope::Script(script.clone()),
        },
        findings: found.findings.clone(),
        endings: found.endings.clone(),
        complete: found.complete,
        wanted: wanted.clone(),
    };
    let limits = Limits { each: LIMITS.each.min(found.limit), ..LIMITS };
    let mut search = FixSearch::new(subject, lab::changes, limits);
    while !stopped() && !search.advance(SLICE) {
        let (next, all) = search.progress();
        watch.stops(|| format!("searching for fixes: change {} of {all}", next + 1));
    }
    let of = |property: Property| search.of(property).into_iter().cloned().collect();
    FixReport {
        of: wanted.into_iter().map(|p| (p, of(p))).collect(),
        cut_off: search.cut_off() || stopped(),
    }
}
