//! Just enough of the products' wire protocols to name a packet.

pub mod amqp;
pub mod http;
pub mod kafka;
pub mod nats;
pub mod postgres;

/// The protocol between clients and a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Amqp,
    Nats,
    /// The SQS API: each call has a connection of its own.
    Http,
}
