//! What the reductions may assume about a Kafka partition.

use super::{Content, Entry, Partition};
use crate::sim::broker::{Independence, Machine};
use crate::sim::context::View;
use crate::sim::fault::{Class, Classes};
use crate::sim::network::Packet;
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;
use crate::sim::settings::kafka::Acks;

impl Partition {
    fn in_sync_without(&self, cx: &View, node: Option<usize>) -> usize {
        let nodes = (0..usize::from(cx.setup.replicas)).filter(|&n| Some(n) != node);
        nodes.filter(|&n| self.is_up(n) && self.in_sync & (1 << n) != 0).count()
    }

    /// Returns true if at least `min.insync.replicas` are in sync without this node, or `acks` does
    /// not ask for them.
    fn keeps_accepting(&self, cx: &View, without: Option<usize>) -> bool {
        let enough = usize::from(self.config.min_in_sync);
        self.config.acks != Acks::All || self.in_sync_without(cx, without) >= enough
    }
}

impl Partition {
    /// Returns true as long as no record has been deleted, and no partition was added. Afterwards a poll
    /// may depend on the end of the log, where a consumer continues whose next record is gone, or
    /// starts in a new partition; and from two partitions it may read in either order.
    fn is_one_whole_log(&self) -> bool {
        self.start == 0 && self.added.is_none()
    }
}

impl Independence for Partition {
    /// It accepts messages while it has a leader and enough in-sync replicas; with transactions,
    /// while all nodes are up.
    fn accepts_in_any_order(&self, cx: &View) -> bool {
        let mut nodes = 0..usize::from(cx.setup.replicas);
        self.leads()
            && self.is_one_whole_log()
            && self.keeps_accepting(cx, None)
            && (!self.config.transactional || nodes.all(|n| self.is_up(n)))
    }

    fn starts_at_the_end(&self, cx: &View) -> bool {
        if self.committed.is_some() || self.config.earliest || self.config.stores_offset {
            return false;
        }
        let mut consumers = cx.consumers[..cx.setup.consumers()].iter();
        // A consumer that stops at an error starts again.
        let program = &cx.setup.consumer;
        let stops = program.has(Op::Stop);
        // There is no committed offset to seek to.
        let seeks = program.has(Op::Seek) && self.seeks_to_committed(cx.setup);
        self.owner.is_none() || stops || seeks || consumers.any(|c| !c.runs())
    }

    fn repeats(&self) -> bool {
        false
    }

    fn has_sequence(&self, s: usize, epoch: u8, seq: u8) -> bool {
        let is_it = |e: &Entry| (usize::from(e.sender), e.epoch, e.seq) == (s, epoch, seq);
        !self.config.idempotent || self.entries().iter().any(is_it)
    }

    fn answer_due(&self, s: usize, msg: MessageId) -> bool {
        self.owes_answer(s, msg)
    }

    /// A coordinator may end the transaction of a process before the process restarts.
    fn leaves_senders_alone(&self) -> bool {
        !self.config.transactional
    }

    fn independent_follower(&self, cx: &View) -> Option<usize> {
        let mut nodes = 0..usize::from(cx.setup.replicas);
        let down = nodes.find(|&n| !self.is_up(n) && !self.is_gone(n))?;
        (!self.config.transactional).then_some(down)
    }

    fn serves_in_any_order(&self) -> bool {
        self.owner.is_some() && self.is_one_whole_log()
    }

    /// Nothing is sent before a consumer polls, and it polls again only after it has the response.
    fn delivers_one_by_one(&self) -> bool {
        self.is_one_whole_log()
    }

    /// A committed offset, and `auto.offset.reset=earliest`, stand still; the end of the log and an
    /// offset in the consumer's own database may not.
    fn resumes_anywhere(&self, _cx: &View) -> bool {
        self.is_one_whole_log()
            && !self.config.stores_offset
            && (self.committed.is_some() || self.config.earliest)
    }

    fn has_given_up(&self) -> bool {
        self.owner.is_none()
    }

    fn waits_only_for(&self, _cx: &View, _c: usize) -> bool {
        self.owner.is_some()
    }

    /// A commit before or after the crash of a leader that no replica can replace decides whether a
    /// message was held up until the leader returned: the two are dependent.
    fn settles_independently(&self, cx: &View, _c: usize, _op: Op, classes: Classes) -> bool {
        self.survives_election(cx) && !classes.has(Class::Crash)
    }

    fn polls_independently(&self, cx: &View, c: usize) -> bool {
        self.is_one_whole_log() && self.polls(cx, c, false) && !self.auto_commits(cx, c)
    }

    fn reads_on(&self, cx: &View, c: usize, classes: Classes) -> bool {
        self.is_one_whole_log()
            && self.polls(cx, c, false)
            && !(classes.has(Class::Crash) && self.auto_commits(cx, c))
    }

    /// A leader that is moved, or stops for an upgrade, hands over to the first in the list of replicas
    /// that may take over.
    fn has_alike_nodes(&self, classes: Classes) -> bool {
        !classes.has(Class::Leader) && !classes.has(Class::Upgrade)
    }

    /// No election truncates the log below the high watermark, unless it is unclean.
    fn survives_election(&self, cx: &View) -> bool {
        cx.setup.replicas == 1 || !self.config.unclean
    }

    /// The position does not move, and the next poll returns the same records; if they are deleted
    /// meanwhile, it is as if the first poll had come after that.
    fn is_polled_again(&self, packet: &Packet) -> bool {
        let same = |e: &Entry| (e.msg, e.copy) == (packet.msg, packet.copy);
        self.entries().iter().any(|e| e.content == Content::Data && same(e))
    }

    fn polls_again(&self) -> bool {
        self.owner.is_some()
    }

    fn tolerates_slow_handlers(&self) -> bool {
        !self.config.times_out
    }

    fn holds_nothing_for(&self, cx: &View, c: usize) -> bool {
        let owner = self.owner == Some(c as u8);
        let back = match self.config.stores_offset {
            true => Some(cx.stores.offset),
            false => self.committed,
        };
        let moves = cx.setup.consumers() > 1 || back != Some(cx.consumers[c].position);
        self.added.is_none() && !(owner && moves)
    }

    fn does_without(&self, cx: &View, node: usize) -> bool {
        self.leader() != Participant::NODES[node]
            && self.leads()
            && !self.config.transactional
            && self.keeps_accepting(cx, Some(node))
    }
}
