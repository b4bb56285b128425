//! The configuration of an SQS queue, from the settings of producer, broker and consumer.

use crate::sim::broker::{Broker, Builds};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::configuration::Configuration;
use crate::sim::program::Program;
use crate::sim::scenario::Scenario;
use crate::sim::settings::{ProducerSettings, sqs};

/// Configuration of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    pub fifo: bool,
    /// The deduplication ID of each message, as a number: equal numbers mean equal IDs.
    pub keys: [u8; 4],
    /// The message group of each message.
    pub groups: [u8; 4],
    /// Each attempt has a deduplication ID of its own.
    pub fresh_ids: bool,
    /// `maxReceiveCount`.
    pub max_receives: Option<u8>,
    /// `MaxNumberOfMessages`.
    pub batch: u8,
    /// The handler extends the visibility timeout for as long as it runs.
    pub heartbeat: bool,
    /// A slow handler can take longer than the visibility timeout.
    pub times_out: bool,
}

impl Config {
    /// Returns the configuration of SQS.
    pub(in crate::sim) fn new(scenario: &Scenario, broker: &sqs::Broker) -> Config {
        let settings = &scenario.configuration;
        let own = settings.consumer.sqs.clone().unwrap_or_default();
        let number = |names: &[String], i: usize| match names.get(i) {
            Some(name) => names.iter().position(|n| n == name).unwrap_or(i) as u8,
            None => i as u8,
        };
        let (mut keys, mut groups) = ([0, 1, 2, 3], [0; 4]);
        let mut fresh = false;
        if let ProducerSettings::Sqs(producer) = &settings.producer {
            fresh = producer.deduplication_id == sqs::DeduplicationId::PerAttempt;
            for i in 0..4 {
                if broker.content_based_deduplication
                    && producer.deduplication_id == sqs::DeduplicationId::None
                {
                    keys[i] = number(&producer.body, i);
                }
                if !producer.group_id.is_empty() {
                    groups[i] = number(&producer.group_id, i);
                }
            }
        }
        Config {
            fifo: broker.fifo,
            keys,
            groups,
            fresh_ids: fresh,
            max_receives: broker.max_receive_count,
            batch: own.max_number_of_messages,
            heartbeat: own.heartbeat,
            times_out: settings.slow_handlers_time_out(),
        }
    }
}

impl Builds for sqs::Broker {
    fn machine(&self, scenario: &Scenario) -> (Broker, u8) {
        (Broker::Sqs(super::Queue::new(Config::new(scenario, self))), 1)
    }

    fn program(&self, p: &mut Program, _: &Configuration) {
        super::program(p);
    }
}

impl Broker {
    /// Returns the queue, if the broker is SQS.
    pub fn sqs(&self) -> Option<&super::Queue> {
        if let Broker::Sqs(queue) = self { Some(queue) } else { None }
    }
}

impl CompiledScenario {
    /// Returns the configuration of the SQS queue, if the broker is one.
    pub fn visibility(&self) -> Option<&Config> {
        self.machine.sqs().map(|queue| &queue.config)
    }
}
