//! The scope and the outcomes of a verdict in words and numbers, shared by the text and JSON reports.

use super::found::{Faults, Found};
use crate::check::{self, Hint, Scope, TerminalState};
use crate::sim::{Class, Classes};

/// Returns the scope of the verdict: the fault classes and the configuration.
pub fn scope(found: &Found) -> Scope<'_> {
    let kinds = match &found.faults {
        Faults::Anywhere(bounds) if bounds.faults == 0 => Classes::default(),
        Faults::Anywhere(bounds) => bounds.classes,
        Faults::Script(script) => script.iter().filter_map(|fault| fault.kind.class()).collect(),
    };
    Scope::new(&found.setup, kinds)
}

/// Describes what the verdict does not cover.
pub fn not_tried(found: &Found) -> String {
    match &found.faults {
        Faults::Anywhere(bounds) => {
            check::not_tried(found.scenario.configuration.messages, *bounds, Class::key)
        }
        Faults::Script(_) => "any other fault, and these at other points".to_owned(),
    }
}

/// Returns the hints that match the proved properties.
pub fn hints(found: &Found) -> Vec<Hint> {
    check::hints(&scope(found), |property| found.proves(property))
}

/// Returns the flags of a run: their key, their description, and whether any run has them.
pub fn flags(found: &Found) -> [(&'static str, &'static str, bool); 3] {
    let any = |what: fn(&TerminalState) -> bool| found.endings.iter().any(what);
    [
        ("out_of_order", "reorder messages", any(|end| end.ledger.out_of_order)),
        ("held_up", "block while no consumer is processing", any(|end| end.ledger.blocked)),
        ("endless", "do not terminate", any(|end| end.endless)),
    ]
}
