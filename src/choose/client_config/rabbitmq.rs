//! RabbitMQ clients: the Java client, pika (Python) and amqplib (Node).
//!
//! Sources: rabbitmq.com/docs/confirms, /docs/publishers, /docs/quorum-queues; the API of each
//! client. No client republishes by itself, and a returned message is confirmed all the same: with
//! `mandatory`, the application has to listen for returns.

use super::{Block, Order};
use crate::sim::settings::{BrokerSettings, ConsumerSettings, OnError, ProducerSettings, rabbitmq};
use crate::sim::{Configuration, Op};
use std::fmt::Write;

/// Returns the blocks, if the configuration is one of this product.
pub(super) fn blocks(config: &Configuration, order: Order) -> Option<Vec<Block>> {
    let (ProducerSettings::Rabbitmq(producer), BrokerSettings::Rabbitmq(broker)) =
        (&config.producer, &config.broker)
    else {
        return None;
    };
    let consumer = &config.consumer;
    let queue = Queue::of(broker, order);
    let reads = Reads::of(consumer);
    Some(vec![
        Block { title: "Java client 5.x, publisher", text: java_publisher(producer, &queue) },
        Block { title: "Java client 5.x, consumer", text: java_consumer(&reads) },
        Block { title: "pika 1.x, publisher", text: pika_publisher(producer, &queue) },
        Block { title: "pika 1.x, consumer", text: pika_consumer(&reads) },
        Block { title: "amqplib 0.10, publisher", text: amqplib_publisher(producer, &queue) },
        Block { title: "amqplib 0.10, consumer", text: amqplib_consumer(&reads) },
    ])
}

/// The queue and its arguments.
struct Queue {
    durable: bool,
    /// The name and the JSON value of each argument.
    arguments: Vec<(&'static str, String)>,
}

impl Queue {
    fn of(broker: &rabbitmq::Broker, order: Order) -> Queue {
        let quorum = broker.queue_type == rabbitmq::QueueType::Quorum;
        let kind = if quorum { "quorum" } else { "classic" };
        let mut arguments = vec![("x-queue-type", format!("\"{kind}\""))];
        if quorum {
            arguments.push(("x-quorum-initial-group-size", broker.nodes.to_string()));
        }
        if let Some(limit) = broker.delivery_limit.filter(|_| quorum) {
            arguments.push(("x-delivery-limit", limit.to_string()));
        }
        if let Some(exchange) = &broker.dead_letter_exchange {
            arguments.push(("x-dead-letter-exchange", format!("\"{exchange}\"")));
        }
        if order != Order::No || broker.single_active_consumer {
            arguments.push(("x-single-active-consumer", "true".into()));
        }
        Queue { durable: broker.durable, arguments }
    }

    /// Formats the arguments, with `between` between name and value, and `yes` for true.
    fn arguments(&self, between: &str, yes: &str) -> String {
        let one = |(name, value): &(&str, String)| {
            let value = if value == "true" { yes } else { value };
            format!("\"{name}\"{between}{value}")
        };
        self.arguments.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// Returns what the application has to do when a publish fails.
fn again(producer: &rabbitmq::Producer) -> &'static str {
    match producer.publish_attempts {
        1 => "when it fails: report an error",
        _ => "when it fails: publish again, with the same id",
    }
}

// Writing to a String cannot fail.

fn java_publisher(producer: &rabbitmq::Producer, queue: &Queue) -> String {
    let mut text = String::new();
    if producer.confirm_select {
        text.push_str("channel.confirmSelect();\n");
    }
    if producer.mandatory {
        text.push_str(
            "channel.addReturnListener(returned -> unroutable.add(returned.getProperties().getMessageId()));\n",
        );
    }
    let _ = writeln!(
        text,
        "channel.queueDeclare(\"orders\", {}, false, false, Map.of({}));",
        queue.durable,
        queue.arguments(", ", "true")
    );
    let _ = writeln!(
        text,
        "var properties = new AMQP.BasicProperties.Builder().messageId(id).deliveryMode({}).build();",
        producer.delivery_mode
    );
    let mandatory = producer.mandatory;
    let _ =
        writeln!(text, "channel.basicPublish(\"\", \"orders\", {mandatory}, properties, body);");
    if producer.confirm_select {
        let _ = writeln!(text, "channel.waitForConfirmsOrDie(5000); // {}", again(producer));
        if mandatory {
            text.push_str("// it fails, too, if unroutable has the id: a return is confirmed\n");
        }
    }
    text
}

fn pika_publisher(producer: &rabbitmq::Producer, queue: &Queue) -> String {
    let mut text = String::new();
    if producer.confirm_select {
        text.push_str("channel.confirm_delivery()  # of a BlockingConnection\n");
    }
    let durable = python(queue.durable);
    let arguments = queue.arguments(": ", "True");
    let _ = writeln!(
        text,
        "channel.queue_declare(\"orders\", durable={durable}, arguments={{{arguments}}})"
    );
    let _ = writeln!(
        text,
        "properties = pika.BasicProperties(message_id=id, delivery_mode={})",
        producer.delivery_mode
    );
    let mandatory = python(producer.mandatory);
    let _ = writeln!(
        text,
        "channel.basic_publish(\"\", \"orders\", body, properties, mandatory={mandatory})"
    );
    if producer.confirm_select {
        let _ =
            writeln!(text, "# it returns once it is confirmed, and raises; {}", again(producer));
    }
    text
}

fn python(yes: bool) -> &'static str {
    if yes { "True" } else { "False" }
}

fn amqplib_publisher(producer: &rabbitmq::Producer, queue: &Queue) -> String {
    let mut text = String::new();
    let channel = if producer.confirm_select { "createConfirmChannel" } else { "createChannel" };
    let _ = writeln!(text, "const channel = await connection.{channel}();");
    let _ = writeln!(
        text,
        "await channel.assertQueue(\"orders\", {{ durable: {}, arguments: {{ {} }} }});",
        queue.durable,
        queue.arguments(": ", "true")
    );
    if producer.mandatory {
        text.push_str(
            "channel.on(\"return\", (message) => unroutable.add(message.properties.messageId));\n",
        );
    }
    let _ = writeln!(
        text,
        "channel.publish(\"\", \"orders\", body, {{ messageId: id, persistent: {}, mandatory: {} }});",
        producer.delivery_mode == 2,
        producer.mandatory
    );
    if producer.confirm_select {
        let _ = writeln!(text, "await channel.waitForConfirms(); // {}", again(producer));
        if producer.mandatory {
            text.push_str("// it fails, too, if unroutable has the id: a return is confirmed\n");
        }
    }
    text
}

/// The consumer's settings.
struct Reads {
    auto_ack: bool,
    prefetch: u8,
    acks: bool,
    /// The reaction to a failed handler: whether the message is requeued, and whether by
    /// `basic.reject`; `None` for no reaction.
    failed: Option<(bool, bool)>,
}

impl Reads {
    fn of(consumer: &ConsumerSettings) -> Reads {
        let own = consumer.rabbitmq.clone().unwrap_or_default();
        let acks = consumer.program.contains(&Op::Ack);
        let rejects = own.requeue_with == rabbitmq::RequeueWith::Reject;
        let failed = match consumer.on_error {
            OnError::Requeue => Some((true, rejects)),
            OnError::Reject => Some((false, true)),
            _ => None,
        };
        let failed = failed.filter(|_| acks);
        Reads { auto_ack: own.auto_ack, prefetch: own.prefetch_count, acks, failed }
    }
}

fn java_consumer(reads: &Reads) -> String {
    let mut text = String::new();
    if !reads.auto_ack {
        let _ = writeln!(text, "channel.basicQos({});", reads.prefetch);
    }
    let _ = writeln!(text, "channel.basicConsume(\"orders\", {}, consumer);", reads.auto_ack);
    if reads.acks {
        text.push_str("channel.basicAck(envelope.getDeliveryTag(), false);\n");
    }
    let call = |(back, rejects): (bool, bool)| match rejects {
        true => format!("channel.basicReject(envelope.getDeliveryTag(), {back});"),
        false => format!("channel.basicNack(envelope.getDeliveryTag(), false, {back});"),
    };
    if let Some(failed) = reads.failed {
        let _ = writeln!(text, "{} // when the handler fails", call(failed));
    }
    text
}

fn pika_consumer(reads: &Reads) -> String {
    let mut text = String::new();
    if !reads.auto_ack {
        let _ = writeln!(text, "channel.basic_qos(prefetch_count={})", reads.prefetch);
    }
    let auto = python(reads.auto_ack);
    let _ = writeln!(text, "channel.basic_consume(\"orders\", on_message, auto_ack={auto})");
    if reads.acks {
        text.push_str("channel.basic_ack(method.delivery_tag)\n");
    }
    if let Some((back, rejects)) = reads.failed {
        let call = if rejects { "basic_reject" } else { "basic_nack" };
        let _ = writeln!(
            text,
            "channel.{call}(method.delivery_tag, requeue={})  # when the handler fails",
            python(back)
        );
    }
    text
}

fn amqplib_consumer(reads: &Reads) -> String {
    let mut text = String::new();
    if !reads.auto_ack {
        let _ = writeln!(text, "await channel.prefetch({});", reads.prefetch);
    }
    let _ = writeln!(
        text,
        "await channel.consume(\"orders\", handle, {{ noAck: {} }});",
        reads.auto_ack
    );
    if reads.acks {
        text.push_str("channel.ack(message);\n");
    }
    if let Some((back, rejects)) = reads.failed {
        let call = match rejects {
            true => format!("channel.reject(message, {back});"),
            false => format!("channel.nack(message, false, {back});"),
        };
        let _ = writeln!(text, "{call} // when the handler fails");
    }
    text
}
