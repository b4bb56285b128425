//! A bijective bit-level encoding of a state, for the visited set.
//!
//! Equal states encode to equal bytes, and different states to different bytes: every field is
//! written with as many bits as its range needs. Cause references are left out, as they are left
//! out of equality. Each broker encodes its own state.

use super::bits::{Reader, Writer};
use super::compiled_scenario::CompiledScenario;
use super::consumer::{Attempts, Consumer, Held, Pause};
use super::ledger::{ProducerReport, Record};
use super::network::{Packet, PacketKind};
use super::participant::Participant;
use super::producer::{Batches, Sender, Task};
use super::program::Op;
use super::stores::{Places, Stores, Tx};
use super::world::World;

impl World {
    /// Appends the encoding of the state to `out`.
    pub fn encode(&self, setup: &CompiledScenario, out: &mut Vec<u8>) {
        let mut w = Writer::new(out);
        w.put(self.faults_used as u8, 8);
        w.put((self.faults_used >> 8) as u8, 8);
        for sender in &self.senders[..setup.senders.len()] {
            encode_sender(sender, setup, &mut w);
        }
        for consumer in &self.consumers[..setup.consumers()] {
            encode_consumer(consumer, setup, &mut w);
        }
        let s = &self.stores;
        w.all([s.redis, s.inbox, s.rows, s.orders, s.outbox, s.offset, s.down].map(|n| (n, 4)));
        if setup.consumer.has(Op::ClaimInProgress) {
            w.put(s.claimed, 4);
        }
        encode_outbox(s, setup, &mut w);
        for record in (0..setup.configuration().messages).map(|m| self.ledger.of(m)) {
            encode_record(record, &mut w);
        }
        w.flag(self.ledger.out_of_order);
        w.flag(self.ledger.blocked);
        w.put(self.net.cut, links(setup));
        w.flag(self.net.overflow);
        w.put(self.net.packets().len() as u8, 5);
        for packet in self.net.packets() {
            encode_packet(packet, setup, &mut w);
        }
        self.broker.encode(setup, &mut w);
        w.finish();
    }

    /// Decodes a state that [`World::encode`] has written for the same compiled scenario.
    pub fn decode(setup: &CompiledScenario, bytes: &[u8]) -> World {
        let mut r = Reader::new(bytes);
        let mut world = World::new(setup);
        world.faults_used = u16::from(r.get(8)) | u16::from(r.get(8)) << 8;
        for sender in &mut world.senders[..setup.senders.len()] {
            *sender = decode_sender(setup, &mut r);
        }
        for consumer in &mut world.consumers[..setup.consumers()] {
            *consumer = decode_consumer(setup, &mut r);
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
        if setup.consumer.has(Op::ClaimInProgress) {
            s.claimed = r.get(4);
        }
        decode_outbox(s, setup, &mut r);
        for msg in 0..setup.configuration().messages {
            *world.ledger.of_mut(msg) = decode_record(&mut r);
        }
        world.ledger.out_of_order = r.flag();
        world.ledger.blocked = r.flag();
        world.net.cut = r.get(links(setup));
        world.net.overflow = r.flag();
        for _ in 0..r.get(5) {
            world.net.push(decode_packet(setup, &mut r));
        }
        world.broker.decode(setup, &mut r);
        world
    }
}

/// Returns the number of connections that can be cut: the last one is that of the second relay.
fn links(setup: &CompiledScenario) -> u32 {
    if setup.has_two_relays() { 8 } else { 7 }
}

fn encode_outbox(stores: &Stores, setup: &CompiledScenario, w: &mut Writer) {
    if setup.overlaps(0) {
        w.put(stores.open, 4);
    }
    if setup.has_places() {
        w.all(stores.places.of.map(|place| (place, 3)));
        w.put(stores.places.last, 3);
    }
}

fn decode_outbox(stores: &mut Stores, setup: &CompiledScenario, r: &mut Reader) {
    if setup.overlaps(0) {
        stores.open = r.get(4);
    }
    if setup.has_places() {
        stores.places = Places { of: [0; 4].map(|_| r.get(3)), last: r.get(3) };
    }
}

fn encode_sender(sender: &Sender, setup: &CompiledScenario, w: &mut Writer) {
    let Sender { up, gone, epoch, paused, overslept, .. } = *sender;
    let Sender { stale, batches: [first, added], knows_added, .. } = *sender;
    let Batches { unresolved, hole, sequence } = first;
    w.all([(up.into(), 1), (gone.into(), 1), (epoch, 3), (sequence, 4)]);
    w.all([paused, stale, unresolved, hole].map(|flag| (flag.into(), 1)));
    w.put(overslept, 4);
    if setup.successor {
        w.flag(sender.replaced);
    }
    if setup.holds_rows() {
        w.put(sender.held, 4);
    }
    if setup.has_two_relays() {
        w.put(sender.locked, 4);
    }
    if setup.may_grow() {
        let Batches { unresolved, hole, sequence } = added;
        w.put(sequence, 4);
        w.all([unresolved, hole, knows_added].map(|flag| (flag.into(), 1)));
    }
    for task in &sender.tasks[..setup.configuration().messages.into()] {
        let Task { pc, last, attempt, seq, again, .. } = *task;
        w.all([(pc, 4), (last, 4), (attempt, 3), (seq, 4), (again.into(), 1)]);
        if setup.may_grow() {
            w.flag(task.added);
        }
    }
}

fn decode_sender(setup: &CompiledScenario, r: &mut Reader) -> Sender {
    let mut sender = Sender { up: r.flag(), gone: r.flag(), epoch: r.get(3), ..Sender::default() };
    let [first, added] = &mut sender.batches;
    first.sequence = r.get(4);
    (sender.paused, sender.stale) = (r.flag(), r.flag());
    (first.unresolved, first.hole) = (r.flag(), r.flag());
    sender.overslept = r.get(4);
    sender.replaced = setup.successor && r.flag();
    if setup.holds_rows() {
        sender.held = r.get(4);
    }
    if setup.has_two_relays() {
        sender.locked = r.get(4);
    }
    if setup.may_grow() {
        *added = Batches { sequence: r.get(4), unresolved: r.flag(), hole: r.flag() };
        sender.knows_added = r.flag();
    }
    for task in &mut sender.tasks[..setup.configuration().messages.into()] {
        *task = Task {
            pc: r.get(4),
            last: r.get(4),
            attempt: r.get(3),
            seq: r.get(4),
            again: r.flag(),
            added: setup.may_grow() && r.flag(),
            ..Task::default()
        };
    }
    sender
}

fn encode_consumer(consumer: &Consumer, setup: &CompiledScenario, w: &mut Writer) {
    let Consumer { up, pause, pc, last, msg, copy, n, seen, pending, position, tx, .. } = *consumer;
    w.all([(up.into(), 1), (pause as u8, 2), (pc, 5), (last, 5), (msg, 2), (copy, 4), (n, 5)]);
    w.all([(seen, 4), (pending, 8), (position, 4)]);
    if setup.may_grow() {
        w.put(consumer.position_added, 4);
    }
    let Tx { open, broken, inbox, work, row, offset } = tx;
    w.all([open, broken, inbox, work, row, offset].map(|flag| (flag.into(), 1)));
    if setup.consumer.has(Op::ClaimInProgress) {
        w.flag(consumer.claims);
    }
    if setup.remembers_attempts() {
        let Attempts { msg, copy, failed, lasting, settled } = consumer.attempts;
        w.all([(msg, 2), (copy, 4), (failed, 4), (lasting.into(), 1), (settled.into(), 1)]);
    }
    if setup.batching.is_some() {
        w.all([(consumer.batch.at, 3), (consumer.batch.items.len() as u8, 4)]);
        for &Held { msg, copy, n, failed } in &consumer.batch.items {
            w.all([(msg, 2), (copy, 4), (n, 5), (failed.into(), 1)]);
        }
    }
}

fn decode_consumer(setup: &CompiledScenario, r: &mut Reader) -> Consumer {
    let mut consumer = Consumer {
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
        position_added: if setup.may_grow() { r.get(4) } else { 0 },
        tx: Tx {
            open: r.flag(),
            broken: r.flag(),
            inbox: r.flag(),
            work: r.flag(),
            row: r.flag(),
            offset: r.flag(),
        },
        ..Consumer::default()
    };
    consumer.claims = setup.consumer.has(Op::ClaimInProgress) && r.flag();
    if setup.remembers_attempts() {
        consumer.attempts = Attempts {
            msg: r.get(2),
            copy: r.get(4),
            failed: r.get(4),
            lasting: r.flag(),
            settled: r.flag(),
        };
    }
    if setup.batching.is_some() {
        consumer.batch.at = r.get(3);
        for _ in 0..r.get(4) {
            let held = Held { msg: r.get(2), copy: r.get(4), n: r.get(5), failed: r.flag() };
            consumer.batch.items.push(held);
        }
    }
    consumer
}

fn encode_record(record: &Record, w: &mut Writer) {
    let Record { sent, stored, gone, begun, handled, applied, called, saved, told, dead } = *record;
    w.all([stored, begun, handled, applied, called, gone, dead].map(|count| (count, 3)));
    w.all([(sent.into(), 1), (saved.into(), 1), (told as u8, 2)]);
}

fn decode_record(r: &mut Reader) -> Record {
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

fn encode_packet(packet: &Packet, setup: &CompiledScenario, w: &mut Writer) {
    let Packet { from, to, kind, msg, copy, n, epoch, seq, late, overtaken, .. } = *packet;
    w.all([(from as u8, 4), (to as u8, 4), (kind as u8, 4), (msg, 2), (copy, 4), (n, 5)]);
    w.all([(epoch, 3), (seq, 4), (late.into(), 1), (overtaken.into(), 1)]);
    if setup.may_grow() {
        w.flag(packet.added);
    }
}

fn decode_packet(setup: &CompiledScenario, r: &mut Reader) -> Packet {
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
        overtaken: r.flag(),
        added: setup.may_grow() && r.flag(),
        ..Packet::default()
    }
}
