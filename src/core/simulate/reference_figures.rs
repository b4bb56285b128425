//! Published benchmark figures beside those of the simulator. They come from other machines, other
//! message sizes, and not always with a stated method. The ratio shows only if the model is of the
//! right order of magnitude.

use super::cost::Cost;

/// A published figure.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// The quantity that was measured.
    pub what: &'static str,
    /// The published value, in [`Published::unit`].
    pub theirs: f64,
    /// Unit of the values.
    pub unit: &'static str,
    /// The source, and how far it can be trusted.
    pub source: &'static str,
    /// The presets that the simulated value is computed from.
    pub presets: &'static [&'static str],
    ours: fn(&[&Cost]) -> Option<f64>,
}

impl Published {
    /// Returns the simulated value, computed from the costs of [`Published::presets`]. Returns
    /// `None` if a cost is unknown, or if there are no acknowledgments to measure.
    pub fn ours<'a>(&self, cost: impl Fn(&str) -> Option<&'a Cost>) -> Option<f64> {
        let costs: Vec<&Cost> = self.presets.iter().map(|id| cost(id)).collect::<Option<_>>()?;
        (self.ours)(&costs)
    }
}

fn told_ms(cost: &Cost, part: f64) -> Option<f64> {
    cost.told.quantile_us(part).map(|us| us as f64 / 1e3)
}

/// All published figures that are compared.
pub const PUBLISHED: &[Published] = &[
    Published {
        what: "Kafka: p95 ack latency, acks=all ÷ acks=1",
        theirs: 2.0,
        unit: "times",
        source: "Kafka wiki, impact of max.in.flight and acks: three d2.xlarge, an older Kafka version",
        presets: &["kafka-idempotent", "kafka-leader-ack"],
        ours: |costs| Some(told_ms(costs[0], 0.95)? / told_ms(costs[1], 0.95)?),
    },
    Published {
        what: "Kafka, acks=all: throughput",
        theirs: 100_000.0,
        unit: "messages/s",
        source: "Conduktor's blog: method not stated",
        presets: &["kafka-not-idempotent"],
        ours: |costs| Some(costs[0].sent_per_second()),
    },
    Published {
        what: "Kafka, idempotent: throughput",
        theirs: 98_000.0,
        unit: "messages/s",
        source: "Conduktor's blog: method not stated",
        presets: &["kafka-idempotent"],
        ours: |costs| Some(costs[0].sent_per_second()),
    },
    Published {
        what: "Kafka, idempotent: p99 ack latency",
        theirs: 16.0,
        unit: "ms",
        source: "Conduktor's blog: method not stated",
        presets: &["kafka-idempotent"],
        ours: |costs| told_ms(costs[0], 0.99),
    },
    Published {
        what: "Kafka, transactional: p99 ack latency",
        theirs: 45.0,
        unit: "ms",
        source: "Conduktor's blog: method not stated, many messages per transaction",
        presets: &["kafka-transactional"],
        ours: |costs| told_ms(costs[0], 0.99),
    },
    Published {
        what: "RabbitMQ, classic queue, persistent: p50 confirm latency",
        theirs: 1.7,
        unit: "ms",
        source: "RabbitMQ's benchmark of August 2024, 88,500 messages/s",
        presets: &["rabbitmq-safe"],
        ours: |costs| told_ms(costs[0], 0.5),
    },
    Published {
        what: "RabbitMQ, classic queue, persistent: p99 confirm latency",
        theirs: 3.4,
        unit: "ms",
        source: "RabbitMQ's benchmark of August 2024, 88,500 messages/s",
        presets: &["rabbitmq-safe"],
        ours: |costs| told_ms(costs[0], 0.99),
    },
    Published {
        what: "RabbitMQ, quorum queue: p50 confirm latency",
        theirs: 35.0,
        unit: "ms",
        source: "RabbitMQ's benchmark of August 2024: one node, fsync of 5.9 ms, 83,000 messages/s in total",
        presets: &["rabbitmq-quorum-queue"],
        ours: |costs| told_ms(costs[0], 0.5),
    },
    Published {
        what: "RabbitMQ, persistent: throughput with many outstanding confirms",
        theirs: 88_500.0,
        unit: "messages/s",
        source: "RabbitMQ's benchmark of August 2024: a classic queue of 4.0",
        presets: &["rabbitmq-safe"],
        ours: |costs| Some(costs[0].sent_per_second()),
    },
    Published {
        what: "SQS: calls per second in one thread",
        theirs: 50.0,
        unit: "calls/s",
        source: "SQS developer guide, horizontal scaling: 20 ms round trip",
        presets: &["sqs-standard"],
        ours: |costs| Some(costs[0].sent_per_second()),
    },
];
