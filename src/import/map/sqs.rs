//! SQS: queues, and consumers that are Lambda functions or programs of their own.

use super::{Chosen, place_of};
use crate::import::answers::{AckPlace, Answers, OnError};
use crate::import::ask::{ask_handler, ask_on_error, program};
use crate::import::layers::{Origin, Settings};
use crate::import::part::{Part, RemarkKind, Side, System};
use crate::import::plan::{Given, Half, Harmless, Plan, Refusal, Sides};
use crate::import::rules::Rule;

pub fn plan(chosen: &Chosen, answers: &Answers) -> Plan {
    let given = Given {
        producer: false,
        consumer: chosen.consumer.is_some(),
        broker: chosen.broker.is_some(),
    };
    let mut plan = Plan::new(System::Sqs, "sqs-standard", given);
    let mut sides = Sides::default();
    let queue = chosen.broker.as_ref().map(|part| Settings::of(part, &answers.versions));
    let fifo = queue.as_ref().is_some_and(|queue| queue.is("FifoQueue"));
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
                "standard, no dead-letter queue",
                "the queue is not in the files",
            );
            sides.brokers = vec![Half { expiry: true, ..Half::of(&[]) }];
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
    let early = settings.get("acks_late").is_some_and(|late| late != "true");
    let place = if early { AckPlace::Before } else { AckPlace::After };
    let mut base = Half::of(&[("consumer.program", &program(handler, Some(place)))]);
    batch(plan, &mut settings, fifo, &mut base);
    lambda(plan, &settings, queue);
    let text = "What happens when the handler fails?";
    let swallows = settings.get("acks_on_failure_or_timeout") == Some("true")
        || settings.get("acknowledgement-mode") == Some("ALWAYS");
    let default = if swallows { OnError::Swallows } else { OnError::Throws };
    let reaction =
        match ask_on_error(plan, answers, default, text, &[OnError::Rejects, OnError::Parks]) {
            OnError::Swallows => "swallow",
            OnError::Requeues => "requeue",
            _ => "leave",
        };
    base.set("consumer.on_error", reaction);
    base.poison = true;
    if part.layer.id == "celery-sqs" {
        base.set("consumer.count", "2");
    }
    if part.layer.id == "celery-sqs" {
        celery_rule(plan, &settings);
    }
    plan.take(&settings);
    vec![base]
}

fn batch(plan: &mut Plan, settings: &mut Settings, fifo: bool, base: &mut Half) {
    let name =
        if settings.get("BatchSize").is_some() { "BatchSize" } else { "MaxNumberOfMessages" };
    let size = settings.number(name).unwrap_or(1).max(1);
    let partial = settings
        .get("FunctionResponseTypes")
        .is_some_and(|types| types.contains("ReportBatchItemFailures"));
    let taken = match (fifo, name) {
        (true, "BatchSize") => 1,
        _ => size.min(4),
    };
    if taken != size {
        let how = match (fifo, partial) {
            (true, true) => "looked at as 1: the function stops at the first failure of a group",
            _ => "looked at as",
        };
        let note = if fifo { how.to_owned() } else { format!("{how} {taken}") };
        settings.note(name, note);
    }
    base.set("consumer.sqs.MaxNumberOfMessages", taken.to_string());
    if name != "BatchSize" || size == 1 {
        return;
    }
    let text = match (partial, fifo) {
        (false, _) => {
            "without ReportBatchItemFailures one failure brings the whole batch back: those that went \
             well are processed again even without a fault. The model answers for each message"
        }
        (true, true) => {
            "answers for a batch are not modeled; the function is taken to stop at the first failure \
             of a group and to report all the rest. If it goes on, the order is lost"
        }
        (true, false) => {
            "answers for a batch are not modeled: each message is looked at with an answer of its own"
        }
    };
    plan.remark(RemarkKind::NotModeled, text);
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
