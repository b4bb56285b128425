//! Calls of stores: their arrows, and the answers that need a note.

use super::Rows;
use crate::diagram::ir::{Icon, Item, Stroke, Tone};
use crate::sim::{MessageId, Op, Participant};
use crate::text;

impl Rows<'_> {
    /// Adds a call to a store: an arrow, and a note where the answer is no.
    pub(super) fn asked(
        &mut self,
        op: Op,
        from: Participant,
        to: Participant,
        msg: MessageId,
        yes: bool,
    ) {
        self.transactions.asked(self.setup, op, from, msg, yes);
        // Outside a transaction the effect itself is drawn, with its arrow.
        let staged = self.setup.consumer.has(Op::Begin);
        let shown = match op {
            Op::Work => staged,
            Op::Call => false,
            Op::Produce => self.setup.machine.stages_output(),
            _ => true,
        };
        if !shown {
            return;
        }
        let label = text::ask_label(self.setup, op, msg);
        if from == to {
            let icon = if yes { Icon::Note } else { Icon::Check };
            let label = if yes { label } else { text::refused_label(op, msg) };
            return self.mark(msg, from, icon, Tone::Plain, label, String::new());
        }
        // The offset goes to the group coordinator, not to where the results go.
        let to = if op == Op::SendOffsets { Participant::Broker } else { to };
        self.call(from, to, msg, label);
        if !yes {
            let label = text::refused_label(op, msg);
            self.mark(msg, to, Icon::Note, Tone::Plain, label, String::new());
        }
        if op == Op::MarkSent {
            // The relay reports to nobody: its work on the message ends here.
            self.end(from);
        }
    }

    /// Adds the arrow of a call.
    pub(super) fn call(
        &mut self,
        from: Participant,
        to: Participant,
        msg: MessageId,
        label: String,
    ) {
        let (from, to) = (self.at(from), self.at(to));
        let (detail, stroke) = (String::new(), Stroke::Solid);
        self.push(Some(msg), Item::Call { from, to, label, detail, stroke });
    }

    /// Adds a claim that somebody else holds.
    pub(super) fn in_progress(&mut self, from: Participant, to: Participant, msg: MessageId) {
        self.call(from, to, msg, text::ask_label(self.setup, Op::ClaimInProgress, msg));
        let held = format!("{} in progress", text::message(msg));
        self.mark(msg, to, Icon::Note, Tone::Warn, held, String::new());
        self.mark(msg, from, Icon::Cross, Tone::Warn, "error".into(), String::new());
    }

    /// Adds a call that fails, or whose response is lost.
    pub(super) fn ask_failed(
        &mut self,
        op: Op,
        from: Participant,
        to: Participant,
        msg: MessageId,
        done: bool,
    ) {
        if from != to {
            let label = text::ask_label(self.setup, op, msg);
            // The effect was recorded first; move its stamp to where the arrow arrives.
            let stamp = self.rows.pop_if(|row| done && matches!(row.item, Item::Stamp { .. }));
            self.call(from, to, msg, label);
            self.rows.extend(stamp);
            if !done {
                self.mark(msg, to, Icon::Cross, Tone::Bad, "fails".into(), String::new());
            }
        }
        let label = if done { "response lost" } else { "error" };
        self.mark(msg, from, Icon::Cross, Tone::Bad, label.into(), String::new());
    }
}
