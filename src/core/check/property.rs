//! The properties that are checked, and their evaluation on the ledger of a run.
//!
//! All but [`Property::NeverStuck`] are *safety* properties, evaluated either at every state or at
//! terminal states. [`Property::NeverStuck`] is the *liveness* property: from every reachable state
//! a terminal state is reachable.

use crate::sim::{Ledger, Outcome, ProducerReport};

/// A delivery guarantee that a configuration can be checked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Property {
    /// No message is lost without the caller being told of an error.
    NeverLostSilently,
    /// No message is lost, not even with an error.
    NeverLost,
    /// The broker stores no message twice.
    StoredOnce,
    /// No handler does its work twice for a message.
    HandledOnce,
    /// No message takes effect twice.
    AppliedOnce,
    /// Messages take effect in the order in which they were sent.
    InOrder,
    /// No run gets stuck: every run can still end once no more faults strike.
    NeverStuck,
    /// The report to the caller is true: after Ok the message took effect, after an error it did
    /// not.
    ReportTrue,
}

impl Property {
    /// All properties, in the order of their numbers.
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

    /// Returns the name used on the command line and in links.
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

    /// Returns the property with this name, if there is one.
    pub fn from_key(key: &str) -> Option<Property> {
        Property::ALL.into_iter().find(|property| property.key() == key)
    }

    /// Returns the guarantee in a few words.
    pub fn label(self) -> &'static str {
        match self {
            Property::NeverLostSilently => "No silent loss",
            Property::NeverLost => "No message loss",
            Property::StoredOnce => "No duplicate in the broker",
            Property::HandledOnce => "No duplicate processing",
            Property::AppliedOnce => "No duplicate effect",
            Property::InOrder => "Order preserved",
            Property::NeverStuck => "Always terminates",
            Property::ReportTrue => "Producer result is accurate",
        }
    }

    /// Returns the violation in a few words.
    pub fn broken_says(self) -> &'static str {
        match self {
            Property::NeverLostSilently => "Lost silently",
            Property::NeverLost => "Lost",
            Property::StoredOnce => "Stored twice",
            Property::HandledOnce => "Processed twice",
            Property::AppliedOnce => "Applied twice",
            Property::InOrder => "Out of order",
            Property::NeverStuck => "Never terminates",
            Property::ReportTrue => "Producer result is wrong",
        }
    }

    /// Returns the properties that a state violates, one bit each by property number: those that
    /// are violated for good, however the run continues, and if the run has `ended`, those that its
    /// end violates.
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
