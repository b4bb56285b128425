//! What a consumer may yet settle.

use super::Consumer;
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::participant::MessageId;
use crate::sim::program::Op;

impl Consumer {
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
