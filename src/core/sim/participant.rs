//! Who takes part.

use serde::{Deserialize, Serialize};

/// A message, counted from 0; people see it as "m1".
pub type MessageId = u8;

/// A participant, in the order in which lifelines stand from left to right.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Participant {
    #[default]
    Producer,
    /// Another process that sends.
    Producer2,
    /// The producer's own database.
    Orders,
    /// Reads the outbox in the producer's database, and sends.
    Relay,
    /// The broker, or the replica that leads at the start.
    Broker,
    Follower,
    Follower2,
    Consumer,
    Consumer2,
    /// Remembers which messages were handled.
    Redis,
    /// The store whose balance is the effect.
    Accounts,
    /// A service outside every transaction: mail, HTTP.
    Mail,
}

impl Participant {
    pub const ALL: [Participant; 12] = {
        use Participant::*;
        [
            Producer, Producer2, Orders, Relay, Broker, Follower, Follower2, Consumer, Consumer2,
            Redis, Accounts, Mail,
        ]
    };
    /// The broker's nodes, by number.
    pub const NODES: [Participant; 3] =
        [Participant::Broker, Participant::Follower, Participant::Follower2];
    /// The consumers, by number.
    pub const CONSUMERS: [Participant; 2] = [Participant::Consumer, Participant::Consumer2];
    /// Whoever keeps something and is neither a process of the application nor the broker.
    pub const STORES: [Participant; 4] =
        [Participant::Orders, Participant::Redis, Participant::Accounts, Participant::Mail];

    /// The name that faults and links use: "broker".
    pub fn key(self) -> &'static str {
        match self {
            Participant::Producer => "producer",
            Participant::Producer2 => "producer2",
            Participant::Orders => "orders",
            Participant::Relay => "relay",
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

    /// The party of that name, if there is one.
    pub fn from_key(key: &str) -> Option<Participant> {
        Participant::ALL.into_iter().find(|p| p.key() == key)
    }

    /// Its number among the broker's nodes.
    pub fn node(self) -> Option<usize> {
        Participant::NODES.iter().position(|&p| p == self)
    }

    /// Its number among the consumers.
    pub fn consumer(self) -> Option<usize> {
        Participant::CONSUMERS.iter().position(|&p| p == self)
    }

    /// Its number among those that send.
    pub fn sender(self) -> Option<usize> {
        match self {
            Participant::Producer => Some(0),
            Participant::Producer2 | Participant::Relay => Some(1),
            _ => None,
        }
    }

    /// Its number among the stores.
    pub fn store(self) -> Option<usize> {
        Participant::STORES.iter().position(|&p| p == self)
    }
}
