//! A partition that an operator has added to the topic (`kafka-topics --alter --partitions`).
//!
//! A key is hashed modulo the number of partitions, so that it moves once a producer has the new number
//! (`BuiltInPartitioner.partitionForKey`); nothing that is stored moves with it. Clients learn of the
//! partition in their own time: a producer before a consumer, or after it, at the latest
//! `metadata.max.age.ms` later. The group then rebalances. It has no committed offset for the new
//! partition, and starts where `auto.offset.reset` says: with `latest` what was written in between is
//! skipped without an error (KAFKA-12261, KIP-1327; ops.html, "Modifying topics"). With the default
//! assignors it revokes all partitions and goes on from its committed offsets
//! (`ConsumerCoordinator.onJoinPrepare`, `EAGER`).
//!
//! The model adds one partition, and moves all keys to it. The new partition is led by the same node,
//! and has its replicas on the same ones: all partitions of a node change their leaders together
//! (`ReplicationControlManager.handleBrokerFenced`), and a follower asks for all partitions of a leader
//! in one request (`AbstractFetcherThread`). So the records of both are kept in one order, that of their
//! appends, and replicated in it; an offset counts the records of both. For the fate of a single record
//! that is no restriction: what is replicated with it is of the other partition.

use super::Partition;
use crate::sim::broker::Machine;
use crate::sim::configuration::Configuration;
use crate::sim::consumer::Consumer;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{EventKind, ResetTo};
use crate::sim::participant::Participant;
use crate::sim::program::Op;
use crate::sim::settings::ProducerSettings;

/// What the group knows of the partition that was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Added {
    /// The group has found the partition, which is assigned to its member.
    pub assigned: bool,
    /// The group's committed offset; `None` while it has committed none.
    pub committed: Option<u8>,
}

/// Returns the reason why no partition can be added in this scenario, if there is one.
pub(super) fn why_not(config: &Configuration) -> Option<&'static str> {
    let transactional = match &config.producer {
        ProducerSettings::Kafka(producer) => producer.transactional_id.is_some(),
        _ => false,
    };
    let has = |op: Op| config.consumer.program.contains(&op);
    if transactional || has(Op::SendOffsets) {
        return Some("transactions over two partitions are not modeled; use no transactional.id");
    }
    if has(Op::StoreOffset) {
        return Some("a database with offsets of two partitions is not modeled; commit to Kafka");
    }
    if config.broker.batching(&config.consumer).is_some() {
        return Some("batches from two partitions are not modeled; set batch_ack=each");
    }
    if config.consumer.count > 1 {
        return Some(
            "two consumers that share two partitions are not modeled; set consumer.count=1",
        );
    }
    None
}

impl Consumer {
    /// Returns the position in the first partition, or in the one that was added.
    pub(super) fn position_in(&self, added: bool) -> u8 {
        if added { self.position_added } else { self.position }
    }

    pub(super) fn position_mut(&mut self, added: bool) -> &mut u8 {
        if added { &mut self.position_added } else { &mut self.position }
    }
}

impl Partition {
    /// Returns the committed offset of the first partition, or of the one that was added.
    pub(super) fn committed_in(&self, added: bool) -> Option<u8> {
        if added { self.added.and_then(|own| own.committed) } else { self.committed }
    }

    /// Commits the offset after a record, in its partition.
    pub(super) fn commit_past(&mut self, offset: usize) {
        let next = Some(offset as u8 + 1);
        match &mut self.added {
            Some(added) if self.entries[offset].added => added.committed = next,
            _ => self.committed = next,
        }
    }

    /// Returns true if the consumer has polled records of the new partition since the last commit.
    pub(super) fn lags_in_added(&self, consumer: &Consumer) -> bool {
        let behind =
            |own: Added| own.assigned && own.committed.unwrap_or(0) < consumer.position_added;
        self.added.is_some_and(behind)
    }

    /// Returns true if this member of the group may find the new partition: with a poll it rejoins the
    /// group once its metadata has changed.
    pub(super) fn finds_added(&self, cx: &View, c: usize) -> bool {
        self.added.is_some_and(|own| !own.assigned)
            && self.leads()
            && self.is_member(c)
            && cx.consumers[c].idle(cx.setup)
            && cx.net.delivers_to(c) == 0
            && !cx.net.is_cut(self.leader(), Participant::CONSUMERS[c])
    }

    /// Assigns both partitions to the member anew. It commits its positions before, if it does so
    /// automatically.
    pub(super) fn find_added(&mut self, cx: &mut Ctx, c: usize) {
        if self.auto_commits(&cx.view(), c) {
            self.auto_commit(cx, c);
        }
        self.rewind(cx, c);
    }

    /// Sets the position of a consumer in the new partition to where it starts after an assignment.
    pub(super) fn rewind_in_added(&mut self, cx: &mut Ctx, c: usize) {
        let Some(Added { assigned, committed }) = self.added else { return };
        let to = if self.config.earliest { ResetTo::Earliest } else { ResetTo::Latest };
        let to = Some(to).filter(|_| committed.is_none());
        if !assigned || to.is_some() {
            let what = EventKind::PartitionAssigned { at: Participant::CONSUMERS[c], to };
            let consumer = &mut cx.consumers[c];
            consumer.mark = cx.out.record(consumer.mark, what);
        }
        cx.consumers[c].position_added = committed.unwrap_or(self.offset_without_commit());
        self.added = Some(Added { assigned: true, committed });
    }
}

#[cfg(test)]
mod tests {
    use crate::sim::compiled_scenario::CompiledScenario;
    use crate::sim::scenario::Scenario;

    fn problem(producer: &str, broker: &str, consumer: &str) -> Option<String> {
        let json = format!(
            r#"{{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 1,
            "producer": {{ {producer} }}, "broker": {{ {broker} }}, "consumer": {{ {consumer} }},
            "faults": ["add:partition@m1.after-work"] }}"#
        );
        let scenario = Scenario::from_json(&json).map_err(|error| error.to_string());
        let compiled = scenario.and_then(|scenario| {
            CompiledScenario::new(&scenario).map_err(|error| error.to_string())
        });
        compiled.err()
    }

    #[test]
    fn what_is_not_modeled_of_two_partitions_is_refused() {
        const PLAIN: &str = r#""program": ["receive", "work"]"#;
        let kafka = r#""kafka": {}"#;
        assert_eq!(problem(kafka, kafka, PLAIN), None);
        let refused = |producer: &str, broker: &str, consumer: &str, why: &str| {
            let problem = problem(producer, broker, consumer).unwrap_or_default();
            assert!(problem.contains(why), "{problem}");
        };
        let transactional = r#""kafka": { "transactional.id": "t" }"#;
        refused(transactional, kafka, PLAIN, "transactions over two partitions");
        let stores = r#""program": ["receive", "begin", "work", "store-offset", "commit"],
            "kafka": { "enable.auto.commit": false }"#;
        refused(kafka, kafka, stores, "offsets of two partitions");
        let two = r#""program": ["receive", "work"], "count": 2"#;
        refused(kafka, kafka, two, "two consumers");
        let batches = r#""program": ["receive", "work", "ack"], "batch_ack": "whole",
            "kafka": { "enable.auto.commit": false }"#;
        refused(kafka, kafka, batches, "batches from two partitions");
        let (sends, queue) = (r#""rabbitmq": {}"#, r#""rabbitmq": {}"#);
        refused(sends, queue, PLAIN, "only a Kafka topic");
    }
}
