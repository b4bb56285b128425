//! Fault injection: the faults of a random run, and their probabilities.

pub use crate::sim::FaultRate;

use crate::sim::{
    ActorStep, Choice, CompiledScenario, Fault, Link, Op, Participant, Window, World,
};
use serde::{Deserialize, Serialize};

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

/// Returns the rate of a fault that strikes in place of this choice, or `None` if the two are
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
    let fetches = matches!(choice, Choice::Run(ActorStep::Fetch(_)));
    let is_related = match fault {
        Fault::Lose(i) | Fault::Delay(i) | Fault::Refuse(i) => choice == Choice::Deliver(i),
        Fault::Crash(at) | Fault::PowerLoss(at) | Fault::PermanentLoss(at) => {
            strikes_at(setup, world, choice, at)
        }
        Fault::Pause(at, _) | Fault::FailHandler(at) => runs(setup, choice, at),
        Fault::FailLine { at, msg, .. } => match choice {
            Choice::Run(ActorStep::Sender(s, m)) => setup.sender(s.into()) == at && m == msg,
            _ => runs(setup, choice, at),
        },
        Fault::Cut(link) => ends(world, choice).is_some_and(|(from, to)| {
            (link == Link::CLUSTER && fetches) || Link::between(from, to) == Some(link)
        }),
        Fault::Replace => runs(setup, choice, Participant::Producer),
        Fault::MoveLeader => fetches,
        _ => false,
    };
    if is_related { fault.kind(setup, world).rate() } else { None }
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
    fn chances_have_bounds() {
        let rates = FaultRates::default().with(FaultRate::LoseSend, 2_000_000);
        assert_eq!(rates.of(FaultRate::LoseSend), FaultRates::ALWAYS);
        assert_eq!(rates.threshold(FaultRate::LoseSend), 1 << 32);
        assert_eq!(rates.clone().with(FaultRate::LoseSend, 0), FaultRates::default());
        assert_eq!(rates.problem(), None);
    }
}
