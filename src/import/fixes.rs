//! Fixes: changes that make a violated property hold, proved by the same search as the verdict.

mod measures;

use super::answers::Answers;
use super::part::System;
use super::plan::{Plan, Variant};
use super::report::{Report, Status, verdict};
use super::search::Tag;
use super::spelling::{Spelled, spelled};
use crate::check::{Bounds, FaultScope, Finding, Fix, FixSearch, Limits, Property, Subject};
use crate::check::{check, explore, usual};
use crate::lab;
use crate::sim::{Classes, CompiledScenario, FaultSpec, Scenario};
use measures::{MEASURES, Measure};

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
    pub keys: Vec<Spelled>,
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

/// Searches for fixes of each violated property; if any is required, for those only. `stop` is asked
/// between searches.
pub fn fixes(
    plan: &Plan,
    report: &Report,
    answers: &Answers,
    required: &[Property],
    stop: &mut dyn FnMut() -> bool,
) -> Fixes {
    let mut search = Search { plan, report, answers, spent: 0, stop, fixes: Fixes::default() };
    for (label, scenario) in &report.checked {
        let speaks = |property| {
            plan.variants.iter().any(|v| v.label == *label && v.properties.contains(&property))
        };
        let wanted = report
            .findings
            .iter()
            .filter(|f| matches!(f.status, Status::Broken(_)) && !f.by_sources)
            .filter(|f| f.variant == *label && speaks(f.property))
            .filter(|f| required.is_empty() || required.contains(&f.property));
        for finding in wanted {
            if (search.stop)() {
                search.fixes.cut_off = true;
                return search.fixes;
            }
            if search.fixes.of(finding.property).is_none() {
                let proved = search.of(scenario, finding.property);
                search.fixes.of.push((finding.property, proved));
            }
        }
    }
    search.fixes.cut_off |= search.spent > BUDGET;
    search.fixes
}

/// A search for fixes.
struct Search<'a> {
    plan: &'a Plan,
    report: &'a Report,
    answers: &'a Answers,
    /// Number of states of all proofs so far.
    spent: usize,
    stop: &'a mut dyn FnMut() -> bool,
    fixes: Fixes,
}

impl Search<'_> {
    /// Returns the changes that prevent a violation, proved, best first.
    fn of(&mut self, scenario: &Scenario, property: Property) -> Vec<Proved> {
        let candidates = self.candidates(scenario, property);
        let mut proved: Vec<Proved> = Vec::new();
        for fix in &candidates {
            proved.extend(self.proved(scenario, fix, property));
            if proved.len() == MOST {
                break;
            }
        }
        if proved.iter().all(|fix| !fix.gives_up.is_empty()) {
            // A bundle that gives something up is no better than a single change that does.
            let harmless = !proved.is_empty();
            let bundle = self.known(property).or_else(|| self.bundle(scenario, property, harmless));
            proved.splice(0..0, bundle);
        }
        proved
    }

    /// Returns changes that prevent the violation within small bounds, best first.
    fn candidates(&mut self, scenario: &Scenario, property: Property) -> Vec<Fix> {
        let classes = classes(self.report, property);
        let one = Bounds { faults: 1, classes };
        let two = Bounds { faults: 2, classes };
        for (messages, bounds) in [(1, one), (2, one), (1, two)] {
            let scenario = Scenario { messages, ..scenario.clone() };
            let Ok(setup) = CompiledScenario::new(&scenario) else { continue };
            let before = check(&setup, bounds, FIRST);
            if before.proves(property) || !matches!(before.finding(property), Finding::Violated(_))
            {
                continue;
            }
            return self.found(Subject {
                wanted: vec![property],
                faults: FaultScope::Anywhere(bounds),
                ..Subject::of(&scenario, &before)
            });
        }
        match under_poison(scenario, property) {
            Some(subject) => self.found(subject),
            None => Vec::new(),
        }
    }

    /// Returns what prevents the one violation that the subject asks about.
    fn found(&mut self, subject: Subject) -> Vec<Fix> {
        let wanted = subject.wanted.clone();
        let mut search = FixSearch::new(subject, lab::changes, LIMITS);
        let mut stopped = false;
        while !stopped && !search.advance(SLICE) {
            stopped = (self.stop)();
        }
        self.fixes.cut_off |= search.cut_off() || stopped;
        wanted.into_iter().flat_map(|property| search.of(property)).cloned().collect()
    }

    /// Returns what prevents another violation without giving anything up, if it prevents this one,
    /// too.
    fn known(&mut self, property: Property) -> Option<Proved> {
        let all = self.fixes.of.iter().filter_map(|(_, fixes)| fixes.first());
        let harmless = all.filter(|fix| fix.gives_up.is_empty() && !fix.settings.is_empty());
        let harmless: Vec<Proved> = harmless.cloned().collect();
        harmless.into_iter().find(|fix| self.holds(&fix.settings, property))
    }

    /// Returns the smallest part of the usual measures that prevents the violation: all are taken,
    /// and each is left out again that is not needed (delta debugging with one element at a time).
    /// With `harmless`, only one that gives nothing up.
    fn bundle(
        &mut self,
        scenario: &Scenario,
        property: Property,
        harmless: bool,
    ) -> Option<Proved> {
        let now = lab::settings(scenario);
        let differs = |(path, value): &(&str, &str)| {
            now.iter().any(|held| held.field.path == *path && held.value != *value)
        };
        let mut taken = measures(self.plan, property, &differs);
        if taken.is_empty() || !self.holds(&pairs(&taken), property) {
            return None;
        }
        if harmless {
            self.no_longer_held(&pairs(&taken)).filter(Vec::is_empty)?;
        }
        let mut at = 0;
        while at < taken.len() && taken.len() > 1 {
            let mut fewer = taken.clone();
            fewer.remove(at);
            if self.holds(&pairs(&fewer), property) {
                taken = fewer;
            } else {
                at += 1;
            }
        }
        let settings: Vec<(String, String)> =
            pairs(&taken).into_iter().filter(|(path, value)| differs(&(path, value))).collect();
        let gives_up = self.no_longer_held(&settings)?;
        if harmless && !gives_up.is_empty() {
            return None;
        }
        let keys = self.keys(&settings);
        Some(Proved { label: label(&settings), settings, keys, costs: Vec::new(), gives_up })
    }

    /// Returns the properties that held and do not hold, or are not proved to hold, with these
    /// settings changed; `None` if there is no budget left to find out.
    fn no_longer_held(&mut self, settings: &[(String, String)]) -> Option<Vec<String>> {
        if self.spent > BUDGET || (self.stop)() {
            return None;
        }
        let held = self.report.findings.iter().filter(|finding| finding.status == Status::Holds);
        let held: Vec<Property> = held.map(|finding| finding.property).collect();
        let after = self.verdict(settings, &held)?;
        let lost = held.into_iter().filter_map(|property| match after.of(property)?.status {
            Status::Holds => None,
            Status::Broken(_) => Some(property.label().to_owned()),
            _ => Some(format!("{}: no longer proved", property.label())),
        });
        Some(lost.collect())
    }

    /// Returns true if the property holds with these settings changed, under all variants of the
    /// plan and all bounds of the verdict.
    fn holds(&mut self, settings: &[(String, String)], property: Property) -> bool {
        if self.spent > BUDGET {
            return false;
        }
        let Some(report) = self.verdict(settings, &[property]) else { return false };
        let finding = report.of(property).filter(|finding| finding.finished);
        let finding = finding.map(|finding| finding.status.clone());
        matches!(finding, Some(Status::Holds | Status::Open(_))) && !(self.stop)()
    }

    /// Returns the verdict with these settings changed, of these properties only.
    fn verdict(&mut self, settings: &[(String, String)], wanted: &[Property]) -> Option<Report> {
        let changed = changed(self.plan, settings, wanted);
        let report = verdict(&changed, self.answers, self.stop).ok()?;
        self.spent += report.states;
        Some(report)
    }

    /// Proves a change under all variants of the plan and all bounds of the verdict.
    fn proved(&mut self, scenario: &Scenario, fix: &Fix, property: Property) -> Option<Proved> {
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
        if !settings.iter().all(|(path, _)| is_given(self.plan, path))
            || !self.holds(&settings, property)
        {
            return None;
        }
        Some(Proved {
            label: fix.label.clone(),
            keys: self.keys(&settings),
            settings,
            costs: fix.costs(),
            gives_up: fix.gives_up.iter().map(crate::check::GivenUp::label).collect(),
        })
    }

    fn keys(&self, settings: &[(String, String)]) -> Vec<Spelled> {
        settings.iter().filter_map(|(path, value)| spelled(self.plan, path, value)).collect()
    }
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

/// Returns the question what prevents the violation of a message whose handler fails every time;
/// `None` if such a message does not violate the property.
fn under_poison(scenario: &Scenario, property: Property) -> Option<Subject> {
    let poison: FaultSpec = "fail:handler@m1#*".parse().ok()?;
    let faults = vec![poison];
    let scripted = Scenario { messages: 1, faults: faults.clone(), ..scenario.clone() };
    let setup = CompiledScenario::new(&scripted).ok()?;
    let report = explore(&setup, FIRST);
    let violated = report.endings.iter().fold(0, |all, end| all | end.violated_properties(1));
    let finding = |property: Property| match violated & 1 << property as u16 {
        0 => Finding::Holds,
        _ => Finding::Violated(Vec::new()),
    };
    if finding(property) == Finding::Holds {
        return None;
    }
    Some(Subject {
        scenario: Scenario { messages: 1, ..scenario.clone() },
        faults: FaultScope::Script(faults),
        findings: Property::ALL.map(|property| (property, finding(property))).to_vec(),
        endings: report.endings.into_iter().collect(),
        complete: !report.truncated,
        wanted: vec![property],
    })
}

/// Returns the usual measures that may prevent a violation and differ from what is set.
fn measures(
    plan: &Plan,
    property: Property,
    differs: &dyn Fn(&(&str, &str)) -> bool,
) -> Vec<Measure> {
    let measures = MEASURES.iter().find(|(system, _)| *system == plan.system);
    let is_loss = matches!(
        property,
        Property::NeverLost | Property::NeverLostSilently | Property::ReportTrue
    );
    let resends = |measure: &Measure| measure.iter().any(|(path, _)| RESENDS.contains(path));
    measures
        .iter()
        .flat_map(|(_, measures)| measures.iter())
        .filter(|measure| is_loss || !resends(measure))
        .filter(|measure| {
            measure.iter().any(differs) && measure.iter().all(|(path, _)| is_given(plan, path))
        })
        .copied()
        .collect()
}

/// Returns the changes in words.
fn label(settings: &[(String, String)]) -> String {
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
    label.join(" and ")
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
