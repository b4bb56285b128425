//! A batch: messages that a consumer receives together and acknowledges at the end.

use super::Taken;
use ackward::sim::settings::{BatchAck, OnError};

/// The batch in hand; an empty one is none.
#[derive(Default)]
pub struct Batch {
    ack: BatchAck,
    /// After a failure nothing is returned at once, so the function can report it at the end.
    leaves: bool,
    items: Vec<(Taken, bool)>,
    at: usize,
}

impl Batch {
    pub fn new(ack: BatchAck, on_error: OnError, taken: Vec<Taken>) -> Batch {
        let items = taken.into_iter().map(|taken| (taken, false)).collect();
        Batch { ack, leaves: on_error == OnError::Leave, items, at: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns true if the message in hand ends the batch, whatever comes behind it.
    fn stops(&self) -> bool {
        let failed = self.items.get(self.at).is_some_and(|item| item.1);
        self.ack == BatchAck::UpToFirstFailure && failed
    }

    /// Returns true if the next message comes before anything is acknowledged.
    pub fn goes_on(&self) -> bool {
        self.at + 1 < self.items.len() && !self.stops()
    }

    /// Goes on to the next message, and returns it.
    pub fn next(&mut self) -> Option<Taken> {
        self.at += 1;
        self.items.get(self.at).map(|item| item.0)
    }

    /// Notes that the handler has failed for good. Returns true if the batch is acknowledged all the
    /// same, without the message.
    pub fn fail(&mut self) -> bool {
        let goes_on = match self.ack {
            BatchAck::GoodPart => true,
            BatchAck::UpToFirstFailure => self.leaves,
            BatchAck::Whole | BatchAck::Each => false,
        };
        let Some(item) = self.items.get_mut(self.at).filter(|_| goes_on) else { return false };
        item.1 = true;
        true
    }

    /// Returns the messages to acknowledge.
    pub fn good(self) -> impl Iterator<Item = Taken> {
        self.items.into_iter().take(self.at + 1).filter(|item| !item.1).map(|item| item.0)
    }
}
