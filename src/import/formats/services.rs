//! Services of compose and containers of Kubernetes: what the variables of their environment say.

use super::brokers::{differs, environment_of};
use super::{celery, clients, literal, smallrye, spring};
use crate::import::keys::{Influence, Space, influence};
use crate::import::part::{Place, RemarkKind, Sheet, System, Value, Variable};
use crate::import::tree::{Data, Entry, Node};
use crate::import::variables;

/// Reads docker-compose: the environment of each service.
pub fn compose(sheet: &mut Sheet, file: usize, document: &Node) {
    let Some(all) = document.get("services").filter(|s| !s.entries().is_empty()) else {
        return;
    };
    let mut services = Services::default();
    for service in all.entries() {
        env_file(sheet, file, &service.value);
        let Some(environment) = service.value.get("environment") else { continue };
        sheet.took_for(file, "docker compose");
        let image = service.value.get("image").and_then(Node::text).unwrap_or_default();
        let environment = as_map(environment);
        services.add(sheet, file, &Service { name: &service.key, image, copies: 1, environment });
    }
    services.finish(sheet, file);
}

/// Says that a service has variables of another file: which they are is not in this one.
fn env_file(sheet: &mut Sheet, file: usize, service: &Node) {
    if let Some(entry) = service.entry("env_file") {
        let text = "the variables of env_file are not in this file: put those that matter under \
                    environment to have them read";
        sheet.remark(RemarkKind::PassedOver, Place { file, line: entry.line }, text);
    }
}

/// Turns `- KEY=value` into a map.
fn as_map(node: &Node) -> Node {
    let pair = |item: &Node| {
        let (key, value) = item.text()?.split_once('=')?;
        Some(Entry { key: key.to_owned(), line: item.line, value: Node::text_at(item.line, value) })
    };
    match &node.data {
        Data::List(items) => {
            Node::new(node.line, Data::Map(items.iter().filter_map(pair).collect()))
        }
        _ => node.clone(),
    }
}

/// A service or a container.
pub struct Service<'a> {
    pub name: &'a str,
    pub image: &'a str,
    /// How many of it there are.
    pub copies: u64,
    /// Variables with their values.
    pub environment: Node,
}

/// The services of a file, as far as they have been read.
#[derive(Default)]
pub struct Services {
    brokers: u64,
    /// What says how many brokers there are.
    counted: &'static str,
    /// The part of the first broker.
    first: Option<usize>,
    /// Environments of applications: services often share one.
    seen: Vec<Node>,
    /// Names and environments of applications that may do with them what they like.
    own: Vec<(String, Node)>,
}

impl Services {
    pub fn add(&mut self, sheet: &mut Sheet, file: usize, service: &Service) {
        let environment = &service.environment;
        if is_broker(service) {
            return self.broker(sheet, file, service);
        }
        if self.seen.iter().any(|seen| is_same(seen, environment)) {
            return;
        }
        self.seen.push(environment.clone());
        record(sheet, environment);
        let has = |start: &str| starts(environment, start);
        if has("SPRING_") || has("MP_MESSAGING_") {
            of_framework(sheet, file, environment);
        } else if has("CONNECT_PRODUCER_") || has("CONNECT_CONSUMER_") {
            clients::of_variables(sheet, file, environment);
        } else if celery::is_set_by(environment) {
            celery::environment(sheet, file, environment);
        } else if let Some(url) = celery::url_of(environment) {
            only_a_broker(sheet, file, service.name, url);
            environment.entries().iter().filter(|entry| entry.key != url.key).for_each(|entry| {
                sheet.irrelevant(Place { file, line: entry.line }, &entry.key);
            });
        } else {
            self.own.push((service.name.to_owned(), environment.clone()));
        }
    }

    /// Brokers of one cluster usually have the same settings; the first speaks for all.
    fn broker(&mut self, sheet: &mut Sheet, file: usize, service: &Service) {
        self.brokers += service.copies;
        self.counted = if service.copies > 1 { "replicas" } else { "services" };
        let environment = &service.environment;
        let variables = environment.entries().iter().map(|entry| (entry.key.clone(), entry.line));
        sheet.brokers.push((file, variables.collect()));
        match self.first {
            Some(first) => differs(sheet, file, first, environment, service.name),
            None => {
                environment_of(sheet, file, environment, service.image);
                self.first = Some(sheet.parts.len() - 1);
            }
        }
    }

    /// Completes what needs all services of the file.
    pub fn finish(self, sheet: &mut Sheet, file: usize) {
        if let Some(part) = self.first.and_then(|at| sheet.parts.get_mut(at)) {
            let place = part.place;
            part.set("brokers", self.brokers.to_string(), place, self.counted);
        }
        let of_kafka = |system: System| system == System::Kafka;
        let mut parts = sheet.parts.iter().filter(|part| part.place.file == file);
        let alone = !parts.any(|part| of_kafka(part.layer.system));
        for (name, environment) in &self.own {
            match alone && is_of_client(environment) {
                true => clients::of_variables(sheet, file, environment),
                false => passed_over(sheet, file, name, environment),
            }
        }
    }
}

/// Returns true if a variable starts like this, also one of a profile: `_PROD_MP_MESSAGING_…`.
pub fn starts(environment: &Node, start: &str) -> bool {
    environment.entries().iter().any(|entry| {
        let key = entry.key.as_str();
        let of_profile = key.strip_prefix('_').and_then(|key| key.split_once('_'));
        key.starts_with(start) || of_profile.is_some_and(|(_, key)| key.starts_with(start))
    })
}

/// Reads the variables of Spring Boot, or of SmallRye.
pub fn of_framework(sheet: &mut Sheet, file: usize, environment: &Node) {
    let before = sheet.parts.len();
    let (profile, documents) = (sheet.profile.clone(), std::slice::from_ref(environment));
    match starts(environment, "SPRING_") {
        true => spring::read(sheet, file, documents, profile.as_deref()),
        false => smallrye::read(sheet, file, documents, profile.as_deref()),
    }
    sheet.parts[before..].iter_mut().for_each(|part| part.of_variables = true);
}

/// Keeps the variables: what other files say may refer to them.
pub fn record(sheet: &mut Sheet, environment: &Node) {
    for entry in environment.entries() {
        if let Some(Value::Text(value)) = literal(&entry.value) {
            sheet.variables.push(Variable { name: entry.key.clone(), value });
        }
    }
}

/// Says what is missing of a worker of Celery: how it acknowledges stands elsewhere.
fn only_a_broker(sheet: &mut Sheet, file: usize, service: &str, url: &Entry) {
    let text = format!(
        "{service} has {} and no other setting of Celery: when it acknowledges a task stands in the \
         application's settings. Give celeryconfig.py, settings.py or where Celery(…) is called, too",
        url.key
    );
    sheet.remark(RemarkKind::PassedOver, Place { file, line: url.line }, text);
}

/// Returns true if both have the same variables with the same values, on whatever lines.
fn is_same(one: &Node, other: &Node) -> bool {
    let pairs = |node: &Node| -> Vec<(String, Data)> {
        node.entries().iter().map(|entry| (entry.key.clone(), entry.value.data.clone())).collect()
    };
    pairs(one) == pairs(other)
}

/// Returns true for the image of a broker, and for variables that only those have.
fn is_broker(service: &Service) -> bool {
    const IMAGES: [&str; 5] =
        ["kafka", "cp-kafka", "cp-server", "kafka-native", "cp-enterprise-kafka"];
    const OWN: [&str; 4] =
        ["KAFKA_CFG_", "KAFKA_NODE_ID", "KAFKA_BROKER_ID", "KAFKA_ADVERTISED_LISTENERS"];
    let image = service.image.rsplit('/').next().unwrap_or_default();
    let image = image.split([':', '@']).next().unwrap_or_default();
    IMAGES.contains(&image) || OWN.iter().any(|start| starts(&service.environment, start))
}

/// Returns true if a variable is a setting of a client by its name.
fn is_of_client(environment: &Node) -> bool {
    let mut keys = environment.entries().iter().filter_map(|e| variables::of_client(&e.key));
    keys.any(|(prefix, key)| {
        let key = Space::KafkaJava.exact(key).or(Space::Librdkafka.exact(key));
        let decides = key.is_some_and(|key| influence(key.name, None) == Influence::Setting);
        decides && !prefix.is_empty()
    })
}

/// Reports variables of an application whose meaning is its own.
fn passed_over(sheet: &mut Sheet, file: usize, name: &str, environment: &Node) {
    for entry in environment.entries() {
        let place = Place { file, line: entry.line };
        let key = entry.key.to_lowercase();
        let telling = ["acks", "commit", "retries", "idempot", "isolation", "offset", "prefetch"];
        if telling.iter().any(|word| key.contains(word)) {
            let text = format!(
                "{} is a variable of the service {name}: what it does with it is not in the file, so \
                 it is not taken",
                entry.key
            );
            sheet.remark(RemarkKind::PassedOver, place, text);
        } else {
            sheet.irrelevant(place, &entry.key);
        }
    }
}
