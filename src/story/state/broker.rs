//! The broker's state: a queue with what is unacked, a log with its offsets, messages in flight.

use super::{list, messages};
use crate::sim::{
    Content, Entry, Hold, Item, Log, LogEntry, LogRules, Party, Phase, Queue, Setup, Visibility,
    World,
};
use crate::words;

/// What each row is called, and what it says.
pub(super) fn rows(setup: &Setup, world: &World) -> Vec<(String, String)> {
    let mut rows = match (world.queue(), world.log(), world.visibility()) {
        (Some(queue), ..) => queue_rows(setup, queue),
        (_, Some(log), _) => setup.log().map_or_else(Vec::new, |rules| log_rows(setup, rules, log)),
        (.., Some(queue)) => visibility_rows(setup, queue),
        _ => Vec::new(),
    };
    let parks = setup.queue().is_some_and(|rules| rules.dead_letters)
        || setup.visibility().is_some_and(|rules| rules.max_receives.is_some());
    if parks {
        let dead = (0..setup.scenario.messages).filter(|&m| world.ledger.of(m).dead > 0);
        rows.push(("Dead letters".into(), list(dead.map(words::message), "none")));
    }
    rows
}

fn node(setup: &Setup, number: usize) -> String {
    words::party(setup, Party::NODES[number]).to_owned()
}

fn down(gone: bool) -> String {
    if gone { "gone for good".into() } else { "down".into() }
}

fn queue_rows(setup: &Setup, queue: &Queue) -> Vec<(String, String)> {
    let value = |number: usize| {
        if !queue.is_up(number) {
            return down(queue.is_gone(number));
        }
        let leads = queue.leader() == Party::NODES[number];
        let bit = 1u8 << number;
        let holds = queue.entries().iter().filter(|e| e.holders() & bit != 0);
        let copies = list(holds.map(|e| entry(setup, e, bit, leads)), "empty");
        if leads && number > 0 { format!("leads: {copies}") } else { copies }
    };
    (0..setup.replicas.into()).map(|number| (node(setup, number), value(number))).collect()
}

fn entry(setup: &Setup, entry: &Entry, bit: u8, leads: bool) -> String {
    let mut text = words::message(entry.msg);
    if entry.copy > 1 {
        text += &format!(" (copy {})", entry.copy);
    }
    text += match () {
        () if entry.disk & bit != 0 => " on disk",
        () if entry.page & bit != 0 => " written, not synced",
        () => " in memory",
    };
    match entry.phase {
        Phase::Unacked(c) if leads => {
            let who = words::party(setup, Party::CONSUMERS[c as usize]).to_lowercase();
            text += &format!(", unacked by {who}");
        }
        Phase::Ready if leads && entry.deliveries > 0 => text += ", redelivered",
        _ => {}
    }
    text
}

fn log_rows(setup: &Setup, rules: &LogRules, log: &Log) -> Vec<(String, String)> {
    let record = |(offset, e): (usize, &LogEntry)| {
        let m = words::message(e.msg);
        match e.content {
            Content::Data if rules.transactional && log.aborted(rules, offset) => {
                format!("{offset}: {m} (aborted)")
            }
            Content::Data => format!("{offset}: {m}"),
            Content::Commit => format!("{offset}: commit"),
            Content::Abort => format!("{offset}: abort"),
        }
    };
    let mut rows = Vec::new();
    for number in 0..usize::from(setup.replicas) {
        let leads = log.leader() == Party::NODES[number];
        let end = usize::from(log.replicas[number].end);
        let records = log.entries().iter().take(end).enumerate().map(record);
        let mut value = match log.is_up(number) {
            true => list(records, "empty"),
            false => down(log.is_gone(number)),
        };
        if leads && log.is_up(number) && number > 0 {
            value = format!("leads: {value}");
        }
        rows.push((node(setup, number), value));
    }
    let in_sync = (0..usize::from(setup.replicas)).filter(|n| log.in_sync & (1 << n) != 0);
    if setup.replicas > 1 {
        let names = list(in_sync.map(|n| node(setup, n).to_lowercase()), "nobody");
        rows.push(("In-sync replicas".into(), names));
    }
    let mut marks = format!("high watermark {}", log.high_watermark);
    if rules.transactional {
        let stable = log.last_stable_offset(rules).unwrap_or(log.high_watermark);
        marks += &format!(", last stable offset {}", stable.min(log.high_watermark));
    }
    rows.push(("Partition".into(), marks));
    let committed = log.committed.map_or("none".into(), |offset| offset.to_string());
    if !rules.stores_offset {
        rows.push(("Group".into(), format!("committed offset {committed}")));
    }
    rows
}

fn visibility_rows(setup: &Setup, queue: &Visibility) -> Vec<(String, String)> {
    let item = |item: &Item| {
        let mut text = words::message(item.msg);
        if item.copy > 1 {
            text += &format!(" (copy {})", item.copy);
        }
        match item.hold {
            Hold::Visible if item.receives > 0 => {
                text + &format!(" visible, received {}×", item.receives)
            }
            Hold::Visible => text + " visible",
            Hold::InFlight(c) => {
                let who = words::party(setup, Party::CONSUMERS[c as usize]).to_lowercase();
                text + &format!(" in flight: {who}, receipt handle {}", item.receives)
            }
        }
    };
    let mut rows = vec![("Queue".into(), list(queue.items().iter().map(item), "empty"))];
    if let Some(rules) = setup.visibility().filter(|rules| rules.fifo) {
        let known = (0..setup.scenario.messages)
            .filter(|&m| queue.remembered & (1 << rules.keys[m as usize]) != 0);
        let bits = known.fold(0, |bits, m| bits | 1 << m);
        rows.push(("Known ids".into(), messages(setup, bits, "none")));
    }
    rows
}
