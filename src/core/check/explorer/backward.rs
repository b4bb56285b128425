//! Backward reachability: marks the states from which a terminal state is reachable.
//!
//! A fixed-point iteration over the states in reverse order of discovery: a state is marked if it
//! is terminal or has a marked successor, until a pass over all states marks no further one.
//! Successors are mostly discovered later than their predecessors, so the first pass marks most
//! states. Compared with a search over reversed edges, this needs no memory but one bit per state.

use super::visited::{Chunks, StateId, VisitedSet};

/// A backward pass in progress; see the module documentation.
pub(super) struct BackwardReachability {
    /// States still to be visited in this pass.
    left: usize,
    /// End of the successor list of the next state to be visited.
    end: usize,
    /// True if this pass marked a state.
    found: bool,
}

impl BackwardReachability {
    pub(super) fn new(arena: &VisitedSet, edges: &Chunks<StateId>) -> BackwardReachability {
        BackwardReachability { left: arena.len(), end: edges.len(), found: false }
    }

    /// Visits one state. Returns false once a pass over all states has marked none.
    pub(super) fn step(&mut self, arena: &mut VisitedSet, edges: &Chunks<StateId>) -> bool {
        let Some(number) = self.left.checked_sub(1) else {
            if self.found {
                *self = BackwardReachability::new(arena, edges);
            }
            return self.left > 0;
        };
        let place = arena.nth(number);
        let start = self.end - arena.follows(place);
        if !arena.can_end(place) {
            let mut next = (start..self.end).map(|at| edges.get(at));
            if start == self.end || next.any(|next| arena.can_end(next)) {
                arena.set_can_end(place);
                self.found = true;
            }
        }
        (self.left, self.end) = (number, start);
        true
    }
}
