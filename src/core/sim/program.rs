//! The lines an actor can run: a delivery technique is the order of these lines.

use super::participant::Participant;
use serde::{Deserialize, Serialize};

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident $key:literal)*) => {
        /// One instruction. The gap before and after each is a place where things can break.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Op { $($(#[$doc])* #[serde(rename = $key)] $name,)* }

        impl Op {
            pub const ALL: &[Op] = &[$(Op::$name),*];

            /// The name that programs and fault points use.
            pub fn key(self) -> &'static str {
                match self { $(Op::$name => $key),* }
            }
        }
    };
}

ops! {
    // The producer's and the relay's.
    /// Write the order, and the outbox row where there is one, in one transaction.
    Save "save"
    /// Begin a Kafka transaction.
    BeginTransaction "begin-transaction"
    /// Hand the message to the network.
    Send "send"
    /// Wait for the acknowledgement, or for the timeout.
    Await "await"
    /// Wait before the next attempt.
    Backoff "backoff"
    /// Commit the Kafka transaction: a producer's, or a consumer's with its offsets.
    CommitTransaction "commit-transaction"
    /// Mark the outbox row as sent.
    MarkSent "mark-sent"
    /// Report success to the caller.
    Return "return"
    /// Report an error to the caller.
    Fail "fail"
    // The broker's, for each copy.
    /// Put the copy into memory.
    Append "append"
    /// Hand it to the operating system: survives the process, not a power loss.
    Write "write"
    /// Sync the copy to disk.
    Persist "persist"
    /// Copy it to one more node.
    Replicate "replicate"
    /// A follower fetches the record from the leader.
    Fetch "fetch"
    /// Acknowledge to the producer.
    Acknowledge "acknowledge"
    // The consumer's.
    /// Take the next message.
    Receive "receive"
    /// Give the message to a worker thread and ask for the next.
    HandOff "hand-off"
    /// Look whether this process has handled the message before.
    CheckMemory "check-memory"
    /// Remember in this process that it is handled.
    MarkMemory "mark-memory"
    /// `SISMEMBER`: look whether anybody has handled it.
    CheckRedis "check-redis"
    /// `SADD` and `EXPIRE`: remember that it is handled.
    MarkRedis "mark-redis"
    /// `SET NX`: claim it, unless somebody has.
    Claim "claim"
    /// Begin a database transaction.
    Begin "begin"
    /// `INSERT` the id into the inbox, unless it is there.
    Inbox "inbox"
    /// Apply the effect: add to the balance.
    Work "work"
    /// Apply the effect as a plain `INSERT` of a row named by the message: an error if it exists.
    Insert "insert"
    /// `INSERT … ON CONFLICT DO NOTHING` of a row named by the message.
    Upsert "upsert"
    /// Set a value instead of adding to it: the second time changes nothing.
    Set "set"
    /// Store the offset beside the effect.
    StoreOffset "store-offset"
    /// Commit the database transaction.
    Commit "commit"
    /// Ask a service that no transaction covers: send a mail.
    Call "call"
    /// Write the result to the output topic, in the Kafka transaction.
    Produce "produce"
    /// Add the consumer's offset to the Kafka transaction.
    SendOffsets "send-offsets"
    /// Acknowledge to the broker.
    Ack "ack"
    /// Tell the broker that the handler failed.
    Nack "nack"
    /// Go back to the offset of the message that failed.
    Seek "seek"
    /// Make the message visible again at once.
    Release "release"
}

impl Op {
    /// It changes what the message is there for; running it is what "handled" counts.
    pub fn is_effect(self) -> bool {
        matches!(self, Op::Work | Op::Insert | Op::Upsert | Op::Set | Op::Produce | Op::Call)
    }

    /// The party whose line it is; any consumer's for the consumer's.
    pub fn owner(self) -> Participant {
        use Op::*;
        match self {
            Save | BeginTransaction | Send | Await | Backoff | Return | Fail => {
                Participant::Producer
            }
            MarkSent => Participant::Relay,
            Append | Write | Persist | Replicate | Fetch | Acknowledge => Participant::Broker,
            _ => Participant::Consumer,
        }
    }

    /// The store that it talks to.
    pub fn store(self) -> Option<Participant> {
        use Op::*;
        match self {
            Save | MarkSent => Some(Participant::Orders),
            CheckRedis | MarkRedis | Claim => Some(Participant::Redis),
            Begin | Inbox | Work | Insert | Upsert | Set | StoreOffset | Commit => {
                Some(Participant::Accounts)
            }
            Call => Some(Participant::Mail),
            _ => None,
        }
    }
}

/// A line as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    /// Levels of indentation.
    pub indent: u8,
}

/// The lines of one actor and the instructions among them.
///
/// A program counter is an index into [`Program::ops`]; some lines (`for`, `}`) only show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    pub lines: Vec<Line>,
    /// Each instruction and the line it stands on.
    pub ops: Vec<(Op, usize)>,
    /// The instructions before this index run one after the other; the ones from here on are
    /// reached by a jump (the error path).
    pub main: usize,
}

impl Program {
    pub(super) fn show(&mut self, indent: u8, text: impl Into<String>) {
        self.lines.push(Line { text: text.into(), indent });
    }

    pub(super) fn run(&mut self, op: Op, indent: u8, text: impl Into<String>) {
        self.ops.push((op, self.lines.len()));
        self.show(indent, text);
    }

    /// The instruction at a program counter; `None` past the end.
    pub fn op(&self, pc: u8) -> Option<Op> {
        self.ops.get(pc as usize).map(|&(op, _)| op)
    }

    /// Whether the program has this instruction.
    pub fn has(&self, op: Op) -> bool {
        self.place(op).is_some()
    }

    /// Where an instruction stands first.
    pub fn place(&self, op: Op) -> Option<u8> {
        self.ops.iter().position(|&(o, _)| o == op).map(|i| i as u8)
    }

    /// The line on which the program counter stands.
    pub fn line(&self, pc: u8) -> Option<usize> {
        self.ops.get(pc as usize).map(|&(_, line)| line)
    }

    /// The program counter of an actor that ran the last of the main lines.
    pub fn done(&self) -> u8 {
        self.ops.len() as u8
    }

    /// The program counter of an actor that ran the last line of the error path.
    pub fn failed(&self) -> u8 {
        self.ops.len() as u8 + 1
    }

    /// Whether there is nothing left to run.
    pub fn ended(&self, pc: u8) -> bool {
        pc >= self.done()
    }

    /// The program counter after the instruction at `pc`.
    pub fn next(&self, pc: u8) -> u8 {
        match pc + 1 {
            n if n as usize == self.main => self.done(),
            n if n == self.done() => self.failed(),
            n => n,
        }
    }

    /// The instruction that ran just before an actor came to `pc`, where that is certain.
    pub fn behind(&self, pc: u8) -> Option<u8> {
        match pc {
            0 => None,
            pc if pc == self.done() => (self.main as u8).checked_sub(1),
            pc if pc == self.failed() => Some(self.done() - 1),
            pc if pc as usize == self.main => None,
            pc => Some(pc - 1),
        }
    }
}
