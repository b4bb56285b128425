//! Kafka clients: the Java client, and librdkafka with its bindings for Python, Go, .NET and Node.
//!
//! Sources: `ProducerConfig.java`, `ConsumerConfig.java`; librdkafka's CONFIGURATION.md and
//! INTRODUCTION.md (at-least-once processing), its issues 1122 and 2609.

use super::{Block, Order, Pairs, lines};
use crate::sim::settings::{BrokerSettings, ConsumerSettings, ProducerSettings, kafka};
use crate::sim::{Configuration, Op};
use std::fmt::Write;

/// Returns the blocks, if the configuration is one of this product.
pub(super) fn blocks(config: &Configuration, order: Order) -> Option<Vec<Block>> {
    let (ProducerSettings::Kafka(producer), BrokerSettings::Kafka(broker)) =
        (&config.producer, &config.broker)
    else {
        return None;
    };
    let consumer = &config.consumer;
    let reads = Reads::of(consumer);
    let mut blocks = vec![
        Block { title: "Topic", text: topic(broker, order) },
        Block { title: "Kafka Java client 4.x, producer", text: java_producer(producer) },
        Block { title: "Kafka Java client 4.x, consumer", text: java_consumer(&reads) },
        Block { title: "librdkafka 2.x, producer", text: librdkafka_producer(producer) },
    ];
    let text = librdkafka_consumer(&reads);
    blocks.extend(text.map(|text| Block { title: "librdkafka 2.x, consumer", text }));
    Some(blocks)
}

fn topic(broker: &kafka::Broker, order: Order) -> String {
    // Order is guaranteed only within a partition.
    let partitions = if order == Order::All { 1 } else { 6 };
    format!(
        "kafka-topics.sh --create --topic orders --partitions {partitions} --replication-factor {} \
         \\\n  --config min.insync.replicas={} --config unclean.leader.election.enable={}\n",
        broker.replication_factor, broker.min_insync_replicas, broker.unclean_leader_election
    )
}

/// Returns the producer settings that have the same name in both clients. Every default in which
/// they differ is written out: idempotence is on in Java and off in librdkafka, and requests in
/// flight are 5 and a million.
fn sends(producer: &kafka::Producer) -> Pairs {
    let acks = match producer.acks {
        kafka::Acks::None => "0",
        kafka::Acks::Leader => "1",
        kafka::Acks::All => "all",
    };
    let mut pairs: Pairs = vec![
        ("acks", acks.into()),
        ("enable.idempotence", producer.idempotent().to_string()),
        ("retries", producer.retries.to_string()),
        ("max.in.flight.requests.per.connection", producer.max_in_flight.to_string()),
        ("retry.backoff.ms", producer.retry_backoff_ms.to_string()),
        ("retry.backoff.max.ms", producer.retry_backoff_max_ms.to_string()),
    ];
    if let Some(id) = &producer.transactional_id {
        pairs.push(("transactional.id", id.clone()));
    }
    pairs
}

/// Formats settings as Java code: `p.put("acks", "all");`
fn java(name: &str, pairs: &Pairs) -> String {
    pairs.iter().fold(String::new(), |mut out, (key, value)| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{name}.put(\"{key}\", \"{value}\");");
        out
    })
}

fn java_producer(producer: &kafka::Producer) -> String {
    let mut pairs = sends(producer);
    pairs.push(("request.timeout.ms", producer.request_timeout_ms.to_string()));
    pairs.push(("delivery.timeout.ms", producer.delivery_timeout_ms.to_string()));
    let mut text = java("producer", &pairs);
    text.push_str(match producer.transactional_id {
        Some(_) => {
            "// initTransactions() once; then for each message:\n\
             // beginTransaction(), send(record), commitTransaction(); it is sent once that returns\n"
        }
        None => "// it is sent once the callback of send(record, callback) has no exception\n",
    });
    text
}

fn librdkafka_producer(producer: &kafka::Producer) -> String {
    /// The maximum that librdkafka accepts.
    const LONGEST: u32 = 300_000;
    let mut pairs = sends(producer);
    // A produce request times out after socket.timeout.ms; request.timeout.ms is enforced by the
    // broker.
    let patience = producer.request_timeout_ms.clamp(10, LONGEST);
    pairs.push(("request.timeout.ms", producer.request_timeout_ms.to_string()));
    pairs.push(("socket.timeout.ms", patience.to_string()));
    // librdkafka's name for delivery.timeout.ms; its own default is 300000.
    pairs.push(("message.timeout.ms", producer.delivery_timeout_ms.to_string()));
    let mut text = lines(&pairs);
    text.push_str(match producer.transactional_id {
        Some(_) => {
            "# init_transactions once; then for each message:\n\
             # begin_transaction, produce, commit_transaction; it is sent once that returns\n"
        }
        None => "# it is sent once its delivery report has no error\n",
    });
    text
}

/// The way offsets are committed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Commits {
    /// By the client, for records that have been handled.
    Auto,
    /// By the client, for records that a worker thread may still be handling.
    Early,
    /// By a line of the program.
    Line,
    /// In the transaction of the result.
    Transaction,
    /// Stored in the database.
    Database,
    Never,
}

struct Reads {
    pairs: Pairs,
    commits: Commits,
}

impl Reads {
    fn of(consumer: &ConsumerSettings) -> Reads {
        let own = consumer.kafka.clone().unwrap_or_default();
        let isolation = match own.isolation_level {
            kafka::Isolation::ReadCommitted => "read_committed",
            kafka::Isolation::ReadUncommitted => "read_uncommitted",
        };
        let has = |op: Op| consumer.program.contains(&op);
        let commits = match own.enable_auto_commit {
            _ if has(Op::StoreOffset) => Commits::Database,
            _ if has(Op::SendOffsets) => Commits::Transaction,
            true if has(Op::HandOff) => Commits::Early,
            true => Commits::Auto,
            false if has(Op::Ack) => Commits::Line,
            false => Commits::Never,
        };
        let pairs = vec![
            ("enable.auto.commit", own.enable_auto_commit.to_string()),
            ("isolation.level", isolation.into()),
            ("auto.offset.reset", "earliest".into()),
        ];
        Reads { pairs, commits }
    }
}

fn java_consumer(reads: &Reads) -> String {
    let mut text = java("consumer", &reads.pairs);
    text.push_str(match reads.commits {
        Commits::Auto => {
            "// handle every record on this thread, before the next poll() or close()\n"
        }
        Commits::Line => {
            "// at the commit: consumer.commitSync(\n\
             //   Map.of(partition, new OffsetAndMetadata(record.offset() + 1)));\n"
        }
        Commits::Transaction => {
            "producer.put(\"transactional.id\", \"orders-1\"); // its own in each instance\n\
             // producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());\n"
        }
        Commits::Database => {
            "// in onPartitionsAssigned: consumer.seek(partition, the offset in the database)\n"
        }
        Commits::Early | Commits::Never => "",
    });
    text
}

/// Returns the consumer settings for librdkafka; `None` if it cannot behave the same way: it
/// commits in the background, not inside poll.
fn librdkafka_consumer(reads: &Reads) -> Option<String> {
    let mut pairs = reads.pairs.clone();
    let then = match reads.commits {
        Commits::Auto => {
            // By default the offset is stored just before the message is handed over.
            pairs.insert(1, ("enable.auto.offset.store", "false".into()));
            "# after the work: store_offsets(message); in C: rd_kafka_offsets_store, offset + 1\n"
        }
        Commits::Line => {
            "# at the commit: commit(message, asynchronous=False); in C: rd_kafka_commit_message,\n\
             # async = 0\n"
        }
        Commits::Transaction => {
            "# its producer: transactional.id=orders-1, its own in each instance, and\n\
             # send_offsets_to_transaction(positions, consumer_group_metadata)\n"
        }
        Commits::Database => {
            "# in the rebalance callback: assign(partitions with the offsets in the database)\n"
        }
        Commits::Never => "",
        Commits::Early => return None,
    };
    Some(lines(&pairs) + then)
}
