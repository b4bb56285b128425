//! What stands for a scenario's settings on RabbitMQ.

use ackward::sim::Scenario;
use ackward::sim::settings::generic::Acknowledge;
use ackward::sim::settings::rabbitmq::{DeadLetterStrategy, QueueType, RequeueWith};
use ackward::sim::settings::{BrokerSettings, OnError, ProducerSettings};
use serde_json::{Map, Value, json};

/// How a producer publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publishing {
    pub confirms: bool,
    pub mandatory: bool,
    pub delivery_mode: u8,
}

/// How a consumer consumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consuming {
    pub auto_ack: bool,
    /// 0 is no limit.
    pub prefetch: u8,
    pub requeue: Requeue,
}

/// The method by which a failed handler settles its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeue {
    Nack { requeue: bool },
    Reject { requeue: bool },
}

/// A queue and its surroundings.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    pub quorum: bool,
    pub nodes: u8,
    pub durable: bool,
    /// The queue is bound to the exchange.
    pub bound: bool,
    pub delivery_limit: Option<i64>,
    pub dead_letters: bool,
    /// A queue is bound to the dead-letter exchange.
    pub dead_letters_bound: bool,
    pub at_least_once: bool,
    /// Consumers publish what they give up on to the dead-letter exchange.
    pub republished: bool,
    pub single_active: bool,
    /// Milliseconds, scaled down.
    pub consumer_timeout: Option<u32>,
}

impl Publishing {
    pub fn of(scenario: &Scenario) -> Publishing {
        let transient = matches!(&scenario.configuration.broker, BrokerSettings::Generic(generic)
            if generic.acknowledge == Acknowledge::BeforePersist);
        match &scenario.configuration.producer {
            ProducerSettings::Rabbitmq(rabbitmq) => Publishing {
                confirms: rabbitmq.confirm_select,
                mandatory: rabbitmq.mandatory,
                delivery_mode: rabbitmq.delivery_mode,
            },
            // The generic broker acknowledges whether or not anybody waits for it.
            _ => Publishing {
                confirms: true,
                mandatory: false,
                delivery_mode: if transient { 1 } else { 2 },
            },
        }
    }
}

impl Consuming {
    pub fn of(scenario: &Scenario) -> Consuming {
        let requeue = scenario.configuration.consumer.on_error == OnError::Requeue;
        match &scenario.configuration.broker {
            BrokerSettings::Generic(generic) => Consuming {
                auto_ack: !generic.redelivery,
                prefetch: 1,
                // The generic broker counts every failed delivery; since 4.3 only this method does.
                requeue: Requeue::Reject { requeue },
            },
            _ => {
                let own = scenario.configuration.consumer.rabbitmq.clone().unwrap_or_default();
                Consuming {
                    auto_ack: own.auto_ack,
                    prefetch: own.prefetch_count,
                    requeue: match own.requeue_with {
                        RequeueWith::Nack => Requeue::Nack { requeue },
                        RequeueWith::Reject => Requeue::Reject { requeue },
                    },
                }
            }
        }
    }
}

impl Queue {
    /// Returns the queue of a scenario, if RabbitMQ can play its broker.
    pub fn of(scenario: &Scenario) -> Option<Queue> {
        let republished = scenario.configuration.consumer.on_error == OnError::DeadLetter;
        let long = scenario.configuration.consumer.slow_handler_ms.is_some();
        Some(match &scenario.configuration.broker {
            BrokerSettings::Generic(generic) => Queue {
                // Only a quorum queue syncs before it confirms.
                quorum: generic.acknowledge != Acknowledge::BeforePersist,
                nodes: generic.replicas,
                durable: true,
                bound: true,
                delivery_limit: generic.max_deliveries.map(|most| i64::from(most) - 1),
                dead_letters: generic.dead_letter_queue,
                dead_letters_bound: true,
                at_least_once: false,
                republished,
                single_active: false,
                consumer_timeout: None,
            },
            BrokerSettings::Rabbitmq(rabbitmq) => Queue {
                quorum: rabbitmq.queue_type == QueueType::Quorum,
                nodes: rabbitmq.nodes,
                durable: rabbitmq.durable,
                bound: rabbitmq.bound,
                delivery_limit: rabbitmq.delivery_limit.map(i64::from),
                dead_letters: rabbitmq.dead_letter_exchange.is_some(),
                dead_letters_bound: rabbitmq.dead_letter_bound,
                at_least_once: rabbitmq.dead_letter_strategy == DeadLetterStrategy::AtLeastOnce,
                republished,
                single_active: rabbitmq.single_active_consumer,
                consumer_timeout: long.then(|| scaled(rabbitmq.consumer_timeout)),
            },
            _ => return None,
        })
    }

    /// Returns true if there is a queue of dead letters.
    pub fn has_dead_letters(&self) -> bool {
        self.republished || (self.dead_letters && self.dead_letters_bound)
    }

    /// Returns the type that `x-queue-type` names.
    pub fn kind(&self) -> &'static str {
        if self.quorum { "quorum" } else { "classic" }
    }

    /// Describes the queue for the head of a recording.
    pub fn describe(&self, publishing: &Publishing, consuming: &Consuming) -> Map<String, Value> {
        let mut all = Map::new();
        let mut add = |key: &str, value: Value| drop(all.insert(key.to_owned(), value));
        add("x-queue-type", self.kind().into());
        // A majority of two is both of them.
        add("nodes", if self.nodes > 1 { 3 } else { 1 }.into());
        add("durable", self.durable.into());
        add("bound", self.bound.into());
        if let Some(limit) = self.delivery_limit {
            add("x-delivery-limit", limit.into());
        }
        if self.dead_letters {
            add("x-dead-letter-exchange", "dlx".into());
        }
        if self.single_active {
            add("x-single-active-consumer", true.into());
        }
        if let Some(ms) = self.consumer_timeout {
            add("x-consumer-timeout", ms.into());
        }
        if self.republished {
            add("republished_to", "dlx".into());
        }
        add("confirm.select", publishing.confirms.into());
        add("mandatory", publishing.mandatory.into());
        add("delivery_mode", publishing.delivery_mode.into());
        add("auto_ack", consuming.auto_ack.into());
        add("prefetch_count", consuming.prefetch.into());
        let (method, requeue) = match consuming.requeue {
            Requeue::Nack { requeue } => ("basic.nack", requeue),
            Requeue::Reject { requeue } => ("basic.reject", requeue),
        };
        add("on_error", json!({ "method": method, "requeue": requeue }));
        all
    }
}

/// Returns how long something takes here that takes so many milliseconds in the scenario, half an
/// hour for example. What is longer stays longer.
pub fn scaled(ms: u32) -> u32 {
    ms / 300
}
