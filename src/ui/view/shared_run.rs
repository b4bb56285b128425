//! A run as a property of components.

use std::rc::Rc;

use crate::present::RunView;

/// A run as a component property, compared by pointer: comparing the text of a long run at each
/// step would cost more than rendering it.
#[derive(Clone)]
pub struct SharedRun(pub Rc<RunView>);

impl PartialEq for SharedRun {
    fn eq(&self, other: &SharedRun) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
