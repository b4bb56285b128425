//! A Kafka partition: its log, its replicas, and the consumer group that reads it.
//!
//! Records have offsets; a consumer has a position, the group a committed offset. A record is
//! readable once it lies below the high watermark: every in-sync replica has it, and at least
//! `min.insync.replicas` are in sync. What a replica has appended lies in its page cache until the
//! operating system syncs it: it survives a crash of the process, but not a power loss. Sources:
//! see [`crate::sim::settings::kafka`].
//!
//! Not modeled: failures of the group and transaction coordinators. They always answer, and their
//! state is never lost.

mod added;
mod answers;
mod canonical;
mod config;
mod encode;
mod group;
mod independence;
mod machine;
mod operators;
mod program;
mod replicas;
mod retention;
mod transactions;

pub use added::Added;
pub use config::Config;
pub(in crate::sim) use program::program;

use self::answers::waits_for_answer;
use super::Machine;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, EventKind, RejectReason};
use crate::sim::ledger::Record;
use crate::sim::network::Packet;
use crate::sim::participant::MessageId;
use crate::sim::producer::is_sending;
use crate::sim::settings::kafka::Acks;
use crate::sim::stores::bit;
use tinyvec::ArrayVec;

/// Returns the index under which the transaction coordinator knows a sender: instances of one
/// producer share its `transactional.id`.
fn producer_id(setup: &CompiledScenario, s: usize) -> usize {
    if setup.successor { 0 } else { s }
}

/// The type of a record: data, or a control record that ends a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Content {
    #[default]
    Data,
    Commit,
    Abort,
}

/// A record of the log; its index is its offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entry {
    pub content: Content,
    pub msg: MessageId,
    /// The number of the copy among those of its message, from 1.
    pub copy: u8,
    /// The producer's index and epoch, and the sequence number that it assigned.
    pub sender: u8,
    pub epoch: u8,
    pub seq: u8,
    /// The record lies in the partition that an operator has added.
    pub added: bool,
    /// The attempt to acknowledge.
    pub attempt: u8,
    /// An acknowledgment to the producer is pending, on a connection that is still open.
    pub ack_pending: bool,
    /// The record was acknowledged.
    pub answered: bool,
    /// The transaction marker that the coordinator has decided on, or [`Content::Data`] while it
    /// has not: it writes the marker again wherever it is missing.
    pub decided: Content,
    /// The number of deliveries to a consumer.
    pub deliveries: u8,
    pub mark: CauseRef,
}

/// The log of one replica.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Replica {
    /// The log end offset.
    pub end: u8,
    /// The offset up to which the log is synced to disk.
    pub synced: u8,
}

/// The state of the partition and its consumer group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Partition {
    pub config: Config,
    /// The log of the current or most recent leader.
    entries: ArrayVec<[Entry; Partition::MOST]>,
    /// The log start offset: what lies before it is deleted, and only the sequence numbers of its
    /// producers are still known.
    pub start: u8,
    pub replicas: [Replica; 3],
    /// The nodes that are up, one bit each.
    up: u8,
    /// The nodes that are permanently lost, one bit each.
    gone: u8,
    /// The in-sync replicas, one bit each.
    pub in_sync: u8,
    /// The eligible leader replicas, one bit each: they left the in-sync replicas when these
    /// numbered no more than `min.insync.replicas`, so nothing has been committed without them
    /// since (KIP-966).
    pub eligible: u8,
    leader: u8,
    /// The high watermark.
    pub high_watermark: u8,
    /// The newest epoch of each producer that the transaction coordinator knows.
    pub epochs: [u8; 3],
    /// The batches that were rejected while the leader had none of their producer, one bit each for
    /// the messages of each producer: what was sent behind such a batch may come first. Lost batches
    /// are not among them, because what follows them on the connection is lost, too.
    rejected: [u8; 3],
    /// The requests that wait at the isolated old leader for followers that do not fetch, one bit each
    /// for the messages of each producer.
    waiting_alone: [u8; 3],
    /// The group's committed offset; `None` while it has committed none.
    pub committed: Option<u8>,
    /// The partition that an operator has added.
    pub added: Option<Added>,
    /// The index of the group member that the partition is assigned to.
    pub owner: Option<u8>,
    /// The capacity was exceeded; the run is no longer faithful from here on.
    pub overflow: bool,
    pub mark: CauseRef,
}

impl Partition {
    /// The capacity, in records.
    pub const MOST: usize = 14;

    pub(in crate::sim) fn new(config: Config, nodes: u8) -> Partition {
        Partition {
            config,
            entries: ArrayVec::default(),
            start: 0,
            replicas: Default::default(),
            up: ((1u16 << nodes) - 1) as u8,
            gone: 0,
            in_sync: ((1u16 << config.in_sync) - 1) as u8,
            eligible: 0,
            leader: 0,
            high_watermark: 0,
            epochs: [0; 3],
            rejected: [0; 3],
            waiting_alone: [0; 3],
            committed: (!config.new_group).then_some(0),
            added: None,
            owner: Some(0),
            overflow: false,
            mark: CauseRef::NONE,
        }
    }

    /// Returns the sequence number after the highest one in the log for this producer and epoch.
    fn sequence_after(&self, s: usize, epoch: u8, added: bool) -> u8 {
        self.own(s, epoch, added).map(|e| e.seq + 1).max().unwrap_or_default()
    }

    /// Returns the records, by offset.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn is_up(&self, node: usize) -> bool {
        self.up & (1 << node) != 0
    }

    pub fn is_gone(&self, node: usize) -> bool {
        self.gone & (1 << node) != 0
    }

    /// Returns the nodes that are up and those that are permanently lost, one bit each, and the
    /// index of the leader.
    pub(in crate::sim) fn nodes(&self) -> (u8, u8, u8) {
        (self.up, self.gone, self.leader)
    }

    pub(in crate::sim) fn set_nodes(&mut self, up: u8, gone: u8, leader: u8) {
        (self.up, self.gone, self.leader) = (up, gone, leader);
    }

    /// Appends a record while decoding a state.
    pub(in crate::sim) fn restore(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    fn offset_of(&self, msg: MessageId, copy: u8) -> Option<usize> {
        let this = |e: &Entry| e.content == Content::Data && (e.msg, e.copy) == (msg, copy);
        self.entries.iter().position(this)
    }

    fn enough_in_sync(&self) -> bool {
        self.in_sync.count_ones() >= u32::from(self.config.min_in_sync)
    }

    /// Handles a produce request at the leader.
    fn append(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef) {
        let Packet { msg, n, epoch, seq, from, added, .. } = packet;
        let s = from.sender().unwrap_or_default();
        let waits = waits_for_answer(&cx.view(), s, epoch);
        if let Some(why) = self.refusal(&cx.view(), s, &packet) {
            if why == RejectReason::NotEnoughReplicas {
                self.note_rejected(&cx.view(), &packet);
            }
            let overtaken =
                why == RejectReason::OutOfOrderSequence && self.is_overtaken(s, &packet);
            return cx.net.refuse(Packet { overtaken, ..packet }, why, waits, cause, cx.out);
        }
        let at = self.leader();
        let this = |e: &Entry| {
            let sent = (usize::from(e.sender), e.epoch, e.seq, e.added);
            e.content == Content::Data && sent == (s, epoch, seq, added)
        };
        if let Some(offset) = self.entries.iter().position(this).filter(|_| self.config.idempotent)
        {
            let mark = cx.out.record(cause, EventKind::Deduplicated { at, msg, n });
            let entry = &mut self.entries[offset];
            entry.ack_pending = waits;
            entry.attempt = n;
            entry.mark = mark;
            return;
        }
        if self.entries.len() == Partition::MOST {
            self.overflow = true;
            return;
        }
        let stored = cx.ledger.of(msg).stored;
        let alive = self.entries.iter().filter(|e| e.msg == msg).map(|e| e.copy).max();
        let copy = (alive.unwrap_or(0).max(stored) + 1).min(Record::MOST + 1);
        let mark = cx.out.record(cause, EventKind::Appended { at, msg, copy });
        self.rejected[s] &= under_way_elsewhere(&cx.view(), s, added);
        self.push(Entry {
            msg,
            copy,
            sender: s as u8,
            epoch,
            seq,
            added,
            attempt: n,
            ack_pending: waits,
            mark,
            ..Entry::default()
        });
        Record::bump(&mut cx.ledger.of_mut(msg).stored);
        self.advance(cx);
    }

    /// Returns the reason why the leader rejects this produce request, if it does.
    fn refusal(&self, cx: &View, s: usize, packet: &Packet) -> Option<RejectReason> {
        let Config { transactional, idempotent, acks, .. } = self.config;
        if transactional && packet.epoch < self.epochs[producer_id(cx.setup, s)] {
            return Some(RejectReason::Fenced);
        }
        if acks == Acks::All && !self.enough_in_sync() {
            return Some(RejectReason::NotEnoughReplicas);
        }
        if !idempotent {
            return None;
        }
        // Once no earlier request is in flight, the client bumps its epoch and renumbers (KIP-360):
        // only a predecessor that may still arrive makes a gap.
        let Packet { epoch, added, .. } = *packet;
        let there = |seq: u8| self.own(s, epoch, added).any(|e| e.seq == seq);
        let alive = cx.senders[s].epoch == epoch;
        let rejected = |m: MessageId| {
            self.rejected[s] & bit(m) != 0 && !self.has_producer_state(s, epoch, added)
        };
        let comes = |seq: u8| {
            (0..cx.setup.configuration().messages).any(|m| {
                let task = &cx.senders[s].tasks[m as usize];
                let it = (task.seq, task.added) == (seq, added);
                task.attempt > 0 && it && is_sending(cx, s, m) && !rejected(m)
            })
        };
        let hole = cx.senders[s].batches[usize::from(added)].hole;
        let gap = (0..packet.seq).any(|seq| !there(seq) && (!alive || hole || comes(seq)));
        (gap || self.is_overtaken(s, packet)).then_some(RejectReason::OutOfOrderSequence)
    }

    /// Returns the records of a producer in one of the two partitions.
    fn own(&self, s: usize, epoch: u8, added: bool) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |e| {
            let sent = (usize::from(e.sender), e.epoch, e.added);
            e.content == Content::Data && sent == (s, epoch, added)
        })
    }

    /// Returns true if the leader has a record of this producer: from one that it does not know it
    /// takes any sequence number (`ProducerAppendInfo.checkSequence`, seen on 4.4.0). With each
    /// start a producer gets a new ID, unless it has a transactional one; and of those the leader
    /// expects sequence number 0 (KIP-890).
    fn has_producer_state(&self, s: usize, epoch: u8, added: bool) -> bool {
        let before = epoch == 0 && !self.config.new_producer && !added;
        before || self.config.transactional || self.own(s, epoch, added).next().is_some()
    }

    /// Returns true if the request comes behind newer records of the same producer: it was given
    /// up and the epoch or the sequence has moved on since, or these were the first that the leader
    /// saw of the producer (`ProducerAppendInfo.checkSequence`).
    fn is_overtaken(&self, s: usize, packet: &Packet) -> bool {
        let own = || self.own(s, packet.epoch, packet.added);
        own().all(|e| e.seq != packet.seq) && own().any(|e| e.seq > packet.seq)
    }

    fn push(&mut self, entry: Entry) {
        if self.entries.len() == Partition::MOST {
            self.overflow = true;
            return;
        }
        self.entries.push(entry);
        self.replicas[self.leader as usize].end = self.entries.len() as u8;
    }

    /// Advances the high watermark as far as the in-sync replicas allow.
    fn advance(&mut self, cx: &mut Ctx) {
        if self.leads() && self.enough_in_sync() {
            let nodes = (0..3).filter(|n| self.in_sync & (1 << n) != 0);
            let end = nodes.map(|n| self.replicas[n].end).min().unwrap_or_default();
            let at = self.leader();
            for offset in self.high_watermark..end {
                let entry = &mut self.entries[offset as usize];
                if entry.content == Content::Data {
                    let Entry { msg, copy, mark, .. } = *entry;
                    entry.mark = cx.out.record(mark, EventKind::Committed { at, msg, copy });
                }
            }
            self.high_watermark = self.high_watermark.max(end);
        }
    }
}

/// Returns the messages under way to the other one of the two partitions, one bit each.
fn under_way_elsewhere(cx: &View, s: usize, added: bool) -> u8 {
    let tasks = cx.senders[s].tasks.iter().enumerate();
    let others = tasks.filter(|(_, task)| task.attempt > 0 && task.added != added);
    others.fold(0, |bits, (m, _)| bits | bit(m as MessageId))
}
