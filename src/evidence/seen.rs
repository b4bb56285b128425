//! Events that an observer outside the broker can see.

use crate::sim::{
    Choice, EventKind, Fault, MessageId, Op, PacketKind, Participant, ProducerReport, Record,
    Trace, Window,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An event of a trace that can be observed from outside: on the wire, in a process of the
/// application, or in a store. `m` numbers messages from 1; `n` counts attempts or deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Seen {
    /// A packet leaves its sender.
    Sent { packet: String, from: Participant, to: Participant, m: u8, n: u8 },
    /// A delivery reaches the consumer, which starts to handle it.
    Arrived { packet: String, from: Participant, to: Participant, m: u8, n: u8 },
    /// A packet is lost in flight by the script.
    Lost { packet: String, from: Participant, to: Participant, m: u8, n: u8 },
    /// An instruction called a store; `yes` is its result.
    Asked { line: Op, by: Participant, m: u8, yes: bool },
    /// A call to a store failed; `done` is true if it took effect all the same.
    AskFailed { line: Op, by: Participant, m: u8, done: bool },
    /// The store shows one more effect of the message.
    Applied { m: u8, count: u8 },
    /// The service outside every transaction was called once more.
    Called { m: u8, count: u8 },
    /// The handler failed before it had any effect.
    HandlerFailed { at: Participant, m: u8, n: u8 },
    /// A sender gave up waiting for the answer to an attempt.
    AckTimedOut { at: Participant, m: u8, n: u8 },
    /// A sender is ready for its next attempt.
    BackedOff { at: Participant, m: u8, n: u8 },
    /// A producer reported to its caller: "ok" or "error".
    Reported { at: Participant, m: u8, told: String },
    /// The application sends the message once more, as a new message.
    SentTwice { at: Participant, m: u8 },
    /// A process was killed.
    Crashed { at: Participant },
    /// A machine lost power.
    PowerLost { at: Participant },
    /// A machine is gone with its disk.
    PermanentLoss { at: Participant },
    /// A process is up again.
    Restarted { at: Participant },
    /// A process pauses; its handler is merely slow if `slow`.
    Paused { at: Participant, slow: bool },
    /// A paused process goes on.
    Resumed { at: Participant },
    /// A connection was cut.
    Cut { from: Participant, to: Participant },
    /// The connection can be opened again.
    Healed { from: Participant, to: Participant },
    /// A node was cut off from the rest of its cluster.
    Isolated { at: Participant },
    /// An isolated node reaches its cluster again.
    Rejoined { at: Participant },
    /// A time window of the message expired.
    Expired { window: String, m: u8 },
}

/// Returns the key of a producer's report.
pub fn told(report: ProducerReport) -> &'static str {
    match report {
        ProducerReport::Nothing => "nothing",
        ProducerReport::Ok => "ok",
        ProducerReport::Error => "error",
    }
}

/// From outside, the nodes of a cluster are one broker.
fn outside(party: Participant) -> Participant {
    if party.node().is_some() { Participant::Broker } else { party }
}

fn key(window: Window) -> String {
    window.key().to_owned()
}

impl Seen {
    /// Returns what an observer sees of an event of the model that this choice caused; `None` if
    /// it happens inside the broker, the network or a process.
    pub fn of(what: &EventKind, choice: Choice) -> Option<Seen> {
        let m = |msg: MessageId| msg + 1;
        let packet = |kind: PacketKind| kind.key().to_owned();
        // Packets that go down with a process or a connection leave no trace of their own.
        let lost = matches!(choice, Choice::Strike(Fault::Lose(_), _));
        Some(match *what {
            EventKind::Sent { kind, from, to, msg, n } => Seen::Sent {
                packet: packet(kind),
                from: outside(from),
                to: outside(to),
                m: m(msg),
                n,
            },
            EventKind::Arrived { kind: kind @ PacketKind::Delivery, from, to, msg, n } => {
                Seen::Arrived { packet: packet(kind), from: outside(from), to, m: m(msg), n }
            }
            EventKind::Lost { kind, from, to, msg, n } if lost => Seen::Lost {
                packet: packet(kind),
                from: outside(from),
                to: outside(to),
                m: m(msg),
                n,
            },
            EventKind::Asked { op, from, msg, yes, .. } => {
                Seen::Asked { line: op, by: from, m: m(msg), yes }
            }
            EventKind::AskFailed { op, from, msg, answer, .. } => {
                Seen::AskFailed { line: op, by: from, m: m(msg), done: answer.is_some() }
            }
            EventKind::FoundInProgress { from, msg, .. } => {
                Seen::AskFailed { line: Op::ClaimInProgress, by: from, m: m(msg), done: false }
            }
            EventKind::Applied { msg, count, .. } => Seen::Applied { m: m(msg), count },
            EventKind::Called { msg, count, .. } => Seen::Called { m: m(msg), count },
            EventKind::HandlerFailed { at, msg, n, .. } => Seen::HandlerFailed { at, m: m(msg), n },
            EventKind::AckTimedOut { at, msg, n } => Seen::AckTimedOut { at, m: m(msg), n },
            EventKind::BackedOff { at, msg, n } => Seen::BackedOff { at, m: m(msg), n },
            EventKind::Reported { at, msg, told: report } => {
                Seen::Reported { at, m: m(msg), told: told(report).to_owned() }
            }
            EventKind::SentTwice { at, msg } => Seen::SentTwice { at, m: m(msg) },
            EventKind::Cut { from, to } => Seen::Cut { from, to: outside(to) },
            EventKind::Healed { from, to } => Seen::Healed { from, to: outside(to) },
            EventKind::LeaseEnded { msg } => {
                Seen::Expired { window: "lease".to_owned(), m: m(msg) }
            }
            EventKind::Expired { what, msg } => Seen::Expired { window: key(what), m: m(msg) },
            _ => return Seen::of_process(what),
        })
    }

    /// Returns what an observer sees of a whole run, each event with its step.
    pub fn all_of(trace: &Trace) -> Vec<(usize, Seen)> {
        let of_step = |step: usize| {
            let choice = trace.steps[step - 1].choice;
            let events = trace.events_of(step).iter();
            events.filter_map(move |event| Some((step, Seen::of(&event.what, choice)?)))
        };
        (1..=trace.steps.len()).flat_map(of_step).collect()
    }

    fn of_process(what: &EventKind) -> Option<Seen> {
        Some(match *what {
            EventKind::Crashed { at } => Seen::Crashed { at },
            EventKind::PowerLost { at } => Seen::PowerLost { at },
            EventKind::PermanentLoss { at } => Seen::PermanentLoss { at },
            EventKind::Restarted { at } => Seen::Restarted { at },
            EventKind::Paused { at, slow } => Seen::Paused { at, slow },
            EventKind::Resumed { at } => Seen::Resumed { at },
            EventKind::Isolated { at } => Seen::Isolated { at },
            EventKind::Rejoined { at } => Seen::Rejoined { at },
            _ => return None,
        })
    }

    /// Caps the counts where the model's counts end, so that both can be compared.
    #[must_use]
    pub fn capped(mut self) -> Seen {
        match &mut self {
            Seen::Sent { n, .. }
            | Seen::Arrived { n, .. }
            | Seen::Lost { n, .. }
            | Seen::HandlerFailed { n, .. }
            | Seen::Applied { count: n, .. }
            | Seen::Called { count: n, .. } => *n = (*n).min(Record::MOST),
            _ => {}
        }
        self
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |party: &Participant| party.key();
        match self {
            Seen::Sent { packet, from, to, m, n } => {
                write!(f, "{} → {}: {packet} of m{m}#{n}", name(from), name(to))
            }
            Seen::Arrived { packet, to, m, n, .. } => {
                write!(f, "{}: {packet} of m{m}#{n} arrives", name(to))
            }
            Seen::Lost { packet, from, to, m, n } => {
                write!(f, "{} → {}: {packet} of m{m}#{n} is lost", name(from), name(to))
            }
            Seen::Asked { line, by, m, yes } => {
                let answer = if *yes { "yes" } else { "no" };
                write!(f, "{}: {} for m{m}: {answer}", name(by), line.key())
            }
            Seen::AskFailed { line, by, m, done } => {
                let done = if *done { "took effect, but its reply is lost" } else { "fails" };
                write!(f, "{}: {} for m{m} {done}", name(by), line.key())
            }
            Seen::Applied { m, count } => write!(f, "the store shows m{m} applied: {count}"),
            Seen::Called { m, count } => write!(f, "the service was called for m{m}: {count}"),
            Seen::HandlerFailed { at, m, n } => {
                write!(f, "{}: the handler fails on m{m}#{n}", name(at))
            }
            Seen::AckTimedOut { at, m, n } => {
                write!(f, "{}: no answer to attempt {n} of m{m}", name(at))
            }
            Seen::BackedOff { at, m, n } => {
                write!(f, "{}: ready for attempt {n} of m{m}", name(at))
            }
            Seen::Reported { at, m, told } => write!(f, "{}: reports {told} for m{m}", name(at)),
            Seen::SentTwice { at, m } => write!(f, "{}: sends m{m} once more", name(at)),
            Seen::Expired { window, m } => write!(f, "{window} expires for m{m}"),
            Seen::Cut { from, to } => write!(f, "{} | {}: connection cut", name(from), name(to)),
            Seen::Healed { from, to } => {
                write!(f, "{} | {}: connection possible again", name(from), name(to))
            }
            Seen::Crashed { at } => write!(f, "{}: killed", name(at)),
            Seen::PowerLost { at } => write!(f, "{}: power loss", name(at)),
            Seen::PermanentLoss { at } => write!(f, "{}: permanently lost", name(at)),
            Seen::Restarted { at } => write!(f, "{}: up again", name(at)),
            Seen::Paused { at, slow: true } => write!(f, "{}: the handler is slow", name(at)),
            Seen::Paused { at, .. } => write!(f, "{}: pauses", name(at)),
            Seen::Resumed { at } => write!(f, "{}: goes on", name(at)),
            Seen::Isolated { at } => write!(f, "{}: cut off from its cluster", name(at)),
            Seen::Rejoined { at } => write!(f, "{}: reaches its cluster again", name(at)),
        }
    }
}
