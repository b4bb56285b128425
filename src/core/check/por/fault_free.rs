//! Partial-order reduction once the fault budget is used up: singleton ample sets of actions that
//! no other action can disable, or be disabled by.
//!
//! Producers and the broker's storage append at the tail of a queue or log, and consumers read from
//! its head, so the two sides are independent and each has guards of its own (`State`). The
//! conditions of [`super`]:
//!
//! - **C0**: candidates are drawn from [`World::lines`], which lists enabled actions; the restart
//!   of a follower is offered only for a node that is down.
//! - **C1**: `handling`, `sending` and `arrives` admit an action only if no other action that could
//!   occur first disables it, is disabled by it, or changes its result. Pending delays, partitions
//!   and paused or stale senders rule the reduction out altogether.
//! - **C2**: the argument of [`super`]. A visible action is not ample where an action that it is
//!   moved across may write the same field of the ledger: the begin of a transaction that aborts a
//!   stored record, or a commit while the partition has no leader.
//! - **C3**: whatever can be repeated forever (returning a message, a seek, a retry) is never
//!   ample, so no cycle consists of ample actions only, and no action is ignored forever.
//!
//! Assumptions about a broker, which it states as an [`Independence`](crate::sim::Independence):
//! sender actions are ample only if it accepts messages whichever of its nodes restarts
//! (`accepts_in_any_order`), and consumer actions only if it keeps serving its consumers
//! (`serves_in_any_order`). While it elects a leader, two kinds of actions are ample all the same: the
//! arrival of an answer at its sender, unless the broker checks sequence numbers (`checks_sequences`),
//! and a line that concerns only the consumer and its stores (`leaves_lines_alone`). For a broker that
//! states nothing, not even that a sequence number is stored (`has_sequence`), no action is ample.

use super::super::redundant_faults::unheard;
use crate::sim::{
    ActorStep, Choice, CompiledScenario, MessageId, Op, Packet, PacketKind, Participant, Pause,
    Sender, View, World, producer,
};

/// Returns a singleton ample set, if there is one. `room` is a scratch buffer.
pub(super) fn ample_action(
    setup: &CompiledScenario,
    world: &World,
    room: &mut Vec<Choice>,
) -> Option<Choice> {
    let waits = |s: &Sender| s.paused || s.stale || s.overslept != 0;
    if world.net.cut != 0
        || world.net.packets().iter().any(|p| p.late)
        || world.senders.iter().any(waits)
    {
        return None;
    }
    let cx = &world.view(setup);
    let state = State::of(cx, world);
    if !state.answers && !state.lines {
        return None;
    }
    let is_one = |&choice: &Choice| match choice {
        Choice::Deliver(i) => arrives(cx, world, &state, i),
        Choice::Run(run @ (ActorStep::Broker | ActorStep::Fetch(_) | ActorStep::Sender(..))) => {
            state.senders && sending(cx, world, run)
        }
        Choice::Run(run @ ActorStep::Consumer(c)) => {
            let op = cx.setup.consumer.op(world.consumers[usize::from(c)].pc);
            let serves = state.consumers || (state.lines && op.is_some_and(is_own));
            serves && handling(cx, world, run)
        }
        Choice::Run(run) => state.consumers && handling(cx, world, run),
        _ => false,
    };
    let step = (0..3).find_map(|part| {
        world.lines(setup, part, room);
        room.iter().copied().find(is_one)
    });
    step.or_else(|| follower_comes_back(cx, world, &state))
}

/// The actions that may be ample in this state.
struct State {
    /// Those of senders and of the broker's storage.
    senders: bool,
    /// Arrivals of answers at senders: all that the broker has to do with them is over.
    answers: bool,
    /// Those of consumers, and of the broker on their behalf.
    consumers: bool,
    /// Lines of consumers that send nothing and settle nothing.
    lines: bool,
}

impl State {
    fn of(cx: &View, world: &World) -> State {
        let (setup, broker) = (cx.setup, &world.broker);
        let mut senders = (0..setup.senders.len()).filter(|&s| exists(setup, world, s));
        let mut consumers = world.consumers[..setup.consumers()].iter();
        let answers = world.stores.is_up(Participant::Orders)
            && senders.all(|s| world.senders[s].up)
            // The coordinator may abort the records that were sent.
            && !(0..setup.senders.len()).any(|s| broker.transaction_due(cx, s));
        // A consumer that stops at an error loses what is on its way to it.
        let run = !setup.consumer.has(Op::Stop)
            && world.stores.is_up(Participant::Redis)
            && world.stores.is_up(Participant::Accounts)
            && consumers.all(|c| c.up && c.pause == Pause::No)
            // An expired timer of the broker may take the message away.
            && !(0..setup.consumers()).any(|c| broker.waits_for(cx, c));
        let consumers = run && broker.serves_in_any_order();
        let senders = answers
            // Sender actions and the start of such a consumer are dependent (C1 fails).
            && !broker.starts_at_the_end(cx)
            && broker.accepts_in_any_order(cx);
        State {
            senders,
            // What an idempotent client does with a batch that it gives up on depends on the log, and
            // an election may still change that.
            answers: senders || (answers && !broker.checks_sequences()),
            consumers,
            lines: consumers || (run && broker.leaves_lines_alone(cx)),
        }
    }
}

/// Returns true for lines that change nothing but what the consumer and its stores know.
fn is_own(op: Op) -> bool {
    let begins = matches!(op, Op::Begin | Op::Claim | Op::Inbox);
    let works = matches!(op, Op::Work | Op::Upsert | Op::Set | Op::Call);
    let redis = matches!(op, Op::CheckRedis | Op::MarkRedis);
    begins || works || redis || is_private(op)
}

/// Returns true if a line of a consumer, or an action of the broker on its behalf, is ample.
fn handling(cx: &View, world: &World, run: ActorStep) -> bool {
    let broker = &world.broker;
    let alone = cx.setup.consumers() == 1;
    match run {
        ActorStep::Consumer(c) => {
            let op = cx.setup.consumer.op(world.consumers[c as usize].pc);
            match op {
                // These can be repeated forever (C3).
                None | Some(Op::Nack | Op::Seek | Op::Release | Op::Insert | Op::Stop) => false,
                // So can an error at a claim, and the completion ends it.
                Some(Op::ClaimInProgress | Op::Complete) => false,
                // A dead letter writes a field of the ledger that the broker may write, too.
                Some(Op::DeadLetter) => false,
                // The handler may fail, and be tried again.
                _ if world.consumers[c as usize].fails_again() => false,
                // A commit belongs to the group, an acknowledgment to the consumer alone. A commit
                // also decides whether the partition held up a message while it was unavailable.
                Some(op) if commits(op) && broker.settles_for_group() => alone && broker.leads(),
                Some(Op::Ack) => broker.leads(),
                Some(Op::HandOff) => hands_off_at_once(cx.setup, world, c.into()),
                Some(op) => alone || is_private(op),
            }
        }
        ActorStep::AutoCommit(_) => broker.leads(),
        // The worker handles the first message first; one that is handed off later may overtake.
        ActorStep::Worker(_, msg) => alone && (0..msg).all(|m| world.ledger.of(m).applied > 0),
        ActorStep::Dispatch(_) => alone && broker.delivers_one_by_one(),
        _ => false,
    }
}

/// Returns true for lines that can set the group's offset.
fn commits(op: Op) -> bool {
    matches!(op, Op::Ack | Op::StoreOffset | Op::Commit | Op::CommitTransaction)
}

/// Returns true for lines that touch only the consumer's own memory.
fn is_private(op: Op) -> bool {
    matches!(op, Op::CheckMemory | Op::MarkMemory | Op::Receive)
}

/// Returns true if the consumer's worker has no pending message that this one would overtake.
fn hands_off_at_once(setup: &CompiledScenario, world: &World, c: usize) -> bool {
    let consumer = &world.consumers[c];
    let later = (consumer.msg + 1)..setup.configuration().messages;
    world.ledger.of(consumer.msg).applied > 0
        || later.into_iter().all(|m| consumer.pending_of(m) == 0)
}

/// Returns true if a line of a sender, or a storage action of the broker, is ample.
fn sending(cx: &View, world: &World, run: ActorStep) -> bool {
    match run {
        ActorStep::Sender(s, msg) => {
            let (setup, broker) = (cx.setup, &world.broker);
            let s = usize::from(s);
            let pc = world.senders[s].tasks[msg as usize].pc;
            // The record that it aborts counted as stored before, and no longer does.
            if setup.senders[s].op(pc) == Some(Op::BeginTransaction) {
                return false;
            }
            let messages = 0..setup.configuration().messages;
            let mut others = messages.clone().filter(|&m| m != msg);
            let mut waits =
                (0..setup.senders.len()).flat_map(|s| messages.clone().map(move |m| (s, m)));
            one_link(setup, world)
                && !others.any(|m| producer::has_line(cx, broker, s, m))
                && !waits.any(|(s, m)| producer::timer(cx, broker, s, m).is_some())
                && keeps_numbers(cx, world, s, msg)
        }
        // Records are stored and replicated in the order in which they arrived.
        ActorStep::Broker | ActorStep::Fetch(_) => true,
        _ => false,
    }
}

/// Returns true if the line does not depend on other messages in flight.
///
/// An idempotent client numbers a new batch, and marks one that it gives up on, according to what
/// else is in flight. A batch whose record is in the log will be acknowledged, and affects neither.
fn keeps_numbers(cx: &View, world: &World, s: usize, msg: MessageId) -> bool {
    let (setup, broker) = (cx.setup, &world.broker);
    if !broker.checks_sequences() {
        return true;
    }
    let sender = &world.senders[s];
    let sends = setup.senders[s].op(sender.tasks[msg as usize].pc) == Some(Op::Send);
    let mut others = (0..setup.configuration().messages).filter(|&m| {
        m != msg && sender.tasks[m as usize].attempt > 0 && producer::is_sending(cx, s, m)
    });
    others.all(|m| {
        let seq = sender.tasks[m as usize].seq;
        sends && broker.has_sequence(s, sender.epoch, seq)
    })
}

/// Returns true if no other send can be reordered with this one: all arrive on one connection, or
/// this is the only one that there can be.
fn comes_alone(setup: &CompiledScenario, world: &World, packet: &Packet) -> bool {
    if !world.broker.connects_per_call() {
        return true;
    }
    let Some(s) = packet.from.sender() else { return false };
    // The broker may be redelivering an earlier copy at this moment.
    if world.ledger.of(packet.msg).stored > 0 && world.broker.repeats() {
        return false;
    }
    let sends = world.net.packets().iter().filter(|p| p.kind == PacketKind::Send).count();
    setup.in_flight == 1 && is_waited_for(setup, world, s, packet) && sends == 1
}

/// Returns true if nothing that the sender may do before the send arrives depends on it: it waits for
/// the answer, or neither begins transactions, which abort an open one, nor numbers its next record
/// by what is still on its way.
fn concerns_no_line(setup: &CompiledScenario, world: &World, packet: &Packet) -> bool {
    let Some(s) = packet.from.sender() else { return false };
    let begins = setup.senders[s].has(Op::BeginTransaction);
    (!begins && !world.broker.checks_sequences()) || is_waited_for(setup, world, s, packet)
}

/// Returns true if the sender waits for the answer to just this attempt.
fn is_waited_for(setup: &CompiledScenario, world: &World, s: usize, packet: &Packet) -> bool {
    let task = &world.senders[s].tasks[packet.msg as usize];
    setup.senders[s].op(task.pc) == Some(Op::Await)
        && (packet.epoch, packet.n) == (world.senders[s].epoch, task.attempt)
}

/// Returns false for the instance that would replace the producer, as long as nobody has started
/// it: with no fault left, nobody will.
fn exists(setup: &CompiledScenario, world: &World, s: usize) -> bool {
    s == 0 || !setup.successor || world.senders[0].replaced
}

/// Returns true if a single participant sends to the broker, so that its messages arrive in a fixed
/// order.
fn one_link(setup: &CompiledScenario, world: &World) -> bool {
    setup.senders.len() == 1 || (setup.successor && !exists(setup, world, 1))
}

/// Returns true if the arrival of the packet is ample.
fn arrives(cx: &View, world: &World, state: &State, index: u8) -> bool {
    let setup = cx.setup;
    let packet = &world.net.packets()[index as usize];
    match packet.kind {
        PacketKind::Ack | PacketKind::Return => {
            state.answers && is_there(world, packet) && is_heard_alike(cx, world, packet)
        }
        // A retry follows, and may be reordered with other sends.
        PacketKind::Refusal => false,
        PacketKind::Send => {
            state.senders
                && one_link(setup, world)
                && leaves_no_gap(world, packet)
                && comes_alone(setup, world, packet)
                && concerns_no_line(setup, world, packet)
        }
        PacketKind::Delivery => {
            state.consumers && setup.consumers() == 1 && is_only_source(world, packet)
        }
        PacketKind::ConsumerAck => state.consumers && world.broker.settles_in_any_order(cx),
        PacketKind::Requeue | PacketKind::Reject | PacketKind::Release => false,
    }
}

/// Returns true if the answer has the same effect whenever it arrives: its sender waits for exactly
/// this attempt and cannot time out meanwhile, or will never read it.
fn is_heard_alike(cx: &View, world: &World, packet: &Packet) -> bool {
    let Some(s) = packet.to.sender() else { return false };
    let no_timer = || producer::timer(cx, &world.broker, s, packet.msg).is_none();
    (is_waited_for(cx.setup, world, s, packet) && no_timer()) || unheard(cx, packet)
}

/// Returns true if no other delivery can arrive before this one: it is the only one that there can
/// be, or all arrive on one connection.
fn is_only_source(world: &World, packet: &Packet) -> bool {
    let broker = &world.broker;
    let from = |p: &Packet| p.to != packet.to || p.from == packet.from;
    let one_link = || {
        let mut packets = world.net.packets().iter();
        broker.leads() && broker.leader() == packet.from && packets.all(from)
    };
    broker.delivers_one_by_one() || one_link()
}

/// Returns true if the acknowledged record is in the log: then the completion of this batch leaves
/// no gap in the sequence of an idempotent producer.
fn is_there(world: &World, packet: &Packet) -> bool {
    let Some(s) = packet.to.sender() else { return true };
    let seq = world.senders[s].tasks[packet.msg as usize].seq;
    world.broker.has_sequence(s, packet.epoch, seq)
}

/// Returns true if no earlier sequence number of the producer is still missing in the log.
fn leaves_no_gap(world: &World, packet: &Packet) -> bool {
    let Some(s) = packet.from.sender() else { return true };
    (0..packet.seq).all(|seq| world.broker.has_sequence(s, packet.epoch, seq))
}

/// Returns the restart of a follower. The leader does not depend on it, and it can only add a
/// replica.
fn follower_comes_back(cx: &View, world: &World, state: &State) -> Option<Choice> {
    let node = world.broker.independent_follower(cx).filter(|_| state.senders)?;
    Some(Choice::Restart(Participant::NODES[node]))
}
