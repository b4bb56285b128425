//! What real files do that a reader of keys alone gets wrong.

use super::own::{Sample, all_come_out};
use ackward::import::{Answers, Source, read};

const SPRING: &[Sample] = &[
    (
        "conversions.yml",
        "spring:\n  kafka:\n    consumer:\n      enable-auto-commit: yes\n      max-poll-interval: 5m\n    listener: {ack-mode: manual}\n",
        "",
        &[
            "consumer enable.auto.commit=true @4",
            "consumer max.poll.interval.ms=300000 @5",
            "not asks ack",
            "not unreadable",
        ],
    ),
    // What is below `properties` reaches the client as it is written.
    (
        "as-written.properties",
        "spring.kafka.consumer.properties.max.poll.interval.ms=5m\nspring.kafka.consumer.group-id=a\n",
        "",
        &["unreadable 5m cannot be read"],
    ),
    (
        "profiles.yml",
        "spring:\n  profiles.active: ${P:prod}\n  kafka.producer.acks: 1\n---\nspring:\n  config.activate.on-profile: prod | live\n  kafka.producer.acks: all\n---\nspring:\n  config.activate.on-profile: \"!prod\"\n  kafka.producer.acks: 0\n",
        "",
        &["producer acks=all @7", "asks profile", "passed-over the profile !prod is passed over"],
    ),
];

const QUARKUS: &[Sample] = &[
    // The key of a profile counts, wherever it stands; so does that of a variable.
    (
        "application.properties",
        "%prod.mp.messaging.incoming.a.failure-strategy=ignore\nmp.messaging.incoming.a.failure-strategy=fail\nmp.messaging.outgoing.b.acks=${B_ACKS:0}\n",
        "",
        &["consumer failure-strategy=ignore @1", "producer acks=0 @3"],
    ),
    (
        "prod.env",
        "_PROD_MP_MESSAGING_INCOMING_A_FAILURE_STRATEGY=ignore\nMP_MESSAGING_INCOMING_A_FAILURE_STRATEGY=fail\n_DEV_MP_MESSAGING_INCOMING_A_AUTO_OFFSET_RESET=earliest\n",
        "",
        &[
            "consumer failure-strategy=ignore @1",
            "consumer auto.offset.reset=latest",
            "passed-over a key of the profile dev",
            "asks profile",
        ],
    ),
    (
        "staging.properties",
        "quarkus.profile=staging\nmp.messaging.outgoing.b.acks=0\n%staging.mp.messaging.outgoing.b.acks=all\n",
        "",
        &["producer acks=all @3"],
    ),
    // SmallRye leaves the commit to the client that commits by itself.
    (
        "auto-commit.properties",
        "mp.messaging.incoming.a.connector=smallrye-kafka\nmp.messaging.incoming.a.enable.auto.commit=true\n",
        "",
        &["consumer commit-strategy=ignore", "not-modeled committed in the background"],
    ),
];

const CODE: &[Sample] = &[
    (
        "options.ts",
        "import { Kafka } from 'kafkajs';\nconst kafka = new Kafka({ brokers: ['x'] });\nconst consumer = kafka.consumer({ groupId: 'g' });\nconst options = {\n  autoCommit: false,\n  eachMessage: async ({ message }) => work(message),\n};\nawait consumer.run(options);\n",
        "",
        &["consumer enable.auto.commit=false @5", "asks ack"],
    ),
    // The second map has the keys of topics.
    (
        "node-rdkafka.js",
        "const Kafka = require('node-rdkafka');\nconst c = new Kafka.KafkaConsumer({\n  'group.id': 'g',\n  'enable.auto.commit': false,\n}, {\n  'auto.offset.reset': 'earliest',\n});\n",
        "",
        &["consumer auto.offset.reset=earliest @6", "not passed-over more than one"],
    ),
    (
        "spread.py",
        "from kafka import KafkaProducer\nconfig = {'bootstrap_servers': 'x', 'acks': 1}\np = KafkaProducer(retries=3, **config)\n",
        "",
        &["producer acks=1 @2", "producer retries=3 @3"],
    ),
    (
        "typo.py",
        "from kafka import KafkaConsumer\nc = KafkaConsumer('t', max_poll_record=10)\n",
        "",
        &["no-effect Did you mean max_poll_records?"],
    ),
    // A client's consumer gets replies.
    (
        "module.ts",
        "ClientsModule.register([\n  { name: 'ORDERS', transport: Transport.KAFKA,\n    options: { consumer: { groupId: 'g' }, producer: { idempotent: true, maxInFlightRequests: 1 } } },\n]);\n",
        "",
        &[
            "producer enable.idempotence=true @3",
            "passed-over gets the replies to send()",
            "assumed NestJS makes the group g-client of g",
            "not asks handler",
        ],
    ),
    (
        "appsettings.json",
        "{\n  // of the broker\n  \"Kafka\": {\n    \"Producer\": { \"Acks\": \"All\", \"EnableIdempotence\": true, },\n  },\n}\n",
        "",
        &["producer acks=all @4", "producer enable.idempotence=true @4"],
    ),
    (
        "topic.txt",
        "Topic: a\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: segment.bytes=1073741824,min.insync.replicas=2\n",
        "",
        &["irrelevant segment.bytes", "not not-modeled segment"],
    ),
];

const BROKERS: &[Sample] = &[
    (
        "queues.json",
        "[{\"name\": \"a\", \"durable\": true, \"policy\": \"ha\", \"messages\": 4,\n \"arguments\": [[\"x-queue-type\", \"longstr\", \"quorum\"], [\"x-delivery-limit\", \"long\", 5]]}]",
        "",
        &[
            "broker x-queue-type=quorum @2",
            "broker x-delivery-limit=5 @2",
            "passed-over the policy ha applies to a",
            "irrelevant messages",
        ],
    ),
    (
        "celery.py",
        "from celery import Celery\napp = Celery('a')\napp.conf.broker_url = 'sqs://'\napp.conf.worker_concurency = 4\napp.conf.broker_transport_options = {'visibility_timeout': 60 * 60}\n",
        "",
        &[
            "no-effect worker_concurency is no key of Celery and has no effect. Did you mean worker_concurrency?",
            "consumer visibility_timeout=3600 @5",
        ],
    ),
    (
        "serverless.yml",
        "service: a\nprovider: {name: aws}\ncustom: {batch: 1, seconds: 20}\nfunctions:\n  f:\n    handler: h\n    timeout: ${self:custom.seconds}\n    events:\n      - sqs: {arn: !GetAtt Q.Arn, batchSize: '${self:custom.batch}', maximumBatchingWindow: '${opt:window, 5}'}\nresources:\n  Resources:\n    Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 130}}\n",
        "",
        &["consumer BatchSize=1 @9", "consumer Timeout=20 @7", "not unreadable"],
    ),
    // The name of a FIFO queue says so.
    (
        "mapping.json",
        "{\"EventSourceArn\": \"arn:aws:sqs:eu-central-1:123456789012:a.fifo\", \"BatchSize\": 10}",
        "",
        &["broker queue=FIFO, no dead-letter queue", "sets broker.sqs.FifoQueue=true"],
    ),
];

#[test]
fn brokers_and_queues() {
    all_come_out(BROKERS);
}

#[test]
fn spring_boot() {
    all_come_out(SPRING);
}

#[test]
fn quarkus() {
    all_come_out(QUARKUS);
}

#[test]
fn code_and_others() {
    all_come_out(CODE);
}

#[test]
fn what_is_no_configuration_is_named() {
    for (text, parts) in [
        (
            "{\"name\": \"a\", \"dependencies\": {\"kafkajs\": \"2\"}}",
            ["looks like a package.json", "Give"],
        ),
        ("{\"resourceSpans\": []}", ["looks like a trace of OpenTelemetry", "Give"]),
        ("[{\"traceId\": \"1\"}]", ["looks like a trace of Zipkin", "Give"]),
        ("{\"a\": 1}", ["read as json", "Give a scenario of Ackward"]),
        ("a: 1\n", ["read as yaml", "Check that it is the right file"]),
    ] {
        let source = Source { name: "x".into(), text: text.into(), syntax: None };
        let error = read(&[source], &Answers::default()).expect_err("it configures nothing");
        assert!(parts.iter().all(|part| error.text.contains(part)), "{text}: {}", error.text);
    }
}
