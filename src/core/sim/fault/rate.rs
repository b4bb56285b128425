//! How often faults of a kind strike in random runs: the probabilities that a person can set.

use super::Class;

macro_rules! fault_rates {
    ($($name:ident $key:literal $class:ident $label:literal $each:literal)*) => {
        /// A kind of fault with its own probability.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FaultRate { $($name,)* }

        impl FaultRate {
            /// All faults, in their usual order.
            pub const ALL: &[FaultRate] = &[$(FaultRate::$name),*];

            /// Returns the name used in plans, in links and on the command line.
            pub fn key(self) -> &'static str {
                match self { $(FaultRate::$name => $key),* }
            }

            /// Returns the corresponding fault class of the model checker.
            pub fn class(self) -> Class {
                match self { $(FaultRate::$name => Class::$class),* }
            }

            /// Returns the fault in a few words.
            pub fn label(self) -> &'static str {
                match self { $(FaultRate::$name => $label),* }
            }

            /// Returns the events that the probability refers to.
            pub fn each(self) -> &'static str {
                match self { $(FaultRate::$name => $each),* }
            }
        }
    };
}

fault_rates! {
    LoseSend "lose-send" Lost "Message lost on its way to the broker" "per send"
    LoseAck "lose-ack" Lost "Broker's ack to the producer lost" "per ack"
    LoseDelivery "lose-delivery" Lost "Message lost on its way to the consumer" "per delivery"
    LoseConsumerAck "lose-consumer-ack" Lost "Consumer's ack lost" "per ack"
    Late "late" Late "Request or response arrives too late" "per packet"
    Refuse "refuse" Refused "Transient broker error" "per send"
    CrashProducer "crash-producer" Crash "Producer or relay crashes" "per step"
    CrashBroker "crash-broker" Crash "Broker node crashes" "per step"
    CrashConsumer "crash-consumer" Crash "Consumer crashes" "per step"
    CrashStore "crash-store" Crash "Database or Redis crashes" "per call"
    PowerLoss "power-loss" Power "Broker node loses power" "per step"
    LoseBroker "lose-broker" PermanentLoss "Broker node permanently lost" "per step"
    LoseProducer "lose-producer" PermanentLoss "Producer permanently lost" "per step"
    Pause "pause" Pause "Producer or consumer pauses" "per step"
    Slow "slow" Slow "Handler exceeds its timeout" "per step"
    FailHandler "fail-handler" Handler "Handler fails" "per handler call"
    FailCall "fail-call" Store "Database or Redis call fails" "per call"
    LoseReply "lose-reply" Store "Database or Redis response lost" "per call"
    Partition "partition" Partition "Network partition" "per packet"
    Twice "twice" Twice "Application sends a message twice" "per message"
    Reappear "reappear" Reappear "Deleted message reappears" "per message"
    MoveLeader "move-leader" Leader "Planned leader change" "per fetch"
    Replace "replace" Replaced "Producer pauses and is replaced" "per step"
    Expiry "expiry" Expiry "Dedup window, TTL or retention expires" "when it is due"
}

impl FaultRate {
    /// Returns the fault with this name, if there is one.
    pub fn from_key(key: &str) -> Option<FaultRate> {
        FaultRate::ALL.iter().copied().find(|rate| rate.key() == key)
    }

    /// Returns the faults with a configurable probability. Expiry is not one of them: it is a
    /// matter of time.
    pub fn with_chances() -> impl Iterator<Item = FaultRate> {
        FaultRate::ALL.iter().copied().filter(|&rate| rate != FaultRate::Expiry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again() {
        for &rate in FaultRate::ALL {
            assert_eq!(FaultRate::from_key(rate.key()), Some(rate));
        }
    }
}
