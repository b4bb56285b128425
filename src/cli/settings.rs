//! `--set key=value`: settings under the products' own names, as short as they are unambiguous.
//!
//! A key is a whole path of the JSON form, `consumer.kafka.isolation.level`, or the end of one,
//! `isolation.level`. The names are asked of the types that read them, so a new setting is known
//! here as soon as there is one.

use super::Wrong;
use crate::nearest::nearest;
use crate::sim::settings::generic::{GenericBroker, Retry};
use crate::sim::settings::{BrokerSettings, ConsumerSettings, ProducerSettings};
use crate::sim::settings::{kafka, rabbitmq, sqs};
use crate::sim::{Scenario, Store};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde_json::{Map, Value};

/// A setting: the names that lead to it. A name may have dots in it.
type Route = Vec<&'static str>;

/// The scenario with these settings changed; each is `key=value`.
pub fn change(scenario: &Scenario, settings: &[String]) -> Result<Scenario, Wrong> {
    if settings.is_empty() {
        return Ok(scenario.clone());
    }
    let routes = routes(scenario);
    let json = serde_json::to_value(scenario);
    let mut json = json.map_err(|e| Wrong(format!("the scenario: {e}")))?;
    for setting in settings {
        let Some((key, value)) = setting.split_once('=') else {
            return Err(Wrong(format!("--set {setting}: write key=value, such as acks=1")));
        };
        let route = resolve(&routes, key.trim()).map_err(|e| Wrong(format!("--set {e}")))?;
        json = put(json, route, value.trim()).map_err(|e| Wrong(format!("--set {e}")))?;
    }
    // Only now: two settings may be right together and wrong alone.
    Scenario::from_json(&json.to_string()).map_err(|e| Wrong(e.to_string()))
}

/// All settings that this scenario's products have.
fn routes(scenario: &Scenario) -> Vec<Route> {
    let mut all: Vec<Route> = vec![vec!["messages"], vec!["database"]];
    let mut add = |at: &[&'static str], names: &[&'static str]| {
        all.extend(names.iter().map(|name| [at, &[*name]].concat()));
    };
    match &scenario.producer {
        ProducerSettings::FireAndForget => {}
        ProducerSettings::Retry(_) => add(&["producer", "retry"], names::<Retry>()),
        ProducerSettings::Kafka(_) => add(&["producer", "kafka"], names::<kafka::Producer>()),
        ProducerSettings::Rabbitmq(_) => {
            add(&["producer", "rabbitmq"], names::<rabbitmq::Producer>());
        }
        ProducerSettings::Sqs(_) => add(&["producer", "sqs"], names::<sqs::Producer>()),
    }
    let (broker, own, consumer) = match &scenario.broker {
        BrokerSettings::Generic(_) => ("generic", names::<GenericBroker>(), &[][..]),
        BrokerSettings::Kafka(_) => ("kafka", names::<kafka::Broker>(), names::<kafka::Consumer>()),
        BrokerSettings::Rabbitmq(_) => {
            ("rabbitmq", names::<rabbitmq::Broker>(), names::<rabbitmq::Consumer>())
        }
        BrokerSettings::Sqs(_) => ("sqs", names::<sqs::Broker>(), names::<sqs::Consumer>()),
    };
    add(&["broker", broker], own);
    let products = ["kafka", "rabbitmq", "sqs"];
    let common = names::<ConsumerSettings>().iter().filter(|name| !products.contains(name));
    add(&["consumer"], &common.copied().collect::<Vec<_>>());
    add(&["consumer", broker], consumer);
    add(&["store"], names::<Store>());
    all
}

/// The one setting that the key names.
fn resolve<'a>(routes: &'a [Route], key: &str) -> Result<&'a Route, String> {
    let fits = |route: &&Route| (0..route.len()).any(|from| route[from..].join(".") == key);
    let found: Vec<&Route> = routes.iter().filter(fits).collect();
    let path = |route: &Route| route.join(".");
    match found[..] {
        [one] => Ok(one),
        [] => {
            let paths: Vec<String> = routes.iter().map(path).collect();
            // A short key is compared with the last name, a long one with the whole path.
            let short = |route: &Route| route.last().copied().unwrap_or_default();
            let known: Vec<(&str, &str)> = match routes.iter().any(|r| key.starts_with(r[0])) {
                true => paths.iter().map(|path| (path.as_str(), path.as_str())).collect(),
                false => routes.iter().map(short).zip(paths.iter().map(String::as_str)).collect(),
            };
            let near: Vec<_> = nearest(key, &known).into_iter().map(|(_, path)| path).collect();
            Err(format!("{key}: there is no such setting here; did you mean {}?", near.join(", ")))
        }
        _ => {
            let paths: Vec<String> = found.into_iter().map(path).collect();
            Err(format!("{key}: it could be {}; write one of them", paths.join(" or ")))
        }
    }
}

/// The JSON with the value at its place, in the first form that the setting takes.
fn put(json: Value, route: &Route, text: &str) -> Result<Value, String> {
    let mut problem = None;
    for value in forms(text) {
        let mut changed = json.clone();
        *place(&mut changed, route) = value;
        let Err(e) = serde_path_to_error::deserialize::<_, Scenario>(&changed) else {
            return Ok(changed);
        };
        // A form of the wrong type says less than one of the right type with a wrong value.
        let say = e.into_inner().to_string();
        let of_type = |say: &String| !say.starts_with("invalid type");
        if problem.is_none() || (of_type(&say) && !problem.as_ref().is_some_and(of_type)) {
            problem = Some(say);
        }
    }
    Err(format!("{}={text}: {}", route.join("."), problem.unwrap_or_default()))
}

/// What a text can stand for: JSON, a text, a list of texts.
fn forms(text: &str) -> Vec<Value> {
    let list = || text.split(',').map(|item| Value::from(item.trim())).collect::<Vec<_>>();
    let read = serde_json::from_str(text).ok();
    read.into_iter().chain([Value::from(text), Value::from(list())]).collect()
}

/// Where the value goes; what is missing on the way is made.
fn place<'a>(json: &'a mut Value, route: &Route) -> &'a mut Value {
    route.iter().fold(json, |at, name| {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        &mut at[*name]
    })
}

/// The names of a type's fields, as it asks for them when it is read.
fn names<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    let mut names = &[][..];
    // It always ends in an error: there is nothing to read.
    let _ = T::deserialize(Asked(&mut names));
    names
}

/// Reads nothing, and keeps the names that it was asked for.
struct Asked<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Error::custom("nothing to read"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        Err(Error::custom("nothing to read"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::preset;

    fn set(id: &str, settings: &[&str]) -> Result<Scenario, String> {
        let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).collect();
        change(preset(id).unwrap(), &settings).map_err(|Wrong(problem)| problem)
    }

    #[test]
    fn short_names_and_whole_paths_lead_to_the_same() {
        let short = set("kafka-default", &["acks=1", "isolation.level=read_committed"]).unwrap();
        let long = ["producer.kafka.acks=1", "consumer.kafka.isolation.level=read_committed"];
        assert_eq!(short, set("kafka-default", &long).unwrap());
        let ProducerSettings::Kafka(producer) = &short.producer else { panic!() };
        assert_eq!(producer.acks, kafka::Acks::Leader);
        assert!(!producer.idempotent());
    }

    #[test]
    fn settings_that_need_one_another_may_come_in_any_order() {
        let program = "program=receive, work, ack";
        for pair in [[program, "enable.auto.commit=false"], ["enable.auto.commit=false", program]] {
            assert_eq!(set("kafka-default", &pair).unwrap().consumer.program.len(), 3);
        }
        let alone = set("kafka-default", &[program]).unwrap_err();
        assert!(alone.starts_with("consumer.program[2]: enable.auto.commit is true"), "{alone}");
    }

    #[test]
    fn every_product_knows_its_own() {
        for (id, setting) in [
            ("kafka-default", "output isolation.level=read_uncommitted"),
            ("kafka-idempotent", "in_sync_at_start=2"),
            ("rabbitmq-default", "x-queue-type=quorum"),
            ("rabbitmq-default", "x-dead-letter-exchange=dlx"),
            ("sqs-fifo", "maxReceiveCount=3"),
            ("sqs-fifo", "MessageGroupId=a,b"),
            ("at-least-once", "backoff={\"fixed\":{\"delay_ms\":5}}"),
            ("at-least-once", "on_error=swallow"),
            ("outbox", "database=save-then-send"),
        ] {
            set(id, &[setting]).unwrap_or_else(|e| panic!("{id}: {e}"));
        }
    }

    #[test]
    fn says_what_is_wrong_and_what_is_near() {
        let wrong = |id: &str, setting: &str, says: &str| {
            let problem = set(id, &[setting]).unwrap_err();
            assert!(problem.contains(says), "{problem}");
        };
        wrong("kafka-default", "ack=1", "did you mean producer.kafka.acks");
        wrong("kafka-default", "acks", "write key=value");
        wrong("kafka-default", "acks=2", "unknown variant `2`, expected one of `0`, `1`, `all`");
        wrong("kafka-idempotent", "min.insync.replicas=4", "4 is out of range; use 1 to 3");
        wrong("kafka-default", "retries=many", "invalid type: string \"many\"");
        wrong("rabbitmq-default", "acks=1", "there is no such setting here");
        wrong("kafka-default", "producer.kafka.acs=1", "did you mean producer.kafka.acks");
    }
}
