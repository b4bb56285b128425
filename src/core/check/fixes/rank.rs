//! Ranking of fixes.

use super::Fix;
use crate::check::property::Property;
use crate::sim::settings::OnError;
use crate::sim::{Choice, CompiledScenario, Configuration, Op, Trace};

/// Returns the fixes of a property, best first: by the number of guarantees given up, then
/// additional parts, then additional calls. Pairs that do harm are left out if a single change
/// fixes the property as well.
pub fn ranked(found: &[Fix], property: Property) -> Vec<&Fix> {
    let mut cures: Vec<&Fix> = found.iter().filter(|c| c.prevents.contains(&property)).collect();
    if cures.iter().any(|cure| cure.is_harmless() || !cure.pair) {
        cures.retain(|cure| cure.is_harmless() || !cure.pair);
    }
    cures.sort_by_key(|cure| (cure.gives_up.len(), cure.parts, cure.more, cure.pair));
    cures
}

/// Running cost of a configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Expense {
    /// Messages between participants and calls to stores, in a run without faults.
    pub calls: i32,
    /// Number of nodes, stores and processes.
    pub parts: i32,
}

/// Returns true if the consumer itself publishes what it cannot handle.
pub(super) fn publishes_dead_letters(config: &Configuration) -> bool {
    config.consumer.on_error == OnError::DeadLetter
}

pub(super) fn expense(config: &Configuration) -> Expense {
    let Ok(setup) = CompiledScenario::bare(config) else { return Expense::default() };
    let asks = |key: &str| {
        let line = key.split('@').next().unwrap_or_default();
        Op::ALL.iter().any(|op| op.key() == line && op.store().is_some())
    };
    let trace = Trace::run(&setup);
    let steps = trace.steps.iter();
    let calls = steps.filter(|step| matches!(step.choice, Choice::Deliver(_)) || asks(&step.key));
    let number = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    // A dead-letter topic of the consumer's own is no participant, but it has to be there.
    let parts = setup.parties.len() + usize::from(publishes_dead_letters(config));
    Expense { calls: number(calls.count()), parts: number(parts) }
}
