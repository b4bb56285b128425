//! Short labels for scripted faults: "ack of m1 lost, attempt 1".

use crate::sim::{
    CompiledScenario, FaultKind, FaultSpec, Occurrence, Op, PacketKind, Participant, ProgramPoint,
    Window,
};
use crate::text;

pub(in crate::present) fn label(setup: &CompiledScenario, spec: &FaultSpec) -> String {
    let m = text::message(spec.at.msg);
    // "Producer A" keeps its letter.
    let whom = |p: Participant| text::clause(text::party(setup, p));
    let nth = match spec.at.nth {
        Occurrence::First => String::new(),
        Occurrence::Only(n) => format!(", {} {n}", counted(spec.kind)),
        Occurrence::Every => ", every time".into(),
    };
    let when = match spec.at.moment {
        Some(ProgramPoint::Before(op)) => format!(" before {} of {m}", line(setup, op)),
        Some(ProgramPoint::After(op)) => format!(" after {} of {m}", line(setup, op)),
        Some(ProgramPoint::Committed) => {
            format!(" after the offset commit, before processing of {m}")
        }
        None => String::new(),
    };
    let (target, other) = match spec.kind {
        // No step waits for it, so the exact point is meaningless.
        FaultKind::Expire(window @ Window::Retention) => return expires(window, &m),
        FaultKind::Expire(window) => (expires(window, &m), String::new()),
        FaultKind::Lose(kind) | FaultKind::Late(kind) => (packet(setup, kind, &m), String::new()),
        FaultKind::Crash(p)
        | FaultKind::PowerLoss(p)
        | FaultKind::PermanentLoss(p)
        | FaultKind::Pause(p)
        | FaultKind::Slow(p)
        | FaultKind::Resume(p) => (whom(p), String::new()),
        FaultKind::Fail(op) | FaultKind::LoseReply(op) => (line(setup, op), String::new()),
        FaultKind::Cut(a, b) => (whom(a), whom(b)),
        _ => (String::new(), String::new()),
    };
    let parts = [("{target}", &*target), ("{other}", &*other), ("{m}", &*m)];
    let what = text::fill(spec.kind.label(), &parts);
    format!("{what}{when}{nth}")
}

fn expires(window: Window, m: &str) -> String {
    match window {
        Window::Dedup => "deduplication window expires".into(),
        Window::Ttl => format!("Redis TTL of {m} expires"),
        Window::Inbox => format!("{m} pruned from the inbox"),
        Window::Retention => "the retention period expires".into(),
    }
}

fn packet(setup: &CompiledScenario, kind: PacketKind, m: &str) -> String {
    match kind {
        PacketKind::Send => m.to_owned(),
        PacketKind::Ack => format!("{} of {m}", text::answer(setup)),
        PacketKind::Refusal => format!("error for {m}"),
        PacketKind::Return => format!("return of {m}"),
        PacketKind::Delivery => format!("delivery of {m}"),
        PacketKind::ConsumerAck => format!("{} {m}", text::terms(setup).settlement.fault),
        PacketKind::Requeue | PacketKind::Reject => format!("nack of {m}"),
        PacketKind::Release => format!("release of {m}"),
    }
}

/// Returns what the number after `#` counts.
fn counted(kind: FaultKind) -> &'static str {
    let attempts = [PacketKind::Send, PacketKind::Ack, PacketKind::Refusal, PacketKind::Return];
    match kind {
        FaultKind::Lose(kind) | FaultKind::Late(kind) if attempts.contains(&kind) => "attempt",
        FaultKind::Refuse => "attempt",
        FaultKind::Crash(p) | FaultKind::PowerLoss(p) | FaultKind::PermanentLoss(p) => {
            match (p.sender(), p.node()) {
                (Some(_), _) => "attempt",
                (_, Some(_)) => "copy",
                _ => "delivery",
            }
        }
        _ => "delivery",
    }
}

fn line(setup: &CompiledScenario, op: Op) -> String {
    let answer = text::answer(setup);
    let text = match op {
        Op::Save => "the commit of the order",
        Op::InsertOutbox => "the insert of the order",
        Op::BeginTransaction | Op::Begin => "the begin",
        Op::Send => "sending",
        Op::Await => return format!("the wait for the {answer}"),
        Op::Backoff => "the backoff",
        Op::ReadRow => "the read of the row",
        Op::MarkSent => "the sent mark",
        Op::Return | Op::Fail => "the report",
        Op::Append => "storing",
        Op::Write => "the write",
        Op::Persist => "the fsync",
        Op::Replicate => "replication",
        Op::Fetch => "a follower's fetch",
        Op::Acknowledge => return format!("the {answer}"),
        Op::Ack => return format!("the {}", text::terms(setup).settlement.noun),
        Op::Receive => "receiving",
        Op::HandOff => "the hand-off",
        Op::CheckMemory | Op::CheckRedis => "the check",
        Op::MarkMemory | Op::MarkRedis => "the mark",
        Op::Claim | Op::ClaimInProgress => "the claim",
        Op::Complete => "the completion",
        Op::Inbox => "the inbox row",
        Op::Work | Op::Insert | Op::Upsert | Op::Set => "processing",
        Op::StoreOffset | Op::SendOffsets => "the offset",
        Op::Commit | Op::CommitTransaction => "the commit",
        Op::Call => "the email",
        Op::Produce => "the result",
        Op::Nack => "the nack",
        Op::Seek => "the seek",
        Op::Release => "the release",
        Op::DeadLetter => "the dead letter",
        Op::Stop => "the stop",
    };
    text.to_owned()
}
