//! What operators do to a broker, as faults: offsets reset, a queue purged, a dead-letter queue
//! redriven, a partition added, a node restarted for an upgrade.
//!
//! The defaults describe a broker to which none of it can be done, but for a restart, which is like
//! a crash of the process.

use super::{Broker, Crash, Machine};
use crate::sim::configuration::Configuration;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, ResetTo};
use crate::sim::participant::MessageId;

/// The operations of a broker.
pub trait Operators: Machine {
    /// Returns true if the group's offsets can be reset now, with an effect. The tool requires that
    /// the group is inactive: its consumers are stopped between two messages.
    fn may_reset_offsets(&self, _cx: &View, _to: ResetTo) -> bool {
        false
    }

    /// Resets the group's offsets, and starts its consumers there.
    fn reset_offsets(&mut self, _cx: &mut Ctx, _to: ResetTo) {}

    /// Returns true if the broker has a queue that can be purged.
    fn has_queue(&self) -> bool {
        false
    }

    /// Returns true if the queue can be purged now, with an effect.
    fn may_purge(&self) -> bool {
        false
    }

    /// Purges the queue.
    fn purge(&mut self, _cx: &mut Ctx, _cause: CauseRef) {}

    /// Returns true if messages can be in a dead-letter queue.
    fn has_dead_letters(&self) -> bool {
        false
    }

    /// Returns true if the message is in the dead-letter queue, and can be moved back.
    fn may_redrive(&self, _cx: &View, _msg: MessageId) -> bool {
        false
    }

    /// Moves a dead letter back to the queue that it came from.
    fn redrive(&mut self, _cx: &mut Ctx, _msg: MessageId) {}

    /// Returns the reason why no partition can be added in this configuration, if there is one.
    fn keeps_one_partition(&self, _config: &Configuration) -> Option<&'static str> {
        Some("only a Kafka topic has partitions to add to")
    }

    /// Returns true if a partition can be added now.
    fn may_add_partition(&self) -> bool {
        false
    }

    /// Adds a partition.
    fn add_partition(&mut self, _cause: CauseRef) {}

    /// Returns true if a partition was added.
    fn has_added_partition(&self) -> bool {
        false
    }

    /// Stops a node in an orderly way.
    fn shut_down(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        self.crash(cx, node, Crash::Process, cause);
    }
}

impl Broker {
    pub(crate) fn may_reset_offsets(&self, cx: &View, to: ResetTo) -> bool {
        each!(self, machine => machine.may_reset_offsets(cx, to))
    }

    pub(in crate::sim) fn reset_offsets(&mut self, cx: &mut Ctx, to: ResetTo) {
        each!(self, machine => machine.reset_offsets(cx, to));
    }

    pub(crate) fn has_queue(&self) -> bool {
        each!(self, machine => machine.has_queue())
    }

    pub(crate) fn may_purge(&self) -> bool {
        each!(self, machine => machine.may_purge())
    }

    pub(in crate::sim) fn purge(&mut self, cx: &mut Ctx, cause: CauseRef) {
        each!(self, machine => machine.purge(cx, cause));
    }

    pub(crate) fn has_dead_letters(&self) -> bool {
        each!(self, machine => machine.has_dead_letters())
    }

    pub(crate) fn may_redrive(&self, cx: &View, msg: MessageId) -> bool {
        each!(self, machine => machine.may_redrive(cx, msg))
    }

    pub(in crate::sim) fn redrive(&mut self, cx: &mut Ctx, msg: MessageId) {
        each!(self, machine => machine.redrive(cx, msg));
    }

    pub(crate) fn keeps_one_partition(&self, config: &Configuration) -> Option<&'static str> {
        each!(self, machine => machine.keeps_one_partition(config))
    }

    pub(crate) fn may_add_partition(&self) -> bool {
        each!(self, machine => machine.may_add_partition())
    }

    pub(in crate::sim) fn add_partition(&mut self, cause: CauseRef) {
        each!(self, machine => machine.add_partition(cause));
    }

    pub(crate) fn has_added_partition(&self) -> bool {
        each!(self, machine => machine.has_added_partition())
    }

    pub(in crate::sim) fn shut_down(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        each!(self, machine => machine.shut_down(cx, node, cause));
    }
}
