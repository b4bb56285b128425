//! What need not be tried: steps whose order makes no difference, faults that change nothing,
//! followers that could as well have each other's names.
//!
//! Each rule keeps every verdict and every way in which a run can end; a test compares with and
//! without, over all presets and every change of one of their settings. Runs keep their shortest
//! lengths only up to steps that are done early here and could have waited.
//!
//! | where | what is left out |
//! |---|---|
//! | [`early`] | other orders of a step that every fault and every other step bears or undoes |
//! | [`calm`] | other orders of steps that nobody can disturb once no fault is left |
//! | [`apart`] | with one fault left, what could come before a consumer's own line |
//! | [`faults`] | faults that change nothing, or no more than another does |
//! | `World::forget` | what tells states apart and is never asked for again |
//!
//! Why a step may be taken at once (it is then never kept as a state of its own): take any run from
//! here. Either the step is in it, and can as well come first, for what stood before it neither
//! changes it nor is changed by it; or something in the run undoes it, and the run comes to the
//! same with it; or it can be added at the end. What breaks a property breaks it still, for no
//! such step takes back what was stored; and where a run has ended, no step is left to be added.
//! No such step can be taken for ever, so nothing is put off for ever. For a set of choices that
//! are tried before all others the same holds: the first of them in any run can as well come
//! first, and one of them is a step that nothing else can take away.

mod apart;
mod calm;
mod early;
mod faults;

pub(in crate::check) use faults::changes_nothing;

use super::model::Bounds;
use crate::sim::{Choice, Setup, World};

/// A step that can be taken before all others, alone, if there is one.
pub(super) fn at_once(
    setup: &Setup,
    bounds: Bounds,
    world: &World,
    choices: &mut Vec<Choice>,
) -> Option<Choice> {
    if repeats(setup, world) {
        return None;
    }
    if early::applies(setup, bounds.classes)
        && let Some(step) = early::at_once(setup, bounds.classes, world)
    {
        return Some(step);
    }
    if world.struck < u16::from(bounds.faults) {
        return None;
    }
    calm::at_once(setup, world, choices)
}

/// Leaves only what has to be tried before all else, where there is such a part of the choices.
pub(super) fn keep_own(setup: &Setup, bounds: Bounds, world: &World, choices: &mut Vec<Choice>) {
    let one_left = world.struck + 1 == u16::from(bounds.faults);
    if one_left && early::applies(setup, bounds.classes) && !repeats(setup, world) {
        apart::keep_own(setup, bounds, world, choices);
    }
}

/// The broker may yet deliver a message once more of itself, which no rule here knows of.
fn repeats(setup: &Setup, world: &World) -> bool {
    (0..setup.scenario.messages).any(|msg| !world.has_repeated(setup, msg))
}
