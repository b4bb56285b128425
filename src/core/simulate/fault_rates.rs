//! Fault injection: the faults of a random run, and their probabilities.

use crate::sim::{
    ActorStep, Choice, Class, CompiledScenario, Fault, Link, Op, PacketKind, Participant, Pause,
    Reply, Window, World,
};
use serde::{Deserialize, Serialize};

macro_rules! hazards {
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

hazards! {
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
        FaultRate::ALL.iter().copied().find(|hazard| hazard.key() == key)
    }

    /// Returns the faults with a configurable probability. Expiry is not one of them: it is a
    /// matter of time.
    pub fn with_chances() -> impl Iterator<Item = FaultRate> {
        FaultRate::ALL.iter().copied().filter(|&hazard| hazard != FaultRate::Expiry)
    }
}

/// The probability of each fault, in parts per million; faults that are not listed never strike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultRates(std::collections::BTreeMap<String, u32>);

impl FaultRates {
    /// Probability 1, in parts per million.
    pub const ALWAYS: u32 = 1_000_000;

    /// Returns the probability of a fault, in parts per million.
    pub fn of(&self, hazard: FaultRate) -> u32 {
        self.0.get(hazard.key()).copied().unwrap_or(0)
    }

    /// Sets the probability of a fault, in parts per million, capped at [`FaultRates::ALWAYS`].
    pub fn set(&mut self, hazard: FaultRate, ppm: u32) {
        match ppm.min(FaultRates::ALWAYS) {
            0 => self.0.remove(hazard.key()),
            ppm => self.0.insert(hazard.key().to_owned(), ppm),
        };
    }

    /// Like [`FaultRates::set`], but for chaining.
    #[must_use]
    pub fn with(mut self, hazard: FaultRate, ppm: u32) -> FaultRates {
        self.set(hazard, ppm);
        self
    }

    /// Returns the faults with a nonzero probability, in parts per million.
    pub fn set_ones(&self) -> impl Iterator<Item = (FaultRate, u32)> {
        self.0.iter().filter_map(|(key, &ppm)| Some((FaultRate::from_key(key)?, ppm)))
    }

    /// Returns the first entry whose name is no fault or whose probability exceeds 1, with the
    /// problem.
    pub(super) fn problem(&self) -> Option<(&str, &'static str)> {
        let wrong = |(key, &ppm): (&'_ String, &u32)| match FaultRate::from_key(key) {
            None | Some(FaultRate::Expiry) => Some("there is no fault rate of that name"),
            Some(_) if ppm > FaultRates::ALWAYS => Some("use 1000000 parts of a million at most"),
            Some(_) => None,
        };
        self.0.iter().find_map(|entry| Some((entry.0.as_str(), wrong(entry)?)))
    }

    /// Returns the probability as a fraction of 2³².
    pub(super) fn threshold(&self, hazard: FaultRate) -> u64 {
        (u64::from(self.of(hazard)) << 32) / u64::from(FaultRates::ALWAYS)
    }
}

/// Returns the kind of a fault that strikes in place of this choice, or `None` if the two are
/// unrelated.
///
/// Every fault that can strike belongs to some choice in some state: crashes to the lines and
/// arrivals of the participant that crashes, losses to the packet.
pub(super) fn instead_of(
    setup: &CompiledScenario,
    world: &World,
    choice: Choice,
    fault: Fault,
) -> Option<FaultRate> {
    let deliver = match choice {
        Choice::Deliver(i) => Some(i),
        _ => None,
    };
    match fault {
        Fault::Lose(i) if deliver == Some(i) => Some(lost(world, i)),
        Fault::Delay(i) if deliver == Some(i) => Some(FaultRate::Late),
        Fault::Refuse(i) if deliver == Some(i) => Some(FaultRate::Refuse),
        Fault::Crash(at) if strikes_at(setup, world, choice, at) => Some(crash(at)),
        Fault::PowerLoss(at) if strikes_at(setup, world, choice, at) => Some(FaultRate::PowerLoss),
        Fault::PermanentLoss(at) if strikes_at(setup, world, choice, at) => {
            Some(match at.sender() {
                Some(_) => FaultRate::LoseProducer,
                None => FaultRate::LoseBroker,
            })
        }
        Fault::Pause(at, pause) if runs(setup, choice, at) => Some(match pause {
            Pause::Slow => FaultRate::Slow,
            _ => FaultRate::Pause,
        }),
        Fault::FailHandler(at) if runs(setup, choice, at) => Some(FaultRate::FailHandler),
        Fault::FailLine { at, msg, reply, .. } => {
            let own = match choice {
                Choice::Run(ActorStep::Sender(s, m)) => setup.sender(s.into()) == at && m == msg,
                _ => runs(setup, choice, at),
            };
            let hazard =
                if reply == Reply::Lost { FaultRate::LoseReply } else { FaultRate::FailCall };
            own.then_some(hazard)
        }
        Fault::Cut(link) => {
            let (from, to) = ends(world, choice)?;
            let cluster =
                link == Link::CLUSTER && matches!(choice, Choice::Run(ActorStep::Fetch(_)));
            (cluster || Link::between(from, to) == Some(link)).then_some(FaultRate::Partition)
        }
        Fault::Replace if runs(setup, choice, Participant::Producer) => Some(FaultRate::Replace),
        Fault::MoveLeader => {
            matches!(choice, Choice::Run(ActorStep::Fetch(_))).then_some(FaultRate::MoveLeader)
        }
        _ => None,
    }
}

fn lost(world: &World, packet: u8) -> FaultRate {
    match world.net.packets()[packet as usize].kind {
        PacketKind::Send => FaultRate::LoseSend,
        PacketKind::Ack | PacketKind::Refusal | PacketKind::Return => FaultRate::LoseAck,
        PacketKind::Delivery => FaultRate::LoseDelivery,
        PacketKind::ConsumerAck
        | PacketKind::Requeue
        | PacketKind::Reject
        | PacketKind::Release => FaultRate::LoseConsumerAck,
    }
}

fn crash(at: Participant) -> FaultRate {
    match (at.sender(), at.consumer(), at.node()) {
        (Some(_), ..) => FaultRate::CrashProducer,
        (_, Some(_), _) => FaultRate::CrashConsumer,
        (.., Some(_)) => FaultRate::CrashBroker,
        _ => FaultRate::CrashStore,
    }
}

/// Returns true if the choice is a line of this process.
fn runs(setup: &CompiledScenario, choice: Choice, at: Participant) -> bool {
    match choice {
        Choice::Run(ActorStep::Sender(s, _)) => setup.sender(s.into()) == at,
        Choice::Run(ActorStep::Consumer(c)) => at.consumer() == Some(c.into()),
        _ => false,
    }
}

/// Returns true if the choice is a step of this participant: one of its lines, or an arrival at it.
fn strikes_at(setup: &CompiledScenario, world: &World, choice: Choice, at: Participant) -> bool {
    let line = |op: Option<Op>| op.and_then(Op::store) == Some(at);
    match choice {
        Choice::Deliver(i) => world.net.packets()[i as usize].to == at,
        Choice::Run(ActorStep::Sender(s, m)) => {
            let pc = world.senders[s as usize].tasks[m as usize].pc;
            setup.sender(s.into()) == at || line(setup.senders[s as usize].op(pc))
        }
        Choice::Run(ActorStep::Consumer(c)) => {
            let pc = world.consumers[c as usize].pc;
            at.consumer() == Some(c.into()) || line(setup.consumer.op(pc))
        }
        Choice::Run(ActorStep::Worker(c, _)) => {
            at.consumer() == Some(c.into()) || line(setup.worker)
        }
        Choice::Run(ActorStep::AutoCommit(c) | ActorStep::Join(c)) => {
            at.consumer() == Some(c.into())
        }
        Choice::Run(ActorStep::Sync(place)) => at == world.broker.node_of_sync(place),
        Choice::Run(ActorStep::Fetch(n)) => at == Participant::NODES[n as usize],
        // Replication to another node: either of the two can fail.
        Choice::Run(ActorStep::Broker) => {
            let replicates = setup.broker.has(Op::Replicate);
            at == world.broker.leader() || (replicates && at.node().is_some())
        }
        Choice::Run(
            ActorStep::Dispatch(_) | ActorStep::DispatchAdded(_) | ActorStep::Receive(..),
        ) => at == world.broker.leader(),
        _ => false,
    }
}

/// Returns the two ends of the connection that a packet or a fetch uses.
fn ends(world: &World, choice: Choice) -> Option<(Participant, Participant)> {
    match choice {
        Choice::Deliver(i) => {
            let packet = &world.net.packets()[i as usize];
            Some((packet.from, packet.to))
        }
        Choice::Run(ActorStep::Fetch(n)) => {
            Some((world.broker.leader(), Participant::NODES[n as usize]))
        }
        _ => None,
    }
}

/// A spontaneous event, after a delay or with its own probability, that is a fault to the model
/// checker.
pub(super) enum OfItself {
    /// Occurs with this probability, decided when it becomes possible.
    Perhaps(FaultRate),
    /// Occurs when this window ends.
    Forgotten(Window),
}

/// Returns the spontaneous event that a fault corresponds to, if any.
pub(super) fn of_itself(fault: Fault) -> Option<OfItself> {
    match fault {
        Fault::Twice(_) => Some(OfItself::Perhaps(FaultRate::Twice)),
        Fault::Reappear(_) => Some(OfItself::Perhaps(FaultRate::Reappear)),
        Fault::Expire(window, _) => Some(OfItself::Forgotten(window)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again() {
        for &hazard in FaultRate::ALL {
            assert_eq!(FaultRate::from_key(hazard.key()), Some(hazard));
        }
    }

    #[test]
    fn chances_have_bounds() {
        let rates = FaultRates::default().with(FaultRate::LoseSend, 2_000_000);
        assert_eq!(rates.of(FaultRate::LoseSend), FaultRates::ALWAYS);
        assert_eq!(rates.threshold(FaultRate::LoseSend), 1 << 32);
        assert_eq!(rates.clone().with(FaultRate::LoseSend, 0), FaultRates::default());
        assert_eq!(rates.problem(), None);
    }
}
