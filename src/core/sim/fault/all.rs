//! Enumeration of the faults that can strike in a scenario; the points are taken from the
//! participants' programs.

use super::check::has_window;
use super::{FaultKind, FaultSpec, Occurrence, Point, ProgramPoint};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::event::Window;
use crate::sim::network::{Link, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;

impl FaultSpec {
    /// Returns all faults that can strike for a message, each at its first opportunity, in a fixed
    /// order. A participant that can be struck at any instruction is struck before and after each
    /// instruction of its own.
    pub fn all(setup: &CompiledScenario, msg: MessageId) -> Vec<FaultSpec> {
        let at = |kind: FaultKind, moment: Option<ProgramPoint>| FaultSpec {
            kind,
            at: Point { msg, moment, nth: Occurrence::First },
        };
        let mut all: Vec<FaultSpec> = Vec::new();
        for kind in PacketKind::ALL {
            all.extend([FaultKind::Lose(kind), FaultKind::Late(kind)].map(|kind| at(kind, None)));
        }
        let handler = [FaultKind::FailHandler, FaultKind::FailAttempts];
        all.extend([FaultKind::Refuse].into_iter().chain(handler).map(|kind| at(kind, None)));
        let of_message = [FaultKind::Twice, FaultKind::Reappear, FaultKind::Redrive];
        all.extend(of_message.map(|kind| at(kind, None)));
        for window in [Window::Dedup, Window::Ttl, Window::Inbox, Window::Retention] {
            all.push(at(FaultKind::Expire(window), None));
        }
        let calls = |op: &&Op| op.store().is_some() || **op == Op::DeadLetter;
        for &op in Op::ALL.iter().filter(calls) {
            all.extend([FaultKind::Fail(op), FaultKind::LoseReply(op)].map(|kind| at(kind, None)));
        }
        for &party in &setup.parties {
            for (kind, owner) in strikes(party) {
                all.extend(moments(setup, owner).map(|moment| at(kind, Some(moment))));
            }
        }
        all.retain(|fault| fault.check(setup).is_ok() && fault.is_meant(setup));
        all
    }

    /// Returns true if the fault concerns something that this scenario has. A fault on the time
    /// window of an absent store, or on a packet that is never sent, can never strike.
    fn is_meant(&self, setup: &CompiledScenario) -> bool {
        match self.kind {
            FaultKind::Expire(window) => has_window(setup, window),
            FaultKind::Reappear => setup.machine.may_lose_deletes(),
            FaultKind::Late(kind) if !setup.can_be_late(kind) => false,
            FaultKind::Lose(kind) | FaultKind::Late(kind) => match kind {
                PacketKind::ConsumerAck => {
                    setup.consumer.has(Op::Ack) && !setup.machine.acks_by_call()
                }
                PacketKind::Requeue | PacketKind::Reject => setup.consumer.has(Op::Nack),
                PacketKind::Release => setup.consumer.has(Op::Release),
                PacketKind::Ack => setup.waits(),
                PacketKind::Return => setup.machine.returns_unroutable(),
                PacketKind::Refusal => setup.machine.rejects() && setup.waits(),
                PacketKind::Send | PacketKind::Delivery => true,
            },
            _ => true,
        }
    }
}

/// Returns the faults that can strike a participant, each with the participant whose program
/// supplies the points.
fn strikes(party: Participant) -> Vec<(FaultKind, Participant)> {
    use FaultKind::*;
    let cut = |other: Participant| (Cut(party, other), party);
    match party {
        Participant::Producer
        | Participant::Producer2
        | Participant::Relay
        | Participant::Relay2 => {
            let mut all = vec![
                (Crash(party), party),
                (PermanentLoss(party), party),
                (Pause(party), party),
                cut(Participant::Broker),
            ];
            if party == Participant::Producer {
                all.push((Replace, party));
            }
            all
        }
        Participant::Broker | Participant::Follower | Participant::Follower2 => {
            let faults_used =
                [Crash(party), PowerLoss(party), PermanentLoss(party), Upgrade(party)];
            let mut all: Vec<_> =
                faults_used.into_iter().map(|kind| (kind, Participant::Broker)).collect();
            if Link::between(Participant::Broker, party).is_some() {
                all.push((Cut(Participant::Broker, party), Participant::Broker));
            }
            if party == Participant::Broker {
                all.extend(
                    [Isolate, MoveLeader, ResetToLatest, Purge, AddPartition]
                        .map(|kind| (kind, party)),
                );
            }
            all
        }
        Participant::Consumer | Participant::Consumer2 => {
            let mut all = vec![
                (Crash(party), party),
                (Pause(party), party),
                (Slow(party), party),
                cut(Participant::Broker),
            ];
            if party == Participant::Consumer {
                all.push((ResetToEarliest, party));
            }
            all
        }
        Participant::Orders => vec![(Crash(party), Participant::Producer)],
        Participant::Redis | Participant::Accounts => vec![(Crash(party), Participant::Consumer)],
        Participant::Mail => Vec::new(),
    }
}

/// Returns the points before and after the instructions of a participant's program.
fn moments(setup: &CompiledScenario, owner: Participant) -> impl Iterator<Item = ProgramPoint> {
    let program = setup.program_of(owner);
    let ops = program.map_or(&[][..], |program| &program.ops);
    let lines: Vec<Op> = ops.iter().map(|(op, _)| *op).collect();
    let worker = setup.worker.filter(|_| owner.consumer().is_some()).map(ProgramPoint::Before);
    let gaps = lines.into_iter().flat_map(|op| [ProgramPoint::Before(op), ProgramPoint::After(op)]);
    // Before it is received, a message is not in a consumer's hands.
    gaps.filter(|gap| *gap != ProgramPoint::Before(Op::Receive)).chain(worker)
}
