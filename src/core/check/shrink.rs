//! Counterexample shrinking: removes steps from a run for as long as it still violates the
//! property.
//!
//! A simple form of delta debugging (Zeller & Hildebrandt, *Simplifying and Isolating
//! Failure-Inducing Input*, 2002) that removes one step at a time. A search that takes ample
//! actions early and stores canonical states finds runs with steps that the violation does not
//! need.

use super::model::{DeliveryModel, Model};
use super::property::Property;
use crate::sim::{Choice, Fault, Packet, World};
use std::collections::HashSet;

/// Maximum number of passes over the run.
const ROUNDS: usize = 4;

/// Returns the run without the steps that the violation does not need. A run that never ends is
/// returned unchanged: a violation of [`Property::NeverStuck`] can be confirmed only by a search.
pub(super) fn shrink(
    model: &DeliveryModel,
    schedule: Vec<Choice>,
    property: Property,
) -> Vec<Choice> {
    if property == Property::NeverStuck {
        return schedule;
    }
    // Unreduced, so that choices are available that the reduced search may omit.
    let model = DeliveryModel { reduced: false, ..model.clone() };
    let Some(mut best) = replay(&model, &steps(&model, &schedule), property) else {
        return schedule;
    };
    for _ in 0..ROUNDS {
        let length = best.len();
        let mut at = best.len();
        while at > 0 {
            at -= 1;
            let mut fewer = steps(&model, &best);
            fewer.remove(at);
            if let Some(run) = replay(&model, &fewer, property).filter(|run| run.len() < best.len())
            {
                best = run;
                at = at.min(best.len());
            }
        }
        if best.len() == length {
            break;
        }
    }
    best
}

/// Returns true if the run is a run of the unreduced model and violates the property.
pub(super) fn breaks(model: &DeliveryModel, run: &[Choice], property: Property) -> bool {
    let model = DeliveryModel { reduced: false, ..model.clone() };
    let (mut world, mut choices) = (model.init(), Vec::new());
    for &choice in run {
        choices.clear();
        if model.choices(&world, &mut choices).is_none() || !choices.contains(&choice) {
            return false;
        }
        model.take(&mut world, choice);
    }
    choices.clear();
    let ended = model.choices(&world, &mut choices) == Some(0);
    model.violated_properties(&world, ended) & (1 << property as u16) != 0
}

/// Returns true if no terminal state is reachable after this run without another fault, according
/// to an unreduced search of up to `most` states.
pub(super) fn cannot_end(model: &DeliveryModel, run: &[Choice], most: usize) -> bool {
    let mut world = model.init();
    run.iter().for_each(|&choice| model.take(&mut world, choice));
    let mut visited = HashSet::from([world]);
    let mut open = vec![world];
    let mut choices = Vec::new();
    while let Some(world) = open.pop() {
        world.choices(&model.setup, &mut choices);
        if choices.is_empty() || visited.len() > most {
            return false;
        }
        for &choice in &choices {
            let after = model.next(&world, choice);
            if visited.insert(after) {
                open.push(after);
            }
        }
    }
    true
}

/// A choice, with the packet that it refers to: the index of a packet changes with the other
/// packets in flight.
type Step = (Choice, Option<Packet>);

fn steps(model: &DeliveryModel, schedule: &[Choice]) -> Vec<Step> {
    let mut world = model.init();
    let mut steps = Vec::new();
    for &choice in schedule {
        steps.push((choice, packet(&world, choice)));
        world = model.next(&world, choice);
    }
    steps
}

fn packet(world: &World, choice: Choice) -> Option<Packet> {
    let index = match choice {
        Choice::Deliver(i) | Choice::DeliverStale(i) => i,
        Choice::Strike(Fault::Lose(i) | Fault::Delay(i) | Fault::Refuse(i), _) => i,
        _ => return None,
    };
    world.net.packets().get(usize::from(index)).copied()
}

/// Takes the steps that are enabled, in order, up to the first state that violates the property.
/// Returns the steps taken, or `None` if there is no such state.
fn replay(model: &DeliveryModel, steps: &[Step], property: Property) -> Option<Vec<Choice>> {
    let bit = 1 << property as u16;
    let (mut world, mut run, mut choices) = (model.init(), Vec::new(), Vec::new());
    let mut left = steps.iter();
    loop {
        choices.clear();
        let calm = model.choices(&world, &mut choices)?;
        if model.violated_properties(&world, calm == 0) & bit != 0 {
            return Some(run);
        }
        let choice = left.find_map(|step| offered(&world, &choices, step))?;
        run.push(choice);
        world = model.next(&world, choice);
    }
}

/// Returns the enabled choice that corresponds to this step.
fn offered(world: &World, choices: &[Choice], &(choice, about): &Step) -> Option<Choice> {
    let is_it = |&offer: &Choice| {
        let same = std::mem::discriminant(&offer) == std::mem::discriminant(&choice);
        match (about, choice, offer) {
            (None, ..) => offer == choice,
            (_, Choice::Strike(a, _), Choice::Strike(b, _))
                if std::mem::discriminant(&a) != std::mem::discriminant(&b) =>
            {
                false
            }
            _ => same && packet(world, offer) == about,
        }
    };
    choices.iter().copied().find(is_it)
}
