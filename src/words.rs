//! What things are called: labels for the diagram, sentences for the steps.
//!
//! Words are plain and short, and the same everywhere. This module never looks at a world: what
//! it says follows from the settings and from the event alone.

use crate::sim::{Event, Kind, Msg, Party, ProducerSettings, Setup, Told, What, duration};

/// "m1".
pub fn message(msg: Msg) -> String {
    format!("m{}", msg + 1)
}

/// What a party is called in a heading: "Broker".
pub fn party(setup: &Setup, party: Party) -> &'static str {
    match party {
        Party::Producer => "Producer",
        Party::Broker if setup.replicas > 1 => "Leader",
        Party::Broker => "Broker",
        Party::Follower if setup.replicas > 2 => "Follower 1",
        Party::Follower => "Follower",
        Party::Follower2 => "Follower 2",
        Party::Consumer if setup.scenario.consumer.count > 1 => "Consumer 1",
        Party::Consumer => "Consumer",
        Party::Consumer2 => "Consumer 2",
        Party::Accounts => "Accounts",
    }
}

/// What a party is called in a sentence: "the broker".
fn the(setup: &Setup, p: Party) -> String {
    match p {
        Party::Consumer if setup.scenario.consumer.count > 1 => "consumer 1".into(),
        Party::Consumer2 => "consumer 2".into(),
        Party::Follower if setup.replicas > 2 => "follower 1".into(),
        Party::Follower2 => "follower 2".into(),
        Party::Accounts => "the store".into(),
        p => format!("the {}", party(setup, p).to_lowercase()),
    }
}

/// Capital letter first, but "m1" stays as it is: it is a name.
fn capital(text: String) -> String {
    if text.starts_with('m') && text[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return text;
    }
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text,
    }
}

/// "+$100", as the amount stands in the scenario.
pub fn amount(setup: &Setup) -> String {
    format!("${}", setup.scenario.store.amount)
}

/// What stands on the arrow of a packet, and a second, quieter line.
pub fn packet_label(setup: &Setup, kind: Kind, msg: Msg, n: u8) -> (String, String) {
    let m = message(msg);
    match kind {
        Kind::Send if n > 1 => (format!("send {m} again"), format!("attempt {n}")),
        Kind::Send => (format!("send {m} {}", amount(setup)), String::new()),
        Kind::Delivery if n > 1 => (format!("deliver {m} again"), format!("delivery {n}")),
        Kind::Delivery => (format!("deliver {m}"), String::new()),
        Kind::Ack | Kind::ConsumerAck => (format!("ack {m}"), String::new()),
        Kind::Requeue => (format!("nack {m}, requeue"), String::new()),
        Kind::Reject => (format!("nack {m}"), String::new()),
    }
}

/// What is written at the ✕ of a packet that is lost.
pub fn lost_label(kind: Kind, msg: Msg) -> String {
    let what = match kind {
        Kind::Send => "",
        Kind::Delivery => "delivery of ",
        Kind::Ack | Kind::ConsumerAck => "ack ",
        Kind::Requeue | Kind::Reject => "nack ",
    };
    format!("{what}{} lost", message(msg))
}

/// A packet as the subject of a sentence: "the acknowledgement of m1".
fn packet(setup: &Setup, kind: Kind, from: Party, msg: Msg, n: u8) -> String {
    let m = message(msg);
    match kind {
        Kind::Send if n > 1 => format!("attempt {n} of {m}"),
        Kind::Send | Kind::Delivery => m,
        Kind::Ack => format!("the acknowledgement of {m}"),
        Kind::ConsumerAck => format!("the acknowledgement of {m} from {}", the(setup, from)),
        Kind::Requeue | Kind::Reject => format!("the nack of {m}"),
    }
}

fn sent(setup: &Setup, kind: Kind, from: Party, to: Party, msg: Msg, n: u8) -> String {
    let (from, to, m) = (the(setup, from), the(setup, to), message(msg));
    match kind {
        Kind::Send if n > 1 => format!("{from} sends {m} again: attempt {n}."),
        Kind::Send => format!("{from} sends {m} to {to}."),
        Kind::Ack => format!("{from} acknowledges {m} to {to}."),
        Kind::Delivery if n > 1 => format!("{from} delivers {m} to {to} again: delivery {n}."),
        Kind::Delivery => format!("{from} delivers {m} to {to}."),
        Kind::ConsumerAck => format!("{from} acknowledges {m} to {to}."),
        Kind::Requeue => format!("{from} hands {m} back: nack, requeue."),
        Kind::Reject => format!("{from} refuses {m}: nack, no requeue."),
    }
}

/// The event as a sentence; `None` where another event of the same step says it already.
pub fn sentence(setup: &Setup, event: &Event) -> Option<String> {
    let the = |p| the(setup, p);
    let text = match event.what {
        What::Sent { kind, from, to, msg, n } => sent(setup, kind, from, to, msg, n),
        What::Arrived { kind, from, to, msg, n } => {
            format!("{} reaches {}.", packet(setup, kind, from, msg, n), the(to))
        }
        What::Lost { kind, from, to, msg, n } => {
            format!("{} is lost on its way to {}.", packet(setup, kind, from, msg, n), the(to))
        }
        What::Delayed { kind, from, msg, n, .. } => {
            format!("{} is held up.", packet(setup, kind, from, msg, n))
        }
        What::Ignored { at: Party::Producer, .. } => "nobody waits for it there.".into(),
        What::Ignored { at, .. } => {
            format!("{} has no such delivery open and ignores it.", the(at))
        }
        What::Appended { at, msg, copy } if copy > 1 => {
            format!("{} keeps it in memory: copy {copy} of {}.", the(at), message(msg))
        }
        What::Appended { at, .. } => format!("{} keeps it in memory.", the(at)),
        What::Persisted { at, msg, .. } => format!("{} syncs {} to disk.", the(at), message(msg)),
        What::Replicated { from, to, msg, .. } => {
            format!("{} copies {} to {}.", the(from), message(msg), the(to))
        }
        What::Vanished { at, msg, .. } => {
            format!("{} was in the memory of {} and is gone.", message(msg), the(at))
        }
        What::Removed { at, .. } => format!("{} forgets it.", the(at)),
        What::Requeued { at, asked: true, .. } => {
            format!("{} puts it back in the queue.", the(at))
        }
        What::Requeued { msg, .. } => {
            format!("no acknowledgement can come any more: {} is back in the queue.", message(msg))
        }
        What::DeadLettered { at, msg, n, .. } => {
            format!(
                "{} moves {} to the dead-letter queue after {n} deliveries.",
                the(at),
                message(msg)
            )
        }
        What::Dropped { at, msg, n, .. } => {
            format!("{} throws {} away after delivery {n}.", the(at), message(msg))
        }
        What::Applied { from, msg, count, .. } => {
            let times = match count {
                1 => String::new(),
                2 => " for the second time".into(),
                n => format!(", time {n}"),
            };
            format!("{} books {} for {}{times}.", the(from), amount(setup), message(msg))
        }
        What::HandlerFailed { at, msg, .. } => {
            format!("the handler of {} fails on {}; nothing is booked.", the(at), message(msg))
        }
        What::Finished { .. } => return None,
        What::AckTimedOut { msg, n } => {
            let wait = ack_timeout(setup);
            format!("no acknowledgement of {} within {wait}: attempt {n} has failed.", message(msg))
        }
        What::BackedOff { msg, n } => {
            format!(
                "the producer waited {} before attempt {n} of {}.",
                backoff(setup, n),
                message(msg)
            )
        }
        What::Reported { msg, told: Told::Error } => {
            format!("the caller gets MessageDeliveryError for {}.", message(msg))
        }
        What::Reported { msg, .. } => format!("the caller hears Ok for {}.", message(msg)),
        What::Crashed { at } => format!("{} crashes.", the(at)),
        What::PowerLost { at } => format!("{} loses power.", the(at)),
        What::Gone { at } => format!("{} is lost for good, with its disk.", the(at)),
        What::Restarted { at } => format!("{} is back.", the(at)),
        What::Elected { at } => format!("{} takes over as leader.", the(at)),
    };
    Some(capital(text))
}

/// How long the producer waits for an acknowledgement: "5 s".
pub fn ack_timeout(setup: &Setup) -> String {
    match &setup.scenario.producer {
        ProducerSettings::Retry(retry) => duration(retry.timeout_ms),
        ProducerSettings::FireAndForget => String::new(),
    }
}

/// How long it waits before attempt `n`: "100 ms".
pub fn backoff(setup: &Setup, n: u8) -> String {
    match &setup.scenario.producer {
        ProducerSettings::Retry(retry) => duration(retry.backoff.after(n.saturating_sub(1))),
        ProducerSettings::FireAndForget => String::new(),
    }
}
