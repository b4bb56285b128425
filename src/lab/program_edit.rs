//! Edits of a consumer's program: adding and removing lines together with those they depend on.

use crate::products;
use crate::sim::{Configuration, Op};

/// The lines that make no sense without a transaction of the consumer's own database.
const DATABASE_TRANSACTION: [Op; 4] = [Op::Begin, Op::Inbox, Op::StoreOffset, Op::Commit];

/// The lines of a transaction of Kafka.
const KAFKA_TRANSACTION: [Op; 3] = [Op::Produce, Op::SendOffsets, Op::CommitTransaction];

/// The lines of a claim in progress.
const CLAIM: [Op; 2] = [Op::ClaimInProgress, Op::Complete];

/// Returns the settings that add this line in its proper position, along with the lines it needs.
pub fn with_line(config: &Configuration, op: Op) -> Vec<(&'static str, String)> {
    let mut lines = config.consumer.program.clone();
    insert(&mut lines, op);
    let mut settings = Vec::new();
    if op == Op::Ack {
        let own = products::of(config).explicit_ack;
        settings.extend(own.iter().map(|&(key, value)| (key, value.to_owned())));
    }
    settings.push(program(&lines));
    settings
}

/// Returns the settings that remove this line, along with the lines that make no sense without it.
pub fn without_line(config: &Configuration, op: Op) -> Vec<(&'static str, String)> {
    use Op::{Begin, ClaimInProgress, Commit, CommitTransaction, Complete, Produce};
    let also: &[Op] = match op {
        Begin | Commit => &DATABASE_TRANSACTION,
        Produce | CommitTransaction => &KAFKA_TRANSACTION,
        ClaimInProgress | Complete => &CLAIM,
        _ => &[],
    };
    let before = &config.consumer.program;
    let gone = |line: &Op| *line == op || also.contains(line);
    let mut lines: Vec<Op> = before.iter().copied().filter(|line| !gone(line)).collect();
    // What remains of an upsert or a produced record is the plain effect.
    let effect = before.iter().position(|line| gone(line) && line.writes() && *line != Op::Work);
    if let Some(effect) = effect {
        let at = before[..effect].iter().filter(|line| !gone(line)).count();
        lines.insert(at, Op::Work);
    }
    vec![program(&lines)]
}

/// Returns the setting for a program of these lines.
pub fn program(lines: &[Op]) -> (&'static str, String) {
    let keys: Vec<&str> = lines.iter().map(|op| op.key()).collect();
    ("program", keys.join(","))
}

/// Removes what cannot stand beside the line: another effect, a transaction of the other kind.
/// Returns true if the line has taken the place of another effect.
fn replace(lines: &mut Vec<Op>, op: Op) -> bool {
    use Op::{CommitTransaction, Produce, SendOffsets, Work};
    if DATABASE_TRANSACTION.contains(&op) && lines.contains(&Produce) {
        lines.retain(|line| *line != SendOffsets && *line != CommitTransaction);
        lines.iter_mut().filter(|line| **line == Produce).for_each(|line| *line = Work);
    } else if KAFKA_TRANSACTION.contains(&op) {
        lines.retain(|line| !DATABASE_TRANSACTION.contains(line));
    }
    let Some(at) = lines.iter().position(|line| line.writes()).filter(|_| op.writes()) else {
        return false;
    };
    lines[at] = op;
    if op == Produce {
        lines.insert(at + 1, CommitTransaction);
    } else {
        lines.retain(|line| !KAFKA_TRANSACTION[1..].contains(line));
    }
    true
}

fn insert(lines: &mut Vec<Op>, op: Op) {
    use Op::*;
    let place = |lines: &[Op], which: &dyn Fn(Op) -> bool| lines.iter().position(|&op| which(op));
    // A worker thread runs only the effect.
    if op != HandOff {
        lines.retain(|line| *line != HandOff);
    }
    if replace(lines, op) {
        return;
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
        CheckMemory | CheckRedis => lines.insert(1.min(lines.len()), op),
        Claim => {
            lines.retain(|line| !CLAIM.contains(line));
            lines.insert(1.min(lines.len()), op);
        }
        ClaimInProgress | Complete => {
            // It uses the same key. And it is done once its transaction is committed.
            lines.retain(|line| *line != Claim);
            let done = |op: &Op| op.is_effect() || matches!(op, Commit | CommitTransaction);
            let at = lines.iter().rposition(done).map_or(lines.len(), |at| at + 1);
            lines.insert(at, Complete);
            lines.insert(1.min(lines.len()), ClaimInProgress);
        }
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
    use crate::sim::settings::BrokerSettings;
    use crate::sim::{CompiledScenario, EventKind, Trace};

    #[test]
    fn every_line_of_the_palette_can_be_added_to_every_preset() {
        for preset in presets().iter().flat_map(|group| &group.presets) {
            for op in palette(&preset.configuration) {
                let changed = change(preset, &with_line(&preset.configuration, op))
                    .unwrap_or_else(|e| panic!("{} with {}: {e}", preset.id, op.key()));
                assert!(
                    changed.configuration.consumer.program.contains(&op),
                    "{}: {}",
                    preset.id,
                    op.key()
                );
            }
        }
    }

    #[test]
    fn what_was_added_can_be_taken_away() {
        for preset in presets().iter().flat_map(|group| &group.presets) {
            // Without the plain effect nothing would happen.
            let kept = [Op::HandOff, Op::Work];
            for op in palette(&preset.configuration).into_iter().filter(|op| !kept.contains(op)) {
                let with = change(preset, &with_line(&preset.configuration, op)).unwrap();
                let without = change(&with, &without_line(&with.configuration, op))
                    .unwrap_or_else(|e| panic!("{} without {}: {e}", preset.id, op.key()));
                assert!(
                    !without.configuration.consumer.program.contains(&op),
                    "{}: {}",
                    preset.id,
                    op.key()
                );
            }
        }
    }

    /// Every program that one click or one drag in the Lab leads to.
    fn edited(config: &Configuration) -> Vec<(&'static str, String)> {
        let lines = &config.consumer.program;
        let mut all: Vec<_> =
            palette(config).into_iter().flat_map(|op| with_line(config, op)).collect();
        all.extend(lines[1..].iter().flat_map(|&op| without_line(config, op)));
        for from in 1..lines.len() {
            for to in (1..lines.len()).filter(|&to| to != from) {
                let mut moved = lines.clone();
                let op = moved.remove(from);
                moved.insert(to, op);
                all.push(program(&moved));
            }
        }
        all.retain(|(key, _)| *key == "program");
        all
    }

    #[test]
    fn every_edit_of_a_program_counts_its_effect_once_or_is_refused() {
        let (mut counted, mut refused) = (0, 0);
        for preset in presets().iter().flat_map(|group| &group.presets) {
            for setting in edited(&preset.configuration) {
                // Who commits by calls does not commit inside poll.
                let mut settings = vec![setting.clone()];
                if matches!(preset.configuration.broker, BrokerSettings::Kafka(_))
                    && setting.1.contains(",ack")
                {
                    settings.push(("enable.auto.commit", "false".to_owned()));
                }
                let changed = match change(preset, &settings) {
                    Ok(changed) => changed,
                    Err(problem) => {
                        assert!(problem.to_string().starts_with("consumer."), "{problem}");
                        refused += 1;
                        continue;
                    }
                };
                let place = format!("{} with {}", preset.id, setting.1);
                let setup = CompiledScenario::new(&changed.without_faults());
                let setup = setup.unwrap();
                let trace = Trace::run(&setup);
                for msg in 0..changed.configuration.messages {
                    let record = trace.last().ledger.of(msg);
                    assert!(record.applied <= record.handled, "{place}: {record:?}");
                    assert!(record.handled <= record.begun, "{place}: {record:?}");
                }
                for event in &trace.events {
                    if let EventKind::Applied { from, to, .. } = event.what {
                        let drawn = |party| setup.parties.contains(party);
                        assert!([from, to].iter().all(drawn), "{place}: {event:?}");
                    }
                }
                counted += 1;
            }
        }
        assert!(counted > 500 && refused > 50, "{counted} counted, {refused} refused");
    }

    #[test]
    fn a_line_can_be_added_to_lines_in_any_order() {
        let kafka = presets().iter().flat_map(|g| &g.presets).find(|p| p.id == "kafka-default");
        let mut scenario = kafka.expect("a preset").clone();
        let lines = palette(&scenario.configuration);
        for (a, b, c) in lines
            .iter()
            .flat_map(|&a| lines.iter().map(move |&b| (a, b)))
            .flat_map(|(a, b)| lines.iter().map(move |&c| (a, b, c)))
        {
            scenario.configuration.consumer.program = vec![Op::Receive, a, b, c];
            for op in palette(&scenario.configuration) {
                assert!(!with_line(&scenario.configuration, op).is_empty());
            }
        }
    }

    #[test]
    fn an_effect_or_a_transaction_takes_the_place_of_the_other() {
        let kafka = presets().iter().flat_map(|g| &g.presets).find(|p| p.id == "kafka-default");
        let kafka = kafka.expect("a preset");
        let edited = |op| with_line(&kafka.configuration, op).pop().expect("a program").1;
        assert_eq!(edited(Op::CommitTransaction), "receive,produce,commit-transaction");
        assert_eq!(edited(Op::Upsert), "receive,upsert");
        let produced = change(kafka, &with_line(&kafka.configuration, Op::SendOffsets))
            .expect("it is accepted");
        assert_eq!(
            with_line(&produced.configuration, Op::Inbox),
            [program(&[Op::Receive, Op::Begin, Op::Inbox, Op::Work, Op::Commit,])]
        );
        assert_eq!(
            without_line(&produced.configuration, Op::Produce),
            [program(&[Op::Receive, Op::Work])]
        );
        let both = [("program", "receive,work,produce,commit-transaction".to_owned())];
        let problem = change(kafka, &both).expect_err("two effects are one too many");
        assert!(problem.to_string().contains("remove work or produce"), "{problem}");
    }
}
