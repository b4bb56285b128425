//! Clients that are recognized and not read: they have the names of those that are, with other
//! arguments and defaults.

use super::masstransit;
use crate::import::read::code::Code;

/// What the code imports, and what that is.
const IMPORTED: [(&str, &str); 9] = [
    ("PhpAmqpLib", "php-amqplib"),
    ("com.rabbitmq.client", "RabbitMQ's client for Java"),
    ("com.rabbitmq.jms", "RabbitMQ's client for JMS"),
    ("RabbitMQ.Client", "RabbitMQ's client for .NET"),
    ("EasyNetQ", "EasyNetQ"),
    ("rabbitmq/amqp091-go", "RabbitMQ's client for Go"),
    ("streadway/amqp", "RabbitMQ's client for Go"),
    ("aio_pika", "aio-pika"),
    ("lapin::", "lapin, a client for Rust"),
];

/// Methods of the client for Java, in a snippet without imports.
const JAVA: [&str; 5] =
    ["queueDeclare", "basicPublish", "basicConsume", "basicQos", "confirmSelect"];

/// Returns the client that the code is for, if it is not read.
pub fn client(code: &Code) -> Option<&'static str> {
    let imported = IMPORTED.iter().find(|(module, _)| code.imports(module));
    let java = JAVA.iter().any(|name| code.calls(name)).then_some("RabbitMQ's client for Java");
    let php = code.calls("AMQPStreamConnection") || code.calls("AMQPMessage");
    imported
        .map(|(_, what)| *what)
        .or(java)
        .or(php.then_some("php-amqplib"))
        .or_else(|| masstransit::other_transport(code))
}
