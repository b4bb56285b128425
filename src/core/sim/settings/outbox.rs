//! Settings of the transactional outbox: how the application writes its rows, and how the relay
//! finds them again.
//!
//! The pattern and both ways to read it, a polling publisher and transaction log tailing, are those
//! of microservices.io. An ID from a sequence is taken before its transaction commits, and is never
//! given back (PostgreSQL, "Sequence Manipulation Functions"), so a row with a lower ID may become
//! visible after one with a higher ID (event-driven.io, "How Postgres sequences issues can impact
//! your messaging guarantees"; kamu-data/kamu-cli#1398).

pub mod rows;

use super::{Database, is_one};
use crate::sim::checked::{Checked, bad};
use serde::{Deserialize, Serialize};

/// The most transactions that an application has open at a time.
pub const MOST_OPEN: u8 = 2;

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
}

impl Default for Outbox {
    fn default() -> Self {
        Outbox {
            reads: Reads::default(),
            marks: Marks::default(),
            concurrent_transactions: 1,
            rows_per_transaction: 1,
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
        self.reads.keeps_position() || self.marks == Marks::Transaction
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
        Ok(())
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
