//! The global state and its transition relation: which transitions are enabled, and the state each
//! leads to.

mod choices;
mod effects;
mod strikes;

use super::broker::{Broker, Crash};
use super::choice::{ActorStep, Choice};
use super::compiled_scenario::CompiledScenario;
use super::consumer::{self, Consumer};
use super::context::{Ctx, View};
use super::event::{CauseRef, EventKind, Recorder, Timer};
use super::ledger::Ledger;
use super::network::{Link, Net, Packet, PacketKind};
use super::outbox;
use super::participant::{MessageId, Participant};
use super::producer::{self, Sender};
use super::stores::Stores;

/// The global state of a run. It has no clock; a timer is either armed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub senders: [Sender; 3],
    pub net: Net,
    pub broker: Broker,
    pub consumers: [Consumer; 2],
    pub stores: Stores,
    pub ledger: Ledger,
    /// The faults of the script that have struck, one bit each.
    pub faults_used: u16,
}

impl World {
    /// Returns the initial state.
    pub fn new(setup: &CompiledScenario) -> World {
        let up = !setup.configuration().consumer.starts_late;
        let successor =
            if setup.successor { producer::not_started(setup) } else { Sender::default() };
        World {
            senders: [Sender::default(), successor, Sender::default()],
            net: Net::default(),
            broker: setup.machine,
            consumers: [Consumer { up, ..Consumer::default() }; 2],
            stores: Stores::default(),
            ledger: Ledger::default(),
            faults_used: 0,
        }
    }

    /// Returns the state around the broker, to read.
    pub fn view<'a>(&'a self, setup: &'a CompiledScenario) -> View<'a> {
        View {
            setup,
            senders: &self.senders,
            consumers: &self.consumers,
            net: &self.net,
            stores: &self.stores,
            ledger: &self.ledger,
        }
    }

    /// Returns the broker, and the state around it, to change both in one step.
    pub(super) fn split<'a>(
        &'a mut self,
        setup: &'a CompiledScenario,
        out: &'a mut Recorder,
    ) -> (&'a mut Broker, Ctx<'a>) {
        let cx = Ctx {
            setup,
            senders: &mut self.senders,
            consumers: &mut self.consumers,
            net: &mut self.net,
            stores: &mut self.stores,
            ledger: &mut self.ledger,
            out,
        };
        (&mut self.broker, cx)
    }

    /// Returns true if a fixed capacity was exceeded, so that the run is no longer faithful.
    pub fn overflow(&self) -> bool {
        self.net.overflow || self.broker.overflow()
    }

    /// Returns true if the sender has something left to do for the message.
    pub fn is_sending(&self, setup: &CompiledScenario, s: usize, m: MessageId) -> bool {
        producer::is_sending(&self.view(setup), s, m)
    }

    /// Returns the first message that the sender is not done with.
    pub fn sending(&self, setup: &CompiledScenario, s: usize) -> Option<MessageId> {
        let mut all = 0..setup.configuration().messages;
        all.find(|&m| self.senders[s].up && self.is_sending(setup, s, m))
    }

    /// Takes a choice that [`World::choices`] offers, and records the events it causes.
    pub fn step(&mut self, setup: &CompiledScenario, choice: Choice, out: &mut Recorder) {
        match choice {
            Choice::Run(run) => self.run(setup, run, out),
            Choice::Deliver(index) => self.arrive(setup, index, false, out),
            Choice::DeliverStale(index) => self.arrive(setup, index, true, out),
            Choice::Fire(timer) => {
                let (broker, mut cx) = self.split(setup, out);
                match timer {
                    Timer::Ack(s, msg) => {
                        broker.hang_up(s.into(), msg);
                        producer::fire(&mut cx, timer);
                    }
                    Timer::Backoff(..) => producer::fire(&mut cx, timer),
                    Timer::Lease(msg) => consumer::end_lease(&mut cx, msg),
                    Timer::RelayLease(s) => outbox::end_lease(&mut cx, s.into()),
                    _ => broker.fire(&mut cx, timer),
                }
            }
            Choice::Restart(party) => self.restart(setup, party, out),
            Choice::Resume(party) => self.resume(setup, party, out),
            Choice::Heal(link) => self.heal(setup, link, out),
            Choice::Repeat(msg) => {
                let (broker, mut cx) = self.split(setup, out);
                broker.repeat(&mut cx, msg);
            }
            Choice::Strike(fault, spec) => self.strike(setup, fault, spec, out),
        }
    }

    fn run(&mut self, setup: &CompiledScenario, step: ActorStep, out: &mut Recorder) {
        let (broker, mut cx) = self.split(setup, out);
        match step {
            ActorStep::Sender(s, msg) => producer::run(&mut cx, broker, s.into(), msg),
            ActorStep::Refresh(s) => producer::refresh(&mut cx, broker, s.into()),
            ActorStep::Consumer(c) if consumer::stops(&cx.view(), c.into()) => {
                broker.before_stop(&mut cx, c.into());
                let at = Participant::CONSUMERS[usize::from(c)];
                self.stop(setup, at, Crash::Process, EventKind::Stopped { at }, out);
            }
            ActorStep::Consumer(c) => consumer::run(&mut cx, broker, c.into()),
            ActorStep::Worker(c, msg) => consumer::run_worker(&mut cx, broker, c.into(), msg),
            _ => broker.run(&mut cx, step),
        }
    }

    fn heal(&mut self, setup: &CompiledScenario, link: Link, out: &mut Recorder) {
        self.net.cut &= !link.bit();
        let (from, to) = setup.ends(link);
        if link != Link::CLUSTER {
            out.record(CauseRef::NONE, EventKind::Healed { from, to });
            return;
        }
        // The old leader steps down, and tells so to any sender that still sends to it.
        self.senders.iter_mut().for_each(|sender| sender.stale = false);
        let mark = out.record(CauseRef::NONE, EventKind::Rejoined { at: from });
        let (broker, mut cx) = self.split(setup, out);
        broker.on_rejoined(&mut cx, mark);
    }

    fn is_up(&self, party: Participant) -> bool {
        match (party.sender(), party.consumer(), party.node()) {
            (Some(s), ..) => self.senders[s].up,
            (_, Some(c), _) => self.consumers[c].up,
            (.., Some(_)) => self.broker.leads() && self.broker.leader() == party,
            _ => self.stores.is_up(party),
        }
    }

    fn arrive(&mut self, setup: &CompiledScenario, index: u8, stale: bool, out: &mut Recorder) {
        let packet = self.net.take(index);
        let Packet { kind, from, to, msg, n, .. } = packet;
        // The isolated node does not know that the others have elected another leader.
        let alone = kind == PacketKind::Send
            && to == Participant::Broker
            && self.net.is_isolated()
            && self.broker.leads_alone();
        if self.net.is_cut(from, to) || !(alone || self.is_up(to)) {
            return self.lose(setup, packet, packet.mark, out);
        }
        let cause = out.record(packet.mark, EventKind::Arrived { kind, from, to, msg, n });
        let (broker, mut cx) = self.split(setup, out);
        match kind {
            PacketKind::Send if alone => broker.on_send_alone(&mut cx, packet, cause),
            PacketKind::Send => broker.on_send(&mut cx, packet, cause),
            PacketKind::Ack | PacketKind::Refusal | PacketKind::Return => {
                producer::on_answer(&mut cx, broker, packet, cause);
            }
            PacketKind::Delivery => consumer::on_delivery(&mut cx, packet, cause),
            PacketKind::ConsumerAck
            | PacketKind::Requeue
            | PacketKind::Reject
            | PacketKind::Release => match stale && broker.may_take_stale(&packet) {
                true => broker.take_stale(&mut cx, &packet, cause),
                false => broker.on_settled(&mut cx, packet, cause),
            },
        }
    }

    /// Records the loss of a packet, and makes it the cause of the timeout of any actor that waits
    /// for it.
    fn lose(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Packet { kind, from, to, msg, n, .. } = packet;
        let mark = out.record(cause, EventKind::Lost { kind, from, to, msg, n });
        self.tell_waiting(packet, mark);
        if from.consumer().or(to.consumer()).is_some() {
            let (broker, mut cx) = self.split(setup, out);
            broker.on_lost_packet(&mut cx, &packet);
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
        let (broker, mut cx) = self.split(setup, out);
        if let Some(node) = party.node() {
            broker.restart(&mut cx, node, mark);
        } else if let Some(c) = party.consumer() {
            cx.consumers[c] = Consumer { mark, ..Consumer::default() };
            broker.rejoin(&mut cx, c);
        } else if let Some(s) = party.sender() {
            cx.senders[s].up = true;
            cx.senders[s].mark = mark;
        } else {
            cx.stores.set_up(party, true);
        }
    }

    fn resume(&mut self, setup: &CompiledScenario, party: Participant, out: &mut Recorder) {
        let (_, mut cx) = self.split(setup, out);
        if let Some(s) = party.sender() {
            producer::resume(&mut cx, s);
        } else if let Some(c) = party.consumer() {
            consumer::resume(&mut cx, c);
        }
    }

    /// Returns the last event of a participant.
    fn mark_of(&self, party: Participant) -> CauseRef {
        match (party.consumer(), party.sender(), party.node()) {
            (Some(c), ..) => self.consumers[c].mark,
            (_, Some(s), _) => self.senders[s].mark,
            (.., Some(_)) => self.broker.mark(),
            _ => CauseRef::NONE,
        }
    }
}
