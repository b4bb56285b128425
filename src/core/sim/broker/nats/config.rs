//! The configuration of a stream and its consumer, from the settings of all sides.

use crate::sim::broker::{Broker, Builds};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::configuration::Configuration;
use crate::sim::program::{Op, Program};
use crate::sim::scenario::Scenario;
use crate::sim::settings::{ProducerSettings, nats};

/// Configuration of the stream and its consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// A stream stores the messages; otherwise this is core NATS.
    pub stream: bool,
    /// The publisher asks for a PubAck.
    pub acknowledges: bool,
    /// Messages have a `Nats-Msg-Id` that is the same for each attempt.
    pub ids: bool,
    /// The ID of each message, as a number: equal numbers mean equal IDs.
    pub keys: [u8; 4],
    /// Acknowledged messages stay in the stream: limits retention.
    pub keeps_acked: bool,
    /// A message is kept only while there is a consumer for it.
    pub by_interest: bool,
    pub max_msgs: Option<u8>,
    /// A full stream refuses new messages, rather than deleting old ones.
    pub discards_new: bool,
    /// Stored messages are written to files.
    pub files: bool,
    /// Replicas sync their copy to disk before they confirm it.
    pub syncs: bool,
    /// `max_age` is set.
    pub expires: bool,
    /// A message counts as acknowledged once it is sent.
    pub auto_ack: bool,
    /// An acknowledgment includes all earlier messages.
    pub cumulative: bool,
    /// Applications acknowledge by a call that they wait for.
    pub ack_sync: bool,
    pub max_deliver: Option<u8>,
    pub max_ack_pending: u8,
    /// The number of messages that a client fetches ahead.
    pub fetches: u8,
    /// The handler restarts `ack_wait` for as long as it runs.
    pub in_progress: bool,
    /// A slow handler can take longer than `ack_wait`.
    pub times_out: bool,
    /// The consumer is deleted when nobody has used it for a while.
    pub ephemeral: bool,
    /// A consumer that is created starts behind the last message.
    pub from_new: bool,
    /// The consumer exists at the start of the run.
    pub starts_with_consumer: bool,
    /// The number of servers.
    pub servers: u8,
    /// The program counter from which on a majority holds a copy.
    pub committed_at: u8,
    /// A crash of a server is among the faults of this scenario; only then does it matter what is
    /// written.
    pub crash: bool,
    /// Power loss is among the faults of this scenario; only then does it matter what is synced.
    pub power: bool,
}

/// As many messages as there can ever be: four, and their duplicates.
const MANY: u32 = 12;
/// A client never has more than this many messages ahead of the one in hand.
const AHEAD: u32 = 4;

impl Config {
    pub(in crate::sim) fn new(scenario: &Scenario, broker: &nats::Broker) -> Config {
        let settings = &scenario.configuration;
        let own = settings.consumer.nats.clone().unwrap_or_default();
        let producer = match &settings.producer {
            ProducerSettings::Nats(producer) => Some(producer),
            _ => None,
        };
        let mut keys = [0, 1, 2, 3];
        let names = producer.map_or(&[][..], |producer| &producer.id_from);
        for (key, name) in keys.iter_mut().zip(names) {
            let first = names.iter().position(|other| other == name);
            *key = first.map_or(*key, |first| first as u8);
        }
        let ephemeral = broker.stream && !own.durable;
        let mut program = Program::default();
        super::program(&mut program, broker);
        Config {
            stream: broker.stream,
            acknowledges: broker.stream
                && producer.is_some_and(|p| p.publish == nats::Publish::Jetstream),
            ids: broker.stream && producer.is_some_and(|p| p.msg_id == nats::MsgId::PerMessage),
            keys,
            keeps_acked: broker.stream && broker.retention == nats::Retention::Limits,
            by_interest: broker.stream && broker.retention == nats::Retention::Interest,
            max_msgs: broker.max_msgs.filter(|_| broker.stream),
            discards_new: broker.discard == nats::Discard::New,
            files: broker.stream && broker.storage == nats::Storage::File,
            syncs: broker.sync_interval == nats::SyncInterval::Always,
            expires: broker.stream && broker.max_age > 0,
            auto_ack: !broker.stream || own.ack_policy == nats::AckPolicy::None,
            cumulative: own.ack_policy == nats::AckPolicy::All,
            ack_sync: broker.stream && own.ack_sync,
            max_deliver: own.max_deliver,
            max_ack_pending: own.max_ack_pending.min(MANY) as u8,
            fetches: own.pull_max_messages.min(AHEAD) as u8,
            in_progress: own.in_progress,
            times_out: settings.slow_handlers_time_out(),
            ephemeral,
            from_new: own.deliver_policy == nats::DeliverPolicy::New,
            starts_with_consumer: !ephemeral || !settings.consumer.starts_late,
            servers: broker.replicas,
            committed_at: program.place(Op::Acknowledge).unwrap_or_default(),
            crash: scenario.has_node_crash(),
            power: scenario.has_power_loss(),
        }
    }
}

impl Builds for nats::Broker {
    fn machine(&self, scenario: &Scenario) -> (Broker, u8) {
        let servers = self.replicas.clamp(1, 3);
        (Broker::Nats(super::Stream::new(Config::new(scenario, self), servers)), servers)
    }

    fn program(&self, p: &mut Program, _: &Configuration) {
        super::program(p, self);
    }
}

impl Broker {
    /// Returns the stream, if the broker is NATS.
    pub fn nats(&self) -> Option<&super::Stream> {
        if let Broker::Nats(stream) = self { Some(stream) } else { None }
    }
}

impl CompiledScenario {
    /// Returns the configuration of the stream and its consumer, if the broker is NATS.
    pub fn stream(&self) -> Option<&Config> {
        self.machine.nats().map(|stream| &stream.config)
    }
}
