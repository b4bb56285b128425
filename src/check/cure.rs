//! What would prevent it: every change of one setting tried, and pairs of the usual ones for what no
//! single change prevents without harm.

mod rank;

use super::explore::explore;
use super::explorer::{Explorer, Progress};
use super::fate::{Fate, fates};
use super::harm::{GivenUp, Profile, Profiling, Seen, given_up};
use super::model::{Bounds, Delivery, Ending};
use super::property::Property;
use super::remedy::{Change, changes, pairs};
use super::verdict::{Finding, Verdict};
use crate::sim::{Classes, FaultSpec, Scenario, Setup};

pub use rank::ranked;
use rank::{Expense, expense};

/// A change that makes properties hold which do not hold without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure {
    /// In the product's words: "acks=all", or two of them with "and" between.
    pub says: String,
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

impl Cure {
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
pub enum Struck {
    /// Anywhere, within bounds.
    Anywhere(Bounds),
    /// Each once, at its point.
    Script(Vec<FaultSpec>),
}

/// What is to be cured: a configuration, and what was found of it.
#[derive(Clone, Debug)]
pub struct Patient {
    pub scenario: Scenario,
    pub struck: Struck,
    pub findings: Vec<(Property, Finding)>,
    pub endings: Vec<Ending>,
    /// Everything was tried.
    pub complete: bool,
    /// What is broken and is to be cured.
    pub wanted: Vec<Property>,
}

impl Patient {
    /// All that the verdict on this configuration says is broken.
    pub fn of(scenario: &Scenario, verdict: &Verdict) -> Patient {
        let broken = |p: &Property| matches!(verdict.finding(*p), Finding::Broken(_));
        Patient {
            scenario: Scenario { messages: verdict.messages, ..scenario.clone() },
            struck: Struck::Anywhere(verdict.bounds),
            findings: verdict.findings.clone(),
            endings: verdict.endings.clone(),
            complete: verdict.progress == Progress::Exhausted,
            wanted: Property::ALL.into_iter().filter(broken).collect(),
        }
    }

    fn seen(&self) -> Seen {
        let broken = self.findings.iter().filter(|(_, found)| matches!(found, Finding::Broken(_)));
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
pub struct Cures {
    patient: Patient,
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
    found: Vec<Cure>,
    /// Some change was too large to be tried out.
    cut_off: bool,
    spent: usize,
}

/// What is being done.
enum Work {
    /// The next change is to be taken up.
    Next,
    /// A change is tried out.
    Trying(Box<Explorer<Delivery>>),
    /// What it gives up is looked for: first what there is to give up.
    Before(Box<Cure>, Box<Profiling>),
    After(Box<Cure>, Box<Profiling>),
}

impl Cures {
    /// `singles` makes the changes of one setting that are tried; pairs are made of the usual ones,
    /// [`changes`].
    pub fn new(
        patient: Patient,
        singles: impl FnOnce(&Scenario) -> Vec<Change>,
        limits: Limits,
    ) -> Cures {
        let scenario = &patient.scenario;
        Cures {
            limits,
            seen: patient.seen(),
            fates: fates(scenario.messages, &patient.endings),
            expense: expense(scenario),
            wanted: patient.wanted.clone(),
            usual: changes(scenario),
            changes: singles(scenario),
            next: 0,
            pairs: false,
            profile: None,
            work: Work::Next,
            found: Vec::new(),
            cut_off: false,
            spent: 0,
            patient,
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
        match &self.patient.struck {
            Struck::Anywhere(bounds) => match Setup::new(scenario) {
                Ok(setup) => {
                    let model = Delivery::new(&setup, *bounds);
                    self.work = Work::Trying(Box::new(Explorer::new(model, self.limits.each)));
                }
                Err(_) => self.next += 1,
            },
            Struck::Script(script) => {
                let scenario = Scenario { faults: script.clone(), ..scenario.clone() };
                self.follow_script(&scenario);
            }
        }
        false
    }

    fn try_out(&mut self, mut search: Box<Explorer<Delivery>>, states: usize) {
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
        let Ok(setup) = Setup::new(scenario) else {
            self.next += 1;
            return;
        };
        let report = explore(&setup, self.limits.each);
        self.spent += report.states;
        self.cut_off |= report.truncated;
        let messages = scenario.messages;
        let broken = report.endings.iter().fold(0, |bits, end| bits | end.broken(messages));
        let decided = !report.truncated && !report.endings.is_empty();
        let finding = |property: Property| match broken & 1 << property as u16 {
            0 if decided => Finding::Proved,
            0 => Finding::Open,
            _ => Finding::Broken(Vec::new()),
        };
        let findings = Property::ALL.map(|property| (property, finding(property)));
        let endings: Vec<Ending> = report.endings.into_iter().collect();
        self.weigh(&findings, &endings, decided);
    }

    /// Weighs what was found with the change: whether it is a cure, and what it gives up.
    fn weigh(&mut self, findings: &[(Property, Finding)], endings: &[Ending], complete: bool) {
        let change = &self.changes[self.next];
        self.next += 1;
        let is = |p: &Property, what: fn(&Finding) -> bool| {
            findings.iter().any(|(property, finding)| property == p && what(finding))
        };
        let proved = |p: &Property| is(p, |finding| *finding == Finding::Proved);
        let prevents: Vec<Property> = self.wanted.iter().copied().filter(proved).collect();
        if prevents.is_empty() {
            return;
        }
        let broken =
            Property::ALL.into_iter().filter(|p| is(p, |f| matches!(f, Finding::Broken(_))));
        let broken = broken.fold(0, |bits, property| bits | 1 << property as u16);
        let messages = change.scenario.messages;
        let after = Seen::of(messages, broken, complete, endings);
        let mut fates = fates(messages, endings);
        fates.retain(|fate| !self.fates.contains(fate));
        let (expense, before) = (expense(&change.scenario), self.expense);
        let cure = Box::new(Cure {
            says: change.says.clone(),
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
                let profiling = Box::new(Profiling::new(&self.patient.scenario));
                self.work = Work::Before(cure, profiling);
            }
            (true, Some(_)) => self.compare(cure),
        }
    }

    fn compare(&mut self, cure: Box<Cure>) {
        let profiling = Box::new(Profiling::new(&cure.scenario));
        self.work = Work::After(cure, profiling);
    }

    fn keep(&mut self, mut cure: Cure, after: &Profile) {
        cure.gives_up = self.given_up(&self.seen, Some(after), &cure.scenario);
        self.found.push(cure);
    }

    /// What is given up by a change after which this is seen under the faults that were asked about,
    /// and that under each kind alone.
    fn given_up(&self, seen: &Seen, profile: Option<&Profile>, changed: &Scenario) -> Vec<GivenUp> {
        let kinds = match &self.patient.struck {
            Struck::Anywhere(bounds) if bounds.faults > 0 => bounds.classes,
            _ => Classes::default(),
        };
        let profiles = self.profile.as_ref().zip(profile);
        given_up((&self.seen, seen), profiles, kinds, (&self.patient.scenario, changed))
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
    pub fn of(&self, property: Property) -> Vec<&Cure> {
        ranked(&self.found, property)
    }

    /// What was found so far, in the order in which it was tried.
    pub fn found(&self) -> &[Cure] {
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
