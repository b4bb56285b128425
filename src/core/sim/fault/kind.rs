//! The kinds of faults: one row each, with its text form, its class and its label.

use super::Class;
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
}

const fn row(name: &'static str, target: Target, class: Class, label: &'static str) -> Row {
    Row { name, target, class: Some(class), label }
}

/// All kinds. Of several with one name, the first whose target fits is meant.
const ROWS: [Row; 26] = [
    row(
        "lose",
        Target::Reply(FaultKind::LoseReply),
        Class::Store,
        "response to {target} of {m} lost",
    ),
    row("lose", Target::Packet(FaultKind::Lose), Class::Lost, "{target} lost"),
    row("late", Target::Packet(FaultKind::Late), Class::Late, "{target} late"),
    row(
        "refuse",
        Target::Only(FaultKind::Refuse, "send"),
        Class::Refused,
        "transient error for {m}",
    ),
    row("crash", Target::Participant(FaultKind::Crash), Class::Crash, "{target} crashes"),
    row(
        "power-loss",
        Target::Participant(FaultKind::PowerLoss),
        Class::Power,
        "{target} loses power",
    ),
    row(
        "gone",
        Target::Participant(FaultKind::PermanentLoss),
        Class::PermanentLoss,
        "{target} permanently lost",
    ),
    row("pause", Target::Participant(FaultKind::Pause), Class::Pause, "{target} pauses"),
    row("slow", Target::Participant(FaultKind::Slow), Class::Slow, "{target} takes too long"),
    // It ends a pause, and is no fault by itself.
    Row {
        name: "resume",
        target: Target::Participant(FaultKind::Resume),
        class: None,
        label: "{target} resumes",
    },
    row(
        "fail",
        Target::Only(FaultKind::FailHandler, "handler"),
        Class::Handler,
        "handler fails on {m}",
    ),
    row(
        "fail",
        Target::Only(FaultKind::FailAttempts, "attempts"),
        Class::Handler,
        "handler fails on {m} at every attempt",
    ),
    row("fail", Target::Line(FaultKind::Fail), Class::Store, "{target} of {m} fails"),
    row(
        "cut",
        Target::Connection(FaultKind::Cut),
        Class::Partition,
        "{target} cut off from {other}",
    ),
    row("expire", Target::Window(FaultKind::Expire), Class::Expiry, "{target}"),
    row("twice", Target::Only(FaultKind::Twice, "send"), Class::Twice, "{m} sent twice"),
    row(
        "reappear",
        Target::Only(FaultKind::Reappear, "message"),
        Class::Reappear,
        "{m} redelivered after its delete",
    ),
    row(
        "isolate",
        Target::Only(FaultKind::Isolate, "broker"),
        Class::Partition,
        "leader cut off from its cluster",
    ),
    row(
        "move",
        Target::Only(FaultKind::MoveLeader, "leader"),
        Class::Leader,
        "planned leader change",
    ),
    row(
        "replace",
        Target::Only(FaultKind::Replace, "producer"),
        Class::Replaced,
        "producer pauses and is replaced",
    ),
    row(
        "reset",
        Target::Only(FaultKind::ResetToEarliest, "to-earliest"),
        Class::Operator,
        "offsets reset to the earliest",
    ),
    row(
        "reset",
        Target::Only(FaultKind::ResetToLatest, "to-latest"),
        Class::Operator,
        "offsets reset to the latest",
    ),
    row("purge", Target::Only(FaultKind::Purge, "queue"), Class::Operator, "queue purged"),
    row(
        "redrive",
        Target::Only(FaultKind::Redrive, "dead-letters"),
        Class::Operator,
        "{m} redriven from the dead-letter queue",
    ),
    row(
        "add",
        Target::Only(FaultKind::AddPartition, "partition"),
        Class::Operator,
        "partition added to the topic",
    ),
    row(
        "upgrade",
        Target::Participant(FaultKind::Upgrade),
        Class::Upgrade,
        "{target} restarted for an upgrade",
    ),
];

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
    for row in &ROWS {
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
    fn each_kind_has_a_row_of_its_own_that_its_text_leads_back_to() {
        for row in &ROWS {
            let kind = row.target.example();
            assert_eq!(kind.to_string().parse(), Ok(kind), "{kind}");
            let same = ROWS.iter().filter(|r| r.target.example() == kind).count();
            assert_eq!(same, 1, "{kind}");
        }
    }
}
