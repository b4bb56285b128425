//! Stores: where effects are applied, and where handled messages are remembered (tables, Redis, the
//! inbox).
//!
//! Each behaves as it does in production. A transaction's writes become visible when it commits,
//! all at once; keys in Redis have a time to live and do not survive a crash of Redis; an external
//! service takes part in neither.

use super::participant::{MessageId, Participant};

/// The contents of the stores, one bit for each message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stores {
    /// IDs that Redis remembers.
    pub redis: u8,
    /// IDs that are claimed in Redis as in progress.
    pub claimed: u8,
    /// IDs in the inbox table.
    pub inbox: u8,
    /// Rows keyed by a message: upserts, inserts, values that were set.
    pub rows: u8,
    /// Orders in the producer's own database.
    pub orders: u8,
    /// Outbox rows that are not marked as sent.
    pub outbox: u8,
    /// The offset that is stored in the same database as the effect.
    pub offset: u8,
    /// The stores that are down, one bit for each of [`Participant::STORES`].
    pub down: u8,
}

/// Returns the bit of a message.
pub fn bit(msg: MessageId) -> u8 {
    1 << msg
}

impl Stores {
    /// Returns true if the store is up.
    pub fn is_up(&self, store: Participant) -> bool {
        store.store().is_none_or(|i| self.down & (1 << i) == 0)
    }

    pub(super) fn set_up(&mut self, store: Participant, up: bool) {
        let Some(i) = store.store() else { return };
        match up {
            true => self.down &= !(1 << i),
            false => self.down |= 1 << i,
        }
    }
}

/// The open transaction of a consumer, and what it has written so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tx {
    pub open: bool,
    /// The database has rolled it back; the next instruction in it fails.
    pub broken: bool,
    /// The ID is inserted into the inbox.
    pub inbox: bool,
    /// The effect is written.
    pub work: bool,
    /// A row keyed by the message is written.
    pub row: bool,
    /// The offset is written.
    pub offset: bool,
}
