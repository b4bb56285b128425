//! The pending events of a state, and the delay of each.

use super::fault_rates::{self, FaultRate, FaultRates, OfItself};
use super::latency_model::{Delay, Operation};
use crate::products::{self, Timing};
use crate::sim::settings::OnError;
use crate::sim::settings::outbox::Lock;
use crate::sim::{
    ActorStep, Choice, Class, Classes, CompiledScenario, MessageId, Op, Packet, Participant, Pause,
    Timer, Window, World,
};

/// A pending event, which occurs at a time of its own.
#[derive(Clone, Debug)]
pub(super) struct PendingEvent {
    /// Identity of the event; the same event keeps its time in the next state.
    pub key: EventId,
    /// The choice taken when the event is due; `None` while it is blocked by another event.
    pub choice: Option<Choice>,
    /// The delays until the event, one after another.
    pub takes: [Option<Delay>; 2],
    /// The message whose first line this is, which the application starts at a given time.
    pub arrives: Option<MessageId>,
    pub kind: OfferKind,
    /// The alternative choice in which a stale receipt handle still takes effect.
    pub stale: Option<Choice>,
    /// Probability that a fault strikes instead, as a fraction of 2³².
    pub chance: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OfferKind {
    /// The run continues until the event has occurred.
    Awaited,
    /// The run may end before the event occurs.
    Aside,
    /// The event occurs with this probability, or never.
    Perhaps(FaultRate),
}

/// Identity of a pending event across states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventId {
    /// A packet, with the number of identical packets before it.
    Packet(Packet, u8),
    /// An event that concerns a copy of a message at the broker.
    Copy(Choice, MessageId, u8),
    Choice(Choice),
}

/// Returns the fault classes that can strike under these rates.
fn classes(rates: &FaultRates) -> Classes {
    let set = rates.set_ones().map(|(hazard, _)| hazard.class());
    // Windows end in their time, whatever the rates.
    set.chain([Class::Expiry]).collect()
}

/// Returns all pending events, in a fixed order.
pub(super) fn offers(
    setup: &CompiledScenario,
    rates: &FaultRates,
    world: &World,
) -> Vec<PendingEvent> {
    let (mut choices, mut faults) = (Vec::new(), Vec::new());
    world.choices(setup, &mut choices);
    world.faults(setup, classes(rates), &mut faults);
    let mut offers = Vec::new();
    for (i, packet) in world.net.packets().iter().enumerate() {
        let choice = Choice::Deliver(i as u8);
        let stale = Choice::DeliverStale(i as u8);
        let alike = world.net.packets()[..i].iter().filter(|&p| p == packet).count();
        let arrives = choices.contains(&choice);
        offers.push(PendingEvent {
            choice: arrives.then_some(choice),
            stale: choices.contains(&stale).then_some(stale),
            ..offer(EventId::Packet(*packet, alike as u8), packet_takes(setup, packet))
        });
    }
    for &choice in &choices {
        if matches!(choice, Choice::Deliver(_) | Choice::DeliverStale(_)) {
            continue;
        }
        offers.push(PendingEvent {
            choice: Some(choice),
            arrives: arrives(setup, world, choice),
            ..offer(key(world, choice), takes(setup, world, choice))
        });
    }
    offers.extend(faults.iter().filter_map(|&fault| of_itself(setup, fault)));
    for offer in &mut offers {
        let hazards = faults.iter().filter_map(|&fault| hazard(setup, world, offer, fault));
        let sum: u64 = hazards.map(|hazard| rates.threshold(hazard)).sum();
        offer.chance = sum.min(1 << 32);
    }
    offers
}

/// Returns the faults that can strike in place of the event, each with its kind.
pub(super) fn instead(
    setup: &CompiledScenario,
    rates: &FaultRates,
    world: &World,
    offer: &PendingEvent,
) -> Vec<(FaultRate, Choice)> {
    let mut faults = Vec::new();
    world.faults(setup, classes(rates), &mut faults);
    let with = |&fault: &Choice| Some((hazard(setup, world, offer, fault)?, fault));
    faults.iter().filter_map(with).collect()
}

fn hazard(
    setup: &CompiledScenario,
    world: &World,
    offer: &PendingEvent,
    fault: Choice,
) -> Option<FaultRate> {
    let (Some(choice), Choice::Strike(fault, _)) = (offer.choice, fault) else { return None };
    fault_rates::instead_of(setup, world, choice, fault)
}

fn offer(key: EventId, takes: [Option<Delay>; 2]) -> PendingEvent {
    let kind = OfferKind::Awaited;
    PendingEvent { key, choice: None, takes, arrives: None, kind, stale: None, chance: 0 }
}

fn of_itself(setup: &CompiledScenario, fault: Choice) -> Option<PendingEvent> {
    let Choice::Strike(strikes, _) = fault else { return None };
    let (kind, takes) = match fault_rates::of_itself(strikes)? {
        OfItself::Perhaps(hazard) => {
            (OfferKind::Perhaps(hazard), Delay::Operation(Operation::Again))
        }
        OfItself::Forgotten(window) => (OfferKind::Aside, remembered(setup, window)),
    };
    Some(PendingEvent {
        choice: Some(fault),
        kind,
        ..offer(EventId::Choice(fault), [Some(takes), None])
    })
}

fn remembered(setup: &CompiledScenario, window: Window) -> Delay {
    match window {
        Window::Dedup if (timing(setup).dedup_window_s)(setup.configuration()).is_some() => {
            Delay::Dedup
        }
        Window::Dedup => Delay::Operation(Operation::DedupWindow),
        Window::Ttl => Delay::Operation(Operation::Ttl),
        Window::Inbox => Delay::Operation(Operation::Inbox),
        Window::Retention => Delay::Kept,
    }
}

fn key(world: &World, choice: Choice) -> EventId {
    match choice {
        Choice::Fire(Timer::Redelivery(i)) => {
            let (msg, copy) = world.broker.copy_at(i).unwrap_or_default();
            EventId::Copy(Choice::Fire(Timer::Redelivery(0)), msg, copy)
        }
        Choice::Run(ActorStep::Receive(c, i)) => {
            let (msg, copy) = world.broker.copy_at(i).unwrap_or_default();
            EventId::Copy(Choice::Run(ActorStep::Receive(c, 0)), msg, copy)
        }
        _ => EventId::Choice(choice),
    }
}

/// Returns the message whose first line this is.
fn arrives(setup: &CompiledScenario, world: &World, choice: Choice) -> Option<MessageId> {
    let Choice::Run(ActorStep::Sender(s, msg)) = choice else { return None };
    let task = &world.senders[s as usize].tasks[msg as usize];
    let relay = setup.sender(s.into()).is_relay();
    (!relay && task.pc == 0 && task.attempt == 0 && !task.again).then_some(msg)
}

fn one(act: Operation) -> [Option<Delay>; 2] {
    [Some(Delay::Operation(act)), None]
}

fn two(first: Operation, second: Operation) -> [Option<Delay>; 2] {
    [Some(Delay::Operation(first)), Some(Delay::Operation(second))]
}

/// Returns the network operation: a call of a hosted service crosses the internet, all else stays
/// within a data center.
fn way(setup: &CompiledScenario) -> Operation {
    if timing(setup).hosted { Operation::Api } else { Operation::Network }
}

fn timing(setup: &CompiledScenario) -> &'static Timing {
    &products::of(setup.configuration()).timing
}

fn packet_takes(setup: &CompiledScenario, packet: &Packet) -> [Option<Delay>; 2] {
    if packet.late { one(Operation::Late) } else { one(way(setup)) }
}

fn takes(setup: &CompiledScenario, world: &World, choice: Choice) -> [Option<Delay>; 2] {
    match choice {
        Choice::Run(run) => run_takes(setup, world, run),
        Choice::Fire(timer) => [Some(timer_takes(setup, world, timer)), None],
        Choice::Restart(party) => one(match (party.node(), party.store()) {
            (Some(_), _) => Operation::BrokerRestart,
            (_, Some(_)) => Operation::StoreRestart,
            _ => Operation::ProcessRestart,
        }),
        Choice::Resume(party) if is_in_time(setup, world, party) => {
            [Some(Delay::SlowHandler), None]
        }
        Choice::Resume(_) => one(Operation::Pause),
        Choice::Heal(_) => one(Operation::Partition),
        Choice::Deliver(_) | Choice::DeliverStale(_) | Choice::Repeat(_) | Choice::Strike(..) => {
            one(way(setup))
        }
    }
}

fn run_takes(setup: &CompiledScenario, world: &World, run: ActorStep) -> [Option<Delay>; 2] {
    match run {
        ActorStep::Sender(s, m) => {
            let task = &world.senders[s as usize].tasks[m as usize];
            let first = task.attempt == 0;
            sender_takes(setup, setup.senders[s as usize].op(task.pc), first)
        }
        ActorStep::Broker => broker_takes(setup, world),
        ActorStep::Dispatch(_) | ActorStep::DispatchAdded(_) => one(Operation::HandOver),
        // The first request waits at the queue for a message; a later one has to be sent first.
        ActorStep::Receive(c, _) if world.consumers[c as usize].n == 0 => one(Operation::HandOver),
        ActorStep::Receive(..) => two(Operation::Api, Operation::HandOver),
        ActorStep::AutoCommit(_) => one(Operation::AutoCommit),
        // A member of the group learns of a new partition with its metadata.
        ActorStep::Join(_) if world.broker.has_added_partition() => one(Operation::Metadata),
        ActorStep::Join(_) => one(Operation::Network),
        ActorStep::Elect(_) => one(Operation::Election),
        ActorStep::Fetch(_) if replicas_sync(setup) => two(Operation::Replicate, Operation::Sync),
        ActorStep::Fetch(_) => one(Operation::Replicate),
        ActorStep::Sync(_) | ActorStep::Unsettle(_) => one(Operation::Flush),
        ActorStep::Refresh(_) if (timing(setup).reconnect_s)(setup.configuration()).is_some() => {
            [Some(Delay::Reconnect), None]
        }
        ActorStep::Refresh(_) => one(Operation::Metadata),
        ActorStep::Consumer(c) if world.consumers[c as usize].goes_on_in_batch(setup) => {
            one(Operation::Line)
        }
        ActorStep::Consumer(c) => {
            let op = setup.consumer.op(world.consumers[c as usize].pc);
            consumer_takes(setup, op, world.consumers[c as usize].tx.open)
        }
        ActorStep::Worker(..) => consumer_takes(setup, setup.worker, false),
    }
}

fn sender_takes(setup: &CompiledScenario, op: Option<Op>, first: bool) -> [Option<Delay>; 2] {
    match op {
        // Committing a transaction flushes the batch at once.
        Some(Op::Send) if first && (timing(setup).batches)(setup) => one(Operation::Linger),
        Some(Op::Save | Op::MarkSent) => one(Operation::DatabaseCommit),
        Some(Op::InsertOutbox) => one(Operation::Database),
        // The lock is a transaction of its own.
        Some(Op::ReadRow) if setup.lock() == Lock::Lease => {
            two(Operation::DatabaseCommit, Operation::Database)
        }
        Some(Op::ReadRow) => one(Operation::Database),
        Some(Op::CommitTransaction) => one(Operation::KafkaCommit),
        _ => one(Operation::Line),
    }
}

fn consumer_takes(setup: &CompiledScenario, op: Option<Op>, inside: bool) -> [Option<Delay>; 2] {
    match op {
        Some(Op::CheckRedis | Op::MarkRedis | Op::Claim | Op::ClaimInProgress | Op::Complete) => {
            one(Operation::Redis)
        }
        Some(Op::Inbox | Op::StoreOffset) => one(Operation::Database),
        Some(Op::Work | Op::Insert | Op::Upsert | Op::Set) if inside => {
            two(Operation::Work, Operation::Database)
        }
        // Outside a transaction, a statement is a transaction of its own.
        Some(Op::Work | Op::Insert | Op::Upsert | Op::Set) => {
            two(Operation::Work, Operation::DatabaseCommit)
        }
        Some(Op::Produce) => two(Operation::Work, Operation::Network),
        Some(Op::Commit) => one(Operation::DatabaseCommit),
        Some(Op::Call) => one(Operation::Service),
        Some(Op::DeadLetter) if setup.configuration().consumer.dead_letter_confirms => {
            two(way(setup), way(setup))
        }
        Some(Op::SendOffsets) => two(Operation::Network, Operation::Network),
        Some(Op::CommitTransaction) => one(Operation::KafkaCommit),
        // `commitSync` and `DeleteMessage` wait for the answer; `basic.ack` does not.
        Some(Op::Ack | Op::Release) if (timing(setup).settles_by_request)(setup) => {
            two(way(setup), way(setup))
        }
        _ => one(Operation::Line),
    }
}

/// Returns true if a follower that fetches a record syncs it to disk before it counts.
fn replicas_sync(setup: &CompiledScenario) -> bool {
    let [sync, ack] = [Op::Persist, Op::Acknowledge].map(|op| setup.broker.place(op));
    setup.broker.has(Op::Replicate) && sync.is_some() && sync < ack
}

/// Returns the delays of the broker's next line. Work after the acknowledgment delays no one.
fn broker_takes(setup: &CompiledScenario, world: &World) -> [Option<Delay>; 2] {
    let next = world.broker.next_line(&world.view(setup));
    let Some((pc, _)) = next else { return one(Operation::Line) };
    let answered = setup.broker.place(Op::Acknowledge).is_some_and(|place| pc > place);
    let quorum = setup.broker.has(Op::Replicate) && setup.broker.has(Op::Persist);
    match setup.broker.op(pc) {
        Some(Op::Write) => one(Operation::Write),
        Some(Op::Persist | Op::Replicate) if answered => one(Operation::Write),
        Some(Op::Persist) => one(Operation::Sync),
        Some(Op::Replicate) if quorum => two(Operation::Replicate, Operation::Sync),
        Some(Op::Replicate) => one(Operation::Replicate),
        _ => one(Operation::Line),
    }
}

/// Returns true if this consumer has a slow handler that the broker waits for.
fn is_in_time(setup: &CompiledScenario, world: &World, party: Participant) -> bool {
    let slow = party.consumer().is_some_and(|c| world.consumers[c].pause == Pause::Slow);
    slow && !setup.configuration().slow_handlers_time_out()
}

fn timer_takes(setup: &CompiledScenario, world: &World, timer: Timer) -> Delay {
    match timer {
        Timer::Ack(..) => Delay::Ack,
        Timer::Backoff(s, m) => Delay::Backoff(world.senders[s as usize].tasks[m as usize].attempt),
        Timer::Redelivery(_) if (timing(setup).redelivery_s)(setup.configuration()).is_some() => {
            Delay::Visibility
        }
        Timer::Redelivery(i) => Delay::Operation(redelivery(setup, world, i)),
        Timer::Session(_) if (timing(setup).inactive_s)(setup.configuration()).is_some() => {
            Delay::Inactive
        }
        Timer::Session(c) => Delay::Operation(match world.consumers[c as usize].pause {
            Pause::Slow => Operation::PollInterval,
            _ => Operation::Session,
        }),
        Timer::Lease(_) => Delay::Lease,
        Timer::RelayLease(_) => Delay::RelayLease,
        Timer::Lag(_) => Delay::Operation(Operation::Lag),
        Timer::Transaction(_) => Delay::Operation(Operation::TransactionTimeout),
    }
}

/// Returns the operation that bounds how long a queue waits for the holder of a message. A closed
/// connection is noticed at once, a dead one by its missing heartbeats, and a connected consumer
/// that does not settle the message by the consumer timeout.
fn redelivery(setup: &CompiledScenario, world: &World, index: u8) -> Operation {
    let Some(c) = world.broker.holder_of(index) else { return Operation::Network };
    let consumer = &world.consumers[c];
    let leaves = setup.configuration().consumer.on_error == OnError::Leave;
    match consumer.pause {
        Pause::Slow => Operation::ConsumerTimeout,
        Pause::Still => Operation::Heartbeat,
        Pause::No if !consumer.up => Operation::Network,
        Pause::No if world.net.is_cut(world.broker.leader(), Participant::CONSUMERS[c]) => {
            Operation::Heartbeat
        }
        Pause::No if leaves => Operation::ConsumerTimeout,
        Pause::No => Operation::Network,
    }
}

/// Returns true if the choice ends with an fsync: of a copy at the broker, or of a commit.
pub(super) fn syncs(setup: &CompiledScenario, world: &World, choice: Choice) -> bool {
    let line = |op: Option<Op>, inside: bool| {
        consumer_takes(setup, op, inside)
            .iter()
            .flatten()
            .any(|t| *t == Delay::Operation(Operation::DatabaseCommit))
    };
    match choice {
        Choice::Run(ActorStep::Broker) => {
            let next = world.broker.next_line(&world.view(setup));
            let op = next.and_then(|(pc, _)| setup.broker.op(pc));
            let quorum = setup.broker.has(Op::Persist);
            op == Some(Op::Persist) || (op == Some(Op::Replicate) && quorum)
        }
        Choice::Run(ActorStep::Fetch(_)) => replicas_sync(setup),
        Choice::Run(ActorStep::Sender(s, m)) => {
            let pc = world.senders[s as usize].tasks[m as usize].pc;
            matches!(setup.senders[s as usize].op(pc), Some(Op::Save | Op::MarkSent))
        }
        Choice::Run(ActorStep::Consumer(c)) => {
            let consumer = &world.consumers[c as usize];
            line(setup.consumer.op(consumer.pc), consumer.tx.open)
        }
        Choice::Run(ActorStep::Worker(..)) => line(setup.worker, false),
        _ => false,
    }
}
