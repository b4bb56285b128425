//! What operators do to a partition and its consumer group.

use super::{Added, Partition};
use crate::sim::broker::{Crash, Machine, Operators};
use crate::sim::configuration::Configuration;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, ResetTo};

impl Operators for Partition {
    fn may_reset_offsets(&self, cx: &View, to: ResetTo) -> bool {
        self.resets(cx, to)
    }

    fn reset_offsets(&mut self, cx: &mut Ctx, to: ResetTo) {
        self.reset(cx, to);
    }

    fn keeps_one_partition(&self, config: &Configuration) -> Option<&'static str> {
        super::added::why_not(config)
    }

    fn may_add_partition(&self) -> bool {
        self.config.extensible && self.config.grows && self.added.is_none() && self.leads()
    }

    fn add_partition(&mut self, cause: CauseRef) {
        self.added = Some(Added::default());
        self.mark = cause;
    }

    fn has_added_partition(&self) -> bool {
        self.added.is_some()
    }

    /// A controlled shutdown moves the leadership to another in-sync replica first.
    fn shut_down(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        if usize::from(self.leader) == node {
            self.change_leader(cx, cause);
        }
        self.crash_node(cx, node, Crash::Process, cause);
    }
}
