//! Faults, and the points of a run at which they strike.
//!
//! One textual form, `fault:target@point`, serves scenarios, links, terminal and page.
//!
//! ```text
//! lose:ack@m1#1                 the acknowledgment of m1's first attempt is lost
//! late:ack@m1                   …arrives after the producer has stopped waiting for it
//! refuse:send@m1#1              the broker answers with a transient error
//! crash:consumer@m1.after-work  the consumer crashes between this instruction and the next
//! power-loss:broker@m1.acked    the machine loses power once m1 is acknowledged
//! gone:broker@m1.acked          the machine is permanently lost
//! pause:consumer@m1.before-work the process pauses for longer than any timeout
//! slow:consumer@m1.before-work  …only its handler does; heartbeats are still sent
//! resume:consumer@m1.after-ack  the process resumes when another one has reached this point
//! fail:handler@m1#*             the handler fails on m1, every time
//! fail:attempts@m1              …at every attempt, until the consumer gives up or restarts
//! fail:commit@m1                this instruction fails, without effect
//! lose:commit-reply@m1          this instruction takes effect, but its caller gets an error
//! cut:consumer-broker@m1.after-work
//! expire:ttl@m1                 also dedup-window, inbox, retention
//! twice:send@m1                 the application sends m1 once more, as a new message
//! reappear:message@m1           a replica that missed the delete delivers m1 again
//! isolate:broker@m1.before-send the leader is cut off from its cluster, though clients reach it
//! move:leader@m1.acked          another in-sync replica is made the leader
//! reset:to-latest@m1.acked      an operator resets the offsets of the group; also to-earliest
//! purge:queue@m1.acked          an operator purges the queue
//! redrive:dead-letters@m1       an operator moves m1 from the dead-letter queue back to its queue
//! add:partition@m1.acked        an operator adds a partition to the topic
//! upgrade:broker@m1.acked       the node is stopped in an orderly way, upgraded and restarted
//! replace:producer@m1.after-send the producer pauses, and another instance takes its place
//! ```
//!
//! The number after `#` counts attempts, deliveries or copies of the message; `#*` means every one
//! of them; without it the fault strikes at the first opportunity.

mod all;
mod check;
mod class;
mod classify;
mod kind;
mod point;
mod rate;
mod strike;

pub use class::{Class, Classes};
pub use kind::FaultKind;
pub use point::{Occurrence, Point, ProgramPoint};
pub use rate::FaultRate;

use super::consumer::Pause;
use super::event::{ResetTo, Window};
use super::network::Link;
use super::participant::{MessageId, Participant};
use super::plain::echo;
use super::program::Op;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A fault that is enabled in some state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The in-flight packet at this index is lost.
    Lose(u8),
    /// The in-flight packet at this index is delayed until its receiver no longer waits for it.
    Delay(u8),
    /// The in-flight request at this index is rejected with a transient error.
    Refuse(u8),
    /// The process crashes; its memory is lost, disk and page cache are kept.
    Crash(Participant),
    /// The machine loses power; data that was not synced is lost as well.
    PowerLoss(Participant),
    /// The machine is permanently lost.
    PermanentLoss(Participant),
    /// The process pauses, or its handler runs, for longer than any timeout.
    Pause(Participant, Pause),
    /// The process resumes.
    Resume(Participant),
    /// The handler of this consumer fails.
    FailHandler(Participant),
    /// The handler of this consumer fails at every attempt, until the consumer gives up.
    FailAttempts(Participant),
    /// A call to a store fails, before or after it took effect.
    FailLine { at: Participant, op: Op, msg: MessageId, reply: Reply },
    /// A connection is cut.
    Cut(Link),
    /// A time window expires.
    Expire(Window, MessageId),
    /// The application sends the message once more.
    Twice(MessageId),
    /// A deleted message is delivered again.
    Reappear(MessageId),
    /// Another in-sync replica is made the leader.
    MoveLeader,
    /// The producer pauses, is taken for dead, and another instance is started in its place.
    Replace,
    /// The offsets of the consumer group are reset.
    ResetOffsets(ResetTo),
    /// The queue is purged.
    Purge,
    /// A dead letter is moved back to its queue.
    Redrive(MessageId),
    /// A partition is added to the topic.
    AddPartition,
    /// A node is stopped for an upgrade.
    Upgrade(Participant),
}

/// The result of a call to a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    Comes,
    /// The call took effect, but its reply is lost: the caller gets an error.
    Lost,
    /// The call fails without effect.
    Fails,
}

/// A fault specification: a fault and the point at which it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaultSpec {
    pub kind: FaultKind,
    pub at: Point,
}

impl Window {
    /// Returns the name that fault specifications use.
    pub fn key(self) -> &'static str {
        match self {
            Window::Dedup => "dedup-window",
            Window::Ttl => "ttl",
            Window::Inbox => "inbox",
            Window::Retention => "retention",
        }
    }

    fn from_key(key: &str) -> Option<Window> {
        use Window::*;
        [Dedup, Ttl, Inbox, Retention].into_iter().find(|w| w.key() == key)
    }
}

impl fmt::Display for FaultSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.kind, self.at)
    }
}

const FORM: &str = "write it as fault:target@point, such as lose:ack@m1#1 or \
                    crash:consumer@m1.after-work";

/// The maximum length of a fault's text, in characters.
const LONGEST: usize = 80;

impl FromStr for FaultSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // No valid fault is that long, and the error message repeats the text.
        if text.chars().count() > LONGEST {
            return Err(FORM.to_owned());
        }
        let (head, point) = text.split_once('@').ok_or(FORM)?;
        Ok(FaultSpec { kind: head.parse()?, at: point.parse()? })
    }
}

impl Serialize for FaultSpec {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FaultSpec {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|e| serde::de::Error::custom(format!("{}: {e}", echo(&text))))
    }
}
