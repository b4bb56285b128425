//! What would prevent it: every change of one setting tried, and pairs of the usual ones where none
//! helps.

use super::explorer::{Explorer, Progress};
use super::model::{Bounds, Delivery};
use super::property::Property;
use super::remedy::{Change, changes, pairs};
use super::verdict::{Finding, Verdict};
use crate::sim::{Choice, Op, Scenario, Setup, Trace};

/// A change that makes properties hold which do not hold without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure {
    /// In the product's words: "acks=all", or two of them with "and" between.
    pub says: String,
    pub scenario: Scenario,
    /// What holds with it.
    pub prevents: Vec<Property>,
    /// What held before, and does not hold with it.
    pub newly: Vec<Property>,
    /// How many messages between parties, and calls of stores, a run without faults takes more
    /// than before; less, where it is negative.
    pub more: i32,
}

/// The search for cures, in slices.
pub struct Cures {
    bounds: Bounds,
    limit: usize,
    /// What was found of the configuration itself.
    before: Verdict,
    calls: i32,
    /// What is broken and is to be cured.
    wanted: Vec<Property>,
    /// The changes that pairs are made of.
    usual: Vec<Change>,
    changes: Vec<Change>,
    /// The next change to be tried.
    next: usize,
    pairs: bool,
    search: Option<Explorer<Delivery>>,
    found: Vec<Cure>,
    /// Some change was too large to be tried out.
    cut_off: bool,
}

impl Cures {
    /// For what the verdict of this configuration says is broken. `singles` makes the changes of
    /// one setting that are tried; pairs are made of the usual ones, [`changes`].
    pub fn new(
        scenario: &Scenario,
        before: &Verdict,
        singles: impl FnOnce(&Scenario) -> Vec<Change>,
        limit: usize,
    ) -> Cures {
        let wanted = |property: &Property| matches!(before.finding(*property), Finding::Broken(_));
        let scenario = Scenario { messages: before.messages, ..scenario.clone() };
        Cures {
            bounds: before.bounds,
            limit,
            before: before.clone(),
            calls: calls(&scenario),
            wanted: Property::ALL.into_iter().filter(wanted).collect(),
            usual: changes(&scenario),
            changes: singles(&scenario),
            next: 0,
            pairs: false,
            search: None,
            found: Vec::new(),
            cut_off: false,
        }
    }

    /// Follows up to so many states; `true` when everything was tried.
    pub fn advance(&mut self, states: usize) -> bool {
        let Some(search) = &mut self.search else { return self.begin() };
        let progress = search.advance(states);
        let broken = |property: &Property| search.violation(*property as usize).is_some();
        // What breaks all that is wanted here, too, is no cure.
        let useless = self.wanted.iter().all(broken);
        if progress == Progress::Running && !useless {
            return false;
        }
        if !useless {
            self.cut_off |= progress != Progress::Exhausted;
            let verdict = Verdict::of(search, progress);
            self.keep(&verdict);
        }
        self.search = None;
        self.next += 1;
        false
    }

    /// Takes the next change up; `true` when there is none.
    fn begin(&mut self) -> bool {
        if self.next >= self.changes.len() && !self.begin_pairs() {
            return true;
        }
        match Setup::new(&self.changes[self.next].scenario) {
            Ok(setup) => {
                let model = Delivery::new(&setup, self.bounds);
                self.search = Some(Explorer::new(model, self.limit));
            }
            Err(_) => self.next += 1,
        }
        false
    }

    /// Goes on with pairs for what no single change prevents.
    fn begin_pairs(&mut self) -> bool {
        if self.pairs {
            return false;
        }
        self.pairs = true;
        let cured = |property: &Property| self.found.iter().any(|c| c.prevents.contains(property));
        self.wanted.retain(|property| !cured(property));
        (self.changes, self.next) = (pairs(&self.usual), 0);
        !self.wanted.is_empty() && !self.changes.is_empty()
    }

    fn keep(&mut self, verdict: &Verdict) {
        let change = &self.changes[self.next];
        let prevents: Vec<Property> =
            self.wanted.iter().copied().filter(|p| verdict.proves(*p)).collect();
        if prevents.is_empty() {
            return;
        }
        let broken = |p: &Property| matches!(verdict.finding(*p), Finding::Broken(_));
        let newly = |p: &Property| self.before.proves(*p) && broken(p);
        self.found.push(Cure {
            says: change.says.clone(),
            more: calls(&change.scenario) - self.calls,
            scenario: change.scenario.clone(),
            prevents,
            newly: Property::ALL.into_iter().filter(newly).collect(),
        });
    }

    /// What was found so far.
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

/// Messages between parties, and calls of stores, in a run without faults.
fn calls(scenario: &Scenario) -> i32 {
    let Ok(setup) = Setup::new(&Scenario { faults: vec![], ..scenario.clone() }) else { return 0 };
    let trace = Trace::run(&setup);
    let asks = |key: &str| {
        let line = key.split('@').next().unwrap_or_default();
        Op::ALL.iter().any(|op| op.key() == line && op.store().is_some())
    };
    let counts = trace
        .steps
        .iter()
        .filter(|step| matches!(step.choice, Choice::Deliver(_)) || asks(&step.key));
    i32::try_from(counts.count()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{judge, usual};
    use crate::sim::settings::generic::{Acknowledge, GenericBroker};
    use crate::sim::settings::{BrokerSettings, ConsumerSettings, ProducerSettings};

    fn scenario(program: Vec<Op>) -> Scenario {
        let json = r#"{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 1,
            "producer": { "retry": { "timeout_ms": 1, "attempts": 3,
                                     "backoff": { "fixed": { "delay_ms": 1 } } } },
            "broker": { "generic": { "acknowledge": "after-sync" } },
            "consumer": { "program": ["receive", "work", "ack"] } }"#;
        let mut scenario = Scenario::from_json(json).unwrap();
        scenario.consumer.program = program;
        scenario
    }

    fn cures(scenario: &Scenario, faults: u8) -> Cures {
        let setup = Setup::new(scenario).unwrap();
        let before = judge(&setup, Bounds { faults, classes: usual() }, 100_000);
        let mut cures = Cures::new(scenario, &before, changes, 100_000);
        while !cures.advance(1000) {}
        cures
    }

    #[test]
    fn every_cure_is_one() {
        let scenario = scenario(vec![Op::Receive, Op::Work, Op::Ack]);
        let found = cures(&scenario, 1);
        let inbox = found.found().iter().find(|cure| cure.says == "transactional inbox").unwrap();
        assert!(inbox.prevents.contains(&Property::AppliedOnce), "{inbox:?}");
        assert!(inbox.more > 0, "an inbox asks the database more often");
        for cure in found.found() {
            let setup = Setup::new(&cure.scenario).unwrap();
            let verdict = judge(&setup, Bounds { faults: 1, classes: usual() }, 100_000);
            assert!(cure.prevents.iter().all(|property| verdict.proves(*property)), "{cure:?}");
        }
    }

    #[test]
    fn pairs_are_tried_where_no_single_change_helps() {
        let mut scenario = scenario(vec![Op::Receive, Op::Ack, Op::Work]);
        scenario.producer = ProducerSettings::FireAndForget;
        scenario.broker = BrokerSettings::Generic(GenericBroker {
            acknowledge: Acknowledge::AfterSync,
            replicas: 1,
            redelivery: true,
            max_deliveries: None,
            dead_letter_queue: false,
        });
        let found = cures(&scenario, 1);
        assert!(found.at_pairs());
        let both = |cure: &&Cure| {
            cure.says.contains(" and ") && cure.prevents.contains(&Property::NeverLostSilently)
        };
        assert!(found.found().iter().any(|cure| both(&cure)), "{:#?}", found.found());
        let ConsumerSettings { program, .. } = &scenario.consumer;
        assert_eq!(program.len(), 3, "the scenario itself is left alone");
    }
}
