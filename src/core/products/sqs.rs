//! Amazon SQS: a standard or FIFO queue.

use super::{
    Add, Advice, Assumptions, Changes, Fetch, LossHint, Product, Protection, Scope, Settlement,
    Summary, Terms, Timing, generic, longer_timeout,
};
use crate::sim::settings::{BatchAck, BrokerSettings, ProducerSettings, sqs};
use crate::sim::{Class, Configuration};

pub(super) const PRODUCT: Product = Product {
    key: "sqs",
    name: "SQS",
    terms: TERMS,
    summary: Summary {
        producer,
        broker: |s| broker(s).map(broker_summary).unwrap_or_default(),
        receiving,
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
        label: "All bodies differ here: of two messages with the same body, content-based \
                deduplication drops the second.",
        with: ("MessageBody", "same,same"),
        applies: |s| {
            s.setup.configuration().messages == 2 && by_different_bodies(s.setup.configuration())
        },
    }],
    one_at_a_time: Some((
        "One SendMessage call is in flight at a time: with two, either may arrive first.",
        ("concurrent_sends", "2"),
    )),
    protection: Protection { copies: |_| 1, acknowledged_copies: |_| 1, clean_elections: |_| true },
    timing: Timing {
        hosted: true,
        settles_by_request: |_| true,
        // One message group is read by one consumer at a time.
        one_reader: |setup| broker(setup.configuration()).is_some_and(|queue| queue.fifo),
        fetch: |setup| Fetch::Request(setup.visibility().map_or(1, |queue| queue.batch)),
        redelivery_s: |s| Some(broker(s)?.visibility_timeout),
        retention_s: |s| Some(broker(s)?.retention),
        limit: |s| {
            let limit = "a FIFO queue takes at most 70,000 messages/s, in high-throughput mode";
            broker(s)?.fifo.then_some((70_000, limit))
        },
        operations: &["api", "dedup-window"],
        ..generic::TIMING
    },
    advice: Advice {
        sending: |s| {
            broker(s)?.fifo.then_some(
                "Use the same MessageDeduplicationId for each attempt, and make no attempt later \
                 than 5 minutes after the first.",
            )
        },
        consuming: None,
        order_by_key: "Use the ordering key as the MessageGroupId: messages of one group are \
                       delivered in order.",
        total_order: "Use the same MessageGroupId for all messages.",
        poison: |s| match broker(s)?.max_receive_count {
            Some(_) => None,
            None => Some(
                "Set maxReceiveCount with a dead-letter queue, and monitor it: without one, a \
                 poison message is redelivered forever.",
            ),
        },
    },
    outlast: |config, add| {
        let Some(ms) = longer_timeout(config) else { return };
        let s_ = ms.div_ceil(1000);
        add(&format!("VisibilityTimeout={s_}"), &|s| {
            if let BrokerSettings::Sqs(broker) = &mut s.broker {
                broker.visibility_timeout = s_;
            }
        });
    },
    keeps_dead_letters: |setup| setup.visibility().is_some_and(|q| q.max_receives.is_some()),
    extends_timeout: |setup| setup.visibility().is_some_and(|queue| queue.heartbeat),
    stored_twice: |setup| match setup.visibility() {
        Some(queue) if queue.fifo => "the queue no longer knows the deduplication ID",
        _ => "a standard queue does not deduplicate sends",
    },
    ..generic::PRODUCT
};

const TERMS: Terms = Terms {
    broker: Some("SQS"),
    store: |setup| match broker(setup.configuration()) {
        Some(queue) if queue.fifo => "FIFO queue",
        _ => "standard queue",
    },
    settlement: Settlement {
        noun: "delete",
        arrow: "delete {m}",
        lost: "delete of ",
        subject: "the delete of",
        fault: "delete of",
        in_flight: "delete of",
        sends: "{from} deletes {m} with its receipt handle.",
        next: "about to delete",
        order: ["ack before work", "work, then delete"],
        ..generic::TERMS.settlement
    },
    delivery: ["receive", "receives"],
    delivers: [
        "{from} delivers {m} to {to} and hides it from other consumers.",
        "{from} delivers {m} to {to} again: receive {n}.",
    ],
    stores: ["SQS stores it on several servers.", "SQS stores it: copy {n} of {m}."],
    stored: "stored",
    stored_on_several: true,
    replica: |_| "replica",
    removes: "{at} deletes {m}.",
    deduplicates: "duplicate MessageDeduplicationId: {at} returns success and drops the copy.",
    ignores: "{at} reports success but deletes nothing.",
    requeues: [
        "{m} is visible again immediately.",
        "the visibility timeout of {m} has expired: it is visible again.",
    ],
    requeued: "{m} visible again",
    error: "SdkError",
    ..generic::TERMS
};

fn broker(config: &Configuration) -> Option<&sqs::Broker> {
    match &config.broker {
        BrokerSettings::Sqs(broker) => Some(broker),
        _ => None,
    }
}

fn producer(config: &Configuration) -> String {
    let ProducerSettings::Sqs(producer) = &config.producer else { return String::new() };
    let mut what = format!("SDK, {} attempts", producer.max_attempts);
    if broker(config).is_some_and(|queue| queue.fifo) {
        what += match producer.deduplication_id {
            sqs::DeduplicationId::PerMessage => ", MessageDeduplicationId per message",
            sqs::DeduplicationId::PerAttempt => ", MessageDeduplicationId per attempt",
            sqs::DeduplicationId::None => ", no MessageDeduplicationId",
        };
    }
    what
}

fn broker_summary(broker: &sqs::Broker) -> String {
    let mut parts = vec![if broker.fifo { "FIFO" } else { "standard" }.to_owned()];
    if broker.content_based_deduplication {
        parts.push("ContentBasedDeduplication".into());
    }
    parts.push(format!("VisibilityTimeout={}", broker.visibility_timeout));
    if let Some(most) = broker.max_receive_count {
        parts.push(format!("maxReceiveCount={most}"));
    }
    parts.join(", ")
}

fn receiving(config: &Configuration) -> Vec<String> {
    let own = config.consumer.sqs.clone().unwrap_or_default();
    let mut parts = Vec::new();
    if own.max_number_of_messages > 1 {
        parts.push(format!("MaxNumberOfMessages={}", own.max_number_of_messages));
    }
    if own.heartbeat {
        parts.push("extends visibility".into());
    }
    parts
}

fn change_producer(add: &mut Add) {
    add("MessageDeduplicationId per message", &|s| {
        if let ProducerSettings::Sqs(producer) = &mut s.producer {
            producer.deduplication_id = sqs::DeduplicationId::PerMessage;
        }
    });
}

fn change_broker(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut sqs::Broker)| {
        add(label, &|s| {
            if let BrokerSettings::Sqs(broker) = &mut s.broker {
                change(broker);
            }
        });
    };
    change("FifoQueue", &|b| b.fifo = true);
    change("maxReceiveCount=3 and a dead-letter queue", &|b| b.max_receive_count = Some(3));
}

fn change_consumer(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut sqs::Consumer)| {
        add(label, &|s| change(s.consumer.sqs.get_or_insert_default()));
    };
    change("ChangeMessageVisibility while working", &|own| own.heartbeat = true);
    change("MaxNumberOfMessages=1", &|own| own.max_number_of_messages = 1);
    let acks = [
        ("FunctionResponseTypes=ReportBatchItemFailures", BatchAck::GoodPart),
        ("ReportBatchItemFailures, stopping at the first failure", BatchAck::UpToFirstFailure),
        ("delete each message once it is handled", BatchAck::Each),
    ];
    generic::batch_acks(add, &acks);
}

/// Returns true if the queue deduplicates messages by their bodies, which all differ.
fn by_different_bodies(config: &Configuration) -> bool {
    let ProducerSettings::Sqs(producer) = &config.producer else { return false };
    broker(config).is_some_and(|queue| queue.content_based_deduplication)
        && producer.deduplication_id == sqs::DeduplicationId::None
        && producer.body.is_empty()
}

fn fifo(scope: &Scope) -> bool {
    broker(scope.setup.configuration()).is_some_and(|broker| broker.fifo)
}

/// Assumptions about SQS.
///
/// Sources: the SQS developer guide (standard queues, FIFO queues, high throughput, visibility
/// timeout, dead-letter queues); the API pages of SendMessage and ReceiveMessage.
const ASSUMPTIONS: Assumptions = Assumptions {
    version: |_| "Amazon SQS (API of 2012-11-05) with an AWS SDK in its standard retry mode",
    versions: &[],
    rows: &[
        (
            |s| s.tries(Class::Operator) && s.tries(Class::Expiry),
            "One queue in one region, whose attributes do not change.",
        ),
        (
            |s| s.tries(Class::Operator) && !s.tries(Class::Expiry),
            "One queue in one region, whose attributes do not change. Messages are processed before \
             MessageRetentionPeriod expires.",
        ),
        (
            |s| !s.tries(Class::Operator) && s.tries(Class::Expiry),
            "One queue in one region. No one purges it, changes its attributes or redrives dead \
             letters.",
        ),
        (
            |s| !s.tries(Class::Operator) && !s.tries(Class::Expiry),
            "One queue in one region. No one purges it, changes its attributes or redrives dead \
             letters, and messages are processed before MessageRetentionPeriod expires.",
        ),
        (
            |s| fifo(s) && !s.tries(Class::Expiry),
            "DeduplicationScope is queue, and all attempts for a message are made within five \
             minutes of the first.",
        ),
        (
            |s| fifo(s) && s.tries(Class::Expiry),
            "DeduplicationScope is queue: IDs are compared across all groups.",
        ),
        (|s| !fifo(s), "A standard queue by itself duplicates a message at most once."),
        (
            |s| s.sends_one_by_one(),
            "The producer has one SendMessage call in flight at a time (concurrent_sends=1).",
        ),
        (
            |s| s.tries_delays(),
            "A slow handler or a pause exceeds VisibilityTimeout unless it is extended; everything \
             else stays within it.",
        ),
        (|s| !s.tries_delays(), "Every handler finishes within VisibilityTimeout."),
        (
            |s| broker(s.setup.configuration()).is_some_and(|b| b.max_receive_count.is_some()),
            "The dead-letter queue keeps its messages, and it is monitored.",
        ),
    ],
};
