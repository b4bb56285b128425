//! Fault classes, among which a user chooses.

/// A fault class.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A request or a response is lost.
    Lost,
    /// A request or a response arrives after its receiver has stopped waiting.
    Late,
    /// The broker answers with a transient error.
    Refused,
    /// A process crashes and restarts.
    Crash,
    /// A machine of the broker loses power.
    Power,
    /// A machine or a process is permanently lost.
    PermanentLoss,
    /// A process pauses for longer than any timeout.
    Pause,
    /// A handler runs for longer than any timeout.
    Slow,
    /// A handler fails.
    Handler,
    /// A call to a store fails, or its reply is lost.
    Store,
    /// A time window expires: dedup window, TTL, inbox or retention.
    Expiry,
    /// A connection is cut for a while.
    Partition,
    /// The application sends a message twice.
    Twice,
    /// A standard queue delivers a deleted message again.
    Reappear,
    /// The leadership of a partition is moved while its leader is healthy.
    Leader,
    /// The producer pauses, and another instance of it is started.
    Replaced,
    /// An operator resets offsets, purges a queue, redrives a dead-letter queue, or adds a partition.
    Operator,
    /// A node is stopped in an orderly way and restarted, as in a rolling upgrade.
    Upgrade,
}

impl Class {
    pub const ALL: [Class; 18] = {
        use Class::*;
        [
            Lost,
            Late,
            Refused,
            Crash,
            Power,
            PermanentLoss,
            Pause,
            Slow,
            Handler,
            Store,
            Expiry,
            Partition,
            Twice,
            Reappear,
            Leader,
            Replaced,
            Operator,
            Upgrade,
        ]
    };

    /// The classes of failures: all but what operators do on purpose.
    pub const FAILURES: &'static [Class] = Class::ALL.split_at(Class::Operator as usize).0;

    /// Returns the name that links and the terminal use, and the label that people read.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Class::Lost => ("lost", "message loss"),
            Class::Late => ("late", "late delivery"),
            Class::Refused => ("refused", "transient broker error"),
            Class::Crash => ("crash", "process crash"),
            Class::Power => ("power", "power loss"),
            Class::PermanentLoss => ("gone", "permanent node loss"),
            Class::Pause => ("pause", "process pause"),
            Class::Slow => ("slow", "slow handler"),
            Class::Handler => ("handler", "handler error"),
            Class::Store => ("store", "database or Redis error"),
            Class::Expiry => ("expiry", "expiry of a window or TTL"),
            Class::Partition => ("partition", "network partition"),
            Class::Twice => ("twice", "duplicate send"),
            Class::Reappear => ("reappear", "delivery after a delete"),
            Class::Leader => ("leader", "planned leader change"),
            Class::Replaced => ("replaced", "producer replaced"),
            Class::Operator => {
                ("operator", "reset, purge, redrive or new partition by an operator")
            }
            Class::Upgrade => ("upgrade", "rolling upgrade"),
        }
    }

    /// Returns the name that links and the terminal use.
    pub fn key(self) -> &'static str {
        self.names().0
    }

    /// Returns the name that the user interface shows: "process crash".
    pub fn label(self) -> &'static str {
        self.names().1
    }

    /// Returns the class with that name, if there is one.
    pub fn from_key(key: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.key() == key)
    }
}

/// A set of classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Classes(u32);

impl Classes {
    pub fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u32) != 0
    }

    /// Returns the set with the class added.
    #[must_use]
    pub fn with(self, class: Class) -> Classes {
        Classes(self.0 | 1 << class as u32)
    }

    /// Returns the set with the class removed.
    #[must_use]
    pub fn without(self, class: Class) -> Classes {
        Classes(self.0 & !(1 << class as u32))
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Iterates over the classes in the set, in their fixed order.
    pub fn iter(self) -> impl Iterator<Item = Class> {
        Class::ALL.into_iter().filter(move |&class| self.has(class))
    }
}

impl FromIterator<Class> for Classes {
    fn from_iter<T: IntoIterator<Item = Class>>(classes: T) -> Classes {
        classes.into_iter().fold(Classes::default(), Classes::with)
    }
}
