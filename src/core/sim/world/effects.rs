//! The effects of faults.

use super::World;
use crate::sim::broker::Crash;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::{self, Consumer, Pause};
use crate::sim::event::{CauseRef, EventKind, Recorder, RejectReason, Window};
use crate::sim::fault::{Fault, Occurrence};
use crate::sim::network::{Link, Net, Packet};
use crate::sim::outbox;
use crate::sim::participant::{MessageId, Participant};
use crate::sim::producer;
use crate::sim::program::Op;
use crate::sim::stores::{Tx, bit};

/// Returns true if a fault that strikes a packet strikes this one as well: the messages of a batch
/// come in one response, and are settled in one request.
fn is_sent_with(setup: &CompiledScenario, packet: &Packet, other: &Packet) -> bool {
    let Packet { from, to, kind, .. } = *packet;
    setup.batching.is_some()
        && from.consumer().or(to.consumer()).is_some()
        && !other.late
        && (other.from, other.to) == (from, to)
        && other.kind == kind
}

impl World {
    /// Lets a fault strike; `spec` is its place in the script.
    pub(super) fn strike(
        &mut self,
        setup: &CompiledScenario,
        fault: Fault,
        spec: u8,
        out: &mut Recorder,
    ) {
        if let Some(scripted) = setup.scenario.faults.get(spec as usize)
            && scripted.at.nth != Occurrence::Every
        {
            self.faults_used |= 1 << spec;
        }
        match fault {
            Fault::Lose(index) => {
                let packet = self.net.take(index);
                self.lose(setup, packet, packet.mark, out);
                let mates = |_: &Net, other: &Packet| is_sent_with(setup, &packet, other);
                self.lose_packets(setup, packet.mark, out, mates);
            }
            Fault::Delay(index) => {
                let packet = *self.net.packet_mut(index);
                self.delay(index, out);
                let all = 0..self.net.packets().len();
                for i in all
                    .filter(|&i| is_sent_with(setup, &packet, &self.net.packets()[i]))
                    .collect::<Vec<_>>()
                {
                    self.delay(i as u8, out);
                }
            }
            Fault::Refuse(index) => {
                let packet = self.net.take(index);
                let Packet { kind, from, to, msg, n, mark, .. } = packet;
                let mark = out.record(mark, EventKind::Arrived { kind, from, to, msg, n });
                self.net.refuse(packet, RejectReason::Busy, setup.waits(), mark, out);
                let (broker, cx) = self.split(setup, out);
                broker.note_rejected(&cx.view(), &packet);
            }
            Fault::Crash(at) => {
                self.stop(setup, at, Crash::Process, EventKind::Crashed { at }, out);
            }
            Fault::PowerLoss(at) => {
                self.stop(setup, at, Crash::Power, EventKind::PowerLost { at }, out);
            }
            Fault::PermanentLoss(at) => {
                self.stop(setup, at, Crash::PermanentLoss, EventKind::PermanentLoss { at }, out);
            }
            Fault::Upgrade(at) => {
                self.stop(setup, at, Crash::Process, EventKind::ShutDown { at }, out);
            }
            Fault::Pause(at, pause) => self.pause(at, pause, out),
            Fault::Resume(at) => self.resume(setup, at, out),
            Fault::Cut(link) => self.cut(setup, link, out),
            Fault::Expire(what, msg) => self.expire(setup, what, msg, out),
            Fault::Replace
            | Fault::FailHandler(_)
            | Fault::FailAttempts(_)
            | Fault::FailLine { .. }
            | Fault::Twice(_)
            | Fault::Reappear(_)
            | Fault::ResetOffsets(_)
            | Fault::Purge
            | Fault::Redrive(_)
            | Fault::AddPartition
            | Fault::MoveLeader => self.strike_step(setup, fault, out),
        }
    }

    /// Takes a step that an actor takes only because of a fault.
    fn strike_step(&mut self, setup: &CompiledScenario, fault: Fault, out: &mut Recorder) {
        let (broker, mut cx) = self.split(setup, out);
        match fault {
            Fault::Replace => producer::replace(&mut cx, broker),
            Fault::FailHandler(at) => consumer::fail_handler(&mut cx, at),
            Fault::FailAttempts(at) => consumer::fail_every_attempt(&mut cx, at),
            Fault::FailLine { at, op, msg, reply } => match at.sender() {
                Some(s) => producer::call(&mut cx, broker, s, msg, op, reply),
                None => {
                    consumer::call(&mut cx, broker, at.consumer().unwrap_or_default(), op, reply);
                }
            },
            Fault::Twice(msg) => producer::send_twice(&mut cx, msg),
            Fault::Reappear(msg) => broker.reappear(&mut cx, msg),
            Fault::ResetOffsets(to) => broker.reset_offsets(&mut cx, to),
            Fault::Purge => {
                let at = broker.leader();
                let mark = cx.out.record(broker.mark(), EventKind::Purged { at });
                broker.purge(&mut cx, mark);
            }
            Fault::Redrive(msg) => broker.redrive(&mut cx, msg),
            Fault::AddPartition => {
                let at = broker.leader();
                let mark = cx.out.record(broker.mark(), EventKind::PartitionAdded { at });
                broker.add_partition(mark);
            }
            Fault::MoveLeader => {
                let at = broker.leader();
                let mark = cx.out.record(broker.mark(), EventKind::LeaderMoved { at });
                broker.move_leader(&mut cx, mark);
            }
            _ => {}
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

    fn pause(&mut self, at: Participant, pause: Pause, out: &mut Recorder) {
        let what = EventKind::Paused { at, slow: pause == Pause::Slow };
        let mark = out.record(self.mark_of(at), what);
        if let Some(s) = at.sender() {
            (self.senders[s].paused, self.senders[s].mark) = (true, mark);
            return;
        }
        let c = at.consumer().unwrap_or_default();
        (self.consumers[c].pause, self.consumers[c].mark) = (pause, mark);
    }

    pub(super) fn stop(
        &mut self,
        setup: &CompiledScenario,
        at: Participant,
        how: Crash,
        what: EventKind,
        out: &mut Recorder,
    ) {
        let mark = out.record(self.mark_of(at), what);
        let (broker, mut cx) = self.split(setup, out);
        if let Some(node) = at.node() {
            match what {
                EventKind::ShutDown { .. } => broker.shut_down(&mut cx, node, mark),
                _ => broker.crash(&mut cx, node, how, mark),
            }
        } else if let Some(c) = at.consumer() {
            cx.consumers[c] = Consumer { up: false, mark, ..Consumer::default() };
            broker.on_consumer_stopped(c);
        } else if let Some(s) = at.sender() {
            producer::crash(&mut cx, broker, s, how == Crash::PermanentLoss, mark);
        } else {
            if at == Participant::Orders {
                outbox::on_database_crash(&mut cx);
            }
            self.stop_store(at);
        }
        // The connections to a crashed process are closed. Packets that it sent may still arrive,
        // but an answer can no longer reach it: it was meant for an earlier incarnation.
        self.lose_packets(setup, mark, out, |_, packet| packet.to == at);
    }

    /// Crashes a store: open transactions are rolled back, and Redis loses what it holds.
    fn stop_store(&mut self, at: Participant) {
        self.stores.set_up(at, false);
        match at {
            Participant::Orders => self.stores.roll_back(),
            Participant::Redis => (self.stores.redis, self.stores.claimed) = (0, 0),
            Participant::Accounts => {
                for consumer in self.consumers.iter_mut().filter(|c| c.tx.open) {
                    consumer.tx = Tx { broken: true, ..Tx::default() };
                }
            }
            _ => {}
        }
    }

    /// Loses the packets in flight that satisfy the condition.
    fn lose_packets(
        &mut self,
        setup: &CompiledScenario,
        cause: CauseRef,
        out: &mut Recorder,
        is_lost: impl Fn(&Net, &Packet) -> bool,
    ) {
        let mut index = 0;
        while let Some(packet) = self.net.packets().get(index).copied() {
            if is_lost(&self.net, &packet) {
                self.net.take(index as u8);
                self.lose(setup, packet, cause, out);
                continue;
            }
            index += 1;
        }
    }

    fn cut(&mut self, setup: &CompiledScenario, link: Link, out: &mut Recorder) {
        let (from, to) = setup.ends(link);
        self.net.cut |= link.bit();
        let what = match link {
            Link::CLUSTER => EventKind::Isolated { at: from },
            _ => EventKind::Cut { from, to },
        };
        let mark = out.record(CauseRef::NONE, what);
        self.lose_packets(setup, mark, out, |net, packet| net.is_cut(packet.from, packet.to));
        if let Some(c) = from.consumer() {
            let (broker, mut cx) = self.split(setup, out);
            broker.disconnect(&mut cx, c, mark);
        }
    }

    /// Returns true if the time window is open for the message, so that it can expire.
    pub(in crate::sim) fn window_open(&self, window: Window, msg: MessageId) -> bool {
        match window {
            Window::Ttl => (self.stores.redis | self.stores.claimed) & bit(msg) != 0,
            Window::Inbox => self.stores.inbox & bit(msg) != 0,
            Window::Dedup | Window::Retention => self.broker.window_open(window, msg),
        }
    }

    fn expire(
        &mut self,
        setup: &CompiledScenario,
        what: Window,
        msg: MessageId,
        out: &mut Recorder,
    ) {
        match what {
            Window::Dedup | Window::Retention => {
                let (broker, mut cx) = self.split(setup, out);
                broker.expire(&mut cx, what, msg);
            }
            Window::Ttl => {
                // `EXPIRE` applies to the whole key: a set expires with all of its members at once.
                let keyed = [Op::Claim, Op::ClaimInProgress];
                let own_key = keyed.into_iter().any(|op| setup.consumer.has(op));
                self.stores.redis &= if own_key { !bit(msg) } else { 0 };
                self.stores.claimed &= !bit(msg);
                out.record(CauseRef::NONE, EventKind::Expired { what, msg });
            }
            Window::Inbox => {
                self.stores.inbox &= !bit(msg);
                out.record(CauseRef::NONE, EventKind::Expired { what, msg });
            }
        }
    }
}
