//! The global state and its transition relation: which transitions are enabled, and the state each
//! leads to.

mod choices;
mod strikes;

use super::broker::Broker;
use super::broker::rabbitmq::{Crash, unsettle};
use super::compiled_scenario::CompiledScenario;
use super::consumer::{Consumer, Pause};
use super::event::{CauseRef, EventKind, Recorder, RejectReason, Timer};
use super::fault::{Fault, Occurrence};
use super::ledger::Ledger;
use super::network::{Link, Net, Packet, PacketKind};
use super::participant::{MessageId, Participant};
use super::producer::{self, Sender};
use super::program::Op;
use super::stores::{Stores, Tx, bit};

/// The global state of a run. It has no clock; a timer is either armed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub senders: [Sender; 2],
    pub net: Net,
    pub broker: Broker,
    pub consumers: [Consumer; 2],
    pub stores: Stores,
    pub ledger: Ledger,
    /// The faults of the script that have struck, one bit each.
    pub faults_used: u16,
}

/// A transition that is enabled in some state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// An actor runs its next instruction.
    Run(ActorStep),
    /// The in-flight packet at this index arrives.
    Deliver(u8),
    /// The in-flight packet at this index arrives, and although it is a delete with an old receipt
    /// handle, it takes effect.
    DeliverStale(u8),
    /// A timer fires.
    Fire(Timer),
    /// A crashed process restarts.
    Restart(Participant),
    /// A paused process resumes.
    Resume(Participant),
    /// A cut connection is restored.
    Heal(Link),
    /// A standard queue delivers a message once more on its own.
    Repeat(MessageId),
    /// A fault strikes; the second field is its index in the script.
    Strike(Fault, u8),
}

/// The actor that takes its next step, and the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActorStep {
    /// The sender with this index runs its next instruction for this message.
    Sender(u8, MessageId),
    /// The broker runs the next instruction of the first copy that has one.
    Broker,
    /// The broker sends the next message to the consumer with this index.
    Dispatch(u8),
    /// The consumer with this index receives the message at this index of the queue.
    Receive(u8, u8),
    /// The consumer's poll commits the positions of earlier polls.
    AutoCommit(u8),
    /// The consumer takes the partition that is assigned to no member.
    Join(u8),
    /// The replica with this index becomes the leader.
    Elect(u8),
    /// The follower with this index fetches the records it lacks from the leader.
    Fetch(u8),
    /// The operating system syncs written data: the log of the node with this index, or the copy at
    /// this index of the queue.
    Sync(u8),
    /// The copy at this index of the queue was settled, but its node crashed before it had written
    /// that down.
    Unsettle(u8),
    /// The sender with this index refreshes its metadata and learns the current leader.
    Refresh(u8),
    /// The consumer with this index runs its next instruction.
    Consumer(u8),
    /// The worker thread of the consumer with this index runs its instruction for this message.
    Worker(u8, MessageId),
}

impl World {
    /// Returns the initial state.
    pub fn new(setup: &CompiledScenario) -> World {
        let up = !setup.scenario.consumer.starts_late;
        let successor =
            if setup.successor { producer::not_started(setup) } else { Sender::default() };
        World {
            senders: [Sender::default(), successor],
            net: Net::default(),
            broker: Broker::new(setup),
            consumers: [Consumer { up, ..Consumer::default() }; 2],
            stores: Stores::default(),
            ledger: Ledger::default(),
            faults_used: 0,
        }
    }

    /// Returns true if a fixed capacity was exceeded, so that the run is no longer faithful.
    pub fn overflow(&self) -> bool {
        self.net.overflow || self.broker_overflow()
    }

    /// Takes a choice that [`World::choices`] offers, and records the events it causes.
    pub fn step(&mut self, setup: &CompiledScenario, choice: Choice, out: &mut Recorder) {
        match choice {
            Choice::Run(run) => self.run(setup, run, out),
            Choice::Deliver(index) => self.arrive(setup, index, false, out),
            Choice::DeliverStale(index) => self.arrive(setup, index, true, out),
            Choice::Fire(timer) => self.fire(setup, timer, out),
            Choice::Restart(party) => self.restart(setup, party, out),
            Choice::Resume(party) => self.resume(setup, party, out),
            Choice::Heal(link) => {
                self.net.cut &= !link.bit();
                let (from, to) = link.ends(setup);
                let what = if link == Link::CLUSTER {
                    // The old leader steps down, and tells so to any sender that still sends to it.
                    self.senders.iter_mut().for_each(|sender| sender.stale = false);
                    EventKind::Rejoined { at: from }
                } else {
                    EventKind::Healed { from, to }
                };
                out.record(CauseRef::NONE, what);
            }
            Choice::Repeat(msg) => self.repeat(msg, out),
            Choice::Strike(fault, spec) => self.strike(setup, fault, spec, out),
        }
    }

    fn run(&mut self, setup: &CompiledScenario, run: ActorStep, out: &mut Recorder) {
        match run {
            ActorStep::Sender(s, msg) => self.run_sender(setup, s.into(), msg, out),
            ActorStep::Broker => match self.log().is_some() {
                true => self.run_log(setup, out),
                false => self.run_queue(setup, out),
            },
            ActorStep::Dispatch(c) => match self.log().is_some() {
                true => self.poll(setup, c.into(), out),
                false => self.dispatch_entry(setup, c.into(), out),
            },
            ActorStep::Receive(c, index) => self.receive(setup, c.into(), index.into(), out),
            ActorStep::AutoCommit(c) => self.auto_commit(c.into(), out),
            ActorStep::Join(c) => {
                self.assign(setup, c.into(), self.consumers[c as usize].mark, out)
            }
            ActorStep::Elect(node) => match self.log().is_some() {
                true => self.elect_log_node(setup, node.into(), out),
                false => self.elect_queue_node(setup, node.into(), out),
            },
            ActorStep::Fetch(node) => self.fetch(setup, node.into(), out),
            ActorStep::Sync(place) => match self.log().is_some() {
                true => self.sync_log(place.into(), out),
                false => self.sync_entry(place.into(), out),
            },
            ActorStep::Unsettle(index) => unsettle(self, index.into(), out),
            ActorStep::Refresh(s) => self.refresh_metadata(setup, s.into(), out),
            ActorStep::Consumer(c) => self.run_consumer(setup, c.into(), out),
            ActorStep::Worker(c, msg) => self.run_worker(setup, c.into(), msg, out),
        }
    }

    fn fire(&mut self, setup: &CompiledScenario, timer: Timer, out: &mut Recorder) {
        match timer {
            Timer::Ack(..) | Timer::Backoff(..) => self.fire_sender(setup, timer, out),
            Timer::Redelivery(index) => match self.visibility().is_some() {
                true => self.reappear(setup, index.into(), out),
                false => self.redeliver(setup, index.into(), out),
            },
            Timer::Session(c) => self.evict(setup, c.into(), out),
            Timer::Lag(node) => self.drop_from_sync(setup, node.into(), out),
            Timer::Transaction(s) => self.abort_transaction(setup, s.into(), out),
        }
    }

    fn is_up(&self, party: Participant) -> bool {
        match (party.sender(), party.consumer(), party.node()) {
            (Some(s), ..) => self.senders[s].up,
            (_, Some(c), _) => self.consumers[c].up,
            (.., Some(_)) => self.leads() && self.leader() == party,
            _ => self.stores.is_up(party),
        }
    }

    fn arrive(&mut self, setup: &CompiledScenario, index: u8, stale: bool, out: &mut Recorder) {
        let packet = self.net.take(index);
        let Packet { kind, from, to, msg, n, .. } = packet;
        if kind == PacketKind::Send && self.leads_alone(to) && !self.net.is_cut(from, to) {
            let mark = out.record(packet.mark, EventKind::Arrived { kind, from, to, msg, n });
            return self.append_in_vain(setup, packet, mark, out);
        }
        if !self.is_up(to) || self.net.is_cut(from, to) {
            return self.lose(packet, packet.mark, out);
        }
        let mark = out.record(packet.mark, EventKind::Arrived { kind, from, to, msg, n });
        match kind {
            PacketKind::Send => self.on_send(setup, packet, mark, out),
            PacketKind::Ack | PacketKind::Refusal | PacketKind::Return => {
                self.on_answer(setup, packet, mark, out)
            }
            PacketKind::Delivery => self.on_delivery(setup, packet, mark),
            PacketKind::ConsumerAck
            | PacketKind::Requeue
            | PacketKind::Reject
            | PacketKind::Release => match self.stale_delete(setup, &packet).filter(|_| stale) {
                Some(item) => self.delete(item, mark, out),
                None => self.on_settled(setup, packet, mark, out),
            },
        }
    }

    /// Returns true if the node still believes that it is the leader, although the other nodes,
    /// which it cannot reach, have elected another.
    fn leads_alone(&self, party: Participant) -> bool {
        let alone =
            self.net.is_isolated() && party == Participant::Broker && self.leader() != party;
        alone && self.log().is_some_and(|log| log.is_up(0))
    }

    /// Refreshes the metadata of a sender, which learns the current leader.
    fn refresh_metadata(&mut self, setup: &CompiledScenario, s: usize, out: &mut Recorder) {
        let (at, leader) = (setup.sender(s), self.leader());
        let sender = &mut self.senders[s];
        sender.stale = false;
        sender.mark = out.record(sender.mark, EventKind::LeaderFound { at, leader });
    }

    /// Records the loss of a packet, and makes it the cause of the timeout of any actor that waits
    /// for it.
    fn lose(&mut self, packet: Packet, cause: CauseRef, out: &mut Recorder) {
        let Packet { kind, from, to, msg, n, .. } = packet;
        let mark = out.record(cause, EventKind::Lost { kind, from, to, msg, n });
        self.tell_waiting(packet, mark);
        if kind == PacketKind::Delivery {
            self.unfetch(&packet);
        }
    }

    fn tell_waiting(&mut self, packet: Packet, mark: CauseRef) {
        let Packet { kind, from, to, msg, copy, n, .. } = packet;
        if kind == PacketKind::Send || kind.is_for_producer() {
            let s = from.sender().or(to.sender()).unwrap_or_default();
            let task = &mut self.senders[s].tasks[msg as usize];
            if task.attempt == n {
                task.mark = mark;
            }
        } else {
            let held = |c: &&mut Consumer| (c.msg, c.copy, c.n) == (msg, copy, n);
            self.consumers.iter_mut().filter(held).for_each(|c| c.mark = mark);
        }
    }

    fn restart(&mut self, setup: &CompiledScenario, party: Participant, out: &mut Recorder) {
        let mark = out.record(self.mark_of(party), EventKind::Restarted { at: party });
        if let Some(node) = party.node() {
            match self.log().is_some() {
                true => self.restart_log_node(setup, node, mark, out),
                false => self.restart_queue_node(setup, node, mark, out),
            }
        } else if let Some(c) = party.consumer() {
            self.consumers[c] = Consumer { mark, ..Consumer::default() };
            self.rejoin(setup, c);
        } else if let Some(s) = party.sender() {
            self.senders[s].up = true;
            self.senders[s].mark = mark;
        } else {
            self.stores.set_up(party, true);
        }
    }

    fn resume(&mut self, setup: &CompiledScenario, party: Participant, out: &mut Recorder) {
        if let Some(s) = party.sender() {
            let sender = &mut self.senders[s];
            sender.paused = false;
            sender.mark = out.record(sender.mark, EventKind::Resumed { at: party });
            // By its own clock, every answer that it waits for is overdue, whether or not it has
            // arrived.
            let waits = |m: &MessageId| {
                let pc = sender.tasks[*m as usize].pc;
                setup.takes_part(s, *m) && setup.senders[s].op(pc) == Some(Op::Await)
            };
            let waits = (0..setup.scenario.messages).filter(waits);
            sender.overslept = waits.fold(0, |bits, m| bits | bit(m));
            return;
        }
        let Some(c) = party.consumer() else { return };
        let consumer = &mut self.consumers[c];
        consumer.pause = Pause::No;
        consumer.mark = out.record(consumer.mark, EventKind::Resumed { at: party });
    }

    fn strike(&mut self, setup: &CompiledScenario, fault: Fault, spec: u8, out: &mut Recorder) {
        if let Some(scripted) = setup.scenario.faults.get(spec as usize)
            && scripted.at.nth != Occurrence::Every
        {
            self.faults_used |= 1 << spec;
        }
        match fault {
            Fault::Lose(index) => {
                let packet = self.net.take(index);
                self.lose(packet, packet.mark, out);
            }
            Fault::Delay(index) => self.delay(index, out),
            Fault::Refuse(index) => {
                let packet = self.net.take(index);
                let Packet { kind, from, to, msg, n, mark, .. } = packet;
                let mark = out.record(mark, EventKind::Arrived { kind, from, to, msg, n });
                self.refuse(packet, RejectReason::Busy, setup.waits(), mark, out);
            }
            Fault::Crash(at) => {
                let mark = out.record(self.mark_of(at), EventKind::Crashed { at });
                self.stop(setup, at, Crash::Process, mark, out);
            }
            Fault::PowerLoss(at) => {
                let mark = out.record(self.mark_of(at), EventKind::PowerLost { at });
                self.stop(setup, at, Crash::Power, mark, out);
            }
            Fault::PermanentLoss(at) => {
                let mark = out.record(self.mark_of(at), EventKind::PermanentLoss { at });
                self.stop(setup, at, Crash::PermanentLoss, mark, out);
            }
            Fault::Pause(at, pause) => {
                let slow = pause == Pause::Slow;
                let mark = out.record(self.mark_of(at), EventKind::Paused { at, slow });
                if let Some(s) = at.sender() {
                    (self.senders[s].paused, self.senders[s].mark) = (true, mark);
                    return;
                }
                let c = at.consumer().unwrap_or_default();
                (self.consumers[c].pause, self.consumers[c].mark) = (pause, mark);
            }
            Fault::Replace => producer::replace(setup, self, out),
            Fault::Resume(at) => self.resume(setup, at, out),
            Fault::FailHandler(at) => self.fail_handler(setup, at, out),
            Fault::FailLine { at, op, msg, reply } => match at.sender() {
                Some(s) => self.ask_orders(setup, s, msg, op, reply, out),
                None => self.ask(setup, at.consumer().unwrap_or_default(), op, reply, out),
            },
            Fault::Cut(link) => self.cut(setup, link, out),
            Fault::Expire(what, msg) => self.expire(setup, what, msg, out),
            Fault::Twice(msg) => self.send_twice(setup, msg, out),
            Fault::Reappear(msg) => self.come_back(msg, out),
            Fault::MoveLeader => {
                let at = self.leader();
                let mark = out.record(self.mark_of(at), EventKind::LeaderMoved { at });
                self.move_leader(setup, mark, out);
            }
        }
    }

    fn delay(&mut self, index: u8, out: &mut Recorder) {
        let packet = self.net.packet_mut(index);
        packet.late = true;
        let packet = *packet;
        let Packet { kind, from, to, msg, n, mark, .. } = packet;
        let mark = out.record(mark, EventKind::Delayed { kind, from, to, msg, n });
        self.tell_waiting(packet, mark);
    }

    /// Returns the last event of a participant.
    fn mark_of(&self, party: Participant) -> CauseRef {
        let broker = match &self.broker {
            Broker::RabbitMq(queue) => queue.mark,
            Broker::Kafka(log) => log.mark,
            Broker::Sqs(_) => CauseRef::NONE,
        };
        match (party.consumer(), party.sender(), party.node()) {
            (Some(c), ..) => self.consumers[c].mark,
            (_, Some(s), _) => self.senders[s].mark,
            (.., Some(_)) => broker,
            _ => CauseRef::NONE,
        }
    }

    fn stop(
        &mut self,
        setup: &CompiledScenario,
        at: Participant,
        how: Crash,
        mark: CauseRef,
        out: &mut Recorder,
    ) {
        if let Some(node) = at.node() {
            match self.log().is_some() {
                true => self.crash_log_node(node, how, mark, out),
                false => self.crash_queue_node(setup, node, how, mark, out),
            }
        } else if let Some(c) = at.consumer() {
            self.crash_consumer(c, mark);
        } else if let Some(s) = at.sender() {
            self.crash_sender(setup, s, how == Crash::PermanentLoss, mark);
        } else {
            self.stop_store(at);
        }
        self.drop_connections(at, mark, out);
    }

    /// Crashes a store: open transactions are rolled back, and Redis loses what it holds.
    fn stop_store(&mut self, at: Participant) {
        self.stores.set_up(at, false);
        match at {
            Participant::Redis => self.stores.redis = 0,
            Participant::Accounts => {
                for consumer in self.consumers.iter_mut().filter(|c| c.tx.open) {
                    consumer.tx = Tx { broken: true, ..Tx::default() };
                }
            }
            _ => {}
        }
    }

    /// Closes the connections to a crashed process. Packets that it sent may still arrive, but an
    /// answer can no longer reach it: the answer was meant for an earlier incarnation.
    fn drop_connections(&mut self, at: Participant, cause: CauseRef, out: &mut Recorder) {
        let mut index = 0;
        while let Some(packet) = self.net.packets().get(index).copied() {
            if packet.to == at {
                self.net.take(index as u8);
                self.lose(packet, cause, out);
                continue;
            }
            index += 1;
        }
    }

    fn cut(&mut self, setup: &CompiledScenario, link: Link, out: &mut Recorder) {
        let (from, to) = link.ends(setup);
        self.net.cut |= link.bit();
        let what = match link {
            Link::CLUSTER => EventKind::Isolated { at: from },
            _ => EventKind::Cut { from, to },
        };
        let mark = out.record(CauseRef::NONE, what);
        let mut index = 0;
        while let Some(packet) = self.net.packets().get(index).copied() {
            if self.net.is_cut(packet.from, packet.to) {
                self.net.take(index as u8);
                self.lose(packet, mark, out);
                continue;
            }
            index += 1;
        }
        if let Some(c) = from.consumer().filter(|_| self.queue().is_some()) {
            self.close_channel(setup, c, mark, out);
        }
    }

    fn expire(
        &mut self,
        setup: &CompiledScenario,
        what: super::event::Window,
        msg: MessageId,
        out: &mut Recorder,
    ) {
        use super::event::Window;
        match what {
            Window::Dedup | Window::Retention => self.expire_in_queue(setup, what, msg, out),
            Window::Ttl => {
                // `EXPIRE` applies to the whole key: a set expires with all of its members at once.
                let own_key = setup.consumer.has(Op::Claim);
                self.stores.redis &= if own_key { !bit(msg) } else { 0 };
                out.record(CauseRef::NONE, EventKind::Expired { what, msg });
            }
            Window::Inbox => {
                self.stores.inbox &= !bit(msg);
                out.record(CauseRef::NONE, EventKind::Expired { what, msg });
            }
        }
    }
}
