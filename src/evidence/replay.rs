//! Trace validation: the search for a schedule of the model with the recorded events.

use super::final_state::FinalState;
use super::seen::Seen;
use crate::sim::{Choice, CompiledScenario, Entry as Queued, Phase, Recorder, World};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

/// The state limit; no recording needs as many.
const MOST: usize = 1_000_000;

/// The reason why no schedule of the model has the recorded events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The number of events that some schedule shows.
    pub matched: usize,
    /// The event after these; `None` if only the ending differs.
    pub next: Option<Seen>,
    /// What the model can show there instead.
    pub instead: BTreeSet<String>,
    /// The search was cut off: the recording is not proved impossible.
    pub truncated: bool,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.truncated {
            return write!(f, "cut off after {MOST} states");
        }
        let instead: Vec<&str> = self.instead.iter().map(String::as_str).collect();
        match &self.next {
            Some(next) => write!(
                f,
                "after {} events the model has no {next:?}, but {}",
                self.matched,
                instead.join(" or ")
            ),
            None => write!(f, "all events match, but no such run ends like this"),
        }
    }
}

/// Searches for a schedule whose visible events are these, in this order, and that ends like this.
/// What happens inside the broker, the network or a process is free. Returns its choices.
///
/// # Errors
/// The longest prefix of the events that some schedule shows, and how the model goes on there.
pub fn replay(
    setup: &CompiledScenario,
    events: &[Seen],
    ending: &FinalState,
) -> Result<Vec<Choice>, Mismatch> {
    let events: Vec<Seen> = events.iter().cloned().map(Seen::capped).collect();
    let start = (World::new(setup), 0);
    // Each state with the one before it and the choice that led here.
    let mut known: HashMap<State, Option<(State, Choice)>> = HashMap::from([(start, None)]);
    let mut open = vec![start];
    let mut choices = Vec::new();
    let mut best = Mismatch {
        matched: 0,
        next: events.first().cloned(),
        instead: BTreeSet::new(),
        truncated: false,
    };
    while let Some((world, done)) = open.pop() {
        if known.len() >= MOST {
            return Err(Mismatch { truncated: true, ..best });
        }
        world.choices(setup, &mut choices);
        if done == events.len() && ends(setup, &world, &choices, ending) {
            return Ok(schedule(&known, (world, done)));
        }
        if done > best.matched {
            let next = events.get(done).cloned();
            best = Mismatch { matched: done, next, instead: BTreeSet::new(), truncated: false };
        }
        // The last one is followed first: the most ordinary choice comes first in the list.
        for &choice in choices.iter().rev() {
            let (after, mut shown) = step(setup, &world, choice);
            let unsent = shown.first().is_some_and(|seen| may_be_unsent(&world, seen));
            if unsent && !events[done..].starts_with(&shown) {
                shown.remove(0);
            }
            match events[done..].starts_with(&shown) {
                true => {
                    let next = (after, done + shown.len());
                    if let Entry::Vacant(place) = known.entry(next) {
                        place.insert(Some(((world, done), choice)));
                        open.push(next);
                    }
                }
                false if done == best.matched => {
                    best.instead.extend(shown.first().map(|seen| format!("{seen:?}")));
                }
                false => {}
            }
        }
    }
    Err(best)
}

/// A state of the model, and the number of events shown until then.
type State = (World, usize);

/// Returns the choices that lead to a state.
fn schedule(known: &HashMap<State, Option<(State, Choice)>>, end: State) -> Vec<Choice> {
    let before = |state: &State| known.get(state).copied().flatten();
    let steps = std::iter::successors(before(&end), |(state, _)| before(state));
    let mut schedule: Vec<Choice> = steps.map(|(_, choice)| choice).collect();
    schedule.reverse();
    schedule
}

/// Returns true if a client may find that it has no connection to send this packet on: the broker is
/// down, or the connection that a delivery came on is gone, and with it the right to settle it. The
/// model sends into the void, where nobody waits for it.
fn may_be_unsent(world: &World, seen: &Seen) -> bool {
    let Seen::Sent { from, m, .. } = seen else { return false };
    let Some(c) = from.consumer() else { return from.sender().is_some() && !world.broker.leads() };
    let consumer = &world.consumers[c];
    let held = |entry: &Queued| {
        (entry.msg + 1, entry.copy, entry.phase) == (*m, consumer.copy, Phase::Unacked(c as u8))
            && entry.deliveries == consumer.n
    };
    let holds = world.broker.rabbitmq().is_some_and(|queue| queue.entries().iter().any(held));
    !holds || !world.broker.leads() || world.net.is_cut(world.broker.leader(), *from)
}

/// Takes a choice, and returns the state after it and its visible events.
fn step(setup: &CompiledScenario, world: &World, choice: Choice) -> (World, Vec<Seen>) {
    let mut after = *world;
    let mut recorder = Recorder::keeping();
    after.step(setup, choice, &mut recorder);
    let events = recorder.into_events();
    let shown = events.iter().filter_map(|event| Seen::of(&event.what, choice));
    (after, shown.map(Seen::capped).collect())
}

/// Returns true if the run may end in this state, and ends as recorded. A run that repeats itself
/// forever was cut off somewhere.
fn ends(setup: &CompiledScenario, world: &World, choices: &[Choice], ending: &FinalState) -> bool {
    let here = FinalState::after(setup.configuration().messages, &world.ledger);
    (ending.endless || choices.is_empty())
        && FinalState { endless: ending.endless, ..here } == *ending
}
