//! Renumbering of what only tells things apart: copies, deliveries, attempts and incarnations. Each
//! is compared only with others of its kind and never counted, so the numbers in use can be replaced
//! by the lowest ones, in their old order.

use super::consumer::{Consumer, Held};
use super::context::{Ctx, View};
use super::ledger::{Ledger, Record};
use super::network::Packet;
use super::participant::MessageId;

/// The current attempts and incarnations of the senders.
#[derive(Clone, Copy, Debug)]
pub struct Requests {
    epochs: [u8; 3],
    attempts: [[u8; 4]; 3],
    /// A sender may start to count its attempts anew within one incarnation.
    starts_anew: bool,
}

impl Requests {
    pub(super) fn new(cx: &View, starts_anew: bool) -> Requests {
        Requests {
            epochs: cx.senders.map(|sender| sender.epoch),
            attempts: cx.senders.map(|sender| sender.tasks.map(|task| task.attempt)),
            starts_anew,
        }
    }

    /// Returns true if the sender still waits for the answer to this attempt, if it waits at all.
    pub(super) fn are_current(&self, sender: u8, msg: MessageId, epoch: u8, attempt: u8) -> bool {
        let attempts = &self.attempts[usize::from(sender)];
        let same = self.starts_anew || attempts[msg as usize] == attempt;
        self.is_alive(sender, epoch) && same
    }

    /// Returns true if this incarnation of the sender is alive.
    pub(super) fn is_alive(&self, sender: u8, epoch: u8) -> bool {
        epoch == self.epochs[usize::from(sender)]
    }
}

/// An order-preserving renumbering: numbers in use up to a pivot become 1, 2, …; numbers above it
/// keep their distance to it.
pub(super) struct Numbers {
    /// The old numbers that are in use, one bit each.
    pub named: u32,
    pub pivot: u8,
    /// Lower bound of the pivot's new number.
    pub least: u8,
}

impl Numbers {
    fn up_to(&self, n: u8) -> u8 {
        (self.named & ((2 << n) - 1) & !1).count_ones() as u8
    }

    pub fn of_pivot(&self) -> u8 {
        self.up_to(self.pivot).max(self.least)
    }

    pub fn of(&self, n: u8) -> u8 {
        if n <= self.pivot { self.up_to(n) } else { self.of_pivot() + (n - self.pivot) }
    }
}

pub(super) fn is_for_consumers(packet: &Packet) -> bool {
    packet.from.consumer().is_some() || packet.to.consumer().is_some()
}

/// Resets the delivery number of every reference to a copy that the broker no longer holds.
pub(super) fn forget_deliveries(cx: &mut Ctx, is_over: impl Fn(&Ledger, MessageId, u8) -> bool) {
    for packet in cx.net.packets_mut().iter_mut().filter(|p| is_for_consumers(p)) {
        if is_over(cx.ledger, packet.msg, packet.copy) {
            packet.n = 1;
        }
    }
    for consumer in cx.consumers[..cx.setup.consumers()].iter_mut() {
        if consumer.in_hand(cx.setup) && is_over(cx.ledger, consumer.msg, consumer.copy) {
            consumer.n = 1;
        }
        for held in &mut consumer.batch.items {
            if is_over(cx.ledger, held.msg, held.copy) {
                held.n = 1;
            }
        }
    }
}

/// Renumbers the deliveries of a copy wherever they are referenced, and returns the new number of
/// the last one. The last delivery itself counts as referenced while the broker waits for it
/// (`held`).
pub(super) fn number_deliveries(
    cx: &mut Ctx,
    (msg, copy): (MessageId, u8),
    held: bool,
    last: u8,
) -> u8 {
    // All copies beyond the maximum share one number.
    if copy > Record::MOST {
        return last;
    }
    let about = |p: &&mut Packet| (p.msg, p.copy) == (msg, copy) && is_for_consumers(p);
    let has = |c: &&mut Consumer| (c.msg, c.copy) == (msg, copy) && c.in_hand(cx.setup);
    let mut named = u32::from(held) << last;
    cx.net.packets_mut().iter_mut().filter(about).for_each(|p| named |= 1 << p.n);
    cx.consumers.iter_mut().filter(has).for_each(|c| named |= 1 << c.n);
    let same = |held: &&mut Held| (held.msg, held.copy) == (msg, copy);
    let batches = cx.consumers.iter_mut().flat_map(|c| c.batch.items.iter_mut());
    batches.filter(same).for_each(|held| named |= 1 << held.n);
    let numbers = Numbers { named, pivot: last, least: 0 };
    cx.net.packets_mut().iter_mut().filter(about).for_each(|p| p.n = numbers.of(p.n));
    cx.consumers.iter_mut().filter(has).for_each(|c| c.n = numbers.of(c.n));
    let batches = cx.consumers.iter_mut().flat_map(|c| c.batch.items.iter_mut());
    batches.filter(same).for_each(|held| held.n = numbers.of(held.n));
    numbers.of_pivot()
}
