//! The worker thread that messages are handed off to.

use super::{Consumer, take_effect};
use crate::sim::broker::Broker;
use crate::sim::context::{Ctx, View};
use crate::sim::participant::MessageId;
use crate::sim::stores::Tx;

/// Returns the first message that is pending for the worker thread, if the thread can run.
pub(in crate::sim) fn worker_runs(cx: &View, c: usize) -> Option<MessageId> {
    let consumer = &cx.consumers[c];
    let op = cx.setup.worker?;
    let up = op.store().is_none_or(|store| cx.stores.is_up(store));
    let first = (0..4).find(|&m| consumer.pending_of(m) > 0)?;
    (consumer.runs() && up).then_some(first)
}

/// Runs the worker thread's instruction for a message.
pub(in crate::sim) fn run_worker(cx: &mut Ctx, broker: &mut Broker, c: usize, msg: MessageId) {
    let Some(op) = cx.setup.worker else { return };
    let own = cx.consumers[c];
    // The worker works on the message; the state of the poll loop is restored afterwards.
    cx.consumers[c] = Consumer { msg, tx: Tx::default(), ..own };
    take_effect(cx, broker, c, op);
    let mark = cx.consumers[c].mark;
    let pending = own.pending - (1 << (2 * msg));
    cx.consumers[c] = Consumer { pending, mark, ..own };
}
