//! Senders: the producer, and the relay of an outbox.

use super::link::Link;
use super::outbox::Orders;
use super::{Actor, Common, Heard, Outcome};
use crate::protocol::{Command, Report};
use ackward::evidence::Seen;
use ackward::sim::{Op, Participant, Program};
use serde_json::json;

/// The progress of sending one message, as in the model.
#[derive(Clone, Copy, Default)]
struct Task {
    pc: u8,
    attempt: u8,
}

/// A sender process.
pub struct Sender {
    common: Common,
    program: Program,
    tasks: [Task; 4],
    link: Option<Link>,
    /// Message and attempt of each publish on the current connection: the tag of its confirm is its
    /// place.
    published: Vec<(u8, u8)>,
    confirmed: usize,
    /// Publishes of this process.
    publishes: u32,
    orders: Option<Orders>,
}

/// Returns true for lines that run after a successful send.
fn follows(op: Op) -> bool {
    matches!(op, Op::Save | Op::MarkSent)
}

impl Sender {
    pub async fn new(common: Common) -> Result<Sender, String> {
        let number = common.party.sender().ok_or("this is no sender")?;
        let program = common.setup.senders.get(number).cloned().ok_or("it has no program")?;
        let orders = match common.setup.configuration().database {
            Some(_) => Some(Orders::open(&common).await?),
            None => None,
        };
        Ok(Sender {
            program,
            common,
            tasks: Default::default(),
            link: None,
            published: Vec::new(),
            confirmed: 0,
            publishes: 0,
            orders,
        })
    }

    fn op(&self, m: u8) -> Option<Op> {
        self.program.op(self.task(m).pc)
    }

    fn task(&self, m: u8) -> Task {
        self.tasks[usize::from(m) - 1]
    }

    fn task_mut(&mut self, m: u8) -> &mut Task {
        &mut self.tasks[usize::from(m) - 1]
    }

    fn go_on(&mut self, m: u8) {
        let next = self.program.next(self.task(m).pc);
        self.task_mut(m).pc = next;
    }

    fn report(&mut self, m: u8, told: &str) -> Seen {
        *self.task_mut(m) = Task { pc: self.program.done(), attempt: 0 };
        Seen::Reported { at: self.common.party, m, told: told.into() }
    }

    async fn run(&mut self, m: u8) -> Outcome {
        match self.op(m).ok_or("the program has ended")? {
            Op::Send => self.send(m).await,
            op @ (Op::InsertOutbox | Op::Save | Op::MarkSent) => self.ask(m, op).await,
            Op::Return => Ok(vec![self.report(m, "ok")]),
            Op::Fail if self.common.party == Participant::Relay => {
                // The row is still in the outbox.
                *self.task_mut(m) = Task::default();
                Ok(Vec::new())
            }
            Op::Fail => Ok(vec![self.report(m, "error")]),
            op => Err(format!("a sender does not run {}", op.key())),
        }
    }

    async fn send(&mut self, m: u8) -> Outcome {
        if self.common.party == Participant::Relay {
            self.orders()?.read(m).await?;
        }
        let attempt = self.task(m).attempt.max(1);
        self.task_mut(m).attempt = attempt;
        if let Err(problem) = self.connect().await {
            // No broker is there: the attempt fails like one that is not answered.
            eprintln!("send: {problem}");
            self.go_on(m);
            return Ok(Vec::new());
        }
        self.publishes += 1;
        let Common { party, errand, .. } = &self.common;
        let copy = format!("{}-{}-{}", party.key(), errand.epoch, self.publishes);
        let body = json!({ "m": m, "n": attempt, "copy": copy }).to_string().into_bytes();
        self.published.push((m, attempt));
        let link = self.link.as_ref().ok_or("there is no connection")?;
        link.publish(&self.common, (m, attempt), body).await?;
        self.go_on(m);
        Ok(Vec::new())
    }

    async fn connect(&mut self) -> Result<(), String> {
        if self.link.is_some() {
            return Ok(());
        }
        self.link = Some(Link::to_publish(&self.common).await?);
        (self.published, self.confirmed) = (Vec::new(), 0);
        Ok(())
    }

    fn orders(&mut self) -> Result<&mut Orders, String> {
        self.orders.as_mut().ok_or_else(|| "there is no database".into())
    }

    /// Runs a line that calls the sender's own database.
    async fn ask(&mut self, m: u8, line: Op) -> Outcome {
        let by = self.common.party;
        let orders = self.orders()?;
        let done = match line {
            Op::InsertOutbox => orders.insert(m).await,
            Op::MarkSent => orders.mark(m).await,
            _ => orders.save(m).await,
        };
        if let Err(e) = done {
            eprintln!("{}: {e}", line.key());
            let failed = Seen::AskFailed { line, by, m, done: false };
            return Ok(vec![failed, self.report(m, "error")]);
        }
        let mut events = vec![Seen::Asked { line, by, m, yes: true }];
        self.go_on(m);
        if line == Op::MarkSent {
            *self.task_mut(m) = Task { pc: self.program.done(), attempt: 0 };
        } else if matches!(self.op(m), None | Some(Op::Backoff | Op::Fail)) {
            events.push(self.report(m, "ok"));
        }
        Ok(events)
    }

    /// Gives up on an attempt whose answer has not come.
    fn time_out(&mut self, m: u8) -> Outcome {
        if self.op(m) != Some(Op::Await) {
            return Err("the sender does not wait for an answer".into());
        }
        let n = self.task(m).attempt;
        self.give_up_attempt(m);
        Ok(vec![Seen::AckTimedOut { at: self.common.party, m, n }])
    }

    fn give_up_attempt(&mut self, m: u8) {
        let again = self.task(m).attempt < self.common.setup.attempts;
        let next = if again { Op::Backoff } else { Op::Fail };
        self.task_mut(m).pc = self.program.place(next).unwrap_or(self.program.done());
    }

    fn back_off(&mut self, m: u8) -> Outcome {
        if self.op(m) != Some(Op::Backoff) {
            return Err("the sender does not back off".into());
        }
        let send = self.program.place(Op::Send).unwrap_or_default();
        let n = self.task(m).attempt + 1;
        *self.task_mut(m) = Task { pc: send, attempt: n };
        Ok(vec![Seen::BackedOff { at: self.common.party, m, n }])
    }

    /// Takes in the answer to an attempt.
    fn answered(&mut self, (m, n): (u8, u8), told: &str) -> Report {
        let mut events = Vec::new();
        let waits = self.op(m) == Some(Op::Await);
        let fits = told == "ok" || n == self.task(m).attempt;
        if waits && fits {
            match self.program.op(self.task(m).pc + 1) {
                Some(op) if follows(op) && told == "ok" => self.task_mut(m).pc += 1,
                _ => events.push(self.report(m, told)),
            }
        }
        Report::Answered { m, events }
    }
}

impl Actor for Sender {
    async fn carry_out(&mut self, command: Command) -> Outcome {
        match command {
            Command::Run { m } => self.run(m).await,
            Command::Timeout { m } => self.time_out(m),
            Command::Backoff { m } => self.back_off(m),
            Command::Twice { m } => {
                *self.task_mut(m) = Task::default();
                Ok(vec![Seen::SentTwice { at: self.common.party, m }])
            }
            Command::Next { m } => match self.orders()?.next_row().await? {
                next if next == m => Ok(Vec::new()),
                next => Err(format!("the next row is that of {next:?}, in the model of {m:?}")),
            },
            Command::Flush => match &self.link {
                Some(link) => link.flush().await.map(|()| Vec::new()),
                None => Ok(Vec::new()),
            },
            Command::Subscribe | Command::Receive { .. } | Command::Fail => {
                Err("a sender cannot do that".into())
            }
        }
    }

    fn hear(&mut self, heard: Heard) -> Vec<Report> {
        match heard {
            Heard::Confirm { tag, multiple } => {
                let last = (tag as usize).min(self.published.len());
                let first = if multiple { self.confirmed } else { last.saturating_sub(1) };
                self.confirmed = self.confirmed.max(last);
                let all = self.published[first.min(last)..last].to_vec();
                all.into_iter().map(|of| self.answered(of, "ok")).collect()
            }
            Heard::Refusal { tag } => {
                eprintln!("the broker refused publish {tag}");
                Vec::new()
            }
            Heard::Returned { body } => {
                let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
                let number = |key: &str| body[key].as_u64().unwrap_or_default() as u8;
                vec![self.answered((number("m"), number("n")), "error")]
            }
            Heard::Answered { m, n, stored: true } => vec![self.answered((m, n), "ok")],
            Heard::Answered { m, n, stored: false } => {
                if self.op(m) == Some(Op::Await) && n == self.task(m).attempt {
                    self.give_up_attempt(m);
                }
                vec![Report::Answered { m, events: Vec::new() }]
            }
            Heard::Disconnected => {
                self.link = None;
                vec![Report::Disconnected]
            }
            Heard::Delivery { .. } | Heard::Batch(_) => Vec::new(),
        }
    }
}
