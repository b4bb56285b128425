//! Events as sentences.

use super::{
    ack_timeout, amount, ask_done, backoff, capital, confirms, error_name, message, packet,
    rejects, the, times_out, why, window,
};
use crate::sim::{Event, Kind, Msg, Op, Party, Setup, Told, What, Why, Window};

/// The event as a sentence; `None` where another event of the same step says it already.
pub fn sentence(setup: &Setup, event: &Event) -> Option<String> {
    let text = on_the_way(setup, event.what)
        .or_else(|| copies(setup, event.what))
        .or_else(|| at_the_broker(setup, event.what))
        .or_else(|| in_the_group(setup, event.what))
        .or_else(|| at_the_ends(setup, event.what))
        .or_else(|| trouble(setup, event.what))?;
    Some(capital(text))
}

/// Whether the broker syncs to disk itself, or leaves that to the operating system.
fn syncs_itself(setup: &Setup) -> bool {
    setup.log().is_none() && !setup.broker.has(Op::Write)
}

fn sent(setup: &Setup, kind: Kind, from: Party, to: Party, msg: Msg, n: u8) -> String {
    let (from, to, m) = (the(setup, from), the(setup, to), message(msg));
    let (kafka, sqs) = (setup.log().is_some(), setup.visibility().is_some());
    match kind {
        Kind::Send if n > 1 => format!("{from} sends {m} again: attempt {n}."),
        Kind::Send => format!("{from} sends {m} to {to}."),
        Kind::Ack if confirms(setup) => format!("{from} confirms {m} to {to}."),
        Kind::Ack => format!("{from} acknowledges {m} to {to}."),
        Kind::Refusal => format!("{from} answers {to} with an error."),
        Kind::Return => format!("{from} returns {m} to {to}."),
        Kind::Delivery if kafka && n > 1 => {
            format!("{to} polls, and gets {m} again: delivery {n}.")
        }
        Kind::Delivery if kafka => format!("{to} polls, and {from} sends {m}."),
        Kind::Delivery if sqs && n > 1 => format!("{from} hands {m} to {to}: receive {n}."),
        Kind::Delivery if sqs => format!("{from} hands {m} to {to}, and hides it from others."),
        Kind::Delivery if n > 1 => format!("{from} delivers {m} to {to} again: delivery {n}."),
        Kind::Delivery => format!("{from} delivers {m} to {to}."),
        Kind::ConsumerAck if kafka => format!("{from} commits the offset past {m}."),
        Kind::ConsumerAck if sqs => format!("{from} deletes {m}, with its receipt handle."),
        Kind::ConsumerAck => format!("{from} acknowledges {m} to {to}."),
        Kind::Requeue if rejects(setup) => format!("{from} hands {m} back: reject, requeue."),
        Kind::Requeue => format!("{from} hands {m} back: nack, requeue."),
        Kind::Reject => format!("{from} refuses {m}: nack, no requeue."),
        Kind::Release => format!("{from} sets the visibility timeout of {m} to 0."),
    }
}

fn on_the_way(setup: &Setup, what: What) -> Option<String> {
    let the = |p| the(setup, p);
    Some(match what {
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
        What::Ignored { at, .. } if at.sender().is_some() => "nobody waits for it there.".into(),
        What::Ignored { at, .. } if setup.visibility().is_some() => {
            format!("{} reports success, and deletes nothing.", the(at))
        }
        What::Ignored { at, .. } => {
            format!("{} has no such delivery open and ignores it.", the(at))
        }
        What::Cut { from, to } => {
            format!("the connection of {} and {} is cut.", the(from), the(to))
        }
        What::Healed { from, to } => format!("{} and {} can talk again.", the(from), the(to)),
        What::Isolated { at } => {
            format!("{} is cut off from the controller and the other brokers.", the(at))
        }
        What::Rejoined { at } => {
            format!("{} reaches the controller and the other brokers again.", the(at))
        }
        _ => return None,
    })
}

/// Where copies come to be, and where they are lost.
fn copies(setup: &Setup, what: What) -> Option<String> {
    let the = |p| the(setup, p);
    let (kafka, sqs) = (setup.log().is_some(), setup.visibility().is_some());
    Some(match what {
        What::Appended { at, msg, copy } if kafka && copy > 1 => {
            format!("{} appends it to the log: record {copy} of {}.", the(at), message(msg))
        }
        What::Appended { at, .. } if kafka => format!("{} appends it to the log.", the(at)),
        What::Appended { msg, copy, .. } if sqs && copy > 1 => {
            format!("SQS stores it: copy {copy} of {}.", message(msg))
        }
        What::Appended { .. } if sqs => "SQS stores it on several servers.".into(),
        What::Appended { at, msg, copy } if copy > 1 => {
            format!("{} keeps it in memory: copy {copy} of {}.", the(at), message(msg))
        }
        What::Appended { at, .. } => format!("{} keeps it in memory.", the(at)),
        What::Written { at, msg, .. } => {
            format!(
                "{} writes {} to its file; the sync to disk is left to the system.",
                the(at),
                message(msg)
            )
        }
        What::Persisted { at, msg, .. } if !syncs_itself(setup) => {
            format!("the system of {} brings {} to disk.", the(at), message(msg))
        }
        What::Persisted { at, msg, .. } => format!("{} syncs {} to disk.", the(at), message(msg)),
        What::Replicated { from, to, msg, .. } => {
            format!("{} copies {} to {}.", the(from), message(msg), the(to))
        }
        What::Vanished { at, msg, .. } if kafka => {
            format!("{} is not in the log of {}.", message(msg), the(at))
        }
        What::Vanished { at, msg, .. } => format!("{} has lost {}.", the(at), message(msg)),
        _ => return None,
    })
}

/// What the broker does with what it has, and what it refuses.
fn at_the_broker(setup: &Setup, what: What) -> Option<String> {
    let the = |p| the(setup, p);
    let (kafka, sqs) = (setup.log().is_some(), setup.visibility().is_some());
    Some(match what {
        What::Removed { at, msg, .. } if sqs => format!("{} deletes {}.", the(at), message(msg)),
        What::Removed { at, .. } => format!("{} forgets it.", the(at)),
        What::Deduplicated { at, .. } if kafka => format!(
            "{} knows this sequence number: nothing is appended, the old offset is the answer.",
            the(at)
        ),
        What::Deduplicated { at, .. } => format!(
            "{} knows this deduplication id: success is the answer, and the copy is dropped.",
            the(at)
        ),
        What::Unroutable { msg, .. } => format!("no queue is bound for {}.", message(msg)),
        What::Refused { at, why: Why::StaleHandle, .. } => {
            format!("{} refuses: this receipt handle has expired.", the(at))
        }
        What::Refused { at, why: Why::Fenced, .. } => {
            format!("{} refuses: somebody else has taken over.", the(at))
        }
        What::Refused { at, why: reason, .. } => {
            format!("{} refuses: {}.", the(at), why(setup, reason))
        }
        What::CameBack { msg, .. } => format!(
            "one server missed the delete of {} and has it still: it can be received once more.",
            message(msg)
        ),
        What::Requeued { .. } | What::DeadLettered { .. } | What::Dropped { .. } => {
            back_in_line(setup, what)
        }
        What::Committed { msg, .. } if setup.log().is_some_and(|rules| rules.transactional) => {
            format!("the high watermark passes {}.", message(msg))
        }
        What::Committed { msg, .. } => {
            format!("the high watermark passes {}: it may be read.", message(msg))
        }
        What::InSync { at, yes: true } => format!("{} is in sync again.", the(at)),
        What::InSync { at, .. } => {
            format!("{} is out of sync: the leader counts without it.", the(at))
        }
        What::TransactionTimedOut { msg, .. } => format!(
            "transaction.timeout.ms has passed: the coordinator ends the transaction of {}.",
            message(msg)
        ),
        What::Marker { msg, commit: true, .. } => {
            format!("the transaction of {} is committed: a marker in the log.", message(msg))
        }
        What::Marker { msg, .. } => {
            format!("the transaction of {} is aborted: a marker in the log.", message(msg))
        }
        What::Elected { at } => format!("{} takes over as leader.", the(at)),
        What::LeaderMoved { at } => {
            format!("{} is well, and another replica is made the leader all the same.", the(at))
        }
        What::LeaderFound { at, leader } => {
            format!("{} asks for metadata, and learns that {} leads.", the(at), the(leader))
        }
        _ => return None,
    })
}

fn back_in_line(setup: &Setup, what: What) -> String {
    let the = |p| the(setup, p);
    let sqs = setup.visibility().is_some();
    match what {
        What::Requeued { msg, asked: true, .. } if sqs => {
            format!("{} is visible again at once.", message(msg))
        }
        What::Requeued { msg, .. } if sqs => {
            format!("the visibility timeout of {} has passed: it is visible again.", message(msg))
        }
        What::Requeued { at, asked: true, .. } => format!("{} puts it back in the queue.", the(at)),
        What::Requeued { msg, .. } => {
            format!(
                "the broker expects no acknowledgement any more: {} is back in the queue.",
                message(msg)
            )
        }
        What::DeadLettered { at, msg, n, .. } => format!(
            "{} moves {} to the dead-letter queue after {}.",
            the(at),
            message(msg),
            times_out(setup, n)
        ),
        What::Dropped { at, msg, n: 0, .. } => {
            format!("{} throws {} away, which nobody has received.", the(at), message(msg))
        }
        What::Dropped { at, msg, n, .. } => {
            format!("{} throws {} away after delivery {n}.", the(at), message(msg))
        }
        _ => String::new(),
    }
}

fn in_the_group(setup: &Setup, what: What) -> Option<String> {
    let the = |p| the(setup, p);
    Some(match what {
        What::OffsetCommitted { by, msg, .. }
            if setup.log().is_some_and(|rules| rules.auto_commit) =>
        {
            format!(
                "{} polls again, which commits: the group's offset is past {}.",
                the(by),
                message(msg)
            )
        }
        What::OffsetCommitted { msg, .. } => {
            format!("the group's offset is past {} now.", message(msg))
        }
        What::Assigned { at } => format!("{} gets the partition.", the(at)),
        What::Evicted { at } => format!("the group has waited long enough for {}.", the(at)),
        What::HandedOff { at, msg } => {
            format!("{} hands {} to its worker thread and polls on.", the(at), message(msg))
        }
        _ => return None,
    })
}

fn at_the_ends(setup: &Setup, what: What) -> Option<String> {
    let the = |p| the(setup, p);
    Some(match what {
        What::Asked { op: Op::Work, .. } if !setup.consumer.has(Op::Begin) => return None,
        What::Asked { op: Op::Call, .. } => return None,
        What::Asked { op, from, msg, yes, .. } => {
            format!("{} {}.", the(from), ask_done(setup, op, msg, yes))
        }
        What::Called { from, to, msg, count } => {
            format!(
                "{} asks {} for a mail about {}{}.",
                the(from),
                the(to),
                message(msg),
                times(count)
            )
        }
        What::Applied { from, to, msg, count } if setup.consumer.has(Op::Produce) => format!(
            "the result of {} by {} can be read from {}{}.",
            message(msg),
            the(from),
            the(to),
            times(count)
        ),
        What::Applied { from, msg, count, .. } => {
            format!("{} books {} for {}{}.", the(from), amount(setup), message(msg), times(count))
        }
        What::HandlerFailed { at, msg, .. } => {
            format!("the handler of {} fails on {}; nothing is booked.", the(at), message(msg))
        }
        What::AckTimedOut { msg, n, .. } => {
            let wait = ack_timeout(setup);
            let what = if confirms(setup) { "confirm" } else { "acknowledgement" };
            format!("no {what} of {} within {wait}: attempt {n} has failed.", message(msg))
        }
        What::BackedOff { at, msg, n } => {
            format!(
                "{} waited {} before attempt {n} of {}.",
                the(at),
                backoff(setup, n),
                message(msg)
            )
        }
        What::Reported { msg, told: Told::Error, .. } => {
            format!("the caller gets {} for {}.", error_name(setup), message(msg))
        }
        What::Reported { msg, .. } => format!("the caller hears Ok for {}.", message(msg)),
        What::SentTwice { msg, .. } => {
            format!("the application sends {} once more, as if it were new.", message(msg))
        }
        _ => return None,
    })
}

fn trouble(setup: &Setup, what: What) -> Option<String> {
    let the = |p| the(setup, p);
    Some(match what {
        What::AskFailed { from, op, msg, done: true, .. } => format!(
            "{} {}, but the answer is lost: to it, this is an error.",
            the(from),
            ask_done(setup, op, msg, true)
        ),
        What::AskFailed { from, op, done: false, .. } => {
            format!("{} gets an error instead of: {}.", the(from), op.key().replace('-', " "))
        }
        What::RolledBack { msg, .. } => {
            format!("what the transaction had written for {} is rolled back.", message(msg))
        }
        What::Crashed { at } => format!("{} crashes.", the(at)),
        What::PowerLost { at } => format!("{} loses power.", the(at)),
        What::Gone { at } if at.node().is_some() => {
            format!("{} is lost for good, with its disk.", the(at))
        }
        What::Gone { at } => format!("{} is gone for good.", the(at)),
        What::Restarted { at }
            if at.consumer().is_some() && setup.scenario.consumer.starts_late =>
        {
            format!("{} starts.", the(at))
        }
        What::Restarted { at } => format!("{} is back.", the(at)),
        What::Paused { at, slow: true } => {
            format!("{} is at work for longer than anybody waits.", the(at))
        }
        What::Paused { at, .. } => {
            format!("{} stands still for longer than anybody waits.", the(at))
        }
        What::Resumed { at } => {
            format!("{} goes on, as if no time had passed.", the(at))
        }
        What::Expired { what: Window::Retention, msg } => {
            format!("{} is over for {}.", window(Window::Retention), message(msg))
        }
        What::Expired { what, msg } => {
            format!("{} is over: {} is forgotten.", window(what), message(msg))
        }
        _ => return None,
    })
}

fn times(count: u8) -> String {
    match count {
        1 => String::new(),
        2 => " for the second time".into(),
        n => format!(", time {n}"),
    }
}
