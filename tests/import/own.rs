//! Small samples of every kind, and what must be read out of them.

use super::answers;
use ackward::import::{Origin, Reading, Source, read};

/// A sample: its name, its text, answers, and what must come out.
///
/// `read NAME` is what it is taken for, `SIDE SETTING=VALUE @LINE` a setting with its line, `no
/// effect TEXT`, `unread TEXT`, `passed TEXT` and `gap TEXT` a remark with this text, `asks FLAG` a
/// question, `rule TEXT` a rule, `refused TEXT` a refusal, `starts` none, `sets PATH=VALUE` a setting
/// of every configuration that is checked,
/// `nothing` no plan.
pub type Sample<'a> = (&'a str, &'a str, &'a str, &'a [&'a str]);

fn reading(name: &str, text: &str, given: &str) -> Reading {
    let sources: Vec<Source> = text
        .split("\n=====\n")
        .map(|text| Source { name: name.into(), text: text.into(), syntax: None })
        .collect();
    read(&sources, &answers(given)).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

pub fn comes_out(reading: &Reading, expected: &str) -> bool {
    let remark = |kind: &str, text: &str| {
        reading.remarks.iter().any(|remark| remark.kind.key() == kind && remark.text.contains(text))
    };
    let (head, rest) = expected.split_once(' ').unwrap_or((expected, ""));
    match head {
        "read" => reading.read_as.iter().any(|what| what.contains(rest)),
        "no-effect" | "overruled" | "unreadable" | "passed-over" | "not-modeled" | "assumed" => {
            remark(head, rest)
        }
        "asks" => reading.questions().iter().any(|question| question.key == rest),
        "rule" => reading.rules().iter().any(|rule| rule.text.contains(rest)),
        "unmet" => reading.rules().iter().any(|rule| !rule.met && rule.text.contains(rest)),
        "refused" => {
            let refusal = reading.plan.as_ref().and_then(|plan| plan.refused.as_ref());
            refusal.is_some_and(|refusal| refusal.text.contains(rest))
        }
        "starts" => reading.plan.as_ref().is_some_and(|plan| plan.refused.is_none()),
        "nothing" => reading.plan.is_none(),
        "sets" => {
            let (path, value) = rest.split_once('=').expect("path=value");
            let variants = reading.plan.iter().flat_map(|plan| &plan.variants);
            let pairs: Vec<_> = variants.map(|variant| &variant.pairs).collect();
            let set = |pairs: &&Vec<(String, String)>| {
                let last = pairs.iter().rev().find(|(key, _)| key == path);
                last.is_some_and(|(_, own)| own == value)
            };
            !pairs.is_empty() && pairs.iter().all(set)
        }
        "irrelevant" => reading.irrelevant.iter().any(|(_, key)| key == rest),
        side => {
            let (pair, line) = rest.split_once(" @").unwrap_or((rest, ""));
            let (name, value) = pair.split_once('=').expect("name=value");
            reading.taken().iter().any(|row| {
                let at = match &row.origin {
                    Origin::File { place, .. } => place.line.to_string(),
                    _ => String::new(),
                };
                row.side.label() == side
                    && row.name == name
                    && row.value == value
                    && (line.is_empty() || line == at)
            })
        }
    }
}

pub fn all_come_out(samples: &[Sample]) {
    let mut wrong = Vec::new();
    for (name, text, given, expected) in samples {
        let reading = reading(name, text, given);
        for expected in *expected {
            let comes = match expected.strip_prefix("not ") {
                Some(expected) => !comes_out(&reading, expected),
                None => comes_out(&reading, expected),
            };
            if !comes {
                let rows: Vec<String> = reading
                    .taken()
                    .iter()
                    .map(|row| {
                        format!("{} {}={} {:?}", row.side.label(), row.name, row.value, row.origin)
                    })
                    .collect();
                let remarks: Vec<&str> = reading.remarks.iter().map(|r| r.text.as_str()).collect();
                wrong.push(format!(
                    "{name}: '{expected}' is missing in {:?} {rows:#?} {remarks:#?}",
                    reading.read_as
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All samples of this file.
pub const OWN: &[&[Sample]] = &[SPRING, REFUSED, CLIENTS, BROKERS, RABBITMQ, SQS];

#[test]
fn frameworks_on_the_jvm() {
    all_come_out(SPRING);
}

/// Values and keys that must not be judged as if they were others.
const REFUSED: &[Sample] = &[
    // What goes together with an idempotent producer, client by client.
    (
        "librdkafka.py",
        "from confluent_kafka import Producer\np = Producer({'acks': 'all', 'enable.idempotence': True})\n",
        "",
        &[
            "producer max.in.flight.requests.per.connection=5",
            "producer enable.idempotence=true @2",
            "starts",
        ],
    ),
    (
        "librdkafka-6.py",
        "from confluent_kafka import Producer\np = Producer({'max.in.flight': 6, 'enable.idempotence': True})\n",
        "",
        &["refused more than 5 requests in flight with enable.idempotence=true"],
    ),
    (
        "old-java.properties",
        "key.serializer=x\nenable.idempotence=true\n",
        "lib=kafka-clients=2.8",
        &["producer acks=all", "producer enable.idempotence=true @2"],
    ),
    (
        "old-java-1.properties",
        "key.serializer=x\nenable.idempotence=true\nacks=1\n",
        "lib=kafka-clients=2.8",
        &["refused acks=1 with enable.idempotence=true"],
    ),
    (
        "sarama.go",
        "package a\nimport \"github.com/IBM/sarama\"\nfunc f() {\n config := sarama.NewConfig()\n config.Producer.Idempotent = true\n config.Producer.RequiredAcks = sarama.WaitForAll\n}\n",
        "",
        &["refused more than one request in flight with enable.idempotence=true"],
    ),
    (
        "sarama-1.go",
        "package a\nimport \"github.com/IBM/sarama\"\nfunc f() {\n config := sarama.NewConfig()\n config.Producer.Idempotent = true\n config.Producer.RequiredAcks = sarama.WaitForAll\n config.Net.MaxOpenRequests = 1\n}\n",
        "",
        &["producer enable.idempotence=true @5", "starts"],
    ),
    (
        "franz.go",
        "package a\nimport \"github.com/twmb/franz-go/pkg/kgo\"\nfunc f() {\n kgo.NewClient(\n  kgo.RequiredAcks(kgo.LeaderAck()),\n )\n}\n",
        "",
        &["refused acks=1 with idempotence, which is on by default"],
    ),
    (
        "idempotent.ts",
        "import { Kafka } from 'kafkajs';\nconst kafka = new Kafka({ clientId: 'a', brokers: ['x'] });\nconst producer = kafka.producer({ idempotent: true });\nawait producer.send({ topic: 't', acks: 1, messages: [] });\n",
        "",
        &["refused acks=1 with enable.idempotence=true"],
    ),
    (
        "kafka-python.py",
        "from kafka import KafkaProducer\np = KafkaProducer(enable_idempotence=True, acks=1)\n",
        "lib=kafka-python=3.0",
        &["refused acks=1 with enable.idempotence=true"],
    ),
    (
        "aio.py",
        "from aiokafka import AIOKafkaProducer\np = AIOKafkaProducer(enable_idempotence=True)\n",
        "",
        &["producer acks=all", "producer enable.idempotence=true @2"],
    ),
    (
        "acks.properties",
        "key.serializer=x\nacks=2\nretries=abc\n",
        "",
        &[
            "refused acks=2 is refused: use one of all, -1, 0, 1",
            "unreadable retries: abc cannot be read, use a whole number",
            "producer retries=2147483647",
        ],
    ),
    (
        "isolation.yml",
        "spring:\n  kafka:\n    consumer:\n      group-id: g\n      isolation-level: comitted\n",
        "",
        &["refused isolation-level=comitted is refused"],
    ),
    (
        "reset.yml",
        "spring:\n  kafka:\n    consumer:\n      group-id: g\n      auto-offset-reset: none\n",
        "",
        &["not-modeled without a committed offset the consumer ends with an error"],
    ),
    (
        "write.properties",
        "mp.messaging.outgoing.a.connector=smallrye-kafka\nmp.messaging.outgoing.a.waitForWriteCompletion=false\n",
        "",
        &["not-modeled acknowledged before the broker has the outgoing one"],
    ),
    (
        "celery-quorum.py",
        "from celery import Celery\napp = Celery('a', broker='amqp://u:p@h')\napp.conf.update(\n    task_default_queue_type='quorum',\n    task_default_delivery_mode='transient',\n    worker_deduplicate_successful_tasks=True,\n)\n",
        "",
        &[
            "broker x-queue-type=quorum @4",
            "producer delivery_mode=1 @5",
            "not-modeled a worker skips those whose result says that they are done",
        ],
    ),
    (
        "errors.yml",
        "Resources:\n  Orders: {Type: AWS::SQS::Queue}\n  OrderErrors: {Type: AWS::SQS::Queue}\n",
        "",
        &["assumed OrderErrors is taken for a queue of dead letters, by its name"],
    ),
    (
        "filter.json",
        "{\"EventSourceMappings\": [{\"EventSourceArn\": \"arn:aws:sqs:eu-central-1:123456789012:q\",\n \"FilterCriteria\": {\"Filters\": []}, \"State\": \"Enabled\"}]}",
        "",
        &["not-modeled Lambda deletes them from the queue"],
    ),
];

#[test]
fn what_is_not_known_is_not_judged_as_something_else() {
    all_come_out(REFUSED);
}

#[test]
fn kafka_clients() {
    all_come_out(CLIENTS);
}

#[test]
fn topics_and_brokers() {
    all_come_out(BROKERS);
}

#[test]
fn rabbitmq_and_celery() {
    all_come_out(RABBITMQ);
}

#[test]
fn sqs_in_templates() {
    all_come_out(SQS);
}

#[test]
fn at_least_thirty() {
    let all = SPRING.len() + CLIENTS.len() + BROKERS.len() + RABBITMQ.len() + SQS.len();
    assert!(all >= 30, "{all}");
}

const SPRING: &[Sample] = &[
    (
        "dotted.yml",
        "spring.kafka.producer.acks: 1\nspring.kafka.producer.properties.linger.ms: 5\n",
        "",
        &[
            "read Spring Kafka",
            "producer acks=1 @1",
            "producer enable.idempotence=false",
            "irrelevant spring.kafka.producer.properties.linger.ms",
        ],
    ),
    (
        "profiles.yml",
        "spring:\n  kafka:\n    producer: {acks: all}\n---\nspring:\n  config: {activate: {on-profile: fast}}\n  kafka: {producer: {acks: 0}}\n",
        "",
        &["producer acks=all @3", "passed-over the profile fast"],
    ),
    (
        "profile-chosen.yml",
        "spring:\n  kafka:\n    producer: {acks: all}\n---\nspring:\n  config: {activate: {on-profile: fast}}\n  kafka: {producer: {acks: 0}}\n",
        "profile=fast",
        &["producer acks=0 @7"],
    ),
    (
        "documents.properties",
        "spring.kafka.consumer.enable-auto-commit=false\n#---\nspring.config.activate.on-profile=x\nspring.kafka.consumer.enable-auto-commit=true\n",
        "profile=x",
        &["consumer enable.auto.commit=true @4"],
    ),
    (
        "environment.env",
        "SPRING_KAFKA_PRODUCER_ACKS=1\nSPRING_KAFKA_CONSUMER_ENABLEAUTOCOMMIT=true\nSPRING_RABBITMQ_PASSWORD=hush\nSPRING_KAFKA_PRODUCER_PROPERTIES_ENABLE_IDEMPOTENCE=false\n",
        "",
        &[
            "producer acks=1 @1",
            "consumer enable.auto.commit=true @2",
            "producer enable.idempotence=false @4",
        ],
    ),
    (
        "placeholder.properties",
        "app.acks=1\nspring.kafka.producer.acks=${app.acks}\nspring.kafka.producer.retries=${RETRIES:3}\nspring.kafka.producer.properties.delivery.timeout.ms=${TIMEOUT}\n",
        "",
        &["producer acks=1 @2", "producer retries=3 @3", "unreadable ${TIMEOUT}"],
    ),
    (
        "typo.yml",
        "spring:\n  kafka:\n    producer:\n      ack: all\n    listener:\n      ackmode: record\n",
        "",
        &[
            "no-effect spring.kafka.producer.ack is no key of Spring Boot",
            "consumer ack-mode=record @6",
        ],
    ),
    (
        "amqp.properties",
        "spring.rabbitmq.publisher-confirms=true\nspring.rabbitmq.listener.simple.acknowledge-mode=manual\n",
        "",
        &[
            "read Spring AMQP",
            "no-effect spring.rabbitmq.publisher-confirms",
            "asks ack",
            "producer confirm.select=none",
        ],
    ),
    (
        "amqp-boot4.yml",
        "spring.rabbitmq.listener.simple.retry: {enabled: true, max-attempts: 5}\n",
        "lib=spring-boot=4.0",
        &[
            "consumer retry.max-retries=3",
            "no-effect retry.max-attempts has no effect in Spring Boot 4",
        ],
    ),
    (
        "stream.yml",
        "spring.cloud.stream:\n  bindings:\n    orders-in-0: {destination: orders, group: a, consumer: {maxAttempts: 5}}\n  kafka:\n    binder: {requiredAcks: 1}\n    bindings: {orders-in-0: {consumer: {enableDlq: true}}}\n",
        "",
        &[
            "read Spring Cloud Stream",
            "producer acks=1 @5",
            "consumer on-error=park",
            "consumer tries=5 @3",
            "sets consumer.on_error=dead-letter",
            "sets consumer.handler_attempts=3",
            "sets consumer.kafka.seek_after_error=false",
        ],
    ),
    (
        "smallrye.yaml",
        "mp:\n  messaging:\n    incoming:\n      in:\n        connector: smallrye-kafka\n        commit-strategy: ignore\n        enable.auto.commit: true\n        failure-strategy: ignore\n        max.pol.records: 5\n",
        "",
        &[
            "read SmallRye",
            "consumer commit-strategy=ignore @6",
            "consumer failure-strategy=ignore @8",
            "no-effect max.pol.records",
        ],
    ),
    (
        "smallrye-rabbit.properties",
        "mp.messaging.outgoing.o.connector=smallrye-rabbitmq\nmp.messaging.outgoing.o.publish-confirms=true\n",
        "",
        &["producer confirm.select=true @2", "producer delivery_mode=2"],
    ),
    (
        "smallrye-dlq.properties",
        "mp.messaging.incoming.p.connector=smallrye-rabbitmq\nmp.messaging.incoming.p.queue.x-queue-type=quorum\nmp.messaging.incoming.p.auto-bind-dlq=true\n",
        "",
        &[
            "consumer failure-strategy=reject",
            "broker x-queue-type=quorum @2",
            "broker auto-bind-dlq=true @3",
        ],
    ),
    (
        "cloud-aws.yml",
        "spring.cloud.aws.sqs.listener.acknowledgement-mode: ALWAYS\n",
        "",
        &["read Spring Cloud AWS", "consumer acknowledgement-mode=ALWAYS @1"],
    ),
];

const CLIENTS: &[Sample] = &[
    (
        "consumer.properties",
        "group.id=a\nenable.auto.commit=false\nisolation.level=read_committed\nmax.poll.intervall.ms=5\n",
        "",
        &[
            "consumer isolation.level=read_committed @3",
            "asks ack",
            "no-effect Did you mean max.poll.interval.ms?",
        ],
    ),
    (
        "underscores.properties",
        "bootstrap.servers=x:1\nacks=all\nenable_idempotence=false\n",
        "",
        &["no-effect Did you mean enable.idempotence?", "producer enable.idempotence=true"],
    ),
    (
        "librdkafka.json",
        "{\n \"metadata.broker.list\": \"x\",\n \"request.required.acks\": 1,\n \"queue.buffering.max.ms\": 5\n}",
        "",
        &[
            "read librdkafka",
            "producer acks=1 @3",
            "producer max.in.flight.requests.per.connection=1000000",
        ],
    ),
    (
        "client.env",
        "KAFKA_ACKS=0\nKAFKA_RETRIES=0\nHOME=/root\n",
        "",
        &["producer acks=0 @1", "assumed which client"],
    ),
    (
        "Producer.java",
        "import java.util.Properties;\nclass A {\n void a() {\n  Properties props = new Properties();\n  props.put(ProducerConfig.ACKS_CONFIG, \"1\");\n  props.put(\"max.in.flight.requests.per.connection\", 1);\n  props.put(ProducerConfig.LINGER_MS_CONFIG, 5);\n }\n}\n",
        "",
        &[
            "read Java client",
            "producer acks=1 @5",
            "producer max.in.flight.requests.per.connection=1 @6",
        ],
    ),
    (
        "producer.py",
        "from confluent_kafka import Producer\np = Producer({'bootstrap.servers': 'x', 'enable.idempotence': True, 'acks': '1'})\n",
        "",
        &["refused acks=1 with enable.idempotence=true"],
    ),
    (
        "transactions.yml",
        "spring.kafka.producer: {acks: 1, transaction-id-prefix: tx-}\n",
        "",
        &["refused acks=1 with a transactional.id"],
    ),
    (
        "store.py",
        "from confluent_kafka import Consumer\nc = Consumer({\n  'group.id': 'a',\n  'enable.auto.offset.store': False,\n})\nc.store_offsets(m)\n",
        "",
        &["consumer enable.auto.offset.store=false @4", "asks ack"],
    ),
    (
        "consumer.go",
        "package a\nfunc main() {\n c, _ := kafka.NewConsumer(&kafka.ConfigMap{\n  \"group.id\": \"g\",\n  \"enable.auto.commit\": false,\n })\n}\n",
        "",
        &["read librdkafka", "consumer enable.auto.commit=false @5"],
    ),
    (
        "Producer.cs",
        "using Confluent.Kafka;\nvar config = new ProducerConfig { BootstrapServers = \"x\", Acks = Acks.Leader };\nconfig.EnableIdempotence = false;\n",
        "",
        &["read Confluent.Kafka", "producer acks=1 @2", "producer enable.idempotence=false @3"],
    ),
    (
        "kafkajs.ts",
        "import { Kafka } from 'kafkajs';\nconst kafka = new Kafka({ clientId: 'a', brokers: ['x'] });\nconst producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });\nconst consumer = kafka.consumer({ groupId: 'g' });\nawait consumer.run({ autoCommit: false, eachMessage: async () => {} });\nawait producer.send({ topic: 't', acks: 1, messages: [] });\n",
        "",
        &[
            "read kafkajs",
            "producer max.in.flight.requests.per.connection=1 @3",
            "consumer enable.auto.commit=false @5",
            "producer acks=1 @6",
        ],
    ),
    (
        "confluent.js",
        "const { Kafka } = require('@confluentinc/kafka-javascript').KafkaJS;\nconst kafka = new Kafka({ kafkaJS: { brokers: ['x'] } });\nconst producer = kafka.producer({ kafkaJS: { acks: 0 } });\n",
        "",
        &["read confluent-kafka-javascript", "producer acks=0 @3"],
    ),
    (
        "sarama.go",
        "package a\nfunc f() {\n c := sarama.NewConfig()\n c.Producer.RequiredAcks = sarama.WaitForAll\n c.Producer.Idempotent = true\n c.Net.MaxOpenRequests = 1\n c.Consumer.Offsets.Initial = sarama.OffsetOldest\n sarama.NewConsumerGroup(b, \"g\", c)\n}\n",
        "",
        &[
            "read Sarama",
            "producer acks=all @4",
            "producer enable.idempotence=true @5",
            "consumer auto.offset.reset=earliest @7",
            "asks ack",
        ],
    ),
    (
        "franz.go",
        "package a\nfunc f() {\n cl, _ := kgo.NewClient(\n  kgo.RequiredAcks(kgo.LeaderAck()),\n  kgo.DisableIdempotentWrite(),\n  kgo.ConsumerGroup(\"g\"),\n  kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),\n )\n}\n",
        "",
        &[
            "read franz-go",
            "producer acks=1 @4",
            "producer enable.idempotence=false @5",
            "consumer auto.offset.reset=earliest @7",
        ],
    ),
    (
        "kafka-go.go",
        "package a\nfunc f() {\n w := &kafka.Writer{Addr: kafka.TCP(\"x\"), Topic: \"t\"}\n r := kafka.NewReader(kafka.ReaderConfig{GroupID: \"g\"})\n m, _ := r.ReadMessage(ctx)\n}\n",
        "",
        &["read kafka-go", "producer acks=0", "consumer commit=before"],
    ),
    (
        "aiokafka.py",
        "from aiokafka import AIOKafkaConsumer\nc = AIOKafkaConsumer(\"t\", group_id=\"g\", enable_auto_commit=False, isolation_level=\"read_committed\")\n",
        "",
        &[
            "read aiokafka",
            "consumer enable.auto.commit=false @2",
            "consumer isolation.level=read_committed @2",
        ],
    ),
    (
        "two-sides.py",
        "from kafka import KafkaProducer, KafkaConsumer\np = KafkaProducer(acks='all', retries=3, retrys=3)\nc = KafkaConsumer('t', group_id='g')\n",
        "lib=kafka-python=2.0",
        &["producer retries=3 @2", "no-effect retrys", "producer enable.idempotence=false"],
    ),
];

const BROKERS: &[Sample] = &[
    (
        "five.txt",
        "Topic: a\tTopicId: x\tPartitionCount: 1\tReplicationFactor: 5\tConfigs: min.insync.replicas=3,unclean.leader.election.enable=true\n",
        "",
        &["broker replication.factor=5 @1", "broker unclean.leader.election.enable=true @1"],
    ),
    (
        "out-of-sync.txt",
        "Topic: a PartitionCount: 1 ReplicationFactor: 3 Configs: \n\tTopic: a\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1\n",
        "",
        &["assumed only 1 of 3 replicas"],
    ),
    (
        "topic.yaml",
        "apiVersion: kafka.strimzi.io/v1beta2\nkind: KafkaTopic\nmetadata: {name: t}\nspec:\n  replicas: 3\n  config: {min.insync.replicas: 2, min.insync.replica: 1}\n",
        "",
        &[
            "read Strimzi",
            "broker replication.factor=3 @5",
            "no-effect min.insync.replica is no key",
        ],
    ),
    (
        "compose.yml",
        "services:\n  kafka:\n    image: apache/kafka:4.1.0\n    environment:\n      - KAFKA_NODE_ID=1\n      - KAFKA_MIN_INSYNC_REPLICA=2\n",
        "",
        &[
            "read docker compose",
            "broker replication.factor=1",
            "no-effect KAFKA_MIN_INSYNC_REPLICA",
        ],
    ),
    (
        "server.properties",
        "process.roles=broker,controller\nnode.id=1\ndefault.replication.factor=3\nmin.insync.replicas=2\nlog.dirs=/x\n",
        "",
        &[
            "read broker properties",
            "broker replication.factor=3 @3",
            "broker min.insync.replicas=2 @4",
        ],
    ),
    (
        "both.txt",
        "acks=1\nlinger.ms=5\n=====\nTopic: a\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: min.insync.replicas=2\n",
        "",
        &["producer acks=1 @1", "broker min.insync.replicas=2 @1"],
    ),
];

const RABBITMQ: &[Sample] = &[
    (
        "queues.json",
        "[{\"name\": \"a\", \"durable\": true, \"type\": \"rabbit_quorum_queue\", \"arguments\": {\"x-delivery-limit\": 30}, \"messages\": 1}]",
        "",
        &["read list_queues", "broker x-queue-type=quorum @1", "broker x-delivery-limit=30 @1"],
    ),
    (
        "active.json",
        "[{\"name\": \"a\", \"durable\": true, \"type\": \"rabbit_quorum_queue\", \"arguments\": {\"x-single-active-consumer\": true}, \"messages\": 1}]",
        "",
        &["broker x-single-active-consumer=true @1"],
    ),
    (
        "definitions.json",
        "{\"rabbit_version\": \"3.13.7\",\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": true, \"arguments\": {}}],\n \"policies\": [{\"vhost\": \"/\", \"name\": \"ha\", \"pattern\": \".*\", \"apply-to\": \"all\", \"priority\": 0,\n  \"definition\": {\"ha-mode\": \"all\", \"dead-letter-exchange\": \"dlx\"}}],\n \"bindings\": [], \"exchanges\": []}",
        "",
        &[
            "broker x-dead-letter-exchange=dlx @4",
            "no-effect ha-mode",
            "broker dead-letter-bound=false",
        ],
    ),
    (
        "amqplib.js",
        "const amqp = require('amqplib');\nasync function f() {\n  const ch = await c.createConfirmChannel();\n  await ch.assertQueue('q', { durable: true, arguments: { 'x-queue-type': 'quorum' } });\n  ch.sendToQueue('q', Buffer.from('x'), { persistent: true });\n  ch.consume('q', (m) => ch.ack(m), { noAck: false });\n}\n",
        "",
        &[
            "read amqplib",
            "producer confirm.select=true @3",
            "producer delivery_mode=2 @5",
            "broker x-queue-type=quorum @4",
            "consumer auto_ack=false @6",
        ],
    ),
    (
        "no-ack.py",
        "import pika\nch.queue_declare('q')\nch.basic_consume('q', f, auto_ack=True)\n",
        "",
        &["consumer auto_ack=true @3", "broker durable=false @2"],
    ),
    (
        "nest-rmq.ts",
        "const app = await NestFactory.createMicroservice(M, {\n  transport: Transport.RMQ,\n  options: { urls: ['amqp://u:p@h'], queue: 'q', noAck: false, queueOptions: { durable: true } },\n});\n",
        "",
        &[
            "read NestJS · RabbitMQ",
            "consumer auto_ack=false @3",
            "producer delivery_mode=1",
            "asks ack",
        ],
    ),
    (
        "masstransit.cs",
        "using MassTransit;\nservices.AddMassTransit(x => x.UsingRabbitMq((c, cfg) => {\n  cfg.UseMessageRetry(r => r.Interval(5, 100));\n  cfg.PrefetchCount = 32;\n}));\n",
        "",
        &[
            "read MassTransit",
            "consumer tries=6 @3",
            "consumer prefetch_count=32 @4",
            "sets consumer.on_error=dead-letter",
            "sets consumer.handler_attempts=3",
        ],
    ),
    (
        "celery.py",
        "from celery import Celery\napp = Celery('a', broker='amqp://u:p@h')\napp.conf.update(\n    task_acks_late=True,\n    task_ack_late=True,\n    broker_transport_options={'confirm_publish': True},\n)\n",
        "",
        &[
            "read Celery on RabbitMQ",
            "consumer acks_late=true @4",
            "producer confirm_publish=true @6",
            "no-effect Did you mean task_acks_late?",
        ],
    ),
    (
        "celery-sqs.py",
        "broker_url = 'sqs://'\ntask_acks_late = True\nbroker_transport_options = {'visibility_timeout': 60}\ntask_time_limit = 300\n",
        "",
        &[
            "read Celery on SQS",
            "consumer visibility_timeout=60 @3",
            "unmet visibility_timeout 60 s against task_time_limit 300 s",
        ],
    ),
];

const SQS: &[Sample] = &[
    (
        "queue.json",
        "{\"Resources\": {\"Q\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\": {\n \"VisibilityTimeout\": 60,\n \"RedrivePolicy\": {\"deadLetterTargetArn\": {\"Fn::GetAtt\": [\"D\", \"Arn\"]}, \"maxReceiveCount\": 10}}},\n \"D\": {\"Type\": \"AWS::SQS::Queue\"}}}",
        "",
        &["read CloudFormation", "broker VisibilityTimeout=60 @2", "broker maxReceiveCount=10 @3"],
    ),
    (
        "refused.yml",
        "Resources:\n  Q: {Type: AWS::SQS::Queue}\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Timeout: 60\n      Events:\n        E: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}\n",
        "",
        &["refused AWS refuses the event source mapping"],
    ),
    (
        "typo.yml",
        "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {VisiblityTimeout: 60, FifoQueue: true}\n",
        "",
        &["no-effect Did you mean VisibilityTimeout?", "broker FifoQueue=true @4"],
    ),
    (
        "plan.json",
        "{\"terraform_version\": \"1.9\", \"planned_values\": {\"root_module\": {\"resources\": [\n {\"type\": \"aws_sqs_queue\", \"name\": \"q\", \"values\": {\"fifo_queue\": true, \"visibility_timeout_seconds\": 40, \"redrive_policy\": \"{\\\"maxReceiveCount\\\": 4, \\\"deadLetterTargetArn\\\": \\\"arn:aws:sqs:eu:1:d\\\"}\"}}]}}}",
        "",
        &["read terraform show", "broker FifoQueue=true @2", "broker maxReceiveCount=4 @2"],
    ),
    (
        "main.tf",
        "variable \"tries\" {\n  default = 3\n}\nresource \"aws_sqs_queue\" \"q\" {\n  visibility_timeout_seconds = var.seconds\n  redrive_policy = jsonencode({\n    maxReceiveCount = var.tries + 1\n  })\n}\n",
        "",
        &["unreadable var.seconds", "broker maxReceiveCount=4 @7", "broker VisibilityTimeout=30"],
    ),
    (
        "function.tf",
        "resource \"aws_lambda_function\" \"f\" {\n  timeout = 60\n}\n",
        "",
        &["nothing", "passed-over nothing here is about delivery but timeout = 60"],
    ),
    (
        "mapping.json",
        "{\"EventSourceMappings\": [{\"EventSourceArn\": \"arn:aws:sqs:eu-central-1:123456789012:q\", \"BatchSize\": 10,\n \"FunctionResponseTypes\": [], \"State\": \"Enabled\"}]}",
        "",
        &["read Lambda event source mapping", "consumer BatchSize=10 @1"],
    ),
    (
        "serverless.yml",
        "service: a\nprovider: {name: aws, timeout: 20}\nfunctions:\n  f:\n    handler: h\n    events:\n      - sqs: {arn: !GetAtt Q.Arn, batchSize: 1, functionResponseType: ReportBatchItemFailures}\nresources:\n  Resources:\n    Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 120}}\n",
        "",
        &["read Serverless Framework", "consumer BatchSize=1 @7", "rule 6 × 20 = 120 s"],
    ),
];
