//! Consumers of Kafka: when they commit, and what an error leads to.

use super::super::{attempts, batch as batches};
use super::batch;
use crate::check::Property;
use crate::import::answers::{AckPlace, Answers, Handler, OnError, Question};
use crate::import::ask::{ask_ack, ask_handler, ask_on_error, listed, program};
use crate::import::layers::Settings;
use crate::import::part::RemarkKind;
use crate::import::plan::{Forced, Half, Plan};
use crate::import::rules::Rule;
use crate::import::search::Tag;

const AUTO: &str = "consumer.kafka.enable.auto.commit";

/// When a consumer commits the offset of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Commit {
    /// By itself, in the next poll.
    InPoll,
    /// By itself, in the background, whatever the handler has done by then.
    Background,
    At(AckPlace),
}

/// What an error of the handler leads to in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// The record comes again, without end.
    Again,
    /// The consumer stops without a commit; started again, it gets the record again.
    Stop,
    /// So many tries, then the record is skipped.
    Skip(u64),
    /// So many tries, then the record is in a topic of dead letters.
    Park(u64),
    /// The error is caught.
    Swallow,
}

/// Returns the ways to run the consumer.
pub fn halves(plan: &mut Plan, mut settings: Settings, answers: &Answers) -> Vec<Half> {
    let handler = ask_handler(plan, answers);
    let commit = commit(plan, &mut settings, answers);
    batch::decide(plan, &mut settings, answers, commit == Commit::At(AckPlace::After));
    let failure = failure(plan, &settings, answers);
    let mut base = Half::of(&[]);
    if settings.get("isolation.level").is_some_and(|level| {
        level.to_lowercase().contains("committed") && !level.to_lowercase().contains("un")
    }) {
        base.set("consumer.kafka.isolation.level", "read_committed");
    }
    let by_duration =
        settings.get("auto.offset.reset").is_some_and(|reset| reset.starts_with("by_duration:"));
    if by_duration {
        let text = "auto.offset.reset: without a committed offset the consumer skips the records that \
                    are older than the duration; looked at as earliest. Before kafka-clients 4.0 the \
                    consumer does not start with it";
        plan.remark(RemarkKind::NotModeled, text);
    }
    let earliest = by_duration
        || settings.get("auto.offset.reset").is_some_and(|reset| {
            ["earliest", "smallest", "beginning"].contains(&reset.to_lowercase().as_str())
        });
    if settings.get("auto.offset.reset").is_some_and(|reset| reset == "none" || reset == "error") {
        let text = "auto.offset.reset: without a committed offset the consumer ends with an error; \
                    looked at as latest";
        plan.remark(RemarkKind::NotModeled, text);
    }
    base.set("consumer.kafka.auto.offset.reset", if earliest { "earliest" } else { "latest" });
    concurrency(&mut settings, &mut base);
    limits(&mut settings, &mut base);
    rules(plan, &settings);
    let mut all = Vec::new();
    for half in commits(handler, commit, &base, &settings) {
        all.push(failing(failure, &mut settings, half));
    }
    if !earliest {
        all.extend(first_start(plan, answers, all.first()));
    }
    background_gap(plan, commit);
    plan.take(&settings);
    all
}

/// Decides when offsets are committed.
fn commit(plan: &mut Plan, settings: &mut Settings, answers: &Answers) -> Commit {
    let auto = settings.is("enable.auto.commit");
    let explicit_off = settings.explicit("enable.auto.commit") && !auto;
    if let Some(mode) = settings.get("ack-mode").map(|m| m.to_uppercase().replace('-', "_")) {
        if auto {
            return Commit::InPoll;
        }
        if mode.starts_with("MANUAL") {
            return Commit::At(ask_ack(plan, answers, "acknowledge()"));
        }
        if matches!(mode.as_str(), "TIME" | "COUNT" | "COUNT_TIME") {
            let text = format!(
                "ack-mode {mode}: an offset is committed after a poll, but not after each one. The \
                 model commits after each poll, so that a crash repeats less"
            );
            plan.remark(RemarkKind::NotModeled, text);
        }
        return Commit::At(AckPlace::After);
    }
    if auto && settings.row("commit-strategy").is_some() && !settings.explicit("commit-strategy") {
        let why = "SmallRye commits nothing itself where enable.auto.commit is on";
        settings.derive("commit-strategy", "ignore", why);
    }
    if let Some(strategy) = settings.get("commit-strategy") {
        return match strategy {
            "ignore" if auto => Commit::Background,
            "ignore" => Commit::At(ask_ack(plan, answers, "the commit")),
            _ => Commit::At(AckPlace::After),
        };
    }
    let stores = settings.get("enable.auto.offset.store").is_none_or(|value| value != "false");
    match settings.get("commit").unwrap_or("in-poll") {
        "manual" => Commit::At(ask_ack(plan, answers, "the commit, or the mark of the offset,")),
        _ if explicit_off => Commit::At(ask_ack(plan, answers, "the commit")),
        "after" => Commit::At(AckPlace::After),
        "before" => Commit::At(AckPlace::Before),
        "background" if !stores => {
            Commit::At(ask_ack(plan, answers, "the call that stores the offset"))
        }
        "background" => Commit::Background,
        _ => Commit::InPoll,
    }
}

fn background_gap(plan: &mut Plan, commit: Commit) {
    if commit == Commit::Background {
        let text = "offsets are committed in the background, before or after the work; looked at \
                    both ways: committed before the work, and after it";
        plan.remark(RemarkKind::NotModeled, text);
    }
}

/// Decides what an error leads to: by an answer, or by the framework's settings.
fn failure(plan: &mut Plan, settings: &Settings, answers: &Answers) -> Failure {
    let tries = settings.number("tries").unwrap_or(1).max(1);
    let framework = framework_failure(plan, settings, tries);
    let own = settings.get("on-error").filter(|_| settings.row("failure-strategy").is_none());
    let (default, text) = match own {
        Some("die") => (OnError::Dies, "What happens when the handler fails?"),
        _ => (
            OnError::Throws,
            "What happens when the handler fails? (an error handler of your own, a dead-letter topic)",
        ),
    };
    match ask_on_error(plan, answers, default, text, &[OnError::Rejects]) {
        OnError::Throws => framework,
        OnError::Swallows => Failure::Swallow,
        OnError::Dies | OnError::Requeues | OnError::Rejects => Failure::Again,
        OnError::Parks => Failure::Park(tries),
    }
}

fn framework_failure(plan: &mut Plan, settings: &Settings, tries: u64) -> Failure {
    if settings.is("retry.topic") {
        let text = "a record that is tried again by way of a retry topic is overtaken by those \
                    behind it (Spring Kafka, non-blocking retries)";
        let (property, tags) = (Property::InOrder, Some(vec![Tag::Usual]));
        plan.forced.push(Forced { property, tags, text: text.into() });
        return Failure::Park(settings.number("retry.topic.attempts").unwrap_or(3));
    }
    match settings.get("failure-strategy") {
        Some("ignore") => return Failure::Swallow,
        Some("dead-letter-queue" | "delayed-retry-topic") => return Failure::Park(1),
        Some(_) => return Failure::Stop,
        None => {}
    }
    match settings.get("on-error") {
        Some("skip") => Failure::Skip(tries),
        Some("park") => Failure::Park(tries),
        _ => Failure::Again,
    }
}

/// Sets the limits of a poll that the files have.
fn limits(settings: &mut Settings, base: &mut Half) {
    for name in ["max.poll.interval.ms", "max.poll.records"] {
        let written = settings.number(name).filter(|_| settings.explicit(name));
        if let Some(value) = written {
            let value = value.clamp(1, u64::from(i32::MAX.unsigned_abs()));
            base.set(&format!("consumer.kafka.{name}"), value.to_string());
        }
    }
}

fn concurrency(settings: &mut Settings, base: &mut Half) {
    let Some(count) = settings.number("concurrency").filter(|count| *count > 1) else { return };
    base.set("consumer.count", "2");
    if count > 2 {
        settings.note("concurrency", "looked at as 2 consumers");
    }
}

/// Returns a program for each moment of the commit that is possible.
fn commits(handler: Handler, commit: Commit, base: &Half, settings: &Settings) -> Vec<Half> {
    let with = |auto: bool, ack: Option<AckPlace>| {
        let mut half = base.clone();
        half.set(AUTO, auto.to_string());
        half.set("consumer.program", program(handler, ack));
        half
    };
    // The offset is part of the transaction, whatever the settings say.
    if handler == Handler::Transaction {
        return vec![with(false, None)];
    }
    match commit {
        Commit::InPoll => vec![with(true, None)],
        Commit::At(place) => {
            let mut half = with(false, Some(place));
            batches::set(settings, &mut half);
            vec![half]
        }
        Commit::Background => vec![
            with(false, Some(AckPlace::Before)).labeled("committed before the work"),
            with(false, Some(AckPlace::After)).labeled("committed after the work"),
        ],
    }
}

/// Returns the half with what an error leads to.
fn failing(failure: Failure, settings: &mut Settings, mut half: Half) -> Half {
    let (reaction, tries) = match failure {
        Failure::Again => ("requeue", 1),
        Failure::Stop => ("stop", 1),
        Failure::Swallow => ("swallow", 1),
        Failure::Skip(tries) => ("skip", tries),
        // The dead letter is published and confirmed before the offset is committed.
        Failure::Park(tries) => ("dead-letter", tries),
    };
    half.set("consumer.on_error", reaction);
    let tries = attempts(settings, &["retry.topic.attempts", "tries"], tries);
    half.set("consumer.handler_attempts", tries.to_string());
    let whole = batches::is_whole(&half);
    if (tries > 1 && !whole) || batches::is_up_to_first_failure(&half) {
        let seeks = settings.get("seek-after-error") != Some("false");
        half.set("consumer.kafka.seek_after_error", seeks.to_string());
    }
    half.poison = true;
    half
}

/// Answers to whether the group has committed offsets before.
const NEW: &str = "no, it is a new group";
const OLD: &str = "yes, it has";

/// A new group that begins at the end of the log does not see what was sent before.
fn first_start(plan: &mut Plan, answers: &Answers, any: Option<&Half>) -> Option<Half> {
    plan.ask(Question {
        key: "new-group",
        text: "Has the consumer group committed offsets before?".into(),
        options: listed([("yes", NEW), ("no", OLD)]),
        taken: if answers.new_group == Some(false) { OLD } else { NEW }.into(),
        answered: answers.new_group.is_some(),
    });
    if answers.new_group == Some(false) {
        return None;
    }
    let mut half = any?.clone().labeled("at the first start of a new group");
    half.set("consumer.kafka.new_group", "true");
    half.set("consumer.starts_late", "true");
    half.circumstance = true;
    half.poison = false;
    half.silent_on = {
        use Property::{AppliedOnce, HandledOnce, InOrder, NeverStuck, StoredOnce};
        vec![StoredOnce, HandledOnce, AppliedOnce, InOrder, NeverStuck]
    };
    Some(half)
}

fn rules(plan: &mut Plan, settings: &Settings) {
    let interval = settings.number("max.poll.interval.ms");
    let records = settings.number("max.poll.records");
    let explicit =
        settings.explicit("max.poll.interval.ms") || settings.explicit("max.poll.records");
    if let (Some(interval), true) = (interval, explicit) {
        let place = super::place_of(settings, "max.poll.interval.ms")
            .or(super::place_of(settings, "max.poll.records"));
        let text = match records {
            Some(records) if records > 0 => format!(
                "max.poll.interval.ms {interval} for up to {records} record(s) of a poll: {} ms for \
                 each. If the work takes longer, the group gives the partition to another consumer",
                interval / records
            ),
            _ => format!(
                "max.poll.interval.ms {interval}: if the work between two polls takes longer, the \
                 group gives the partition to another consumer"
            ),
        };
        plan.rules.push(Rule::new(true, text, place, "Kafka ConsumerConfig.java"));
    }
}
