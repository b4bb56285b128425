//! The state of a NATS stream and its consumer.

use super::{consumer, copy, down, lead, node};
use crate::diagram::ir::Tone;
use crate::present::state::{held, list, parts, row, tag};
use crate::present::{Cell, StateRow};
use crate::sim::{
    CompiledScenario, Machine as _, Participant, Stream, StreamEntry, StreamPhase, World,
};
use crate::text;

/// Returns the state of each server, and what the stream remembers besides its messages.
pub(super) fn rows(setup: &CompiledScenario, world: &World) -> Option<Vec<StateRow>> {
    let stream = world.broker.nats()?;
    let mut rows: Vec<StateRow> =
        (0..setup.replicas.into()).map(|number| server(setup, stream, number)).collect();
    if stream.config.ids {
        let known = (0..setup.configuration().messages).filter(|&m| stream.knows(m));
        let bits = known.fold(0, |bits, m| bits | 1 << m);
        rows.push(held("Known Nats-Msg-Ids", setup, bits, "none"));
    }
    if stream.config.ephemeral {
        let state = if stream.has_consumer { "exists" } else { "does not exist" };
        rows.push(row("JetStream consumer", state.into()));
    }
    Some(rows)
}

fn server(setup: &CompiledScenario, stream: &Stream, number: usize) -> StateRow {
    if !stream.is_up(number) {
        return down(setup, number, stream.is_gone(number));
    }
    let leads = stream.leads() && stream.leader() == Participant::NODES[number];
    let bit = 1u8 << number;
    let here = |e: &&StreamEntry| e.holders() & bit != 0 && stream.stores(e);
    let holds = || stream.entries().iter().filter(here);
    let value = list(holds().map(|e| entry(setup, e, bit, leads)), "empty");
    let cells = holds().map(|e| entry_cell(setup, e, bit, leads)).collect();
    lead(leads, number, parts(&node(setup, number), value, cells))
}

fn kept(entry: &StreamEntry, bit: u8) -> &'static str {
    match () {
        () if entry.disk & bit != 0 => "on disk",
        () if entry.page & bit != 0 => "in page cache",
        () => "in memory",
    }
}

/// Returns the state of a message at the consumer, if it is worth mentioning.
fn state(setup: &CompiledScenario, entry: &StreamEntry) -> Option<(String, Tone)> {
    Some(match entry.phase {
        StreamPhase::Waiting if entry.deliveries > 0 => ("to be redelivered".into(), Tone::Warn),
        StreamPhase::Waiting => return None,
        StreamPhase::Held(c) => (format!("unacked: {}", consumer(setup, c)), Tone::Warn),
        StreamPhase::Acked if entry.deliveries > 0 => ("acknowledged".into(), Tone::Good),
        StreamPhase::Acked => ("passed over".into(), Tone::Bad),
        StreamPhase::Exhausted => ("given up".into(), Tone::Bad),
    })
}

fn entry(setup: &CompiledScenario, entry: &StreamEntry, bit: u8, leads: bool) -> String {
    let mut text = text::message(entry.msg);
    if entry.copy > 1 {
        text += &format!(" (copy {})", entry.copy);
    }
    text += &format!(" {}", kept(entry, bit));
    if let Some((state, _)) = state(setup, entry).filter(|_| leads) {
        text += &format!(", {state}");
    }
    text
}

fn entry_cell(setup: &CompiledScenario, entry: &StreamEntry, bit: u8, leads: bool) -> Cell {
    let state = state(setup, entry).filter(|_| leads);
    let mut tags: Vec<_> = state.into_iter().map(|(text, tone)| tag(text, tone)).collect();
    tags.push(tag(kept(entry, bit), Tone::Plain));
    Cell { tags, ..copy(entry.msg, entry.copy) }
}
