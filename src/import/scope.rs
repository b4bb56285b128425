//! The scope of a verdict: what it assumes, and what it does not cover.

use super::checked::Checked;
use super::layers::Layer;
use super::part::Side;
use super::search::{self, LeftOut};
use crate::check::{self, Assumptions, Scope};
use crate::sim::CompiledScenario;

/// Returns what the verdict rests on besides the settings, over all configurations that were
/// checked; `None` if none was.
pub fn assumptions(checked: &Checked) -> Option<Assumptions> {
    let report = checked.report?;
    let layers = checked.reading.plan.iter().flat_map(|plan| &plan.layers);
    let mut clients = layers.filter(|(side, _)| *side != Side::Broker);
    let other_clients = clients.any(|(_, id)| !Layer::of(id).stands_on("kafka-java"));
    let mut all: Option<Assumptions> = None;
    for (_, config) in &report.checked {
        let setup = CompiledScenario::bare(config).ok()?;
        let of = Scope::new(&setup, search::kinds());
        let scope = Scope { spares_senders: true, other_clients, ..of };
        let own = check::assumptions(&scope);
        match &mut all {
            None => all = Some(own),
            Some(all) => {
                let new = |known: &[&str], row: &&str| !known.contains(row);
                let rows = own.versions.iter().filter(|row| new(&all.versions, row)).copied();
                all.versions.extend(rows.collect::<Vec<_>>());
                for row in own.assumed {
                    if !all.assumed.contains(&row) {
                        all.assumed.push(row);
                    }
                }
            }
        }
    }
    all
}

/// Returns what was not tried because it has too many runs.
pub fn left_out(checked: &Checked) -> LeftOut {
    checked.report.map(|report| report.left_out).unwrap_or_default()
}

/// Returns what the verdict does not cover.
pub fn not_tried(left_out: LeftOut) -> String {
    let two = if left_out.two_faults {
        " (with 2 messages, more than 1 fault: too many runs)"
    } else {
        ""
    };
    let kinds = if left_out.other_kinds {
        " (with 2 messages, some kinds not at all: too many runs)"
    } else {
        ""
    };
    format!(
        "more than 2 messages, more than 2 faults{two}, more than 1 fault of an unusual kind{kinds}, \
         an application that sends twice, windows that expire"
    )
}
