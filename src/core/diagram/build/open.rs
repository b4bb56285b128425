//! Transactions that a process has begun and has not ended, and what becomes of them when it dies.
//!
//! The world forgets a transaction together with its process, and records no event for it. What the
//! store then does follows from what it was asked, and belongs in the picture: the reader wants to
//! see that nothing of it stays.

use super::Rows;
use crate::diagram::ir::{Icon, Item, Stroke, Tone};
use crate::sim::{
    CompiledScenario, Event, EventId, EventKind, MessageId, Op, PacketKind, Participant,
};
use crate::text;

/// The message whose transaction is open, of each consumer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Open([Option<MessageId>; 2]);

impl Open {
    /// A line was run that may write within a transaction, or end one.
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
    /// A process has died. A database rolls back at once, when the connection breaks.
    pub(super) fn abandoned(&mut self, party: Participant) {
        if !self.setup.consumer.has(Op::CommitTransaction)
            && let Some(msg) = self.transactions.take(party)
        {
            self.undone(msg);
        }
    }

    /// It is back: Kafka's coordinator now aborts what it had left open (`initTransactions`).
    pub(super) fn aborted(&mut self, party: Participant) {
        if let Some(msg) = self.transactions.take(party) {
            self.undone(msg);
        }
    }

    /// Nothing of a transaction stays.
    pub(super) fn undone(&mut self, msg: MessageId) {
        let (icon, tone) = match self.setup.consumer.has(Op::CommitTransaction) {
            true => (Icon::Note, Tone::Warn),
            false => (Icon::Cross, Tone::Plain),
        };
        let label = text::undone(self.setup).into();
        self.mark(msg, Participant::Accounts, icon, tone, label, String::new());
    }

    /// A handler that takes its time. Where it says so to SQS meanwhile, that is drawn: it is all
    /// that keeps the message from others.
    pub(super) fn slow(&mut self, id: EventId, event: &Event, at: Participant) {
        self.note(event);
        if !self.setup.visibility().is_some_and(|rules| rules.heartbeat) {
            return;
        }
        let before = self.trace.events[..usize::from(id)].iter().rev();
        let has = before.filter_map(|event| match event.what {
            EventKind::Arrived { kind: PacketKind::Delivery, to, msg, .. } if to == at => Some(msg),
            _ => None,
        });
        let Some(msg) = has.into_iter().next() else { return };
        let (from, to) = (self.at(at), self.at(Participant::Broker));
        let label = text::heartbeat(msg);
        let (detail, stroke) = (String::new(), Stroke::Solid);
        self.push(Some(msg), Item::Call { from, to, label, detail, stroke });
        let label = "stays hidden".into();
        self.mark(msg, Participant::Broker, Icon::Clock, Tone::Good, label, String::new());
    }
}
