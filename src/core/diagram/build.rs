//! Conversion of a trace into the diagram IR. Events carry their cause, so nothing is simulated
//! again.

mod calls;
mod notes;
mod open;

use open::Open;

use super::ir::{ArrowId, At, Diagram, Icon, Item, Lifeline, Row, Stroke, Tone};
use crate::sim::{
    CompiledScenario, Event, EventId, EventKind, MessageId, Op, PacketKind, Participant,
    ProducerReport, Trace,
};
use crate::text;

const GONE: &str = "permanently lost";

/// Builds the diagram of a whole run. `sentences` holds one sentence per step, as shown to the
/// reader.
pub fn build(setup: &CompiledScenario, trace: &Trace, sentences: Vec<String>) -> Diagram {
    let parties = left_to_right(setup);
    let lifelines = parties.iter().map(|&p| lifeline(setup, p)).collect();
    let mut rows = Rows {
        setup,
        trace,
        parties,
        rows: Vec::new(),
        busy: [0; 16],
        open: Vec::new(),
        transactions: Open::default(),
        step: 0,
    };
    for (i, step) in trace.steps.iter().enumerate() {
        rows.step = i as u16 + 1;
        for id in step.events.clone() {
            rows.event(id as EventId, &trace.events[id]);
        }
    }
    Diagram { lifelines, rows: rows.rows, sentences }
}

/// Returns all participants from left to right; of two producers, the one that sends first is
/// leftmost.
pub fn left_to_right(setup: &CompiledScenario) -> Vec<Participant> {
    let mut first = [Participant::Producer2, Participant::Producer];
    first.rotate_left(setup.successor.into());
    let rest = setup.parties.iter().copied().filter(|party| !first.contains(party));
    first.into_iter().filter(|party| setup.parties.contains(party)).chain(rest).collect()
}

fn lifeline(setup: &CompiledScenario, party: Participant) -> Lifeline {
    let kind = (text::terms(setup).store)(setup);
    let detail = match party {
        Participant::Broker if setup.replicas > 1 => format!("of the {kind}"),
        Participant::Broker => kind.into(),
        Participant::Accounts if setup.consumer.has(Op::Produce) => "topic".into(),
        Participant::Accounts => format!("{} a message", text::amount(setup)),
        Participant::Orders => "database".into(),
        Participant::Mail => "service".into(),
        _ => String::new(),
    };
    Lifeline { name: text::party(setup, party).into(), detail }
}

struct Rows<'a> {
    setup: &'a CompiledScenario,
    trace: &'a Trace,
    /// The participants that have a lifeline, left to right.
    parties: Vec<Participant>,
    rows: Vec<Row>,
    /// The number of activities in progress on each lifeline.
    busy: [u8; 16],
    /// Arrows that have not ended yet.
    open: Vec<ArrowId>,
    transactions: Open,
    step: u16,
}

impl Rows<'_> {
    fn at(&self, party: Participant) -> At {
        // Every participant named by an event takes part in the scenario, so it has a lifeline.
        self.parties.iter().position(|&p| p == party).unwrap_or_default() as At
    }

    fn push(&mut self, msg: Option<MessageId>, item: Item) {
        self.rows.push(Row { step: self.step, msg, item });
    }

    fn mark(
        &mut self,
        msg: MessageId,
        at: Participant,
        icon: Icon,
        tone: Tone,
        label: String,
        detail: String,
    ) {
        let at = self.at(at);
        self.push(Some(msg), Item::Mark { at, icon, label, detail, tone });
    }

    fn begin(&mut self, party: Participant) {
        let at = self.at(party);
        if self.busy[at as usize] == 0 {
            self.push(None, Item::Begin { at });
        }
        self.busy[at as usize] += 1;
    }

    fn end(&mut self, party: Participant) {
        let at = self.at(party);
        if self.busy[at as usize] == 1 {
            self.push(None, Item::End { at });
        }
        self.busy[at as usize] = self.busy[at as usize].saturating_sub(1);
    }

    fn event(&mut self, id: EventId, event: &Event) {
        match event.what {
            EventKind::Sent { .. } => self.sent(id, event),
            EventKind::Arrived { kind, to, .. } => {
                let arrow = self.arrow(event);
                let msg = msg_of(event);
                self.push(msg, Item::Arrive { arrow });
                if kind == PacketKind::Delivery {
                    self.begin(to);
                }
            }
            EventKind::Lost { from, to, .. } => self.lost(event, [from, to]),
            EventKind::Paused { at, slow: true } => self.slow(id, event, at),
            EventKind::Crashed { at } => self.crash(at, "crash"),
            EventKind::Stopped { at } | EventKind::ShutDown { at } => self.crash(at, "stopped"),
            EventKind::PowerLost { at } => self.crash(at, "power lost"),
            EventKind::PermanentLoss { at } => self.crash(at, GONE),
            EventKind::Restarted { at } => self.restart(at),
            EventKind::Applied { from, to, msg, count } => self.applied(from, to, msg, count),
            EventKind::Reported { at, msg, told } => {
                self.reported(at, msg, told);
                self.end(at);
            }
            EventKind::Asked { op, from, to, msg, yes } => self.asked(op, from, to, msg, yes),
            EventKind::AskFailed { op, from, to, msg, answer } => {
                self.ask_failed(op, from, to, msg, answer.is_some())
            }
            EventKind::FoundInProgress { from, to, msg } => {
                self.in_progress(from, to, msg);
            }
            EventKind::Unclaimed { from, to, msg } => {
                self.call(from, to, msg, format!("DEL {}", text::message(msg)));
            }
            EventKind::Called { from, to, msg, count } => {
                let label = text::ask_label(self.setup, Op::Call, msg);
                self.effect(from, to, msg, count, label);
            }
            EventKind::Finished { at, .. } => {
                self.transactions.end(at);
                self.end(at);
            }
            _ => self.note(event),
        }
    }

    fn reported(&mut self, at: Participant, msg: MessageId, told: ProducerReport) {
        let here = self.at(at);
        let failed = |row: &Row| {
            row.step == self.step
                && matches!(row.item, Item::Mark { at, icon: Icon::Cross, .. } if at == here)
        };
        if told == ProducerReport::Ok {
            let label = format!("{} Ok", text::message(msg));
            self.mark(msg, at, Icon::Check, Tone::Good, label, String::new());
        } else if !self.rows.last().is_some_and(failed) {
            // Skip an error that this step already shows.
            let label = text::error_label(self.setup, msg);
            self.mark(msg, at, Icon::Cross, Tone::Bad, label, String::new());
        }
    }

    fn sent(&mut self, id: EventId, event: &Event) {
        let EventKind::Sent { kind, from, to, msg, n } = event.what else { return };
        let waits = self.setup.waits();
        if kind == PacketKind::Send && n == 1 && waits {
            self.begin(from);
        }
        let (label, detail) = text::packet_label(self.setup, kind, msg, n);
        let stroke = if kind.is_answer() { Stroke::Dashed } else { Stroke::Solid };
        let (from, to) = (self.at(from), self.at(to));
        self.open.push(id);
        self.push(Some(msg), Item::Send { arrow: id, from, to, label, detail, stroke });
    }

    /// Returns the arrow that an arrival or a loss ends, by following the causes back to the send
    /// event. A loss may have another cause, such as a crash; then it ends the oldest open arrow of
    /// its kind.
    fn arrow(&mut self, event: &Event) -> ArrowId {
        let (EventKind::Arrived { kind, msg, .. } | EventKind::Lost { kind, msg, .. }) = event.what
        else {
            return ArrowId::MAX;
        };
        let same = |id: ArrowId| {
            let what = self.trace.events[id as usize].what;
            matches!(what, EventKind::Sent { kind: k, msg: m, .. } if (k, m) == (kind, msg))
        };
        let mut cause = event.cause;
        while let Some(id) = cause.filter(|&id| !same(id)) {
            cause = self.trace.events[id as usize].cause;
        }
        let caused = self.open.iter().position(|&id| Some(id) == cause);
        let Some(place) = caused.or_else(|| self.open.iter().position(|&id| same(id))) else {
            return ArrowId::MAX;
        };
        self.open.remove(place)
    }

    /// Adds the row of a lost message. If one of its ends crashes in this step, the row goes above
    /// the crash, so that its line does not cross the label there.
    fn lost(&mut self, event: &Event, ends: [Participant; 2]) {
        let EventKind::Lost { kind, msg, .. } = event.what else { return };
        let arrow = self.arrow(event);
        let label = text::lost_label(self.setup, kind, msg);
        let row = Row { step: self.step, msg: Some(msg), item: Item::Lose { arrow, label } };
        let ends = ends.map(|end| self.at(end));
        let dies = |row: &Row| {
            row.step == self.step
                && matches!(row.item, Item::Crash { at, .. } if ends.contains(&at))
        };
        let place = self.rows.iter().rposition(dies).unwrap_or(self.rows.len());
        self.rows.insert(place, row);
    }

    fn crash(&mut self, party: Participant, label: &str) {
        let at = self.at(party);
        self.busy[at as usize] = 0;
        self.push(None, Item::Crash { at, label: label.into() });
        self.abandoned(party);
    }

    fn restart(&mut self, party: Participant) {
        let at = self.at(party);
        let fell = |row: &Row| matches!(row.item, Item::Crash { at: down, .. } if down == at);
        // A participant that only starts late was never down.
        let label = if self.rows.iter().any(fell) { "restart" } else { "starts" };
        self.push(None, Item::Restart { at, label: label.into() });
        self.aborted(party);
    }

    fn applied(&mut self, from: Participant, to: Participant, msg: MessageId, count: u8) {
        // These operations have arrows of their own; within a transaction the effect shows at the
        // commit.
        let lines = [Op::Commit, Op::Upsert, Op::Insert, Op::Set];
        let program = &self.setup.consumer;
        let later = self.setup.machine.stages_output();
        if lines.into_iter().any(|op| program.has(op)) || (later && program.has(Op::Produce)) {
            return self.stamp(to, msg, count);
        }
        let label = match self.setup.effect() {
            Some(op) if op != Op::Call => text::ask_label(self.setup, op, msg),
            _ => text::ask_label(self.setup, Op::Work, msg),
        };
        self.effect(from, to, msg, count, label);
    }

    fn effect(
        &mut self,
        from: Participant,
        to: Participant,
        msg: MessageId,
        count: u8,
        label: String,
    ) {
        let (a, b) = (self.at(from), self.at(to));
        let (detail, stroke) = (String::new(), Stroke::Solid);
        self.push(Some(msg), Item::Call { from: a, to: b, label, detail, stroke });
        self.stamp(to, msg, count);
    }

    fn stamp(&mut self, to: Participant, msg: MessageId, count: u8) {
        let tone = if count == 1 { Tone::Good } else { Tone::Warn };
        let label = format!("{} ×{count}", text::message(msg));
        let at = self.at(to);
        self.push(Some(msg), Item::Stamp { at, label, tone });
    }
}

/// Returns the message that an event is about.
fn msg_of(event: &Event) -> Option<MessageId> {
    use EventKind::*;
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
        | Unsettled { msg, .. }
        | Requeued { msg, .. }
        | DeadLettered { msg, .. }
        | Dropped { msg, .. }
        | Deduplicated { msg, .. }
        | Unroutable { msg, .. }
        | Reappeared { msg, .. }
        | Redriven { msg, .. }
        | Refused { msg, .. }
        | Committed { msg, .. }
        | TransactionTimedOut { msg, .. }
        | Marker { msg, .. }
        | OffsetCommitted { msg, .. }
        | Asked { msg, .. }
        | AskFailed { msg, .. }
        | FoundInProgress { msg, .. }
        | Unclaimed { msg, .. }
        | LeaseEnded { msg }
        | RowSkipped { msg, .. }
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
        // What befalls a node, a process or a connection.
        _ => None,
    }
}
