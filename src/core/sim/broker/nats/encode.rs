//! The encoding of a stream.

use super::{Entry, Phase, Stream};
use crate::sim::bits::{Reader, Writer};
use crate::sim::compiled_scenario::CompiledScenario;

impl Stream {
    pub(super) fn write(&self, setup: &CompiledScenario, w: &mut Writer) {
        w.all([(self.up, 3), (self.gone, 3), (self.leader, 2)]);
        w.all([self.deposed, self.unsure, self.has_consumer, self.overflow].map(|f| (f.into(), 1)));
        for &ids in &self.ids[..setup.replicas.into()] {
            w.put(ids, 4);
        }
        w.put(self.entries.len() as u8, 4);
        for e in &self.entries {
            let phase = match e.phase {
                Phase::Waiting => 0,
                Phase::Held(c) => c + 1,
                Phase::Acked => 3,
                Phase::Exhausted => 4,
            };
            w.all([(e.msg, 2), (e.copy, 4), (e.sender, setup.sender_bits())]);
            w.all([(e.epoch, 3), (e.attempt, 3)]);
            w.all([(e.pc, 4), (e.memory, 3), (e.page, 3), (e.disk, 3)]);
            w.all([(e.ack_pending.into(), 1), (e.in_window.into(), 1), (phase, 3)]);
            w.all([(e.deliveries, 3), (e.turn, 4)]);
        }
    }

    pub(super) fn read(&mut self, setup: &CompiledScenario, r: &mut Reader) {
        (self.up, self.gone, self.leader) = (r.get(3), r.get(3), r.get(2));
        (self.deposed, self.unsure) = (r.flag(), r.flag());
        (self.has_consumer, self.overflow) = (r.flag(), r.flag());
        for ids in &mut self.ids[..setup.replicas.into()] {
            *ids = r.get(4);
        }
        for _ in 0..r.get(4) {
            self.entries.push(Entry {
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
                in_window: r.flag(),
                phase: match r.get(3) {
                    0 => Phase::Waiting,
                    3 => Phase::Acked,
                    4 => Phase::Exhausted,
                    c => Phase::Held(c - 1),
                },
                deliveries: r.get(3),
                turn: r.get(4),
                ..Entry::default()
            });
        }
    }
}
