//! Just enough of the products' wire protocols to name a packet.

pub mod amqp;
pub mod kafka;
pub mod nats;
pub mod postgres;

/// The protocol between clients and a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Amqp,
    Nats,
}
