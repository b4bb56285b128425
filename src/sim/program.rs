//! The lines an actor can run: a delivery technique is the order of these lines.

use serde::{Deserialize, Serialize};

/// One instruction. The gap before and after each is a place where things can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    // The producer's.
    /// Hand the message to the network.
    Send,
    /// Wait for the acknowledgement, or for the timeout.
    Await,
    /// Wait before the next attempt.
    Backoff,
    /// Report success to the caller.
    Return,
    /// Report `MessageDeliveryError` to the caller.
    Fail,
    // The broker's, for each copy.
    /// Put the copy into memory.
    Append,
    /// Sync the copy to disk.
    Persist,
    /// Copy it to one more node.
    Replicate,
    /// Acknowledge to the producer.
    Acknowledge,
    // The consumer's.
    /// Take the next message.
    Receive,
    /// Apply the effect.
    Work,
    /// Acknowledge to the broker.
    Ack,
    /// Tell the broker that the handler failed.
    Nack,
}

impl Op {
    /// The name that programs and fault points use.
    pub fn key(self) -> &'static str {
        match self {
            Op::Send => "send",
            Op::Await => "await",
            Op::Backoff => "backoff",
            Op::Return => "return",
            Op::Fail => "fail",
            Op::Append => "append",
            Op::Persist => "persist",
            Op::Replicate => "replicate",
            Op::Acknowledge => "acknowledge",
            Op::Receive => "receive",
            Op::Work => "work",
            Op::Ack => "ack",
            Op::Nack => "nack",
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
