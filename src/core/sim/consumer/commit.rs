//! Effects, and the commit of a consumer's transaction.

use super::Consumer;
use crate::sim::broker::Broker;
use crate::sim::context::Ctx;
use crate::sim::event::EventKind;
use crate::sim::participant::Participant;
use crate::sim::stores::{Tx, bit};

/// Applies the effect of the message in hand.
pub(super) fn apply(cx: &mut Ctx, c: usize) {
    let msg = cx.consumers[c].msg;
    let count = cx.ledger.apply(msg);
    let (from, to) = (Participant::CONSUMERS[c], Participant::Accounts);
    let what = EventKind::Applied { from, to, msg, count };
    cx.consumers[c].mark = cx.out.record(cx.consumers[c].mark, what);
}

/// Commits the transaction: everything that it wrote becomes visible at once.
pub(super) fn commit(cx: &mut Ctx, broker: &mut Broker, c: usize) {
    let Consumer { msg, tx, .. } = cx.consumers[c];
    if tx.inbox {
        cx.stores.inbox |= bit(msg);
    }
    if tx.row {
        cx.stores.rows |= bit(msg);
    }
    if tx.work || tx.row {
        apply(cx, c);
    }
    if tx.offset {
        broker.commit_position(cx, c, tx.open);
    }
    cx.consumers[c].tx = Tx::default();
}
