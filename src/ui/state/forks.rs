//! The visited runs of a configuration: its own, and those forked from it.

use std::rc::Rc;

use super::{Effect, Fork, Model, Run};
use crate::present::{self, RunView, StepView};
use crate::sim::Choice;
use crate::ui::share::{Address, AskedStep, Found, Shown};

/// Maximum number of runs in the list.
const MOST: usize = 12;

/// Navigates to the run that takes this choice after the step that the break menu is about.
pub fn fork(model: &Model, choice: Choice) -> Vec<Effect> {
    let Some(run) = model.run() else { return Vec::new() };
    let path = run.course().fork(model.break_step, choice);
    let found = Some(Found { property: None, path });
    let (config, step) = (run.config.clone(), AskedStep::At(model.break_step + 1));
    let shown = Shown { found, step, ..Shown::new(config, run.lab) };
    vec![Effect::Go(Address::Run(shown))]
}

/// The run that a choice would lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    choice: Choice,
    /// The part around the choice, as SVG.
    pub picture: Rc<str>,
    /// What becomes of each message, and of the run.
    pub end: StepView,
}

/// Prepares the run that takes this choice after the step that the break menu is about.
pub fn preview(model: &mut Model, choice: Choice) {
    if model.preview.as_ref().is_some_and(|preview| preview.choice == choice) {
        return;
    }
    let step = model.break_step;
    let Some(run) = model.run() else { return };
    let path = run.course().fork(step, choice);
    let Ok(opened) = present::open_along(run.scenario(), &path, None) else { return };
    let Some(end) = opened.view.moments.last().cloned() else { return };
    let picture = present::miniature_at(&opened.view, step + 1).into();
    model.preview = Some(Preview { choice, picture, end });
}

/// Navigates to a visited run, at the same step.
pub fn visit(model: &Model, at: usize) -> Vec<Effect> {
    let (Some(run), Some(fork)) = (model.run(), model.forks.get(at)) else { return Vec::new() };
    if fork.is(run) {
        return Vec::new();
    }
    vec![Effect::Go(Run { found: fork.found.clone(), ..run.clone() }.address())]
}

impl Fork {
    /// Returns true if the fork is this run; the property that the run was found for does not
    /// matter.
    pub fn is(&self, run: &Run) -> bool {
        let path = |found: &Option<Found>| found.as_ref().map(|found| found.path.clone());
        path(&self.found) == path(&run.found)
    }
}

/// Adds the run to the visited ones.
pub fn remember(model: &mut Model, run: &Run) {
    let same = |old: &Run| old.config == run.config && old.lab == run.lab;
    if !model.run().is_some_and(same) {
        model.forks = vec![Fork { label: String::new(), found: None, ending: None }];
    }
    if !model.forks.iter().any(|fork| fork.is(run)) {
        let label = difference(&own_faults(run), &faults(&run.view));
        model.forks.push(Fork { label, found: run.found.clone(), ending: None });
        if model.forks.len() > MOST {
            // The configuration's own run stays first.
            model.forks.remove(1);
        }
    }
    if let Some(fork) = model.forks.iter_mut().find(|fork| fork.is(run)) {
        fork.ending = Some(run.view.ending.clone());
    }
}

/// Returns the faults that strike in a run, in words.
fn faults(view: &RunView) -> Vec<String> {
    let faults = view.chips.iter().filter(|chip| chip.fault);
    faults.map(|chip| chip.what.clone()).collect()
}

/// Returns the faults of the configuration's own run, worded as in a run found by a search.
fn own_faults(run: &Run) -> Vec<String> {
    let again = |scenario| {
        let own = present::open(scenario).ok()?;
        present::open_along(scenario, &own.ran.course().path(), None).ok()
    };
    again(run.scenario()).map(|own| faults(&own.view)).unwrap_or_default()
}

/// Describes the difference between a run and the configuration's own.
fn difference(own: &[String], faults: &[String]) -> String {
    let same = own.iter().zip(faults).take_while(|(a, b)| a == b).count();
    match (&faults[same..], &own[same..]) {
        ([], []) => "in another order".to_owned(),
        ([], left) => format!("without: {}", left.join(", ")),
        (new, _) => new.join(", then "),
    }
}
