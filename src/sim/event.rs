//! A fact, recorded with its cause when it happens.

use super::ledger::Told;
use super::network::Kind;
use super::party::{Msg, Party};
use std::hash::{Hash, Hasher};

/// The number of an event in its trace, from 0.
pub type EventId = u16;

/// The event that made a thing what it is; carried by the world for the trace's sake.
///
/// All marks are equal and hash alike, so they never tell two states apart.
#[derive(Clone, Copy, Debug)]
pub struct Mark(EventId);

impl Mark {
    /// No event is known: the beginning, or a world that nobody traces.
    pub const NONE: Mark = Mark(EventId::MAX);

    /// Points at an event.
    pub fn at(id: EventId) -> Mark {
        Mark(id)
    }

    /// The event it points at.
    pub fn event(self) -> Option<EventId> {
        (self.0 != EventId::MAX).then_some(self.0)
    }
}

impl Default for Mark {
    fn default() -> Self {
        Mark::NONE
    }
}

impl PartialEq for Mark {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Mark {}

impl Hash for Mark {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// Takes events as they happen and says how to refer to each.
pub trait Recorder {
    /// Keeps the event; the answer is what later events name as their cause.
    fn record(&mut self, cause: Mark, what: What) -> Mark;
}

/// Records nothing: for pickers that only want the next state.
pub struct Silent;

impl Recorder for Silent {
    #[inline(always)]
    fn record(&mut self, _: Mark, _: What) -> Mark {
        Mark::NONE
    }
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event without which this one would not have happened.
    pub cause: Option<EventId>,
    pub what: What,
}

/// Where a broker keeps a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Gone when the process dies.
    Memory,
    /// Synced: survives a power loss.
    Disk,
}

/// A wait that ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// The producer waits for the acknowledgement of a message.
    Ack(Msg),
    /// The producer waits before the next attempt.
    Backoff(Msg),
    /// The broker waits for the consumer to acknowledge; the place of the entry in the queue.
    Redelivery(u8),
}

/// What happened. `n` counts attempts (sends) or deliveries, from 1; `copy` counts the copies of
/// a message that the broker has stored, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A packet leaves.
    Sent { kind: Kind, from: Party, to: Party, msg: Msg, n: u8 },
    /// A packet arrives; its sending is the cause.
    Arrived { kind: Kind, from: Party, to: Party, msg: Msg, n: u8 },
    /// A packet is lost on the way; its sending is the cause.
    Lost { kind: Kind, from: Party, to: Party, msg: Msg, n: u8 },
    /// A packet is held up until its receiver no longer waits for it.
    Delayed { kind: Kind, from: Party, to: Party, msg: Msg, n: u8 },
    /// A packet arrived that nobody waits for.
    Ignored { at: Party, kind: Kind, msg: Msg, n: u8 },
    /// The broker has a new copy, in memory.
    Appended { at: Party, msg: Msg, copy: u8 },
    /// The copy is synced to disk.
    Persisted { at: Party, msg: Msg, copy: u8 },
    /// The copy is on one more node.
    Replicated { from: Party, to: Party, msg: Msg, copy: u8 },
    /// A copy went with a crash.
    Vanished { at: Party, msg: Msg, copy: u8 },
    /// The consumer settled the copy; the broker forgets it.
    Removed { at: Party, msg: Msg, copy: u8 },
    /// The copy waits for delivery again; `n` is the delivery that failed, and `asked` says that
    /// the consumer asked for it.
    Requeued { at: Party, msg: Msg, copy: u8, n: u8, asked: bool },
    /// The copy is parked in the dead-letter queue.
    DeadLettered { at: Party, msg: Msg, copy: u8, n: u8 },
    /// The copy is thrown away after its last delivery.
    Dropped { at: Party, msg: Msg, copy: u8, n: u8 },
    /// The consumer asks the store to apply the message; `count` effects stand now.
    Applied { from: Party, to: Party, msg: Msg, count: u8 },
    /// The handler failed before it had any effect.
    HandlerFailed { at: Party, msg: Msg, n: u8 },
    /// The consumer has settled the message as far as it is concerned.
    Finished { at: Party, msg: Msg },
    /// The producer gave up waiting for attempt `n`.
    AckTimedOut { msg: Msg, n: u8 },
    /// The producer waited before attempt `n`.
    BackedOff { msg: Msg, n: u8 },
    /// The producer reports to its caller.
    Reported { msg: Msg, told: Told },
    /// A process dies; what it had in memory is gone.
    Crashed { at: Party },
    /// The machine loses power.
    PowerLost { at: Party },
    /// The machine is lost for good.
    Gone { at: Party },
    /// The process is back.
    Restarted { at: Party },
    /// A replica takes over.
    Elected { at: Party },
}
