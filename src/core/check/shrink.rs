//! Makes a run that breaks something as short as it can be told.
//!
//! A search that takes steps early, and gives states one shape, finds runs with steps that the
//! matter could do without. They are left out again, one after the other, for as long as what is
//! left is still a run that breaks it.

use super::model::{DeliveryModel, Model};
use super::property::Property;
use crate::sim::{Choice, Fault, Packet, World};
use std::collections::HashSet;

/// How often the run is gone through at most.
const ROUNDS: usize = 4;

/// The run without the steps that it can do without. One that never ends is left as it is: only a
/// search can tell.
pub(super) fn shrink(
    model: &DeliveryModel,
    schedule: Vec<Choice>,
    property: Property,
) -> Vec<Choice> {
    if property == Property::NeverStuck {
        return schedule;
    }
    // Every choice counts here, also those that a search may leave out.
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

/// Returns true if the run is one of the model with nothing left out, and breaks the property.
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

/// Returns true if no end can be reached after this run without another fault, found by a search
/// of up to so many states that leaves out nothing.
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

/// A choice, and the packet that it is about: places on the network change with what else is on
/// its way.
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

/// Takes the steps that can be taken, up to the first state that breaks the property; what was
/// taken, if there is one.
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

/// The choice on offer that is this step.
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
