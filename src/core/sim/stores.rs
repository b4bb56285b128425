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
    /// Outbox rows that are committed and not marked as sent, without those that the relay will never
    /// read.
    pub outbox: u8,
    /// Outbox rows in open transactions.
    pub open: u8,
    /// The places of the outbox rows, where the relay goes by them.
    pub places: Places,
    /// The offset that is stored in the same database as the effect.
    pub offset: u8,
    /// The stores that are down, one bit for each of [`Participant::STORES`].
    pub down: u8,
}

/// The places of the rows that the relay has yet to send, and its position. Only their order
/// matters, so they are numbered anew after each change, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Places {
    /// The place of each message's row; 0 for none.
    pub of: [u8; 4],
    /// The relay's position; 0 if it lies before every row.
    pub last: u8,
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

    /// Gives the row the next place.
    pub(super) fn take_place(&mut self, msg: MessageId) {
        let Places { of, last } = self.places;
        self.places.of[msg as usize] = of.into_iter().max().unwrap_or_default().max(last) + 1;
    }

    /// Numbers the places anew. The position goes back to 0 where nothing lies before it.
    fn renumber(&mut self) {
        let Places { of, last } = self.places;
        let passed = of.iter().any(|&place| place > 0 && place < last);
        let last = if passed { last } else { 0 };
        let rank = |place: u8| {
            let lower = (1..place).filter(|lower| of.contains(lower) || *lower == last).count();
            if place == 0 { 0 } else { lower as u8 + 1 }
        };
        self.places = Places { of: of.map(rank), last: rank(last) };
    }

    /// Rolls back every open transaction.
    pub(super) fn roll_back(&mut self) {
        self.remove(self.open);
        self.open = 0;
    }

    /// Takes away the places of rows that are no longer there, or that nothing will read any more.
    pub(super) fn remove(&mut self, rows: u8) {
        for (m, place) in self.places.of.iter_mut().enumerate() {
            if rows & bit(m as MessageId) != 0 {
                *place = 0;
            }
        }
        self.renumber();
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
