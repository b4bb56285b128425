//! What a person wants to hold, and what was seen of it.

use crate::sim::{Ledger, Outcome, ProducerReport};

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
    /// Stuck is a run that cannot end: every run can still come to an end once no more faults strike.
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
    pub fn label(self) -> &'static str {
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

    /// What can happen where it does not hold.
    pub fn broken_says(self) -> &'static str {
        match self {
            Property::NeverLostSilently => "Lost silently",
            Property::NeverLost => "Lost",
            Property::StoredOnce => "Stored twice",
            Property::HandledOnce => "Handled twice",
            Property::AppliedOnce => "Applied twice",
            Property::InOrder => "Out of order",
            Property::NeverStuck => "Stuck",
            Property::ReportTrue => "A false report",
        }
    }

    /// The properties that a state breaks, a bit for each by its number: for good, however the run
    /// goes on, or by how it has `ended`.
    pub fn violated_properties(messages: u8, ledger: &Ledger, ended: bool) -> u16 {
        let mut violated_properties = 0;
        let mut note = |property: Property, holds: bool| {
            violated_properties |= u16::from(!holds) << property as u16;
        };
        note(Property::InOrder, !ledger.out_of_order);
        for msg in 0..messages {
            let record = ledger.of(msg);
            note(Property::StoredOnce, record.stored <= 1 + record.gone);
            note(Property::HandledOnce, record.handled <= 1);
            note(Property::AppliedOnce, record.effects() <= 1);
            if !ended {
                continue;
            }
            let outcome = ledger.outcome(msg);
            let lost = matches!(outcome, Outcome::LostSilently | Outcome::LostWithError);
            note(Property::NeverLostSilently, outcome != Outcome::LostSilently);
            note(Property::NeverLost, !lost);
            let is_true = match record.told {
                ProducerReport::Ok => record.effects() > 0 || record.dead > 0,
                ProducerReport::Error => record.effects() == 0,
                ProducerReport::Nothing => true,
            };
            note(Property::ReportTrue, is_true);
        }
        violated_properties
    }
}
