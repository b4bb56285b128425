//! Proofs: the properties that each candidate is known to have, computed ahead of time and stored
//! in a table. A test proves them again, and regenerates the table on request.

use super::candidates::Candidate;
use crate::check::{Assumptions, Bounds, DeliveryModel, Finding, Progress, Property, Scope};
use crate::check::{assumptions, judged, shortened, usual};
use crate::sim::{Class, Classes, CompiledScenario, Configuration, Trace};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Model-checking results for a candidate. The bounds are two messages with one fault of any class,
/// one message with two faults of the usual classes and, if the state space is small enough, two
/// messages with two faults of the usual classes. Excluded are faults outside the candidate's
/// control: an application that sends twice, ids that are forgotten, a producer that dies and is
/// never replaced or whose own database fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// A short counterexample for each property that can be violated.
    pub broken: Vec<(Property, Run)>,
    /// Properties that are neither violated nor proved: the state space was too large.
    pub open: Vec<Property>,
    /// All runs of two messages with two faults were explored, too.
    pub two: bool,
}

/// A run that demonstrates something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    pub messages: u8,
    /// The choices of the run; see [`crate::sim::Path`].
    pub path: String,
}

/// Maximum numbers of states: for the explorations that must be exhaustive, for the optional one,
/// and for finding a shorter counterexample.
const LIMIT: usize = 2_000_000;
const PERHAPS: usize = 300_000;
const SHORTER: usize = 100_000;

impl Known {
    /// Returns true if the property was proved.
    pub fn proves(&self, property: Property) -> bool {
        !self.open.contains(&property) && self.run(property).is_none()
    }

    /// Returns a counterexample to the property.
    pub fn run(&self, property: Property) -> Option<&Run> {
        self.broken.iter().find(|(p, _)| *p == property).map(|(_, run)| run)
    }

    /// Describes the bounds of the proof, in sentences.
    pub fn bounds(&self) -> &'static str {
        match self.two {
            true => {
                "All runs of 2 messages with at most 2 common faults, or 1 of any type. Not checked: an \
                 application that sends a message twice, expiry of IDs."
            }
            false => {
                "All runs of 2 messages with 1 fault of any type, and of 1 message with at most 2 common \
                 faults. Not checked: an application that sends a message twice, expiry of IDs."
            }
        }
    }

    /// Formats a line of the table, without its key: `two applied-once=2:5.14-3.2 in-order=?`.
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

    /// Adds the counterexamples found within some bounds. Returns true if the exploration was
    /// exhaustive.
    fn learn(
        &mut self,
        config: &Configuration,
        messages: u8,
        bounds: Bounds,
        limit: usize,
    ) -> bool {
        let Ok(setup) = CompiledScenario::bare(&config.with_messages(messages)) else {
            return false;
        };
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

/// Returns the classes for the exploration with one fault of any class of failures.
fn any_kind() -> Classes {
    let all: Classes = Class::FAILURES.iter().copied().collect();
    all.without(Class::Twice).without(Class::Expiry).without(Class::Replaced)
}

/// Returns the assumptions of a candidate's proofs, besides its settings; `None` if it cannot be
/// run.
pub fn rests_on(candidate: &Candidate) -> Option<Assumptions> {
    let setup = CompiledScenario::bare(&candidate.configuration).ok()?;
    Some(assumptions(&Scope { spares_senders: true, ..Scope::new(&setup, any_kind()) }))
}

/// Proves the properties of the candidate. Takes seconds.
pub fn prove(candidate: &Candidate) -> Known {
    let mut known = Known::default();
    let config = &candidate.configuration;
    let one = Bounds { faults: 1, classes: any_kind() };
    let two = Bounds { faults: 2, classes: usual() };
    let mut all = known.learn(config, 2, one, LIMIT);
    known.two = known.learn(config, 2, two, PERHAPS);
    all &= known.learn(config, 1, two, LIMIT);
    if !all {
        let unbroken = Property::ALL.into_iter().filter(|&p| known.run(p).is_none());
        known.open = unbroken.collect();
    }
    known.broken.sort_unstable();
    known
}

/// The table: one line per candidate, with its key and its results, separated by a tab.
const TABLE: &str = include_str!("proofs.tsv");

/// Returns the results for the candidate with that key; `None` if the table lacks it.
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
