//! One direction of a connection, cut into units that pass or wait as a whole.

use super::calls::{Calls, Handles};
use super::subjects::Subjects;
use super::tags::{Deliveries, Tags};
use crate::wire::{Protocol, amqp, http, nats};
use ackward::sim::PacketKind;

/// What the packets of a connection are called, in both directions.
#[derive(Default)]
pub struct Names {
    tags: Tags,
    subjects: Subjects,
    pub calls: Calls,
}

impl Names {
    pub fn new(handles: Handles) -> Names {
        Names { calls: Calls::new(handles), ..Names::default() }
    }
}

/// Bytes that belong together, and the packets that they are: kind, message, and attempt or delivery.
pub struct Unit {
    pub bytes: Vec<u8>,
    pub packets: Vec<(PacketKind, (u8, u8))>,
}

/// Cuts a stream of bytes into units.
pub enum Reader {
    Amqp(amqp::Reader),
    Nats(nats::Reader),
    Http(http::Reader),
}

impl Reader {
    pub fn new(protocol: Protocol, from_client: bool) -> Reader {
        match protocol {
            Protocol::Amqp if from_client => Reader::Amqp(amqp::Reader::of_client()),
            Protocol::Amqp => Reader::Amqp(amqp::Reader::of_broker()),
            Protocol::Nats => Reader::Nats(nats::Reader::default()),
            Protocol::Http => Reader::Http(http::Reader::default()),
        }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        match self {
            Reader::Amqp(reader) => reader.push(bytes),
            Reader::Nats(reader) => reader.push(bytes),
            Reader::Http(reader) => reader.push(bytes),
        }
    }

    /// Returns the next complete unit, if it has arrived.
    pub fn next_unit(
        &mut self,
        from_client: bool,
        names: &mut Names,
        deliveries: &mut Deliveries,
    ) -> Option<Unit> {
        Some(match self {
            Reader::Amqp(reader) => {
                let amqp::Unit { bytes, method } = reader.next_unit()?;
                Unit { bytes, packets: names.tags.names(&method, from_client, deliveries) }
            }
            Reader::Nats(reader) => {
                let nats::Frame { bytes, what } = reader.next_frame()?;
                let packet = names.subjects.name(&what, from_client);
                Unit { bytes, packets: packet.into_iter().collect() }
            }
            Reader::Http(reader) => {
                let message = reader.next_message()?;
                let packets = names.calls.names(&message, from_client);
                Unit { bytes: message.bytes, packets }
            }
        })
    }
}
