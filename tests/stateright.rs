//! Cross-checks the search with Stateright on the same world: the number of distinct states, the
//! violated properties, and the length of the shortest counterexamples are equal.
//!
//! Stateright shares the world with [`ackward::check::Explorer`], but nothing of the search: it has
//! its own visited set, its own duplicate detection, and its own search order. Whether a state can
//! still reach a terminal state is computed here, from the edges that it followed.

use ackward::catalogue::{preset, presets};
use ackward::check::{Bounds, DeliveryModel, Explorer, Model as _, Progress, Property, usual};
use ackward::sim::{Choice, Class, Classes, CompiledScenario, World};
use stateright::{Checker, Model, Property as Always};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex};

/// The state limit; larger searches take too long here.
const MOST: usize = 80_000;

/// A state with its distance from the initial state. The distance is not part of its identity: the
/// first path to a state in a breadth-first search is a shortest one.
#[derive(Clone, Debug)]
struct State {
    world: World,
    depth: usize,
}

impl PartialEq for State {
    fn eq(&self, other: &State) -> bool {
        self.world == other.world
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.world.hash(hasher);
    }
}

/// What Stateright's search has recorded.
#[derive(Default)]
struct Seen {
    /// For each property, the distance of the nearest state that violates it.
    soonest: [Option<usize>; 8],
    depths: HashMap<World, usize>,
    /// For each state that has any, its successors without faults.
    calm: HashMap<World, Vec<World>>,
}

struct Oracle {
    delivery: DeliveryModel,
    seen: Arc<Mutex<Seen>>,
}

impl Oracle {
    fn choices(&self, world: &World) -> (Vec<Choice>, usize) {
        let mut choices = Vec::new();
        let calm = self.delivery.choices(world, &mut choices).expect("everything fits");
        (choices, calm)
    }

    /// Records a state as Stateright visits it.
    fn holds(&self, state: &State, property: Property) -> bool {
        let (_, calm) = self.choices(&state.world);
        let broken = self.delivery.violated_properties(&state.world, calm == 0);
        let holds = broken & (1 << property as u16) == 0;
        let mut seen = self.seen.lock().expect("nobody has panicked");
        if !holds {
            let soonest = &mut seen.soonest[property as usize];
            *soonest = Some(soonest.map_or(state.depth, |depth| depth.min(state.depth)));
        }
        holds
    }
}

impl Model for Oracle {
    type State = State;
    type Action = Choice;

    fn init_states(&self) -> Vec<State> {
        vec![State { world: self.delivery.init(), depth: 0 }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Choice>) {
        let (choices, calm) = self.choices(&state.world);
        let after = |&choice: &Choice| self.delivery.next(&state.world, choice);
        let next: Vec<World> = choices[..calm].iter().map(after).collect();
        let mut seen = self.seen.lock().expect("nobody has panicked");
        seen.depths.insert(state.world, state.depth);
        seen.calm.insert(state.world, next);
        actions.extend(choices);
    }

    fn next_state(&self, state: &State, choice: Choice) -> Option<State> {
        Some(State { world: self.delivery.next(&state.world, choice), depth: state.depth + 1 })
    }

    fn properties(&self) -> Vec<Always<Self>> {
        use Property::*;
        // A separate function for each: Stateright takes no closures.
        macro_rules! always {
            ($($property:ident)*) => {
                vec![
                    $(Always::always(stringify!($property), |m, s| m.holds(s, $property)),)*
                    // A property that always holds keeps the search going to the end.
                    Always::always("everything fits", |_, s: &State| !s.world.overflow()),
                ]
            };
        }
        always![NeverLostSilently NeverLost StoredOnce HandledOnce AppliedOnce InOrder ReportTrue]
    }
}

impl Seen {
    /// Returns the distance of the nearest state from which no terminal state can be reached
    /// without more faults.
    fn stuck(&self) -> Option<usize> {
        let mut before: HashMap<&World, Vec<&World>> = HashMap::new();
        for (from, next) in &self.calm {
            next.iter().for_each(|to| before.entry(to).or_default().push(from));
        }
        let ends = self.calm.iter().filter(|(_, next)| next.is_empty());
        let mut open: Vec<&World> = ends.map(|(world, _)| world).collect();
        let mut can_end: HashMap<&World, ()> = open.iter().map(|&world| (world, ())).collect();
        while let Some(world) = open.pop() {
            for &earlier in before.get(world).into_iter().flatten() {
                if can_end.insert(earlier, ()).is_none() {
                    open.push(earlier);
                }
            }
        }
        self.depths.iter().filter(|(w, _)| !can_end.contains_key(w)).map(|(_, &d)| d).min()
    }
}

/// The number of distinct states, and for each property the length of its shortest counterexample.
type Result = (usize, [Option<usize>; 8]);

fn stateright(delivery: &DeliveryModel) -> Result {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let oracle = Oracle { delivery: delivery.clone(), seen: seen.clone() };
    let checker = oracle.checker().threads(1).spawn_bfs().join();
    let mut seen = seen.lock().expect("nobody has panicked");
    seen.soonest[Property::NeverStuck as usize] = seen.stuck();
    (checker.unique_state_count(), seen.soonest)
}

/// Returns the result of the shipped search; `None` if there are too many states to compare.
fn explored(delivery: &DeliveryModel) -> Option<Result> {
    let mut explorer = Explorer::new(delivery.clone(), MOST);
    if explorer.run() != Progress::Exhausted {
        return None;
    }
    let soonest = |property: Property| {
        explorer.violation(property as usize).map(|place| explorer.schedule(place).unwrap().len())
    };
    Some((explorer.states(), Property::ALL.map(soonest)))
}

/// Asserts that the two agree; `None` if there are too many states.
fn compare(id: &str, messages: u8, bounds: Bounds) -> Option<()> {
    let mut scenario = preset(id).expect("the catalogue has it").clone();
    scenario.configuration.messages = messages;
    let setup = CompiledScenario::new(&scenario).unwrap_or_else(|e| panic!("{id}: {e}"));
    let delivery = DeliveryModel { reduced: false, ..DeliveryModel::new(&setup, bounds) };
    let ours = explored(&delivery)?;
    assert_eq!(ours, stateright(&delivery), "{id}, {messages} messages, {bounds:?}");
    Some(())
}

fn ids() -> Vec<&'static str> {
    presets().iter().flat_map(|group| &group.presets).map(|p| p.id.as_str()).collect()
}

#[test]
fn one_message_and_one_fault_in_every_preset() {
    let bounds = Bounds { faults: 1, classes: usual() };
    let compared = ids().into_iter().filter_map(|id| compare(id, 1, bounds));
    assert!(compared.count() >= 30);
}

#[test]
fn no_faults_two_messages_and_other_kinds_of_faults() {
    let without = Bounds { faults: 0, classes: Classes::default() };
    for id in ["at-least-once", "kafka-default", "rabbitmq-safe", "sqs-fifo", "outbox"] {
        compare(id, 2, without).unwrap_or_else(|| panic!("{id}: too many states"));
    }
    let one = |class: Class| Bounds { faults: 1, classes: [class].into_iter().collect() };
    for (id, class) in [
        ("exactly-once", Class::Store),
        ("exactly-once", Class::Expiry),
        ("kafka-consumer-commit-last", Class::Pause),
        ("rabbitmq-default", Class::Power),
        ("sqs-standard", Class::Reappear),
        ("sqs-fifo", Class::Twice),
        ("technique-claim", Class::PermanentLoss),
        ("at-least-once", Class::Partition),
        ("at-least-once", Class::Late),
        ("rabbitmq-safe", Class::Refused),
    ] {
        compare(id, 2, one(class)).unwrap_or_else(|| panic!("{id}: too many states"));
    }
}
