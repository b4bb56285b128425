//! The state of a Kafka partition and its consumer group.

use super::{down, lead, node};
use crate::diagram::ir::Tone;
use crate::present::state::{list, parts, row, tag};
use crate::present::{Cell, Look, StateRow};
use crate::sim::{
    CompiledScenario, Content, LogEntry, Machine as _, Participant, Partition, World,
};
use crate::text;

/// Returns the state of each replica, of the partition and of the group.
pub(super) fn rows(setup: &CompiledScenario, world: &World) -> Option<Vec<StateRow>> {
    Some(log_rows(setup, world.broker.kafka()?, world.net.is_isolated()))
}

/// Returns the position of a consumer, if the partition is assigned to it.
pub(super) fn position(world: &World, c: usize) -> Option<u8> {
    let partition = world.broker.kafka()?;
    (partition.owner == Some(c as u8)).then_some(world.consumers[c].position)
}

/// The state of a leader that is cut off while another one leads.
const ALONE: &str = "still acts as leader; what it appends now is truncated when it rejoins";

fn log_rows(setup: &CompiledScenario, log: &Partition, isolated: bool) -> Vec<StateRow> {
    let mut rows = Vec::new();
    for number in 0..usize::from(setup.replicas) {
        let at = Participant::NODES[number];
        let alone = isolated && at == Participant::Broker && log.leader() != at;
        rows.push(match log.is_up(number) {
            // What it holds is not part of the log, and nobody will ever read it.
            true if alone => row(&node(setup, number), ALONE.into()),
            true => replica(setup, log, number),
            false => down(setup, number, log.is_gone(number)),
        });
    }
    let in_sync = (0..usize::from(setup.replicas)).filter(|n| log.in_sync & (1 << n) != 0);
    if setup.replicas > 1 {
        let names = list(in_sync.map(|n| node(setup, n).to_ascii_lowercase()), "none");
        rows.push(row("In-sync replicas", names));
    }
    let point = |mark: &str, at: u8, name: &str| Cell {
        mark: mark.into(),
        label: at.to_string(),
        tags: vec![tag(name, Tone::Plain)],
        ..Cell::default()
    };
    let mut value = format!("high watermark {}", log.high_watermark);
    let mut cells = vec![point("HW", log.high_watermark, "high watermark")];
    if log.start > 0 {
        value = format!("log start {}, {value}", log.start);
        cells.insert(0, point("start", log.start, "log start offset"));
    }
    if let Some(stable) = stable(log) {
        value += &format!(", last stable offset {stable}");
        cells.push(point("LSO", stable, "last stable offset"));
    }
    rows.push(parts("Partition", value, cells));
    if !log.config.stores_offset {
        let committed = log.committed.map_or("none".into(), |offset| offset.to_string());
        let cells = log.committed.map(|at| point("group", at, "committed offset"));
        let value = format!("committed offset {committed}");
        rows.push(parts("Group", value, cells.into_iter().collect()));
    }
    rows
}

/// Returns the last stable offset, if there are transactions.
fn stable(log: &Partition) -> Option<u8> {
    let stable = log.last_stable_offset().unwrap_or(log.high_watermark);
    log.config.transactional.then(|| stable.min(log.high_watermark))
}

/// Returns the log of a replica; the leader's log also carries the offset markers.
fn replica(setup: &CompiledScenario, log: &Partition, number: usize) -> StateRow {
    let leads = log.leader() == Participant::NODES[number];
    let end = usize::from(log.replicas[number].end);
    let records = || log.entries().iter().enumerate().take(end).skip(log.start.into());
    let value = list(records().map(|(offset, e)| record(log, offset, e)), "empty");
    let mut cells: Vec<_> = records()
        .map(|(offset, e)| {
            let mut tags = Vec::new();
            if aborted(log, offset, e) {
                tags.push(tag("aborted", Tone::Bad));
            }
            if log.config.power && offset >= usize::from(log.replicas[number].synced) {
                tags.push(tag("not fsynced", Tone::Warn));
            }
            let (message, label) = match e.content {
                Content::Data => (Some(e.msg), text::message(e.msg)),
                Content::Commit => (None, "commit".into()),
                Content::Abort => (None, "abort".into()),
            };
            Cell { mark: offset.to_string(), message, label, tags, changed: false }
        })
        .collect();
    if leads {
        let next = Cell { mark: end.to_string(), ..Cell::default() };
        cells.push(next);
        mark(log, &mut cells);
    }
    let look = Look::Log;
    lead(leads, number, StateRow { look, ..parts(&node(setup, number), value, cells) })
}

/// Adds the partition's markers to the offsets that they point to.
fn mark(log: &Partition, cells: &mut [Cell]) {
    let group = log.committed.filter(|_| !log.config.stores_offset);
    let marks = [("HW", Some(log.high_watermark)), ("LSO", stable(log)), ("group", group)];
    for (name, at) in marks {
        if let Some(cell) = at.and_then(|at| cells.get_mut(usize::from(at))) {
            cell.tags.push(tag(name, Tone::Plain));
        }
    }
}

fn aborted(log: &Partition, offset: usize, entry: &LogEntry) -> bool {
    entry.content == Content::Data && log.config.transactional && log.aborted(offset)
}

fn record(log: &Partition, offset: usize, entry: &LogEntry) -> String {
    let m = text::message(entry.msg);
    match entry.content {
        Content::Data if aborted(log, offset, entry) => format!("{offset}: {m} (aborted)"),
        Content::Data => format!("{offset}: {m}"),
        Content::Commit => format!("{offset}: commit"),
        Content::Abort => format!("{offset}: abort"),
    }
}
