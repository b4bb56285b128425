//! From a run to what its diagram says. Events carry their cause, so nothing is simulated again.

use super::ir::{ArrowId, At, Diagram, Icon, Item, Lifeline, Row, Stroke, Tone};
use crate::sim::{Event, EventId, Kind, Msg, Party, Setup, Told, Trace, What};
use crate::words;

/// The diagram of a whole run. `sentences` are the steps', as the story tells them.
pub fn build(setup: &Setup, trace: &Trace, sentences: Vec<String>) -> Diagram {
    let lifelines = setup.parties.iter().map(|&p| lifeline(setup, p)).collect();
    let mut rows = Rows { setup, trace, rows: Vec::new(), busy: [0; 16], step: 0 };
    for (i, step) in trace.steps.iter().enumerate() {
        rows.step = i as u16 + 1;
        for id in step.events.clone() {
            rows.event(id as EventId, &trace.events[id]);
        }
    }
    Diagram { lifelines, rows: rows.rows, sentences }
}

fn lifeline(setup: &Setup, party: Party) -> Lifeline {
    let detail = match party {
        Party::Broker if setup.replicas > 1 => "of the queue".into(),
        Party::Broker => "queue".into(),
        Party::Accounts => format!("{} a message", words::amount(setup)),
        _ => String::new(),
    };
    Lifeline { name: words::party(setup, party).into(), detail }
}

struct Rows<'a> {
    setup: &'a Setup,
    trace: &'a Trace,
    rows: Vec<Row>,
    /// How many things each lifeline is at work on.
    busy: [u8; 16],
    step: u16,
}

impl Rows<'_> {
    fn at(&self, party: Party) -> At {
        // Every party of an event takes part, so it has a lifeline.
        self.setup.parties.iter().position(|&p| p == party).unwrap_or_default() as At
    }

    fn push(&mut self, msg: Option<Msg>, item: Item) {
        self.rows.push(Row { step: self.step, msg, item });
    }

    fn mark(&mut self, msg: Msg, at: Party, icon: Icon, tone: Tone, label: String, detail: String) {
        let at = self.at(at);
        self.push(Some(msg), Item::Mark { at, icon, label, detail, tone });
    }

    fn begin(&mut self, party: Party) {
        let at = self.at(party);
        if self.busy[at as usize] == 0 {
            self.push(None, Item::Begin { at });
        }
        self.busy[at as usize] += 1;
    }

    fn end(&mut self, party: Party) {
        let at = self.at(party);
        if self.busy[at as usize] == 1 {
            self.push(None, Item::End { at });
        }
        self.busy[at as usize] = self.busy[at as usize].saturating_sub(1);
    }

    fn event(&mut self, id: EventId, event: &Event) {
        match event.what {
            What::Sent { .. } => self.sent(id, event),
            What::Arrived { kind, to, .. } => {
                let arrow = self.arrow(event);
                let msg = msg_of(event);
                self.push(msg, Item::Arrive { arrow });
                if kind == Kind::Delivery {
                    self.begin(to);
                }
            }
            What::Lost { kind, msg, .. } => {
                let arrow = self.arrow(event);
                self.push(Some(msg), Item::Lose { arrow, label: words::lost_label(kind, msg) });
            }
            What::Crashed { at } => self.crash(at, "crash"),
            What::PowerLost { at } => self.crash(at, "power lost"),
            What::Gone { at } => self.crash(at, "gone for good"),
            What::Restarted { at } => {
                let at = self.at(at);
                self.push(None, Item::Restart { at, label: "restart".into() });
            }
            What::Applied { from, to, msg, count } => self.applied(from, to, msg, count),
            What::Reported { msg, told } => {
                if told == Told::Error {
                    let label = "MessageDeliveryError".into();
                    self.mark(msg, Party::Producer, Icon::Cross, Tone::Bad, label, String::new());
                } else {
                    let label = format!("{} Ok", words::message(msg));
                    self.mark(msg, Party::Producer, Icon::Check, Tone::Good, label, String::new());
                }
                self.end(Party::Producer);
            }
            What::Finished { at, .. } => self.end(at),
            _ => self.note(event),
        }
    }

    fn sent(&mut self, id: EventId, event: &Event) {
        let What::Sent { kind, from, to, msg, n } = event.what else { return };
        let waits = self.setup.producer.ops.len() > 1;
        if kind == Kind::Send && n == 1 && waits {
            self.begin(from);
        }
        let (label, detail) = words::packet_label(self.setup, kind, msg, n);
        let stroke = if kind.is_answer() { Stroke::Dashed } else { Stroke::Solid };
        let (from, to) = (self.at(from), self.at(to));
        self.push(Some(msg), Item::Send { arrow: id, from, to, label, detail, stroke });
    }

    /// The arrow that an arrival or a loss ends: follow the causes back to the sending.
    fn arrow(&self, event: &Event) -> ArrowId {
        let (What::Arrived { kind, msg, .. } | What::Lost { kind, msg, .. }) = event.what else {
            return ArrowId::MAX;
        };
        let mut cause = event.cause;
        while let Some(id) = cause {
            let at = &self.trace.events[id as usize];
            match at.what {
                What::Sent { kind: k, msg: m, .. } if (k, m) == (kind, msg) => return id,
                _ => cause = at.cause,
            }
        }
        ArrowId::MAX
    }

    fn crash(&mut self, party: Party, label: &str) {
        let at = self.at(party);
        self.busy[at as usize] = 0;
        self.push(None, Item::Crash { at, label: label.into() });
    }

    fn applied(&mut self, from: Party, to: Party, msg: Msg, count: u8) {
        let label = format!("balance += {}", words::amount(self.setup));
        let (from, to) = (self.at(from), self.at(to));
        let (detail, stroke) = (String::new(), Stroke::Solid);
        self.push(Some(msg), Item::Call { from, to, label, detail, stroke });
        let tone = if count == 1 { Tone::Good } else { Tone::Warn };
        let label = format!("{} ×{count}", words::message(msg));
        self.push(Some(msg), Item::Stamp { at: to, label, tone });
    }

    fn note(&mut self, event: &Event) {
        let setup = self.setup;
        let none = String::new;
        let copies = |copy: u8| if copy > 1 { format!("copy {copy}") } else { none() };
        let m = msg_of(event).map(words::message).unwrap_or_default();
        match event.what {
            What::Appended { at, msg, copy } => {
                let label = "in memory".to_owned();
                self.mark(msg, at, Icon::Memory, Tone::Plain, label, copies(copy));
            }
            What::Persisted { at, msg, copy } => {
                self.mark(msg, at, Icon::Disk, Tone::Good, "on disk".into(), copies(copy));
            }
            What::Replicated { from, to, msg, copy } => {
                let (a, b) = (self.at(from), self.at(to));
                let (label, detail, stroke) = (format!("replicate {m}"), none(), Stroke::Solid);
                self.push(Some(msg), Item::Call { from: a, to: b, label, detail, stroke });
                let label = "also in memory here".into();
                self.mark(msg, to, Icon::Replicated, Tone::Good, label, copies(copy));
            }
            What::Vanished { at, msg, .. } => {
                self.mark(msg, at, Icon::Cross, Tone::Bad, format!("{m} is gone here"), none());
            }
            What::Requeued { at, msg, .. } => {
                self.mark(
                    msg,
                    at,
                    Icon::Requeue,
                    Tone::Warn,
                    format!("{m} back in the queue"),
                    none(),
                );
            }
            What::DeadLettered { at, msg, n, .. } => {
                let detail = format!("after {n} deliveries");
                self.mark(
                    msg,
                    at,
                    Icon::DeadLetter,
                    Tone::Warn,
                    format!("{m} to dead letters"),
                    detail,
                );
            }
            What::Dropped { at, msg, .. } => {
                self.mark(msg, at, Icon::Cross, Tone::Bad, format!("{m} thrown away"), none());
            }
            What::HandlerFailed { at, msg, .. } => {
                self.mark(msg, at, Icon::Cross, Tone::Bad, "handler failed".into(), none());
            }
            What::AckTimedOut { msg, .. } => {
                let label = format!("ack timeout {}", words::ack_timeout(setup));
                self.mark(msg, Party::Producer, Icon::Clock, Tone::Warn, label, none());
            }
            What::BackedOff { msg, n } => {
                let label = format!("backoff {}", words::backoff(setup, n));
                self.mark(msg, Party::Producer, Icon::Clock, Tone::Plain, label, none());
            }
            What::Delayed { from, msg, .. } => {
                self.mark(msg, from, Icon::Clock, Tone::Bad, format!("{m} held up"), none());
            }
            What::Ignored { at, msg, .. } => {
                self.mark(msg, at, Icon::Note, Tone::Plain, "ignored".into(), none());
            }
            What::Elected { at } => {
                let at = self.at(at);
                let (icon, tone) = (Icon::Note, Tone::Plain);
                let label = "takes over".into();
                self.push(None, Item::Mark { at, icon, label, detail: none(), tone });
            }
            _ => {}
        }
    }
}

fn msg_of(event: &Event) -> Option<Msg> {
    use What::*;
    match event.what {
        Sent { msg, .. }
        | Arrived { msg, .. }
        | Lost { msg, .. }
        | Delayed { msg, .. }
        | Ignored { msg, .. }
        | Appended { msg, .. }
        | Persisted { msg, .. }
        | Replicated { msg, .. }
        | Vanished { msg, .. }
        | Removed { msg, .. }
        | Requeued { msg, .. }
        | DeadLettered { msg, .. }
        | Dropped { msg, .. }
        | Applied { msg, .. }
        | HandlerFailed { msg, .. }
        | Finished { msg, .. }
        | AckTimedOut { msg, .. }
        | BackedOff { msg, .. }
        | Reported { msg, .. } => Some(msg),
        Crashed { .. } | PowerLost { .. } | Gone { .. } | Restarted { .. } | Elected { .. } => None,
    }
}
