//! The kinds of faults: one row each, with its text form, its class, its label and its rate in random
//! runs.

use super::{Class, FaultRate};
use crate::sim::event::Window;
use crate::sim::network::PacketKind;
use crate::sim::participant::Participant;
use crate::sim::program::Op;
use std::fmt;
use std::mem::discriminant;
use std::str::FromStr;

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
    FailAttempts,
    Fail(Op),
    LoseReply(Op),
    Cut(Participant, Participant),
    Expire(Window),
    Twice,
    Reappear,
    Isolate,
    MoveLeader,
    Replace,
    ResetToEarliest,
    ResetToLatest,
    Purge,
    Redrive,
    AddPartition,
    Upgrade(Participant),
}

/// What a fault may be aimed at, which its text form names after the colon.
#[derive(Clone, Copy)]
enum Target {
    /// Nothing else than this.
    Only(FaultKind, &'static str),
    /// A packet, by its kind.
    Packet(fn(PacketKind) -> FaultKind),
    /// A process, node or store.
    Participant(fn(Participant) -> FaultKind),
    /// The two ends of a connection: `consumer-broker`.
    Connection(fn(Participant, Participant) -> FaultKind),
    /// A line that calls a store: `commit`.
    Line(fn(Op) -> FaultKind),
    /// The reply to such a line: `commit-reply`.
    Reply(fn(Op) -> FaultKind),
    /// A time window.
    Window(fn(Window) -> FaultKind),
}

/// Which of the rates of random runs a kind of fault has.
#[derive(Clone, Copy)]
enum Rate {
    /// None: random runs have no such fault.
    No,
    One(FaultRate),
    /// That of a call of a store; the publish of a dead letter has that of a transient error of the
    /// broker.
    OfCall(FaultRate),
    /// One for each kind of packet.
    OfPacket(fn(PacketKind) -> FaultRate),
    /// One for each kind of participant.
    OfParticipant(fn(Participant) -> FaultRate),
}

/// A kind of fault.
struct Row {
    /// The name that its text form begins with.
    name: &'static str,
    target: Target,
    /// The class to which a fault budget counts it.
    class: Option<Class>,
    /// The label that people read: `{target}` stands for the target, `{other}` for the other end of
    /// a connection, `{m}` for the message.
    label: &'static str,
    rate: Rate,
}

/// Defines the rows: `name, target, class, label, rate`.
macro_rules! rows {
    ($($name:literal, $target:expr, $class:ident, $label:literal, $rate:expr;)*) => {
        &[$(Row {
            name: $name,
            target: $target,
            class: rows!(class $class),
            label: $label,
            rate: $rate,
        }),*]
    };
    (class None) => { None };
    (class $class:ident) => { Some(Class::$class) };
}

/// All kinds. Of several with one name, the first whose target fits is meant.
const ROWS: &[Row] = {
    use FaultKind::*;
    use FaultRate as R;
    use Rate::{No, OfCall, OfPacket, OfParticipant, One};
    use Target::*;
    rows! {
        "lose", Reply(LoseReply), Store, "response to {target} of {m} lost", OfCall(R::LoseReply);
        "lose", Packet(Lose), Lost, "{target} lost", OfPacket(loss);
        "late", Packet(Late), Late, "{target} late", One(R::Late);
        "refuse", Only(Refuse, "send"), Refused, "transient error for {m}", One(R::Refuse);
        "crash", Participant(Crash), Crash, "{target} crashes", OfParticipant(crash);
        "power-loss", Participant(PowerLoss), Power, "{target} loses power", One(R::PowerLoss);
        "gone", Participant(PermanentLoss), PermanentLoss, "{target} permanently lost",
            OfParticipant(permanent_loss);
        "pause", Participant(Pause), Pause, "{target} pauses", One(R::Pause);
        "slow", Participant(Slow), Slow, "{target} takes too long", One(R::Slow);
        // It ends a pause, and is no fault by itself.
        "resume", Participant(Resume), None, "{target} resumes", No;
        "fail", Only(FailHandler, "handler"), Handler, "handler fails on {m}", One(R::FailHandler);
        "fail", Only(FailAttempts, "attempts"), Handler, "handler fails on {m} at every attempt", No;
        "fail", Line(Fail), Store, "{target} of {m} fails", OfCall(R::FailCall);
        "cut", Connection(Cut), Partition, "{target} cut off from {other}", One(R::Partition);
        "expire", Window(Expire), Expiry, "{target}", One(R::Expiry);
        "twice", Only(Twice, "send"), Twice, "{m} sent twice", One(R::Twice);
        "reappear", Only(Reappear, "message"), Reappear, "{m} redelivered after its delete",
            One(R::Reappear);
        "isolate", Only(Isolate, "broker"), Partition, "leader cut off from its cluster",
            One(R::Partition);
        "move", Only(MoveLeader, "leader"), Leader, "planned leader change", One(R::MoveLeader);
        "replace", Only(Replace, "producer"), Replaced, "producer pauses and is replaced",
            One(R::Replace);
        "reset", Only(ResetToEarliest, "to-earliest"), Operator, "offsets reset to the earliest", No;
        "reset", Only(ResetToLatest, "to-latest"), Operator, "offsets reset to the latest", No;
        "purge", Only(Purge, "queue"), Operator, "queue purged", No;
        "redrive", Only(Redrive, "dead-letters"), Operator, "{m} redriven from the dead-letter queue",
            No;
        "add", Only(AddPartition, "partition"), Operator, "partition added to the topic", No;
        "upgrade", Participant(Upgrade), Upgrade, "{target} restarted for an upgrade", No;
    }
};

fn loss(packet: PacketKind) -> FaultRate {
    match packet {
        PacketKind::Send => FaultRate::LoseSend,
        PacketKind::Ack | PacketKind::Refusal | PacketKind::Return => FaultRate::LoseAck,
        PacketKind::Delivery => FaultRate::LoseDelivery,
        PacketKind::ConsumerAck
        | PacketKind::Requeue
        | PacketKind::Reject
        | PacketKind::Release => FaultRate::LoseConsumerAck,
    }
}

fn crash(at: Participant) -> FaultRate {
    match (at.sender(), at.consumer(), at.node()) {
        (Some(_), ..) => FaultRate::CrashProducer,
        (_, Some(_), _) => FaultRate::CrashConsumer,
        (.., Some(_)) => FaultRate::CrashBroker,
        _ => FaultRate::CrashStore,
    }
}

fn permanent_loss(at: Participant) -> FaultRate {
    if at.sender().is_some() { FaultRate::LoseProducer } else { FaultRate::LoseBroker }
}

impl Target {
    /// Returns a fault with such a target, whichever.
    fn example(self) -> FaultKind {
        let party = Participant::Broker;
        match self {
            Target::Only(kind, _) => kind,
            Target::Packet(kind) => kind(PacketKind::Send),
            Target::Participant(kind) => kind(party),
            Target::Connection(kind) => kind(party, party),
            Target::Line(kind) | Target::Reply(kind) => kind(Op::Commit),
            Target::Window(kind) => kind(Window::Ttl),
        }
    }

    /// Returns the fault with this target, or `None` if another row with the same name is meant.
    fn parse(self, whom: &str) -> Option<Result<FaultKind, String>> {
        Some(match self {
            Target::Only(kind, word) => return (whom == word).then_some(Ok(kind)),
            Target::Packet(kind) => packet(whom).map(kind),
            Target::Participant(kind) => party(whom).map(kind),
            Target::Connection(kind) => ends(whom).map(|(a, b)| kind(a, b)),
            Target::Line(kind) => line(whom).map(kind),
            Target::Reply(kind) => line(whom.strip_suffix("-reply")?).map(kind),
            Target::Window(kind) => window(whom).map(kind),
        })
    }
}

fn packet(key: &str) -> Result<PacketKind, String> {
    let known = || PacketKind::ALL.map(PacketKind::key).join(", ");
    PacketKind::from_key(key)
        .ok_or_else(|| format!("there is no packet {key}; use one of {}", known()))
}

fn party(key: &str) -> Result<Participant, String> {
    Participant::from_key(key).ok_or_else(|| format!("there is no participant {key}"))
}

fn ends(keys: &str) -> Result<(Participant, Participant), String> {
    let (a, b) = keys.split_once('-').ok_or("name two parties, as consumer-broker")?;
    Ok((party(a)?, party(b)?))
}

fn line(key: &str) -> Result<Op, String> {
    let op = Op::ALL.iter().copied().find(|op| op.key() == key);
    let calls =
        |op: &Op| op.store().is_some() || matches!(op, Op::CommitTransaction | Op::DeadLetter);
    let op = op.filter(calls);
    op.ok_or_else(|| format!("{key} is not a line that calls a store or a broker"))
}

fn window(key: &str) -> Result<Window, String> {
    Window::from_key(key)
        .ok_or_else(|| format!("{key} does not expire; use dedup-window, ttl, inbox or retention"))
}

impl FaultKind {
    fn row(self) -> &'static Row {
        let is_it = |row: &&Row| discriminant(&row.target.example()) == discriminant(&self);
        ROWS.iter().find(is_it).expect("each kind has a row")
    }

    /// Returns the class to which a fault budget counts such a fault; `None` for `Resume`, which is
    /// no fault by itself.
    pub fn class(self) -> Option<Class> {
        match self {
            // It calls the broker, not a store.
            FaultKind::Fail(Op::DeadLetter) | FaultKind::LoseReply(Op::DeadLetter) => {
                Some(Class::Refused)
            }
            _ => self.row().class,
        }
    }

    /// Returns the rate at which such faults strike in random runs, if they do.
    pub fn rate(self) -> Option<FaultRate> {
        match (self.row().rate, self) {
            (Rate::No, _) => None,
            (
                Rate::OfCall(_),
                FaultKind::Fail(Op::DeadLetter) | FaultKind::LoseReply(Op::DeadLetter),
            ) => Some(FaultRate::Refuse),
            (Rate::One(rate) | Rate::OfCall(rate), _) => Some(rate),
            (Rate::OfPacket(rate), FaultKind::Lose(packet)) => Some(rate(packet)),
            (Rate::OfParticipant(rate), FaultKind::Crash(at) | FaultKind::PermanentLoss(at)) => {
                Some(rate(at))
            }
            (Rate::OfPacket(_) | Rate::OfParticipant(_), _) => None,
        }
    }

    /// Returns the template of the label that people read.
    pub fn label(self) -> &'static str {
        self.row().label
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.row();
        write!(f, "{}:", row.name)?;
        match *self {
            FaultKind::Lose(packet) | FaultKind::Late(packet) => f.write_str(packet.key()),
            FaultKind::Crash(party)
            | FaultKind::PowerLoss(party)
            | FaultKind::PermanentLoss(party)
            | FaultKind::Pause(party)
            | FaultKind::Slow(party)
            | FaultKind::Upgrade(party)
            | FaultKind::Resume(party) => f.write_str(party.key()),
            FaultKind::Fail(op) => f.write_str(op.key()),
            FaultKind::LoseReply(op) => write!(f, "{}-reply", op.key()),
            FaultKind::Cut(a, b) => write!(f, "{}-{}", a.key(), b.key()),
            FaultKind::Expire(window) => f.write_str(window.key()),
            _ => match row.target {
                Target::Only(_, word) => f.write_str(word),
                _ => Ok(()),
            },
        }
    }
}

impl FromStr for FaultKind {
    type Err = String;

    fn from_str(head: &str) -> Result<Self, String> {
        let (name, whom) = head.split_once(':').ok_or(super::FORM)?;
        let mut named = ROWS.iter().filter(|row| row.name == name);
        named.find_map(|row| row.target.parse(whom)).unwrap_or_else(|| {
            Err(format!("there is no fault {head}; use one of {}", names().join(", ")))
        })
    }
}

/// Returns the names of all kinds, each with its target if it can have no other.
fn names() -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in ROWS {
        let alone = ROWS.iter().filter(|other| other.name == row.name).count() == 1;
        let name = match row.target {
            Target::Only(_, word) if alone => format!("{}:{word}", row.name),
            _ => row.name.to_owned(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rate_is_of_kinds_of_its_class() {
        let packets = PacketKind::ALL.map(FaultKind::Lose);
        let crashes = Participant::ALL.map(FaultKind::Crash);
        let losses = Participant::ALL.map(FaultKind::PermanentLoss);
        let calls = Op::ALL.iter().flat_map(|&op| [FaultKind::Fail(op), FaultKind::LoseReply(op)]);
        let targets =
            [&packets[..], &crashes[..], &losses[..], &calls.collect::<Vec<_>>()].concat();
        let kinds = ROWS.iter().map(|row| row.target.example()).chain(targets);
        let rates: Vec<(FaultRate, Option<Class>)> =
            kinds.filter_map(|kind| Some((kind.rate()?, kind.class()))).collect();
        for &rate in FaultRate::ALL {
            assert!(rates.iter().any(|(of, _)| *of == rate), "{rate:?} is of no fault");
        }
        for (rate, class) in rates {
            assert_eq!(class, Some(rate.class()), "{rate:?}");
        }
    }

    #[test]
    fn each_kind_has_a_row_of_its_own_that_its_text_leads_back_to() {
        for row in ROWS {
            let kind = row.target.example();
            assert_eq!(kind.to_string().parse(), Ok(kind), "{kind}");
            let same = ROWS.iter().filter(|r| r.target.example() == kind).count();
            assert_eq!(same, 1, "{kind}");
        }
    }
}
