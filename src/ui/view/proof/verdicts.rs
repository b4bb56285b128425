//! The cache of verdicts and of fixes, so that they appear immediately on return.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::check::{Bounds, FixSearch, Property, Verdict};
use crate::present::script;
use crate::sim::{Path, Scenario};
use crate::ui::share::Config;

/// The cache key: what was searched.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub config: Config,
    /// Links to runs open in the Lab.
    pub lab: bool,
    pub messages: u8,
    pub bounds: Bounds,
}

/// The result of a search, and its counterexamples.
pub struct Known {
    pub verdict: Verdict,
    pub runs: Vec<Shows>,
    /// The counterexamples are the shortest ones, as far as the search for them went.
    pub shortest: bool,
}

/// A counterexample to a property.
pub struct Shows {
    pub property: Property,
    /// The link to the run.
    pub link: String,
    pub path: Path,
    /// Its faults as a script, computed on demand; see [`script`].
    pub script: OnceCell<Option<Vec<String>>>,
    /// The cause that let the violation through, if it can be named.
    pub reason: Option<String>,
}

impl Known {
    /// Returns the counterexample to the property.
    pub fn run(&self, property: Property) -> Option<&Shows> {
        self.runs.iter().find(|shows| shows.property == property)
    }
}

impl Shows {
    /// Returns the faults of this run as a script, which other configurations can be run with.
    pub fn script(&self, scenario: &Scenario) -> Option<&[String]> {
        let written = self.script.get_or_init(|| {
            let faults = script(scenario, &self.path, self.property)?;
            Some(faults.iter().map(ToString::to_string).collect())
        });
        written.as_deref()
    }
}

thread_local! {
    /// The results, by what was searched.
    static KNOWN: RefCell<Vec<(Asked, Rc<Known>)>> = RefCell::default();
    /// The finished searches for fixes, while they are not on screen.
    static FIXES: RefCell<Vec<(Asked, FixSearch)>> = RefCell::default();
}

/// Returns the cached result.
pub fn known(asked: &Asked) -> Option<Rc<Known>> {
    KNOWN.with_borrow(|all| {
        let known = all.iter().find(|(a, _)| a == asked);
        known.map(|(_, known)| Rc::clone(known))
    })
}

/// Caches a finished search for fixes.
pub fn keep_fixes(asked: Asked, search: FixSearch) {
    FIXES.with_borrow_mut(|all| all.push((asked, search)));
}

/// Takes a finished search for fixes out of the cache.
pub fn take_fixes(asked: &Asked) -> Option<FixSearch> {
    FIXES.with_borrow_mut(|all| {
        let at = all.iter().position(|(a, _)| a == asked)?;
        Some(all.swap_remove(at).1)
    })
}

/// Caches the result, replacing an earlier one for the same key.
pub fn keep(asked: Asked, known: &Rc<Known>) {
    KNOWN.with_borrow_mut(|all| {
        all.retain(|(a, _)| *a != asked);
        all.push((asked, Rc::clone(known)));
    });
}
