//! The configuration of a partition, from the settings of producer, broker and consumer.

use crate::sim::broker::{Broker, Builds};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::configuration::Configuration;
use crate::sim::fault::FaultKind;
use crate::sim::program::{Op, Program};
use crate::sim::scenario::Scenario;
use crate::sim::settings::{ProducerSettings, kafka};

/// Configuration of the partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    pub acks: kafka::Acks,
    pub idempotent: bool,
    /// The producer has never written to the partition.
    pub new_producer: bool,
    pub transactional: bool,
    /// `min.insync.replicas`.
    pub min_in_sync: u8,
    /// `unclean.leader.election.enable`.
    pub unclean: bool,
    /// The number of in-sync replicas at the start.
    pub in_sync: u8,
    /// `enable.auto.commit`.
    pub auto_commit: bool,
    /// The consumers' `isolation.level` is `read_committed`.
    pub read_committed: bool,
    /// `auto.offset.reset` is `earliest`.
    pub earliest: bool,
    /// Records are deleted after `retention.ms`.
    pub expires: bool,
    /// The group has never committed an offset.
    pub new_group: bool,
    /// Readers of the output topic see committed transactions only.
    pub output_committed: bool,
    /// The consumer keeps its offset in its own database.
    pub stores_offset: bool,
    /// Replicas that left the in-sync replicas below `min_in_sync` may still be elected
    /// (`eligible.leader.replicas.version`).
    pub eligible: bool,
    /// A slow handler can take longer than `max.poll.interval.ms`.
    pub times_out: bool,
    /// A partition can be added to the topic: the settings are ones for which the model knows what
    /// becomes of it.
    pub extensible: bool,
    /// Partitions are added to the topic in this scenario; only then does it matter which partition
    /// a record lies in.
    pub grows: bool,
    /// Power loss is among the faults of this scenario; only then does it matter what is synced.
    pub power: bool,
}

impl Config {
    /// Returns the configuration of Kafka.
    pub(in crate::sim) fn new(scenario: &Scenario, broker: &kafka::Broker) -> Config {
        let settings = &scenario.configuration;
        let own = settings.consumer.kafka.clone().unwrap_or_default();
        let producer = match &settings.producer {
            ProducerSettings::Kafka(producer) => Some(producer),
            _ => None,
        };
        let copies = broker.replication_factor.clamp(1, 3);
        Config {
            acks: producer.map_or(kafka::Acks::All, |p| p.acks),
            idempotent: producer.is_none_or(kafka::Producer::idempotent),
            new_producer: producer.is_some_and(|p| p.new_producer),
            transactional: producer.is_some_and(|p| p.transactional_id.is_some()),
            min_in_sync: broker.min_insync_replicas,
            unclean: broker.unclean_leader_election,
            in_sync: broker.in_sync_at_start.unwrap_or(copies).clamp(1, copies),
            auto_commit: own.enable_auto_commit,
            read_committed: own.isolation_level == kafka::Isolation::ReadCommitted,
            earliest: own.auto_offset_reset == kafka::Reset::Earliest,
            expires: broker.retention_ms.is_some(),
            new_group: own.new_group,
            output_committed: own.output_isolation_level == kafka::Isolation::ReadCommitted,
            stores_offset: settings.consumer.program.contains(&Op::StoreOffset),
            eligible: broker.has_eligible_leaders(),
            times_out: settings.slow_handlers_time_out(),
            extensible: super::added::why_not(settings).is_none(),
            grows: scenario.faults.iter().any(|fault| fault.kind == FaultKind::AddPartition),
            power: scenario.has_power_loss(),
        }
    }
}

impl Builds for kafka::Broker {
    fn machine(&self, scenario: &Scenario) -> (Broker, u8) {
        let nodes = self.replication_factor.clamp(1, 3);
        let config = Config::new(scenario, self);
        (Broker::Kafka(super::Partition::new(config, nodes)), nodes)
    }

    fn program(&self, p: &mut Program, config: &Configuration) {
        super::program(p, config, self);
    }
}

impl Broker {
    /// Returns the partition, if the broker is Kafka.
    pub fn kafka(&self) -> Option<&super::Partition> {
        if let Broker::Kafka(partition) = self { Some(partition) } else { None }
    }
}

impl CompiledScenario {
    /// Returns the configuration of the Kafka partition, if the broker is Kafka.
    pub fn log(&self) -> Option<&Config> {
        self.machine.kafka().map(|partition| &partition.config)
    }

    /// Returns true if an operator may add a partition to the topic.
    pub fn may_grow(&self) -> bool {
        self.log().is_some_and(|config| config.grows)
    }
}
