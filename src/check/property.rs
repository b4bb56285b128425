//! What a person wants to hold, and what was seen of it.

use crate::sim::{Ledger, Outcome, Setup, Told, World};
use std::collections::BTreeMap;

/// Something that a configuration can be asked to guarantee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Property {
    /// No message is lost without the caller being told of an error.
    NeverLostSilently,
    /// No message is lost, not even with an error.
    NeverLost,
    /// The broker keeps no message twice.
    StoredOnce,
    /// No handler does its work twice for a message.
    HandledOnce,
    /// No message takes effect twice.
    AppliedOnce,
    /// Messages take effect in the order in which they were sent.
    InOrder,
    /// Every run can still come to an end once no more faults strike.
    NeverStuck,
    /// What the caller is told is true: after Ok it took effect, after an error it did not.
    ReportTrue,
}

impl Property {
    pub const ALL: [Property; 8] = {
        use Property::*;
        [
            NeverLostSilently,
            NeverLost,
            StoredOnce,
            HandledOnce,
            AppliedOnce,
            InOrder,
            NeverStuck,
            ReportTrue,
        ]
    };

    /// The name that the terminal and links use.
    pub fn key(self) -> &'static str {
        match self {
            Property::NeverLostSilently => "never-lost-silently",
            Property::NeverLost => "never-lost",
            Property::StoredOnce => "stored-once",
            Property::HandledOnce => "handled-once",
            Property::AppliedOnce => "applied-once",
            Property::InOrder => "in-order",
            Property::NeverStuck => "never-stuck",
            Property::ReportTrue => "report-true",
        }
    }

    /// The property of that name, if there is one.
    pub fn from_key(key: &str) -> Option<Property> {
        Property::ALL.into_iter().find(|property| property.key() == key)
    }

    /// What is claimed, in a few words.
    pub fn says(self) -> &'static str {
        match self {
            Property::NeverLostSilently => "Never lost silently",
            Property::NeverLost => "Never lost",
            Property::StoredOnce => "Never stored twice",
            Property::HandledOnce => "Never handled twice",
            Property::AppliedOnce => "Never applied twice",
            Property::InOrder => "In order",
            Property::NeverStuck => "Never stuck",
            Property::ReportTrue => "The producer's report is true",
        }
    }

    /// Whether a state breaks it for good, however the run goes on.
    fn broken_by(self, setup: &Setup, world: &World) -> bool {
        let mut records = (0..setup.scenario.messages).map(|m| world.ledger.of(m));
        match self {
            Property::StoredOnce => records.any(|r| r.stored > 1),
            Property::HandledOnce => records.any(|r| r.handled > 1),
            Property::AppliedOnce => records.any(|r| r.effects() > 1),
            Property::InOrder => world.ledger.out_of_order,
            _ => false,
        }
    }

    /// Whether it is broken by how a run ended.
    fn broken_at_end(self, setup: &Setup, ledger: &Ledger) -> bool {
        let mut all = 0..setup.scenario.messages;
        match self {
            Property::NeverLostSilently => all.any(|m| ledger.outcome(m) == Outcome::LostSilently),
            Property::NeverLost => all.any(|m| {
                matches!(ledger.outcome(m), Outcome::LostSilently | Outcome::LostWithError)
            }),
            Property::ReportTrue => all.any(|m| {
                let record = ledger.of(m);
                match record.told {
                    Told::Ok => record.effects() == 0 && record.dead == 0,
                    Told::Error => record.effects() > 0,
                    Told::Nothing => false,
                }
            }),
            _ => false,
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ended {
    pub ledger: Ledger,
    pub endless: bool,
}

/// What was seen: the first violation of each property, and every outcome, each with the place of
/// the first state that shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub violations: BTreeMap<Property, u32>,
    pub endings: BTreeMap<Ended, u32>,
}

impl Seen {
    pub(super) fn reached(&mut self, setup: &Setup, world: &World, place: u32) {
        for property in Property::ALL {
            if !self.violations.contains_key(&property) && property.broken_by(setup, world) {
                self.violations.insert(property, place);
            }
        }
    }

    pub(super) fn ended(&mut self, setup: &Setup, ended: Ended, place: u32) {
        for property in Property::ALL {
            if !self.violations.contains_key(&property)
                && property.broken_at_end(setup, &ended.ledger)
            {
                self.violations.insert(property, place);
            }
        }
        self.endings.entry(ended).or_insert(place);
    }

    pub(super) fn violated(&mut self, property: Property, place: u32) {
        self.violations.entry(property).or_insert(place);
    }
}
