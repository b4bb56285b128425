//! Fixes: changes that make a violated property hold, proved by the same search as the verdict.

use crate::check::{Bounds, FaultScope, Fix, FixSearch, Limits, Property, Subject, check, usual};
use crate::cli::watch::{Watch, stopped};
use crate::import::{Answers, Plan, Report, Status, Tag, Variant, verdict};
use crate::lab;
use crate::sim::{Classes, CompiledScenario, Scenario};

/// Maximum number of states per change, and for all changes together: a few seconds.
const LIMITS: Limits = Limits { each: 60_000, all: 3_000_000 };
/// Maximum number of states of the search whose violations are to be prevented.
const FIRST: usize = 200_000;
/// States to expand between two looks at whether to stop.
const SLICE: usize = 4096;
/// Maximum number of changes that are proved for a property.
const MOST: usize = 3;

/// A change that was proved to prevent a violation.
pub struct Proved {
    /// The change in the product's terms: "acks=all".
    pub label: String,
    /// Settings of Ackward's own that differ.
    pub settings: Vec<(String, String)>,
    pub costs: Vec<String>,
    /// Guarantees that are given up for it.
    pub gives_up: Vec<String>,
}

/// For each violated property, the changes that prevent it.
#[derive(Default)]
pub struct Fixes {
    pub of: Vec<(Property, Vec<Proved>)>,
    /// Not every change was tried.
    pub cut_off: bool,
}

impl Fixes {
    pub fn of(&self, property: Property) -> Option<&[Proved]> {
        self.of.iter().find(|(p, _)| *p == property).map(|(_, fixes)| fixes.as_slice())
    }
}

/// Searches for fixes of each violated property; if any is required, for those only.
pub fn search(
    plan: &Plan,
    report: &Report,
    answers: &Answers,
    required: &[Property],
    watch: &mut Watch,
) -> Fixes {
    let mut fixes = Fixes::default();
    for (label, scenario) in &report.checked {
        let wanted: Vec<Property> = report
            .findings
            .iter()
            .filter(|f| matches!(f.status, Status::Broken(_)) && !f.by_sources)
            .filter(|f| f.variant == *label && fixes.of(f.property).is_none())
            .filter(|f| required.is_empty() || required.contains(&f.property))
            .filter(|f| {
                plan.variants
                    .iter()
                    .any(|v| v.label == *label && v.properties.contains(&f.property))
            })
            .map(|f| f.property)
            .collect();
        for property in wanted {
            if stopped() {
                fixes.cut_off = true;
                return fixes;
            }
            let found = candidates(scenario, property, classes(report, property), watch);
            fixes.cut_off |= found.1;
            let proved =
                found.0.iter().filter_map(|fix| proved(plan, scenario, fix, property, answers));
            let proved: Vec<Proved> = proved.take(MOST).collect();
            fixes.of.push((property, proved));
        }
    }
    fixes
}

/// Returns the kinds of faults that violate the property.
fn classes(report: &Report, property: Property) -> Classes {
    let Some(Status::Broken(tags)) = report.of(property).map(|finding| &finding.status) else {
        return usual();
    };
    let kinds: Classes = tags
        .iter()
        .filter_map(|tag| match tag {
            Tag::Kind(class) => Some(*class),
            _ => None,
        })
        .collect();
    if kinds.is_empty() { usual() } else { kinds }
}

/// Returns changes that prevent the violation within small bounds, best first.
fn candidates(
    scenario: &Scenario,
    property: Property,
    classes: Classes,
    watch: &mut Watch,
) -> (Vec<Fix>, bool) {
    let one = Bounds { faults: 1, classes };
    let two = Bounds { faults: 2, classes };
    for (messages, bounds) in [(1, one), (2, one), (1, two)] {
        let scenario = Scenario { messages, ..scenario.clone() };
        let Ok(setup) = CompiledScenario::new(&scenario) else { continue };
        let before = check(&setup, bounds, FIRST);
        if before.proves(property)
            || !matches!(before.finding(property), crate::check::Finding::Violated(_))
        {
            continue;
        }
        let subject = Subject {
            wanted: vec![property],
            faults: FaultScope::Anywhere(bounds),
            ..Subject::of(&scenario, &before)
        };
        let mut search = FixSearch::new(subject, lab::changes, LIMITS);
        while !stopped() && !search.advance(SLICE) {
            let (next, all) = search.progress();
            watch.stops(|| format!("looking for fixes: change {} of {all}", next + 1));
        }
        let found = search.of(property).into_iter().cloned().collect();
        return (found, search.cut_off() || stopped());
    }
    // A poison message needs a script; the usual changes are tried by the proof itself.
    (Vec::new(), false)
}

/// Proves a change under all variants of the plan and all bounds of the verdict.
fn proved(
    plan: &Plan,
    scenario: &Scenario,
    fix: &Fix,
    property: Property,
    answers: &Answers,
) -> Option<Proved> {
    let settings = lab::difference(
        &Scenario { messages: fix.scenario.messages, ..scenario.clone() },
        &fix.scenario,
    );
    let changed = |variant: &Variant| {
        let mut pairs = variant.pairs.clone();
        pairs.extend(settings.iter().cloned());
        Variant { pairs, properties: vec![property], ..variant.clone() }
    };
    let speaks = |variant: &&Variant| variant.properties.contains(&property);
    let changed: Vec<Variant> = plan.variants.iter().filter(speaks).map(changed).collect();
    let changed = Plan { variants: changed, ..plan.clone() };
    let report = verdict(&changed, answers, &mut stopped).ok()?;
    let finding = report.of(property)?;
    let holds = !matches!(finding.status, Status::Broken(_) | Status::None(_));
    holds.then(|| Proved {
        label: fix.label.clone(),
        settings,
        costs: fix.costs(),
        gives_up: fix.gives_up.iter().map(crate::check::GivenUp::label).collect(),
    })
}
