//! What the director and its actors say to each other: JSON lines on the actor's standard input and
//! output.

use crate::nats::settings::Stream;
use crate::sqs::settings::Queue;
use crate::wire::Protocol;
use ackward::evidence::Seen;
use serde::{Deserialize, Serialize};

/// Everything that an actor has to know when it starts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Errand {
    /// The scenario, as JSON.
    pub scenario: String,
    /// The participant that the process is, by its key.
    pub party: String,
    /// The number of earlier incarnations of the process.
    pub epoch: u8,
    /// The port of the proxy in front of the broker.
    pub broker: u16,
    pub place: Place,
    /// The port of the proxy in front of PostgreSQL, and its database.
    pub postgres: u16,
    pub database: String,
    /// The port of Redis, and the prefix of the run's keys.
    pub redis: u16,
    pub prefix: String,
    /// The port of the mail service.
    pub mail: u16,
}

/// Where actors publish, and what they consume.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The names of the exchange, the queue, and the exchange for dead letters.
    Rabbitmq { exchange: String, queue: String, dead_letters: String },
    /// The subject, and the settings of its stream and consumer.
    Nats { subject: String, stream: Option<Stream> },
    /// The queue.
    Sqs(Queue),
}

impl Place {
    /// Returns the protocol that clients speak.
    pub fn protocol(&self) -> Protocol {
        match self {
            Place::Rabbitmq { .. } => Protocol::Amqp,
            Place::Nats { .. } => Protocol::Nats,
            Place::Sqs(_) => Protocol::Http,
        }
    }
}

/// A command to an actor, which answers each with [`Report::Done`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// A consumer connects and subscribes.
    Subscribe,
    /// A consumer asks once for messages: it waits for the first one if `long`.
    Receive { long: bool },
    /// Run the next line; a sender runs it for this message.
    Run { m: u8 },
    /// The handler fails instead of running its next line.
    Fail,
    /// A sender's clock says that the answer is overdue.
    Timeout { m: u8 },
    /// A sender's backoff is over.
    Backoff { m: u8 },
    /// The application sends the message once more.
    Twice { m: u8 },
    /// An actor waits until the broker has read what it has sent.
    Flush,
    /// A relay looks for its next row, which has to be this one.
    Next { m: Option<u8> },
}

/// A line from an actor.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// The process is up.
    Ready,
    /// The command was carried out, with these events; or there was a problem.
    Done { events: Vec<Seen>, problem: Option<String> },
    /// A delivery has reached the handler.
    Received { m: u8 },
    /// An answer of the broker has reached a sender, with the events that it caused.
    Answered { m: u8, events: Vec<Seen> },
    /// The client library has noticed that its connection is gone.
    Disconnected,
}
