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
    let position = offset_in(partition, world.consumers[c].position, false);
    (partition.owner == Some(c as u8)).then_some(position)
}

/// Returns the position of a consumer in the partition that was added, once it has found it.
pub(super) fn position_in_new_partition(world: &World, c: usize) -> Option<u8> {
    let partition = world.broker.kafka()?;
    let found = partition.owner == Some(c as u8) && partition.added?.assigned;
    found.then(|| offset_in(partition, world.consumers[c].position_added, true))
}

/// Returns the offset in one of the two partitions: the log counts the records of both.
fn offset_in(log: &Partition, at: u8, added: bool) -> u8 {
    if log.added.is_none() {
        return at;
    }
    let before = log.entries().iter().take(at.into());
    before.filter(|e| e.added == added).count() as u8
}

/// Returns the place of the next record of a partition at or after the place in the log.
fn next_in(log: &Partition, at: u8, added: bool) -> u8 {
    let rest = log.entries().iter().enumerate().skip(at.into());
    let mut own = rest.filter(|(_, e)| e.added == added);
    own.next().map_or(log.entries().len() as u8, |(offset, _)| offset as u8)
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
    let first = offset_in(log, log.high_watermark, false);
    let mut value = format!("high watermark {first}");
    let mut cells = vec![point("HW", first, "high watermark")];
    if log.added.is_some() {
        let added = offset_in(log, log.high_watermark, true);
        value += &format!(", in the new partition {added}");
        cells.push(point("HW", added, "high watermark of the new partition"));
    }
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
        let shown = |at: Option<u8>| at.map_or("none".into(), |offset| offset.to_string());
        let first = log.committed.map(|at| offset_in(log, at, false));
        let mut cells: Vec<_> =
            first.map(|at| point("group", at, "committed offset")).into_iter().collect();
        let mut value = format!("committed offset {}", shown(first));
        if let Some(added) = log.added {
            let committed = added.committed.map(|at| offset_in(log, at, true));
            value += &format!(", in the new partition {}", shown(committed));
            let cell = |at| point("group", at, "committed offset in the new partition");
            cells.extend(committed.map(cell));
        }
        rows.push(parts("Group", value, cells));
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
            if e.added {
                tags.push(tag("new partition", Tone::Plain));
            }
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
            let mark = offset_in(log, offset as u8, e.added).to_string();
            Cell { mark, message, label, tags, changed: false }
        })
        .collect();
    if leads {
        let mark_at_end = if log.added.is_none() { end.to_string() } else { String::new() };
        let next = Cell { mark: mark_at_end, ..Cell::default() };
        cells.push(next);
        mark(log, &mut cells);
    }
    let look = Look::Log;
    lead(leads, number, StateRow { look, ..parts(&node(setup, number), value, cells) })
}

/// Adds the partition's markers to the offsets that they point to.
fn mark(log: &Partition, cells: &mut [Cell]) {
    let group = log.committed.filter(|_| !log.config.stores_offset);
    let group = group.map(|at| if log.added.is_some() { next_in(log, at, false) } else { at });
    let added = log.added.and_then(|added| added.committed).map(|at| next_in(log, at, true));
    let added = added.filter(|_| added != group);
    let high_watermark = Some(log.high_watermark);
    let marks = [("HW", high_watermark), ("LSO", stable(log)), ("group", group), ("group", added)];
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
    let is_aborted = aborted(log, offset, entry);
    let offset = offset_in(log, offset as u8, entry.added);
    match entry.content {
        Content::Data if is_aborted => format!("{offset}: {m} (aborted)"),
        Content::Data if entry.added => format!("{offset}: {m} (new partition)"),
        Content::Data => format!("{offset}: {m}"),
        Content::Commit => format!("{offset}: commit"),
        Content::Abort => format!("{offset}: abort"),
    }
}
