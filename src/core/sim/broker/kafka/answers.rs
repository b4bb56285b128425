//! Answers to producers, and what has to be the case before they are sent.

use super::{Entry, Partition};
use crate::sim::broker::Machine;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, RejectReason};
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::producer::{Sender, Task};
use crate::sim::program::Op;
use crate::sim::settings::kafka::Acks;
use crate::sim::stores::bit;

impl Partition {
    /// Returns true if an acknowledgment to the sender is due for a record of the message.
    pub(super) fn owes_answer(&self, s: usize, msg: MessageId) -> bool {
        let waits = |e: &Entry| e.msg == msg && e.ack_pending && usize::from(e.sender) == s;
        self.entries.iter().any(waits)
    }

    /// Returns true if nothing stands in the way of an answer to the producer of the record at this
    /// offset. With `acks=all` that is the high watermark, and while too few replicas are in sync
    /// it does not move (`Partition.maybeIncrementLeaderHW`, since 3.7): then the producer waits in
    /// vain (seen on 4.4.0).
    pub(super) fn is_safe(&self, offset: usize) -> bool {
        self.config.acks != Acks::All || offset < usize::from(self.high_watermark)
    }

    /// Returns the first record whose producer can be answered, and whether successfully: enough
    /// replicas are still in sync (`Partition.checkEnoughReplicasReachOffset`).
    pub(super) fn answerable(&self) -> Option<(usize, bool)> {
        let enough = self.config.acks != Acks::All || self.enough_in_sync();
        let due = |(offset, entry): (usize, &Entry)| {
            (entry.ack_pending && self.is_safe(offset)).then_some((offset, enough))
        };
        self.entries.iter().enumerate().find_map(due).filter(|_| self.leads())
    }

    /// Returns true if the producer of this message will be answered.
    pub(super) fn will_answer(&self, s: usize, msg: MessageId) -> bool {
        let moves = self.enough_in_sync();
        self.leads()
            && self.entries.iter().enumerate().any(|(offset, e)| {
                let owed = e.ack_pending && e.msg == msg && usize::from(e.sender) == s;
                owed && (moves || self.is_safe(offset))
            })
    }

    /// Answers the producer of the first record that can be answered.
    pub(super) fn answer(&mut self, cx: &mut Ctx) {
        let Some((offset, enough)) = self.answerable() else { return };
        let to = self.leader();
        let entry = &mut self.entries[offset];
        entry.ack_pending = false;
        entry.answered |= enough;
        let Entry { msg, copy, sender, attempt: n, epoch, mark, .. } = *entry;
        let from = cx.setup.sender(sender.into());
        let packet = Packet { from, to, msg, copy, n, epoch, ..Packet::default() };
        if enough {
            cx.net.answer(to, packet, PacketKind::Ack, mark, cx.out);
        } else {
            let why = RejectReason::NotEnoughReplicasAfterAppend;
            cx.net.refuse(packet, why, true, mark, cx.out);
        }
    }

    /// Refuses all that still waits for an answer with `NOT_LEADER_OR_FOLLOWER`, as a leader does that
    /// becomes a follower (`DelayedProduce.tryComplete`, case B).
    pub(super) fn refuse_pending(&mut self, cx: &mut Ctx, cause: CauseRef) {
        let to = self.leader();
        for entry in self.entries.iter_mut().filter(|entry| entry.ack_pending) {
            entry.ack_pending = false;
            let Entry { msg, copy, sender, attempt: n, epoch, .. } = *entry;
            let from = cx.setup.sender(sender.into());
            let packet = Packet { from, to, msg, copy, n, epoch, ..Packet::default() };
            cx.net.refuse(packet, RejectReason::Busy, true, cause, cx.out);
        }
    }

    /// Leaves the requests that wait for an answer to the old leader, which goes on in isolation.
    pub(super) fn leave_waiting(&mut self, cx: &View) {
        for offset in 0..self.entries.len() {
            let safe = self.is_safe(offset);
            let entry = &mut self.entries[offset];
            let sender = &cx.senders[usize::from(entry.sender)];
            let attempt = sender.tasks[entry.msg as usize].attempt;
            let is_current = (entry.attempt, entry.epoch) == (attempt, sender.epoch);
            if entry.ack_pending && is_current && !safe {
                self.waiting_alone[usize::from(entry.sender)] |= bit(entry.msg);
            }
            entry.ack_pending = false;
        }
    }

    /// Refuses what has waited at the isolated old leader: now it learns that it is a follower.
    pub(super) fn refuse_waiting_alone(&mut self, cx: &mut Ctx, cause: CauseRef) {
        let waiting = std::mem::take(&mut self.waiting_alone);
        for (s, waiting) in waiting.into_iter().enumerate() {
            for msg in (0..cx.setup.configuration().messages).filter(|&m| waiting & bit(m) != 0) {
                let Sender { epoch, tasks, .. } = cx.senders[s];
                let (from, to) = (cx.setup.sender(s), Participant::Broker);
                let Task { pc, attempt: n, .. } = tasks[msg as usize];
                if cx.setup.senders[s].op(pc) == Some(Op::Await) {
                    let packet = Packet { from, to, msg, n, epoch, ..Packet::default() };
                    cx.net.refuse(packet, RejectReason::Busy, true, cause, cx.out);
                }
            }
        }
    }
}

/// Returns true if the process that sent in this epoch is still alive and waits for
/// acknowledgments.
pub(super) fn waits_for_answer(cx: &View, s: usize, epoch: u8) -> bool {
    cx.setup.senders[s].has(Op::Await) && cx.senders[s].epoch == epoch
}
