//! What the reductions may assume about a queue.
//!
//! With a length limit, the fate of a message depends on how many others wait and on which consumers
//! run, so that almost nothing is independent ([`Queue::is_limited`]).

use super::{Entry, Phase, Queue};
use crate::sim::broker::{Independence, Machine};
use crate::sim::context::View;
use crate::sim::fault::Classes;
use crate::sim::network::Packet;
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;

impl Queue {
    fn all_up(&self, cx: &View) -> bool {
        (0..usize::from(cx.setup.replicas)).all(|n| self.is_up(n))
    }

    /// Returns true if the leader is up, holds every copy, and gets each confirmed without the nodes
    /// that are down and this one. As long as it stays up, nothing else depends on the others.
    fn is_served(&self, cx: &View, without: Option<usize>) -> bool {
        let program = &cx.setup.broker;
        let needed = |pc: u8| {
            let last = program.place(Op::Acknowledge).unwrap_or(0);
            let lines = program.ops.iter().take(last.into()).skip(pc.into());
            lines.filter(|(op, _)| *op == Op::Replicate).count()
        };
        let others = self.up & !self.leader_bit() & without.map_or(!0, |node| !(1 << node));
        let replicates = program.has(Op::Replicate);
        let suffice =
            |pc: u8, held: u8| !replicates || (others & !held).count_ones() as usize >= needed(pc);
        let holds = |e: &Entry| e.holders() & self.leader_bit() != 0;
        self.leads()
            && cx.net.cut == 0
            && suffice(0, 0)
            && self.entries().iter().all(|e| holds(e) && suffice(e.pc, e.holders()))
    }
}

impl Independence for Queue {
    /// A message that goes to the back of the queue when it is returned comes before or behind one
    /// that arrives then: the two are dependent.
    fn accepts_in_any_order(&self, cx: &View) -> bool {
        !self.config.requeues_to_back && !self.is_limited() && self.is_served(cx, None)
    }

    fn starts_at_the_end(&self, _cx: &View) -> bool {
        false
    }

    fn repeats(&self) -> bool {
        false
    }

    fn has_sequence(&self, _s: usize, _epoch: u8, _seq: u8) -> bool {
        true
    }

    fn answer_due(&self, s: usize, msg: MessageId) -> bool {
        self.ack_pending(s, msg)
    }

    fn leaves_senders_alone(&self) -> bool {
        true
    }

    fn syncs_for_nothing(&self, cx: &View) -> bool {
        let broker = &cx.setup.broker;
        let Some(entry) = self.entries().iter().find(|e| !broker.ended(e.pc)) else { return false };
        let acknowledged = broker.place(Op::Acknowledge).is_some_and(|ack| entry.pc > ack);
        let idle = broker.op(entry.pc) == Some(Op::Persist) && entry.page & 1 != 0;
        cx.setup.replicas == 1 && self.leads() && idle && acknowledged
    }

    /// Only an election would read what the follower has, and no fault is left.
    fn independent_follower(&self, cx: &View) -> Option<usize> {
        (0..usize::from(cx.setup.replicas)).find(|&n| !self.is_up(n) && !self.is_gone(n))
    }

    fn serves_in_any_order(&self) -> bool {
        !self.is_limited()
    }

    fn settles_for_group(&self) -> bool {
        false
    }

    fn delivers_one_by_one(&self) -> bool {
        self.config.redelivery && self.config.prefetch == 1
    }

    /// If it makes an acknowledgment to the producer due, it changes the order of acknowledgments.
    fn settles_in_any_order(&self, cx: &View) -> bool {
        let nothing_due = self.entries().iter().all(|e| !e.ack_pending);
        self.all_up(cx) && nothing_due && !self.is_limited()
    }

    fn settles_nothing(&self, cx: &View, packet: &Packet) -> bool {
        let mut entries = self.entries().iter().filter(|e| e.phase != Phase::Settled);
        let entry = entries.find(|e| (e.msg, e.copy) == (packet.msg, packet.copy));
        let over = entry.is_none_or(|e| e.phase == Phase::Ready || e.deliveries != packet.n);
        over && packet.copy <= cx.ledger.of(packet.msg).stored
    }

    fn resumes_anywhere(&self, _cx: &View) -> bool {
        !self.is_limited()
    }

    fn has_given_up(&self) -> bool {
        let held = |e: &Entry| !matches!(e.phase, Phase::Ready | Phase::Settled);
        !self.entries().iter().any(held) && !self.is_limited()
    }

    fn waits_only_for(&self, cx: &View, c: usize) -> bool {
        let consumer = &cx.consumers[c];
        let held = |e: &Entry| {
            e.phase == Phase::Unacked(c as u8)
                && (e.msg, e.copy, e.deliveries) == (consumer.msg, consumer.copy, consumer.n)
        };
        let waits = self.delivers_one_by_one() && self.entries().iter().any(held);
        waits && self.leads() && !self.is_limited()
    }

    /// The acknowledgment may reach a broker that no longer knows the delivery; then its copy number
    /// must not denote another copy.
    fn settles_independently(&self, cx: &View, c: usize, op: Op, _classes: Classes) -> bool {
        let consumer = &cx.consumers[c];
        op != Op::Ack || (self.leads() && consumer.copy <= cx.ledger.of(consumer.msg).stored)
    }

    /// A copy goes to the node that is furthest, and each node that may be elected is a choice.
    fn has_alike_nodes(&self, _classes: Classes) -> bool {
        true
    }

    fn loss_is_like_a_crash(&self) -> bool {
        self.delivers_one_by_one() && !self.is_limited() && !self.config.single_active
    }

    fn tolerates_slow_handlers(&self) -> bool {
        !self.config.times_out && !self.is_limited()
    }

    fn holds_nothing_for(&self, cx: &View, c: usize) -> bool {
        // The other one would take its place.
        if self.has_single_active(cx) && usize::from(self.active) == c {
            return false;
        }
        let held = self.entries().iter().any(|e| e.holder() == Some(c));
        !held && !self.is_limited()
    }

    fn does_without(&self, cx: &View, node: usize) -> bool {
        self.leader() != Participant::NODES[node] && self.is_served(cx, Some(node))
    }
}
