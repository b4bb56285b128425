//! What would prevent it: every change of one setting tried, and pairs of the usual ones for what no
//! single change prevents without harm.

mod rank;

use super::explore::explore;
use super::explorer::{Explorer, Progress};
use super::fate::{Fate, fates};
use super::harm::{GivenUp, Profile, Profiling, Seen, given_up};
use super::model::{Bounds, DeliveryModel, TerminalState};
use super::mutations::{Change, changes, pairs};
use super::property::Property;
use super::verdict::{Finding, Verdict};
use crate::sim::{Classes, CompiledScenario, FaultSpec, Scenario};

pub use rank::ranked;
use rank::{Expense, expense};

/// A change that makes properties hold which do not hold without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// In the product's words: "acks=all", or two of them with "and" between.
    pub label: String,
    pub scenario: Scenario,
    /// Two changes at once.
    pub pair: bool,
    /// What holds with it.
    pub prevents: Vec<Property>,
    /// What held before, and does not hold with it.
    pub gives_up: Vec<GivenUp>,
    /// What could not become of a message before, and can with it.
    pub fates: Vec<Fate>,
    /// How many messages between parties, and calls of stores, a run without faults takes more
    /// than before; less, where it is negative.
    pub more: i32,
    /// How many nodes, stores and processes take part more than before.
    pub parts: i32,
}

impl Fix {
    /// Returns true if the change gives up nothing.
    pub fn is_harmless(&self) -> bool {
        self.gives_up.is_empty()
    }

    /// What it takes more than before, or less: "1 more part", "2 calls or messages less".
    pub fn costs(&self) -> Vec<String> {
        let counted = |n: i32, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 more {one}")),
            n if n > 0 => Some(format!("{n} more {many}")),
            -1 => Some(format!("1 {one} less")),
            n => Some(format!("{} {many} less", -n)),
        };
        let parts = counted(self.parts, "part", "parts");
        parts
            .into_iter()
            .chain(counted(self.more, "call or message", "calls or messages"))
            .collect()
    }
}

/// The faults that cures are to withstand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultScope {
    /// Anywhere, within bounds.
    Anywhere(Bounds),
    /// Each once, at its point.
    Script(Vec<FaultSpec>),
}

/// What is to be cured: a configuration, and what was found of it.
#[derive(Clone, Debug)]
pub struct Subject {
    pub scenario: Scenario,
    pub faults: FaultScope,
    pub findings: Vec<(Property, Finding)>,
    pub endings: Vec<TerminalState>,
    /// Everything was tried.
    pub complete: bool,
    /// What is broken and is to be cured.
    pub wanted: Vec<Property>,
}

impl Subject {
    /// All that the verdict on this configuration says is broken.
    pub fn of(scenario: &Scenario, verdict: &Verdict) -> Subject {
        let broken = |p: &Property| matches!(verdict.finding(*p), Finding::Violated(_));
        Subject {
            scenario: Scenario { messages: verdict.messages, ..scenario.clone() },
            faults: FaultScope::Anywhere(verdict.bounds),
            findings: verdict.findings.clone(),
            endings: verdict.endings.clone(),
            complete: verdict.progress == Progress::Exhausted,
            wanted: Property::ALL.into_iter().filter(broken).collect(),
        }
    }

    fn seen(&self) -> Seen {
        let broken =
            self.findings.iter().filter(|(_, found)| matches!(found, Finding::Violated(_)));
        let broken = broken.fold(0, |bits, (property, _)| bits | 1 << *property as u16);
        Seen::of(self.scenario.messages, broken, self.complete, &self.endings)
    }
}

/// Where the search gives up.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// States of one change.
    pub each: usize,
    /// States of all changes together, in whole slices.
    pub all: usize,
}

/// The search for cures, in slices.
pub struct FixSearch {
    subject: Subject,
    limits: Limits,
    seen: Seen,
    fates: std::collections::BTreeSet<Fate>,
    expense: Expense,
    /// What is still to be cured.
    wanted: Vec<Property>,
    /// The changes that pairs are made of.
    usual: Vec<Change>,
    changes: Vec<Change>,
    /// The next change to be tried.
    next: usize,
    pairs: bool,
    /// What each kind of fault does to the configuration itself, once that is asked.
    profile: Option<Profile>,
    work: Work,
    found: Vec<Fix>,
    /// Some change was too large to be tried out.
    cut_off: bool,
    spent: usize,
}

/// What is being done.
enum Work {
    /// The next change is to be taken up.
    Next,
    /// A change is tried out.
    Trying(Box<Explorer<DeliveryModel>>),
    /// What it gives up is looked for: first what there is to give up.
    Before(Box<Fix>, Box<Profiling>),
    After(Box<Fix>, Box<Profiling>),
}

impl FixSearch {
    /// `singles` makes the changes of one setting that are tried; pairs are made of the usual ones,
    /// [`changes`].
    pub fn new(
        subject: Subject,
        singles: impl FnOnce(&Scenario) -> Vec<Change>,
        limits: Limits,
    ) -> FixSearch {
        let scenario = &subject.scenario;
        FixSearch {
            limits,
            seen: subject.seen(),
            fates: fates(scenario.messages, &subject.endings),
            expense: expense(scenario),
            wanted: subject.wanted.clone(),
            usual: changes(scenario),
            changes: singles(scenario),
            next: 0,
            pairs: false,
            profile: None,
            work: Work::Next,
            found: Vec::new(),
            cut_off: false,
            spent: 0,
            subject,
        }
    }

    /// Follows up to so many states; `true` when everything was tried.
    pub fn advance(&mut self, states: usize) -> bool {
        if self.wanted.is_empty() {
            return true;
        }
        if self.spent >= self.limits.all {
            self.cut_off = true;
            return true;
        }
        match std::mem::replace(&mut self.work, Work::Next) {
            Work::Next => return self.begin(),
            Work::Trying(search) => self.try_out(search, states),
            Work::Before(cure, mut profiling) => match profiling.advance(states) {
                false => self.work = Work::Before(cure, profiling),
                true => {
                    self.profile = Some(profiling.found());
                    self.compare(cure);
                }
            },
            Work::After(cure, mut profiling) => match profiling.advance(states) {
                false => self.work = Work::After(cure, profiling),
                true => self.keep(*cure, &profiling.found()),
            },
        }
        self.spent += states;
        false
    }

    /// Takes the next change up; `true` when there is none.
    fn begin(&mut self) -> bool {
        if self.next >= self.changes.len() && !self.begin_pairs() {
            return true;
        }
        let scenario = &self.changes[self.next].scenario;
        match &self.subject.faults {
            FaultScope::Anywhere(bounds) => match CompiledScenario::new(scenario) {
                Ok(setup) => {
                    let model = DeliveryModel::new(&setup, *bounds);
                    self.work = Work::Trying(Box::new(Explorer::new(model, self.limits.each)));
                }
                Err(_) => self.next += 1,
            },
            FaultScope::Script(script) => {
                let scenario = Scenario { faults: script.clone(), ..scenario.clone() };
                self.follow_script(&scenario);
            }
        }
        false
    }

    fn try_out(&mut self, mut search: Box<Explorer<DeliveryModel>>, states: usize) {
        let progress = search.advance(states);
        let broken = |property: &Property| search.violation(*property as usize).is_some();
        // What breaks all that is wanted here, too, is no cure.
        if self.wanted.iter().all(broken) {
            self.next += 1;
        } else if progress == Progress::Running {
            self.work = Work::Trying(search);
        } else {
            self.cut_off |= progress != Progress::Exhausted;
            let Verdict { findings, endings, .. } = Verdict::of(&search, progress);
            self.weigh(&findings, &endings, progress == Progress::Exhausted);
        }
    }

    /// The same under a script of faults. Where the point of a fault is gone, or a fault never
    /// strikes, there is nothing to compare.
    fn follow_script(&mut self, scenario: &Scenario) {
        let Ok(setup) = CompiledScenario::new(scenario) else {
            self.next += 1;
            return;
        };
        let report = explore(&setup, self.limits.each);
        self.spent += report.states;
        self.cut_off |= report.truncated;
        let messages = scenario.messages;
        let broken =
            report.endings.iter().fold(0, |bits, end| bits | end.violated_properties(messages));
        let decided = !report.truncated && !report.endings.is_empty();
        let finding = |property: Property| match broken & 1 << property as u16 {
            0 if decided => Finding::Holds,
            0 => Finding::Unknown,
            _ => Finding::Violated(Vec::new()),
        };
        let findings = Property::ALL.map(|property| (property, finding(property)));
        let endings: Vec<TerminalState> = report.endings.into_iter().collect();
        self.weigh(&findings, &endings, decided);
    }

    /// Weighs what was found with the change: whether it is a cure, and what it gives up.
    fn weigh(
        &mut self,
        findings: &[(Property, Finding)],
        endings: &[TerminalState],
        complete: bool,
    ) {
        let change = &self.changes[self.next];
        self.next += 1;
        let is = |p: &Property, what: fn(&Finding) -> bool| {
            findings.iter().any(|(property, finding)| property == p && what(finding))
        };
        let proved = |p: &Property| is(p, |finding| *finding == Finding::Holds);
        let prevents: Vec<Property> = self.wanted.iter().copied().filter(proved).collect();
        if prevents.is_empty() {
            return;
        }
        let broken =
            Property::ALL.into_iter().filter(|p| is(p, |f| matches!(f, Finding::Violated(_))));
        let broken = broken.fold(0, |bits, property| bits | 1 << property as u16);
        let messages = change.scenario.messages;
        let after = Seen::of(messages, broken, complete, endings);
        let mut fates = fates(messages, endings);
        fates.retain(|fate| !self.fates.contains(fate));
        let (expense, before) = (expense(&change.scenario), self.expense);
        let cure = Box::new(Fix {
            label: change.label.clone(),
            scenario: change.scenario.clone(),
            pair: self.pairs,
            prevents,
            gives_up: self.given_up(&after, None, &change.scenario),
            fates: fates.into_iter().collect(),
            more: expense.calls - before.calls,
            parts: expense.parts - before.parts,
        });
        // That it does harm is known; where else it does so, nobody needs to know.
        match (cure.is_harmless(), &self.profile) {
            (false, _) => self.found.push(*cure),
            (true, None) => {
                let profiling = Box::new(Profiling::new(&self.subject.scenario));
                self.work = Work::Before(cure, profiling);
            }
            (true, Some(_)) => self.compare(cure),
        }
    }

    fn compare(&mut self, cure: Box<Fix>) {
        let profiling = Box::new(Profiling::new(&cure.scenario));
        self.work = Work::After(cure, profiling);
    }

    fn keep(&mut self, mut cure: Fix, after: &Profile) {
        cure.gives_up = self.given_up(&self.seen, Some(after), &cure.scenario);
        self.found.push(cure);
    }

    /// What is given up by a change after which this is seen under the faults that were asked about,
    /// and that under each kind alone.
    fn given_up(&self, seen: &Seen, profile: Option<&Profile>, changed: &Scenario) -> Vec<GivenUp> {
        let kinds = match &self.subject.faults {
            FaultScope::Anywhere(bounds) if bounds.faults > 0 => bounds.classes,
            _ => Classes::default(),
        };
        let profiles = self.profile.as_ref().zip(profile);
        given_up((&self.seen, seen), profiles, kinds, (&self.subject.scenario, changed))
    }

    /// Goes on with pairs for what no single change prevents without harm.
    fn begin_pairs(&mut self) -> bool {
        if self.pairs {
            return false;
        }
        self.pairs = true;
        let harmless = || self.found.iter().filter(|cure| cure.is_harmless());
        let cured = |property: &Property| harmless().any(|c| c.prevents.contains(property));
        self.wanted.retain(|property| !cured(property));
        (self.changes, self.next) = (pairs(&self.usual), 0);
        !self.wanted.is_empty() && !self.changes.is_empty()
    }

    /// The cures of a property that were found so far, the best first; see [`ranked`].
    pub fn of(&self, property: Property) -> Vec<&Fix> {
        ranked(&self.found, property)
    }

    /// What was found so far, in the order in which it was tried.
    pub fn found(&self) -> &[Fix] {
        &self.found
    }

    /// Some change was too large to be tried out, and is not said to be a cure.
    pub fn cut_off(&self) -> bool {
        self.cut_off
    }

    /// How many changes were tried, and of how many; those of pairs come only when they are begun.
    pub fn progress(&self) -> (usize, usize) {
        (self.next, self.changes.len())
    }

    /// It is at pairs of changes.
    pub fn at_pairs(&self) -> bool {
        self.pairs
    }
}

#[cfg(test)]
mod tests;
