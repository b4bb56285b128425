//! The enabled transitions of a state, in a fixed order.

use super::{ActorStep, Choice, World};
use crate::sim::broker::rabbitmq::{Phase, unsettlings};
use crate::sim::broker::sqs::Hold;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::Pause;
use crate::sim::event::Timer;
use crate::sim::fault::{Fault, FaultKind};
use crate::sim::network::{Link, Packet, PacketKind};
use crate::sim::participant::Participant;
use crate::sim::program::Op;
use crate::sim::stores::bit;

impl World {
    /// Collects the enabled transitions, the most ordinary first. If the point of a scripted fault
    /// is reached, that fault is the only choice.
    pub fn choices(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        out.clear();
        if let Some(strike) = self.scripted(setup) {
            out.push(strike);
            // Written data may have been synced at any time before the power is lost.
            if matches!(strike, Choice::Strike(Fault::PowerLoss(_), _)) {
                self.syncs(setup, out);
            }
            return;
        }
        self.elections(setup, out);
        self.own_lines(setup, out);
        self.readings(setup, out);
        self.sendings(setup, out);
        // A queue notices a closed connection before the process restarts.
        self.queue_timers(setup, out);
        self.refreshes(setup, out);
        self.returns(setup, out);
        self.broker_timers(setup, out);
        self.catch_ups(out);
        self.sender_timers(setup, out);
        self.syncs(setup, out);
        self.late_starts(setup, out);
        unsettlings(self, out);
    }

    /// Appends what a broker may do on its own, without a fault and without anything waiting for
    /// it: a run may end before it happens.
    pub fn repeats(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        let repeated = (0..setup.scenario.messages).filter(|&msg| self.may_repeat(setup, msg));
        out.extend(repeated.map(Choice::Repeat));
    }

    /// Collects the instructions that an actor can run and the packets that can arrive, but no
    /// timers, restarts or elections. The result comes in three parts, in the order of
    /// [`World::choices`].
    pub fn lines(&self, setup: &CompiledScenario, part: u8, out: &mut Vec<Choice>) {
        out.clear();
        match part {
            0 => self.own_lines(setup, out),
            1 => self.readings(setup, out),
            _ => self.sendings(setup, out),
        }
    }

    fn own_lines(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        for c in 0..setup.consumers() {
            if self.consumer_runs(setup, c) {
                out.push(Choice::Run(ActorStep::Consumer(c as u8)));
            }
        }
        if self.queue_has_work(setup) || self.log_answers(setup) {
            out.push(Choice::Run(ActorStep::Broker));
        }
        self.fetches(out);
        self.arrivals(setup, out);
    }

    fn readings(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        self.dispatches(setup, out);
        // The poll loop does not wait for the worker thread: that is the point of handing off.
        for c in 0..setup.consumers() {
            if let Some(msg) = self.worker_runs(setup, c) {
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

    fn elections(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        let candidates = match (self.queue(), self.log(), setup.log()) {
            (Some(queue), ..) => queue.candidates(setup),
            (_, Some(log), Some(rules)) => log.candidates(rules, self.net.is_isolated()),
            _ => 0,
        };
        let nodes = (0..3).filter(|n| candidates & (1 << n) != 0);
        out.extend(nodes.map(|n| Choice::Run(ActorStep::Elect(n))));
    }

    fn fetches(&self, out: &mut Vec<Choice>) {
        let Some(log) = self.log() else { return };
        let nodes = self.connected_nodes().filter(|&n| log.fetches(n));
        out.extend(nodes.map(|n| Choice::Run(ActorStep::Fetch(n as u8))));
    }

    /// Appends fetches of followers that have every record and only have to fetch once more to be
    /// in sync again. These come late in the order.
    fn catch_ups(&self, out: &mut Vec<Choice>) {
        let Some(log) = self.log() else { return };
        let nodes = self.connected_nodes().filter(|&n| log.catches_up(n));
        out.extend(nodes.map(|n| Choice::Run(ActorStep::Fetch(n as u8))));
    }

    /// Returns the nodes that the leader can be reached from.
    fn connected_nodes(&self) -> impl Iterator<Item = usize> {
        let (net, leader) = (self.net, self.leader());
        (0..Participant::NODES.len()).filter(move |&n| !net.is_cut(leader, Participant::NODES[n]))
    }

    fn arrivals(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        for (i, packet) in self.net.packets().iter().enumerate() {
            if self.can_arrive(setup, i) {
                out.push(Choice::Deliver(i as u8));
                if self.stale_delete(setup, packet).is_some() {
                    out.push(Choice::DeliverStale(i as u8));
                }
            }
        }
    }

    fn can_arrive(&self, setup: &CompiledScenario, index: usize) -> bool {
        let p = &self.net.packets()[index];
        let waits = match p.kind {
            PacketKind::Delivery => {
                let consumer = &self.consumers[p.to.consumer().unwrap_or_default()];
                consumer.idle(setup) || !consumer.up
            }
            // Packets to a paused process wait to be read.
            _ => p.to.sender().is_none_or(|s| self.reads(s, p)),
        };
        // Each SQS call has a connection of its own.
        let own =
            self.visibility().is_some() && matches!(p.kind, PacketKind::Send | PacketKind::Ack);
        waits && (own || self.net.is_next(index)) && !(p.late && self.awaited(setup, p))
    }

    /// Returns true if the sender reads a packet that arrives: it is not paused, and by its own
    /// clock this answer is not overdue, in which case it would first give up on the attempt.
    fn reads(&self, s: usize, p: &Packet) -> bool {
        let sender = &self.senders[s];
        let overdue = sender.overslept & bit(p.msg) != 0
            && (p.n, p.epoch) == (sender.tasks[p.msg as usize].attempt, sender.epoch);
        !sender.paused && !overdue
    }

    /// Returns true if the receiver still waits for this late packet.
    fn awaited(&self, setup: &CompiledScenario, p: &Packet) -> bool {
        if p.kind == PacketKind::Send || p.kind.is_for_producer() {
            let s = p.from.sender().or(p.to.sender()).unwrap_or_default();
            let task = &self.senders[s].tasks[p.msg as usize];
            return self.senders[s].up
                && task.attempt == p.n
                && setup.senders[s].op(task.pc) == Some(Op::Await);
        }
        match (self.queue(), self.visibility()) {
            (Some(queue), _) => queue.entries().iter().any(|e| {
                let held = matches!(e.phase, Phase::Unacked(_));
                held && (e.msg, e.copy, e.deliveries) == (p.msg, p.copy, p.n)
            }),
            (_, Some(queue)) => queue.items().iter().any(|i| {
                let held = i.hold != Hold::Visible;
                held && (i.msg, i.copy, i.receives) == (p.msg, p.copy, p.n)
            }),
            // A poll response or a commit is late once the group member has been replaced.
            _ => {
                let c = p.from.consumer().or(p.to.consumer()).unwrap_or_default();
                self.is_member(setup, c) && self.consumers[c].up
            }
        }
    }

    fn reaches(&self, c: usize) -> bool {
        !self.net.is_cut(self.leader(), Participant::CONSUMERS[c])
    }

    fn dispatches(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        for c in (0..setup.consumers()).filter(|&c| self.reaches(c)) {
            if self.auto_commits(setup, c) {
                out.push(Choice::Run(ActorStep::AutoCommit(c as u8)));
            }
            if self.queue_dispatches(setup, c) || self.polls(setup, c) {
                out.push(Choice::Run(ActorStep::Dispatch(c as u8)));
            }
            if self.joins(setup, c) {
                out.push(Choice::Run(ActorStep::Join(c as u8)));
            }
            let items = self.visibility().map_or(0, |queue| queue.items().len());
            let visible = (0..items).filter(|&i| self.may_receive(setup, c, i));
            out.extend(visible.map(|i| Choice::Run(ActorStep::Receive(c as u8, i as u8))));
        }
    }

    /// Appends the senders' instructions, message by message, so that by default messages are sent
    /// in order.
    fn sendings(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        for m in 0..setup.scenario.messages {
            let runs = (0..setup.senders.len()).filter(|&s| self.sender_runs(setup, s, m));
            out.extend(runs.map(|s| Choice::Run(ActorStep::Sender(s as u8, m))));
        }
    }

    /// Appends the restarts, resumptions and restored connections that are enabled.
    fn returns(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        for s in 0..setup.senders.len() {
            if !self.senders[s].up && !self.senders[s].gone {
                out.push(Choice::Restart(setup.sender(s)));
            }
            if self.senders[s].paused && self.may_resume_sender(setup, s) {
                out.push(Choice::Resume(setup.sender(s)));
            }
        }
        let nodes = (0..usize::from(setup.replicas)).filter(|&node| self.node_returns(setup, node));
        out.extend(nodes.map(|node| Choice::Restart(Participant::NODES[node])));
        for c in 0..setup.consumers() {
            if !self.consumers[c].up && !setup.scenario.consumer.starts_late {
                out.push(Choice::Restart(Participant::CONSUMERS[c]));
            }
            if self.may_resume(setup, c) {
                out.push(Choice::Resume(Participant::CONSUMERS[c]));
            }
        }
        let stores = Participant::STORES.into_iter().filter(|&store| !self.stores.is_up(store));
        out.extend(stores.map(Choice::Restart));
        out.extend(Link::ALL.into_iter().filter(|l| self.net.cut & l.bit() != 0).map(Choice::Heal));
    }

    fn node_returns(&self, setup: &CompiledScenario, node: usize) -> bool {
        let others = (0..usize::from(setup.replicas)).filter(|&n| n != node);
        match (self.queue(), self.log()) {
            (Some(queue), _) => {
                let alone = others.clone().all(|n| !queue.is_up(n));
                let leads = queue.leader() == Participant::NODES[node];
                // No node that is up has everything that was committed: the others have to restart
                // first.
                let waits = !queue.leads() && queue.candidates(setup) == 0;
                // A follower restarts once there is a leader, a leader only if no other node could
                // lead.
                let may = waits || if leads { alone } else { queue.leads() };
                !queue.is_up(node) && !queue.is_gone(node) && may
            }
            (_, Some(log)) => {
                // The controller does not let a broker register again before its earlier session
                // has expired; by then an in-sync replica has taken over.
                let leads = log.leader() == Participant::NODES[node];
                let isolated = self.net.is_isolated();
                let awaits = |rules| leads && log.candidates(rules, isolated) != 0;
                !log.is_up(node) && !log.is_gone(node) && !setup.log().is_some_and(awaits)
            }
            _ => false,
        }
    }

    /// Returns true if a paused consumer may resume: no timer that waits for it is left to fire.
    /// Where the script says when it resumes, it does not resume on its own.
    fn may_resume(&self, setup: &CompiledScenario, c: usize) -> bool {
        let paused = self.consumers[c].pause != Pause::No;
        paused
            && !self.resume_is_scripted(setup, Participant::CONSUMERS[c])
            && !self.waited_for(setup, c)
    }

    /// Like [`World::may_resume`], but for a sender: only the transaction coordinator waits for it.
    fn may_resume_sender(&self, setup: &CompiledScenario, s: usize) -> bool {
        !self.resume_is_scripted(setup, setup.sender(s)) && !self.transaction_due(setup, s)
    }

    fn resume_is_scripted(&self, setup: &CompiledScenario, party: Participant) -> bool {
        setup.scenario.faults.iter().enumerate().any(|(i, spec)| {
            spec.kind == FaultKind::Resume(party) && self.faults_used & (1 << i) == 0
        })
    }

    /// Returns true if the broker has a timer for this consumer that may fire now.
    pub fn waited_for(&self, setup: &CompiledScenario, c: usize) -> bool {
        let c8 = c as u8;
        let entries = self.queue().map_or(&[][..], |queue| queue.entries());
        let items = self.visibility().map_or(&[][..], |queue| queue.items());
        let entry = (0..entries.len())
            .any(|i| entries[i].phase == Phase::Unacked(c8) && self.redelivery_due(setup, i));
        let item = (0..items.len())
            .any(|i| items[i].hold == Hold::InFlight(c8) && self.visibility_due(setup, i));
        entry || item || self.session_due(setup, c)
    }

    fn queue_timers(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        let entries = self.queue().map_or(0, |queue| queue.entries().len());
        let due = (0..entries).filter(|&i| self.redelivery_due(setup, i));
        out.extend(due.map(|i| Choice::Fire(Timer::Redelivery(i as u8))));
    }

    fn broker_timers(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        let items = self.visibility().map_or(0, |queue| queue.items().len());
        let due = (0..items).filter(|&i| self.visibility_due(setup, i));
        out.extend(due.map(|i| Choice::Fire(Timer::Redelivery(i as u8))));
        let Some(log) = self.log() else { return };
        let lags = |n: &usize| {
            let cut = self.net.is_cut(log.leader(), Participant::NODES[*n]);
            log.lags(*n, cut, self.net.is_isolated())
        };
        out.extend((0..3).filter(lags).map(|n| Choice::Fire(Timer::Lag(n as u8))));
        let members = (0..setup.consumers()).filter(|&c| self.session_due(setup, c));
        out.extend(members.map(|c| Choice::Fire(Timer::Session(c as u8))));
        let senders = (0..setup.senders.len()).filter(|&s| self.transaction_due(setup, s));
        out.extend(senders.map(|s| Choice::Fire(Timer::Transaction(s as u8))));
    }

    fn sender_timers(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        for s in 0..setup.senders.len() {
            let timers =
                (0..setup.scenario.messages).filter_map(|m| self.sender_timer(setup, s, m));
            out.extend(timers.map(Choice::Fire));
        }
    }

    /// Appends metadata refreshes of senders that can learn of a new leader: they ask for metadata
    /// when a send fails, and every `metadata.max.age.ms`.
    fn refreshes(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        let stale = (0..setup.senders.len()).filter(|&s| {
            let sender = &self.senders[s];
            sender.stale && sender.up && !sender.paused
        });
        out.extend(stale.map(|s| Choice::Run(ActorStep::Refresh(s as u8))));
    }

    fn syncs(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        if let (Some(log), Some(rules)) = (self.log(), setup.log()) {
            let nodes = (0..3).filter(|&n| log.syncs(rules, n));
            out.extend(nodes.map(|n| Choice::Run(ActorStep::Sync(n as u8))));
        }
        if let Some(queue) = self.queue() {
            let copies = (0..queue.entries().len()).filter(|&i| queue.syncs(setup, i));
            out.extend(copies.map(|i| Choice::Run(ActorStep::Sync(i as u8))));
        }
    }

    /// Appends the first start of consumers that start late, which is enabled when nothing else is,
    /// except syncs by the operating system.
    fn late_starts(&self, setup: &CompiledScenario, out: &mut Vec<Choice>) {
        let at_rest = out.iter().all(|choice| matches!(choice, Choice::Run(ActorStep::Sync(_))));
        if at_rest && setup.scenario.consumer.starts_late {
            let down = (0..setup.consumers()).filter(|&c| !self.consumers[c].up);
            out.splice(0..0, down.map(|c| Choice::Restart(Participant::CONSUMERS[c])));
        }
    }
}
