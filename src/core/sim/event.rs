//! Events: what happened during a run, each recorded together with its cause.

use super::ledger::ProducerReport;
use super::network::PacketKind;
use super::participant::{MessageId, Participant};
use super::program::Op;
use std::hash::{Hash, Hasher};

/// The index of an event in its trace.
pub type EventId = u16;

/// A reference to the event that caused a value; carried by the world for the sake of the trace.
///
/// All cause references are equal and hash alike, so they never distinguish two states.
#[derive(Clone, Copy, Debug)]
pub struct CauseRef(
    /// The event's index plus one, or 0 for none: a new world is all zeros, which are fast to
    /// write.
    EventId,
);

impl CauseRef {
    /// No known cause: the value dates from the initial state, or the world is not traced.
    pub const NONE: CauseRef = CauseRef(0);

    /// Returns a reference to an event.
    pub fn at(id: EventId) -> CauseRef {
        CauseRef(id + 1)
    }

    /// Returns the referenced event, if any.
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

/// Records events as they happen and returns a reference to each; or records nothing, for searches
/// that only need the next state.
///
/// Both modes share one type: a second, monomorphized copy of the world's code would increase the
/// size of the page by half.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Option<Vec<Event>>);

impl Recorder {
    /// Returns a recorder that keeps the events.
    pub fn keeping() -> Recorder {
        Recorder(Some(Vec::new()))
    }

    /// Returns a recorder that discards the events.
    pub const fn silent() -> Recorder {
        Recorder(None)
    }

    /// Records an event, and returns the reference by which later events name it as their cause.
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

    /// Returns the number of recorded events.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, Vec::len)
    }

    /// Returns true if no event is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the events, in order.
    pub fn into_events(self) -> Vec<Event> {
        self.0.unwrap_or_default()
    }
}

/// An event and its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event without which this one would not have happened.
    pub cause: Option<EventId>,
    pub what: EventKind,
}

/// A timer that can fire on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// The acknowledgment timeout of a sender, by index, for this message.
    Ack(u8, MessageId),
    /// The backoff of a sender, by index, before the next attempt at this message.
    Backoff(u8, MessageId),
    /// The broker's wait for a consumer to settle a delivery; the index of the entry in the queue.
    Redelivery(u8),
    /// The session timeout of the group member with this index.
    Session(u8),
    /// The leader's lag timeout for the follower with this index.
    Lag(u8),
    /// The transaction timeout of the sender with this index, at the transaction coordinator.
    Transaction(u8),
    /// The lease of the claim of this message.
    Lease(MessageId),
    /// The lease of the relay with this index among the senders.
    RelayLease(u8),
}

/// The reason why a request is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RejectReason {
    /// A transient error of the broker.
    Busy,
    /// The queue is full (`x-overflow=reject-publish`).
    QueueFull,
    /// Fewer replicas are in sync than `min.insync.replicas`.
    NotEnoughReplicas,
    /// The number of in-sync replicas fell below `min.insync.replicas` after the record was
    /// appended; the record stays in the log.
    NotEnoughReplicasAfterAppend,
    /// An earlier sequence number is missing.
    OutOfOrderSequence,
    /// The producer is fenced: a newer incarnation has taken over.
    Fenced,
    /// The receipt handle belongs to an earlier receive, or its visibility timeout has expired.
    StaleHandle,
    /// As many messages are stored as may be, and none of them makes room.
    Full,
}

/// The position to which the offsets of a group are reset: the options of `kafka-consumer-groups
/// --reset-offsets`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResetTo {
    Earliest,
    Latest,
}

/// A time window after which something is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Window {
    /// The dedup window: the time for which the broker remembers deduplication IDs.
    Dedup,
    /// The time to live of a key in Redis.
    Ttl,
    /// The time for which IDs stay in the inbox table.
    Inbox,
    /// The retention period: the time for which the broker keeps a message.
    Retention,
}

/// The kind of an event. `n` counts attempts (sends) or deliveries, from 1; `copy` counts the
/// copies of a message that the broker has stored, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A packet is sent.
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
    /// A packet is lost in flight; its sending is the cause.
    Lost {
        kind: PacketKind,
        from: Participant,
        to: Participant,
        msg: MessageId,
        n: u8,
    },
    /// A packet is delayed until its receiver no longer waits for it.
    Delayed {
        kind: PacketKind,
        from: Participant,
        to: Participant,
        msg: MessageId,
        n: u8,
    },
    /// A packet arrives for which nobody waits; it is ignored.
    Ignored {
        at: Participant,
        kind: PacketKind,
        msg: MessageId,
        n: u8,
    },
    /// The broker appends a new copy, in memory.
    Appended {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// The copy is written to the operating system, which has not synced it yet.
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
    /// The copy is replicated to one more node.
    Replicated {
        from: Participant,
        to: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// A copy is lost in a crash or an election.
    Vanished {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// The consumer has settled the copy; the broker removes it.
    Removed {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// The copy is requeued; `n` is the delivery that failed, and `asked` is true if the consumer
    /// requested it.
    Requeued {
        at: Participant,
        msg: MessageId,
        copy: u8,
        n: u8,
        asked: bool,
    },
    /// The copy is moved to the dead-letter queue.
    DeadLettered {
        at: Participant,
        msg: MessageId,
        copy: u8,
        n: u8,
    },
    /// The copy is discarded after its last delivery.
    Dropped {
        at: Participant,
        msg: MessageId,
        copy: u8,
        n: u8,
    },
    /// The broker recognizes a duplicate, and answers without storing it again.
    Deduplicated {
        at: Participant,
        msg: MessageId,
        n: u8,
    },
    /// The message is unroutable: no queue is bound for it.
    Unroutable {
        at: Participant,
        msg: MessageId,
    },
    /// A message is delivered once more by a replica that missed its delete or its receive.
    Reappeared {
        at: Participant,
        msg: MessageId,
    },
    /// A request is rejected.
    Refused {
        at: Participant,
        msg: MessageId,
        why: RejectReason,
    },
    /// The message becomes readable: it lies below the high watermark.
    Committed {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// A follower joins the in-sync replicas or leaves them.
    InSync {
        at: Participant,
        yes: bool,
    },
    /// `transaction.timeout.ms` has passed for the transaction of this message.
    TransactionTimedOut {
        at: Participant,
        msg: MessageId,
    },
    /// A control record in the log ends a transaction.
    Marker {
        at: Participant,
        msg: MessageId,
        commit: bool,
    },
    /// The group's committed offset moves past this message.
    OffsetCommitted {
        at: Participant,
        by: Participant,
        msg: MessageId,
    },
    /// The partition is assigned to this member.
    Assigned {
        at: Participant,
    },
    /// The member's session has expired, and the group removes it.
    Evicted {
        at: Participant,
    },
    /// A call to a store; `yes` is the result: the ID is new, the claim is won, the write is done.
    Asked {
        op: Op,
        from: Participant,
        to: Participant,
        msg: MessageId,
        yes: bool,
    },
    /// A failed call to a store. If it took effect all the same, this is the answer that is lost.
    AskFailed {
        op: Op,
        from: Participant,
        to: Participant,
        msg: MessageId,
        answer: Option<bool>,
    },
    /// The message is claimed as in progress by somebody else: the call ends with an error.
    FoundInProgress {
        from: Participant,
        to: Participant,
        msg: MessageId,
    },
    /// The claim is deleted, since the handler has failed.
    Unclaimed {
        from: Participant,
        to: Participant,
        msg: MessageId,
    },
    /// The lease of a claim ends before the claim is completed.
    LeaseEnded {
        msg: MessageId,
    },
    /// The lease of a relay ends before it has released its lock.
    RelayLeaseEnded {
        at: Participant,
    },
    /// The relay will never read this row: it is past its ID.
    RowSkipped {
        at: Participant,
        msg: MessageId,
    },
    /// The writes of a transaction are rolled back.
    RolledBack {
        from: Participant,
        to: Participant,
        msg: MessageId,
    },
    /// The message is handed off to the worker thread.
    HandedOff {
        at: Participant,
        msg: MessageId,
    },
    /// The application sends the message once more, as a new message.
    SentTwice {
        at: Participant,
        msg: MessageId,
    },
    /// A service outside every transaction is called; `count` is the number of calls so far.
    Called {
        from: Participant,
        to: Participant,
        msg: MessageId,
        count: u8,
    },
    /// The effect of the message is applied to the store; `count` is the number of effects so far.
    Applied {
        from: Participant,
        to: Participant,
        msg: MessageId,
        count: u8,
    },
    /// The handler failed before it had any effect; with `lasting`, every further attempt will fail.
    HandlerFailed {
        at: Participant,
        msg: MessageId,
        n: u8,
        lasting: bool,
    },
    /// The consumer is done with the message: its program has ended.
    Finished {
        at: Participant,
        msg: MessageId,
    },
    /// The acknowledgment timeout of attempt `n` has expired.
    AckTimedOut {
        at: Participant,
        msg: MessageId,
        n: u8,
    },
    /// The backoff before attempt `n` has passed.
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
    /// A process crashes; its memory is lost.
    Crashed {
        at: Participant,
    },
    /// The consumer stops after a failure of its handler; its memory is lost.
    Stopped {
        at: Participant,
    },
    /// The machine loses power.
    PowerLost {
        at: Participant,
    },
    /// The machine is permanently lost.
    PermanentLoss {
        at: Participant,
    },
    /// A settled copy is in the queue again: the node had not written the settlement down.
    Unsettled {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// The process has restarted.
    Restarted {
        at: Participant,
    },
    /// The sender learns the current leader.
    LeaderFound {
        at: Participant,
        leader: Participant,
    },
    /// The leadership is moved to another replica, although the leader is healthy.
    LeaderMoved {
        at: Participant,
    },
    /// The next record of a consumer is deleted: it continues where `auto.offset.reset` says.
    OffsetOutOfRange {
        at: Participant,
        to: ResetTo,
    },
    /// An operator resets the offsets of the group.
    OffsetsReset {
        at: Participant,
        to: ResetTo,
    },
    /// An operator adds a partition to the topic.
    PartitionAdded {
        at: Participant,
    },
    /// A sender learns of a partition that was added.
    PartitionFound {
        at: Participant,
    },
    /// A consumer is assigned a partition that was added: it starts at the committed offset of the
    /// group, or where `auto.offset.reset` says.
    PartitionAssigned {
        at: Participant,
        to: Option<ResetTo>,
    },
    /// An operator purges the queue.
    Purged {
        at: Participant,
    },
    /// An operator moves a dead letter back to the queue that it came from.
    Redriven {
        at: Participant,
        msg: MessageId,
        copy: u8,
    },
    /// An operator stops the node for an upgrade.
    ShutDown {
        at: Participant,
    },
    /// A replica is elected leader.
    Elected {
        at: Participant,
    },
    /// The process pauses, or its handler runs for longer than any timeout.
    Paused {
        at: Participant,
        /// True if the handler is merely slow.
        slow: bool,
    },
    /// A paused producer is taken for dead, and another instance is started: `at`.
    Replaced {
        at: Participant,
    },
    /// The process resumes.
    Resumed {
        at: Participant,
    },
    /// The connection between two participants is cut; `Healed` restores it.
    Cut {
        from: Participant,
        to: Participant,
    },
    Healed {
        from: Participant,
        to: Participant,
    },
    /// The node is cut off from the rest of its cluster, though clients still reach it; `Rejoined`
    /// ends that.
    Isolated {
        at: Participant,
    },
    Rejoined {
        at: Participant,
    },
    /// A time window of the message expires.
    Expired {
        what: Window,
        msg: MessageId,
    },
}
