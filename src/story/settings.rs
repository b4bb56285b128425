//! The settings and faults of a scenario, as short labels.

use super::Chip;
use crate::sim::{
    Acknowledge, Backoff, BrokerSettings, FaultKind, FaultSpec, Moment, Nth, OnError, Op, Party,
    ProducerSettings, Setup, duration,
};
use crate::words;

pub(super) fn chips(setup: &Setup) -> Vec<Chip> {
    let chip = |who: &str, what: String| Chip { who: who.into(), what, fault: false };
    let mut chips = vec![
        chip("Producer", producer(setup)),
        chip("Broker", broker(setup)),
        chip("Consumer", consumer(setup)),
    ];
    let faults = &setup.scenario.faults;
    chips.extend(faults.iter().map(|f| Chip {
        who: String::new(),
        what: fault(setup, f),
        fault: true,
    }));
    chips
}

fn producer(setup: &Setup) -> String {
    let retry = match &setup.scenario.producer {
        ProducerSettings::FireAndForget => return "fire and forget".into(),
        ProducerSettings::Retry(retry) => retry,
    };
    let backoff = match retry.backoff {
        _ if retry.attempts == 1 => return "waits for the ack, 1 attempt".into(),
        Backoff::Fixed { delay_ms } => duration(delay_ms),
        Backoff::Exponential { first_ms, max_ms } => {
            format!("{} doubling to {}", duration(first_ms), duration(max_ms))
        }
    };
    format!("{} attempts, backoff {backoff}", retry.attempts)
}

fn broker(setup: &Setup) -> String {
    let BrokerSettings::Generic(generic) = &setup.scenario.broker;
    let mut what = match generic.acknowledge {
        Acknowledge::BeforePersist => "ack before persist".to_owned(),
        Acknowledge::AfterSync => "sync to disk before ack".into(),
        Acknowledge::AfterReplication(n) => {
            format!("replicate to {n} of {} before ack", generic.replicas)
        }
    };
    if !generic.redelivery {
        what += ", no redelivery";
    }
    if let Some(most) = generic.max_deliveries {
        what += &format!(", at most {most} deliveries");
    }
    if generic.dead_letter_queue {
        what += ", dead-letter queue";
    }
    what
}

fn consumer(setup: &Setup) -> String {
    let settings = &setup.scenario.consumer;
    let place = |op| settings.program.iter().position(|&o| o == op);
    let order = match (place(Op::Ack), place(Op::Work)) {
        (Some(ack), Some(work)) if ack < work => "ack before work",
        (Some(_), _) => "work, then ack",
        (None, _) => "never acks",
    };
    let times = if settings.count > 1 { format!("{} × ", settings.count) } else { String::new() };
    let on_error = match settings.on_error {
        OnError::Requeue => "",
        OnError::Reject => ", reject on error",
    };
    format!("{times}{order}{on_error}")
}

/// "ack of m1 lost, attempt 1".
fn fault(setup: &Setup, spec: &FaultSpec) -> String {
    let m = words::message(spec.at.msg);
    let packet = |kind| match kind {
        crate::sim::Kind::Send => m.clone(),
        crate::sim::Kind::Ack => format!("ack of {m}"),
        crate::sim::Kind::Delivery => format!("delivery of {m}"),
        crate::sim::Kind::ConsumerAck => format!("consumer's ack of {m}"),
        crate::sim::Kind::Requeue | crate::sim::Kind::Reject => format!("nack of {m}"),
    };
    let whom = |p: Party| words::party(setup, p).to_lowercase();
    let nth = match spec.at.nth {
        Nth::First => String::new(),
        Nth::Only(n) => format!(", {} {n}", counted(spec.kind)),
        Nth::Every => ", every time".into(),
    };
    let when = match spec.at.moment {
        Some(Moment::Before(op)) => format!(" before {} of {m}", line(op)),
        Some(Moment::After(op)) => format!(" after {} of {m}", line(op)),
        None => String::new(),
    };
    let what = match spec.kind {
        FaultKind::Lose(kind) => format!("{} lost", packet(kind)),
        FaultKind::Late(kind) => format!("{} late", packet(kind)),
        FaultKind::Crash(p) => format!("{} crashes", whom(p)),
        FaultKind::PowerLoss(p) => format!("{} loses power", whom(p)),
        FaultKind::Gone(p) => format!("{} gone for good", whom(p)),
        FaultKind::FailHandler => format!("handler fails on {m}"),
    };
    format!("{what}{when}{nth}")
}

/// What the number behind `#` counts.
fn counted(kind: FaultKind) -> &'static str {
    use crate::sim::Kind;
    match kind {
        FaultKind::Lose(Kind::Send | Kind::Ack) | FaultKind::Late(Kind::Send | Kind::Ack) => {
            "attempt"
        }
        FaultKind::Crash(Party::Producer) => "attempt",
        FaultKind::Lose(_) | FaultKind::Late(_) | FaultKind::FailHandler => "delivery",
        FaultKind::Crash(p) | FaultKind::PowerLoss(p) | FaultKind::Gone(p) => {
            if p.consumer().is_some() { "delivery" } else { "copy" }
        }
    }
}

fn line(op: Op) -> &'static str {
    match op {
        Op::Send => "sending",
        Op::Await => "the wait for the ack",
        Op::Backoff => "the backoff",
        Op::Return | Op::Fail => "the report",
        Op::Append => "storing",
        Op::Persist => "the sync to disk",
        Op::Replicate => "replication",
        Op::Acknowledge | Op::Ack => "the ack",
        Op::Receive => "receiving",
        Op::Work => "the work",
        Op::Nack => "the nack",
    }
}
