//! Spring Cloud Stream, kafkajs and .NET: what lies over, under and beside each other.

use super::own::{Sample, all_come_out};

const STREAM: &str = "spring:
  cloud:
    stream:
      default-binder: kafka
      kafka:
        binder:
          brokers: kafka:9092
          required-acks: all
          consumer-properties:
            isolation.level: read_committed
          producer-properties:
            max.in.flight.requests.per.connection: 1
        bindings:
          enrich-in-0:
            consumer:
              enable-dlq: true
              ack-mode: RECORD
              configuration:
                max.poll.records: 50
      bindings:
        enrich-in-0:
          destination: orders
          group: enricher
          consumer:
            max-attempts: 5
        enrich-out-0:
          destination: enriched
        audit-in-0:
          destination: orders
";

const RABBIT: &str = "spring:
  rabbitmq:
    addresses: amqps://mq:5671
  cloud:
    stream:
      bindings:
        input:
          destination: invoices
          group: mailer
          consumer:
            max-attempts: 2
      rabbit:
        bindings:
          input:
            consumer:
              auto-bind-dlq: true
              prefetch: 10
              quorum:
                enabled: true
                delivery-limit: 7
";

const ALL: &[Sample] = &[
    (
        "stream.yml",
        STREAM,
        "",
        &[
            "read Spring Cloud Stream for Kafka",
            "not read RabbitMQ",
            "producer acks=all @8",
            "producer max.in.flight.requests.per.connection=1 @12",
            "consumer isolation.level=read_committed @10",
            "consumer max.poll.records=50 @19",
            "consumer on-error=park @16",
            "consumer tries=5 @25",
            // A group that is given begins at the start.
            "consumer auto.offset.reset=earliest @23",
            "passed-over this one (audit-in-0) is not judged",
            "irrelevant spring.cloud.stream.bindings.enrich-in-0.destination",
        ],
    ),
    // Another binding has settings of its own.
    (
        "stream.yml",
        STREAM,
        "queue=audit-in-0",
        &[
            "consumer on-error=skip",
            "consumer tries=3",
            "consumer auto.offset.reset=latest",
            "consumer isolation.level=read_committed @10",
            "consumer ack-mode=BATCH",
        ],
    ),
    (
        "offset.properties",
        "spring.cloud.stream.bindings.a-in-0.group=g\nspring.cloud.stream.kafka.bindings.a-in-0.consumer.startOffset=latest\n",
        "",
        &["consumer auto.offset.reset=latest @2"],
    ),
    (
        "rabbit.yml",
        RABBIT,
        "",
        &[
            "read Spring Cloud Stream for RabbitMQ",
            "not read Kafka",
            "consumer tries=2 @11",
            "consumer auto-bind-dlq=true @16",
            "consumer prefetch_count=10 @17",
            "broker x-queue-type=quorum @19",
            "broker x-delivery-limit=7 @20",
            "not passed-over more than one",
            "sets consumer.on_error=dead-letter",
        ],
    ),
    (
        "retry.ts",
        "import { Kafka } from 'kafkajs';\nconst kafka = new Kafka({ brokers: ['x'], retry: { retries: 8 } });\nconst producer = kafka.producer();\nconst consumer = kafka.consumer({ groupId: 'g' });\nawait consumer.run({ partitionsConsumedConcurrently: 3, eachMessage: work });\n",
        "",
        &["producer retries=8 @2", "irrelevant partitionsConsumedConcurrently"],
    ),
    // The value of an id makes no difference, and neither do the constants' odd names.
    (
        "tx.yml",
        "spring.kafka.producer.transaction-id-prefix: tx-${HOSTNAME}-\n",
        "",
        &["producer transactional.id=tx-${HOSTNAME}- @1", "not unreadable HOSTNAME"],
    ),
    (
        "Producer.java",
        "import java.util.Properties;\nclass A {\n void a() {\n  Properties p = new Properties();\n  p.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, S.class);\n  p.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, x);\n  p.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 5);\n  p.put(ProducerConfig.SEND_BUFFER_CONFIG, 5);\n  p.put(SaslConfigs.SASL_JAAS_CONFIG, x);\n  p.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);\n }\n}\n",
        "",
        &[
            "not no-effect key",
            "not no-effect has no effect",
            "irrelevant key.serializer",
            "irrelevant sasl.jaas.config",
            "producer transactional.id=id @10",
        ],
    ),
    (
        "appsettings.json",
        "{\n \"Logging\": {\"LogLevel\": {\"Default\": \"Information\"}},\n \"Kafka\": {\n  \"BootstrapServers\": \"x\",\n  \"Producer\": {\"Acks\": \"Leader\", \"LingerMs\": 5},\n  \"Consumer\": {\"GroupId\": \"g\",\n   \"AutoOffsetReset\": \"Earliest\",\n   \"EnableAutoOffsetStore\": false}}}\n",
        "",
        &[
            "read C# · Confluent.Kafka",
            "producer acks=1 @5",
            "consumer auto.offset.reset=earliest @7",
            "consumer enable.auto.offset.store=false @8",
            "assumed Kafka.Consumer is bound to",
            "irrelevant LingerMs",
        ],
    ),
];

#[test]
fn what_lies_over_each_other() {
    all_come_out(ALL);
}
