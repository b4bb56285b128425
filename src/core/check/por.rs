//! Partial-order reduction: steps whose order makes no difference, faults that change nothing,
//! followers that could as well have each other's names.
//!
//! A test compares verdicts and terminal states with a search that leaves out nothing
//! (`tests/reference.rs`), on random configurations. Runs keep their shortest lengths only up to
//! steps that are taken early here and could have waited.
//!
//! | where | what is left out |
//! |---|---|
//! | [`under_faults`] | other orders of a step that every fault and every other step commutes with or undoes |
//! | [`fault_free`] | other orders of steps that nobody can disturb once no fault is left |
//! | [`consumer_first`] | with one fault left, what could come before a consumer's own line |
//! | [`super::redundant_faults`] | faults that change nothing, or no more than another does |
//! | `World::canonicalize` | what tells states apart and is never asked for again (symmetry reduction: Ip and Dill) |
//!
//! [`under_faults`] and [`fault_free`] take a singleton ample set, [`consumer_first`] one of several actions (Peled;
//! Clarke, Grumberg and Peled, *Model Checking*, ch. 10). What each has to show:
//!
//! - **C0**, an ample set is empty only where nothing is enabled: each is chosen among the enabled
//!   actions.
//! - **C1**, along every run of the full graph from here, no action that depends on one of the set
//!   happens before one of the set. This is where the rules differ, and where they went wrong; see
//!   below.
//! - **C2**, the actions are invisible, or the order of what they show does not matter: the
//!   properties are counted in a ledger that only grows, each in a field of its own, and are read
//!   when a run has ended or when a count passes its limit, so a step may be visible as long as
//!   nothing that it is moved across changes the same field. "Held up" is such a field too, and the
//!   one that is read most widely.
//! - **C3**, no cycle leaves an enabled action out for ever: a step that leads round (a message
//!   handed back, a seek, a retry) is in no ample set, so a cycle has a state that is expanded in
//!   full.
//!
//! Where C1 failed once, and what holds now:
//!
//! - *An answer is delivered at once.* Delivering an answer to an older attempt depends on the
//!   timer of the current one, which it disables, and on the application's sending again, which
//!   makes the sender wait. It is taken only where its sender waits for this very attempt and no
//!   timer of its is enabled, or where the sender is done for good.
//! - *Senders go first.* An append depends on a consumer that may yet begin at the end of the log
//!   (`auto.offset.reset=latest`, nothing committed), and on a coordinator that may abort what was
//!   sent. While either is enabled, senders wait with the rest.
//! - *The consumer goes first.* Its line depends on a redelivery or session timer of the broker's
//!   that is due, and on an acknowledgement under way that lets the broker deliver more. Where
//!   either is there, nothing is left out. A commit depends on the crash of a leader that nobody
//!   can replace, since the two decide together whether a message was held up.
//! - *A lost delivery is like a crash.* Not for a consumer that comes back only when all else is at
//!   rest.
//! - *Nodes have each other's names.* Not where a cut can tell them apart.
//!
//! What is assumed of a broker: its consumers' lines reach it only by packets or calls that are
//! named here, and it does nothing of itself that these rules do not name. A standard queue of SQS
//! may deliver a message once more at any time (`Choice::Repeat`). That reads and writes its own
//! items only, and stays enabled whatever consumers and senders do, so it commutes with all steps
//! that are taken early but one: the arrival of a further copy of the same message.

mod consumer_first;
mod fault_free;
mod under_faults;

use super::model::Bounds;
use crate::sim::{Choice, CompiledScenario, World};

/// A step that can be taken before all others, alone, if there is one.
pub(super) fn ample_action(
    setup: &CompiledScenario,
    bounds: Bounds,
    world: &World,
    choices: &mut Vec<Choice>,
) -> Option<Choice> {
    if under_faults::applies(setup, bounds.classes)
        && let Some(step) = under_faults::ample_action(setup, bounds.classes, world)
    {
        return Some(step);
    }
    if world.faults_used < u16::from(bounds.faults) {
        return None;
    }
    fault_free::ample_action(setup, world, choices)
}

/// Leaves only what has to be tried before all else, where there is such a part of the choices.
pub(super) fn restrict_to_ample_set(
    setup: &CompiledScenario,
    bounds: Bounds,
    world: &World,
    choices: &mut Vec<Choice>,
) {
    let one_left = world.faults_used + 1 == u16::from(bounds.faults);
    if one_left && under_faults::applies(setup, bounds.classes) {
        consumer_first::restrict_to_ample_set(setup, bounds, world, choices);
    }
}
