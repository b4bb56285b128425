//! Participants: the processes, nodes and stores of a run.

use serde::{Deserialize, Serialize};

/// The index of a message, from 0; shown to people as "m1".
pub type MessageId = u8;

/// A participant; variants are in the order of the lifelines from left to right.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Participant {
    #[default]
    Producer,
    /// A second producer.
    Producer2,
    /// The producer's own database.
    Orders,
    /// The relay, which reads the outbox in the producer's database and sends its rows.
    Relay,
    /// A second relay, which reads the same outbox.
    Relay2,
    /// The broker, or the replica that is the leader at the start.
    Broker,
    Follower,
    Follower2,
    Consumer,
    Consumer2,
    /// Redis, which remembers the messages that were handled.
    Redis,
    /// The store whose balance is the effect.
    Accounts,
    /// A service outside every transaction: mail, HTTP.
    Mail,
}

impl Participant {
    pub const ALL: [Participant; 13] = {
        use Participant::*;
        [
            Producer, Producer2, Orders, Relay, Relay2, Broker, Follower, Follower2, Consumer,
            Consumer2, Redis, Accounts, Mail,
        ]
    };
    /// The broker's nodes, by index.
    pub const NODES: [Participant; 3] =
        [Participant::Broker, Participant::Follower, Participant::Follower2];
    /// The consumers, by index.
    pub const CONSUMERS: [Participant; 2] = [Participant::Consumer, Participant::Consumer2];
    /// The stores and services: everything that keeps state, other than the application's processes
    /// and the broker.
    pub const STORES: [Participant; 4] =
        [Participant::Orders, Participant::Redis, Participant::Accounts, Participant::Mail];

    /// Returns the name that faults and links use: "broker".
    pub fn key(self) -> &'static str {
        match self {
            Participant::Producer => "producer",
            Participant::Producer2 => "producer2",
            Participant::Orders => "orders",
            Participant::Relay => "relay",
            Participant::Relay2 => "relay2",
            Participant::Broker => "broker",
            Participant::Follower => "follower",
            Participant::Follower2 => "follower2",
            Participant::Consumer => "consumer",
            Participant::Consumer2 => "consumer2",
            Participant::Redis => "redis",
            Participant::Accounts => "accounts",
            Participant::Mail => "mail",
        }
    }

    /// Returns the participant with that name, if there is one.
    pub fn from_key(key: &str) -> Option<Participant> {
        Participant::ALL.into_iter().find(|p| p.key() == key)
    }

    /// Returns the index of the participant among the broker's nodes.
    pub fn node(self) -> Option<usize> {
        Participant::NODES.iter().position(|&p| p == self)
    }

    /// Returns the index of the participant among the consumers.
    pub fn consumer(self) -> Option<usize> {
        Participant::CONSUMERS.iter().position(|&p| p == self)
    }

    /// Returns the index of the participant among the senders.
    pub fn sender(self) -> Option<usize> {
        match self {
            Participant::Producer => Some(0),
            Participant::Producer2 | Participant::Relay => Some(1),
            Participant::Relay2 => Some(2),
            _ => None,
        }
    }

    /// Returns true for a process that reads the outbox.
    pub fn is_relay(self) -> bool {
        matches!(self, Participant::Relay | Participant::Relay2)
    }

    /// Returns the index of the participant among the stores.
    pub fn store(self) -> Option<usize> {
        Participant::STORES.iter().position(|&p| p == self)
    }
}
