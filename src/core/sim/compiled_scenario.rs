//! A scenario compiled for execution: programs and numeric parameters, which every step reads and
//! none changes.

mod programs;
mod successor;

use super::broker::Broker;
use super::checked::ScenarioError;
use super::configuration::Configuration;
use super::fault::Classes;
use super::network::{Link, PacketKind};
use super::participant::{MessageId, Participant};
use super::program::{Op, Program};
use super::scenario::Scenario;
use super::settings::outbox::Lock;
use super::settings::{Backoff, Batching, Database, OnRestart};

/// A scenario compiled for execution: everything that is constant during a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledScenario {
    pub scenario: Scenario,
    /// The participants, from left to right.
    pub parties: Vec<Participant>,
    /// The programs of the senders: the producer's, and those of its relays or of the other producer.
    pub senders: Vec<Program>,
    /// The broker's program, which runs once for each copy.
    pub broker: Program,
    pub consumer: Program,
    /// The instruction of the worker thread that messages are handed off to.
    pub worker: Option<Op>,
    /// The maximum number of times that a consumer tries to handle a message.
    pub handler_attempts: u8,
    /// Between two attempts, it seeks back and receives the message again.
    pub seeks_after_error: bool,
    /// The second sender is another instance of the producer, which a fault starts.
    pub successor: bool,
    /// The maximum number of attempts to send a message.
    pub attempts: u8,
    /// The maximum number of unacknowledged messages of a sender.
    pub in_flight: u8,
    /// Kafka: `retries` are exhausted before `delivery.timeout.ms` has passed.
    pub retries_end_first: bool,
    /// The number of messages that a second producer sends.
    pub other_sends: u8,
    /// The batches of a consumer that acknowledges more than one message at a time.
    pub batching: Option<Batching>,
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

    /// Checks the configuration and compiles it, without a script of faults.
    ///
    /// # Errors The error that [`Configuration::check`] finds.
    pub fn bare(configuration: &Configuration) -> Result<CompiledScenario, ScenarioError> {
        configuration.check()?;
        Ok(CompiledScenario::unchecked(&configuration.clone().into()))
    }

    pub(super) fn unchecked(scenario: &Scenario) -> CompiledScenario {
        let (machine, replicas) = Broker::new(scenario);
        let config = &scenario.configuration;
        let sending = config.producer.sending();
        let (consumer, worker) = programs::consumer(config);
        let outbox = config.database == Some(Database::Outbox);
        let one_at_a_time = outbox && config.outbox.sends_one_at_a_time();
        let mut compiled = CompiledScenario {
            parties: programs::parties(config, &sending, replicas, &consumer, worker),
            senders: programs::senders(config, &sending),
            broker: Broker::program(config),
            consumer,
            worker,
            handler_attempts: config.consumer.handler_attempts,
            seeks_after_error: config.broker.seeks_after_error(&config.consumer),
            batching: config.broker.batching(&config.consumer),
            attempts: sending.attempts,
            in_flight: if one_at_a_time { 1 } else { sending.in_flight },
            retries_end_first: sending.retries_end_first,
            other_sends: sending.other_sends,
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

    /// Returns the settings of every participant.
    pub fn configuration(&self) -> &Configuration {
        &self.scenario.configuration
    }

    /// Returns the index of the sender that sends a message.
    pub fn sender_of(&self, msg: MessageId) -> usize {
        let other =
            self.configuration().database == Some(Database::Outbox) || msg < self.other_sends;
        usize::from(other)
    }

    /// Returns the participant that is the sender with this index.
    pub fn sender(&self, number: usize) -> Participant {
        match (number, self.configuration().database) {
            (0, _) => Participant::Producer,
            (2, _) => Participant::Relay2,
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
        let all = self.successor || self.configuration().database == Some(Database::Outbox);
        // The rows of a transaction are written with the first of them.
        let apart = sender > 0 || self.transaction_of(msg).start == msg;
        msg < self.configuration().messages && apart && (all || self.sender_of(msg) == sender)
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

    /// Returns true if a packet of this kind can arrive after a process has stopped waiting, for it
    /// or for the answer to it.
    pub(super) fn can_be_late(&self, kind: PacketKind) -> bool {
        match kind {
            PacketKind::Send => self.waits(),
            // On a working connection it keeps its place in the order, and no clock runs against
            // it; a poll or receive whose response is not in time is repeated, and the response is
            // as good as lost.
            PacketKind::Delivery => false,
            _ => true,
        }
    }

    /// Returns true if a consumer remembers more of a failed message than that it has it in hand.
    pub(super) fn remembers_attempts(&self) -> bool {
        self.handler_attempts > 1 || self.consumer.has(Op::DeadLetter)
    }

    /// Returns true if the claims of a consumer, or the locks of relays, end by themselves.
    pub fn has_leases(&self) -> bool {
        self.configuration().consumer.claim_lease_ms.is_some() || self.lock() == Lock::Lease
    }

    pub fn consumers(&self) -> usize {
        self.configuration().consumer.count.into()
    }

    /// Returns the instruction that is the effect of handling a message: the first that changes
    /// something.
    pub fn effect(&self) -> Option<Op> {
        let program = &self.configuration().consumer.program;
        program.iter().copied().find(|op| op.is_effect())
    }
}
