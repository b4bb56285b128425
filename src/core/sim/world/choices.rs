//! The enabled transitions of a state, in a fixed order.

use super::World;
use crate::sim::broker::{Broker, Priority};
use crate::sim::choice::{ActorStep, Choice};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::{self, Pause};
use crate::sim::context::View;
use crate::sim::event::Timer;
use crate::sim::fault::{Fault, FaultKind};
use crate::sim::network::{Link, Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::producer;
use crate::sim::program::Op;
use crate::sim::relay_lease;

impl World {
    /// Collects the enabled transitions, the most ordinary first. If the point of a scripted fault
    /// is reached, that fault is the only choice.
    pub fn choices(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        out.clear();
        let cx = self.view(setup);
        if let Some(strike) = self.scripted(setup) {
            out.push(strike);
            // Written data may have been synced at any time before the power is lost.
            if matches!(strike, Choice::Strike(Fault::PowerLoss(_), _)) {
                self.broker.enabled(&cx, Priority::Sync, out);
            }
            return;
        }
        self.broker.enabled(&cx, Priority::Election, out);
        self.own_lines(&cx, out);
        self.readings(&cx, out);
        partitions_found(&cx, &self.broker, out);
        self.sendings(&cx, out);
        // A queue notices a closed connection before the process restarts.
        self.broker.enabled(&cx, Priority::Disconnect, out);
        refreshes(&cx, out);
        self.returns(&cx, out);
        leases(&cx, &self.broker, out);
        self.broker.enabled(&cx, Priority::Timeout, out);
        self.broker.enabled(&cx, Priority::CatchUp, out);
        self.sender_timers(&cx, out);
        late_commits(&cx, &self.broker, out);
        self.broker.enabled(&cx, Priority::Sync, out);
        late_starts(&cx, out);
        self.broker.enabled(&cx, Priority::Recovery, out);
    }

    /// Appends what a broker may do on its own, without a fault and without anything waiting for
    /// it: a run may end before it happens.
    pub fn repeats(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        let repeated =
            (0..setup.configuration().messages).filter(|&msg| self.broker.may_repeat(msg));
        out.extend(repeated.map(Choice::Repeat));
    }

    /// Collects the instructions that an actor can run and the packets that can arrive, but no
    /// timers, restarts or elections. The result comes in three parts, in the order of
    /// [`World::choices`].
    pub fn lines(&self, setup: &CompiledScenario, part: u8, out: &mut Vec<Choice>) {
        out.clear();
        let cx = self.view(setup);
        match part {
            0 => self.own_lines(&cx, out),
            1 => self.readings(&cx, out),
            _ => self.sendings(&cx, out),
        }
    }

    fn own_lines(&self, cx: &View, out: &mut Vec<Choice>) {
        for c in 0..cx.setup.consumers() {
            if consumer::has_line(cx, &self.broker, c) {
                out.push(Choice::Run(ActorStep::Consumer(c as u8)));
            }
        }
        self.broker.enabled(cx, Priority::Step, out);
        self.arrivals(cx, out);
    }

    fn readings(&self, cx: &View, out: &mut Vec<Choice>) {
        let leader = self.broker.leader();
        let reached = |&c: &usize| !self.net.is_cut(leader, Participant::CONSUMERS[c]);
        for c in (0..cx.setup.consumers()).filter(reached) {
            self.broker.enabled(cx, Priority::Delivery(c), out);
        }
        // Relays poll at the same time, rather than after one another.
        for m in 0..cx.setup.configuration().messages {
            let reads =
                |&s: &usize| reads_row(cx, s, m) && producer::has_line(cx, &self.broker, s, m);
            let reading = (1..cx.setup.senders.len()).filter(reads);
            out.extend(reading.map(|s| Choice::Run(ActorStep::Sender(s as u8, m))));
        }
        // The poll loop does not wait for the worker thread: that is the point of handing off.
        for c in 0..cx.setup.consumers() {
            if let Some(msg) = consumer::worker_runs(cx, c) {
                out.push(Choice::Run(ActorStep::Worker(c as u8, msg)));
            }
        }
    }

    /// Returns the first unused fault of the script whose point is reached.
    fn scripted(&self, setup: &CompiledScenario) -> Option<Choice> {
        let faults = setup.scenario.faults.iter().enumerate();
        let mut ready = faults
            .filter(|&(i, _)| self.faults_used & (1 << i) == 0)
            .filter_map(|(i, spec)| Some(Choice::Strike(spec.ready(setup, self)?, i as u8)));
        ready.next()
    }

    fn arrivals(&self, cx: &View, out: &mut Vec<Choice>) {
        for (i, packet) in self.net.packets().iter().enumerate() {
            if self.can_arrive(cx, i) {
                out.push(Choice::Deliver(i as u8));
                if self.broker.may_take_stale(packet) {
                    out.push(Choice::DeliverStale(i as u8));
                }
            }
        }
    }

    fn can_arrive(&self, cx: &View, index: usize) -> bool {
        let p = &self.net.packets()[index];
        let waits = match p.kind {
            PacketKind::Delivery => {
                let consumer = &self.consumers[p.to.consumer().unwrap_or_default()];
                consumer.idle(cx.setup) || !consumer.up
            }
            PacketKind::Send => !self.broker.reads_later(cx, p),
            // Packets to a paused process wait to be read.
            _ => p.to.sender().is_none_or(|s| producer::reads(&self.senders[s], p)),
        };
        let own =
            matches!(p.kind, PacketKind::Send | PacketKind::Ack) && self.broker.connects_per_call();
        waits && (own || self.net.is_next(index)) && !(p.late && self.awaited(cx, p))
    }

    /// Returns true if the receiver still waits for this late packet.
    fn awaited(&self, cx: &View, p: &Packet) -> bool {
        if p.kind == PacketKind::Send || p.kind.is_for_producer() {
            let s = p.from.sender().or(p.to.sender()).unwrap_or_default();
            let task = &self.senders[s].tasks[p.msg as usize];
            return self.senders[s].up
                && task.attempt == p.n
                && cx.setup.senders[s].op(task.pc) == Some(Op::Await);
        }
        self.broker.awaits(cx, p)
    }

    /// Appends the senders' instructions, message by message, so that by default messages are sent
    /// in order.
    fn sendings(&self, cx: &View, out: &mut Vec<Choice>) {
        for m in 0..cx.setup.configuration().messages {
            let senders = 0..cx.setup.senders.len();
            let runs = senders
                .filter(|&s| producer::has_line(cx, &self.broker, s, m))
                .filter(|&s| !commits_late(cx, s, m) && !reads_row(cx, s, m));
            out.extend(runs.map(|s| Choice::Run(ActorStep::Sender(s as u8, m))));
        }
    }

    /// Appends the restarts, resumptions and restored connections that are enabled.
    fn returns(&self, cx: &View, out: &mut Vec<Choice>) {
        let setup = cx.setup;
        for s in 0..setup.senders.len() {
            if !self.senders[s].up && !self.senders[s].gone {
                out.push(Choice::Restart(setup.sender(s)));
            }
            if self.senders[s].paused && self.may_resume_sender(cx, s) {
                out.push(Choice::Resume(setup.sender(s)));
            }
        }
        let nodes = 0..usize::from(setup.replicas);
        let nodes = nodes.filter(|&node| self.broker.may_restart(cx, node));
        out.extend(nodes.map(|node| Choice::Restart(Participant::NODES[node])));
        for c in 0..setup.consumers() {
            if !self.consumers[c].up && !setup.configuration().consumer.starts_late {
                out.push(Choice::Restart(Participant::CONSUMERS[c]));
            }
            if self.may_resume(cx, c) {
                out.push(Choice::Resume(Participant::CONSUMERS[c]));
            }
        }
        let stores = Participant::STORES.into_iter().filter(|&store| !self.stores.is_up(store));
        out.extend(stores.map(Choice::Restart));
        out.extend(Link::ALL.into_iter().filter(|l| self.net.cut & l.bit() != 0).map(Choice::Heal));
    }

    /// Returns true if a paused consumer may resume: no timer that waits for it is left to fire.
    /// Where the script says when it resumes, it does not resume on its own.
    fn may_resume(&self, cx: &View, c: usize) -> bool {
        let paused = self.consumers[c].pause != Pause::No;
        paused
            && !self.resume_is_scripted(cx, Participant::CONSUMERS[c])
            && !self.broker.waits_for(cx, c)
    }

    /// Like [`World::may_resume`], but for a sender: only the transaction coordinator waits for it.
    fn may_resume_sender(&self, cx: &View, s: usize) -> bool {
        !self.resume_is_scripted(cx, cx.setup.sender(s)) && !self.broker.transaction_due(cx, s)
    }

    fn resume_is_scripted(&self, cx: &View, party: Participant) -> bool {
        cx.setup.scenario.faults.iter().enumerate().any(|(i, spec)| {
            spec.kind == FaultKind::Resume(party) && self.faults_used & (1 << i) == 0
        })
    }

    fn sender_timers(&self, cx: &View, out: &mut Vec<Choice>) {
        for s in 0..cx.setup.senders.len() {
            let messages = 0..cx.setup.configuration().messages;
            let timers = messages.filter_map(|m| producer::timer(cx, &self.broker, s, m));
            out.extend(timers.map(Choice::Fire));
        }
    }
}

/// Returns true if the sender is about to read the row of the message.
fn reads_row(cx: &View, s: usize, m: MessageId) -> bool {
    cx.setup.senders[s].op(cx.senders[s].tasks[m as usize].pc) == Some(Op::ReadRow)
}

/// Returns true for the commit of a transaction that may overlap with later ones: it comes last in the
/// order of [`World::choices`], so that by default it is the slow one.
fn commits_late(cx: &View, s: usize, m: MessageId) -> bool {
    let op = cx.setup.senders[s].op(cx.senders[s].tasks[m as usize].pc);
    cx.setup.overlaps(s)
        && op == Some(Op::Save)
        && cx.setup.transaction_of(m).end < cx.setup.configuration().messages
}

/// Appends the commits of transactions that overlap with later ones, the latest first.
fn late_commits(cx: &View, broker: &Broker, out: &mut Vec<Choice>) {
    let messages = (0..cx.setup.configuration().messages).rev();
    let late = messages.filter(|&m| producer::has_line(cx, broker, 0, m) && commits_late(cx, 0, m));
    out.extend(late.map(|m| Choice::Run(ActorStep::Sender(0, m))));
}

/// Appends metadata refreshes of senders that can learn of a new leader: they ask for metadata when
/// a send fails, and every `metadata.max.age.ms`.
fn refreshes(cx: &View, out: &mut Vec<Choice>) {
    let stale = (0..cx.setup.senders.len()).filter(|&s| {
        let sender = &cx.senders[s];
        sender.stale && sender.up && !sender.paused
    });
    out.extend(stale.map(|s| Choice::Run(ActorStep::Refresh(s as u8))));
}

/// Appends metadata refreshes of senders that can learn of a partition that was added.
fn partitions_found(cx: &View, broker: &Broker, out: &mut Vec<Choice>) {
    let senders = 0..cx.setup.senders.len();
    let finding = senders.filter(|&s| producer::may_find_partition(cx, broker, s));
    out.extend(finding.map(|s| Choice::Run(ActorStep::Refresh(s as u8))));
}

/// Appends the ends of the leases of claims and of relays.
fn leases(cx: &View, broker: &Broker, out: &mut Vec<Choice>) {
    let messages = 0..cx.setup.configuration().messages;
    let ending = messages.filter(|&m| consumer::lease_may_end(cx, broker, m));
    out.extend(ending.map(|m| Choice::Fire(Timer::Lease(m))));
    let relays = 1..cx.setup.senders.len();
    let ending = relays.filter(|&s| relay_lease::may_end(cx, broker, s));
    out.extend(ending.map(|s| Choice::Fire(Timer::RelayLease(s as u8))));
}

/// Appends the first start of consumers that start late, which is enabled when nothing else is,
/// except syncs by the operating system.
fn late_starts(cx: &View, out: &mut Vec<Choice>) {
    let at_rest = out.iter().all(|choice| matches!(choice, Choice::Run(ActorStep::Sync(_))));
    if at_rest && cx.setup.configuration().consumer.starts_late {
        let down = (0..cx.setup.consumers()).filter(|&c| !cx.consumers[c].up);
        out.splice(0..0, down.map(|c| Choice::Restart(Participant::CONSUMERS[c])));
    }
}
