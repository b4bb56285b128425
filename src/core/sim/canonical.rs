//! What nobody will read any more is forgotten, so that states which can only go on alike are one.
//!
//! It is for searches without a script: which line ran before, what a copy's number was, how often
//! it was delivered are things that a script's points ask for. What is told of a run in the end,
//! and what a property counts, stays.
//!
//! Numbers that only say which is which (copies, deliveries, attempts, incarnations) are given
//! anew, in their old order and from the lowest: each is compared with others of its kind, and
//! never counted. Where a setting counts them (`maxReceiveCount`), they stay.

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
    /// Forgets what nothing that follows can depend on, while only faults of these kinds strike,
    /// and none from a script.
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
            // What a queue keeps of a dead letter can go with its node.
            self.ledger.canonicalize(msg, setup.queue().is_none());
        }
        // A cut names the nodes that it parts, and only the first can be isolated.
        if !classes.has(Class::Partition) {
            self.sort_nodes(setup);
        }
    }

    /// The lines that ran before, which only a script's points ask for; and what a consumer that
    /// waits for its next message has had in hand.
    fn forget_lines(&mut self, setup: &CompiledScenario) {
        for sender in &mut self.senders[..setup.senders.len()] {
            sender.tasks.iter_mut().for_each(|task| task.last = 0);
        }
        for consumer in &mut self.consumers[..setup.consumers()] {
            consumer.last = 0;
            // Also of one that stands still between two messages.
            if consumer.up && !consumer.in_hand(setup) {
                *consumer = Consumer { pc: 0, msg: 0, copy: 0, n: 0, ..*consumer };
            }
        }
    }

    /// Who asked, and at which attempt, where nobody waits for the answer any more.
    fn forget_answers(&mut self, setup: &CompiledScenario, classes: Classes) {
        let rules = setup.log();
        let sequences = rules.is_some_and(|rules| rules.idempotent);
        let fences = rules.is_some_and(|rules| rules.transactional);
        // These begin to count anew within one incarnation.
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
                    // The next one must not be taken for one that is over.
                    sender.epoch = 1;
                }
            }
        }
    }

    /// The same of what the broker has stored.
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

    /// Where a copy lies, as far as a crash can tell; and which delivery of it is which.
    fn forget_in_queue(&mut self, setup: &CompiledScenario, classes: Classes) {
        let counts = setup.queue().is_none_or(|rules| rules.max_deliveries.is_some());
        let World { broker: Broker::RabbitMq(queue), consumers, net, ledger, .. } = self else {
            return;
        };
        for e in queue.entries_mut() {
            if !classes.has(Class::Power) {
                // Only a power loss tells what is synced from what is written. What a node has
                // written it need not have in memory, too.
                e.page |= e.disk;
                e.disk = 0;
                e.memory &= !e.page;
            }
            // The number of a copy that does not count yet may come to be another's.
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

    /// How often a record was read, which nobody asks; and where a consumer would read on that
    /// has no partition: it begins at the group's offset when it gets it.
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

    /// Which receive of a message is which; and deletes that no replica can miss any more.
    fn forget_in_visibility(&mut self, setup: &CompiledScenario, classes: Classes) {
        let counts = setup.visibility().is_none_or(|rules| rules.max_receives.is_some());
        let World { broker: Broker::Sqs(queue), consumers, net, .. } = self else { return };
        let fifo = setup.visibility().is_some_and(|rules| rules.fifo);
        // A standard queue may deliver a deleted one once more, unless it has done so.
        if !classes.has(Class::Reappear) {
            queue.deleted &= if fifo { 0 } else { !queue.repeated };
        }
        if fifo {
            if counts {
                return;
            }
            for i in queue.items_mut() {
                // The newest handle is good for a delete whether or not its time is over.
                i.receives =
                    number_deliveries(setup, net, consumers, (i.msg, i.copy), true, i.receives);
            }
            let items = queue.items();
            let is_over = |msg, copy| !items.iter().any(|i| (i.msg, i.copy) == (msg, copy));
            forget_deliveries(setup, net, consumers, is_over);
        }
    }

    /// Numbers the copies of a message anew. What counts is which of them are the same, and how
    /// many more than one the broker stands by.
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

/// New numbers for old: those up to a pivot from 1 on, in their order; those above it as far above
/// as before.
struct Numbers {
    /// The old numbers that are in use, a bit each.
    named: u32,
    pivot: u8,
    /// The pivot's new number at least.
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

/// Shows every place that names a copy of the message.
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

/// Of a copy that is over, nobody asks which delivery it was.
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

/// Numbers the deliveries of a copy anew, wherever one is named; the answer is the new number of
/// the last. It is named itself while the broker waits for it (`held`).
fn number_deliveries(
    setup: &CompiledScenario,
    net: &mut Net,
    consumers: &mut [Consumer],
    (msg, copy): (MessageId, u8),
    held: bool,
    last: u8,
) -> u8 {
    // Copies beyond that share their number.
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
