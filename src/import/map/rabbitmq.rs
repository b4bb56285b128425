//! RabbitMQ: publishers, consumers and queues.

mod consumer;

use super::{Chosen, place_of, redis};
use crate::check::Property;
use crate::import::answers::{Answers, SendFailure};
use crate::import::ask::{ask_send_failure, ask_version};
use crate::import::layers::{Settings, Version};
use crate::import::part::{Remark, RemarkKind, Side, System, Value};
use crate::import::plan::{Forced, Given, Half, Harmless, Plan, Refusal, Sides};

pub fn plan(chosen: &Chosen, answers: &Answers) -> Plan {
    let given = Given {
        producer: chosen.producer.is_some(),
        consumer: chosen.consumer.is_some(),
        broker: chosen.broker.is_some(),
    };
    let mut plan = Plan::new(System::Rabbitmq, "rabbitmq-quorum-queue", given);
    if let Some(part) = &chosen.consumer
        && part
            .items
            .iter()
            .any(|item| item.name == "broker" && item.value == Value::Text("Redis".into()))
    {
        redis::plan(&mut plan, Settings::of(part, &answers.versions), answers);
        return plan;
    }
    let mut sides = Sides::default();
    let queue = queue(&mut plan, chosen, answers);
    if let Some(part) = &chosen.producer {
        let mut settings = Settings::of(part, &answers.versions);
        if part.layer.id == "celery" {
            // Celery asks for confirms under a name of its own.
            settings.forget("confirm.select");
            let text = "depends on who calls again";
            plan.forced.push(Forced {
                property: Property::StoredOnce,
                tags: None,
                text: text.into(),
            });
        }
        sides.producer = Some(publisher(&mut plan, settings, answers));
    } else {
        plan.assumed(
            Side::Producer,
            "publisher",
            "not given",
            "confirmed and persistent; for losses from an outbox",
        );
    }
    if let Some(part) = &chosen.consumer {
        let part = consumer::of_container(&mut plan, part);
        let settings = Settings::of(&part, &answers.versions);
        sides.consumers =
            consumer::halves(&mut plan, settings, answers, queue.counts_nacks, queue.quorum);
    } else {
        plan.assumed(
            Side::Consumer,
            "consumer",
            "not given",
            "one that remembers ids in the transaction of its work",
        );
    }
    sides.brokers = vec![queue.half];
    plan.combine(sides, &harmless(queue.counts_nacks));
    plan
}

fn harmless(counts_nacks: bool) -> Harmless {
    let requeue_with = if counts_nacks { "reject" } else { "nack" };
    let confirmed = |more: &[(&str, &str)]| {
        let base = [
            ("producer.rabbitmq.confirm.select", "true"),
            ("producer.rabbitmq.mandatory", "true"),
            ("producer.rabbitmq.delivery_mode", "2"),
            ("producer.rabbitmq.outstanding_confirms", "1"),
        ];
        Half::of(&[&base, more].concat())
    };
    Harmless {
        losses: confirmed(&[("database", "outbox")]),
        repeats: confirmed(&[("producer.rabbitmq.publish_attempts", "1")]),
        consumer: Half {
            // Whether a message that always fails ends is the queue's decision.
            poison: true,
            ..Half::of(&[
                ("consumer.program", "receive,begin,inbox,work,commit,ack"),
                ("consumer.rabbitmq.prefetch_count", "1"),
                ("consumer.rabbitmq.requeue_with", requeue_with),
            ])
        },
    }
}

fn publisher(plan: &mut Plan, mut settings: Settings, answers: &Answers) -> Half {
    let confirms = match settings.get("confirm.select").unwrap_or("none") {
        "correlated" | "simple" | "true" => true,
        _ => settings.is("confirm_publish"),
    };
    let mandatory = settings.is("mandatory")
        // Spring: unset, template.mandatory is what publisher-returns is.
        || !settings.explicit("mandatory") && settings.is("publisher-returns");
    let mode = if settings.get("delivery_mode") == Some("2") { "2" } else { "1" };
    let mut half = Half::of(&[
        ("producer.rabbitmq.confirm.select", &confirms.to_string()),
        ("producer.rabbitmq.mandatory", &mandatory.to_string()),
        ("producer.rabbitmq.delivery_mode", mode),
        ("producer.rabbitmq.publish_attempts", "1"),
    ]);
    if settings.get("outstanding") == Some("1") {
        half.set("producer.rabbitmq.outstanding_confirms", "1");
    }
    match ask_send_failure(plan, answers, SendFailure::Ignored) {
        SendFailure::Ignored if confirms && settings.layer.id == "amqp-connection-manager" => {
            half.set("producer.rabbitmq.publish_attempts", "3");
            let text = "amqp-connection-manager publishes again, on the next connection, what was not \
                        confirmed on the last one; a crash of the process ends that";
            plan.remark(RemarkKind::Assumed, text);
        }
        SendFailure::Ignored => {}
        SendFailure::Resent if !confirms => {
            let text = "without confirms the publisher does not learn that a publish failed, so nothing is \
                 sent again";
            plan.remark(RemarkKind::Overruled, text);
        }
        SendFailure::Resent => {
            half.set("producer.rabbitmq.publish_attempts", "3");
            half.set("producer.on_restart", "resend");
        }
        SendFailure::Outbox => {
            half.set("database", "outbox");
            half.set("producer.rabbitmq.outstanding_confirms", "1");
        }
    }
    if settings.layer.id == "spring-amqp" && settings.get("confirm.select") == Some("simple") {
        settings.note("confirm.select", "confirms count where the code waits for them");
    }
    plan.take(&settings);
    half
}

/// The queue as the model has it.
struct Queue {
    half: Half,
    quorum: bool,
    /// A `basic.nack` counts towards the delivery limit: up to 4.2.
    counts_nacks: bool,
}

fn queue(plan: &mut Plan, chosen: &Chosen, answers: &Answers) -> Queue {
    let version = answers.versions.0.iter().find(|(name, _)| name.eq_ignore_ascii_case("rabbitmq"));
    if chosen.broker.is_none() && is_celery(chosen) {
        return celery_queue(plan);
    }
    let Some(part) = &chosen.broker else {
        let why = "the queue is not in the files";
        plan.assumed(Side::Broker, "x-queue-type", "quorum", why);
        plan.assumed(Side::Broker, "nodes", "3", why);
        plan.assumed(Side::Broker, "x-delivery-limit", "20", why);
        plan.assumed(Side::Broker, "x-dead-letter-exchange", "none", why);
        let counts = version.is_some_and(|(_, version)| Some(*version) < Version::read("4.3"));
        if chosen.consumer.is_some() {
            ask_version(plan, answers, "RabbitMQ", NACKS, "4.3");
        }
        return Queue { half: Half::of(&[]), quorum: true, counts_nacks: counts };
    };
    let mut settings = Settings::of(part, &answers.versions);
    let own = settings.get("version").and_then(Version::read);
    let known = version.map(|(_, version)| *version).or(own);
    let counts_nacks = known.is_some_and(|version| Some(version) < Version::read("4.3"));
    let quorum = kind(plan, &mut settings);
    let refused = !quorum && is_transient(&settings) && !settings.is("exclusive");
    let known = match known {
        None if refused => {
            ask_version(plan, answers, "RabbitMQ", TRANSIENT, "4.2");
            Version::read("4.2")
        }
        None => {
            ask_version(plan, answers, "RabbitMQ", if quorum { NACKS } else { TIMEOUT }, "4.3");
            None
        }
        known => known,
    };
    let mut half =
        Half::of(&[("broker.rabbitmq.x-queue-type", if quorum { "quorum" } else { "classic" })]);
    let nodes = nodes(plan, &mut settings, quorum);
    half.set("broker.rabbitmq.nodes", nodes);
    if let Some(version) = known {
        half.set("broker.rabbitmq.version", modeled(version));
    }
    durable(plan, &settings, quorum, known, &mut half);
    lifetime(plan, &settings, quorum);
    limit(&mut settings, quorum, known, &mut half);
    dead_letters(plan, &mut settings, quorum, &mut half);
    if let Some(ms) = settings.number("x-consumer-timeout") {
        let ms = ms.clamp(1, u64::from(i32::MAX.unsigned_abs()));
        half.set("broker.rabbitmq.consumer_timeout", ms.to_string());
    }
    if settings.is("x-single-active-consumer") {
        half.set("broker.rabbitmq.x-single-active-consumer", "true");
    }
    if settings.get("bound") == Some("false") {
        half.set("broker.rabbitmq.bound", "false");
    }
    plan.take(&settings);
    Queue { half, quorum, counts_nacks }
}

fn is_celery(chosen: &Chosen) -> bool {
    let sides = [&chosen.producer, &chosen.consumer];
    sides.into_iter().flatten().any(|part| part.layer.id == "celery")
}

/// Celery declares its queues itself: classic and durable, unless it is told otherwise.
fn celery_queue(plan: &mut Plan) -> Queue {
    let why = "Celery declares classic queues, unless task_queues says otherwise";
    plan.assumed(Side::Broker, "x-queue-type", "classic", why);
    let half =
        Half::of(&[("broker.rabbitmq.x-queue-type", "classic"), ("broker.rabbitmq.nodes", "1")]);
    Queue { half, quorum: false, counts_nacks: false }
}

/// Returns the version of the model that delivers like this one.
fn modeled(version: Version) -> &'static str {
    match Some(version) {
        version if version < Version::read("4.0") => "3.13",
        version if version < Version::read("4.3") => "4.2",
        _ => "4.3",
    }
}

/// What the version of RabbitMQ decides on for a quorum queue, a classic queue, and a transient one.
const NACKS: &str =
    "Up to 4.2 a basic.nack counts towards x-delivery-limit, from 4.3 on it does not.";
const TIMEOUT: &str = "Up to 4.2 a consumer that does not acknowledge a message of a classic queue \
                       within consumer_timeout loses its channel, from 4.3 on it does not.";
const TRANSIENT: &str =
    "4.3 refuses to declare this queue, which is neither durable nor exclusive.";

fn kind(plan: &mut Plan, settings: &mut Settings) -> bool {
    match settings.get("x-queue-type").unwrap_or("classic").to_lowercase().as_str() {
        "quorum" => true,
        "stream" => {
            plan.remark(
                RemarkKind::NotModeled,
                "a stream is not modeled; looked at as a quorum queue",
            );
            settings.note("x-queue-type", "looked at as quorum");
            true
        }
        _ => false,
    }
}

fn nodes(plan: &mut Plan, settings: &mut Settings, quorum: bool) -> &'static str {
    match (quorum, settings.number("nodes")) {
        (false, _) => "1",
        (true, Some(1)) => "1",
        (true, Some(3)) => "3",
        (true, Some(_)) => {
            settings.note("nodes", "looked at as 3");
            "3"
        }
        (true, None) => {
            plan.assumed(
                Side::Broker,
                "nodes",
                "3",
                "how many nodes the cluster has is not in the files",
            );
            "3"
        }
    }
}

fn is_transient(settings: &Settings) -> bool {
    settings.get("durable") == Some("false")
}

fn durable(
    plan: &mut Plan,
    settings: &Settings,
    quorum: bool,
    version: Option<Version>,
    half: &mut Half,
) {
    if !is_transient(settings) {
        return;
    }
    if quorum {
        plan.refused = Some(Refusal {
            text: "The queue is not declared: a quorum queue is durable (PRECONDITION_FAILED)"
                .into(),
            name: "durable".into(),
            remedy: "durable=true".into(),
        });
        return;
    }
    half.set("broker.rabbitmq.durable", "false");
    half.set("broker.rabbitmq.deprecated_features.permit.transient_nonexcl_queues", "true");
    if !settings.is("exclusive") && version >= Version::read("4.3") {
        plan.refused = Some(Refusal {
            text: "RabbitMQ 4.3 refuses to declare a queue that is neither durable nor exclusive"
                .into(),
            name: "durable".into(),
            remedy: "durable=true".into(),
        });
    }
}

/// Says that a queue does not stay: the model's queues do. A quorum queue always does
/// (rabbitmq-server `rabbit_quorum_queue:declare/2`).
fn lifetime(plan: &mut Plan, settings: &Settings, quorum: bool) {
    let kinds = [
        ("auto_delete", "when its last consumer goes"),
        ("exclusive", "when the connection ends that declared it"),
    ];
    for (name, end) in kinds.into_iter().filter(|(name, _)| settings.is(name)) {
        if quorum {
            let text = format!(
                "The queue is not declared: a quorum queue cannot be {name} (PRECONDITION_FAILED)"
            );
            let remedy = format!("{name}=false");
            plan.refused.get_or_insert(Refusal { text, name: name.into(), remedy });
            continue;
        }
        let text = format!(
            "{name} is not modeled: the queue is deleted {end}, and all that is in it is lost \
             silently. The queues here stay"
        );
        let place = place_of(settings, name);
        plan.remarks.push(Remark { kind: RemarkKind::NotModeled, place, text });
    }
}

/// Sets the delivery limit, whose default the version decides.
fn limit(settings: &mut Settings, quorum: bool, version: Option<Version>, half: &mut Half) {
    let name = "broker.rabbitmq.x-delivery-limit";
    let limit = settings.get("x-delivery-limit").and_then(|text| text.trim().parse::<i64>().ok());
    match limit {
        Some(_) if !quorum => {
            settings.note("x-delivery-limit", "classic queues have none: no effect")
        }
        Some(limit) if limit > 100 => {
            settings.note("x-delivery-limit", "looked at as 100");
            half.set(name, "100");
        }
        // There was no limit by default before 4.0, and no value for it.
        Some(limit) if limit < 0 && version.is_some_and(|v| Some(v) < Version::read("4.0")) => {}
        Some(limit) if limit < 0 => half.set(name, "-1"),
        Some(limit) => half.set(name, limit.to_string()),
        None => {}
    }
}

fn dead_letters(plan: &mut Plan, settings: &mut Settings, quorum: bool, half: &mut Half) {
    if settings.get("x-dead-letter-exchange").is_none() && !settings.is("auto-bind-dlq") {
        return;
    }
    half.set("broker.rabbitmq.x-dead-letter-exchange", "dead-letters");
    if settings.get("dead-letter-bound") == Some("false") {
        half.set("broker.rabbitmq.dead_letter_bound", "false");
    }
    let wanted = settings.get("x-dead-letter-strategy") == Some("at-least-once");
    let overflow = settings.get("x-overflow") == Some("reject-publish");
    if wanted && overflow && quorum {
        half.set("broker.rabbitmq.x-overflow", "reject-publish");
        half.set("broker.rabbitmq.x-dead-letter-strategy", "at-least-once");
    } else if wanted {
        settings.note(
            "x-dead-letter-strategy",
            "falls back to at-most-once without x-overflow=reject-publish",
        );
    } else {
        let text = "x-dead-letter-strategy is at-most-once: a message that is moved to the \
                    dead-letter queue is not confirmed there, and can be lost on the way";
        plan.remark(RemarkKind::Assumed, text);
    }
}
