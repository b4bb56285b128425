//! Changes of a setting that would prevent what was found; of two usual ones, where none does.

use super::examine::{Faults, Found, examine};
use super::told::{Fate, fates};
use crate::check::{
    Bounds, Change, Delivery, Ending, Explorer, Finding, Progress, Property, Verdict,
};
use crate::check::{changes, pairs};
use crate::lab;
use crate::sim::{Scenario, Setup};

/// Work between two looks at what has been found.
const SLICE: usize = 4096;

/// A change that makes a property hold.
pub struct Cure {
    /// In the product's words: "acks=all".
    pub says: String,
    /// What held before, and does not hold with it.
    pub newly: Vec<Property>,
    /// What could not become of a message before, and can with it.
    pub fates: Vec<Fate>,
}

/// The cures for each property that is broken; where some are required, for those only.
pub fn cures(found: &Found) -> Vec<(Property, Vec<Cure>)> {
    let wanted = |property: &Property| {
        let asked = found.required.is_empty() || found.required.contains(property);
        asked && matches!(found.finding(*property), Finding::Broken(_))
    };
    let wanted: Vec<Property> = Property::ALL.into_iter().filter(wanted).collect();
    let mut all: Vec<(Property, Vec<Cure>)> = wanted.iter().map(|&p| (p, Vec::new())).collect();
    if wanted.is_empty() {
        return all;
    }
    add(&mut all, &lab::changes(&found.scenario), found, &wanted);
    let uncured: Vec<Property> =
        all.iter().filter(|(_, cures)| cures.is_empty()).map(|(p, _)| *p).collect();
    if !uncured.is_empty() {
        add(&mut all, &pairs(&changes(&found.scenario)), found, &uncured);
    }
    all
}

/// Tries the changes, and adds each to the properties that it cures.
fn add(all: &mut [(Property, Vec<Cure>)], changes: &[Change], found: &Found, wanted: &[Property]) {
    let before = fates(found.scenario.messages, &found.endings);
    for change in changes {
        let Some((findings, endings)) = try_out(&change.scenario, found, wanted) else { continue };
        let is = |property: Property, what: fn(&Finding) -> bool| {
            findings.iter().any(|(p, finding)| *p == property && what(finding))
        };
        let broken = |finding: &Finding| matches!(finding, Finding::Broken(_));
        let newly = |p: &Property| found.proves(*p) && is(*p, broken);
        let newly: Vec<Property> = Property::ALL.into_iter().filter(newly).collect();
        let mut fates = fates(change.scenario.messages, &endings);
        fates.retain(|fate| !before.contains(fate));
        let fates: Vec<Fate> = fates.into_iter().collect();
        for (property, cures) in all.iter_mut().filter(|(property, _)| wanted.contains(property)) {
            if is(*property, |finding| *finding == Finding::Proved) {
                let (says, newly, fates) = (change.says.clone(), newly.clone(), fates.clone());
                cures.push(Cure { says, newly, fates });
            }
        }
    }
}

/// What is known of each property, and how runs end.
type Known = (Vec<(Property, Finding)>, Vec<Ending>);

/// What is found with the change; `None` if it breaks all that is wanted, or cannot be compared.
fn try_out(scenario: &Scenario, found: &Found, wanted: &[Property]) -> Option<Known> {
    match &found.faults {
        Faults::Anywhere(bounds) => anywhere(scenario, *bounds, found.limit, wanted),
        // Where the point of a fault is gone, so is the comparison.
        Faults::Script(_) => {
            let known = examine(scenario, &found.faults, found.limit).ok()?;
            Some((known.findings, known.endings))
        }
    }
}

/// Stops as soon as everything that is wanted is broken here, too.
fn anywhere(
    scenario: &Scenario,
    bounds: Bounds,
    limit: usize,
    wanted: &[Property],
) -> Option<Known> {
    let setup = Setup::new(scenario).ok()?;
    let mut explorer = Explorer::new(Delivery::new(&setup, bounds), limit);
    loop {
        let progress = explorer.advance(SLICE);
        if wanted.iter().all(|&property| explorer.violation(property as usize).is_some()) {
            return None;
        }
        if progress != Progress::Running {
            let Verdict { findings, endings, .. } = Verdict::of(&explorer, progress);
            return Some((findings, endings));
        }
    }
}
