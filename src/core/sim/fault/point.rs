//! Points of a run at which a fault strikes: a message, a gap between two instructions, and an
//! occurrence.

use crate::sim::participant::MessageId;
use crate::sim::program::Op;
use std::fmt;
use std::str::FromStr;

/// A point of a run, with respect to one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    pub msg: MessageId,
    /// The gap between two instructions of a program; `None` for packets, which are struck in
    /// flight.
    pub moment: Option<ProgramPoint>,
    pub nth: Occurrence,
}

/// A gap between two instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProgramPoint {
    Before(Op),
    After(Op),
    /// The group's committed offset is past the message, but the consumer that has the message is
    /// not done with it.
    Committed,
}

/// Which of several occurrences of a point is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occurrence {
    /// The first occurrence.
    First,
    /// The occurrence with this number of the attempt, delivery or copy.
    Only(u8),
    /// Every occurrence.
    Every,
}

impl Occurrence {
    pub(in crate::sim) fn fits(self, n: u8) -> bool {
        match self {
            Occurrence::Only(k) => k == n,
            Occurrence::First | Occurrence::Every => true,
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m{}", self.msg + 1)?;
        match self.moment {
            Some(ProgramPoint::After(Op::Acknowledge)) => f.write_str(".acked")?,
            Some(ProgramPoint::Before(op)) => write!(f, ".before-{}", op.key())?,
            Some(ProgramPoint::After(op)) => write!(f, ".after-{}", op.key())?,
            Some(ProgramPoint::Committed) => f.write_str(".committed")?,
            None => {}
        }
        match self.nth {
            Occurrence::First => Ok(()),
            Occurrence::Only(n) => write!(f, "#{n}"),
            Occurrence::Every => f.write_str("#*"),
        }
    }
}

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (place, nth) = match text.split_once('#') {
            None => (text, Occurrence::First),
            Some((place, "*")) => (place, Occurrence::Every),
            Some((place, n)) => match n.parse() {
                Ok(n) if n > 0 => (place, Occurrence::Only(n)),
                _ => return Err(format!("#{n} is not a count; use #1, #2 … or #*")),
            },
        };
        let (msg, moment) = match place.split_once('.') {
            None => (place, None),
            Some((msg, moment)) => (msg, Some(moment.parse()?)),
        };
        let number = msg.strip_prefix('m').and_then(|n| n.parse::<u8>().ok());
        match number {
            Some(n) if (1..=4).contains(&n) => Ok(Point { msg: n - 1, moment, nth }),
            _ => Err(format!("there is no message {msg}; use m1 to m4")),
        }
    }
}

impl FromStr for ProgramPoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let op = |name: &str| Op::ALL.iter().copied().find(|op| op.key() == name);
        let found = match text.split_once('-') {
            None if text == "acked" => Some(ProgramPoint::After(Op::Acknowledge)),
            None if text == "committed" => Some(ProgramPoint::Committed),
            Some(("before", name)) => op(name).map(ProgramPoint::Before),
            Some(("after", name)) => op(name).map(ProgramPoint::After),
            _ => None,
        };
        found.ok_or(format!(
            "there is no point {text}; use before-LINE or after-LINE, as in after-work"
        ))
    }
}
