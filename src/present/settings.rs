//! Settings and faults of a scenario as short labels, in the product's own terms.

mod fault;

pub(super) use fault::label as fault_label;

use super::Chip;
use crate::products::{self, Product};
use crate::sim::clients::Side;
use crate::sim::settings::outbox::{Lock, Outbox, Reads};
use crate::sim::settings::{BatchAck, Database, OnError};
use crate::sim::{CompiledScenario, Configuration, Op};

pub(super) fn chips(setup: &CompiledScenario) -> Vec<Chip> {
    let chip = |who: &str, what: String| Chip { who: who.into(), what, fault: false };
    let product = products::of(setup.configuration());
    let mut chips = vec![
        chip("Producer", producer(product, setup.configuration())),
        chip(product.name, (product.summary.broker)(setup.configuration())),
        chip("Consumer", consumer(product, setup)),
    ];
    let faults = &setup.scenario.faults;
    chips.extend(faults.iter().map(|f| Chip {
        who: String::new(),
        what: fault::label(setup, f),
        fault: true,
    }));
    chips
}

/// Returns true if this is who a label of [`chips`] is about, rather than the key of a setting.
pub fn is_owner(who: &str) -> bool {
    let products = || products::named().any(|product| product.name == who);
    ["Producer", "Broker", "Consumer"].contains(&who) || products()
}

/// Puts the name of a side's client in front of its settings.
fn named(config: &Configuration, side: Side, what: String) -> String {
    match config.client(side) {
        Some(client) => format!("{}: {what}", client.label(side)),
        None => what,
    }
}

fn producer(product: &Product, config: &Configuration) -> String {
    let mut what = named(config, Side::Producer, (product.summary.producer)(config));
    match config.database {
        Some(Database::Outbox) => what += outbox(&config.outbox),
        Some(Database::SaveThenSend) => what += ", commit, then send",
        Some(Database::SendThenSave) => what += ", send, then commit",
        None => {}
    }
    what
}

fn outbox(outbox: &Outbox) -> &'static str {
    match outbox.lock {
        Lock::SkipLocked => return ", outbox and two relays, FOR UPDATE SKIP LOCKED",
        Lock::Lease => return ", outbox and two relays, a lock with a lease",
        Lock::None if outbox.relays > 1 => return ", outbox and two relays without a lock",
        Lock::None => {}
    }
    match outbox.reads {
        Reads::Unsent => ", outbox and relay",
        Reads::IdAfterLast => ", outbox read by id > last",
        Reads::IdBelowXmin => ", outbox read by id below xmin",
        Reads::Log => ", outbox read from the log (CDC)",
    }
}

fn consumer(product: &Product, setup: &CompiledScenario) -> String {
    let settings = &setup.configuration().consumer;
    let mut parts = Vec::new();
    if settings.count > 1 {
        parts.push(format!("{} consumers", settings.count));
    }
    parts.extend((product.summary.positions)(setup.configuration()));
    parts.extend(technique(&settings.program).map(str::to_owned));
    parts.push(order(product, setup).into());
    let [alone, after] = match settings.on_error {
        OnError::Requeue => ["", "requeue"],
        OnError::Reject => ["reject on error", "reject"],
        OnError::Swallow => ["handler errors ignored", "the error is ignored"],
        OnError::Leave => ["on error: no ack, no nack", "no ack, no nack"],
        OnError::Skip => ["skip on error", "skip"],
        OnError::DeadLetter => ["dead letter on error", "dead letter"],
        OnError::Stop => ["stop on error", "stop"],
    };
    parts.push(match settings.handler_attempts {
        1 => alone.to_owned(),
        attempts => format!("{attempts} attempts, then {after}"),
    });
    parts.extend((product.summary.receiving)(setup.configuration()));
    parts.extend(setup.batching.and_then(|batching| batch(batching.ack)).map(str::to_owned));
    parts.retain(|part| !part.is_empty());
    named(setup.configuration(), Side::Consumer, parts.join(", "))
}

/// Returns how the consumer acknowledges a batch.
fn batch(ack: BatchAck) -> Option<&'static str> {
    match ack {
        BatchAck::Each => None,
        BatchAck::Whole => Some("whole batches"),
        BatchAck::GoodPart => Some("the good part of each batch"),
        BatchAck::UpToFirstFailure => Some("batches up to the first failure"),
    }
}

/// Returns the consumer's deduplication technique.
fn technique(program: &[Op]) -> Option<&'static str> {
    let has = |op| program.contains(&op);
    Some(match () {
        () if has(Op::CheckMemory) => "in-memory ID set",
        () if has(Op::CheckRedis) => "processed-ID set in Redis",
        () if has(Op::Claim) => "claim with SET NX",
        () if has(Op::ClaimInProgress) => "claim in progress, then done",
        () if has(Op::Inbox) => "transactional inbox",
        () if has(Op::StoreOffset) => "offset in the transaction",
        () if has(Op::Upsert) => "ON CONFLICT DO NOTHING",
        () if has(Op::Insert) => "INSERT by ID",
        () if has(Op::Set) => "idempotent write",
        () if has(Op::CommitTransaction) => "Kafka transaction",
        () => return None,
    })
}

/// Returns when the consumer acknowledges relative to its work.
fn order(product: &Product, setup: &CompiledScenario) -> &'static str {
    let program = &setup.configuration().consumer.program;
    let place = |op| program.iter().position(|&o| o == op);
    let work = program.iter().position(|op| op.is_effect());
    let settlement = &product.terms.settlement;
    let [before, after] = settlement.order;
    match (place(Op::Ack), work) {
        (Some(ack), Some(work)) if ack < work => before,
        (Some(_), _) => after,
        _ if place(Op::HandOff).is_some() => "processing in a worker thread",
        _ if !(product.redelivers)(setup) => "auto-ack",
        _ => settlement.never,
    }
}
