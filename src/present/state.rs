//! The state of each participant, in the terms of its product.

mod broker;

use super::{Cell, StateRow};
use crate::diagram::ir::Tone;
use crate::sim::settings::outbox::Lock;
use crate::sim::{
    ActorStep, Choice, CompiledScenario, MessageId, Op, Packet, PacketKind, Participant, Pause,
    Sender, Step, World,
};
use crate::text;

pub(super) fn rows(setup: &CompiledScenario, world: &World) -> Vec<StateRow> {
    let mut rows = Vec::new();
    for s in 0..setup.senders.len() {
        rows.push(row(text::party(setup, setup.sender(s)), sender(setup, world, s)));
    }
    rows.extend(orders(setup, world));
    rows.extend(broker::rows(setup, world));
    for c in 0..setup.consumers() {
        rows.push(row(text::party(setup, Participant::CONSUMERS[c]), consumer(setup, world, c)));
    }
    if setup.parties.contains(&Participant::Redis) {
        let up = world.stores.is_up(Participant::Redis);
        rows.push(match up {
            true => redis(setup, world),
            false => row("Redis", "down".into()),
        });
    }
    if setup.consumer.has(Op::Inbox) {
        rows.push(held("Inbox table", setup, world.stores.inbox, "empty"));
    }
    if setup.consumer.has(Op::StoreOffset) {
        rows.push(row("Offset table", format!("next offset {}", world.stores.offset)));
    }
    if setup.parties.contains(&Participant::Accounts) {
        rows.push(accounts(setup, world));
    }
    if setup.parties.contains(&Participant::Mail) {
        rows.push(mail(setup, world));
    }
    rows.push(in_flight(setup, world));
    rows
}

/// Returns a state as text only.
fn row(who: &str, value: String) -> StateRow {
    StateRow { who: who.into(), value, ..StateRow::default() }
}

/// Returns a state as text and as parts.
fn parts(who: &str, value: String, cells: Vec<Cell>) -> StateRow {
    StateRow { cells, ..row(who, value) }
}

/// Returns a message as a part of a state.
fn cell(msg: MessageId) -> Cell {
    Cell { message: Some(msg), label: text::message(msg), ..Cell::default() }
}

fn tag(text: impl Into<String>, tone: Tone) -> (String, Tone) {
    (text.into(), tone)
}

/// Returns a table with a row for each message whose bit is set.
fn held(who: &str, setup: &CompiledScenario, bits: u8, none: &str) -> StateRow {
    parts(who, messages(setup, bits, none), set(setup, bits).map(cell).collect())
}

/// Returns the messages whose bit is set.
fn set(setup: &CompiledScenario, bits: u8) -> impl Iterator<Item = MessageId> {
    (0..setup.configuration().messages).filter(move |m| bits & (1 << m) != 0)
}

/// Joins items with commas, or returns `none` if there are no items.
fn list(items: impl Iterator<Item = String>, none: &str) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() { none.into() } else { items.join(", ") }
}

/// Returns the names of the messages whose bit is set.
fn messages(setup: &CompiledScenario, bits: u8, none: &str) -> String {
    list(set(setup, bits).map(text::message), none)
}

fn redis(setup: &CompiledScenario, world: &World) -> StateRow {
    let (done, claimed) = (world.stores.redis, world.stores.claimed);
    if claimed == 0 {
        return held("Redis", setup, done, "empty");
    }
    let claim = |m| Cell { tags: vec![tag("in progress", Tone::Warn)], ..cell(m) };
    let cells: Vec<Cell> =
        set(setup, done).map(cell).chain(set(setup, claimed).map(claim)).collect();
    let in_progress = messages(setup, claimed, "");
    let value = match done {
        0 => format!("in progress: {in_progress}"),
        _ => format!("{}; in progress: {in_progress}", messages(setup, done, "")),
    };
    parts("Redis", value, cells)
}

fn sender(setup: &CompiledScenario, world: &World, s: usize) -> String {
    if !world.senders[s].up {
        return if world.senders[s].gone { "permanently lost".into() } else { "down".into() };
    }
    let relay = setup.sender(s).is_relay();
    let open = (0..setup.configuration().messages).filter(|&m| world.is_sending(setup, s, m));
    // Messages not yet begun wait behind the first and are not listed.
    let begun = |&m: &u8| {
        let task = &world.senders[s].tasks[m as usize];
        task.attempt > 0 || (setup.overlaps(s) && task.pc > 0)
    };
    let first = world.sending(setup, s);
    let shown = open.filter(|m| begun(m) || Some(*m) == first);
    let text = list(shown.map(|m| task(setup, world, s, m)), "");
    match text.is_empty() {
        false => text,
        true if relay && setup.lock() != Lock::None && world.stores.outbox != 0 => {
            "finds no row without a lock".into()
        }
        true if relay => "outbox is empty".into(),
        true => "done".into(),
    }
}

fn task(setup: &CompiledScenario, world: &World, s: usize, msg: u8) -> String {
    let task = &world.senders[s].tasks[msg as usize];
    let m = text::message(msg);
    let attempt = format!("attempt {} of {}", task.attempt.max(1), setup.attempts);
    match setup.senders[s].op(task.pc) {
        Some(Op::Await) => format!("waiting for the {} of {m}, {attempt}", text::answer(setup)),
        Some(Op::Backoff) => format!("backing off after {attempt} of {m}"),
        Some(Op::Fail) => format!("retries exhausted for {m}"),
        Some(Op::Save) => format!("about to commit the order {m}"),
        Some(Op::InsertOutbox) => format!("about to insert the order {m}"),
        Some(Op::ReadRow) => format!("about to read {m}"),
        Some(Op::MarkSent) if setup.configuration().outbox.reads.keeps_position() => {
            format!("about to save its position past {m}")
        }
        Some(Op::MarkSent) => format!("about to mark {m} as sent"),
        Some(Op::CommitTransaction) => format!("about to commit the transaction of {m}"),
        Some(Op::Return) => format!("about to report {m}"),
        _ if task.attempt > 1 => format!("about to send {m}, {attempt}"),
        _ => format!("about to send {m}"),
    }
}

/// Returns the state of the producer's database: the orders and, with a relay, the outbox.
fn orders(setup: &CompiledScenario, world: &World) -> Vec<StateRow> {
    if !setup.parties.contains(&Participant::Orders) {
        return Vec::new();
    }
    let mut rows = match world.stores.is_up(Participant::Orders) {
        true => vec![held("Orders", setup, world.stores.orders, "no rows")],
        false => vec![row("Orders", "down".into())],
    };
    if setup.sender(1).is_relay() && setup.senders.len() > 1 {
        let (name, empty) = match setup.configuration().outbox.reads.keeps_position() {
            true => ("Outbox rows to read", "none"),
            false => ("Outbox table", "empty"),
        };
        rows.push(held(name, setup, world.stores.outbox, empty));
        if world.stores.open != 0 {
            rows.push(held("Open transactions", setup, world.stores.open, ""));
        }
        rows.extend(relays(setup, world));
    }
    rows
}

/// Returns what relays have in memory, and what they have locked.
fn relays(setup: &CompiledScenario, world: &World) -> Vec<StateRow> {
    let mut rows = Vec::new();
    for s in 1..setup.senders.len() {
        let name = text::party(setup, setup.sender(s));
        let Sender { held: memory, locked, .. } = world.senders[s];
        if memory != 0 {
            rows.push(held(&format!("{name}'s memory"), setup, memory, ""));
        }
        if locked != 0 && setup.lock() == Lock::Lease {
            rows.push(row("Outbox lock", format!("held by {name}")));
        } else if locked != 0 {
            rows.push(held(&format!("Locked by {name}"), setup, locked, ""));
        }
    }
    rows
}

fn consumer(setup: &CompiledScenario, world: &World, c: usize) -> String {
    let consumer = &world.consumers[c];
    if !consumer.up {
        let late = setup.configuration().consumer.starts_late && consumer.n == 0;
        return if late { "not started" } else { "down" }.into();
    }
    let mut text = if consumer.in_hand(setup) {
        in_hand(setup, world, c)
    } else {
        "waiting for a message".into()
    };
    if consumer.batch.items().len() > 1 {
        let all = consumer.batch.items().iter().map(|held| text::message(held.msg));
        text += &format!("; batch: {}", list(all, "empty"));
    }
    match consumer.pause {
        Pause::No => {}
        Pause::Slow if setup.configuration().slow_handlers_time_out() => {
            text = format!("past its timeout: {text}");
        }
        Pause::Slow => text = format!("slow: {text}"),
        Pause::Still => text = format!("paused: {text}"),
    }
    if setup.consumer.has(Op::CheckMemory) {
        text += &format!("; seen: {}", messages(setup, consumer.seen, "none"));
    }
    if setup.worker.is_some() {
        let has = (0..setup.configuration().messages).filter(|&m| consumer.pending_of(m) > 0);
        text += &format!("; worker has {}", list(has.map(text::message), "nothing"));
    }
    if let Some(position) = broker::position(world, c) {
        text += &format!("; position {position}");
    }
    if let Some(position) = broker::position_in_new_partition(world, c) {
        text += &format!(", in the new partition {position}");
    }
    text
}

/// Describes a step of which no event tells.
pub(super) fn unsaid(setup: &CompiledScenario, step: &Step) -> String {
    let nothing = "No visible change.".to_owned();
    let Choice::Run(ActorStep::Consumer(c)) = step.choice else { return nothing };
    let (c, party) = (usize::from(c), Participant::CONSUMERS[usize::from(c)]);
    let consumer = &step.world.consumers[c];
    if setup.batching.is_none() {
        return nothing;
    }
    let who = text::capital(text::with_article(setup, party));
    match consumer.in_hand(setup) {
        true if consumer.last == 1 => {
            format!("{who} goes on to {}, the next of its batch.", text::message(consumer.msg))
        }
        true => nothing,
        false => format!("{who} leaves the rest of its batch unacknowledged."),
    }
}

fn in_hand(setup: &CompiledScenario, world: &World, c: usize) -> String {
    let consumer = &world.consumers[c];
    let m = text::message(consumer.msg);
    let about = |next: &str| match consumer.n {
        n if n > 1 => format!("has {m} (delivery {n}), {next}"),
        _ => format!("has {m}, {next}"),
    };
    let next = match setup.consumer.op(consumer.pc) {
        Some(Op::Work | Op::Insert | Op::Upsert | Op::Set) => "about to process",
        Some(Op::Ack) => text::terms(setup).settlement.next,
        Some(Op::Nack) => return about(&format!("about to {}", text::terms(setup).nack)),
        Some(Op::DeadLetter) => "about to dead-letter it",
        Some(Op::Stop) => "about to stop",
        Some(Op::CheckMemory | Op::CheckRedis) => "about to check",
        Some(Op::MarkMemory | Op::MarkRedis) => "about to mark",
        Some(Op::Claim | Op::ClaimInProgress) => "about to claim",
        Some(Op::Complete) => "about to mark as done",
        Some(Op::Commit | Op::CommitTransaction) => "about to commit",
        Some(Op::Begin | Op::Inbox | Op::StoreOffset | Op::SendOffsets) => "in a transaction",
        Some(Op::Call) => "about to send an email",
        Some(Op::Produce) => "about to produce",
        _ => "busy",
    };
    about(next)
}

fn accounts(setup: &CompiledScenario, world: &World) -> StateRow {
    let who = text::party(setup, Participant::Accounts);
    if !world.stores.is_up(Participant::Accounts) {
        return row(who, "down".into());
    }
    let topic = setup.consumer.has(Op::Produce);
    let (each, cells) = counted(setup, |m| world.ledger.of(m).applied);
    if topic {
        return parts(who, if each.is_empty() { "empty".into() } else { each }, cells);
    }
    let all = 0..setup.configuration().messages;
    let total: u32 = all.map(|m| u32::from(world.ledger.of(m).applied)).sum();
    let lead = format!("balance ${}", total * setup.configuration().store.amount);
    let value = if each.is_empty() { lead.clone() } else { format!("{lead} ({each})") };
    StateRow { lead, ..parts(who, value, cells) }
}

fn mail(setup: &CompiledScenario, world: &World) -> StateRow {
    let (each, cells) = counted(setup, |m| world.ledger.of(m).called);
    parts("Mail", if each.is_empty() { "none sent".into() } else { each }, cells)
}

/// Returns how many times each message is present, as text ("m1 ×2") and as parts.
fn counted(setup: &CompiledScenario, times: impl Fn(MessageId) -> u8) -> (String, Vec<Cell>) {
    let there = (0..setup.configuration().messages).filter(|&m| times(m) > 0);
    let cells: Vec<_> = there
        .map(|m| {
            let tone = if times(m) > 1 { Tone::Warn } else { Tone::Good };
            Cell { tags: vec![tag(format!("×{}", times(m)), tone)], ..cell(m) }
        })
        .collect();
    (list(cells.iter().map(|c| format!("{} {}", c.label, c.tags[0].0)), ""), cells)
}

fn in_flight(setup: &CompiledScenario, world: &World) -> StateRow {
    let packets = world.net.packets().iter();
    let cells: Vec<_> = packets
        .map(|p| Cell { label: packet(setup, p), message: Some(p.msg), ..Cell::default() })
        .collect();
    parts("In flight", list(cells.iter().map(|c| c.label.clone()), "nothing"), cells)
}

fn packet(setup: &CompiledScenario, p: &Packet) -> String {
    let what = match p.kind {
        PacketKind::Send => "send",
        PacketKind::Delivery => "delivery of",
        PacketKind::Ack => text::terms(setup).answer.in_flight,
        PacketKind::Refusal => "error for",
        PacketKind::Return => "return of",
        PacketKind::ConsumerAck => text::terms(setup).settlement.in_flight,
        PacketKind::Requeue | PacketKind::Reject => &format!("{} of", text::terms(setup).nack),
        PacketKind::Release => "release of",
    };
    let late = if p.late { ", late" } else { "" };
    let attempt = match p.kind {
        PacketKind::Send if p.n > 1 => format!(" (attempt {})", p.n),
        _ => String::new(),
    };
    format!("{what} {}{attempt}{late}", text::message(p.msg))
}
