//! A scenario as a property of components.

use std::rc::Rc;

use crate::sim::Scenario;

/// Compared by pointer.
#[derive(Clone)]
pub struct Configured(pub Rc<Scenario>);

impl PartialEq for Configured {
    fn eq(&self, other: &Configured) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
