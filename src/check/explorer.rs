//! Goes through every run of a model, breadth first, so that what it finds first is nearest.
//!
//! States are kept packed, one behind the other; of each the place of its parent. What led from
//! one to the other is found again when a run is asked for: no path is copied along. Whole states
//! are compared, never their hashes alone.

use super::model::{Ending, Model};
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

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
    arena: Arena,
    phase: Phase,
    truncated: bool,
    /// For each bit of [`Model::broken`] the nearest state that breaks it.
    violations: [Option<u32>; 16],
    /// In order, each once.
    endings: Vec<(Ending, u32)>,
    /// The states that follow each without a fault, one list after the other.
    edges: Vec<u32>,
    /// Where the list of each state ends.
    ends: Vec<u32>,
    choices: Vec<M::Choice>,
    /// Room to look for choices to be taken at once.
    room: Vec<M::Choice>,
    packed: Vec<u8>,
}

/// What is being done.
enum Phase {
    /// Following up the states, from this one on.
    Exploring(u32),
    /// Everything is explored; going back from the ends to whoever can still reach them.
    GoingBack(Back),
    Done,
}

/// The way back: the edges turned round.
struct Back {
    sources: Vec<u32>,
    first: Vec<u32>,
    can_end: Vec<bool>,
    open: Vec<u32>,
}

/// Packed states, one behind the other.
#[derive(Default)]
struct Arena {
    bytes: Vec<u8>,
    /// Where each begins.
    starts: Vec<u32>,
    parents: Vec<u32>,
    /// How many steps led to each, 255 for more.
    depths: Vec<u8>,
    table: HashTable<u32>,
}

/// The state at a place.
fn state<'a>(bytes: &'a [u8], starts: &[u32], place: u32) -> &'a [u8] {
    let place = place as usize;
    let end = starts.get(place + 1).map_or(bytes.len(), |&end| end as usize);
    &bytes[starts[place] as usize..end]
}

fn hash(packed: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(packed);
    hasher.finish()
}

impl Arena {
    fn state(&self, place: u32) -> &[u8] {
        state(&self.bytes, &self.starts, place)
    }

    /// The place of the state, and whether it is new.
    fn insert(&mut self, packed: &[u8], parent: u32, steps: u8) -> (u32, bool) {
        let code = hash(packed);
        let Arena { bytes, starts, table, .. } = self;
        if let Some(&place) = table.find(code, |&p| state(bytes, starts, p) == packed) {
            return (place, false);
        }
        let place = starts.len() as u32;
        table.insert_unique(code, place, |&p| hash(state(bytes, starts, p)));
        starts.push(bytes.len() as u32);
        bytes.extend_from_slice(packed);
        let before = self.depths.get(parent as usize).copied().unwrap_or(0);
        self.depths.push(before.saturating_add(steps));
        self.parents.push(parent);
        (place, true)
    }
}

/// The parent of the first state.
const NONE: u32 = u32::MAX;

impl<M: Model> Explorer<M> {
    /// Begins at the model's first state; stops at `limit` different states.
    pub fn new(model: M, limit: usize) -> Explorer<M> {
        let first = model.init();
        let mut explorer = Explorer {
            model,
            limit,
            arena: Arena::default(),
            phase: Phase::Exploring(0),
            truncated: false,
            violations: [None; 16],
            endings: Vec::new(),
            edges: Vec::new(),
            ends: Vec::new(),
            choices: Vec::new(),
            room: Vec::new(),
            packed: Vec::new(),
        };
        explorer.reach(first, NONE);
        explorer
    }

    /// Different states reached so far.
    pub fn states(&self) -> usize {
        self.arena.starts.len()
    }

    /// Bytes that the states take: packed, their parents, and the table to find them by.
    pub fn memory(&self) -> usize {
        let Arena { bytes, starts, table, .. } = &self.arena;
        // Of a table, one byte for each place besides the number in it.
        bytes.len() + starts.len() * 9 + table.capacity() * 8 / 7 * 5
    }

    /// For each bit of [`Model::broken`] the nearest state that was seen to break it.
    pub fn violation(&self, bit: usize) -> Option<u32> {
        self.violations[bit]
    }

    /// The ways in which runs end, each with the first state that shows it.
    pub fn endings(&self) -> &[(Ending, u32)] {
        &self.endings
    }

    /// Does so many steps of work: states to follow up, or to go back from.
    pub fn advance(&mut self, most: usize) -> Progress {
        for _ in 0..most {
            match &mut self.phase {
                Phase::Exploring(next) => {
                    let place = *next;
                    if place as usize == self.arena.starts.len() {
                        let back = Back::new(&self.edges, &self.ends);
                        self.phase = Phase::GoingBack(back);
                        continue;
                    }
                    *next += 1;
                    if self.arena.starts.len() >= self.limit {
                        self.truncated = true;
                        self.phase = Phase::Done;
                        continue;
                    }
                    self.follow_up(place);
                }
                Phase::GoingBack(back) => {
                    if !back.step() {
                        let stuck = back.can_end.iter().position(|&ends| !ends);
                        if !self.truncated {
                            self.violations[M::STUCK] = stuck.map(|place| place as u32);
                        }
                        self.phase = Phase::Done;
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

    fn follow_up(&mut self, place: u32) {
        let from = self.model.unpack(self.arena.state(place));
        let mut choices = std::mem::take(&mut self.choices);
        choices.clear();
        match self.model.choices(&from, &mut choices) {
            // What does not fit is not followed.
            None => self.truncated = true,
            Some(0) => {
                self.note(self.model.broken(&from, true), place);
                let ending = self.model.ending(&from);
                if let Err(at) = self.endings.binary_search_by(|(known, _)| known.cmp(&ending)) {
                    self.endings.insert(at, (ending, place));
                }
                self.follow(&from, place, &choices, 0);
            }
            Some(calm) => self.follow(&from, place, &choices, calm),
        }
        self.ends.push(self.edges.len() as u32);
        self.choices = choices;
    }

    fn follow(&mut self, from: &M::State, place: u32, choices: &[M::Choice], calm: usize) {
        for (number, &choice) in choices.iter().enumerate() {
            let after = self.model.next(from, choice);
            let reached = self.reach(after, place);
            if number < calm {
                self.edges.push(reached);
            }
        }
    }

    fn reach(&mut self, mut to: M::State, parent: u32) -> u32 {
        let mut room = std::mem::take(&mut self.room);
        let mut steps = 1u8;
        settle(&self.model, &mut to, &mut room, |_| steps = steps.saturating_add(1));
        self.room = room;
        self.model.forget(&mut to);
        self.packed.clear();
        self.model.pack(&to, &mut self.packed);
        let (place, new) = self.arena.insert(&self.packed, parent, steps);
        if new {
            self.note(self.model.broken(&to, false), place);
        }
        place
    }

    fn note(&mut self, mut broken: u16, place: u32) {
        while broken != 0 {
            let bit = broken.trailing_zeros() as usize;
            let best = &mut self.violations[bit];
            let depth = |place: u32| self.arena.depths[place as usize];
            if best.is_none_or(|known| depth(place) < depth(known)) {
                *best = Some(place);
            }
            broken &= broken - 1;
        }
    }

    /// The choices that lead to a state from the beginning: as few as there can be.
    pub fn schedule(&self, place: u32) -> Vec<M::Choice> {
        let parent = |&place: &u32| {
            Some(self.arena.parents[place as usize]).filter(|&parent| parent != NONE)
        };
        let mut path: Vec<u32> = std::iter::successors(Some(place), parent).collect();
        path.reverse();
        // States are kept in the shape of one that is like them, and so are the steps between
        // them; each is looked for again from the real beginning.
        let mut alike = self.model.init();
        let mut real = self.model.init();
        let (mut steps, mut schedule) = (Vec::new(), Vec::new());
        settle(&self.model, &mut alike, &mut Vec::new(), |choice| steps.push(choice));
        alike = self.follow_real(&mut real, self.model.init(), &steps, &mut schedule);
        for &next in &path[1..] {
            self.model.forget(&mut alike);
            let Some(steps) = self.towards(&alike, next) else { break };
            alike = self.follow_real(&mut real, alike, &steps, &mut schedule);
        }
        schedule
    }

    /// The choices that lead from a state to the next on a path.
    fn towards(&self, from: &M::State, to: u32) -> Option<Vec<M::Choice>> {
        let (mut choices, mut room) = (Vec::new(), Vec::new());
        self.model.choices(from, &mut choices)?;
        choices.into_iter().find_map(|choice| {
            let mut after = self.model.next(from, choice);
            let mut steps = vec![choice];
            settle(&self.model, &mut after, &mut room, |choice| steps.push(choice));
            (self.shape(&after) == self.arena.state(to)).then_some(steps)
        })
    }

    /// Takes steps, and those like them from a real state; where the former lead.
    fn follow_real(
        &self,
        real: &mut M::State,
        mut alike: M::State,
        steps: &[M::Choice],
        schedule: &mut Vec<M::Choice>,
    ) -> M::State {
        let mut choices = Vec::new();
        for &step in steps {
            alike = self.model.next(&alike, step);
            let wanted = self.shape(&alike);
            choices.clear();
            self.model.choices(real, &mut choices);
            // Beside a step that is taken at once others may be left out, and it itself, too.
            choices.extend(self.model.at_once(real, &mut Vec::new()));
            let fits = |&choice: &M::Choice| {
                let after = self.model.next(real, choice);
                (self.shape(&after) == wanted).then_some((choice, after))
            };
            let Some((choice, after)) = choices.iter().find_map(fits) else { break };
            schedule.push(choice);
            *real = after;
        }
        alike
    }

    /// A state as it is kept.
    fn shape(&self, state: &M::State) -> Vec<u8> {
        let (mut state, mut packed) = (state.clone(), Vec::new());
        self.model.forget(&mut state);
        self.model.pack(&state, &mut packed);
        packed
    }
}

/// Takes all choices that can be taken at once, and shows each.
fn settle<M: Model>(
    model: &M,
    state: &mut M::State,
    room: &mut Vec<M::Choice>,
    mut show: impl FnMut(M::Choice),
) {
    while let Some(choice) = model.at_once(state, room) {
        model.take(state, choice);
        show(choice);
    }
}

impl Back {
    fn new(edges: &[u32], ends: &[u32]) -> Back {
        let all = ends.len();
        let mut first = vec![0u32; all + 1];
        for &to in edges {
            first[to as usize + 1] += 1;
        }
        for i in 0..all {
            first[i + 1] += first[i];
        }
        let (mut sources, mut fill) = (vec![0; edges.len()], first.clone());
        let (mut can_end, mut open, mut start) = (vec![false; all], Vec::new(), 0);
        for (place, &end) in ends.iter().enumerate() {
            if start == end {
                can_end[place] = true;
                open.push(place as u32);
            }
            for &to in &edges[start as usize..end as usize] {
                sources[fill[to as usize] as usize] = place as u32;
                fill[to as usize] += 1;
            }
            start = end;
        }
        Back { sources, first, can_end, open }
    }

    /// Goes back from one state; whether there was one.
    fn step(&mut self) -> bool {
        let Some(place) = self.open.pop() else { return false };
        let range = self.first[place as usize]..self.first[place as usize + 1];
        for &source in &self.sources[range.start as usize..range.end as usize] {
            if !std::mem::replace(&mut self.can_end[source as usize], true) {
                self.open.push(source);
            }
        }
        true
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

        fn pack(&self, &(n, hit): &Self::State, out: &mut Vec<u8>) {
            out.extend([n, u8::from(hit)]);
        }

        fn unpack(&self, bytes: &[u8]) -> Self::State {
            (bytes[0], bytes[1] == 1)
        }

        fn broken(&self, &(n, _): &Self::State, _: bool) -> u16 {
            u16::from(n == 7)
        }

        fn ending(&self, _: &Self::State) -> Ending {
            Ending::default()
        }
    }

    #[test]
    fn counts_every_state_and_finds_the_shortest_way() {
        let mut explorer = Explorer::new(Counter { limit: 20, trap: None }, 1_000);
        assert_eq!(explorer.run(), Progress::Exhausted);
        assert_eq!(explorer.states(), 2 * 21);
        // 7 = 3 + 3 + 1, in some order: three steps, and no way is shorter.
        let place = explorer.violation(0).unwrap();
        assert_eq!(explorer.schedule(place).len(), 3);
        assert_eq!(explorer.violation(1), None);
    }

    #[test]
    fn a_state_that_only_leads_to_itself_is_stuck() {
        let mut explorer = Explorer::new(Counter { limit: 20, trap: Some(9) }, 1_000);
        assert_eq!(explorer.run(), Progress::Exhausted);
        let stuck = explorer.violation(1).unwrap();
        assert_eq!(explorer.schedule(stuck).last().map(|c| c.0), Some(9));
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
