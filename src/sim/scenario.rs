//! Who takes part, with which settings, which faults; the JSON form of all that.
//!
//! ```json
//! { "version": 1, "id": "ack-lost", "title": "…", "summary": "…", "messages": 1,
//!   "producer": { "retry": { "timeout_ms": 5000, "attempts": 3,
//!                            "backoff": { "fixed": { "delay_ms": 100 } } } },
//!   "broker": { "generic": { "acknowledge": "after-sync" } },
//!   "consumer": { "program": ["receive", "work", "ack"] },
//!   "store": { "amount": 100 },
//!   "faults": ["lose:ack@m1#1"],
//!   "notes": [{ "at": "lose:ack@m1#1", "say": "…" }] }
//! ```

use super::fault::FaultSpec;
use super::program::Op;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the JSON form that this build reads and writes.
pub const VERSION: u32 = 1;

/// A run to be: participants, settings, faults, and the words that go with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// [`VERSION`].
    pub version: u32,
    /// Its name in addresses: lower-case words with hyphens.
    pub id: String,
    pub title: String,
    pub summary: String,
    /// How many messages the application sends, 1 to 4.
    pub messages: u8,
    pub producer: ProducerSettings,
    pub broker: BrokerSettings,
    pub consumer: ConsumerSettings,
    #[serde(default)]
    pub store: Store,
    /// Each strikes at its point; see [`FaultSpec`].
    #[serde(default)]
    pub faults: Vec<FaultSpec>,
    /// Sentences for steps that deserve one.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// What to remember of it.
    #[serde(default)]
    pub takeaway: String,
}

/// A sentence for a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The key of the step, as the text trace prints it: `lose:ack@m1#1`, `work@m1#2`.
    pub at: String,
    pub say: String,
}

/// How the application sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProducerSettings {
    /// Send once and wait for nothing.
    FireAndForget,
    /// Wait for the acknowledgement, and send again when none comes.
    Retry(Retry),
}

/// Settings of [`ProducerSettings::Retry`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// How long to wait for an acknowledgement, in milliseconds.
    pub timeout_ms: u32,
    /// How often to send in all, 1 to 5.
    pub attempts: u8,
    pub backoff: Backoff,
    /// What a restarted process does with messages whose fate it did not report.
    #[serde(default)]
    pub on_restart: OnRestart,
}

/// The wait before the next attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Backoff {
    /// Always the same, in milliseconds.
    Fixed { delay_ms: u32 },
    /// Doubles from `first_ms` up to `max_ms`, in milliseconds.
    Exponential { first_ms: u32, max_ms: u32 },
}

impl Backoff {
    /// The wait after attempt `n` (from 1), in milliseconds.
    pub fn after(&self, n: u8) -> u32 {
        match *self {
            Backoff::Fixed { delay_ms } => delay_ms,
            Backoff::Exponential { first_ms, max_ms } => {
                let doublings = u32::from(n.saturating_sub(1)).min(31);
                first_ms.saturating_mul(1 << doublings).min(max_ms)
            }
        }
    }
}

/// A time in milliseconds as people write it: "5 s", "100 ms".
pub fn duration(ms: u32) -> String {
    if ms >= 1000 && ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format!("{ms} ms")
    }
}

/// What a restarted producer does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnRestart {
    /// It kept its work in memory only, and knows nothing of it any more.
    #[default]
    Forget,
    /// It has its work written down, and sends again whatever it had not reported.
    Resend,
}

/// The broker, by product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrokerSettings {
    Generic(GenericBroker),
}

/// A queue of no particular make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenericBroker {
    pub acknowledge: Acknowledge,
    /// How many nodes keep a copy in the end, 1 to 3.
    #[serde(default = "one")]
    pub replicas: u8,
    /// Deliver again what the consumer did not acknowledge. Without it a message is forgotten as
    /// soon as it is sent to the consumer.
    #[serde(default = "yes")]
    pub redelivery: bool,
    /// How often a message is delivered at most, 1 to 7; without it, for ever.
    #[serde(default)]
    pub max_deliveries: Option<u8>,
    /// Park a message after its last delivery instead of throwing it away.
    #[serde(default)]
    pub dead_letter_queue: bool,
}

fn one() -> u8 {
    1
}

fn yes() -> bool {
    true
}

/// When the broker answers the producer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acknowledge {
    /// From memory; the disk follows.
    BeforePersist,
    /// Once the copy is synced to disk.
    AfterSync,
    /// Once so many nodes have the copy, 2 to `replicas`.
    AfterReplication(u8),
}

/// How the application handles messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsumerSettings {
    /// The lines, in order; the first is `receive`.
    pub program: Vec<Op>,
    /// What a failing handler leads to.
    #[serde(default)]
    pub on_error: OnError,
    /// How many consumers share the queue, 1 or 2.
    #[serde(default = "one")]
    pub count: u8,
}

/// What the consumer tells the broker when its handler failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// `nack(requeue = true)`: deliver it again.
    #[default]
    Requeue,
    /// `nack(requeue = false)`: dead-letter it, or throw it away.
    Reject,
}

/// The store that the effect lands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// Added to the balance by each message, in dollars.
    pub amount: u32,
}

impl Default for Store {
    fn default() -> Self {
        Store { amount: 100 }
    }
}

/// What is wrong with a scenario, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The place in the JSON: `broker.generic.replicas`.
    pub at: String,
    /// The problem and its remedy, in a sentence.
    pub problem: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.problem)
    }
}

impl std::error::Error for ScenarioError {}

impl Scenario {
    /// Reads the JSON form and checks it.
    ///
    /// # Errors
    /// The place and the remedy, for the first thing that is wrong.
    pub fn from_json(text: &str) -> Result<Scenario, ScenarioError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = serde_path_to_error::deserialize(&mut reader);
        let scenario: Scenario = read.map_err(|e| {
            let at = match e.path().to_string() {
                path if path == "." => "the scenario".to_owned(),
                path => path,
            };
            ScenarioError { at, problem: e.into_inner().to_string() }
        })?;
        reader.end().map_err(|e| ScenarioError {
            at: "after the scenario".into(),
            problem: e.to_string(),
        })?;
        scenario.check()?;
        Ok(scenario)
    }

    /// The JSON form, indented.
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists only: there is nothing here that JSON cannot say.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Refuses what cannot be run.
    ///
    /// # Errors
    /// The place and the remedy, for the first thing that is wrong.
    pub fn check(&self) -> Result<(), ScenarioError> {
        let bad = |at: &str, problem: String| Err(ScenarioError { at: at.into(), problem });
        let within = |at: &str, value: u8, least: u8, most: u8| match value {
            v if (least..=most).contains(&v) => Ok(()),
            v => bad(at, format!("{v} is out of range; use {least} to {most}")),
        };
        if self.version != VERSION {
            return bad(
                "version",
                format!("this build reads version {VERSION}, not {}", self.version),
            );
        }
        within("messages", self.messages, 1, 4)?;
        if let ProducerSettings::Retry(retry) = &self.producer {
            within("producer.retry.attempts", retry.attempts, 1, 5)?;
        }
        let BrokerSettings::Generic(broker) = &self.broker;
        within("broker.generic.replicas", broker.replicas, 1, 3)?;
        if let Some(most) = broker.max_deliveries {
            within("broker.generic.max_deliveries", most, 1, 7)?;
        }
        if let Acknowledge::AfterReplication(n) = broker.acknowledge {
            let at = "broker.generic.acknowledge.after-replication";
            if broker.replicas < 2 {
                return bad(at, "there is one replica only; set replicas to 2 or 3".into());
            }
            within(at, n, 2, broker.replicas)?;
        } else if broker.replicas != 1 {
            let problem = "replicas are kept with after-replication only; set replicas to 1";
            return bad("broker.generic.replicas", problem.into());
        }
        within("consumer.count", self.consumer.count, 1, 2)?;
        self.check_program()?;
        self.check_faults()
    }

    fn check_program(&self) -> Result<(), ScenarioError> {
        let program = &self.consumer.program;
        let bad = |at: String, problem: String| Err(ScenarioError { at, problem });
        if program.first() != Some(&Op::Receive) {
            return bad("consumer.program[0]".into(), "the first line must be receive".into());
        }
        for (i, op) in program.iter().enumerate() {
            let at = format!("consumer.program[{i}]");
            if !matches!(op, Op::Receive | Op::Work | Op::Ack) {
                let problem = "a consumer's lines are receive, work and ack";
                return bad(at, format!("{} is not for consumers; {problem}", op.key()));
            }
            if program[..i].contains(op) {
                return bad(at, format!("{} is there already; remove one", op.key()));
            }
        }
        if !program.contains(&Op::Work) {
            return bad("consumer.program".into(), "without work nothing happens; add it".into());
        }
        Ok(())
    }

    fn check_faults(&self) -> Result<(), ScenarioError> {
        if self.faults.len() > 16 {
            let problem = format!("{} are too many; use up to 16", self.faults.len());
            return Err(ScenarioError { at: "faults".into(), problem });
        }
        let setup = super::setup::Setup::unchecked(self);
        for (i, fault) in self.faults.iter().enumerate() {
            fault.check(&setup).map_err(|problem| ScenarioError {
                at: format!("faults[{i}]"),
                problem: format!("{fault}: {problem}"),
            })?;
        }
        Ok(())
    }
}
