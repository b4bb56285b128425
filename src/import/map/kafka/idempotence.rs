//! The idempotent producer: what each client makes of settings that go together with it.

use crate::import::answers::Answers;
use crate::import::ask::ask_version;
use crate::import::layers::{Layer, Origin, Settings, Version};
use crate::import::part::RemarkKind;
use crate::import::plan::{Half, Plan, Refusal};

const ACKS: &str = "acks";
const RETRIES: &str = "retries";
const IN_FLIGHT: &str = "max.in.flight.requests.per.connection";
const IDEMPOTENCE: &str = "enable.idempotence";

/// What a client does with an idempotent producer.
struct Client {
    layer: &'static str,
    /// What the user has not set fits by itself.
    adjusts: bool,
    /// The maximum number of requests in flight.
    in_flight: u64,
    /// It sends one request at a time to a broker, whatever is set, and tries again without end.
    serializes: bool,
    /// The settings that it compares: what does not fit is refused.
    compares: &'static [&'static str],
    /// It does so, too, where idempotence is on by default; else idempotence goes off.
    compares_by_default: bool,
}

impl Client {
    const fn of(layer: &'static str, compares: &'static [&'static str]) -> Client {
        Client {
            layer,
            adjusts: true,
            in_flight: 5,
            serializes: false,
            compares,
            compares_by_default: true,
        }
    }
}

/// Sources: kafka-clients `ProducerConfig.postProcessAndValidateIdempotenceConfigs`; librdkafka
/// `CONFIGURATION.md` ("adjusted automatically (if not modified by the user)") and
/// `rd_kafka_conf_finalize`; kafkajs `producer/index.js` (retries), `messageProducer.js` and
/// `sendMessages.js` (a lock for each broker); sarama
/// `Config.Validate`; franz-go `cfg.validate`; aiokafka `producer.py`; kafka-python
/// `producer/kafka.py`.
const CLIENTS: [Client; 7] = [
    Client { compares_by_default: false, ..Client::of("kafka-java", &[ACKS, RETRIES, IN_FLIGHT]) },
    Client::of("librdkafka", &[ACKS, RETRIES, IN_FLIGHT]),
    Client { adjusts: false, serializes: true, ..Client::of("kafkajs", &[ACKS, RETRIES]) },
    Client { adjusts: false, in_flight: 1, ..Client::of("sarama", &[ACKS, RETRIES, IN_FLIGHT]) },
    Client::of("franz-go", &[ACKS, IN_FLIGHT]),
    Client::of("aiokafka", &[ACKS]),
    Client {
        compares_by_default: false,
        ..Client::of("kafka-python", &[ACKS, RETRIES, IN_FLIGHT])
    },
];

/// A client of which nothing is known: what does not fit takes its idempotence away, so that nothing
/// is proved by it.
const OTHERS: Client = Client { adjusts: false, compares_by_default: false, ..Client::of("", &[]) };

/// Returns the client at the bottom of the layers, and what it does.
fn client(settings: &Settings) -> (&'static Layer, &'static Client) {
    let bottom = settings.layer.chain().last().unwrap_or(settings.layer);
    (bottom, CLIENTS.iter().find(|client| client.layer == bottom.id).unwrap_or(&OTHERS))
}

fn is_transactional(settings: &Settings) -> bool {
    settings.get("transactional.id").is_some_and(|id| !id.is_empty())
}

fn number(settings: &Settings, name: &str) -> u64 {
    settings.number(name).unwrap_or(u64::MAX)
}

/// Fits the client's own defaults to an idempotent producer. What a framework passes on is set as far
/// as the client is concerned.
pub fn adjust(settings: &mut Settings) {
    let (bottom, client) = client(settings);
    if !settings.is(IDEMPOTENCE) && !is_transactional(settings) {
        return;
    }
    let waits = settings.get(ACKS).is_none_or(|acks| ["all", "-1"].contains(&acks.trim()));
    if client.serializes && waits {
        if settings.get(IN_FLIGHT) != Some("1") {
            settings.derive(IN_FLIGHT, "1", "idempotence sends one request at a time to a broker");
        }
        if !settings.explicit(RETRIES) {
            settings.derive(RETRIES, &i32::MAX.to_string(), "idempotence sets it");
        }
    }
    if !client.adjusts {
        return;
    }
    let unset = |settings: &Settings, name: &str| match settings.row(name).map(|row| &row.origin) {
        Some(Origin::Default { layer, .. }) => *layer == bottom.label,
        Some(_) => false,
        None => true,
    };
    let why = "idempotence sets it";
    if unset(settings, ACKS) && settings.get(ACKS) != Some("all") {
        settings.derive(ACKS, "all", why);
    }
    if unset(settings, RETRIES) && settings.number(RETRIES) == Some(0) {
        settings.derive(RETRIES, &i32::MAX.to_string(), why);
    }
    if unset(settings, IN_FLIGHT) && number(settings, IN_FLIGHT) > client.in_flight {
        settings.derive(IN_FLIGHT, &client.in_flight.to_string(), why);
    }
}

/// Decides on idempotence: on by default it goes off silently, or the client refuses to start.
pub fn decide(
    plan: &mut Plan,
    settings: &mut Settings,
    acks: &str,
    half: &mut Half,
    answers: &Answers,
) {
    let (bottom, client) = client(settings);
    let explicit = settings.explicit(IDEMPOTENCE);
    let transactional = is_transactional(settings);
    let on = settings.is(IDEMPOTENCE);
    let conflict = conflict(settings, acks, client);
    let effective = match conflict {
        _ if !on => false,
        None => true,
        Some((name, what)) => {
            let java = bottom.id == "kafka-java";
            if transactional && client.compares.contains(&name) {
                refuse(plan, name, &format!("{what} with a transactional.id"), client);
            } else if explicit && client.compares.contains(&name) {
                refuse(plan, name, &format!("{what} with enable.idempotence=true"), client);
            } else if client.compares_by_default && client.compares.contains(&name) {
                let what = format!("{what} with idempotence, which is on by default");
                refuse(plan, name, &what, client);
            } else if java && name == IN_FLIGHT {
                in_flight_by_version(plan, answers, &what);
            }
            settings.derive(IDEMPOTENCE, "false", format!("off because of {what}"));
            false
        }
    };
    half.set("producer.kafka.enable.idempotence", effective.to_string());
    if transactional && !effective {
        half.set("producer.kafka.acks", "all");
        settings.derive(IDEMPOTENCE, "true", "transactions need it");
        half.set("producer.kafka.enable.idempotence", "true");
    }
}

/// Returns what the client of a layer wants set beside `enable.idempotence=true`, where the settings do not
/// fit and it would refuse to start. `get` returns a value, and whether the user has set it.
pub fn wanted(
    layer: &'static Layer,
    get: &dyn Fn(&str) -> Option<(String, bool)>,
) -> Vec<(&'static str, String)> {
    let bottom = layer.chain().last().unwrap_or(layer);
    let Some(client) = CLIENTS.iter().find(|client| client.layer == bottom.id) else {
        return Vec::new();
    };
    // Its own defaults a client may adjust by itself.
    let get = |name: &str| get(name).filter(|(_, is_set)| *is_set || !client.adjusts);
    let text = |name: &str| get(name).map(|(value, _)| value.trim().to_owned());
    let number = |name: &str| text(name).map(|value| value.parse::<u64>().unwrap_or(u64::MAX));
    let mut wanted = Vec::new();
    if text(ACKS).is_some_and(|acks| !["all", "-1"].contains(&acks.as_str())) {
        wanted.push((ACKS, "all".to_owned()));
    }
    if number(RETRIES) == Some(0) {
        wanted.push((RETRIES, i32::MAX.to_string()));
    }
    if number(IN_FLIGHT).is_some_and(|count| count > client.in_flight) {
        wanted.push((IN_FLIGHT, client.in_flight.to_string()));
    }
    wanted.retain(|(name, _)| client.compares.contains(name));
    wanted
}

/// Returns the setting that does not go together with idempotence, and its value in words.
fn conflict(settings: &Settings, acks: &str, client: &Client) -> Option<(&'static str, String)> {
    if acks != "all" {
        return Some((ACKS, format!("acks={acks}")));
    }
    if settings.number(RETRIES) == Some(0) && client.compares.contains(&RETRIES) {
        return Some((RETRIES, "retries=0".to_owned()));
    }
    let most = client.in_flight;
    let what = match most {
        1 => "more than one request in flight".to_owned(),
        most => format!("more than {most} requests in flight"),
    };
    (number(settings, IN_FLIGHT) > most).then_some((IN_FLIGHT, what))
}

/// A conflict with idempotence that was asked for: the client does not start.
fn refuse(plan: &mut Plan, name: &str, what: &str, client: &Client) {
    let most = client.in_flight;
    let (needs, remedy) = match name {
        ACKS => (
            "Must set acks to all in order to use the idempotent producer".to_owned(),
            "acks=all".to_owned(),
        ),
        RETRIES => (
            "Must set retries to non-zero when using the idempotent producer".to_owned(),
            "retries unset".to_owned(),
        ),
        _ => (
            format!("Must set {IN_FLIGHT} to at most {most} to use the idempotent producer"),
            format!("{IN_FLIGHT}={most}"),
        ),
    };
    let error = match client.layer {
        "kafka-java" => format!("ConfigException \"{needs}\""),
        _ => "it ends with an error".into(),
    };
    plan.refused = Some(Refusal {
        text: format!("The client does not start: {what}; {error}"),
        name: name.into(),
        remedy,
    });
}

/// Kafka 4.0 refuses what 3.x only warned of (KAFKA-17927).
fn in_flight_by_version(plan: &mut Plan, answers: &Answers, what: &str) {
    let given = answers.versions.0.iter().find(|(name, _)| name == "kafka-clients");
    let why = "From 4.0 on the client refuses to start with more than 5 in flight; before, it \
               switches idempotence off.";
    ask_version(plan, answers, "kafka-clients", why, "3.9");
    let refuses = given.is_some_and(|(_, version)| Some(*version) >= Version::read("4.0"));
    if refuses {
        plan.refused = Some(Refusal {
            text: format!(
                "The client does not start from kafka-clients 4.0 on: {what} with idempotence, which \
                 is on by default; ConfigException"
            ),
            name: IN_FLIGHT.into(),
            remedy: "max.in.flight.requests.per.connection=5".into(),
        });
    } else if given.is_none() {
        let text = "kafka-clients 3.x is assumed, where idempotence goes off; from 4.0 on this \
                    client does not start (ConfigException: at most 5 in flight)";
        plan.remark(RemarkKind::Assumed, text);
    }
}
