//! Retention: records that are deleted, whether anybody has read them or not.
//!
//! The log is deleted from its start, and no further than the high watermark
//! (`UnifiedLog.deleteOldSegments`). A consumer whose position lies before the log start offset gets
//! an `OffsetOutOfRangeException` inside the client, and continues where `auto.offset.reset` says
//! (`Fetcher`, `OffsetFetcher.resetPositionsIfNeeded`), without an error to its caller. The model
//! deletes one record at a time, where Kafka deletes a segment.

use super::{Content, Partition};
use crate::sim::broker::Machine;
use crate::sim::context::Ctx;
use crate::sim::event::{CauseRef, EventKind, ResetTo, Window};
use crate::sim::participant::{MessageId, Participant};

impl Partition {
    /// Returns the offset of the oldest record that is not deleted and may be.
    fn oldest(&self) -> Option<usize> {
        let kept = usize::from(self.start)..usize::from(self.high_watermark);
        kept.into_iter().find(|&offset| self.entries[offset].content == Content::Data)
    }

    /// Returns true if the oldest record is one of this message, so that it is the next to be
    /// deleted.
    pub(super) fn may_delete(&self, msg: MessageId) -> bool {
        let is_own = |offset: usize| self.entries[offset].msg == msg;
        self.config.expires && self.leads() && self.oldest().is_some_and(is_own)
    }

    /// Deletes the oldest record.
    pub(super) fn delete_oldest(&mut self, cx: &mut Ctx) {
        let Some(offset) = self.oldest() else { return };
        let super::Entry { msg, copy, deliveries: n, .. } = self.entries[offset];
        let what = EventKind::Expired { what: Window::Retention, msg };
        let mark = cx.out.record(CauseRef::NONE, what);
        cx.out.record(mark, EventKind::Dropped { at: self.leader(), msg, copy, n });
        self.start = offset as u8 + 1;
    }

    /// Returns true if the next record of a consumer in this partition is deleted.
    pub(super) fn is_out_of_range(&self, position: u8, added: bool) -> bool {
        (position..self.start).any(|offset| self.entries[usize::from(offset)].added == added)
    }

    /// Sets the position of a consumer whose next record in this partition is deleted.
    pub(super) fn reset_position(&self, cx: &mut Ctx, c: usize, added: bool) {
        let to = if self.config.earliest { ResetTo::Earliest } else { ResetTo::Latest };
        let what = EventKind::OffsetOutOfRange { at: Participant::CONSUMERS[c], to };
        let consumer = &mut cx.consumers[c];
        consumer.mark = cx.out.record(consumer.mark, what);
        *consumer.position_mut(added) = self.offset_without_commit();
    }

    /// Returns where a consumer begins that has no offset to begin from.
    pub(super) fn offset_without_commit(&self) -> u8 {
        if self.config.earliest { self.start } else { self.readable_end() }
    }
}
