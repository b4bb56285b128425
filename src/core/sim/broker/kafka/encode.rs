//! The encoding of a partition and its consumer group.

use super::{Added, Content, Entry, Partition, Replica};
use crate::sim::bits::{Reader, Writer};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::settings::kafka::Acks;

impl Partition {
    pub(super) fn write(&self, setup: &CompiledScenario, w: &mut Writer) {
        let (up, gone, leader) = self.nodes();
        w.put(up, 3);
        w.put(gone, 3);
        w.put(leader, 2);
        w.flag(self.overflow);
        w.put(self.in_sync, 3);
        w.put(self.eligible, 3);
        w.put(self.start, 4);
        w.put(self.high_watermark, 4);
        let senders = setup.senders.len().max(2);
        self.epochs[..senders].iter().for_each(|&epoch| w.put(epoch, 3));
        if may_overtake(self, setup) {
            self.rejected[..senders].iter().for_each(|&messages| w.put(messages, 4));
        }
        if may_wait_alone(self, setup) {
            self.waiting_alone[..senders].iter().for_each(|&messages| w.put(messages, 4));
        }
        w.put(self.committed.map_or(15, |offset| offset), 4);
        w.put(self.owner.map_or(3, |owner| owner), 2);
        for replica in &self.replicas[..setup.replicas.into()] {
            w.put(replica.end, 4);
            w.put(replica.synced, 4);
        }
        if setup.may_grow() {
            let Added { assigned, committed } = self.added.unwrap_or_default();
            w.flag(self.added.is_some());
            w.flag(assigned);
            w.put(committed.map_or(15, |offset| offset), 4);
        }
        w.put(self.entries().len() as u8, 4);
        for e in self.entries() {
            w.all([(e.content as u8, 2), (e.msg, 2), (e.copy, 4)]);
            w.all([(e.sender, setup.sender_bits()), (e.epoch, 3)]);
            w.all([(e.seq, 4), (e.attempt, 3), (e.ack_pending.into(), 1), (e.answered.into(), 1)]);
            w.all([(e.decided as u8, 2), (e.deliveries, 3)]);
            if setup.may_grow() {
                w.flag(e.added);
            }
        }
    }

    pub(super) fn read(&mut self, setup: &CompiledScenario, r: &mut Reader) {
        self.set_nodes(r.get(3), r.get(3), r.get(2));
        self.overflow = r.flag();
        self.in_sync = r.get(3);
        self.eligible = r.get(3);
        self.start = r.get(4);
        self.high_watermark = r.get(4);
        let senders = setup.senders.len().max(2);
        self.epochs[..senders].iter_mut().for_each(|epoch| *epoch = r.get(3));
        if may_overtake(self, setup) {
            self.rejected[..senders].iter_mut().for_each(|messages| *messages = r.get(4));
        }
        if may_wait_alone(self, setup) {
            self.waiting_alone[..senders].iter_mut().for_each(|messages| *messages = r.get(4));
        }
        self.committed = Some(r.get(4)).filter(|&offset| offset != 15);
        self.owner = Some(r.get(2)).filter(|&owner| owner != 3);
        for replica in &mut self.replicas[..setup.replicas.into()] {
            *replica = Replica { end: r.get(4), synced: r.get(4) };
        }
        if setup.may_grow() {
            let (is_there, assigned) = (r.flag(), r.flag());
            let committed = Some(r.get(4)).filter(|&offset| offset != 15);
            self.added = is_there.then_some(Added { assigned, committed });
        }
        for _ in 0..r.get(4) {
            self.restore(Entry {
                content: content(r.get(2)),
                msg: r.get(2),
                copy: r.get(4),
                sender: r.get(setup.sender_bits()),
                epoch: r.get(3),
                seq: r.get(4),
                attempt: r.get(3),
                ack_pending: r.flag(),
                answered: r.flag(),
                decided: content(r.get(2)),
                deliveries: r.get(3),
                added: setup.may_grow() && r.flag(),
                ..Entry::default()
            });
        }
    }
}

/// Returns true if a batch of an idempotent producer may come before an earlier one.
fn may_overtake(partition: &Partition, setup: &CompiledScenario) -> bool {
    partition.config.idempotent && setup.in_flight > 1
}

/// Returns true if requests may wait at a leader that is isolated from its followers.
fn may_wait_alone(partition: &Partition, setup: &CompiledScenario) -> bool {
    partition.config.acks == Acks::All && setup.replicas > 1
}

fn content(number: u8) -> Content {
    match number {
        0 => Content::Data,
        1 => Content::Commit,
        _ => Content::Abort,
    }
}
