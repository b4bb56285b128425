//! Classifies a fault that is enabled in a state: its kind, and the message that it concerns.

use super::{Fault, FaultKind, Reply};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::Pause;
use crate::sim::event::ResetTo;
use crate::sim::network::Link;
use crate::sim::participant::MessageId;
use crate::sim::world::World;

impl Fault {
    /// Returns the kind of the fault, and its target.
    pub fn kind(self, setup: &CompiledScenario, world: &World) -> FaultKind {
        let packet = |i: u8| world.net.packets()[i as usize].kind;
        match self {
            Fault::Lose(i) => FaultKind::Lose(packet(i)),
            Fault::Delay(i) => FaultKind::Late(packet(i)),
            Fault::Refuse(_) => FaultKind::Refuse,
            Fault::Crash(p) => FaultKind::Crash(p),
            Fault::PowerLoss(p) => FaultKind::PowerLoss(p),
            Fault::PermanentLoss(p) => FaultKind::PermanentLoss(p),
            Fault::Pause(p, Pause::Slow) => FaultKind::Slow(p),
            Fault::Pause(p, _) => FaultKind::Pause(p),
            Fault::Resume(p) => FaultKind::Resume(p),
            Fault::FailHandler(_) => FaultKind::FailHandler,
            Fault::FailAttempts(_) => FaultKind::FailAttempts,
            Fault::FailLine { op, reply: Reply::Lost, .. } => FaultKind::LoseReply(op),
            Fault::FailLine { op, .. } => FaultKind::Fail(op),
            Fault::Cut(Link::CLUSTER) => FaultKind::Isolate,
            Fault::Cut(link) => {
                let (a, b) = setup.ends(link);
                FaultKind::Cut(a, b)
            }
            Fault::Expire(window, _) => FaultKind::Expire(window),
            Fault::Twice(_) => FaultKind::Twice,
            Fault::Reappear(_) => FaultKind::Reappear,
            Fault::MoveLeader => FaultKind::MoveLeader,
            Fault::Replace => FaultKind::Replace,
            Fault::ResetOffsets(ResetTo::Earliest) => FaultKind::ResetToEarliest,
            Fault::ResetOffsets(ResetTo::Latest) => FaultKind::ResetToLatest,
            Fault::Purge => FaultKind::Purge,
            Fault::Redrive(_) => FaultKind::Redrive,
            Fault::AddPartition => FaultKind::AddPartition,
            Fault::Upgrade(p) => FaultKind::Upgrade(p),
        }
    }

    /// Returns the message that the fault concerns; `None` if it strikes a participant, a connection
    /// or the whole queue.
    pub fn message(self, setup: &CompiledScenario, world: &World) -> Option<MessageId> {
        match self {
            Fault::Lose(i) | Fault::Delay(i) | Fault::Refuse(i) => {
                Some(world.net.packets()[i as usize].msg)
            }
            Fault::FailHandler(p) | Fault::FailAttempts(p) => {
                let consumer = &world.consumers[p.consumer()?];
                Some(consumer.works_on(setup)?.0)
            }
            Fault::FailLine { msg, .. }
            | Fault::Redrive(msg)
            | Fault::Expire(_, msg)
            | Fault::Twice(msg)
            | Fault::Reappear(msg) => Some(msg),
            _ => None,
        }
    }
}
