//! Batches: what each framework acknowledges together, and what an answer changes about it.

use super::own::{Sample, all_come_out};

/// A template with a queue and a function that is mapped to it.
macro_rules! lambda {
    ($queue:literal, $mapping:literal) => {
        concat!(
            "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {VisibilityTimeout: 180",
            $queue,
            "}\n  M:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties:\n",
            "      EventSourceArn: !GetAtt Q.Arn\n",
            $mapping
        )
    };
}

const REPORTS: &str = lambda!("", "      FunctionResponseTypes: [ReportBatchItemFailures]\n");
const FIFO: &str =
    lambda!(", FifoQueue: true", "      FunctionResponseTypes: [ReportBatchItemFailures]\n");

const SQS: &[Sample] = &[
    (
        "whole.yml",
        lambda!("", "      BatchSize: 5\n"),
        "",
        &[
            "consumer batch_ack=whole",
            "consumer BatchSize=5 @9",
            "sets consumer.batch_ack=whole",
            "sets consumer.sqs.MaxNumberOfMessages=4",
            "not asks batch",
            "not not-modeled batch",
        ],
    ),
    (
        "by-default.yml",
        lambda!("", ""),
        "",
        &["consumer BatchSize=10", "sets consumer.batch_ack=whole"],
    ),
    (
        "one.yml",
        lambda!("", "      BatchSize: 1\n"),
        "",
        &["consumer batch_ack=each", "not sets consumer.batch_ack=whole", "not asks batch"],
    ),
    (
        "reports.yml",
        REPORTS,
        "",
        &["consumer batch_ack=good-part", "sets consumer.batch_ack=good-part", "asks batch"],
    ),
    ("throws.yml", REPORTS, "batch=whole", &["sets consumer.batch_ack=whole"]),
    (
        "fifo-whole.yml",
        lambda!(", FifoQueue: true", ""),
        "",
        &["sets consumer.batch_ack=whole", "sets consumer.sqs.MaxNumberOfMessages=4"],
    ),
    ("fifo.yml", FIFO, "", &["sets consumer.batch_ack=up-to-first-failure", "asks batch"]),
    ("fifo-goes-on.yml", FIFO, "batch=good-part", &["sets consumer.batch_ack=good-part"]),
    (
        "mapping.tf",
        "resource \"aws_sqs_queue\" \"q\" {\n  visibility_timeout_seconds = 180\n}\nresource \"aws_lambda_event_source_mapping\" \"m\" {\n  event_source_arn = aws_sqs_queue.q.arn\n  function_response_types = [\"ReportBatchItemFailures\"]\n}\n",
        "",
        &["sets consumer.batch_ack=good-part", "sets consumer.sqs.MaxNumberOfMessages=4"],
    ),
    (
        "cloud-aws.yml",
        "spring.cloud.aws.sqs.listener.max-messages-per-poll: 5\n=====\nResources:\n  Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}\n",
        "",
        &["sets consumer.batch_ack=up-to-first-failure", "consumer MaxNumberOfMessages=5 @1"],
    ),
    (
        "cloud-aws-standard.yml",
        "spring.cloud.aws.sqs.listener.max-messages-per-poll: 5\n",
        "",
        &["not sets consumer.batch_ack=up-to-first-failure", "not asks ack"],
    ),
    (
        "cloud-aws-manual.yml",
        "spring.cloud.aws.sqs.listener.acknowledgement-mode: MANUAL\n",
        "ack=before",
        &["asks ack", "sets consumer.program=receive,ack,work"],
    ),
    (
        "consumer.ts",
        "import { Consumer } from 'sqs-consumer';\nconst app = Consumer.create({\n  queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/q',\n  batchSize: 10,\n  heartbeatInterval: 10,\n  handleMessageBatch: async (messages) => messages,\n});\n",
        "",
        &[
            "read sqs-consumer",
            "consumer MaxNumberOfMessages=10 @4",
            "sets consumer.batch_ack=whole",
            "sets consumer.sqs.heartbeat=true",
            "asks batch",
        ],
    ),
    (
        "one-by-one.js",
        "const { Consumer } = require('sqs-consumer');\nconst app = Consumer.create({\n  queueUrl: url,\n  batchSize: 2,\n  terminateVisibilityTimeout: true,\n  handleMessage: async (m) => {},\n});\n",
        "",
        &["not asks batch", "sets consumer.on_error=requeue", "not sets consumer.batch_ack=whole"],
    ),
];

const KAFKAJS: &str = "import { Kafka } from 'kafkajs';\nconst kafka = new Kafka({ brokers: ['x'] });\nconst consumer = kafka.consumer({ groupId: 'g' });\n";

const KAFKA: &[Sample] = &[
    (
        "spring.yml",
        "spring.kafka.consumer: {group-id: g, auto-offset-reset: earliest, max-poll-records: 50}\n",
        "",
        &[
            "consumer batch_ack=up-to-first-failure",
            "sets consumer.batch_ack=up-to-first-failure",
            "sets consumer.kafka.max.poll.records=50",
            "not asks batch",
            "not not-modeled poll",
        ],
    ),
    (
        "record.yml",
        "spring.kafka: {consumer: {group-id: g}, listener: {ack-mode: RECORD}}\n",
        "",
        &["consumer batch_ack=each", "not sets consumer.batch_ack=up-to-first-failure"],
    ),
    (
        "manual.yml",
        "spring.kafka: {consumer: {group-id: g}, listener: {ack-mode: manual}}\n",
        "",
        &["asks ack", "sets consumer.batch_ack=up-to-first-failure"],
    ),
    (
        "manual-before.yml",
        "spring.kafka: {consumer: {group-id: g}, listener: {ack-mode: manual}}\n",
        "ack=before",
        &["not sets consumer.batch_ack=up-to-first-failure"],
    ),
    (
        "immediate.yml",
        "spring.kafka: {consumer: {group-id: g}, listener: {ack-mode: manual_immediate}}\n",
        "",
        &["consumer batch_ack=each"],
    ),
    (
        "time.yml",
        "spring.kafka: {consumer: {group-id: g}, listener: {ack-mode: count-time}}\n",
        "",
        &["not-modeled COUNT_TIME", "sets consumer.batch_ack=up-to-first-failure"],
    ),
    (
        "auto.yml",
        "spring.kafka.consumer: {group-id: g, enable-auto-commit: true}\n",
        "",
        &[
            "not consumer batch_ack=up-to-first-failure",
            "sets consumer.kafka.enable.auto.commit=true",
        ],
    ),
    (
        "dies.yml",
        "spring.kafka.consumer: {group-id: g}\n",
        "on-error=die",
        &["sets consumer.batch_ack=whole"],
    ),
    (
        "list.yml",
        "spring.kafka: {consumer: {group-id: g, auto-offset-reset: earliest}, listener: {type: batch}}\n",
        "",
        &[
            "consumer listener.type=batch @1",
            "sets consumer.batch_ack=whole",
            "sets consumer.on_error=skip",
            "sets consumer.handler_attempts=3",
            "asks batch",
        ],
    ),
    (
        "list-first.yml",
        "spring.kafka: {consumer: {group-id: g}, listener: {type: batch}}\n",
        "batch=first-failure",
        &["sets consumer.batch_ack=up-to-first-failure", "sets consumer.on_error=skip"],
    ),
    (
        "list-record.yml",
        "spring.kafka: {consumer: {group-id: g}, listener: {type: batch, ack-mode: record}}\n",
        "",
        &["refused Cannot use AckMode.RECORD with a batch listener"],
    ),
    (
        "stream.yml",
        "spring.cloud.stream.bindings.a-in-0: {group: a, consumer: {batch-mode: true, maxAttempts: 5}}\n",
        "",
        &["sets consumer.batch_ack=whole", "consumer tries=10"],
    ),
    (
        "smallrye.properties",
        "mp.messaging.incoming.a.connector=smallrye-kafka\nmp.messaging.incoming.a.batch=true\n",
        "",
        &["consumer batch=true @2", "sets consumer.batch_ack=whole", "sets consumer.on_error=stop"],
    ),
    (
        "smallrye-each.properties",
        "mp.messaging.incoming.a.connector=smallrye-kafka\n",
        "",
        &["not sets consumer.batch_ack=whole"],
    ),
];

/// The ways to run a consumer of kafkajs.
#[test]
fn kafkajs() {
    for (run, given, expected) in [
        ("eachMessage: f", "", "sets consumer.batch_ack=up-to-first-failure"),
        ("eachMessage: f, autoCommitThreshold: 1", "", "consumer batch_ack=each"),
        ("eachMessage: f, autoCommit: false", "", "consumer batch_ack=each"),
        ("eachBatch: f", "", "sets consumer.batch_ack=whole"),
        ("eachBatch: f", "", "asks batch"),
        ("eachBatch: f", "batch=first-failure", "sets consumer.batch_ack=up-to-first-failure"),
        // Kafka cannot leave a record out: the answer is none here.
        ("eachBatch: f", "batch=good-part", "sets consumer.batch_ack=whole"),
        (
            "eachBatch: f, eachBatchAutoResolve: false",
            "",
            "sets consumer.batch_ack=up-to-first-failure",
        ),
    ] {
        let text = format!("{KAFKAJS}await consumer.run({{ {run} }});\n");
        all_come_out(&[("run.ts", &text, given, &[expected])]);
    }
}

const RABBITMQ: &[Sample] = &[
    (
        "batch-size.yml",
        "spring.rabbitmq.listener.simple: {batch-size: 20, prefetch: 5}\n",
        "",
        &[
            "consumer batch-size=20 @1",
            "sets consumer.rabbitmq.batch_size=10",
            "sets consumer.rabbitmq.prefetch_count=20",
            "sets consumer.batch_ack=whole",
        ],
    ),
    // A batch of one message leaves the prefetch as it is.
    (
        "one.yml",
        "spring.rabbitmq.listener.simple: {batch-size: 1, prefetch: 5}\n",
        "",
        &["sets consumer.rabbitmq.prefetch_count=5", "not sets consumer.batch_ack=whole"],
    ),
    (
        "one-by-default.yml",
        "spring.rabbitmq.listener.simple: {batch-size: 1}\n",
        "",
        &["consumer prefetch_count=250", "sets consumer.rabbitmq.prefetch_count=250"],
    ),
    // A container prefetches a batch at least; 0 is no limit for the broker alone.
    (
        "no-limit.yml",
        "spring.rabbitmq.listener.simple: {prefetch: 0}\n",
        "",
        &["sets consumer.rabbitmq.prefetch_count=1"],
    ),
    (
        "no-limit-direct.yml",
        "spring.rabbitmq.listener: {type: direct, direct: {prefetch: 0}}\n",
        "",
        &["sets consumer.rabbitmq.prefetch_count=0"],
    ),
    (
        "other-container.yml",
        "spring.rabbitmq.listener: {simple: {prefetch: 5}, direct: {prefetch: 1, acknowledge-mode: none}}\n",
        "",
        &[
            "consumer prefetch_count=5 @1",
            "consumer acknowledge-mode=auto",
            "overruled listener.type is simple: spring.rabbitmq.listener.direct.prefetch has no effect",
        ],
    ),
    (
        "list.yml",
        "spring.rabbitmq.listener.simple: {consumer-batch-enabled: true, batch-size: 5, acknowledge-mode: manual}\n",
        "",
        &["sets consumer.batch_ack=whole", "not not-modeled consumer-batch-enabled"],
    ),
    (
        "list-of-one.yml",
        "spring.rabbitmq.listener.simple.consumer-batch-enabled: true\n",
        "",
        &["not sets consumer.batch_ack=whole", "consumer consumer-batch-enabled=true @1"],
    ),
    (
        "manual.yml",
        "spring.rabbitmq.listener.simple: {batch-size: 5, acknowledge-mode: manual}\n",
        "",
        &["not sets consumer.batch_ack=whole"],
    ),
    (
        "direct.yml",
        "spring.rabbitmq.listener: {type: direct, simple: {batch-size: 5}}\n",
        "",
        &["overruled listener.type is direct", "not sets consumer.batch_ack=whole"],
    ),
    (
        "tries.yml",
        "spring.rabbitmq.listener.simple: {batch-size: 5, retry: {enabled: true}}\n",
        "",
        &["sets consumer.batch_ack=whole", "sets consumer.handler_attempts=3"],
    ),
    (
        "stream.yml",
        "spring.cloud.stream.rabbit.bindings.a-in-0.consumer: {enableBatching: true, batchSize: 3}\n",
        "",
        &["sets consumer.rabbitmq.batch_size=3", "sets consumer.batch_ack=whole"],
    ),
];

/// All samples of this file.
pub const ALL: &[&[Sample]] = &[SQS, KAFKA, RABBITMQ];

#[test]
fn batches_are_read() {
    ALL.iter().for_each(|samples| all_come_out(samples));
}
