//! The broker's state: a queue with its unacked messages, a log with its offsets, messages in
//! flight.

use super::{cell, held, list, parts, row, tag};
use crate::diagram::ir::Tone;
use crate::present::{Cell, Look, StateRow};
use crate::products;
use crate::sim::{
    Broker, CompiledScenario, Content, Entry, Hold, Item, LogEntry, Machine as _, Participant,
    Partition, Phase, Queue, SqsQueue, World,
};
use crate::text;

pub(super) fn rows(setup: &CompiledScenario, world: &World) -> Vec<StateRow> {
    let mut rows = match &world.broker {
        Broker::RabbitMq(queue) => queue_rows(setup, queue),
        Broker::Kafka(log) => log_rows(setup, log, world.net.is_isolated()),
        Broker::Sqs(queue) => visibility_rows(setup, queue),
    };
    if (products::of(&setup.scenario).keeps_dead_letters)(setup) {
        rows.push(match world.broker.rabbitmq() {
            Some(queue) => dead_letters(setup, queue),
            None => {
                let dead = (0..setup.scenario.messages).filter(|&m| world.ledger.of(m).dead > 0);
                held("Dead letters", setup, dead.fold(0, |bits, m| bits | 1 << m), "none")
            }
        });
    }
    rows
}

fn node(setup: &CompiledScenario, number: usize) -> String {
    text::party(setup, Participant::NODES[number]).to_owned()
}

fn consumer(setup: &CompiledScenario, number: u8) -> String {
    text::party(setup, Participant::CONSUMERS[number as usize]).to_ascii_lowercase()
}

fn down(setup: &CompiledScenario, number: usize, gone: bool) -> StateRow {
    row(&node(setup, number), if gone { "permanently lost" } else { "down" }.into())
}

/// Marks a follower that has become the leader: it keeps its name, and the state shows its role.
fn lead(leads: bool, number: usize, state: StateRow) -> StateRow {
    if !leads || number == 0 {
        return state;
    }
    StateRow { value: format!("leader: {}", state.value), lead: "leader".into(), ..state }
}

fn queue_rows(setup: &CompiledScenario, queue: &Queue) -> Vec<StateRow> {
    let state = |number: usize| {
        if !queue.is_up(number) {
            return down(setup, number, queue.is_gone(number));
        }
        let leads = queue.leader() == Participant::NODES[number];
        let bit = 1u8 << number;
        let stays = |e: &Entry| !matches!(e.phase, Phase::Dead | Phase::Settled);
        let here = |e: &&Entry| e.holders() & bit != 0 && stays(e);
        let holds = || queue.entries().iter().filter(here);
        let value = list(holds().map(|e| entry(setup, e, bit, leads)), "empty");
        let cells = holds().map(|e| entry_cell(setup, e, bit, leads)).collect();
        lead(leads, number, parts(&node(setup, number), value, cells))
    };
    (0..setup.replicas.into()).map(state).collect()
}

/// Returns the dead letters on the leader; not all of them are necessarily safe.
fn dead_letters(setup: &CompiledScenario, queue: &Queue) -> StateRow {
    let bit = 1 << queue.leader().node().unwrap_or_default();
    let dead = || queue.entries().iter().filter(|e| e.phase == Phase::Dead);
    let value = list(dead().map(|e| entry(setup, e, bit, false)), "none");
    let cells = dead().map(|e| entry_cell(setup, e, bit, false)).collect();
    parts("Dead letters", value, cells)
}

fn kept(entry: &Entry, bit: u8) -> &'static str {
    match () {
        () if entry.disk & bit != 0 => "on disk",
        () if entry.page & bit != 0 => "in page cache",
        () => "in memory",
    }
}

fn entry(setup: &CompiledScenario, entry: &Entry, bit: u8, leads: bool) -> String {
    let mut text = text::message(entry.msg);
    if entry.copy > 1 {
        text += &format!(" (copy {})", entry.copy);
    }
    text += &format!(" {}", kept(entry, bit));
    match entry.phase {
        Phase::Unacked(c) if leads => text += &format!(", unacked by {}", consumer(setup, c)),
        Phase::Ready if leads && entry.deliveries > 0 => text += ", redelivered",
        _ => {}
    }
    text
}

fn entry_cell(setup: &CompiledScenario, entry: &Entry, bit: u8, leads: bool) -> Cell {
    let mut tags = vec![tag(kept(entry, bit), Tone::Plain)];
    if leads {
        tags.insert(
            0,
            match entry.phase {
                Phase::Unacked(c) => tag(format!("unacked: {}", consumer(setup, c)), Tone::Warn),
                Phase::Ready if entry.deliveries > 0 => tag("ready, redelivered", Tone::Good),
                Phase::Ready => tag("ready", Tone::Good),
                Phase::Dead => tag("dead letter", Tone::Warn),
                Phase::Settled => tag("settled", Tone::Plain),
            },
        );
    }
    Cell { tags, ..copy(entry.msg, entry.copy) }
}

fn copy(msg: u8, copy: u8) -> Cell {
    let mut cell = cell(msg);
    if copy > 1 {
        cell.label += &format!(", copy {copy}");
    }
    cell
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
    let records = || log.entries().iter().take(end).enumerate();
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

fn visibility_rows(setup: &CompiledScenario, queue: &SqsQueue) -> Vec<StateRow> {
    let value = list(queue.items().iter().map(|i| item(setup, i)), "empty");
    let cells = queue.items().iter().map(|i| item_cell(setup, i)).collect();
    let mut rows = vec![parts("Queue", value, cells)];
    if queue.config.fifo {
        let known = (0..setup.scenario.messages)
            .filter(|&m| queue.remembered & (1 << queue.config.keys[m as usize]) != 0);
        let bits = known.fold(0, |bits, m| bits | 1 << m);
        rows.push(held("Deduplication IDs", setup, bits, "none"));
    }
    rows
}

fn item(setup: &CompiledScenario, item: &Item) -> String {
    let mut text = text::message(item.msg);
    if item.copy > 1 {
        text += &format!(" (copy {})", item.copy);
    }
    match item.hold {
        Hold::Visible if item.receives > 0 => {
            text + &format!(" visible, received {}×", item.receives)
        }
        Hold::Visible => text + " visible",
        Hold::InFlight(c) => {
            let who = consumer(setup, c);
            text + &format!(" in flight: {who}, receipt handle {}", item.receives)
        }
    }
}

fn item_cell(setup: &CompiledScenario, item: &Item) -> Cell {
    let mut tags = Vec::new();
    match item.hold {
        Hold::Visible => tags.push(tag("visible", Tone::Good)),
        Hold::InFlight(c) => {
            tags.push(tag(format!("in flight: {}", consumer(setup, c)), Tone::Warn));
            tags.push(tag(format!("receipt handle {}", item.receives), Tone::Plain));
        }
    }
    if item.receives > 0 {
        tags.push(tag(format!("received {}×", item.receives), Tone::Plain));
    }
    Cell { tags, ..copy(item.msg, item.copy) }
}
