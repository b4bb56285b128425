//! Endless runs: the terminal strongly connected components from which no terminal state is
//! reachable (Tarjan, *Depth-First Search and Linear Graph Algorithms*, 1972).

use super::visited::StateId;
use super::{Explorer, Phase};
use crate::check::model::Model;
use std::collections::HashMap;

/// Successors of the states from which no terminal state is reachable; those of other states are
/// left out.
struct Graph {
    states: Vec<StateId>,
    /// Successors of each state, by their indices.
    after: Vec<Vec<usize>>,
}

impl<M: Model> Explorer<M> {
    /// Returns the states in which runs that never end go on forever. Returns an empty list unless
    /// the state space is exhausted.
    pub fn endless(&self) -> Vec<StateId> {
        if self.truncated || !matches!(self.phase, Phase::Done) {
            return Vec::new();
        }
        let graph = self.stuck();
        let terminal = graph.terminal();
        graph.states.iter().zip(terminal).filter(|(_, is)| *is).map(|(&state, _)| state).collect()
    }

    /// Returns a state by its identifier.
    pub fn state(&self, place: StateId) -> M::State {
        self.model.decode(self.arena.state(place))
    }

    fn stuck(&self) -> Graph {
        let all = (0..self.arena.len()).map(|number| self.arena.nth(number));
        let states: Vec<StateId> = all.filter(|&place| !self.arena.can_end(place)).collect();
        let number: HashMap<StateId, usize> =
            states.iter().enumerate().map(|(number, &place)| (place, number)).collect();
        let (mut after, mut start) = (Vec::with_capacity(states.len()), 0);
        for place in (0..self.arena.len()).map(|number| self.arena.nth(number)) {
            let end = start + self.arena.follows(place);
            if !self.arena.can_end(place) {
                // Whatever follows such a state cannot end either.
                let next = (start..end).map(|at| self.edges.get(at));
                after.push(next.filter_map(|next| number.get(&next).copied()).collect());
            }
            start = end;
        }
        Graph { states, after }
    }
}

impl Graph {
    /// Returns, for each state, true if its strongly connected component is a terminal one: it leads
    /// to no other.
    fn terminal(&self) -> Vec<bool> {
        let component = self.components();
        let count = component.iter().max().map_or(0, |most| most + 1);
        let mut last = vec![true; count];
        for (state, after) in self.after.iter().enumerate() {
            let own = component[state];
            last[own] &= after.iter().all(|&next| component[next] == own);
        }
        component.into_iter().map(|own| last[own]).collect()
    }

    /// Returns the strongly connected component of each state, by an iterative form of Tarjan's
    /// algorithm.
    fn components(&self) -> Vec<usize> {
        let all = self.states.len();
        let (mut index, mut low) = (vec![usize::MAX; all], vec![0; all]);
        let (mut stack, mut on_stack) = (Vec::new(), vec![false; all]);
        let mut component = vec![usize::MAX; all];
        let (mut count, mut components) = (0, 0);
        for root in 0..all {
            let mut path = if index[root] == usize::MAX { vec![(root, 0)] } else { vec![] };
            while let Some((state, done)) = path.pop() {
                if done == 0 {
                    (index[state], low[state]) = (count, count);
                    count += 1;
                    stack.push(state);
                    on_stack[state] = true;
                }
                if let Some(&next) = self.after[state].get(done) {
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
        component
    }
}
