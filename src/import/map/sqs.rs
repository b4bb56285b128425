//! SQS: queues, and consumers that are Lambda functions or programs of their own.

use super::{Chosen, batch as batches, place_of};
use crate::check::Property;
use crate::import::answers::{AckPlace, Answers, BatchFailure, OnError};
use crate::import::ask::{ask_ack, ask_batch, ask_handler, ask_on_error, program};
use crate::import::layers::{Origin, Settings};
use crate::import::part::{Part, RemarkKind, Side, System};
use crate::import::plan::{Forced, Given, Half, Harmless, Plan, Refusal, Sides};
use crate::import::rules::Rule;
use crate::import::search::Tag;

pub fn plan(chosen: &Chosen, answers: &Answers) -> Plan {
    let given = Given {
        producer: false,
        consumer: chosen.consumer.is_some(),
        broker: chosen.broker.is_some(),
    };
    let mut plan = Plan::new(System::Sqs, "sqs-standard", given);
    let mut sides = Sides::default();
    let queue = chosen.broker.as_ref().map(|part| Settings::of(part, &answers.versions));
    // The name of a FIFO queue ends so, and of no other.
    let named = chosen.consumer.as_ref().and_then(|part| part.refers_to.as_deref());
    let by_name = queue.is_none() && named.is_some_and(|name| name.ends_with(".fifo"));
    let fifo = by_name || queue.as_ref().is_some_and(|queue| queue.is("FifoQueue"));
    plan.assumed(
        Side::Producer,
        "sender",
        "not given",
        "the AWS SDK with its 3 attempts; for losses from an outbox",
    );
    match queue.clone() {
        Some(settings) => {
            let expiry = settings.number("maxReceiveCount").is_none();
            let half = self::queue(&mut plan, settings);
            sides.brokers = vec![Half { expiry, ..half }];
        }
        None => {
            plan.assumed(
                Side::Broker,
                "queue",
                if fifo { "FIFO, no dead-letter queue" } else { "standard, no dead-letter queue" },
                "the queue is not in the files",
            );
            let kind = Half::of(&[("broker.sqs.FifoQueue", &fifo.to_string())]);
            sides.brokers = vec![Half { expiry: true, ..kind }];
        }
    }
    match &chosen.consumer {
        Some(part) => {
            let half = consumer(&mut plan, part, queue.as_ref(), fifo, answers);
            sides.consumers = half;
        }
        None => plan.assumed(
            Side::Consumer,
            "consumer",
            "not given",
            "one that remembers ids in the transaction of its work",
        ),
    }
    dead_letter_queue(&mut plan, chosen, queue.as_ref());
    plan.combine(sides, &harmless(fifo));
    plan
}

fn harmless(fifo: bool) -> Harmless {
    // One call after the other keeps the order of a FIFO queue.
    let repeats =
        if fifo { Half::of(&[("producer.sqs.concurrent_sends", "1")]) } else { Half::of(&[]) };
    Harmless {
        losses: Half::of(&[("database", "outbox")]),
        repeats,
        consumer: Half {
            poison: true,
            ..Half::of(&[("consumer.program", "receive,begin,inbox,work,commit,ack")])
        },
    }
}

fn queue(plan: &mut Plan, mut settings: Settings) -> Half {
    let fifo = settings.is("FifoQueue");
    let mut half = Half::of(&[("broker.sqs.FifoQueue", &fifo.to_string())]);
    if settings.is("ContentBasedDeduplication") {
        if fifo {
            half.set("broker.sqs.ContentBasedDeduplication", "true");
        } else {
            settings
                .note("ContentBasedDeduplication", "standard queues do not deduplicate: no effect");
        }
    }
    if let Some(seconds) = settings.number("VisibilityTimeout") {
        half.set("broker.sqs.VisibilityTimeout", seconds.min(43_200).to_string());
    }
    if let Some(seconds) = settings.number("MessageRetentionPeriod") {
        half.set("broker.sqs.MessageRetentionPeriod", seconds.clamp(60, 1_209_600).to_string());
    }
    if let Some(count) = settings.number("maxReceiveCount") {
        let taken = count.clamp(1, 7);
        if taken != count {
            settings.note("maxReceiveCount", format!("looked at as {taken}"));
        }
        half.set("broker.sqs.maxReceiveCount", taken.to_string());
        if count < 3 {
            let text = format!(
                "maxReceiveCount {count}: a throttle, a timeout or a lost answer dead-letters a message \
                 that never failed; AWS advises at least 5 with Lambda"
            );
            let place = place_of(&settings, "maxReceiveCount");
            plan.rules.push(Rule::new(
                false,
                text,
                place,
                "docs.aws.amazon.com/lambda services-sqs-configure",
            ));
        }
    }
    plan.take(&settings);
    half
}

fn consumer(
    plan: &mut Plan,
    part: &Part,
    queue: Option<&Settings>,
    fifo: bool,
    answers: &Answers,
) -> Vec<Half> {
    let mut settings = Settings::of(part, &answers.versions);
    let handler = ask_handler(plan, answers);
    let early = settings.row("acks_late").is_some() && !settings.is("acks_late");
    let place = match settings.get("acknowledgement-mode") {
        Some("MANUAL") => ask_ack(plan, answers, "acknowledge()"),
        _ if early => AckPlace::Before,
        _ => AckPlace::After,
    };
    let mut base = Half::of(&[("consumer.program", &program(handler, Some(place)))]);
    batch(plan, &mut settings, (fifo, place), answers, &mut base);
    lambda(plan, &settings, queue);
    let text = "What happens when the handler fails?";
    let ends_timeout = settings.is("terminateVisibilityTimeout");
    let swallows = settings.is("acks_on_failure_or_timeout")
        || settings.get("acknowledgement-mode") == Some("ALWAYS");
    let default = if swallows { OnError::Swallows } else { OnError::Throws };
    let reaction =
        match ask_on_error(plan, answers, default, text, &[OnError::Rejects, OnError::Parks]) {
            OnError::Swallows => "swallow",
            OnError::Requeues => "requeue",
            OnError::Throws if ends_timeout => "requeue",
            _ => "leave",
        };
    base.set("consumer.on_error", reaction);
    base.poison = true;
    if settings.layer.id == "sqs-consumer" {
        sqs_consumer(plan, &settings, fifo, &mut base);
    }
    if part.layer.id == "celery-sqs" {
        base.set("consumer.count", "2");
        celery_rule(plan, &settings);
    }
    plan.take(&settings);
    vec![base]
}

/// Maximum number of messages of a batch that is looked at: no search has more.
const MOST: u64 = 4;

/// Sets the size of a batch, and how it is acknowledged.
fn batch(
    plan: &mut Plan,
    settings: &mut Settings,
    (fifo, place): (bool, AckPlace),
    answers: &Answers,
    base: &mut Half,
) {
    let mapping = settings.get("BatchSize").is_some();
    let name = if mapping { "BatchSize" } else { "MaxNumberOfMessages" };
    let size = settings.number(name).unwrap_or(1).max(1);
    let taken = size.min(MOST);
    if taken != size {
        settings.note(name, format!("looked at as {taken}"));
    }
    base.set("consumer.sqs.MaxNumberOfMessages", taken.to_string());
    if size == 1 {
        batches::each(settings, &format!("{name} is 1"));
    } else if mapping {
        of_lambda(plan, settings, fifo, answers);
    } else if settings.row("handleMessageBatch").is_some() {
        let failure = ask_batch(plan, answers, BatchFailure::Whole, &[]);
        let why = match failure {
            BatchFailure::Whole => "handleMessageBatch: nothing is deleted after an exception",
            _ => "handleMessageBatch: the messages that it returns are deleted",
        };
        batches::derive(settings, batches::of_handler(failure), why);
    } else if fifo && leaves_the_rest(settings) && place == AckPlace::After {
        let why = "FIFO queue: after a failure the rest of the group's messages is left for later \
                   (Spring Cloud AWS)";
        batches::derive(settings, "up-to-first-failure", why);
    }
    batches::set(settings, base);
}

/// Takes what sqs-consumer does besides.
fn sqs_consumer(plan: &mut Plan, settings: &Settings, fifo: bool, base: &mut Half) {
    if let Some(seconds) = settings.number("VisibilityTimeout") {
        base.set("broker.sqs.VisibilityTimeout", seconds.min(43_200).to_string());
    }
    if settings.row("heartbeatInterval").is_some() {
        base.set("consumer.sqs.heartbeat", "true");
    }
    let several = settings.number("MaxNumberOfMessages").is_some_and(|size| size > 1);
    if fifo && several && settings.row("handleMessageBatch").is_none() {
        let text = "handleMessage is called for all messages of a receive at once, those of the same \
                    group side by side (sqs-consumer, processMessage)";
        let (property, tags) = (Property::InOrder, Some(vec![Tag::NoFault]));
        plan.forced.push(Forced { property, tags, text: text.into() });
    }
}

/// Returns true for a listener of Spring Cloud AWS that acknowledges nothing that has failed.
fn leaves_the_rest(settings: &Settings) -> bool {
    settings.get("acknowledgement-mode").is_some_and(|mode| mode != "ALWAYS")
}

/// An event source mapping deletes the batch if the function succeeds, and nothing if it fails; or all
/// but the messages that the function reports.
fn of_lambda(plan: &mut Plan, settings: &mut Settings, fifo: bool, answers: &Answers) {
    const REPORTS: &str = "ReportBatchItemFailures";
    if !settings.get("FunctionResponseTypes").is_some_and(|types| types.contains(REPORTS)) {
        return;
    }
    // AWS asks the function of a FIFO queue to stop at the first failure, which keeps the order.
    let usual = if fifo { BatchFailure::FirstFailure } else { BatchFailure::GoodPart };
    let failure = ask_batch(plan, answers, usual, &[]);
    let why = match failure {
        BatchFailure::Whole => "a function that ends with an exception reports no single message",
        BatchFailure::GoodPart => "ReportBatchItemFailures: all but the reported messages",
        BatchFailure::FirstFailure => {
            "ReportBatchItemFailures: the function stops at the first failure, and reports it with \
             all that follow"
        }
    };
    batches::derive(settings, batches::of_handler(failure), why);
}

/// Compares the function's timeout with the queue's visibility timeout.
fn lambda(plan: &mut Plan, settings: &Settings, queue: Option<&Settings>) {
    let (Some(timeout), Some(queue)) = (settings.number("Timeout"), queue) else { return };
    let Some(visibility) = queue.number("VisibilityTimeout") else { return };
    let window = settings.number("MaximumBatchingWindowInSeconds").unwrap_or(0);
    let known =
        !matches!(settings.row("Timeout").map(|row| &row.origin), Some(Origin::Default { .. }))
            || settings.layer.id == "serverless";
    let place = place_of(queue, "VisibilityTimeout").or(place_of(settings, "Timeout"));
    const SOURCE: &str = "docs.aws.amazon.com/lambda services-sqs-configure";
    if !known {
        let text = format!(
            "the timeout of the function is not in the files; {timeout} s, Lambda's default, is assumed"
        );
        plan.remark(RemarkKind::Assumed, text);
    }
    if timeout > visibility {
        plan.refused = Some(Refusal {
            text: format!(
                "AWS refuses the event source mapping: the function's timeout of {timeout} s is longer \
                 than the queue's visibility timeout of {visibility} s"
            ),
            name: "VisibilityTimeout".into(),
            remedy: format!("VisibilityTimeout={}", 6 * timeout + window),
        });
        return;
    }
    let advice = 6 * timeout + window;
    let sum =
        if window > 0 { format!("6 × {timeout} + {window}") } else { format!("6 × {timeout}") };
    let text = format!(
        "visibility timeout {visibility} s against function timeout {timeout} s: AWS advises {sum} = \
         {advice} s"
    );
    plan.rules.push(Rule::new(visibility >= advice, text, place, SOURCE));
}

fn celery_rule(plan: &mut Plan, settings: &Settings) {
    let visibility = settings.number("visibility_timeout").unwrap_or(1800);
    let Some(limit) = settings.number("task_time_limit") else { return };
    let text = format!(
        "visibility_timeout {visibility} s against task_time_limit {limit} s: a task that runs for \
         longer than the first is given to a second worker"
    );
    let place = place_of(settings, "visibility_timeout");
    plan.rules.push(Rule::new(limit <= visibility, text, place, "celery/kombu transport/SQS"));
}

/// A FIFO queue needs a FIFO dead-letter queue, and a standard one a standard one.
fn dead_letter_queue(plan: &mut Plan, chosen: &Chosen, queue: Option<&Settings>) {
    let Some(fifo) = queue.map(|queue| queue.is("FifoQueue")) else { return };
    for part in &chosen.dead_letters {
        let other = Settings::of(part, &Default::default()).is("FifoQueue");
        if other != fifo {
            let text = format!(
                "the dead-letter queue {} has to be of the same type as its queue: AWS refuses it",
                part.name
            );
            plan.rules.push(Rule::new(
                false,
                text,
                Some(part.place),
                "SQS developer guide, dead-letter queues",
            ));
        }
    }
}
