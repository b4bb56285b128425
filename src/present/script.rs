//! Conversion of a counterexample into a fault script that can be applied to other configurations.

use super::branches::free;
use crate::check::{self, Property};
use crate::sim::{
    Choice, CompiledScenario, Configuration, FaultSpec, Occurrence, Path, Point, Scenario, Step,
    Trace,
};

/// The occurrences at which a fault is tried.
const CHANCES: [Occurrence; 3] = [Occurrence::First, Occurrence::Only(2), Occurrence::Only(3)];
/// Maximum number of runs to try; a run takes well under a tenth of a millisecond.
const MOST: usize = 300;

/// Searches for a fault script of the same kinds of faults as on the path that also violates the
/// property while everything else happens in the usual order. `None` if faults alone do not
/// suffice: the violation then also depends on an unusual order.
pub fn script(config: &Configuration, path: &Path, property: Property) -> Option<Vec<FaultSpec>> {
    let setup = free(CompiledScenario::bare(config).ok()?);
    let found = Trace::along(&setup, path);
    let strikes = |step: &&Step| matches!(step.choice, Choice::Strike(..));
    let kinds: Vec<Vec<FaultSpec>> =
        found.steps.iter().filter(strikes).map(|step| alike(&setup, &step.key)).collect();
    let mut search = Search { scenario: config.clone().into(), property, left: MOST };
    search.from(&kinds)
}

/// Returns all faults of the same kind as that of the step with this key, one for each point.
fn alike(setup: &CompiledScenario, key: &str) -> Vec<FaultSpec> {
    let kind = key.split('@').next().unwrap_or_default();
    let known = (0..setup.configuration().messages).flat_map(|msg| FaultSpec::all(setup, msg));
    let fits: Vec<FaultSpec> = known.filter(|fault| fault.kind.to_string() == kind).collect();
    let at = |nth: Occurrence| {
        let fits = fits.iter();
        fits.map(move |fault| FaultSpec { at: Point { nth, ..fault.at }, ..*fault })
    };
    // Not every possible fault has a text that can be parsed.
    let readable = |fault: &FaultSpec| fault.to_string().parse() == Ok(*fault);
    CHANCES.into_iter().flat_map(at).filter(readable).collect()
}

struct Search {
    /// Includes the faults being tried.
    scenario: Scenario,
    property: Property,
    /// The number of runs that may still be tried.
    left: usize,
}

impl Search {
    /// Tries one fault of each kind, in addition to those already in the scenario.
    fn from(&mut self, kinds: &[Vec<FaultSpec>]) -> Option<Vec<FaultSpec>> {
        let Some((kind, rest)) = kinds.split_first() else {
            return self.breaks().then(|| self.scenario.faults.clone());
        };
        for fault in kind {
            if self.left == 0 {
                return None;
            }
            self.scenario.faults.push(*fault);
            let found = if self.strikes(fault) { self.from(rest) } else { None };
            if found.is_some() {
                return found;
            }
            self.scenario.faults.pop();
        }
        None
    }

    fn run(&mut self) -> Option<(CompiledScenario, Trace)> {
        self.left = self.left.saturating_sub(1);
        let setup = CompiledScenario::new(&self.scenario).ok()?;
        let trace = Trace::run(&setup);
        Some((setup, trace))
    }

    /// Returns true if the run reaches the point of the fault, so that it occurs.
    fn strikes(&mut self, fault: &FaultSpec) -> bool {
        let key = fault.to_string();
        self.run().is_some_and(|(_, trace)| trace.steps.iter().any(|step| step.key == key))
    }

    fn breaks(&mut self) -> bool {
        let property = self.property;
        self.run().is_some_and(|(setup, trace)| check::why(&setup, &trace, property).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::presets;
    use crate::check::{Bounds, Finding, usual};
    use crate::sim::Class;

    #[test]
    fn most_of_what_is_found_of_presets_can_be_written_as_faults() {
        let (mut written, mut all) = (0, 0);
        for preset in presets().iter().flat_map(|group| &group.presets) {
            let one = preset.with_messages(1);
            let Ok(mut setup) = CompiledScenario::new(&one) else { continue };
            setup.expects(Class::ALL.into_iter().collect());
            let bounds = Bounds { faults: 2, classes: usual() };
            let verdict = check::check(&setup, bounds, 50_000);
            for (property, finding) in &verdict.findings {
                let Finding::Violated(schedule) = finding else { continue };
                let trace = Trace::fork(&setup, schedule);
                all += 1;
                let Some(faults) = script(&one.configuration, &trace.path(&setup), *property)
                else {
                    continue;
                };
                written += 1;
                let scripted = CompiledScenario::new(&one.with_faults(faults)).unwrap();
                let run = Trace::run(&scripted);
                let why = check::why(&scripted, &run, *property);
                assert!(why.is_some(), "{}: {property:?}", preset.id);
            }
        }
        assert!(all > 100 && written * 10 >= all * 7, "{written} of {all}");
    }
}
