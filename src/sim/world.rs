//! The state of everything, what can happen next, and what it leads to.

use super::broker::queue::{Phase, Queue};
use super::consumer::Consumer;
use super::event::{Mark, Recorder, Timer, What};
use super::fault::Fault;
use super::ledger::Ledger;
use super::network::{Kind, Net, Packet};
use super::party::{Msg, Party};
use super::producer::Producer;
use super::program::Op;
use super::setup::Setup;

/// The state of a run. It has no clock; a timer is armed or it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub producer: Producer,
    pub net: Net,
    pub broker: Queue,
    pub consumers: [Consumer; 2],
    pub ledger: Ledger,
    /// The faults of the script that have struck, a bit each.
    pub struck: u16,
}

/// One thing that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// An actor runs its next line.
    Run(Run),
    /// The packet at this place of the network arrives.
    Deliver(u8),
    /// A wait ends.
    Fire(Timer),
    /// A process comes back.
    Restart(Party),
    /// A fault strikes; the second number is its place in the script.
    Strike(Fault, u8),
}

/// Whose next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Run {
    /// The producer's, for this message.
    Producer(Msg),
    /// The broker's, for the first copy that has one.
    Broker,
    /// The broker sends the next message to the consumer of this number.
    Dispatch(u8),
    /// A replica, by number, takes over.
    Elect(u8),
    /// The consumer's of this number.
    Consumer(u8),
}

impl World {
    /// Before anything happened.
    pub fn new(setup: &Setup) -> World {
        World {
            producer: Producer::default(),
            net: Net::default(),
            broker: Queue::new(setup.replicas),
            consumers: Default::default(),
            ledger: Ledger::default(),
            struck: 0,
        }
    }

    /// Whether something did not fit, so that the run is no longer faithful.
    pub fn overflow(&self) -> bool {
        self.net.overflow || self.broker.overflow
    }

    /// All that can happen next, the usual course first. A fault of the script whose point is
    /// reached leaves no other choice.
    pub fn choices(&self, setup: &Setup, out: &mut Vec<Choice>) {
        out.clear();
        if let Some(strike) = self.scripted(setup) {
            out.push(strike);
            return;
        }
        let candidates = self.broker.candidates(setup);
        out.extend(
            (0..3).filter(|n| candidates & (1 << n) != 0).map(|n| Choice::Run(Run::Elect(n))),
        );
        let consumers = 0..usize::from(setup.scenario.consumer.count);
        let runs = consumers.clone().filter(|&c| self.consumer_runs(setup, c));
        out.extend(runs.map(|c| Choice::Run(Run::Consumer(c as u8))));
        if self.broker_has_work(setup) {
            out.push(Choice::Run(Run::Broker));
        }
        let packets = 0..self.net.packets().len();
        let arrive = packets.filter(|&i| self.can_arrive(setup, i));
        out.extend(arrive.map(|i| Choice::Deliver(i as u8)));
        let dispatch = consumers.filter(|&c| self.can_dispatch(setup, c));
        out.extend(dispatch.map(|c| Choice::Run(Run::Dispatch(c as u8))));
        out.extend(self.producer_runs(setup).map(|m| Choice::Run(Run::Producer(m))));
        self.restarts(setup, out);
        let due = 0..self.broker.entries().len();
        let due = due.filter(|&i| self.redelivery_due(setup, i));
        out.extend(due.map(|i| Choice::Fire(Timer::Redelivery(i as u8))));
        out.extend(self.producer_timer(setup).map(Choice::Fire));
    }

    /// The first fault of the script whose point is reached.
    fn scripted(&self, setup: &Setup) -> Option<Choice> {
        let faults = setup.scenario.faults.iter().enumerate();
        let mut ready = faults
            .filter(|&(i, _)| self.struck & (1 << i) == 0)
            .filter_map(|(i, spec)| Some(Choice::Strike(spec.ready(setup, self)?, i as u8)));
        ready.next()
    }

    fn restarts(&self, setup: &Setup, out: &mut Vec<Choice>) {
        if !self.producer.up {
            out.push(Choice::Restart(Party::Producer));
        }
        for node in 0..usize::from(setup.replicas) {
            let alone =
                (0..usize::from(setup.replicas)).all(|n| n == node || !self.broker.is_up(n));
            let leads = self.broker.leader() == Party::NODES[node];
            // A follower comes back to a leader, and a leader only when nobody else could lead.
            let may = if leads { alone } else { self.broker.leads() };
            if !self.broker.is_up(node) && !self.broker.is_gone(node) && may {
                out.push(Choice::Restart(Party::NODES[node]));
            }
        }
        for c in 0..usize::from(setup.scenario.consumer.count) {
            if !self.consumers[c].up {
                out.push(Choice::Restart(Party::CONSUMERS[c]));
            }
        }
    }

    fn can_arrive(&self, setup: &Setup, index: usize) -> bool {
        let p = &self.net.packets()[index];
        let waits = match p.kind {
            Kind::Delivery => {
                let c = p.to.consumer().unwrap_or_default();
                self.consumers[c].idle(setup) || !self.consumers[c].up
            }
            _ => true,
        };
        waits && self.net.is_next(index) && !(p.late && self.awaited(setup, p))
    }

    /// Whether somebody still waits for what this late packet brings.
    fn awaited(&self, setup: &Setup, p: &Packet) -> bool {
        match p.kind {
            Kind::Send | Kind::Ack => {
                let task = &self.producer.tasks[p.msg as usize];
                self.producer.up
                    && task.attempt == p.n
                    && setup.producer.op(task.pc) == Some(Op::Await)
            }
            _ => self.broker.entries().iter().any(|e| {
                let held = matches!(e.phase, Phase::Unacked(_));
                held && (e.msg, e.copy, e.deliveries) == (p.msg, p.copy, p.n)
            }),
        }
    }

    /// Takes a choice that [`World::choices`] offers, and records what happens.
    pub fn step<R: Recorder>(&mut self, setup: &Setup, choice: Choice, out: &mut R) {
        match choice {
            Choice::Run(Run::Producer(msg)) => self.run_producer(setup, msg, out),
            Choice::Run(Run::Broker) => self.run_broker(setup, out),
            Choice::Run(Run::Dispatch(c)) => self.dispatch(setup, c as usize, out),
            Choice::Run(Run::Elect(node)) => self.elect(setup, node as usize, out),
            Choice::Run(Run::Consumer(c)) => self.run_consumer(setup, c as usize, out),
            Choice::Deliver(index) => self.arrive(setup, index, out),
            Choice::Fire(Timer::Redelivery(index)) => self.redeliver(setup, index as usize, out),
            Choice::Fire(timer) => self.fire_producer(setup, timer, out),
            Choice::Restart(party) => self.restart(setup, party, out),
            Choice::Strike(fault, spec) => self.strike(setup, fault, spec, out),
        }
    }

    fn arrive<R: Recorder>(&mut self, setup: &Setup, index: u8, out: &mut R) {
        let packet = self.net.take(index);
        let up = match packet.to {
            Party::Producer => self.producer.up,
            to => match (to.consumer(), to.node()) {
                (Some(c), _) => self.consumers[c].up,
                (_, Some(_)) => self.broker.leads() && self.broker.leader() == to,
                _ => true,
            },
        };
        if !up {
            return self.lose(packet, packet.mark, out);
        }
        let Packet { kind, from, to, msg, n, .. } = packet;
        let mark = out.record(packet.mark, What::Arrived { kind, from, to, msg, n });
        match kind {
            Kind::Send => self.on_send(setup, packet, mark, out),
            Kind::Ack => self.on_ack(setup, packet, mark, out),
            Kind::Delivery => self.on_delivery(setup, packet, mark),
            Kind::ConsumerAck | Kind::Requeue | Kind::Reject => {
                self.on_settled(setup, packet, mark, out);
            }
        }
    }

    /// Reports the loss of a packet and lets those who wait for it know why they wait in vain.
    fn lose<R: Recorder>(&mut self, packet: Packet, cause: Mark, out: &mut R) {
        let Packet { kind, from, to, msg, copy, n, .. } = packet;
        let mark = out.record(cause, What::Lost { kind, from, to, msg, n });
        self.tell_waiting(kind, msg, copy, n, mark);
    }

    fn tell_waiting(&mut self, kind: Kind, msg: Msg, copy: u8, n: u8, mark: Mark) {
        if matches!(kind, Kind::Send | Kind::Ack) {
            let task = &mut self.producer.tasks[msg as usize];
            if task.attempt == n {
                task.mark = mark;
            }
        } else {
            let held = |c: &&mut Consumer| (c.msg, c.copy, c.n) == (msg, copy, n);
            self.consumers.iter_mut().filter(held).for_each(|c| c.mark = mark);
        }
    }

    fn restart<R: Recorder>(&mut self, setup: &Setup, party: Party, out: &mut R) {
        let cause = match (party.node(), party.consumer()) {
            (Some(_), _) => self.broker.mark,
            (_, Some(c)) => self.consumers[c].mark,
            _ => self.producer.mark,
        };
        let mark = out.record(cause, What::Restarted { at: party });
        if let Some(node) = party.node() {
            self.restart_node(setup, node, mark);
        } else if let Some(c) = party.consumer() {
            self.consumers[c] = Consumer { mark, ..Consumer::default() };
        } else {
            self.producer.up = true;
            self.producer.mark = mark;
        }
    }

    fn strike<R: Recorder>(&mut self, setup: &Setup, fault: Fault, spec: u8, out: &mut R) {
        if let Some(scripted) = setup.scenario.faults.get(spec as usize)
            && scripted.at.nth != super::fault::Nth::Every
        {
            self.struck |= 1 << spec;
        }
        match fault {
            Fault::Lose(index) => {
                let packet = self.net.take(index);
                self.lose(packet, packet.mark, out);
            }
            Fault::Delay(index) => {
                let packet = self.net.packet_mut(index);
                packet.late = true;
                let Packet { kind, from, to, msg, copy, n, mark, .. } = *packet;
                let mark = out.record(mark, What::Delayed { kind, from, to, msg, n });
                self.tell_waiting(kind, msg, copy, n, mark);
            }
            Fault::Crash(at) => {
                let mark = out.record(self.mark_of(at), What::Crashed { at });
                self.stop(setup, at, false, mark, out);
            }
            Fault::PowerLoss(at) => {
                let mark = out.record(self.mark_of(at), What::PowerLost { at });
                self.stop(setup, at, false, mark, out);
            }
            Fault::Gone(at) => {
                let mark = out.record(self.mark_of(at), What::Gone { at });
                self.stop(setup, at, true, mark, out);
            }
            Fault::FailHandler(at) => self.fail_handler(setup, at, out),
        }
    }

    /// What a party did last.
    fn mark_of(&self, party: Party) -> Mark {
        match party.consumer() {
            Some(c) => self.consumers[c].mark,
            None => Mark::NONE,
        }
    }

    fn stop<R: Recorder>(
        &mut self,
        setup: &Setup,
        at: Party,
        forever: bool,
        mark: Mark,
        out: &mut R,
    ) {
        if let Some(node) = at.node() {
            self.crash_node(node, forever, mark, out);
        } else if let Some(c) = at.consumer() {
            self.crash_consumer(c, mark);
        } else if at == Party::Producer {
            self.crash_producer(setup, mark);
        }
        self.drop_connections(at, mark, out);
    }

    /// Connections to a process that died are gone. What it had sent may still arrive, but an
    /// answer to it can no longer reach it.
    fn drop_connections<R: Recorder>(&mut self, at: Party, cause: Mark, out: &mut R) {
        let mut index = 0;
        while let Some(packet) = self.net.packets().get(index).copied() {
            if packet.to == at {
                self.net.take(index as u8);
                self.lose(packet, cause, out);
                continue;
            }
            if packet.from == at && packet.kind == Kind::Send {
                self.net.packet_mut(index as u8).n = 0;
            }
            index += 1;
        }
    }
}
