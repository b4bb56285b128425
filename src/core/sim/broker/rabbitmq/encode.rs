//! The encoding of a queue.

use super::{Entry, Phase, Queue};
use crate::sim::bits::{Reader, Writer};
use crate::sim::compiled_scenario::CompiledScenario;

impl Queue {
    pub(super) fn write(&self, setup: &CompiledScenario, w: &mut Writer) {
        let (up, gone, leader) = self.nodes();
        w.put(up, 3);
        w.put(gone, 3);
        w.put(leader, 2);
        w.flag(self.overflow);
        if self.config.single_active {
            w.put(self.active, 1);
        }
        w.put(self.entries().len() as u8, 4);
        for e in self.entries() {
            let holder = match e.phase {
                Phase::Ready => 0,
                Phase::Unacked(c) => c + 1,
                Phase::Dead => 3,
                Phase::Settled => 4,
                Phase::Orphaned(c) => c + 5,
            };
            w.all([
                (e.msg, 2),
                (e.copy, 4),
                (e.sender, setup.sender_bits()),
                (e.epoch, 3),
                (e.attempt, 3),
                (e.pc, 4),
            ]);
            w.all([
                (e.memory, 3),
                (e.page, 3),
                (e.disk, 3),
                (e.ack_pending.into(), 1),
                (holder, 3),
            ]);
            w.all([(e.deliveries, 7), (e.failures, 7)]);
        }
    }

    pub(super) fn read(&mut self, setup: &CompiledScenario, r: &mut Reader) {
        self.set_nodes(r.get(3), r.get(3), r.get(2));
        self.overflow = r.flag();
        if self.config.single_active {
            self.active = r.get(1);
        }
        for _ in 0..r.get(4) {
            self.push(Entry {
                msg: r.get(2),
                copy: r.get(4),
                sender: r.get(setup.sender_bits()),
                epoch: r.get(3),
                attempt: r.get(3),
                pc: r.get(4),
                memory: r.get(3),
                page: r.get(3),
                disk: r.get(3),
                ack_pending: r.flag(),
                phase: match r.get(3) {
                    0 => Phase::Ready,
                    3 => Phase::Dead,
                    4 => Phase::Settled,
                    c @ 1..3 => Phase::Unacked(c - 1),
                    c => Phase::Orphaned(c - 5),
                },
                deliveries: r.get(7),
                failures: r.get(7),
                ..Entry::default()
            });
        }
    }
}
