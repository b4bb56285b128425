//! Settlements: acknowledgments, and deliveries that are returned to the broker.

use super::{Consumer, Held};
use crate::sim::broker::Broker;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::context::Ctx;
use crate::sim::event::EventKind;
use crate::sim::network::{Packet, PacketKind};
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;

impl Consumer {
    /// Returns the delivery in hand.
    pub(super) fn held(&self) -> Held {
        Held { msg: self.msg, copy: self.copy, n: self.n, failed: false }
    }

    /// Returns true if the consumer may still settle this delivery, if nothing stops it.
    pub(in crate::sim) fn may_settle(
        &self,
        setup: &CompiledScenario,
        msg: MessageId,
        copy: u8,
        n: u8,
    ) -> bool {
        if setup.batching.is_some() {
            return self.may_settle_in_batch(setup, (msg, copy, n));
        }
        let holds = self.up && (self.msg, self.copy, self.n) == (msg, copy, n);
        let program = &setup.consumer;
        let settles = |op: Op| program.place(op).is_some_and(|place| self.pc <= place);
        // The acknowledgment follows the dead letter.
        let dead = program.op(self.pc) == Some(Op::DeadLetter)
            && program.has(Op::Ack)
            && !self.attempts.settled;
        holds
            && !program.ended(self.pc)
            && (dead || [Op::Ack, Op::Nack, Op::Release].into_iter().any(settles))
    }
}

/// Settles a delivery.
pub(super) fn settle(cx: &mut Ctx, broker: &Broker, c: usize, held: Held, kind: PacketKind) {
    let Held { msg, copy, n, .. } = held;
    let (from, to) = (Participant::CONSUMERS[c], broker.leader());
    let mark = cx.out.record(cx.consumers[c].mark, EventKind::Sent { kind, from, to, msg, n });
    cx.consumers[c].mark = mark;
    cx.net.send(Packet { from, to, kind, msg, copy, n, mark, ..Packet::default() });
}
