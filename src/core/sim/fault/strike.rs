//! The states in which a fault of the script strikes.

use super::{Fault, FaultKind, FaultSpec, Point, ProgramPoint, Reply};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::Pause;
use crate::sim::event::ResetTo;
use crate::sim::network::{Link, Packet, PacketKind};
use crate::sim::participant::Participant;
use crate::sim::producer;
use crate::sim::program::{Op, Program};
use crate::sim::world::World;

impl FaultSpec {
    /// Returns the fault, if its point is reached in this state.
    pub(in crate::sim) fn ready(&self, setup: &CompiledScenario, world: &World) -> Option<Fault> {
        let msg = self.at.msg;
        let reached = |party: Participant| self.at.reached(setup, world, Some(party));
        let strikes = |party: Participant| stands(world, party) && reached(party);
        match self.kind {
            FaultKind::Lose(kind) => self.packet(world, kind).map(Fault::Lose),
            FaultKind::Late(kind) => self.packet(world, kind).map(Fault::Delay),
            FaultKind::Refuse => {
                let leads = world.broker.leads();
                self.packet(world, PacketKind::Send).filter(|_| leads).map(Fault::Refuse)
            }
            FaultKind::Crash(p) => strikes(p).then_some(Fault::Crash(p)),
            FaultKind::PowerLoss(p) => strikes(p).then_some(Fault::PowerLoss(p)),
            FaultKind::PermanentLoss(p) => strikes(p).then_some(Fault::PermanentLoss(p)),
            FaultKind::Pause(p) => strikes(p).then_some(Fault::Pause(p, Pause::Still)),
            FaultKind::Slow(p) => {
                // Only a handler that is running can be slow.
                let c = p.consumer().map(|c| &world.consumers[c]);
                let at_work = c.is_some_and(|consumer| consumer.in_hand(setup));
                (at_work && strikes(p)).then_some(Fault::Pause(p, Pause::Slow))
            }
            FaultKind::Resume(p) => {
                let still = p.consumer().is_some_and(|c| world.consumers[c].pause != Pause::No)
                    || p.sender().is_some_and(|s| world.senders[s].paused);
                // The process is paused, so the point is in another participant's program.
                (still && self.at.reached(setup, world, None)).then_some(Fault::Resume(p))
            }
            FaultKind::FailHandler => self.handler(setup, world).map(Fault::FailHandler),
            FaultKind::FailAttempts => self.handler(setup, world).map(Fault::FailAttempts),
            FaultKind::Fail(op) => self.line(setup, world, op, Reply::Fails),
            FaultKind::LoseReply(op) => self.line(setup, world, op, Reply::Lost),
            FaultKind::Cut(a, b) => {
                let link = Link::between(a, b)?;
                let open = world.net.cut & link.bit() == 0;
                let reached = [a, b].into_iter().any(reached);
                (open && reached).then_some(Fault::Cut(link))
            }
            FaultKind::Expire(window) => {
                let reached = self.at.moment.is_none() || self.at.reached(setup, world, None);
                (reached && world.window_open(window, msg)).then_some(Fault::Expire(window, msg))
            }
            FaultKind::Twice => {
                producer::may_send_twice(&world.view(setup), msg).then_some(Fault::Twice(msg))
            }
            FaultKind::Reappear => world.broker.may_reappear(msg).then_some(Fault::Reappear(msg)),
            FaultKind::Isolate => {
                let open = world.broker.may_isolate() && !world.net.is_isolated();
                (open && reached(Participant::Broker)).then_some(Fault::Cut(Link::CLUSTER))
            }
            FaultKind::MoveLeader => {
                let may = world.broker.may_move_leader();
                (may && reached(Participant::Broker)).then_some(Fault::MoveLeader)
            }
            FaultKind::ResetToEarliest
            | FaultKind::ResetToLatest
            | FaultKind::Purge
            | FaultKind::AddPartition
            | FaultKind::Redrive => self.operation(setup, world),
            FaultKind::Upgrade(p) => strikes(p).then_some(Fault::Upgrade(p)),
            FaultKind::Replace => {
                let may = producer::may_replace(&world.view(setup));
                (may && reached(Participant::Producer)).then_some(Fault::Replace)
            }
        }
    }

    /// Returns what an operator does, if it has an effect in this state.
    fn operation(&self, setup: &CompiledScenario, world: &World) -> Option<Fault> {
        let (broker, cx) = (&world.broker, &world.view(setup));
        let reset = |to| broker.may_reset_offsets(cx, to).then_some(Fault::ResetOffsets(to));
        let msg = self.at.msg;
        let fault = match self.kind {
            FaultKind::ResetToEarliest => reset(ResetTo::Earliest),
            FaultKind::ResetToLatest => reset(ResetTo::Latest),
            FaultKind::Purge => broker.may_purge().then_some(Fault::Purge),
            FaultKind::AddPartition => broker.may_add_partition().then_some(Fault::AddPartition),
            // A message is redriven whenever it is a dead letter.
            _ => return broker.may_redrive(cx, msg).then_some(Fault::Redrive(msg)),
        };
        fault.filter(|_| self.at.reached(setup, world, Some(Participant::Broker)))
    }

    fn packet(&self, world: &World, kind: PacketKind) -> Option<u8> {
        let fits =
            |p: &Packet| p.kind == kind && p.msg == self.at.msg && self.at.nth.fits(p.n) && !p.late;
        world.net.packets().iter().position(fits).map(|i| i as u8)
    }

    fn handler(&self, setup: &CompiledScenario, world: &World) -> Option<Participant> {
        let mut all = Participant::CONSUMERS.into_iter().zip(&world.consumers);
        let at = all.find(|(_, c)| {
            c.works_on(setup).is_some_and(|(msg, n)| msg == self.at.msg && self.at.nth.fits(n))
        });
        at.map(|(party, _)| party)
    }

    /// Returns the fault of the participant that is about to run this instruction for the message.
    fn line(&self, setup: &CompiledScenario, world: &World, op: Op, reply: Reply) -> Option<Fault> {
        let msg = self.at.msg;
        let before = Point { moment: Some(ProgramPoint::Before(op)), ..self.at };
        let senders = (0..setup.senders.len()).map(|s| setup.sender(s));
        let mut all = senders.chain(Participant::CONSUMERS);
        let at = all.find(|&party| {
            setup.program_of(party).is_some_and(|program| program.has(op))
                && op.store().is_none_or(|store| world.stores.is_up(store))
                && before.reached(setup, world, Some(party))
        })?;
        Some(Fault::FailLine { at, op, msg, reply })
    }
}

/// Returns true if the participant is up and running, so that a fault can strike it.
fn stands(world: &World, party: Participant) -> bool {
    match (party.sender(), party.consumer(), party.node()) {
        (Some(s), ..) => world.senders[s].up && !world.senders[s].paused,
        (_, Some(c), _) => world.consumers[c].runs(),
        (.., Some(node)) => world.broker.can_crash(node),
        _ => world.stores.is_up(party),
    }
}

impl Point {
    /// Returns true if the point is reached: by this participant if its program has the
    /// instruction, otherwise by any participant whose program has it.
    fn reached(&self, setup: &CompiledScenario, world: &World, whom: Option<Participant>) -> bool {
        let op = match self.moment {
            None => return false,
            Some(ProgramPoint::Committed) => return self.committed(setup, world),
            Some(ProgramPoint::Before(op) | ProgramPoint::After(op)) => op,
        };
        let has = |party: Participant| {
            setup.program_of(party).is_some_and(|program| program.has(op))
                || (party.consumer().is_some() && setup.worker == Some(op))
        };
        if let Some(party) = whom.filter(|&party| has(party)) {
            return self.stands(setup, world, party, op);
        }
        let senders = (0..setup.senders.len()).map(|s| setup.sender(s));
        let consumers = Participant::CONSUMERS.into_iter().take(setup.consumers());
        let mut all = senders.chain([Participant::Broker]).chain(consumers);
        all.any(|party| has(party) && self.stands(setup, world, party, op))
    }

    fn stands(&self, setup: &CompiledScenario, world: &World, party: Participant, op: Op) -> bool {
        if let Some(s) = party.sender() {
            let (program, task) = (&setup.senders[s], &world.senders[s].tasks[self.msg as usize]);
            let counts = task.attempt == 0 || self.nth.fits(task.attempt);
            return world.senders[s].up
                && counts
                && setup.takes_part(s, self.msg)
                && self.in_gap(program, task.pc, task.last)
                && (matches!(self.moment, Some(ProgramPoint::After(_)))
                    || world.is_sending(setup, s, self.msg));
        }
        if let Some(c) = party.consumer() {
            let consumer = &world.consumers[c];
            if setup.worker == Some(op) {
                let before = matches!(self.moment, Some(ProgramPoint::Before(_)));
                return before && consumer.up && consumer.pending_of(self.msg) > 0;
            }
            return consumer.up
                && consumer.msg == self.msg
                && consumer.n > 0
                && self.nth.fits(consumer.n)
                && self.in_gap(&setup.consumer, consumer.pc, consumer.last);
        }
        let after = matches!(self.moment, Some(ProgramPoint::After(_)));
        world.broker.is_at(&world.view(setup), self.msg, self.nth, op, after)
    }

    fn in_gap(&self, program: &Program, pc: u8, last: u8) -> bool {
        match self.moment {
            Some(ProgramPoint::Before(op)) => program.op(pc) == Some(op),
            Some(ProgramPoint::After(op)) => {
                last.checked_sub(1).and_then(|last| program.op(last)) == Some(op)
            }
            _ => false,
        }
    }

    fn committed(&self, setup: &CompiledScenario, world: &World) -> bool {
        let at_work = world.consumers.iter().any(|c| c.pending_of(self.msg) > 0);
        let in_hand = world.consumers.iter().any(|c| c.up && c.msg == self.msg && c.in_hand(setup));
        world.broker.has_committed(self.msg) && (at_work || in_hand)
    }
}
