//! Explicit-state model checker: breadth-first search over the reachable states of a [`Model`].
//!
//! The *visited set* holds each state once, encoded, with a link to its parent; since states are
//! expanded in the order in which they were inserted, it also serves as the *frontier*.
//! *Invariants* (safety properties) are evaluated at every new state, and properties of complete
//! runs at terminal states. *Liveness* is checked as reachability: once the state space is
//! exhausted, a backward pass marks every state from which a terminal state is reachable without
//! another fault, and a state that is not marked is stuck.
//!
//! Breadth-first order makes the first *counterexample* a shortest one, up to the steps that the
//! partial-order reduction takes early. Paths are not stored: a counterexample is reconstructed
//! from the parent links when it is asked for. Encoded states are compared in full, never by their
//! hashes alone (in contrast to hash compaction), so no state is missed to a collision.

mod backward;
mod counterexample;
mod endless;
mod visited;

use super::model::{Model, TerminalState};
use backward::BackwardReachability;
use visited::{Chunks, NONE, StateId, VisitedSet};

/// Progress of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The search has not finished.
    Running,
    /// The state space within the bounds is exhausted.
    Exhausted,
    /// The search stopped at its limit, or a state did not fit: properties without a counterexample
    /// are not proved.
    Truncated,
}

/// A breadth-first search that can be advanced in slices.
pub struct Explorer<M: Model> {
    /// The model that is checked.
    pub model: M,
    limit: usize,
    arena: VisitedSet,
    phase: Phase,
    truncated: bool,
    /// For each bit of [`Model::violated_properties`], the state of least depth that violates the
    /// property.
    violations: [Option<StateId>; 16],
    /// Terminal states, sorted and without duplicates, each with the first state that shows it.
    endings: Vec<(TerminalState, StateId)>,
    /// Fault-free successors of each state, in the order of expansion.
    edges: Chunks<StateId>,
    choices: Vec<M::Choice>,
    /// Scratch buffer for [`Model::ample_action`].
    room: Vec<M::Choice>,
    packed: Vec<u8>,
}

/// The current phase of the search.
enum Phase {
    /// Expanding states, starting with this one.
    Exploring(usize),
    /// The forward search is exhausted: marking backward which states can reach a terminal state.
    GoingBack(BackwardReachability),
    /// Looking for a state that was not marked, starting with this one.
    LookingForStuck(usize),
    Done,
}

impl<M: Model> Explorer<M> {
    /// Creates a search from the initial state of the model that stops at `limit` distinct states.
    pub fn new(model: M, limit: usize) -> Explorer<M> {
        let first = model.init();
        let mut explorer = Explorer {
            model,
            limit,
            arena: VisitedSet::default(),
            phase: Phase::Exploring(0),
            truncated: false,
            violations: [None; 16],
            endings: Vec::new(),
            edges: Chunks::default(),
            choices: Vec::new(),
            room: Vec::new(),
            packed: Vec::new(),
        };
        explorer.reach(first, NONE);
        explorer
    }

    /// Returns the number of distinct states reached so far.
    pub fn states(&self) -> usize {
        self.arena.len()
    }

    /// Returns the memory in use, in bytes: encoded states, the hash table over them, and the
    /// edges.
    pub fn memory(&self) -> usize {
        self.arena.memory() + self.edges.memory()
    }

    /// Returns the state of least depth found to violate this bit of
    /// [`Model::violated_properties`].
    pub fn violation(&self, bit: usize) -> Option<u32> {
        self.violations[bit]
    }

    /// Returns the terminal states of all runs, each with the first state that shows it.
    pub fn endings(&self) -> &[(TerminalState, u32)] {
        &self.endings
    }

    /// Returns the state that is expanded next; `None` once all are.
    pub fn next_state(&self) -> Option<M::State> {
        match self.phase {
            Phase::Exploring(next) if next < self.arena.len() => {
                Some(self.model.decode(self.arena.state(self.arena.nth(next))))
            }
            _ => None,
        }
    }

    /// Performs up to `most` steps of work: expansions, or states visited in the backward pass.
    pub fn advance(&mut self, most: usize) -> Progress {
        for _ in 0..most {
            match &mut self.phase {
                Phase::Exploring(next) => {
                    let number = *next;
                    if number == self.arena.len() {
                        self.phase =
                            Phase::GoingBack(BackwardReachability::new(&self.arena, &self.edges));
                        continue;
                    }
                    *next += 1;
                    if self.arena.len() >= self.limit {
                        self.truncated = true;
                        self.phase = Phase::Done;
                        continue;
                    }
                    self.expand(self.arena.nth(number));
                }
                Phase::GoingBack(back) => {
                    if !back.step(&mut self.arena, &self.edges) {
                        self.phase = Phase::LookingForStuck(0);
                    }
                }
                Phase::LookingForStuck(next) => {
                    let number = *next;
                    *next += 1;
                    if self.truncated || number == self.arena.len() {
                        self.phase = Phase::Done;
                        continue;
                    }
                    let place = self.arena.nth(number);
                    if !self.arena.can_end(place) {
                        self.note(1 << M::STUCK, place);
                    }
                }
                Phase::Done if self.truncated => return Progress::Truncated,
                Phase::Done => return Progress::Exhausted,
            }
        }
        Progress::Running
    }

    /// Runs the search to completion, or to its limit.
    pub fn run(&mut self) -> Progress {
        loop {
            match self.advance(usize::MAX) {
                Progress::Running => {}
                progress => return progress,
            }
        }
    }

    fn expand(&mut self, place: StateId) {
        let from = self.model.decode(self.arena.state(place));
        let mut choices = std::mem::take(&mut self.choices);
        choices.clear();
        match self.model.choices(&from, &mut choices) {
            // A state that does not fit its encoding is not expanded.
            None => self.truncated = true,
            Some(0) => {
                self.note(self.model.violated_properties(&from, true), place);
                if let Some(ending) = self.model.ending(&from)
                    && let Err(at) = self.endings.binary_search_by(|(known, _)| known.cmp(&ending))
                {
                    self.endings.insert(at, (ending, place));
                }
                self.follow(&from, place, &choices, 0);
            }
            Some(calm) => self.follow(&from, place, &choices, calm),
        }
        self.choices = choices;
    }

    fn follow(&mut self, from: &M::State, place: StateId, choices: &[M::Choice], calm: usize) {
        for (number, &choice) in choices.iter().enumerate() {
            let after = self.model.next(from, choice);
            let Some(reached) = self.reach(after, place) else {
                self.truncated = true;
                return;
            };
            if number < calm {
                self.edges.push(reached);
            }
        }
        self.arena.set_follows(place, calm);
    }

    fn reach(&mut self, mut to: M::State, parent: StateId) -> Option<StateId> {
        let mut steps = 1u8;
        settle(&self.model, &mut to, &mut self.room, |_| steps = steps.saturating_add(1));
        self.model.canonicalize(&mut to);
        self.packed.clear();
        self.model.encode(&to, &mut self.packed);
        let (place, new) = self.arena.insert(&self.packed, parent, steps)?;
        if new {
            self.note(self.model.violated_properties(&to, false), place);
        }
        Some(place)
    }

    fn note(&mut self, mut violated_properties: u16, place: StateId) {
        while violated_properties != 0 {
            let bit = violated_properties.trailing_zeros() as usize;
            let best = &mut self.violations[bit];
            if best.is_none_or(|known| self.arena.depth(place) < self.arena.depth(known)) {
                *best = Some(place);
            }
            violated_properties &= violated_properties - 1;
        }
    }
}

/// Takes ample actions until there is none, and passes each to `show`.
fn settle<M: Model>(
    model: &M,
    state: &mut M::State,
    room: &mut Vec<M::Choice>,
    mut show: impl FnMut(M::Choice),
) {
    while let Some(choice) = model.ample_action(state, room) {
        model.take(state, choice);
        show(choice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A counter that grows by 1 or 3 up to a limit; a fault resets it to 0, once.
    struct Counter {
        limit: u8,
        trap: Option<u8>,
    }

    impl Model for Counter {
        type State = (u8, bool);
        type Choice = (u8, bool);
        const STUCK: usize = 1;

        fn init(&self) -> Self::State {
            (0, false)
        }

        fn choices(&self, &(n, hit): &Self::State, out: &mut Vec<Self::Choice>) -> Option<usize> {
            if Some(n) == self.trap {
                out.push((n, hit));
            } else {
                out.extend([1, 3].map(|d| (n + d, hit)).into_iter().filter(|c| c.0 <= self.limit));
            }
            let calm = out.len();
            if !hit {
                out.push((0, true));
            }
            Some(calm)
        }

        fn next(&self, _: &Self::State, choice: Self::Choice) -> Self::State {
            choice
        }

        fn encode(&self, &(n, hit): &Self::State, out: &mut Vec<u8>) {
            out.extend([n, u8::from(hit)]);
        }

        fn decode(&self, bytes: &[u8]) -> Self::State {
            (bytes[0], bytes[1] == 1)
        }

        fn violated_properties(&self, &(n, _): &Self::State, _: bool) -> u16 {
            u16::from(n == 7)
        }

        fn ending(&self, _: &Self::State) -> Option<TerminalState> {
            Some(TerminalState::default())
        }
    }

    #[test]
    fn counts_every_state_and_finds_the_shortest_way() {
        let mut explorer = Explorer::new(Counter { limit: 20, trap: None }, 1_000);
        assert_eq!(explorer.run(), Progress::Exhausted);
        assert_eq!(explorer.states(), 2 * 21);
        // 7 = 3 + 3 + 1 in some order: three steps, and no path is shorter.
        let place = explorer.violation(0).unwrap();
        assert_eq!(explorer.schedule(place).map(|run| run.len()), Some(3));
        assert_eq!(explorer.violation(1), None);
    }

    #[test]
    fn a_state_that_only_leads_to_itself_is_stuck() {
        let mut explorer = Explorer::new(Counter { limit: 20, trap: Some(9) }, 1_000);
        assert_eq!(explorer.run(), Progress::Exhausted);
        let stuck = explorer.violation(1).unwrap();
        assert_eq!(explorer.schedule(stuck).unwrap().last().map(|c| c.0), Some(9));
    }

    #[test]
    fn a_run_that_never_ends_goes_on_in_its_last_states() {
        let mut explorer = Explorer::new(Counter { limit: 20, trap: Some(9) }, 1_000);
        assert!(explorer.endless().is_empty(), "not yet exhausted");
        explorer.run();
        // A fault would lead out of the trap, but need not strike.
        let endless: Vec<_> = explorer.endless().into_iter().map(|at| explorer.state(at)).collect();
        assert_eq!(endless, [(9, false), (9, true)]);
        let mut ends = Explorer::new(Counter { limit: 20, trap: None }, 1_000);
        ends.run();
        assert!(ends.endless().is_empty());
    }

    #[test]
    fn a_limit_is_said_and_nothing_is_proved_beyond_it() {
        let mut explorer = Explorer::new(Counter { limit: 200, trap: None }, 10);
        assert_eq!(explorer.run(), Progress::Truncated);
        assert!(explorer.states() >= 10);
        assert_eq!(explorer.violation(1), None);
    }

    #[test]
    fn slices_come_to_the_same() {
        let mut whole = Explorer::new(Counter { limit: 90, trap: Some(50) }, 1_000);
        whole.run();
        let mut sliced = Explorer::new(Counter { limit: 90, trap: Some(50) }, 1_000);
        while sliced.advance(1) == Progress::Running {}
        assert_eq!((whole.states(), whole.violations), (sliced.states(), sliced.violations));
    }
}
