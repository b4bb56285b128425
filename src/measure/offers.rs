//! What is under way in a state, and how long each of it takes.

use super::chance::{self, Hazard, OfItself, Rates};
use super::pace::{Act, Takes};
use crate::sim::settings::OnError;
use crate::sim::{
    Choice, Class, Classes, Msg, Op, Packet, Pause, Phase, Run, Setup, Timer, Window, World,
};

/// Something under way: it has a time at which it comes.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    /// What it is; the same thing in the next state keeps its time.
    pub key: Key,
    /// What is chosen when its time has come; `None` while something else has to come first.
    pub choice: Option<Choice>,
    /// What takes the time, one after the other.
    pub takes: [Option<Takes>; 2],
    /// The first line for a message that the application sends at a time of its own.
    pub arrives: Option<Msg>,
    pub kind: OfferKind,
    /// An old receipt handle that may do all the same.
    pub stale: Option<Choice>,
    /// The chance that a fault strikes instead, as a part of 2³².
    pub chance: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OfferKind {
    /// The run goes on until it has come.
    Awaited,
    /// Nobody waits for it: the run may end without it.
    Aside,
    /// It comes with this chance, or never.
    Perhaps(Hazard),
}

/// What makes a thing the same thing in the next state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The packet, and how many like it stand before it.
    Packet(Packet, u8),
    /// A copy of a message at the broker.
    Copy(Choice, Msg, u8),
    Choice(Choice),
}

/// Faults that can strike at all under these rates.
fn classes(rates: &Rates) -> Classes {
    let set = rates.set_ones().map(|(hazard, _)| hazard.class());
    // What is remembered is forgotten in its time, whatever the rates.
    set.chain([Class::Expiry]).collect()
}

/// Everything under way, in a fixed order.
pub(super) fn offers(setup: &Setup, rates: &Rates, world: &World) -> Vec<Offer> {
    let (mut choices, mut faults) = (Vec::new(), Vec::new());
    world.choices(setup, &mut choices);
    world.faults(setup, classes(rates), &mut faults);
    let mut offers = Vec::new();
    for (i, packet) in world.net.packets().iter().enumerate() {
        let choice = Choice::Deliver(i as u8);
        let stale = Choice::DeliverStale(i as u8);
        let alike = world.net.packets()[..i].iter().filter(|&p| p == packet).count();
        let arrives = choices.contains(&choice);
        offers.push(Offer {
            choice: arrives.then_some(choice),
            stale: choices.contains(&stale).then_some(stale),
            ..offer(Key::Packet(*packet, alike as u8), packet_takes(setup, packet))
        });
    }
    for &choice in &choices {
        if matches!(choice, Choice::Deliver(_) | Choice::DeliverStale(_)) {
            continue;
        }
        offers.push(Offer {
            choice: Some(choice),
            arrives: arrives(setup, world, choice),
            ..offer(key(world, choice), takes(setup, world, choice))
        });
    }
    offers.extend(faults.iter().filter_map(|&fault| of_itself(fault)));
    for offer in &mut offers {
        let hazards = faults.iter().filter_map(|&fault| hazard(setup, world, offer, fault));
        let sum: u64 = hazards.map(|hazard| rates.threshold(hazard)).sum();
        offer.chance = sum.min(1 << 32);
    }
    offers
}

/// The faults that can strike in place of the offer, each with its hazard.
pub(super) fn instead(
    setup: &Setup,
    rates: &Rates,
    world: &World,
    offer: &Offer,
) -> Vec<(Hazard, Choice)> {
    let mut faults = Vec::new();
    world.faults(setup, classes(rates), &mut faults);
    let with = |&fault: &Choice| Some((hazard(setup, world, offer, fault)?, fault));
    faults.iter().filter_map(with).collect()
}

fn hazard(setup: &Setup, world: &World, offer: &Offer, fault: Choice) -> Option<Hazard> {
    let (Some(choice), Choice::Strike(fault, _)) = (offer.choice, fault) else { return None };
    chance::instead_of(setup, world, choice, fault)
}

fn offer(key: Key, takes: [Option<Takes>; 2]) -> Offer {
    let kind = OfferKind::Awaited;
    Offer { key, choice: None, takes, arrives: None, kind, stale: None, chance: 0 }
}

fn of_itself(fault: Choice) -> Option<Offer> {
    let Choice::Strike(strikes, _) = fault else { return None };
    let (kind, takes) = match chance::of_itself(strikes)? {
        OfItself::Perhaps(hazard) => (OfferKind::Perhaps(hazard), Takes::Act(Act::Again)),
        OfItself::Forgotten(window) => (OfferKind::Aside, remembered(window)),
    };
    Some(Offer { choice: Some(fault), kind, ..offer(Key::Choice(fault), [Some(takes), None]) })
}

fn remembered(window: Window) -> Takes {
    match window {
        Window::Dedup => Takes::Act(Act::DedupWindow),
        Window::Ttl => Takes::Act(Act::Ttl),
        Window::Inbox => Takes::Act(Act::Inbox),
        Window::Retention => Takes::Kept,
    }
}

fn key(world: &World, choice: Choice) -> Key {
    let item = |i: u8| world.visibility().map(|queue| queue.items()[i as usize]);
    match choice {
        Choice::Fire(Timer::Redelivery(i)) => {
            let entry = world.queue().map(|queue| queue.entries()[i as usize]);
            let copy = entry.map(|e| (e.msg, e.copy)).or(item(i).map(|item| (item.msg, item.copy)));
            let (msg, copy) = copy.unwrap_or_default();
            Key::Copy(Choice::Fire(Timer::Redelivery(0)), msg, copy)
        }
        Choice::Run(Run::Receive(c, i)) => {
            let (msg, copy) = item(i).map(|item| (item.msg, item.copy)).unwrap_or_default();
            Key::Copy(Choice::Run(Run::Receive(c, 0)), msg, copy)
        }
        _ => Key::Choice(choice),
    }
}

/// The message whose first line it is.
fn arrives(setup: &Setup, world: &World, choice: Choice) -> Option<Msg> {
    let Choice::Run(Run::Sender(s, msg)) = choice else { return None };
    let task = &world.senders[s as usize].tasks[msg as usize];
    let relay = setup.sender(s.into()) == crate::sim::Party::Relay;
    (!relay && task.pc == 0 && task.attempt == 0 && !task.again).then_some(msg)
}

fn one(act: Act) -> [Option<Takes>; 2] {
    [Some(Takes::Act(act)), None]
}

fn two(first: Act, second: Act) -> [Option<Takes>; 2] {
    [Some(Takes::Act(first)), Some(Takes::Act(second))]
}

/// A call of SQS goes over the internet, all else within a data centre.
fn way(setup: &Setup) -> Act {
    if setup.visibility().is_some() { Act::Api } else { Act::Network }
}

fn packet_takes(setup: &Setup, packet: &Packet) -> [Option<Takes>; 2] {
    if packet.late { one(Act::Late) } else { one(way(setup)) }
}

fn takes(setup: &Setup, world: &World, choice: Choice) -> [Option<Takes>; 2] {
    match choice {
        Choice::Run(run) => run_takes(setup, world, run),
        Choice::Fire(timer) => [Some(timer_takes(setup, world, timer)), None],
        Choice::Restart(party) => one(match (party.node(), party.store()) {
            (Some(_), _) => Act::BrokerRestart,
            (_, Some(_)) => Act::StoreRestart,
            _ => Act::ProcessRestart,
        }),
        Choice::Resume(_) => one(Act::Pause),
        Choice::Heal(_) => one(Act::Partition),
        Choice::Deliver(_) | Choice::DeliverStale(_) | Choice::Repeat(_) | Choice::Strike(..) => {
            one(way(setup))
        }
    }
}

fn run_takes(setup: &Setup, world: &World, run: Run) -> [Option<Takes>; 2] {
    match run {
        Run::Sender(s, m) => {
            let task = &world.senders[s as usize].tasks[m as usize];
            let first = task.attempt == 0;
            sender_takes(setup, setup.senders[s as usize].op(task.pc), first)
        }
        Run::Broker => broker_takes(setup, world),
        Run::Dispatch(_) => one(Act::HandOver),
        // The first request waits at the queue for a message; a later one has to come first.
        Run::Receive(c, _) if world.consumers[c as usize].n == 0 => one(Act::HandOver),
        Run::Receive(..) => two(Act::Api, Act::HandOver),
        Run::AutoCommit(_) => one(Act::AutoCommit),
        Run::Join(_) => one(Act::Network),
        Run::Elect(_) => one(Act::Election),
        Run::Fetch(_) => one(Act::Replicate),
        Run::Sync(_) => one(Act::Flush),
        Run::Refresh(_) => one(Act::Metadata),
        Run::Consumer(c) => {
            let op = setup.consumer.op(world.consumers[c as usize].pc);
            consumer_takes(setup, op, world.consumers[c as usize].tx.open)
        }
        Run::Worker(..) => consumer_takes(setup, setup.worker, false),
    }
}

fn sender_takes(setup: &Setup, op: Option<Op>, first: bool) -> [Option<Takes>; 2] {
    match op {
        // Committing a transaction flushes at once what it has.
        Some(Op::Send) if first && setup.log().is_some_and(|rules| !rules.transactional) => {
            one(Act::Linger)
        }
        Some(Op::Save | Op::MarkSent) => one(Act::DatabaseCommit),
        Some(Op::CommitTransaction) => one(Act::KafkaCommit),
        _ => one(Act::Line),
    }
}

fn consumer_takes(setup: &Setup, op: Option<Op>, inside: bool) -> [Option<Takes>; 2] {
    match op {
        Some(Op::CheckRedis | Op::MarkRedis | Op::Claim) => one(Act::Redis),
        Some(Op::Inbox | Op::StoreOffset) => one(Act::Database),
        Some(Op::Work | Op::Insert | Op::Upsert | Op::Set) if inside => {
            two(Act::Work, Act::Database)
        }
        // Without a transaction around it, a statement is one of its own.
        Some(Op::Work | Op::Insert | Op::Upsert | Op::Set) => two(Act::Work, Act::DatabaseCommit),
        Some(Op::Produce) => two(Act::Work, Act::Network),
        Some(Op::Commit) => one(Act::DatabaseCommit),
        Some(Op::Call) => one(Act::Service),
        Some(Op::SendOffsets) => two(Act::Network, Act::Network),
        Some(Op::CommitTransaction) => one(Act::KafkaCommit),
        // `commitSync` and `DeleteMessage` wait for the answer; `basic.ack` does not.
        Some(Op::Ack | Op::Release) if setup.queue().is_none() => two(way(setup), way(setup)),
        _ => one(Act::Line),
    }
}

/// The next line of the broker. What it does after it has answered holds nobody up.
fn broker_takes(setup: &Setup, world: &World) -> [Option<Takes>; 2] {
    let Some(queue) = world.queue() else { return one(Act::Line) };
    let entry = queue.entries().iter().find(|e| !setup.broker.ended(e.pc));
    let Some(pc) = entry.map(|e| e.pc) else { return one(Act::Line) };
    let answered = setup.broker.place(Op::Acknowledge).is_some_and(|place| pc > place);
    let quorum = setup.broker.has(Op::Replicate) && setup.broker.has(Op::Persist);
    match setup.broker.op(pc) {
        Some(Op::Write) => one(Act::Write),
        Some(Op::Persist | Op::Replicate) if answered => one(Act::Write),
        Some(Op::Persist) => one(Act::Sync),
        Some(Op::Replicate) if quorum => two(Act::Replicate, Act::Sync),
        Some(Op::Replicate) => one(Act::Replicate),
        _ => one(Act::Line),
    }
}

fn timer_takes(setup: &Setup, world: &World, timer: Timer) -> Takes {
    match timer {
        Timer::Ack(..) => Takes::Ack,
        Timer::Backoff(s, m) => Takes::Backoff(world.senders[s as usize].tasks[m as usize].attempt),
        Timer::Redelivery(_) if setup.visibility().is_some() => Takes::Visibility,
        Timer::Redelivery(i) => Takes::Act(redelivery(setup, world, i.into())),
        Timer::Session(c) => Takes::Act(match world.consumers[c as usize].pause {
            Pause::Slow => Act::PollInterval,
            _ => Act::Session,
        }),
        Timer::Lag(_) => Takes::Act(Act::Lag),
        Timer::Transaction(_) => Takes::Act(Act::TransactionTimeout),
    }
}

/// How long a queue waits for whoever holds a message. A connection that was closed is noticed at
/// once, one that is dead by its missing heartbeats, and a consumer that is connected and does not
/// settle by its own timeout.
fn redelivery(setup: &Setup, world: &World, index: usize) -> Act {
    let held = world.queue().map(|queue| queue.entries()[index].phase);
    let Some(Phase::Unacked(c)) = held else { return Act::Network };
    let consumer = &world.consumers[c as usize];
    let leaves = setup.scenario.consumer.on_error == OnError::Leave;
    match consumer.pause {
        Pause::Slow => Act::ConsumerTimeout,
        Pause::Still => Act::Heartbeat,
        Pause::No if !consumer.up => Act::Network,
        Pause::No if world.net.is_cut(world.leader(), crate::sim::Party::CONSUMERS[c as usize]) => {
            Act::Heartbeat
        }
        Pause::No if leaves => Act::ConsumerTimeout,
        Pause::No => Act::Network,
    }
}

/// Whether the choice ends with something synced to a disk: a copy at the broker, or a commit.
pub(super) fn syncs(setup: &Setup, world: &World, choice: Choice) -> bool {
    let line = |op: Option<Op>, inside: bool| {
        consumer_takes(setup, op, inside)
            .iter()
            .flatten()
            .any(|t| *t == Takes::Act(Act::DatabaseCommit))
    };
    match choice {
        Choice::Run(Run::Broker) => {
            let entries = world.queue().map_or(&[][..], |queue| queue.entries());
            let entry = entries.iter().find(|e| !setup.broker.ended(e.pc));
            let op = entry.and_then(|e| setup.broker.op(e.pc));
            let quorum = setup.broker.has(Op::Persist);
            op == Some(Op::Persist) || (op == Some(Op::Replicate) && quorum)
        }
        Choice::Run(Run::Sender(s, m)) => {
            let pc = world.senders[s as usize].tasks[m as usize].pc;
            matches!(setup.senders[s as usize].op(pc), Some(Op::Save | Op::MarkSent))
        }
        Choice::Run(Run::Consumer(c)) => {
            let consumer = &world.consumers[c as usize];
            line(setup.consumer.op(consumer.pc), consumer.tx.open)
        }
        Choice::Run(Run::Worker(..)) => line(setup.worker, false),
        _ => false,
    }
}
