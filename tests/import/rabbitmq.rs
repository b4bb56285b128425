//! Policies of RabbitMQ, its clients in code, and Celery: what goes over what, and what is not read.

use super::own::{Sample, all_come_out};
use super::patches::added;
use ackward::import::{Answers, Source, read};

const POLICIES: &[Sample] = &[
    // Arguments begin with x-, keys of policies do not.
    (
        "prefixes.json",
        "{\"rabbit_version\": \"4.1.0\", \"exchanges\": [], \"bindings\": [],\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": true, \"arguments\": {\"x-queue-type\": \"quorum\",\n  \"delivery-limit\": 5}}],\n \"policies\": [{\"vhost\": \"/\", \"name\": \"p\", \"pattern\": \".*\",\n  \"definition\": {\"x-dead-letter-exchange\": \"dlx\"}}]}",
        "",
        &[
            "no-effect delivery-limit is no key of a queue's arguments and has no effect. Did you mean x-delivery-limit?",
            "no-effect x-dead-letter-exchange is no key of a policy and has no effect. Did you mean dead-letter-exchange?",
            "not broker x-dead-letter-exchange=dlx",
        ],
    ),
    (
        "prefixes.py",
        "import pika\nch.queue_declare('q', durable=True, arguments={'x-queue-type': 'quorum', 'delivery-limit': 5})\n",
        "",
        &["no-effect Did you mean x-delivery-limit?"],
    ),
    // A limit below zero is none, so that the operator's counts.
    (
        "operator.json",
        "{\"rabbit_version\": \"4.0.5\", \"exchanges\": [], \"bindings\": [],\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": true, \"arguments\": {\"x-queue-type\": \"quorum\"}}],\n \"policies\": [{\"vhost\": \"/\", \"name\": \"p\", \"pattern\": \".*\",\n  \"definition\": {\"delivery-limit\": -1, \"max-length\": 10, \"overflow\": \"drop-head\"}}],\n \"operator_policies\": [{\"vhost\": \"/\", \"name\": \"cap\", \"pattern\": \".*\", \"apply-to\": \"queues\",\n  \"definition\": {\"delivery-limit\": 8, \"max-length\": 20, \"overflow\": \"reject-publish\"}}]}",
        "",
        &[
            "broker x-delivery-limit=8 @6",
            "broker x-overflow=reject-publish @6",
            "overruled delivery-limit -1 of the policy p has no effect on a: 8 of the operator policy cap, which is stricter, counts",
            "overruled max-length 20 of the operator policy cap has no effect on a: 10 of the policy p",
            "not irrelevant operator_policies",
        ],
    ),
    (
        "operator-alone.json",
        "{\"rabbit_version\": \"3.13.7\", \"exchanges\": [], \"bindings\": [],\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": true, \"arguments\": {\"x-queue-type\": \"quorum\"}}],\n \"operator_policies\": [{\"vhost\": \"/\", \"name\": \"low\", \"pattern\": \".*\", \"priority\": 1, \"definition\": {\"delivery-limit\": 3}},\n  {\"vhost\": \"/\", \"name\": \"high\", \"pattern\": \".*\", \"priority\": 2, \"definition\": {\"delivery-limit\": 5}}]}",
        "",
        &[
            "broker x-delivery-limit=5 @4",
            "overruled delivery-limit of the policy low has no effect on a",
        ],
    ),
    (
        "argument.json",
        "{\"rabbit_version\": \"4.1.0\", \"exchanges\": [], \"bindings\": [],\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": true,\n  \"arguments\": {\"x-queue-type\": \"quorum\", \"x-delivery-limit\": 10, \"x-dead-letter-exchange\": \"own\", \"x-overflow\": \"drop-head\"}}],\n \"policies\": [{\"vhost\": \"/\", \"name\": \"p\", \"pattern\": \"a\",\n  \"definition\": {\"delivery-limit\": 3, \"dead-letter-exchange\": \"other\", \"overflow\": \"reject-publish\"}}]}",
        "",
        &[
            "broker x-delivery-limit=3 @5",
            "broker x-dead-letter-exchange=own @3",
            // A quorum queue takes the policy's, a classic one its own.
            "broker x-overflow=reject-publish @5",
            "overruled x-delivery-limit 10 of the queue's arguments has no effect on a",
            "overruled dead-letter-exchange other of the policy p has no effect on a: that of the queue's arguments counts",
        ],
    ),
    (
        "effective.json",
        "[{\"name\": \"a\", \"durable\": true, \"arguments\": {}, \"type\": \"rabbit_classic_queue\", \"policy\": \"ttl\",\n  \"effective_policy_definition\": {\"message-ttl\": 60000, \"dead-letter-exchange\": \"retry\"}, \"messages\": 0}]",
        "",
        &[
            "broker x-dead-letter-exchange=retry @2",
            "not-modeled message-ttl is not modeled",
            "not passed-over the policy ttl",
            "not irrelevant effective_policy_definition",
        ],
    ),
];

const QUEUES: &[Sample] = &[
    // What deletes itself is classic, whatever the virtual host's default type.
    (
        "auto-delete.json",
        "{\"rabbit_version\": \"3.13.2\", \"exchanges\": [], \"bindings\": [], \"vhosts\": [{\"name\": \"/\", \"default_queue_type\": \"quorum\"}],\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": true, \"auto_delete\": true, \"arguments\": {}}]}",
        "",
        &[
            "broker x-queue-type=classic",
            "not-modeled auto_delete is not modeled: the queue is deleted when its last consumer goes",
        ],
    ),
    (
        "quorum.py",
        "import pika\nch.queue_declare('q', durable=True, auto_delete=True, arguments={'x-queue-type': 'quorum'})\n",
        "",
        &["refused a quorum queue cannot be auto_delete"],
    ),
    (
        "transient.json",
        "{\"exchanges\": [], \"bindings\": [],\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": false, \"arguments\": {}}]}",
        "",
        &["asks lib", "starts", "sets broker.rabbitmq.version=4.2"],
    ),
    (
        "transient-4.3.json",
        "{\"exchanges\": [], \"bindings\": [],\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": false, \"arguments\": {}}]}",
        "lib=RabbitMQ=4.3",
        &["refused RabbitMQ 4.3 refuses"],
    ),
];

const CODE: &[Sample] = &[
    (
        "chained.js",
        "const amqp = require('amqplib');\nconst ch = await (await amqp.connect('amqp://h')).createConfirmChannel();\nawait ch.assertQueue('q', { autoDelete: true, messageTtl: 1000, maxLength: 5, deadLetterExchange: 'd' });\nch.sendToQueue('q', Buffer.from('x'), { persistent: true, expiration: '1000', appId: 'a' });\n",
        "",
        &[
            "producer confirm.select=true @2",
            "broker auto_delete=true @3",
            "broker x-dead-letter-exchange=d @3",
            "not-modeled messageTtl is not modeled",
            "not-modeled maxLength is not modeled",
            "not-modeled expiration is not modeled",
            "irrelevant appId",
        ],
    ),
    (
        "manager.ts",
        "import amqp from 'amqp-connection-manager';\nconst channel = amqp.connect(['amqp://h']).createChannel({ json: true });\nawait channel.sendToQueue('q', {}, { persistent: true });\n",
        "",
        &[
            "read amqp-connection-manager",
            "producer confirm.select=true",
            "sets producer.rabbitmq.confirm.select=true",
            "sets producer.rabbitmq.publish_attempts=3",
            "assumed publishes again",
        ],
    ),
    (
        "manager-unconfirmed.ts",
        "import amqp from 'amqp-connection-manager';\nconst channel = amqp.connect(['amqp://h']).createChannel({ confirm: false });\nawait channel.sendToQueue('q', {}, { persistent: true });\n",
        "",
        &["producer confirm.select=false @2", "sets producer.rabbitmq.publish_attempts=1"],
    ),
    (
        "masstransit.cs",
        "using MassTransit;\nservices.AddMassTransit(x => x.UsingRabbitMq((c, cfg) => {\n  cfg.ReceiveEndpoint(\"ship\", e => {\n    e.SetQuorumQueue(3);\n    e.SetQueueArgument(\"x-delivery-limit\", 7);\n    e.UseMessageRetry(r => r.Exponential(5, a, b, c));\n    e.UseDelayedRedelivery(r => r.Intervals(d, f));\n  });\n}));\n",
        "",
        &[
            "consumer tries=6 @6",
            "not-modeled the redelivery is not modeled",
            "broker x-queue-type=quorum @4",
            "broker nodes=3 @4",
            "broker x-delivery-limit=7 @5",
        ],
    ),
    (
        "endpoint.cs",
        "using MassTransit;\nservices.AddMassTransit(x => x.UsingRabbitMq((c, cfg) => {\n  cfg.ReceiveEndpoint(\"ship\", e => e.ConfigureConsumer<Ship>(c));\n}));\n",
        "",
        &["broker x-queue-type=classic", "broker durable=true", "not assumed x-queue-type"],
    ),
    (
        "redelivery-first.cs",
        "using MassTransit;\nservices.AddMassTransit(x => x.UsingRabbitMq((c, cfg) => {\n  cfg.UseDelayedRedelivery(r => r.Intervals(d, f));\n  cfg.UseMessageRetry(r => r.Immediate(limit));\n}));\n",
        "",
        &["consumer tries=1", "unreadable UseMessageRetry: how often is not in the file"],
    ),
    (
        "celery.py",
        "from celery import Celery\napp = Celery('shop', broker='amqp://h', backend='rpc://', set_as_current=True, task_acks_late=True)\napp.conf.update(worker_prefetch_multiplier=1, broker_transport_options={'confirm_publish': True})\n",
        "",
        &[
            "consumer acks_late=true @2",
            "irrelevant backend",
            "irrelevant set_as_current",
            "not no-effect backend",
            "producer confirm_publish=true @3",
            "not producer confirm.select=false",
            "not consumer prefetch_count=0",
        ],
    ),
    (
        "none.properties",
        "spring.rabbitmq.listener.simple.acknowledge-mode=none\n",
        "",
        &["sets consumer.rabbitmq.auto_ack=true", "not consumer auto_ack=false"],
    ),
];

#[test]
fn policies_and_arguments() {
    all_come_out(POLICIES);
}

#[test]
fn queues_that_do_not_stay() {
    all_come_out(QUEUES);
}

#[test]
fn clients_in_code() {
    all_come_out(CODE);
}

/// What another client does is not judged by the defaults of those that are read.
#[test]
fn clients_that_are_not_read_are_named() {
    for (name, text, client) in [
        (
            "a.php",
            "<?php\nuse PhpAmqpLib\\Message\\AMQPMessage;\n$channel->queue_declare('q', false, true);\n$channel->basic_publish($msg, '', 'q');\n",
            "php-amqplib",
        ),
        (
            "A.java",
            "import com.rabbitmq.client.*;\nclass A {\n  void f() {\n    Channel c = connection.createChannel();\n  }\n}\n",
            "RabbitMQ's client for Java",
        ),
        (
            "A.kt",
            "val channel = connection.createChannel()\nchannel.queueDeclare(\"q\", true, false, false, null);\n",
            "RabbitMQ's client for Java",
        ),
        (
            "Sqs.cs",
            "using MassTransit;\nservices.AddMassTransit(x =>\n{\n  x.UsingAmazonSqs((context, cfg) => cfg.UseMessageRetry(r => r.None()));\n});\n",
            "MassTransit on Amazon SQS",
        ),
    ] {
        let source = Source { name: name.into(), text: text.into(), syntax: None };
        let error = read(&[source], &Answers::default()).expect_err("it is not read");
        let expected = format!("it is code for {client}, which is not read here");
        assert!(error.text.contains(&expected), "{name}: {}", error.text);
    }
}

/// A call is no option of another one, and Spring has a key of its own for what AMQP calls auto_ack.
#[test]
fn fixes_are_in_the_words_of_the_client() {
    let text = "const amqp = require('amqplib');\nconst ch = await c.createChannel();\nch.sendToQueue('q', Buffer.from('x'), { persistent: true });\n";
    let confirms = ("producer.rabbitmq.confirm.select", "true");
    let mandatory = ("producer.rabbitmq.mandatory", "true");
    let (lines, left) = added("a.js", text, "", &[mandatory, confirms]);
    assert!(lines.contains("{ mandatory: true, persistent: true }"), "{lines}");
    assert_eq!(left, "[\"createConfirmChannel()\"]");
    let text = "spring.rabbitmq.listener.simple.acknowledge-mode=NONE\n";
    let (lines, _) = added("a.properties", text, "", &[("consumer.rabbitmq.auto_ack", "false")]);
    assert_eq!(lines, "+spring.rabbitmq.listener.simple.acknowledge-mode=auto\n");
}
