//! Runs of the model that a real broker could show: one for each ending that it may have under the
//! script of a scenario.

use crate::campaign::Random;
use ackward::evidence::FinalState;
use ackward::sim::settings::BrokerSettings;
use ackward::sim::{
    ActorStep, Choice, CompiledScenario, End, Fault, Occurrence, Participant, Recorder, Timer,
    Trace, World,
};
use std::collections::{BTreeSet, HashMap};

/// The state limit; no script of the catalogue needs as many.
const MOST: usize = 200_000;

/// A state, and the consumers that have subscribed, one bit each.
type State = (World, u8);

/// The states reached so far, each with the one before it and the choice that led to it.
struct Graph {
    states: Vec<State>,
    from: Vec<Option<(usize, Choice)>>,
    places: HashMap<State, usize>,
}

/// Returns a run for each ending of the model other than `shown`, and the shortest of each.
pub fn other_endings(setup: &CompiledScenario, shown: &FinalState) -> Vec<Trace> {
    let mut graph = Graph::new(setup);
    let mut known = BTreeSet::from([shown.clone()]);
    let (mut traces, mut next, mut choices) = (Vec::new(), 0, Vec::new());
    while next < graph.states.len() && graph.states.len() < MOST {
        let (world, subscribed) = graph.states[next];
        world.choices(setup, &mut choices);
        if choices.is_empty() && all_struck(setup, &world) {
            let ending = FinalState::after(setup.configuration().messages, &world.ledger);
            if known.insert(ending) {
                traces.push(Trace::fork(setup, &graph.schedule(next)));
            }
        }
        restrict(&mut choices, subscribed);
        for &choice in &choices {
            graph.add(setup, next, choice);
        }
        next += 1;
    }
    traces
}

/// Returns the ending of a run.
pub fn ending(setup: &CompiledScenario, trace: &Trace) -> FinalState {
    let last = FinalState::after(setup.configuration().messages, &trace.last().ledger);
    FinalState { endless: trace.end != End::Finished, ..last }
}

/// Returns the run that always takes the first choice, but in which the broker delivers at once to
/// a consumer that has subscribed.
pub fn eager(setup: &CompiledScenario) -> Trace {
    let (mut state, mut schedule, mut choices) = ((World::new(setup), 0), Vec::new(), Vec::new());
    while schedule.len() < Trace::MOST {
        state.0.choices(setup, &mut choices);
        restrict(&mut choices, state.1);
        let Some(&choice) = choices.first() else { break };
        state = after(setup, state, choice);
        schedule.push(choice);
    }
    Trace::fork(setup, &schedule)
}

/// Returns the run that always takes the first choice, but in which all that has timed out with a
/// message is visible again before anything else happens: what is received together has one timeout.
pub fn together(setup: &CompiledScenario) -> Trace {
    let (mut world, mut schedule, mut choices) = (World::new(setup), Vec::new(), Vec::new());
    let times_out = |choice: &Choice| matches!(choice, Choice::Fire(Timer::Redelivery(_)));
    while schedule.len() < Trace::MOST {
        world.choices(setup, &mut choices);
        let after_another = schedule.last().is_some_and(times_out);
        let more = choices.iter().copied().find(|choice| after_another && times_out(choice));
        let Some(choice) = more.or(choices.first().copied()) else { break };
        world.step(setup, choice, &mut Recorder::silent());
        schedule.push(choice);
    }
    Trace::fork(setup, &schedule)
}

/// Returns the run that always takes the first choice, but in which no node restarts before nothing
/// else is left to do: clients do not wait for one that takes its time.
pub fn slow_restart(setup: &CompiledScenario) -> Trace {
    let (mut world, mut schedule, mut choices) = (World::new(setup), Vec::new(), Vec::new());
    while schedule.len() < Trace::MOST {
        world.choices(setup, &mut choices);
        let restarts =
            |choice: &Choice| matches!(choice, Choice::Restart(at) if at.node().is_some());
        let other = choices.iter().copied().find(|choice| !restarts(choice));
        let Some(choice) = other.or(choices.first().copied()) else { break };
        world.step(setup, choice, &mut Recorder::silent());
        schedule.push(choice);
    }
    Trace::fork(setup, &schedule)
}

/// Returns a random run in which every fault of the script strikes, if one is found in a few tries.
pub fn random(setup: &CompiledScenario, random: &mut Random) -> Option<Trace> {
    const STEPS: usize = 200;
    // Kafka's consumers poll when the director lets them.
    let polled = matches!(setup.configuration().broker, BrokerSettings::Kafka(_));
    let mut choices = Vec::new();
    for _ in 0..10 {
        let (mut state, mut schedule) = ((World::new(setup), 0), Vec::new());
        while schedule.len() < STEPS {
            state.0.choices(setup, &mut choices);
            if !polled {
                restrict(&mut choices, state.1);
            }
            if choices.is_empty() {
                break;
            }
            let choice = choices[random.below(choices.len())];
            state = after(setup, state, choice);
            schedule.push(choice);
        }
        if choices.is_empty() && all_struck(setup, &state.0) {
            return Some(Trace::fork(setup, &schedule));
        }
    }
    None
}

/// Real brokers deliver as soon as they may to a consumer that has subscribed; nobody can make them
/// wait. When a consumer subscribes is the director's to choose.
fn restrict(choices: &mut Vec<Choice>, subscribed: u8) {
    let at_once = choices.iter().copied().find(|choice| {
        matches!(choice, Choice::Run(ActorStep::Dispatch(c)) if subscribed & (1 << c) != 0)
    });
    if let Some(choice) = at_once {
        *choices = vec![choice];
    }
}

fn after(setup: &CompiledScenario, (mut world, subscribed): State, choice: Choice) -> State {
    let client = |party: Participant| party.consumer().map_or(0, |c| 1 << c);
    let lost = match choice {
        Choice::Strike(Fault::Lose(index), _) => {
            let packet = world.net.packets()[usize::from(index)];
            client(packet.from) | client(packet.to)
        }
        Choice::Strike(Fault::Cut(link), _) => client(setup.ends(link).0),
        Choice::Strike(Fault::Crash(at) | Fault::PowerLoss(at) | Fault::PermanentLoss(at), _)
            if at.node().is_none() =>
        {
            client(at)
        }
        Choice::Strike(Fault::Crash(_) | Fault::PowerLoss(_) | Fault::PermanentLoss(_), _) => !0,
        _ => 0,
    };
    let subscribed = match choice {
        Choice::Run(ActorStep::Dispatch(c)) => subscribed | 1 << c,
        _ => subscribed & !lost,
    };
    world.step(setup, choice, &mut Recorder::silent());
    (world, subscribed)
}

fn all_struck(setup: &CompiledScenario, world: &World) -> bool {
    let mut faults = setup.scenario.faults.iter().enumerate();
    faults.all(|(i, fault)| fault.at.nth == Occurrence::Every || world.faults_used & (1 << i) != 0)
}

impl Graph {
    fn new(setup: &CompiledScenario) -> Graph {
        let start = (World::new(setup), 0);
        Graph { states: vec![start], from: vec![None], places: HashMap::from([(start, 0)]) }
    }

    fn add(&mut self, setup: &CompiledScenario, from: usize, choice: Choice) {
        let state = after(setup, self.states[from], choice);
        let new = self.states.len();
        if *self.places.entry(state).or_insert(new) == new {
            self.states.push(state);
            self.from.push(Some((from, choice)));
        }
    }

    fn schedule(&self, state: usize) -> Vec<Choice> {
        let steps = std::iter::successors(self.from[state], |&(before, _)| self.from[before]);
        let mut schedule: Vec<Choice> = steps.map(|(_, choice)| choice).collect();
        schedule.reverse();
        schedule
    }
}
