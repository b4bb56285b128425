//! The programs of a scenario's actors, line by line, in the API calls of its product.

use crate::sim::client::Sending;
use crate::sim::configuration::Configuration;
use crate::sim::participant::Participant;
use crate::sim::program::{Op, Program};
use crate::sim::settings::generic::duration;
use crate::sim::settings::outbox::{Lock, Marks, Outbox, Reads};
use crate::sim::settings::{BatchAck, Database, OnError};

/// Returns the programs of the senders.
pub(super) fn senders(config: &Configuration, sending: &Sending) -> Vec<Program> {
    let send = sender(config, sending);
    match config.database {
        Some(Database::Outbox) => {
            let mut save = Program::default();
            if config.outbox.overlaps() {
                save.run(Op::InsertOutbox, 0, "tx = db.begin(); tx.insert(order(m), outbox(m))");
                save.run(Op::Save, 0, "tx.commit()");
            } else {
                save.run(Op::Save, 0, "db.commit(order(m), outbox(m))");
            }
            save.run(Op::Return, 0, "return Ok");
            save.main = save.ops.len();
            let mut all = vec![save];
            all.extend(vec![send; config.outbox.relays.into()]);
            all
        }
        _ if sending.other_sends > 0 => vec![send.clone(), send],
        _ => vec![send],
    }
}

fn sender(config: &Configuration, sending: &Sending) -> Program {
    let mut p = Program::default();
    let outbox = config.database == Some(Database::Outbox);
    if outbox && config.outbox.relays > 1 {
        p.run(Op::ReadRow, 0, take_row(config.outbox.lock));
    } else if outbox {
        p.show(0, next_row(config.outbox.reads));
    }
    if config.database == Some(Database::SaveThenSend) {
        p.run(Op::Save, 0, "db.commit(order(m))");
    }
    if sending.transactional {
        p.run(Op::BeginTransaction, 0, "producer.beginTransaction()");
    }
    if sending.ack_timeout_ms == 0 {
        p.run(Op::Send, 0, sending.call);
        if config.database == Some(Database::SendThenSave) {
            p.run(Op::Save, 0, "db.commit(order(m))");
        }
        if outbox {
            p.run(Op::MarkSent, 0, mark_row(&config.outbox));
        } else if let Some(report) = sending.unacknowledged {
            p.run(Op::Return, 0, report);
        }
        p.main = p.ops.len();
        return p;
    }
    let (wait, again) = (duration(sending.ack_timeout_ms), sending.attempts > 1);
    let inner = u8::from(again);
    if again {
        p.show(0, format!("for attempt in 1..={} {{", sending.attempts));
    }
    p.run(Op::Send, inner, sending.call);
    let then = match config.database {
        Some(Database::Outbox) => Some((Op::MarkSent, mark_row(&config.outbox))),
        Some(Database::SendThenSave) => Some((Op::Save, "db.commit(order(m))")),
        _ if sending.transactional => Some((Op::CommitTransaction, "producer.commitTransaction()")),
        _ => None,
    };
    match then {
        None => p.run(Op::Await, inner, format!("if ack_within({wait}) {{ return Ok }}")),
        Some((op, text)) => {
            p.run(Op::Await, inner, format!("if ack_within({wait}) {{"));
            if outbox && sending.transactional {
                p.run(Op::CommitTransaction, inner + 1, "producer.commitTransaction()");
            }
            p.run(op, inner + 1, text);
            let end = if outbox { "continue with the next" } else { "return Ok" };
            p.show(inner + 1, end);
            p.show(inner, "}");
        }
    }
    if again {
        p.run(Op::Backoff, inner, "sleep(backoff(attempt))");
        p.show(0, "}");
    }
    // A relay that gives up finds the row in the outbox again later.
    let end = if outbox { "// leave it in the outbox, try later" } else { sending.failure };
    p.run(Op::Fail, 0, end);
    p.main = p.ops.len();
    p
}

/// Returns the line by which a relay finds its next row.
fn next_row(reads: Reads) -> &'static str {
    match reads {
        Reads::Unsent => "m = db.next(outbox)",
        Reads::IdAfterLast => "m = db.next(outbox where id > last)",
        Reads::IdBelowXmin => "m = db.next(outbox where (xid, id) > last and xid < xmin)",
        Reads::Log => "m = log.next(lsn)",
    }
}

/// Returns the line by which one of several relays finds its next row.
fn take_row(lock: Lock) -> &'static str {
    match lock {
        Lock::None => "m = db.next(outbox)",
        Lock::SkipLocked => "tx = db.begin(); m = tx.next(outbox for update skip locked)",
        Lock::Lease => "lock.acquire(); m = db.next(outbox)",
    }
}

/// Returns the line by which a relay notes that a row is sent.
fn mark_row(outbox: &Outbox) -> &'static str {
    match outbox.lock {
        Lock::None => {}
        Lock::SkipLocked => return "tx.mark_sent(m); tx.commit()",
        Lock::Lease => return "db.mark_sent(m); lock.release()",
    }
    match (outbox.reads, outbox.marks) {
        (Reads::Unsent, Marks::EachRow) => "db.mark_sent(m)",
        (Reads::Unsent, Marks::Transaction) => "db.mark_sent(rows of m.order)",
        (Reads::Log, Marks::EachRow) => "lsn = m.lsn; save(lsn)",
        (Reads::Log, Marks::Transaction) => "lsn = m.commit_lsn; save(lsn)",
        (_, Marks::EachRow) => "last = m.id; db.save(last)",
        (_, Marks::Transaction) => "last = max id of m.order; db.save(last)",
    }
}

/// Returns the consumer's program, and the instruction of its worker thread if it has one.
pub(super) fn consumer(config: &Configuration) -> (Program, Option<Op>) {
    let mut p = Program::default();
    let lines = &config.consumer.program;
    let hands_off = lines.contains(&Op::HandOff);
    let own = if hands_off { &lines[..2] } else { &lines[..] };
    let mut inside = false;
    for &op in own {
        inside &= !matches!(op, Op::Commit | Op::CommitTransaction);
        if let (Op::Ack, Some(comment)) = (op, batch_comment(config)) {
            p.show(0, comment);
        }
        p.run(op, u8::from(inside), text(config, op));
        inside |= matches!(op, Op::Begin);
    }
    p.main = p.ops.len();
    error_path(&mut p, config);
    let worker = if hands_off { lines.get(2).copied() } else { None };
    if let Some(op) = worker {
        p.show(0, "// the worker thread:");
        p.show(0, text(config, op));
    }
    (p, worker)
}

/// Returns the comment above the acknowledgment of a batch.
fn batch_comment(config: &Configuration) -> Option<&'static str> {
    let batching = config.broker.batching(&config.consumer)?;
    Some(match batching.ack {
        BatchAck::Each => return None,
        BatchAck::Whole => "// after the last message of the batch, for all of them:",
        BatchAck::GoodPart => "// after the last message of the batch, for those that succeeded:",
        BatchAck::UpToFirstFailure => {
            "// after the last message of the batch, or before a failed one:"
        }
    })
}

impl Configuration {
    /// Returns an instruction as code of the product's client library.
    pub fn code(&self, op: Op) -> String {
        text(self, op)
    }
}

fn text(config: &Configuration, op: Op) -> String {
    let client = config.broker.receiving(&config.consumer);
    let text = match op {
        Op::Receive => client.receive,
        Op::Ack => client.ack,
        Op::Nack => client.nack[usize::from(config.consumer.on_error == OnError::Reject)],
        Op::Seek => "consumer.seek(m.offset)",
        Op::Release => client.release,
        Op::DeadLetter => match config.consumer.program.contains(&Op::Ack) {
            true => "dead_letters.send(m); skip to ack",
            false => "dead_letters.send(m)",
        },
        Op::Stop => "consumer.stop()",
        Op::HandOff => "pool.submit(m)",
        Op::CheckMemory => "if m.id in seen { skip to ack }",
        Op::MarkMemory => "seen.add(m.id)",
        Op::CheckRedis => "if redis.sismember(seen, m.id) { skip to ack }",
        Op::MarkRedis => "redis.sadd(seen, m.id); redis.expire(seen)",
        Op::Claim => "if !redis.set_nx(m.id) { skip to ack }",
        Op::ClaimInProgress => {
            "if !redis.set_nx(m.id, in_progress) { if done { skip to ack } else { throw } }"
        }
        Op::Complete => "redis.set(m.id, done)",
        Op::Begin => "tx = db.begin()",
        Op::Inbox => "if !tx.insert_new(inbox, m.id) { skip to ack }",
        Op::Work => "accounts.add(m.amount)",
        Op::Insert => "accounts.insert(m.id, m.amount)",
        Op::Upsert => "accounts.insert_or_ignore(m.id, m.amount)",
        Op::Set => "accounts.set(m.id, m.amount)",
        Op::StoreOffset => "tx.update(offsets, m.offset + 1)",
        Op::Commit => "tx.commit()",
        Op::Call => "mail.send(m)",
        Op::Produce => "producer.send(output, result(m))",
        Op::SendOffsets => "producer.sendOffsetsToTransaction()",
        Op::CommitTransaction => "producer.commitTransaction()",
        _ => op.key(),
    };
    text.to_owned()
}

/// Returns the participants, from left to right.
pub(super) fn parties(
    config: &Configuration,
    sending: &Sending,
    replicas: u8,
    consumer: &Program,
    worker: Option<Op>,
) -> Vec<Participant> {
    let lines = consumer.ops.iter().map(|&(op, _)| op).chain(worker);
    let asked: Vec<Participant> = lines.filter_map(Op::store).collect();
    let nodes = usize::from(replicas);
    let consumers = usize::from(config.consumer.count.clamp(1, 2));
    let produces = consumer.has(Op::Produce);
    let takes_part = |&party: &Participant| match party {
        Participant::Producer => true,
        Participant::Producer2 => sending.other_sends > 0,
        Participant::Orders => config.database.is_some(),
        Participant::Relay => config.database == Some(Database::Outbox),
        Participant::Relay2 => {
            config.database == Some(Database::Outbox) && config.outbox.relays > 1
        }
        Participant::Broker | Participant::Follower | Participant::Follower2 => {
            party.node().is_some_and(|node| node < nodes)
        }
        Participant::Consumer | Participant::Consumer2 => {
            party.consumer().is_some_and(|c| c < consumers)
        }
        Participant::Accounts => asked.contains(&party) || produces,
        Participant::Redis | Participant::Mail => asked.contains(&party),
    };
    Participant::ALL.into_iter().filter(takes_part).collect()
}

/// Appends what runs after a handler has failed: another attempt, and the reaction after the last
/// one.
fn error_path(p: &mut Program, config: &Configuration) {
    let consumer = &config.consumer;
    let acks = consumer.program.contains(&Op::Ack);
    let again = Some(config.broker.receiving(consumer).on_error);
    let again = again.filter(|&op| op != Op::Nack || acks);
    let line = match consumer.on_error {
        OnError::Swallow => return,
        OnError::Leave | OnError::Skip => None,
        OnError::Requeue | OnError::Reject => again,
        OnError::DeadLetter => Some(Op::DeadLetter),
        OnError::Stop => Some(Op::Stop),
    };
    let run = |p: &mut Program, when: &str, op: Op| {
        p.show(0, when);
        match p.has(op) {
            true => p.show(0, text(config, op)),
            false => p.run(op, 0, text(config, op)),
        }
    };
    let batching = config.broker.batching(consumer);
    let whole = batching.is_some_and(|batching| batching.ack == BatchAck::Whole);
    let last = match consumer.handler_attempts {
        1 => "// when the handler fails:".to_owned(),
        n => {
            let first = "// when the handler fails:";
            match config.broker.seeks_after_error(consumer) {
                true => run(p, first, Op::Seek),
                false => {
                    p.show(0, first);
                    p.show(0, if whole { "try the whole batch again" } else { "try again" });
                }
            }
            format!("// when it fails for the {} time:", nth(n))
        }
    };
    match line {
        Some(op) => run(p, &last, op),
        None if consumer.on_error == OnError::Skip => {
            p.show(0, last);
            p.show(
                0,
                match (acks, whole) {
                    (true, true) => "log(error) for the whole batch; skip to ack",
                    (true, false) => "log(error); skip to ack",
                    (false, _) => "log(error)",
                },
            );
        }
        None => {}
    }
    let failing = again.filter(|_| line == Some(Op::DeadLetter) && consumer.dead_letter_confirms);
    if let Some(op) = failing {
        run(p, "// when that fails:", op);
    }
}

/// Returns the ordinal number: "2nd".
fn nth(n: u8) -> String {
    let end = match n {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}
