//! Display text: labels for the diagram and sentences for the steps.
//!
//! The wording is plain, short and the same everywhere. This module never reads a world: a text
//! depends only on the settings and on the event.

mod ask;
mod claims;
mod offsets;
mod operators;
mod outbox;
mod sentence;
mod steps;

pub use ask::{ask_done, ask_label, ask_unheard, refused_label};
pub use sentence::sentence;
pub use steps::{StepText, steps};

use crate::products::{self, Terms};
use crate::sim::settings::ConsumerSettings;
use crate::sim::settings::rabbitmq::RequeueWith;
use crate::sim::{
    Class, CompiledScenario, MessageId, Op, PacketKind, Participant, Record, RejectReason, Window,
    duration,
};

/// Returns the terms of the product.
pub fn terms(setup: &CompiledScenario) -> &'static Terms {
    &products::of(setup.configuration()).terms
}

/// Fills the parts of a template in.
pub fn fill(template: &str, parts: &[(&str, &str)]) -> String {
    parts.iter().fold(template.to_owned(), |text, (name, part)| text.replace(name, part))
}

/// Returns the name of a class of faults, as the user interface shows it: "process crash".
pub fn class(class: Class) -> &'static str {
    class.label()
}

/// Formats a number with thousands separators: 12345 as "12,345".
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a time in microseconds with about three digits and a unit.
pub fn rough_time(us: f64) -> String {
    let (unit, length) = match us {
        us if us >= 172_800e6 => ("d", 86_400e6),
        us if us >= 7_200e6 => ("h", 3_600e6),
        us if us >= 120e6 => ("min", 60e6),
        us if us >= 1e6 => ("s", 1e6),
        us if us >= 1e3 => ("ms", 1e3),
        _ => ("µs", 1.0),
    };
    format!("{} {unit}", rough(us / length))
}

/// Formats a number with about three digits.
pub fn rough(n: f64) -> String {
    let digits = match n {
        n if n >= 99.95 => 0,
        n if n >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{n:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => thousands(n.round() as usize),
    }
}

/// Returns the name of a message: "m1".
pub fn message(msg: MessageId) -> String {
    format!("m{}", msg + 1)
}

/// Returns the name of a participant in a heading: "Broker".
pub fn party(setup: &CompiledScenario, party: Participant) -> &'static str {
    match party {
        Participant::Producer if setup.has_other_producer() => "Producer B",
        Participant::Producer => "Producer",
        Participant::Producer2 if setup.successor => "New producer",
        Participant::Producer2 => "Producer A",
        Participant::Orders => "Orders",
        Participant::Relay if setup.has_two_relays() => "Relay 1",
        Participant::Relay => "Relay",
        Participant::Relay2 => "Relay 2",
        Participant::Broker if setup.replicas > 1 => "Leader",
        Participant::Broker => terms(setup).broker.unwrap_or("Broker"),
        Participant::Follower if setup.replicas > 2 => "Follower 1",
        Participant::Follower => "Follower",
        Participant::Follower2 => "Follower 2",
        Participant::Consumer if setup.consumers() > 1 => "Consumer 1",
        Participant::Consumer => "Consumer",
        Participant::Consumer2 => "Consumer 2",
        Participant::Redis => "Redis",
        Participant::Accounts if setup.consumer.has(Op::Produce) => "Output",
        Participant::Accounts => "Accounts",
        Participant::Mail => "Mail",
    }
}

/// Returns the name of a participant within a sentence: "the broker".
pub fn with_article(setup: &CompiledScenario, p: Participant) -> String {
    let name = terms(setup).broker;
    match p {
        Participant::Consumer if setup.consumers() > 1 => "consumer 1".into(),
        Participant::Consumer2 => "consumer 2".into(),
        Participant::Relay if setup.has_two_relays() => "relay 1".into(),
        Participant::Relay2 => "relay 2".into(),
        Participant::Follower if setup.replicas > 2 => "follower 1".into(),
        Participant::Follower2 => "follower 2".into(),
        Participant::Producer if setup.has_other_producer() => "producer B".into(),
        Participant::Producer2 if !setup.successor => "producer A".into(),
        Participant::Redis | Participant::Mail => party(setup, p).into(),
        Participant::Broker if name.is_some() && setup.replicas == 1 => party(setup, p).into(),
        Participant::Orders => "the order database".into(),
        Participant::Accounts if setup.consumer.has(Op::Produce) => "the output topic".into(),
        Participant::Accounts => "the store".into(),
        p => format!("the {}", party(setup, p).to_ascii_lowercase()),
    }
}

/// Capitalizes the first letter, except in "m1", which is a name.
pub fn capital(text: String) -> String {
    if text.starts_with('m') && text[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return text;
    }
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text,
    }
}

/// Returns the product's term for the broker's reply to a producer.
pub fn answer(setup: &CompiledScenario) -> &'static str {
    terms(setup).answer.noun
}

/// Returns the label of a note where the writes of a transaction are undone.
pub fn undone(setup: &CompiledScenario) -> &'static str {
    if setup.consumer.has(Op::CommitTransaction) { "abort marker" } else { "rolled back" }
}

/// Returns the label of the call by which a consumer tells the broker that its handler is still at
/// work, and the label of what that achieves.
pub fn heartbeat(setup: &CompiledScenario, msg: MessageId) -> [String; 2] {
    terms(setup).extends.map(|label| fill(label, &[("{m}", &message(msg))]))
}

/// Returns true if the consumer puts failed messages back with `basic.reject`.
fn rejects(setup: &CompiledScenario) -> bool {
    let own = setup.configuration().consumer.rabbitmq.as_ref();
    own.is_some_and(|own| own.requeue_with == RequeueWith::Reject)
}

/// Returns the number of times a message was delivered: "3 deliveries".
pub fn times_out(setup: &CompiledScenario, n: u8) -> String {
    let [one, several] = terms(setup).delivery;
    match n {
        1 => format!("1 {one}"),
        n => format!("{n} {several}"),
    }
}

/// Turns a sentence into a clause: without its initial capital and its period.
pub fn clause(sentence: &str) -> String {
    let text = sentence.trim_end_matches('.');
    // Proper names keep their capital.
    let brokers = products::ALL.iter().filter_map(|product| product.terms.broker);
    if brokers.chain(["Redis"]).any(|name| text.starts_with(name)) {
        return text.into();
    }
    let mut letters = text.chars();
    let first = letters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// Returns the amount of a message, as set in the scenario: "$100".
pub fn amount(setup: &CompiledScenario) -> String {
    format!("${}", setup.configuration().store.amount)
}

/// Returns the label of a packet's arrow, and a second, less prominent line.
pub fn packet_label(
    setup: &CompiledScenario,
    kind: PacketKind,
    msg: MessageId,
    n: u8,
) -> (String, String) {
    let m = message(msg);
    match kind {
        PacketKind::Send if n > 1 => (format!("send {m} again"), format!("attempt {n}")),
        PacketKind::Send => (format!("send {m} {}", amount(setup)), String::new()),
        // Counts saturate there.
        PacketKind::Delivery if n >= Record::MOST => {
            (format!("deliver {m} again"), format!("delivery {n} or later"))
        }
        PacketKind::Delivery if n > 1 => (format!("deliver {m} again"), format!("delivery {n}")),
        PacketKind::Delivery => (format!("deliver {m}"), String::new()),
        PacketKind::Ack => (format!("{} {m}", answer(setup)), String::new()),
        PacketKind::Refusal => (format!("error for {m}"), String::new()),
        PacketKind::Return => (format!("return {m}"), String::new()),
        PacketKind::ConsumerAck => {
            (fill(terms(setup).settlement.arrow, &[("{m}", &m)]), String::new())
        }
        PacketKind::Requeue if rejects(setup) => (format!("reject {m}, requeue"), String::new()),
        PacketKind::Requeue | PacketKind::Reject => {
            let label = terms(setup).nack_arrows[usize::from(kind == PacketKind::Reject)];
            (fill(label, &[("{m}", &m)]), String::new())
        }
        PacketKind::Release => (format!("visibility 0 for {m}"), String::new()),
    }
}

/// Returns the label at the ✕ of a lost packet.
pub fn lost_label(setup: &CompiledScenario, kind: PacketKind, msg: MessageId) -> String {
    let what = match kind {
        PacketKind::Send => "",
        PacketKind::Delivery => "delivery of ",
        PacketKind::ConsumerAck => terms(setup).settlement.lost,
        PacketKind::Ack => terms(setup).answer.lost,
        PacketKind::Refusal => "error for ",
        PacketKind::Return => "return of ",
        PacketKind::Requeue | PacketKind::Reject => {
            return format!("{} {} lost", terms(setup).nack, message(msg));
        }
        PacketKind::Release => "release of ",
    };
    format!("{what}{} lost", message(msg))
}

/// Returns a packet as the subject of a sentence: "the nack of m1".
fn packet(
    setup: &CompiledScenario,
    kind: PacketKind,
    from: Participant,
    msg: MessageId,
    n: u8,
) -> String {
    let m = message(msg);
    match kind {
        PacketKind::Send if n > 1 => format!("attempt {n} of {m}"),
        PacketKind::Send | PacketKind::Delivery => m,
        PacketKind::Ack => format!("the {} of {m}", answer(setup)),
        PacketKind::Refusal => format!("the error for {m}"),
        PacketKind::Return => format!("the returned {m}"),
        PacketKind::ConsumerAck => {
            let subject = terms(setup).settlement.subject;
            format!("{subject} {m} from {}", with_article(setup, from))
        }
        PacketKind::Requeue if rejects(setup) => format!("the rejected {m}"),
        PacketKind::Requeue | PacketKind::Reject => format!("the {} of {m}", terms(setup).nack),
        PacketKind::Release => format!("the release of {m}"),
    }
}

/// Returns the reason for which the broker rejects a message, in the product's own terms.
pub fn why(setup: &CompiledScenario, why: RejectReason) -> &'static str {
    match why {
        RejectReason::Busy => terms(setup).busy,
        RejectReason::QueueFull => "the queue is full",
        RejectReason::NotEnoughReplicas => "NOT_ENOUGH_REPLICAS",
        RejectReason::NotEnoughReplicasAfterAppend => "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
        RejectReason::OutOfOrderSequence => "OUT_OF_ORDER_SEQUENCE_NUMBER",
        RejectReason::Fenced => "fenced",
        RejectReason::StaleHandle => "stale handle",
        RejectReason::Full => "maximum messages exceeded",
    }
}

/// Returns the name of what is forgotten when a time window expires.
pub fn window(setup: &CompiledScenario, window: Window) -> &'static str {
    let [dedup, retention] = terms(setup).windows;
    match window {
        Window::Dedup => dedup,
        Window::Ttl => "the Redis TTL",
        Window::Inbox => "the inbox retention",
        Window::Retention => retention,
    }
}

/// Returns how long a sender waits for an acknowledgment: "5 s".
pub fn ack_timeout(setup: &CompiledScenario) -> String {
    duration(setup.ack_timeout_ms)
}

/// Returns what a slow handler does: "is slow: processing takes 1 min.".
fn slow_handler(consumer: &ConsumerSettings) -> String {
    match (consumer.slow_handler_ms.map(duration), consumer.eta_ms.map(duration)) {
        (Some(takes), Some(eta)) => {
            format!("holds the message for {eta} until it is due, and processing takes {takes}.")
        }
        (Some(takes), None) => format!("is slow: processing takes {takes}."),
        (None, _) => "is slow: processing takes longer than any timeout.".into(),
    }
}

/// Returns how long a sender waits before attempt `n`: "100 ms".
pub fn backoff(setup: &CompiledScenario, n: u8) -> String {
    duration(setup.backoff.after(n.saturating_sub(1)))
}

/// Returns the error that the producer's caller receives when a send failed.
pub fn error_name(setup: &CompiledScenario) -> &'static str {
    match () {
        // The error may come from the database as well as from the broker's client.
        () if setup.parties.contains(&Participant::Orders) => "an error",
        // A timeout, or the producer is fenced: this is the class of both.
        () if setup.senders[0].has(Op::BeginTransaction) => "KafkaException",
        // Whatever the last attempt ended with (Sender.java, `failBatch`).
        () if setup.retries_end_first => "KafkaException",
        () => terms(setup).error,
    }
}

/// Returns the same error as a label beside the sender.
pub fn error_label(setup: &CompiledScenario, msg: MessageId) -> String {
    match terms(setup).error_label {
        Some(label) => fill(label, &[("{m}", &message(msg))]),
        None => error_name(setup).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let times = [0.0, 17.4, 1_234.0, 15_430.0, 999_999.0, 2.5e6, 300e6, 90_000e6, 604_800e6];
        let texts: Vec<String> = times.into_iter().map(rough_time).collect();
        assert_eq!(
            texts,
            ["0 µs", "17.4 µs", "1.23 ms", "15.4 ms", "1,000 ms", "2.5 s", "5 min", "25 h", "7 d"]
        );
        assert_eq!(rough(12_345.6), "12,346");
        assert_eq!(rough(0.004), "0");
    }
}
