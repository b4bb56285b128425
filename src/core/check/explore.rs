//! The search itself, and what it found.

use super::model::TerminalState;
use crate::sim::{Choice, CompiledScenario, Occurrence, Recorder, World};
use std::collections::{BTreeSet, HashMap};

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The ends of all runs in which every fault of the script has struck. Faults that strike
    /// every time (`#*`) count as struck.
    pub endings: BTreeSet<TerminalState>,
    /// Different states that were reached.
    pub states: usize,
    /// The search stopped before it had seen everything, or something did not fit: what it did
    /// not find is not proved to be impossible.
    pub truncated: bool,
}

/// Tries every order of everything that can happen, up to `most` states.
pub fn explore(setup: &CompiledScenario, most: usize) -> Report {
    explore_and(setup, most, |_| ())
}

/// The same, and shows each state once.
pub fn explore_and(setup: &CompiledScenario, most: usize, mut show: impl FnMut(&World)) -> Report {
    explore_while(setup, most, |world, _| {
        show(world);
        true
    })
}

/// The same, until `goes_on` says no: it is shown each state, and how many are known so far.
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
    // What was not followed up has no states after it yet, and is no end.
    let endings = if truncated { graph.ends(setup, next) } else { graph.all_ends(setup) };
    Report { endings, states: all, truncated }
}

struct Graph {
    worlds: Vec<World>,
    places: HashMap<World, u32>,
    /// For each state the states that follow, one list after the other.
    edges: Vec<u32>,
    /// Where the list of each state begins, and where the last one ends.
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

    /// The ends of the runs that end, among the states that were followed up: so many of the first.
    fn ends(&self, setup: &CompiledScenario, followed: usize) -> BTreeSet<TerminalState> {
        let last = (0..followed).filter(|&state| self.after(state).is_empty());
        let faults_used = last.filter(|&state| all_struck(setup, &self.worlds[state]));
        faults_used
            .map(|s| TerminalState { ledger: self.worlds[s].ledger, endless: false })
            .collect()
    }

    /// The same, and the states that come round for ever where no end can be reached.
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

    /// For each state whether some run from it comes to an end.
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

    /// The states without an end that are come back to from wherever they lead: the last strongly
    /// connected components, by Tarjan's algorithm without recursion.
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

/// Whether every fault of the script has struck that strikes once.
fn all_struck(setup: &CompiledScenario, world: &World) -> bool {
    let mut faults = setup.scenario.faults.iter().enumerate();
    faults.all(|(i, fault)| fault.at.nth == Occurrence::Every || world.faults_used & (1 << i) != 0)
}
