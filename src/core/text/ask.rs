//! Program lines that access a store or the process's own memory, as labels and as clauses.

use super::{amount, fill, message, terms};
use crate::sim::settings::outbox::{Lock, Reads};
use crate::sim::{CompiledScenario, MessageId, Op};

/// Returns the label of the line's arrow: "SISMEMBER m1".
pub fn ask_label(setup: &CompiledScenario, op: Op, msg: MessageId) -> String {
    let (m, amount) = (message(msg), amount(setup));
    match op {
        Op::Save => format!("commit order {m}"),
        Op::InsertOutbox => format!("insert order {m}"),
        Op::ReadRow => match setup.lock() {
            Lock::None => format!("read {m}"),
            Lock::SkipLocked => format!("read and lock {m}"),
            Lock::Lease => format!("lock outbox, read {m}"),
        },
        Op::MarkSent if setup.lock() == Lock::SkipLocked => format!("mark {m} sent, COMMIT"),
        Op::MarkSent if setup.lock() == Lock::Lease => format!("mark {m} sent, unlock"),
        Op::MarkSent => match setup.configuration().outbox.reads {
            Reads::Unsent => format!("mark {m} sent"),
            Reads::Log => format!("save position ({m})"),
            _ => format!("last = {m}"),
        },
        Op::CheckMemory => format!("{m} in seen?"),
        Op::MarkMemory => format!("seen.add {m}"),
        Op::CheckRedis => format!("SISMEMBER {m}"),
        Op::MarkRedis => format!("SADD {m}, EXPIRE"),
        Op::Claim => format!("SET {m} NX"),
        Op::ClaimInProgress => format!("SET {m} in progress NX"),
        Op::Complete => format!("SET {m} done"),
        Op::Begin => "BEGIN".into(),
        Op::BeginTransaction => "begin".into(),
        Op::Seek => format!("seek to {m}"),
        Op::DeadLetter => format!("dead letter {m}"),
        Op::Inbox => format!("INSERT inbox {m}"),
        Op::Work => format!("balance += {amount}"),
        Op::Insert => format!("INSERT {m} {amount}"),
        Op::Upsert => format!("INSERT {m} ON CONFLICT DO NOTHING"),
        Op::Set => format!("SET {m} = {amount}"),
        Op::StoreOffset => format!("UPDATE offset ({m})"),
        Op::Commit => "COMMIT".into(),
        Op::Call => format!("send email for {m}"),
        Op::Produce => format!("produce result of {m}"),
        Op::SendOffsets => format!("add offset ({m})"),
        Op::Ack => fill(terms(setup).ack_call[0], &[("{m}", &m)]),
        Op::CommitTransaction => "commit transaction".into(),
        op => op.key().into(),
    }
}

/// Returns the label beside the store when the answer is no.
pub fn refused_label(op: Op, msg: MessageId) -> String {
    let m = message(msg);
    match op {
        Op::CheckMemory | Op::CheckRedis => format!("{m} seen before"),
        Op::Claim => format!("{m} already claimed"),
        Op::ClaimInProgress => format!("{m} done"),
        Op::Inbox => "duplicate key".into(),
        Op::Insert => "unique violation".into(),
        Op::Upsert => "0 rows affected".into(),
        Op::Set => "no change".into(),
        Op::CommitTransaction => "fenced".into(),
        Op::DeadLetter => "not reached".into(),
        Op::Ack => "CommitFailedException".into(),
        _ => "no".into(),
    }
}

/// Returns what the line has done, as the predicate of a sentence: "… asks Redis: m1 is new".
pub fn ask_done(setup: &CompiledScenario, op: Op, msg: MessageId, yes: bool) -> String {
    let (m, amount) = (message(msg), amount(setup));
    match (op, yes) {
        (Op::Save, _) => format!("commits the order {m}"),
        (Op::InsertOutbox, _) => format!("inserts the order {m}, within a transaction"),
        (Op::ReadRow, _) => match setup.lock() {
            Lock::None => format!("reads {m} from the outbox"),
            Lock::SkipLocked => format!("reads {m} from the outbox and locks its row"),
            Lock::Lease => format!("locks the outbox and reads {m}"),
        },
        (Op::MarkSent, _) if setup.lock() == Lock::SkipLocked => {
            format!("marks {m} as sent and commits, which releases the row")
        }
        (Op::MarkSent, _) if setup.lock() == Lock::Lease => {
            format!("marks {m} as sent and releases its lock, if it still has it")
        }
        (Op::MarkSent, _) => match setup.configuration().outbox.reads {
            Reads::Unsent => format!("marks {m} as sent in the outbox"),
            Reads::Log => format!("saves its position in the log, past {m}"),
            _ => format!("saves the ID of {m} as its position"),
        },
        (Op::CheckMemory, true) => format!("has not seen {m} yet"),
        (Op::CheckMemory, false) => format!("has seen {m} before and skips the work"),
        (Op::MarkMemory, _) => format!("adds {m} to its in-memory set"),
        (Op::CheckRedis, true) => format!("asks Redis: {m} is new"),
        (Op::CheckRedis, false) => {
            format!("asks Redis: {m} was processed before, so the work is skipped")
        }
        (Op::MarkRedis, _) => format!("marks {m} as processed in Redis"),
        (Op::Claim, true) => format!("claims {m} in Redis"),
        (Op::Claim, false) => format!("finds {m} already claimed and skips the work"),
        (Op::ClaimInProgress, true) => format!("claims {m} in Redis as in progress"),
        (Op::ClaimInProgress, false) => format!("finds {m} done in Redis and skips the work"),
        (Op::Complete, _) => format!("marks {m} as done in Redis"),
        (Op::Begin | Op::BeginTransaction, _) => "begins a transaction".into(),
        (Op::Seek, _) => format!("seeks back to the offset of {m}"),
        (Op::DeadLetter, true) => format!("publishes {m} as a dead letter"),
        (Op::DeadLetter, false) => format!("cannot publish {m} as a dead letter: it is lost"),
        (Op::Inbox, true) => format!("writes {m} into the inbox, within the transaction"),
        (Op::Inbox, false) => format!("finds {m} in the inbox already and skips the work"),
        (Op::Work, _) => format!("writes {amount} for {m}, within the transaction"),
        (Op::Insert, true) => format!("inserts the row {m}"),
        (Op::Insert, false) => format!("cannot insert the row {m} again: unique violation"),
        (Op::Upsert, true) => format!("inserts the row {m}"),
        (Op::Upsert, false) => format!("finds the row {m} already there: 0 rows affected"),
        (Op::Set, true) => format!("sets the value of {m}"),
        (Op::Set, false) => format!("sets the same value for {m} again: no change"),
        (Op::StoreOffset, _) => format!("writes the offset past {m}, within the transaction"),
        (Op::Commit, _) => "commits the transaction".into(),
        (Op::Call, _) => format!("sends an email for {m}"),
        (Op::Produce, _) => format!("writes the result of {m} to the output topic"),
        (Op::SendOffsets, _) => format!("adds the offset past {m} to the transaction"),
        (Op::Ack, true) => fill(terms(setup).ack_call[1], &[("{m}", &m)]),
        (Op::Ack, false) => {
            "cannot commit: the partition was reassigned, CommitFailedException".into()
        }
        (Op::CommitTransaction, true) => "commits the Kafka transaction".into(),
        (Op::CommitTransaction, false) => {
            "cannot commit: the partition was reassigned, and this consumer is fenced".into()
        }
        (op, _) => op.key().into(),
    }
}

/// Returns what a call has done, as a predicate, of which the caller never hears: it does not act on
/// the answer.
pub fn ask_unheard(setup: &CompiledScenario, op: Op, msg: MessageId, yes: bool) -> String {
    let m = message(msg);
    match (op, yes) {
        (Op::CheckRedis, false) => format!("asks Redis: {m} was processed before"),
        (Op::Claim, false) => format!("finds {m} already claimed"),
        (Op::ClaimInProgress, false) => format!("finds {m} already claimed or done in Redis"),
        (Op::Inbox, false) => format!("finds {m} in the inbox already"),
        (op, yes) => ask_done(setup, op, msg, yes),
    }
}
