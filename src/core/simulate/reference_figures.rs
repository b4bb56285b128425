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
        what: "Kafka, acks=all beside acks=1: 95 % of the answers came within so many times as long",
        theirs: 2.0,
        unit: "times",
        source: "Kafka wiki, impact of max.in.flight and acks: three d2.xlarge, an older Kafka",
        presets: &["kafka-idempotent", "kafka-leader-ack"],
        ours: |costs| Some(told_ms(costs[0], 0.95)? / told_ms(costs[1], 0.95)?),
    },
    Published {
        what: "Kafka, acks=all: messages sent per second",
        theirs: 100_000.0,
        unit: "messages/s",
        source: "Conduktor's blog: no method given",
        presets: &["kafka-not-idempotent"],
        ours: |costs| Some(costs[0].sent_per_second()),
    },
    Published {
        what: "Kafka, idempotent: messages sent per second",
        theirs: 98_000.0,
        unit: "messages/s",
        source: "Conduktor's blog: no method given",
        presets: &["kafka-idempotent"],
        ours: |costs| Some(costs[0].sent_per_second()),
    },
    Published {
        what: "Kafka, idempotent: 99 % of the answers came within",
        theirs: 16.0,
        unit: "ms",
        source: "Conduktor's blog: no method given",
        presets: &["kafka-idempotent"],
        ours: |costs| told_ms(costs[0], 0.99),
    },
    Published {
        what: "Kafka, transactional: 99 % of the answers came within",
        theirs: 45.0,
        unit: "ms",
        source: "Conduktor's blog: no method given, and many messages to a transaction",
        presets: &["kafka-transactional"],
        ours: |costs| told_ms(costs[0], 0.99),
    },
    Published {
        what: "RabbitMQ, classic queue, persistent: half of the confirms came within",
        theirs: 1.7,
        unit: "ms",
        source: "RabbitMQ's benchmark of August 2024, 88,500 messages/s",
        presets: &["rabbitmq-safe"],
        ours: |costs| told_ms(costs[0], 0.5),
    },
    Published {
        what: "RabbitMQ, classic queue, persistent: 99 % of the confirms came within",
        theirs: 3.4,
        unit: "ms",
        source: "RabbitMQ's benchmark of August 2024, 88,500 messages/s",
        presets: &["rabbitmq-safe"],
        ours: |costs| told_ms(costs[0], 0.99),
    },
    Published {
        what: "RabbitMQ, quorum queue: half of the confirms came within",
        theirs: 35.0,
        unit: "ms",
        source: "RabbitMQ's benchmark of August 2024: one node, a sync of 5.9 ms, 83,000 messages/s in all",
        presets: &["rabbitmq-quorum-queue"],
        ours: |costs| told_ms(costs[0], 0.5),
    },
    Published {
        what: "RabbitMQ, persistent: messages sent per second, many confirms outstanding",
        theirs: 88_500.0,
        unit: "messages/s",
        source: "RabbitMQ's benchmark of August 2024: a classic queue of 4.0",
        presets: &["rabbitmq-safe"],
        ours: |costs| Some(costs[0].sent_per_second()),
    },
    Published {
        what: "SQS: calls per second of one thread",
        theirs: 50.0,
        unit: "calls/s",
        source: "SQS developer guide, horizontal scaling: 20 ms there and back",
        presets: &["sqs-standard"],
        ours: |costs| Some(costs[0].sent_per_second()),
    },
];
