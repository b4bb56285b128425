//! SQS clients: the AWS command line and boto3 (Python).
//!
//! Sources: the SQS developer guide; the AWS SDKs' reference on retry behavior: the standard mode
//! makes three attempts, boto3 and version 1 of the command line make five in a mode of their own
//! unless configured otherwise.

use super::{Block, Order};
use crate::sim::settings::{BrokerSettings, ConsumerSettings, ProducerSettings, sqs};
use crate::sim::{Configuration, Op};
use std::fmt::Write;

/// Returns the blocks, if the configuration is one of this product.
pub(super) fn blocks(config: &Configuration, order: Order) -> Option<Vec<Block>> {
    let (ProducerSettings::Sqs(producer), BrokerSettings::Sqs(broker)) =
        (&config.producer, &config.broker)
    else {
        return None;
    };
    let consumer = &config.consumer;
    Some(vec![
        Block { title: "Queue", text: queue(broker) },
        Block { title: "AWS CLI 2, sender", text: cli_sender(producer, broker, order) },
        Block { title: "AWS CLI 2, receiver", text: cli_receiver(broker, consumer) },
        Block { title: "boto3 1.x, sender", text: boto_sender(producer, broker, order) },
        Block { title: "boto3 1.x, receiver", text: boto_receiver(broker, consumer) },
    ])
}

// Writing to a String cannot fail.

fn queue(broker: &sqs::Broker) -> String {
    let name = if broker.fifo { "orders.fifo" } else { "orders" };
    let mut attributes = vec![
        format!("\"VisibilityTimeout\": \"{}\"", broker.visibility_timeout),
        format!("\"MessageRetentionPeriod\": \"{}\"", broker.retention),
    ];
    if broker.fifo {
        attributes.push("\"FifoQueue\": \"true\"".into());
        let by_content = broker.content_based_deduplication;
        attributes.push(format!("\"ContentBasedDeduplication\": \"{by_content}\""));
        attributes.push("\"DeduplicationScope\": \"queue\"".into());
    }
    if let Some(count) = broker.max_receive_count {
        attributes.push(format!(
            "\"RedrivePolicy\": \"{{\\\"deadLetterTargetArn\\\":\\\"$DLQ_ARN\\\",\\\"maxReceiveCount\\\":\\\"{count}\\\"}}\""
        ));
    }
    format!(
        "aws sqs create-queue --queue-name {name} --attributes '{{\n  {}\n}}'\n",
        attributes.join(",\n  ")
    )
}

/// Returns what `MessageDeduplicationId` is set to; `None` if there is none.
fn names(producer: &sqs::Producer, broker: &sqs::Broker) -> Option<&'static str> {
    match producer.deduplication_id {
        _ if !broker.fifo => None,
        sqs::DeduplicationId::None => None,
        sqs::DeduplicationId::PerMessage => {
            Some("the id of the message: the same for each attempt")
        }
        sqs::DeduplicationId::PerAttempt => Some("a new id for each attempt"),
    }
}

fn cli_sender(producer: &sqs::Producer, broker: &sqs::Broker, order: Order) -> String {
    let attempts = producer.max_attempts;
    let mut text = format!(
        "export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS={attempts}\n\
         aws sqs send-message --queue-url $QUEUE --message-body \"$BODY\""
    );
    if broker.fifo {
        let group = if order == Order::All { "orders" } else { "$KEY" };
        let _ = write!(text, " \\\n  --message-group-id \"{group}\"");
    }
    let id = names(producer, broker);
    if id.is_some() {
        text.push_str(" --message-deduplication-id \"$ID\"");
    }
    text.push('\n');
    if let Some(id) = id {
        let _ = writeln!(text, "# $ID is {id}");
    }
    text
}

fn cli_receiver(broker: &sqs::Broker, consumer: &ConsumerSettings) -> String {
    let own = consumer.sqs.clone().unwrap_or_default();
    let mut text = format!(
        "aws sqs receive-message --queue-url $QUEUE --wait-time-seconds 20 --max-number-of-messages {}\n",
        own.max_number_of_messages
    );
    if own.heartbeat {
        let _ = writeln!(
            text,
            "# again and again while the handler runs:\naws sqs change-message-visibility --queue-url \
             $QUEUE --receipt-handle \"$HANDLE\" --visibility-timeout {}",
            broker.visibility_timeout
        );
    }
    if consumer.program.contains(&Op::Ack) {
        text.push_str("aws sqs delete-message --queue-url $QUEUE --receipt-handle \"$HANDLE\"\n");
    }
    text
}

fn boto_sender(producer: &sqs::Producer, broker: &sqs::Broker, order: Order) -> String {
    let attempts = producer.max_attempts;
    let mut text = format!(
        "retries = {{\"mode\": \"standard\", \"total_max_attempts\": {attempts}}}\n\
         sqs = boto3.client(\"sqs\", config=Config(retries=retries))\n\
         sqs.send_message(QueueUrl=queue, MessageBody=body"
    );
    if broker.fifo {
        let group = if order == Order::All { "\"orders\"" } else { "key" };
        let _ = write!(text, ", MessageGroupId={group}");
    }
    let id = names(producer, broker);
    if id.is_some() {
        text.push_str(", MessageDeduplicationId=id");
    }
    text.push_str(")\n");
    if let Some(id) = id {
        let _ = writeln!(text, "# id is {id}");
    }
    text
}

fn boto_receiver(broker: &sqs::Broker, consumer: &ConsumerSettings) -> String {
    let own = consumer.sqs.clone().unwrap_or_default();
    let mut text = format!(
        "sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20, MaxNumberOfMessages={})\n",
        own.max_number_of_messages
    );
    if own.heartbeat {
        let _ = writeln!(
            text,
            "# again and again while the handler runs:\nsqs.change_message_visibility(QueueUrl=queue, \
             ReceiptHandle=handle, VisibilityTimeout={})",
            broker.visibility_timeout
        );
    }
    if consumer.program.contains(&Op::Ack) {
        text.push_str("sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)\n");
    }
    text
}
