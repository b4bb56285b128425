//! Open transactions of each process, and what happens to them when the process dies.
//!
//! The world drops a transaction together with its process and records no event for it. The store's
//! reaction follows from the requests it received, and it belongs in the diagram: the reader wants
//! to see that none of the writes remain.

use super::Rows;
use crate::diagram::ir::{Icon, Item, Stroke, Tone};
use crate::products;
use crate::sim::{
    CompiledScenario, Event, EventId, EventKind, MessageId, Op, PacketKind, Participant,
};
use crate::text;

/// The message whose transaction is open, for each consumer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Open([Option<MessageId>; 2]);

impl Open {
    /// Records a program line that may write within a transaction or end one.
    pub(super) fn asked(
        &mut self,
        setup: &CompiledScenario,
        op: Op,
        by: Participant,
        msg: MessageId,
        yes: bool,
    ) {
        use Op::*;
        let Some(c) = by.consumer() else { return };
        let kafka = setup.consumer.has(CommitTransaction);
        match op {
            Produce | SendOffsets if kafka => self.0[c] = Some(msg),
            Inbox | Work | Insert | Upsert | Set | StoreOffset if setup.consumer.has(Begin) => {
                self.0[c] = Some(msg);
            }
            Commit | CommitTransaction if yes => self.0[c] = None,
            _ => {}
        }
    }

    pub(super) fn end(&mut self, by: Participant) {
        if let Some(c) = by.consumer() {
            self.0[c] = None;
        }
    }

    fn take(&mut self, by: Participant) -> Option<MessageId> {
        self.0[by.consumer()?].take()
    }
}

impl Rows<'_> {
    /// Adds the rollback after a process died. A database rolls back at once, when the connection
    /// breaks.
    pub(super) fn abandoned(&mut self, party: Participant) {
        if !self.setup.consumer.has(Op::CommitTransaction)
            && let Some(msg) = self.transactions.take(party)
        {
            self.undone(msg);
        }
    }

    /// Adds the abort after a process restarted: Kafka's coordinator now aborts the transaction it
    /// had left open (`initTransactions`).
    pub(super) fn aborted(&mut self, party: Participant) {
        if let Some(msg) = self.transactions.take(party) {
            self.undone(msg);
        }
    }

    /// Adds a note that none of a transaction's writes remain.
    pub(super) fn undone(&mut self, msg: MessageId) {
        let (icon, tone) = match self.setup.consumer.has(Op::CommitTransaction) {
            true => (Icon::Note, Tone::Warn),
            false => (Icon::Cross, Tone::Plain),
        };
        let label = text::undone(self.setup).into();
        self.mark(msg, Participant::Accounts, icon, tone, label, String::new());
    }

    /// Adds a slow handler. If it tells the broker meanwhile that it is still at work, that call is
    /// drawn, too: it is all that keeps the message from other consumers.
    pub(super) fn slow(&mut self, id: EventId, event: &Event, at: Participant) {
        self.note(event);
        if !(products::of(self.setup.configuration()).extends_timeout)(self.setup) {
            return;
        }
        let before = self.trace.events[..usize::from(id)].iter().rev();
        let has = before.filter_map(|event| match event.what {
            EventKind::Arrived { kind: PacketKind::Delivery, to, msg, .. } if to == at => Some(msg),
            _ => None,
        });
        let Some(msg) = has.into_iter().next() else { return };
        let (from, to) = (self.at(at), self.at(Participant::Broker));
        let [label, extended] = text::heartbeat(self.setup, msg);
        let (detail, stroke) = (String::new(), Stroke::Solid);
        self.push(Some(msg), Item::Call { from, to, label, detail, stroke });
        self.mark(msg, Participant::Broker, Icon::Clock, Tone::Good, extended, String::new());
    }
}
