//! Who takes part.

use serde::{Deserialize, Serialize};

/// A message, counted from 0; people see it as "m1".
pub type Msg = u8;

/// A participant, in the order in which lifelines stand from left to right.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
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

impl Party {
    pub const ALL: [Party; 12] = {
        use Party::*;
        [
            Producer, Producer2, Orders, Relay, Broker, Follower, Follower2, Consumer, Consumer2,
            Redis, Accounts, Mail,
        ]
    };
    /// The broker's nodes, by number.
    pub const NODES: [Party; 3] = [Party::Broker, Party::Follower, Party::Follower2];
    /// The consumers, by number.
    pub const CONSUMERS: [Party; 2] = [Party::Consumer, Party::Consumer2];
    /// Whoever keeps something and is neither a process of the application nor the broker.
    pub const STORES: [Party; 4] = [Party::Orders, Party::Redis, Party::Accounts, Party::Mail];

    /// The name that faults and links use: "broker".
    pub fn key(self) -> &'static str {
        match self {
            Party::Producer => "producer",
            Party::Producer2 => "producer2",
            Party::Orders => "orders",
            Party::Relay => "relay",
            Party::Broker => "broker",
            Party::Follower => "follower",
            Party::Follower2 => "follower2",
            Party::Consumer => "consumer",
            Party::Consumer2 => "consumer2",
            Party::Redis => "redis",
            Party::Accounts => "accounts",
            Party::Mail => "mail",
        }
    }

    /// The party of that name, if there is one.
    pub fn from_key(key: &str) -> Option<Party> {
        Party::ALL.into_iter().find(|p| p.key() == key)
    }

    /// Its number among the broker's nodes.
    pub fn node(self) -> Option<usize> {
        Party::NODES.iter().position(|&p| p == self)
    }

    /// Its number among the consumers.
    pub fn consumer(self) -> Option<usize> {
        Party::CONSUMERS.iter().position(|&p| p == self)
    }

    /// Its number among those that send.
    pub fn sender(self) -> Option<usize> {
        match self {
            Party::Producer => Some(0),
            Party::Producer2 | Party::Relay => Some(1),
            _ => None,
        }
    }

    /// Its number among the stores.
    pub fn store(self) -> Option<usize> {
        Party::STORES.iter().position(|&p| p == self)
    }
}
