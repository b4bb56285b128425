//! What was found of configurations, so that coming back shows it at once.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::check::{Bounds, Property, Verdict};
use crate::present::script;
use crate::sim::{Path, Scenario};
use crate::ui::share::Config;

/// What was searched.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub config: Config,
    /// Its runs open in the Lab.
    pub lab: bool,
    pub messages: u8,
    pub bounds: Bounds,
}

/// What was found, and the runs that show it.
pub struct Known {
    pub verdict: Verdict,
    pub runs: Vec<Shows>,
    /// The runs are the shortest there are, as far as that was looked for.
    pub shortest: bool,
}

/// A run that breaks a property.
pub struct Shows {
    pub property: Property,
    /// The link to it.
    pub link: String,
    pub path: Path,
    /// Its faults as a script, once somebody asks; see [`script`].
    pub script: OnceCell<Option<Vec<String>>>,
    /// What let it through, where there is something to name.
    pub reason: Option<String>,
}

impl Known {
    /// The run that breaks the property.
    pub fn run(&self, property: Property) -> Option<&Shows> {
        self.runs.iter().find(|shows| shows.property == property)
    }
}

impl Shows {
    /// The faults of this run, as other configurations can be put under them.
    pub fn script(&self, scenario: &Scenario) -> Option<&[String]> {
        let written = self.script.get_or_init(|| {
            let faults = script(scenario, &self.path, self.property)?;
            Some(faults.iter().map(ToString::to_string).collect())
        });
        written.as_deref()
    }
}

thread_local! {
    /// What was found, by what was asked.
    static KNOWN: RefCell<Vec<(Asked, Rc<Known>)>> = RefCell::default();
}

/// What was found earlier.
pub fn known(asked: &Asked) -> Option<Rc<Known>> {
    KNOWN.with_borrow(|all| {
        let known = all.iter().find(|(a, _)| a == asked);
        known.map(|(_, known)| Rc::clone(known))
    })
}

/// Keeps what was found, in place of what was known of the same.
pub fn keep(asked: Asked, known: &Rc<Known>) {
    KNOWN.with_borrow_mut(|all| {
        all.retain(|(a, _)| *a != asked);
        all.push((asked, Rc::clone(known)));
    });
}
