//! What stands beside a lifeline: a small picture and a few words for what happened there.

use super::{GONE, Rows, msg_of};
use crate::diagram::ir::{Icon, Item, Row, Stroke, Tone};
use crate::sim::{Event, Msg, Party, What, Window};
use crate::words;

impl Rows<'_> {
    pub(super) fn note(&mut self, event: &Event) {
        let setup = self.setup;
        let none = String::new;
        let copies = |copy: u8| if copy > 1 { format!("copy {copy}") } else { none() };
        let m = msg_of(event).map(words::message).unwrap_or_default();
        match event.what {
            What::Appended { at, msg, copy } => {
                let (icon, label) = match (setup.log(), setup.visibility()) {
                    (Some(_), _) => (Icon::Memory, "appended"),
                    (_, Some(_)) => (Icon::Replicated, "stored"),
                    _ => (Icon::Memory, "in memory"),
                };
                self.mark(msg, at, icon, Tone::Plain, label.into(), copies(copy));
            }
            What::Persisted { at, msg, copy } => {
                self.mark(msg, at, Icon::Disk, Tone::Good, "on disk".into(), copies(copy));
            }
            What::Replicated { from, to, msg, copy } => {
                let (a, b) = (self.at(from), self.at(to));
                let (label, detail, stroke) = (format!("replicate {m}"), none(), Stroke::Solid);
                self.push(Some(msg), Item::Call { from: a, to: b, label, detail, stroke });
                let label = match setup.queue() {
                    Some(rules) if rules.synced_copies => "also on disk here",
                    Some(_) => "also in memory here",
                    None => "also here",
                };
                let label = label.into();
                self.mark(msg, to, Icon::Replicated, Tone::Good, label, copies(copy));
            }
            What::Vanished { at, msg, .. } => self.vanished(at, msg),
            What::Requeued { at, msg, .. } => {
                let label = match setup.visibility() {
                    Some(_) => format!("{m} visible again"),
                    None => format!("{m} back in the queue"),
                };
                self.mark(msg, at, Icon::Requeue, Tone::Warn, label, none());
            }
            What::DeadLettered { at, msg, n, .. } => {
                let detail = format!("after {}", words::times_out(self.setup, n));
                self.mark(
                    msg,
                    at,
                    Icon::DeadLetter,
                    Tone::Warn,
                    format!("{m} to dead letters"),
                    detail,
                );
            }
            What::Dropped { at, msg, .. } => {
                self.mark(msg, at, Icon::Cross, Tone::Bad, format!("{m} thrown away"), none());
            }
            _ => self.wait(event),
        }
    }

    /// A node lost for good takes all it had with it, which is said once.
    fn vanished(&mut self, party: Party, msg: Msg) {
        let (log, m) = (self.setup.log().is_some(), words::message(msg));
        let at = self.at(party);
        let mut here = self.rows.iter().rev().take_while(|row| row.step == self.step);
        let gone = |row: &Row| matches!(&row.item, Item::Crash { at: a, label } if *a == at && label == GONE);
        let (msg, label) = match (here.any(gone), log) {
            (true, true) => (None, "its log is gone".to_owned()),
            (true, false) => (None, "its queue is gone".to_owned()),
            (false, true) => (Some(msg), format!("{m} not in this log")),
            (false, false) => (Some(msg), format!("{m} is gone here")),
        };
        let (icon, detail, tone) = (Icon::Cross, String::new(), Tone::Bad);
        let item = Item::Mark { at, icon, label, detail, tone };
        if msg.is_some() || self.rows.last().is_some_and(|row| row.item != item) {
            self.push(msg, item);
        }
    }

    /// What fails at the ends, and how long they wait.
    fn wait(&mut self, event: &Event) {
        let (setup, none) = (self.setup, String::new);
        let m = msg_of(event).map(words::message).unwrap_or_default();
        match event.what {
            What::HandlerFailed { at, msg, .. } => {
                self.mark(msg, at, Icon::Cross, Tone::Bad, "handler failed".into(), none());
            }
            What::AckTimedOut { at, msg, .. } => {
                let label =
                    format!("{} timeout {}", words::answer(setup), words::ack_timeout(setup));
                self.mark(msg, at, Icon::Clock, Tone::Warn, label, none());
            }
            What::BackedOff { at, msg, n } => {
                let label = format!("backoff {}", words::backoff(setup, n));
                self.mark(msg, at, Icon::Clock, Tone::Plain, label, none());
            }
            What::Delayed { from, msg, .. } => {
                self.mark(msg, from, Icon::Clock, Tone::Bad, format!("{m} held up"), none());
            }
            What::Ignored { at, msg, .. } => {
                self.mark(msg, at, Icon::Note, Tone::Plain, "ignored".into(), none());
            }
            _ => self.news(event),
        }
    }

    /// What concerns a party as a whole, or is particular to one product.
    fn news(&mut self, event: &Event) {
        use {Icon::*, Tone::*};
        let m = msg_of(event).map(words::message).unwrap_or_default();
        let (at, icon, tone, label) = match event.what {
            What::Elected { at } => (at, Note, Plain, "takes over".to_owned()),
            What::LeaderFound { at, .. } => (at, Note, Plain, "learns who leads".into()),
            What::LeaderMoved { at } => (at, Note, Warn, "leads no longer".into()),
            What::Written { at, .. } => (at, Disk, Plain, "written, not synced".into()),
            What::Deduplicated { at, .. } => (at, Check, Good, "known: not stored again".into()),
            What::Unroutable { at, .. } => (at, Cross, Bad, format!("no queue for {m}")),
            What::Refused { at, why, .. } => (at, Cross, Bad, words::why(self.setup, why).into()),
            What::CameBack { at, .. } => (at, Requeue, Warn, format!("{m} is there again")),
            What::Committed { at, .. } => (at, Check, Good, format!("{m} below high watermark")),
            What::InSync { at, yes } => {
                let label = if yes { "in sync again" } else { "out of sync" };
                (at, Note, if yes { Good } else { Warn }, label.into())
            }
            What::TransactionTimedOut { at, .. } => (at, Clock, Warn, "transaction timeout".into()),
            What::Marker { at, commit, .. } => {
                let label = if commit { "commit marker" } else { "abort marker" };
                (at, Note, if commit { Good } else { Warn }, label.into())
            }
            What::OffsetCommitted { at, .. } => (at, Check, Plain, format!("offset past {m}")),
            What::Assigned { at } => (at, Note, Plain, "gets the partition".into()),
            What::Evicted { at } => (at, Clock, Warn, "out of the group".into()),
            What::HandedOff { at, .. } => (at, Note, Plain, format!("{m} to the worker")),
            What::SentTwice { at, .. } => (at, Note, Warn, format!("{m} once more")),
            What::Paused { at, slow: true } => (at, Clock, Bad, "takes too long".into()),
            What::Paused { at, .. } => (at, Clock, Bad, "stands still".into()),
            What::RolledBack { from, msg, .. } => {
                self.transactions.end(from);
                return self.undone(msg);
            }
            What::Resumed { at } => (at, Note, Plain, "goes on".into()),
            What::Cut { from, to } => {
                let label = format!("cut from {}", words::the(self.setup, to));
                (from, Cross, Bad, label)
            }
            What::Healed { from, .. } => (from, Check, Good, "connected again".into()),
            What::Isolated { at } => (at, Cross, Bad, "cut off from its cluster".into()),
            What::Rejoined { at } => (at, Check, Good, "back in its cluster".into()),
            What::Expired { what, .. } => {
                let (at, label) = self.expired(what);
                (at, Clock, Bad, label)
            }
            _ => return,
        };
        let at = self.at(at);
        let detail = String::new();
        self.push(msg_of(event), Item::Mark { at, icon, label, detail, tone });
    }

    /// Where a window ends, and what is written there.
    fn expired(&self, what: Window) -> (Party, String) {
        match what {
            Window::Dedup => (Party::Broker, "5 minutes pass".into()),
            Window::Retention => (Party::Broker, "retention passes".into()),
            Window::Ttl => (Party::Redis, "TTL passes".into()),
            Window::Inbox => (Party::Accounts, "inbox pruned".into()),
        }
    }
}
