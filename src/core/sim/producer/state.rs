//! The state of a sender process.

use crate::sim::event::CauseRef;

/// The state of a sender process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sender {
    pub up: bool,
    /// The process is permanently lost.
    pub gone: bool,
    /// The number of crashes: to the broker, a restarted process is a new producer.
    pub epoch: u8,
    /// The process is paused: no instruction runs, and what arrives waits to be read.
    pub paused: bool,
    /// Another instance of this producer was started while it was paused.
    pub replaced: bool,
    /// The messages whose answers are overdue since the process resumed, one bit each: it gives up
    /// on the attempt before it reads any of them.
    pub overslept: u8,
    /// The sender's metadata is stale: it still sends to the isolated leader, because it has not
    /// heard of the new one.
    pub stale: bool,
    /// The sequence numbers of each partition: of the first one, and of one that an operator has
    /// added.
    pub batches: [Batches; 2],
    /// Kafka: the sender's metadata has the partition that an operator has added, so that it sends new
    /// messages there.
    pub knows_added: bool,
    /// Outbox rows that a relay has in memory: it has marked them as sent and has yet to send them,
    /// or it has read them beside another relay and is not done with them.
    pub held: u8,
    /// Outbox rows that a relay has locked against the other one; with a lease, the row for which
    /// it has taken the lease.
    pub locked: u8,
    /// The task of sending each message.
    pub tasks: [Task; 4],
    /// The event that stopped the process or made it resume.
    pub mark: CauseRef,
}

/// What an idempotent client keeps for each partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Batches {
    /// A batch with an unknown outcome was given up while others are still in flight: the client
    /// sends nothing new until these are settled (`TransactionManager.hasUnresolvedSequence`).
    pub unresolved: bool,
    /// Like `unresolved`, but the client does not know that it should bump its epoch: the batch was
    /// given up without any retry, or after all of its `retries`. What follows it is rejected until
    /// nothing is in flight any more.
    pub hole: bool,
    /// The sequence number of the next new message.
    pub sequence: u8,
}

/// The progress of sending one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Task {
    /// The program counter.
    pub pc: u8,
    /// The index of the previously run instruction plus one; 0 for none.
    pub last: u8,
    /// The current attempt, from 1; 0 before the first.
    pub attempt: u8,
    /// The sequence number of the message.
    pub seq: u8,
    /// Kafka: it goes to the partition that an operator has added. Retries stay with the partition of
    /// the first attempt.
    pub added: bool,
    /// The application has already sent the message twice.
    pub again: bool,
    pub mark: CauseRef,
}

impl Default for Sender {
    fn default() -> Self {
        Sender {
            up: true,
            gone: false,
            epoch: 0,
            paused: false,
            replaced: false,
            overslept: 0,
            stale: false,
            batches: Default::default(),
            knows_added: false,
            held: 0,
            locked: 0,
            tasks: Default::default(),
            mark: CauseRef::NONE,
        }
    }
}
