//! A configuration as settings of real clients, ready to copy.

use crate::sim::settings::{
    BrokerSettings, ConsumerSettings, ProducerSettings, kafka, rabbitmq, sqs,
};
use crate::sim::{Op, Scenario, Setup};
use std::fmt::Write;

/// Text to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Whose: "Java, producer".
    pub title: &'static str,
    pub text: String,
}

/// All blocks for a configuration; none for a broker of no make.
pub fn client(scenario: &Scenario) -> Vec<Block> {
    let mut blocks = match (&scenario.producer, &scenario.broker) {
        (ProducerSettings::Kafka(producer), BrokerSettings::Kafka(broker)) => {
            kafka(producer, broker, &scenario.consumer)
        }
        (ProducerSettings::Rabbitmq(producer), BrokerSettings::Rabbitmq(broker)) => {
            rabbitmq(producer, broker, &scenario.consumer)
        }
        (ProducerSettings::Sqs(producer), BrokerSettings::Sqs(broker)) => {
            sqs(producer, broker, &scenario.consumer)
        }
        _ => Vec::new(),
    };
    blocks.extend(order_of_lines(scenario));
    blocks
}

/// The consumer's lines, whose order is the guarantee.
fn order_of_lines(scenario: &Scenario) -> Option<Block> {
    let setup = Setup::new(scenario).ok()?;
    let line =
        |line: &crate::sim::Line| format!("{}{}\n", "  ".repeat(line.indent.into()), line.text);
    let text = setup.consumer.lines.iter().map(line).collect();
    Some(Block { title: "The consumer, in this order", text })
}

type Pairs = Vec<(&'static str, String)>;

/// `p.put("acks", "all");`
fn java(name: &str, pairs: &Pairs) -> String {
    pairs.iter().fold(String::new(), |mut out, (key, value)| {
        // Writing to a text cannot fail.
        let _ = writeln!(out, "{name}.put(\"{key}\", \"{value}\");");
        out
    })
}

/// `acks=all`
fn lines(pairs: &Pairs) -> String {
    pairs.iter().fold(String::new(), |mut out, (key, value)| {
        let _ = writeln!(out, "{key}={value}");
        out
    })
}

fn kafka(
    producer: &kafka::Producer,
    broker: &kafka::Broker,
    consumer: &ConsumerSettings,
) -> Vec<Block> {
    let own = consumer.kafka.clone().unwrap_or_default();
    let acks = match producer.acks {
        kafka::Acks::None => "0",
        kafka::Acks::Leader => "1",
        kafka::Acks::All => "all",
    };
    let mut sends: Pairs = vec![
        ("acks", acks.into()),
        ("enable.idempotence", producer.idempotent().to_string()),
        ("max.in.flight.requests.per.connection", producer.max_in_flight.to_string()),
        ("request.timeout.ms", producer.request_timeout_ms.to_string()),
        ("retry.backoff.ms", producer.retry_backoff_ms.to_string()),
    ];
    if let Some(id) = &producer.transactional_id {
        sends.push(("transactional.id", id.clone()));
    }
    let with = |pairs: &Pairs, more: (&'static str, String)| -> Pairs {
        pairs.iter().cloned().chain([more]).collect()
    };
    let patience = producer.delivery_timeout_ms.to_string();
    let isolation = match own.isolation_level {
        kafka::Isolation::ReadCommitted => "read_committed",
        kafka::Isolation::ReadUncommitted => "read_uncommitted",
    };
    let reads: Pairs = vec![
        ("enable.auto.commit", own.enable_auto_commit.to_string()),
        ("isolation.level", isolation.into()),
        ("auto.offset.reset", "earliest".into()),
    ];
    let topic = format!(
        "kafka-topics.sh --create --topic orders --partitions 6 --replication-factor {} \\\n  \
         --config min.insync.replicas={} --config unclean.leader.election.enable={}\n",
        broker.replication_factor, broker.min_insync_replicas, broker.unclean_leader_election
    );
    vec![
        Block { title: "Topic", text: topic },
        Block {
            title: "Java, producer",
            text: java("producer", &with(&sends, ("delivery.timeout.ms", patience.clone()))),
        },
        Block { title: "Java, consumer", text: java("consumer", &reads) },
        Block {
            title: "librdkafka, producer",
            // Its name for delivery.timeout.ms; its own default is 300000.
            text: lines(&with(&sends, ("message.timeout.ms", patience))),
        },
        Block { title: "librdkafka, consumer", text: lines(&reads) },
    ]
}

fn rabbitmq(
    producer: &rabbitmq::Producer,
    broker: &rabbitmq::Broker,
    consumer: &ConsumerSettings,
) -> Vec<Block> {
    let own = consumer.rabbitmq.clone().unwrap_or_default();
    let quorum = broker.queue_type == rabbitmq::QueueType::Quorum;
    let mut arguments =
        vec![format!("\"x-queue-type\", \"{}\"", if quorum { "quorum" } else { "classic" })];
    if let Some(limit) = broker.delivery_limit.filter(|_| quorum) {
        arguments.push(format!("\"x-delivery-limit\", {limit}"));
    }
    if let Some(exchange) = &broker.dead_letter_exchange {
        arguments.push(format!("\"x-dead-letter-exchange\", \"{exchange}\""));
    }
    let mut sends = String::new();
    if producer.confirm_select {
        sends.push_str("channel.confirmSelect();\n");
    }
    let _ = writeln!(
        sends,
        "channel.queueDeclare(\"orders\", {}, false, false, Map.of({}));",
        broker.durable,
        arguments.join(", ")
    );
    let _ = writeln!(
        sends,
        "var properties = new AMQP.BasicProperties.Builder().messageId(id).deliveryMode({}).build();",
        producer.delivery_mode
    );
    let _ = writeln!(
        sends,
        "channel.basicPublish(\"\", \"orders\", {}, properties, body);",
        producer.mandatory
    );
    if producer.confirm_select {
        sends.push_str("channel.waitForConfirmsOrDie(5000);");
        let again = producer.publish_attempts > 1;
        sends.push_str(if again {
            " // when it fails: publish again, with the same id\n"
        } else {
            "\n"
        });
    }
    let mut reads = String::new();
    if !own.auto_ack {
        let _ = writeln!(reads, "channel.basicQos({});", own.prefetch_count);
    }
    let _ = writeln!(reads, "channel.basicConsume(\"orders\", {}, consumer);", own.auto_ack);
    if consumer.program.contains(&Op::Ack) {
        reads.push_str("channel.basicAck(envelope.getDeliveryTag(), false);\n");
    }
    vec![
        Block { title: "Java client, publisher", text: sends },
        Block { title: "Java client, consumer", text: reads },
    ]
}

fn sqs(producer: &sqs::Producer, broker: &sqs::Broker, consumer: &ConsumerSettings) -> Vec<Block> {
    let own = consumer.sqs.clone().unwrap_or_default();
    let name = if broker.fifo { "orders.fifo" } else { "orders" };
    let mut attributes = vec![
        format!("\"VisibilityTimeout\": \"{}\"", broker.visibility_timeout),
        format!("\"MessageRetentionPeriod\": \"{}\"", broker.retention),
    ];
    if broker.fifo {
        attributes.push("\"FifoQueue\": \"true\"".into());
        let by_content = broker.content_based_deduplication;
        attributes.push(format!("\"ContentBasedDeduplication\": \"{by_content}\""));
    }
    if let Some(count) = broker.max_receive_count {
        attributes.push(format!(
            "\"RedrivePolicy\": \"{{\\\"deadLetterTargetArn\\\":\\\"$DLQ_ARN\\\",\\\"maxReceiveCount\\\":\\\"{count}\\\"}}\""
        ));
    }
    let queue = format!(
        "aws sqs create-queue --queue-name {name} --attributes '{{\n  {}\n}}'\n",
        attributes.join(",\n  ")
    );
    let mut sends =
        String::from("aws sqs send-message --queue-url $QUEUE --message-body \"$BODY\"");
    if broker.fifo {
        sends.push_str(" \\\n  --message-group-id \"$KEY\"");
        if producer.deduplication_id != sqs::DeduplicationId::None {
            sends.push_str(" --message-deduplication-id \"$ID\"");
        }
    }
    let _ = write!(sends, "\n# AWS_MAX_ATTEMPTS={}\n", producer.max_attempts);
    let mut reads = format!(
        "aws sqs receive-message --queue-url $QUEUE --wait-time-seconds 20 --max-number-of-messages {}\n",
        own.max_number_of_messages
    );
    if consumer.program.contains(&Op::Ack) {
        reads.push_str("aws sqs delete-message --queue-url $QUEUE --receipt-handle \"$HANDLE\"\n");
    }
    vec![
        Block { title: "Queue", text: queue },
        Block { title: "AWS CLI, sender", text: sends },
        Block { title: "AWS CLI, receiver", text: reads },
    ]
}
