//! The pages of the sources that scenarios and settings name.

/// A source of facts about the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub text: String,
    /// The address of its page; empty if that is not known.
    pub page: String,
}

impl Source {
    pub(super) fn new(text: String) -> Source {
        let page = page(&text).unwrap_or_default();
        Source { text, page }
    }
}

/// A file of Kafka's repository.
macro_rules! kafka {
    ($path:literal) => {
        concat!("https://github.com/apache/kafka/blob/trunk/", $path)
    };
}

/// A page of the SQS developer guide.
macro_rules! sqs {
    ($page:literal) => {
        concat!(
            "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/",
            $page,
            ".html"
        )
    };
}

/// The start of a source's name, and its page, in which `{}` stands for the rest of the name up to a
/// comma. Of those that fit, the first counts.
const PAGES: [(&str, &str); 64] = [
    (
        "Kafka ConsumerConfig",
        kafka!("clients/src/main/java/org/apache/kafka/clients/consumer/ConsumerConfig{}"),
    ),
    (
        "Kafka KafkaConsumer",
        kafka!("clients/src/main/java/org/apache/kafka/clients/consumer/KafkaConsumer{}"),
    ),
    (
        "Kafka ConsumerCoordinator",
        kafka!(
            "clients/src/main/java/org/apache/kafka/clients/consumer/internals/ConsumerCoordinator{}"
        ),
    ),
    (
        "Kafka ProducerConfig",
        kafka!("clients/src/main/java/org/apache/kafka/clients/producer/ProducerConfig{}"),
    ),
    (
        "Kafka KafkaProducer",
        kafka!("clients/src/main/java/org/apache/kafka/clients/producer/KafkaProducer{}"),
    ),
    (
        "Kafka Sender",
        kafka!("clients/src/main/java/org/apache/kafka/clients/producer/internals/Sender{}"),
    ),
    ("Kafka KRaftConfigs", kafka!("raft/src/main/java/org/apache/kafka/raft/KRaftConfigs{}")),
    ("Kafka Partition", kafka!("core/src/main/scala/kafka/cluster/Partition{}")),
    (
        "Kafka ProducerAppendInfo",
        kafka!("storage/src/main/java/org/apache/kafka/storage/internals/log/ProducerAppendInfo{}"),
    ),
    (
        "Kafka ProducerStateEntry",
        kafka!("storage/src/main/java/org/apache/kafka/storage/internals/log/ProducerStateEntry{}"),
    ),
    (
        "Kafka ReplicationConfigs",
        kafka!("server/src/main/java/org/apache/kafka/server/config/ReplicationConfigs.java"),
    ),
    (
        "Kafka TransactionStateManagerConfig",
        kafka!(
            "transaction-coordinator/src/main/java/org/apache/kafka/coordinator/transaction/TransactionStateManagerConfig{}"
        ),
    ),
    ("Kafka docs/design.html, 4.6", "https://kafka.apache.org/documentation/#semantics"),
    ("Kafka docs/design.html, 4.7", "https://kafka.apache.org/documentation/#replication"),
    (
        "Kafka docs/design.html, unclean",
        "https://kafka.apache.org/documentation/#design_uncleanleader",
    ),
    ("Kafka docs/design", "https://kafka.apache.org/documentation/#design"),
    ("Kafka docs/op", "https://kafka.apache.org/documentation/#operations"),
    ("Kafka docs/upgrade", "https://kafka.apache.org/documentation/#upgrade"),
    ("Kafka ", "https://kafka.apache.org/documentation/"),
    ("apache/kafka#", "https://github.com/apache/kafka/pull/{}"),
    ("RabbitMQ docs/", "https://www.rabbitmq.com/docs/{}"),
    (
        "RabbitMQ blog 2025-01-17",
        "https://www.rabbitmq.com/blog/2025/01/17/how-are-the-messages-stored",
    ),
    ("RabbitMQ 4.3 release notes", "https://www.rabbitmq.com/release-information"),
    (
        "rabbitmq-server ",
        "https://github.com/rabbitmq/rabbitmq-server/blob/main/deps/rabbit/src/{}",
    ),
    ("SQS developer guide, FIFO", sqs!("sqs-fifo-queues")),
    ("SQS developer guide, visibility", sqs!("sqs-visibility-timeout")),
    ("SQS developer guide, dead-letter", sqs!("sqs-dead-letter-queues")),
    ("SQS developer guide, standard", sqs!("standard-queues")),
    ("SQS developer guide, avoiding", sqs!("avoiding-inconsistent-message-processing")),
    ("SQS developer guide", sqs!("welcome")),
    (
        "SQS API, ",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_{}.html",
    ),
    ("aws-sdk-go-v2 ", "https://github.com/aws/aws-sdk-go-v2/blob/main/service/sqs/{}"),
    ("KIP-1327", "https://issues.apache.org/jira/browse/KAFKA-20539"),
    (
        "Powertools for AWS Lambda, batch",
        "https://docs.powertools.aws.dev/lambda/python/latest/utilities/batch/",
    ),
    ("NATS docs, core", "https://docs.nats.io/nats-concepts/core-nats"),
    ("NATS docs, streams", "https://docs.nats.io/nats-concepts/jetstream/streams"),
    ("NATS docs, consumers", "https://docs.nats.io/nats-concepts/jetstream/consumers"),
    ("NATS docs, JetStream", "https://docs.nats.io/nats-concepts/jetstream"),
    (
        "NATS docs, model deep dive",
        "https://docs.nats.io/using-nats/developer/develop_jetstream/model_deep_dive",
    ),
    ("nats-server#", "https://github.com/nats-io/nats-server/issues/{}"),
    ("nats-server ", "https://github.com/nats-io/nats-server/blob/main/server/{}"),
    ("nats.go ", "https://github.com/nats-io/nats.go/blob/main/{}"),
    ("Jepsen, NATS 2.12.1", "https://jepsen.io/analyses/nats-2.12.1"),
    (
        "AWS Lambda developer guide, SQS",
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    ),
    (
        "Spring Kafka docs, error handling",
        "https://docs.spring.io/spring-kafka/reference/kafka/annotation-error-handling.html",
    ),
    (
        "Spring AMQP docs, resilience",
        "https://docs.spring.io/spring-amqp/reference/amqp/resilience-recovering-from-errors-and-broker-failures.html",
    ),
    (
        "SmallRye Reactive Messaging docs, Kafka",
        "https://smallrye.io/smallrye-reactive-messaging/latest/kafka/receiving-kafka-records/",
    ),
    (
        "PostgreSQL docs, unique index",
        "https://www.postgresql.org/docs/current/index-unique-checks.html",
    ),
    (
        "PostgreSQL docs, sequence",
        "https://www.postgresql.org/docs/current/functions-sequence.html",
    ),
    (
        "PostgreSQL docs, SELECT",
        "https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE",
    ),
    ("ShedLock README", "https://github.com/lukas-krecan/ShedLock/blob/master/README.md"),
    (
        "event-driven.io, Postgres sequences",
        "https://event-driven.io/en/ordering_in_postgres_outbox/",
    ),
    (
        "microservices.io, polling publisher",
        "https://microservices.io/patterns/data/polling-publisher.html",
    ),
    (
        "Debezium docs, PostgreSQL connector",
        "https://debezium.io/documentation/reference/stable/connectors/postgresql.html",
    ),
    (
        "Powertools for AWS Lambda docs, Idempotency",
        "https://docs.powertools.aws.dev/lambda/python/latest/utilities/idempotency/",
    ),
    (
        "Celery docs, Using Amazon SQS",
        "https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/sqs.html",
    ),
    ("celery/kombu#", "https://github.com/celery/kombu/issues/{}"),
    (
        "Lambda developer guide, SQS errors",
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
    ),
    (
        "spring-kafka ContainerProperties.AckMode",
        "https://docs.spring.io/spring-kafka/api/org/springframework/kafka/listener/ContainerProperties.AckMode.html",
    ),
    (
        "spring-kafka ErrorHandlingUtils",
        "https://docs.spring.io/spring-kafka/api/org/springframework/kafka/listener/ErrorHandlingUtils.html",
    ),
    ("librdkafka ", "https://github.com/confluentinc/librdkafka/blob/master/{}"),
    ("Celery docs, tasks", "https://docs.celeryq.dev/en/stable/userguide/tasks.html"),
    ("Redis docs, SADD", "https://redis.io/docs/latest/commands/sadd/"),
    ("Redis docs, SET", "https://redis.io/docs/latest/commands/set/"),
];

/// Returns the address of the page of a source; `None` for one that is not known.
pub fn page(source: &str) -> Option<String> {
    let (start, page) = PAGES.iter().find(|(start, _)| source.starts_with(start))?;
    let rest = source[start.len()..].split(',').next().unwrap_or_default();
    // A pull request may name its issue in parentheses.
    let rest = rest.split(" (").next().unwrap_or_default();
    Some(page.replace("{}", rest.trim_end_matches(".md")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{presets, scenarios};

    #[test]
    fn every_source_of_the_catalogue_has_a_page() {
        let presets = presets().iter().flat_map(|group| &group.presets);
        for source in
            scenarios().iter().chain(presets).flat_map(|scenario| &scenario.narrative.sources)
        {
            let page = page(source).unwrap_or_else(|| panic!("{source} has no page"));
            let plain = |c: char| c.is_ascii_alphanumeric() || ":/._-#".contains(c);
            assert!(page.starts_with("https://") && page.chars().all(plain), "{source}: {page}");
        }
    }

    #[test]
    fn the_page_is_that_of_the_named_file() {
        assert_eq!(page("RabbitMQ docs/dlx.md").unwrap(), "https://www.rabbitmq.com/docs/dlx");
        assert_eq!(
            page("RabbitMQ docs/queues, durability").unwrap(),
            "https://www.rabbitmq.com/docs/queues"
        );
        let config = page("Kafka ProducerConfig.java, acks").unwrap();
        assert!(config.ends_with("/clients/producer/ProducerConfig.java"), "{config}");
        assert_eq!(
            page("apache/kafka#22233 (KAFKA-20554)").unwrap(),
            "https://github.com/apache/kafka/pull/22233"
        );
        assert_eq!(page("a colleague"), None);
    }
}
