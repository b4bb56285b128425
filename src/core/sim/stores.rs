//! Where effects land and where it is remembered what was handled: tables, Redis, the inbox.
//!
//! Each is what it would be in life. A transaction's writes show when it commits, all together;
//! what Redis holds has a time to live and does not survive Redis; a service outside knows nothing
//! of either.

use super::participant::{MessageId, Participant};

/// What the stores hold: a bit for each message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stores {
    /// Ids that Redis remembers.
    pub redis: u8,
    /// Ids in the inbox table.
    pub inbox: u8,
    /// Rows named by a message: upserts, inserts, values that were set.
    pub rows: u8,
    /// Orders in the producer's own database.
    pub orders: u8,
    /// Outbox rows that are not marked as sent.
    pub outbox: u8,
    /// The offset that is stored beside the effect.
    pub offset: u8,
    /// The stores that are down, a bit for each of [`Participant::STORES`].
    pub down: u8,
}

/// The bit of a message.
pub fn bit(msg: MessageId) -> u8 {
    1 << msg
}

impl Stores {
    /// Whether the store answers.
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

/// The transaction that a consumer has open, and what it has written so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tx {
    pub open: bool,
    /// The database has thrown it away; the next line in it fails.
    pub broken: bool,
    /// The id is in the inbox.
    pub inbox: bool,
    /// The effect is written.
    pub work: bool,
    /// A row named by the message is written.
    pub row: bool,
    /// The offset is written.
    pub offset: bool,
}
