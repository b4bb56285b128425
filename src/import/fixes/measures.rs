//! The usual measures against losses and repeats, product by product.

use crate::import::System;

/// Settings that belong together: paths with their values.
pub type Measure = &'static [(&'static str, &'static str)];

/// The usual measures of each product.
pub const MEASURES: [(System, &[Measure]); 3] = [
    (
        System::Kafka,
        &[
            &[("producer.kafka.acks", "all")],
            &[("producer.kafka.enable.idempotence", "true")],
            &[("producer.kafka.max.in.flight.requests.per.connection", "1")],
            &[
                ("producer.kafka.retries", "2147483647"),
                ("producer.kafka.delivery.timeout.ms", "120000"),
            ],
            &[("producer.on_restart", "resend")],
            &[("database", "outbox")],
            &[("broker.kafka.replication.factor", "3"), ("broker.kafka.min.insync.replicas", "2")],
            &[("broker.kafka.unclean.leader.election.enable", "false")],
            // What cannot be handled is neither skipped nor in the way of the rest.
            &[("consumer.on_error", "dead-letter")],
            &[
                ("consumer.kafka.enable.auto.commit", "false"),
                ("consumer.program", "receive,begin,inbox,work,commit,ack"),
            ],
            &[("consumer.kafka.auto.offset.reset", "earliest")],
        ],
    ),
    (
        System::Rabbitmq,
        &[
            &[("producer.rabbitmq.confirm.select", "true")],
            &[("producer.rabbitmq.mandatory", "true")],
            &[("producer.rabbitmq.delivery_mode", "2")],
            &[("producer.rabbitmq.publish_attempts", "3")],
            &[("producer.rabbitmq.outstanding_confirms", "1")],
            &[("producer.on_restart", "resend")],
            &[("database", "outbox")],
            &[
                ("broker.rabbitmq.x-queue-type", "quorum"),
                ("broker.rabbitmq.nodes", "3"),
                ("broker.rabbitmq.durable", "true"),
            ],
            &[("broker.rabbitmq.x-dead-letter-exchange", "dead-letters")],
            &[
                ("broker.rabbitmq.x-overflow", "reject-publish"),
                ("broker.rabbitmq.x-dead-letter-strategy", "at-least-once"),
            ],
            &[
                ("consumer.rabbitmq.auto_ack", "false"),
                ("consumer.program", "receive,begin,inbox,work,commit,ack"),
            ],
            &[("consumer.rabbitmq.requeue_with", "reject"), ("consumer.on_error", "requeue")],
            // Of a batch, all is prefetched.
            &[("consumer.rabbitmq.prefetch_count", "1"), ("consumer.batch_ack", "each")],
            &[("consumer.count", "1")],
        ],
    ),
    (
        System::Sqs,
        &[
            &[("broker.sqs.FifoQueue", "true")],
            &[("broker.sqs.maxReceiveCount", "5")],
            &[("consumer.program", "receive,begin,inbox,work,commit,ack")],
            &[("consumer.sqs.MaxNumberOfMessages", "1")],
        ],
    ),
];
