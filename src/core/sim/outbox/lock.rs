//! Two relays that read one outbox, and what keeps them from reading the same row.
//!
//! A row lock belongs to the transaction in which its relay reads the row and marks it as sent: it
//! ends with the mark, with an error, and with the relay or the database, which rolls the transaction
//! back. A lease is a row of its own, with an owner and a time: it is released after the mark, and
//! otherwise ends when its time has passed, whatever its owner does. The mark itself is not guarded by
//! the lease.

use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind};
use crate::sim::participant::MessageId;
use crate::sim::settings::outbox::Lock;
use crate::sim::stores::bit;

impl CompiledScenario {
    /// Returns true if two relays read the outbox.
    pub fn has_two_relays(&self) -> bool {
        self.senders.len() > 2
    }

    /// Returns what keeps relays from reading the same row.
    pub fn lock(&self) -> Lock {
        if self.has_two_relays() { self.configuration().outbox.lock } else { Lock::None }
    }

    /// Returns the number of bits that the index of a sender takes.
    pub(in crate::sim) fn sender_bits(&self) -> u32 {
        if self.has_two_relays() { 2 } else { 1 }
    }
}

/// Returns true if a lock keeps every relay from reading this row.
pub(super) fn is_locked(cx: &View, msg: MessageId) -> bool {
    let locked = cx.senders.iter().fold(0, |all, sender| all | sender.locked);
    match cx.setup.lock() {
        Lock::None => false,
        Lock::SkipLocked => locked & bit(msg) != 0,
        Lock::Lease => locked != 0,
    }
}

/// Returns true if the database has rolled back the transaction that has locked the row.
pub(super) fn is_lost(cx: &View, s: usize, msg: MessageId) -> bool {
    cx.setup.lock() == Lock::SkipLocked && cx.senders[s].locked & bit(msg) == 0
}

/// Reads the row into the memory of the relay, and locks it.
pub(in crate::sim) fn read(cx: &mut Ctx, s: usize, msg: MessageId) {
    cx.senders[s].held |= bit(msg);
    if cx.setup.lock() != Lock::None {
        cx.senders[s].locked |= bit(msg);
    }
}

/// Locks the row for a relay that does not hear of it, since the reply is lost: its transaction is
/// rolled back with the connection, and a lease stays.
pub(in crate::sim) fn read_in_vain(cx: &mut Ctx, s: usize, msg: MessageId) {
    if cx.setup.lock() == Lock::Lease {
        cx.senders[s].locked |= bit(msg);
    }
}

/// Releases what the relay has locked, and drops the row: it is done with it, or starts over.
pub(in crate::sim) fn release(cx: &mut Ctx, s: usize, msg: MessageId) {
    let sender = &mut cx.senders[s];
    if (sender.held | sender.locked) & bit(msg) != 0 && cx.setup.has_two_relays() {
        sender.locked = 0;
        super::drop_held(cx, s);
    }
}

/// Ends the transaction of a relay that has crashed. A lease stays.
pub(super) fn on_crash(cx: &mut Ctx, s: usize) {
    if cx.setup.lock() == Lock::SkipLocked {
        cx.senders[s].locked = 0;
    }
}

/// Ends the transactions of all relays: their database has crashed. Leases stay, as rows of a table.
pub(in crate::sim) fn on_database_crash(cx: &mut Ctx) {
    if cx.setup.lock() == Lock::SkipLocked {
        cx.senders.iter_mut().for_each(|sender| sender.locked = 0);
    }
}

/// Ends the lease of a relay, which may still be at work.
pub(in crate::sim) fn end_lease(cx: &mut Ctx, s: usize) {
    cx.senders[s].locked = 0;
    let at = cx.setup.sender(s);
    cx.out.record(CauseRef::NONE, EventKind::RelayLeaseEnded { at });
}
