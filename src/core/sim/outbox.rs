//! The outbox in the producer's database: its rows, the transactions that write them, and the
//! position of a relay that keeps one.
//!
//! A row becomes visible when its transaction commits. Its *place* is its ID, which is taken when
//! the row is inserted, or for a relay that reads the log the place of its commit. A relay that
//! keeps a position reads what comes after it: a row whose place lies before the position when it
//! becomes visible is never read.

mod lock;

pub(super) use lock::{end_lease, on_database_crash, read, read_in_vain, release};

use super::compiled_scenario::CompiledScenario;
use super::context::{Ctx, View};
use super::event::{CauseRef, EventKind};
use super::participant::{MessageId, Participant};
use super::program::Op;
use super::settings::Database;
use super::settings::outbox::{Marks, Reads};
use super::stores::{Places, Stores, bit};
use std::ops::Range;

impl CompiledScenario {
    fn has_outbox(&self) -> bool {
        self.configuration().database == Some(Database::Outbox)
    }

    /// Returns true if the sender has several transactions open at a time.
    pub fn overlaps(&self, s: usize) -> bool {
        s == 0 && self.senders[0].has(Op::InsertOutbox)
    }

    /// Returns true if rows are read in the order of their places, and not of their messages.
    pub(super) fn has_places(&self) -> bool {
        self.has_outbox()
            && (self.configuration().outbox.reads.keeps_position() || self.overlaps(0))
    }

    /// Returns true if a relay keeps rows in memory that it, or another relay, may have marked as
    /// sent.
    pub(super) fn holds_rows(&self) -> bool {
        let whole = self.has_outbox() && self.configuration().outbox.marks == Marks::Transaction;
        whole || self.has_two_relays()
    }

    /// Returns the messages that the application writes in one transaction with this one.
    pub fn transaction_of(&self, msg: MessageId) -> Range<MessageId> {
        let rows =
            if self.has_outbox() { self.configuration().outbox.rows_per_transaction } else { 1 };
        let first = msg - msg % rows;
        first..(first + rows).min(self.configuration().messages)
    }
}

/// Returns true if the relay may read the row, or has it in memory.
pub(super) fn is_readable(cx: &View, s: usize, msg: MessageId) -> bool {
    let Stores { outbox, open, places, .. } = *cx.stores;
    if cx.senders[s].held & bit(msg) != 0 {
        return true;
    }
    let place = |m: MessageId| places.of[m as usize];
    let blocked = cx.setup.configuration().outbox.reads == Reads::IdBelowXmin
        && (0..cx.setup.configuration().messages)
            .any(|m| open & bit(m) != 0 && place(m) < place(msg));
    outbox & bit(msg) != 0 && !blocked && !lock::is_locked(cx, msg)
}

/// Returns true if the relay reads the row of `a` before that of `b`.
pub(super) fn comes_before(cx: &View, a: MessageId, b: MessageId) -> bool {
    let place = |m: MessageId| (cx.stores.places.of[m as usize], m);
    if cx.setup.has_places() { place(a) < place(b) } else { a < b }
}

/// Returns true if the database has rolled back the transaction that is to be committed.
pub(super) fn is_broken(cx: &View, s: usize, msg: MessageId, op: Op) -> bool {
    match op {
        Op::Save => cx.setup.overlaps(s) && (cx.stores.open | cx.stores.orders) & bit(msg) == 0,
        Op::MarkSent => lock::is_lost(cx, s, msg),
        _ => false,
    }
}

/// Inserts the order and its rows into the open transaction, which is not visible yet.
pub(super) fn insert(cx: &mut Ctx, msg: MessageId) {
    if cx.stores.orders & bit(msg) != 0 {
        return;
    }
    for m in cx.setup.transaction_of(msg) {
        cx.stores.open |= bit(m);
        if cx.setup.configuration().outbox.reads != Reads::Log {
            cx.stores.take_place(m);
        }
    }
}

/// Commits the order and its rows. Returns the messages that the relay will never read, because it
/// is past their IDs; one bit each.
pub(super) fn commit(cx: &mut Ctx, msg: MessageId) -> u8 {
    let mut skipped = 0;
    for m in cx.setup.transaction_of(msg) {
        let new = cx.stores.orders & bit(m) == 0;
        cx.stores.orders |= bit(m);
        cx.stores.open &= !bit(m);
        let record = cx.ledger.of_mut(m);
        (record.saved, record.sent) = (true, true);
        if !new || !cx.setup.has_outbox() {
            continue;
        }
        if cx.setup.has_places() && cx.stores.places.of[m as usize] == 0 {
            cx.stores.take_place(m);
        }
        let Places { of, last } = cx.stores.places;
        match of[m as usize] < last {
            true => skipped |= bit(m),
            false => cx.stores.outbox |= bit(m),
        }
    }
    cx.stores.remove(skipped);
    skipped
}

/// Marks the row as sent, or saves the position after it. Returns the messages that the relay will
/// never read, because their IDs are lower; one bit each.
pub(super) fn mark(cx: &mut Ctx, s: usize, msg: MessageId) -> u8 {
    let Stores { outbox, places, .. } = *cx.stores;
    let own = match cx.setup.configuration().outbox.marks {
        Marks::EachRow => msg..msg + 1,
        Marks::Transaction => cx.setup.transaction_of(msg),
    };
    let held = &mut cx.senders[s].held;
    *held &= !bit(msg);
    // The row was marked before it was sent, together with the first of its transaction; or by the
    // other relay, which has read it, too.
    if outbox & bit(msg) == 0 {
        cx.stores.remove(bit(msg));
        return 0;
    }
    let mut last = 0;
    for m in own {
        last = last.max(places.of[m as usize]);
        cx.stores.outbox &= !bit(m);
        if m != msg {
            *held |= bit(m);
        }
    }
    let mut skipped = 0;
    if cx.setup.configuration().outbox.reads.keeps_position() {
        cx.stores.places.last = last;
        let lower = |&m: &MessageId| places.of[m as usize] < last;
        let rows = (0..cx.setup.configuration().messages).filter(lower).map(bit);
        skipped = rows.fold(0, |all, row| all | row) & cx.stores.outbox;
        cx.stores.outbox &= !skipped;
    }
    cx.stores.remove(skipped | bit(msg));
    skipped
}

/// Records the rows that the relay will never read.
pub(super) fn note_skipped(cx: &mut Ctx, skipped: u8, cause: CauseRef) {
    for msg in (0..cx.setup.configuration().messages).filter(|&m| skipped & bit(m) != 0) {
        cx.out.record(cause, EventKind::RowSkipped { at: Participant::Relay, msg });
    }
}

/// Drops the rows that the relay has in memory only, such as the rest of a transaction: its loop over
/// the rows ends with the error of one, or with the process.
pub(super) fn drop_held(cx: &mut Ctx, s: usize) {
    let held = std::mem::take(&mut cx.senders[s].held);
    cx.stores.remove(held & !cx.stores.outbox);
}

/// Rolls back the transactions of a producer that has crashed.
pub(super) fn on_crash(cx: &mut Ctx, s: usize) {
    match s {
        0 => cx.stores.roll_back(),
        _ => {
            drop_held(cx, s);
            lock::on_crash(cx, s);
        }
    }
}

/// Rolls back the transaction of the message, after an error.
pub(super) fn roll_back(cx: &mut Ctx, msg: MessageId) {
    let rows = cx.setup.transaction_of(msg).map(bit).fold(0, |all, row| all | row);
    let open = cx.stores.open & rows;
    cx.stores.open &= !open;
    cx.stores.remove(open);
}
