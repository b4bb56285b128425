//! An SQS queue: it hides a received message from other receivers until its visibility timeout
//! expires.
//!
//! SQS is a managed service: it does not crash, and it answers once the message is stored safely. A
//! standard queue delivers its messages in any order; a FIFO queue keeps the order of each message
//! group, and delivers no message of a group while another one of it is in flight. Sources: see
//! [`crate::sim::settings::sqs`].

mod config;
mod encode;
mod independence;
mod machine;
mod program;

pub use config::Config;
pub(in crate::sim) use program::program;

use crate::sim::consumer::{Pause, somebody_could_work};
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind, RejectReason, Window};
use crate::sim::ledger::Record;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::stores::bit;
use tinyvec::ArrayVec;

/// The visibility of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Hold {
    #[default]
    Visible,
    /// Received by the consumer with this index.
    InFlight(u8),
}

/// A stored message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Item {
    pub msg: MessageId,
    /// The number of the copy among those of its message, from 1.
    pub copy: u8,
    pub hold: Hold,
    /// The number of receives, which is also the number of the valid receipt handle.
    pub receives: u8,
    pub mark: CauseRef,
}

/// The state of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Queue {
    pub config: Config,
    items: ArrayVec<[Item; Queue::MOST]>,
    /// The deduplication IDs in the dedup window, one bit each.
    pub remembered: u8,
    /// Messages that were deleted, but whose delete a replica may have missed.
    pub deleted: u8,
    /// Messages that a standard queue has delivered once more on its own. It does so only once per
    /// message, so that a run can end.
    pub repeated: u8,
    /// The capacity was exceeded; the run is no longer faithful from here on.
    pub overflow: bool,
}

impl Queue {
    /// The capacity, in messages.
    pub const MOST: usize = 12;

    pub(in crate::sim) fn new(config: Config) -> Queue {
        Queue {
            config,
            items: ArrayVec::default(),
            remembered: 0,
            deleted: 0,
            repeated: 0,
            overflow: false,
        }
    }

    /// Returns the messages, oldest first.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Appends a message while decoding a state.
    pub(in crate::sim) fn restore(&mut self, item: Item) {
        self.items.push(item);
    }

    fn position(&self, msg: MessageId, copy: u8) -> Option<usize> {
        self.items.iter().position(|i| i.msg == msg && i.copy == copy)
    }

    /// Returns the number of the next copy of a message. One that was moved back has a number that
    /// does not count as stored.
    fn next_copy(&self, cx: &Ctx, msg: MessageId) -> u8 {
        let alive = self.items.iter().filter(|i| i.msg == msg).map(|i| i.copy).max();
        (alive.unwrap_or(0).max(cx.ledger.of(msg).stored) + 1).min(Record::MOST + 1)
    }

    /// Returns true if the message at this index may be delivered.
    fn may_leave(&self, index: usize) -> bool {
        let item = &self.items[index];
        if item.hold != Hold::Visible {
            return false;
        }
        let group = |i: &Item| self.config.groups[i.msg as usize];
        let same = |i: &&Item| group(i) == group(item);
        !self.config.fifo
            || (!self.items[..index].iter().any(|i| same(&i))
                && !self.items.iter().filter(same).any(|i| i.hold != Hold::Visible))
    }

    /// Stores a message, or takes it for a duplicate, and answers.
    fn store(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let Config { fifo, fresh_ids, keys, .. } = self.config;
        let Packet { msg, n, from, epoch, .. } = packet;
        let key = bit(keys[msg as usize]);
        let at = Participant::Broker;
        let known = fifo && !fresh_ids && self.remembered & key != 0;
        let mark = if known {
            cx.out.record(cause, EventKind::Deduplicated { at, msg, n })
        } else {
            if self.items.len() == Queue::MOST {
                self.overflow = true;
                return;
            }
            let copy = self.next_copy(cx, msg);
            let mark = cx.out.record(cause, EventKind::Appended { at, msg, copy });
            self.remembered |= if fifo { key } else { 0 };
            self.items.push(Item { msg, copy, mark, ..Item::default() });
            Record::bump(&mut cx.ledger.of_mut(msg).stored);
            mark
        };
        let s = from.sender().unwrap_or_default();
        if cx.senders[s].epoch == epoch {
            cx.net.answer(at, packet, PacketKind::Ack, mark, cx.out);
        }
    }

    /// Returns true if the message at this index can be received by this consumer.
    fn may_receive(&self, cx: &View, c: usize, index: usize) -> bool {
        let free = cx.consumers[c].idle(cx.setup) && cx.net.delivers_to(c) == 0;
        free && self.may_leave(index)
    }

    /// Hands the message at this index to a consumer. One receive takes a batch; from a FIFO queue,
    /// the following messages of the same group.
    fn receive(&mut self, cx: &mut Ctx, c: usize, index: usize) {
        let Config { fifo, groups, batch, max_receives, .. } = self.config;
        let group = groups[self.items[index].msg as usize];
        let mut left = batch;
        let mut next = index;
        while left > 0 && next < self.items.len() {
            let item = self.items[next];
            let fits = !fifo || groups[item.msg as usize] == group;
            if item.hold != Hold::Visible || !fits {
                next += 1;
                continue;
            }
            left -= 1;
            if max_receives.is_some_and(|most| item.receives >= most) {
                self.park(cx, next);
                continue;
            }
            self.hand_out(cx, c, next);
            next += 1;
        }
    }

    fn hand_out(&mut self, cx: &mut Ctx, c: usize, index: usize) {
        let (from, to, kind) =
            (Participant::Broker, Participant::CONSUMERS[c], PacketKind::Delivery);
        let item = &mut self.items[index];
        item.receives = (item.receives + 1).min(Record::MOST);
        item.hold = Hold::InFlight(c as u8);
        let Item { msg, copy, receives: n, mark, .. } = *item;
        let mark = cx.out.record(mark, EventKind::Sent { kind, from, to, msg, n });
        cx.net.send(Packet { from, to, kind, msg, copy, n, mark, ..Packet::default() });
    }

    /// Moves a message to the dead-letter queue.
    fn park(&mut self, cx: &mut Ctx, index: usize) {
        let Item { msg, copy, receives: n, mark, .. } = self.items.remove(index);
        Record::bump(&mut cx.ledger.of_mut(msg).dead);
        cx.out.record(mark, EventKind::DeadLettered { at: Participant::Broker, msg, copy, n });
    }

    /// Returns true if the visibility timeout of the message may expire now.
    fn visibility_due(&self, cx: &View, item: &Item) -> bool {
        let Hold::InFlight(c) = item.hold else { return false };
        let consumer = &cx.consumers[c as usize];
        let Item { msg, copy, receives: n, .. } = *item;
        let kinds = [PacketKind::Delivery, PacketKind::ConsumerAck, PacketKind::Release];
        let patient = !self.config.times_out;
        let extends = !cx.net.is_cut(Participant::Broker, Participant::CONSUMERS[c as usize])
            && (consumer.pause == Pause::No || (consumer.pause == Pause::Slow && patient));
        let coming = cx.net.carries(&kinds, msg, |p| p.copy == copy && p.n == n);
        let settles = extends && (consumer.may_settle(cx.setup, msg, copy, n) || coming);
        !settles
    }

    /// Makes a message visible again after its visibility timeout.
    fn time_out(&mut self, cx: &mut Ctx, index: usize) {
        let Item { msg, copy, receives: n, hold, mark } = self.items[index];
        let Hold::InFlight(c) = hold else { return };
        let consumer = cx.consumers[c as usize];
        let cause = if consumer.mark.event().is_some() { consumer.mark } else { mark };
        // The message group was blocked, and no living consumer had the message in hand.
        let in_hand = consumer.up && consumer.holds(cx.setup, (msg, copy, n));
        cx.ledger.blocked |= self.config.fifo && !in_hand && somebody_could_work(&cx.view());
        let at = Participant::Broker;
        let mark = cx.out.record(cause, EventKind::Requeued { at, msg, copy, n, asked: false });
        let item = &mut self.items[index];
        item.hold = Hold::Visible;
        item.mark = mark;
    }

    /// Handles `DeleteMessage` or `ChangeMessageVisibility`; the receipt handle tells which receive
    /// it belongs to.
    fn settle(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let Packet { kind, msg, copy, n, .. } = packet;
        let fifo = self.config.fifo;
        let at = Participant::Broker;
        let Some(index) = self.position(msg, copy) else {
            cx.out.record(cause, EventKind::Ignored { at, kind, msg, n });
            return;
        };
        let item = &mut self.items[index];
        let current = item.receives == n && item.hold != Hold::Visible;
        // A standard queue accepts the newest handle even after its visibility timeout; a FIFO
        // queue does not.
        let valid = current || (!fifo && item.receives == n);
        match kind {
            PacketKind::Release if current => {
                item.hold = Hold::Visible;
                item.mark =
                    cx.out.record(cause, EventKind::Requeued { at, msg, copy, n, asked: true });
            }
            PacketKind::ConsumerAck if valid => self.delete(cx, index, cause),
            PacketKind::ConsumerAck if !fifo => {
                // Success is reported; whether the delete takes effect is a choice of its own.
                cx.out.record(cause, EventKind::Ignored { at, kind, msg, n });
            }
            _ => {
                let why = RejectReason::StaleHandle;
                cx.out.record(cause, EventKind::Refused { at, msg, why });
            }
        }
    }

    /// Returns the index of the message if a delete with an older receipt handle may still take
    /// effect: in a standard queue it may or may not.
    fn stale_delete(&self, packet: &Packet) -> Option<usize> {
        let index = self.position(packet.msg, packet.copy)?;
        let stale = self.items[index].receives > packet.n;
        let standard = !self.config.fifo;
        (packet.kind == PacketKind::ConsumerAck && standard && stale).then_some(index)
    }

    fn delete(&mut self, cx: &mut Ctx, index: usize, cause: CauseRef) {
        let Item { msg, copy, .. } = self.items.remove(index);
        self.deleted |= bit(msg);
        cx.out.record(cause, EventKind::Removed { at: Participant::Broker, msg, copy });
    }

    /// Delivers the message once more, as a standard queue may do on its own.
    fn deliver_again(&mut self, cx: &mut Ctx, msg: MessageId) {
        self.repeated |= bit(msg);
        if self.deleted & bit(msg) != 0 {
            return self.come_back(cx, msg);
        }
        let in_flight = |i: &&mut Item| i.msg == msg && i.hold != Hold::Visible;
        let Some(item) = self.items.iter_mut().find(in_flight) else { return };
        item.hold = Hold::Visible;
        let what = EventKind::Reappeared { at: Participant::Broker, msg };
        item.mark = cx.out.record(item.mark, what);
    }

    /// Makes a deleted message visible again, from a replica that missed the delete.
    fn come_back(&mut self, cx: &mut Ctx, msg: MessageId) {
        let copy = cx.ledger.of(msg).stored.max(1);
        let at = Participant::Broker;
        let mark = cx.out.record(CauseRef::NONE, EventKind::Reappeared { at, msg });
        self.deleted &= !bit(msg);
        if self.items.len() == Queue::MOST {
            self.overflow = true;
            return;
        }
        self.items.push(Item { msg, copy, receives: 1, mark, ..Item::default() });
    }

    /// Expires the dedup window or the retention period of a message.
    fn forget(&mut self, cx: &mut Ctx, what: Window, msg: MessageId) {
        let mark = cx.out.record(CauseRef::NONE, EventKind::Expired { what, msg });
        if what == Window::Dedup {
            self.remembered &= !bit(self.config.keys[msg as usize]);
            return;
        }
        let at = Participant::Broker;
        for item in self.items.iter().filter(|item| item.msg == msg) {
            cx.out.record(mark, EventKind::Dropped { at, msg, copy: item.copy, n: item.receives });
        }
        self.items.retain(|item| item.msg != msg);
    }

    /// Removes every message, received or not (`PurgeQueue`).
    fn remove_all(&mut self, cx: &mut Ctx, cause: CauseRef) {
        let at = Participant::Broker;
        for Item { msg, copy, receives: n, .. } in std::mem::take(&mut self.items) {
            cx.out.record(cause, EventKind::Dropped { at, msg, copy, n });
        }
    }

    /// Moves a message from the dead-letter queue back (`StartMessageMoveTask`), as a new message:
    /// it has not been received, and receipt handles of the earlier one do not delete it.
    fn move_back(&mut self, cx: &mut Ctx, msg: MessageId) {
        if self.items.len() == Queue::MOST {
            self.overflow = true;
            return;
        }
        let copy = self.next_copy(cx, msg);
        let record = cx.ledger.of_mut(msg);
        record.dead = record.dead.saturating_sub(1);
        let what = EventKind::Redriven { at: Participant::Broker, msg, copy };
        let mark = cx.out.record(CauseRef::NONE, what);
        self.items.push(Item { msg, copy, mark, ..Item::default() });
    }
}
