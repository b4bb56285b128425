//! What things are called: labels for the diagram, sentences for the steps.
//!
//! Words are plain and short, and the same everywhere. This module never looks at a world: what
//! it says follows from the settings and from the event alone.

mod ask;
mod sentence;

pub use ask::{ask_done, ask_label, refused_label};
pub use sentence::sentence;

use crate::sim::settings::BrokerSettings;
use crate::sim::settings::rabbitmq::RequeueWith;
use crate::sim::{
    Class, CompiledScenario, MessageId, Op, PacketKind, Participant, Record, RejectReason, Window,
    duration,
};

/// A kind of fault, as a person chooses it: "a message or an answer is lost".
pub fn class(class: Class) -> &'static str {
    match class {
        Class::Lost => "a loss on the way",
        Class::Late => "a delay",
        Class::Refused => "a refusal that passes",
        Class::Crash => "a crash",
        Class::Power => "a power loss",
        Class::PermanentLoss => "a machine gone for good",
        Class::Pause => "a pause",
        Class::Slow => "a slow handler",
        Class::Handler => "a failing handler",
        Class::Store => "a failing store",
        Class::Expiry => "a window that ends",
        Class::Partition => "a cut connection",
        Class::Twice => "sent twice",
        Class::Reappear => "a message that comes back",
        Class::Leader => "a planned change of leader",
    }
}

/// 12345 as "12,345".
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

/// A time in microseconds, in three digits or so.
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

/// A number in three digits or so.
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

/// "m1".
pub fn message(msg: MessageId) -> String {
    format!("m{}", msg + 1)
}

/// What a party is called in a heading: "Broker".
pub fn party(setup: &CompiledScenario, party: Participant) -> &'static str {
    match party {
        Participant::Producer if setup.parties.contains(&Participant::Producer2) => "Producer B",
        Participant::Producer => "Producer",
        Participant::Producer2 => "Producer A",
        Participant::Orders => "Orders",
        Participant::Relay => "Relay",
        Participant::Broker if setup.replicas > 1 => "Leader",
        Participant::Broker => match &setup.scenario.broker {
            BrokerSettings::Sqs(_) => "SQS",
            _ => "Broker",
        },
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

/// What a party is called in a sentence: "the broker".
pub fn with_article(setup: &CompiledScenario, p: Participant) -> String {
    match p {
        Participant::Consumer if setup.consumers() > 1 => "consumer 1".into(),
        Participant::Consumer2 => "consumer 2".into(),
        Participant::Follower if setup.replicas > 2 => "follower 1".into(),
        Participant::Follower2 => "follower 2".into(),
        Participant::Producer if setup.parties.contains(&Participant::Producer2) => {
            "producer B".into()
        }
        Participant::Producer2 => "producer A".into(),
        Participant::Redis | Participant::Mail => party(setup, p).into(),
        Participant::Broker if setup.visibility().is_some() => "SQS".into(),
        Participant::Orders => "the order database".into(),
        Participant::Accounts if setup.consumer.has(Op::Produce) => "the output topic".into(),
        Participant::Accounts => "the store".into(),
        p => format!("the {}", party(setup, p).to_ascii_lowercase()),
    }
}

/// Capital letter first, but "m1" stays as it is: it is a name.
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

/// RabbitMQ calls its acknowledgements to producers confirms.
fn confirms(setup: &CompiledScenario) -> bool {
    matches!(&setup.scenario.broker, BrokerSettings::Rabbitmq(_))
}

/// What the broker's answer to a producer is called.
pub fn answer(setup: &CompiledScenario) -> &'static str {
    if confirms(setup) { "confirm" } else { "ack" }
}

/// What stands where the writes of a transaction are undone.
pub fn undone(setup: &CompiledScenario) -> &'static str {
    if setup.consumer.has(Op::CommitTransaction) { "abort marker" } else { "rolled back" }
}

/// What a consumer tells SQS while its handler runs.
pub fn heartbeat(msg: MessageId) -> String {
    format!("keep {} hidden", message(msg))
}

/// The consumer puts failed messages back with `basic.reject`.
fn rejects(setup: &CompiledScenario) -> bool {
    let own = setup.scenario.consumer.rabbitmq.as_ref();
    own.is_some_and(|own| own.requeue_with == RequeueWith::Reject)
}

/// How often a message was handed out: "3 deliveries".
pub fn times_out(setup: &CompiledScenario, n: u8) -> String {
    match (setup.visibility().is_some(), n) {
        (true, 1) => "1 receive".into(),
        (true, n) => format!("{n} receives"),
        (false, 1) => "1 delivery".into(),
        (false, n) => format!("{n} deliveries"),
    }
}

/// A sentence as part of another: without its capital letter and its full stop.
pub fn clause(sentence: &str) -> String {
    let text = sentence.trim_end_matches('.');
    // Names of their own keep theirs.
    if ["SQS", "Redis"].iter().any(|name| text.starts_with(name)) {
        return text.into();
    }
    let mut letters = text.chars();
    let first = letters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// "+$100", as the amount stands in the scenario.
pub fn amount(setup: &CompiledScenario) -> String {
    format!("${}", setup.scenario.store.amount)
}

/// What stands on the arrow of a packet, and a second, quieter line.
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
        // Counts stop there.
        PacketKind::Delivery if n >= Record::MOST => {
            (format!("deliver {m} again"), format!("delivery {n} or later"))
        }
        PacketKind::Delivery if n > 1 => (format!("deliver {m} again"), format!("delivery {n}")),
        PacketKind::Delivery => (format!("deliver {m}"), String::new()),
        PacketKind::Ack if confirms(setup) => (format!("confirm {m}"), String::new()),
        PacketKind::Ack => (format!("ack {m}"), String::new()),
        PacketKind::Refusal => (format!("error for {m}"), String::new()),
        PacketKind::Return => (format!("return {m}"), String::new()),
        PacketKind::ConsumerAck if setup.log().is_some() => {
            (format!("commit past {m}"), String::new())
        }
        PacketKind::ConsumerAck if setup.visibility().is_some() => {
            (format!("delete {m}"), String::new())
        }
        PacketKind::ConsumerAck => (format!("ack {m}"), String::new()),
        PacketKind::Requeue if rejects(setup) => (format!("reject {m}, requeue"), String::new()),
        PacketKind::Requeue => (format!("nack {m}, requeue"), String::new()),
        PacketKind::Reject => (format!("nack {m}"), String::new()),
        PacketKind::Release => (format!("make {m} visible"), String::new()),
    }
}

/// What is written at the ✕ of a packet that is lost.
pub fn lost_label(setup: &CompiledScenario, kind: PacketKind, msg: MessageId) -> String {
    let what = match kind {
        PacketKind::Send => "",
        PacketKind::Delivery => "delivery of ",
        PacketKind::ConsumerAck if setup.log().is_some() => "commit of ",
        PacketKind::ConsumerAck if setup.visibility().is_some() => "delete of ",
        PacketKind::Ack if confirms(setup) => "confirm of ",
        PacketKind::Ack | PacketKind::ConsumerAck => "ack ",
        PacketKind::Refusal => "error for ",
        PacketKind::Return => "return of ",
        PacketKind::Requeue | PacketKind::Reject => "nack ",
        PacketKind::Release => "release of ",
    };
    format!("{what}{} lost", message(msg))
}

/// A packet as the subject of a sentence: "the acknowledgement of m1".
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
        PacketKind::Ack if confirms(setup) => format!("the confirm of {m}"),
        PacketKind::Ack => format!("the acknowledgement of {m}"),
        PacketKind::Refusal => format!("the error for {m}"),
        PacketKind::Return => format!("the returned {m}"),
        PacketKind::ConsumerAck if setup.log().is_some() => {
            format!("the commit past {m} from {}", with_article(setup, from))
        }
        PacketKind::ConsumerAck if setup.visibility().is_some() => {
            format!("the delete of {m} from {}", with_article(setup, from))
        }
        PacketKind::ConsumerAck => {
            format!("the acknowledgement of {m} from {}", with_article(setup, from))
        }
        PacketKind::Requeue if rejects(setup) => format!("the rejected {m}"),
        PacketKind::Requeue | PacketKind::Reject => format!("the nack of {m}"),
        PacketKind::Release => format!("the release of {m}"),
    }
}

/// What the broker answers, in the product's own words.
pub fn why(setup: &CompiledScenario, why: RejectReason) -> &'static str {
    match why {
        RejectReason::Busy if setup.log().is_some() => "NOT_LEADER_OR_FOLLOWER",
        RejectReason::Busy => "an error that passes",
        RejectReason::NotEnoughReplicas => "NOT_ENOUGH_REPLICAS",
        RejectReason::NotEnoughReplicasAfterAppend => "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
        RejectReason::OutOfOrderSequence => "OUT_OF_ORDER_SEQUENCE_NUMBER",
        RejectReason::Fenced => "fenced",
        RejectReason::StaleHandle => "stale handle",
    }
}

/// What is forgotten when a window ends.
pub fn window(window: Window) -> &'static str {
    match window {
        Window::Dedup => "the five-minute deduplication window",
        Window::Ttl => "the time to live in Redis",
        Window::Inbox => "the retention of the inbox",
        Window::Retention => "the retention period of the queue",
    }
}

/// How long a sender waits for an acknowledgement: "5 s".
pub fn ack_timeout(setup: &CompiledScenario) -> String {
    duration(setup.ack_timeout_ms)
}

/// How long it waits before attempt `n`: "100 ms".
pub fn backoff(setup: &CompiledScenario, n: u8) -> String {
    duration(setup.backoff.after(n.saturating_sub(1)))
}

/// What the caller is told when a send failed.
pub fn error_name(setup: &CompiledScenario) -> &'static str {
    match &setup.scenario.broker {
        // It may come from the database as well as from the client of the broker.
        _ if setup.parties.contains(&Participant::Orders) => "an error",
        BrokerSettings::Kafka(_) => "TimeoutException",
        BrokerSettings::Sqs(_) => "SdkError",
        BrokerSettings::Generic(_) | BrokerSettings::Rabbitmq(_) => "MessageDeliveryError",
    }
}

/// The same, as a label beside the sender.
pub fn error_label(setup: &CompiledScenario, msg: MessageId) -> String {
    match &setup.scenario.broker {
        // An answer may still be on its way there, and leaves little room.
        BrokerSettings::Rabbitmq(_) => format!("{} error", message(msg)),
        _ => error_name(setup).into(),
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
