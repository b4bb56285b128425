//! Search for counterexamples of minimum length.
//!
//! A reduced search finds every verdict and short counterexamples, but not always the shortest.
//! Where the shortest are wanted, this module repeats the breadth-first search without any
//! reduction, until it has met each violated property.

use super::explorer::{Explorer, Progress};
use super::model::DeliveryModel;
use super::property::Property;
use super::verdict::{Finding, Verdict};

/// A search for shortest counterexamples that can be advanced in slices.
pub struct Shortest {
    explorer: Explorer<DeliveryModel>,
    wanted: Vec<Property>,
    ended: bool,
}

impl Shortest {
    /// Creates a search for the properties that the verdict reports as violated, limited to `limit`
    /// states.
    ///
    /// Returns `None` if there is no such property that the search could meet: a violation of
    /// [`Property::NeverStuck`] shows only once the state space is exhausted.
    pub fn new(model: &DeliveryModel, verdict: &Verdict, limit: usize) -> Option<Shortest> {
        let broken = |p: &Property| matches!(verdict.finding(*p), Finding::Violated(_));
        let met = |p: &Property| *p != Property::NeverStuck && broken(p);
        let wanted: Vec<Property> = Property::ALL.into_iter().filter(met).collect();
        let whole = DeliveryModel { reduced: false, ..model.clone() };
        let explorer = Explorer::new(whole, limit);
        (!wanted.is_empty()).then_some(Shortest { explorer, wanted, ended: false })
    }

    /// Expands up to `states` states. Returns true when nothing is left to search for.
    pub fn advance(&mut self, states: usize) -> bool {
        self.ended |= self.explorer.advance(states) != Progress::Running;
        let met = |p: &Property| self.explorer.violation(*p as usize).is_some();
        self.ended || self.wanted.iter().all(met)
    }

    /// Returns the number of distinct states reached.
    pub fn states(&self) -> usize {
        self.explorer.states()
    }

    /// Replaces longer counterexamples in the verdict by those that were found.
    pub fn improve(&self, verdict: &mut Verdict) {
        for (property, finding) in &mut verdict.findings {
            let Finding::Violated(run) = finding else { continue };
            if !self.wanted.contains(property) {
                continue;
            }
            let Some(place) = self.explorer.violation(*property as usize) else { continue };
            if let Some(shortest) = self.explorer.schedule(place)
                && shortest.len() < run.len()
            {
                *run = shortest;
            }
            // Breadth-first order without reduction: the first violation found has minimum depth,
            // whatever the search leaves unexplored beyond it.
            verdict.shortest |= 1 << *property as u16;
        }
    }
}

/// Returns the verdict with shortest counterexamples, as far as they are found within `limit`
/// states.
pub fn shortened(model: &DeliveryModel, mut verdict: Verdict, limit: usize) -> Verdict {
    if let Some(mut search) = Shortest::new(model, &verdict, limit) {
        while !search.advance(SLICE) {}
        search.improve(&mut verdict);
    }
    verdict
}

/// Number of states expanded between two checks for completion.
const SLICE: usize = 1024;
