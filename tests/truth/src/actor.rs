//! An actor: a process that is one participant, and runs the scenario's program line by line. It
//! stands still before each line until the director says that it may run, so a crash is a SIGKILL in
//! the very gap that the fault names.

mod batch;
mod claims;
mod consumer;
mod in_progress;
mod link;
mod outbox;
mod sender;

use crate::protocol::{Command, Errand, Report};
use ackward::evidence::Seen;
use ackward::sim::{CompiledScenario, Participant, Scenario};
use std::cell::Cell;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub use in_progress::InProgress;

/// What a command led to: its events, or a problem of the harness.
type Outcome = Result<Vec<Seen>, String>;

/// What a client hears from the broker, or of its connection.
#[derive(Clone, Debug)]
pub enum Heard {
    Delivery {
        tag: u64,
        body: Vec<u8>,
    },
    Confirm {
        tag: u64,
        multiple: bool,
    },
    Refusal {
        tag: u64,
    },
    Returned {
        body: Vec<u8>,
    },
    /// The answer to this attempt at a message: it is stored, or there was an error.
    Answered {
        m: u8,
        n: u8,
        stored: bool,
    },
    /// The messages of one receive.
    Batch(Vec<Taken>),
    Disconnected,
}

/// A message of a receive.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub m: u8,
    /// The number of its delivery, as the broker counts.
    pub n: u8,
    pub tag: u64,
}

/// What every actor has.
struct Common {
    errand: Errand,
    setup: CompiledScenario,
    party: Participant,
    heard: UnboundedSender<Heard>,
    /// Connections so far.
    connections: Cell<u32>,
}

impl Common {
    /// Counts one more connection.
    fn connections(&self) -> u32 {
        self.connections.set(self.connections.get() + 1);
        self.connections.get()
    }
}

fn say(report: &Report) {
    // There are only strings and numbers, so serialization cannot fail.
    println!("{}", serde_json::to_string(report).unwrap_or_default());
}

/// Runs the process until its standard input ends.
///
/// # Errors
/// If the errand cannot be read.
pub async fn run(errand: &str) -> Result<(), String> {
    let errand: Errand = serde_json::from_str(errand).map_err(|e| e.to_string())?;
    let scenario = Scenario::from_json(&errand.scenario).map_err(|e| e.to_string())?;
    let setup = CompiledScenario::new(&scenario).map_err(|e| e.to_string())?;
    let party = Participant::from_key(&errand.party).ok_or("no such participant")?;
    let (heard, hears) = unbounded_channel();
    let common = Common { errand, setup, party, heard, connections: Cell::new(0) };
    match party.consumer() {
        Some(_) => serve(consumer::Consumer::new(common).await?, hears).await,
        None => serve(sender::Sender::new(common).await?, hears).await,
    }
    Ok(())
}

/// A participant's side of the conversation.
trait Actor {
    async fn carry_out(&mut self, command: Command) -> Outcome;
    /// Takes in what the broker sent, and returns what to tell the director.
    fn hear(&mut self, heard: Heard) -> Vec<Report>;
    /// Goes on with what was heard before, and returns what to tell the director.
    fn go_on(&mut self) -> Vec<Report> {
        Vec::new()
    }
}

async fn serve(mut actor: impl Actor, mut hears: UnboundedReceiver<Heard>) {
    let mut lines = BufReader::new(stdin()).lines();
    say(&Report::Ready);
    loop {
        tokio::select! {
            line = lines.next_line() => {
                let Ok(Some(line)) = line else { return };
                let done = match serde_json::from_str(&line) {
                    Ok(command) => actor.carry_out(command).await,
                    Err(e) => Err(e.to_string()),
                };
                say(&match done {
                    Ok(events) => Report::Done { events, problem: None },
                    Err(problem) => Report::Done { events: Vec::new(), problem: Some(problem) },
                });
                actor.go_on().iter().for_each(say);
            }
            Some(heard) = hears.recv() => actor.hear(heard).iter().for_each(say),
        }
    }
}
