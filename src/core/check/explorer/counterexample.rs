//! The way to a state, found again.

use super::visited::StateId;
use super::{Explorer, settle};
use crate::check::model::Model;

impl<M: Model> Explorer<M> {
    /// Returns choices that lead to a state from the beginning: as few as there can be, where no
    /// steps are taken at once. `None` if no real run could be found that goes the way of the kept
    /// states: what is kept is a representative, and two of them may stand for runs that part.
    pub fn schedule(&self, place: StateId) -> Option<Vec<M::Choice>> {
        let parent = |&place: &StateId| self.arena.parent(place);
        let mut path: Vec<StateId> = std::iter::successors(Some(place), parent).collect();
        path.reverse();
        // States are kept in the shape of one that is like them, and so are the steps between
        // them; each is looked for again from the real beginning.
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

    /// The choices that lead from a state to the next on a path.
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

    /// Takes steps, and those like them from a real state; where the former lead. `None` if the real
    /// state offers no step like one of them.
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
            // Beside a step that is taken at once others may be left out, and it itself, too.
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

    /// A state as it is kept.
    fn shape(&self, state: &M::State) -> Vec<u8> {
        let (mut state, mut packed) = (state.clone(), Vec::new());
        self.model.canonicalize(&mut state);
        self.model.encode(&state, &mut packed);
        packed
    }
}
