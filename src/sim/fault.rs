//! What can go wrong, and the points at which it can.
//!
//! One text form serves scenario, link, terminal and page: what, whom, and when.
//!
//! ```text
//! lose:ack@m1#1                 the acknowledgement of m1's first attempt is lost
//! late:ack@m1                   …comes when nobody waits for it any more
//! crash:consumer@m1.after-work  the consumer dies between this line and the next
//! crash:broker@m1.before-persist
//! gone:broker@m1.acked          the machine is lost for good
//! fail:handler@m1#*             the handler fails on m1, every time
//! ```
//!
//! The number after `#` counts attempts, deliveries or copies of the message; `#*` means each of
//! them; without it the first chance is taken.

use super::network::Kind;
use super::party::{Msg, Party};
use super::program::{Op, Program};
use super::setup::Setup;
use super::world::World;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A fault that strikes now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The packet at this place of the network is lost.
    Lose(u8),
    /// The packet at this place is held up.
    Delay(u8),
    /// The process dies; memory gone, disk kept.
    Crash(Party),
    /// The machine loses power.
    PowerLoss(Party),
    /// The machine is lost for good.
    Gone(Party),
    /// The handler of this consumer fails.
    FailHandler(Party),
}

/// A fault that is to strike at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaultSpec {
    pub kind: FaultKind,
    pub at: Point,
}

/// What goes wrong with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    Lose(Kind),
    Late(Kind),
    Crash(Party),
    PowerLoss(Party),
    Gone(Party),
    FailHandler,
}

/// A point of the run, as far as one message is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    pub msg: Msg,
    /// Where among the lines of the program; `None` for packets, whose point is their flight.
    pub moment: Option<Moment>,
    pub nth: Nth,
}

/// A gap between two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    Before(Op),
    After(Op),
}

/// Which of several chances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nth {
    /// The first that comes.
    First,
    /// The one of this attempt, delivery or copy.
    Only(u8),
    /// Each of them.
    Every,
}

impl Nth {
    fn fits(self, n: u8) -> bool {
        match self {
            Nth::Only(k) => k == n,
            Nth::First | Nth::Every => true,
        }
    }
}

impl fmt::Display for FaultSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FaultKind::Lose(kind) => write!(f, "lose:{}", kind.key())?,
            FaultKind::Late(kind) => write!(f, "late:{}", kind.key())?,
            FaultKind::Crash(party) => write!(f, "crash:{}", party.key())?,
            FaultKind::PowerLoss(party) => write!(f, "power-loss:{}", party.key())?,
            FaultKind::Gone(party) => write!(f, "gone:{}", party.key())?,
            FaultKind::FailHandler => f.write_str("fail:handler")?,
        }
        write!(f, "@m{}", self.at.msg + 1)?;
        match self.at.moment {
            Some(Moment::After(Op::Acknowledge)) => f.write_str(".acked")?,
            Some(Moment::Before(op)) => write!(f, ".before-{}", op.key())?,
            Some(Moment::After(op)) => write!(f, ".after-{}", op.key())?,
            None => {}
        }
        match self.at.nth {
            Nth::First => Ok(()),
            Nth::Only(n) => write!(f, "#{n}"),
            Nth::Every => f.write_str("#*"),
        }
    }
}

const FORM: &str = "write it as what:whom@point, such as lose:ack@m1#1 or \
                    crash:consumer@m1.after-work";

impl FromStr for FaultSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (head, point) = text.split_once('@').ok_or(FORM)?;
        let (what, whom) = head.split_once(':').ok_or(FORM)?;
        let packet = || {
            Kind::from_key(whom).ok_or(format!(
                "{whom} is no packet; use send, ack, delivery, consumer-ack, requeue or reject"
            ))
        };
        let party = || Party::from_key(whom).ok_or(format!("{whom} is nobody here"));
        let kind = match what {
            "lose" => FaultKind::Lose(packet()?),
            "late" => FaultKind::Late(packet()?),
            "crash" => FaultKind::Crash(party()?),
            "power-loss" => FaultKind::PowerLoss(party()?),
            "gone" => FaultKind::Gone(party()?),
            "fail" if whom == "handler" => FaultKind::FailHandler,
            "fail" => return Err(format!("{whom} cannot fail; use fail:handler")),
            _ => {
                let known = "lose, late, crash, power-loss, gone, fail";
                return Err(format!("{what} is no fault; use one of {known}"));
            }
        };
        Ok(FaultSpec { kind, at: point.parse()? })
    }
}

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (place, nth) = match text.split_once('#') {
            None => (text, Nth::First),
            Some((place, "*")) => (place, Nth::Every),
            Some((place, n)) => match n.parse() {
                Ok(n) if n > 0 => (place, Nth::Only(n)),
                _ => return Err(format!("#{n} is no count; use #1, #2 … or #*")),
            },
        };
        let (msg, moment) = match place.split_once('.') {
            None => (place, None),
            Some((msg, moment)) => (msg, Some(moment.parse()?)),
        };
        let number = msg.strip_prefix('m').and_then(|n| n.parse::<u8>().ok());
        match number {
            Some(n) if (1..=4).contains(&n) => Ok(Point { msg: n - 1, moment, nth }),
            _ => Err(format!("{msg} is no message; use m1 to m4")),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        use Op::*;
        let ops = [
            Send,
            Await,
            Backoff,
            Return,
            Fail,
            Append,
            Persist,
            Replicate,
            Acknowledge,
            Receive,
            Work,
            Ack,
            Nack,
        ];
        let op = |name: &str| ops.into_iter().find(|op| op.key() == name);
        if text == "acked" {
            return Ok(Moment::After(Op::Acknowledge));
        }
        let found = match text.split_once('-') {
            Some(("before", name)) => op(name).map(Moment::Before),
            Some(("after", name)) => op(name).map(Moment::After),
            _ => None,
        };
        found.ok_or(format!("{text} is no point; use before- or after- and a line, as after-work"))
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
        text.parse().map_err(|e| serde::de::Error::custom(format!("{text}: {e}")))
    }
}

impl Moment {
    /// Whether a program counter stands in this gap.
    fn fits(self, program: &Program, pc: u8) -> bool {
        match self {
            Moment::Before(op) => program.op(pc) == Some(op),
            Moment::After(op) => program.behind(pc).and_then(|pc| program.op(pc)) == Some(op),
        }
    }

    fn op(self) -> Op {
        match self {
            Moment::Before(op) | Moment::After(op) => op,
        }
    }
}

impl FaultSpec {
    /// Refuses what can never strike in this setup, with the remedy.
    pub(super) fn check(&self, setup: &Setup) -> Result<(), String> {
        if self.at.msg >= setup.scenario.messages {
            return Err(format!("there are {} messages only", setup.scenario.messages));
        }
        let struck = match self.kind {
            FaultKind::Lose(_) | FaultKind::Late(_) | FaultKind::FailHandler => {
                return match self.at.moment {
                    None => Ok(()),
                    Some(_) => Err("name the message only, as @m1#1".into()),
                };
            }
            FaultKind::Crash(p) | FaultKind::PowerLoss(p) | FaultKind::Gone(p) => p,
        };
        if !setup.parties.contains(&struck) {
            return Err(format!("{} takes no part here", struck.key()));
        }
        let Some(moment) = self.at.moment else {
            return Err("say when, as @m1.after-work".into());
        };
        let Some(program) = program_of(setup, struck) else {
            return Err(format!("{} does not crash in this model", struck.key()));
        };
        match program.place(moment.op()) {
            Some(_) => Ok(()),
            None => {
                let lines: Vec<_> = program.ops.iter().map(|(op, _)| op.key()).collect();
                let lines = lines.join(", ");
                Err(format!("it has no line {}; its lines are {lines}", moment.op().key()))
            }
        }
    }

    /// The fault, if its point is reached in this world.
    pub(super) fn ready(&self, setup: &Setup, world: &World) -> Option<Fault> {
        match self.kind {
            FaultKind::Lose(kind) => self.packet(world, kind).map(Fault::Lose),
            FaultKind::Late(kind) => self.packet(world, kind).map(Fault::Delay),
            FaultKind::Crash(p) => self.reached(setup, world, p).then_some(Fault::Crash(p)),
            FaultKind::PowerLoss(p) => self.reached(setup, world, p).then_some(Fault::PowerLoss(p)),
            FaultKind::Gone(p) => self.reached(setup, world, p).then_some(Fault::Gone(p)),
            FaultKind::FailHandler => Party::CONSUMERS
                .into_iter()
                .zip(&world.consumers)
                .find(|(_, c)| {
                    c.works_on(setup)
                        .is_some_and(|(msg, n)| msg == self.at.msg && self.at.nth.fits(n))
                })
                .map(|(party, _)| Fault::FailHandler(party)),
        }
    }

    fn packet(&self, world: &World, kind: Kind) -> Option<u8> {
        let fits = |p: &super::network::Packet| {
            p.kind == kind && p.msg == self.at.msg && self.at.nth.fits(p.n) && !p.late
        };
        world.net.packets().iter().position(fits).map(|i| i as u8)
    }

    fn reached(&self, setup: &Setup, world: &World, party: Party) -> bool {
        let (Some(moment), Some(program)) = (self.at.moment, program_of(setup, party)) else {
            return false;
        };
        let at = |pc: u8, n: u8| moment.fits(program, pc) && self.at.nth.fits(n);
        let msg = self.at.msg;
        match party {
            Party::Producer => {
                let task = &world.producer.tasks[msg as usize];
                world.producer.up && at(task.pc, task.attempt)
            }
            Party::Consumer | Party::Consumer2 => {
                let c = &world.consumers[usize::from(party == Party::Consumer2)];
                c.up && c.msg == msg && c.n > 0 && at(c.pc, c.n)
            }
            _ => {
                let up = party.node().is_some_and(|node| world.broker.is_up(node));
                let mut copies = world.broker.entries().iter().filter(|e| e.msg == msg);
                up && copies.any(|e| at(e.pc, e.copy))
            }
        }
    }
}

fn program_of(setup: &Setup, party: Party) -> Option<&Program> {
    match party {
        Party::Producer => Some(&setup.producer),
        Party::Broker | Party::Follower | Party::Follower2 => Some(&setup.broker),
        Party::Consumer | Party::Consumer2 => Some(&setup.consumer),
        Party::Accounts => None,
    }
}
