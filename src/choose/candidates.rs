//! Candidate configurations: every sensible way to send with a broker, combined with every sensible
//! way to consume.

use super::answers::{Broker, Consumer, Effect, Order};
use super::client_config::{Block, client};
use crate::catalogue;
use crate::lab;
use crate::products;
use crate::sim::{Configuration, Op};
use crate::simulate::{Load, Operation};
use std::sync::OnceLock;

/// A configuration that can be recommended.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its key in the table of proofs: `kafka-idempotent+inbox`.
    pub id: String,
    pub broker: Broker,
    /// Location of the effect.
    pub effect: Effect,
    /// The consumer is like one that cannot be changed: it acknowledges after its work.
    pub plain: bool,
    /// The way messages are sent, in a few words.
    pub sends: &'static str,
    /// The way messages are consumed, in a few words.
    pub consumes: &'static str,
    /// The preset that it is based on, and the settings that differ from it, as in a link.
    pub preset: &'static str,
    pub settings: Vec<(&'static str, &'static str)>,
    pub configuration: Configuration,
}

struct Half {
    id: &'static str,
    broker: Broker,
    label: &'static str,
    preset: &'static str,
    settings: &'static [(&'static str, &'static str)],
}

const fn sends(
    id: &'static str,
    broker: Broker,
    label: &'static str,
    preset: &'static str,
    settings: &'static [(&'static str, &'static str)],
) -> Half {
    Half { id, broker, label, preset, settings }
}

const SAFE: (&str, &str) = ("min.insync.replicas", "2");

/// All ways to send.
const SENDS: &[Half] = {
    use Broker::*;
    &[
        sends("kafka-acks-0", Kafka, "acks=0", "kafka-fire-and-forget", &[]),
        sends("kafka-acks-1", Kafka, "acks=1", "kafka-leader-ack", &[]),
        sends("kafka-idempotent", Kafka, "idempotent, acks=all", "kafka-idempotent", &[SAFE]),
        sends(
            "kafka-resend",
            Kafka,
            "idempotent, acks=all, resend after restart",
            "kafka-idempotent",
            &[SAFE, ("on_restart", "resend")],
        ),
        sends(
            "kafka-outbox",
            Kafka,
            "outbox relay, one message at a time, idempotent, acks=all",
            "kafka-idempotent",
            &[SAFE, ("database", "outbox"), ("max.in.flight.requests.per.connection", "1")],
        ),
        sends("kafka-transactional", Kafka, "transactional", "kafka-transactional", &[]),
        sends("rabbitmq-fast", Rabbitmq, "without confirms", "rabbitmq-default", &[]),
        sends("rabbitmq-classic", Rabbitmq, "classic queue, confirmed", "rabbitmq-safe", &[]),
        sends("rabbitmq-quorum", Rabbitmq, "quorum queue, confirmed", "rabbitmq-quorum-queue", &[]),
        sends(
            "rabbitmq-resend",
            Rabbitmq,
            "quorum queue, confirmed one by one; a restarted publisher publishes again what it had \
             not reported",
            "rabbitmq-quorum-queue",
            &[("on_restart", "resend"), ("outstanding_confirms", "1")],
        ),
        sends(
            "rabbitmq-outbox",
            Rabbitmq,
            "outbox relay to a quorum queue, one confirm at a time",
            "rabbitmq-quorum-queue",
            &[("database", "outbox"), ("outstanding_confirms", "1")],
        ),
        sends("sqs-standard", Sqs, "standard queue", "sqs-standard", &[]),
        sends(
            "sqs-standard-outbox",
            Sqs,
            "outbox relay to a standard queue",
            "sqs-standard",
            &[("database", "outbox")],
        ),
        sends("sqs-fifo", Sqs, "FIFO queue", "sqs-fifo", &[]),
        sends(
            "sqs-fifo-outbox",
            Sqs,
            "outbox relay to a FIFO queue",
            "sqs-fifo",
            &[("database", "outbox")],
        ),
        sends("nats-core", Nats, "core publish, no PubAck", "nats-default", &[("publish", "core")]),
        sends("nats-single", Nats, "one server, Nats-Msg-Id, PubAck", "nats-message-id", &[]),
        sends(
            "nats-synced",
            Nats,
            "three servers that sync each message, Nats-Msg-Id",
            "nats-replicated-synced",
            &[],
        ),
        sends(
            "nats-resend",
            Nats,
            "three servers that sync each message, Nats-Msg-Id; a restarted publisher publishes \
             again what it had not reported",
            "nats-replicated-synced",
            &[("on_restart", "resend")],
        ),
        sends(
            "nats-outbox",
            Nats,
            "outbox relay to three servers that sync each message, Nats-Msg-Id",
            "nats-replicated-synced",
            &[("database", "outbox")],
        ),
    ]
};

struct Consumes {
    id: &'static str,
    effect: Effect,
    /// The broker that it requires; [`Broker::Any`] for all.
    broker: Broker,
    plain: bool,
    label: &'static str,
    program: &'static str,
    settings: &'static [(&'static str, &'static str)],
}

const fn consumes(
    id: &'static str,
    effect: Effect,
    broker: Broker,
    label: &'static str,
    program: &'static str,
) -> Consumes {
    Consumes { id, effect, broker, plain: false, label, program, settings: &[] }
}

/// All ways to consume.
const CONSUMES: &[Consumes] = {
    use Broker::{Any, Kafka, Rabbitmq};
    use Effect::{Database, Kafka as Topic, Keyed, Outside};
    &[
        Consumes {
            plain: true,
            ..consumes("ack-last", Database, Any, "acks after processing", "receive,work,ack")
        },
        Consumes {
            settings: &[("enable.auto.commit", "true")],
            ..consumes("auto-commit", Database, Kafka, "uses auto-commit", "receive,work")
        },
        Consumes {
            settings: &[("auto_ack", "true")],
            ..consumes("auto-ack", Database, Rabbitmq, "uses auto-ack", "receive,work")
        },
        consumes("ack-first", Database, Any, "acks before processing", "receive,ack,work"),
        consumes(
            "upsert",
            Database,
            Any,
            "upserts a row keyed by message ID",
            "receive,upsert,ack",
        ),
        consumes(
            "inbox",
            Database,
            Any,
            "has a transactional inbox: message ID and work in one transaction",
            "receive,begin,inbox,work,commit,ack",
        ),
        consumes(
            "redis",
            Database,
            Any,
            "stores processed IDs in Redis",
            "receive,check-redis,work,mark-redis,ack",
        ),
        consumes(
            "claim",
            Database,
            Any,
            "claims the ID with SET NX before processing",
            "receive,claim,work,ack",
        ),
        consumes(
            "offset",
            Database,
            Kafka,
            "stores the offset in the transaction of its work",
            "receive,begin,work,store-offset,commit",
        ),
        consumes(
            "transaction",
            Topic,
            Kafka,
            "reads, writes and commits its offset in one Kafka transaction",
            "receive,produce,send-offsets,commit-transaction",
        ),
        Consumes {
            plain: true,
            ..consumes("call", Outside, Any, "acks after the call", "receive,call,ack")
        },
        // In the model, a service that ignores calls with a known key is a row keyed by the
        // message.
        consumes(
            "call-key",
            Keyed,
            Any,
            "passes the message ID as idempotency key",
            "receive,upsert,ack",
        ),
        consumes("call-last", Outside, Any, "acks before the call", "receive,ack,call"),
        consumes(
            "call-claim",
            Outside,
            Any,
            "claims the ID with SET NX before the call",
            "receive,claim,call,ack",
        ),
        consumes(
            "call-redis",
            Outside,
            Any,
            "stores IDs in Redis after the call",
            "receive,check-redis,call,mark-redis,ack",
        ),
    ]
};

/// Returns all candidates.
pub fn candidates() -> &'static [Candidate] {
    static ALL: OnceLock<Vec<Candidate>> = OnceLock::new();
    ALL.get_or_init(|| {
        let pairs = SENDS.iter().flat_map(|s| CONSUMES.iter().map(move |c| (s, c)));
        pairs.filter_map(|(s, c)| built(s, c)).collect()
    })
}

/// Combines a way to send and a way to consume, if they are compatible.
fn built(sends: &Half, consumes: &Consumes) -> Option<Candidate> {
    if consumes.broker != Broker::Any && consumes.broker != sends.broker {
        return None;
    }
    let preset = catalogue::preset(sends.preset)?;
    let mut settings = sends.settings.to_vec();
    settings.push(("program", consumes.program));
    if consumes.settings.is_empty() {
        settings.extend(products::of(&preset.configuration).explicit_ack);
    }
    settings.extend(consumes.settings);
    let scenario = lab::change(preset, &settings).ok()?;
    Some(Candidate {
        id: format!("{}+{}", sends.id, consumes.id),
        broker: sends.broker,
        effect: consumes.effect,
        plain: consumes.plain,
        sends: sends.label,
        consumes: consumes.label,
        preset: sends.preset,
        settings: settings
            .into_iter()
            .filter(|pair| differs(&preset.configuration, *pair))
            .collect(),
        configuration: scenario.configuration.with_messages(2),
    })
}

/// Returns true if the setting differs from the preset's own.
fn differs(preset: &Configuration, (key, value): (&'static str, &'static str)) -> bool {
    let own = lab::settings(preset)
        .into_iter()
        .find(|held| held.field.path == key || held.field.path.ends_with(&format!(".{key}")));
    own.is_none_or(|held| held.value != value)
}

impl Candidate {
    /// Returns true if the candidate matches the answers about broker, effect and consumer.
    pub fn fits(&self, broker: Broker, effect: Effect, consumer: Consumer) -> bool {
        (broker == Broker::Any || broker == self.broker)
            && effect == self.effect
            && (consumer == Consumer::Ours || self.plain)
    }

    /// Returns the parameters for measuring its cost: an external call takes longer than a row.
    pub fn load(&self) -> Load {
        let mut load = Load::default();
        if self.effect == Effect::Keyed {
            // The line models a statement and its commit, so the call's duration is set less that
            // of the commit; an outbox's own commit keeps its usual duration.
            let commit = load.pace.of(Operation::DatabaseCommit);
            load.pace.set(Operation::Work, Operation::Service.usual_us().saturating_sub(commit));
        }
        load
    }

    /// Returns its settings for real clients, for the required ordering.
    pub fn client(&self, order: Order) -> Vec<Block> {
        let mut blocks = client(&self.configuration, order);
        if self.effect == Effect::Keyed {
            let row = self.configuration.code(Op::Upsert);
            for block in &mut blocks {
                block.text = block.text.replace(&row, "service.call(m, idempotency_key = m.id)");
            }
        }
        blocks
    }

    /// Describes the candidate: "Kafka: idempotent, acks=all; the consumer …".
    pub fn label(&self) -> String {
        format!("{}: {}; the consumer {}", self.broker.label(), self.sends, self.consumes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_that_fits_can_be_run() {
        for sends in SENDS {
            for consumes in CONSUMES {
                let fits = consumes.broker == Broker::Any || consumes.broker == sends.broker;
                let built = built(sends, consumes);
                assert_eq!(built.is_some(), fits, "{}+{}", sends.id, consumes.id);
                let Some(candidate) = built else { continue };
                let changed =
                    lab::change(catalogue::preset(candidate.preset).unwrap(), &candidate.settings);
                let changed = changed.unwrap().configuration.with_messages(2);
                assert_eq!(
                    changed, candidate.configuration,
                    "{}: as the address says",
                    candidate.id
                );
            }
        }
    }
}
