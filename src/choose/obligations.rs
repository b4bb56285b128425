//! Obligations that remain with the user: no setting fulfills them, and no proof covers them.

use super::answers::{Answers, Broker, Effect, Order};
use super::candidates::Candidate;
use crate::sim::Op;
use crate::sim::settings::OnRestart;
use crate::sim::settings::{BrokerSettings, Database, ProducerSettings};

/// Returns the obligations, each a sentence or two.
pub fn obligations(candidate: &Candidate, answers: &Answers) -> Vec<&'static str> {
    let mut obligations = Vec::new();
    sending(candidate, &mut obligations);
    consuming(candidate, &mut obligations);
    ordering(candidate, answers.order, &mut obligations);
    failing(candidate, &mut obligations);
    obligations
}

fn sending(candidate: &Candidate, obligations: &mut Vec<&'static str>) {
    let scenario = &candidate.scenario;
    if scenario.database == Some(Database::Outbox) {
        obligations.push(
            "Run exactly one relay instance and monitor it; nothing is sent while it is down.",
        );
        obligations
            .push("Delete outbox rows after they are sent, or the table grows without bound.");
    }
    let (resends, transactional) = match &scenario.producer {
        ProducerSettings::Kafka(k) => {
            (k.on_restart == OnRestart::Resend, k.transactional_id.is_some())
        }
        ProducerSettings::Rabbitmq(r) => (r.on_restart == OnRestart::Resend, false),
        ProducerSettings::Sqs(s) => (s.on_restart == OnRestart::Resend, false),
        _ => (false, false),
    };
    if resends {
        obligations.push(
            "The producer must store each message durably before sending it, and after a restart \
             must resend every message that was not reported, under the same ID.",
        );
    }
    if transactional {
        obligations.push(
            "Keep transactional.id the same across restarts and unique to each producer. All \
             consumers must set isolation.level=read_committed.",
        );
    }
    if let BrokerSettings::Sqs(queue) = &scenario.broker
        && queue.fifo
    {
        obligations.push(
            "Use the same MessageDeduplicationId for each attempt, and make no attempt later \
             than 5 minutes after the first.",
        );
    }
}

fn consuming(candidate: &Candidate, obligations: &mut Vec<&'static str>) {
    let program = &candidate.scenario.consumer.program;
    let has = |op: Op| program.contains(&op);
    if has(Op::Inbox) {
        obligations.push(
            "The producer must give each message an ID, the same for each attempt. Keep IDs in \
             the inbox for longer than any redelivery can take: the broker's retention, or the \
             longest outage after which a producer resends.",
        );
    }
    if candidate.effect == Effect::Keyed {
        obligations.push(
            "The service must keep idempotency keys for longer than any redelivery can take, and \
             must answer a repeated call as it did the first.",
        );
    } else if has(Op::Upsert) {
        obligations.push(
            "The row is keyed by the message ID, which the producer must assign. The write must \
             set the values in the message; adding to a balance would not be safe.",
        );
    }
    if has(Op::StoreOffset) {
        obligations.push(
            "On startup the consumer must read its offset from the database and seek to it; the \
             group's committed offset is not used.",
        );
    }
    if has(Op::CheckRedis) || has(Op::Claim) {
        obligations.push(
            "Redis must keep the IDs for as long as any redelivery can take, even across its own \
             restarts and failovers.",
        );
    }
    if has(Op::Claim) {
        obligations.push("Monitor stale claims: a crash while holding one loses the message.");
    }
    if candidate.effect == Effect::Outside {
        obligations.push(
            "Pass an idempotency key with each external call, if the service deduplicates by \
             key: then a repeated call does no harm.",
        );
    }
    if candidate.effect == Effect::Kafka {
        obligations.push(
            "Readers of the output topic must set isolation.level=read_committed. Other side \
             effects of the handler (database, email) are not covered by the transaction.",
        );
    }
    if matches!(candidate.broker, Broker::Kafka) {
        obligations.push(
            "Set auto.offset.reset=earliest: without a committed offset, the default (latest) \
             skips existing records.",
        );
    }
}

fn ordering(candidate: &Candidate, order: Order, obligations: &mut Vec<&'static str>) {
    let duty = match (order, candidate.broker) {
        (Order::No, _) => return,
        (Order::Key, Broker::Kafka) => {
            "Use the ordering key as the record key: all records of a key go to one partition."
        }
        (Order::Key, Broker::Sqs) => {
            "Use the ordering key as the MessageGroupId: messages of one group are delivered in \
             order."
        }
        (Order::Key, _) => {
            "Shard the keys over several queues (consistent-hash exchange), each with \
             x-single-active-consumer."
        }
        (Order::All, Broker::Kafka) => "Use a topic with one partition.",
        (Order::All, Broker::Sqs) => "Use the same MessageGroupId for all messages.",
        (Order::All, _) => "Use one queue, with x-single-active-consumer.",
    };
    obligations.push(duty);
}

fn failing(candidate: &Candidate, obligations: &mut Vec<&'static str>) {
    let parks = match &candidate.scenario.broker {
        BrokerSettings::Sqs(queue) => queue.max_receive_count.is_some(),
        BrokerSettings::Rabbitmq(queue) => queue.dead_letter_exchange.is_some(),
        _ => false,
    };
    if !parks {
        obligations.push(match candidate.broker {
            Broker::Sqs => {
                "Set maxReceiveCount with a dead-letter queue, and monitor it: without one, a \
                 poison message is redelivered forever."
            }
            Broker::Rabbitmq => {
                "Set x-dead-letter-exchange, and monitor its queue: without one, a poison \
                 message is redelivered, or discarded at the delivery limit."
            }
            _ => {
                "Plan for poison messages: Kafka has no built-in dead-letter queue, and one \
                 blocks its partition."
            }
        });
    }
}
