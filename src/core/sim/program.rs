//! Programs of the actors: a delivery technique is a sequence of instructions.

use super::participant::Participant;
use serde::{Deserialize, Serialize};

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident $key:literal)*) => {
        /// An instruction. Faults can strike in the gaps before and after it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Op { $($(#[$doc])* #[serde(rename = $key)] $name,)* }

        impl Op {
            pub const ALL: &[Op] = &[$(Op::$name),*];

            /// Returns the name that programs and fault points use.
            pub fn key(self) -> &'static str {
                match self { $(Op::$name => $key),* }
            }
        }
    };
}

ops! {
    // Instructions of the producer and the relay.
    /// Writes the order, and the outbox row if there is one, in one transaction.
    Save "save"
    /// Inserts the order and its outbox rows into a transaction, which takes their IDs.
    InsertOutbox "insert-outbox"
    /// Reads the next outbox row, and locks it or takes the lease: one of several relays.
    ReadRow "read-row"
    /// Begins a Kafka transaction.
    BeginTransaction "begin-transaction"
    /// Hands the message to the network.
    Send "send"
    /// Waits for the acknowledgment, or for its timeout.
    Await "await"
    /// Backs off before the next attempt.
    Backoff "backoff"
    /// Commits the Kafka transaction: a producer's, or a consumer's with its offsets.
    CommitTransaction "commit-transaction"
    /// Marks the outbox row as sent.
    MarkSent "mark-sent"
    /// Reports success to the caller.
    Return "return"
    /// Reports an error to the caller.
    Fail "fail"
    // Instructions of the broker, for each copy.
    /// Appends the copy in memory.
    Append "append"
    /// Writes the copy to the operating system: it survives a crash of the process, but not a power
    /// loss.
    Write "write"
    /// Syncs the copy to disk.
    Persist "persist"
    /// Replicates the copy to one more node.
    Replicate "replicate"
    /// A follower fetches the record from the leader.
    Fetch "fetch"
    /// Acknowledges to the producer.
    Acknowledge "acknowledge"
    // Instructions of the consumer.
    /// Receives the next message.
    Receive "receive"
    /// Hands the message off to a worker thread, and goes on to the next.
    HandOff "hand-off"
    /// Checks in memory whether this process has handled the message before.
    CheckMemory "check-memory"
    /// Remembers in memory that the message is handled.
    MarkMemory "mark-memory"
    /// `SISMEMBER`: checks whether any process has handled the message.
    CheckRedis "check-redis"
    /// `SADD` and `EXPIRE`: remembers that the message is handled.
    MarkRedis "mark-redis"
    /// `SET NX`: claims the message, unless it is already claimed.
    Claim "claim"
    /// `SET NX` of the value "in progress": claims the message. Skips it if it is done; fails if
    /// somebody else has it in progress, so that it comes again later.
    ClaimInProgress "claim-in-progress"
    /// `SET` of the value "done": completes what was claimed.
    Complete "complete"
    /// Begins a database transaction.
    Begin "begin"
    /// `INSERT`s the ID into the inbox table, unless it is there.
    Inbox "inbox"
    /// Applies the effect: adds to the balance.
    Work "work"
    /// Applies the effect as a plain `INSERT` of a row keyed by the message: an error if it exists.
    Insert "insert"
    /// Applies the effect as an `INSERT … ON CONFLICT DO NOTHING` of a row keyed by the message.
    Upsert "upsert"
    /// Sets a value instead of adding to it, which is idempotent: the second time changes nothing.
    Set "set"
    /// Stores the offset in the same database as the effect.
    StoreOffset "store-offset"
    /// Commits the database transaction.
    Commit "commit"
    /// Calls a service that no transaction covers: sends a mail.
    Call "call"
    /// Produces the result to the output topic, in the Kafka transaction.
    Produce "produce"
    /// Adds the consumer's offset to the Kafka transaction.
    SendOffsets "send-offsets"
    /// Acknowledges to the broker.
    Ack "ack"
    /// Tells the broker that the handler failed.
    Nack "nack"
    /// Seeks back to the offset of the message that failed.
    Seek "seek"
    /// Makes the message visible again at once.
    Release "release"
    /// Publishes the message that failed to the consumer's own dead-letter topic or exchange.
    DeadLetter "dead-letter"
    /// Stops the consumer, which starts again only when somebody restarts it.
    Stop "stop"
}

impl Op {
    /// Returns true if the instruction is the effect that the message is for; running it counts as
    /// "handled".
    pub fn is_effect(self) -> bool {
        matches!(self, Op::Work | Op::Insert | Op::Upsert | Op::Set | Op::Produce | Op::Call)
    }

    /// Returns true for the effect that is counted: what a handling writes, in the handler's own
    /// store or in another topic. A call of a service outside may stand beside it.
    pub fn writes(self) -> bool {
        self.is_effect() && self != Op::Call
    }

    /// Returns the participant whose program has the instruction; the first consumer stands for
    /// either of them.
    pub fn owner(self) -> Participant {
        use Op::*;
        match self {
            Save | InsertOutbox | BeginTransaction | Send | Await | Backoff | Return | Fail => {
                Participant::Producer
            }
            ReadRow | MarkSent => Participant::Relay,
            Append | Write | Persist | Replicate | Fetch | Acknowledge => Participant::Broker,
            _ => Participant::Consumer,
        }
    }

    /// Returns the store that the instruction calls, if any.
    pub fn store(self) -> Option<Participant> {
        use Op::*;
        match self {
            Save | InsertOutbox | ReadRow | MarkSent => Some(Participant::Orders),
            CheckRedis | MarkRedis | Claim | ClaimInProgress | Complete => Some(Participant::Redis),
            Begin | Inbox | Work | Insert | Upsert | Set | StoreOffset | Commit => {
                Some(Participant::Accounts)
            }
            Call => Some(Participant::Mail),
            _ => None,
        }
    }
}

/// A line of a program, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    /// Levels of indentation.
    pub indent: u8,
}

/// The program of one actor: its lines, and the instructions among them.
///
/// A program counter is an index into [`Program::ops`]; some lines (`for`, `}`) are for display
/// only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    pub lines: Vec<Line>,
    /// Each instruction, and the index of its line.
    pub ops: Vec<(Op, usize)>,
    /// Instructions before this index run in sequence; the ones from here on are reached by a jump
    /// (the error path).
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

    /// Returns the instruction at a program counter; `None` past the end.
    pub fn op(&self, pc: u8) -> Option<Op> {
        self.ops.get(pc as usize).map(|&(op, _)| op)
    }

    /// Returns true if the program has this instruction.
    pub fn has(&self, op: Op) -> bool {
        self.place(op).is_some()
    }

    /// Returns the index of the first occurrence of an instruction.
    pub fn place(&self, op: Op) -> Option<u8> {
        self.ops.iter().position(|&(o, _)| o == op).map(|i| i as u8)
    }

    /// Returns the index of the line at a program counter.
    pub fn line(&self, pc: u8) -> Option<usize> {
        self.ops.get(pc as usize).map(|&(_, line)| line)
    }

    /// Returns the program counter of an actor that ran the last of the main instructions.
    pub fn done(&self) -> u8 {
        self.ops.len() as u8
    }

    /// Returns the program counter of an actor that ran an instruction of the error path.
    pub fn failed(&self) -> u8 {
        self.ops.len() as u8 + 1
    }

    /// Returns true if the program has ended at this program counter.
    pub fn ended(&self, pc: u8) -> bool {
        pc >= self.done()
    }

    /// Returns the program counter after the instruction at `pc`.
    pub fn next(&self, pc: u8) -> u8 {
        match pc + 1 {
            n if n as usize == self.main => self.done(),
            n if n == self.done() || self.is_error_path(pc) => self.failed(),
            n => n,
        }
    }

    /// Returns true for an instruction that is reached by a jump only. Each of them ends the program.
    fn is_error_path(&self, pc: u8) -> bool {
        (1..self.ops.len()).contains(&self.main) && (self.main as u8..self.done()).contains(&pc)
    }

    /// Returns the index of the instruction that ran just before an actor came to `pc`, where that
    /// is certain.
    pub fn behind(&self, pc: u8) -> Option<u8> {
        match pc {
            0 => None,
            pc if pc == self.done() => (self.main as u8).checked_sub(1),
            pc if self.is_error_path(pc) => None,
            pc if pc == self.failed() => match self.is_error_path(self.done() - 2) {
                // Any of several instructions, each of which ends the handling.
                true => None,
                false => Some(self.done() - 1),
            },
            pc => Some(pc - 1),
        }
    }
}
