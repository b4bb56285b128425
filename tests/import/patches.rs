//! Patches of files of every kind: what the fixes of their violations add and remove.

use super::{answers, source};
use ackward::check::Property;
use ackward::import::{Checked, Fixes, Proved, Source, fixes, json, read, verdict};
use std::fmt::Write;

/// Returns the lines that the patches of the fixes add and remove, without repetitions.
fn changes(name: &str, text: &str, given: &str, required: &[Property]) -> String {
    let sources = match text {
        "" => vec![source(name)],
        _ => vec![Source { name: name.into(), text: text.into(), syntax: None }],
    };
    let given = answers(given);
    let reading = read(&sources, &given).expect("it can be read");
    let plan = reading.plan.as_ref().expect("it is judged");
    let report = verdict(plan, &given, &mut || false).expect("it runs");
    let found = fixes(plan, &report, &given, required, &mut |_: &Fixes| false);
    let checked = Checked {
        sources: &sources,
        answers: &given,
        reading: &reading,
        report: Some(&report),
        fixes: &found,
        require: required,
        stopped: false,
    };
    let out = json(&checked);
    let mut lines = String::new();
    let all = out["properties"].as_array().expect("a list").iter();
    for fix in all.filter_map(|property| property["fixes"].as_array()).flatten() {
        let patch = fix["patch"].as_str().unwrap_or_default().lines();
        for line in patch.filter(|line| !line.starts_with("+++") && !line.starts_with("---")) {
            if line.starts_with(['+', '-']) && !lines.contains(&format!("{line}\n")) {
                writeln!(lines, "{line}").expect("a text takes any");
            }
        }
    }
    lines
}

#[test]
fn a_key_is_added_as_its_neighbors_are_written() {
    use Property::StoredOnce;
    for (name, text, expected) in [
        ("kafka-python-payments.py", "", "+    enable_idempotence=True,\n"),
        (
            "p.json",
            "{\n  \"acks\": \"1\",\n  \"linger.ms\": 5\n}\n",
            "+  \"enable.idempotence\": true,\n",
        ),
        (
            "P.cs",
            "using Confluent.Kafka;\nvar config = new ProducerConfig { Acks = Acks.Leader };\n",
            "+var config = new ProducerConfig { EnableIdempotence = true, Acks = Acks.All };\n",
        ),
        (
            "P.java",
            "import java.util.Properties;\nclass A {\n void a() {\n  Properties p = new Properties();\n  p.put(\"acks\", \"1\");\n  p.put(\"retries\", 3);\n }\n}\n",
            "+  p.put(\"acks\", \"all\");\n",
        ),
    ] {
        let lines = changes(name, text, "", &[StoredOnce]);
        assert!(lines.contains(expected), "{name}: {expected} is not in\n{lines}");
    }
}

/// Polls that are committed together have many runs: what helps has to be found all the same.
#[test]
fn a_listener_of_spring_that_loses_records_has_a_fix() {
    let text = "spring:\n  kafka:\n    producer:\n      acks: \"1\"\n    consumer:\n      group-id: g\n      auto-offset-reset: earliest\n";
    let given = "handler=upsert send-failure=outbox";
    let lines = changes("application.yml", text, given, &[Property::NeverLost]);
    assert!(lines.contains("+      acks: \"all\"\n"), "{lines}");
}

/// A container of Spring AMQP prefetches a batch at least: a smaller prefetch takes smaller batches.
#[test]
fn a_prefetch_of_one_takes_batches_of_one() {
    let text = "spring.rabbitmq.listener.simple.batch-size=20\nspring.rabbitmq.listener.simple.prefetch=5\nspring.rabbitmq.listener.simple.acknowledge-mode=auto\n";
    let given = "handler=upsert send-failure=outbox lib=RabbitMQ=4.3";
    let lines = changes("a.properties", text, given, &[Property::InOrder]);
    let size = "+spring.rabbitmq.listener.simple.batch-size=1\n";
    let prefetch = "+spring.rabbitmq.listener.simple.prefetch=1\n";
    assert!(lines.contains(prefetch) && lines.contains(size), "{lines}");
    // The file's own prefetch, which the batches have hidden, is not taken for the batch's.
    let each = &[("consumer.batch_ack", "each"), ("consumer.rabbitmq.prefetch_count", "1")];
    let (lines, left) = added("a.properties", text, given, each);
    assert_eq!((lines.as_str(), left.as_str()), (&*format!("{size}{prefetch}"), "[]"));
    let (lines, _) = added("a.properties", text, given, &each[1..]);
    assert_eq!(lines, "");
}

/// Paths of settings with their values.
pub type Settings<'a> = &'a [(&'a str, &'a str)];

/// Returns the lines that the patch of a change adds, and what it leaves to be done by hand; the change
/// need not be a fix of anything.
pub fn added(name: &str, text: &str, given: &str, settings: Settings) -> (String, String) {
    let fix = patch_of(name, text, given, settings);
    let patch = fix["patch"].as_str().unwrap_or_default().lines();
    let lines = patch.filter(|line| line.starts_with('+') && !line.starts_with("+++"));
    (lines.map(|line| format!("{line}\n")).collect(), fix["by_hand"].to_string())
}

/// Returns a change as the report has it.
fn patch_of(name: &str, text: &str, given: &str, settings: Settings) -> serde_json::Value {
    let sources = vec![Source { name: name.into(), text: text.into(), syntax: None }];
    let given = answers(given);
    let reading = read(&sources, &given).expect("it can be read");
    let plan = reading.plan.as_ref().expect("it is judged");
    let report = verdict(plan, &given, &mut || true).expect("it runs");
    let settings = settings.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    let fix = Proved {
        label: String::new(),
        settings,
        keys: Vec::new(),
        costs: Vec::new(),
        gives_up: Vec::new(),
    };
    let first = report.findings.first().expect("all eight").property;
    let found = Fixes { of: vec![(first, vec![fix])], cut_off: false };
    let out = json(&Checked {
        sources: &sources,
        answers: &given,
        reading: &reading,
        report: Some(&report),
        fixes: &found,
        require: &[],
        stopped: false,
    });
    out["properties"][0]["fixes"][0].clone()
}

/// A service of compose with these lines as its environment.
macro_rules! service {
    ($image:literal, $environment:literal) => {
        concat!("services:\n  a:\n    image: ", $image, "\n    environment:\n", $environment)
    };
}

pub const ACKS: (&str, &str) = ("producer.kafka.acks", "all");
const IDEMPOTENCE: (&str, &str) = ("producer.kafka.enable.idempotence", "true");
pub const IN_FLIGHT: (&str, &str) = ("producer.kafka.max.in.flight.requests.per.connection", "1");
const EARLIEST: (&str, &str) = ("consumer.kafka.auto.offset.reset", "earliest");
const MINIMUM: (&str, &str) = ("broker.kafka.min.insync.replicas", "2");
pub const COPIES: (&str, &str) = ("broker.kafka.replication.factor", "3");
const UNCLEAN: (&str, &str) = ("broker.kafka.unclean.leader.election.enable", "false");

#[test]
fn variables_are_replaced_and_added_as_their_neighbors_are() {
    let all: &[(&str, &str, Settings, &str)] = &[
        ("a.env", "KAFKA_ACKS=1\n", &[ACKS], "+KAFKA_ACKS=all\n"),
        (
            "a.env",
            "export KAFKA_PRODUCER_ACKS='1' # fast\n",
            &[ACKS, IN_FLIGHT],
            "+export KAFKA_PRODUCER_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION='1'\n+export KAFKA_PRODUCER_ACKS='all' # fast\n",
        ),
        (
            "a.env",
            "CONNECT_PRODUCER_ACKS=1\n",
            &[ACKS, IN_FLIGHT],
            "+CONNECT_PRODUCER_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION=1\n+CONNECT_PRODUCER_ACKS=all\n",
        ),
        // Nothing that decides stands there, and the neighbor's value is no plain one.
        (
            "a.env",
            "KAFKA_BOOTSTRAP_SERVERS=\"a:9092,b:9092\"\nKAFKA_GROUP_ID=g\n",
            &[EARLIEST],
            "+KAFKA_AUTO_OFFSET_RESET=\"earliest\"\n",
        ),
        (
            "a.env",
            "SPRING_KAFKA_PRODUCER_ACKS=\"1\"\nSPRING_KAFKA_CONSUMER_GROUPID=g\n",
            &[ACKS, IDEMPOTENCE, EARLIEST],
            "+SPRING_KAFKA_PRODUCER_PROPERTIES_ENABLE_IDEMPOTENCE=\"true\"\n+SPRING_KAFKA_PRODUCER_ACKS=\"all\"\n+SPRING_KAFKA_CONSUMER_AUTOOFFSETRESET=earliest\n",
        ),
        (
            "compose.yml",
            service!(
                "a",
                "      SPRING_KAFKA_PRODUCER_ACKS: \"1\"\n      SPRING_KAFKA_PRODUCER_PROPERTIES_ENABLE_IDEMPOTENCE: 'false'\n"
            ),
            &[ACKS, IDEMPOTENCE, IN_FLIGHT],
            "+      SPRING_KAFKA_PRODUCER_PROPERTIES_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION: \"1\"\n+      SPRING_KAFKA_PRODUCER_ACKS: \"all\"\n+      SPRING_KAFKA_PRODUCER_PROPERTIES_ENABLE_IDEMPOTENCE: 'true'\n",
        ),
        (
            "compose.yml",
            service!("a", "      - \"SPRING_KAFKA_PRODUCER_ACKS=1\"\n"),
            &[ACKS, IN_FLIGHT],
            "+      - \"SPRING_KAFKA_PRODUCER_PROPERTIES_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION=1\"\n+      - \"SPRING_KAFKA_PRODUCER_ACKS=all\"\n",
        ),
        // A topic has replication.factor, a broker a default for topics.
        (
            "server.properties",
            "broker.id=1\nmin.insync.replicas=1\n",
            &[MINIMUM, COPIES],
            "+default.replication.factor=3\n+min.insync.replicas=2\n",
        ),
        (
            "compose.yml",
            service!("apache/kafka:4.1.0", "      KAFKA_NODE_ID: 1\n"),
            &[MINIMUM, COPIES, UNCLEAN],
            "+      KAFKA_MIN_INSYNC_REPLICAS: \"2\"\n+      KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE: \"false\"\n+      KAFKA_DEFAULT_REPLICATION_FACTOR: 3\n",
        ),
        (
            "compose.yml",
            service!("bitnami/kafka:3.9", "      - KAFKA_CFG_DEFAULT_REPLICATION_FACTOR=1\n"),
            &[MINIMUM, COPIES],
            "+      - KAFKA_CFG_MIN_INSYNC_REPLICAS=2\n+      - KAFKA_CFG_DEFAULT_REPLICATION_FACTOR=3\n",
        ),
    ];
    for (name, text, settings, expected) in all {
        let (lines, left) = added(name, text, "", settings);
        assert_eq!((lines.as_str(), left.as_str()), (*expected, "[]"), "{name}: {text}");
    }
}

/// A cluster has what all of its brokers have.
#[test]
fn what_is_changed_for_a_broker_is_changed_for_all() {
    let first = service!(
        "apache/kafka:4.1.0",
        "      KAFKA_NODE_ID: 1\n      KAFKA_DEFAULT_REPLICATION_FACTOR: 1\n"
    );
    let second = "  b:\n    image: apache/kafka:4.1.0\n    environment:\n      - KAFKA_NODE_ID=2\n";
    let both = format!("{first}{second}      - KAFKA_DEFAULT_REPLICATION_FACTOR=1\n");
    let expected = "+      KAFKA_MIN_INSYNC_REPLICAS: 2\n+      KAFKA_DEFAULT_REPLICATION_FACTOR: 3\n+      - KAFKA_MIN_INSYNC_REPLICAS=2\n+      - KAFKA_DEFAULT_REPLICATION_FACTOR=3\n";
    let (lines, left) = added("compose.yml", &both, "", &[COPIES, MINIMUM]);
    assert_eq!((lines.as_str(), left.as_str()), (expected, "[]"));
    // The second broker has a default, which no line says.
    let (lines, _) = added("compose.yml", &format!("{first}{second}"), "", &[COPIES]);
    assert_eq!(lines, "");
}

/// A template with a queue and a function that is mapped to it.
macro_rules! mapping {
    ($mapping:literal) => {
        concat!(
            "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n  M:\n    Type: AWS::Lambda::EventSourceMapping\n",
            "    Properties:\n",
            $mapping
        )
    };
}

const REPORTS: &str = "[\"a function that reports the messages that it has not handled\"]";

#[test]
fn batches_are_acknowledged_in_the_keys_of_the_file() {
    for (name, text, ack, expected, code) in [
        (
            "k.yml",
            "spring:\n  kafka:\n    listener:\n      ack-mode: batch\n    consumer:\n      group-id: g\n",
            "each",
            "+      ack-mode: RECORD\n",
            "[]",
        ),
        (
            "k.yml",
            "spring:\n  kafka:\n    listener:\n      concurrency: 2\n    consumer:\n      group-id: g\n",
            "each",
            "+      ack-mode: RECORD\n",
            "[]",
        ),
        (
            "k.properties",
            "spring.kafka.consumer.group-id=g\n",
            "each",
            "+spring.kafka.listener.ack-mode=RECORD\n",
            "[]",
        ),
        // The listener goes on acknowledging.
        (
            "k.properties",
            "spring.kafka.listener.ack-mode=manual\n",
            "each",
            "+spring.kafka.listener.ack-mode=MANUAL_IMMEDIATE\n",
            "[]",
        ),
        (
            "k.env",
            "SPRING_KAFKA_CONSUMER_GROUPID=g\n",
            "each",
            "+SPRING_KAFKA_LISTENER_ACKMODE=RECORD\n",
            "[]",
        ),
        (
            "s.properties",
            "spring.cloud.stream.kafka.bindings.a-in-0.consumer.ackMode=BATCH\n",
            "each",
            "+spring.cloud.stream.kafka.bindings.a-in-0.consumer.ackMode=RECORD\n",
            "[]",
        ),
        (
            "q.properties",
            "mp.messaging.incoming.a.connector=smallrye-kafka\nmp.messaging.incoming.a.batch=true\n",
            "each",
            "+mp.messaging.incoming.a.batch=false\n",
            "[\"a method that takes one record at a time\"]",
        ),
        (
            "r.properties",
            "spring.rabbitmq.listener.simple.batch-size=5\n",
            "each",
            "+spring.rabbitmq.listener.simple.batch-size=1\n",
            "[]",
        ),
        (
            "m.yml",
            mapping!("      EventSourceArn: !GetAtt Q.Arn\n      BatchSize: 5\n"),
            "good-part",
            "+      FunctionResponseTypes: [ReportBatchItemFailures]\n",
            REPORTS,
        ),
        (
            "m.yml",
            mapping!("      EventSourceArn: !GetAtt Q.Arn\n"),
            "good-part",
            "+      FunctionResponseTypes: [ReportBatchItemFailures]\n",
            REPORTS,
        ),
        (
            "m.json",
            "{\"Resources\": {\"M\": {\"Type\": \"AWS::Lambda::EventSourceMapping\", \"Properties\": {\n  \"FunctionName\": {\"Ref\": \"F\"}\n}}}}\n",
            "good-part",
            "+  \"FunctionResponseTypes\": [\"ReportBatchItemFailures\"],\n",
            REPORTS,
        ),
        (
            "m.tf",
            "resource \"aws_sqs_queue\" \"q\" {\n}\nresource \"aws_lambda_event_source_mapping\" \"m\" {\n  event_source_arn = aws_sqs_queue.q.arn\n}\n",
            "good-part",
            "+  function_response_types = [\"ReportBatchItemFailures\"]\n",
            REPORTS,
        ),
        (
            "m.tf",
            "resource \"aws_lambda_event_source_mapping\" \"m\" {\n  batch_size = 5\n  function_response_types = []\n}\n",
            "good-part",
            "+  function_response_types = [\"ReportBatchItemFailures\"]\n",
            REPORTS,
        ),
        (
            "serverless.yml",
            "service: a\nprovider: {name: aws}\nfunctions:\n  f:\n    events:\n      - sqs:\n          arn: arn:aws:sqs:eu-west-1:1:q\n          batchSize: 5\n",
            "good-part",
            "+          functionResponseType: ReportBatchItemFailures\n",
            REPORTS,
        ),
    ] {
        let (lines, left) = added(name, text, "", &[("consumer.batch_ack", ack)]);
        assert_eq!((lines.as_str(), left.as_str()), (expected, code), "{name}: {text}");
    }
}

/// A function that has been told to report, and does not stop at the first failure, is changed in code.
#[test]
fn a_fix_in_the_function_is_said_to_be_one() {
    let sources = vec![source("cloudformation-fifo-transfers.yaml")];
    let given = answers("batch=good-part");
    let reading = read(&sources, &given).expect("it can be read");
    let plan = reading.plan.as_ref().expect("it is judged");
    let report = verdict(plan, &given, &mut || false).expect("it runs");
    let found = fixes(plan, &report, &given, &[Property::InOrder], &mut |_: &Fixes| false);
    let found = found.of(Property::InOrder).expect("it is violated");
    let fix = found.iter().find(|fix| fix.settings[0].0 == "consumer.batch_ack").expect("a fix");
    let label = "a function that stops at the first failure, and reports it with all that follow";
    assert_eq!((fix.label.as_str(), fix.keys.len()), (label, 0));
}

/// The options of kafkajs are beside the handler where no other option stands.
#[test]
fn an_option_is_added_beside_the_handler() {
    const EACH: (&str, &str) = ("consumer.batch_ack", "each");
    const FIRST: (&str, &str) = ("consumer.batch_ack", "up-to-first-failure");
    for (run, change, expected, code) in [
        (
            "await consumer.run({ eachMessage: async ({ message }) => work(message) });\n",
            EACH,
            "+await consumer.run({ autoCommitThreshold: 1, eachMessage: async ({ message }) => work(message) });\n",
            "[]",
        ),
        (
            "  await consumer.run({\n    eachMessage: async ({ message }) => {\n      work(message);\n    },\n  });\n",
            EACH,
            "+    autoCommitThreshold: 1,\n",
            "[]",
        ),
        (
            "  await consumer.run({\n    async eachMessage({ message }) {\n      work(message);\n    },\n  });\n",
            EACH,
            "+    autoCommitThreshold: 1,\n",
            "[]",
        ),
        (
            "await consumer.run({ eachMessage: work });\n",
            EACH,
            "+await consumer.run({ autoCommitThreshold: 1, eachMessage: work });\n",
            "[]",
        ),
        (
            "await consumer.run({\n  partitionsConsumedConcurrently: 3,\n  eachMessage: work,\n});\n",
            EACH,
            "+  autoCommitThreshold: 1,\n",
            "[]",
        ),
        (
            "await consumer.run({\n  eachBatch: async ({ batch }) => {\n    work(batch);\n  },\n});\n",
            FIRST,
            "+  eachBatchAutoResolve: false,\n",
            "[\"a call of resolveOffset after each message\"]",
        ),
        // The options are not there to be seen.
        ("await consumer.run(options);\n", EACH, "", "null"),
    ] {
        let text = format!("{KAFKAJS}{run}");
        let (lines, left) = added("run.ts", &text, "", &[change]);
        assert_eq!((lines.as_str(), left.as_str()), (expected, code), "{run}");
    }
}

const KAFKAJS: &str = "import { Kafka } from 'kafkajs';\nconst kafka = new Kafka({ brokers: ['x'] });\nconst consumer = kafka.consumer({ groupId: 'g' });\n";

/// Returns the texts of the patches of a change.
pub fn whole(name: &str, text: &str, settings: Settings) -> String {
    patch_of(name, text, "", settings)["patch"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_patch_keeps_the_line_endings_of_the_file() {
    for (name, text, settings, expected) in [
        (
            "application.yml",
            "spring:\r\n  kafka:\r\n    producer:\r\n      acks: 1\r\n",
            &[ACKS, IN_FLIGHT][..],
            "@@ -1,4 +1,5 @@\n spring:\r\n   kafka:\r\n     producer:\r\n-      acks: 1\r\n+      acks: all\r\n+spring.kafka.producer.properties.max.in.flight.requests.per.connection: 1\r\n",
        ),
        (
            "producer.properties",
            "\u{feff}acks=1\r\nlinger.ms=5",
            &[ACKS, IN_FLIGHT],
            "@@ -1,2 +1,3 @@\n-\u{feff}acks=1\r\n+\u{feff}max.in.flight.requests.per.connection=1\r\n+acks=all\r\n linger.ms=5\n\\ No newline at end of file\n",
        ),
        (
            "a.env",
            "KAFKA_GROUP_ID=g\r\nKAFKA_ACKS=1",
            &[ACKS],
            "@@ -1,2 +1,2 @@\n KAFKA_GROUP_ID=g\r\n-KAFKA_ACKS=1\n\\ No newline at end of file\n+KAFKA_ACKS=all\n\\ No newline at end of file\n",
        ),
    ] {
        let patch = whole(name, text, settings);
        let head = format!("--- a/{name}\n+++ b/{name}\n");
        assert_eq!(patch, format!("{head}{expected}"), "{name}");
    }
}
