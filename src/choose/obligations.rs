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
            "A relay has to run, one at a time, and to be watched: while it stands, nothing is sent.",
        );
        obligations.push("Delete outbox rows once they are sent, or the table grows for ever.");
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
            "The producer has to write down what it has to send before it sends, and to send again \
             after a restart whatever it had not reported, under the same ids.",
        );
    }
    if transactional {
        obligations.push(
            "transactional.id stays the same over restarts, and no two producers share one; all \
             who read set isolation.level=read_committed.",
        );
    }
    if let BrokerSettings::Sqs(queue) = &scenario.broker
        && queue.fifo
    {
        obligations.push(
            "MessageDeduplicationId is the same for each attempt, and no attempt comes later than \
             5 minutes after the first.",
        );
    }
}

fn consuming(candidate: &Candidate, obligations: &mut Vec<&'static str>) {
    let program = &candidate.scenario.consumer.program;
    let has = |op: Op| program.contains(&op);
    if has(Op::Inbox) {
        obligations.push(
            "Every message carries an id that its sender gives it, the same for each attempt. Keep \
             ids in the inbox for longer than a message can come again: the broker's retention, or \
             the longest outage after which somebody sends again.",
        );
    }
    if candidate.effect == Effect::Keyed {
        obligations.push(
            "The service has to remember keys for longer than a message can come again, and to answer a \
             repeated call as it did the first.",
        );
    } else if has(Op::Upsert) {
        obligations.push(
            "The row's key is the message's id, given by its sender. The write sets what is in the \
             message; adding to a balance would not be safe.",
        );
    }
    if has(Op::StoreOffset) {
        obligations.push(
            "At its start the consumer reads its offset from the database and seeks there; the \
             group's own offset is not used.",
        );
    }
    if has(Op::CheckRedis) || has(Op::Claim) {
        obligations.push(
            "Redis has to keep the ids for as long as a message can come again, over its own \
             restarts and failovers, too.",
        );
    }
    if has(Op::Claim) {
        obligations
            .push("A claim whose owner died is a lost message: look for claims without an end.");
    }
    if candidate.effect == Effect::Outside {
        obligations.push(
            "Give the other service an id with each call, if it takes one and leaves out what it \
             has seen: then a second call does no harm.",
        );
    }
    if candidate.effect == Effect::Kafka {
        obligations.push(
            "Whoever reads the output topic sets isolation.level=read_committed. What the handler \
             does besides (a database, a mail) is not covered by the transaction.",
        );
    }
    if matches!(candidate.broker, Broker::Kafka) {
        obligations.push(
            "Set auto.offset.reset=earliest: without an offset, the default skips all that is there.",
        );
    }
}

fn ordering(candidate: &Candidate, order: Order, obligations: &mut Vec<&'static str>) {
    let duty = match (order, candidate.broker) {
        (Order::No, _) => return,
        (Order::Key, Broker::Kafka) => {
            "Make what has to stay in order the key of the record: one key, one partition."
        }
        (Order::Key, Broker::Sqs) => {
            "Make what has to stay in order the MessageGroupId: messages of one group come in order."
        }
        (Order::Key, _) => {
            "One queue for each part of the keys (the consistent-hash exchange), each with \
             x-single-active-consumer."
        }
        (Order::All, Broker::Kafka) => "The topic has one partition.",
        (Order::All, Broker::Sqs) => "All messages have the same MessageGroupId.",
        (Order::All, _) => "One queue, with x-single-active-consumer.",
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
                "Set maxReceiveCount with a dead-letter queue, and watch it: a message that always \
                 fails comes back for ever."
            }
            Broker::Rabbitmq => {
                "Set x-dead-letter-exchange, and watch where it leads: a message that always fails \
                 comes back, or is thrown away at the limit."
            }
            _ => {
                "Decide what happens to a message that always fails: Kafka has no dead-letter \
                 queue, and everything behind it in the partition waits."
            }
        });
    }
}
