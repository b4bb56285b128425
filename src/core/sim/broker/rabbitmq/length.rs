//! The length limit of a classic queue (`x-max-length`, `x-overflow`).
//!
//! Messages that wait count, those that a consumer holds do not. A publish is refused before it is
//! stored, or the oldest messages are dropped after it is; they are also dropped when a message is put
//! back (`rabbit_amqqueue_process`: `maybe_deliver_or_enqueue`, `requeue_and_run`).
//!
//! A broker delivers a message to a consumer that has room for it at once; here that is a step of its
//! own. So as many of the waiting messages as there is room for are as good as delivered.

use super::{Phase, Queue};
use crate::sim::context::{Ctx, View};
use crate::sim::event::CauseRef;

impl Queue {
    /// Returns the number of messages that all consumers together take at once.
    pub(super) fn rooms(&self, cx: &View) -> usize {
        if self.config.max_length.is_none() {
            return 0;
        }
        (0..cx.setup.consumers()).map(|c| self.room(cx, c)).sum()
    }

    fn waiting(&self) -> usize {
        self.entries.iter().filter(|e| e.phase == Phase::Ready).count()
    }

    /// Returns true if the queue is full and refuses messages, with so much room at its consumers.
    pub(super) fn refuses(&self, room: usize) -> bool {
        let full = |most: u8| self.waiting() >= usize::from(most) + room;
        self.config.refuses_if_full && self.config.max_length.is_some_and(full)
    }

    /// Drops or dead-letters the oldest messages of a queue that has become too long.
    pub(super) fn drop_heads(&mut self, cx: &mut Ctx, room: usize, cause: CauseRef) {
        let Some(most) = self.config.max_length.filter(|_| !self.config.refuses_if_full) else {
            return;
        };
        while self.waiting() > usize::from(most) + room {
            let oldest = self.entries.iter().position(|e| e.phase == Phase::Ready);
            self.discard(cx, oldest.unwrap_or_default(), cause);
        }
    }

    /// Returns true if what becomes of a message depends on how many others wait, and on which
    /// consumers take messages: then publishes, deliveries and the state of consumers are dependent.
    pub(super) fn is_limited(&self) -> bool {
        self.config.max_length.is_some()
    }
}
