//! What the reductions may assume about a stream.
//!
//! Unlike a queue's, its consumer takes acknowledgments of any delivery at any time, so that an
//! acknowledgment depends on whatever else happens to the same message. What is not stated here
//! counts as a dependence.

use super::{Entry, Phase, Stream};
use crate::sim::broker::{Independence, Machine};
use crate::sim::context::View;
use crate::sim::fault::{Class, Classes};
use crate::sim::network::Packet;
use crate::sim::participant::MessageId;
use crate::sim::program::Op;

impl Stream {
    /// Returns true if all servers are up and follow one leader.
    fn is_whole(&self, cx: &View) -> bool {
        let up = (0..usize::from(cx.setup.replicas)).all(|n| self.is_up(n));
        up && self.is_stable(cx.setup, cx.net)
    }

    /// Returns true if the leader holds every copy, and has a majority without the servers that are
    /// down and this one. As long as it stays up, nothing else depends on the others.
    fn is_served(&self, cx: &View, without: Option<usize>) -> bool {
        let others = without.map_or(!0, |node| !(1u8 << node));
        let has_majority = Stream::is_majority(cx.setup, self.peers(cx.net, self.leader) & others);
        let held = |e: &Entry| e.holders() & self.leader_bit() != 0;
        has_majority
            && cx.net.cut == 0
            && self.is_stable(cx.setup, cx.net)
            && self.entries().iter().all(held)
    }

    /// Returns true if what is published and what is consumed affect each other only through the
    /// messages themselves: nothing is deleted or refused for lack of space or of interest.
    fn is_plain(&self) -> bool {
        self.config.stream && self.config.max_msgs.is_none() && !self.config.ephemeral
    }
}

impl Independence for Stream {
    fn accepts_in_any_order(&self, cx: &View) -> bool {
        // A second attempt is answered according to what has become of the first.
        let decided = |e: &Entry| e.pc >= self.config.committed_at;
        let settled = !self.config.ids || self.entries().iter().all(decided);
        self.is_plain() && self.is_served(cx, None) && settled
    }

    fn starts_at_the_end(&self, _cx: &View) -> bool {
        self.config.ephemeral
    }

    fn repeats(&self) -> bool {
        false
    }

    fn has_sequence(&self, _s: usize, _epoch: u8, _seq: u8) -> bool {
        true
    }

    fn answer_due(&self, s: usize, msg: MessageId) -> bool {
        let waits = |e: &Entry| e.msg == msg && e.ack_pending && usize::from(e.sender) == s;
        self.entries().iter().any(waits)
    }

    fn leaves_senders_alone(&self) -> bool {
        true
    }

    fn syncs_for_nothing(&self, cx: &View) -> bool {
        let broker = &cx.setup.broker;
        let Some(index) = self.busy(cx.setup) else { return false };
        let entry = &self.entries()[index];
        let acknowledged = broker.place(Op::Acknowledge).is_some_and(|ack| entry.pc > ack);
        let idle = broker.op(entry.pc) == Some(Op::Persist) && entry.page & 1 != 0;
        cx.setup.replicas == 1 && self.leads() && idle && acknowledged
    }

    /// Only an election would read what the server has, and no fault is left.
    fn independent_follower(&self, cx: &View) -> Option<usize> {
        (0..usize::from(cx.setup.replicas)).find(|&n| self.returns(n))
    }

    /// An acknowledgment by a call changes the stream at once, and one that is sent to a server may
    /// find that another one leads by then.
    fn serves_in_any_order(&self) -> bool {
        let up = self.up.count_ones() as u8 > self.config.servers / 2;
        let led = up && !self.unsure && !self.deposed;
        self.is_plain() && !self.config.ack_sync && led
    }

    /// Nothing takes a message away while the servers elect. Whether that took long enough to hold a
    /// message up depends on what the application does meanwhile, where no majority was up.
    fn leaves_lines_alone(&self, cx: &View) -> bool {
        self.is_plain() && cx.setup.replicas > 1 && !self.unsure
    }

    fn settles_for_group(&self) -> bool {
        self.config.ack_sync
    }

    fn delivers_one_by_one(&self) -> bool {
        self.config.stream && self.config.fetches == 1
    }

    /// A message that waits for its redelivery, or that another application has, may be settled or
    /// delivered by whatever comes first; and a timer that runs out while `max_ack_pending` is reached
    /// holds the others up, unless an acknowledgment came first.
    fn settles_in_any_order(&self, cx: &View) -> bool {
        let calm = |e: &Entry| !e.ack_pending && e.turn == 0;
        let answers = cx.net.packets().iter().filter(|p| p.from.consumer().is_some());
        let current =
            |p: &Packet| self.unsettled(p).is_some() || self.position(p.msg, p.copy).is_none();
        cx.setup.consumers() == 1
            && !self.config.cumulative
            && answers.into_iter().all(current)
            && self.is_plain()
            && self.is_whole(cx)
            && usize::from(self.config.max_ack_pending) > self.entries().len()
            && self.entries().iter().all(calm)
    }

    fn settles_nothing(&self, cx: &View, packet: &Packet) -> bool {
        self.position(packet.msg, packet.copy).is_none()
            && packet.copy <= cx.ledger.of(packet.msg).stored
    }

    fn resumes_anywhere(&self, _cx: &View) -> bool {
        self.config.stream && !self.config.ephemeral
    }

    /// Only copies that are held can be given up or delivered again by a timer. A late acknowledgment
    /// still counts, as a packet of its own.
    fn has_given_up(&self) -> bool {
        let held = |e: &Entry| matches!(e.phase, Phase::Held(_));
        self.config.stream && !self.config.ephemeral && !self.entries().iter().any(held)
    }

    /// The server notices neither: the message waits for `ack_wait`, and the client asks for the next
    /// one. An ephemeral consumer could be deleted during the crash.
    fn loss_is_like_a_crash(&self) -> bool {
        self.delivers_one_by_one() && !self.config.ephemeral
    }

    /// No timer of the consumer runs out. With InProgress only the message in hand is kept alive, so
    /// nothing else may be fetched; and without acknowledgments nothing but the requests of its
    /// clients keeps an ephemeral consumer.
    fn tolerates_slow_handlers(&self) -> bool {
        let config = &self.config;
        let in_time = !config.times_out && (!config.in_progress || config.fetches == 1);
        in_time && !(config.ephemeral && config.auto_ack)
    }

    /// Of servers with equal logs, a step-down picks by their place in a list.
    fn has_alike_nodes(&self, classes: Classes) -> bool {
        !classes.has(Class::Leader)
    }

    /// A message is bound to an application only while it is held.
    fn holds_nothing_for(&self, _cx: &View, c: usize) -> bool {
        let plain = self.config.stream && !self.config.ephemeral;
        plain && !self.entries().iter().any(|e| e.phase == Phase::Held(c as u8))
    }

    fn does_without(&self, cx: &View, node: usize) -> bool {
        usize::from(self.leader) != node && self.is_served(cx, Some(node))
    }
}
