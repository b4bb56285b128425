//! The state of a consumer process.

use crate::sim::event::CauseRef;
use crate::sim::participant::MessageId;
use crate::sim::stores::Tx;
use tinyvec::ArrayVec;

/// The state of a consumer process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Consumer {
    pub up: bool,
    pub pause: Pause,
    /// The program counter.
    pub pc: u8,
    /// The index of the previously run instruction plus one; 0 for none.
    pub last: u8,
    /// The current message, or the last one; meaningful while `n` is not 0.
    pub msg: MessageId,
    pub copy: u8,
    /// The number of the delivery of the copy, from 1; 0 before the first delivery.
    pub n: u8,
    /// The IDs that the process remembers in memory, one bit each.
    pub seen: u8,
    /// The number of times that each message is pending for the worker thread: two bits for each.
    pub pending: u8,
    /// Kafka: the offset that the consumer reads next.
    pub position: u8,
    /// The same in the partition that an operator has added.
    pub position_added: u8,
    pub attempts: Attempts,
    /// The process holds the claim of the message in hand.
    pub claims: bool,
    pub tx: Tx,
    pub batch: Batch,
    pub mark: CauseRef,
}

/// The pause state of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pause {
    #[default]
    No,
    /// The process is paused: no instruction runs, no heartbeat is sent.
    Still,
    /// The handler runs for longer than the broker waits; heartbeats are still sent.
    Slow,
}

impl Default for Consumer {
    fn default() -> Self {
        Consumer {
            up: true,
            pause: Pause::No,
            pc: 0,
            last: 0,
            msg: 0,
            copy: 0,
            n: 0,
            seen: 0,
            pending: 0,
            position: 0,
            position_added: 0,
            attempts: Attempts::default(),
            claims: false,
            tx: Tx::default(),
            batch: Batch::default(),
            mark: CauseRef::NONE,
        }
    }
}

/// The failed attempts of a consumer at a message, which it remembers in memory: like
/// `FailedRecordTracker` of Spring Kafka, at one message only; or at the batch in hand, where that is
/// tried as a whole, with the message of it that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attempts {
    pub msg: MessageId,
    pub copy: u8,
    /// The number of failed attempts.
    pub failed: u8,
    /// Every further attempt fails, until the consumer gives up.
    pub lasting: bool,
    /// The message whose dead letter is about to be published is already acknowledged.
    pub settled: bool,
}

impl Attempts {
    /// Returns the attempts at a delivery: none if the last ones were at another message.
    pub(in crate::sim) fn at(self, msg: MessageId, copy: u8) -> Attempts {
        if (self.msg, self.copy) == (msg, copy) { self } else { Attempts::default() }
    }
}

/// A message of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Held {
    pub msg: MessageId,
    pub copy: u8,
    /// The number of the delivery.
    pub n: u8,
    /// Its handler has failed for good, or that of the whole batch.
    pub failed: bool,
}

/// The batch that a consumer has in hand; empty if it has none, or acknowledges each message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Batch {
    pub(in crate::sim) items: ArrayVec<[Held; Batch::MOST]>,
    /// The index of the message that the consumer is working on.
    pub(in crate::sim) at: u8,
}

impl Batch {
    /// The capacity, in messages.
    pub const MOST: usize = 8;

    /// Returns the messages, in the order in which they are handled.
    pub fn items(&self) -> &[Held] {
        &self.items
    }

    /// Returns the index of the message that the consumer is working on.
    pub fn at(&self) -> usize {
        self.at.into()
    }

    pub(in crate::sim) fn current(&mut self) -> &mut Held {
        &mut self.items[usize::from(self.at)]
    }

    pub(in crate::sim) fn is_at_the_end(&self) -> bool {
        self.at() + 1 >= self.items.len()
    }
}
