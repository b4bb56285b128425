//! Steps without a fault: each choice of the model, as a deed.

use super::clients::{full_poll, grows};
use super::director::Director;
use super::proxy::Verdict;
use crate::director::PATIENCE;
use crate::packets::Name;
use crate::servers::Failure;
use crate::servers::kafka::Node;
use ackward::evidence::Seen;
use ackward::sim::{
    ActorStep, Choice, EventKind, Fault, Op, Packet, PacketKind, Participant, Timer, Trace, World,
};
use std::time::Duration;

impl Director<'_> {
    /// Performs one step of the model's run, and waits for its visible events.
    pub(super) async fn perform(&mut self, trace: &Trace, step: usize) -> Result<(), Failure> {
        let (before, choice) = (trace.world(step - 1), trace.steps[step - 1].choice);
        let events: Vec<EventKind> = trace.events_of(step).iter().map(|e| e.what).collect();
        match choice {
            Choice::Run(run) => self.run(before, run, &events).await?,
            Choice::Deliver(index) => {
                let packet = before.net.packets()[usize::from(index)];
                if packet.kind == PacketKind::Refusal {
                    self.send_early(trace, step, packet.msg).await?;
                }
                // The broker answers at once; that comes later than what strikes before it.
                let next = trace.steps.get(step).map(|next| next.choice);
                let expires = matches!(next, Some(Choice::Strike(Fault::Expire(..), _)));
                self.proxy.slow_down(packet.kind == PacketKind::Send && expires);
                self.deliver(&packet, &events).await?;
            }
            Choice::Fire(Timer::Lag(_)) => {
                let count = trace.world(step).broker.kafka().map_or(0, |p| p.in_sync.count_ones());
                self.await_replicas(|_, in_sync| in_sync.len() == count as usize).await?;
            }
            Choice::Fire(Timer::Ack(s, msg)) => {
                let n = before.senders[usize::from(s)].tasks[usize::from(msg)].attempt;
                self.time_out(self.setup.sender(s.into()), msg + 1, n).await?;
            }
            // The client and the broker have clocks of their own.
            Choice::Fire(_) => {}
            Choice::Restart(party) => self.restart(party).await?,
            Choice::Resume(party) => {
                // A slow handler takes as long as the scenario says.
                if let Some(poll) = full_poll(&self.setup.scenario) {
                    let takes = Duration::from_millis(poll.slow.into());
                    tokio::time::sleep(takes.saturating_sub(self.slow_since.elapsed())).await;
                }
                self.resume(party);
            }
            Choice::Heal(_) => self.heal(),
            Choice::Strike(fault, _) => {
                let struck = self.strike(before, fault).await;
                self.proxy.slow_down(false);
                struck?;
            }
            _ => return Err("Kafka has no such step".into()),
        }
        for event in &events {
            if let EventKind::Reported { at, msg, .. } = *event {
                self.report(at, msg + 1).await?;
            }
            if let Some(seen) = Seen::of(event, choice) {
                self.expect(&seen.capped()).await?;
            }
        }
        Ok(())
    }

    /// Waits until the client gives up on an attempt: it sends again, or the callback gets an error.
    async fn time_out(&mut self, at: Participant, m: u8, n: u8) -> Result<(), Failure> {
        let failed = |d: &Director| {
            d.answered.iter().any(|&(party, of, ok)| (party, of, ok) == (at, m, false))
        };
        let again = |d: &Director| d.attempts.get(&(at, m)).is_some_and(|&(now, _)| now > n);
        self.until("the end of an attempt", |d| failed(d) || again(d)).await?;
        if failed(self) && self.attempts.insert((at, m), (n, true)) == Some((n, false)) {
            self.see(Seen::AckTimedOut { at, m, n });
        }
        Ok(())
    }

    /// Records what the caller of the producer hears: the callback of its send, or the end of the
    /// transaction, which is recorded already.
    pub(super) async fn report(&mut self, at: Participant, m: u8) -> Result<(), Failure> {
        if self.is_transactional() {
            return Ok(());
        }
        let is = |&(party, of, _): &(Participant, u8, bool)| (party, of) == (at, m);
        self.until("a callback", |d| d.answered.iter().any(is)).await?;
        let place = self.answered.iter().position(is).unwrap_or_default();
        let Some((.., ok)) = self.answered.remove(place) else { return Ok(()) };
        let told = if ok { "ok" } else { "error" };
        self.see(Seen::Reported { at, m, told: told.into() });
        Ok(())
    }

    fn is_transactional(&self) -> bool {
        self.setup.senders.iter().any(|program| program.has(Op::BeginTransaction))
    }

    async fn run(
        &mut self,
        before: &World,
        run: ActorStep,
        events: &[EventKind],
    ) -> Result<(), Failure> {
        match run {
            ActorStep::Sender(s, msg) => self.run_sender(before, s.into(), msg).await,
            ActorStep::Consumer(c) => {
                let consumer = &before.consumers[usize::from(c)];
                let op = self.setup.consumer.op(consumer.pc).ok_or("the program has ended")?;
                let (by, m) = (Participant::CONSUMERS[usize::from(c)], consumer.msg + 1);
                let commits = |event: &EventKind| matches!(event, EventKind::Asked { .. });
                if events.iter().any(|event| matches!(event, EventKind::HandlerFailed { .. })) {
                    self.fail_handler(by, m);
                    return Ok(());
                }
                match op {
                    Op::Stop => self.stop(by).await,
                    // The handler goes on to the next record of its poll.
                    Op::Ack if self.setup.batching.is_some() && !events.iter().any(commits) => {
                        Ok(())
                    }
                    _ => self.run_line(by, op, m).await,
                }
            }
            ActorStep::Worker(c, msg) => {
                let op = self.setup.worker.ok_or("there is no worker thread")?;
                self.run_line(Participant::CONSUMERS[usize::from(c)], op, msg + 1).await
            }
            ActorStep::Dispatch(c) | ActorStep::DispatchAdded(c) | ActorStep::Join(c) => {
                let party = Participant::CONSUMERS[usize::from(c)];
                if !self.received.iter().any(|&(to, _)| to == party) {
                    self.poll(party).await?;
                }
                if matches!(run, ActorStep::Join(_)) && grows(&self.setup.scenario) {
                    let both = |d: &Director| d.assigned.get(&party) == Some(&2);
                    self.until("both partitions", both).await?;
                }
                Ok(())
            }
            ActorStep::AutoCommit(c) => {
                let next = i64::from(before.consumers[usize::from(c)].position);
                let next = next + self.base as i64;
                self.await_commit(Participant::CONSUMERS[usize::from(c)], next).await
            }
            ActorStep::Fetch(_) => {
                self.set_gates(true);
                Ok(())
            }
            ActorStep::Sync(node) => {
                let node = self.cluster().nodes.get(usize::from(node)).ok_or("no such node")?;
                node.disk.as_ref().map_or(Ok(()), |disk| disk.sync())
            }
            ActorStep::Elect(node) => {
                self.await_replicas(|leader, _| leader == i64::from(node) + 1).await
            }
            ActorStep::Refresh(s) if grows(&self.setup.scenario) => {
                self.command(Some(self.setup.sender(s.into())), "refresh").await.map(drop)
            }
            // When the broker answers, and the client looks for the leader, is their own affair.
            ActorStep::Broker | ActorStep::Refresh(_) => Ok(()),
            _ => Err("Kafka has no such step".into()),
        }
    }

    async fn run_sender(&mut self, before: &World, s: usize, msg: u8) -> Result<(), Failure> {
        let (party, task) = (self.setup.sender(s), before.senders[s].tasks[usize::from(msg)]);
        let op = self.setup.senders[s].op(task.pc).ok_or("the program has ended")?;
        let m = msg + 1;
        match op {
            // The client sends again by itself.
            Op::Send if task.attempt > 1 => Ok(()),
            Op::Send if self.early.remove(&(party, m)) => Ok(()),
            Op::Send => {
                self.attempts.remove(&(party, m));
                // Followers fetch when the model's do.
                self.set_gates(false);
                if let Some(poll) = full_poll(&self.setup.scenario) {
                    let command = format!("fill {} {}", self.names.topic, poll.others);
                    self.ask(&command).await?;
                }
                self.command(Some(party), &format!("send {m}")).await.map(drop)
            }
            Op::BeginTransaction => {
                let yes = self.command(Some(party), "begin").await? == true;
                self.see(Seen::Asked { line: op, by: party, m, yes });
                Ok(())
            }
            Op::CommitTransaction => {
                let ok = self.command(Some(party), "commit").await? == true;
                let told = if ok { "ok" } else { "error" };
                self.see(Seen::Reported { at: party, m, told: told.into() });
                Ok(())
            }
            // The callback says so.
            Op::Return | Op::Fail => Ok(()),
            op => Err(format!("a producer does not run {}", op.key())),
        }
    }

    /// Sends what the model's run sends before it tries this message again. Nobody can make the
    /// client wait with that once it knows of the refusal.
    async fn send_early(&mut self, trace: &Trace, step: usize, msg: u8) -> Result<(), Failure> {
        for later in step + 1..=trace.steps.len() {
            let before = trace.world(later - 1);
            match trace.steps[later - 1].choice {
                Choice::Fire(Timer::Backoff(_, again)) if again == msg => break,
                Choice::Run(ActorStep::Sender(s, other)) => {
                    let task = before.senders[usize::from(s)].tasks[usize::from(other)];
                    let op = self.setup.senders[usize::from(s)].op(task.pc);
                    let first = op == Some(Op::Send) && task.attempt <= 1;
                    let party = self.setup.sender(s.into());
                    if first && !self.early.contains(&(party, other + 1)) {
                        self.run_sender(before, s.into(), other).await?;
                        let it = (party, other + 1);
                        self.until("a request", |d| d.attempts.contains_key(&it)).await?;
                        self.early.insert(it);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Runs a line of a consumer, or of its worker thread.
    pub(super) async fn run_line(
        &mut self,
        by: Participant,
        line: Op,
        m: u8,
    ) -> Result<(), Failure> {
        if line == Op::HandOff {
            return Ok(());
        }
        let (place, _) = self.hands.get(&(by, m)).copied().ok_or("it has nothing in hand")?;
        let amount = self.setup.configuration().store.amount;
        let command = format!("{} {m} {place} {amount}", line.key());
        let yes = self.command(Some(by), &command).await? == true;
        let seen = match (line, yes) {
            (Op::DeadLetter, false) => {
                let done = self.dead_letters(m).await? > 0;
                Seen::AskFailed { line, by, m, done }
            }
            _ => Seen::Asked { line, by, m, yes },
        };
        self.see(seen);
        self.look(m).await
    }

    /// Lets a consumer poll until it has committed what it received before.
    async fn await_commit(&mut self, party: Participant, next: i64) -> Result<(), Failure> {
        self.poll(party).await?;
        let (start, names) = (tokio::time::Instant::now(), self.names.clone());
        let ask = format!("committed {} {}", names.topic, names.group);
        while self.ask(&ask).await?.as_i64() < Some(next) {
            if start.elapsed() > PATIENCE {
                return Err("the consumer commits nothing".into());
            }
            // The administrator has to ask again.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Returns the held packet that the model means.
    pub(super) fn name(&self, packet: &Packet) -> Option<Name> {
        Name::of_held(packet, |name| self.proxy.holds(name))
    }

    async fn deliver(&mut self, packet: &Packet, events: &[EventKind]) -> Result<(), Failure> {
        // A delivery has come with its poll; and what was meant for a process that is down went down
        // with it.
        let arrives = events.iter().any(|event| matches!(event, EventKind::Arrived { .. }));
        if packet.kind == PacketKind::Delivery {
            self.received.retain(|&(to, _)| to != packet.to);
            self.cluster().nodes.iter().for_each(Node::thaw);
            return Ok(());
        }
        if !arrives {
            return Ok(());
        }
        let name = self.name(packet);
        let name = name.ok_or(format!("no {:?} of m{} is held", packet.kind, packet.msg + 1))?;
        if matches!(packet.kind, PacketKind::Ack | PacketKind::Refusal) {
            self.attempts.insert((name.client, name.m), (name.n, true));
        }
        match self.proxy.decide(name, Verdict::Pass).await {
            true => Ok(()),
            false => Err("the connection of the packet is gone".into()),
        }
    }

    async fn restart(&mut self, party: Participant) -> Result<(), Failure> {
        match party.node() {
            Some(node) => {
                let node = self.cluster().nodes.get_mut(node).ok_or("there is no such node")?;
                if let Some(disk) = &node.disk {
                    disk.return_power()?;
                }
                node.restart().await?;
                self.set_gates(true);
            }
            None => {
                // A consumer that is up may receive something before it has heard what it has.
                self.see(Seen::Restarted { at: party });
                self.start(party).await?;
                return self.rest().await;
            }
        }
        self.see(Seen::Restarted { at: party });
        Ok(())
    }
}
