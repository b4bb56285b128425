//! Fixes: changes that make a violated property hold, proved by the same search as the verdict.

mod change;
mod measures;

use super::answers::Answers;
use super::plan::Plan;
use super::report::{Finding, Report, Status, verdict_with};
use super::search::Effort;
use super::spelling::{Spelled, batches, spelled};
use crate::check::{self, Bounds, FaultScope, Fix, FixSearch, Limits, Property, Subject};
use crate::lab;
use crate::sim::{CompiledScenario, Configuration};
use change::{
    as_framework, beside, changed, classes, is_given, label, measures, pairs, under_poison,
};
use measures::Measure;

/// Maximum number of states per change, and for all changes together: a few seconds.
const LIMITS: Limits = Limits { each: 60_000, all: 600_000 };
/// Maximum number of states of the search whose violations are to be prevented.
const FIRST: usize = 200_000;
/// Number of states after which a proof is given up, and that of all proofs together after which none
/// is begun: some seconds. Where the verdict itself takes more, so many times its states.
const EACH: (usize, usize) = (1_500_000, 4);
const BUDGET: (usize, usize) = (3_000_000, 8);
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
/// between searches, and gets what was found so far.
pub fn fixes(
    plan: &Plan,
    report: &Report,
    answers: &Answers,
    required: &[Property],
    stop: &mut dyn FnMut(&Fixes) -> bool,
) -> Fixes {
    let mut search = Search { plan, report, answers, spent: 0, stop, fixes: Fixes::default() };
    let wanted: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|f| matches!(f.status, Status::Broken(_)) && !f.by_sources)
        .filter(|f| required.is_empty() || required.contains(&f.property))
        .collect();
    search.bundles(&wanted.iter().map(|finding| finding.property).collect::<Vec<_>>());
    for finding in wanted {
        let mut variants = report.checked.iter();
        let Some((_, config)) = variants.find(|(label, _)| *label == finding.variant) else {
            continue;
        };
        if search.stops() {
            search.fixes.cut_off = true;
            break;
        }
        search.singles(config, finding.property);
    }
    search.fixes.cut_off |= search.is_spent();
    search.fixes
}

/// A search for fixes.
struct Search<'a> {
    plan: &'a Plan,
    report: &'a Report,
    answers: &'a Answers,
    /// Number of states of all proofs so far.
    spent: usize,
    stop: &'a mut dyn FnMut(&Fixes) -> bool,
    fixes: Fixes,
}

impl Search<'_> {
    /// Returns a limit: a number of states, or a multiple of those of the verdict.
    fn limit(&self, (least, times): (usize, usize)) -> usize {
        least.max(times * self.report.states)
    }

    fn is_spent(&self) -> bool {
        self.spent > self.limit(BUDGET)
    }

    fn stops(&mut self) -> bool {
        (self.stop)(&self.fixes)
    }

    /// Searches for the usual measures that prevent as much as possible together: first those that
    /// send nothing twice, then, for what these do not prevent, all of them.
    fn bundles(&mut self, broken: &[Property]) {
        let all = self.report.checked.iter().map(|(_, config)| lab::settings(config));
        let now: Vec<lab::Held> = all.flatten().collect();
        let differs = |(path, value): &(&str, &str)| {
            now.iter().any(|held| held.field.path == *path && held.value != *value)
        };
        for resends in [false, true] {
            let open: Vec<Property> =
                broken.iter().copied().filter(|p| self.fixes.of(*p).is_none()).collect();
            let measures = measures(self.plan, resends, &differs);
            if open.is_empty() || measures.is_empty() || self.is_spent() || self.stops() {
                return;
            }
            if let Some((prevented, bundle)) = self.bundle(&open, measures, &differs) {
                let of = prevented.into_iter().map(|property| (property, vec![bundle.clone()]));
                self.fixes.of.extend(of);
            }
        }
    }

    /// Returns the smallest part of the measures that prevents these violations, as far as they do,
    /// and what it prevents: each measure is left out again that is not needed under small bounds
    /// (delta debugging with one element at a time), and what is left is proved in full.
    fn bundle(
        &mut self,
        broken: &[Property],
        measures: Vec<Measure>,
        differs: &dyn Fn(&(&str, &str)) -> bool,
    ) -> Option<(Vec<Property>, Proved)> {
        let held = self.held();
        let all = [&held, broken].concat();
        let holding = |report: &Report, of: &[Property]| -> Vec<Property> {
            of.iter().copied().filter(|&property| holds(report, property)).collect()
        };
        let with_all = self.verdict(&self.pairs(&measures), &all)?;
        let prevented = holding(&with_all, broken);
        if prevented.is_empty() {
            return None;
        }
        let needed = [holding(&with_all, &held), prevented.clone()].concat();
        let least = self.least(measures.clone(), &needed);
        let with_least = self.verdict(&self.pairs(&least), &[&held, &prevented[..]].concat())?;
        // Small bounds may miss what needs a measure.
        let (taken, report) = match needed.iter().all(|&property| holds(&with_least, property)) {
            true => (least, with_least),
            false => (measures, with_all),
        };
        let settings: Vec<(String, String)> = self
            .pairs(&taken)
            .into_iter()
            .filter(|(path, value)| differs(&(path, value)))
            .collect();
        let gives_up = no_longer_held(&report, &held);
        let (label, keys) = (label(&settings), self.keys(&settings));
        Some((prevented, Proved { label, settings, keys, costs: Vec::new(), gives_up }))
    }

    /// Leaves out each measure without which small bounds find no violation of these properties.
    fn least(&mut self, mut taken: Vec<Measure>, needed: &[Property]) -> Vec<Measure> {
        let mut at = 0;
        while at < taken.len() && taken.len() > 1 && !self.stops() {
            let mut fewer = taken.clone();
            fewer.remove(at);
            if self.breaks_quickly(&self.pairs(&fewer), needed) {
                at += 1;
            } else {
                taken = fewer;
            }
        }
        taken
    }

    /// Returns the properties that hold now.
    fn held(&self) -> Vec<Property> {
        let held = self.report.findings.iter().filter(|finding| finding.status == Status::Holds);
        held.map(|finding| finding.property).collect()
    }

    /// Adds the single changes that prevent a violation, proved, best first. Beside what gives
    /// nothing up, what does is not worth a proof.
    fn singles(&mut self, config: &Configuration, property: Property) {
        if self.is_spent() {
            return;
        }
        let known = self.fixes.of(property).unwrap_or_default();
        let has_harmless = known.iter().any(|fix| fix.gives_up.is_empty());
        let mut found = Vec::new();
        for fix in self.candidates(config, property) {
            if has_harmless && !fix.gives_up.is_empty() {
                continue;
            }
            found.extend(self.proved(config, &fix, property));
            if found.len() == MOST || self.is_spent() {
                break;
            }
        }
        match self.fixes.of.iter_mut().find(|(known, _)| *known == property) {
            Some((_, known)) => {
                found.retain(|fix| known.iter().all(|own| own.settings != fix.settings));
                // One change is less than a bundle, where it gives nothing up.
                let (harmless, others): (Vec<_>, Vec<_>) =
                    found.into_iter().partition(|fix| fix.gives_up.is_empty());
                known.splice(0..0, harmless);
                known.extend(others);
            }
            None => self.fixes.of.push((property, found)),
        }
    }

    /// Returns changes that prevent the violation within small bounds, best first.
    fn candidates(&mut self, config: &Configuration, property: Property) -> Vec<Fix> {
        let classes = classes(self.report, property);
        let one = Bounds { faults: 1, classes };
        let two = Bounds { faults: 2, classes };
        for (messages, bounds) in [(1, one), (2, one), (1, two)] {
            let config = config.with_messages(messages);
            let Ok(setup) = CompiledScenario::bare(&config) else { continue };
            let before = check::check(&setup, bounds, FIRST);
            if before.proves(property)
                || !matches!(before.finding(property), check::Finding::Violated(_))
            {
                continue;
            }
            return self.found(Subject {
                wanted: vec![property],
                faults: FaultScope::Anywhere(bounds),
                ..Subject::of(&config, &before)
            });
        }
        match under_poison(config, property) {
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
            stopped = self.stops();
        }
        self.fixes.cut_off |= search.cut_off() || stopped;
        wanted.into_iter().flat_map(|property| search.of(property)).cloned().collect()
    }

    /// Returns the verdict with these settings changed, of these properties only.
    fn verdict(&mut self, settings: &[(String, String)], wanted: &[Property]) -> Option<Report> {
        let changed = changed(self.plan, settings, wanted);
        let most = self.limit(EACH);
        let (stop, fixes) = (&mut *self.stop, &self.fixes);
        let mut too_many = |states: usize, _: &dyn Fn() -> Report| states > most || stop(fixes);
        let report = verdict_with(&changed, self.answers, Effort::Full, &mut too_many).ok()?;
        self.spent += report.states;
        Some(report)
    }

    /// Returns true if small bounds find a violation of one of these properties, with these settings
    /// changed, or if they cannot be set.
    fn breaks_quickly(&mut self, settings: &[(String, String)], properties: &[Property]) -> bool {
        let broken = |report: &Report| {
            report.findings.iter().any(|finding| matches!(finding.status, Status::Broken(_)))
        };
        let changed = changed(self.plan, settings, properties);
        let (stop, fixes) = (&mut *self.stop, &self.fixes);
        let mut enough = |_: usize, so_far: &dyn Fn() -> Report| broken(&so_far()) || stop(fixes);
        let report = verdict_with(&changed, self.answers, Effort::Quick, &mut enough);
        self.spent += report.as_ref().map_or(0, |report| report.states);
        report.is_err() || report.is_ok_and(|report| broken(&report))
    }

    /// Proves a change under all variants of the plan and all bounds of the verdict.
    fn proved(&mut self, config: &Configuration, fix: &Fix, property: Property) -> Option<Proved> {
        let settings =
            lab::difference(&config.with_messages(fix.configuration.messages), &fix.configuration);
        let full = lab::settings(&fix.configuration);
        let path = |key: &str| {
            let ends = |path: &str| path == key || path.ends_with(&format!(".{key}"));
            full.iter().find(|held| ends(held.field.path)).map(|held| held.field.path)
        };
        let settings: Vec<(String, String)> = settings
            .into_iter()
            .map(|(key, value)| (path(&key).map_or(key.clone(), str::to_owned), value))
            .collect();
        let single = settings.len();
        let settings = beside(self.plan, settings);
        let possible = |(path, value): &(String, String)| {
            // Unset is what it is now, or the same as true.
            is_given(self.plan, path)
                && (!path.ends_with("enable.idempotence") || value != "unset")
                && (path != batches::PATH || batches::way(self.plan, value).is_some())
        };
        if self.is_spent() || !settings.iter().all(possible) {
            return None;
        }
        let held = self.held();
        let report = self.verdict(&settings, &[&held[..], &[property]].concat())?;
        if !holds(&report, property) {
            return None;
        }
        // The search for changes looked at small bounds, and at more than the eight properties.
        let mut gives_up: Vec<String> =
            fix.gives_up.iter().map(crate::check::GivenUp::label).collect();
        for lost in no_longer_held(&report, &held) {
            if !gives_up.iter().any(|known| known.starts_with(&lost)) {
                gives_up.push(lost);
            }
        }
        let keys = self.keys(&settings);
        let label = if settings.len() > single { label(&settings) } else { fix.label.clone() };
        let proved = Proved { label, keys, settings, costs: fix.costs(), gives_up };
        Some(as_framework(self.plan, config, fix, proved))
    }

    fn pairs(&self, measures: &[Measure]) -> Vec<(String, String)> {
        pairs(self.plan, measures)
    }

    fn keys(&self, settings: &[(String, String)]) -> Vec<Spelled> {
        settings.iter().filter_map(|(path, value)| spelled(self.plan, path, value)).collect()
    }
}

/// Returns true if the property was searched in full and is not violated: it holds, or only a side
/// that the files do not give could violate it.
fn holds(report: &Report, property: Property) -> bool {
    let finding = report.of(property).filter(|finding| finding.finished);
    finding.is_some_and(|f| matches!(f.status, Status::Holds | Status::Open(_)))
}

/// Returns those of the properties that do not hold, or are not proved to hold.
fn no_longer_held(report: &Report, held: &[Property]) -> Vec<String> {
    let lost = held.iter().filter_map(|&property| match &report.of(property)?.status {
        _ if holds(report, property) => None,
        Status::Broken(_) => Some(property.label().to_owned()),
        _ => Some(format!("{}: no longer proved", property.label())),
    });
    lost.collect()
}
