//! The clients that can be named, and those that the model has no words for.

use super::layers::{Side, System};

/// A client or framework that can be named as `client=`.
#[derive(Debug)]
pub struct Client {
    pub name: &'static str,
    pub system: System,
    /// The layers of its defaults, by side; `None` if it has no such side.
    pub producer: Option<&'static str>,
    pub consumer: Option<&'static str>,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// Libraries whose version is not the current one.
    pub versions: &'static [(&'static str, &'static str)],
    /// Settings, under the names of the table, by which a variant differs from the client as it
    /// comes.
    pub set: &'static [(&'static str, &'static str)],
    /// What it does that the model leaves out, and on which side; empty if nothing is known of.
    left_out: &'static str,
    side: Side,
}

/// Returns a client whose two sides have the same layer.
const fn client(name: &'static str, system: System, layer: &'static str) -> Client {
    Client {
        name,
        system,
        producer: Some(layer),
        consumer: Some(layer),
        aliases: &[],
        versions: &[],
        set: &[],
        left_out: "",
        side: Side::Consumer,
    }
}

impl Client {
    /// Returns what the client does on a side that the model leaves out; empty if nothing is known
    /// of.
    pub fn left_out(&self, side: Side) -> &'static str {
        if side == self.side { self.left_out } else { "" }
    }
}

const fn kafka(name: &'static str, layer: &'static str) -> Client {
    client(name, System::Kafka, layer)
}

const fn rabbitmq(name: &'static str, layer: &'static str) -> Client {
    client(name, System::Rabbitmq, layer)
}

/// Returns a client that only consumes.
const fn consumes(client: Client) -> Client {
    Client { producer: None, ..client }
}

const NO_POLL_INTERVAL: &str = "It sends its heartbeats in the background and has no \
    max.poll.interval.ms: a handler that hangs keeps its partition. In the model it loses it; set \
    slow_handler_ms to rule that out.";
const BACKGROUND: &str = "Offsets are committed every few seconds; the model lets a commit happen \
    at any moment after the record was handed over, by the poll loop beside the handler. Programs of \
    several lines cannot be handed over; write their acknowledgment in the program instead.";
const CHILD: &str = "A worker's child that is killed loses its task unless \
    task_reject_on_worker_lost is set; the model has workers that die as a whole.";
const ANSWER: &str = "The model answers for each message; without ReportBatchItemFailures a failure \
    brings the whole batch back.";

/// All clients, by product.
pub const CLIENTS: [Client; 37] = [
    Client { aliases: &["java-4", "kafka-java", "kafka-clients"], ..kafka("java", "kafka-java") },
    Client {
        versions: &[("kafka-clients", "3.9")],
        side: Side::Producer,
        left_out: "With more than 5 requests in flight this client switches idempotence off; the \
                   model does so for brokers of version 3.9, and refuses it for later ones. Set \
                   enable.idempotence=false.",
        ..kafka("java-3", "kafka-java")
    },
    Client { versions: &[("kafka-clients", "2.8")], ..kafka("java-2", "kafka-java") },
    Client {
        aliases: &["confluent-kafka", "node-rdkafka", "rdkafka"],
        left_out: BACKGROUND,
        ..kafka("librdkafka", "librdkafka")
    },
    Client {
        set: &[("enable.auto.offset.store", "false")],
        ..consumes(kafka("librdkafka-offset-store", "librdkafka"))
    },
    Client { aliases: &["confluent-kafka-javascript"], ..kafka("confluent-js", "confluent-js") },
    Client {
        left_out: "Its ack mode BATCH commits after the whole poll: a crash repeats all records of \
                   it. The model commits after each record, so it repeats fewer.",
        ..kafka("spring-kafka", "spring-kafka")
    },
    Client {
        aliases: &["spring-cloud-stream-kafka"],
        left_out: "Offsets are committed after the whole poll; the model commits after each record.",
        ..kafka("spring-cloud-stream", "spring-cloud-stream-kafka")
    },
    Client {
        aliases: &["smallrye-kafka", "quarkus"],
        left_out: "The commit strategy throttled commits every few seconds; the model commits after \
                   each record, so a crash repeats fewer.",
        ..kafka("smallrye", "smallrye-kafka")
    },
    Client {
        left_out: "It sends heartbeats between messages only, so session.timeout.ms (30 s) limits a \
                   handler; the model has max.poll.interval.ms in its place.",
        ..kafka("kafkajs", "kafkajs")
    },
    Client { aliases: &["nestjs-kafka"], ..kafka("nestjs", "nestjs-kafka") },
    Client { left_out: NO_POLL_INTERVAL, ..kafka("sarama", "sarama") },
    Client { left_out: NO_POLL_INTERVAL, ..kafka("franz-go", "franz-go") },
    Client {
        producer: Some("kafka-go-writer"),
        aliases: &["segmentio-kafka-go", "kafka-go-writer", "kafka-go-reader"],
        left_out: NO_POLL_INTERVAL,
        ..kafka("kafka-go", "kafka-go-reader")
    },
    Client { consumer: None, ..kafka("kafka-go-new-writer", "kafka-go-new-writer") },
    Client {
        set: &[("commit", "manual")],
        left_out: NO_POLL_INTERVAL,
        ..consumes(kafka("kafka-go-fetch", "kafka-go-reader"))
    },
    Client { left_out: BACKGROUND, ..kafka("aiokafka", "aiokafka") },
    Client { aliases: &["kafka-python-3"], ..kafka("kafka-python", "kafka-python") },
    Client { versions: &[("kafka-python", "2.2")], ..kafka("kafka-python-2", "kafka-python") },
    Client {
        aliases: &["masstransit-kafka"],
        left_out: "It commits every minute or every 5000 messages; the model commits after each \
                   record, so a crash repeats fewer.",
        ..kafka("masstransit", "masstransit-kafka")
    },
    rabbitmq("spring-amqp", "spring-amqp"),
    Client {
        set: &[("retry.enabled", "true")],
        ..consumes(rabbitmq("spring-amqp-retry", "spring-amqp"))
    },
    Client {
        aliases: &["spring-cloud-stream-rabbit"],
        ..rabbitmq("spring-cloud-stream", "spring-cloud-stream-rabbit")
    },
    Client {
        aliases: &["smallrye-rabbitmq", "quarkus"],
        ..rabbitmq("smallrye", "smallrye-rabbitmq")
    },
    rabbitmq("pika", "pika"),
    rabbitmq("amqplib", "amqplib"),
    Client { aliases: &["nestjs-rmq"], ..rabbitmq("nestjs", "nestjs-rmq") },
    Client {
        left_out: "Its in-memory outbox, if it is used, is not modeled: a crash loses what the \
                   consumer was about to publish.",
        ..rabbitmq("masstransit", "masstransit")
    },
    Client { left_out: CHILD, ..rabbitmq("celery", "celery") },
    Client {
        set: &[("acks_late", "true")],
        left_out: CHILD,
        ..consumes(rabbitmq("celery-acks-late", "celery"))
    },
    client("aws-sdk", System::Sqs, "aws-sdk"),
    client("boto3", System::Sqs, "boto3"),
    consumes(client("sqs-consumer", System::Sqs, "sqs-consumer")),
    Client {
        aliases: &["serverless", "sam"],
        left_out: ANSWER,
        ..consumes(client("lambda", System::Sqs, "lambda"))
    },
    Client {
        aliases: &["spring-cloud-aws-sqs"],
        ..consumes(client("spring-cloud-aws", System::Sqs, "spring-cloud-aws"))
    },
    consumes(client("celery", System::Sqs, "celery-sqs")),
    Client {
        set: &[("acks_late", "true")],
        left_out: "A task that takes longer than visibility_timeout (30 min) is given to a second \
                   worker; set the queue's VisibilityTimeout.",
        ..consumes(client("celery-acks-late", System::Sqs, "celery-sqs"))
    },
];

/// Clients that no configuration of the model stands for, and why.
pub const UNMODELED: [(&str, &str); 4] = [
    ("bullmq", BULL),
    ("bull", BULL),
    (
        "kafka-streams",
        "Kafka Streams is not modeled as a client. With exactly_once_v2 each record is handled as by \
         the program receive, produce, send-offsets, commit-transaction; without it, as by receive, \
         call, ack",
    ),
    (
        "celery-redis",
        "Redis as a broker is not modeled: it has no acknowledgments, and Celery restores tasks after \
         visibility_timeout by itself. `ackward check` on Celery's settings says what is known of it",
    ),
];

/// Sources: docs.bullmq.io/guide/jobs/stalled, /bull/important-notes; `WorkerOptions` (lockDuration
/// 30000, lockRenewTime its half, maxStalledCount 1).
const BULL: &str = "BullMQ keeps its jobs in Redis, which is not modeled as a broker. A lock of 30 s \
    that is renewed comes close to SQS with VisibilityTimeout=30 and ChangeMessageVisibility=true; \
    but a job that stalls more than once (maxStalledCount 1) fails for good, and a Redis that fails \
    over may lose it";
