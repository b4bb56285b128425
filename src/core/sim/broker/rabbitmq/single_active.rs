//! `x-single-active-consumer`: of several consumers one is served, and the next takes its place once
//! the queue has closed its channel or its messages have timed out, and all that it held is back in
//! the queue.
//!
//! A classic queue replaces the consumer of a closed channel before it requeues
//! (`rabbit_amqqueue_process:handle_ch_down/2`); a quorum queue moves a consumer whose messages have
//! timed out to those that wait, once it holds none (`rabbit_fifo`, `evaluate_consumer_timeout`).
//! Whoever subscribes again waits behind the others.

use super::Queue;
use crate::sim::context::View;

impl Queue {
    /// Returns true if this consumer is the active one, or takes the place of one that is gone.
    pub(super) fn may_serve(&self, cx: &View, c: usize) -> bool {
        if !self.has_single_active(cx) {
            return true;
        }
        let other = 1 - c;
        let held = self.entries.iter().any(|e| e.holder() == Some(other));
        !held && (usize::from(self.active) == c || !self.stays(cx, other))
    }

    /// Lets the other consumer take the place of this one, whose channel was closed or whose
    /// messages have timed out.
    pub(super) fn deactivate(&mut self, cx: &View, c: usize) {
        if self.has_single_active(cx) && usize::from(self.active) == c && self.stays(cx, 1 - c) {
            self.active = 1 - self.active;
        }
    }

    /// Returns true if the queue has a single active consumer, and another that waits.
    pub(super) fn has_single_active(&self, cx: &View) -> bool {
        self.config.single_active && cx.setup.consumers() > 1
    }

    /// Returns true if the queue has no reason to give up on the consumer.
    fn stays(&self, cx: &View, c: usize) -> bool {
        cx.consumers[c].up && self.hears(cx, c)
    }
}
