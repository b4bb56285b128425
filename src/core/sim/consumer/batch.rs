//! Batches: messages that a consumer receives together, handles one after the other, and
//! acknowledges at the end ([`BatchAck`]).
//!
//! The consumer has one message of the batch in hand. Where its program acknowledges, it goes on to
//! the next one instead, as long as there is one. The rest of the batch is kept beside it, so that a
//! crash, or a timeout of the broker, concerns all of them.

use super::settle::settle;
use super::{Batch, Consumer, Held, move_on};
use crate::sim::broker::Broker;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::context::Ctx;
use crate::sim::event::EventKind;
use crate::sim::ledger::Record;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;
use crate::sim::settings::{BatchAck, OnError};
use crate::sim::stores::Tx;

impl Consumer {
    /// Returns true if the consumer has this delivery, in hand or in its batch, and is not done with
    /// it.
    pub(in crate::sim) fn holds(
        &self,
        setup: &CompiledScenario,
        (msg, copy, n): (MessageId, u8, u8),
    ) -> bool {
        let same = |held: &Held| (held.msg, held.copy, held.n) == (msg, copy, n);
        self.in_hand(setup)
            && ((self.msg, self.copy, self.n) == (msg, copy, n)
                || self.batch.items.iter().any(same))
    }

    /// Returns true if the consumer may still settle this delivery of its batch.
    pub(super) fn may_settle_in_batch(
        &self,
        setup: &CompiledScenario,
        (msg, copy, n): (MessageId, u8, u8),
    ) -> bool {
        let same = |held: &Held| (held.msg, held.copy, held.n) == (msg, copy, n);
        let Some(index) = self.batch.items.iter().position(same) else { return false };
        let stops = setup.consumer.op(self.pc) == Some(Op::Stop);
        let left = match setup.batching.map(|batching| batching.ack) {
            Some(BatchAck::UpToFirstFailure) => self.batch.items[..=index].iter().any(|i| i.failed),
            Some(BatchAck::GoodPart) => self.batch.items[index].failed,
            Some(BatchAck::Whole | BatchAck::Each) | None => false,
        };
        self.up && self.in_hand(setup) && !stops && (!left || returning(setup).is_some())
    }

    /// Returns true if the next acknowledgment only goes on to the next message of the batch.
    pub(crate) fn goes_on_in_batch(&self, setup: &CompiledScenario) -> bool {
        let more = !self.batch.is_at_the_end() && !self.ends_batch(setup);
        setup.consumer.op(self.pc) == Some(Op::Ack) && more
    }

    /// Returns true if the batch is acknowledged after the message in hand, whatever comes behind it:
    /// its handler has failed for good.
    fn ends_batch(&self, setup: &CompiledScenario) -> bool {
        let stops =
            setup.batching.is_some_and(|batching| batching.ack == BatchAck::UpToFirstFailure);
        stops && self.batch.items.get(self.batch.at()).is_some_and(|held| held.failed)
    }
}

/// Returns the packet that returns a message to the broker, if the consumer returns any.
fn returning(setup: &CompiledScenario) -> Option<PacketKind> {
    let program = &setup.consumer;
    match setup.configuration().consumer.on_error {
        _ if program.has(Op::Release) => Some(PacketKind::Release),
        OnError::Reject if program.has(Op::Nack) => Some(PacketKind::Reject),
        _ if program.has(Op::Nack) => Some(PacketKind::Requeue),
        _ => None,
    }
}

/// Receives the rest of a batch, together with its first message: all that is on its way.
pub(super) fn receive_rest(cx: &mut Ctx, first: Packet) {
    let (Some(c), Some(batching)) = (first.to.consumer(), cx.setup.batching) else { return };
    let held = |p: &Packet| Held { msg: p.msg, copy: p.copy, n: p.n, failed: false };
    let mut batch = Batch::default();
    batch.items.push(held(&first));
    while batch.items.len() < batching.size as usize {
        let mates = |p: &Packet| (p.from, p.to, p.kind) == (first.from, first.to, first.kind);
        let Some(index) = cx.net.packets().iter().position(mates) else { break };
        if batch.items.len() == Batch::MOST {
            cx.net.overflow = true;
            break;
        }
        let packet = cx.net.take(index as u8);
        let Packet { kind, from, to, msg, n, mark, .. } = packet;
        cx.out.record(mark, EventKind::Arrived { kind, from, to, msg, n });
        batch.items.push(held(&packet));
    }
    cx.consumers[c].batch = batch;
}

/// Begins with the next message of the batch. Returns false if there is none.
fn next(cx: &mut Ctx, c: usize) -> bool {
    let consumer = &mut cx.consumers[c];
    if consumer.batch.is_at_the_end() {
        return false;
    }
    finish(cx, c);
    let consumer = &mut cx.consumers[c];
    consumer.batch.at += 1;
    let parked = consumer.batch.current().failed && is_whole(cx.setup);
    match cx.setup.consumer.place(Op::DeadLetter).filter(|_| parked) {
        Some(publish) => take_in_hand(cx, c, publish),
        None => begin(cx, c),
    }
    true
}

/// Begins to handle the message that the batch has come to.
fn begin(cx: &mut Ctx, c: usize) {
    take_in_hand(cx, c, cx.setup.consumer.next(0));
    Record::bump(&mut cx.ledger.of_mut(cx.consumers[c].msg).begun);
}

/// Takes the message in hand that the batch has come to, at this line.
fn take_in_hand(cx: &mut Ctx, c: usize, pc: u8) {
    let consumer = &mut cx.consumers[c];
    let Held { msg, copy, n, .. } = *consumer.batch.current();
    let attempts =
        if is_whole(cx.setup) { consumer.attempts } else { consumer.attempts.at(msg, copy) };
    let (claims, tx) = (false, Tx::default());
    *consumer = Consumer { pc, last: 1, msg, copy, n, attempts, claims, tx, ..*consumer };
}

/// Returns true if a batch succeeds, is tried again, and is given up as a whole.
pub(super) fn is_whole(setup: &CompiledScenario) -> bool {
    setup.batching.is_some_and(|batching| batching.ack == BatchAck::Whole)
}

/// Hands the whole batch to its handler once more.
pub(super) fn begin_again(cx: &mut Ctx, c: usize) {
    finish(cx, c);
    cx.consumers[c].batch.at = 0;
    begin(cx, c);
}

/// Gives the whole batch up: what has not been handled is passed over.
pub(super) fn pass_over_rest(cx: &mut Ctx, c: usize) {
    while !cx.consumers[c].batch.is_at_the_end() {
        finish(cx, c);
        let consumer = &mut cx.consumers[c];
        consumer.batch.at += 1;
        let Held { msg, copy, n, .. } = *consumer.batch.current();
        (consumer.msg, consumer.copy, consumer.n) = (msg, copy, n);
    }
}

/// Gives the whole batch up: each of its messages is published as a dead letter, from the first one
/// on, whether or not it has been handled.
pub(super) fn park_all(cx: &mut Ctx, c: usize, publish: u8) {
    finish(cx, c);
    let consumer = &mut cx.consumers[c];
    consumer.batch.items.iter_mut().for_each(|held| held.failed = true);
    consumer.batch.at = 0;
    take_in_hand(cx, c, publish);
}

/// Drops the messages of the batch that have not been handled, once the consumer is done with it.
pub(super) fn leave_rest(cx: &mut Ctx, c: usize) {
    let Batch { items, at } = cx.consumers[c].batch;
    for &Held { msg, .. } in items.iter().skip(usize::from(at) + 1) {
        let at = Participant::CONSUMERS[c];
        cx.out.record(cx.consumers[c].mark, EventKind::Finished { at, msg });
    }
    cx.consumers[c].batch = Batch::default();
}

fn finish(cx: &mut Ctx, c: usize) {
    let Consumer { msg, mark, .. } = cx.consumers[c];
    let at = Participant::CONSUMERS[c];
    cx.consumers[c].mark = cx.out.record(mark, EventKind::Finished { at, msg });
}

/// Runs the acknowledgment: goes on to the next message, or settles the batch after the last one.
pub(super) fn acknowledge(cx: &mut Ctx, broker: &mut Broker, c: usize) {
    if !cx.consumers[c].ends_batch(cx.setup) && next(cx, c) {
        return;
    }
    if broker.acks_by_call() {
        broker.ack_by_call(cx, c);
        let Batch { items, at } = cx.consumers[c].batch;
        if let Some(&rest) = items.get(usize::from(at) + 1) {
            seek_to(cx, broker, c, rest);
        }
    } else {
        let Batch { items, at } = cx.consumers[c].batch;
        let whole = is_whole(cx.setup);
        // What comes after the first failure has not been handled.
        settle_batch(cx, broker, c, &|i| whole || (!items[i].failed && i <= usize::from(at)));
    }
    move_on(cx, c, cx.setup.consumer.done());
}

/// Returns the batch to the broker: all of it, or what comes after the part that succeeded.
pub(super) fn give_back(cx: &mut Ctx, broker: &Broker, c: usize) {
    let first = first_to_return(cx.setup, cx.consumers[c].batch.at);
    settle_batch(cx, broker, c, &|i| i < first);
}

/// Acknowledges the messages that are good, by their index in the batch, and returns the others. Where
/// an acknowledgment includes all earlier messages, that of the last good one is enough.
fn settle_batch(cx: &mut Ctx, broker: &Broker, c: usize, good: &dyn Fn(usize) -> bool) {
    let items = cx.consumers[c].batch.items;
    let last = (0..items.len()).rfind(|&i| good(i));
    for (i, held) in items.iter().enumerate() {
        let included = broker.acks_are_cumulative() && Some(i) != last;
        let kind = match good(i) {
            true => Some(PacketKind::ConsumerAck).filter(|_| !included),
            false => returning(cx.setup),
        };
        kind.into_iter().for_each(|kind| settle(cx, broker, c, *held, kind));
    }
}

fn first_to_return(setup: &CompiledScenario, at: u8) -> usize {
    let ack = setup.batching.map(|batching| batching.ack);
    if ack == Some(BatchAck::UpToFirstFailure) { at.into() } else { 0 }
}

/// Commits the part of the batch that succeeded, if that is acknowledged, and seeks back to the rest.
pub(super) fn seek(cx: &mut Ctx, broker: &mut Broker, c: usize) {
    let Batch { items, at } = cx.consumers[c].batch;
    let first = first_to_return(cx.setup, at);
    if first > 0 {
        as_in_hand(cx, c, items[first - 1], |cx| broker.ack_by_call(cx, c));
    }
    seek_to(cx, broker, c, items[first]);
}

/// Seeks to a message of the batch.
fn seek_to(cx: &mut Ctx, broker: &mut Broker, c: usize, held: Held) {
    as_in_hand(cx, c, held, |cx| {
        let at = Participant::CONSUMERS[c];
        let what = EventKind::Asked { op: Op::Seek, from: at, to: at, msg: held.msg, yes: true };
        cx.consumers[c].mark = cx.out.record(cx.consumers[c].mark, what);
        broker.seek(cx, c);
    });
}

/// Does something with a message of the batch as if it were the one in hand.
fn as_in_hand<T>(cx: &mut Ctx, c: usize, held: Held, act: impl FnOnce(&mut Ctx) -> T) -> T {
    let own = cx.consumers[c].held();
    let put = |cx: &mut Ctx, Held { msg, copy, n, .. }: Held| {
        (cx.consumers[c].msg, cx.consumers[c].copy, cx.consumers[c].n) = (msg, copy, n);
    };
    put(cx, held);
    let done = act(cx);
    put(cx, own);
    done
}

/// Returns true if the consumer's next line commits a part of its batch before it seeks.
pub(super) fn commits_before_seek(setup: &CompiledScenario, consumer: &Consumer) -> bool {
    setup.batching.is_some()
        && setup.consumer.op(consumer.pc) == Some(Op::Seek)
        && first_to_return(setup, consumer.batch.at) > 0
}
