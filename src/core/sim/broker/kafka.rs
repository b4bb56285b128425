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

mod config;
mod encode;
mod group;
mod program;
mod replicas;
mod transactions;

pub use config::Config;
pub(in crate::sim) use program::program;

use super::Broker;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::event::{CauseRef, EventKind, Recorder, RejectReason};
use crate::sim::ledger::Record;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;
use crate::sim::settings::kafka::Acks;
use crate::sim::world::World;
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
    /// The log of the current or most recent leader.
    entries: ArrayVec<[Entry; Partition::MOST]>,
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
    pub epochs: [u8; 2],
    /// The group's committed offset; `None` while it has committed none.
    pub committed: Option<u8>,
    /// The index of the group member that the partition is assigned to.
    pub owner: Option<u8>,
    /// The capacity was exceeded; the run is no longer faithful from here on.
    pub overflow: bool,
    pub mark: CauseRef,
}

impl Partition {
    /// The capacity, in records.
    pub const MOST: usize = 14;

    pub(in crate::sim) fn new(setup: &CompiledScenario, rules: &Config) -> Partition {
        Partition {
            entries: ArrayVec::default(),
            replicas: Default::default(),
            up: ((1u16 << setup.replicas) - 1) as u8,
            gone: 0,
            in_sync: ((1u16 << rules.in_sync) - 1) as u8,
            eligible: 0,
            leader: 0,
            high_watermark: 0,
            epochs: [0; 2],
            committed: (!rules.new_group).then_some(0),
            owner: Some(0),
            overflow: false,
            mark: CauseRef::NONE,
        }
    }

    /// Returns the sequence number after the highest one in the log for this producer and epoch.
    pub fn next_sequence(&self, s: usize, epoch: u8) -> u8 {
        let own = |e: &&Entry| {
            e.content == Content::Data && (usize::from(e.sender), e.epoch) == (s, epoch)
        };
        self.entries.iter().filter(own).map(|e| e.seq + 1).max().unwrap_or_default()
    }

    /// Returns the records, by offset.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(in crate::sim) fn entries_mut(&mut self) -> &mut [Entry] {
        &mut self.entries
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

    /// Returns the leader: the node that producers and consumers talk to.
    pub fn leader(&self) -> Participant {
        Participant::NODES[self.leader as usize]
    }

    pub(in crate::sim) fn leads(&self) -> bool {
        self.is_up(self.leader as usize)
    }

    pub(in crate::sim) fn ack_pending(&self, s: usize, msg: MessageId) -> bool {
        let waits = |e: &Entry| e.msg == msg && e.ack_pending && usize::from(e.sender) == s;
        self.leads() && self.entries.iter().any(waits)
    }

    pub(in crate::sim) fn forget_sender(&mut self, s: usize) {
        for entry in self.entries.iter_mut().filter(|e| usize::from(e.sender) == s) {
            entry.ack_pending = false;
        }
    }

    fn offset_of(&self, msg: MessageId, copy: u8) -> Option<usize> {
        let this = |e: &Entry| e.content == Content::Data && (e.msg, e.copy) == (msg, copy);
        self.entries.iter().position(this)
    }

    fn enough_in_sync(&self, rules: &Config) -> bool {
        self.in_sync.count_ones() >= u32::from(rules.min_in_sync)
    }
}

impl World {
    fn log_mut(&mut self) -> &mut Partition {
        match &mut self.broker {
            Broker::Kafka(log) => log,
            _ => unreachable!("the broker of a run never changes its kind"),
        }
    }

    /// Returns the partition, if the broker is Kafka.
    pub fn log(&self) -> Option<&Partition> {
        if let Broker::Kafka(log) = &self.broker { Some(log) } else { None }
    }

    /// Handles a produce request at the leader.
    pub(in crate::sim) fn append(
        &mut self,
        setup: &CompiledScenario,
        packet: Packet,
        cause: CauseRef,
        out: &mut Recorder,
    ) {
        let Some(rules) = setup.log() else { return };
        let Packet { msg, n, epoch, seq, from, .. } = packet;
        let s = from.sender().unwrap_or_default();
        let waits = self.waits_for_answer(setup, s, epoch);
        if let Some(why) = self.refusal(rules, setup, s, &packet) {
            return self.refuse(packet, why, waits, cause, out);
        }
        let stored = self.ledger.of(msg).stored;
        let log = self.log_mut();
        let at = log.leader();
        let this = |e: &Entry| {
            e.content == Content::Data && (usize::from(e.sender), e.epoch, e.seq) == (s, epoch, seq)
        };
        if let Some(offset) = log.entries.iter().position(this).filter(|_| rules.idempotent) {
            let mark = out.record(cause, EventKind::Deduplicated { at, msg, n });
            let entry = &mut log.entries[offset];
            entry.ack_pending = waits;
            entry.attempt = n;
            entry.mark = mark;
            return;
        }
        if log.entries.len() == Partition::MOST {
            log.overflow = true;
            return;
        }
        let alive = log.entries.iter().filter(|e| e.msg == msg).map(|e| e.copy).max();
        let copy = (alive.unwrap_or(0).max(stored) + 1).min(Record::MOST + 1);
        let mark = out.record(cause, EventKind::Appended { at, msg, copy });
        self.push(Entry {
            msg,
            copy,
            sender: s as u8,
            epoch,
            seq,
            attempt: n,
            ack_pending: waits,
            mark,
            ..Entry::default()
        });
        Record::bump(&mut self.ledger.of_mut(msg).stored);
        self.advance(setup, out);
    }

    /// Returns the reason why the leader rejects this produce request, if it does.
    fn refusal(
        &self,
        rules: &Config,
        setup: &CompiledScenario,
        s: usize,
        packet: &Packet,
    ) -> Option<RejectReason> {
        let log = self.log()?;
        if rules.transactional && packet.epoch < log.epochs[producer_id(setup, s)] {
            return Some(RejectReason::Fenced);
        }
        if rules.acks == Acks::All && !log.enough_in_sync(rules) {
            return Some(RejectReason::NotEnoughReplicas);
        }
        // Once no earlier request is in flight, the client bumps its epoch and renumbers (KIP-360):
        // only a predecessor that may still arrive makes a gap.
        let there = |seq: u8| {
            log.entries.iter().any(|e| {
                e.content == Content::Data
                    && (usize::from(e.sender), e.epoch, e.seq) == (s, packet.epoch, seq)
            })
        };
        let alive = self.senders[s].epoch == packet.epoch;
        let comes = |seq: u8| {
            (0..setup.scenario.messages).any(|m| {
                let task = &self.senders[s].tasks[m as usize];
                task.attempt > 0 && task.seq == seq && self.is_sending(setup, s, m)
            })
        };
        let hole = self.senders[s].hole;
        let gap = (0..packet.seq).any(|seq| !there(seq) && (!alive || hole || comes(seq)));
        // A request behind newer records of the same producer comes too late: since it was given
        // up, the epoch or the sequence has moved on (`ProducerAppendInfo.checkSequence`).
        let newer = |e: &Entry| {
            let own = (usize::from(e.sender), e.epoch) == (s, packet.epoch);
            e.content == Content::Data && own && e.seq > packet.seq
        };
        let late = !there(packet.seq) && log.entries.iter().any(newer);
        (rules.idempotent && (gap || late)).then_some(RejectReason::OutOfOrderSequence)
    }

    /// Returns true if the process that sent in this epoch is still alive and waits for
    /// acknowledgments.
    fn waits_for_answer(&self, setup: &CompiledScenario, s: usize, epoch: u8) -> bool {
        setup.senders[s].has(Op::Await) && self.senders[s].epoch == epoch
    }

    fn push(&mut self, entry: Entry) {
        let log = self.log_mut();
        if log.entries.len() == Partition::MOST {
            log.overflow = true;
            return;
        }
        log.entries.push(entry);
        let (leader, end) = (log.leader as usize, log.entries.len() as u8);
        log.replicas[leader].end = end;
    }

    /// Advances the high watermark as far as the in-sync replicas allow.
    fn advance(&mut self, setup: &CompiledScenario, out: &mut Recorder) {
        let Some(rules) = setup.log() else { return };
        let log = self.log_mut();
        if log.leads() && log.enough_in_sync(rules) {
            let nodes = (0..3).filter(|n| log.in_sync & (1 << n) != 0);
            let end = nodes.map(|n| log.replicas[n].end).min().unwrap_or_default();
            let at = log.leader();
            for offset in log.high_watermark..end {
                let entry = &mut log.entries[offset as usize];
                if entry.content == Content::Data {
                    let Entry { msg, copy, mark, .. } = *entry;
                    entry.mark = out.record(mark, EventKind::Committed { at, msg, copy });
                }
            }
            log.high_watermark = log.high_watermark.max(end);
        }
    }

    /// Returns the first record whose producer can be answered, and whether successfully: the
    /// condition of its acknowledgment is met, or no longer can be.
    fn answerable(&self, setup: &CompiledScenario) -> Option<(usize, bool)> {
        let (log, rules) = (self.log()?, setup.log()?);
        let answer = |(offset, entry): (usize, &Entry)| {
            let safe = rules.acks != Acks::All || offset < usize::from(log.high_watermark);
            (entry.ack_pending && (safe || !log.enough_in_sync(rules))).then_some((offset, safe))
        };
        log.entries.iter().enumerate().find_map(answer).filter(|_| log.leads())
    }

    pub(in crate::sim) fn log_answers(&self, setup: &CompiledScenario) -> bool {
        self.answerable(setup).is_some()
    }

    /// Returns the message that the leader answers next.
    pub fn next_answered(&self, setup: &CompiledScenario) -> Option<MessageId> {
        let (offset, _) = self.answerable(setup)?;
        Some(self.log()?.entries[offset].msg)
    }

    /// Answers the producer of the first record that can be answered.
    pub(in crate::sim) fn run_log(&mut self, setup: &CompiledScenario, out: &mut Recorder) {
        let Some((offset, safe)) = self.answerable(setup) else { return };
        let entry = &mut self.log_mut().entries[offset];
        entry.ack_pending = false;
        entry.answered |= safe;
        let Entry { msg, copy, sender, attempt: n, epoch, mark, .. } = *entry;
        let from = setup.sender(sender.into());
        let to = self.leader();
        let packet = Packet { from, to, msg, copy, n, epoch, ..Packet::default() };
        if safe {
            self.answer_sender(packet, PacketKind::Ack, mark, out);
        } else {
            self.refuse(packet, RejectReason::NotEnoughReplicasAfterAppend, true, mark, out);
        }
    }
}
