//! Every run within bounds: breadth first, so that the first violation is a shortest one.
//!
//! States are kept packed, one behind the other; the parent of each by its place. What led from
//! one to the other is found again when a run is asked for: nothing is copied along.

use super::property::{Ended, Property, Seen};
use crate::sim::{Choice, Classes, Setup, Silent, World};
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;
use std::rc::Rc;

/// How far a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Faults in all, 0 to 4.
    pub faults: u8,
    /// Kinds of faults.
    pub classes: Classes,
    /// Different states at most.
    pub states: u32,
}

/// What a search has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Running,
    /// Every run within the bounds was tried.
    Exhausted,
    /// The search stopped at its limit of states; what it has not found is not proved.
    Truncated,
}

/// A search under way.
pub struct Search {
    setup: Rc<Setup>,
    bounds: Bounds,
    arena: Arena,
    /// The next state to follow up.
    next: u32,
    truncated: bool,
    seen: Seen,
    /// For each state followed up, where the list of the states that follow without a fault ends.
    ends: Vec<u32>,
    edges: Vec<u32>,
    choices: Vec<Choice>,
    packed: Vec<u8>,
}

/// Packed states, one behind the other.
#[derive(Default)]
struct Arena {
    bytes: Vec<u8>,
    /// Where each begins.
    starts: Vec<u32>,
    parents: Vec<u32>,
    table: HashTable<u32>,
}

impl Arena {
    fn state(&self, place: u32) -> &[u8] {
        let place = place as usize;
        let end = self.starts.get(place + 1).map_or(self.bytes.len(), |&end| end as usize);
        &self.bytes[self.starts[place] as usize..end]
    }

    /// The place of the state, and whether it is new.
    fn insert(&mut self, packed: &[u8], parent: u32) -> (u32, bool) {
        let hash = hash(packed);
        let Arena { bytes, starts, table, .. } = self;
        let state = |place: u32| {
            let place = place as usize;
            let end = starts.get(place + 1).map_or(bytes.len(), |&end| end as usize);
            &bytes[starts[place] as usize..end]
        };
        if let Some(&place) = table.find(hash, |&place| state(place) == packed) {
            return (place, false);
        }
        let place = starts.len() as u32;
        table.insert_unique(hash, place, |&place| self::hash(state(place)));
        self.starts.push(self.bytes.len() as u32);
        self.bytes.extend_from_slice(packed);
        self.parents.push(parent);
        (place, true)
    }
}

fn hash(packed: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(packed);
    hasher.finish()
}

/// No parent: the first state.
const NONE: u32 = u32::MAX;

impl Search {
    /// Begins a search. The scenario's own script of faults is left out: the bounds say what
    /// strikes.
    pub fn new(setup: &Setup, bounds: Bounds) -> Search {
        let mut setup = setup.clone();
        setup.scenario.faults.clear();
        let setup = Rc::new(setup);
        let mut search = Search {
            arena: Arena::default(),
            next: 0,
            truncated: false,
            seen: Seen::default(),
            ends: Vec::new(),
            edges: Vec::new(),
            choices: Vec::new(),
            packed: Vec::new(),
            setup,
            bounds,
        };
        search.reach(&World::new(&search.setup.clone()), NONE);
        search
    }

    /// Different states reached so far.
    pub fn states(&self) -> usize {
        self.arena.starts.len()
    }

    /// Bytes that the states take, with their parents and the table to find them by.
    pub fn memory(&self) -> usize {
        let arena = &self.arena;
        arena.bytes.len() + arena.starts.len() * 8 + arena.table.capacity() * 5
    }

    /// What was seen so far.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Follows up at most so many states.
    pub fn advance(&mut self, most: u32) -> Progress {
        for _ in 0..most {
            if self.next as usize == self.states() {
                return self.finish();
            }
            if self.states() >= self.bounds.states as usize {
                self.truncated = true;
                return Progress::Truncated;
            }
            self.follow_up(self.next);
            self.next += 1;
        }
        Progress::Running
    }

    fn finish(&mut self) -> Progress {
        if self.truncated {
            return Progress::Truncated;
        }
        self.find_stuck();
        Progress::Exhausted
    }

    fn follow_up(&mut self, place: u32) {
        let setup = Rc::clone(&self.setup);
        let world = World::unpack(&setup, self.arena.state(place));
        if world.overflow() {
            // What does not fit is not followed, and then nothing is proved.
            self.truncated = true;
            self.ends.push(self.edges.len() as u32);
            return;
        }
        let mut choices = std::mem::take(&mut self.choices);
        world.choices(&setup, &mut choices);
        if choices.is_empty() {
            self.seen.ended(&setup, Ended { ledger: world.ledger, endless: false }, place);
        }
        let calm = choices.len();
        if world.struck < u16::from(self.bounds.faults) {
            world.faults(&setup, self.bounds.classes, &mut choices);
        }
        for (number, &choice) in choices.iter().enumerate() {
            let mut after = world;
            after.step(&setup, choice, &mut Silent);
            after.struck += u16::from(number >= calm);
            let reached = self.reach(&after, place);
            if number < calm {
                self.edges.push(reached);
            }
        }
        self.ends.push(self.edges.len() as u32);
        self.choices = choices;
    }

    fn reach(&mut self, world: &World, parent: u32) -> u32 {
        self.packed.clear();
        world.pack(&self.setup, &mut self.packed);
        let (place, new) = self.arena.insert(&self.packed, parent);
        if new {
            self.seen.reached(&self.setup, world, place);
        }
        place
    }

    /// The states from which no run comes to an end, although no more faults strike.
    fn find_stuck(&mut self) {
        let all = self.states();
        let range = |ends: &[u32], place: usize| {
            let start = if place == 0 { 0 } else { ends[place - 1] };
            start as usize..ends[place] as usize
        };
        let mut ends: Vec<bool> =
            (0..all).map(|place| range(&self.ends, place).is_empty()).collect();
        // Most edges lead on: from the back, a few rounds reach everything.
        loop {
            let mut changed = false;
            for place in (0..all).rev().filter(|&place| !ends[place]).collect::<Vec<_>>() {
                let mut after = self.edges[range(&self.ends, place)].iter();
                if after.any(|&next| ends[next as usize]) {
                    ends[place] = true;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        if let Some(place) = ends.iter().position(|&ends| !ends) {
            self.seen.violated(Property::NeverStuck, place as u32);
        }
    }

    /// The choices that lead to a state, from the beginning: with
    /// [`crate::sim::Trace::fork`] they give the run.
    pub fn schedule(&self, place: u32) -> Vec<Choice> {
        let mut path = vec![place];
        while let Some(&parent) = path.last().map(|&last| &self.arena.parents[last as usize]) {
            if parent == NONE {
                break;
            }
            path.push(parent);
        }
        path.reverse();
        path.windows(2).filter_map(|pair| self.choice_between(pair[0], pair[1])).collect()
    }

    fn choice_between(&self, from: u32, to: u32) -> Option<Choice> {
        let world = World::unpack(&self.setup, self.arena.state(from));
        let mut choices = Vec::new();
        world.choices(&self.setup, &mut choices);
        let calm = choices.len();
        if world.struck < u16::from(self.bounds.faults) {
            world.faults(&self.setup, self.bounds.classes, &mut choices);
        }
        let mut packed = Vec::new();
        choices.iter().enumerate().find_map(|(number, &choice)| {
            let mut after = world;
            after.step(&self.setup, choice, &mut Silent);
            after.struck += u16::from(number >= calm);
            packed.clear();
            after.pack(&self.setup, &mut packed);
            (packed == self.arena.state(to)).then_some(choice)
        })
    }
}
