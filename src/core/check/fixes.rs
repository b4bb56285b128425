//! Search for fixes: changes of the configuration that make a violated property hold.
//!
//! The search checks every change of a single setting ([`changes`]), and then pairs of the usual
//! changes for the properties that no single change fixes without harm.

mod rank;

use super::explore::explore;
use super::explorer::{Explorer, Progress};
use super::fate::{Fate, fates};
use super::harm::{GivenUp, Profile, Profiling, Seen, given_up};
use super::model::{Bounds, DeliveryModel, TerminalState};
use super::mutations::{Change, changes, pairs};
use super::property::Property;
use super::verdict::{Finding, Verdict};
use crate::sim::{Classes, CompiledScenario, Configuration, FaultSpec, Scenario};

pub use rank::ranked;
use rank::{Expense, expense, publishes_dead_letters};

/// A change of the configuration that makes violated properties hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The change in the product's terms, such as "acks=all"; two changes are joined by "and".
    pub label: String,
    /// The changed configuration.
    pub configuration: Configuration,
    /// True if the fix combines two changes.
    pub pair: bool,
    /// Properties that hold with the change.
    pub prevents: Vec<Property>,
    /// Properties that are violated with the change.
    pub leaves: Vec<Property>,
    /// Guarantees that held before the change and do not hold with it.
    pub gives_up: Vec<GivenUp>,
    /// Fates of a message that are possible only with the change.
    pub fates: Vec<Fate>,
    /// Additional messages between participants and calls to stores in a run without faults;
    /// negative if there are fewer.
    pub more: i32,
    /// Additional nodes, stores and processes; negative if there are fewer.
    pub parts: i32,
}

impl Fix {
    /// Returns true if no guarantee is lost by the change.
    pub fn is_harmless(&self) -> bool {
        self.gives_up.is_empty()
    }

    /// Returns the worst loss that stays possible: a silent one, or one with an error.
    pub fn leaves_loss(&self) -> Option<Property> {
        let losses = [Property::NeverLostSilently, Property::NeverLost];
        losses.into_iter().find(|property| self.leaves.contains(property))
    }

    /// Returns the additional costs as phrases: "1 more component", "2 fewer calls or messages".
    pub fn costs(&self) -> Vec<String> {
        let counted = |n: i32, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 more {one}")),
            n if n > 0 => Some(format!("{n} more {many}")),
            -1 => Some(format!("1 fewer {one}")),
            n => Some(format!("{} fewer {many}", -n)),
        };
        let parts = counted(self.parts, "component", "components");
        parts
            .into_iter()
            .chain(counted(self.more, "call or message", "calls or messages"))
            .collect()
    }
}

/// The faults that a fix has to withstand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultScope {
    /// Faults anywhere, within bounds.
    Anywhere(Bounds),
    /// Scripted faults, each once at its point.
    Script(Vec<FaultSpec>),
}

/// The configuration to be fixed, with the result of checking it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The configuration that was checked.
    pub configuration: Configuration,
    /// The faults that it was checked under.
    pub faults: FaultScope,
    /// The result for each property.
    pub findings: Vec<(Property, Finding)>,
    /// The terminal states of all runs.
    pub endings: Vec<TerminalState>,
    /// True if the state space was exhausted.
    pub complete: bool,
    /// Violated properties that a fix is wanted for.
    pub wanted: Vec<Property>,
}

impl Subject {
    /// Creates a subject that wants a fix for every property that the verdict reports as violated.
    pub fn of(config: &Configuration, verdict: &Verdict) -> Subject {
        let broken = |p: &Property| matches!(verdict.finding(*p), Finding::Violated(_));
        Subject {
            configuration: config.with_messages(verdict.messages),
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
        Seen::of(self.configuration.messages, broken, self.complete, &self.endings)
    }
}

/// Limits of the search.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Limit of states for each change.
    pub each: usize,
    /// Limit of states for all changes together, counted in whole slices.
    pub all: usize,
}

/// A search for fixes that can be advanced in slices.
pub struct FixSearch {
    subject: Subject,
    limits: Limits,
    seen: Seen,
    fates: std::collections::BTreeSet<Fate>,
    expense: Expense,
    /// Properties that still lack a fix.
    wanted: Vec<Property>,
    /// Changes that pairs are combined from.
    usual: Vec<Change>,
    changes: Vec<Change>,
    /// Index of the next change to check.
    next: usize,
    pairs: bool,
    /// Profile of the unchanged configuration under each fault class, computed when first needed.
    profile: Option<Profile>,
    work: Work,
    found: Vec<Fix>,
    /// True if the check of some change was truncated.
    cut_off: bool,
    spent: usize,
}

/// The current step of the search.
enum Work {
    /// Ready to take the next change.
    Next,
    /// Checking a change.
    Trying(Box<Explorer<DeliveryModel>>),
    /// Profiling the unchanged configuration, to compare the fix with it.
    Before(Box<Fix>, Box<Profiling>),
    /// Profiling the changed configuration.
    After(Box<Fix>, Box<Profiling>),
}

impl FixSearch {
    /// Creates a search. `singles` lists the single-setting changes to check; pairs are combined
    /// from the usual ones, [`changes`].
    pub fn new(
        subject: Subject,
        singles: impl FnOnce(&Configuration) -> Vec<Change>,
        limits: Limits,
    ) -> FixSearch {
        let config = &subject.configuration;
        FixSearch {
            limits,
            seen: subject.seen(),
            fates: fates(config.messages, &subject.endings),
            expense: expense(config),
            wanted: subject.wanted.clone(),
            usual: changes(config),
            changes: singles(config),
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

    /// Expands up to `states` states. Returns true when the search is complete.
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
            Work::Before(fix, mut profiling) => match profiling.advance(states) {
                false => self.work = Work::Before(fix, profiling),
                true => {
                    self.profile = Some(profiling.found());
                    self.compare(fix);
                }
            },
            Work::After(fix, mut profiling) => match profiling.advance(states) {
                false => self.work = Work::After(fix, profiling),
                true => self.keep(*fix, &profiling.found()),
            },
        }
        self.spent += states;
        false
    }

    /// Takes the next change. Returns true if there is none.
    fn begin(&mut self) -> bool {
        if self.next >= self.changes.len() && !self.begin_pairs() {
            return true;
        }
        let config = &self.changes[self.next].configuration;
        match &self.subject.faults {
            FaultScope::Anywhere(bounds) => match CompiledScenario::bare(config) {
                Ok(setup) => {
                    let model = DeliveryModel::new(&setup, *bounds);
                    self.work = Work::Trying(Box::new(Explorer::new(model, self.limits.each)));
                }
                Err(_) => self.next += 1,
            },
            FaultScope::Script(script) => {
                let bare = Scenario::from(config.clone());
                self.follow_script(&bare.with_faults(script.clone()));
            }
        }
        false
    }

    fn try_out(&mut self, mut search: Box<Explorer<DeliveryModel>>, states: usize) {
        let progress = search.advance(states);
        let broken = |property: &Property| search.violation(*property as usize).is_some();
        // A change that violates all wanted properties as well is no fix.
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

    /// Checks a change under scripted faults. If the point of a fault no longer exists, or a fault
    /// never strikes, there is nothing to compare.
    fn follow_script(&mut self, scenario: &Scenario) {
        let Ok(setup) = CompiledScenario::new(scenario) else {
            self.next += 1;
            return;
        };
        let report = explore(&setup, self.limits.each);
        self.spent += report.states;
        self.cut_off |= report.truncated;
        let findings = report.findings(scenario.configuration.messages, |_| Vec::new());
        let decided = !report.truncated && !report.endings.is_empty();
        let endings: Vec<TerminalState> = report.endings.into_iter().collect();
        self.weigh(&findings, &endings, decided);
    }

    /// Decides from the result for a change if it is a fix, and which guarantees are lost.
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
        let leaves = Property::ALL.into_iter();
        let leaves: Vec<Property> =
            leaves.filter(|p| is(p, |f| matches!(f, Finding::Violated(_)))).collect();
        let broken = leaves.iter().fold(0, |bits, property| bits | 1 << *property as u16);
        let messages = change.configuration.messages;
        let after = Seen::of(messages, broken, complete, endings);
        let mut fates = fates(messages, endings);
        fates.retain(|fate| !self.fates.contains(fate));
        let (expense, before) = (expense(&change.configuration), self.expense);
        let fix = Box::new(Fix {
            label: change.label.clone(),
            configuration: change.configuration.clone(),
            pair: self.pairs,
            prevents,
            leaves,
            gives_up: self.given_up(&after, None, &change.configuration),
            fates: fates.into_iter().collect(),
            more: expense.calls - before.calls,
            parts: expense.parts - before.parts,
        });
        // Harm is already known; further harm does not matter.
        match (fix.is_harmless(), &self.profile) {
            (false, _) => self.found.push(*fix),
            (true, None) => {
                let profiling = Box::new(Profiling::new(&self.subject.configuration));
                self.work = Work::Before(fix, profiling);
            }
            (true, Some(_)) => self.compare(fix),
        }
    }

    fn compare(&mut self, fix: Box<Fix>) {
        let profiling = Box::new(Profiling::new(&fix.configuration));
        self.work = Work::After(fix, profiling);
    }

    fn keep(&mut self, mut fix: Fix, after: &Profile) {
        fix.gives_up = self.given_up(&self.seen, Some(after), &fix.configuration);
        self.found.push(fix);
    }

    /// Returns the guarantees that a change gives up, from what was observed under the requested
    /// faults and under each fault class alone.
    fn given_up(
        &self,
        seen: &Seen,
        profile: Option<&Profile>,
        changed: &Configuration,
    ) -> Vec<GivenUp> {
        let kinds = match &self.subject.faults {
            FaultScope::Anywhere(bounds) if bounds.faults > 0 => bounds.classes,
            _ => Classes::default(),
        };
        let profiles = self.profile.as_ref().zip(profile);
        given_up((&self.seen, seen), profiles, kinds, (&self.subject.configuration, changed))
    }

    /// Continues with pairs for the properties that no single change fixes without harm. A consumer
    /// that publishes dead letters itself is more than a setting: the broker may have one for them.
    fn begin_pairs(&mut self) -> bool {
        if self.pairs {
            return false;
        }
        self.pairs = true;
        let own = publishes_dead_letters(&self.subject.configuration);
        let set = |fix: &&Fix| own || !publishes_dead_letters(&fix.configuration);
        let harmless = || self.found.iter().filter(|fix| fix.is_harmless()).filter(set);
        let fixed = |property: &Property| harmless().any(|c| c.prevents.contains(property));
        self.wanted.retain(|property| !fixed(property));
        (self.changes, self.next) = (pairs(&self.usual), 0);
        !self.wanted.is_empty() && !self.changes.is_empty()
    }

    /// Returns the fixes found so far for a property, best first; see [`ranked`].
    pub fn of(&self, property: Property) -> Vec<&Fix> {
        ranked(&self.found, property)
    }

    /// Returns all fixes found so far, in the order in which they were checked.
    pub fn found(&self) -> &[Fix] {
        &self.found
    }

    /// Returns true if the check of some change was truncated, so that the change is not reported
    /// as a fix.
    pub fn cut_off(&self) -> bool {
        self.cut_off
    }

    /// Returns the number of changes checked, and their total. Pairs are counted once their turn
    /// comes.
    pub fn progress(&self) -> (usize, usize) {
        (self.next, self.changes.len())
    }

    /// Returns true if the search has reached pairs of changes.
    pub fn at_pairs(&self) -> bool {
        self.pairs
    }
}

#[cfg(test)]
mod tests;
