//! Hints at the limits of a proof: violations that become possible only with a further setting. A
//! proof holds for the given settings, and a reader may take it for more.

use super::assumptions::Scope;
use super::property::Property;
use crate::sim::settings::{BrokerSettings, ProducerSettings, kafka, sqs};
use crate::sim::{Class, CompiledScenario, OnRestart};

/// A violation that the current settings rule out.
#[derive(Clone, Copy, Debug)]
pub struct Hint {
    /// The hint as a sentence.
    pub label: &'static str,
    /// The setting that makes it possible: its key and a value.
    pub with: (&'static str, &'static str),
    /// Properties that can be violated then.
    concerns: &'static [Property],
    applies: fn(&Scope) -> bool,
}

/// Returns the hints that apply and concern a property that holds.
pub fn hints(scope: &Scope, holds: impl Fn(Property) -> bool) -> Vec<Hint> {
    let concerned = |hint: &&Hint| hint.concerns.iter().any(|property| holds(*property));
    HINTS.iter().filter(|hint| (hint.applies)(scope)).filter(concerned).copied().collect()
}

fn kafka_broker(setup: &CompiledScenario) -> Option<&kafka::Broker> {
    match &setup.scenario.broker {
        BrokerSettings::Kafka(broker) => Some(broker),
        _ => None,
    }
}

/// Returns, for a Kafka consumer with `auto.offset.reset=latest`, true if its group is new, that
/// is, has no committed offset. Returns `None` for all others.
fn group_at_latest(setup: &CompiledScenario) -> Option<bool> {
    kafka_broker(setup)?;
    let own = setup.scenario.consumer.kafka.clone().unwrap_or_default();
    (own.auto_offset_reset == kafka::Reset::Latest).then_some(own.new_group)
}

fn times_out(setup: &CompiledScenario) -> bool {
    setup.queue().is_none_or(|rules| rules.times_out && rules.redelivery)
}

fn acks_all(setup: &CompiledScenario) -> bool {
    matches!(&setup.scenario.producer, ProducerSettings::Kafka(p) if p.acks == kafka::Acks::All)
}

fn unbound_is_dropped(setup: &CompiledScenario) -> bool {
    match (&setup.scenario.broker, &setup.scenario.producer) {
        (BrokerSettings::Rabbitmq(broker), ProducerSettings::Rabbitmq(producer)) => {
            broker.bound && !producer.mandatory
        }
        _ => false,
    }
}

/// Returns true if the queue deduplicates messages by their bodies, which all differ.
fn by_different_bodies(setup: &CompiledScenario) -> bool {
    match (&setup.scenario.broker, &setup.scenario.producer) {
        (BrokerSettings::Sqs(broker), ProducerSettings::Sqs(producer)) => {
            broker.content_based_deduplication
                && producer.deduplication_id == sqs::DeduplicationId::None
                && producer.body.is_empty()
        }
        _ => false,
    }
}

const LOSS: &[Property] = &[Property::NeverLost, Property::NeverLostSilently];

const HINTS: &[Hint] = &[
    Hint {
        label: "No consumer starts late here: a group without a committed offset and \
               auto.offset.reset=latest skips messages sent before it started.",
        with: ("starts_late", "true"),
        concerns: LOSS,
        applies: |s| {
            group_at_latest(s.setup) == Some(true) && !s.setup.scenario.consumer.starts_late
        },
    },
    Hint {
        label: "The group has committed an offset here: without one, auto.offset.reset=latest \
               skips messages sent before the consumer started.",
        with: ("new_group", "true"),
        concerns: LOSS,
        applies: |s| {
            group_at_latest(s.setup) == Some(false) && s.setup.scenario.consumer.starts_late
        },
    },
    Hint {
        label: "All replicas are in sync at the start: a leader that is alone in the ISR may \
               acknowledge with min.insync.replicas=1, and the message is lost with it.",
        with: ("in_sync_at_start", "1"),
        concerns: LOSS,
        applies: |s| {
            let alone = kafka_broker(s.setup).is_some_and(|b| {
                b.replication_factor > 1
                    && b.min_insync_replicas == 1
                    && b.in_sync_at_start.is_none_or(|n| n == b.replication_factor)
            });
            alone && acks_all(s.setup) && s.kinds.has(Class::PermanentLoss)
        },
    },
    Hint {
        label: "There is only one replica: no lagging replica can take over from a crashed leader.",
        with: ("replication.factor", "2"),
        concerns: LOSS,
        applies: |s| {
            let leaves =
                [Class::Crash, Class::Power, Class::PermanentLoss].iter().any(|c| s.kinds.has(*c));
            let alone = kafka_broker(s.setup).is_some_and(|b| b.replication_factor == 1);
            leaves && alone && !acks_all(s.setup)
        },
    },
    Hint {
        label: "A queue is bound to the exchange here: an unroutable message is dropped, and \
               confirmed all the same.",
        with: ("bound", "false"),
        concerns: LOSS,
        applies: |s| unbound_is_dropped(s.setup),
    },
    Hint {
        label: "All bodies differ here: of two messages with the same body, content-based \
               deduplication drops the second.",
        with: ("MessageBody", "same,same"),
        concerns: LOSS,
        applies: |s| s.setup.scenario.messages == 2 && by_different_bodies(s.setup),
    },
    Hint {
        label: "There is only one consumer: no other one takes over a message while its handler is \
               slow or paused, so processing never overlaps.",
        with: ("count", "2"),
        concerns: &[Property::HandledOnce, Property::AppliedOnce, Property::InOrder],
        applies: |s| {
            let delays = s.kinds.has(Class::Slow) || s.kinds.has(Class::Pause);
            delays && s.setup.scenario.consumer.count == 1 && times_out(s.setup)
        },
    },
    Hint {
        label: "A restarted producer drops unconfirmed messages here: one that resends them can \
               store a message twice.",
        with: ("on_restart", "resend"),
        concerns: &[Property::StoredOnce],
        applies: |s| {
            let setup = s.setup;
            let forgets = setup.on_restart == OnRestart::Forget && setup.waits();
            forgets && setup.scenario.database.is_none() && s.kinds.has(Class::Crash)
        },
    },
    Hint {
        label: "One SendMessage call is in flight at a time: with two, either may arrive first.",
        with: ("concurrent_sends", "2"),
        concerns: &[Property::InOrder],
        applies: |s| s.sends_one_by_one() && s.setup.visibility().is_some(),
    },
    Hint {
        label: "Each publish waits for its confirm: a retried message cannot be overtaken by a \
               later one.",
        with: ("outstanding_confirms", "128"),
        concerns: &[Property::InOrder],
        applies: |s| {
            let rabbitmq = matches!(s.setup.scenario.broker, BrokerSettings::Rabbitmq(_));
            s.sends_one_by_one() && rabbitmq
        },
    },
    Hint {
        label: "One send is in flight at a time: a retried message cannot be overtaken.",
        with: ("in_flight", "2"),
        concerns: &[Property::InOrder],
        applies: |s| {
            let generic = matches!(s.setup.scenario.broker, BrokerSettings::Generic(_));
            s.sends_one_by_one() && generic
        },
    },
    Hint {
        label: "Only one message is sent: there is no order to break.",
        with: ("messages", "2"),
        concerns: &[Property::InOrder],
        applies: |s| s.setup.scenario.messages == 1,
    },
];
