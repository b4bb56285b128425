//! Short labels for scripted faults: "ack of m1 lost, attempt 1".

use crate::sim::{
    CompiledScenario, FaultKind, FaultSpec, Occurrence, Op, PacketKind, Participant, ProgramPoint,
    Window,
};
use crate::text;

pub(super) fn label(setup: &CompiledScenario, spec: &FaultSpec) -> String {
    let m = text::message(spec.at.msg);
    let whom = |p: Participant| match text::party(setup, p) {
        name @ ("SQS" | "Redis") => name.to_owned(),
        // "Producer A" keeps its letter.
        name => text::clause(name),
    };
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
    let what = match spec.kind {
        FaultKind::Lose(kind) => format!("{} lost", packet(setup, kind, &m)),
        FaultKind::Late(kind) => format!("{} late", packet(setup, kind, &m)),
        FaultKind::Refuse => format!("transient error for {m}"),
        FaultKind::Crash(p) => format!("{} crashes", whom(p)),
        FaultKind::PowerLoss(p) => format!("{} loses power", whom(p)),
        FaultKind::PermanentLoss(p) => format!("{} permanently lost", whom(p)),
        FaultKind::Pause(p) => format!("{} pauses", whom(p)),
        FaultKind::Slow(p) => format!("{} takes too long", whom(p)),
        FaultKind::Resume(p) => format!("{} resumes", whom(p)),
        FaultKind::FailHandler => format!("handler fails on {m}"),
        FaultKind::Fail(op) => format!("{} of {m} fails", line(setup, op)),
        FaultKind::LoseReply(op) => format!("response to {} of {m} lost", line(setup, op)),
        FaultKind::Cut(a, b) => format!("{} cut off from {}", whom(a), whom(b)),
        FaultKind::Expire(Window::Dedup) => "deduplication window expires".into(),
        FaultKind::Expire(Window::Ttl) => format!("Redis TTL of {m} expires"),
        FaultKind::Expire(Window::Inbox) => format!("{m} pruned from the inbox"),
        // No step waits for it, so the exact point is meaningless.
        FaultKind::Expire(Window::Retention) => return "the retention period expires".into(),
        FaultKind::Twice => format!("{m} sent twice"),
        FaultKind::Reappear => format!("{m} redelivered after its delete"),
        FaultKind::Isolate => "leader cut off from its cluster".into(),
        FaultKind::MoveLeader => "planned leader change".into(),
        FaultKind::Replace => "producer pauses and is replaced".into(),
    };
    format!("{what}{when}{nth}")
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
        Op::BeginTransaction | Op::Begin => "the begin",
        Op::Send => "sending",
        Op::Await => return format!("the wait for the {answer}"),
        Op::Backoff => "the backoff",
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
        Op::Claim => "the claim",
        Op::Inbox => "the inbox row",
        Op::Work | Op::Insert | Op::Upsert | Op::Set => "processing",
        Op::StoreOffset | Op::SendOffsets => "the offset",
        Op::Commit | Op::CommitTransaction => "the commit",
        Op::Call => "the email",
        Op::Produce => "the result",
        Op::Nack => "the nack",
        Op::Seek => "the seek",
        Op::Release => "the release",
    };
    text.to_owned()
}
