//! The assumptions that do not depend on the product.

use crate::products::{self, Row, Scope};
use crate::sim::clients::Side;
use crate::sim::settings::outbox::{Lock, Outbox, Reads};
use crate::sim::settings::{BatchAck, Database, OnError};
use crate::sim::{Class, OnRestart, Op, Participant, duration};

fn outbox(scope: &Scope) -> bool {
    scope.setup.configuration().database == Some(Database::Outbox)
}

/// Returns the settings of the outbox, if there is one.
fn rows_of(scope: &Scope) -> Option<Outbox> {
    outbox(scope).then(|| scope.setup.configuration().outbox.clone())
}

fn resends(scope: &Scope) -> bool {
    scope.setup.on_restart == OnRestart::Resend && scope.setup.configuration().database.is_none()
}

fn has_any(scope: &Scope, ops: &[Op]) -> bool {
    ops.iter().any(|&op| scope.has(op))
}

fn takes_part(scope: &Scope, party: Participant) -> bool {
    scope.setup.parties.contains(&party)
}

/// Lines that identify messages by their ids.
const BY_ID: &[Op] = &[
    Op::CheckMemory,
    Op::CheckRedis,
    Op::Claim,
    Op::ClaimInProgress,
    Op::Inbox,
    Op::Insert,
    Op::Upsert,
];

/// Returns true if the consumer relies on a store that keeps ids for a limited time, and the
/// checked fault classes do not include their expiry.
fn keeps_ids(scope: &Scope, store: Op) -> bool {
    let lines: &[Op] = match store {
        Op::Inbox => &[Op::Inbox],
        _ => &[Op::CheckRedis, Op::MarkRedis, Op::Claim, Op::ClaimInProgress],
    };
    has_any(scope, lines) && !scope.tries(Class::Expiry)
}

/// Returns how long handlers take, if a slow one takes a known time.
pub(super) fn handler_times(scope: &Scope) -> Option<String> {
    let config = scope.setup.configuration();
    let consumer = &config.consumer;
    let slow = duration(consumer.slow_handler_ms.filter(|_| scope.tries_delays())?);
    let slow = match consumer.eta_ms {
        Some(eta) => {
            format!("{slow} after waiting for up to {} until the message is due", duration(eta))
        }
        None => slow,
    };
    let Some(timeout) = config.broker.handler_timeout(consumer) else {
        return Some(format!("A handler takes {slow} at most, and a pause exceeds every timeout."));
    };
    let name = timeout.name;
    let ms = duration(u32::try_from(timeout.ms).unwrap_or(u32::MAX));
    let others = match timeout.messages {
        1 => String::new(),
        n => {
            let each = duration(consumer.handler_ms);
            format!(", and each of the other {} messages received with it {each}", n - 1)
        }
    };
    Some(match timeout.expires(consumer.handler_times()) {
        true => format!(
            "A slow handler takes up to {slow}{others}: more than {name} ({ms}). A pause exceeds \
             every timeout."
        ),
        false => format!(
            "A slow handler takes {slow} at most{others}: within {name} ({ms}). A pause exceeds \
             every timeout."
        ),
    })
}

/// Returns what is modeled of the clients that are named.
pub(super) fn clients(scope: &Scope) -> Option<String> {
    let config = scope.setup.configuration();
    let named = |side: Side| Some(config.client(side)?.label(side));
    let mut labels: Vec<String> =
        [Side::Producer, Side::Consumer].into_iter().filter_map(named).collect();
    labels.dedup();
    let product = products::of(config).name;
    let who = labels.join(", ");
    let each = config.consumer.batch_ack == BatchAck::Each;
    let consumer = config.client(Side::Consumer);
    let batch =
        consumer.and_then(|client| Some((client.label(Side::Consumer), client.batch_ack()?)));
    let apart = match batch.filter(|_| each && scope.setup.consumer.has(Op::Ack)) {
        Some((name, ack)) => format!(
            " {name} acknowledges the messages of a batch together (batch_ack={ack}); here each is \
             acknowledged by itself."
        ),
        None => String::new(),
    };
    (!labels.is_empty()).then(|| {
        format!(
            "The defaults of {who} are modeled, and the lines that it runs; in everything else it \
             works as the clients that {product} itself provides.{apart}"
        )
    })
}

/// Returns how many messages there are in a batch, if they are acknowledged together.
pub(super) fn batches(scope: &Scope) -> Option<String> {
    let config = scope.setup.configuration();
    scope.setup.batching?;
    let (name, size) = config.broker.batch_size(&config.consumer)?;
    let messages = config.messages;
    let most = match messages {
        _ if size <= messages.into() => String::new(),
        1 => format!(" Of the {size} that {name} allows, 1 message is in the model."),
        n => format!(" Of the {size} that {name} allows, {n} messages are in the model."),
    };
    Some(format!(
        "A batch takes all that is there when it is received, and its messages are handled one \
         after the other.{most}"
    ))
}

pub(super) const ANY: &[Row] = &[
    (
        |s| rows_of(s).is_some_and(|own| own == Outbox::default()),
        "An order's ID is unique, and stays the same when the application sends the order again; \
         one relay runs at a time and sees rows in commit order.",
    ),
    (
        |s| rows_of(s).is_some_and(|own| own != Outbox::default() && own.relays == 1),
        "An order's ID is unique, and stays the same when the application sends the order again; \
         one relay runs at a time.",
    ),
    (
        |s| s.setup.has_two_relays(),
        "An order's ID is unique, and stays the same when the application sends the order again; \
         each relay reads one row, and marks it before it reads the next.",
    ),
    (
        |s| s.setup.lock() == Lock::SkipLocked,
        "The database rolls back the transaction of a relay as soon as the relay crashes, and no \
         timeout of the database ends that of a paused one.",
    ),
    (
        |s| s.setup.lock() == Lock::Lease,
        "A relay's lease is longer than it takes to send a row at the first attempt, clocks do not \
         jump, and a relay releases only its own lock.",
    ),
    (
        |s| rows_of(s).is_some_and(|own| own != Outbox::default() && !own.overlaps()),
        "The application's transactions do not overlap: they commit in the order of their IDs.",
    ),
    (
        |s| rows_of(s).is_some_and(|own| own.overlaps()),
        "The application has two transactions open at most, and the order of their messages is that \
         of their IDs.",
    ),
    (
        |s| rows_of(s).is_some_and(|own| own.sends_one_at_a_time() && own.relays == 1),
        "The relay waits for each acknowledgment before it reads on, and saves its position with \
         its own commit.",
    ),
    (
        |s| rows_of(s).is_some_and(|own| own.reads == Reads::Log),
        "The log is kept until the relay has read it: no replication slot is dropped or \
         invalidated, and every failover keeps it.",
    ),
    (
        |s| has_any(s, BY_ID) && !keeps_ids(s, Op::Inbox) && !keeps_ids(s, Op::Claim),
        "Every copy of a message carries the same ID, which no other message has.",
    ),
    (
        |s| keeps_ids(s, Op::Inbox),
        "Every copy of a message carries the same ID, which no other message has, and the inbox \
         keeps it for as long as the message can be redelivered.",
    ),
    (
        |s| keeps_ids(s, Op::Claim),
        "Every copy of a message carries the same ID, which no other message has, and Redis keeps \
         it for as long as the message can be redelivered: clocks do not jump, and no lagging \
         replica takes over.",
    ),
    (
        |s| takes_part(s, Participant::Redis) && s.tries(Class::Expiry),
        "No lagging Redis replica takes over.",
    ),
    (
        |s| s.has(Op::Set),
        "The value that is set depends only on the message, and nothing else writes it.",
    ),
    (
        |s| has_any(s, &[Op::Begin, Op::Insert, Op::Upsert]) || takes_part(s, Participant::Orders),
        "The database is durable and its transactions are serializable; a failover loses nothing.",
    ),
    (
        |s| has_any(s, &[Op::Work, Op::Set, Op::Call]) && !s.has(Op::Begin),
        "The work is atomic: done entirely or not at all.",
    ),
    (
        |s| s.setup.configuration().consumer.claim_lease_ms.is_some(),
        "A claim's lease is longer than any handler that is not slow takes, and clocks do not jump.",
    ),
    (
        |s| s.setup.handler_attempts > 1,
        "Attempts of the handler are counted in memory: after a restart the count begins anew.",
    ),
    (
        |s| s.setup.configuration().consumer.on_error == OnError::DeadLetter,
        "The consumer's own dead-letter topic or queue keeps what it has acknowledged, and its \
         messages are handled by an operator.",
    ),
    (
        |s| s.setup.configuration().consumer.on_error == OnError::Stop,
        "A consumer that stops at an error is restarted.",
    ),
    (
        resends,
        "A restarted producer finds its unconfirmed messages in a durable log, with the same IDs.",
    ),
    (
        |s| s.spares_senders && !s.tries(Class::Replaced),
        "A permanently lost producer is replaced, only one instance of it runs at a time, and its \
         own database is available.",
    ),
    (
        |s| s.spares_senders && s.tries(Class::Replaced),
        "A permanently lost producer is replaced, and its own database is available.",
    ),
];
