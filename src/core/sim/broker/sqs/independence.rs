//! What the reductions may assume about an SQS queue.

use super::{Hold, Queue};
use crate::sim::broker::Independence;
use crate::sim::context::View;
use crate::sim::fault::Classes;
use crate::sim::participant::MessageId;
use crate::sim::program::Op;

impl Independence for Queue {
    /// An SQS queue is always available.
    fn accepts_in_any_order(&self, _cx: &View) -> bool {
        true
    }

    fn starts_at_the_end(&self, _cx: &View) -> bool {
        false
    }

    fn repeats(&self) -> bool {
        !self.config.fifo
    }

    fn has_sequence(&self, _s: usize, _epoch: u8, _seq: u8) -> bool {
        true
    }

    /// It answers at once.
    fn answer_due(&self, _s: usize, _msg: MessageId) -> bool {
        false
    }

    fn leaves_senders_alone(&self) -> bool {
        true
    }

    fn serves_in_any_order(&self) -> bool {
        true
    }

    fn settles_for_group(&self) -> bool {
        false
    }

    /// Nothing is sent before a consumer asks, and it asks again only after it has the response.
    fn delivers_one_by_one(&self) -> bool {
        true
    }

    fn resumes_anywhere(&self, _cx: &View) -> bool {
        true
    }

    fn has_given_up(&self) -> bool {
        self.items().iter().all(|i| i.hold == Hold::Visible)
    }

    /// It sends nothing before it is asked.
    fn waits_only_for(&self, _cx: &View, _c: usize) -> bool {
        true
    }

    /// The acknowledgment may reach a queue that no longer knows the delivery; then its copy number
    /// must not denote another copy.
    fn settles_independently(&self, cx: &View, c: usize, op: Op, _classes: Classes) -> bool {
        let consumer = &cx.consumers[c];
        op != Op::Ack || consumer.copy <= cx.ledger.of(consumer.msg).stored
    }

    fn loss_is_like_a_crash(&self) -> bool {
        true
    }

    /// A message group is blocked by a slow consumer, and by one that is not slow.
    fn tolerates_slow_handlers(&self) -> bool {
        !self.config.times_out && !self.config.fifo
    }

    fn holds_nothing_for(&self, _cx: &View, c: usize) -> bool {
        !self.items().iter().any(|i| i.hold == Hold::InFlight(c as u8))
    }
}
