//! The shortest runs that break something.
//!
//! A search that leaves out what makes no difference finds every verdict, and short runs, but not
//! always the shortest. Where the shortest is wanted, all states are gone through again, nearest
//! first, and nothing is left out, until each broken property has been met.

use super::explorer::{Explorer, Progress};
use super::model::DeliveryModel;
use super::property::Property;
use super::verdict::{Finding, Verdict};

/// The search for the shortest runs, in slices.
pub struct Shortest {
    explorer: Explorer<DeliveryModel>,
    wanted: Vec<Property>,
    ended: bool,
}

impl Shortest {
    /// For what the verdict on this model says is broken; gives up after so many states. `None`
    /// where nothing is broken whose shortest run a search could meet: that no end can be reached
    /// any more shows only when all is known.
    pub fn new(model: &DeliveryModel, verdict: &Verdict, limit: usize) -> Option<Shortest> {
        let broken = |p: &Property| matches!(verdict.finding(*p), Finding::Violated(_));
        let met = |p: &Property| *p != Property::NeverStuck && broken(p);
        let wanted: Vec<Property> = Property::ALL.into_iter().filter(met).collect();
        let whole = DeliveryModel { reduced: false, ..model.clone() };
        let explorer = Explorer::new(whole, limit);
        (!wanted.is_empty()).then_some(Shortest { explorer, wanted, ended: false })
    }

    /// Follows up to so many states; `true` when there is nothing left to look for.
    pub fn advance(&mut self, states: usize) -> bool {
        self.ended |= self.explorer.advance(states) != Progress::Running;
        let met = |p: &Property| self.explorer.violation(*p as usize).is_some();
        self.ended || self.wanted.iter().all(met)
    }

    /// How many different states were reached.
    pub fn states(&self) -> usize {
        self.explorer.states()
    }

    /// Puts what was found in place of longer runs.
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
            // Nearest first, and nothing left out: it is met where it can be met soonest, whatever
            // the search leaves undone behind that.
            verdict.shortest |= 1 << *property as u16;
        }
    }
}

/// The verdict with its runs made the shortest, as far as so many states lead.
pub fn shortened(model: &DeliveryModel, mut verdict: Verdict, limit: usize) -> Verdict {
    if let Some(mut search) = Shortest::new(model, &verdict, limit) {
        while !search.advance(SLICE) {}
        search.improve(&mut verdict);
    }
    verdict
}

/// States between two looks at what has been met.
const SLICE: usize = 1024;
