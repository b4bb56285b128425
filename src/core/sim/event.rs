//! A fact, recorded with its cause when it happens.

use super::ledger::ProducerReport;
use super::network::PacketKind;
use super::participant::{MessageId, Participant};
use super::program::Op;
use std::hash::{Hash, Hasher};

/// The number of an event in its trace, from 0.
pub type EventId = u16;

/// The event that made a thing what it is; carried by the world for the trace's sake.
///
/// All marks are equal and hash alike, so they never tell two states apart.
#[derive(Clone, Copy, Debug)]
pub struct CauseRef(
    /// One more than the event's number, or 0: a world begins as zeros, which are quick to write.
    EventId,
);

impl CauseRef {
    /// No event is known: the beginning, or a world that nobody traces.
    pub const NONE: CauseRef = CauseRef(0);

    /// Points at an event.
    pub fn at(id: EventId) -> CauseRef {
        CauseRef(id + 1)
    }

    /// The event it points at.
    pub fn event(self) -> Option<EventId> {
        self.0.checked_sub(1)
    }
}

impl Default for CauseRef {
    fn default() -> Self {
        CauseRef::NONE
    }
}

impl PartialEq for CauseRef {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for CauseRef {}

impl Hash for CauseRef {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// Takes events as they happen and says how to refer to each; or takes none, for pickers that only
/// want the next state.
///
/// One type for both: a second copy of the world's code would make the page half as large again.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Option<Vec<Event>>);

impl Recorder {
    /// Keeps what it is told.
    pub fn keeping() -> Recorder {
        Recorder(Some(Vec::new()))
    }

    /// Keeps nothing.
    pub const fn silent() -> Recorder {
        Recorder(None)
    }

    /// Keeps the event; the answer is what later events name as their cause.
    #[inline(always)]
    pub(super) fn record(&mut self, cause: CauseRef, what: EventKind) -> CauseRef {
        match &mut self.0 {
            None => CauseRef::NONE,
            Some(events) => {
                let id = events.len() as EventId;
                events.push(Event { cause: cause.event(), what });
                CauseRef::at(id)
            }
        }
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, Vec::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The events, in their order.
    pub fn into_events(self) -> Vec<Event> {
        self.0.unwrap_or_default()
    }
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event without which this one would not have happened.
    pub cause: Option<EventId>,
    pub what: EventKind,
}

/// A wait that ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// A sender waits for the acknowledgement of a message; its number, the message.
    Ack(u8, MessageId),
    /// A sender waits before the next attempt.
    Backoff(u8, MessageId),
    /// The broker waits for the consumer to settle: the place of the entry in the queue.
    Redelivery(u8),
    /// The group waits for a sign of life from the member of this number.
    Session(u8),
    /// The leader waits for the fetches of the follower of this number.
    Lag(u8),
    /// The coordinator waits for the end of this sender's transaction.
    Transaction(u8),
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RejectReason {
    /// The broker has trouble of its own for a moment.
    Busy,
    /// Fewer replicas are in sync than `min.insync.replicas`.
    NotEnoughReplicas,
    /// So it has come about after the record was appended: the record stays.
    NotEnoughReplicasAfterAppend,
    /// An earlier sequence number is missing.
    OutOfOrderSequence,
    /// A newer process has taken over.
    Fenced,
    /// The receipt handle is of an earlier receive, or its visibility timeout has passed.
    StaleHandle,
}

/// Something that is remembered for a while only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Window {
    /// The broker's memory of deduplication ids.
    Dedup,
    /// The time to live of a mark in Redis.
    Ttl,
    /// How long ids stay in the inbox.
    Inbox,
    /// How long the broker keeps a message.
    Retention,
}

/// What happened. `n` counts attempts (sends) or deliveries, from 1; `copy` counts the copies of
/// a message that the broker has stored, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A packet leaves.
    Sent {
        kind: PacketKind,
        from: Participant,
        to: Participant,
        msg: MessageId,
        n: u8,
    },
    /// A packet arrives; its sending is the cause.
    Arrived {
        kind: PacketKind,
        from: Participant,
        to: Participant,
        msg: MessageId,
        n: u8,
    },
    /// A packet is lost on the way; its sending is the cause.
    Lost {
        kind: PacketKind,
        from: Participant,
        to: Participant,
        msg: MessageId,
        n: u8,
    },
    /// A packet is held up until its receiver no longer waits for it.
    Delayed {
        kind: PacketKind,
        from: Participant,
        to: Participant,
        msg: MessageId,
        n: u8,
    },
    /// A packet arrived that nobody waits for.
    Ignored {
        at: Participant,
        kind: PacketKind,
        msg: MessageId,
        n: u8,
    },
    /// The broker has a new copy, in memory.
    Appended {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// The copy is written to the operating system, which has not yet synced it.
    Written {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// The copy is synced to disk.
    Persisted {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// The copy is on one more node.
    Replicated {
        from: Participant,
        to: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// A copy went with a crash.
    Vanished {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// The consumer settled the copy; the broker forgets it.
    Removed {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// The copy waits for delivery again; `n` is the delivery that failed, and `asked` says that
    /// the consumer asked for it.
    Requeued {
        at: Participant,
        msg: MessageId,
        copy: u8,
        n: u8,
        asked: bool,
    },
    /// The copy is parked in the dead-letter queue.
    DeadLettered {
        at: Participant,
        msg: MessageId,
        copy: u8,
        n: u8,
    },
    /// The copy is thrown away after its last delivery.
    Dropped {
        at: Participant,
        msg: MessageId,
        copy: u8,
        n: u8,
    },
    /// The broker knows this message already, and answers without storing it again.
    Deduplicated {
        at: Participant,
        msg: MessageId,
        n: u8,
    },
    /// No queue takes the message.
    Unroutable {
        at: Participant,
        msg: MessageId,
    },
    /// A replica that missed the delete hands the message out again.
    Reappeared {
        at: Participant,
        msg: MessageId,
    },
    /// A request is refused.
    Refused {
        at: Participant,
        msg: MessageId,
        why: RejectReason,
    },
    /// The message may be read: it lies below the high watermark.
    Committed {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// A follower has fallen out of sync, or is in sync again.
    InSync {
        at: Participant,
        yes: bool,
    },
    /// `transaction.timeout.ms` has passed for the transaction of this message.
    TransactionTimedOut {
        at: Participant,
        msg: MessageId,
    },
    /// A marker in the log ends a transaction.
    Marker {
        at: Participant,
        msg: MessageId,
        commit: bool,
    },
    /// The group's offset is set behind this message.
    OffsetCommitted {
        at: Participant,
        by: Participant,
        msg: MessageId,
    },
    /// The partition is given to this member.
    Assigned {
        at: Participant,
    },
    /// The group has lost patience with this member.
    Evicted {
        at: Participant,
    },
    /// A line that talks to a store; `yes` is the answer: new, won, done.
    Asked {
        op: Op,
        from: Participant,
        to: Participant,
        msg: MessageId,
        yes: bool,
    },
    /// A line that talks to a store failed; `done` says that it took effect all the same.
    AskFailed {
        op: Op,
        from: Participant,
        to: Participant,
        msg: MessageId,
        done: bool,
    },
    /// What a transaction had written is gone.
    RolledBack {
        from: Participant,
        to: Participant,
        msg: MessageId,
    },
    /// The message goes to the worker thread.
    HandedOff {
        at: Participant,
        msg: MessageId,
    },
    /// The application sends the message once more, as a new one.
    SentTwice {
        at: Participant,
        msg: MessageId,
    },
    /// A service outside every transaction is asked; `count` times now.
    Called {
        from: Participant,
        to: Participant,
        msg: MessageId,
        count: u8,
    },
    /// The consumer asks the store to apply the message; `count` effects stand now.
    Applied {
        from: Participant,
        to: Participant,
        msg: MessageId,
        count: u8,
    },
    /// The handler failed before it had any effect.
    HandlerFailed {
        at: Participant,
        msg: MessageId,
        n: u8,
    },
    /// The consumer has settled the message as far as it is concerned.
    Finished {
        at: Participant,
        msg: MessageId,
    },
    /// The sender gave up waiting for attempt `n`.
    AckTimedOut {
        at: Participant,
        msg: MessageId,
        n: u8,
    },
    /// The sender waited before attempt `n`.
    BackedOff {
        at: Participant,
        msg: MessageId,
        n: u8,
    },
    /// The producer reports to its caller.
    Reported {
        at: Participant,
        msg: MessageId,
        told: ProducerReport,
    },
    /// A process dies; what it had in memory is gone.
    Crashed {
        at: Participant,
    },
    /// The machine loses power.
    PowerLost {
        at: Participant,
    },
    /// The machine is lost for good.
    PermanentLoss {
        at: Participant,
    },
    /// The process is back.
    Restarted {
        at: Participant,
    },
    /// The sender learns who leads.
    LeaderFound {
        at: Participant,
        leader: Participant,
    },
    /// The leader is to be another, although this one is well.
    LeaderMoved {
        at: Participant,
    },
    /// A replica takes over.
    Elected {
        at: Participant,
    },
    /// The process stands still, or is at work for longer than anybody waits.
    Paused {
        at: Participant,
        /// It is at work.
        slow: bool,
    },
    /// It goes on.
    Resumed {
        at: Participant,
    },
    /// The connection between two parties is cut, or works again.
    Cut {
        from: Participant,
        to: Participant,
    },
    Healed {
        from: Participant,
        to: Participant,
    },
    /// The node is cut off from the rest of its cluster, though clients reach it; or has joined it
    /// again.
    Isolated {
        at: Participant,
    },
    Rejoined {
        at: Participant,
    },
    /// What was remembered of the message is forgotten.
    Expired {
        what: Window,
        msg: MessageId,
    },
}
