//! What operators do to a partition and its consumer group.

use super::Partition;
use crate::sim::broker::{Crash, Operators};
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, ResetTo};

impl Operators for Partition {
    fn may_reset_offsets(&self, cx: &View, to: ResetTo) -> bool {
        self.resets(cx, to)
    }

    fn reset_offsets(&mut self, cx: &mut Ctx, to: ResetTo) {
        self.reset(cx, to);
    }

    /// A controlled shutdown moves the leadership to another in-sync replica first.
    fn shut_down(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        if usize::from(self.leader) == node {
            self.change_leader(cx, cause);
        }
        self.crash_node(cx, node, Crash::Process, cause);
    }
}
