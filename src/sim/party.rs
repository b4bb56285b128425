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
    /// The broker, or the replica that leads at the start.
    Broker,
    Follower,
    Follower2,
    Consumer,
    Consumer2,
    /// The store whose balance is the effect.
    Accounts,
}

impl Party {
    /// The broker's nodes, by number.
    pub const NODES: [Party; 3] = [Party::Broker, Party::Follower, Party::Follower2];
    /// The consumers, by number.
    pub const CONSUMERS: [Party; 2] = [Party::Consumer, Party::Consumer2];

    /// The name that faults and links use: "broker".
    pub fn key(self) -> &'static str {
        match self {
            Party::Producer => "producer",
            Party::Broker => "broker",
            Party::Follower => "follower",
            Party::Follower2 => "follower2",
            Party::Consumer => "consumer",
            Party::Consumer2 => "consumer2",
            Party::Accounts => "accounts",
        }
    }

    /// The party of that name, if there is one.
    pub fn from_key(key: &str) -> Option<Party> {
        use Party::*;
        [Producer, Broker, Follower, Follower2, Consumer, Consumer2, Accounts]
            .into_iter()
            .find(|p| p.key() == key)
    }

    /// Its number among the broker's nodes.
    pub fn node(self) -> Option<usize> {
        Party::NODES.iter().position(|&p| p == self)
    }

    /// Its number among the consumers.
    pub fn consumer(self) -> Option<usize> {
        Party::CONSUMERS.iter().position(|&p| p == self)
    }
}
