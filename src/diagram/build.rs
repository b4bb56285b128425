//! From a run to what its diagram says. Events carry their cause, so nothing is simulated again.

use super::ir::{ArrowId, At, Diagram, Icon, Item, Lifeline, Row, Stroke, Tone};
use crate::sim::settings::BrokerSettings;
use crate::sim::{Event, EventId, Kind, Msg, Op, Party, Setup, Told, Trace, What, Window};
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
    let kind = match &setup.scenario.broker {
        BrokerSettings::Kafka(_) => "partition log",
        BrokerSettings::Sqs(broker) if broker.fifo => "FIFO queue",
        BrokerSettings::Sqs(_) => "standard queue",
        BrokerSettings::Generic(_) | BrokerSettings::Rabbitmq(_) => "queue",
    };
    let detail = match party {
        Party::Broker if setup.replicas > 1 => format!("of the {kind}"),
        Party::Broker => kind.into(),
        Party::Accounts if setup.consumer.has(Op::Produce) => "topic".into(),
        Party::Accounts => format!("{} a message", words::amount(setup)),
        Party::Orders => "database".into(),
        Party::Mail => "service".into(),
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
                let label = words::lost_label(self.setup, kind, msg);
                self.push(Some(msg), Item::Lose { arrow, label });
            }
            What::Crashed { at } => self.crash(at, "crash"),
            What::PowerLost { at } => self.crash(at, "power lost"),
            What::Gone { at } => self.crash(at, "gone for good"),
            What::Restarted { at } => {
                let at = self.at(at);
                self.push(None, Item::Restart { at, label: "restart".into() });
            }
            What::Applied { from, to, msg, count } => self.applied(from, to, msg, count),
            What::Reported { at, msg, told } => {
                if told == Told::Error {
                    let label = words::error_label(self.setup, msg);
                    self.mark(msg, at, Icon::Cross, Tone::Bad, label, String::new());
                } else {
                    let label = format!("{} Ok", words::message(msg));
                    self.mark(msg, at, Icon::Check, Tone::Good, label, String::new());
                }
                self.end(at);
            }
            What::Asked { op, from, to, msg, yes } => self.asked(op, from, to, msg, yes),
            What::AskFailed { op, from, to, msg, done } => self.ask_failed(op, from, to, msg, done),
            What::Called { from, to, msg, count } => {
                let label = words::ask_label(self.setup, Op::Call, msg);
                self.effect(from, to, msg, count, label);
            }
            What::Finished { at, .. } => self.end(at),
            _ => self.note(event),
        }
    }

    fn sent(&mut self, id: EventId, event: &Event) {
        let What::Sent { kind, from, to, msg, n } = event.what else { return };
        let waits = self.setup.waits();
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
        // Within a transaction the effect shows at the commit, which has an arrow of its own.
        let commits = [Op::Commit, Op::CommitTransaction, Op::Upsert, Op::Insert, Op::Set];
        let program = &self.setup.consumer;
        if commits.into_iter().any(|op| program.has(op)) {
            return self.stamp(to, msg, count);
        }
        let label = match self.setup.effect() {
            Some(op) if op != Op::Call => words::ask_label(self.setup, op, msg),
            _ => words::ask_label(self.setup, Op::Work, msg),
        };
        self.effect(from, to, msg, count, label);
    }

    fn effect(&mut self, from: Party, to: Party, msg: Msg, count: u8, label: String) {
        let (a, b) = (self.at(from), self.at(to));
        let (detail, stroke) = (String::new(), Stroke::Solid);
        self.push(Some(msg), Item::Call { from: a, to: b, label, detail, stroke });
        self.stamp(to, msg, count);
    }

    fn stamp(&mut self, to: Party, msg: Msg, count: u8) {
        let tone = if count == 1 { Tone::Good } else { Tone::Warn };
        let label = format!("{} ×{count}", words::message(msg));
        let at = self.at(to);
        self.push(Some(msg), Item::Stamp { at, label, tone });
    }

    /// A line that talks to a store: an arrow, and a mark where the answer is no.
    fn asked(&mut self, op: Op, from: Party, to: Party, msg: Msg, yes: bool) {
        // Outside a transaction the effect itself is drawn, with its arrow.
        let staged = self.setup.consumer.has(Op::Begin);
        let shown = match op {
            Op::Work => staged,
            Op::Call => false,
            Op::Produce => self.setup.log().is_some_and(|rules| rules.output_committed),
            _ => true,
        };
        if !shown {
            return;
        }
        let label = words::ask_label(self.setup, op, msg);
        if from == to {
            let icon = if yes { Icon::Note } else { Icon::Check };
            let label = if yes { label } else { words::refused_label(op, msg) };
            return self.mark(msg, from, icon, Tone::Plain, label, String::new());
        }
        let (a, b) = (self.at(from), self.at(to));
        let (detail, stroke) = (String::new(), Stroke::Solid);
        self.push(Some(msg), Item::Call { from: a, to: b, label, detail, stroke });
        if !yes {
            let label = words::refused_label(op, msg);
            self.mark(msg, to, Icon::Note, Tone::Plain, label, String::new());
        }
    }

    fn ask_failed(&mut self, op: Op, from: Party, to: Party, msg: Msg, done: bool) {
        if done && from != to {
            let (a, b) = (self.at(from), self.at(to));
            let label = words::ask_label(self.setup, op, msg);
            let (detail, stroke) = (String::new(), Stroke::Solid);
            self.push(Some(msg), Item::Call { from: a, to: b, label, detail, stroke });
        }
        let label = if done { "no answer" } else { "error" };
        self.mark(msg, from, Icon::Cross, Tone::Bad, label.into(), String::new());
    }

    fn note(&mut self, event: &Event) {
        let setup = self.setup;
        let none = String::new;
        let copies = |copy: u8| if copy > 1 { format!("copy {copy}") } else { none() };
        let m = msg_of(event).map(words::message).unwrap_or_default();
        match event.what {
            What::Appended { at, msg, copy } => {
                let (icon, label) = match (setup.log(), setup.visibility()) {
                    (Some(_), _) => (Icon::Memory, "appended"),
                    (_, Some(_)) => (Icon::Replicated, "stored"),
                    _ => (Icon::Memory, "in memory"),
                };
                self.mark(msg, at, icon, Tone::Plain, label.into(), copies(copy));
            }
            What::Persisted { at, msg, copy } => {
                self.mark(msg, at, Icon::Disk, Tone::Good, "on disk".into(), copies(copy));
            }
            What::Replicated { from, to, msg, copy } => {
                let (a, b) = (self.at(from), self.at(to));
                let (label, detail, stroke) = (format!("replicate {m}"), none(), Stroke::Solid);
                self.push(Some(msg), Item::Call { from: a, to: b, label, detail, stroke });
                let label = match setup.queue() {
                    Some(rules) if rules.synced_copies => "also on disk here",
                    Some(_) => "also in memory here",
                    None => "also here",
                };
                let label = label.into();
                self.mark(msg, to, Icon::Replicated, Tone::Good, label, copies(copy));
            }
            What::Vanished { at, msg, .. } => {
                let label = match setup.log() {
                    Some(_) => format!("{m} not in this log"),
                    None => format!("{m} is gone here"),
                };
                self.mark(msg, at, Icon::Cross, Tone::Bad, label, none());
            }
            What::Requeued { at, msg, .. } => {
                let label = match setup.visibility() {
                    Some(_) => format!("{m} visible again"),
                    None => format!("{m} back in the queue"),
                };
                self.mark(msg, at, Icon::Requeue, Tone::Warn, label, none());
            }
            What::DeadLettered { at, msg, n, .. } => {
                let detail = format!("after {}", words::times_out(self.setup, n));
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
            _ => self.wait(event),
        }
    }

    /// What fails at the ends, and how long they wait.
    fn wait(&mut self, event: &Event) {
        let (setup, none) = (self.setup, String::new);
        let m = msg_of(event).map(words::message).unwrap_or_default();
        match event.what {
            What::HandlerFailed { at, msg, .. } => {
                self.mark(msg, at, Icon::Cross, Tone::Bad, "handler failed".into(), none());
            }
            What::AckTimedOut { at, msg, .. } => {
                let label = format!("ack timeout {}", words::ack_timeout(setup));
                self.mark(msg, at, Icon::Clock, Tone::Warn, label, none());
            }
            What::BackedOff { at, msg, n } => {
                let label = format!("backoff {}", words::backoff(setup, n));
                self.mark(msg, at, Icon::Clock, Tone::Plain, label, none());
            }
            What::Delayed { from, msg, .. } => {
                self.mark(msg, from, Icon::Clock, Tone::Bad, format!("{m} held up"), none());
            }
            What::Ignored { at, msg, .. } => {
                self.mark(msg, at, Icon::Note, Tone::Plain, "ignored".into(), none());
            }
            _ => self.news(event),
        }
    }

    /// What concerns a party as a whole, or is particular to one product.
    fn news(&mut self, event: &Event) {
        use {Icon::*, Tone::*};
        let m = msg_of(event).map(words::message).unwrap_or_default();
        let (at, icon, tone, label) = match event.what {
            What::Elected { at } => (at, Note, Plain, "takes over".to_owned()),
            What::Written { at, .. } => (at, Disk, Plain, "written, not synced".into()),
            What::Deduplicated { at, .. } => (at, Check, Good, "known: not stored again".into()),
            What::Unroutable { at, .. } => (at, Cross, Bad, format!("no queue for {m}")),
            What::Refused { at, why, .. } => (at, Cross, Bad, words::why(self.setup, why).into()),
            What::CameBack { at, .. } => (at, Requeue, Warn, format!("{m} is there again")),
            What::Committed { at, .. } => (at, Check, Good, format!("{m} below high watermark")),
            What::InSync { at, yes } => {
                let label = if yes { "in sync again" } else { "out of sync" };
                (at, Note, if yes { Good } else { Warn }, label.into())
            }
            What::Marker { at, commit, .. } => {
                let label = if commit { "commit marker" } else { "abort marker" };
                (at, Note, if commit { Good } else { Warn }, label.into())
            }
            What::OffsetCommitted { at, .. } => (at, Check, Plain, format!("offset past {m}")),
            What::Assigned { at } => (at, Note, Plain, "gets the partition".into()),
            What::Evicted { at } => (at, Clock, Warn, "out of the group".into()),
            What::RolledBack { to: at, .. } => (at, Cross, Plain, "rolled back".into()),
            What::HandedOff { at, .. } => (at, Note, Plain, format!("{m} to the worker")),
            What::SentTwice { at, .. } => (at, Note, Warn, format!("{m} once more")),
            What::Paused { at, slow: true } => (at, Clock, Bad, "takes too long".into()),
            What::Paused { at, .. } => (at, Clock, Bad, "stands still".into()),
            What::Resumed { at } => (at, Note, Plain, "goes on".into()),
            What::Cut { from, to } => {
                let label = format!("cut from {}", words::the(self.setup, to));
                (from, Cross, Bad, label)
            }
            What::Healed { from, .. } => (from, Check, Good, "connected again".into()),
            What::Expired { what, .. } => {
                let (at, label) = self.expired(what);
                (at, Clock, Bad, label)
            }
            _ => return,
        };
        let at = self.at(at);
        let detail = String::new();
        self.push(msg_of(event), Item::Mark { at, icon, label, detail, tone });
    }

    /// Where a window ends, and what is written there.
    fn expired(&self, what: Window) -> (Party, String) {
        match what {
            Window::Dedup => (Party::Broker, "5 minutes pass".into()),
            Window::Retention => (Party::Broker, "retention passes".into()),
            Window::Ttl => (Party::Redis, "TTL passes".into()),
            Window::Inbox => (Party::Accounts, "inbox pruned".into()),
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
        | Written { msg, .. }
        | Persisted { msg, .. }
        | Replicated { msg, .. }
        | Vanished { msg, .. }
        | Removed { msg, .. }
        | Requeued { msg, .. }
        | DeadLettered { msg, .. }
        | Dropped { msg, .. }
        | Deduplicated { msg, .. }
        | Unroutable { msg, .. }
        | CameBack { msg, .. }
        | Refused { msg, .. }
        | Committed { msg, .. }
        | Marker { msg, .. }
        | OffsetCommitted { msg, .. }
        | Asked { msg, .. }
        | AskFailed { msg, .. }
        | RolledBack { msg, .. }
        | HandedOff { msg, .. }
        | SentTwice { msg, .. }
        | Called { msg, .. }
        | Applied { msg, .. }
        | HandlerFailed { msg, .. }
        | Finished { msg, .. }
        | AckTimedOut { msg, .. }
        | BackedOff { msg, .. }
        | Expired { msg, .. }
        | Reported { msg, .. } => Some(msg),
        InSync { .. }
        | Assigned { .. }
        | Evicted { .. }
        | Crashed { .. }
        | PowerLost { .. }
        | Gone { .. }
        | Restarted { .. }
        | Elected { .. }
        | Paused { .. }
        | Resumed { .. }
        | Cut { .. }
        | Healed { .. } => None,
    }
}
