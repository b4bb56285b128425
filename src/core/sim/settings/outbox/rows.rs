//! The settings of an outbox, a row each.

use super::{Lock, MOST_OPEN, MOST_RELAYS, Marks, Outbox, Reads};
use crate::sim::configuration::Configuration;
use crate::sim::settings::Database;
use crate::sim::settings::field::{Field, fields};
use crate::sim::settings::value::{Slot, named};

fn outbox(s: &mut Configuration) -> Option<&mut Outbox> {
    (s.database == Some(Database::Outbox)).then_some(&mut s.outbox)
}

pub const ROWS: &[Field] = fields! {
    "outbox.reads", "unsent", "microservices.io, polling publisher, transaction log tailing",
        "How the relay finds rows: without a sent mark; by ID after the last one that it has sent; \
         the same, but only below the oldest open transaction (pg_snapshot_xmin); or in the \
         transaction log (change data capture, Debezium).",
        |s| Some(Slot::One(&mut outbox(s)?.reads));
    "outbox.concurrent_transactions", "1", "",
        "Maximum number of transactions that the application has open at the same time. IDs are \
         taken in the order of the messages; commits come in any order.",
        |s| Some(Slot::Small(&mut outbox(s)?.concurrent_transactions, 1, MOST_OPEN)),
        circumstance = true;
    "outbox.rows_per_transaction", "1", "",
        "Number of outbox rows that a transaction of the application writes, one for each message.",
        |s| Some(Slot::Small(&mut outbox(s)?.rows_per_transaction, 1, 4)),
        circumstance = true;
    "outbox.marks", "each-row", "",
        "When the relay marks rows as sent, or saves its position: after each row, or for all rows \
         of a transaction after the first.",
        |s| {
            let own = outbox(s)?;
            let several = own.rows_per_transaction > 1 || own.marks != Marks::EachRow;
            several.then_some(Slot::One(&mut own.marks))
        };
    "outbox.relays", "1", "microservices.io, polling publisher",
        "Number of relays that read the outbox at the same time. Each reads one row, sends it, and \
         marks it before it reads the next.",
        |s| Some(Slot::Small(&mut outbox(s)?.relays, 1, MOST_RELAYS));
    "outbox.lock", "none", "PostgreSQL, SELECT, FOR UPDATE SKIP LOCKED; ShedLock",
        "What keeps two relays from reading the same row: nothing; a row lock that is held until the \
         mark is committed, and that the other relay skips; or a lock with a lease, under which one \
         relay reads at a time (ShedLock, leader election).",
        |s| {
            let own = outbox(s)?;
            let several = own.relays > 1 || own.lock != Lock::None;
            several.then_some(Slot::One(&mut own.lock))
        };
    "outbox.lock_lease_ms", "60000", "ShedLock, lockAtMostFor",
        "Time after which a relay's lock ends by itself, in milliseconds, though the relay may still \
         be at work. A relay that has stopped holds up the other one for so long.",
        |s| {
            let own = outbox(s)?;
            let has_lease = own.lock == Lock::Lease;
            has_lease.then_some(Slot::Number(&mut own.lock_lease_ms, 1, 86_400_000))
        };
};

named! {
    Reads {
        "unsent" = Reads::Unsent,
        "id-after-last" = Reads::IdAfterLast,
        "id-below-xmin" = Reads::IdBelowXmin,
        "log" = Reads::Log,
    }
    Lock { "none" = Lock::None, "skip-locked" = Lock::SkipLocked, "lease" = Lock::Lease }
    Marks { "each-row" = Marks::EachRow, "transaction" = Marks::Transaction }
}
