//! The encoding of an SQS queue.

use super::{Hold, Item, Queue};
use crate::sim::bits::{Reader, Writer};

impl Queue {
    pub(super) fn write(&self, w: &mut Writer) {
        w.put(self.remembered, 4);
        w.put(self.deleted, 4);
        w.put(self.repeated, 4);
        w.flag(self.overflow);
        w.put(self.items().len() as u8, 4);
        for i in self.items() {
            w.put(i.msg, 2);
            w.put(i.copy, 4);
            w.put(
                match i.hold {
                    Hold::Visible => 0,
                    Hold::InFlight(c) => c + 1,
                },
                2,
            );
            w.put(i.receives, 3);
        }
    }

    pub(super) fn read(&mut self, r: &mut Reader) {
        self.remembered = r.get(4);
        self.deleted = r.get(4);
        self.repeated = r.get(4);
        self.overflow = r.flag();
        for _ in 0..r.get(4) {
            self.restore(Item {
                msg: r.get(2),
                copy: r.get(4),
                hold: match r.get(2) {
                    0 => Hold::Visible,
                    c => Hold::InFlight(c - 1),
                },
                receives: r.get(3),
                ..Item::default()
            });
        }
    }
}
