//! Sentences that describe events.

use super::{
    ack_timeout, amount, ask_done, backoff, capital, confirms, error_name, message, packet,
    rejects, times_out, why, window, with_article,
};
use crate::sim::{
    CompiledScenario, Event, EventKind, MessageId, Op, PacketKind, Participant, ProducerReport,
    RejectReason, Window,
};

/// Describes the event in a sentence; `None` if another event of the same step already covers it.
pub fn sentence(setup: &CompiledScenario, event: &Event) -> Option<String> {
    let text = on_the_way(setup, event.what)
        .or_else(|| copies(setup, event.what))
        .or_else(|| at_the_broker(setup, event.what))
        .or_else(|| in_the_group(setup, event.what))
        .or_else(|| at_the_ends(setup, event.what))
        .or_else(|| trouble(setup, event.what))?;
    Some(capital(text))
}

/// Returns true if the broker syncs to disk itself, rather than leaving that to the operating
/// system.
fn syncs_itself(setup: &CompiledScenario) -> bool {
    setup.log().is_none() && !setup.broker.has(Op::Write)
}

fn sent(
    setup: &CompiledScenario,
    kind: PacketKind,
    from: Participant,
    to: Participant,
    msg: MessageId,
    n: u8,
) -> String {
    let (from, to, m) = (with_article(setup, from), with_article(setup, to), message(msg));
    let (kafka, sqs) = (setup.log().is_some(), setup.visibility().is_some());
    match kind {
        PacketKind::Send if n > 1 => format!("{from} sends {m} again: attempt {n}."),
        PacketKind::Send => format!("{from} sends {m} to {to}."),
        PacketKind::Ack if confirms(setup) => format!("{from} confirms {m} to {to}."),
        PacketKind::Ack => format!("{from} acknowledges {m} to {to}."),
        PacketKind::Refusal => format!("{from} answers {to} with an error."),
        PacketKind::Return => format!("{from} returns {m} to {to}."),
        PacketKind::Delivery if kafka && n > 1 => {
            format!("{to} polls, and gets {m} again: delivery {n}.")
        }
        PacketKind::Delivery if kafka => format!("{to} polls, and {from} sends {m}."),
        PacketKind::Delivery if sqs && n > 1 => format!("{from} hands {m} to {to}: receive {n}."),
        PacketKind::Delivery if sqs => {
            format!("{from} hands {m} to {to}, and hides it from others.")
        }
        PacketKind::Delivery if n > 1 => {
            format!("{from} delivers {m} to {to} again: delivery {n}.")
        }
        PacketKind::Delivery => format!("{from} delivers {m} to {to}."),
        PacketKind::ConsumerAck if kafka => format!("{from} commits the offset past {m}."),
        PacketKind::ConsumerAck if sqs => format!("{from} deletes {m}, with its receipt handle."),
        PacketKind::ConsumerAck => format!("{from} acknowledges {m} to {to}."),
        PacketKind::Requeue if rejects(setup) => format!("{from} hands {m} back: reject, requeue."),
        PacketKind::Requeue => format!("{from} hands {m} back: nack, requeue."),
        PacketKind::Reject => format!("{from} refuses {m}: nack, no requeue."),
        PacketKind::Release => format!("{from} sets the visibility timeout of {m} to 0."),
    }
}

fn on_the_way(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    Some(match what {
        EventKind::Sent { kind, from, to, msg, n } => sent(setup, kind, from, to, msg, n),
        EventKind::Arrived { kind, from, to, msg, n } => {
            format!("{} reaches {}.", packet(setup, kind, from, msg, n), with_article(to))
        }
        EventKind::Lost { kind, from, to, msg, n } => {
            format!(
                "{} is lost on its way to {}.",
                packet(setup, kind, from, msg, n),
                with_article(to)
            )
        }
        EventKind::Delayed { kind, from, msg, n, .. } => {
            format!("{} is held up.", packet(setup, kind, from, msg, n))
        }
        EventKind::Ignored { at, .. } if at.sender().is_some() => {
            "nobody waits for it there.".into()
        }
        EventKind::Ignored { at, .. } if setup.visibility().is_some() => {
            format!("{} reports success, and deletes nothing.", with_article(at))
        }
        EventKind::Ignored { at, .. } => {
            format!("{} has no such delivery open and ignores it.", with_article(at))
        }
        EventKind::Cut { from, to } => {
            format!("the connection of {} and {} is cut.", with_article(from), with_article(to))
        }
        EventKind::Healed { from, to } => {
            format!("{} and {} can talk again.", with_article(from), with_article(to))
        }
        EventKind::Isolated { at } => {
            format!("{} is cut off from the controller and the other brokers.", with_article(at))
        }
        EventKind::Rejoined { at } => {
            format!("{} reaches the controller and the other brokers again.", with_article(at))
        }
        _ => return None,
    })
}

/// Describes how copies of a message are created and lost.
fn copies(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    let (kafka, sqs) = (setup.log().is_some(), setup.visibility().is_some());
    Some(match what {
        EventKind::Appended { at, msg, copy } if kafka && copy > 1 => {
            format!(
                "{} appends it to the log: record {copy} of {}.",
                with_article(at),
                message(msg)
            )
        }
        EventKind::Appended { at, .. } if kafka => {
            format!("{} appends it to the log.", with_article(at))
        }
        EventKind::Appended { msg, copy, .. } if sqs && copy > 1 => {
            format!("SQS stores it: copy {copy} of {}.", message(msg))
        }
        EventKind::Appended { .. } if sqs => "SQS stores it on several servers.".into(),
        EventKind::Appended { at, msg, copy } if copy > 1 => {
            format!("{} keeps it in memory: copy {copy} of {}.", with_article(at), message(msg))
        }
        EventKind::Appended { at, .. } => format!("{} keeps it in memory.", with_article(at)),
        EventKind::Written { at, msg, .. } => {
            format!(
                "{} writes {} to its file; the sync to disk is left to the system.",
                with_article(at),
                message(msg)
            )
        }
        EventKind::Persisted { at, msg, .. } if !syncs_itself(setup) => {
            format!("the system of {} brings {} to disk.", with_article(at), message(msg))
        }
        EventKind::Persisted { at, msg, .. } => {
            format!("{} syncs {} to disk.", with_article(at), message(msg))
        }
        EventKind::Replicated { from, to, msg, .. } => {
            format!("{} copies {} to {}.", with_article(from), message(msg), with_article(to))
        }
        EventKind::Vanished { at, msg, .. } if kafka => {
            format!("{} is not in the log of {}.", message(msg), with_article(at))
        }
        EventKind::Vanished { at, msg, .. } => {
            format!("{} has lost {}.", with_article(at), message(msg))
        }
        _ => return None,
    })
}

/// Describes what the broker does with stored messages, and what it rejects.
fn at_the_broker(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    let (kafka, sqs) = (setup.log().is_some(), setup.visibility().is_some());
    Some(match what {
        EventKind::Removed { at, msg, .. } if sqs => {
            format!("{} deletes {}.", with_article(at), message(msg))
        }
        EventKind::Removed { at, .. } => format!("{} forgets it.", with_article(at)),
        EventKind::Deduplicated { at, .. } if kafka => format!(
            "{} knows this sequence number: nothing is appended, the old offset is the answer.",
            with_article(at)
        ),
        EventKind::Deduplicated { at, .. } => format!(
            "{} knows this deduplication id: success is the answer, and the copy is dropped.",
            with_article(at)
        ),
        EventKind::Unroutable { msg, .. } => format!("no queue is bound for {}.", message(msg)),
        EventKind::Refused { at, why: RejectReason::StaleHandle, .. } => {
            format!("{} refuses: this receipt handle has expired.", with_article(at))
        }
        EventKind::Refused { at, why: RejectReason::Fenced, .. } => {
            format!("{} refuses: somebody else has taken over.", with_article(at))
        }
        EventKind::Refused { at, why: reason, .. } => {
            format!("{} refuses: {}.", with_article(at), why(setup, reason))
        }
        EventKind::Reappeared { msg, .. } => format!(
            "one server missed the delete of {} and has it still: it can be received once more.",
            message(msg)
        ),
        EventKind::Requeued { .. } | EventKind::DeadLettered { .. } | EventKind::Dropped { .. } => {
            back_in_line(setup, what)
        }
        EventKind::Committed { msg, .. }
            if setup.log().is_some_and(|rules| rules.transactional) =>
        {
            format!("the high watermark passes {}.", message(msg))
        }
        EventKind::Committed { msg, .. } => {
            format!("the high watermark passes {}: it may be read.", message(msg))
        }
        EventKind::TransactionTimedOut { msg, .. } => format!(
            "transaction.timeout.ms has passed: the coordinator ends the transaction of {}.",
            message(msg)
        ),
        EventKind::Marker { msg, commit: true, .. } => {
            format!("the transaction of {} is committed: a marker in the log.", message(msg))
        }
        EventKind::Marker { msg, .. } => {
            format!("the transaction of {} is aborted: a marker in the log.", message(msg))
        }
        EventKind::InSync { .. }
        | EventKind::Elected { .. }
        | EventKind::LeaderMoved { .. }
        | EventKind::LeaderFound { .. } => among_the_replicas(setup, what)?,
        _ => return None,
    })
}

/// Describes what happens among the replicas of a partition or queue.
fn among_the_replicas(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    Some(match what {
        EventKind::InSync { at, yes: true } => format!("{} is in sync again.", with_article(at)),
        EventKind::InSync { at, .. } => {
            format!("{} is out of sync: the leader counts without it.", with_article(at))
        }
        EventKind::Elected { at } => format!("{} takes over as leader.", with_article(at)),
        EventKind::LeaderMoved { at } => {
            format!(
                "{} is well, and another replica is made the leader all the same.",
                with_article(at)
            )
        }
        EventKind::LeaderFound { at, leader } => {
            format!(
                "{} asks for metadata, and learns that {} leads.",
                with_article(at),
                with_article(leader)
            )
        }
        _ => return None,
    })
}

fn back_in_line(setup: &CompiledScenario, what: EventKind) -> String {
    let with_article = |p| with_article(setup, p);
    let sqs = setup.visibility().is_some();
    match what {
        EventKind::Requeued { msg, asked: true, .. } if sqs => {
            format!("{} is visible again at once.", message(msg))
        }
        EventKind::Requeued { msg, .. } if sqs => {
            format!("the visibility timeout of {} has passed: it is visible again.", message(msg))
        }
        EventKind::Requeued { at, asked: true, .. } => {
            format!("{} puts it back in the queue.", with_article(at))
        }
        EventKind::Requeued { msg, .. } => {
            format!(
                "the broker expects no acknowledgement any more: {} is back in the queue.",
                message(msg)
            )
        }
        EventKind::DeadLettered { at, msg, n, .. } => format!(
            "{} moves {} to the dead-letter queue after {}.",
            with_article(at),
            message(msg),
            times_out(setup, n)
        ),
        EventKind::Dropped { at, msg, n: 0, .. } => {
            format!("{} throws {} away, which nobody has received.", with_article(at), message(msg))
        }
        EventKind::Dropped { at, msg, n, .. } => {
            format!("{} throws {} away after delivery {n}.", with_article(at), message(msg))
        }
        _ => String::new(),
    }
}

fn in_the_group(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    Some(match what {
        EventKind::OffsetCommitted { by, msg, .. }
            if setup.log().is_some_and(|rules| rules.auto_commit) =>
        {
            format!(
                "{} polls again, which commits: the group's offset is past {}.",
                with_article(by),
                message(msg)
            )
        }
        EventKind::OffsetCommitted { msg, .. } => {
            format!("the group's offset is past {} now.", message(msg))
        }
        EventKind::Assigned { at } => format!("{} gets the partition.", with_article(at)),
        EventKind::Evicted { at } => {
            format!("the group has waited long enough for {}.", with_article(at))
        }
        EventKind::HandedOff { at, msg } => {
            format!(
                "{} hands {} to its worker thread and polls on.",
                with_article(at),
                message(msg)
            )
        }
        _ => return None,
    })
}

fn at_the_ends(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    Some(match what {
        EventKind::Asked { op: Op::Work, .. } if !setup.consumer.has(Op::Begin) => return None,
        EventKind::Asked { op: Op::Call, .. } => return None,
        EventKind::Asked { op, from, msg, yes, .. } => {
            format!("{} {}.", with_article(from), ask_done(setup, op, msg, yes))
        }
        EventKind::Called { from, to, msg, count } => {
            format!(
                "{} asks {} for a mail about {}{}.",
                with_article(from),
                with_article(to),
                message(msg),
                times(count)
            )
        }
        EventKind::Applied { from, to, msg, count } if setup.consumer.has(Op::Produce) => format!(
            "the result of {} by {} can be read from {}{}.",
            message(msg),
            with_article(from),
            with_article(to),
            times(count)
        ),
        EventKind::Applied { from, msg, count, .. } => {
            format!(
                "{} books {} for {}{}.",
                with_article(from),
                amount(setup),
                message(msg),
                times(count)
            )
        }
        EventKind::HandlerFailed { at, msg, .. } => {
            format!(
                "the handler of {} fails on {}; nothing is booked.",
                with_article(at),
                message(msg)
            )
        }
        EventKind::AckTimedOut { msg, n, .. } => {
            let wait = ack_timeout(setup);
            let what = if confirms(setup) { "confirm" } else { "acknowledgement" };
            format!("no {what} of {} within {wait}: attempt {n} has failed.", message(msg))
        }
        EventKind::BackedOff { at, msg, n } => {
            format!(
                "{} waited {} before attempt {n} of {}.",
                with_article(at),
                backoff(setup, n),
                message(msg)
            )
        }
        EventKind::Reported { msg, told: ProducerReport::Error, .. } => {
            format!("the caller gets {} for {}.", error_name(setup), message(msg))
        }
        EventKind::Reported { msg, .. } => format!("the caller hears Ok for {}.", message(msg)),
        EventKind::SentTwice { msg, .. } => {
            format!("the application sends {} once more, as if it were new.", message(msg))
        }
        _ => return None,
    })
}

fn trouble(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    Some(match what {
        EventKind::AskFailed { from, op, msg, done: true, .. } => format!(
            "{} {}, but the answer is lost: to it, this is an error.",
            with_article(from),
            ask_done(setup, op, msg, true)
        ),
        EventKind::AskFailed { from, op, done: false, .. } => {
            format!(
                "{} gets an error instead of: {}.",
                with_article(from),
                op.key().replace('-', " ")
            )
        }
        EventKind::RolledBack { msg, .. } => {
            format!("what the transaction had written for {} is rolled back.", message(msg))
        }
        EventKind::Unsettled { at, msg, .. } => {
            let (at, m) = (with_article(at), message(msg));
            format!(
                "{at} had not yet written down that {m} was settled: {m} is in the queue again."
            )
        }
        EventKind::Crashed { at } => format!("{} crashes.", with_article(at)),
        EventKind::PowerLost { at } => format!("{} loses power.", with_article(at)),
        EventKind::PermanentLoss { at } if at.node().is_some() => {
            format!("{} is lost for good, with its disk.", with_article(at))
        }
        EventKind::PermanentLoss { at } => format!("{} is gone for good.", with_article(at)),
        EventKind::Restarted { at }
            if at.consumer().is_some() && setup.scenario.consumer.starts_late =>
        {
            format!("{} starts.", with_article(at))
        }
        EventKind::Restarted { at } => format!("{} is back.", with_article(at)),
        EventKind::Paused { at, slow: true } => {
            format!("{} is at work for longer than anybody waits.", with_article(at))
        }
        EventKind::Paused { at, .. } => {
            format!("{} stands still for longer than anybody waits.", with_article(at))
        }
        EventKind::Replaced { at } => {
            format!("It is taken for dead, and {} starts in its place.", with_article(at))
        }
        EventKind::Resumed { at } => {
            format!("{} goes on, as if no time had passed.", with_article(at))
        }
        EventKind::Expired { what: Window::Retention, msg } => {
            format!("{} is over for {}.", window(Window::Retention), message(msg))
        }
        EventKind::Expired { what, msg } => {
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
