//! A scenario compiled for execution: programs and numeric parameters, which every step reads and
//! none changes.

mod programs;
mod successor;

use super::broker::{self, Broker};
use super::fault::Classes;
use super::network::Link;
use super::participant::{MessageId, Participant};
use super::program::{Op, Program};
use super::scenario::{Scenario, ScenarioError};
use super::settings::generic::Backoff;
use super::settings::{Database, OnRestart, ProducerSettings, kafka};

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
    /// The broker's state machine, in its initial state.
    pub machine: Broker,
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
        let (machine, replicas) = Broker::new(scenario);
        let sending = Sending::of(&scenario.producer);
        let (consumer, worker) = programs::consumer(scenario);
        let mut compiled = CompiledScenario {
            parties: programs::parties(scenario, replicas, &consumer, worker),
            senders: programs::senders(scenario, &sending),
            broker: Broker::program(scenario),
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
            machine,
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

    /// Returns the two participants that a connection joins.
    pub fn ends(&self, link: Link) -> (Participant, Participant) {
        link.ends(self.sender(1))
    }

    /// Returns the program of a participant.
    pub(super) fn program_of(&self, party: Participant) -> Option<&Program> {
        match (party.sender(), party.consumer(), party.node()) {
            (Some(s), ..) => self.senders.get(s),
            (_, Some(_), _) => Some(&self.consumer),
            (.., Some(_)) => Some(&self.broker),
            _ => None,
        }
    }

    /// Returns true if the sender with this index has something to do for the message.
    pub fn takes_part(&self, sender: usize, msg: MessageId) -> bool {
        let all = self.successor || self.scenario.database == Some(Database::Outbox);
        msg < self.scenario.messages && (all || self.sender_of(msg) == sender)
    }

    /// Prepares the scenario for faults of these classes, which no script names.
    pub fn expects(&mut self, classes: Classes) {
        self.machine.expects(classes);
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
        self.machine.rabbitmq().map(|queue| &queue.config)
    }

    /// Returns the configuration of the Kafka partition, if the broker is Kafka.
    pub fn log(&self) -> Option<&broker::kafka::Config> {
        self.machine.kafka().map(|partition| &partition.config)
    }

    /// Returns the configuration of the SQS queue, if the broker is one.
    pub fn visibility(&self) -> Option<&broker::sqs::Config> {
        self.machine.sqs().map(|queue| &queue.config)
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
