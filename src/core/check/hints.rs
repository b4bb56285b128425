//! Hints at the limits of a proof: violations that become possible only with a further setting. A
//! proof holds for the given settings, and a reader may take it for more.

use super::property::Property;
use crate::products::{self, Scope};
use crate::sim::settings::outbox::Reads;
use crate::sim::{Class, OnRestart};

/// A violation that the current settings rule out.
#[derive(Clone, Copy, Debug)]
pub struct Hint {
    /// The hint as a sentence.
    pub label: &'static str,
    /// The setting that makes it possible: its key and a value.
    pub with: (&'static str, &'static str),
    /// Properties that can be violated then.
    concerns: &'static [Property],
}

/// A hint that does not depend on the product, with a predicate for the configurations that it
/// concerns.
struct Row {
    label: &'static str,
    with: (&'static str, &'static str),
    concerns: &'static [Property],
    applies: fn(&Scope) -> bool,
}

/// Returns the hints that apply and concern a property that holds.
pub fn hints(scope: &Scope, holds: impl Fn(Property) -> bool) -> Vec<Hint> {
    let product = products::of(scope.setup.configuration());
    let losses = product.hints.iter().filter(|hint| (hint.applies)(scope));
    let mut all: Vec<Hint> = losses
        .map(|&products::LossHint { label, with, .. }| Hint { label, with, concerns: LOSS })
        .collect();
    let of = |rows: &[Row]| -> Vec<Hint> {
        let apply = rows.iter().filter(|row| (row.applies)(scope));
        apply.map(|&Row { label, with, concerns, .. }| Hint { label, with, concerns }).collect()
    };
    all.extend(of(LOSSES));
    all.extend(of(DUPLICATES));
    if let Some((label, with)) = product.one_at_a_time.filter(|_| scope.sends_one_by_one()) {
        all.push(Hint { label, with, concerns: ORDER });
    }
    all.extend(of(DISORDER));
    all.retain(|hint| hint.concerns.iter().any(|property| holds(*property)));
    all
}

const LOSS: &[Property] = &[Property::NeverLost, Property::NeverLostSilently];
const ORDER: &[Property] = &[Property::InOrder];

const LOSSES: &[Row] = &[Row {
    label: "The application's transactions do not overlap: a row that commits after one with a \
           higher ID is never read.",
    with: ("outbox.concurrent_transactions", "2"),
    concerns: LOSS,
    applies: |s| {
        let own = &s.setup.configuration().outbox;
        own.reads == Reads::IdAfterLast && !own.overlaps()
    },
}];

const DUPLICATES: &[Row] = &[
    Row {
        label: "There is only one consumer: no other one takes over a message while its handler is \
               slow or paused, so processing never overlaps.",
        with: ("count", "2"),
        concerns: &[Property::HandledOnce, Property::AppliedOnce, Property::InOrder],
        applies: |s| {
            let delays = s.kinds.has(Class::Slow) || s.kinds.has(Class::Pause);
            delays
                && s.setup.configuration().consumer.count == 1
                && (products::of(s.setup.configuration()).times_out)(s.setup)
        },
    },
    Row {
        label: "A restarted producer drops unconfirmed messages here: one that resends them can \
               store a message twice.",
        with: ("on_restart", "resend"),
        concerns: &[Property::StoredOnce],
        applies: |s| {
            let setup = s.setup;
            let forgets = setup.on_restart == OnRestart::Forget && setup.waits();
            forgets && setup.configuration().database.is_none() && s.kinds.has(Class::Crash)
        },
    },
];

const DISORDER: &[Row] = &[Row {
    label: "Only one message is sent: there is no order to break.",
    with: ("messages", "2"),
    concerns: ORDER,
    applies: |s| s.setup.configuration().messages == 1,
}];
