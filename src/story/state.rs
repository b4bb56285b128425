//! The state of each party, in words.

use super::StateRow;
use crate::sim::{Entry, Op, Packet, Party, Phase, Setup, World};
use crate::words;

pub(super) fn rows(setup: &Setup, world: &World) -> Vec<StateRow> {
    let row = |who: String, value: String| StateRow { who, value, changed: false };
    let mut rows = vec![row("Producer".into(), producer(setup, world))];
    for node in 0..setup.replicas as usize {
        let who = words::party(setup, Party::NODES[node]).to_owned();
        rows.push(row(who, broker(setup, world, node)));
    }
    if setup.dead_letter_queue {
        rows.push(row("Dead letters".into(), dead_letters(setup, world)));
    }
    for c in 0..usize::from(setup.scenario.consumer.count) {
        let who = words::party(setup, Party::CONSUMERS[c]).to_owned();
        rows.push(row(who, consumer(setup, world, c)));
    }
    rows.push(row("Accounts".into(), accounts(setup, world)));
    rows.push(row("In flight".into(), in_flight(world)));
    rows
}

fn list(items: impl Iterator<Item = String>, none: &str) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() { none.into() } else { items.join(", ") }
}

fn producer(setup: &Setup, world: &World) -> String {
    if !world.producer.up {
        return "down".into();
    }
    let Some(msg) = world.sending(setup) else { return "done".into() };
    let task = &world.producer.tasks[msg as usize];
    let m = words::message(msg);
    let attempt = format!("attempt {} of {}", task.attempt.max(1), setup.attempts);
    match setup.producer.op(task.pc) {
        Some(Op::Await) => format!("waiting for the ack of {m}, {attempt}"),
        Some(Op::Backoff) => format!("backing off after {attempt} of {m}"),
        Some(Op::Fail) => format!("out of attempts for {m}"),
        _ if task.attempt > 1 => format!("about to send {m}, {attempt}"),
        _ => format!("about to send {m}"),
    }
}

fn broker(setup: &Setup, world: &World, node: usize) -> String {
    if !world.broker.is_up(node) {
        return if world.broker.is_gone(node) { "gone for good".into() } else { "down".into() };
    }
    let leads = world.broker.leader() == Party::NODES[node];
    let bit = 1u8 << node;
    let holds = world.broker.entries().iter().filter(|e| (e.memory | e.disk) & bit != 0);
    let copies = list(holds.map(|e| entry(setup, e, bit, leads)), "empty");
    if leads && node > 0 { format!("leads: {copies}") } else { copies }
}

fn entry(setup: &Setup, entry: &Entry, bit: u8, leads: bool) -> String {
    let mut text = words::message(entry.msg);
    if entry.copy > 1 {
        text += &format!(" (copy {})", entry.copy);
    }
    text += if entry.disk & bit != 0 { " on disk" } else { " in memory" };
    match entry.phase {
        Phase::Unacked(c) if leads => {
            let who = words::party(setup, Party::CONSUMERS[c as usize]).to_lowercase();
            text += &format!(", unacked by {who}");
        }
        _ => {}
    }
    text
}

fn dead_letters(setup: &Setup, world: &World) -> String {
    let all = 0..setup.scenario.messages;
    list(all.filter(|&m| world.ledger.of(m).dead > 0).map(words::message), "none")
}

fn consumer(setup: &Setup, world: &World, c: usize) -> String {
    let consumer = &world.consumers[c];
    if !consumer.up {
        return "down".into();
    }
    if consumer.idle(setup) {
        return "waiting for a message".into();
    }
    let m = words::message(consumer.msg);
    let next = match setup.consumer.op(consumer.pc) {
        Some(Op::Work) => "about to work",
        Some(Op::Ack) => "about to ack",
        Some(Op::Nack) => "about to nack",
        _ => "busy",
    };
    if consumer.n > 1 {
        format!("has {m} (delivery {}), {next}", consumer.n)
    } else {
        format!("has {m}, {next}")
    }
}

fn accounts(setup: &Setup, world: &World) -> String {
    let all = 0..setup.scenario.messages;
    let applied = |m| world.ledger.of(m).applied;
    let total: u32 = all.clone().map(|m| u32::from(applied(m))).sum();
    let balance = total * setup.scenario.store.amount;
    let done = all.filter(|&m| applied(m) > 0);
    let each = list(done.map(|m| format!("{} ×{}", words::message(m), applied(m))), "");
    if each.is_empty() {
        format!("balance ${balance}")
    } else {
        format!("balance ${balance} ({each})")
    }
}

fn in_flight(world: &World) -> String {
    let packet = |p: &Packet| {
        let what = match p.kind {
            crate::sim::Kind::Send => "send",
            crate::sim::Kind::Delivery => "delivery of",
            crate::sim::Kind::Ack => "broker's ack of",
            crate::sim::Kind::ConsumerAck => "consumer's ack of",
            crate::sim::Kind::Requeue | crate::sim::Kind::Reject => "nack of",
        };
        let late = if p.late { ", late" } else { "" };
        let attempt = match p.kind {
            crate::sim::Kind::Send if p.n > 1 => format!(" (attempt {})", p.n),
            _ => String::new(),
        };
        format!("{what} {}{attempt}{late}", words::message(p.msg))
    };
    list(world.net.packets().iter().map(packet), "nothing")
}
