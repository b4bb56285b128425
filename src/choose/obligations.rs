//! Obligations that remain with the user: no setting fulfills them, and no proof covers them.

use super::answers::{Answers, Effect, Order};
use super::candidates::Candidate;
use crate::products::{self, Advice};
use crate::sim::Op;
use crate::sim::settings::{Database, OnRestart};

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
    let config = &candidate.configuration;
    if config.database == Some(Database::Outbox) {
        obligations.push(
            "Run exactly one relay instance and monitor it; nothing is sent while it is down.",
        );
        obligations
            .push("Delete outbox rows after they are sent, or the table grows without bound.");
    }
    if config.producer.clone().on_restart().is_some_and(|it| *it == OnRestart::Resend) {
        obligations.push(
            "The producer must store each message durably before sending it, and after a restart \
             must resend every message that was not reported, under the same ID.",
        );
    }
    obligations.extend((advice(candidate).sending)(config));
}

fn advice(candidate: &Candidate) -> &'static Advice {
    &products::of(&candidate.configuration).advice
}

fn consuming(candidate: &Candidate, obligations: &mut Vec<&'static str>) {
    let program = &candidate.configuration.consumer.program;
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
    obligations.extend(advice(candidate).consuming);
}

fn ordering(candidate: &Candidate, order: Order, obligations: &mut Vec<&'static str>) {
    match order {
        Order::No => {}
        Order::Key => obligations.push(advice(candidate).order_by_key),
        Order::All => obligations.push(advice(candidate).total_order),
    }
}

fn failing(candidate: &Candidate, obligations: &mut Vec<&'static str>) {
    obligations.extend((advice(candidate).poison)(&candidate.configuration));
}
