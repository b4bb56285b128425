//! Transitions of a state: the choices of a run.

use super::event::Timer;
use super::fault::Fault;
use super::network::Link;
use super::participant::{MessageId, Participant};

/// A transition that is enabled in some state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// An actor runs its next instruction.
    Run(ActorStep),
    /// The in-flight packet at this index arrives.
    Deliver(u8),
    /// The in-flight packet at this index arrives, and although it is a delete with an old receipt
    /// handle, it takes effect.
    DeliverStale(u8),
    /// A timer fires.
    Fire(Timer),
    /// A crashed process restarts.
    Restart(Participant),
    /// A paused process resumes.
    Resume(Participant),
    /// A cut connection is restored.
    Heal(Link),
    /// A standard queue delivers a message once more on its own.
    Repeat(MessageId),
    /// A fault strikes; the second field is its index in the script.
    Strike(Fault, u8),
}

/// The actor that takes its next step, and the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActorStep {
    /// The sender with this index runs its next instruction for this message.
    Sender(u8, MessageId),
    /// The broker runs the next instruction of the first copy that has one.
    Broker,
    /// The broker sends the next message to the consumer with this index.
    Dispatch(u8),
    /// Kafka: the consumer with this index gets the next record of the partition that an operator has
    /// added.
    DispatchAdded(u8),
    /// The consumer with this index receives the message at this index of the queue.
    Receive(u8, u8),
    /// The consumer's poll commits the positions of earlier polls.
    AutoCommit(u8),
    /// The consumer takes the partition that is assigned to no member, or the one that was added.
    Join(u8),
    /// The replica with this index becomes the leader.
    Elect(u8),
    /// The follower with this index fetches the records it lacks from the leader.
    Fetch(u8),
    /// The operating system syncs written data: the log of the node with this index, or the copy at
    /// this index of the queue.
    Sync(u8),
    /// The copy at this index of the queue was settled, but its node crashed before it had written
    /// that down.
    Unsettle(u8),
    /// The sender with this index refreshes its metadata and learns the current leader and the partitions.
    Refresh(u8),
    /// The consumer with this index runs its next instruction.
    Consumer(u8),
    /// The worker thread of the consumer with this index runs its instruction for this message.
    Worker(u8, MessageId),
}
