//! Kafka: producers, consumers and topics.

mod batch;
mod consumer;
mod idempotence;

pub use idempotence::wanted;

use super::{Chosen, place_of};
use crate::check::Property;
use crate::import::answers::{Answers, Question, SendFailure};
use crate::import::ask::{ask_send_failure, ask_version};
use crate::import::layers::{Settings, Version, Versions};
use crate::import::part::{RemarkKind, Side, System};
use crate::import::plan::{Given, Half, Harmless, Plan, Refusal, Sides};
use crate::import::rules::Rule;
use crate::sim::clients;

const PRODUCER: &str = "producer.kafka.";
const BROKER: &str = "broker.kafka.";
const IDEMPOTENCE: &str = "enable.idempotence";

pub fn plan(chosen: &Chosen, answers: &Answers) -> Plan {
    let given = Given {
        producer: chosen.producer.is_some(),
        consumer: chosen.consumer.is_some(),
        broker: chosen.broker.is_some(),
    };
    let mut plan = Plan::new(System::Kafka, "kafka-idempotent", given);
    let mut sides = Sides::default();
    if let Some(part) = &chosen.producer {
        let settings = Settings::of(part, &answers.versions);
        sides.producer = Some(producer(&mut plan, settings, answers));
    } else {
        plan.assumed(
            Side::Producer,
            "producer",
            "not given",
            "for losses an outbox with acks=all, for repeats an idempotent producer",
        );
    }
    if let Some(part) = &chosen.consumer {
        let settings = Settings::of(part, &answers.versions);
        sides.consumers = consumer::halves(&mut plan, settings, answers);
    } else {
        plan.assumed(
            Side::Consumer,
            "consumer",
            "not given",
            "one that remembers ids in the transaction of its work",
        );
    }
    match &chosen.broker {
        Some(part) => {
            let settings = Settings::of(part, &answers.versions);
            sides.brokers = broker(&mut plan, settings, &answers.versions);
        }
        None => {
            let why = "the topic is not in the files";
            plan.assumed(Side::Broker, "replication.factor", "3", why);
            plan.assumed(Side::Broker, "min.insync.replicas", "2", why);
            plan.assumed(Side::Broker, "unclean.leader.election.enable", "false", why);
            sides.brokers = vec![Half::of(&[])];
        }
    }
    dead_letter_topics(&mut plan, chosen, answers);
    plan.combine(sides, &harmless());
    plan
}

fn harmless() -> Harmless {
    Harmless {
        losses: Half::of(&[
            ("database", "outbox"),
            ("producer.kafka.max.in.flight.requests.per.connection", "1"),
        ]),
        repeats: Half::of(&[]),
        consumer: Half::of(&[
            ("consumer.kafka.enable.auto.commit", "false"),
            ("consumer.program", "receive,begin,inbox,work,commit,ack"),
        ]),
    }
}

/// Returns a number; "unlimited" and what is too large is the largest.
fn number(settings: &Settings, name: &str) -> u64 {
    settings.number(name).unwrap_or(u64::MAX)
}

fn producer(plan: &mut Plan, mut settings: Settings, answers: &Answers) -> Half {
    idempotence::adjust(&mut settings);
    let acks = match settings.get("acks").unwrap_or("all").trim() {
        "0" => "0",
        "1" => "1",
        _ => "all",
    };
    let mut half = Half::of(&[("producer.kafka.acks", acks)]);
    idempotence::decide(plan, &mut settings, acks, &mut half, answers);
    in_flight(&mut settings, &mut half);
    attempts(&mut settings, &mut half);
    if settings.get("transactional.id").is_some_and(|id| !id.is_empty()) {
        half.set(&format!("{PRODUCER}transactional.id"), "transactions");
    }
    // A source's task that fails begins anew at the last position that it has noted.
    let connect = settings.layer.id == "kafka-connect";
    let usual = if connect { SendFailure::Resent } else { SendFailure::Ignored };
    match ask_send_failure(plan, answers, usual) {
        SendFailure::Ignored => {}
        SendFailure::Resent => half.set("producer.on_restart", "resend"),
        SendFailure::Outbox => {
            half.set("database", "outbox");
            half.set(&format!("{PRODUCER}max.in.flight.requests.per.connection"), "1");
        }
    }
    timeouts(plan, &settings);
    for layer in settings.layer.chain() {
        let (library, taken) = layer.version;
        // An idempotent producer waits for all in any version.
        let idempotent = settings.explicit(IDEMPOTENCE) && settings.is(IDEMPOTENCE);
        let decides = match layer.id {
            "kafka-python" => plan.refused.is_none(),
            "kafka-java" => !settings.explicit("acks") && !idempotent && !connect,
            _ => false,
        };
        if decides {
            let why = match layer.id {
                "kafka-python" => "Up to 2.x there are no retries and no idempotence.",
                _ => {
                    "Before 3.0 the default is acks=1, before 3.0.1 there is no idempotence by default."
                }
            };
            ask_version(plan, answers, library, why, taken);
        }
    }
    plan.take(&settings);
    half
}

fn in_flight(settings: &mut Settings, half: &mut Half) {
    let name = "max.in.flight.requests.per.connection";
    let wanted = number(settings, name);
    let taken = clients::in_flight(wanted);
    if taken != wanted {
        settings.note(name, format!("looked at as {taken}"));
    }
    half.set(&format!("{PRODUCER}{name}"), taken.to_string());
}

/// Sets retries and the two timeouts, of which the model makes a number of attempts.
fn attempts(settings: &mut Settings, half: &mut Half) {
    let most = u64::from(i32::MAX.unsigned_abs());
    let retries = number(settings, "retries").min(most);
    let request = number(settings, "request.timeout.ms").clamp(1, most);
    let delivery =
        clients::delivery_timeout(settings.number("delivery.timeout.ms"), request, retries);
    let fit = (delivery / request).max(1);
    if settings.explicit("retries") && retries.saturating_add(1) > fit {
        let times = if fit == 1 { "1 attempt".to_owned() } else { format!("{fit} attempts") };
        settings.note("retries", format!("delivery.timeout.ms ends them after {times}"));
    }
    half.set(&format!("{PRODUCER}retries"), retries.to_string());
    half.set(&format!("{PRODUCER}request.timeout.ms"), request.to_string());
    half.set(&format!("{PRODUCER}delivery.timeout.ms"), delivery.to_string());
}

fn timeouts(plan: &mut Plan, settings: &Settings) {
    let bottom = settings.layer.chain().last().map_or("", |layer| layer.id);
    let source = match bottom {
        "kafka-java" => "Kafka ProducerConfig.java",
        "librdkafka" => "librdkafka CONFIGURATION.md",
        "kafka-python" => "kafka-python producer/kafka.py",
        // The others have one of the two at most.
        _ => return,
    };
    let (Some(delivery), Some(request)) =
        (settings.number("delivery.timeout.ms"), settings.number("request.timeout.ms"))
    else {
        return;
    };
    if !settings.explicit("delivery.timeout.ms") && !settings.explicit("request.timeout.ms") {
        return;
    }
    let place =
        place_of(settings, "delivery.timeout.ms").or(place_of(settings, "request.timeout.ms"));
    let text = format!(
        "delivery.timeout.ms {delivery} against request.timeout.ms {request}: {}",
        match delivery / request.max(1) {
            1 => "1 attempt fits".to_owned(),
            n => format!("{n} attempts fit"),
        }
    );
    plan.rules.push(Rule::new(delivery > request, text, place, source));
    // `KafkaProducer.configureDeliveryTimeout`; linger.ms comes on top.
    if bottom == "kafka-java" && settings.explicit("delivery.timeout.ms") && delivery < request {
        plan.refused = Some(Refusal {
            text: format!(
                "The client does not start: ConfigException \"delivery.timeout.ms should be equal to \
                 or larger than linger.ms + request.timeout.ms\", which are {delivery} and {request}"
            ),
            name: "delivery.timeout.ms".into(),
            remedy: format!("delivery.timeout.ms={request}"),
        });
    }
}

/// Returns the topic with all replicas in sync, and once the in-sync set has shrunk as far as
/// writes with acks=all still allow it.
fn broker(plan: &mut Plan, mut settings: Settings, versions: &Versions) -> Vec<Half> {
    copies_not_given(plan, &mut settings);
    let copies = settings.number("replication.factor").unwrap_or(1).clamp(1, 32_767);
    let taken = copies.min(3);
    let least = settings.number("min.insync.replicas").unwrap_or(1).max(1);
    let mut least_taken = least.min(taken);
    if copies > 3 {
        settings.note("replication.factor", "looked at as 3");
        least_taken = least.min(2);
        if least_taken != least {
            settings.note("min.insync.replicas", format!("looked at as {least_taken}"));
        }
    } else if least_taken != least {
        settings.note(
            "min.insync.replicas",
            format!("capped by the number of copies: looked at as {least_taken}"),
        );
    }
    let mut half = Half::of(&[
        ("broker.kafka.replication.factor", &taken.to_string()),
        ("broker.kafka.min.insync.replicas", &least_taken.to_string()),
    ]);
    let unclean = settings.is("unclean.leader.election.enable");
    half.set(&format!("{BROKER}unclean.leader.election.enable"), unclean.to_string());
    if !settings.explicit("unclean.leader.election.enable") {
        let text = "unclean.leader.election.enable is not in the files: false is assumed, the \
                    broker's default";
        plan.remark(RemarkKind::Assumed, text);
    }
    let version = settings.get("version").and_then(Version::read);
    let version =
        version.unwrap_or(versions.of(crate::import::layers::Layer::of("kafka-broker")).0);
    let modeled = match Some(version) {
        version if version < Version::read("4.0") => "3.9",
        version if version < Version::read("4.1") => "4.0",
        _ => "4.1",
    };
    half.set(&format!("{BROKER}version"), modeled);
    if let Some(brokers) = settings.number("brokers").filter(|brokers| *brokers < copies) {
        let text = format!("{copies} copies need as many brokers, and there are {brokers}");
        plan.remark(RemarkKind::Assumed, text);
    }
    plan.take(&settings);
    let mut all = vec![half.clone()];
    if taken > 1 && least_taken < taken {
        let mut shrunk = half.labeled(format!("with {least_taken} of {taken} replicas in sync"));
        shrunk.set(&format!("{BROKER}in_sync_at_start"), least_taken.to_string());
        shrunk.silent_on = {
            use Property::{AppliedOnce, HandledOnce, InOrder, StoredOnce};
            vec![StoredOnce, HandledOnce, AppliedOnce, InOrder]
        };
        all.push(shrunk);
    }
    all
}

/// A topic's own settings without its copies: `kafka-configs` does not print them, and a KafkaTopic
/// may leave them to the cluster.
fn copies_not_given(plan: &mut Plan, settings: &mut Settings) {
    if settings.explicit("replication.factor") || !settings.is("of-topic") {
        return;
    }
    settings.derive("replication.factor", "3", "assumed: the number of copies is not in the files");
    plan.ask(Question {
        key: "set",
        text: "How many copies has the topic?".into(),
        options: Vec::new(),
        taken: "replication.factor=3".into(),
        answered: false,
    });
}

/// Says what becomes of records in the topics that take dead letters.
fn dead_letter_topics(plan: &mut Plan, chosen: &Chosen, answers: &Answers) {
    for part in &chosen.dead_letters {
        let settings = Settings::of(part, &answers.versions);
        let copies = settings.number("replication.factor").unwrap_or(1);
        let name = &part.name;
        let fate = if copies == 1 {
            "with one copy, what is sent there is lost with its disk, and what is not yet fsynced \
             in a power loss"
        } else {
            "it is not judged"
        };
        let text = format!(
            "{name} is taken for a topic of dead letters, by its name: {copies} {}, {fate}",
            if copies == 1 { "copy" } else { "copies" }
        );
        plan.remark(RemarkKind::Assumed, text);
    }
}
