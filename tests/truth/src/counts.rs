//! Counts of what was seen of a message by the end of a run.

use ackward::evidence::{Counts, Seen};
use ackward::sim::{CompiledScenario, Record};

/// Returns what the wire and the processes showed of message `m`; what only a store knows is zero.
pub fn observed(seen: &[Seen], setup: &CompiledScenario, m: u8) -> Counts {
    let effect = setup.effect();
    let asked = |seen: &&Seen| match **seen {
        Seen::Asked { line, m: of, .. } => of == m && Some(line) == effect,
        _ => false,
    };
    let handled = (seen.iter().filter(asked).count() as u8).min(Record::MOST);
    let sent = seen.iter().any(
        |seen| matches!(seen, Seen::Sent { packet, m: of, .. } if packet == "send" && *of == m),
    );
    let reports = seen.iter().filter_map(|seen| match seen {
        // Those of one transaction are reported together.
        Seen::Reported { m: of, told, .. } if setup.transaction_of(*of - 1).contains(&(m - 1)) => {
            Some(told.as_str())
        }
        _ => None,
    });
    // An Ok that one caller heard is not taken back by an error that another hears.
    let told = reports.fold("nothing", |so_far, told| if so_far == "ok" { "ok" } else { told });
    Counts { m, sent, handled, told: told.to_owned(), ..Counts::default() }
}
