//! Every fault that can strike in a scenario: the points come from the programs' own lines.

use super::{FaultKind, FaultSpec, Moment, Nth, Point};
use crate::sim::event::Window;
use crate::sim::network::{Kind, Link};
use crate::sim::party::{Msg, Party};
use crate::sim::program::Op;
use crate::sim::setup::Setup;

impl FaultSpec {
    /// All faults that can strike for a message, each at its first chance, in a fixed order.
    /// Where a party can be struck at any line, it is struck at each line of its own.
    pub fn all(setup: &Setup, msg: Msg) -> Vec<FaultSpec> {
        let at = |kind: FaultKind, moment: Option<Moment>| FaultSpec {
            kind,
            at: Point { msg, moment, nth: Nth::First },
        };
        let mut all: Vec<FaultSpec> = Vec::new();
        for kind in Kind::ALL {
            all.extend([FaultKind::Lose(kind), FaultKind::Late(kind)].map(|kind| at(kind, None)));
        }
        all.extend([FaultKind::Refuse, FaultKind::FailHandler].map(|kind| at(kind, None)));
        all.extend([FaultKind::Twice, FaultKind::Reappear].map(|kind| at(kind, None)));
        for window in [Window::Dedup, Window::Ttl, Window::Inbox, Window::Retention] {
            all.push(at(FaultKind::Expire(window), None));
        }
        for &op in Op::ALL.iter().filter(|op| op.store().is_some()) {
            all.extend([FaultKind::Fail(op), FaultKind::LoseReply(op)].map(|kind| at(kind, None)));
        }
        for &party in &setup.parties {
            for (kind, owner) in strikes(party) {
                all.extend(moments(setup, owner).map(|moment| at(kind, Some(moment))));
            }
        }
        all.retain(|fault| fault.check(setup).is_ok() && fault.is_meant(setup));
        all
    }

    /// Whether the fault has something to do with what takes part: a window of a store that is
    /// not there, or a packet that nobody sends, never comes.
    fn is_meant(&self, setup: &Setup) -> bool {
        let queue = setup.visibility();
        match self.kind {
            FaultKind::Expire(Window::Dedup) => queue.is_some_and(|rules| rules.fifo),
            FaultKind::Reappear => queue.is_some_and(|rules| !rules.fifo),
            FaultKind::Expire(Window::Retention) => queue.is_some(),
            FaultKind::Expire(Window::Ttl) => {
                [Op::MarkRedis, Op::Claim].into_iter().any(|op| setup.consumer.has(op))
            }
            FaultKind::Expire(Window::Inbox) => setup.consumer.has(Op::Inbox),
            FaultKind::Late(kind) if !kind.can_be_late() => false,
            FaultKind::Lose(kind) | FaultKind::Late(kind) => match kind {
                Kind::ConsumerAck => setup.consumer.has(Op::Ack) && setup.log().is_none(),
                Kind::Requeue | Kind::Reject => setup.consumer.has(Op::Nack),
                Kind::Release => setup.consumer.has(Op::Release),
                Kind::Ack => setup.waits(),
                Kind::Return => setup.queue().is_some_and(|rules| rules.mandatory),
                Kind::Refusal => setup.log().is_some() && setup.waits(),
                Kind::Send | Kind::Delivery => true,
            },
            _ => true,
        }
    }
}

/// What can strike a party, and whose lines say when.
fn strikes(party: Party) -> Vec<(FaultKind, Party)> {
    use FaultKind::*;
    let cut = |other: Party| (Cut(party, other), party);
    match party {
        Party::Producer | Party::Producer2 | Party::Relay => {
            vec![
                (Crash(party), party),
                (Gone(party), party),
                (Pause(party), party),
                cut(Party::Broker),
            ]
        }
        Party::Broker | Party::Follower | Party::Follower2 => {
            let struck = [Crash(party), PowerLoss(party), Gone(party)];
            let mut all: Vec<_> = struck.into_iter().map(|kind| (kind, Party::Broker)).collect();
            if Link::between(Party::Broker, party).is_some() {
                all.push((Cut(Party::Broker, party), Party::Broker));
            }
            if party == Party::Broker {
                all.extend([(Isolate, party), (MoveLeader, party)]);
            }
            all
        }
        Party::Consumer | Party::Consumer2 => {
            vec![
                (Crash(party), party),
                (Pause(party), party),
                (Slow(party), party),
                cut(Party::Broker),
            ]
        }
        Party::Orders => vec![(Crash(party), Party::Producer)],
        Party::Redis | Party::Accounts => vec![(Crash(party), Party::Consumer)],
        Party::Mail => Vec::new(),
    }
}

/// The gaps between the lines of a party's program.
fn moments(setup: &Setup, owner: Party) -> impl Iterator<Item = Moment> {
    let program = super::program_of(setup, owner);
    let ops = program.map_or(&[][..], |program| &program.ops);
    let lines: Vec<Op> = ops.iter().map(|(op, _)| *op).collect();
    let worker = setup.worker.filter(|_| owner.consumer().is_some()).map(Moment::Before);
    let gaps = lines.into_iter().flat_map(|op| [Moment::Before(op), Moment::After(op)]);
    // Nobody has a message before it is received.
    gaps.filter(|gap| *gap != Moment::Before(Op::Receive)).chain(worker)
}
