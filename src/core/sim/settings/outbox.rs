//! Settings of the transactional outbox: how the application writes its rows, and how the relay
//! finds them again.
//!
//! The pattern and both ways to read it, a polling publisher and transaction log tailing, are those
//! of microservices.io. An ID from a sequence is taken before its transaction commits, and is never
//! given back (PostgreSQL, "Sequence Manipulation Functions"), so a row with a lower ID may become
//! visible after one with a higher ID (event-driven.io, "How Postgres sequences issues can impact
//! your messaging guarantees"; kamu-data/kamu-cli#1398).
//!
//! Several relays may read one outbox. `SELECT … FOR UPDATE SKIP LOCKED` passes over the rows that
//! another transaction has locked, until that one ends (PostgreSQL, "SELECT", The Locking Clause). A
//! lock with a lease lets one relay read at a time, and is released after `lockAtMostFor` though its
//! owner may still be at work (ShedLock, README).

pub mod rows;

use super::{Database, is_one};
use crate::sim::checked::{Checked, bad};
use serde::{Deserialize, Serialize};

/// The most transactions that an application has open at a time.
pub const MOST_OPEN: u8 = 2;

/// The most relays that read one outbox.
pub const MOST_RELAYS: u8 = 2;

/// Settings of the outbox and its relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outbox {
    /// The way in which the relay finds the rows that are yet to be sent.
    #[serde(skip_serializing_if = "is_default")]
    pub reads: Reads,
    /// The point at which the relay marks rows as sent.
    #[serde(skip_serializing_if = "is_default")]
    pub marks: Marks,
    /// The maximum number of transactions that the application has open at the same time.
    #[serde(skip_serializing_if = "is_one")]
    pub concurrent_transactions: u8,
    /// The number of rows that a transaction writes, one for each message.
    #[serde(skip_serializing_if = "is_one")]
    pub rows_per_transaction: u8,
    /// The number of relays that read the outbox at the same time.
    #[serde(skip_serializing_if = "is_one")]
    pub relays: u8,
    /// What keeps two relays from reading the same row.
    #[serde(skip_serializing_if = "is_default")]
    pub lock: Lock,
    /// The time after which a relay's lease ends by itself, in milliseconds.
    #[serde(skip_serializing_if = "is_usual_lease")]
    pub lock_lease_ms: u32,
}

/// The lease that a relay takes where no other is set: a minute.
const LEASE_MS: u32 = 60_000;

fn is_usual_lease(ms: &u32) -> bool {
    *ms == LEASE_MS
}

impl Default for Outbox {
    fn default() -> Self {
        Outbox {
            reads: Reads::default(),
            marks: Marks::default(),
            concurrent_transactions: 1,
            rows_per_transaction: 1,
            relays: 1,
            lock: Lock::default(),
            lock_lease_ms: LEASE_MS,
        }
    }
}

/// The way in which a relay finds the rows that are yet to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// `WHERE sent = false`: whatever is committed and has no mark yet.
    #[default]
    Unsent,
    /// `WHERE id > last`, in the order of the IDs: what commits after a higher ID was read is never
    /// found.
    IdAfterLast,
    /// `WHERE (xid, id) > last AND xid < pg_snapshot_xmin(pg_current_snapshot())`: only what is
    /// older than every open transaction.
    IdBelowXmin,
    /// Change data capture: the transaction log of the database, in the order of the commits.
    Log,
}

impl Reads {
    /// Returns true if the relay keeps a position: whatever lies before it is never read again.
    pub fn keeps_position(self) -> bool {
        self != Reads::Unsent
    }
}

/// The point at which a relay marks rows as sent, or saves its position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marks {
    /// Each row once it is sent.
    #[default]
    EachRow,
    /// All rows of a transaction once the first of them is sent.
    Transaction,
}

/// What keeps two relays from reading the same row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lock {
    /// Nothing: both may read a row before either has marked it.
    #[default]
    None,
    /// `SELECT … FOR UPDATE SKIP LOCKED`, in the transaction that marks the row: a relay passes over
    /// the row that the other one is sending.
    SkipLocked,
    /// A lock on the whole outbox, which ends by itself after some time: one relay reads at a time.
    Lease,
}

impl Outbox {
    pub(in crate::sim) fn is_default(&self) -> bool {
        *self == Outbox::default()
    }

    /// Returns true if transactions of the application overlap.
    pub fn overlaps(&self) -> bool {
        self.concurrent_transactions > 1
    }

    /// Returns true if the relay sends one row at a time, however many its client may have in
    /// flight: it keeps a position, or the rest of a transaction in memory.
    pub fn sends_one_at_a_time(&self) -> bool {
        self.reads.keeps_position() || self.marks == Marks::Transaction || self.relays > 1
    }

    /// Resets what only other settings give a meaning.
    pub(in crate::sim) fn tidy(&mut self) {
        if self.rows_per_transaction == 1 {
            self.marks = Marks::default();
        }
        if self.relays == 1 {
            self.lock = Lock::default();
        }
        if self.lock != Lock::Lease {
            self.lock_lease_ms = LEASE_MS;
        }
    }

    pub(in crate::sim) fn check(&self, database: Option<Database>) -> Checked {
        if database != Some(Database::Outbox) && !self.is_default() {
            return bad("outbox", "only database=outbox has one; remove this");
        }
        if self.marks == Marks::Transaction && self.rows_per_transaction == 1 {
            let problem =
                "a transaction writes one row; use each-row, or more rows_per_transaction";
            return bad("outbox.marks", problem);
        }
        self.check_relays()
    }

    fn check_relays(&self) -> Checked {
        if self.relays == 1 && self.lock != Lock::None {
            return bad("outbox.lock", "a single relay needs no lock; use none, or relays=2");
        }
        if self.lock != Lock::Lease && !is_usual_lease(&self.lock_lease_ms) {
            return bad(
                "outbox.lock_lease_ms",
                "there is no lease; remove this, or use lock=lease",
            );
        }
        if self.relays > 1 && self.reads.keeps_position() {
            let problem = "relays share an outbox by the marks of its rows, and a position has one \
                           reader; use reads=unsent, or one relay";
            return bad("outbox.relays", problem);
        }
        if self.relays > 1 && self.marks == Marks::Transaction {
            let problem = "relays that share an outbox mark each row; use marks=each-row, or one \
                           relay";
            return bad("outbox.relays", problem);
        }
        Ok(())
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
