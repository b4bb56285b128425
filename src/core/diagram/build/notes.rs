//! Notes beside a lifeline: an icon and a short label for something that happened there.

use super::{GONE, Rows, msg_of};
use crate::diagram::ir::{Icon, Item, Row, Stroke, Tone};
use crate::sim::{Event, EventKind, MessageId, Participant, ResetTo, Window};
use crate::text;

impl Rows<'_> {
    pub(super) fn note(&mut self, event: &Event) {
        let setup = self.setup;
        let terms = text::terms(setup);
        let none = String::new;
        let copies = |copy: u8| if copy > 1 { format!("copy {copy}") } else { none() };
        let m = msg_of(event).map(text::message).unwrap_or_default();
        match event.what {
            EventKind::Appended { at, msg, copy } => {
                let icon = if terms.stored_on_several { Icon::Replicated } else { Icon::Memory };
                self.mark(msg, at, icon, Tone::Plain, terms.stored.into(), copies(copy));
            }
            EventKind::Persisted { at, msg, copy } => {
                self.mark(msg, at, Icon::Disk, Tone::Good, "on disk".into(), copies(copy));
            }
            EventKind::Replicated { from, to, msg, copy } => {
                let (a, b) = (self.at(from), self.at(to));
                let (label, detail, stroke) = (format!("replicate {m}"), none(), Stroke::Solid);
                self.push(Some(msg), Item::Call { from: a, to: b, label, detail, stroke });
                let label = (terms.replica)(setup).into();
                self.mark(msg, to, Icon::Replicated, Tone::Good, label, copies(copy));
            }
            EventKind::Vanished { at, msg, .. } => self.vanished(at, msg),
            EventKind::Requeued { at, msg, .. } => {
                let label = text::fill(terms.requeued, &[("{m}", &m)]);
                self.mark(msg, at, Icon::Requeue, Tone::Warn, label, none());
            }
            EventKind::DeadLettered { at, msg, n, .. } => {
                let detail = format!("after {}", text::times_out(self.setup, n));
                self.mark(msg, at, Icon::DeadLetter, Tone::Warn, format!("{m} to the DLQ"), detail);
            }
            EventKind::Dropped { at, msg, n, .. } => {
                let label = text::fill(terms.dropped[usize::from(n > 0)], &[("{m}", &m)]);
                self.mark(msg, at, Icon::Cross, Tone::Bad, label, none());
            }
            _ => self.wait(event),
        }
    }

    /// Adds a note that a copy is gone. A node that is lost for good loses all its copies; one note
    /// covers them.
    fn vanished(&mut self, party: Participant, msg: MessageId) {
        let (terms, m) = (text::terms(self.setup), text::message(msg));
        let at = self.at(party);
        let mut here = self.rows.iter().rev().take_while(|row| row.step == self.step);
        let gone = |row: &Row| matches!(&row.item, Item::Crash { at: a, label } if *a == at && label == GONE);
        let (msg, label) = match here.any(gone) {
            true => (None, terms.all_vanished.to_owned()),
            false => (Some(msg), text::fill(terms.vanished, &[("{m}", &m)])),
        };
        let (icon, detail, tone) = (Icon::Cross, String::new(), Tone::Bad);
        let item = Item::Mark { at, icon, label, detail, tone };
        if msg.is_some() || self.rows.last().is_some_and(|row| row.item != item) {
            self.push(msg, item);
        }
    }

    /// Adds notes for handler failures, timeouts and waits at the producers and consumers.
    fn wait(&mut self, event: &Event) {
        let (setup, none) = (self.setup, String::new);
        let m = msg_of(event).map(text::message).unwrap_or_default();
        match event.what {
            EventKind::HandlerFailed { at, msg, .. } => {
                self.mark(msg, at, Icon::Cross, Tone::Bad, "handler failed".into(), none());
            }
            EventKind::RowSkipped { at, msg } => {
                self.mark(msg, at, Icon::Cross, Tone::Bad, format!("{m} is never read"), none());
            }
            EventKind::AckTimedOut { at, msg, .. } => {
                let label = format!("{} timeout {}", text::answer(setup), text::ack_timeout(setup));
                self.mark(msg, at, Icon::Clock, Tone::Warn, label, none());
            }
            EventKind::BackedOff { at, msg, n } => {
                let label = format!("backoff {}", text::backoff(setup, n));
                self.mark(msg, at, Icon::Clock, Tone::Plain, label, none());
            }
            EventKind::Delayed { from, msg, .. } => {
                self.mark(msg, from, Icon::Clock, Tone::Bad, format!("{m} delayed"), none());
            }
            EventKind::Ignored { at, msg, .. } => {
                self.mark(msg, at, Icon::Note, Tone::Plain, "ignored".into(), none());
            }
            _ => self.news(event),
        }
    }

    /// Adds notes for events that concern a participant as a whole or are specific to one product.
    fn news(&mut self, event: &Event) {
        use {Icon::*, Tone::*};
        let terms = text::terms(self.setup);
        let m = msg_of(event).map(text::message).unwrap_or_default();
        let (at, icon, tone, label) = match event.what {
            EventKind::Elected { at } => (at, Note, Plain, "elected leader".to_owned()),
            EventKind::LeaderFound { at, .. } => (at, Note, Plain, "refreshes metadata".into()),
            EventKind::LeaderMoved { at } => (at, Note, Warn, "no longer leader".into()),
            EventKind::Purged { at } => (at, Cross, Bad, "queue purged".into()),
            EventKind::Redriven { at, .. } => (at, Requeue, Warn, format!("{m} redriven")),
            EventKind::Written { at, .. } => (at, Disk, Plain, "in page cache".into()),
            EventKind::Deduplicated { at, .. } => (at, Check, Good, "duplicate dropped".into()),
            EventKind::Unroutable { at, .. } => (at, Cross, Bad, format!("no queue for {m}")),
            EventKind::Refused { at, why, .. } => {
                (at, Cross, Bad, text::why(self.setup, why).into())
            }
            EventKind::Reappeared { at, .. } | EventKind::Unsettled { at, .. } => {
                (at, Requeue, Warn, format!("{m} reappears"))
            }
            EventKind::Committed { at, .. } => (at, Check, Good, format!("HW passes {m}")),
            EventKind::InSync { at, yes } => {
                let label = if yes { "rejoins ISR" } else { "out of ISR" };
                (at, Note, if yes { Good } else { Warn }, label.into())
            }
            EventKind::TransactionTimedOut { at, .. } => {
                (at, Clock, Warn, "transaction timeout".into())
            }
            EventKind::Marker { at, commit, .. } => {
                let label = if commit { "commit marker" } else { "abort marker" };
                (at, Note, if commit { Good } else { Warn }, label.into())
            }
            EventKind::OffsetCommitted { at, .. } => (at, Check, Plain, format!("offset past {m}")),
            EventKind::Assigned { at } => (at, Note, Plain, terms.membership[0][0].into()),
            EventKind::Evicted { at } => (at, Clock, Warn, terms.membership[1][0].into()),
            EventKind::HandedOff { at, .. } => (at, Note, Plain, format!("{m} to the worker")),
            EventKind::SentTwice { at, .. } => (at, Note, Warn, format!("{m} sent again")),
            EventKind::Paused { at, slow: true } => (at, Clock, Bad, "takes too long".into()),
            EventKind::Paused { at, .. } => (at, Clock, Bad, "paused".into()),
            EventKind::Replaced { at } => (at, Note, Warn, "replaces it".into()),
            EventKind::RolledBack { from, msg, .. } => {
                self.transactions.end(from);
                return self.undone(msg);
            }
            EventKind::Resumed { at } => (at, Note, Plain, "resumes".into()),
            EventKind::Cut { from, to } => {
                let label = format!("cut off from {}", text::with_article(self.setup, to));
                (from, Cross, Bad, label)
            }
            EventKind::Healed { from, .. } => (from, Check, Good, "reconnected".into()),
            EventKind::Isolated { at } => (at, Cross, Bad, "cut off from cluster".into()),
            EventKind::Rejoined { at } => (at, Check, Good, "rejoins cluster".into()),
            EventKind::RelayLeaseEnded { at } => (at, Clock, Warn, "its lease ends".into()),
            EventKind::LeaseEnded { .. } => {
                (Participant::Redis, Clock, Warn, "the lease ends".into())
            }
            EventKind::Expired { what, .. } => {
                let (at, label) = self.expired(what);
                (at, Clock, Bad, label)
            }
            what => match of_offsets(what) {
                Some((at, tone, label)) => (at, Note, tone, label),
                None => return,
            },
        };
        let at = self.at(at);
        let detail = String::new();
        self.push(msg_of(event), Item::Mark { at, icon, label, detail, tone });
    }

    /// Returns the participant at which a time window expires, and the label of the note.
    fn expired(&self, what: Window) -> (Participant, String) {
        match what {
            Window::Dedup => (Participant::Broker, "dedup window expires".into()),
            Window::Retention => (Participant::Broker, "retention expires".into()),
            Window::Ttl => (Participant::Redis, "TTL expires".into()),
            Window::Inbox => (Participant::Accounts, "inbox pruned".into()),
        }
    }
}

/// Returns the note of an event that concerns offsets or the partitions of a topic.
fn of_offsets(what: EventKind) -> Option<(Participant, Tone, String)> {
    Some(match what {
        EventKind::OffsetOutOfRange { at, to } => {
            (at, Tone::Warn, format!("out of range: {}", place(to)))
        }
        EventKind::OffsetsReset { at, to } => {
            (at, Tone::Warn, format!("offsets reset to {}", place(to)))
        }
        EventKind::PartitionAdded { at } => (at, Tone::Warn, "partition added".into()),
        EventKind::PartitionFound { at } => (at, Tone::Plain, "finds new partition".into()),
        EventKind::PartitionAssigned { at, to } => {
            let start = to.map_or("committed offset", place);
            let tone = if to == Some(ResetTo::Latest) { Tone::Warn } else { Tone::Plain };
            (at, tone, format!("new partition: {start}"))
        }
        _ => return None,
    })
}

/// Returns the place that offsets are reset to, as `auto.offset.reset` has it.
fn place(to: ResetTo) -> &'static str {
    match to {
        ResetTo::Earliest => "earliest",
        ResetTo::Latest => "latest",
    }
}
