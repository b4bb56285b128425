//! What a search found, property by property, and what it left out.

use super::runs::Run;
use crate::check::{DeliveryModel, Property, Verdict};
use crate::sim::Class;
use std::rc::Rc;

/// What it takes to violate a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Nothing: a run without any fault does it. By the sources only; a search reports the usual
    /// faults, and [`Outcome::faultless`] beside them.
    NoFault,
    /// Faults of the usual kinds: lost, crash, handler, slow.
    Usual,
    /// One fault of this kind.
    Kind(Class),
    /// A message whose handler fails every time.
    Poison,
    /// A poison message, and a retention period that ends.
    PoisonExpiry,
}

impl Tag {
    /// Returns the tag as reports print it: "usual", "power", "poison, expiry".
    pub fn key(self) -> &'static str {
        match self {
            Tag::NoFault => "no fault",
            Tag::Usual => "usual",
            Tag::Kind(class) => class.key(),
            Tag::Poison => "poison",
            Tag::PoisonExpiry => "poison, expiry",
        }
    }
}

/// The result of one property.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What it takes to violate it; empty if it holds.
    pub tags: Vec<Tag>,
    pub run: Option<Run>,
    /// The search that found the run, which may have a shorter one.
    pub(super) source: Option<Rc<(DeliveryModel, Verdict)>>,
    /// A run without any fault violates it.
    pub faultless: bool,
    /// Some search that was to be exhaustive was not.
    pub cut_off: bool,
}

impl Outcome {
    /// Takes over the run of another one.
    pub fn take_run(&mut self, other: &Outcome) {
        self.run.clone_from(&other.run);
        self.source.clone_from(&other.source);
    }
}

/// What was not tried because it has too many runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Two of the usual faults with two messages.
    pub two_faults: bool,
    /// A fault of another kind with two messages.
    pub other_kinds: bool,
}

impl LeftOut {
    pub fn and(self, other: LeftOut) -> LeftOut {
        LeftOut {
            two_faults: self.two_faults || other.two_faults,
            other_kinds: self.other_kinds || other.other_kinds,
        }
    }
}

/// The results of a configuration, and how many states were tried for them.
#[derive(Clone, Debug)]
pub struct Judgment {
    /// By number of the property.
    pub outcomes: [Outcome; 8],
    pub states: usize,
    pub left_out: LeftOut,
}

impl Judgment {
    pub fn of(&self, property: Property) -> &Outcome {
        &self.outcomes[property as usize]
    }
}
