//! An SQS queue: it hides a received message from other receivers until its visibility timeout
//! expires.
//!
//! SQS is a managed service: it does not crash, and it answers once the message is stored safely. A
//! standard queue delivers its messages in any order; a FIFO queue keeps the order of each message
//! group, and delivers no message of a group while another one of it is in flight. Sources: see
//! [`crate::sim::settings::sqs`].

mod config;
mod encode;
mod program;

pub use config::Config;
pub(in crate::sim) use program::program;

use super::Broker;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::Pause;
use crate::sim::event::{CauseRef, EventKind, Recorder, RejectReason, Window};
use crate::sim::ledger::Record;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::stores::bit;
use crate::sim::world::World;
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Queue {
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

    /// Returns the messages, oldest first.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    pub(in crate::sim) fn items_mut(&mut self) -> &mut [Item] {
        &mut self.items
    }

    /// Appends a message while decoding a state.
    pub(in crate::sim) fn restore(&mut self, item: Item) {
        self.items.push(item);
    }

    fn position(&self, msg: MessageId, copy: u8) -> Option<usize> {
        self.items.iter().position(|i| i.msg == msg && i.copy == copy)
    }

    /// Returns true if the message at this index may be delivered.
    fn may_leave(&self, rules: &Config, index: usize) -> bool {
        let item = &self.items[index];
        if item.hold != Hold::Visible {
            return false;
        }
        let group = |i: &Item| rules.groups[i.msg as usize];
        let same = |i: &&Item| group(i) == group(item);
        !rules.fifo
            || (!self.items[..index].iter().any(|i| same(&i))
                && !self.items.iter().filter(same).any(|i| i.hold != Hold::Visible))
    }
}

impl World {
    fn visibility_mut(&mut self) -> &mut Queue {
        match &mut self.broker {
            Broker::Sqs(queue) => queue,
            _ => unreachable!("the broker of a run never changes its kind"),
        }
    }

    /// Returns the queue, if the broker is SQS.
    pub fn visibility(&self) -> Option<&Queue> {
        if let Broker::Sqs(queue) = &self.broker { Some(queue) } else { None }
    }

    pub(in crate::sim) fn store_message(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Some(rules) = setup.visibility() else { return };
        let Packet { msg, n, from, epoch, .. } = packet;
        let key = bit(rules.keys[msg as usize]);
        let at = Participant::Broker;
        let record = *self.ledger.of(msg);
        let queue = self.visibility_mut();
        let known = rules.fifo && !rules.fresh_ids && queue.remembered & key != 0;
        let mark = if known {
            out.record(cause, EventKind::Deduplicated { at, msg, n })
        } else {
            if queue.items.len() == Queue::MOST {
                queue.overflow = true;
                return;
            }
            let copy = (record.stored + 1).min(Record::MOST + 1);
            let mark = out.record(cause, EventKind::Appended { at, msg, copy });
            queue.remembered |= if rules.fifo { key } else { 0 };
            queue.items.push(Item { msg, copy, mark, ..Item::default() });
            Record::bump(&mut self.ledger.of_mut(msg).stored);
            mark
        };
        let s = from.sender().unwrap_or_default();
        if self.senders[s].epoch == epoch {
            self.answer_sender(packet, PacketKind::Ack, mark, out);
        }
    }

    /// Returns true if the message at this index can be received by this consumer.
    pub(in crate::sim) fn may_receive(
        &self,
        setup: &CompiledScenario,
        c: usize,
        index: usize,
    ) -> bool {
        let (Some(queue), Some(rules)) = (self.visibility(), setup.visibility()) else {
            return false;
        };
        let free = self.consumers[c].idle(setup) && self.delivers_to(c) == 0;
        free && queue.may_leave(rules, index)
    }

    pub(in crate::sim) fn receive(
        &mut self,
        setup: &CompiledScenario,
        c: usize,
        index: usize,
        out: &mut Recorder,
    ) {
        let Some(rules) = setup.visibility() else { return };
        let group = rules.groups[self.visibility_mut().items[index].msg as usize];
        let mut left = rules.batch;
        let mut next = index;
        // One receive takes a batch; from a FIFO queue, the following messages of the same group.
        while left > 0 && next < self.visibility_mut().items.len() {
            let item = self.visibility_mut().items[next];
            let fits = !rules.fifo || rules.groups[item.msg as usize] == group;
            if item.hold != Hold::Visible || !fits {
                next += 1;
                continue;
            }
            left -= 1;
            if rules.max_receives.is_some_and(|most| item.receives >= most) {
                self.park(next, out);
                continue;
            }
            self.hand_out(c, next, out);
            next += 1;
        }
    }

    fn hand_out(&mut self, c: usize, index: usize, out: &mut Recorder) {
        let (from, to, kind) =
            (Participant::Broker, Participant::CONSUMERS[c], PacketKind::Delivery);
        let item = &mut self.visibility_mut().items[index];
        item.receives = (item.receives + 1).min(Record::MOST);
        item.hold = Hold::InFlight(c as u8);
        let Item { msg, copy, receives: n, mark, .. } = *item;
        let mark = out.record(mark, EventKind::Sent { kind, from, to, msg, n });
        self.net.send(Packet { from, to, kind, msg, copy, n, mark, ..Packet::default() });
    }

    fn park(&mut self, index: usize, out: &mut Recorder) {
        let Item { msg, copy, receives: n, mark, .. } = self.visibility_mut().items.remove(index);
        Record::bump(&mut self.ledger.of_mut(msg).dead);
        out.record(mark, EventKind::DeadLettered { at: Participant::Broker, msg, copy, n });
    }

    /// Returns true if the visibility timeout of the message at this index may expire now.
    pub(in crate::sim) fn visibility_due(&self, setup: &CompiledScenario, index: usize) -> bool {
        let (Some(queue), Some(rules)) = (self.visibility(), setup.visibility()) else {
            return false;
        };
        let item = &queue.items[index];
        let Hold::InFlight(c) = item.hold else { return false };
        let consumer = &self.consumers[c as usize];
        let Item { msg, copy, receives: n, .. } = *item;
        let kinds = [PacketKind::Delivery, PacketKind::ConsumerAck, PacketKind::Release];
        let extends = !self.net.is_cut(Participant::Broker, Participant::CONSUMERS[c as usize])
            && (consumer.pause == Pause::No || (consumer.pause == Pause::Slow && rules.heartbeat));
        let coming = self.net.carries(&kinds, msg, |p| p.copy == copy && p.n == n);
        let settles = extends && (consumer.may_settle(setup, msg, copy, n) || coming);
        !settles
    }

    /// Makes a message visible again after its visibility timeout.
    pub(in crate::sim) fn reappear(
        &mut self,
        setup: &CompiledScenario,
        index: usize,
        out: &mut Recorder,
    ) {
        let fifo = setup.visibility().is_some_and(|rules| rules.fifo);
        let Item { msg, copy, receives: n, hold, mark } = self.visibility_mut().items[index];
        let Hold::InFlight(c) = hold else { return };
        let consumer = self.consumers[c as usize];
        let cause = if consumer.mark.event().is_some() { consumer.mark } else { mark };
        // The message group was blocked, and no living consumer had the message in hand.
        let in_hand = consumer.up
            && consumer.in_hand(setup)
            && (consumer.msg, consumer.copy, consumer.n) == (msg, copy, n);
        self.ledger.blocked |= fifo && !in_hand && self.somebody_could_work(setup);
        let at = Participant::Broker;
        let mark = out.record(cause, EventKind::Requeued { at, msg, copy, n, asked: false });
        let item = &mut self.visibility_mut().items[index];
        item.hold = Hold::Visible;
        item.mark = mark;
    }

    /// Handles `DeleteMessage` or `ChangeMessageVisibility`; the receipt handle tells which receive
    /// it belongs to.
    pub(in crate::sim) fn settle_message(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Packet { kind, msg, copy, n, .. } = packet;
        let fifo = setup.visibility().is_some_and(|rules| rules.fifo);
        let at = Participant::Broker;
        let queue = self.visibility_mut();
        let Some(index) = queue.position(msg, copy) else {
            out.record(cause, EventKind::Ignored { at, kind, msg, n });
            return;
        };
        let item = &mut queue.items[index];
        let current = item.receives == n && item.hold != Hold::Visible;
        // A standard queue accepts the newest handle even after its visibility timeout; a FIFO
        // queue does not.
        let valid = current || (!fifo && item.receives == n);
        match kind {
            PacketKind::Release if current => {
                item.hold = Hold::Visible;
                item.mark =
                    out.record(cause, EventKind::Requeued { at, msg, copy, n, asked: true });
            }
            PacketKind::ConsumerAck if valid => self.delete(index, cause, out),
            PacketKind::ConsumerAck if !fifo => {
                // Success is reported; whether the delete takes effect is a choice of its own.
                out.record(cause, EventKind::Ignored { at, kind, msg, n });
            }
            _ => {
                out.record(cause, EventKind::Refused { at, msg, why: RejectReason::StaleHandle });
            }
        }
    }

    /// Returns the index of the message if a delete with an older receipt handle may still take
    /// effect: in a standard queue it may or may not.
    pub(in crate::sim) fn stale_delete(
        &self,
        setup: &CompiledScenario,
        packet: &Packet,
    ) -> Option<usize> {
        let (queue, rules) = (self.visibility()?, setup.visibility()?);
        let index = queue.position(packet.msg, packet.copy)?;
        let stale = queue.items[index].receives > packet.n;
        (packet.kind == PacketKind::ConsumerAck && !rules.fifo && stale).then_some(index)
    }

    pub(in crate::sim) fn delete(&mut self, index: usize, cause: CauseRef, out: &mut Recorder) {
        let queue = self.visibility_mut();
        let Item { msg, copy, .. } = queue.items.remove(index);
        queue.deleted |= bit(msg);
        out.record(cause, EventKind::Removed { at: Participant::Broker, msg, copy });
    }

    /// Returns true if the message can be received once more although it was deleted.
    pub(in crate::sim) fn may_come_back(&self, setup: &CompiledScenario, msg: MessageId) -> bool {
        let standard = setup.visibility().is_some_and(|rules| !rules.fifo);
        standard && self.visibility().is_some_and(|queue| queue.deleted & bit(msg) != 0)
    }

    /// Returns true if a standard queue may deliver the message once more although no client has
    /// failed: a server was unavailable when the message was received or deleted (SQS developer
    /// guide, standard queues).
    pub fn may_repeat(&self, setup: &CompiledScenario, msg: MessageId) -> bool {
        let standard = setup.visibility().is_some_and(|rules| !rules.fifo);
        let Some(queue) = self.visibility().filter(|_| standard) else { return false };
        let in_flight = |i: &Item| i.msg == msg && i.hold != Hold::Visible;
        queue.repeated & bit(msg) == 0
            && (queue.deleted & bit(msg) != 0 || queue.items.iter().any(in_flight))
    }

    /// Delivers the message once more, as a standard queue may do on its own.
    pub fn repeat(&mut self, msg: MessageId, out: &mut Recorder) {
        let queue = self.visibility_mut();
        queue.repeated |= bit(msg);
        if queue.deleted & bit(msg) != 0 {
            return self.come_back(msg, out);
        }
        let in_flight = |i: &&mut Item| i.msg == msg && i.hold != Hold::Visible;
        let Some(item) = queue.items.iter_mut().find(in_flight) else { return };
        item.hold = Hold::Visible;
        item.mark = out.record(item.mark, EventKind::Reappeared { at: Participant::Broker, msg });
    }

    /// Makes a deleted message visible again, from a replica that missed the delete.
    pub(in crate::sim) fn come_back(&mut self, msg: MessageId, out: &mut Recorder) {
        let copy = self.ledger.of(msg).stored.max(1);
        let at = Participant::Broker;
        let mark = out.record(CauseRef::NONE, EventKind::Reappeared { at, msg });
        let queue = self.visibility_mut();
        queue.deleted &= !bit(msg);
        if queue.items.len() == Queue::MOST {
            queue.overflow = true;
            return;
        }
        queue.items.push(Item { msg, copy, receives: 1, mark, ..Item::default() });
    }

    /// Expires the dedup window or the retention period of a message.
    pub(in crate::sim) fn expire_in_queue(
        &mut self,
        setup: &CompiledScenario,
        what: Window,
        msg: MessageId,
        out: &mut Recorder,
    ) {
        let mark = out.record(CauseRef::NONE, EventKind::Expired { what, msg });
        let Some(rules) = setup.visibility() else { return };
        let queue = self.visibility_mut();
        if what == Window::Dedup {
            queue.remembered &= !bit(rules.keys[msg as usize]);
            return;
        }
        let at = Participant::Broker;
        for item in queue.items.iter().filter(|item| item.msg == msg) {
            out.record(mark, EventKind::Dropped { at, msg, copy: item.copy, n: item.receives });
        }
        queue.items.retain(|item| item.msg != msg);
    }

    /// Returns true if the time window can expire for this message now.
    pub(in crate::sim) fn queue_window(
        &self,
        setup: &CompiledScenario,
        what: Window,
        msg: MessageId,
    ) -> bool {
        let (Some(queue), Some(rules)) = (self.visibility(), setup.visibility()) else {
            return false;
        };
        match what {
            Window::Dedup => queue.remembered & bit(rules.keys[msg as usize]) != 0,
            _ => queue.items.iter().any(|item| item.msg == msg),
        }
    }
}
