//! Line-based text format for scenarios: the build for embeds with settings fetches it, and
//! `www/given.js` generates it from the JSON that an embed contains.
//!
//! ```text
//! id ack-lost
//! title Ack lost, producer retries
//! producer retry
//! broker generic
//! set consumer.program=receive,work,ack
//! fault lose:ack@m1#1
//! note lose:ack@m1#1 The answer is lost on its way.
//! ```
//!
//! Settings are those of [`crate::lab`] that differ from the product's defaults. A JSON parser
//! would make up a tenth of that build.

use crate::lab;
use crate::sim::settings::generic::{Acknowledge, Backoff, GenericBroker, Retry};
use crate::sim::settings::{
    BrokerSettings, ConsumerSettings, OnError, OnRestart, ProducerSettings, kafka, rabbitmq, sqs,
};
use crate::sim::{Expect, FaultSpec, Fix, Note, Op, Scenario, Store, VERSION};

/// The assertions of a test, by name.
const EXPECT: [(&str, Expect); 3] =
    [("no-loss", Expect::NoLoss), ("no-duplicate", Expect::NoDuplicate), ("once", Expect::Once)];

/// Reads a scenario; `None` if something is not understood: it may be of another version.
pub fn read(text: &str) -> Option<Scenario> {
    let mut scenario = base();
    for line in text.lines() {
        let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
        match key {
            "id" => scenario.id = rest.to_owned(),
            "title" => scenario.title = rest.to_owned(),
            "summary" => scenario.summary = rest.to_owned(),
            "takeaway" => scenario.takeaway = rest.to_owned(),
            "source" => scenario.sources.push(rest.to_owned()),
            "producer" => scenario.producer = producer(rest)?,
            "broker" => scenario.broker = broker(rest)?,
            "fault" => scenario.faults.push(rest.parse::<FaultSpec>().ok()?),
            "expect" => scenario.expect = Some(EXPECT.iter().find(|(name, _)| *name == rest)?.1),
            _ => two(&mut scenario, key, rest)?,
        }
    }
    scenario.consumer.tidy();
    Some(scenario)
}

/// Reads a line whose value has a name before its text. Names and values of settings may contain
/// spaces.
fn two(scenario: &mut Scenario, key: &str, rest: &str) -> Option<()> {
    if key == "set" {
        let (path, value) = rest.split_once('=')?;
        return lab::put(scenario, path, value);
    }
    let (name, say) = rest.split_once(' ')?;
    let (name, say) = (name.to_owned(), say.to_owned());
    match key {
        "note" => scenario.notes.push(Note { at: name, say }),
        "cure" => scenario.cure = Some(Fix { to: name, say }),
        _ => return None,
    }
    Some(())
}

/// Returns the initial scenario for reading: settings that every configuration has.
fn base() -> Scenario {
    Scenario {
        version: VERSION,
        id: String::new(),
        title: String::new(),
        summary: String::new(),
        messages: 1,
        producer: ProducerSettings::FireAndForget,
        broker: generic(),
        consumer: ConsumerSettings {
            program: vec![Op::Receive, Op::Work],
            on_error: OnError::Requeue,
            count: 1,
            starts_late: false,
            kafka: None,
            rabbitmq: None,
            sqs: None,
        },
        database: None,
        store: Store::default(),
        faults: Vec::new(),
        notes: Vec::new(),
        takeaway: String::new(),
        cure: None,
        sources: Vec::new(),
        expect: None,
    }
}

fn generic() -> BrokerSettings {
    BrokerSettings::Generic(GenericBroker {
        acknowledge: Acknowledge::AfterSync,
        replicas: 1,
        redelivery: true,
        max_deliveries: None,
        dead_letter_queue: false,
    })
}

/// Returns a producer with the product's defaults.
fn producer(name: &str) -> Option<ProducerSettings> {
    let on_restart = OnRestart::Forget;
    Some(match name {
        "fire-and-forget" => ProducerSettings::FireAndForget,
        "retry" => {
            let backoff = Backoff::Fixed { delay_ms: 100 };
            ProducerSettings::Retry(Retry {
                timeout_ms: 5000,
                attempts: 3,
                backoff,
                on_restart,
                in_flight: 1,
            })
        }
        "kafka" => ProducerSettings::Kafka(kafka::Producer {
            acks: kafka::Acks::All,
            retries: 2_147_483_647,
            delivery_timeout_ms: 120_000,
            request_timeout_ms: 30_000,
            retry_backoff_ms: 100,
            retry_backoff_max_ms: 1000,
            max_in_flight: 5,
            enable_idempotence: None,
            transactional_id: None,
            on_restart,
            other_sends: 0,
        }),
        "rabbitmq" => ProducerSettings::Rabbitmq(rabbitmq::Producer {
            confirm_select: false,
            mandatory: false,
            delivery_mode: 1,
            publish_attempts: 1,
            outstanding_confirms: 128,
            on_restart,
        }),
        "sqs" => ProducerSettings::Sqs(sqs::Producer {
            max_attempts: 3,
            deduplication_id: sqs::DeduplicationId::PerMessage,
            group_id: Vec::new(),
            body: Vec::new(),
            concurrent_sends: 1,
            on_restart,
        }),
        _ => return None,
    })
}

/// Returns a broker with the product's defaults.
fn broker(name: &str) -> Option<BrokerSettings> {
    Some(match name {
        "generic" => generic(),
        "kafka" => BrokerSettings::Kafka(kafka::Broker {
            replication_factor: 1,
            min_insync_replicas: 1,
            unclean_leader_election: false,
            eligible_leader_replicas: 1,
            in_sync_at_start: None,
        }),
        "rabbitmq" => BrokerSettings::Rabbitmq(rabbitmq::Broker {
            queue_type: rabbitmq::QueueType::Classic,
            durable: true,
            permit_transient_nonexcl_queues: false,
            bound: true,
            nodes: 1,
            delivery_limit: None,
            dead_letter_exchange: None,
            dead_letter_strategy: rabbitmq::DeadLetterStrategy::AtMostOnce,
            overflow: rabbitmq::Overflow::DropHead,
            dead_letter_bound: true,
        }),
        "sqs" => BrokerSettings::Sqs(sqs::Broker {
            fifo: false,
            content_based_deduplication: false,
            visibility_timeout: 30,
            retention: 345_600,
            max_receive_count: None,
        }),
        _ => return None,
    })
}

#[cfg(test)]
pub(crate) mod given;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{presets, scenarios};

    fn text(scenario: &Scenario) -> String {
        let maker = match &scenario.producer {
            ProducerSettings::FireAndForget => "fire-and-forget",
            ProducerSettings::Retry(_) => "retry",
            ProducerSettings::Kafka(_) => "kafka",
            ProducerSettings::Rabbitmq(_) => "rabbitmq",
            ProducerSettings::Sqs(_) => "sqs",
        };
        let mut lines = vec![
            format!("id {}", scenario.id),
            format!("title {}", scenario.title),
            format!("summary {}", scenario.summary),
            format!("producer {maker}"),
            format!("broker {}", scenario.broker.key()),
        ];
        let plain = read(&lines.join("\n")).unwrap();
        let known = lab::settings(&plain);
        for held in lab::settings(scenario) {
            let path = held.field.path;
            let same = |old: &&lab::Held| old.field.path == path && old.value == held.value;
            // The producer's own name is written above.
            if path != "producer" && !known.iter().any(|old| same(&old)) {
                lines.push(format!("set {path}={}", held.value));
            }
        }
        lines.extend(scenario.faults.iter().map(|fault| format!("fault {fault}")));
        lines.extend(scenario.notes.iter().map(|note| format!("note {} {}", note.at, note.say)));
        if !scenario.takeaway.is_empty() {
            lines.push(format!("takeaway {}", scenario.takeaway));
        }
        lines.extend(scenario.cure.iter().map(|cure| format!("cure {} {}", cure.to, cure.say)));
        lines.extend(scenario.sources.iter().map(|source| format!("source {source}")));
        let asks = EXPECT.iter().find(|(_, expect)| Some(*expect) == scenario.expect);
        lines.extend(asks.map(|(name, _)| format!("expect {name}")));
        lines.join("\n") + "\n"
    }

    /// Returns all scenarios and presets, each after a line with the name of its file.
    fn file() -> String {
        let presets = presets().iter().flat_map(|group| &group.presets);
        let all =
            scenarios().iter().map(|s| ("scenarios", s)).chain(presets.map(|p| ("presets", p)));
        all.map(|(folder, s)| format!("= {folder}/{}\n{}", s.id, text(s))).collect()
    }

    #[test]
    fn the_lines_are_those_of_the_scenarios() {
        expect_test::expect_file!["lines.txt"].assert_eq(&file());
    }

    #[test]
    fn what_is_read_from_lines_is_the_scenario() {
        let presets = presets().iter().flat_map(|group| &group.presets);
        for scenario in scenarios().iter().chain(presets) {
            let mut same = scenario.clone();
            same.consumer.tidy();
            assert_eq!(read(&text(scenario)), Some(same), "{}", text(scenario));
        }
    }

    #[test]
    fn what_is_no_scenario_is_none() {
        for text in
            ["set consumer.count=9", "set nonsense=1", "broker carrier-pigeon", "note x", "x y z"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
