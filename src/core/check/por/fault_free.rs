//! The order of steps once no more faults can strike.
//!
//! A step that nobody else's step can disable or be disabled by is taken at once, alone. Whatever
//! can go on for ever (a message handed back, a seek, a retry) is never such a step, so no cycle
//! is made of them alone, and nothing is put off for ever.
//!
//! What senders and the broker's storing do comes at the end of the line, and changes nothing for
//! who reads from its beginning: the two sides are looked at apart.

use super::super::redundant_faults::unheard;
use crate::sim::{
    ActorStep, Choice, CompiledScenario, KafkaConfig, MessageId, Op, Packet, PacketKind,
    Participant, Pause, Sender, World, settings::kafka::Acks,
};

/// A step that can be taken at once, if there is one.
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
    let state = State::of(setup, world);
    if !state.senders && !state.consumers {
        return None;
    }
    let is_one = |&choice: &Choice| match choice {
        Choice::Deliver(i) => arrives(setup, world, &state, i),
        Choice::Run(run @ (ActorStep::Broker | ActorStep::Fetch(_) | ActorStep::Sender(..))) => {
            state.senders && sending(setup, world, run)
        }
        Choice::Run(run) => state.consumers && handling(setup, world, run),
        _ => false,
    };
    let step = (0..3).find_map(|part| {
        world.lines(setup, part, room);
        room.iter().copied().find(is_one)
    });
    step.or_else(|| follower_comes_back(setup, world, &state))
}

/// Who goes on undisturbed.
struct State {
    senders: bool,
    consumers: bool,
}

impl State {
    fn of(setup: &CompiledScenario, world: &World) -> State {
        let mut senders = world.senders[..setup.senders.len()].iter();
        let mut consumers = world.consumers[..setup.consumers()].iter();
        State {
            senders: undisturbed(setup, world)
                && world.stores.is_up(Participant::Orders)
                && senders.all(|s| s.up)
                // The coordinator may abort what they have sent.
                && !(0..setup.senders.len()).any(|s| world.transaction_due(setup, s))
                && !begins_at_the_end(setup, world),
            consumers: world.stores.is_up(Participant::Redis)
                && world.stores.is_up(Participant::Accounts)
                && world.log().is_none_or(|log| log.owner.is_some())
                && consumers.all(|c| c.up && c.pause == Pause::No)
                // A wait of the broker's that is over may take the message away.
                && !(0..setup.consumers()).any(|c| world.waited_for(setup, c)),
        }
    }
}

/// A consumer may yet begin at the end of the log, wherever that is by then: what senders do and
/// when it begins depend on each other (condition C1 fails).
fn begins_at_the_end(setup: &CompiledScenario, world: &World) -> bool {
    let (Some(log), Some(rules)) = (world.log(), setup.log()) else { return false };
    if log.committed.is_some() || rules.earliest || rules.stores_offset {
        return false;
    }
    let mut consumers = world.consumers[..setup.consumers()].iter();
    log.owner.is_none() || consumers.any(|c| !c.up || c.pause != Pause::No)
}

/// The broker takes what comes, whoever of its nodes comes back and when.
fn undisturbed(setup: &CompiledScenario, world: &World) -> bool {
    let mut nodes = 0..usize::from(setup.replicas);
    match (world.queue(), world.log(), setup.log()) {
        (Some(queue), ..) => nodes.all(|n| queue.is_up(n)),
        (_, Some(log), Some(rules)) => {
            let all_up = nodes.clone().all(|n| log.is_up(n));
            let in_sync = nodes.filter(|&n| log.is_up(n) && log.in_sync & (1 << n) != 0).count();
            world.leads()
                && (rules.acks != Acks::All || in_sync >= usize::from(rules.min_in_sync))
                && (all_up || !rules.transactional)
        }
        // A queue of SQS is there always.
        _ => world.visibility().is_some(),
    }
}

/// A line of a consumer, or what the broker does for it.
fn handling(setup: &CompiledScenario, world: &World, run: ActorStep) -> bool {
    let alone = setup.consumers() == 1;
    match run {
        ActorStep::Consumer(c) => {
            let op = setup.consumer.op(world.consumers[c as usize].pc);
            match op {
                // These lead round and round.
                None | Some(Op::Nack | Op::Seek | Op::Release | Op::Insert) => false,
                // A commit is the group's affair, an acknowledgement the consumer's own. Whether the
                // partition held a message while it stood still, a commit decides, too.
                Some(op) if commits(op) && world.log().is_some() => alone && world.leads(),
                Some(Op::Ack) => world.leads(),
                Some(Op::HandOff) => hands_off_at_once(setup, world, c.into()),
                Some(op) => alone || is_private(op),
            }
        }
        ActorStep::AutoCommit(_) => world.leads(),
        // It does the first message first: one that is handed off later may go before.
        ActorStep::Worker(_, msg) => alone && (0..msg).all(|m| world.ledger.of(m).applied > 0),
        ActorStep::Dispatch(_) => {
            let one = setup.queue().map(|rules| rules.prefetch == 1 && rules.redelivery);
            alone && one.unwrap_or_else(|| is_asked_for(setup))
        }
        _ => false,
    }
}

/// Lines that can set the group's offset.
fn commits(op: Op) -> bool {
    matches!(op, Op::Ack | Op::StoreOffset | Op::Commit | Op::CommitTransaction)
}

/// Lines that touch nothing but the consumer's own memory.
fn is_private(op: Op) -> bool {
    matches!(op, Op::CheckMemory | Op::MarkMemory | Op::Receive)
}

/// Its worker has nothing to do that this message would go before.
fn hands_off_at_once(setup: &CompiledScenario, world: &World, c: usize) -> bool {
    let consumer = &world.consumers[c];
    let later = (consumer.msg + 1)..setup.scenario.messages;
    world.ledger.of(consumer.msg).applied > 0
        || later.into_iter().all(|m| consumer.pending_of(m) == 0)
}

/// A line of a sender, or what the broker does with what was sent.
fn sending(setup: &CompiledScenario, world: &World, run: ActorStep) -> bool {
    match run {
        ActorStep::Sender(s, msg) => {
            let s = usize::from(s);
            let pc = world.senders[s].tasks[msg as usize].pc;
            // What it aborts no longer counts as stored, and did before.
            if setup.senders[s].op(pc) == Some(Op::BeginTransaction) {
                return false;
            }
            let messages = 0..setup.scenario.messages;
            let lines = messages.clone().filter(|&m| world.has_line(setup, s, m)).count();
            let waits = (0..setup.senders.len())
                .any(|s| messages.clone().any(|m| world.timer_of(setup, s, m).is_some()));
            one_link(setup) && lines == 1 && !waits && keeps_numbers(setup, world, s, msg)
        }
        // What was sent is stored, and copied, in the order in which it came.
        ActorStep::Broker | ActorStep::Fetch(_) => true,
        _ => false,
    }
}

/// The line does not depend on what becomes of other messages under way. An idempotent client
/// numbers a new batch, and marks one that it gives up, by what else is under way: a batch whose
/// record is in the log will be answered for, and changes neither.
fn keeps_numbers(setup: &CompiledScenario, world: &World, s: usize, msg: MessageId) -> bool {
    if !setup.log().is_some_and(|rules| rules.idempotent) {
        return true;
    }
    let sender = &world.senders[s];
    let sends = setup.senders[s].op(sender.tasks[msg as usize].pc) == Some(Op::Send);
    let mut others = (0..setup.scenario.messages).filter(|&m| {
        m != msg && sender.tasks[m as usize].attempt > 0 && world.is_sending(setup, s, m)
    });
    others.all(|m| {
        let seq = sender.tasks[m as usize].seq;
        sends && has_record(setup, world, s, sender.epoch, seq)
    })
}

/// No other send can change places with this one: all come on one connection, or this is the only
/// one that there can be.
fn comes_alone(setup: &CompiledScenario, world: &World, packet: &Packet) -> bool {
    if setup.queue().is_some() || setup.log().is_some() {
        return true;
    }
    let Some(s) = packet.from.sender() else { return false };
    // A standard queue may just be delivering an earlier copy once more.
    let first = world.ledger.of(packet.msg).stored == 0;
    if !first && setup.visibility().is_some_and(|rules| !rules.fifo) {
        return false;
    }
    let task = &world.senders[s].tasks[packet.msg as usize];
    let waited_for = setup.senders[s].op(task.pc) == Some(Op::Await)
        && (packet.epoch, packet.n) == (world.senders[s].epoch, task.attempt);
    let sends = world.net.packets().iter().filter(|p| p.kind == PacketKind::Send).count();
    setup.in_flight == 1 && waited_for && sends == 1
}

/// Only one party sends to the broker, so what it sends comes in one order.
fn one_link(setup: &CompiledScenario) -> bool {
    setup.senders.len() == 1
}

fn arrives(setup: &CompiledScenario, world: &World, state: &State, index: u8) -> bool {
    let packet = &world.net.packets()[index as usize];
    match packet.kind {
        PacketKind::Ack | PacketKind::Return => {
            state.senders && is_there(setup, world, packet) && is_heard_alike(setup, world, packet)
        }
        // A retry follows, and may come in any order with other sends.
        PacketKind::Refusal => false,
        PacketKind::Send => {
            state.senders
                && one_link(setup)
                && leaves_no_gap(setup, world, packet)
                && comes_alone(setup, world, packet)
        }
        PacketKind::Delivery => {
            state.consumers && setup.consumers() == 1 && is_only_source(setup, world, packet)
        }
        PacketKind::ConsumerAck => match world.queue() {
            // Where it makes an answer to the producer due, the order of answers would change.
            Some(queue) => {
                let mut nodes = 0..usize::from(setup.replicas);
                state.consumers
                    && nodes.all(|n| queue.is_up(n))
                    && queue.entries().iter().all(|e| !e.ack_pending)
            }
            None => false,
        },
        PacketKind::Requeue | PacketKind::Reject | PacketKind::Release => false,
    }
}

/// The answer means the same whenever it comes: its sender waits for just this one, and cannot time
/// out meanwhile; or it will listen to it at no time.
fn is_heard_alike(setup: &CompiledScenario, world: &World, packet: &Packet) -> bool {
    let Some(s) = packet.to.sender() else { return false };
    let task = &world.senders[s].tasks[packet.msg as usize];
    let waits = setup.senders[s].op(task.pc) == Some(Op::Await);
    let its_own = (packet.epoch, packet.n) == (world.senders[s].epoch, task.attempt);
    let waited_for = waits && its_own && world.timer_of(setup, s, packet.msg).is_none();
    waited_for || unheard(setup, world, packet)
}

/// A consumer polls a partition, or calls ReceiveMessage: nothing is sent before it is asked for, and
/// it asks again when it has the answer.
fn is_asked_for(setup: &CompiledScenario) -> bool {
    setup.log().is_some() || setup.visibility().is_some()
}

/// No other delivery can come before this one: it is the only one there may be, or all come on
/// one connection.
fn is_only_source(setup: &CompiledScenario, world: &World, packet: &Packet) -> bool {
    let Some(rules) = setup.queue() else { return is_asked_for(setup) };
    let one_at_a_time = rules.redelivery && rules.prefetch == 1;
    let from = |p: &Packet| p.to != packet.to || p.from == packet.from;
    let mut packets = world.net.packets().iter();
    let one_link = world.leads() && world.leader() == packet.from && packets.all(from);
    one_at_a_time || one_link
}

/// The record that is answered for is in the log: for an idempotent producer its end leaves no
/// gap.
fn is_there(setup: &CompiledScenario, world: &World, packet: &Packet) -> bool {
    let Some(s) = packet.to.sender() else { return true };
    let seq = world.senders[s].tasks[packet.msg as usize].seq;
    has_record(setup, world, s, packet.epoch, seq)
}

/// Nothing that is still to come is missing before it.
fn leaves_no_gap(setup: &CompiledScenario, world: &World, packet: &Packet) -> bool {
    let Some(s) = packet.from.sender() else { return true };
    (0..packet.seq).all(|seq| has_record(setup, world, s, packet.epoch, seq))
}

/// Where the log looks for gaps, whether it has this record.
fn has_record(setup: &CompiledScenario, world: &World, s: usize, epoch: u8, seq: u8) -> bool {
    let (Some(log), Some(rules)) = (world.log(), setup.log()) else { return true };
    let is_it = |sender: u8, of: u8, n: u8| (usize::from(sender), of, n) == (s, epoch, seq);
    !rules.idempotent || log.entries().iter().any(|e| is_it(e.sender, e.epoch, e.seq))
}

/// A node that follows is back: the leader needs it for nothing, and it can only help.
fn follower_comes_back(setup: &CompiledScenario, world: &World, state: &State) -> Option<Choice> {
    let (log, rules): (_, &KafkaConfig) = (world.log()?, setup.log()?);
    let mut nodes = 0..usize::from(setup.replicas);
    let down = nodes.find(|&n| !log.is_up(n) && !log.is_gone(n))?;
    (state.senders && !rules.transactional).then_some(Choice::Restart(Participant::NODES[down]))
}
