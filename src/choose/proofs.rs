//! What each candidate is known to hold: proved once for all, and kept as a table. A test proves it
//! again, and writes the table when asked to.

use super::candidates::Candidate;
use crate::check::{Assumptions, Bounds, DeliveryModel, Finding, Progress, Property, Scope};
use crate::check::{assumptions, judged, shortened, usual};
use crate::sim::{Class, Classes, CompiledScenario, Scenario, Trace};
use std::collections::HashMap;
use std::sync::OnceLock;

/// What is known of a candidate: two messages and one fault of any kind, one message and two faults
/// of the usual kinds, and, where that is not too much to try, two messages and two faults of the
/// usual kinds. Left out is what is somebody else's: an application that sends twice, ids that are
/// forgotten, a producer that dies and is never replaced or whose own database fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// For each property that can be broken, a short run that breaks it.
    pub broken: Vec<(Property, Run)>,
    /// Properties that are neither broken nor proved: there were too many runs to try.
    pub open: Vec<Property>,
    /// All runs of two messages with two faults were tried, too.
    pub two: bool,
}

/// A run that shows something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    pub messages: u8,
    /// See [`crate::sim::Path`].
    pub path: String,
}

/// States that are tried at most: where everything has to be tried, where it is more than that, and
/// for a shorter run.
const LIMIT: usize = 2_000_000;
const PERHAPS: usize = 300_000;
const SHORTER: usize = 100_000;

impl Known {
    /// Whether the property was proved.
    pub fn proves(&self, property: Property) -> bool {
        !self.open.contains(&property) && self.run(property).is_none()
    }

    /// A run that breaks it.
    pub fn run(&self, property: Property) -> Option<&Run> {
        self.broken.iter().find(|(p, _)| *p == property).map(|(_, run)| run)
    }

    /// Within which bounds it was proved, in sentences.
    pub fn bounds(&self) -> &'static str {
        match self.two {
            true => {
                "Every run of two messages with two of the usual faults, and with one of any kind. \
                 Not tried: an application that sends a message twice, ids that are forgotten."
            }
            false => {
                "Every run of two messages with one fault of any kind, and of one message with two \
                 of the usual ones. Not tried: an application that sends a message twice, ids that \
                 are forgotten."
            }
        }
    }

    /// A line of the table, without its name: `two applied-once=2:5.14-3.2 in-order=?`.
    pub fn text(&self) -> String {
        let two = self.two.then(|| "two".to_owned());
        let broken =
            |(p, run): &(Property, Run)| format!("{}={}:{}", p.key(), run.messages, run.path);
        let open = self.open.iter().map(|p| format!("{}=?", p.key()));
        let all = two.into_iter().chain(self.broken.iter().map(broken)).chain(open);
        all.collect::<Vec<_>>().join(" ")
    }

    fn read(text: &str) -> Option<Known> {
        let mut known = Known::default();
        for word in text.split_whitespace() {
            let Some((property, run)) = word.split_once('=') else {
                known.two |= word == "two";
                continue;
            };
            let property = Property::from_key(property)?;
            match run.split_once(':') {
                None => known.open.push(property),
                Some((messages, path)) => {
                    let run = Run { messages: messages.parse().ok()?, path: path.to_owned() };
                    known.broken.push((property, run));
                }
            }
        }
        Some(known)
    }

    /// Adds what was found within some bounds; whether everything was tried.
    fn learn(&mut self, scenario: &Scenario, messages: u8, bounds: Bounds, limit: usize) -> bool {
        let scenario = Scenario { messages, ..scenario.clone() };
        let Ok(setup) = CompiledScenario::new(&scenario) else { return false };
        let model = DeliveryModel { spares_senders: true, ..DeliveryModel::new(&setup, bounds) };
        let verdict = shortened(&model, judged(model.clone(), limit), SHORTER);
        for (property, finding) in &verdict.findings {
            if let Finding::Violated(schedule) = finding
                && self.run(*property).is_none()
            {
                let mut free = model.setup.clone();
                free.expects(Class::ALL.into_iter().collect());
                let path = Trace::fork(&free, schedule).path(&free).to_string();
                self.broken.push((*property, Run { messages, path }));
            }
        }
        verdict.progress == Progress::Exhausted
    }
}

/// The kinds of faults of which one is tried.
fn any_kind() -> Classes {
    Class::ALL.into_iter().collect::<Classes>().without(Class::Twice).without(Class::Expiry)
}

/// What the proofs of a candidate rest on besides its settings; none for one that cannot be run.
pub fn rests_on(candidate: &Candidate) -> Option<Assumptions> {
    let setup = CompiledScenario::new(&candidate.scenario).ok()?;
    Some(assumptions(&Scope { spares_senders: true, ..Scope::new(&setup, any_kind()) }))
}

/// Proves what the candidate holds. Takes seconds.
pub fn prove(candidate: &Candidate) -> Known {
    let mut known = Known::default();
    let scenario = &candidate.scenario;
    let one = Bounds { faults: 1, classes: any_kind() };
    let two = Bounds { faults: 2, classes: usual() };
    let mut all = known.learn(scenario, 2, one, LIMIT);
    known.two = known.learn(scenario, 2, two, PERHAPS);
    all &= known.learn(scenario, 1, two, LIMIT);
    if !all {
        let unbroken = Property::ALL.into_iter().filter(|&p| known.run(p).is_none());
        known.open = unbroken.collect();
    }
    known.broken.sort_unstable();
    known
}

/// The table: a line for each candidate, its name and what is known, with a tab between.
const TABLE: &str = include_str!("proofs.tsv");

/// What is known of the candidate of that name; `None` where the table lacks it.
pub fn known(id: &str) -> Option<&'static Known> {
    static ALL: OnceLock<HashMap<&str, Known>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let line = |line: &'static str| {
            let (id, text) = line.split_once('\t')?;
            Some((id, Known::read(text)?))
        };
        TABLE.lines().filter_map(line).collect()
    });
    all.get(id)
}
