//! Brokers: the contract of one, and the only place that knows which brokers there are.
//!
//! [`kafka`] is an ordered, replicated log that consumers read by offset; [`rabbitmq`] is a queue
//! with competing consumers that removes a copy once it is settled (RabbitMQ, and the generic
//! broker); [`sqs`] is a queue that hides a received message from other receivers until its
//! visibility timeout expires. Each implements [`Machine`], and answers what the reductions of the
//! model checker ask in [`Independence`].

/// Evaluates an expression on the state machine of the broker, whichever it is.
macro_rules! each {
    ($broker:expr, $machine:ident => $value:expr) => {
        match $broker {
            Broker::RabbitMq($machine) => $value,
            Broker::Kafka($machine) => $value,
            Broker::Sqs($machine) => $value,
        }
    };
}

mod independence;
pub(super) mod kafka;
mod machine;
pub(super) mod rabbitmq;
pub(super) mod sqs;

pub use independence::Independence;
pub use machine::{Crash, Machine, Priority};

use super::bits::{Reader, Writer};
use super::choice::{ActorStep, Choice};
use super::compiled_scenario::CompiledScenario;
use super::context::{Ctx, View};
use super::event::{CauseRef, Timer, Window};
use super::fault::{Classes, Occurrence};
use super::network::Packet;
use super::participant::{MessageId, Participant};
use super::program::{Op, Program};
use super::renumber::Requests;
use super::scenario::Scenario;
use super::settings::BrokerSettings;

/// A broker: its configuration, and its state.
// The largest variant is a few hundred bytes; a box would cost one allocation per state.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Broker {
    RabbitMq(rabbitmq::Queue),
    Kafka(kafka::Partition),
    Sqs(sqs::Queue),
}

impl Broker {
    /// Returns the broker of a scenario in its initial state, and the number of its nodes.
    pub(super) fn new(scenario: &Scenario) -> (Broker, u8) {
        match &scenario.broker {
            BrokerSettings::Generic(broker) => {
                let nodes = broker.replicas.clamp(1, 3);
                let config = rabbitmq::Config::generic(scenario, broker);
                (Broker::RabbitMq(rabbitmq::Queue::new(config, nodes)), nodes)
            }
            BrokerSettings::Rabbitmq(broker) => {
                let nodes = broker.nodes.clamp(1, 3);
                let config = rabbitmq::Config::new(scenario, broker);
                (Broker::RabbitMq(rabbitmq::Queue::new(config, nodes)), nodes)
            }
            BrokerSettings::Kafka(broker) => {
                let nodes = broker.replication_factor.clamp(1, 3);
                let config = kafka::Config::new(scenario, broker);
                (Broker::Kafka(kafka::Partition::new(config, nodes)), nodes)
            }
            BrokerSettings::Sqs(broker) => {
                (Broker::Sqs(sqs::Queue::new(sqs::Config::new(scenario, broker))), 1)
            }
        }
    }

    /// Returns the program of the broker, which runs once for each copy.
    pub(super) fn program(scenario: &Scenario) -> Program {
        let mut p = Program::default();
        match &scenario.broker {
            BrokerSettings::Generic(broker) => rabbitmq::program::generic(&mut p, broker),
            BrokerSettings::Rabbitmq(broker) => {
                rabbitmq::program::rabbitmq(&mut p, scenario, broker);
            }
            BrokerSettings::Kafka(broker) => kafka::program(&mut p, scenario, broker),
            BrokerSettings::Sqs(_) => sqs::program(&mut p),
        }
        p.main = p.ops.len();
        p
    }

    /// Returns the queue, if the broker is RabbitMQ (or generic).
    pub fn rabbitmq(&self) -> Option<&rabbitmq::Queue> {
        if let Broker::RabbitMq(queue) = self { Some(queue) } else { None }
    }

    /// Returns the partition, if the broker is Kafka.
    pub fn kafka(&self) -> Option<&kafka::Partition> {
        if let Broker::Kafka(partition) = self { Some(partition) } else { None }
    }

    /// Returns the queue, if the broker is SQS.
    pub fn sqs(&self) -> Option<&sqs::Queue> {
        if let Broker::Sqs(queue) = self { Some(queue) } else { None }
    }
}

/// Returns `bits` with bits `a` and `b` exchanged.
fn swap_bits(bits: u8, a: usize, b: usize) -> u8 {
    let differ = (bits >> a ^ bits >> b) & 1;
    bits ^ (differ << a | differ << b)
}

/// Returns the index of a node after nodes `a` and `b` are exchanged.
fn swap_names(node: u8, a: usize, b: usize) -> u8 {
    match usize::from(node) {
        n if n == a => b as u8,
        n if n == b => a as u8,
        _ => node,
    }
}

/// The contract, passed on to the machine.
impl Broker {
    pub(crate) fn enabled(&self, cx: &View, priority: Priority, out: &mut Vec<Choice>) {
        each!(self, machine => machine.enabled(cx, priority, out))
    }

    pub(super) fn run(&mut self, cx: &mut Ctx, step: ActorStep) {
        each!(self, machine => machine.run(cx, step))
    }

    pub(super) fn fire(&mut self, cx: &mut Ctx, timer: Timer) {
        each!(self, machine => machine.fire(cx, timer))
    }

    pub(crate) fn overflow(&self) -> bool {
        each!(self, machine => machine.overflow())
    }

    pub(crate) fn mark(&self) -> CauseRef {
        each!(self, machine => machine.mark())
    }

    pub(super) fn expects(&mut self, classes: Classes) {
        each!(self, machine => machine.expects(classes))
    }

    pub(crate) fn leader(&self) -> Participant {
        each!(self, machine => machine.leader())
    }

    pub(crate) fn leads(&self) -> bool {
        each!(self, machine => machine.leads())
    }

    pub(crate) fn can_crash(&self, node: usize) -> bool {
        each!(self, machine => machine.can_crash(node))
    }

    pub(super) fn crash(&mut self, cx: &mut Ctx, node: usize, how: Crash, cause: CauseRef) {
        each!(self, machine => machine.crash(cx, node, how, cause))
    }

    pub(crate) fn may_restart(&self, cx: &View, node: usize) -> bool {
        each!(self, machine => machine.may_restart(cx, node))
    }

    pub(super) fn restart(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        each!(self, machine => machine.restart(cx, node, cause))
    }

    pub(crate) fn may_isolate(&self) -> bool {
        each!(self, machine => machine.may_isolate())
    }

    pub(crate) fn leads_alone(&self) -> bool {
        each!(self, machine => machine.leads_alone())
    }

    pub(crate) fn may_move_leader(&self) -> bool {
        each!(self, machine => machine.may_move_leader())
    }

    pub(super) fn move_leader(&mut self, cx: &mut Ctx, cause: CauseRef) {
        each!(self, machine => machine.move_leader(cx, cause))
    }

    pub(crate) fn node_of_sync(&self, place: u8) -> Participant {
        each!(self, machine => machine.node_of_sync(place))
    }

    pub(super) fn on_send(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        each!(self, machine => machine.on_send(cx, packet, cause))
    }

    pub(super) fn on_send_alone(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        each!(self, machine => machine.on_send_alone(cx, packet, cause))
    }

    pub(crate) fn ack_pending(&self, s: usize, msg: MessageId) -> bool {
        each!(self, machine => machine.ack_pending(s, msg))
    }

    pub(super) fn forget_sender(&mut self, s: usize) {
        each!(self, machine => machine.forget_sender(s))
    }

    pub(crate) fn connects_per_call(&self) -> bool {
        each!(self, machine => machine.connects_per_call())
    }

    pub(crate) fn checks_sequences(&self) -> bool {
        each!(self, machine => machine.checks_sequences())
    }

    pub(crate) fn next_sequence(&self, s: usize, epoch: u8) -> Option<u8> {
        each!(self, machine => machine.next_sequence(s, epoch))
    }

    pub(crate) fn has_transactions(&self) -> bool {
        each!(self, machine => machine.has_transactions())
    }

    pub(crate) fn is_fenced(&self, cx: &View, s: usize) -> bool {
        each!(self, machine => machine.is_fenced(cx, s))
    }

    pub(super) fn init_transactions(&mut self, cx: &mut Ctx, s: usize) {
        each!(self, machine => machine.init_transactions(cx, s))
    }

    pub(super) fn commit_transaction(&mut self, cx: &mut Ctx, s: usize, cause: CauseRef) {
        each!(self, machine => machine.commit_transaction(cx, s, cause))
    }

    pub(crate) fn transaction_due(&self, cx: &View, s: usize) -> bool {
        each!(self, machine => machine.transaction_due(cx, s))
    }

    pub(super) fn on_settled(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        each!(self, machine => machine.on_settled(cx, packet, cause))
    }

    pub(crate) fn may_take_stale(&self, packet: &Packet) -> bool {
        each!(self, machine => machine.may_take_stale(packet))
    }

    pub(super) fn take_stale(&mut self, cx: &mut Ctx, packet: &Packet, cause: CauseRef) {
        each!(self, machine => machine.take_stale(cx, packet, cause))
    }

    pub(crate) fn waits_for(&self, cx: &View, c: usize) -> bool {
        each!(self, machine => machine.waits_for(cx, c))
    }

    pub(crate) fn awaits(&self, cx: &View, packet: &Packet) -> bool {
        each!(self, machine => machine.awaits(cx, packet))
    }

    pub(super) fn disconnect(&mut self, cx: &mut Ctx, c: usize, cause: CauseRef) {
        each!(self, machine => machine.disconnect(cx, c, cause))
    }

    pub(super) fn on_lost_delivery(&mut self, cx: &mut Ctx, packet: &Packet) {
        each!(self, machine => machine.on_lost_delivery(cx, packet))
    }

    pub(crate) fn acks_by_call(&self) -> bool {
        each!(self, machine => machine.acks_by_call())
    }

    pub(super) fn ack_by_call(&mut self, cx: &mut Ctx, c: usize) -> bool {
        each!(self, machine => machine.ack_by_call(cx, c))
    }

    pub(crate) fn accepts_commits(&self, c: usize) -> bool {
        each!(self, machine => machine.accepts_commits(c))
    }

    pub(super) fn commit_position(&mut self, cx: &mut Ctx, c: usize, in_database: bool) {
        each!(self, machine => machine.commit_position(cx, c, in_database))
    }

    pub(crate) fn stages_output(&self) -> bool {
        each!(self, machine => machine.stages_output())
    }

    pub(super) fn seek(&mut self, cx: &mut Ctx, c: usize) {
        each!(self, machine => machine.seek(cx, c))
    }

    pub(super) fn rejoin(&mut self, cx: &mut Ctx, c: usize) {
        each!(self, machine => machine.rejoin(cx, c))
    }

    pub(crate) fn may_repeat(&self, msg: MessageId) -> bool {
        each!(self, machine => machine.may_repeat(msg))
    }

    pub(super) fn repeat(&mut self, cx: &mut Ctx, msg: MessageId) {
        each!(self, machine => machine.repeat(cx, msg))
    }

    pub(crate) fn may_reappear(&self, msg: MessageId) -> bool {
        each!(self, machine => machine.may_reappear(msg))
    }

    pub(super) fn reappear(&mut self, cx: &mut Ctx, msg: MessageId) {
        each!(self, machine => machine.reappear(cx, msg))
    }

    pub(crate) fn window_open(&self, window: Window, msg: MessageId) -> bool {
        each!(self, machine => machine.window_open(window, msg))
    }

    pub(super) fn expire(&mut self, cx: &mut Ctx, window: Window, msg: MessageId) {
        each!(self, machine => machine.expire(cx, window, msg))
    }

    pub(crate) fn copy_at(&self, place: u8) -> Option<(MessageId, u8)> {
        each!(self, machine => machine.copy_at(place))
    }

    pub(crate) fn next_line(&self, cx: &View) -> Option<(u8, MessageId)> {
        each!(self, machine => machine.next_line(cx))
    }

    pub(crate) fn next_delivered(&self, cx: &View, c: usize) -> Option<MessageId> {
        each!(self, machine => machine.next_delivered(cx, c))
    }

    pub(crate) fn is_at(
        &self,
        cx: &View,
        msg: MessageId,
        nth: Occurrence,
        op: Op,
        after: bool,
    ) -> bool {
        each!(self, machine => machine.is_at(cx, msg, nth, op, after))
    }

    pub(crate) fn has_committed(&self, msg: MessageId) -> bool {
        each!(self, machine => machine.has_committed(msg))
    }

    pub(crate) fn encode(&self, setup: &CompiledScenario, w: &mut Writer) {
        each!(self, machine => machine.encode(setup, w))
    }

    pub(super) fn decode(&mut self, setup: &CompiledScenario, r: &mut Reader) {
        each!(self, machine => machine.decode(setup, r))
    }

    pub(super) fn canonicalize(&mut self, cx: &mut Ctx, requests: &Requests, classes: Classes) {
        each!(self, machine => machine.canonicalize(cx, requests, classes))
    }

    pub(super) fn forget_settled(&mut self) {
        each!(self, machine => machine.forget_settled())
    }

    pub(crate) fn renumbers_copies(&self) -> bool {
        each!(self, machine => machine.renumbers_copies())
    }

    pub(super) fn each_copy(&mut self, msg: MessageId, show: &mut impl FnMut(&mut u8)) {
        each!(self, machine => machine.each_copy(msg, show))
    }

    pub(crate) fn keeps_dead_letters(&self) -> bool {
        each!(self, machine => machine.keeps_dead_letters())
    }

    pub(crate) fn in_order(&self, a: usize, b: usize) -> bool {
        each!(self, machine => machine.in_order(a, b))
    }

    pub(super) fn swap_nodes(&mut self, a: usize, b: usize) {
        each!(self, machine => machine.swap_nodes(a, b))
    }
}
