//! The programs of a queue's broker: in which order a copy is stored and acknowledged.

use crate::sim::configuration::Configuration;
use crate::sim::program::{Op, Program};
use crate::sim::settings::generic::{Acknowledge, GenericBroker};
use crate::sim::settings::{ProducerSettings, rabbitmq};

/// Builds the program of the generic broker, which runs once for each copy.
pub(in crate::sim) fn generic(p: &mut Program, broker: &GenericBroker) {
    let replicas = broker.replicas;
    p.run(Op::Append, 0, "memory.append(m)");
    match broker.acknowledge {
        Acknowledge::BeforePersist => {
            p.run(Op::Acknowledge, 0, "producer.ack(m)");
            p.run(Op::Persist, 0, "disk.sync(m)");
        }
        Acknowledge::AfterSync => {
            p.run(Op::Persist, 0, "disk.sync(m)");
            p.run(Op::Acknowledge, 0, "producer.ack(m)");
        }
        Acknowledge::AfterReplication(n) => {
            for _ in 1..n {
                p.run(Op::Replicate, 0, "follower.replicate(m)");
            }
            p.run(Op::Acknowledge, 0, "producer.ack(m)");
            for _ in n..replicas {
                p.run(Op::Replicate, 0, "follower.replicate(m)");
            }
        }
    }
}

/// Builds the program of a RabbitMQ node, which runs once for each copy.
pub(in crate::sim) fn rabbitmq(p: &mut Program, config: &Configuration, broker: &rabbitmq::Broker) {
    let persistent =
        matches!(&config.producer, ProducerSettings::Rabbitmq(r) if r.delivery_mode == 2);
    p.run(Op::Append, 0, "queue.append(m)");
    match broker.queue_type {
        rabbitmq::QueueType::Quorum => {
            p.run(Op::Persist, 0, "disk.fsync(m)");
            for _ in 1..broker.nodes / 2 + 1 {
                p.run(Op::Replicate, 0, "member.append_and_fsync(m)");
            }
            p.run(Op::Acknowledge, 0, "channel.confirm(m)");
            for _ in broker.nodes / 2 + 1..broker.nodes {
                p.run(Op::Replicate, 0, "member.append_and_fsync(m)");
            }
        }
        rabbitmq::QueueType::Classic if persistent && broker.durable => {
            // Confirmed once the data is written to the operating system; the sync to disk follows
            // later.
            p.run(Op::Write, 0, "file.write(m)");
            p.run(Op::Acknowledge, 0, "channel.confirm(m)");
            p.run(Op::Persist, 0, "// the OS syncs to disk");
        }
        rabbitmq::QueueType::Classic => p.run(Op::Acknowledge, 0, "channel.confirm(m)"),
    }
}
