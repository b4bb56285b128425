//! Points of a run at which a fault strikes: a message, a gap between two instructions, and an
//! occurrence.

use super::program_of;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::{Op, Program};
use crate::sim::world::World;
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

impl Point {
    /// Returns true if the point is reached: by this participant if its program has the
    /// instruction, otherwise by any participant whose program has it.
    pub(super) fn reached(
        &self,
        setup: &CompiledScenario,
        world: &World,
        whom: Option<Participant>,
    ) -> bool {
        let op = match self.moment {
            None => return false,
            Some(ProgramPoint::Committed) => return self.committed(setup, world),
            Some(ProgramPoint::Before(op) | ProgramPoint::After(op)) => op,
        };
        let has = |party: Participant| {
            program_of(setup, party).is_some_and(|program| program.has(op))
                || (party.consumer().is_some() && setup.worker == Some(op))
        };
        if let Some(party) = whom.filter(|&party| has(party)) {
            return self.stands(setup, world, party, op);
        }
        let senders = (0..setup.senders.len()).map(|s| setup.sender(s));
        let consumers = Participant::CONSUMERS.into_iter().take(setup.consumers());
        let mut all = senders.chain([Participant::Broker]).chain(consumers);
        all.any(|party| has(party) && self.stands(setup, world, party, op))
    }

    fn stands(&self, setup: &CompiledScenario, world: &World, party: Participant, op: Op) -> bool {
        if let Some(s) = party.sender() {
            let (program, task) = (&setup.senders[s], &world.senders[s].tasks[self.msg as usize]);
            let counts = task.attempt == 0 || self.nth.fits(task.attempt);
            return world.senders[s].up
                && counts
                && setup.takes_part(s, self.msg)
                && self.in_gap(program, task.pc, task.last)
                && (matches!(self.moment, Some(ProgramPoint::After(_)))
                    || world.is_sending(setup, s, self.msg));
        }
        if let Some(c) = party.consumer() {
            let consumer = &world.consumers[c];
            if setup.worker == Some(op) {
                let before = matches!(self.moment, Some(ProgramPoint::Before(_)));
                return before && consumer.up && consumer.pending_of(self.msg) > 0;
            }
            return consumer.up
                && consumer.msg == self.msg
                && consumer.n > 0
                && self.nth.fits(consumer.n)
                && self.in_gap(&setup.consumer, consumer.pc, consumer.last);
        }
        let after = matches!(self.moment, Some(ProgramPoint::After(_)));
        world.broker.is_at(&world.view(setup), self.msg, self.nth, op, after)
    }

    fn in_gap(&self, program: &Program, pc: u8, last: u8) -> bool {
        match self.moment {
            Some(ProgramPoint::Before(op)) => program.op(pc) == Some(op),
            Some(ProgramPoint::After(op)) => {
                last.checked_sub(1).and_then(|last| program.op(last)) == Some(op)
            }
            _ => false,
        }
    }

    fn committed(&self, setup: &CompiledScenario, world: &World) -> bool {
        let at_work = world.consumers.iter().any(|c| c.pending_of(self.msg) > 0);
        let in_hand = world.consumers.iter().any(|c| c.up && c.msg == self.msg && c.in_hand(setup));
        world.broker.has_committed(self.msg) && (at_work || in_hand)
    }
}
