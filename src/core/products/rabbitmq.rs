//! RabbitMQ: a classic or quorum queue, by AMQP 0-9-1.

use super::{
    Add, Advice, Answer, Assumptions, Changes, LossHint, Product, Protection, Scope, Summary,
    Terms, generic, longer_timeout,
};
use crate::sim::settings::rabbitmq::Version;
use crate::sim::settings::{BatchAck, BrokerSettings, OnError, ProducerSettings, rabbitmq};
use crate::sim::{Class, Configuration, Op};

pub(super) const PRODUCT: Product = Product {
    key: "rabbitmq",
    name: "RabbitMQ",
    terms: TERMS,
    summary: Summary {
        producer: |s| producer(s).map(summary).unwrap_or_default(),
        broker: |s| broker(s).map(broker_summary).unwrap_or_default(),
        receiving: |s| {
            let own = s.consumer.rabbitmq.clone().unwrap_or_default();
            let usual = rabbitmq::Consumer::default();
            let counts = [
                ("prefetch_count", own.prefetch_count, usual.prefetch_count),
                ("batch_size", own.batch_size, usual.batch_size),
            ];
            let set = counts.into_iter().filter(|&(_, n, usual)| n != usual);
            set.map(|(name, n, _)| format!("{name}={n}")).collect()
        },
        ..generic::PRODUCT.summary
    },
    changes: Changes {
        producer: |_, add| change_producer(add),
        broker: change_broker,
        consumer: change_consumer,
        programs: &[],
    },
    assumptions: ASSUMPTIONS,
    hints: &[LossHint {
        label: "A queue is bound to the exchange here: an unroutable message is dropped, and \
                confirmed all the same.",
        with: ("bound", "false"),
        applies: |s| {
            let config = s.setup.configuration();
            let mandatory = producer(config).is_none_or(|p| p.mandatory);
            broker(config).is_some_and(|b| b.bound) && !mandatory
        },
    }],
    one_at_a_time: Some((
        "Each publish waits for its confirm: a retried message cannot be overtaken by a later one.",
        ("outstanding_confirms", "128"),
    )),
    protection: Protection {
        copies: |s| broker(s).map_or(1, |b| b.nodes),
        acknowledged_copies: |s| {
            let Some(broker) = broker(s) else { return 1 };
            match (producer(s).is_some_and(|p| p.confirm_select), broker.queue_type) {
                (false, _) => 0,
                (true, rabbitmq::QueueType::Classic) => 1,
                (true, rabbitmq::QueueType::Quorum) => broker.nodes / 2 + 1,
            }
        },
        clean_elections: |_| true,
    },
    advice: Advice {
        sending: |_| None,
        consuming: None,
        order_by_key: "Shard the keys over several queues (consistent-hash exchange), each with \
                       x-single-active-consumer.",
        total_order: "Use one queue, with x-single-active-consumer.",
        poison: |s| match broker(s)?.dead_letter_exchange {
            Some(_) => None,
            None => Some(
                "Set x-dead-letter-exchange, and monitor its queue: without one, a poison \
                 message is redelivered, or discarded at the delivery limit.",
            ),
        },
    },
    outlast: |config, add| {
        let Some(ms) = longer_timeout(config) else { return };
        add(&format!("consumer_timeout={ms}"), &|s| {
            if let BrokerSettings::Rabbitmq(broker) = &mut s.broker {
                broker.consumer_timeout = ms;
            }
        });
    },
    stored_twice: |setup| match setup.queue() {
        Some(queue) if queue.delivers_early => "RabbitMQ does not deduplicate publishes",
        _ => (generic::PRODUCT.stored_twice)(setup),
    },
    ..generic::PRODUCT
};

const TERMS: Terms = Terms {
    answer: Answer {
        noun: "confirm",
        lost: "confirm of ",
        verb: "confirms",
        in_flight: "confirm of",
    },
    // A reply may still be on its way to the sender, which leaves little space for the label.
    error_label: Some("{m} error"),
    ..generic::TERMS
};

fn producer(config: &Configuration) -> Option<&rabbitmq::Producer> {
    match &config.producer {
        ProducerSettings::Rabbitmq(producer) => Some(producer),
        _ => None,
    }
}

fn broker(config: &Configuration) -> Option<&rabbitmq::Broker> {
    match &config.broker {
        BrokerSettings::Rabbitmq(broker) => Some(broker),
        _ => None,
    }
}

fn summary(producer: &rabbitmq::Producer) -> String {
    let mut parts =
        vec![if producer.confirm_select { "confirm.select" } else { "no confirms" }.to_owned()];
    if producer.mandatory {
        parts.push("mandatory".into());
    }
    parts.push(format!("delivery_mode={}", producer.delivery_mode));
    if producer.publish_attempts > 1 {
        parts.push(format!("publishes up to {} times", producer.publish_attempts));
    }
    parts.join(", ")
}

fn broker_summary(broker: &rabbitmq::Broker) -> String {
    let mut parts = vec![match (broker.queue_type, broker.durable, broker.nodes) {
        (rabbitmq::QueueType::Quorum, _, nodes) if nodes > 1 => format!("quorum queue on {nodes}"),
        (rabbitmq::QueueType::Quorum, ..) => "quorum queue".into(),
        (rabbitmq::QueueType::Classic, true, _) => "durable classic queue".into(),
        (rabbitmq::QueueType::Classic, false, _) => "classic queue, not durable".into(),
    }];
    if !broker.bound {
        parts.push("no binding".into());
    }
    if let Some(limit) = broker.limit() {
        parts.push(format!("x-delivery-limit={limit}"));
    }
    if broker.dead_letter_exchange.is_some() {
        parts.push("x-dead-letter-exchange".into());
    }
    if broker.single_active_consumer {
        parts.push("x-single-active-consumer".into());
    }
    parts.join(", ")
}

fn change_producer(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut rabbitmq::Producer)| {
        add(label, &|s| {
            if let ProducerSettings::Rabbitmq(producer) = &mut s.producer {
                change(producer);
            }
        });
    };
    change("confirm.select", &|p| p.confirm_select = true);
    change("confirm.select, and publish again", &|p| {
        (p.confirm_select, p.publish_attempts) = (true, 3);
    });
    change("mandatory", &|p| p.mandatory = true);
    change("delivery_mode=2", &|p| p.delivery_mode = 2);
    change("outstanding_confirms=1", &|p| p.outstanding_confirms = 1);
}

fn change_broker(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut rabbitmq::Broker)| {
        add(label, &|s| {
            if let BrokerSettings::Rabbitmq(broker) = &mut s.broker {
                change(broker);
            }
        });
    };
    change("durable", &|b| b.durable = true);
    change("a quorum queue on 3 nodes", &|b| {
        (b.queue_type, b.nodes, b.durable) = (rabbitmq::QueueType::Quorum, 3, true);
    });
    change("x-single-active-consumer", &|b| b.single_active_consumer = true);
    change("x-dead-letter-exchange", &|b| b.dead_letter_exchange = Some("dlx".into()));
}

fn change_consumer(add: &mut Add) {
    add("prefetch_count=1", &|s| s.consumer.rabbitmq.get_or_insert_default().prefetch_count = 1);
    add("auto_ack", &|s| {
        s.consumer.rabbitmq.get_or_insert_default().auto_ack = true;
        s.consumer.program.retain(|op| *op != Op::Ack);
    });
    generic::batch_acks(add, &[("ack each message by itself", BatchAck::Each)]);
}

fn single_active(scope: &Scope) -> bool {
    broker(scope.setup.configuration()).is_some_and(|b| b.single_active_consumer)
}

fn quorum(scope: &Scope) -> bool {
    broker(scope.setup.configuration()).is_some_and(|b| b.queue_type == rabbitmq::QueueType::Quorum)
}

fn version(config: &Configuration) -> Version {
    broker(config).map(|b| b.version).unwrap_or_default()
}

fn is_current(scope: &Scope) -> bool {
    version(scope.setup.configuration()) == Version::default()
}

/// Returns true if a consumer timeout applies.
fn times_out(scope: &Scope) -> bool {
    broker(scope.setup.configuration()).is_some_and(rabbitmq::Broker::times_out)
        && !auto_acks(scope)
}

fn auto_acks(scope: &Scope) -> bool {
    scope.setup.configuration().consumer.rabbitmq.as_ref().is_some_and(|own| own.auto_ack)
}

fn requeues_by_nack(scope: &Scope) -> bool {
    let consumer = &scope.setup.configuration().consumer;
    let own = consumer.rabbitmq.clone().unwrap_or_default();
    consumer.on_error == OnError::Requeue && own.requeue_with == rabbitmq::RequeueWith::Nack
}

/// Assumptions about RabbitMQ.
///
/// Sources: rabbitmq.com/docs/consumers (`consumer_timeout`), docs/quorum-queues (delivery limit,
/// dead lettering), the release notes of 4.3, rabbitmq-server#16983.
const ASSUMPTIONS: Assumptions = Assumptions {
    version: |s| match version(s.setup.configuration()) {
        Version::V3_13 => "RabbitMQ 3.13",
        Version::V4_2 => "RabbitMQ 4.0 to 4.2",
        Version::V4_3 => "RabbitMQ 4.3",
    },
    versions: &[
        (
            |s| is_current(s) && !quorum(s) && !auto_acks(s),
            "Up to 4.2 consumer_timeout also applies to classic queues: a message held by a slow \
             handler is then redelivered.",
        ),
        (
            |s| is_current(s) && quorum(s) && requeues_by_nack(s),
            "Up to 4.2 basic.nack counts towards x-delivery-limit.",
        ),
        (
            |s| {
                let unset =
                    broker(s.setup.configuration()).is_some_and(|b| b.delivery_limit.is_none());
                quorum(s) && unset && version(s.setup.configuration()) >= Version::V4_2
            },
            "Before 4.0 a quorum queue has no x-delivery-limit unless it is set; from 4.0 on it is \
             20.",
        ),
    ],
    rows: &[
        (
            |s| s.tries(Class::Operator),
            "One queue without priorities on one virtual host; exchanges, bindings and policies do \
             not change.",
        ),
        (
            |s| !s.tries(Class::Operator),
            "One queue without priorities on one virtual host; exchanges, bindings and policies do \
             not change, and no one purges it.",
        ),
        (
            |s| broker(s.setup.configuration()).is_some_and(|b| b.max_length.is_none()),
            "Nothing limits the queue: no x-max-length, no message TTL, no memory or disk alarm.",
        ),
        (
            |s| broker(s.setup.configuration()).is_some_and(|b| b.max_length.is_some()),
            "Nothing but x-max-length limits the queue: no message TTL, no memory or disk alarm.",
        ),
        (
            |s| s.sends_one_by_one(),
            "The publisher waits for each confirm before it publishes the next message \
             (outstanding_confirms=1).",
        ),
        (|s| !s.setup.waits(), "The publisher uses one channel, on which messages stay in order."),
        (
            |s| times_out(s) && s.delays_without_end(),
            "A slow handler or a pause exceeds consumer_timeout; everything else stays within it.",
        ),
        (|s| times_out(s) && !s.tries_delays(), "Every handler finishes within consumer_timeout."),
        (
            |s| !times_out(s) && s.tries_delays(),
            "A slow handler keeps its connection: heartbeats continue.",
        ),
        (
            |s| s.setup.configuration().consumer.count > 1 && !single_active(s),
            "Both consumers read from the queue: x-single-active-consumer is not set.",
        ),
        (
            |s| broker(s.setup.configuration()).is_some_and(|b| b.dead_letter_exchange.is_some()),
            "The dead-letter queue is of the same type and on the same nodes, and it is monitored.",
        ),
    ],
};
