//! Just enough of the products' wire protocols to name a packet.

pub mod amqp;
pub mod kafka;
pub mod postgres;
