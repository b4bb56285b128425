//! Refusals of faults that can never strike in a scenario, each with a fix.

use super::{FaultKind, FaultSpec, ProgramPoint};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::event::Window;
use crate::sim::network::{Link, PacketKind};
use crate::sim::participant::Participant;
use crate::sim::program::Op;

impl FaultSpec {
    /// Rejects a fault that can never strike in this scenario, with a fix.
    pub(in crate::sim) fn check(&self, setup: &CompiledScenario) -> Result<(), String> {
        if self.at.msg >= setup.configuration().messages {
            return Err(format!("there are only {} messages", setup.configuration().messages));
        }
        let here = |party: Participant| match setup.parties.contains(&party) {
            true => Ok(()),
            false => Err(format!("this setup has no {}", party.key())),
        };
        match self.kind {
            FaultKind::Late(kind) => self.check_late(setup, kind),
            FaultKind::Lose(_) | FaultKind::Refuse | FaultKind::FailHandler => self.no_moment(),
            FaultKind::FailAttempts => self.check_attempts(setup),
            FaultKind::Twice | FaultKind::Reappear => self.no_moment(),
            FaultKind::Redrive
            | FaultKind::ResetToEarliest
            | FaultKind::ResetToLatest
            | FaultKind::AddPartition
            | FaultKind::Purge => self.check_operation(setup),
            FaultKind::Upgrade(party) => {
                here(party)?;
                if !party.node().is_some_and(|node| setup.machine.can_crash(node)) {
                    return Err(format!("{} is not upgraded in this model", party.key()));
                }
                self.check_moment(setup)
            }
            FaultKind::Fail(op) | FaultKind::LoseReply(op) => {
                self.no_moment()?;
                self.has_line(setup, op)
            }
            FaultKind::Expire(window) => self.check_window(setup, window),
            FaultKind::Cut(a, b) => {
                here(a)?;
                here(b)?;
                let apart = || format!("{} and {} are not connected", a.key(), b.key());
                Link::between(a, b).ok_or_else(apart)?;
                self.check_moment(setup)
            }
            FaultKind::Slow(party) => {
                here(party)?;
                party.consumer().ok_or(format!("{} has no handler", party.key()))?;
                self.check_moment(setup)
            }
            FaultKind::Pause(party) | FaultKind::Resume(party) => {
                here(party)?;
                let process = party.consumer().or(party.sender());
                process.ok_or(format!("{} does not pause in this model", party.key()))?;
                self.check_moment(setup)
            }
            FaultKind::Isolate | FaultKind::MoveLeader => {
                check_replicated_log(setup)?;
                self.check_moment(setup)
            }
            FaultKind::Replace => match setup.has_one_producer() {
                true => self.check_moment(setup),
                false => Err("this needs a single producer, without an outbox; use pause".into()),
            },
            FaultKind::Crash(party)
            | FaultKind::PowerLoss(party)
            | FaultKind::PermanentLoss(party) => {
                here(party)?;
                self.check_crash(setup, party)
            }
        }
    }

    /// Rejects the delay of a packet that nothing waits for.
    fn check_late(&self, setup: &CompiledScenario, kind: PacketKind) -> Result<(), String> {
        if setup.can_be_late(kind) {
            return self.no_moment();
        }
        Err(match kind {
            PacketKind::Send => "no sender here waits, so no message is too late; use lose:send",
            _ => "a late delivery is requested again; use lose:delivery",
        }
        .into())
    }

    /// Rejects a crash, a power loss or a permanent loss of whatever does not fail in this way.
    fn check_crash(&self, setup: &CompiledScenario, party: Participant) -> Result<(), String> {
        if party.node().is_some_and(|node| !setup.machine.can_crash(node)) {
            return Err("SQS is a managed service and does not crash in this model".into());
        }
        if party == Participant::Mail {
            return Err("mail does not crash in this model; use fail:call".into());
        }
        let whole = party.node().is_some() || matches!(self.kind, FaultKind::Crash(_));
        let sender = party.sender().is_some() && matches!(self.kind, FaultKind::PermanentLoss(_));
        if !whole && !sender {
            return Err(format!("{} can only crash", party.key()));
        }
        self.check_moment(setup)
    }

    /// Rejects what an operator cannot do to this broker.
    fn check_operation(&self, setup: &CompiledScenario) -> Result<(), String> {
        let broker = &setup.machine;
        match self.kind {
            FaultKind::Redrive if broker.has_dead_letters() => self.no_moment(),
            FaultKind::Redrive => Err("nothing goes to a dead-letter queue here".into()),
            FaultKind::Purge if broker.has_queue() => self.check_moment(setup),
            FaultKind::Purge => Err("there is no queue to purge here".into()),
            FaultKind::AddPartition => match broker.keeps_one_partition(setup.configuration()) {
                None => self.check_moment(setup),
                Some(why) => Err(why.into()),
            },
            _ if broker.keeps_positions() => self.check_moment(setup),
            _ => Err("only a Kafka group has offsets to reset".into()),
        }
    }

    /// Rejects a time window that nothing in this scenario has.
    fn check_window(&self, setup: &CompiledScenario, window: Window) -> Result<(), String> {
        let who = match window {
            Window::Dedup => "no broker that deduplicates",
            Window::Retention => "no broker that deletes messages after a time",
            Window::Ttl => "no mark or claim in Redis",
            Window::Inbox => "no inbox",
        };
        if !has_window(setup, window) {
            return Err(format!("this setup has {who}; remove the fault"));
        }
        if self.at.moment.is_none() { Ok(()) } else { self.check_moment(setup) }
    }

    /// Rejects the failure of every attempt where there is only one.
    fn check_attempts(&self, setup: &CompiledScenario) -> Result<(), String> {
        match setup.handler_attempts {
            1 => Err("there is one attempt; use fail:handler, or set handler_attempts".into()),
            _ => self.no_moment(),
        }
    }

    fn no_moment(&self) -> Result<(), String> {
        match self.at.moment {
            None => Ok(()),
            Some(_) => Err("give only the message, as in @m1#1".into()),
        }
    }

    fn check_moment(&self, setup: &CompiledScenario) -> Result<(), String> {
        match self.at.moment {
            None => Err("add a point, as in @m1.after-work".into()),
            Some(ProgramPoint::Committed) if !setup.machine.keeps_positions() => {
                Err("only a Kafka group commits offsets; use after-ack".into())
            }
            Some(ProgramPoint::Committed) => Ok(()),
            Some(ProgramPoint::Before(Op::Append)) => {
                Err("nothing is there before it is stored; use lose:send, or after-send".into())
            }
            Some(ProgramPoint::Before(op) | ProgramPoint::After(op)) => self.has_line(setup, op),
        }
    }

    fn has_line(&self, setup: &CompiledScenario, op: Op) -> Result<(), String> {
        let programs = setup.senders.iter().chain([&setup.broker, &setup.consumer]);
        let lines: Vec<Op> =
            programs.flat_map(|p| p.ops.iter().map(|(op, _)| *op)).chain(setup.worker).collect();
        if lines.contains(&op) {
            return Ok(());
        }
        let mut names: Vec<_> = lines.iter().map(|op| op.key()).collect();
        names.dedup();
        Err(format!("there is no line {}; the lines are {}", op.key(), names.join(", ")))
    }
}

/// Rejects a configuration whose leader can neither be isolated nor moved with an effect.
fn check_replicated_log(setup: &CompiledScenario) -> Result<(), String> {
    if setup.machine.elects_with_effect() && setup.replicas > 1 {
        return Ok(());
    }
    let what = "this needs several replicas, of which one may lack what another has acknowledged";
    let queue = "; a RabbitMQ quorum queue replaces its leader without losing anything";
    Err(format!("{what}{}", if setup.replicas > 1 { queue } else { "" }))
}

/// Returns true if something in this scenario has the time window.
pub(super) fn has_window(setup: &CompiledScenario, window: Window) -> bool {
    match window {
        Window::Dedup | Window::Retention => setup.machine.has_window(window),
        Window::Ttl => [Op::MarkRedis, Op::Claim, Op::ClaimInProgress]
            .into_iter()
            .any(|op| setup.consumer.has(op)),
        Window::Inbox => setup.consumer.has(Op::Inbox),
    }
}
