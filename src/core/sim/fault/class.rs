//! Kinds of faults, as a person chooses among them.

use super::FaultKind;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// A request or a response is lost.
    Lost,
    /// It comes when nobody waits for it any more.
    Late,
    /// The broker answers with an error that passes.
    Refused,
    /// A process dies and comes back.
    Crash,
    /// A machine of the broker loses power.
    Power,
    /// A machine or a process is lost for good.
    PermanentLoss,
    /// A consumer stands still for longer than anybody waits.
    Pause,
    /// A handler takes longer than anybody waits.
    Slow,
    /// A handler fails.
    Handler,
    /// A call of a store fails, or its answer is lost.
    Store,
    /// What is remembered for a while is forgotten.
    Expiry,
    /// A connection is cut for a while.
    Partition,
    /// The application sends a message twice.
    Twice,
    /// A standard queue hands out a deleted message again.
    Reappear,
    /// The leader of a partition is changed on purpose, while it is well.
    Leader,
}

impl Class {
    pub const ALL: [Class; 15] = {
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
        ]
    };

    /// The name that links and the terminal use.
    pub fn key(self) -> &'static str {
        match self {
            Class::Lost => "lost",
            Class::Late => "late",
            Class::Refused => "refused",
            Class::Crash => "crash",
            Class::Power => "power",
            Class::PermanentLoss => "gone",
            Class::Pause => "pause",
            Class::Slow => "slow",
            Class::Handler => "handler",
            Class::Store => "store",
            Class::Expiry => "expiry",
            Class::Partition => "partition",
            Class::Twice => "twice",
            Class::Reappear => "reappear",
            Class::Leader => "leader",
        }
    }

    /// The class of that name, if there is one.
    pub fn from_key(key: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.key() == key)
    }
}

impl FaultKind {
    /// The class that a budget counts such a fault among; none for what is no fault by itself.
    pub fn class(self) -> Option<Class> {
        Some(match self {
            FaultKind::Lose(_) => Class::Lost,
            FaultKind::Late(_) => Class::Late,
            FaultKind::Refuse => Class::Refused,
            FaultKind::Crash(_) => Class::Crash,
            FaultKind::PowerLoss(_) => Class::Power,
            FaultKind::PermanentLoss(_) => Class::PermanentLoss,
            FaultKind::Pause(_) => Class::Pause,
            FaultKind::Slow(_) => Class::Slow,
            FaultKind::FailHandler => Class::Handler,
            FaultKind::Fail(_) | FaultKind::LoseReply(_) => Class::Store,
            FaultKind::Cut(..) | FaultKind::Isolate => Class::Partition,
            FaultKind::Expire(_) => Class::Expiry,
            FaultKind::Twice => Class::Twice,
            FaultKind::Reappear => Class::Reappear,
            FaultKind::MoveLeader => Class::Leader,
            // It ends a pause.
            FaultKind::Resume(_) => return None,
        })
    }
}

/// A set of classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Classes(u16);

impl Classes {
    pub fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u16) != 0
    }

    /// The set with the class in it.
    #[must_use]
    pub fn with(self, class: Class) -> Classes {
        Classes(self.0 | 1 << class as u16)
    }

    /// The set without it.
    #[must_use]
    pub fn without(self, class: Class) -> Classes {
        Classes(self.0 & !(1 << class as u16))
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those in the set, in their fixed order.
    pub fn iter(self) -> impl Iterator<Item = Class> {
        Class::ALL.into_iter().filter(move |&class| self.has(class))
    }
}

impl FromIterator<Class> for Classes {
    fn from_iter<T: IntoIterator<Item = Class>>(classes: T) -> Classes {
        classes.into_iter().fold(Classes::default(), Classes::with)
    }
}
