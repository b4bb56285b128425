//! What the reductions of the model checker have to know about a broker.
//!
//! Partial-order reduction explores one order of two actions where they are independent, and fault
//! pruning leaves out a fault where it has no effect of its own (see `check::por` and
//! `check::redundant_faults`, which have the arguments). Whether that holds depends on the broker.
//! Each default is the answer for a broker that nothing is known about: its actions depend on
//! everything, and every fault matters. So a broker that answers nothing is never reduced.

use super::{Broker, Machine};
use crate::sim::context::View;
use crate::sim::fault::Classes;
use crate::sim::network::Packet;
use crate::sim::participant::MessageId;
use crate::sim::program::Op;

/// Facts about a broker that make actions independent, or faults redundant.
pub trait Independence: Machine {
    // Senders and the broker's storage.

    /// Returns true if the broker accepts messages whichever of its nodes restarts, and whenever:
    /// then actions of senders and of its storage are independent of its nodes.
    fn accepts_in_any_order(&self, _cx: &View) -> bool {
        false
    }

    /// Returns true if a consumer may yet start behind what is stored by then: its start depends on
    /// actions of senders.
    fn starts_at_the_end(&self, _cx: &View) -> bool {
        true
    }

    /// Returns true if the broker may deliver a message again on its own.
    fn repeats(&self) -> bool {
        true
    }

    /// Returns true if the producer's message with this sequence number is stored, or sequence
    /// numbers are not checked: then the end of its sending leaves no gap.
    fn has_sequence(&self, _s: usize, _epoch: u8, _seq: u8) -> bool {
        false
    }

    /// Returns true if an acknowledgment to the sender is due for a copy of the message, whether or
    /// not the leader is up.
    fn answer_due(&self, _s: usize, _msg: MessageId) -> bool {
        true
    }

    /// Returns true if the restart and the timeouts of a sender are independent of the broker: no
    /// coordinator acts on its behalf meanwhile.
    fn leaves_senders_alone(&self) -> bool {
        false
    }

    /// Returns true if nothing but a power loss depends on the next step of the broker's program: it
    /// syncs an acknowledged copy that the operating system has already.
    fn syncs_for_nothing(&self, _cx: &View) -> bool {
        false
    }

    /// Returns the follower, if one is down, whose restart is independent of the leader: it can only
    /// add a replica.
    fn independent_follower(&self, _cx: &View) -> Option<usize> {
        None
    }

    // Consumers.

    /// Returns true if the broker keeps serving its consumers as it does now, so that their actions
    /// are independent of it and of the senders.
    fn serves_in_any_order(&self) -> bool {
        false
    }

    /// Returns true if the consumer's lines that send nothing and settle nothing are independent of the
    /// broker, even where [`Independence::serves_in_any_order`] does not hold.
    fn leaves_lines_alone(&self, _cx: &View) -> bool {
        false
    }

    /// Returns true if an acknowledgment of one consumer affects all consumers of its group.
    fn settles_for_group(&self) -> bool {
        true
    }

    /// Returns true if it delivers nothing more to a consumer before that has settled the last
    /// delivery, or asked for another.
    fn delivers_one_by_one(&self) -> bool {
        false
    }

    /// Returns true if the arrival of any acknowledgment of a consumer is independent of what the
    /// broker does for senders.
    fn settles_in_any_order(&self, _cx: &View) -> bool {
        false
    }

    /// Returns true if the packet settles a delivery that is over, of a copy whose number no other
    /// copy will get.
    fn settles_nothing(&self, _cx: &View, _packet: &Packet) -> bool {
        false
    }

    /// Returns true if the time at which this consumer starts makes no difference: its position does
    /// not move while it is down.
    fn resumes_anywhere(&self, _cx: &View) -> bool {
        false
    }

    /// Returns true if the broker waits for no consumer any more.
    fn has_given_up(&self) -> bool {
        false
    }

    /// Returns true if the broker waits for this consumer with the message in hand, and has nothing
    /// else to send to it.
    fn waits_only_for(&self, _cx: &View, _c: usize) -> bool {
        false
    }

    /// Returns true if a line that settles or commits is independent of all that the broker and its
    /// senders do, and of the faults of these classes.
    fn settles_independently(&self, _cx: &View, _c: usize, _op: Op, _classes: Classes) -> bool {
        false
    }

    /// Returns true if the consumer can poll a message now, and the poll commits nothing. It is
    /// independent of the broker if what was read survives elections.
    fn polls_independently(&self, _cx: &View, _c: usize) -> bool {
        false
    }

    /// Returns true if the consumer can poll a message now, and whatever the poll commits first is
    /// independent of the faults of these classes.
    fn reads_on(&self, _cx: &View, _c: usize, _classes: Classes) -> bool {
        false
    }

    // Nodes.

    /// Returns true if nodes can be renamed while faults of these classes strike: whatever picks one of
    /// them goes by what it is and holds, and not by its place in a list.
    fn has_alike_nodes(&self, _classes: Classes) -> bool {
        false
    }

    // Faults.

    /// Returns true if what was read stays stored, whichever node is elected.
    fn survives_election(&self, _cx: &View) -> bool {
        false
    }

    /// Returns true if a consumer that has lost this delivery repeats its poll, and gets the same.
    fn is_polled_again(&self, _packet: &Packet) -> bool {
        false
    }

    /// Returns true if a consumer that waits for a delivery repeats a poll whose response is lost.
    fn polls_again(&self) -> bool {
        false
    }

    /// Returns true if the loss of a delivery is equivalent to a crash of the consumer, which waits
    /// for nothing else.
    fn loss_is_like_a_crash(&self) -> bool {
        false
    }

    /// Returns true if no timer of the broker runs against a slow handler.
    fn tolerates_slow_handlers(&self) -> bool {
        false
    }

    /// Returns true if the broker keeps nothing for this consumer that its crash would change.
    fn holds_nothing_for(&self, _cx: &View, _c: usize) -> bool {
        false
    }

    /// Returns true if the leader and its senders do without this node, so that its crash matters
    /// only together with another fault.
    fn does_without(&self, _cx: &View, _node: usize) -> bool {
        false
    }
}

impl Broker {
    pub(crate) fn accepts_in_any_order(&self, cx: &View) -> bool {
        each!(self, machine => machine.accepts_in_any_order(cx))
    }

    pub(crate) fn starts_at_the_end(&self, cx: &View) -> bool {
        each!(self, machine => machine.starts_at_the_end(cx))
    }

    pub(crate) fn repeats(&self) -> bool {
        each!(self, machine => machine.repeats())
    }

    pub(crate) fn has_sequence(&self, s: usize, epoch: u8, seq: u8) -> bool {
        each!(self, machine => machine.has_sequence(s, epoch, seq))
    }

    pub(crate) fn answer_due(&self, s: usize, msg: MessageId) -> bool {
        each!(self, machine => machine.answer_due(s, msg))
    }

    pub(crate) fn leaves_senders_alone(&self) -> bool {
        each!(self, machine => machine.leaves_senders_alone())
    }

    pub(crate) fn syncs_for_nothing(&self, cx: &View) -> bool {
        each!(self, machine => machine.syncs_for_nothing(cx))
    }

    pub(crate) fn independent_follower(&self, cx: &View) -> Option<usize> {
        each!(self, machine => machine.independent_follower(cx))
    }

    pub(crate) fn serves_in_any_order(&self) -> bool {
        each!(self, machine => machine.serves_in_any_order())
    }

    pub(crate) fn leaves_lines_alone(&self, cx: &View) -> bool {
        each!(self, machine => machine.leaves_lines_alone(cx))
    }

    pub(crate) fn settles_for_group(&self) -> bool {
        each!(self, machine => machine.settles_for_group())
    }

    pub(crate) fn delivers_one_by_one(&self) -> bool {
        each!(self, machine => machine.delivers_one_by_one())
    }

    pub(crate) fn settles_in_any_order(&self, cx: &View) -> bool {
        each!(self, machine => machine.settles_in_any_order(cx))
    }

    pub(crate) fn settles_nothing(&self, cx: &View, packet: &Packet) -> bool {
        each!(self, machine => machine.settles_nothing(cx, packet))
    }

    pub(crate) fn resumes_anywhere(&self, cx: &View) -> bool {
        each!(self, machine => machine.resumes_anywhere(cx))
    }

    pub(crate) fn has_given_up(&self) -> bool {
        each!(self, machine => machine.has_given_up())
    }

    pub(crate) fn waits_only_for(&self, cx: &View, c: usize) -> bool {
        each!(self, machine => machine.waits_only_for(cx, c))
    }

    pub(crate) fn settles_independently(
        &self,
        cx: &View,
        c: usize,
        op: Op,
        classes: Classes,
    ) -> bool {
        each!(self, machine => machine.settles_independently(cx, c, op, classes))
    }

    pub(crate) fn polls_independently(&self, cx: &View, c: usize) -> bool {
        each!(self, machine => machine.polls_independently(cx, c))
    }

    pub(crate) fn reads_on(&self, cx: &View, c: usize, classes: Classes) -> bool {
        each!(self, machine => machine.reads_on(cx, c, classes))
    }

    pub(crate) fn has_alike_nodes(&self, classes: Classes) -> bool {
        each!(self, machine => machine.has_alike_nodes(classes))
    }

    pub(crate) fn survives_election(&self, cx: &View) -> bool {
        each!(self, machine => machine.survives_election(cx))
    }

    pub(crate) fn is_polled_again(&self, packet: &Packet) -> bool {
        each!(self, machine => machine.is_polled_again(packet))
    }

    pub(crate) fn polls_again(&self) -> bool {
        each!(self, machine => machine.polls_again())
    }

    pub(crate) fn loss_is_like_a_crash(&self) -> bool {
        each!(self, machine => machine.loss_is_like_a_crash())
    }

    pub(crate) fn tolerates_slow_handlers(&self) -> bool {
        each!(self, machine => machine.tolerates_slow_handlers())
    }

    pub(crate) fn holds_nothing_for(&self, cx: &View, c: usize) -> bool {
        each!(self, machine => machine.holds_nothing_for(cx, c))
    }

    pub(crate) fn does_without(&self, cx: &View, node: usize) -> bool {
        each!(self, machine => machine.does_without(cx, node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::bits::{Reader, Writer};
    use crate::sim::broker::Priority;
    use crate::sim::choice::{ActorStep, Choice};
    use crate::sim::compiled_scenario::CompiledScenario;
    use crate::sim::context::Ctx;
    use crate::sim::event::{CauseRef, Timer};
    use crate::sim::fault::Occurrence;
    use crate::sim::scenario::Scenario;
    use crate::sim::world::World;

    /// A broker that states nothing.
    struct Unknown;

    impl Machine for Unknown {
        fn enabled(&self, _: &View, _: Priority, _: &mut Vec<Choice>) {}
        fn run(&mut self, _: &mut Ctx, _: ActorStep) {}
        fn fire(&mut self, _: &mut Ctx, _: Timer) {}
        fn overflow(&self) -> bool {
            false
        }
        fn on_send(&mut self, _: &mut Ctx, _: Packet, _: CauseRef) {}
        fn ack_pending(&self, _: usize, _: MessageId) -> bool {
            false
        }
        fn waits_for(&self, _: &View, _: usize) -> bool {
            false
        }
        fn awaits(&self, _: &View, _: &Packet) -> bool {
            false
        }
        fn is_at(&self, _: &View, _: MessageId, _: Occurrence, _: Op, _: bool) -> bool {
            false
        }
        fn encode(&self, _: &CompiledScenario, _: &mut Writer) {}
        fn decode(&mut self, _: &CompiledScenario, _: &mut Reader) {}
    }

    impl Independence for Unknown {}

    #[test]
    fn a_broker_that_states_nothing_depends_on_everything() {
        let json = r#"{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 1,
            "producer": "fire-and-forget",
            "broker": { "generic": { "acknowledge": "after-sync" } },
            "consumer": { "program": ["receive", "work", "ack"] } }"#;
        let setup = CompiledScenario::new(&Scenario::from_json(json).unwrap()).unwrap();
        let world = World::new(&setup);
        let cx = &world.view(&setup);
        let (packet, classes) = (&Packet::default(), Classes::default());
        // Senders, consumers and nodes are never independent of it.
        assert!(!Unknown.accepts_in_any_order(cx) && Unknown.starts_at_the_end(cx));
        assert!(!Unknown.leaves_lines_alone(cx));
        assert!(!Unknown.serves_in_any_order() && Unknown.settles_for_group());
        assert!(Unknown.repeats() && Unknown.answer_due(0, 0));
        assert!(!Unknown.has_sequence(0, 0, 0) && !Unknown.leaves_senders_alone());
        assert!(!Unknown.delivers_one_by_one() && !Unknown.settles_in_any_order(cx));
        assert!(!Unknown.settles_nothing(cx, packet) && !Unknown.resumes_anywhere(cx));
        assert!(!Unknown.waits_only_for(cx, 0) && !Unknown.has_given_up());
        assert!(!Op::ALL.iter().any(|&op| Unknown.settles_independently(cx, 0, op, classes)));
        assert!(!Unknown.polls_independently(cx, 0) && !Unknown.reads_on(cx, 0, classes));
        assert!(!Unknown.syncs_for_nothing(cx) && Unknown.independent_follower(cx).is_none());
        // No fault is redundant.
        assert!(!Unknown.survives_election(cx) && !Unknown.polls_again());
        assert!(!Unknown.is_polled_again(packet) && !Unknown.loss_is_like_a_crash());
        assert!(!Unknown.tolerates_slow_handlers() && !Unknown.holds_nothing_for(cx, 0));
        assert!(!Unknown.does_without(cx, 0));
        // No state is merged with another on its account.
        assert!(!Unknown.has_alike_nodes(classes));
        assert!(!Unknown.renumbers_copies() && !Unknown.keeps_dead_letters());
    }
}
