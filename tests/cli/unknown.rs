//! Tests of unknown names: only close matches are suggested, and a setting that the product has but
//! the model lacks is reported as such.

use crate::{refuses, run, text};

/// Returns the error message for a setting.
fn of(preset: &str, setting: &str) -> String {
    let out = run(&["check", preset, "--set", setting]);
    assert_eq!(out.status.code(), Some(2), "{setting}");
    text(&out.stderr).to_owned()
}

#[test]
fn real_settings_that_are_not_modeled_are_said_to_be_so() {
    for (preset, setting, label) in [
        ("rabbitmq-default", "x-max-length-bytes=3", "RabbitMQ that is not modeled. It matters"),
        ("rabbitmq-default", "x-message-ttl=3", "RabbitMQ that is not modeled. It matters"),
        ("kafka-default", "linger.ms=5", "Kafka that is not modeled. It changes when"),
        ("kafka-default", "session.timeout.ms=1", "The fault pause:consumer is"),
        ("kafka-default", "producer.kafka.compression.type=lz4", "Kafka that is not modeled"),
        ("sqs-fifo", "DelaySeconds=5", "SQS that is not modeled"),
        ("sqs-fifo", "DeduplicationScope=queue", "It matters where two groups"),
        // A setting of another product than the configuration's.
        ("sqs-fifo", "linger.ms=5", "a setting of Kafka that is not modeled"),
        ("sqs-fifo", "max.in.flight=5", "there is no such setting here; it is one of Kafka"),
        // Names that no row explains.
        ("kafka-default", "num.io.threads=3", "Kafka that is not modeled. Nothing is known of it"),
        (
            "rabbitmq-default",
            "raft.wal_max_size_bytes=1",
            "RabbitMQ that is not modeled. Nothing is known of it",
        ),
        ("sqs-fifo", "BisectBatchOnFunctionError=true", "one that reads a queue refuses it"),
        ("kafka-default", "auto.offset.reset=none", "stops with an error, and processes nothing"),
        ("rabbitmq-default", "x-overflow=reject-publish-dlx", "Only classic queues have it"),
        ("rabbitmq-default", "x-queue-type=stream", "A stream is a log"),
        ("kafka-default", "linger.ms=5", "`ackward chaos` and `cost` take it: --pace linger.ms="),
    ] {
        let problem = of(preset, setting);
        assert!(problem.contains(label), "{setting}: {problem}");
        assert!(!problem.contains("did you mean"), "{setting}: {problem}");
    }
}

#[test]
fn nothing_is_suggested_that_is_not_close() {
    for name in ["celery", "timeout", "foo", "x"] {
        let problem = of("kafka-default", &format!("{name}=1"));
        assert!(!problem.contains("did you mean"), "{problem}");
        assert!(problem.contains("use one of messages, database, client, acks, "), "{problem}");
        let problem = text(&run(&["check", name]).stderr).to_owned();
        assert!(!problem.contains("did you mean"), "{problem}");
        assert!(
            problem.contains("`ackward presets` and `ackward scenarios` list them"),
            "{problem}"
        );
    }
    let problem = of("rabbitmq-default", "acks=1");
    assert!(problem.contains("there is no such setting here; it is one of Kafka"), "{problem}");
}

#[test]
fn what_is_close_is_suggested() {
    for (preset, setting, meant) in [
        ("kafka-default", "ack=1", "producer.kafka.acks?"),
        ("kafka-default", "akcs=1", "producer.kafka.acks?"),
        ("kafka-default", "auto-commit=false", "consumer.kafka.enable.auto.commit?"),
        ("sqs-fifo", "visibility-time=1", "broker.sqs.VisibilityTimeout?"),
        ("rabbitmq-default", "prefetch=1", "consumer.rabbitmq.prefetch_count?"),
    ] {
        let problem = of(preset, setting);
        assert!(problem.contains(&format!("did you mean {meant}")), "{setting}: {problem}");
    }
    let problem = of("kafka-default", "lingr.ms=5");
    assert!(problem.contains("did you mean linger.ms? It is a setting of Kafka that"), "{problem}");
    refuses(&["show", "ack-lots"], &["did you mean ack-lost?"]);
    refuses(&["chaos", "outbox", "--rate", "celery=1"], &["use one of lose-send, "]);
}

#[test]
fn other_names_of_settings_are_understood() {
    let set = |setting: &str| {
        let out = run(&["show", "kafka-default", "--set", setting]);
        assert_eq!(out.status.code(), Some(0), "{setting}: {}", text(&out.stderr));
        text(&out.stdout).to_owned()
    };
    assert_eq!(set("max.in.flight=1"), set("max.in.flight.requests.per.connection=1"));
    assert_eq!(set("request.required.acks=1"), set("acks=1"));
    assert_eq!(set("message.timeout.ms=1"), set("delivery.timeout.ms=1"));
    assert_eq!(set("acks=-1"), set("acks=all"));
    assert_eq!(set("auto.offset.reset=smallest"), set("auto.offset.reset=earliest"));
    assert_eq!(set("default.replication.factor=3"), set("replication.factor=3"));
    assert_eq!(set("version=4.0"), set("broker.kafka.version=4.0"));
}
