//! Exhaustive search of all runs under one script of faults, without reduction.
//!
//! Worlds are kept unencoded in a hash map. Terminal states are the states without a successor, and
//! the bottom strongly connected components from which no such state is reachable (Tarjan,
//! *Depth-First Search and Linear Graph Algorithms*, 1972).

use super::model::TerminalState;
use crate::sim::{Choice, CompiledScenario, Occurrence, Recorder, World};
use std::collections::{BTreeSet, HashMap};

/// Result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Terminal states of all runs in which every fault of the script has struck. Faults that
    /// strike every time (`#*`) count as struck.
    pub endings: BTreeSet<TerminalState>,
    /// Number of distinct states reached.
    pub states: usize,
    /// The search stopped early, or a state did not fit its representation: what was not found is
    /// not proved impossible.
    pub truncated: bool,
}

/// Explores every interleaving of the enabled actions, up to `most` states.
pub fn explore(setup: &CompiledScenario, most: usize) -> Report {
    explore_and(setup, most, |_| ())
}

/// Like [`explore`], but passes each state to `show` once.
pub fn explore_and(setup: &CompiledScenario, most: usize, mut show: impl FnMut(&World)) -> Report {
    explore_while(setup, most, |world, _| {
        show(world);
        true
    })
}

/// Like [`explore_and`], but stops when `goes_on` returns false. It receives each state, and the
/// number of states known so far.
pub fn explore_while(
    setup: &CompiledScenario,
    most: usize,
    mut goes_on: impl FnMut(&World, usize) -> bool,
) -> Report {
    let mut graph = Graph::new(World::new(setup));
    let mut choices = Vec::new();
    let mut truncated = false;
    let mut next = 0;
    while next < graph.worlds.len() {
        if graph.worlds.len() >= most {
            truncated = true;
            break;
        }
        let world = graph.worlds[next];
        truncated |= world.overflow();
        if !goes_on(&world, graph.worlds.len()) {
            truncated = true;
            break;
        }
        world.choices(setup, &mut choices);
        graph.first_edge.push(graph.edges.len());
        for &choice in &choices {
            graph.follow(setup, &world, choice);
        }
        next += 1;
    }
    let all = graph.worlds.len();
    graph.first_edge.resize(all + 1, graph.edges.len());
    // States that were not expanded have no successors yet, but are not terminal.
    let endings = if truncated { graph.ends(setup, next) } else { graph.all_ends(setup) };
    Report { endings, states: all, truncated }
}

struct Graph {
    worlds: Vec<World>,
    places: HashMap<World, u32>,
    /// Successors of all states, one list after the other.
    edges: Vec<u32>,
    /// Start of each state's successor list, and the end of the last one.
    first_edge: Vec<usize>,
}

impl Graph {
    fn new(start: World) -> Graph {
        Graph {
            worlds: vec![start],
            places: HashMap::from([(start, 0)]),
            edges: Vec::new(),
            first_edge: Vec::new(),
        }
    }

    fn follow(&mut self, setup: &CompiledScenario, world: &World, choice: Choice) {
        let mut after = *world;
        after.step(setup, choice, &mut Recorder::silent());
        let new = self.worlds.len() as u32;
        let place = *self.places.entry(after).or_insert(new);
        if place == new {
            self.worlds.push(after);
        }
        self.edges.push(place);
    }

    fn after(&self, state: usize) -> &[u32] {
        &self.edges[self.first_edge[state]..self.first_edge[state + 1]]
    }

    /// Returns the terminal states among the first `followed` states, those that were expanded.
    fn ends(&self, setup: &CompiledScenario, followed: usize) -> BTreeSet<TerminalState> {
        let last = (0..followed).filter(|&state| self.after(state).is_empty());
        let faults_used = last.filter(|&state| all_struck(setup, &self.worlds[state]));
        faults_used
            .map(|s| TerminalState { ledger: self.worlds[s].ledger, endless: false })
            .collect()
    }

    /// Like [`Graph::ends`], but includes the endless cycles from which no terminal state is
    /// reachable.
    fn all_ends(&self, setup: &CompiledScenario) -> BTreeSet<TerminalState> {
        let mut endings = self.ends(setup, self.worlds.len());
        let ends = self.can_end();
        let rounds = self.rounds(&ends);
        let faults_used =
            rounds.into_iter().filter(|&state| all_struck(setup, &self.worlds[state]));
        endings.extend(
            faults_used.map(|s| TerminalState { ledger: self.worlds[s].ledger, endless: true }),
        );
        endings
    }

    /// Returns, for each state, true if a terminal state is reachable from it (backward
    /// reachability).
    fn can_end(&self) -> Vec<bool> {
        let all = self.worlds.len();
        let mut before: Vec<Vec<u32>> = vec![Vec::new(); all];
        for state in 0..all {
            for &next in self.after(state) {
                before[next as usize].push(state as u32);
            }
        }
        let mut ends: Vec<bool> = (0..all).map(|state| self.after(state).is_empty()).collect();
        let mut open: Vec<usize> = (0..all).filter(|&state| ends[state]).collect();
        while let Some(state) = open.pop() {
            for &earlier in &before[state] {
                if !std::mem::replace(&mut ends[earlier as usize], true) {
                    open.push(earlier as usize);
                }
            }
        }
        ends
    }

    /// Returns the states of the bottom strongly connected components among those from which no
    /// terminal state is reachable, by an iterative form of Tarjan's algorithm.
    fn rounds(&self, ends: &[bool]) -> Vec<usize> {
        let all = self.worlds.len();
        let (mut index, mut low) = (vec![usize::MAX; all], vec![0; all]);
        let (mut stack, mut on_stack) = (Vec::new(), vec![false; all]);
        let mut component = vec![usize::MAX; all];
        let (mut count, mut components) = (0, 0);
        for root in (0..all).filter(|&state| !ends[state]) {
            let mut path = if index[root] == usize::MAX { vec![(root, 0)] } else { vec![] };
            while let Some((state, done)) = path.pop() {
                if done == 0 {
                    (index[state], low[state]) = (count, count);
                    count += 1;
                    stack.push(state);
                    on_stack[state] = true;
                }
                if let Some(&next) = self.after(state).get(done) {
                    let next = next as usize;
                    path.push((state, done + 1));
                    if index[next] == usize::MAX {
                        path.push((next, 0));
                    } else if on_stack[next] {
                        low[state] = low[state].min(index[next]);
                    }
                    continue;
                }
                if low[state] == index[state] {
                    while let Some(member) = stack.pop() {
                        on_stack[member] = false;
                        component[member] = components;
                        if member == state {
                            break;
                        }
                    }
                    components += 1;
                }
                if let Some(&(parent, _)) = path.last() {
                    low[parent] = low[parent].min(low[state]);
                }
            }
        }
        let mut last = vec![true; components];
        for state in (0..all).filter(|&state| !ends[state]) {
            let own = component[state];
            if self.after(state).iter().any(|&next| component[next as usize] != own) {
                last[own] = false;
            }
        }
        (0..all).filter(|&state| !ends[state] && last[component[state]]).collect()
    }
}

/// Returns true if every fault of the script that strikes once has struck.
fn all_struck(setup: &CompiledScenario, world: &World) -> bool {
    let mut faults = setup.scenario.faults.iter().enumerate();
    faults.all(|(i, fault)| fault.at.nth == Occurrence::Every || world.faults_used & (1 << i) != 0)
}
