//! A bijective bit-level encoding of a state, for the visited set.
//!
//! Equal states encode to equal bytes, and different states to different bytes: every field is
//! written with as many bits as its range needs. Cause references are left out, as they are left
//! out of equality.

use super::broker::Broker;
use super::broker::kafka::{Content, Entry as LogEntry, Partition, Replica};
use super::broker::rabbitmq::{Entry, Phase, Queue};
use super::broker::sqs::{Hold, Item, Queue as SqsQueue};
use super::compiled_scenario::CompiledScenario;
use super::consumer::{Consumer, Pause};
use super::ledger::{ProducerReport, Record};
use super::network::{Packet, PacketKind};
use super::participant::Participant;
use super::producer::{Sender, Task};
use super::stores::Tx;
use super::world::World;

/// A bit writer.
struct Writer<'a> {
    out: &'a mut Vec<u8>,
    held: u64,
    bits: u32,
}

impl Writer<'_> {
    fn put(&mut self, value: u8, bits: u32) {
        self.all([(value, bits)]);
    }

    /// Writes several fields of at most 32 bits in total at once; this runs for every transition
    /// the search tries.
    #[inline(always)]
    fn all<const N: usize>(&mut self, fields: [(u8, u32); N]) {
        let (mut word, mut at) = (0, 0);
        for (value, bits) in fields {
            debug_assert!(bits == 8 || u32::from(value) < 1 << bits, "{value} in {bits} bits");
            word |= u64::from(value) << at;
            at += bits;
        }
        debug_assert!(at <= 32);
        self.held |= word << self.bits;
        self.bits += at;
        // Flush four bytes at a time.
        if self.bits >= 32 {
            self.out.extend_from_slice(&(self.held as u32).to_le_bytes());
            self.held >>= 32;
            self.bits -= 32;
        }
    }

    #[inline]
    fn flag(&mut self, value: bool) {
        self.all([(u8::from(value), 1)]);
    }

    fn finish(self) {
        let bytes = self.bits.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.held.to_le_bytes()[..bytes]);
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u64,
    bits: u32,
}

impl Reader<'_> {
    #[inline]
    fn get(&mut self, bits: u32) -> u8 {
        if self.bits < bits {
            self.fill();
        }
        let value = (self.held & ((1 << bits) - 1)) as u8;
        self.held >>= bits;
        self.bits -= bits;
        value
    }

    #[inline]
    fn flag(&mut self) -> bool {
        self.get(1) == 1
    }

    fn fill(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let four = rest.first_chunk::<4>().copied().unwrap_or_else(|| {
            let mut four = [0; 4];
            four[..rest.len()].copy_from_slice(rest);
            four
        });
        self.held |= u64::from(u32::from_le_bytes(four)) << self.bits;
        self.at += 4;
        self.bits += 32;
    }
}

impl World {
    /// Appends the encoding of the state to `out`.
    pub fn encode(&self, setup: &CompiledScenario, out: &mut Vec<u8>) {
        let mut w = Writer { out, held: 0, bits: 0 };
        w.put(self.faults_used as u8, 8);
        w.put((self.faults_used >> 8) as u8, 8);
        for sender in &self.senders[..setup.senders.len()] {
            pack_sender(sender, setup, &mut w);
        }
        for consumer in &self.consumers[..setup.consumers()] {
            pack_consumer(consumer, &mut w);
        }
        let s = &self.stores;
        w.all([s.redis, s.inbox, s.rows, s.orders, s.outbox, s.offset, s.down].map(|n| (n, 4)));
        for record in (0..setup.scenario.messages).map(|m| self.ledger.of(m)) {
            pack_record(record, &mut w);
        }
        w.flag(self.ledger.out_of_order);
        w.flag(self.ledger.blocked);
        w.put(self.net.cut, 7);
        w.flag(self.net.overflow);
        w.put(self.net.packets().len() as u8, 5);
        for packet in self.net.packets() {
            pack_packet(packet, &mut w);
        }
        match &self.broker {
            Broker::RabbitMq(queue) => queue.encode(&mut w),
            Broker::Kafka(log) => log.encode(setup, &mut w),
            Broker::Sqs(queue) => queue.encode(&mut w),
        }
        w.finish();
    }

    /// Decodes a state that [`World::encode`] has written for the same compiled scenario.
    pub fn decode(setup: &CompiledScenario, bytes: &[u8]) -> World {
        let mut r = Reader { bytes, at: 0, held: 0, bits: 0 };
        let mut world = World::new(setup);
        world.faults_used = u16::from(r.get(8)) | u16::from(r.get(8)) << 8;
        for sender in &mut world.senders[..setup.senders.len()] {
            *sender = unpack_sender(setup, &mut r);
        }
        for consumer in &mut world.consumers[..setup.consumers()] {
            *consumer = unpack_consumer(&mut r);
        }
        let s = &mut world.stores;
        let fours = [
            &mut s.redis,
            &mut s.inbox,
            &mut s.rows,
            &mut s.orders,
            &mut s.outbox,
            &mut s.offset,
            &mut s.down,
        ];
        for four in fours {
            *four = r.get(4);
        }
        for msg in 0..setup.scenario.messages {
            *world.ledger.of_mut(msg) = unpack_record(&mut r);
        }
        world.ledger.out_of_order = r.flag();
        world.ledger.blocked = r.flag();
        world.net.cut = r.get(7);
        world.net.overflow = r.flag();
        for _ in 0..r.get(5) {
            world.net.push(unpack_packet(&mut r));
        }
        match &mut world.broker {
            Broker::RabbitMq(queue) => queue.decode(&mut r),
            Broker::Kafka(log) => log.decode(setup, &mut r),
            Broker::Sqs(queue) => queue.decode(&mut r),
        }
        world
    }
}

fn pack_sender(sender: &Sender, setup: &CompiledScenario, w: &mut Writer) {
    let Sender { up, gone, epoch, paused, overslept, .. } = *sender;
    let Sender { stale, unresolved, hole, sequence, .. } = *sender;
    w.all([(up.into(), 1), (gone.into(), 1), (epoch, 3), (sequence, 4)]);
    w.all([paused, stale, unresolved, hole].map(|flag| (flag.into(), 1)));
    w.put(overslept, 4);
    if setup.successor {
        w.flag(sender.replaced);
    }
    for task in &sender.tasks[..setup.scenario.messages.into()] {
        let Task { pc, last, attempt, seq, again, .. } = *task;
        w.all([(pc, 4), (last, 4), (attempt, 3), (seq, 4), (again.into(), 1)]);
    }
}

fn unpack_sender(setup: &CompiledScenario, r: &mut Reader) -> Sender {
    let mut sender = Sender {
        up: r.flag(),
        gone: r.flag(),
        epoch: r.get(3),
        sequence: r.get(4),
        paused: r.flag(),
        stale: r.flag(),
        unresolved: r.flag(),
        hole: r.flag(),
        overslept: r.get(4),
        replaced: setup.successor && r.flag(),
        ..Sender::default()
    };
    for task in &mut sender.tasks[..setup.scenario.messages.into()] {
        *task = Task {
            pc: r.get(4),
            last: r.get(4),
            attempt: r.get(3),
            seq: r.get(4),
            again: r.flag(),
            ..Task::default()
        };
    }
    sender
}

fn pack_consumer(consumer: &Consumer, w: &mut Writer) {
    let Consumer { up, pause, pc, last, msg, copy, n, seen, pending, position, tx, .. } = *consumer;
    w.all([(up.into(), 1), (pause as u8, 2), (pc, 5), (last, 5), (msg, 2), (copy, 4), (n, 5)]);
    w.all([(seen, 4), (pending, 8), (position, 4)]);
    let Tx { open, broken, inbox, work, row, offset } = tx;
    w.all([open, broken, inbox, work, row, offset].map(|flag| (flag.into(), 1)));
}

fn unpack_consumer(r: &mut Reader) -> Consumer {
    Consumer {
        up: r.flag(),
        pause: match r.get(2) {
            0 => Pause::No,
            1 => Pause::Still,
            _ => Pause::Slow,
        },
        pc: r.get(5),
        last: r.get(5),
        msg: r.get(2),
        copy: r.get(4),
        n: r.get(5),
        seen: r.get(4),
        pending: r.get(8),
        position: r.get(4),
        tx: Tx {
            open: r.flag(),
            broken: r.flag(),
            inbox: r.flag(),
            work: r.flag(),
            row: r.flag(),
            offset: r.flag(),
        },
        ..Consumer::default()
    }
}

fn pack_record(record: &Record, w: &mut Writer) {
    let Record { sent, stored, gone, begun, handled, applied, called, saved, told, dead } = *record;
    w.all([stored, begun, handled, applied, called, gone, dead].map(|count| (count, 3)));
    w.all([(sent.into(), 1), (saved.into(), 1), (told as u8, 2)]);
}

fn unpack_record(r: &mut Reader) -> Record {
    Record {
        stored: r.get(3),
        begun: r.get(3),
        handled: r.get(3),
        applied: r.get(3),
        called: r.get(3),
        gone: r.get(3),
        dead: r.get(3),
        sent: r.flag(),
        saved: r.flag(),
        told: match r.get(2) {
            0 => ProducerReport::Nothing,
            1 => ProducerReport::Ok,
            _ => ProducerReport::Error,
        },
    }
}

fn pack_packet(packet: &Packet, w: &mut Writer) {
    let Packet { from, to, kind, msg, copy, n, epoch, seq, late, .. } = *packet;
    w.all([(from as u8, 4), (to as u8, 4), (kind as u8, 4), (msg, 2), (copy, 4), (n, 5)]);
    w.all([(epoch, 3), (seq, 4), (late.into(), 1)]);
}

fn unpack_packet(r: &mut Reader) -> Packet {
    Packet {
        from: Participant::ALL[usize::from(r.get(4)) % Participant::ALL.len()],
        to: Participant::ALL[usize::from(r.get(4)) % Participant::ALL.len()],
        kind: PacketKind::ALL[usize::from(r.get(4)) % PacketKind::ALL.len()],
        msg: r.get(2),
        copy: r.get(4),
        n: r.get(5),
        epoch: r.get(3),
        seq: r.get(4),
        late: r.flag(),
        ..Packet::default()
    }
}

impl Queue {
    fn encode(&self, w: &mut Writer) {
        let (up, gone, leader) = self.nodes();
        w.put(up, 3);
        w.put(gone, 3);
        w.put(leader, 2);
        w.flag(self.overflow);
        w.put(self.entries().len() as u8, 4);
        for e in self.entries() {
            let holder = match e.phase {
                Phase::Ready => 0,
                Phase::Unacked(c) => c + 1,
                Phase::Dead => 3,
                Phase::Settled => 4,
            };
            w.all([
                (e.msg, 2),
                (e.copy, 4),
                (e.sender, 1),
                (e.epoch, 3),
                (e.attempt, 3),
                (e.pc, 4),
            ]);
            w.all([
                (e.memory, 3),
                (e.page, 3),
                (e.disk, 3),
                (e.ack_pending.into(), 1),
                (holder, 3),
            ]);
            w.all([(e.deliveries, 5), (e.failures, 5)]);
        }
    }

    fn decode(&mut self, r: &mut Reader) {
        self.set_nodes(r.get(3), r.get(3), r.get(2));
        self.overflow = r.flag();
        for _ in 0..r.get(4) {
            self.push(Entry {
                msg: r.get(2),
                copy: r.get(4),
                sender: r.get(1),
                epoch: r.get(3),
                attempt: r.get(3),
                pc: r.get(4),
                memory: r.get(3),
                page: r.get(3),
                disk: r.get(3),
                ack_pending: r.flag(),
                phase: match r.get(3) {
                    0 => Phase::Ready,
                    3 => Phase::Dead,
                    4 => Phase::Settled,
                    c => Phase::Unacked(c - 1),
                },
                deliveries: r.get(5),
                failures: r.get(5),
                ..Entry::default()
            });
        }
    }
}

impl Partition {
    fn encode(&self, setup: &CompiledScenario, w: &mut Writer) {
        let (up, gone, leader) = self.nodes();
        w.put(up, 3);
        w.put(gone, 3);
        w.put(leader, 2);
        w.flag(self.overflow);
        w.put(self.in_sync, 3);
        w.put(self.eligible, 3);
        w.put(self.high_watermark, 4);
        w.put(self.epochs[0], 3);
        w.put(self.epochs[1], 3);
        w.put(self.committed.map_or(15, |offset| offset), 4);
        w.put(self.owner.map_or(3, |owner| owner), 2);
        for replica in &self.replicas[..setup.replicas.into()] {
            w.put(replica.end, 4);
            w.put(replica.synced, 4);
        }
        w.put(self.entries().len() as u8, 4);
        for e in self.entries() {
            w.all([(e.content as u8, 2), (e.msg, 2), (e.copy, 4), (e.sender, 1), (e.epoch, 3)]);
            w.all([(e.seq, 4), (e.attempt, 3), (e.ack_pending.into(), 1), (e.answered.into(), 1)]);
            w.all([(e.decided as u8, 2), (e.deliveries, 3)]);
        }
    }

    fn decode(&mut self, setup: &CompiledScenario, r: &mut Reader) {
        self.set_nodes(r.get(3), r.get(3), r.get(2));
        self.overflow = r.flag();
        self.in_sync = r.get(3);
        self.eligible = r.get(3);
        self.high_watermark = r.get(4);
        self.epochs = [r.get(3), r.get(3)];
        self.committed = Some(r.get(4)).filter(|&offset| offset != 15);
        self.owner = Some(r.get(2)).filter(|&owner| owner != 3);
        for replica in &mut self.replicas[..setup.replicas.into()] {
            *replica = Replica { end: r.get(4), synced: r.get(4) };
        }
        for _ in 0..r.get(4) {
            self.restore(LogEntry {
                content: content(r.get(2)),
                msg: r.get(2),
                copy: r.get(4),
                sender: r.get(1),
                epoch: r.get(3),
                seq: r.get(4),
                attempt: r.get(3),
                ack_pending: r.flag(),
                answered: r.flag(),
                decided: content(r.get(2)),
                deliveries: r.get(3),
                ..LogEntry::default()
            });
        }
    }
}

fn content(number: u8) -> Content {
    match number {
        0 => Content::Data,
        1 => Content::Commit,
        _ => Content::Abort,
    }
}

impl SqsQueue {
    fn encode(&self, w: &mut Writer) {
        w.put(self.remembered, 4);
        w.put(self.deleted, 4);
        w.put(self.repeated, 4);
        w.flag(self.overflow);
        w.put(self.items().len() as u8, 4);
        for i in self.items() {
            w.put(i.msg, 2);
            w.put(i.copy, 4);
            w.put(
                match i.hold {
                    Hold::Visible => 0,
                    Hold::InFlight(c) => c + 1,
                },
                2,
            );
            w.put(i.receives, 3);
        }
    }

    fn decode(&mut self, r: &mut Reader) {
        self.remembered = r.get(4);
        self.deleted = r.get(4);
        self.repeated = r.get(4);
        self.overflow = r.flag();
        for _ in 0..r.get(4) {
            self.restore(Item {
                msg: r.get(2),
                copy: r.get(4),
                hold: match r.get(2) {
                    0 => Hold::Visible,
                    c => Hold::InFlight(c - 1),
                },
                receives: r.get(3),
                ..Item::default()
            });
        }
    }
}
