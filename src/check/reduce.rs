//! What need not be tried: steps whose order makes no difference, faults that change nothing,
//! followers that could as well have each other's names.
//!
//! Each rule keeps every verdict and every way in which a run can end; a test compares with and
//! without, over all presets. Runs keep their shortest lengths only up to steps that are done
//! early here and could have waited.

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
    if world.struck + 1 == u16::from(bounds.faults) && early::applies(setup, bounds.classes) {
        apart::keep_own(setup, world, choices);
    }
}
