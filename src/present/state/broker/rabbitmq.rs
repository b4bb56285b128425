//! The state of a RabbitMQ queue, and of the generic one.

use super::{consumer, copy, down, lead, node};
use crate::diagram::ir::Tone;
use crate::present::state::{list, parts, tag};
use crate::present::{Cell, StateRow};
use crate::products;
use crate::sim::{CompiledScenario, Entry, Machine as _, Participant, Phase, Queue, World};
use crate::text;

/// Returns the state of each node, and the dead letters.
pub(super) fn rows(setup: &CompiledScenario, world: &World) -> Option<Vec<StateRow>> {
    let queue = world.broker.rabbitmq()?;
    let mut rows = nodes(setup, queue);
    if (products::of(setup.configuration()).keeps_dead_letters)(setup) {
        rows.push(dead_letters(setup, queue));
    }
    Some(rows)
}

fn nodes(setup: &CompiledScenario, queue: &Queue) -> Vec<StateRow> {
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
        Phase::Unacked(c) | Phase::Orphaned(c) if leads => {
            text += &format!(", unacked by {}", consumer(setup, c))
        }
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
                Phase::Unacked(c) | Phase::Orphaned(c) => {
                    tag(format!("unacked: {}", consumer(setup, c)), Tone::Warn)
                }
                Phase::Ready if entry.deliveries > 0 => tag("ready, redelivered", Tone::Good),
                Phase::Ready => tag("ready", Tone::Good),
                Phase::Dead => tag("dead letter", Tone::Warn),
                Phase::Settled => tag("settled", Tone::Plain),
            },
        );
    }
    Cell { tags, ..copy(entry.msg, entry.copy) }
}
