//! Fixes: changes that make a violated property hold, proved by the same search as the verdict.

use super::measures::{MEASURES, Measure};
use crate::check::{Bounds, FaultScope, Finding, Fix, FixSearch, Limits, Property, Subject};
use crate::check::{check, explore, usual};
use crate::cli::watch::{Watch, stopped};
use crate::import::{Answers, Plan, Report, Status, System, Tag, Variant, spelled, verdict};
use crate::lab;
use crate::sim::{Classes, CompiledScenario, FaultSpec, Scenario};

/// Maximum number of states per change, and for all changes together: a few seconds.
const LIMITS: Limits = Limits { each: 60_000, all: 600_000 };
/// Maximum number of states of the search whose violations are to be prevented.
const FIRST: usize = 200_000;
/// Maximum number of states of all proofs together: some seconds.
const BUDGET: usize = 1_500_000;
const IN_SYNC: &str = "broker.kafka.in_sync_at_start";
/// Measures against losses that send a message more than once.
const RESENDS: [&str; 3] =
    ["database", "producer.on_restart", "producer.rabbitmq.publish_attempts"];
/// States to expand between two looks at whether to stop.
const SLICE: usize = 4096;
/// Maximum number of changes that are proved for a property.
const MOST: usize = 3;

/// A change that was proved to prevent a violation.
#[derive(Clone)]
pub struct Proved {
    /// The change in the product's terms: "acks=all".
    pub label: String,
    /// Settings of Ackward's own that differ.
    pub settings: Vec<(String, String)>,
    /// The same in the keys of the user's files, as far as it is a setting there.
    pub keys: Vec<String>,
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
    let mut spent = 0;
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
            let spent = &mut spent;
            let proved = found
                .0
                .iter()
                .filter_map(|fix| proved(plan, scenario, fix, property, answers, spent));
            let mut proved: Vec<Proved> = proved.take(MOST).collect();
            if proved.iter().all(|fix| !fix.gives_up.is_empty()) {
                let again = known(&fixes, plan, property, answers, spent);
                // A bundle that gives something up is no better than a single change that does.
                let harmless = !proved.is_empty();
                let bundle = again
                    .or_else(|| bundle(plan, report, scenario, property, harmless, answers, spent));
                proved.splice(0..0, bundle);
            }
            fixes.of.push((property, proved));
        }
    }
    fixes.cut_off |= spent > BUDGET;
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
        if before.proves(property) || !matches!(before.finding(property), Finding::Violated(_)) {
            continue;
        }
        let subject = Subject {
            wanted: vec![property],
            faults: FaultScope::Anywhere(bounds),
            ..Subject::of(&scenario, &before)
        };
        return found(subject, property, watch);
    }
    under_poison(scenario, property, watch)
}

/// Like [`candidates`], for a message whose handler fails every time.
fn under_poison(scenario: &Scenario, property: Property, watch: &mut Watch) -> (Vec<Fix>, bool) {
    let Ok(poison) = "fail:handler@m1#*".parse::<FaultSpec>() else { return (Vec::new(), false) };
    let faults = vec![poison];
    let scripted = Scenario { messages: 1, faults: faults.clone(), ..scenario.clone() };
    let Ok(setup) = CompiledScenario::new(&scripted) else { return (Vec::new(), false) };
    let report = explore(&setup, FIRST);
    let violated = report.endings.iter().fold(0, |all, end| all | end.violated_properties(1));
    let finding = |property: Property| match violated & 1 << property as u16 {
        0 => Finding::Holds,
        _ => Finding::Violated(Vec::new()),
    };
    if finding(property) == Finding::Holds {
        return (Vec::new(), false);
    }
    let subject = Subject {
        scenario: Scenario { messages: 1, ..scenario.clone() },
        faults: FaultScope::Script(faults),
        findings: Property::ALL.map(|property| (property, finding(property))).to_vec(),
        endings: report.endings.into_iter().collect(),
        complete: !report.truncated,
        wanted: vec![property],
    };
    found(subject, property, watch)
}

fn found(subject: Subject, property: Property, watch: &mut Watch) -> (Vec<Fix>, bool) {
    let mut search = FixSearch::new(subject, lab::changes, LIMITS);
    while !stopped() && !search.advance(SLICE) {
        let (next, all) = search.progress();
        watch.stops(|| format!("looking for fixes: change {} of {all}", next + 1));
    }
    let found = search.of(property).into_iter().cloned().collect();
    (found, search.cut_off() || stopped())
}

/// Returns what prevents another violation without giving anything up, if it prevents this one, too.
fn known(
    fixes: &Fixes,
    plan: &Plan,
    property: Property,
    answers: &Answers,
    spent: &mut usize,
) -> Option<Proved> {
    let all = fixes.of.iter().filter_map(|(_, fixes)| fixes.first());
    let mut harmless = all.filter(|fix| fix.gives_up.is_empty() && !fix.settings.is_empty());
    harmless.find(|fix| holds(plan, &fix.settings, property, answers, spent)).cloned()
}

/// Returns the smallest part of the usual measures that prevents the violation: all are taken, and
/// each is left out again that is not needed (delta debugging with one element at a time). With
/// `harmless`, only one that gives nothing up.
fn bundle(
    plan: &Plan,
    report: &Report,
    scenario: &Scenario,
    property: Property,
    harmless: bool,
    answers: &Answers,
    spent: &mut usize,
) -> Option<Proved> {
    let (_, measures) = MEASURES.iter().find(|(system, _)| *system == plan.system)?;
    let now = lab::settings(scenario);
    let differs = |(path, value): &(&str, &str)| {
        now.iter().any(|held| held.field.path == *path && held.value != *value)
    };
    let is_loss = matches!(
        property,
        Property::NeverLost | Property::NeverLostSilently | Property::ReportTrue
    );
    let resends = |measure: &Measure| measure.iter().any(|(path, _)| RESENDS.contains(path));
    let mut taken: Vec<Measure> = measures
        .iter()
        .filter(|measure| is_loss || !resends(measure))
        .filter(|measure| {
            measure.iter().any(differs) && measure.iter().all(|(path, _)| is_given(plan, path))
        })
        .copied()
        .collect();
    if taken.is_empty() || !holds(plan, &pairs(&taken), property, answers, spent) {
        return None;
    }
    let lost = |taken: &[Measure], spent: &mut usize| {
        let lost = no_longer_held(plan, report, &pairs(taken), answers, spent)?;
        (lost.is_empty() || !harmless).then_some(lost)
    };
    if harmless {
        lost(&taken, spent)?;
    }
    let mut at = 0;
    while at < taken.len() && taken.len() > 1 {
        let mut fewer = taken.clone();
        fewer.remove(at);
        if holds(plan, &pairs(&fewer), property, answers, spent) {
            taken = fewer;
        } else {
            at += 1;
        }
    }
    let settings: Vec<(String, String)> =
        pairs(&taken).into_iter().filter(|(path, value)| differs(&(path, value))).collect();
    let keys: Vec<String> =
        settings.iter().filter_map(|(path, value)| spelled(plan, path, value)).collect();
    let label: Vec<String> = settings
        .iter()
        .map(|(path, value)| match path.as_str() {
            "consumer.program" => {
                "a consumer that remembers ids in the transaction of its work".into()
            }
            "database" => "a relay that sends from an outbox".into(),
            "producer.on_restart" => "a producer that sends again after a restart".into(),
            path => format!("{}={value}", path.splitn(3, '.').last().unwrap_or(path)),
        })
        .collect();
    let gives_up = lost(&taken, spent)?;
    Some(Proved { label: label.join(" and "), settings, keys, costs: Vec::new(), gives_up })
}

/// Returns the properties that held and do not hold, or are not proved to hold, with these settings
/// changed; `None` if there is no budget left to find out.
fn no_longer_held(
    plan: &Plan,
    report: &Report,
    settings: &[(String, String)],
    answers: &Answers,
    spent: &mut usize,
) -> Option<Vec<String>> {
    if *spent > BUDGET || stopped() {
        return None;
    }
    let held = report.findings.iter().filter(|finding| finding.status == Status::Holds);
    let held: Vec<Property> = held.map(|finding| finding.property).collect();
    let after = verdict(&changed(plan, settings, &held), answers, &mut stopped).ok()?;
    *spent += after.states;
    let lost = held.into_iter().filter_map(|property| match after.of(property)?.status {
        Status::Holds => None,
        Status::Broken(_) => Some(property.label().to_owned()),
        _ => Some(format!("{}: no longer proved", property.label())),
    });
    Some(lost.collect())
}

/// Returns the plan with these settings changed, for these properties only.
fn changed(plan: &Plan, settings: &[(String, String)], wanted: &[Property]) -> Plan {
    let change = |variant: &Variant| {
        let mut pairs = variant.pairs.clone();
        pairs.extend(settings.iter().cloned());
        // The in-sync set shrinks as far as the changed minimum allows.
        let least = settings.iter().find(|(path, _)| path.ends_with("min.insync.replicas"));
        let shrunk = pairs.iter().any(|(path, _)| path == IN_SYNC);
        if let (Some((_, least)), true) = (least, shrunk) {
            pairs.push((IN_SYNC.to_owned(), least.clone()));
        }
        let speaks = |property: &&Property| variant.properties.contains(property);
        let properties = wanted.iter().filter(speaks).copied().collect();
        Variant { pairs, properties, ..variant.clone() }
    };
    let variants = plan.variants.iter().map(change);
    Plan {
        variants: variants.filter(|variant| !variant.properties.is_empty()).collect(),
        ..plan.clone()
    }
}

fn pairs(measures: &[Measure]) -> Vec<(String, String)> {
    let all = measures.iter().flat_map(|measure| measure.iter());
    all.map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect()
}

/// Returns true if the setting is of a side that the files describe, or of the broker.
fn is_given(plan: &Plan, path: &str) -> bool {
    match path.split('.').next() {
        Some("producer" | "database") => plan.given.producer,
        Some("consumer") => plan.given.consumer,
        _ => plan.given.broker || plan.system == System::Kafka,
    }
}

/// Returns true if the property holds with these settings changed, under all variants of the plan
/// and all bounds of the verdict.
fn holds(
    plan: &Plan,
    settings: &[(String, String)],
    property: Property,
    answers: &Answers,
    spent: &mut usize,
) -> bool {
    if *spent > BUDGET {
        return false;
    }
    let changed = changed(plan, settings, &[property]);
    let Ok(report) = verdict(&changed, answers, &mut stopped) else { return false };
    *spent += report.states;
    let finding = report.of(property).filter(|finding| finding.finished);
    let finding = finding.map(|finding| finding.status.clone());
    matches!(finding, Some(Status::Holds | Status::Open(_))) && !stopped()
}

/// Proves a change under all variants of the plan and all bounds of the verdict.
fn proved(
    plan: &Plan,
    scenario: &Scenario,
    fix: &Fix,
    property: Property,
    answers: &Answers,
    spent: &mut usize,
) -> Option<Proved> {
    let settings = lab::difference(
        &Scenario { messages: fix.scenario.messages, ..scenario.clone() },
        &fix.scenario,
    );
    let full = lab::settings(&fix.scenario);
    let path = |key: &str| {
        let ends = |path: &str| path == key || path.ends_with(&format!(".{key}"));
        full.iter().find(|held| ends(held.field.path)).map(|held| held.field.path)
    };
    let settings: Vec<(String, String)> = settings
        .into_iter()
        .map(|(key, value)| (path(&key).map_or(key.clone(), str::to_owned), value))
        .collect();
    if !settings.iter().all(|(path, _)| is_given(plan, path)) {
        return None;
    }
    let holds = holds(plan, &settings, property, answers, spent);
    let keys = settings.iter().filter_map(|(path, value)| spelled(plan, path, value));
    let keys: Vec<String> = keys.collect();
    holds.then(|| Proved {
        label: fix.label.clone(),
        keys,
        settings,
        costs: fix.costs(),
        gives_up: fix.gives_up.iter().map(crate::check::GivenUp::label).collect(),
    })
}
