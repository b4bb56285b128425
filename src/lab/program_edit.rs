//! Edits of a consumer's program: adding and removing lines together with those they depend on.

use crate::sim::settings::BrokerSettings;
use crate::sim::{Op, Scenario};

/// Returns the settings that add this line in its proper position, along with the lines it needs.
pub fn with_line(scenario: &Scenario, op: Op) -> Vec<(&'static str, String)> {
    let mut lines = scenario.consumer.program.clone();
    insert(&mut lines, op);
    let mut settings = Vec::new();
    // A consumer that commits explicitly does not auto-commit inside poll.
    if op == Op::Ack && matches!(scenario.broker, BrokerSettings::Kafka(_)) {
        settings.push(("enable.auto.commit", "false".to_owned()));
    }
    settings.push(program(&lines));
    settings
}

/// Returns the settings that remove this line, along with the lines that make no sense without it.
pub fn without_line(scenario: &Scenario, op: Op) -> Vec<(&'static str, String)> {
    use Op::{Begin, Commit, CommitTransaction, Inbox, Produce, SendOffsets, StoreOffset};
    let also: &[Op] = match op {
        Begin | Commit => &[Begin, Inbox, StoreOffset, Commit],
        Produce | CommitTransaction => &[Produce, SendOffsets, CommitTransaction],
        _ => &[],
    };
    let mut lines = scenario.consumer.program.clone();
    lines.retain(|line| *line != op && !also.contains(line));
    vec![program(&lines)]
}

/// Returns the setting for a program of these lines.
pub fn program(lines: &[Op]) -> (&'static str, String) {
    let keys: Vec<&str> = lines.iter().map(|op| op.key()).collect();
    ("program", keys.join(","))
}

fn insert(lines: &mut Vec<Op>, op: Op) {
    use Op::*;
    let place = |lines: &[Op], which: &dyn Fn(Op) -> bool| lines.iter().position(|&op| which(op));
    // A worker thread runs only the effect.
    if op != HandOff {
        lines.retain(|line| *line != HandOff);
    }
    let effect = place(lines, &Op::is_effect).unwrap_or(lines.len());
    let after_effects =
        lines.iter().rposition(|op| op.is_effect()).map_or(lines.len(), |at| at + 1);
    match op {
        Begin => {
            lines.insert(after_effects, Commit);
            lines.insert(effect, Begin);
        }
        Inbox | StoreOffset | Commit => {
            if !lines.contains(&Begin) {
                insert(lines, Begin);
            }
            let begin = place(lines, &|op| op == Begin).map_or(lines.len(), |at| at + 1);
            let commit = place(lines, &|op| op == Commit).unwrap_or(lines.len());
            match op {
                Inbox => lines.insert(begin, Inbox),
                StoreOffset => lines.insert(commit, StoreOffset),
                _ => {}
            }
        }
        Produce => {
            lines.insert(after_effects, CommitTransaction);
            lines.insert(after_effects, Produce);
        }
        SendOffsets | CommitTransaction => {
            if !lines.contains(&Produce) {
                insert(lines, Produce);
            }
            let commit = place(lines, &|op| op == CommitTransaction).unwrap_or(lines.len());
            if op == SendOffsets {
                lines.insert(commit, SendOffsets);
            }
        }
        // The worker thread runs one line, the effect.
        HandOff => {
            let work = lines.get(effect).copied().filter(|op| *op != Produce).unwrap_or(Work);
            *lines = vec![Receive, HandOff, work];
        }
        Receive => lines.insert(0, Receive),
        CheckMemory | CheckRedis | Claim => lines.insert(1.min(lines.len()), op),
        MarkMemory | MarkRedis | Work | Insert | Upsert | Set | Call => {
            // Stay within the transaction, if there is one.
            lines.insert(after_effects, op);
        }
        _ => lines.push(op),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::presets;
    use crate::lab::{change, palette};

    #[test]
    fn every_line_of_the_palette_can_be_added_to_every_preset() {
        for preset in presets().iter().flat_map(|group| &group.presets) {
            for op in palette(preset) {
                let changed = change(preset, &with_line(preset, op))
                    .unwrap_or_else(|e| panic!("{} with {}: {e}", preset.id, op.key()));
                assert!(changed.consumer.program.contains(&op), "{}: {}", preset.id, op.key());
            }
        }
    }

    #[test]
    fn what_was_added_can_be_taken_away() {
        for preset in presets().iter().flat_map(|group| &group.presets) {
            for op in palette(preset).into_iter().filter(|op| *op != Op::HandOff) {
                let with = change(preset, &with_line(preset, op)).unwrap();
                let without = change(&with, &without_line(&with, op))
                    .unwrap_or_else(|e| panic!("{} without {}: {e}", preset.id, op.key()));
                assert!(!without.consumer.program.contains(&op), "{}: {}", preset.id, op.key());
            }
        }
    }
}
