//! Symmetry reduction: maps a state to the canonical representative of its equivalence class, so
//! that states with the same future behavior are stored once (Ip & Dill, "Better verification
//! through symmetry", 1996).
//!
//! Two things are normalized. Dead values, which no later transition reads, are reset: which
//! instruction ran before, the number of a copy, or the number of its deliveries matter only to the
//! fault points of a script, so the reduction applies only to searches without one. The outcome of
//! a run, and everything that a property counts, is kept. Interchangeable identities are renamed:
//! the broker's nodes, and the numbers that only tell things apart (copies, deliveries, attempts,
//! incarnations). These are renumbered from the lowest in their old order, because each is compared
//! only with others of its kind and never counted. Where a setting counts them (`maxReceiveCount`),
//! they are kept.

use super::broker::Broker;
use super::broker::kafka::Content;
use super::broker::rabbitmq::Phase;
use super::compiled_scenario::CompiledScenario;
use super::consumer::Consumer;
use super::fault::{Class, Classes};
use super::ledger::Record;
use super::network::{Net, Packet};
use super::participant::{MessageId, Participant};
use super::world::World;

impl World {
    /// Replaces the state by its canonical representative. Valid only while the faults that strike
    /// are of these classes, and none comes from a script.
    pub fn canonicalize(&mut self, setup: &CompiledScenario, classes: Classes) {
        self.forget_lines(setup);
        self.forget_answers(setup, classes);
        match self.broker {
            Broker::RabbitMq(_) => self.forget_in_queue(setup, classes),
            Broker::Kafka(_) => self.forget_in_log(setup),
            Broker::Sqs(_) => self.forget_in_visibility(setup, classes),
        }
        for msg in 0..setup.scenario.messages {
            if setup.visibility().is_none_or(|rules| rules.fifo) {
                self.number_copies(setup, msg);
            }
            // A dead letter that a queue keeps can be lost with its node.
            self.ledger.canonicalize(msg, setup.queue().is_none());
        }
        // A cut connection names the nodes at its ends, and only the first node can be isolated:
        // under partitions the nodes are not interchangeable.
        if !classes.has(Class::Partition) {
            self.sort_nodes(setup);
        }
    }

    /// Clears the previously run instruction, which only the fault points of a script read, and the
    /// last message of a consumer that waits for its next one.
    fn forget_lines(&mut self, setup: &CompiledScenario) {
        for sender in &mut self.senders[..setup.senders.len()] {
            sender.tasks.iter_mut().for_each(|task| task.last = 0);
        }
        for consumer in &mut self.consumers[..setup.consumers()] {
            consumer.last = 0;
            // This includes a consumer that is paused between two messages.
            if consumer.up && !consumer.in_hand(setup) {
                *consumer = Consumer { pc: 0, msg: 0, copy: 0, n: 0, ..*consumer };
            }
        }
    }

    /// Clears the sender and attempt of requests for whose answer nobody waits any more.
    fn forget_answers(&mut self, setup: &CompiledScenario, classes: Classes) {
        let rules = setup.log();
        let sequences = rules.is_some_and(|rules| rules.idempotent);
        let fences = rules.is_some_and(|rules| rules.transactional);
        // These senders restart their attempt count within one incarnation.
        let again = classes.has(Class::Twice) || setup.sender(1) == Participant::Relay;
        let epochs = self.senders.map(|sender| sender.epoch);
        let attempts = self.senders.map(|sender| sender.tasks.map(|task| task.attempt));
        let current = |s: usize, msg: MessageId, epoch: u8, n: u8| {
            epoch == epochs[s] && (again || attempts[s][msg as usize] == n)
        };
        for packet in self.net.packets_mut() {
            let Some(s) = packet.from.sender().or(packet.to.sender()) else { continue };
            if !current(s, packet.msg, packet.epoch, packet.n) {
                packet.n = 0;
            }
            if packet.kind.is_for_producer() {
                packet.copy = 0;
            }
            if !sequences {
                packet.seq = 0;
                if !fences {
                    packet.epoch = u8::from(packet.epoch == epochs[s]);
                }
            }
        }
        self.forget_askers(current, sequences, fences, &epochs);
        if !sequences {
            for sender in &mut self.senders[..setup.senders.len()] {
                sender.sequence = 0;
                sender.tasks.iter_mut().for_each(|task| task.seq = 0);
                if !fences {
                    // A later incarnation must not be mistaken for an earlier one.
                    sender.epoch = 1;
                }
            }
        }
    }

    /// Clears the sender and attempt of copies and records stored by the broker, where no
    /// acknowledgment is pending.
    fn forget_askers(
        &mut self,
        current: impl Fn(usize, MessageId, u8, u8) -> bool,
        sequences: bool,
        fences: bool,
        epochs: &[u8; 2],
    ) {
        match &mut self.broker {
            Broker::RabbitMq(queue) => {
                for e in queue.entries_mut() {
                    if !e.ack_pending {
                        (e.sender, e.epoch, e.attempt) = (0, 0, 0);
                        continue;
                    }
                    if !current(e.sender.into(), e.msg, e.epoch, e.attempt) {
                        e.attempt = 0;
                    }
                    e.epoch = u8::from(e.epoch == epochs[usize::from(e.sender)]);
                }
            }
            Broker::Kafka(log) => {
                for e in log.entries_mut() {
                    e.answered = false;
                    if !e.ack_pending || !current(e.sender.into(), e.msg, e.epoch, e.attempt) {
                        e.attempt = 0;
                    }
                    if !sequences && !fences {
                        let current = e.ack_pending && e.epoch == epochs[usize::from(e.sender)];
                        (e.seq, e.epoch) = (0, u8::from(current));
                        e.sender = if e.ack_pending { e.sender } else { 0 };
                    }
                }
            }
            Broker::Sqs(_) => {}
        }
    }

    /// Merges the storage levels of a copy that no enabled fault can tell apart, and renumbers its
    /// deliveries.
    fn forget_in_queue(&mut self, setup: &CompiledScenario, classes: Classes) {
        let counts = setup.queue().is_none_or(|rules| rules.max_deliveries.is_some());
        let World { broker: Broker::RabbitMq(queue), consumers, net, ledger, .. } = self else {
            return;
        };
        for e in queue.entries_mut() {
            if !classes.has(Class::Power) {
                // Only a power loss distinguishes synced from written data, and a copy that a node
                // has written need not be tracked in its memory as well.
                e.page |= e.disk;
                e.disk = 0;
                e.memory &= !e.page;
            }
            // The number of a copy that is not counted as stored yet may be reused for another
            // copy.
            if !counts && e.phase != Phase::Dead && e.copy <= ledger.of(e.msg).stored {
                let held = e.phase != Phase::Ready;
                e.deliveries =
                    number_deliveries(setup, net, consumers, (e.msg, e.copy), held, e.deliveries);
            }
        }
        let is_over = |msg: MessageId, copy: u8| {
            let kept = queue.entries().iter().any(|e| (e.msg, e.copy) == (msg, copy));
            !kept && copy <= ledger.of(msg).stored
        };
        forget_deliveries(setup, net, consumers, is_over);
    }

    /// Clears the delivery counts of records, which nothing reads, and the position of a consumer
    /// without the partition: when the partition is assigned to it, it starts from the committed
    /// offset.
    fn forget_in_log(&mut self, setup: &CompiledScenario) {
        let World { broker: Broker::Kafka(log), consumers, net, .. } = self else { return };
        log.entries_mut().iter_mut().for_each(|e| e.deliveries = 0);
        for packet in net.packets_mut().iter_mut().filter(|p| is_for_consumers(p)) {
            packet.n = 1;
        }
        for (c, consumer) in consumers[..setup.consumers()].iter_mut().enumerate() {
            consumer.n = consumer.n.min(1);
            if log.owner != Some(c as u8) {
                consumer.position = 0;
            }
        }
    }

    /// Renumbers the receives of a message, and drops deletes that no replica can miss any more.
    fn forget_in_visibility(&mut self, setup: &CompiledScenario, classes: Classes) {
        let counts = setup.visibility().is_none_or(|rules| rules.max_receives.is_some());
        let World { broker: Broker::Sqs(queue), consumers, net, .. } = self else { return };
        let fifo = setup.visibility().is_some_and(|rules| rules.fifo);
        // A standard queue may deliver a deleted message once more, unless it has already done so.
        if !classes.has(Class::Reappear) {
            queue.deleted &= if fifo { 0 } else { !queue.repeated };
        }
        if fifo {
            if counts {
                return;
            }
            for i in queue.items_mut() {
                // The newest receipt handle allows a delete whether or not its visibility timeout
                // has expired.
                i.receives =
                    number_deliveries(setup, net, consumers, (i.msg, i.copy), true, i.receives);
            }
            let items = queue.items();
            let is_over = |msg, copy| !items.iter().any(|i| (i.msg, i.copy) == (msg, copy));
            forget_deliveries(setup, net, consumers, is_over);
        }
    }

    /// Renumbers the copies of a message. All that matters is which references mean the same copy,
    /// and how many copies the broker vouches for, up to two.
    fn number_copies(&mut self, setup: &CompiledScenario, msg: MessageId) {
        let World { broker, consumers, net, ledger, .. } = self;
        let mut named = 0;
        let mut name = |copy: u8| named |= 1 << copy;
        each_copy(setup, broker, consumers, net, msg, |copy| name(*copy));
        let (stored, least) = ledger.counted(msg);
        let numbers = Numbers { named, pivot: stored, least };
        each_copy(setup, broker, consumers, net, msg, |copy| *copy = numbers.of(*copy));
        ledger.set_stored(msg, numbers.of_pivot(), least);
    }
}

/// An order-preserving renumbering: numbers in use up to a pivot become 1, 2, …; numbers above it
/// keep their distance to it.
struct Numbers {
    /// The old numbers that are in use, one bit each.
    named: u32,
    pivot: u8,
    /// Lower bound of the pivot's new number.
    least: u8,
}

impl Numbers {
    fn up_to(&self, n: u8) -> u8 {
        (self.named & ((2 << n) - 1) & !1).count_ones() as u8
    }

    fn of_pivot(&self) -> u8 {
        self.up_to(self.pivot).max(self.least)
    }

    fn of(&self, n: u8) -> u8 {
        if n <= self.pivot { self.up_to(n) } else { self.of_pivot() + (n - self.pivot) }
    }
}

fn is_for_consumers(packet: &Packet) -> bool {
    packet.from.consumer().is_some() || packet.to.consumer().is_some()
}

/// Calls `show` on every reference to a copy of the message.
fn each_copy(
    setup: &CompiledScenario,
    broker: &mut Broker,
    consumers: &mut [Consumer],
    net: &mut Net,
    msg: MessageId,
    mut show: impl FnMut(&mut u8),
) {
    match broker {
        Broker::RabbitMq(queue) => {
            queue.entries_mut().iter_mut().filter(|e| e.msg == msg).for_each(|e| show(&mut e.copy));
        }
        Broker::Kafka(log) => {
            let entries = log.entries_mut().iter_mut();
            let records = entries.filter(|e| e.msg == msg && e.content == Content::Data);
            records.for_each(|e| show(&mut e.copy));
        }
        Broker::Sqs(queue) => {
            queue.items_mut().iter_mut().filter(|i| i.msg == msg).for_each(|i| show(&mut i.copy));
        }
    }
    for packet in net.packets_mut().iter_mut().filter(|p| p.msg == msg && is_for_consumers(p)) {
        show(&mut packet.copy);
    }
    for consumer in consumers[..setup.consumers()].iter_mut() {
        if consumer.msg == msg && consumer.in_hand(setup) {
            show(&mut consumer.copy);
        }
    }
}

/// Resets the delivery number of every reference to a copy that the broker no longer holds.
fn forget_deliveries(
    setup: &CompiledScenario,
    net: &mut Net,
    consumers: &mut [Consumer],
    is_over: impl Fn(MessageId, u8) -> bool,
) {
    for packet in net.packets_mut().iter_mut().filter(|p| is_for_consumers(p)) {
        if is_over(packet.msg, packet.copy) {
            packet.n = 1;
        }
    }
    for consumer in consumers[..setup.consumers()].iter_mut() {
        if consumer.in_hand(setup) && is_over(consumer.msg, consumer.copy) {
            consumer.n = 1;
        }
    }
}

/// Renumbers the deliveries of a copy wherever they are referenced, and returns the new number of
/// the last one. The last delivery itself counts as referenced while the broker waits for it
/// (`held`).
fn number_deliveries(
    setup: &CompiledScenario,
    net: &mut Net,
    consumers: &mut [Consumer],
    (msg, copy): (MessageId, u8),
    held: bool,
    last: u8,
) -> u8 {
    // All copies beyond the maximum share one number.
    if copy > Record::MOST {
        return last;
    }
    let about = |p: &&mut Packet| (p.msg, p.copy) == (msg, copy) && is_for_consumers(p);
    let has = |c: &&mut Consumer| (c.msg, c.copy) == (msg, copy) && c.in_hand(setup);
    let mut named = u32::from(held) << last;
    net.packets_mut().iter_mut().filter(about).for_each(|p| named |= 1 << p.n);
    consumers.iter_mut().filter(has).for_each(|c| named |= 1 << c.n);
    let numbers = Numbers { named, pivot: last, least: 0 };
    net.packets_mut().iter_mut().filter(about).for_each(|p| p.n = numbers.of(p.n));
    consumers.iter_mut().filter(has).for_each(|c| c.n = numbers.of(c.n));
    numbers.of_pivot()
}
