//! Goes through every run of a model, breadth first, so that what it finds first is nearest.
//!
//! States are kept packed, one behind the other; of each the place of its parent. What led from
//! one to the other is found again when a run is asked for: no path is copied along. Whole states
//! are compared, never their hashes alone.

mod backward;
mod counterexample;
mod visited;

use super::model::{Model, TerminalState};
use backward::BackwardReachability;
use visited::{Chunks, NONE, StateId, VisitedSet};

/// What an exploration has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Running,
    /// Every run within the bounds was tried.
    Exhausted,
    /// It stopped at its limit, or something did not fit: what was not found is not proved.
    Truncated,
}

/// An exploration under way.
pub struct Explorer<M: Model> {
    pub model: M,
    limit: usize,
    arena: VisitedSet,
    phase: Phase,
    truncated: bool,
    /// For each bit of [`Model::violated_properties`] the nearest state that breaks it.
    violations: [Option<StateId>; 16],
    /// In order, each once.
    endings: Vec<(TerminalState, StateId)>,
    /// The states that follow each without a fault, one list after the other.
    edges: Chunks<StateId>,
    choices: Vec<M::Choice>,
    /// Room to look for choices to be taken at once.
    room: Vec<M::Choice>,
    packed: Vec<u8>,
}

/// What is being done.
enum Phase {
    /// Following up the states, from this one on.
    Exploring(usize),
    /// Everything is explored; going back from the ends to whoever can still reach them.
    GoingBack(BackwardReachability),
    /// Looking for a state that cannot, from this one on.
    LookingForStuck(usize),
    Done,
}

impl<M: Model> Explorer<M> {
    /// Begins at the model's first state; stops at `limit` different states.
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

    /// Different states reached so far.
    pub fn states(&self) -> usize {
        self.arena.len()
    }

    /// Bytes that are taken: by the states, by the table to find them by, by what follows what.
    pub fn memory(&self) -> usize {
        self.arena.memory() + self.edges.memory()
    }

    /// For each bit of [`Model::violated_properties`] the nearest state that was seen to break it.
    pub fn violation(&self, bit: usize) -> Option<u32> {
        self.violations[bit]
    }

    /// The ways in which runs end, each with the first state that shows it.
    pub fn endings(&self) -> &[(TerminalState, u32)] {
        &self.endings
    }

    /// Does so many steps of work: states to follow up, or to look at on the way back.
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

    /// Goes on to the end, or to the limit.
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
            // What does not fit is not followed.
            None => self.truncated = true,
            Some(0) => {
                self.note(self.model.violated_properties(&from, true), place);
                let ending = self.model.ending(&from);
                if let Err(at) = self.endings.binary_search_by(|(known, _)| known.cmp(&ending)) {
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

/// Takes all choices that can be taken at once, and shows each.
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

    /// A counter that goes up by 1 or by 3 below a limit; a fault takes it back to 0, once.
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

        fn ending(&self, _: &Self::State) -> TerminalState {
            TerminalState::default()
        }
    }

    #[test]
    fn counts_every_state_and_finds_the_shortest_way() {
        let mut explorer = Explorer::new(Counter { limit: 20, trap: None }, 1_000);
        assert_eq!(explorer.run(), Progress::Exhausted);
        assert_eq!(explorer.states(), 2 * 21);
        // 7 = 3 + 3 + 1, in some order: three steps, and no way is shorter.
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
