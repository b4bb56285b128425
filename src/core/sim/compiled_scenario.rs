//! A scenario compiled for execution: programs and numeric parameters, which every step reads and
//! none changes.

mod programs;
mod successor;

use super::broker;
use super::broker::rabbitmq::DeadLetters;
use super::fault::{Class, Classes, FaultKind};
use super::participant::{MessageId, Participant};
use super::program::{Op, Program};
use super::scenario::{Scenario, ScenarioError};
use super::settings::generic::{Backoff, GenericBroker};
use super::settings::rabbitmq::DeadLetterStrategy;
use super::settings::{
    BrokerSettings, Database, OnRestart, ProducerSettings, kafka, rabbitmq, sqs,
};

/// A scenario compiled for execution: everything that is constant during a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledScenario {
    pub scenario: Scenario,
    /// The participants, from left to right.
    pub parties: Vec<Participant>,
    /// The programs of the senders: the producer's, and that of the relay or the other producer.
    pub senders: Vec<Program>,
    /// The broker's program, which runs once for each copy.
    pub broker: Program,
    pub consumer: Program,
    /// The instruction of the worker thread that messages are handed off to.
    pub worker: Option<Op>,
    /// The second sender is another instance of the producer, which a fault starts.
    pub successor: bool,
    /// The maximum number of attempts to send a message.
    pub attempts: u8,
    /// The maximum number of unacknowledged messages of a sender.
    pub in_flight: u8,
    /// Kafka: `retries` are exhausted before `delivery.timeout.ms` has passed.
    pub retries_end_first: bool,
    /// The acknowledgment timeout of a sender, in milliseconds; 0 if it does not wait.
    pub ack_timeout_ms: u32,
    pub backoff: Backoff,
    pub on_restart: OnRestart,
    /// The number of the broker's nodes.
    pub replicas: u8,
    pub rules: Config,
}

/// The configuration of the broker, by product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Config {
    RabbitMq(broker::rabbitmq::Config),
    Kafka(broker::kafka::Config),
    Sqs(broker::sqs::Config),
}

impl CompiledScenario {
    /// Checks the scenario and compiles it.
    ///
    /// # Errors The error that [`Scenario::check`] finds.
    pub fn new(scenario: &Scenario) -> Result<CompiledScenario, ScenarioError> {
        scenario.check()?;
        Ok(CompiledScenario::unchecked(scenario))
    }

    pub(super) fn unchecked(scenario: &Scenario) -> CompiledScenario {
        let (rules, replicas) = rules(scenario);
        let sending = Sending::of(&scenario.producer);
        let (consumer, worker) = programs::consumer(scenario);
        let mut compiled = CompiledScenario {
            parties: programs::parties(scenario, replicas, &consumer, worker),
            senders: programs::senders(scenario, &sending),
            broker: programs::broker(scenario),
            consumer,
            worker,
            attempts: sending.attempts,
            in_flight: sending.in_flight,
            retries_end_first: matches!(
                &scenario.producer,
                ProducerSettings::Kafka(kafka) if kafka.retries_end_first()
            ),
            ack_timeout_ms: sending.ack_timeout_ms,
            backoff: sending.backoff,
            on_restart: sending.on_restart,
            replicas,
            rules,
            successor: false,
            scenario: scenario.clone(),
        };
        compiled.prepare_successor(Classes::default());
        compiled
    }

    /// Returns the index of the sender that sends a message.
    pub fn sender_of(&self, msg: MessageId) -> usize {
        match (&self.scenario.producer, self.scenario.database) {
            (_, Some(Database::Outbox)) => 1,
            (ProducerSettings::Kafka(k), _) if msg < k.other_sends => 1,
            _ => 0,
        }
    }

    /// Returns the participant that is the sender with this index.
    pub fn sender(&self, number: usize) -> Participant {
        match (number, self.scenario.database) {
            (0, _) => Participant::Producer,
            (_, Some(Database::Outbox)) => Participant::Relay,
            _ => Participant::Producer2,
        }
    }

    /// Returns true if the sender with this index has something to do for the message.
    pub fn takes_part(&self, sender: usize, msg: MessageId) -> bool {
        let all = self.successor || self.scenario.database == Some(Database::Outbox);
        msg < self.scenario.messages && (all || self.sender_of(msg) == sender)
    }

    /// Prepares the scenario for faults of these classes, which no script names.
    pub fn expects(&mut self, classes: Classes) {
        match &mut self.rules {
            Config::Kafka(rules) => rules.power = classes.has(Class::Power),
            Config::RabbitMq(rules) => {
                rules.power = classes.has(Class::Power);
                rules.crash = classes.has(Class::Crash);
            }
            Config::Sqs(_) => {}
        }
        self.prepare_successor(classes);
    }

    /// Returns true if senders wait for an acknowledgment.
    pub fn waits(&self) -> bool {
        self.senders.iter().any(|p| p.has(Op::Await))
    }

    pub fn consumers(&self) -> usize {
        self.scenario.consumer.count.into()
    }

    /// Returns the configuration of the RabbitMQ (or generic) queue, if the broker is one.
    pub fn queue(&self) -> Option<&broker::rabbitmq::Config> {
        if let Config::RabbitMq(rules) = &self.rules { Some(rules) } else { None }
    }

    /// Returns the configuration of the Kafka partition, if the broker is Kafka.
    pub fn log(&self) -> Option<&broker::kafka::Config> {
        if let Config::Kafka(rules) = &self.rules { Some(rules) } else { None }
    }

    /// Returns the configuration of the SQS queue, if the broker is one.
    pub fn visibility(&self) -> Option<&broker::sqs::Config> {
        if let Config::Sqs(rules) = &self.rules { Some(rules) } else { None }
    }

    /// Returns the instruction that is the effect of handling a message: the first that changes
    /// something.
    pub fn effect(&self) -> Option<Op> {
        let program = &self.scenario.consumer.program;
        program.iter().copied().find(|op| op.is_effect())
    }
}

/// The parameters of the senders.
pub(super) struct Sending {
    attempts: u8,
    in_flight: u8,
    ack_timeout_ms: u32,
    backoff: Backoff,
    on_restart: OnRestart,
}

impl Sending {
    fn of(producer: &ProducerSettings) -> Sending {
        let once = |on_restart| Sending {
            attempts: 1,
            in_flight: 1,
            ack_timeout_ms: 0,
            backoff: Backoff::Fixed { delay_ms: 0 },
            on_restart,
        };
        match producer {
            ProducerSettings::FireAndForget => once(OnRestart::Forget),
            ProducerSettings::Retry(retry) => Sending {
                attempts: retry.attempts,
                in_flight: retry.in_flight,
                ack_timeout_ms: retry.timeout_ms,
                backoff: retry.backoff.clone(),
                ..once(retry.on_restart)
            },
            ProducerSettings::Kafka(k) if k.acks == kafka::Acks::None => once(k.on_restart),
            ProducerSettings::Kafka(k) => Sending {
                attempts: k.attempts(),
                // With one transaction per message there is nothing to pipeline.
                in_flight: if k.transactional_id.is_some() { 1 } else { k.max_in_flight },
                ack_timeout_ms: k.request_timeout_ms,
                backoff: Backoff::Exponential {
                    first_ms: k.retry_backoff_ms,
                    max_ms: k.retry_backoff_max_ms,
                },
                on_restart: k.on_restart,
            },
            ProducerSettings::Rabbitmq(r) if !r.confirm_select => once(r.on_restart),
            ProducerSettings::Rabbitmq(r) => Sending {
                attempts: r.publish_attempts,
                in_flight: r.outstanding_confirms,
                // A timeout of the application's own; RabbitMQ sets no limit.
                ack_timeout_ms: 5000,
                backoff: Backoff::Fixed { delay_ms: 1000 },
                ..once(r.on_restart)
            },
            ProducerSettings::Sqs(s) => Sending {
                attempts: s.max_attempts,
                in_flight: s.concurrent_sends,
                // The timeout of the SDK's connections; its retries back off exponentially, up to
                // 20 s.
                ack_timeout_ms: 5000,
                backoff: Backoff::Exponential { first_ms: 1000, max_ms: 20_000 },
                ..once(s.on_restart)
            },
        }
    }
}

fn rules(scenario: &Scenario) -> (Config, u8) {
    match &scenario.broker {
        BrokerSettings::Generic(broker) => {
            (Config::RabbitMq(generic_rules(scenario, broker)), broker.replicas.clamp(1, 3))
        }
        BrokerSettings::Rabbitmq(broker) => {
            (Config::RabbitMq(rabbitmq_rules(scenario, broker)), broker.nodes.clamp(1, 3))
        }
        BrokerSettings::Kafka(broker) => {
            (Config::Kafka(log_rules(scenario, broker)), broker.replication_factor.clamp(1, 3))
        }
        BrokerSettings::Sqs(broker) => (Config::Sqs(visibility_rules(scenario, broker)), 1),
    }
}

fn generic_rules(scenario: &Scenario, broker: &GenericBroker) -> broker::rabbitmq::Config {
    broker::rabbitmq::Config {
        redelivery: broker.redelivery,
        max_deliveries: broker.max_deliveries,
        delivery_limit: None,
        nack_counts: true,
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
        prefetch: 1,
        times_out: true,
        timeout_counts: true,
        counts_deliveries: broker.max_deliveries.unwrap_or(7),
        settles_late: false,
        crash: node_crashes(scenario),
        power: power_lost(scenario),
    }
}

fn rabbitmq_rules(scenario: &Scenario, broker: &rabbitmq::Broker) -> broker::rabbitmq::Config {
    let own = scenario.consumer.rabbitmq.clone().unwrap_or_default();
    let (mandatory, persistent, confirms) = match &scenario.producer {
        ProducerSettings::Rabbitmq(p) => (p.mandatory, p.delivery_mode == 2, p.confirm_select),
        _ => (false, false, false),
    };
    let quorum = broker.queue_type == rabbitmq::QueueType::Quorum;
    broker::rabbitmq::Config {
        redelivery: !own.auto_ack,
        max_deliveries: None,
        delivery_limit: broker.limit(),
        nack_counts: own.requeue_with == rabbitmq::RequeueWith::Reject,
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
        // 0 means no limit, and there are never more than four messages.
        prefetch: if own.prefetch_count == 0 { 12 } else { own.prefetch_count },
        // `consumer_timeout`: since 4.3 for quorum queues only (docs/consumers).
        times_out: quorum,
        // `rabbit_fifo:evaluate_consumer_timeout`: the message is requeued, its count is unchanged.
        timeout_counts: false,
        counts_deliveries: broker.limit().map_or(7, |limit| limit.saturating_add(1).max(7)),
        // A quorum queue settles by a command of its own, which the channel sends when it has
        // delivered (`rabbit_fifo_client:maybe_auto_ack/3`).
        settles_late: if quorum { own.auto_ack } else { broker.durable && persistent },
        crash: node_crashes(scenario),
        power: power_lost(scenario),
    }
}

fn log_rules(scenario: &Scenario, broker: &kafka::Broker) -> broker::kafka::Config {
    let own = scenario.consumer.kafka.clone().unwrap_or_default();
    let (acks, idempotent, transactional) = match &scenario.producer {
        ProducerSettings::Kafka(p) => (p.acks, p.idempotent(), p.transactional_id.is_some()),
        _ => (kafka::Acks::All, true, false),
    };
    let copies = broker.replication_factor.clamp(1, 3);
    broker::kafka::Config {
        acks,
        idempotent,
        transactional,
        min_in_sync: broker.min_insync_replicas,
        unclean: broker.unclean_leader_election,
        in_sync: broker.in_sync_at_start.unwrap_or(copies).clamp(1, copies),
        auto_commit: own.enable_auto_commit,
        read_committed: own.isolation_level == kafka::Isolation::ReadCommitted,
        earliest: own.auto_offset_reset == kafka::Reset::Earliest,
        new_group: own.new_group,
        output_committed: own.output_isolation_level == kafka::Isolation::ReadCommitted,
        stores_offset: scenario.consumer.program.contains(&Op::StoreOffset),
        eligible: broker.eligible_leader_replicas == 1,
        power: power_lost(scenario),
    }
}

/// Returns true if the script of the scenario has a crash of a node.
fn node_crashes(scenario: &Scenario) -> bool {
    let node = |kind: FaultKind| matches!(kind, FaultKind::Crash(p) if p.node().is_some());
    scenario.faults.iter().any(|f| node(f.kind))
}

/// Returns true if the script of the scenario has a power loss.
fn power_lost(scenario: &Scenario) -> bool {
    scenario.faults.iter().any(|f| matches!(f.kind, FaultKind::PowerLoss(_)))
}

fn visibility_rules(scenario: &Scenario, broker: &sqs::Broker) -> broker::sqs::Config {
    let own = scenario.consumer.sqs.clone().unwrap_or_default();
    let number = |names: &[String], i: usize| match names.get(i) {
        Some(name) => names.iter().position(|n| n == name).unwrap_or(i) as u8,
        None => i as u8,
    };
    let (mut keys, mut groups) = ([0, 1, 2, 3], [0; 4]);
    let mut fresh = false;
    if let ProducerSettings::Sqs(producer) = &scenario.producer {
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
    broker::sqs::Config {
        fifo: broker.fifo,
        keys,
        groups,
        fresh_ids: fresh,
        max_receives: broker.max_receive_count,
        batch: own.max_number_of_messages,
        heartbeat: own.heartbeat,
    }
}
