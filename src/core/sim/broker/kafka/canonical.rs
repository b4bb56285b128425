//! The canonical representative of a partition's state: what nothing reads any more is cleared.

use super::Partition;
use crate::sim::context::Ctx;
use crate::sim::renumber::{Requests, is_for_consumers};

impl Partition {
    /// Clears what nothing reads: the counts of deliveries, and the position of a consumer without
    /// the partition, which starts from the committed offset when the partition is assigned to it.
    pub(super) fn forget(&mut self, cx: &mut Ctx, requests: &Requests) {
        for e in &mut self.entries {
            e.answered = false;
            e.deliveries = 0;
            if !e.ack_pending || !requests.are_current(e.sender, e.msg, e.epoch, e.attempt) {
                e.attempt = 0;
            }
            if !self.config.idempotent && !self.config.transactional {
                let current = e.ack_pending && requests.is_alive(e.sender, e.epoch);
                (e.seq, e.epoch) = (0, u8::from(current));
                e.sender = if e.ack_pending { e.sender } else { 0 };
            }
        }
        for packet in cx.net.packets_mut().iter_mut().filter(|p| is_for_consumers(p)) {
            packet.n = 1;
        }
        let members = cx.consumers[..cx.setup.consumers()].iter_mut().enumerate();
        for (c, consumer) in members {
            consumer.n = consumer.n.min(1);
            consumer.batch.items.iter_mut().for_each(|held| held.n = 1);
            if self.owner != Some(c as u8) {
                (consumer.position, consumer.position_added) = (0, 0);
            }
        }
    }
}
