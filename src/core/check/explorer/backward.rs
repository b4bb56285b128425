//! The way back: which states can still reach an end.
//!
//! Again and again through all states, the last first: one from which a state follows that can
//! reach an end can reach it, too. Most are found the first time, for what follows mostly comes
//! later; it ends when a time through finds no more. It needs no room but a bit for each state.

use super::visited::{Chunks, StateId, VisitedSet};

pub(super) struct BackwardReachability {
    /// States still to be looked at, this time through.
    left: usize,
    /// Where the list of those that follow the next one ends.
    end: usize,
    /// Something was found, this time through.
    found: bool,
}

impl BackwardReachability {
    pub(super) fn new(arena: &VisitedSet, edges: &Chunks<StateId>) -> BackwardReachability {
        BackwardReachability { left: arena.len(), end: edges.len(), found: false }
    }

    /// Looks at one state; whether there are more to look at.
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
