//! The state of an SQS queue.

use super::{consumer, copy};
use crate::diagram::ir::Tone;
use crate::present::state::{held, list, parts, tag};
use crate::present::{Cell, StateRow};
use crate::products;
use crate::sim::{CompiledScenario, Hold, Item, SqsQueue, World};
use crate::text;

/// Returns the messages in the queue, what it remembers, and the dead letters.
pub(super) fn rows(setup: &CompiledScenario, world: &World) -> Option<Vec<StateRow>> {
    let mut rows = visibility_rows(setup, world.broker.sqs()?);
    if (products::of(setup.configuration()).keeps_dead_letters)(setup) {
        let dead = (0..setup.configuration().messages).filter(|&m| world.ledger.of(m).dead > 0);
        rows.push(held("Dead letters", setup, dead.fold(0, |bits, m| bits | 1 << m), "none"));
    }
    Some(rows)
}

fn visibility_rows(setup: &CompiledScenario, queue: &SqsQueue) -> Vec<StateRow> {
    let value = list(queue.items().iter().map(|i| item(setup, i)), "empty");
    let cells = queue.items().iter().map(|i| item_cell(setup, i)).collect();
    let mut rows = vec![parts("Queue", value, cells)];
    if queue.config.fifo {
        let known = (0..setup.configuration().messages)
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
