//! The program of a partition's leader.

use crate::sim::configuration::Configuration;
use crate::sim::program::{Op, Program};
use crate::sim::settings::{ProducerSettings, kafka};

/// Builds the program of a Kafka leader. The response waits for the followers only with `acks=all`;
/// otherwise they fetch in their own time.
pub(in crate::sim) fn program(p: &mut Program, config: &Configuration, broker: &kafka::Broker) {
    let acks = match &config.producer {
        ProducerSettings::Kafka(producer) => producer.acks,
        _ => kafka::Acks::All,
    };
    let followers = broker.replication_factor > 1;
    p.run(Op::Append, 0, "log.append(m)");
    if followers && acks == kafka::Acks::All {
        p.run(Op::Fetch, 0, "follower.fetch(m)");
    }
    p.run(Op::Acknowledge, 0, "producer.respond(offset)");
    if followers && acks != kafka::Acks::All {
        p.run(Op::Fetch, 0, "// the followers fetch m in their own time");
    }
}
