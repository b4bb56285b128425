//! Sentences that describe events.

use super::{
    ack_timeout, amount, answer, ask_done, ask_unheard, backoff, capital, claims, error_name, fill,
    message, offsets, operators, outbox, packet, rejects, slow_handler, terms, times_out, why,
    window, with_article,
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

fn sent(
    setup: &CompiledScenario,
    kind: PacketKind,
    from: Participant,
    to: Participant,
    msg: MessageId,
    n: u8,
) -> String {
    let (from, to, m) = (with_article(setup, from), with_article(setup, to), message(msg));
    let filled = |template: &str| {
        let parts = [("{from}", &*from), ("{to}", &*to), ("{m}", &*m), ("{n}", &*n.to_string())];
        fill(template, &parts)
    };
    let terms = terms(setup);
    match kind {
        PacketKind::Send if n > 1 => format!("{from} sends {m} again: attempt {n}."),
        PacketKind::Send => format!("{from} sends {m} to {to}."),
        PacketKind::Ack => format!("{from} {} {m} to {to}.", terms.answer.verb),
        PacketKind::Refusal => format!("{from} answers {to} with an error."),
        PacketKind::Return => format!("{from} returns {m} to {to}."),
        PacketKind::Delivery => filled(terms.delivers[usize::from(n > 1)]),
        PacketKind::ConsumerAck => filled(terms.settlement.sends),
        PacketKind::Requeue if rejects(setup) => format!("{from} rejects {m} with requeue."),
        PacketKind::Requeue => filled(terms.nacks[0]),
        PacketKind::Reject => filled(terms.nacks[1]),
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
            format!("{} is delayed in the network.", packet(setup, kind, from, msg, n))
        }
        EventKind::Ignored { at, .. } if at.sender().is_some() => {
            format!("it is ignored: {} is not waiting for it.", with_article(at))
        }
        EventKind::Ignored { at, .. } => fill(terms(setup).ignores, &[("{at}", &with_article(at))]),
        EventKind::Cut { from, to } => {
            format!("the connection between {} and {} drops.", with_article(from), with_article(to))
        }
        EventKind::Healed { from, to } => {
            format!(
                "the connection between {} and {} is restored.",
                with_article(from),
                with_article(to)
            )
        }
        EventKind::Isolated { at } => {
            format!("{} is partitioned from {}.", with_article(at), terms(setup).peers)
        }
        EventKind::Rejoined { at } => {
            format!("{} reaches {} again.", with_article(at), terms(setup).peers)
        }
        _ => return None,
    })
}

/// Describes how copies of a message are created and lost.
fn copies(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    let terms = terms(setup);
    Some(match what {
        EventKind::Appended { at, msg, copy } => {
            let parts = [
                ("{at}", &*with_article(at)),
                ("{m}", &*message(msg)),
                ("{n}", &*copy.to_string()),
            ];
            fill(terms.stores[usize::from(copy > 1)], &parts)
        }
        EventKind::Written { at, msg, .. } => {
            let (at, m) = (with_article(at), message(msg));
            let later = match (terms.syncs_itself)(setup) {
                true => " and syncs it to disk later.",
                false => "; the OS flushes it to disk later.",
            };
            format!("{at} writes {m} to the page cache{later}")
        }
        EventKind::Persisted { at, msg, .. } if !(terms.syncs_itself)(setup) => {
            format!(
                "the operating system of {} flushes {} to disk.",
                with_article(at),
                message(msg)
            )
        }
        EventKind::Persisted { at, msg, .. } => {
            format!("{} fsyncs {}.", with_article(at), message(msg))
        }
        EventKind::Replicated { from, to, msg, .. } => {
            format!("{} replicates {} to {}.", with_article(from), message(msg), with_article(to))
        }
        EventKind::Vanished { at, msg, .. } => {
            fill(terms.vanishes, &[("{at}", &with_article(at)), ("{m}", &message(msg))])
        }
        _ => return None,
    })
}

/// Describes what the broker does with stored messages, and what it rejects.
fn at_the_broker(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    let terms = terms(setup);
    Some(match what {
        EventKind::Removed { at, msg, .. } => {
            fill(terms.removes, &[("{at}", &with_article(at)), ("{m}", &message(msg))])
        }
        EventKind::Deduplicated { at, .. } => {
            fill(terms.deduplicates, &[("{at}", &with_article(at))])
        }
        EventKind::Unroutable { msg, .. } => format!("no queue is bound for {}.", message(msg)),
        EventKind::Refused { at, why: RejectReason::StaleHandle, .. } => {
            format!("{} rejects it: the receipt handle has expired.", with_article(at))
        }
        EventKind::Refused { at, why: RejectReason::Fenced, .. } => {
            format!("{} rejects it: fenced by a newer instance.", with_article(at))
        }
        EventKind::Refused { at, why: reason, .. } => {
            format!("{} rejects it: {}.", with_article(at), why(setup, reason))
        }
        EventKind::Reappeared { msg, .. } => format!(
            "one SQS server missed the delete of {} and can deliver it again.",
            message(msg)
        ),
        EventKind::OffsetsReset { .. }
        | EventKind::OffsetOutOfRange { .. }
        | EventKind::PartitionFound { .. }
        | EventKind::PartitionAssigned { .. } => offsets::sentence(setup, what)?,
        EventKind::Purged { .. }
        | EventKind::Redriven { .. }
        | EventKind::PartitionAdded { .. }
        | EventKind::ShutDown { .. } => operators::sentence(setup, what)?,
        EventKind::Requeued { .. } | EventKind::DeadLettered { .. } | EventKind::Dropped { .. } => {
            back_in_line(setup, what)
        }
        EventKind::Committed { msg, .. } if setup.machine.has_transactions() => {
            format!("the high watermark passes {}.", message(msg))
        }
        EventKind::Committed { msg, .. } => {
            format!("the high watermark passes {}: consumers can now read it.", message(msg))
        }
        EventKind::TransactionTimedOut { msg, .. } => format!(
            "the transaction of {} exceeds transaction.timeout.ms: the coordinator aborts it.",
            message(msg)
        ),
        EventKind::Marker { msg, commit: true, .. } => {
            format!(
                "the transaction of {} is committed: the log gets a commit marker.",
                message(msg)
            )
        }
        EventKind::Marker { msg, .. } => {
            format!("the transaction of {} is aborted: the log gets an abort marker.", message(msg))
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
        EventKind::InSync { at, yes: true } => format!("{} rejoins the ISR.", with_article(at)),
        EventKind::InSync { at, .. } => {
            format!("{} drops out of the ISR.", with_article(at))
        }
        EventKind::Elected { at } => format!("{} is elected leader.", with_article(at)),
        EventKind::LeaderMoved { at } => {
            format!("{} has not failed, but another replica becomes the leader.", with_article(at))
        }
        EventKind::LeaderFound { at, leader } => {
            format!(
                "{} refreshes its metadata and finds that {} is the leader.",
                with_article(at),
                with_article(leader)
            )
        }
        _ => return None,
    })
}

fn back_in_line(setup: &CompiledScenario, what: EventKind) -> String {
    let with_article = |p| with_article(setup, p);
    let [asked, timed_out] = terms(setup).requeues;
    match what {
        EventKind::Requeued { at, msg, asked: by_consumer, .. } => {
            let template = if by_consumer { asked } else { timed_out };
            fill(template, &[("{at}", &with_article(at)), ("{m}", &message(msg))])
        }
        EventKind::DeadLettered { at, msg, n: 0, .. } => format!(
            "{} moves {} to the dead-letter queue: the queue is too long.",
            with_article(at),
            message(msg)
        ),
        EventKind::DeadLettered { at, msg, n, .. } => format!(
            "{} moves {} to the dead-letter queue after {}.",
            with_article(at),
            message(msg),
            times_out(setup, n)
        ),
        EventKind::Dropped { at, msg, n, .. } => fill(
            terms(setup).drops[usize::from(n > 0)],
            &[("{at}", &with_article(at)), ("{m}", &message(msg)), ("{n}", &n.to_string())],
        ),
        _ => String::new(),
    }
}

fn in_the_group(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    Some(match what {
        EventKind::OffsetCommitted { by, msg, .. } => {
            let template = (terms(setup).commits_position)(setup);
            fill(template, &[("{at}", &with_article(by)), ("{m}", &message(msg))])
        }
        EventKind::Assigned { at } => {
            fill(terms(setup).membership[0][1], &[("{at}", &with_article(at))])
        }
        EventKind::Evicted { at } => {
            fill(terms(setup).membership[1][1], &[("{at}", &with_article(at))])
        }
        EventKind::HandedOff { at, msg } => {
            format!(
                "{} hands {} to its worker thread and keeps polling.",
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
        EventKind::Called { from, msg, count, .. } => {
            format!("{} sends an email for {}{}.", with_article(from), message(msg), times(count))
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
                "{} charges {} for {}{}.",
                with_article(from),
                amount(setup),
                message(msg),
                times(count)
            )
        }
        EventKind::HandlerFailed { at, msg, lasting, .. } => {
            let each = if lasting { ", and will at every attempt" } else { "" };
            format!(
                "the handler of {} fails on {}{each}; nothing is charged.",
                with_article(at),
                message(msg)
            )
        }
        EventKind::AckTimedOut { msg, n, .. } => {
            let wait = ack_timeout(setup);
            let what = answer(setup);
            format!("no {what} of {} within {wait}: attempt {n} failed.", message(msg))
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
        EventKind::Reported { msg, .. } => format!("the caller gets Ok for {}.", message(msg)),
        EventKind::SentTwice { msg, .. } => {
            format!("the application sends {} again as a new message.", message(msg))
        }
        _ => return None,
    })
}

fn trouble(setup: &CompiledScenario, what: EventKind) -> Option<String> {
    let with_article = |p| with_article(setup, p);
    Some(match what {
        EventKind::AskFailed { from, op, msg, answer: Some(yes), .. } => format!(
            "{} {}, but the response is lost and the call fails.",
            with_article(from),
            ask_unheard(setup, op, msg, yes)
        ),
        EventKind::AskFailed { from, op, answer: None, .. } => {
            format!("a call of {} fails: {}.", with_article(from), op.key().replace('-', " "))
        }
        EventKind::FoundInProgress { .. }
        | EventKind::Unclaimed { .. }
        | EventKind::LeaseEnded { .. } => claims::sentence(setup, what)?,
        EventKind::RelayLeaseEnded { at } => outbox::lease_ended(setup, at),
        EventKind::RowSkipped { at, msg } => outbox::skipped(setup, at, msg),
        EventKind::RolledBack { msg, .. } => {
            format!("the transaction for {} is rolled back.", message(msg))
        }
        EventKind::Unsettled { at, msg, .. } => {
            let (at, m) = (with_article(at), message(msg));
            format!("{at} had not yet persisted that {m} was settled: {m} is in the queue again.")
        }
        EventKind::Crashed { at } => format!("{} crashes.", with_article(at)),
        EventKind::Stopped { at } => format!("{} stops.", with_article(at)),
        EventKind::PowerLost { at } => format!("{} loses power.", with_article(at)),
        EventKind::PermanentLoss { at } if at.node().is_some() => {
            format!("{} fails permanently; its disk is lost.", with_article(at))
        }
        EventKind::PermanentLoss { at } => {
            format!("{} fails and never restarts.", with_article(at))
        }
        EventKind::Restarted { at }
            if at.consumer().is_some() && setup.configuration().consumer.starts_late =>
        {
            format!("{} starts.", with_article(at))
        }
        EventKind::Restarted { at } => format!("{} restarts.", with_article(at)),
        EventKind::Paused { at, slow: true } => {
            format!("{} {}", with_article(at), slow_handler(&setup.configuration().consumer))
        }
        EventKind::Paused { at, .. } => {
            format!("{} pauses for longer than any timeout.", with_article(at))
        }
        EventKind::Replaced { at } => {
            format!("It is considered dead, and {} starts in its place.", with_article(at))
        }
        EventKind::Resumed { at } => {
            format!("{} continues, unaware of what happened meanwhile.", with_article(at))
        }
        EventKind::Expired { what: Window::Retention, msg } => {
            format!("{} expires for {}.", window(setup, Window::Retention), message(msg))
        }
        EventKind::Expired { what, msg } => {
            format!("{} expires: the ID of {} is dropped.", window(setup, what), message(msg))
        }
        _ => return None,
    })
}

fn times(count: u8) -> String {
    match count {
        1 => String::new(),
        2 => " for the second time".into(),
        3 => " for the 3rd time".into(),
        n => format!(" for the {n}th time"),
    }
}
