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
//! fail:commit@m1                this instruction fails, without effect
//! lose:commit-reply@m1          this instruction takes effect, but its caller gets an error
//! cut:consumer-broker@m1.after-work
//! expire:ttl@m1                 also dedup-window, inbox, retention
//! twice:send@m1                 the application sends m1 once more, as a new message
//! reappear:message@m1           a replica that missed the delete delivers m1 again
//! isolate:broker@m1.before-send the leader is cut off from its cluster, though clients reach it
//! move:leader@m1.acked          another in-sync replica is made the leader
//! replace:producer@m1.after-send the producer pauses, and another instance takes its place
//! ```
//!
//! The number after `#` counts attempts, deliveries or copies of the message; `#*` means every one
//! of them; without it the fault strikes at the first opportunity.

mod all;
mod class;
mod point;

pub use class::{Class, Classes};
pub use point::{Occurrence, Point, ProgramPoint};

use super::compiled_scenario::CompiledScenario;
use super::consumer::Pause;
use super::event::Window;
use super::network::{Link, Packet, PacketKind};
use super::participant::{MessageId, Participant};
use super::plain::echo;
use super::producer;
use super::program::{Op, Program};
use super::world::World;
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

/// The kind of a fault, and its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    Lose(PacketKind),
    Late(PacketKind),
    Refuse,
    Crash(Participant),
    PowerLoss(Participant),
    PermanentLoss(Participant),
    Pause(Participant),
    Slow(Participant),
    Resume(Participant),
    FailHandler,
    Fail(Op),
    LoseReply(Op),
    Cut(Participant, Participant),
    Expire(Window),
    Twice,
    Reappear,
    Isolate,
    MoveLeader,
    Replace,
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

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::Lose(kind) => write!(f, "lose:{}", kind.key()),
            FaultKind::Late(kind) => write!(f, "late:{}", kind.key()),
            FaultKind::Refuse => f.write_str("refuse:send"),
            FaultKind::Crash(party) => write!(f, "crash:{}", party.key()),
            FaultKind::PowerLoss(party) => write!(f, "power-loss:{}", party.key()),
            FaultKind::PermanentLoss(party) => write!(f, "gone:{}", party.key()),
            FaultKind::Pause(party) => write!(f, "pause:{}", party.key()),
            FaultKind::Slow(party) => write!(f, "slow:{}", party.key()),
            FaultKind::Resume(party) => write!(f, "resume:{}", party.key()),
            FaultKind::FailHandler => f.write_str("fail:handler"),
            FaultKind::Fail(op) => write!(f, "fail:{}", op.key()),
            FaultKind::LoseReply(op) => write!(f, "lose:{}-reply", op.key()),
            FaultKind::Cut(a, b) => write!(f, "cut:{}-{}", a.key(), b.key()),
            FaultKind::Expire(window) => write!(f, "expire:{}", window.key()),
            FaultKind::Twice => f.write_str("twice:send"),
            FaultKind::Reappear => f.write_str("reappear:message"),
            FaultKind::Isolate => f.write_str("isolate:broker"),
            FaultKind::MoveLeader => f.write_str("move:leader"),
            FaultKind::Replace => f.write_str("replace:producer"),
        }
    }
}

impl FromStr for FaultKind {
    type Err = String;

    fn from_str(head: &str) -> Result<Self, String> {
        let (what, whom) = head.split_once(':').ok_or(FORM)?;
        let party = || Participant::from_key(whom).ok_or(format!("there is no participant {whom}"));
        let packet = || {
            let known: Vec<_> = PacketKind::ALL.iter().map(|k| k.key()).collect();
            let known = known.join(", ");
            PacketKind::from_key(whom)
                .ok_or(format!("there is no packet {whom}; use one of {known}"))
        };
        let line = |key: &str| {
            let op = Op::ALL.iter().copied().find(|op| op.key() == key);
            let op = op.filter(|op| op.store().is_some() || *op == Op::CommitTransaction);
            op.ok_or(format!("{key} is not a line that calls a store"))
        };
        Ok(match what {
            "lose" => match whom.strip_suffix("-reply") {
                Some(key) => FaultKind::LoseReply(line(key)?),
                None => FaultKind::Lose(packet()?),
            },
            "late" => FaultKind::Late(packet()?),
            "refuse" if whom == "send" => FaultKind::Refuse,
            "crash" => FaultKind::Crash(party()?),
            "power-loss" => FaultKind::PowerLoss(party()?),
            "gone" => FaultKind::PermanentLoss(party()?),
            "pause" => FaultKind::Pause(party()?),
            "slow" => FaultKind::Slow(party()?),
            "resume" => FaultKind::Resume(party()?),
            "fail" if whom == "handler" => FaultKind::FailHandler,
            "fail" => FaultKind::Fail(line(whom)?),
            "cut" => {
                let (a, b) = whom.split_once('-').ok_or("name two parties, as consumer-broker")?;
                let party = |key: &str| {
                    Participant::from_key(key).ok_or(format!("there is no participant {key}"))
                };
                FaultKind::Cut(party(a)?, party(b)?)
            }
            "expire" => FaultKind::Expire(Window::from_key(whom).ok_or(format!(
                "{whom} does not expire; use dedup-window, ttl, inbox or retention"
            ))?),
            "twice" if whom == "send" => FaultKind::Twice,
            "reappear" if whom == "message" => FaultKind::Reappear,
            "isolate" if whom == "broker" => FaultKind::Isolate,
            "move" if whom == "leader" => FaultKind::MoveLeader,
            "replace" if whom == "producer" => FaultKind::Replace,
            _ => {
                let known = "lose, late, refuse:send, crash, power-loss, gone, pause, slow, \
                             resume, fail, cut, expire, twice:send, reappear:message, \
                             isolate:broker, move:leader, replace:producer";
                return Err(format!("there is no fault {head}; use one of {known}"));
            }
        })
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

impl FaultSpec {
    /// Rejects a fault that can never strike in this scenario, with a fix.
    pub(super) fn check(&self, setup: &CompiledScenario) -> Result<(), String> {
        if self.at.msg >= setup.scenario.messages {
            return Err(format!("there are only {} messages", setup.scenario.messages));
        }
        let here = |party: Participant| match setup.parties.contains(&party) {
            true => Ok(()),
            false => Err(format!("this setup has no {}", party.key())),
        };
        match self.kind {
            FaultKind::Late(kind) if !kind.can_be_late() => {
                Err("a late delivery is requested again; use lose:delivery".into())
            }
            FaultKind::Lose(_)
            | FaultKind::Late(_)
            | FaultKind::Refuse
            | FaultKind::FailHandler => self.no_moment(),
            FaultKind::Twice | FaultKind::Reappear => self.no_moment(),
            FaultKind::Fail(op) | FaultKind::LoseReply(op) => {
                self.no_moment()?;
                self.has_line(setup, op)
            }
            FaultKind::Expire(window) => self.check_window(setup, window),
            FaultKind::Cut(a, b) => {
                here(a)?;
                here(b)?;
                let apart = || format!("{} and {} are not connected", a.key(), b.key());
                Link::between(a, b).ok_or_else(apart)?;
                self.check_moment(setup)
            }
            FaultKind::Slow(party) => {
                here(party)?;
                party.consumer().ok_or(format!("{} has no handler", party.key()))?;
                self.check_moment(setup)
            }
            FaultKind::Pause(party) | FaultKind::Resume(party) => {
                here(party)?;
                let process = party.consumer().or(party.sender());
                process.ok_or(format!("{} does not pause in this model", party.key()))?;
                self.check_moment(setup)
            }
            FaultKind::Isolate | FaultKind::MoveLeader => {
                check_replicated_log(setup)?;
                self.check_moment(setup)
            }
            FaultKind::Replace => match setup.has_one_producer() {
                true => self.check_moment(setup),
                false => Err("this needs a single producer, without an outbox; use pause".into()),
            },
            FaultKind::Crash(party)
            | FaultKind::PowerLoss(party)
            | FaultKind::PermanentLoss(party) => {
                here(party)?;
                if party.node().is_some() && setup.visibility().is_some() {
                    return Err("SQS is a managed service and does not crash in this model".into());
                }
                if party == Participant::Mail {
                    return Err("mail does not crash in this model; use fail:call".into());
                }
                let whole = party.node().is_some() || matches!(self.kind, FaultKind::Crash(_));
                let sender =
                    party.sender().is_some() && matches!(self.kind, FaultKind::PermanentLoss(_));
                if !whole && !sender {
                    return Err(format!("{} can only crash", party.key()));
                }
                self.check_moment(setup)
            }
        }
    }

    /// Rejects a time window that nothing in this scenario has.
    fn check_window(&self, setup: &CompiledScenario, window: Window) -> Result<(), String> {
        let queue = setup.visibility();
        let (kept, who) = match window {
            Window::Dedup => (queue.is_some_and(|rules| rules.fifo), "only a FIFO queue of SQS"),
            Window::Retention => (queue.is_some(), "of what is modeled here, only SQS"),
            Window::Ttl => {
                let marks = [Op::MarkRedis, Op::Claim].into_iter().any(|op| setup.consumer.has(op));
                (marks, "only a mark or a claim in Redis")
            }
            Window::Inbox => (setup.consumer.has(Op::Inbox), "only an inbox"),
        };
        if !kept {
            return Err(format!("{who} has this window; remove the fault"));
        }
        if self.at.moment.is_none() { Ok(()) } else { self.check_moment(setup) }
    }

    fn no_moment(&self) -> Result<(), String> {
        match self.at.moment {
            None => Ok(()),
            Some(_) => Err("give only the message, as in @m1#1".into()),
        }
    }

    fn check_moment(&self, setup: &CompiledScenario) -> Result<(), String> {
        match self.at.moment {
            None => Err("add a point, as in @m1.after-work".into()),
            Some(ProgramPoint::Committed) if setup.log().is_none() => {
                Err("only a Kafka group commits offsets; use after-ack".into())
            }
            Some(ProgramPoint::Committed) => Ok(()),
            Some(ProgramPoint::Before(Op::Append)) => {
                Err("nothing is there before it is stored; use lose:send, or after-send".into())
            }
            Some(ProgramPoint::Before(op) | ProgramPoint::After(op)) => self.has_line(setup, op),
        }
    }

    fn has_line(&self, setup: &CompiledScenario, op: Op) -> Result<(), String> {
        let programs = setup.senders.iter().chain([&setup.broker, &setup.consumer]);
        let lines: Vec<Op> =
            programs.flat_map(|p| p.ops.iter().map(|(op, _)| *op)).chain(setup.worker).collect();
        if lines.contains(&op) {
            return Ok(());
        }
        let mut names: Vec<_> = lines.iter().map(|op| op.key()).collect();
        names.dedup();
        Err(format!("there is no line {}; the lines are {}", op.key(), names.join(", ")))
    }

    /// Returns the fault, if its point is reached in this state.
    pub(super) fn ready(&self, setup: &CompiledScenario, world: &World) -> Option<Fault> {
        let msg = self.at.msg;
        let reached = |party: Participant| self.at.reached(setup, world, Some(party));
        match self.kind {
            FaultKind::Lose(kind) => self.packet(world, kind).map(Fault::Lose),
            FaultKind::Late(kind) => self.packet(world, kind).map(Fault::Delay),
            FaultKind::Refuse => {
                let leads = world.broker.leads();
                self.packet(world, PacketKind::Send).filter(|_| leads).map(Fault::Refuse)
            }
            FaultKind::Crash(p) => (stands(world, p) && reached(p)).then_some(Fault::Crash(p)),
            FaultKind::PowerLoss(p) => {
                (stands(world, p) && reached(p)).then_some(Fault::PowerLoss(p))
            }
            FaultKind::PermanentLoss(p) => {
                (stands(world, p) && reached(p)).then_some(Fault::PermanentLoss(p))
            }
            FaultKind::Pause(p) => {
                (stands(world, p) && reached(p)).then_some(Fault::Pause(p, Pause::Still))
            }
            FaultKind::Slow(p) => {
                // Only a handler that is running can be slow.
                let c = p.consumer().map(|c| &world.consumers[c]);
                let at_work = c.is_some_and(|consumer| consumer.in_hand(setup));
                let strikes = stands(world, p) && at_work && reached(p);
                strikes.then_some(Fault::Pause(p, Pause::Slow))
            }
            FaultKind::Resume(p) => {
                let still = p.consumer().is_some_and(|c| world.consumers[c].pause != Pause::No)
                    || p.sender().is_some_and(|s| world.senders[s].paused);
                // The process is paused, so the point is in another participant's program.
                (still && self.at.reached(setup, world, None)).then_some(Fault::Resume(p))
            }
            FaultKind::FailHandler => self.handler(setup, world).map(Fault::FailHandler),
            FaultKind::Fail(op) => self.line(setup, world, op, Reply::Fails),
            FaultKind::LoseReply(op) => self.line(setup, world, op, Reply::Lost),
            FaultKind::Cut(a, b) => {
                let link = Link::between(a, b)?;
                let open = world.net.cut & link.bit() == 0;
                let reached = [a, b].into_iter().any(reached);
                (open && reached).then_some(Fault::Cut(link))
            }
            FaultKind::Expire(window) => {
                let reached = self.at.moment.is_none() || self.at.reached(setup, world, None);
                (reached && world.window_open(window, msg)).then_some(Fault::Expire(window, msg))
            }
            FaultKind::Twice => {
                producer::may_send_twice(&world.view(setup), msg).then_some(Fault::Twice(msg))
            }
            FaultKind::Reappear => world.broker.may_reappear(msg).then_some(Fault::Reappear(msg)),
            FaultKind::Isolate => {
                let open = world.broker.may_isolate() && !world.net.is_isolated();
                (open && reached(Participant::Broker)).then_some(Fault::Cut(Link::CLUSTER))
            }
            FaultKind::MoveLeader => {
                let may = world.broker.may_move_leader();
                (may && reached(Participant::Broker)).then_some(Fault::MoveLeader)
            }
            FaultKind::Replace => {
                let may = producer::may_replace(&world.view(setup));
                (may && reached(Participant::Producer)).then_some(Fault::Replace)
            }
        }
    }

    fn packet(&self, world: &World, kind: PacketKind) -> Option<u8> {
        let fits =
            |p: &Packet| p.kind == kind && p.msg == self.at.msg && self.at.nth.fits(p.n) && !p.late;
        world.net.packets().iter().position(fits).map(|i| i as u8)
    }

    fn handler(&self, setup: &CompiledScenario, world: &World) -> Option<Participant> {
        let mut all = Participant::CONSUMERS.into_iter().zip(&world.consumers);
        let at = all.find(|(_, c)| {
            c.works_on(setup).is_some_and(|(msg, n)| msg == self.at.msg && self.at.nth.fits(n))
        });
        at.map(|(party, _)| party)
    }

    /// Returns the fault of the participant that is about to run this instruction for the message.
    fn line(&self, setup: &CompiledScenario, world: &World, op: Op, reply: Reply) -> Option<Fault> {
        let msg = self.at.msg;
        let before = Point { moment: Some(ProgramPoint::Before(op)), ..self.at };
        let senders = (0..setup.senders.len()).map(|s| setup.sender(s));
        let mut all = senders.chain(Participant::CONSUMERS);
        let at = all.find(|&party| {
            program_of(setup, party).is_some_and(|program| program.has(op))
                && op.store().is_none_or(|store| world.stores.is_up(store))
                && before.reached(setup, world, Some(party))
        })?;
        Some(Fault::FailLine { at, op, msg, reply })
    }
}

/// Rejects a configuration whose leader can neither be isolated nor moved with an effect.
fn check_replicated_log(setup: &CompiledScenario) -> Result<(), String> {
    if setup.log().is_some() && setup.replicas > 1 {
        return Ok(());
    }
    let what = "this needs a Kafka partition with replication.factor > 1";
    let queue = "; a quorum queue replaces its leader without losing anything";
    Err(format!("{what}{}", if setup.replicas > 1 { queue } else { "" }))
}

/// Returns true if the participant is up and running, so that a fault can strike it.
fn stands(world: &World, party: Participant) -> bool {
    match (party.sender(), party.consumer(), party.node()) {
        (Some(s), ..) => world.senders[s].up && !world.senders[s].paused,
        (_, Some(c), _) => world.consumers[c].runs(),
        (.., Some(node)) => world.broker.can_crash(node),
        _ => world.stores.is_up(party),
    }
}

/// Returns the program of a participant.
pub(super) fn program_of(setup: &CompiledScenario, party: Participant) -> Option<&Program> {
    match (party.sender(), party.consumer(), party.node()) {
        (Some(s), ..) => setup.senders.get(s),
        (_, Some(_), _) => Some(&setup.consumer),
        (.., Some(_)) => Some(&setup.broker),
        _ => None,
    }
}
