//! Reconstruction of a counterexample from the parent links of the visited set.

use super::visited::StateId;
use super::{Explorer, settle};
use crate::check::model::Model;

impl<M: Model> Explorer<M> {
    /// Returns a run from the initial state to this one: a shortest one if no ample actions are
    /// taken.
    ///
    /// Returns `None` if no concrete run corresponds to the path of stored states: each stored
    /// state is a canonical representative, and two concrete states with the same representative
    /// may belong to different runs.
    pub fn schedule(&self, place: StateId) -> Option<Vec<M::Choice>> {
        let parent = |&place: &StateId| self.arena.parent(place);
        let mut path: Vec<StateId> = std::iter::successors(Some(place), parent).collect();
        path.reverse();
        // Stored states are canonical representatives, and so are the steps between them. Each step
        // is replayed from the concrete initial state.
        let mut alike = self.model.init();
        let mut real = self.model.init();
        let (mut steps, mut schedule) = (Vec::new(), Vec::new());
        settle(&self.model, &mut alike, &mut Vec::new(), |choice| steps.push(choice));
        alike = self.follow_real(&mut real, self.model.init(), &steps, &mut schedule)?;
        for &next in &path[1..] {
            self.model.canonicalize(&mut alike);
            let steps = self.towards(&alike, next)?;
            alike = self.follow_real(&mut real, alike, &steps, &mut schedule)?;
        }
        Some(schedule)
    }

    /// Returns the choices that lead from a stored state to its successor on the path.
    fn towards(&self, from: &M::State, to: StateId) -> Option<Vec<M::Choice>> {
        let (mut choices, mut room) = (Vec::new(), Vec::new());
        self.model.choices(from, &mut choices)?;
        choices.into_iter().find_map(|choice| {
            let mut after = self.model.next(from, choice);
            let mut steps = vec![choice];
            settle(&self.model, &mut after, &mut room, |choice| steps.push(choice));
            (self.shape(&after) == self.arena.state(to)).then_some(steps)
        })
    }

    /// Takes `steps` from a representative, and the corresponding choices from the concrete state
    /// `real`. Returns the representative that they lead to, or `None` if the concrete state has no
    /// corresponding choice.
    fn follow_real(
        &self,
        real: &mut M::State,
        mut alike: M::State,
        steps: &[M::Choice],
        schedule: &mut Vec<M::Choice>,
    ) -> Option<M::State> {
        let mut choices = Vec::new();
        for &step in steps {
            alike = self.model.next(&alike, step);
            let wanted = self.shape(&alike);
            choices.clear();
            self.model.choices(real, &mut choices);
            // The set of choices may be restricted to an ample set, and the ample action itself may
            // be missing.
            choices.extend(self.model.ample_action(real, &mut Vec::new()));
            let fits = |&choice: &M::Choice| {
                let after = self.model.next(real, choice);
                (self.shape(&after) == wanted).then_some((choice, after))
            };
            let (choice, after) = choices.iter().find_map(fits)?;
            schedule.push(choice);
            *real = after;
        }
        Some(alike)
    }

    /// Returns the canonical, encoded form of a state.
    fn shape(&self, state: &M::State) -> Vec<u8> {
        let (mut state, mut packed) = (state.clone(), Vec::new());
        self.model.canonicalize(&mut state);
        self.model.encode(&state, &mut packed);
        packed
    }
}
