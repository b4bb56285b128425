//! Consumers of RabbitMQ: when they acknowledge, and what an error leads to.

use super::super::{attempts, batch as batches};
use crate::check::Property;
use crate::import::answers::{AckPlace, Answers, OnError};
use crate::import::ask::{ask_ack, ask_handler, ask_on_error, ask_version, program};
use crate::import::keys::plain;
use crate::import::layers::{Settings, Version};
use crate::import::part::{Part, Remark, RemarkKind, Value};
use crate::import::plan::{Forced, Half, Plan};
use crate::import::search::Tag;

/// What an error of the handler leads to in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// `basic.nack` with requeue.
    Nack,
    /// `basic.reject` with requeue.
    RejectRequeue,
    /// The process ends; its messages come back as failed deliveries.
    Die,
    /// Negatively acknowledged for some errors; others end the process.
    NackOrDie,
    /// Rejected without requeue.
    Reject,
    /// So many tries in process, then rejected without requeue.
    TriesThenReject(u64),
    /// So many tries in process, then published to an error queue.
    TriesThenPark(u64),
    Swallow,
}

/// How a consumer acknowledges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ack {
    Auto,
    Never,
    At(AckPlace),
}

/// Returns the part without the settings of the other kind of Spring's containers, which have no effect.
pub fn of_container(plan: &mut Plan, part: &Part) -> Part {
    let mut own = part.clone();
    let kind = part.items.iter().rev().find(|item| item.name == "listener.type");
    let kind = match kind.map(|item| &item.value) {
        Some(Value::Text(kind)) => kind.to_lowercase(),
        _ => "simple".to_owned(),
    };
    let other = if kind == "direct" { "listenersimple" } else { "listenerdirect" };
    own.items.retain(|item| {
        let is_other = plain(&item.written).contains(other);
        if is_other {
            let text = format!("listener.type is {kind}: {} has no effect", item.written);
            let place = Some(item.place);
            plan.remarks.push(Remark { kind: RemarkKind::Overruled, place, text });
        }
        !is_other
    });
    own
}

/// Returns the ways to run the consumer.
pub fn halves(
    plan: &mut Plan,
    mut settings: Settings,
    answers: &Answers,
    counts_nacks: bool,
    quorum: bool,
) -> Vec<Half> {
    let handler = ask_handler(plan, answers);
    let ack = ack(plan, &settings, answers);
    let failure = failure(plan, &settings, answers, ack);
    let (lines, auto) = match ack {
        Ack::Auto => (program(handler, None), true),
        Ack::Never => (program(handler, None), false),
        Ack::At(place) => (program(handler, Some(place)), false),
    };
    let mut base = Half::of(&[("consumer.program", &lines)]);
    base.set("consumer.rabbitmq.auto_ack", auto.to_string());
    let size = batch(&mut settings, ack);
    if size > 1 {
        base.set("consumer.rabbitmq.batch_size", size.to_string());
        batches::set(&settings, &mut base);
    }
    overruled(&mut settings);
    prefetch(&mut settings, &mut base, size);
    concurrency(plan, &mut settings, &mut base);
    published(plan, &settings);
    let tries = match failure {
        Failure::TriesThenReject(tries) | Failure::TriesThenPark(tries) => tries,
        _ => 1,
    };
    let names = ["tries", "retry.max-attempts", "retry.max-retries"];
    base.set("consumer.handler_attempts", attempts(&mut settings, &names, tries).to_string());
    plan.take(&settings);
    failures(failure, &base, counts_nacks, quorum)
}

/// Drops the defaults of AMQP that the framework has another setting for, which says otherwise.
pub fn overruled(settings: &mut Settings) {
    if settings.get("acknowledge-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("none")) {
        settings.forget("auto_ack");
    }
    if settings.row("prefetch_multiplier").is_some() && !settings.explicit("prefetch_count") {
        settings.forget("prefetch_count");
    }
}

fn ack(plan: &mut Plan, settings: &Settings, answers: &Answers) -> Ack {
    if settings.row("acks_late").is_some() {
        let late = settings.is("acks_late");
        return Ack::At(if late { AckPlace::After } else { AckPlace::Before });
    }
    match settings.get("acknowledge-mode").map(str::to_lowercase).as_deref() {
        Some("none") => return Ack::Auto,
        Some("manual") => return Ack::At(ask_ack(plan, answers, "basicAck")),
        Some(_) => return Ack::At(AckPlace::After),
        None => {}
    }
    if settings.is("auto_ack") {
        return Ack::Auto;
    }
    match settings.get("commit") {
        Some("nowhere") => {
            let text = "no acknowledgment is found in the code: what is never acknowledged comes \
                        back when the connection ends";
            plan.remark(RemarkKind::Assumed, text);
            Ack::Never
        }
        Some("manual") => Ack::At(ask_ack(plan, answers, "the acknowledgment")),
        _ if settings.layer.id == "nestjs-rmq" => Ack::At(ask_ack(plan, answers, "channel.ack")),
        _ => Ack::At(AckPlace::After),
    }
}

fn failure(plan: &mut Plan, settings: &Settings, answers: &Answers, ack: Ack) -> Failure {
    let framework = framework(plan, settings, answers);
    let dies = matches!(framework, Failure::Die | Failure::NackOrDie);
    let default = if dies { OnError::Dies } else { OnError::Throws };
    let text = "What happens when the handler fails?";
    // Nothing is left to decide once the message is settled.
    if ack == Ack::Auto {
        return if framework == Failure::Swallow { framework } else { Failure::Die };
    }
    let tries = settings.number("tries").unwrap_or(1);
    match ask_on_error(plan, answers, default, text, &[]) {
        OnError::Throws => framework,
        OnError::Dies if framework == Failure::NackOrDie => framework,
        OnError::Dies => Failure::Die,
        OnError::Swallows => Failure::Swallow,
        OnError::Requeues => Failure::Nack,
        OnError::Rejects => Failure::Reject,
        OnError::Parks => Failure::TriesThenPark(tries),
    }
}

fn framework(plan: &mut Plan, settings: &Settings, answers: &Answers) -> Failure {
    if settings.get("acks_late").is_some() {
        return celery(plan, settings);
    }
    if settings.is("retry.enabled") {
        let tries = tries(plan, settings, answers);
        if settings.is("auto-bind-dlq") {
            return Failure::TriesThenPark(tries);
        }
        if settings.is("default-requeue-rejected") && settings.explicit("default-requeue-rejected")
        {
            let text = format!(
                "default-requeue-rejected: true does not help once retry is on: after {tries} tries \
                 the message is rejected without requeue"
            );
            plan.remark(RemarkKind::Overruled, text);
        }
        return Failure::TriesThenReject(tries);
    }
    match (settings.get("on-error"), settings.get("failure-strategy")) {
        (_, Some("accept")) => Failure::Swallow,
        (_, Some("requeue")) => Failure::Nack,
        (_, Some(_)) => Failure::Reject,
        (Some("nack"), _) => Failure::NackOrDie,
        (Some("reject-requeue"), _) => Failure::RejectRequeue,
        (Some("reject"), _) => Failure::Reject,
        (Some("park"), _) => Failure::TriesThenPark(settings.number("tries").unwrap_or(1)),
        (Some("die"), _) => Failure::Die,
        _ if settings.get("default-requeue-rejected") == Some("false") => Failure::Reject,
        _ => Failure::Nack,
    }
}

/// Returns the number of tries in process. Boot 4 counts retries, Boot 3 attempts; the key of the
/// other has no effect.
fn tries(plan: &mut Plan, settings: &Settings, answers: &Answers) -> u64 {
    // Spring Cloud Stream has a count of its own.
    if settings.row("tries").is_some() {
        return settings.number("tries").unwrap_or(3).max(1);
    }
    let (version, _) = answers.versions.of(settings.layer);
    let boot4 = Some(version) >= Version::read("4.0");
    let (own, other) = match boot4 {
        true => ("retry.max-retries", "retry.max-attempts"),
        false => ("retry.max-attempts", "retry.max-retries"),
    };
    if settings.explicit(own) || settings.explicit(other) {
        let why = "3 reads retry.max-attempts, 4 retry.max-retries.";
        ask_version(plan, answers, "spring-boot", why, "3.5");
    }
    if settings.explicit(other) {
        let text = format!(
            "{other} has no effect in Spring Boot {}: it is {own} there, and its default of 3 holds",
            if boot4 { 4 } else { 3 }
        );
        plan.remark(RemarkKind::NoEffect, text);
    }
    let count = settings.number(own).unwrap_or(3);
    if boot4 { count + 1 } else { count.max(1) }
}

/// A task that fails is acknowledged all the same, unless it is told otherwise.
fn celery(plan: &mut Plan, settings: &Settings) -> Failure {
    let late = settings.is("acks_late");
    if late && !settings.is("reject_on_worker_lost") {
        let text = "a worker's child that is killed loses its task: it is acknowledged unless \
                    task_reject_on_worker_lost is set. The model only has workers that die as a whole";
        plan.remark(RemarkKind::NotModeled, text);
    }
    match settings.is("acks_on_failure_or_timeout") || !late {
        true => Failure::Swallow,
        false => Failure::Reject,
    }
}

/// Maximum number of messages of a batch in the model.
const MOST: u64 = 10;

/// Returns how many messages are acknowledged together: Spring AMQP acknowledges, or rejects, all that
/// the container has received since the last time, whether its listener gets them one by one or as a
/// list (`SimpleMessageListenerContainer.doReceiveAndExecute`, `BlockingQueueConsumer`).
fn batch(settings: &mut Settings, ack: Ack) -> u64 {
    let size = settings.number("batch-size").unwrap_or(1);
    let list = settings.is("consumer-batch-enabled");
    if settings.row("batch-size").is_none() && !list {
        return 1;
    }
    let by_hand =
        settings.get("acknowledge-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("manual"));
    match ack {
        _ if size < 2 => {
            settings.note("consumer-batch-enabled", "batch-size is 1: a list of one message");
            1
        }
        Ack::At(AckPlace::After) if list || !by_hand => {
            let taken = size.min(MOST);
            if taken != size {
                settings.note("batch-size", format!("looked at as {taken}"));
            }
            let why = format!("batch-size={size}: acknowledged together, or put back together");
            batches::derive(settings, "whole", &why);
            taken
        }
        _ => {
            settings.note("batch-size", "each message is acknowledged by itself");
            1
        }
    }
}

/// Sets the prefetch count, which a container raises to the size of its batches: also one of 0, which
/// means no limit everywhere else.
fn prefetch(settings: &mut Settings, base: &mut Half, batch: u64) {
    let count = match settings.number("prefetch_multiplier") {
        Some(multiplier) => multiplier,
        None => settings.number("prefetch_count").unwrap_or(0),
    };
    let batch = if batch > 1 { settings.number("batch-size").unwrap_or(batch) } else { batch };
    let direct =
        settings.get("listener.type").is_some_and(|kind| kind.eq_ignore_ascii_case("direct"));
    let of_container = settings.layer.chain().any(|layer| layer.id == "spring-amqp") && !direct;
    if of_container && count < batch {
        let note = format!("raised to {batch}, the size of a batch");
        settings.note("prefetch_count", note);
    }
    let count = if of_container { count.max(batch) } else { count };
    if count > 255 {
        settings.note("prefetch_count", "looked at as 255");
    }
    base.set("consumer.rabbitmq.prefetch_count", count.min(255).to_string());
}

fn concurrency(plan: &mut Plan, settings: &mut Settings, base: &mut Half) {
    let most = settings.number("max-concurrency").unwrap_or(0);
    let count = settings.number("concurrency").unwrap_or(1).max(most);
    if settings.layer.id == "celery" {
        // A worker has a child for each processor.
        base.set("consumer.count", "2");
        plan.remark(
            RemarkKind::Assumed,
            "several workers, as by default: looked at as 2 consumers",
        );
    } else if count > 1 {
        base.set("consumer.count", "2");
        if count > 2 {
            settings.note("concurrency", "looked at as 2 consumers");
        }
    }
}

/// What a consumer publishes itself is not in the model.
fn published(plan: &mut Plan, settings: &Settings) {
    if settings.get("outbox") == Some("memory") {
        for property in [Property::NeverLostSilently, Property::NeverLost] {
            let text = "for what the consumer publishes: a crash after its commit, before the \
                        in-memory outbox is emptied (as the preset commit-then-send)";
            plan.forced.push(Forced { property, tags: Some(vec![Tag::Usual]), text: text.into() });
        }
    }
}

fn failures(failure: Failure, base: &Half, counts_nacks: bool, quorum: bool) -> Vec<Half> {
    let react = |reaction: &str, requeue_with: &str, label: &str, poison: bool| {
        let mut half = base.clone();
        half.set("consumer.on_error", reaction);
        half.set("consumer.rabbitmq.requeue_with", requeue_with);
        Half { label: label.into(), poison, ..half }
    };
    let nack = if counts_nacks { "reject" } else { "nack" };
    match failure {
        Failure::Nack => vec![react("requeue", nack, "", true)],
        Failure::RejectRequeue | Failure::Die => vec![react("requeue", "reject", "", true)],
        Failure::NackOrDie => {
            let mut all = vec![react(
                "requeue",
                nack,
                "the handler fails, and the message is put back",
                true,
            )];
            // On a classic queue both come to the same.
            if quorum && !counts_nacks {
                all.push(react("requeue", "reject", "the handler ends its process", true));
            }
            all
        }
        Failure::Reject => vec![react("reject", nack, "", true)],
        Failure::Swallow => vec![react("swallow", nack, "", true)],
        Failure::TriesThenReject(_) => vec![react("reject", nack, "", true)],
        // The message is published to the error queue and confirmed before it is acknowledged.
        Failure::TriesThenPark(_) => vec![react("dead-letter", nack, "", true)],
    }
}
