//! The instance of the producer that a fault may start while the first one is paused.

use super::CompiledScenario;
use crate::sim::fault::{Class, Classes, FaultKind};
use crate::sim::participant::Participant;

impl CompiledScenario {
    /// Returns true if a single process sends, so that another instance of it may be started: no
    /// relay reads an outbox, and no other producer sends to the partition.
    pub fn has_one_producer(&self) -> bool {
        self.successor || self.senders.len() == 1
    }

    /// Returns true if a second producer of its own sends to the same partition.
    pub fn has_other_producer(&self) -> bool {
        !self.successor && self.parties.contains(&Participant::Producer2)
    }

    /// Adds the other instance if the script or these classes of faults may start it, and removes
    /// it otherwise.
    pub(super) fn prepare_successor(&mut self, classes: Classes) {
        let mut script = self.scenario.faults.iter();
        let starts = classes.has(Class::Replaced) || script.any(|f| f.kind == FaultKind::Replace);
        let there = starts && self.has_one_producer();
        if self.successor != there {
            self.set_successor(there);
        }
    }

    /// Returns the same without the other instance, as a run in which nobody has started it looks.
    #[must_use]
    pub(in crate::sim) fn without_successor(mut self) -> CompiledScenario {
        if self.successor {
            self.set_successor(false);
        }
        self
    }

    fn set_successor(&mut self, there: bool) {
        self.successor = there;
        self.senders.truncate(1);
        self.parties.retain(|&party| party != Participant::Producer2);
        if there {
            self.senders.push(self.senders[0].clone());
            self.parties.insert(1, Participant::Producer2);
        }
    }
}
