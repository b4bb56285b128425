//! The configuration of a queue, from the settings of its product.

use crate::sim::broker::{Broker, Builds};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::configuration::Configuration;
use crate::sim::program::Program;
use crate::sim::scenario::Scenario;
use crate::sim::settings::generic::GenericBroker;
use crate::sim::settings::rabbitmq::{DeadLetterStrategy, Overflow};
use crate::sim::settings::{ProducerSettings, rabbitmq};

/// Configuration of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Redeliver unsettled messages; without it a message is removed as soon as it is sent.
    pub redelivery: bool,
    /// The maximum number of deliveries of a message.
    pub max_deliveries: Option<u8>,
    /// The number of failed deliveries that are tolerated (`x-delivery-limit`).
    pub delivery_limit: Option<u8>,
    /// A requeue requested by the consumer counts as a failed delivery.
    pub nack_counts: bool,
    /// The maximum number of messages that wait (`x-max-length`).
    pub max_length: Option<u8>,
    /// A full queue refuses messages, instead of dropping its oldest.
    pub refuses_if_full: bool,
    /// A message that its consumer returns goes to the back of the queue.
    pub requeues_to_back: bool,
    pub dead_letters: DeadLetters,
    /// Deliver a copy before it has met the condition for its acknowledgment.
    pub delivers_early: bool,
    /// Replicas sync their copy to disk.
    pub synced_copies: bool,
    /// Copies on disk are recovered after a restart.
    pub survives: bool,
    /// A queue is bound for the messages.
    pub bound: bool,
    /// Return unroutable messages to the sender.
    pub mandatory: bool,
    /// Acknowledge to senders, whether or not they wait for it.
    pub acknowledges: bool,
    /// One consumer is served at a time (`x-single-active-consumer`).
    pub single_active: bool,
    /// The prefetch limit: unsettled deliveries to one consumer at a time.
    pub prefetch: u8,
    /// A delivery to a slow handler times out, although the consumer's process is alive.
    pub times_out: bool,
    /// A delivery that timed out counts as failed.
    pub timeout_counts: bool,
    /// The maximum of the count of deliveries.
    pub counts_deliveries: u8,
    /// What consumers settle is written down later and in batches: until then a crash of the node
    /// brings it back (`rabbit_classic_queue_index_v2:ack/2`).
    pub settles_late: bool,
    /// A crash of a node is among the faults of this scenario; only then does it matter what is
    /// written.
    pub crash: bool,
    /// Power loss is among the faults of this scenario; only then does it matter what is synced.
    pub power: bool,
}

/// The treatment of a message that was rejected, or that has failed too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeadLetters {
    /// The message is discarded.
    Discarded,
    /// The message leaves the queue and is published to the dead-letter queue like any other
    /// message, but without a publisher confirm. The dead-letter queue is of the same type, on the
    /// same nodes.
    Republished,
    /// The message stays in the queue until the dead-letter queue has it, or for as long as there
    /// is none.
    Kept,
}

impl Config {
    /// Returns true if settled copies have to be remembered, since they may come back.
    pub(in crate::sim::broker) fn keeps_settled(&self) -> bool {
        self.settles_late && (self.crash || self.power)
    }

    /// Returns the configuration of the generic broker.
    pub(in crate::sim) fn generic(scenario: &Scenario, broker: &GenericBroker) -> Config {
        Config {
            redelivery: broker.redelivery,
            max_deliveries: broker.max_deliveries,
            delivery_limit: None,
            nack_counts: true,
            max_length: None,
            refuses_if_full: false,
            requeues_to_back: false,
            dead_letters: match broker.dead_letter_queue {
                true => DeadLetters::Kept,
                false => DeadLetters::Discarded,
            },
            delivers_early: false,
            synced_copies: false,
            survives: true,
            bound: true,
            mandatory: false,
            acknowledges: true,
            single_active: false,
            prefetch: 1,
            times_out: scenario.configuration.slow_handlers_time_out(),
            timeout_counts: true,
            counts_deliveries: broker.max_deliveries.unwrap_or(7),
            settles_late: false,
            crash: scenario.has_node_crash(),
            power: scenario.has_power_loss(),
        }
    }

    /// Returns the configuration of RabbitMQ.
    pub(in crate::sim) fn new(scenario: &Scenario, broker: &rabbitmq::Broker) -> Config {
        let settings = &scenario.configuration;
        let own = settings.consumer.rabbitmq.clone().unwrap_or_default();
        let (mandatory, persistent, confirms) = match &settings.producer {
            ProducerSettings::Rabbitmq(p) => (p.mandatory, p.delivery_mode == 2, p.confirm_select),
            _ => (false, false, false),
        };
        let quorum = broker.queue_type == rabbitmq::QueueType::Quorum;
        Config {
            redelivery: !own.auto_ack,
            max_deliveries: None,
            delivery_limit: broker.limit(),
            nack_counts: broker.counts_returns()
                || own.requeue_with == rabbitmq::RequeueWith::Reject,
            max_length: broker.max_length,
            refuses_if_full: broker.overflow == Overflow::RejectPublish,
            requeues_to_back: broker.requeues_to_back(),
            dead_letters: match (&broker.dead_letter_exchange, broker.dead_letter_strategy) {
                (None, _) => DeadLetters::Discarded,
                // A dead letter that cannot be routed waits in the queue that it came from.
                (_, DeadLetterStrategy::AtLeastOnce) => DeadLetters::Kept,
                (_, DeadLetterStrategy::AtMostOnce) if broker.dead_letter_bound => {
                    DeadLetters::Republished
                }
                (_, DeadLetterStrategy::AtMostOnce) => DeadLetters::Discarded,
            },
            delivers_early: !quorum,
            synced_copies: quorum,
            // A quorum queue writes every message to disk, whatever its delivery mode.
            survives: broker.durable && (persistent || quorum),
            bound: broker.bound,
            mandatory,
            acknowledges: confirms,
            single_active: broker.single_active_consumer,
            // 0 means no limit, and there are never more than four messages.
            prefetch: if own.prefetch_count == 0 { 12 } else { own.prefetch_count },
            times_out: settings.slow_handlers_time_out(),
            // Up to 4.2 the channel is closed. Since 4.3 (`rabbit_fifo:evaluate_consumer_timeout`)
            // the message is requeued, and its count is unchanged.
            timeout_counts: broker.counts_returns(),
            counts_deliveries: broker.limit().map_or(7, |limit| limit.saturating_add(1).max(7)),
            // A quorum queue settles by a command of its own, which the channel sends when it has
            // delivered (`rabbit_fifo_client:maybe_auto_ack/3`).
            settles_late: if quorum { own.auto_ack } else { broker.durable && persistent },
            crash: scenario.has_node_crash(),
            power: scenario.has_power_loss(),
        }
    }
}

impl Builds for GenericBroker {
    fn machine(&self, scenario: &Scenario) -> (Broker, u8) {
        let nodes = self.replicas.clamp(1, 3);
        let config = Config::generic(scenario, self);
        (Broker::RabbitMq(super::Queue::new(config, nodes)), nodes)
    }

    fn program(&self, p: &mut Program, _: &Configuration) {
        super::program::generic(p, self);
    }
}

impl Builds for rabbitmq::Broker {
    fn machine(&self, scenario: &Scenario) -> (Broker, u8) {
        let nodes = self.nodes.clamp(1, 3);
        let config = Config::new(scenario, self);
        (Broker::RabbitMq(super::Queue::new(config, nodes)), nodes)
    }

    fn program(&self, p: &mut Program, config: &Configuration) {
        super::program::rabbitmq(p, config, self);
    }
}

impl Broker {
    /// Returns the queue, if the broker is RabbitMQ (or generic).
    pub fn rabbitmq(&self) -> Option<&super::Queue> {
        if let Broker::RabbitMq(queue) = self { Some(queue) } else { None }
    }
}

impl CompiledScenario {
    /// Returns the configuration of the RabbitMQ (or generic) queue, if the broker is one.
    pub fn queue(&self) -> Option<&Config> {
        self.machine.rabbitmq().map(|queue| &queue.config)
    }
}
