//! Steps without a fault: each choice of the model, as a deed.

use super::Director;
use crate::packets::Name;
use crate::protocol::{Command, Place};
use crate::proxy::Verdict;
use crate::servers::Failure;
use crate::stores;
use ackward::evidence::Seen;
use ackward::sim::{
    ActorStep, Choice, Event, EventKind, Fault, Op, Packet, PacketKind, Participant, Timer, Trace,
    World,
};

/// Returns true if both choices are the same fault, whichever line of the script says so.
fn same_fault(one: Choice, other: Choice) -> bool {
    matches!((one, other), (Choice::Strike(a, _), Choice::Strike(b, _)) if a == b)
}

impl Director<'_> {
    /// Performs one step of the model's run, and waits for its visible events.
    pub(super) async fn perform(&mut self, trace: &Trace, step: usize) -> Result<(), Failure> {
        let (before, choice) = (trace.world(step - 1), trace.steps[step - 1].choice);
        let events: Vec<EventKind> = trace.events_of(step).iter().map(|e| e.what).collect();
        match choice {
            Choice::Run(ActorStep::Consumer(c)) => {
                let fails = events.iter().any(|e| matches!(e, EventKind::HandlerFailed { .. }));
                let command = if fails { Command::Fail } else { Command::Run { m: 0 } };
                self.command(Participant::CONSUMERS[usize::from(c)], command).await?;
            }
            Choice::Run(ActorStep::Receive(c, _)) => {
                self.receive(Participant::CONSUMERS[usize::from(c)], &events, trace, step).await?;
            }
            Choice::Run(run) => self.run(before, run).await?,
            Choice::Deliver(index) => self.let_arrive(trace, step, index, &events).await?,
            Choice::Fire(Timer::Ack(s, msg)) => {
                let command = Command::Timeout { m: msg + 1 };
                self.command(self.setup.sender(s.into()), command).await?;
            }
            Choice::Fire(Timer::Backoff(s, msg)) => {
                let command = Command::Backoff { m: msg + 1 };
                self.command(self.setup.sender(s.into()), command).await?;
            }
            // The broker notices by itself that a connection is closed, and has a clock of its own.
            Choice::Fire(Timer::Redelivery(_)) => self.broker.reveal(trace.world(step)).await?,
            Choice::Fire(Timer::Lease(msg)) => {
                let redis = self.redis.ok_or("there is no Redis")?;
                stores::await_lease(redis, &self.errand.prefix, msg + 1).await?;
                self.see(Seen::Expired { window: "lease".into(), m: msg + 1 });
            }
            Choice::Restart(party) => self.restart(party).await?,
            Choice::Resume(at) => {
                self.take_as_long_as_it_does(at).await;
                self.resume(at);
            }
            Choice::Heal(link) => {
                let (client, _) = self.setup.ends(link);
                self.proxy.heal(client);
                self.see(Seen::Healed { from: client, to: Participant::Broker });
            }
            Choice::Strike(fault, _) => {
                let rest = trace.steps[step..].iter().map(|step| step.choice);
                let mut down = rest.take_while(|choice| !matches!(choice, Choice::Restart(_)));
                let forgets =
                    down.any(|choice| matches!(choice, Choice::Run(ActorStep::Unsettle(_))));
                self.strike(before, fault, forgets).await?;
            }
            Choice::Fire(_) | Choice::DeliverStale(_) | Choice::Repeat(_) => {
                return Err("the harness has no such step".into());
            }
        }
        for event in events.iter().filter_map(|event| Seen::of(event, choice)) {
            if self.cannot_send(before, &event) {
                continue;
            }
            if let Seen::Sent { to, .. } = &event {
                self.proxy.speed_up(*to);
            }
            self.expect(&event.capped()).await?;
        }
        Ok(())
    }

    /// Lets a packet arrive.
    async fn let_arrive(
        &mut self,
        trace: &Trace,
        step: usize,
        index: u8,
        events: &[EventKind],
    ) -> Result<(), Failure> {
        let before = trace.world(step - 1);
        let packet = before.net.packets()[usize::from(index)];
        // What the broker must not have done when it is killed, it is kept from by stopping
        // all of its threads: the packet waits in its socket.
        let killed = trace.steps.get(step).map(|next| next.choice);
        let crash = Choice::Strike(Fault::Crash(Participant::Broker), 0);
        let killed = killed.is_some_and(|next| same_fault(next, crash));
        if packet.kind == PacketKind::Send && killed {
            self.broker.freeze();
        }
        // SQS answers before it delivers anything.
        let answers_first = matches!(self.errand.place, Place::Sqs(_));
        if packet.kind == PacketKind::Send && !answers_first {
            self.prepare_delivery(trace, step, packet.from).await?;
        }
        self.deliver(packet, events).await
    }

    /// Waits until a slow handler is done, if the scenario says how long it takes.
    async fn take_as_long_as_it_does(&mut self, at: Participant) {
        let since = self.slow_since.remove(&at);
        if let (Some(since), Some(takes)) = (since, self.broker.slow_handler()) {
            tokio::time::sleep(takes.saturating_sub(since.elapsed())).await;
        }
    }

    /// Lets a relay that is idle look for its next row, which has to be the one that the model's
    /// relay reads next; or there is none in either.
    pub(super) async fn compare_next_row(
        &mut self,
        trace: &Trace,
        step: usize,
    ) -> Result<(), Failure> {
        let (relay, world) = (Participant::Relay, trace.world(step));
        if !self.setup.configuration().outbox.sends_one_at_a_time()
            || !self.actors.contains_key(&relay)
        {
            return Ok(());
        }
        let program = &self.setup.senders[1];
        let tasks = world.senders[1].tasks;
        if tasks.iter().any(|task| task.attempt > 0 || (task.pc > 0 && !program.ended(task.pc))) {
            return Ok(());
        }
        let mut choices = Vec::new();
        world.choices(&self.setup, &mut choices);
        // Where a fault of the script is due, nothing else is offered.
        if choices.iter().any(|choice| matches!(choice, Choice::Strike(..))) {
            return Ok(());
        }
        let next = choices.iter().find_map(|choice| match *choice {
            Choice::Run(ActorStep::Sender(1, msg)) => Some(msg + 1),
            _ => None,
        });
        self.command(relay, Command::Next { m: next }).await
    }

    /// Returns true if the event is a packet that its sender has no connection for: a publish to a
    /// broker that is down, or the settlement of a delivery whose connection is gone.
    fn cannot_send(&self, before: &World, event: &Seen) -> bool {
        let Seen::Sent { from, .. } = event else { return false };
        let publishes = from.sender().is_some() && !before.broker.leads();
        publishes || (from.consumer().is_some() && self.orphaned.contains(from))
    }

    async fn run(&mut self, before: &World, run: ActorStep) -> Result<(), Failure> {
        match run {
            ActorStep::Sender(s, msg) => {
                let party = self.setup.sender(s.into());
                let pc = before.senders[usize::from(s)].tasks[usize::from(msg)].pc;
                let sends = self.setup.senders[usize::from(s)].op(pc) == Some(Op::Send);
                if sends {
                    self.notice(party).await?;
                }
                self.command(party, Command::Run { m: msg + 1 }).await?;
                if sends {
                    self.connected.insert(party);
                }
                Ok(())
            }
            ActorStep::Dispatch(c) | ActorStep::Join(c) => {
                self.subscribe(Participant::CONSUMERS[usize::from(c)]).await
            }
            ActorStep::Broker => self.broker.run_line(&self.setup, before).await,
            // What the broker does inside, and when, is its own affair.
            ActorStep::Sync(copy) => self.broker.sync(before, copy).await,
            ActorStep::Fetch(node) => self.broker.fetch(before, node.into()).await,
            ActorStep::Elect(_) | ActorStep::Unsettle(_) => Ok(()),
            _ => Err("the harness has no such step".into()),
        }
    }

    /// Prepares a delivery that comes before the confirm: the broker sends both when it likes. The
    /// consumer has to subscribe before the message is published, and if it is to handle the
    /// message before the confirm is seen, the producer's link has to be slow.
    async fn prepare_delivery(
        &mut self,
        trace: &Trace,
        step: usize,
        sender: Participant,
    ) -> Result<(), Failure> {
        let confirms =
            |event: &Event| matches!(event.what, EventKind::Sent { kind: PacketKind::Ack, .. });
        let mut rest = step + 1..=trace.steps.len();
        if !rest.any(|later| trace.events_of(later).iter().any(confirms)) {
            return Ok(());
        }
        let mut struck = false;
        for later in step + 1..=trace.steps.len() {
            let (choice, events) = (trace.steps[later - 1].choice, trace.events_of(later));
            if events.iter().any(confirms) {
                break;
            }
            struck |= matches!(choice, Choice::Strike(..));
            match choice {
                Choice::Run(ActorStep::Dispatch(c)) if !struck => {
                    self.subscribe(Participant::CONSUMERS[usize::from(c)]).await?;
                }
                _ => {}
            }
            // Whatever is to be seen before the confirm needs time.
            if events.iter().any(|event| Seen::of(&event.what, choice).is_some()) {
                self.proxy.slow_down(sender);
                self.slow_link = true;
            }
        }
        Ok(())
    }

    /// Lets a consumer ask for messages. A receive that the model answers with nothing moves a dead
    /// letter away.
    async fn receive(
        &mut self,
        party: Participant,
        events: &[EventKind],
        trace: &Trace,
        step: usize,
    ) -> Result<(), Failure> {
        let delivers = events.iter().any(|event| matches!(event, EventKind::Sent { .. }));
        self.command(party, Command::Receive { long: delivers }).await?;
        let messages = 0..self.setup.configuration().messages;
        let ledger = &trace.world(step).ledger;
        let dead: u32 = messages.map(|m| u32::from(ledger.of(m).dead)).sum();
        let start = std::time::Instant::now();
        while self.broker.dead().await? < dead && start.elapsed() < super::PATIENCE {
            // The broker tells nobody that a dead letter has arrived.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Lets a consumer subscribe, unless it has: from now on the broker may deliver to it.
    pub(super) async fn subscribe(&mut self, party: Participant) -> Result<(), Failure> {
        self.notice(party).await?;
        if self.connected.contains(&party) {
            return Ok(());
        }
        self.command(party, Command::Subscribe).await?;
        self.connected.insert(party);
        Ok(())
    }

    /// Returns the held packet that the model means.
    pub(super) fn name(&self, packet: &Packet) -> Option<Name> {
        Name::of_held(packet, |name| self.proxy.holds(name))
    }

    async fn deliver(&mut self, packet: Packet, events: &[EventKind]) -> Result<(), Failure> {
        // Whatever was meant for a process that is down went down with it.
        if !events.iter().any(|event| matches!(event, EventKind::Arrived { .. })) {
            return Ok(());
        }
        if let Some(name) = self.take_passed(&packet) {
            return self.arrive(name, &[name]).await;
        }
        let Some(name) = self.name(&packet) else {
            if packet.from.consumer().is_some() {
                // Its sender had no connection any more; a broker would ignore it on another.
                return Ok(());
            }
            return Err(format!("the proxy holds no {:?} of m{}", packet.kind, packet.msg + 1));
        };
        let together = self.proxy.held_with(name);
        if !self.proxy.decide(name, Verdict::Pass).await {
            return Err("the connection of the packet is gone".into());
        }
        let Name { client, m, .. } = name;
        match packet.kind {
            PacketKind::Delivery => {
                let arrived =
                    events.iter().filter(|event| matches!(event, EventKind::Arrived { .. }));
                // A batch arrives as a whole; of other responses, each message when it is its turn.
                let (now, later) = together.split_at(arrived.count().min(together.len()));
                self.passed.extend(later);
                self.arrive(name, now).await?;
            }
            PacketKind::Ack | PacketKind::Return | PacketKind::Refusal => {
                let is = |it: &(Participant, u8, Vec<Seen>)| (it.0, it.1) == (client, m);
                self.until("an answer", |d| d.answered.iter().any(is)).await?;
                let place = self.answered.iter().position(is);
                let answered = place.and_then(|place| self.answered.remove(place));
                let events = answered.map(|(.., events)| events).unwrap_or_default();
                self.record(client, events).await?;
            }
            // No answer tells that the server has it, and that whoever subscribes now is too late.
            PacketKind::Send if matches!(self.errand.place, Place::Nats { stream: None, .. }) => {
                self.command(client, Command::Flush).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns the name of a delivery that its consumer has, but has not begun to handle: it came
    /// together with another.
    fn take_passed(&mut self, packet: &Packet) -> Option<Name> {
        let place = |name: Name| self.passed.iter().position(|passed| *passed == name);
        let name = Name::of_held(packet, |name| place(name).is_some())?;
        place(name).map(|place| self.passed.remove(place))
    }

    /// Waits until a consumer has these deliveries, the first of them in hand.
    pub(super) async fn arrive(&mut self, first: Name, all: &[Name]) -> Result<(), Failure> {
        self.hands.insert(first.client, (first.m, first.n));
        self.orphaned.remove(&first.client);
        for &Name { client, kind, m, n } in all {
            let it = (client, m);
            self.until("a delivery", |d| d.received.contains(&it)).await?;
            self.received.retain(|received| *received != it);
            let packet = kind.key().to_owned();
            self.see(Seen::Arrived { packet, from: Participant::Broker, to: client, m, n });
        }
        Ok(())
    }

    async fn restart(&mut self, party: Participant) -> Result<(), Failure> {
        match party.node() {
            Some(node) => self.broker.restart(node).await?,
            None => self.start(party).await?,
        }
        self.see(Seen::Restarted { at: party });
        Ok(())
    }
}
